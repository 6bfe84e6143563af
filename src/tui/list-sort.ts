/** Jobs and nodes in another order than their own: by what stands in a column. */

export interface ListSort {
	readonly keyword: string;
	readonly descending: boolean;
}

export interface SortKey<Item> {
	/** The heading of its column, and what it is called in the menu. */
	readonly heading: string;
	/** Undefined, where there is nothing to go by, comes last whichever way. */
	readonly of: (item: Item) => string | number | undefined;
}

/** Items that are the same stay in the order they have. */
export const inOrder = <Item>(
	items: readonly Item[],
	sort: ListSort | undefined,
	keys: readonly SortKey<Item>[],
): readonly Item[] => {
	const key = keys.find(({ heading }) => heading === sort?.keyword);
	if (sort === undefined || key === undefined) return items;
	const sign = sort.descending ? -1 : 1;
	const valued = items.map((item) => [item, key.of(item)] as const);
	return valued.sort(([, a], [, b]) => compared(a, b, sign)).map(([item]) => item);
};

const compared = (a: string | number | undefined, b: string | number | undefined, sign: 1 | -1): number => {
	if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
	const order = typeof a === 'number' && typeof b === 'number' ? a - b : COLLATOR.compare(String(a), String(b));
	return order * sign;
};

const COLLATOR = new Intl.Collator('en', { numeric: true });
