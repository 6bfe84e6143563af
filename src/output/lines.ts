/** Rows as lines: a block for each (`expanded`, `dump`), or only what names it (`name`). */
import { textOf } from '../dicom/dataset.ts';
import { shownCell } from './cell.ts';
import { dumpLines } from './dump.ts';
import type { RowOptions, RowPrinter } from './row-printer.ts';
import { sanitize } from './sanitize.ts';
import { PLAIN_PAINT } from './theme.ts';

/** What did not come back has no line; what came back empty has an empty one. */
export const expandedPrinter = ({ columns, paint = PLAIN_PAINT }: RowOptions): RowPrinter => {
	const width = columns.reduce((most, { keyword }) => Math.max(most, keyword.length), 0);
	let isBegun = false;
	return {
		row(row) {
			let text = isBegun ? '\n' : '';
			isBegun = true;
			for (const column of columns) {
				if (row[column.path[0] ?? ''] === undefined) continue;
				const value = shownCell(row, column, 'full').trimEnd();
				text +=
					value === ''
						? `${paint.faint(column.keyword)}\n`
						: `${paint.faint(column.keyword.padEnd(width))}  ${value}\n`;
			}
			return text;
		},
		end: () => '',
	};
};

/** A row without its unique key prints nothing: an empty line would be an argument to whoever reads it. */
export const namePrinter = ({ uniqueKey, nul = false }: RowOptions): RowPrinter => ({
	row(row) {
		const name = sanitize(textOf(row, uniqueKey));
		return name === '' ? '' : name + (nul ? '\0' : '\n');
	},
	end: () => '',
});

export const dumpPrinter = (): RowPrinter => {
	let count = 0;
	return {
		row(row) {
			count++;
			return `${count === 1 ? '' : '\n'}# Response ${count}\n${dumpLines(row).join('\n')}\n`;
		},
		end: () => '',
	};
};
