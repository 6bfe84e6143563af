/** Marks in the lists of jobs and of nodes: one, or a range. Rows of browse have marks of their own (`browse/marks.ts`), which outlive their places. */
import { type CursorPlace, cursorAt } from './list-cursor.ts';

export interface MarkedList<Id> extends CursorPlace {
	readonly marked: ReadonlySet<Id>;
	/** Where `v` began. */
	readonly rangeFrom?: Id | undefined;
}

/**
 * Marks what is at the cursor, or takes its mark away; then one down. A range that was begun ends here, all of it marked.
 *
 * @param ids in the order they are shown
 */
export const markToggled = <Id, L extends MarkedList<Id>>(list: L, ids: readonly Id[], height: number): L => {
	if (list.rangeFrom !== undefined) return rangeMarked(list, ids);
	const id = ids[list.at];
	if (id === undefined) return list;
	const marked = new Set(list.marked);
	if (!marked.delete(id)) marked.add(id);
	return cursorAt({ ...list, marked }, list.at + 1, ids.length, height);
};

/** Begins a range at the cursor, or marks what lies between there and here. */
export const rangeToggled = <Id, L extends MarkedList<Id>>(list: L, ids: readonly Id[]): L =>
	list.rangeFrom === undefined ? { ...list, rangeFrom: ids[list.at] } : rangeMarked(list, ids);

const rangeMarked = <Id, L extends MarkedList<Id>>(list: L, ids: readonly Id[]): L => ({
	...list,
	marked: new Set([...list.marked, ...rangeOf(list, ids)]),
	rangeFrom: undefined,
});

/** What a range would mark; where its beginning is not shown any more, that at the cursor. */
const rangeOf = <Id>({ at, rangeFrom }: MarkedList<Id>, ids: readonly Id[]): readonly Id[] => {
	if (rangeFrom === undefined) return [];
	const began = ids.indexOf(rangeFrom);
	const from = began === -1 ? at : began;
	return ids.slice(Math.min(from, at), Math.max(from, at) + 1);
};

/** With the range that is being marked, as it is shown. */
export const shownMarks = <Id>(list: MarkedList<Id>, ids: readonly Id[]): ReadonlySet<Id> =>
	list.rangeFrom === undefined ? list.marked : new Set([...list.marked, ...rangeOf(list, ids)]);
