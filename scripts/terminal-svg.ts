/** A captured terminal as an SVG picture: text with ANSI colours in, one document without scripts or fonts of its own out. */
import { textWidth } from '../src/output/text-width.ts';

/** What SGR sequences have said so far (ECMA-48 8.3.117). */
interface Pen {
	readonly color: string | undefined;
	readonly ground: string | undefined;
	readonly bold: boolean;
	readonly faint: boolean;
	readonly inverse: boolean;
	readonly underline: boolean;
}

/** Text of one pen; `at` is its first column. */
interface Run {
	readonly at: number;
	readonly text: string;
	readonly pen: Pen;
}

export interface Palette {
	readonly ground: string;
	readonly text: string;
	/** The 16 ANSI colours. */
	readonly colors: readonly string[];
}

export const DARK: Palette = {
	ground: '#15191f',
	text: '#d5d9e0',
	colors: [
		'#2b313b',
		'#f0716b',
		'#8ccf7e',
		'#e5c76b',
		'#67a6ee',
		'#c58fe6',
		'#5fc9c4',
		'#c9ced6',
		'#6b7482',
		'#ff8f88',
		'#a6e398',
		'#f5dc8c',
		'#8fc0ff',
		'#dcaef7',
		'#86e0db',
		'#ffffff',
	],
};

export const LIGHT: Palette = {
	ground: '#fbfbf9',
	text: '#24292f',
	colors: [
		'#24292f',
		'#b42318',
		'#2f7a2b',
		'#8a6100',
		'#1259b8',
		'#7c3aad',
		'#0b7285',
		'#d0d4da',
		'#6e7781',
		'#d92d20',
		'#3c9136',
		'#a67500',
		'#2a72d8',
		'#9a55cc',
		'#1390a5',
		'#ffffff',
	],
};

const PLAIN: Pen = {
	color: undefined,
	ground: undefined,
	bold: false,
	faint: false,
	inverse: false,
	underline: false,
};

/** Columns and lines in pixels. */
const CELL = { width: 8.4, height: 17, size: 14, baseline: 13 } as const;
const MARGIN = 14;

