/** What `get` and `move` are to retrieve: UIDs, keys, lists and files of keys become references, and references become units. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Environment } from '../../cli/environment.ts';
import type { Dataset } from '../../dicom/dataset.ts';
import { stringsOf, textOf } from '../../dicom/dataset.ts';
import { parseKey } from '../../dicom/identifier-path.ts';
import { levelOfWire, WIRE_LEVELS, type WireLevel } from '../../dicom/query-model.ts';
import { type QueryLevel, UNIQUE_KEYS } from '../../dicom/sop-classes.ts';
import { TAG } from '../../dicom/tags.ts';
import { DicomError } from '../../errors.ts';
import { attributeName } from '../../output/query-warnings.ts';
import { quoted } from '../../output/shell-words.ts';
import { type Query, type QueryOptions, queryOf } from '../find/query-identifier.ts';
import { isUid, type List, type ListedRow, parseList } from './list.ts';
import { queryModelOf, type RetrieveModelName } from './model.ts';

/** One thing to retrieve, by the unique keys that are known of it; `label` is for people and has a patient's name in it. */
export interface Reference {
	readonly level: QueryLevel;
	readonly patientId?: string;
	readonly studyUid?: string;
	readonly seriesUid?: string;
	readonly sopUid?: string;
	readonly label?: string;
	/** A query of the peer has it; otherwise the user named it. */
	readonly isFound?: true;
	/** A bare UID for a composite model, which knows instances only: the user may well mean a study. */
	readonly mayBeStudy?: true;
	/** Instances in it, by the query that has it. */
	readonly instances?: number;
}

/** Without references and without a query, the lists that were read are empty. */
export interface Wanted {
	readonly references: readonly Reference[];
	/** To be asked first; each of its matches is one more. */
	readonly query?: Query;
}

export type InputOptions = Omit<QueryOptions, 'model' | 'fields'> & {
	readonly model: RetrieveModelName | undefined;
	readonly from: readonly string[];
};

const LEVELS: readonly QueryLevel[] = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'];

const usage = (message: string, hint?: string): DicomError =>
	new DicomError({ blame: 'usage', message, ...(hint === undefined ? {} : { hint }) });

/**
 * @param items what stands after the peer: UIDs (at patient level Patient IDs), KEY=VALUE, @FILE
 * @throws DicomError usage, io
 */
export const wantedOf = async (options: InputOptions, items: readonly string[], env: Environment): Promise<Wanted> => {
	refuseEmpty(options);
	const isKey = (item: string) => item.includes('=') || item.startsWith('@');
	const bare = items.filter((item) => !isKey(item));
	const keyItems = items.filter(isKey);
	const listed = await lists(options.from, wordsLevel(options, undefined) === 'PATIENT', env);
	const words = [...bare, ...listed.flatMap((list) => list.words)];
	const rows = listed.flatMap((list) => list.rows);
	const hasKeys = keyItems.length > 0 || hasQuery(options);
	if (words.length === 0 && options.from.length === 0 && !hasKeys)
		throw usage('nothing to retrieve is named', 'a Study Instance UID, KEY=VALUE, --name, --date ..., or --from FILE');
	const query = hasKeys ? await keysOf(options, keyItems, env) : undefined;
	const identifiers = query?.identifiers ?? [];
	const level = wordsLevel(options, identifiers[0]);
	const fromRows = rows.map((row) => referenceOfRow(row, options.level));
	if (words.length > 0) {
		const above = identifiers.length === 0 ? {} : keysAbove(identifiers, level);
		const isOpen = identifiers.length === 0 && isLevelOpen(options);
		const named = words.map((word) => referenceOfWord(word, level, above, env));
		return {
			references: [...(isOpen ? named.map((one) => ({ ...one, mayBeStudy: true }) as const) : named), ...fromRows],
		};
	}
	const direct = identifiers.length === 0 ? [] : directReferences(identifiers, query);
	if (direct !== undefined) return { references: [...direct, ...fromRows] };
	if (!identifiers.every(isNarrowed))
		throw usage('every key is empty: that would be everything', "if that is meant: -k PatientID='*'");
	return { references: fromRows, ...(query === undefined ? {} : { query }) };
};

