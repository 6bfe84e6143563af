/** Where the rows of a UID stand in an array of rows that only grows. */
import type { Row } from './browse-state.ts';

interface Index {
	readonly places: Map<string, number[]>;
	seen: number;
}

const indexes = new WeakMap<readonly Row[], Index>();

/** Places in `rows` of those with the UID; several where several nodes have it. What is new since the last time is taken in. */
export const placesOf = (rows: readonly Row[], uid: string): readonly number[] => {
	let index = indexes.get(rows);
	if (index === undefined) {
		index = { places: new Map(), seen: 0 };
		indexes.set(rows, index);
	}
	for (; index.seen < rows.length; index.seen++) {
		const own = rows[index.seen]?.uid ?? '';
		const places = index.places.get(own);
		if (places === undefined) index.places.set(own, [index.seen]);
		else places.push(index.seen);
	}
	return index.places.get(uid) ?? [];
};
