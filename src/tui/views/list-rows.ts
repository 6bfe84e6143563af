/** A list in a view: the rows that fit around the cursor, and the signs before each. */
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import { topFor } from '../list-cursor.ts';
import type { Look } from '../state.ts';
import { signsOf } from '../theme.ts';

/** Only rows that are seen are made. @param row the line of a row, without signs */
export const listRows = (
	{ at, top = 0 }: { readonly at: number; readonly top?: number },
	count: number,
	height: number,
	row: (index: number) => Line,
	look: Look,
	isMarked: (index: number) => boolean = () => false,
): readonly Line[] => {
	if (height < 1) return [];
	const first = topFor(Math.min(at, count - 1), top, count, height);
	return Array.from({ length: Math.min(height, count - first) }, (_, offset) => {
		const index = first + offset;
		return signed(row(index), look, index === at, isMarked(index));
	});
};

/** Columns that the signs take. */
export const SIGNS_WIDTH = 4;

const signed = (line: Line, look: Look, isAt: boolean, isMarked: boolean): Line => {
	const { cursor, mark } = signsOf(look);
	if (isAt) return atCursor([segment(` ${isMarked ? mark : ' '}${cursor} `), ...line]);
	return [segment(isMarked ? `  ${mark} ` : '    ', 'mark'), ...line];
};

export const atCursor = (line: Line): Line => line.map(({ text }) => segment(text, 'cursor'));
