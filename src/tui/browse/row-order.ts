/** Which rows are shown and in which order: the local filter (`smith !CR mod:CT date:=2024-01-02 inst:>500`) and sorting. */
import { byKeyword } from '../../dicom/dictionary.ts';
import { COLUMNS, type Column, type Level } from '../../output/columns.ts';
import { namedColumn } from '../../output/fields.ts';
import { wordsOfColumn, wordsOfRow } from '../row-words.ts';
import type { LevelState, Row } from './browse-state.ts';

export type RowFilter = (row: Row) => boolean;

/**
 * Terms parted by blanks must all hold: `x` is in a cell, `!x` is in none, `=x` is a whole cell, `mod:CT` looks in one column alone, `inst:>500`
 * and `inst:<10` compare. A quoted "x y" is one term. Letter case does not matter. Undefined where nothing is filtered.
 */
export const rowFilter = (text: string, level: Level): RowFilter | undefined => {
	const terms = termsOf(text).map((term) => termFilter(term, level));
	return terms.length === 0 ? undefined : (row) => terms.every((term) => term(row));
};

/** Whatever `text` shows is shown by `before` too: only what is shown need be looked at. */
export const isNarrower = (text: string, before: string): boolean =>
	before.trim() !== '' && text.startsWith(before) && !/[!=<>:"]/.test(text);

const termsOf = (text: string): readonly string[] =>
	[...text.matchAll(/[^\s"]*(?:"[^"]*"?)?[^\s"]*/g)]
		.map(([term]) => term.replaceAll('"', ''))
		.filter((term) => term !== '');

const termFilter = (term: string, level: Level): RowFilter => {
	if (term.startsWith('!')) {
		const inner = term.slice(1);
		if (inner === '') return () => true;
		const holds = termFilter(inner, level);
		return (row) => !holds(row);
	}
	const [, name = '', operator = '', value = ''] = /^(?:([A-Za-z]+):)?([=<>]?)(.*)$/s.exec(term) ?? [];
	if (name.toLowerCase() === 'node') return (row) => compares(operator, value.toLowerCase())(row.node.toLowerCase());
	const named = name === '' ? undefined : columnNamed(name, level);
	// A colon may stand in what is looked for: a time.
	if (name !== '' && named === undefined) return anywhere(level, term.toLowerCase());
	if (operator !== '' && value === '') return () => true;
	const test = compares(operator, value.toLowerCase());
	if (named !== undefined) return (row) => isMatch(wordsOfColumn(row, named, level), test);
	return operator === '=' ? anyCell(level, test) : anywhere(level, `${operator}${value}`.toLowerCase());
};

/** What can be seen is looked through, and the UID, which can be pasted; the rest by name of its column. */
const anyCell =
	(level: Level, test: (cell: string) => boolean): RowFilter =>
	(row) =>
		wordsOfRow(row, level)
			.split('\n')
			.some((cell) => isMatch(cell, test)) || test(row.node.toLowerCase());

/** The same for a piece of text, without taking the cells apart. */
const anywhere =
	(level: Level, text: string): RowFilter =>
	(row) =>
		wordsOfRow(row, level).includes(text) || row.node.toLowerCase().includes(text);

/** Of `CT/SR` each is a cell. */
const isMatch = (cell: string, test: (cell: string) => boolean): boolean =>
	test(cell) || (cell.includes('/') && cell.split('/').some(test));

/** @param value in small letters, as the cells are */
const compares = (operator: string, value: string): ((cell: string) => boolean) => {
	const number = Number(value);
	switch (operator) {
		case '=':
			return (cell) => cell === value;
		case '<':
		case '>': {
			const sign = operator === '<' ? -1 : 1;
			if (value.trim() !== '' && !Number.isNaN(number))
				return (cell) => /^-?[\d.]+$/.test(cell) && Math.sign(Number(cell) - number) === sign;
			return (cell) => cell !== '' && (cell < value ? -1 : cell > value ? 1 : 0) === sign;
		}
		default:
			return (cell) => cell.includes(value);
	}
};

/** By its keyword, its heading or the beginning of one: `mod`, `desc`, `PatientName`, `name`, `id`. */
export const columnNamed = (name: string, level: Level): Column | undefined => {
	const wanted = name.toLowerCase();
	const columns = COLUMNS[level];
	const says = ({ keyword, heading }: Column): readonly string[] => [
		keyword.toLowerCase(),
		...heading.toLowerCase().split(' '),
		heading.toLowerCase().replaceAll(' ', ''),
	];
	return (
		columns.find((column) => says(column).includes(wanted)) ??
		columns.find((column) => says(column).some((word) => word.startsWith(wanted)))
	);
};

/** Places in `rows` in the order they are shown, of those that pass. */
export const orderOf = (
	rows: readonly Row[],
	filter: RowFilter | undefined,
	sort: LevelState['sort'],
	level: Level,
	among?: readonly number[],
): number[] => {
	const places: number[] = [];
	if (among === undefined) {
		for (let place = 0; place < rows.length; place++) {
			const row = rows[place];
			if (row !== undefined && (filter === undefined || filter(row))) places.push(place);
		}
	} else {
		for (const place of among) {
			const row = rows[place];
			if (row !== undefined && (filter === undefined || filter(row))) places.push(place);
		}
	}
	return sort === undefined || among !== undefined ? places : sorted(places, rows, sort, level);
};

const sorted = (
	places: number[],
	rows: readonly Row[],
	sort: NonNullable<LevelState['sort']>,
	level: Level,
): number[] => {
	const column = COLUMNS[level].find(({ keyword }) => keyword === sort.keyword) ?? addedColumn(sort.keyword);
	if (column === undefined && sort.keyword !== 'node') return places;
	const isNumber = column?.form === 'number';
	const keys = new Map<number, string | number>();
	for (const place of places) {
		const row = rows[place];
		const text = row === undefined ? '' : column === undefined ? row.node : wordsOfColumn(row, column, level);
		keys.set(place, isNumber ? numberOf(text) : text);
	}
	const sign = sort.descending ? -1 : 1;
	return places.sort((a, b) => compared(keys.get(a) ?? '', keys.get(b) ?? '', sign) || a - b);
};

/** One that was put into the table. */
const addedColumn = (keyword: string): Column | undefined => {
	const entry = byKeyword(keyword);
	return entry === undefined
		? undefined
		: namedColumn([], { keyword: entry.keyword, path: [entry.tag], vr: entry.vr.slice(0, 2) });
};

const numberOf = (text: string): number =>
	text.trim() === '' || Number.isNaN(Number(text)) ? Number.NaN : Number(text);

/** What is empty comes last, whichever way it goes. */
const compared = (a: string | number, b: string | number, sign: number): number => {
	const [noA, noB] = [a === '' || Number.isNaN(a), b === '' || Number.isNaN(b)];
	if (noA || noB) return Number(noA) - Number(noB);
	return a === b ? 0 : (a < b ? -1 : 1) * sign;
};
