/** How many lines each of the five parts of the screen is given: the keys go first where there are few, then the line of context. */
import type { Size } from './frame.ts';

export const SMALLEST: Size = { columns: 40, rows: 10 };

export interface ScreenParts {
	readonly context: boolean;
	readonly middle: Size;
	readonly status: number;
	readonly keys: boolean;
}

/** Place and two rules are always there. */
const FIXED = 3;

/** Undefined where the screen is too small for anything. */
export const partsOf = ({ columns, rows }: Size): ScreenParts | undefined => {
	if (columns < SMALLEST.columns || rows < SMALLEST.rows) return undefined;
	const context = rows >= 12;
	const keys = rows >= 20;
	const status = keys ? 2 : 1;
	const taken = FIXED + status + (context ? 1 : 0) + (keys ? 1 : 0);
	return { context, keys, status, middle: { columns, rows: rows - taken } };
};
