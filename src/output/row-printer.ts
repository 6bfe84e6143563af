/** Rows of a query to text, one printer a format; what each format promises is a row of `FORMATS`. */
import type { Dataset } from '../dicom/dataset.ts';
import type { Column } from './columns.ts';
import { csvPrinter, tsvPrinter } from './delimited.ts';
import { dicomJsonPrinter, jsonLinesPrinter, jsonPrinter } from './json.ts';
import { dumpPrinter, expandedPrinter, namePrinter } from './lines.ts';
import { tablePrinter } from './table.ts';
import type { Paint } from './theme.ts';

/** Text to be written, in order; nobody but the caller writes. */
export interface RowPrinter {
	/** @returns the text to write now: all of the row, and before the first whatever stands above it. */
	row(row: Dataset): string;
	/**
	 * @param closing what the envelope of `json` holds after its results; with `error` and no row printed, the document is an
	 *   error document (`dimse.error/1`). The other formats have no place for it.
	 * @returns the text to write last: empty where a format needs none.
	 */
	end(closing?: Readonly<Record<string, unknown>>): string;
}

export interface RowOptions {
	/** What table, wide, expanded, tsv and csv show; the others print what came. */
	readonly columns: readonly Column[];
	/** What `name` prints: a tag, of `UNIQUE_KEYS`. */
	readonly uniqueKey: string;
	/** Columns of the terminal; undefined where the output is none: then nothing is cut and no column vanishes. */
	readonly width?: number | undefined;
	readonly paint?: Paint;
	/** tsv: names its columns in a first line. */
	readonly header?: boolean;
	/** csv: a quote before cells that a spreadsheet would take for a formula. */
	readonly csvSafe?: boolean;
	/** name: NUL after each, for `xargs -0`. */
	readonly nul?: boolean;
	/** json, jsonl: DS and IS as the texts that came. */
	readonly raw?: boolean;
	/** json, jsonl: ideographic and phonetic names under keys of their own. */
	readonly personNameGroups?: boolean;
	/** json: what the document holds before its results: schema, node, query. */
	readonly envelope?: Readonly<Record<string, unknown>>;
}

interface FormatProperties {
	readonly says: string;
	readonly open: (options: RowOptions) => RowPrinter;
}

export const FORMATS = {
	table: { says: 'aligned and cut to the width of the terminal', open: tablePrinter },
	wide: { says: 'aligned, every attribute, nothing cut', open: (options) => tablePrinter(options, 'wide') },
	expanded: { says: 'a block of lines for each row', open: expandedPrinter },
	tsv: { says: 'full values separated by tabs, \\t \\n \\\\ escaped', open: tsvPrinter },
	csv: { says: 'for spreadsheets, with a header (RFC 4180)', open: csvPrinter },
	json: { says: 'one document: query, results, status, warnings, timing', open: jsonPrinter },
	jsonl: { says: 'one JSON object a row', open: jsonLinesPrinter },
	'dicom-json': { says: 'the DICOM JSON model (PS3.18 F), an array', open: dicomJsonPrinter },
	name: { says: 'the unique key of the level, one a line', open: namePrinter },
	dump: { says: 'every element with tag, VR and length', open: dumpPrinter },
} as const satisfies Record<string, FormatProperties>;

export type Format = keyof typeof FORMATS;

/** A printer for one run of rows; it holds no rows. */
export const rowPrinter = (format: Format, options: RowOptions): RowPrinter => FORMATS[format].open(options);
