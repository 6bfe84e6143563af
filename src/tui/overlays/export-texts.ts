/** Rows as a file: the formats of `find`, and a list that `get` and `move` take by `--from`. */
import { type Dataset, type Element, textOf } from '../../dicom/dataset.ts';
import { byKeyword } from '../../dicom/dictionary.ts';
import { TAG } from '../../dicom/tags.ts';
import { column, UNIQUE_KEYS } from '../../output/columns.ts';
import { rowPrinter } from '../../output/row-printer.ts';
import type { LevelState, Row } from '../browse/browse-state.ts';
import { markedRows } from '../browse/marks.ts';
import { shownColumns } from '../browse/shown-columns.ts';
import type { State } from '../state.ts';
import type { Overlay } from './overlay-state.ts';

type Export = Extract<Overlay, { readonly kind: 'export' }>;

export const EXPORT_FORMATS = ['csv', 'json', 'jsonl', 'tsv', 'list'] as const satisfies readonly Export['format'][];
export const EXPORT_ROWS = ['all', 'filtered', 'marked'] as const satisfies readonly Export['what'][];

export const exportedRows = (level: LevelState, what: Export['what']): readonly Row[] => {
	if (what === 'marked') return markedRows(level);
	if (what === 'all') return level.rows;
	return level.shown.flatMap((index) => level.rows[index] ?? []);
};

export const exportCount = (level: LevelState, what: Export['what']): number =>
	what === 'all' ? level.rows.length : what === 'filtered' ? level.shown.length : markedRows(level).length;

const NOUNS: Readonly<Record<string, string>> = {
	patient: 'patients',
	study: 'studies',
	series: 'series',
	instance: 'instances',
};

/** `studies-main.csv` */
export const proposedPath = (
	{ current }: Pick<State, 'current'>,
	{ level }: LevelState,
	format: Export['format'],
): string => {
	const nodes = current.join('-').replaceAll(/[^\w.-]+/g, '_');
	const ending = format === 'list' ? 'jsonl' : format;
	return `${NOUNS[level] ?? level}${nodes === '' ? '' : `-${nodes}`}${format === 'list' ? '-list' : ''}.${ending}`;
};

export const exportText = (state: State, level: LevelState, what: Export['what'], format: Export['format']): string => {
	const rows = exportedRows(level, what);
	const isList = format === 'list';
	const isSeveral = level.nodes.length > 1;
	const printer = rowPrinter(isList ? 'jsonl' : format, {
		columns: isSeveral ? [NODE, ...shownColumns(state, level.level)] : shownColumns(state, level.level),
		uniqueKey: UNIQUE_KEYS[level.level],
		header: true,
		csvSafe: true,
		envelope: { schema: 'dimse.find/1', nodes: level.nodes, level: level.level, query: level.query.keys },
	});
	const texts: string[] = [];
	for (const { dataset, node } of rows) {
		const row = isList ? listed(dataset, level) : dataset;
		texts.push(printer.row(isSeveral ? { ...row, node: { vr: 'LO', Value: [node] } } : row));
	}
	texts.push(printer.end({ status: level.progress.state === 'done' ? level.progress.end : level.progress.state }));
	return texts.join('');
};

/** Whose row it is: no attribute, but in its place; JSON has it under this name. */
const NODE = column('node', 'node', 'NODE', 99);

/** What `--from` reads of a row, the unique keys first. */
const LISTED: readonly string[] = [
	TAG.StudyInstanceUID,
	TAG.SeriesInstanceUID,
	TAG.SOPInstanceUID,
	TAG.PatientID,
	TAG.PatientName,
	'00080020',
	'00080060',
	'00080061',
];

/** With the keys of the levels above it, which an answer need not repeat. */
const listed = (dataset: Dataset, { query }: LevelState): Dataset => {
	const row: Record<string, Element> = {};
	for (const [keyword, value] of Object.entries(query.keys)) {
		const entry = byKeyword(keyword);
		if (entry !== undefined && entry.vr === 'UI' && LISTED.includes(entry.tag) && /^[\d.]+$/.test(value))
			row[entry.tag] = { vr: 'UI', Value: [value] };
	}
	for (const tag of LISTED) {
		const element = dataset[tag];
		if (element !== undefined && textOf(dataset, tag) !== '') row[tag] = element;
	}
	return row;
};
