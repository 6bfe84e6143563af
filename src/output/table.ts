/** Tables: one that is printed while its rows arrive, and one whose rows are all known. */
import type { Dataset } from '../dicom/dataset.ts';
import { shownCell } from './cell.ts';
import type { Column } from './columns.ts';
import type { Demand, Share } from './layout.ts';
import { GAP, shareOut, unbounded } from './layout.ts';
import type { RowOptions, RowPrinter } from './row-printer.ts';
import { sanitize } from './sanitize.ts';
import type { Alignment } from './text-width.ts';
import { cutEnd, cutMiddle, pad, textWidth } from './text-width.ts';
import type { Paint } from './theme.ts';
import { PLAIN_PAINT } from './theme.ts';

/** The header comes with the first row and takes its widths from it: nobody waits for the last row to see the first. */
export const tablePrinter = (options: RowOptions, extent: 'cut' | 'wide' = 'cut'): RowPrinter => {
	const isBounded = extent === 'cut' && options.width !== undefined;
	const available = isBounded ? (options.width ?? 0) : Number.POSITIVE_INFINITY;
	const columns = extent === 'wide' ? options.columns : options.columns.filter(({ priority }) => priority > 0);
	const times = extent === 'wide' ? 'full' : 'short';
	const paint = options.paint ?? PLAIN_PAINT;
	let layout: readonly PlacedColumn[] | undefined;
	return {
		row(row) {
			if (layout !== undefined) return `${line(row, layout, isBounded, times)}\n`;
			layout = placed(columns, row, available, times);
			return `${paint.heading(headings(layout))}\n${line(row, layout, isBounded, times)}\n`;
		},
		end: () => '',
	};
};

interface PlacedColumn {
	readonly column: Column;
	readonly width: number;
}

const placed = (
	columns: readonly Column[],
	row: Dataset,
	available: number,
	times: 'short' | 'full',
): readonly PlacedColumn[] => {
	const demands = columns.map((column) => ({
		...column,
		wanted: textWidth(shownCell(row, column, times)),
		generous: column.form === 'text' ? 2 * column.preferred : column.preferred,
	}));
	const shares = available === Number.POSITIVE_INFINITY ? unbounded(demands) : shareOut(demands, available);
	return shares.flatMap(({ index, width }) => {
		const column = columns[index];
		return column === undefined ? [] : [{ column, width }];
	});
};

const headings = (layout: readonly PlacedColumn[]): string => {
	const cells = layout.map(({ column, width }) => pad(cutEnd(column.heading, width), width, column.alignment));
	return cells.join(GAP).trimEnd();
};

const line = (row: Dataset, layout: readonly PlacedColumn[], isBounded: boolean, times: 'short' | 'full'): string => {
	let text = '';
	for (let index = 0; index < layout.length; index++) {
		const place = layout[index];
		if (place === undefined) continue;
		const { column, width } = place;
		const cell = shownCell(row, column, times);
		const shown = isBounded ? cut(cell, width, column.form === 'uid') : cell;
		text += (index === 0 ? '' : GAP) + pad(shown, width, column.alignment);
	}
	return text.trimEnd();
};

const cut = (text: string, width: number, isUid: boolean): string =>
	isUid ? cutMiddle(text, width) : cutEnd(text, width);

/** A column of a table whose rows are all known. */
export interface Field {
	readonly heading: string;
	/** The smaller, the sooner it vanishes from a table too narrow for all. */
	readonly priority: number;
	readonly minimum?: number;
	readonly alignment?: Alignment;
	/** Cut in the middle rather than at the end. */
	readonly isUid?: boolean;
}

/** A cell, and what it means: colour follows from that. */
export type Cell = string | { readonly text: string; readonly as: keyof Paint };

/**
 * A table of few rows, all known: the widths are those of the contents. cli-table3 is loaded here and nowhere else. It measures with
 * the Unicode of 2019, so that an emoji younger than that may push its line a column to the right.
 *
 * @param width columns of the terminal; undefined where nothing is to be cut.
 * @returns lines, each with its newline; nothing where there is no row.
 */
export const wholeTable = async (
	fields: readonly Field[],
	rows: readonly (readonly Cell[])[],
	{ width, paint = PLAIN_PAINT }: { readonly width?: number | undefined; readonly paint?: Paint } = {},
): Promise<string> => {
	if (rows.length === 0) return '';
	const cells = rows.map((row) => row.map((cell) => ({ ...plain(cell), text: sanitize(plain(cell).text) })));
	const demands = fields.map((field, index) => demand(field, widest(cells, index)));
	const shares = width === undefined ? unbounded(demands) : shareOut(demands, width);
	const { default: Table } = await import('cli-table3');
	const table = new Table({
		chars: NO_BORDERS,
		style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
		colWidths: shares.map((share) => share.width),
		colAligns: shares.map((share) => demands[share.index]?.alignment ?? 'left'),
	});
	const header = shares.map((share) => paint.heading(cutEnd(fields[share.index]?.heading ?? '', share.width)));
	table.push(header, ...cells.map((row) => shares.map((share) => brushed(row, share, fields, paint))));
	// Where it measures otherwise than we do it may cut a pair of surrogates in two.
	return `${table.toString().toWellFormed().split('\n').map(trimmedEnd).join('\n')}\n`;
};

const plain = (cell: Cell): { text: string; as?: keyof Paint } => (typeof cell === 'string' ? { text: cell } : cell);

const widest = (rows: readonly (readonly { text: string }[])[], index: number): number =>
	rows.reduce((most, row) => Math.max(most, textWidth(row[index]?.text ?? '')), 0);

const demand = ({ heading, minimum = 4, alignment = 'left', priority }: Field, wanted: number): Demand => {
	const content = Math.max(textWidth(heading), wanted);
	const floor = Math.max(textWidth(heading), Math.min(minimum, content));
	return { heading, minimum: floor, preferred: content, priority, alignment, wanted: content, generous: content };
};

const brushed = (
	row: readonly { text: string; as?: keyof Paint }[],
	share: Share,
	fields: readonly Field[],
	paint: Paint,
): string => {
	const { text = '', as } = row[share.index] ?? {};
	const shown = cut(text, share.width, fields[share.index]?.isUid ?? false);
	return as === undefined ? shown : paint[as](shown);
};

/** The same gaps as between the columns of the streaming table. */
const NO_BORDERS = {
	top: '',
	'top-mid': '',
	'top-left': '',
	'top-right': '',
	bottom: '',
	'bottom-mid': '',
	'bottom-left': '',
	'bottom-right': '',
	left: '',
	'left-mid': '',
	mid: '',
	'mid-mid': '',
	right: '',
	'right-mid': '',
	middle: GAP,
} as const;

const trimmedEnd = (text: string): string => text.trimEnd();
