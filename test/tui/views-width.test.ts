/** No frame is ever wider or higher than the screen: every screen and overlay over random states, of hostile and wide texts. */
import t from 'tap';
import type { Line } from '../../src/tui/frame.ts';
import { widthOf } from '../../src/tui/frame.ts';
import type { Overlay } from '../../src/tui/overlays/overlay-state.ts';
import type { ScreenName, State } from '../../src/tui/state.ts';
import { overlaid } from '../../src/tui/views/box.ts';
import { caretLine } from '../../src/tui/views/caret.ts';
import { wrapped } from '../../src/tui/views/paragraph.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { NODES, sampleState } from '../support/sample-state.ts';

/** The same numbers every time. */
const random = (seed: number): (() => number) => {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
};

const LETTERS = [
	...'abc XYZ.^*/0123456789',
	'頭',
	'部',
	'é',
	'e\u0301',
	'\u202e',
	'\u200b',
	'\u001b',
	'😀',
	'م',
	'\ud800',
	'\t',
	'\n',
];

const maker = (next: () => number) => {
	const below = (count: number): number => Math.floor(next() * count);
	const text = (most = 60): string =>
		Array.from({ length: below(most) }, () => LETTERS[below(LETTERS.length)] ?? '').join('');
	const texts = (most: number): string[] => Array.from({ length: below(most) }, () => text(120));
	const pick = <T>(items: readonly [T, ...T[]]): T => items[below(items.length)] ?? items[0];
	const fields = () =>
		Array.from({ length: below(12) }, () => ({
			keyword: text(20),
			label: text(14),
			value: text(80),
			caret: below(90),
			hint: text(50),
		}));
	const explanation = () => ({ title: text(90), cameBack: text(120), means: texts(4), do: texts(4) });

	const overlay = (): Overlay =>
		pick<Overlay>([
			{ kind: 'switcher', filter: text(3), at: below(9), chosen: new Set(['main']) },
			{ kind: 'palette', text: pick(['', 'set ', 'node ', text()]), caret: below(9), at: below(12) - 1 },
			{ kind: 'help', filter: pick(['', 'e', text(3)]), at: below(60), page: pick(['keys', 'meanings']) },
			{ kind: 'explain', at: below(4) },
			{ kind: 'error', node: text(20), explanation: explanation() },
			{ kind: 'saved', at: below(9) },
			{ kind: 'history', at: below(9), filter: pick(['', text(3)]) },
			{ kind: 'copy', at: below(8) },
			{
				kind: 'export',
				what: pick(['all', 'filtered', 'marked']),
				format: pick(['csv', 'json', 'jsonl', 'tsv', 'list']),
				path: text(200),
				at: below(4),
				caret: below(200),
				isProposed: true,
				problem: pick([undefined, text(200)]),
			},
			{
				kind: 'prompt',
				what: 'save-query',
				label: text(),
				value: text(90),
				caret: below(90),
				problem: pick([undefined, text(90)]),
			},
			{ kind: 'sort', at: below(12) },
			{ kind: 'columns', at: below(16) },
			{
				kind: 'inspect',
				at: below(70),
				top: below(70),
				filter: pick(['', text(2)]),
				isFiltering: next() < 0.5,
				lines: texts(60),
			},
			{ kind: 'compare', top: below(70), lines: texts(60) },
			{ kind: 'doctor', node: text(20), lines: texts(60), isOver: next() < 0.5, top: below(70) },
			{ kind: 'capabilities', node: text(20), lines: texts(60), isOver: next() < 0.5, top: below(70) },
			{
				kind: 'node',
				isSaving: false,
				isNew: next() < 0.5,
				fields: fields(),
				at: below(12),
				problem: pick([undefined, text(90)]),
			},
			{
				kind: 'confirm',
				text: texts(8),
				choices: Array.from({ length: 1 + below(4) }, () => ({ key: pick(['c', 'Esc']), says: text() })),
				at: below(5),
				what: 'quit',
			},
		]);

	return (): State => {
		const state = sampleState();
		const count = below(30);
		return {
			...state,
			size: { columns: 1 + below(170), rows: 1 + below(55) },
			look: { unicode: next() < 0.7, theme: 'dark', masked: next() < 0.3 },
			screen: pick<ScreenName>(['nodes', 'trace', 'log', 'browse']),
			nodes: [
				...NODES,
				...Array.from({ length: below(20) }, () => ({
					...NODES[0],
					name: text(40),
					host: text(80),
					note: text(),
					echoText: text(),
					learned: texts(9),
				})),
			].filter((node): node is (typeof NODES)[number] => node.port !== undefined),
			nodesScreen: {
				...state.nodesScreen,
				at: below(30),
				top: below(30),
				filter: pick(['', '', text(2)]),
				isFiltering: next() < 0.3,
				sort: pick([undefined, { keyword: pick(['NAME', 'ADDRESS', 'ECHO']), descending: next() < 0.5 }]),
				rangeFrom: pick([undefined, 'main', 'old']),
			},
			problems: Array.from({ length: below(5) }, () => ({
				at: 0,
				kind: pick(['warning', 'bad']),
				text: text(120),
				node: text(20),
				explanation: explanation(),
			})),
			trace: {
				...state.trace,
				rows: state.trace.rows.map((row) => ({ ...row, summary: text(200), what: text(30) })),
				at: below(8),
				top: below(8),
				open: next() < 0.5,
				maximized: next() < 0.3,
				pane: pick(['associations', 'events', 'detail', 'bytes']),
				associationAt: below(6),
				associations: state.trace.associations.map((one) => ({
					...one,
					peer: text(20),
					purpose: text(9),
					state: text(12),
				})),
				detail: texts(60),
				bytes: texts(60),
				detailTop: below(60),
				bytesTop: below(60),
				split: below(20) - 10,
				showBytes: next() < 0.6,
				isFiltering: next() < 0.3,
				filter: pick(['', text(60)]),
				filterProblem: pick([undefined, text(90)]),
			},
			log: {
				...state.log,
				at: below(count + 1),
				top: below(count + 1),
				filter: pick(['', text(2)]),
				lines: Array.from({ length: count }, () => ({
					at: below(99_999),
					level: pick(['I', 'W', 'E']),
					text: text(200),
				})),
			},
			savedQueries: Array.from({ length: below(30) }, () => ({
				name: text(40),
				level: 'study',
				model: 'study',
				node: text(30),
				keys: { PatientName: text() },
			})),
			overlays: next() < 0.3 ? [] : next() < 0.8 ? [overlay()] : [overlay(), overlay()],
		};
	};
};

