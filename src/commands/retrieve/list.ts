/** What `--from` takes: rows of an earlier `find` in any format that names its attributes, plain UIDs, and our own lists of what is missing. */
import { stringsOf } from '../../dicom/dataset.ts';
import { byTag } from '../../dicom/dictionary.ts';
import { fromJsonModel } from '../../dicom/json-model.ts';
import { DicomError } from '../../errors.ts';

/** The attributes of one row, by keyword; those that are of no use here are left out. */
export type ListedRow = Readonly<Partial<Record<Attribute, string>>>;

/** A word by itself: a UID, or at patient level a Patient ID. */
export interface List {
	readonly rows: readonly ListedRow[];
	readonly words: readonly string[];
}

const ATTRIBUTES = [
	'PatientID',
	'StudyInstanceUID',
	'SeriesInstanceUID',
	'SOPInstanceUID',
	'PatientName',
	'StudyDate',
	'Modality',
	'ModalitiesInStudy',
] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

const TAGS: Readonly<Record<Attribute, string>> = {
	PatientID: '00100020',
	StudyInstanceUID: '0020000D',
	SeriesInstanceUID: '0020000E',
	SOPInstanceUID: '00080018',
	PatientName: '00100010',
	StudyDate: '00080020',
	Modality: '00080060',
	ModalitiesInStudy: '00080061',
};
const UNIQUE: readonly Attribute[] = ATTRIBUTES.slice(0, 4);

/**
 * @param name of the file, for messages
 * @param isOfPatients a word may be anything
 * @throws DicomError usage, naming the line, for what is none of the formats
 */
export const parseList = (text: string, name: string, isOfPatients = false): List => {
	const plain = text.replace(/^\uFEFF/, '');
	const whole = plain.trim();
	if (whole.startsWith('[')) return { rows: ofArray(parsed(whole, name), name), words: [] };
	if (whole.startsWith('{')) return { rows: ofObjects(whole, name), words: [] };
	const lines = plain
		.split(/\r?\n|\0/)
		.map((line, at) => ({ line, where: `${name}, line ${at + 1}` }))
		.filter(({ line }) => !/^\s*(?:#|$)/.test(line));
	const separator = separatorOf(lines[0]?.line ?? '');
	if (separator !== undefined)
		return { rows: ofTable(lines.map(({ line }) => line).join('\n'), separator, name), words: [] };
	return { rows: [], words: lines.map(({ line, where }) => word(line.trim(), where, isOfPatients)) };
};

// ---- JSON -------------------------------------------------------------------------------------------------------------

const parsed = (text: string, name: string): unknown => {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new DicomError(
			{ blame: 'usage', message: `${name}: not JSON: ${(error as Error).message}` },
			{ cause: error },
		);
	}
};

/** One document of `find -F json`, or an object a line. */
const ofObjects = (text: string, name: string): readonly ListedRow[] => {
	let document: unknown;
	try {
		document = JSON.parse(text);
	} catch {
		return text
			.split(/\r?\n/)
			.filter((line) => line.trim() !== '')
			.map((line, index) => ofObject(parsed(line, `${name}, line ${index + 1}`), `${name}, line ${index + 1}`));
	}
	const { results } = document as { readonly results?: unknown };
	return Array.isArray(results) ? ofArray(results, name) : [ofObject(document, name)];
};

const ofArray = (values: unknown, name: string): readonly ListedRow[] => {
	if (!Array.isArray(values)) throw noRow(name);
	return values.map((value, index) => ofObject(value, `${name}, row ${index + 1}`));
};

/** By keyword as in `jsonl`, or by tag as in the DICOM JSON model. */
const ofObject = (value: unknown, name: string): ListedRow => {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) throw noRow(name);
	const object = value as Readonly<Record<string, unknown>>;
	if (Object.values(TAGS).some((tag) => object[tag] !== undefined)) {
		const dataset = fromJsonModel(value);
		return checked((attribute) => stringsOf(dataset, TAGS[attribute]).join('\\'), name);
	}
	return checked((attribute) => {
		const one = object[attribute];
		return Array.isArray(one) ? one.join('\\') : typeof one === 'string' || typeof one === 'number' ? String(one) : '';
	}, name);
};

