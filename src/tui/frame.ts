/** What a view yields: lines of styled text, exactly as many and as wide as it was given. */
import { cutEnd, textWidth } from '../output/text-width.ts';

/** What a stretch of text is for; `theme.ts` says what it looks like. */
export type Style =
	| 'plain'
	| 'strong'
	| 'faint'
	| 'heading'
	| 'cursor'
	| 'mark'
	| 'good'
	| 'bad'
	| 'warning'
	| 'key'
	| 'rule'
	| 'field'
	| 'selected';

export interface Segment {
	/** Sanitised. */
	readonly text: string;
	readonly style: Style;
}

export type Line = readonly Segment[];

export interface Size {
	readonly columns: number;
	readonly rows: number;
}

export const segment = (text: string, style: Style = 'plain'): Segment => ({ text, style });

export const widthOf = (line: Line): number => line.reduce((sum, { text }) => sum + textWidth(text), 0);

/** Cut or filled up with blanks to exactly `width` columns; a wide character that does not fit becomes a blank. */
export const fitted = (line: Line, width: number): Line => {
	const fittedLine: Segment[] = [];
	let left = width;
	for (const { text, style } of line) {
		if (left <= 0) break;
		const own = textWidth(text);
		const kept = own <= left ? text : cutEnd(text, left);
		fittedLine.push({ text: kept, style });
		left -= textWidth(kept);
	}
	if (left > 0)
		fittedLine.push({ text: ' '.repeat(left), style: fittedLine.at(-1)?.style === 'cursor' ? 'cursor' : 'plain' });
	return fittedLine;
};

/** Left part and right part on one line; the right one gives way where both do not fit. */
export const spread = (left: Line, right: Line, width: number): Line => {
	const room = width - widthOf(left);
	if (room < widthOf(right) + 1) return fitted(left, width);
	return [...left, segment(' '.repeat(room - widthOf(right))), ...right];
};

/** Exactly `rows` lines of `columns`. */
export const filledFrame = (lines: readonly Line[], { columns, rows }: Size): readonly Line[] =>
	Array.from({ length: rows }, (_, row) => fitted(lines[row] ?? [], columns));

/** For golden files: the text alone. */
export const plainText = (lines: readonly Line[]): string =>
	lines
		.map((line) =>
			line
				.map(({ text }) => text)
				.join('')
				.trimEnd(),
		)
		.join('\n');
