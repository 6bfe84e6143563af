/** What the columns of a row show, in small letters: filter and sort look at this, since rows themselves are kept as the bytes that came. */
import type { Dataset } from '../dicom/dataset.ts';
import { textOf } from '../dicom/dataset.ts';
import { shownCell } from '../output/cell.ts';
import { COLUMNS, type Column, type Level, UNIQUE_KEYS } from '../output/columns.ts';
import type { Row } from './browse/browse-state.ts';

/** Columns that can be seen, the same array each time. */
const VISIBLE = new Map<Level, readonly Column[]>();

const visibleColumns = (level: Level): readonly Column[] => {
	let columns = VISIBLE.get(level);
	if (columns === undefined) {
		columns = COLUMNS[level].filter(({ priority }) => priority > 0);
		VISIBLE.set(level, columns);
	}
	return columns;
};

/** A line for each column; what is shown holds no line break. Then the UID as it came, which can be pasted. */
export const wordsOf = (dataset: Dataset, level: Level, uid = textOf(dataset, UNIQUE_KEYS[level])): string =>
	// Joined, not added: a string that is part of another, or made of others, keeps all of them.
	[...visibleColumns(level).map((column) => shownCell(dataset, column).toLowerCase()), uid].join('\n');

/** What is taken of a row when it comes, so that nobody who looks through all of them has to decode them. */
export const shownOf = (dataset: Dataset, level: Level): { readonly uid: string; readonly words: string } => {
	const uid = textOf(dataset, UNIQUE_KEYS[level]);
	return { uid, words: wordsOf(dataset, level, uid) };
};

/** Every cell that can be seen, one a line, and the UID. */
export const wordsOfRow = (row: Row, level: Level): string => row.words ?? wordsOf(row.dataset, level);

/** The cell of one column, in small letters. */
export const wordsOfColumn = (row: Row, column: Column, level: Level): string => {
	const place = row.words === undefined ? -1 : visibleColumns(level).indexOf(column);
	return place < 0 ? shownCell(row.dataset, column).toLowerCase() : lineOf(row.words ?? '', place);
};

const lineOf = (text: string, line: number): string => {
	let start = 0;
	for (let skipped = 0; skipped < line; skipped++) start = text.indexOf('\n', start) + 1;
	const end = text.indexOf('\n', start);
	return end < 0 ? text.slice(start) : text.slice(start, end);
};