const lists = async (files: readonly string[], isOfPatients: boolean, env: Environment): Promise<readonly List[]> => {
	const read: List[] = [];
	for (const file of files)
		read.push(parseList(listText(await bytesOfFile(file, env)), file === '-' ? 'stdin' : file, isOfPatients));
	return read;
};

/** UTF-8, or what some editors and shells write instead, which begins with a byte order mark. */
const listText = (bytes: Uint8Array): string => {
	const [first, second] = bytes;
	const encoding =
		first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
	return new TextDecoder(encoding).decode(bytes);
};

const bytesOfFile = async (file: string, env: Environment): Promise<Uint8Array> => {
	if (file === '-') {
		const parts: Uint8Array[] = [];
		for await (const part of env.stdin.bytes()) parts.push(part);
		return Buffer.concat(parts);
	}
	try {
		return await readFile(isAbsolute(file) ? file : join(env.cwd, file));
	} catch (error) {
		const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
		throw new DicomError({ blame: 'io', code, message, path: file }, { cause: error });
	}
};

// ---- keys -------------------------------------------------------------------------------------------------------------

const hasQuery = (options: InputOptions): boolean =>
	options.key.length > 0 ||
	options.file.length > 0 ||
	[options.name, options.id, options.acc, options.date, options.time, options.birth, options.desc].some(
		(one) => one !== undefined,
	) ||
	[options.modality, options['study-uid'], options['series-uid'], options['sop-uid']].some((one) => one.length > 0);

