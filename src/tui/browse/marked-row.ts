/** A row with what was found out after it came. */
import type { Row } from './browse-state.ts';
import { KeptRow } from './kept-rows.ts';

type Marks = Partial<Pick<Row, 'retrieve' | 'percent' | 'isNew'>>;

/** Another row, since one that was shown does not change. That it is new stays; of the retrieve it has what `marks` says. */
export const markedWith = (row: Row, marks: Marks): Row => {
	const { retrieve: _, percent: _percent, isNew, ...plain } = row;
	const copy = row instanceof KeptRow ? row.copy() : plain;
	return Object.assign(copy, isNew === undefined ? {} : { isNew }, marks);
};
