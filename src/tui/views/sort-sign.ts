/** The sign at the heading of the column by which a table is sorted. */
import type { ListSort } from '../list-sort.ts';
import type { Look } from '../state.ts';
import type { TableColumn } from './table.ts';

export const sortSign = (keyword: string, sort: ListSort | undefined, look: Look): string => {
	if (sort?.keyword !== keyword) return '';
	if (look.unicode) return sort.descending ? '↓' : '↑';
	return sort.descending ? 'v' : '^';
};

/** Columns that are sorted by their headings. */
export const withSortSign = <Item>(
	columns: readonly TableColumn<Item>[],
	sort: ListSort | undefined,
	look: Look,
): readonly TableColumn<Item>[] =>
	columns.map((column) => {
		const heading = column.heading + sortSign(column.heading, sort, look);
		const [minimum, preferred] = [column.minimum, column.preferred].map((width) => Math.max(width, heading.length));
		return { ...column, heading, minimum: minimum ?? 0, preferred: preferred ?? 0 };
	});
