/** What of a level's rows is shown: appending, filtering and sorting, with the cursor staying on its row. */

import type { Size } from '../frame.ts';
import { cursorAt, listHeight, topFor } from '../list-cursor.ts';
import type { LevelState, Row } from './browse-state.ts';
import { rowKey } from './row-key.ts';
import { isNarrower, orderOf, rowFilter } from './row-order.ts';

/** The rows and their order are arrays that grow in place: a state that is left keeps seeing what it has, and more. */
const growing = <T>(array: readonly T[]): T[] => array as T[];

/** As `rowKey` has it; undefined where no row is. */
export const keyAt = ({ rows, shown }: LevelState, at: number): string | undefined => {
	const row = rows[shown[at] ?? -1];
	return row === undefined ? undefined : rowKey(row);
};

/** Takes in what came, at a cost of what came: sorting waits until everything is here. */
export const withAppended = (level: LevelState, rows: readonly Row[], size: Size): LevelState => {
	const filter = rowFilter(level.filter, level.level);
	const all = growing(level.rows);
	const shown = growing(level.shown);
	let at = level.at;
	let { wantedKey } = level;
	for (const row of rows) {
		all.push(row);
		if (filter !== undefined && !filter(row)) continue;
		shown.push(all.length - 1);
		if (wantedKey === undefined || rowKey(row) !== wantedKey) continue;
		at = shown.length - 1;
		wantedKey = undefined;
	}
	const top = topFor(at, level.top, shown.length, listHeight(size));
	return { ...level, version: level.version + 1, at, top, wantedKey };
};

/** Filtered and sorted anew; the cursor goes where its row goes, or to the nearest that is left. */
export const withOrder = (level: LevelState, size: Size): LevelState =>
	ordered(level, size, orderOf(level.rows, rowFilter(level.filter, level.level), level.sort, level.level));

const ordered = (level: LevelState, size: Size, shown: number[]): LevelState => {
	const place = level.shown[level.at];
	const found = place === undefined ? -1 : shown.indexOf(place);
	const at = found >= 0 ? found : nearest(shown, place, level);
	// A range is of rows that stood between others.
	return cursorAt(
		{ ...level, version: level.version + 1, shown, rangeFrom: undefined, at },
		at,
		shown.length,
		listHeight(size),
	);
};

/** Unsorted rows stand in the order they came in: the first one after it. */
const nearest = (shown: readonly number[], place: number | undefined, level: LevelState): number => {
	if (place === undefined || level.sort !== undefined) return 0;
	const after = shown.findIndex((one) => one > place);
	return after < 0 ? Math.max(0, shown.length - 1) : after;
};

export const withFilter = (level: LevelState, filter: string, size: Size): LevelState => {
	if (filter === level.filter) return level;
	if (!isNarrower(filter, level.filter)) return withOrder({ ...level, filter }, size);
	const test = rowFilter(filter, level.level);
	return ordered({ ...level, filter }, size, orderOf(level.rows, test, level.sort, level.level, level.shown));
};
