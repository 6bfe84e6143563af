/** Rows in columns that share the width of a view out among them. */
import type { Demand } from '../../output/layout.ts';
import { GAP, shareOut } from '../../output/layout.ts';
import { type Alignment, cutEnd, cutMiddle, pad } from '../../output/text-width.ts';
import type { Line, Segment, Style } from '../frame.ts';
import { segment } from '../frame.ts';

export interface TableColumn<Item> extends Demand {
	cell(item: Item): Segment;
	/** Both ends of it tell it from its neighbours. */
	readonly cutsMiddle: boolean;
}

/** @param widths least, preferred, and most where room is left */
export const tableColumn = <Item>(
	heading: string,
	priority: number,
	[minimum, preferred, generous]: readonly [number, number, number],
	cell: (item: Item) => string | Segment,
	how: { readonly alignment?: Alignment; readonly cutsMiddle?: boolean; readonly style?: Style } = {},
): TableColumn<Item> => ({
	heading,
	priority,
	minimum: Math.max(minimum, heading.length),
	preferred: Math.max(preferred, heading.length),
	wanted: 0,
	generous,
	alignment: how.alignment ?? 'left',
	cutsMiddle: how.cutsMiddle ?? false,
	cell: (item) => {
		const own = cell(item);
		return typeof own === 'string' ? segment(own, how.style) : own;
	},
});

export interface Table<Item> {
	readonly heading: Line;
	row(item: Item): Line;
}

export const tableOf = <Item>(columns: readonly TableColumn<Item>[], width: number): Table<Item> => {
	const shares = shareOut(columns, width);
	const laid = (text: (column: TableColumn<Item>) => Segment): Line =>
		shares.flatMap(({ index, width: own }, place) => {
			const column = columns[index];
			if (column === undefined) return [];
			const { text: whole, style } = text(column);
			const cut = column.cutsMiddle ? cutMiddle(whole, own) : cutEnd(whole, own);
			return [...(place === 0 ? [] : [segment(GAP)]), segment(pad(cut, own, column.alignment), style)];
		});
	return {
		heading: laid(({ heading }) => segment(heading, 'heading')),
		row: (item) => laid((column) => column.cell(item)),
	};
};