// ---- tables -----------------------------------------------------------------------------------------------------------

/** Spreadsheets write the last where a comma is the decimal sign. */
const SEPARATORS = ['\t', ',', ';'] as const;
type Separator = (typeof SEPARATORS)[number];

/** Of a line that names attributes; nothing for any other. */
const separatorOf = (line: string): Separator | undefined =>
	SEPARATORS.find((separator) => {
		const headings = cells(line, separator)[0] ?? [];
		return headings.some((heading) => UNIQUE.includes(keywordOf(heading) as Attribute));
	});

/** A heading may be a keyword or a tag. */
const keywordOf = (heading: string): string => {
	const tag = heading.trim().replace(/[(),]/g, '').toUpperCase();
	return (/^[0-9A-F]{8}$/.test(tag) ? byTag(tag)?.keyword : undefined) ?? heading.trim();
};

const ofTable = (text: string, separator: Separator, name: string): readonly ListedRow[] => {
	const [headings = [], ...rows] = cells(text, separator);
	const places = new Map(headings.map((heading, index) => [keywordOf(heading), index]));
	return rows.map((row, index) =>
		checked((attribute) => row[places.get(attribute) ?? -1] ?? '', `${name}, row ${index + 1}`),
	);
};

const CELLS = {
	',': /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g,
	';': /(?:"((?:[^"]|"")*)"|([^";\n]*))(;|\n|$)/g,
} as const;

const cells = (text: string, separator: Separator): readonly (readonly string[])[] => {
	if (separator === '\t')
		return text.split('\n').map((line) => line.split('\t').map((cell) => cell.replace(/\\([tnr\\])/g, unescaped)));
	const rows: string[][] = [[]];
	for (const [, quoted, plain, end] of text.matchAll(CELLS[separator])) {
		rows.at(-1)?.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
		if (end === '\n') rows.push([]);
		if (end === '') break;
	}
	return rows;
};

const unescaped = (_: string, letter: string): string => ({ t: '\t', n: '\n', r: '\r', '\\': '\\' })[letter] ?? letter;

// ---- rows -------------------------------------------------------------------------------------------------------------

const checked = (of: (attribute: Attribute) => string, name: string): ListedRow => {
	const row: Partial<Record<Attribute, string>> = {};
	for (const attribute of ATTRIBUTES) {
		const value = of(attribute).trim();
		if (value !== '') row[attribute] = attribute.endsWith('InstanceUID') ? uid(value, name) : value;
	}
	if (!UNIQUE.some((attribute) => row[attribute] !== undefined)) throw noRow(name);
	return row;
};

/** @throws DicomError usage */
const uid = (text: string, name: string): string => {
	if (isUid(text)) return text;
	throw new DicomError({ blame: 'usage', message: `${name}: "${text.slice(0, 80)}" is no UID` });
};

/** PS3.5 9.1, components with leading zeros allowed: they are about, and what a peer has must be had from it by its own name. */
export const isUid = (text: string): boolean => /^[0-9]+(\.[0-9]+)+$/.test(text) && text.length <= 64;

/** A table without its header is no list of words. */
const word = (line: string, where: string, isOfPatients: boolean): string => {
	const text = /^"([^"]*)"$/.exec(line)?.[1]?.trim() ?? line;
	const isRow = line.includes('\t') || (/[,;]/.test(line) && /\d\.\d/.test(line));
	if (!isRow && (isOfPatients || isUid(text))) return text;
	throw new DicomError({
		blame: 'usage',
		message: `${where}: "${line.slice(0, 60)}" is ${isRow ? 'a row of a table whose columns have no names' : 'no UID'}`,
		hint: `${isRow ? '' : 'one UID a line, or a table with the names of its columns: '}dimse find ... -F jsonl, -F name or --header writes what --from can read`,
	});
};

const noRow = (name: string): DicomError =>
	new DicomError({
		blame: 'usage',
		message: `${name}: no PatientID and no UID of a study, series or instance in it`,
		hint: 'rows come from dimse find ... -F jsonl (or csv, json, name), or from a list of missing instances',
	});
