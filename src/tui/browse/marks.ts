/** Marks: one row, a range, all that are shown; and which rows an action is about. */
import { textOf } from '../../dicom/dataset.ts';
import { cursorAt, listHeight } from '../list-cursor.ts';
import type { State } from '../state.ts';
import type { LevelState, Row } from './browse-state.ts';
import { currentLevel, currentRow, rowAt } from './levels.ts';
import { studiesOf } from './patient-view.ts';
import { placesOf } from './row-index.ts';
import { ofKey, rowKey } from './row-key.ts';

/** Marks the row at the cursor, or takes its mark away; then one down. A range that was begun ends here, all of it marked. */
export const markToggled = (level: LevelState, { size }: State): LevelState => {
	if (level.rangeFrom !== undefined) return rangeMarked(level);
	const row = rowAt(level);
	if (row === undefined) return level;
	const marked = new Set(level.marked);
	const key = rowKey(row);
	if (!marked.delete(key)) marked.add(key);
	return cursorAt({ ...level, marked }, level.at + 1, level.shown.length, listHeight(size));
};

/** Begins a range at the cursor, or marks what lies between there and here. */
export const rangeToggled = (level: LevelState): LevelState =>
	level.rangeFrom !== undefined
		? rangeMarked(level)
		: rowAt(level) === undefined
			? level
			: { ...level, rangeFrom: level.at };

const rangeMarked = (level: LevelState): LevelState => {
	const from = Math.min(level.rangeFrom ?? level.at, level.at);
	const to = Math.max(level.rangeFrom ?? level.at, level.at);
	const marked = new Set(level.marked);
	for (let at = from; at <= to; at++) {
		const row = rowAt(level, at);
		if (row !== undefined) marked.add(rowKey(row));
	}
	return { ...level, marked, rangeFrom: undefined };
};

export const allMarked = (level: LevelState): LevelState => {
	const marked = new Set(level.marked);
	for (const place of level.shown) {
		const row = level.rows[place];
		if (row !== undefined && row.uid !== '') marked.add(rowKey(row));
	}
	return { ...level, marked, rangeFrom: undefined };
};

export const noneMarked = (level: LevelState): LevelState => ({ ...level, marked: new Set(), rangeFrom: undefined });

/** Where the marked rows of a level are; the cost is that of the marks, not of the rows. */
const markedPlaces = ({ rows, marked }: LevelState): readonly number[] =>
	[...marked].flatMap((key) => {
		const { node, uid } = ofKey(key);
		return placesOf(rows, uid).filter((place) => rows[place]?.node === node);
	});

/** The marked rows in the order they are shown; then those that the filter hides, which are marked all the same. */
export const markedRows = (level: LevelState): readonly Row[] => {
	const { rows, shown, marked } = level;
	if (marked.size === 0) return [];
	const places = new Set(markedPlaces(level));
	const seen = shown.filter((place) => places.delete(place));
	return [...seen, ...places].flatMap((place) => rows[place] ?? []);
};

/** Patients that were made of studies. */
export const isGrouped = ({ isDerived, level }: LevelState): boolean => isDerived && level === 'patient';

/** What an action is about: the marked rows, else that at the cursor; of patients that were only grouped, their studies. */
export const chosenRows = (state: State): readonly Row[] => {
	const level = currentLevel(state);
	const marked = markedRows(level);
	const row = currentRow(state);
	const chosen = marked.length > 0 ? marked : row === undefined ? [] : [row];
	return isGrouped(level) ? studiesOf(state, chosen) : chosen;
};

/** The level that `chosenRows` are of. */
export const chosenLevel = (state: State): LevelState => {
	const level = currentLevel(state);
	return isGrouped(level)
		? (state.browse.levels.find((one) => !one.isDerived && one.level === 'study') ?? level)
		: level;
};

const COUNTS: Readonly<Record<string, string>> = {
	patient: '00201204',
	study: '00201208',
	series: '00201209',
};

/** How many instances the marked rows are said to have; undefined where one of them does not say. */
export const instancesMarked = (level: LevelState): number | undefined => {
	if (level.level === 'instance') return level.marked.size;
	const tag = COUNTS[level.level];
	if (tag === undefined) return undefined;
	let sum = 0;
	for (const place of markedPlaces(level)) {
		const text = textOf(level.rows[place]?.dataset ?? {}, tag);
		if (text === '' || Number.isNaN(Number(text))) return undefined;
		sum += Number(text);
	}
	return sum;
};