/** @param captured as `tmux capture-pane -e -p` prints it: a line each, SGR sequences and no others; `title` for who cannot see it. */
export const terminalSvg = (captured: string, columns: number, title: string, palette: Palette = DARK): string => {
	const lines = captured.replace(/\n$/, '').split('\n');
	const width = columns * CELL.width + 2 * MARGIN;
	const height = lines.length * CELL.height + 2 * MARGIN;
	const body: string[] = [];
	let pen = PLAIN;
	for (const [row, line] of lines.entries()) {
		const read = runsOf(line, pen, palette);
		pen = read.pen;
		for (const run of read.runs) body.push(...drawnRun(run, MARGIN + row * CELL.height, palette));
	}
	return `${[
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace" font-size="${CELL.size}">`,
		`<title>${escaped(title)}</title>`,
		`<rect width="100%" height="100%" rx="8" fill="${palette.ground}"/>`,
		...body,
		'</svg>',
	].join('\n')}\n`;
};

const ESCAPE = String.fromCharCode(27);
const SGR = new RegExp(`${ESCAPE}\\[([0-9;:]*)m|${ESCAPE}\\[[0-9;?]*[A-Za-z]|${ESCAPE}[()][A-Z0-9]`, 'g');

const runsOf = (line: string, before: Pen, palette: Palette): { runs: readonly Run[]; pen: Pen } => {
	const runs: Run[] = [];
	let pen = before;
	let column = 0;
	let from = 0;
	const take = (text: string): void => {
		if (text === '') return;
		const last = runs.at(-1);
		// Neighbours of one pen are drawn at once: a seam would be seen between them.
		if (last !== undefined && samePen(last.pen, pen)) runs[runs.length - 1] = { ...last, text: last.text + text };
		else runs.push({ at: column, text, pen });
		column += textWidth(text);
	};
	for (const match of line.matchAll(SGR)) {
		take(line.slice(from, match.index));
		from = match.index + match[0].length;
		if (match[1] !== undefined) pen = penAfter(pen, match[1].split(/[;:]/).map(Number), palette);
	}
	take(line.slice(from));
	return { runs, pen };
};

const samePen = (a: Pen, b: Pen): boolean =>
	a.color === b.color &&
	a.ground === b.ground &&
	a.bold === b.bold &&
	a.faint === b.faint &&
	a.inverse === b.inverse &&
	a.underline === b.underline;

const penAfter = (before: Pen, codes: readonly number[], palette: Palette): Pen => {
	let pen = before;
	for (let index = 0; index < codes.length; index++) {
		const code = codes[index] ?? 0;
		const base = code % 10;
		if (code === 38 || code === 48) {
			const [color, used] = extended(codes.slice(index + 1), palette);
			pen = code === 38 ? { ...pen, color } : { ...pen, ground: color };
			index += used;
		} else if (code === 0) pen = PLAIN;
		else if (code === 1) pen = { ...pen, bold: true };
		else if (code === 2) pen = { ...pen, faint: true };
		else if (code === 4) pen = { ...pen, underline: true };
		else if (code === 7) pen = { ...pen, inverse: true };
		else if (code === 22) pen = { ...pen, bold: false, faint: false };
		else if (code === 24) pen = { ...pen, underline: false };
		else if (code === 27) pen = { ...pen, inverse: false };
		else if (code === 39) pen = { ...pen, color: undefined };
		else if (code === 49) pen = { ...pen, ground: undefined };
		else if (code >= 30 && code <= 37) pen = { ...pen, color: palette.colors[base] };
		else if (code >= 40 && code <= 47) pen = { ...pen, ground: palette.colors[base] };
		else if (code >= 90 && code <= 97) pen = { ...pen, color: palette.colors[base + 8] };
		else if (code >= 100 && code <= 107) pen = { ...pen, ground: palette.colors[base + 8] };
	}
	return pen;
};

/** `5;n` of the 256 colours, `2;r;g;b`; and how many numbers that took. */
const extended = (codes: readonly number[], palette: Palette): readonly [string | undefined, number] => {
	if (codes[0] === 2) return [hex(codes.slice(1, 4)), 4];
	const index = codes[1] ?? 0;
	if (index < 16) return [palette.colors[index], 2];
	if (index >= 232) return [hex([8, 8, 8].map((least) => least + (index - 232) * 10)), 2];
	const step = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
	const cube = index - 16;
	return [hex([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(step)), 2];
};

const hex = (parts: readonly number[]): string =>
	`#${parts.map((part) => Math.min(255, part).toString(16).padStart(2, '0')).join('')}`;

const drawnRun = ({ at, text, pen }: Run, top: number, palette: Palette): readonly string[] => {
	const x = MARGIN + at * CELL.width;
	const width = textWidth(text) * CELL.width;
	const color = pen.inverse ? (pen.ground ?? palette.ground) : (pen.color ?? palette.text);
	const ground = pen.inverse ? (pen.color ?? palette.text) : pen.ground;
	const drawn: string[] = [];
	if (ground !== undefined)
		drawn.push(
			`<rect x="${round(x)}" y="${round(top)}" width="${round(width)}" height="${CELL.height}" fill="${ground}"/>`,
		);
	const attributes = [
		`fill="${color}"`,
		...(pen.bold ? ['font-weight="bold"'] : []),
		...(pen.faint ? ['opacity="0.6"'] : []),
		...(pen.underline ? ['text-decoration="underline"'] : []),
	].join(' ');
	let column = at;
	for (const piece of text.match(PIECES) ?? []) {
		const left = MARGIN + column * CELL.width;
		const own = textWidth(piece);
		column += own;
		const lines = linesOf(piece, left, top);
		if (lines !== undefined)
			drawn.push(`<path d="${lines}" stroke="${color}" fill="none"${pen.faint ? ' opacity="0.6"' : ''}/>`);
		else if (BLOCKS.includes(piece[0] ?? '')) drawn.push(...drawnBlocks(piece, left, top, color));
		else if (piece.trim() !== '')
			drawn.push(
				`<text x="${round(left)}" y="${round(top + CELL.baseline)}" textLength="${round(own * CELL.width)}" lengthAdjust="spacingAndGlyphs" xml:space="preserve" ${attributes}>${escaped(piece)}</text>`,
			);
	}
	return drawn;
};

/** Box lines and bars are drawn, not written: fonts leave gaps between them. Texts stop at two blanks, so that a column stays where it is. */
const PIECES = /[─│┌┐└┘├┤┬┴┼]+|[▁▂▃▄▅▆▇█░]+|(?:(?! {2})[^─│┌┐└┘├┤┬┴┼▁▂▃▄▅▆▇█░])+|[^─│┌┐└┘├┤┬┴┼▁▂▃▄▅▆▇█░]/g;

/** Eighths of a cell, the lowest first. */
const EIGHTHS = '▁▂▃▄▅▆▇█';
const BLOCKS = `${EIGHTHS}░`;

/** Neighbours that are alike are one rectangle. */
const drawnBlocks = (piece: string, left: number, top: number, color: string): readonly string[] =>
	[...piece.matchAll(/(.)\1*/gu)].map(({ 0: same, index }) => {
		const height = same[0] === '░' ? CELL.height : ((EIGHTHS.indexOf(same[0] ?? '') + 1) / 8) * CELL.height;
		const x = round(left + index * CELL.width);
		const y = round(top + CELL.height - height);
		return `<rect x="${x}" y="${y}" width="${round(same.length * CELL.width)}" height="${round(height)}" fill="${color}"${same[0] === '░' ? ' opacity="0.25"' : ''}/>`;
	});

/** The arms of each box character: left, right, up, down. */
const ARMS: Readonly<Record<string, string>> = {
	'─': 'lr',
	'│': 'ud',
	'┌': 'rd',
	'┐': 'ld',
	'└': 'ru',
	'┘': 'lu',
	'├': 'udr',
	'┤': 'udl',
	'┬': 'lrd',
	'┴': 'lru',
	'┼': 'lrud',
};

const linesOf = (piece: string, left: number, top: number): string | undefined => {
	if (ARMS[piece[0] ?? ''] === undefined) return undefined;
	if (/^─+$/.test(piece)) return `M${round(left)} ${round(top + CELL.height / 2)}h${round(piece.length * CELL.width)}`;
	return [...piece]
		.map((character, index) => {
			const x = left + (index + 0.5) * CELL.width;
			const y = top + CELL.height / 2;
			const steps = {
				l: `h${round(-CELL.width / 2)}`,
				r: `h${round(CELL.width / 2)}`,
				u: `v${-CELL.height / 2}`,
				d: `v${CELL.height / 2}`,
			} as const;
			return [...(ARMS[character] ?? '')]
				.map((arm) => `M${round(x)} ${round(y)}${steps[arm as keyof typeof steps]}`)
				.join('');
		})
		.join('');
};

const round = (value: number): number => Math.round(value * 10) / 10;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
