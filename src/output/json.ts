/** Rows as JSON: one document, one object a line, or the DICOM JSON model of PS3.18 F; all of them are written as rows arrive. */
import { toJsonModel } from '../dicom/json-model.ts';
import { rowReader } from './json-row.ts';
import type { RowOptions, RowPrinter } from './row-printer.ts';
import { jsonText } from './sanitize.ts';

/** One result object per line, nothing else. */
export const jsonLinesPrinter = (options: RowOptions): RowPrinter => {
	const read = rowReader(options);
	return { row: (row) => `${jsonText(read(row))}\n`, end: () => '' };
};

/** PS3.18 F.2: an array of datasets. */
export const dicomJsonPrinter = (): RowPrinter => {
	let isBegun = false;
	return {
		row(row) {
			const lead = isBegun ? ',\n' : '[\n';
			isBegun = true;
			return lead + jsonText(toJsonModel(row));
		},
		end: () => (isBegun ? '\n]\n' : '[]\n'),
	};
};

/** One document with what was asked, the results, and how it ended. No row is kept: each is written at its place in the document. */
export const jsonPrinter = (options: RowOptions): RowPrinter => {
	const read = rowReader(options);
	const head = members(options.envelope ?? {});
	let count = 0;
	return {
		row(row) {
			const lead = count === 0 ? `{ ${[...head, '"results": ['].join(',\n  ')}\n    ` : ',\n    ';
			count++;
			return lead + jsonText(read(row));
		},
		end(closing = {}) {
			if (count === 0 && 'error' in closing) return errorDocument(closing['error']);
			const results = count === 0 ? [...head, '"results": []'] : [];
			const tail = members({ count, ...closing });
			return count === 0 ? `{ ${[...results, ...tail].join(',\n  ')} }\n` : ` ],\n  ${tail.join(',\n  ')} }\n`;
		},
	};
};

/** What a JSON format prints in place of results that never came. */
export const errorDocument = (error: unknown): string => `${jsonText({ schema: 'dimse.error/1', error })}\n`;

const members = (object: Readonly<Record<string, unknown>>): string[] =>
	Object.entries(object)
		.filter(([, value]) => value !== undefined)
		.map(([key, value]) => `${jsonText(key)}: ${jsonText(value)}`);
