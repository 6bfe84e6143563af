/** Moving in a list that is longer than the screen: one row, half a page, a page, to an end; and keeping the row in view. */
import type { Size } from './frame.ts';
import type { ActionName } from './keys.ts';
import { partsOf } from './screen-parts.ts';

export interface CursorPlace {
	readonly at: number;
	readonly top: number;
}

/** Rows that a list has which fills the middle of the screen, its heading aside. Views that give it less keep the cursor in view by `topFor`. */
export const listHeight = (size: Size): number => Math.max(1, (partsOf(size)?.middle.rows ?? 2) - 1);

/** The first row to draw so that `at` is seen, moved as little as can be. */
export const topFor = (at: number, top: number, count: number, height: number): number => {
	const last = Math.max(0, count - height);
	const kept = at < top ? at : at >= top + height ? at - height + 1 : top;
	return Math.min(Math.max(0, kept), last);
};

/** Set on row `at`, or the nearest there is. */
export const cursorAt = <C extends CursorPlace>(cursor: C, at: number, count: number, height: number): C => {
	const kept = Math.min(Math.max(0, at), Math.max(0, count - 1));
	const top = topFor(kept, cursor.top, count, height);
	return kept === cursor.at && top === cursor.top ? cursor : { ...cursor, at: kept, top };
};

/** What a key does to the cursor of a list; undefined where the key moves nothing. */
export const cursorMoved = <C extends CursorPlace>(
	cursor: C,
	action: ActionName,
	count: number,
	height: number,
): C | undefined => {
	const by = STEPS[action]?.(count, height);
	return by === undefined ? undefined : cursorAt(cursor, cursor.at + by, count, height);
};

const STEPS: Partial<Record<ActionName, (count: number, height: number) => number>> = {
	up: () => -1,
	down: () => 1,
	pageUp: (_, height) => -Math.max(1, height - 1),
	pageDown: (_, height) => Math.max(1, height - 1),
	halfUp: (_, height) => -Math.max(1, height >> 1),
	halfDown: (_, height) => Math.max(1, height >> 1),
	first: (count) => -count,
	last: (count) => count,
};