const ROUNDS = 1500;

t.test('frames', async (t) => {
	const state = maker(random(20_241_103));
	for (let round = 0; round < ROUNDS; round++) {
		const one = state();
		const frame = frameOf(one);
		const told = `round ${round}, ${one.screen} ${one.overlays.map(({ kind }) => kind).join('+')} ${one.size.columns}x${one.size.rows}`;
		if (frame.length !== one.size.rows || frame.some((line) => widthOf(line) !== one.size.columns)) t.fail(told);
		if (frame.some((line) => line.some(({ text }) => /[\p{Cc}\p{Cf}]/u.test(text)))) t.fail(`${told}: not sanitised`);
	}
	t.pass(`${ROUNDS} frames`);
});

t.test('a box leaves what is beside it where it is', async (t) => {
	const text = (line: Line): string => line.map((part) => part.text).join('');
	const beneath: readonly Line[] = ['abcdefghijklmnopqrstuvwxyz0123', '頭部頭部頭部頭部頭部頭部頭部頭'].map((line) => [
		{ text: line, style: 'plain' },
	]);
	const box: readonly Line[] = [[{ text: '[box]', style: 'plain' }], [{ text: '[box]', style: 'plain' }]];
	const over = overlaid(beneath, box, { columns: 30, rows: 2 });
	t.equal(over.map(text)[0], 'abcdefghijk [box] stuvwxyz0123');
	t.equal(over.map(text)[1], '頭部頭部頭  [box] 部頭部頭部頭');
	t.strictSame(over.map(widthOf), [30, 30]);
	t.equal(text(overlaid(beneath, box, { columns: 16, rows: 2 })[0] ?? []).trim(), '[box]', 'narrow strips are blank');
});

t.test('a caret is always in sight, in a line of exactly that width', async (t) => {
	for (const value of ['', 'abc', '頭部CT'.repeat(9), 'x'.repeat(13_000)])
		for (const caret of [0, 1, 3, 20, 13_000]) {
			const line = caretLine(value, caret, 20);
			t.equal(widthOf(line), 20);
			t.equal(line.filter(({ style }) => style === 'cursor').length, 1);
		}
});

t.test('prose is broken between words, and nothing of it is lost', async (t) => {
	t.strictSame(wrapped('one two three', 8), ['one two', 'three']);
	t.strictSame(wrapped('1.2.840.113619.2.55', 8), ['1.2.840.', '113619.2', '.55']);
	t.strictSame(wrapped('', 8), ['']);
});
