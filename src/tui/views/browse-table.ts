/** The rows of the level that is browsed: only those that are seen are looked at, however many there are. */
import type { LevelState, Row } from '../browse/browse-state.ts';
import { rowKey } from '../browse/row-key.ts';
import type { Line, Segment, Size, Style } from '../frame.ts';
import { fitted, segment } from '../frame.ts';
import { topFor } from '../list-cursor.ts';
import type { State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { browseColumns, NARROW } from './browse-columns.ts';
import { atCursor } from './list-rows.ts';
import { tableOf } from './table.ts';

/** Columns of the signs before a row: flag, mark, cursor, a blank. */
const SIGNS = 4;

/** What a retrieve has come to stands in a column of its own from the first job on. */
const RETRIEVE = 6;

export interface TableWay {
	/** Whether the keys move in it; where not, the cursor is only hinted at. */
	readonly isActive?: boolean;
	/** Keywords of columns that stand beside it already. */
	readonly without?: readonly string[];
}

/** Heading and rows; a narrow screen has rows alone. */
export const browseTable = (
	state: State,
	level: LevelState,
	size: Size,
	{ isActive = true, without = [] }: TableWay = {},
): readonly Line[] => {
	const isNarrow = size.columns < NARROW;
	const hasRetrieves = level.level !== 'instance' && state.queue.jobs.length > 0 && !isNarrow;
	const before = SIGNS + (hasRetrieves ? RETRIEVE : 0);
	const width = size.columns - before;
	const table = tableOf(browseColumns(state, level, width, isNarrow, without), width);
	const heading: readonly Line[] =
		state.size.columns < NARROW
			? []
			: [[segment(' '.repeat(SIGNS)), ...(hasRetrieves ? [segment('GOT   ', 'heading')] : []), ...table.heading]];
	const height = Math.max(0, size.rows - heading.length);
	const { shown, rows, at, top } = level;
	const first = topFor(at, top, shown.length, height);
	const range = rangeOf(level);
	const lines: Line[] = [...heading];
	for (let place = first; place < Math.min(first + height, shown.length); place++) {
		const row = rows[shown[place] ?? -1];
		if (row === undefined) continue;
		const isMarked = level.marked.has(rowKey(row)) || (place >= range[0] && place <= range[1]);
		const got = hasRetrieves ? [retrieveCell(row)] : [];
		lines.push(
			rowLine(state, row, [...got, ...table.row(row)], {
				isAt: place === at,
				isActive,
				isMarked,
				width: size.columns,
			}),
		);
	}
	return lines;
};

const rangeOf = ({ rangeFrom, at }: LevelState): readonly [number, number] =>
	rangeFrom === undefined ? [-1, -1] : [Math.min(rangeFrom, at), Math.max(rangeFrom, at)];

interface RowLook {
	readonly isActive: boolean;
	readonly isAt: boolean;
	readonly isMarked: boolean;
	readonly width: number;
}

const rowLine = (state: State, row: Row, cells: Line, { isAt, isActive, isMarked, width }: RowLook): Line => {
	const { cursor, mark } = signsOf(state.look);
	const flag = row.doubtful ? '?' : row.isNew === true ? '+' : ' ';
	if (isAt && isActive)
		return fitted(atCursor([segment(`${flag}${isMarked ? mark : ' '}${cursor} `), ...cells]), width);
	const signs: Line = [
		segment(flag, row.doubtful ? 'warning' : 'good'),
		isAt ? segment(`${isMarked ? mark : ' '}${cursor} `, 'selected') : segment(isMarked ? ` ${mark} ` : '   ', 'mark'),
	];
	const style: Style = isAt ? 'selected' : isMarked ? 'mark' : row.doubtful ? 'faint' : 'plain';
	return [...signs, ...cells.map((cell) => (cell.style === 'plain' ? segment(cell.text, style) : cell))];
};

/** A word each, so that no colour is needed. */
const retrieveCell = ({ retrieve, percent }: Row): Segment => {
	switch (retrieve) {
		case 'waiting':
			return segment('wait  ', 'faint');
		case 'running':
			return segment((percent === undefined ? '>' : `${Math.floor(percent)}%`).padEnd(RETRIEVE), 'strong');
		case 'complete':
			return segment('ok    ', 'good');
		case 'sent':
			return segment('sent  ');
		case 'partial':
			return segment('part  ', 'warning');
		case 'failed':
			return segment('FAIL  ', 'bad');
		default:
			return segment(' '.repeat(RETRIEVE));
	}
};