/** Keys as `find` has them, at the level that was said or, without one, at the lowest whose unique key has a value. */
const keysOf = async (options: InputOptions, items: readonly string[], env: Environment): Promise<Query> => {
	const model = queryModelOf(options.model);
	const isSaid =
		options.level !== undefined ||
		[...options.key, ...items].some((key) => /^\(?(QueryRetrieveLevel|0008,?0052)/i.test(key));
	const query = await queryOf({ ...options, model, fields: undefined }, items, env);
	if (isSaid || options.file.length > 0 || items.some((item) => item.startsWith('@'))) return query;
	const lowest = lowestLevel(query.identifiers);
	if (lowest === undefined || lowest === query.level) return query;
	return queryOf({ ...options, model, level: lowest, fields: undefined }, items, env);
};

/** An option with nothing in it is an unset variable of a script, and without it more would come than was asked for. @throws DicomError usage */
const refuseEmpty = (options: InputOptions): void => {
	for (const name of ['name', 'id', 'acc', 'desc', 'modality', 'study-uid', 'series-uid', 'sop-uid'] as const) {
		const given = options[name];
		const texts = given === undefined ? [] : typeof given === 'string' ? [given] : given;
		if (texts.some((text) => /^[=\\,\s]*$/.test(text)))
			throw usage(`--${name}: nothing is given`, 'leave it out, or look whether a variable of the shell is not set');
	}
};

/** Some key beside the level and the character set has a value. */
const isNarrowed = (identifier: Dataset): boolean =>
	Object.entries(identifier).some(
		([tag, { vr, Value }]) =>
			tag !== TAG.QueryRetrieveLevel &&
			tag !== TAG.SpecificCharacterSet &&
			(vr === 'SQ'
				? Value.some((item) => isNarrowed(item as Dataset))
				: stringsOf(identifier, tag).some((value) => value.trim() !== '')),
	);

const lowestLevel = (identifiers: readonly Dataset[]): WireLevel | undefined =>
	(['instance', 'series', 'study'] as const).find((level) =>
		identifiers.some((identifier) => textOf(identifier, UNIQUE_KEYS[WIRE_LEVELS[level]]) !== ''),
	);

/**
 * The references that the keys themselves are, where they name one entity and everything above it and nothing else: no query is needed then.
 * Nothing where one is.
 */
const directReferences = (identifiers: readonly Dataset[], query: Query | undefined): Reference[] | undefined => {
	const references: Reference[] = [];
	for (const identifier of identifiers) {
		const level = LEVELS.find((one) => one === textOf(identifier, TAG.QueryRetrieveLevel));
		if (level === undefined || query === undefined) return undefined;
		const others = Object.keys(identifier).filter(
			(tag) => tag !== TAG.QueryRetrieveLevel && tag !== TAG.SpecificCharacterSet && hasValue(identifier, tag),
		);
		if (others.some((tag) => !LEVELS.some((one) => UNIQUE_KEYS[one] === tag))) return undefined;
		const values = LEVELS.map((one) => stringsOf(identifier, UNIQUE_KEYS[one]).filter((value) => value !== ''));
		const own = values[LEVELS.indexOf(level)] ?? [];
		const isPlain = values.every((each, index) =>
			each.every((value) => (LEVELS[index] === 'PATIENT' ? !/[*?]/.test(value) : isUid(value))),
		);
		// A key below the level, or several values above it, is for the peer to match.
		const isSingle = values.every((each, index) =>
			index < LEVELS.indexOf(level) ? each.length <= 1 : index === LEVELS.indexOf(level) || each.length === 0,
		);
		if (own.length === 0 || !isPlain || !isSingle) return undefined;
		const [patientId, studyUid, seriesUid] = values.map(([one]) => one);
		for (const value of own)
			references.push(reference(level, { patientId, studyUid, seriesUid, [FIELDS[level]]: value }));
	}
	return references;
};

const hasValue = (identifier: Dataset, tag: string): boolean =>
	(identifier[tag]?.Value ?? []).length > 0 && (identifier[tag]?.vr === 'SQ' || textOf(identifier, tag) !== '');

type Keys = { readonly [K in 'patientId' | 'studyUid' | 'seriesUid' | 'sopUid']?: string | undefined };

const FIELDS: Readonly<Record<QueryLevel, keyof Keys>> = {
	PATIENT: 'patientId',
	STUDY: 'studyUid',
	SERIES: 'seriesUid',
	IMAGE: 'sopUid',
	FRAME: 'sopUid',
};

/** Without the keys that are not known, and those below the level. */
const reference = (level: QueryLevel, keys: Keys, label?: string): Reference => {
	const upTo = LEVELS.indexOf(level === 'FRAME' ? 'IMAGE' : level);
	const known = LEVELS.slice(0, upTo + 1).flatMap((one) => {
		const value = keys[FIELDS[one]];
		return value === undefined || value === '' ? [] : [[FIELDS[one], value] as const];
	});
	return { level, ...Object.fromEntries(known), ...(label === undefined || label === '' ? {} : { label }) };
};

// ---- words ------------------------------------------------------------------------------------------------------------

/** The level of bare UIDs: what was said, else instances in the composite models, else one below the key beside them, else study. */
const wordsLevel = (options: InputOptions, identifier: Dataset | undefined): QueryLevel => {
	if (options.level !== undefined) return WIRE_LEVELS[options.level];
	const said = levelKeyOf(options);
	if (said !== undefined) return WIRE_LEVELS[levelOfWire(parseKey(said).value ?? '')];
	if (isComposite(options)) return 'IMAGE';
	if (identifier === undefined) return 'STUDY';
	if (textOf(identifier, TAG.SeriesInstanceUID) !== '') return 'IMAGE';
	return textOf(identifier, TAG.StudyInstanceUID) !== '' ? 'SERIES' : 'STUDY';
};

/** A composite model, and no level was said. */
const isLevelOpen = (options: InputOptions): boolean =>
	isComposite(options) && options.level === undefined && levelKeyOf(options) === undefined;

const isComposite = ({ model }: InputOptions): boolean => model === 'composite' || model === 'no-bulk';

const levelKeyOf = ({ key }: InputOptions): string | undefined =>
	key.find((one) => /^\(?(QueryRetrieveLevel|0008,?0052)/i.test(one));

/** Beside bare UIDs, keys can only say what these are in. @throws DicomError usage */
const keysAbove = (identifiers: readonly Dataset[], level: QueryLevel): Keys => {
	const [identifier = {}] = identifiers;
	const above = LEVELS.slice(0, LEVELS.indexOf(level));
	const keys: Partial<Record<keyof Keys, string>> = {};
	for (const tag of Object.keys(identifier)) {
		if (tag === TAG.QueryRetrieveLevel || tag === TAG.SpecificCharacterSet || !hasValue(identifier, tag)) continue;
		const of = above.find((one) => UNIQUE_KEYS[one] === tag);
		const [value = '', ...more] = stringsOf(identifier, tag);
		if (of === undefined || more.length > 0 || identifiers.length > 1)
			throw usage(
				`${attributeName(tag)} and bare UIDs: the UIDs say what to retrieve, and a key could only narrow a query`,
				'leave out one of the two',
			);
		keys[FIELDS[of]] = value;
	}
	return keys;
};

const referenceOfWord = (word: string, level: QueryLevel, above: Keys, env: Environment): Reference => {
	if (level !== 'PATIENT' && !isUid(word))
		throw usage(
			`"${word.slice(0, 80)}" is no UID and no KEY=VALUE`,
			isFile(word, env)
				? `it is a file: -f ${quoted(word)} if its keys are to be asked for, --from ${quoted(word)} if it is a list`
				: 'keys of a query are KEY=VALUE, files of keys @FILE, lists --from FILE',
		);
	return reference(level, { ...above, [FIELDS[level]]: word });
};

/** Other tools take the file of a query behind the peer. */
const isFile = (word: string, { cwd }: Environment): boolean =>
	statSync(isAbsolute(word) ? word : join(cwd, word), { throwIfNoEntry: false })?.isFile() === true;

// ---- rows -------------------------------------------------------------------------------------------------------------

/** At the level that was said, else the lowest that the row has a key of. @throws DicomError usage */
const referenceOfRow = (row: ListedRow, said: WireLevel | undefined): Reference => {
	const keys: Keys = {
		patientId: row.PatientID,
		studyUid: row.StudyInstanceUID,
		seriesUid: row.SeriesInstanceUID,
		sopUid: row.SOPInstanceUID,
	};
	const lowest = LEVELS.findLast((level) => keys[FIELDS[level]] !== undefined) ?? 'STUDY';
	const level = said === undefined ? lowest : WIRE_LEVELS[said];
	if (keys[FIELDS[level]] === undefined)
		throw usage(
			`--from: a row has no ${attributeName(UNIQUE_KEYS[level])}`,
			`without -L ${said} it is retrieved by what it has`,
		);
	return reference(
		level,
		keys,
		level === 'STUDY' ? labelOf(row.PatientName, row.StudyDate, row.ModalitiesInStudy ?? row.Modality) : undefined,
	);
};

/** A match of the query. Nothing where it lacks its unique key. */
export const referenceOfMatch = (match: Dataset, level: QueryLevel): Reference | undefined => {
	const keys: Keys = {
		patientId: textOf(match, TAG.PatientID),
		studyUid: textOf(match, TAG.StudyInstanceUID),
		seriesUid: textOf(match, TAG.SeriesInstanceUID),
		sopUid: textOf(match, TAG.SOPInstanceUID),
	};
	const own = keys[FIELDS[level]];
	if (own === undefined || own === '' || (level !== 'PATIENT' && !isUid(own))) return undefined;
	const modality = textOf(match, TAG.ModalitiesInStudy) || textOf(match, TAG.Modality);
	return reference(level, keys, labelOf(textOf(match, TAG.PatientName), textOf(match, TAG.StudyDate), modality));
};

/** `SMITH^JOHN 2024-11-03 CT` */
const labelOf = (name = '', date = '', modality = ''): string =>
	[name.split('=')[0] ?? '', date.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'), modality.replaceAll('\\', '/')]
		.filter((part) => part !== '')
		.join(' ');
