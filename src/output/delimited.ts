/** Rows as data for pipes and spreadsheets: tab-separated values, and comma-separated ones (RFC 4180). */
import { dataCell } from './cell.ts';
import type { RowOptions, RowPrinter } from './row-printer.ts';
import { sanitize, sanitizeTsv } from './sanitize.ts';

const delimited = (
	{ columns }: RowOptions,
	separator: string,
	cell: (text: string) => string,
	hasHeader: boolean,
): RowPrinter => {
	const header = hasHeader ? `${columns.map(({ keyword }) => cell(keyword)).join(separator)}\n` : '';
	let isBegun = false;
	const above = (): string => {
		const text = isBegun ? '' : header;
		isBegun = true;
		return text;
	};
	return {
		row(row) {
			let text = above();
			for (let index = 0; index < columns.length; index++) {
				const column = columns[index];
				if (column !== undefined) text += (index === 0 ? '' : separator) + cell(dataCell(row, column));
			}
			return `${text}\n`;
		},
		end: above,
	};
};

/** Full values, one row a line, so that `cut`, `sort` and `fzf` work; a header only when asked for. */
export const tsvPrinter = (options: RowOptions): RowPrinter =>
	delimited(options, '\t', sanitizeTsv, options.header ?? false);

/**
 * A header, then one row a line. Lines end in LF alone: every reader of RFC 4180 takes it, and what stands in front of a CR at a
 * terminal can be written over.
 */
export const csvPrinter = (options: RowOptions): RowPrinter =>
	delimited(options, ',', options.csvSafe === true ? (text) => quoted(disarmed(text)) : quoted, options.header ?? true);

const quoted = (text: string): string => {
	const safe = sanitize(text);
	return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** A name with an ideographic group alone begins with `=`, which a spreadsheet would compute. */
const disarmed = (text: string): string => (/^\s*[=+\-@]/.test(text) ? `'${text}` : text);
