/** From the options of `find` to the identifiers that are sent: keys, friendly flags, files, return keys (PS3.4 C.4.1.1.3). */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Environment } from '../../cli/environment.ts';
import { smallestCharacterSetFor } from '../../dicom/character-sets.ts';
import type { Dataset, Value } from '../../dicom/dataset.ts';
import { stringsOf, textOf } from '../../dicom/dataset.ts';
import { dateKey, timeKey } from '../../dicom/date-words.ts';
import { decodeDataset } from '../../dicom/decode.ts';
import { byTag, vrOf } from '../../dicom/dictionary.ts';
import { parseKey, parseKeyLines, setKey } from '../../dicom/identifier-path.ts';
import { fromJsonModel } from '../../dicom/json-model.ts';
import { readFileMeta } from '../../dicom/part10.ts';
import { flagKeys, type QueryFlags } from '../../dicom/query-flags.ts';
import {
	levelOfWire,
	type ModelName,
	modelAndLevel,
	type QueryModel,
	WIRE_LEVELS,
	type WireLevel,
} from '../../dicom/query-model.ts';
import { TAG } from '../../dicom/tags.ts';
import { DicomError } from '../../errors.ts';
import { COLUMNS, type Column, type Level, UNIQUE_KEYS } from '../../output/columns.ts';
import { type NamedAttribute, namedColumn, selectColumns } from '../../output/fields.ts';
import { sanitize } from '../../output/sanitize.ts';
/** The options that say what is asked. */
export interface QueryOptions extends QueryFlags {
	readonly level: WireLevel | undefined;
	readonly model: ModelName | undefined;
	readonly key: readonly string[];
	readonly file: readonly string[];
	readonly fields: string | undefined;
}

export interface Query {
	readonly model: QueryModel;
	readonly level: Level;
	/** Several to be asked one after the other, their rows merged: several files, several modalities. */
	readonly identifiers: readonly Dataset[];
	readonly columns: readonly Column[];
	/** Keys that friendly flags made, by tag: rows that contradict them are hidden, since a flag promises what it says. */
	readonly promised: ReadonlyMap<string, string>;
}

/**
 * @param items KEY=VALUE and @FILE positionals
 * @param keepsCase `--name` is not to be put into upper case: nobody wants it, or the peer is known for it
 * @throws DicomError usage, io
 */
export const queryOf = async (
	options: QueryOptions,
	items: readonly string[],
	env: Environment,
	keepsCase = options['keep-case'],
): Promise<Query> => {
	const files = [...options.file, ...items.filter((item) => item.startsWith('@')).map((item) => item.slice(1))];
	const read: (readonly Dataset[])[] = [];
	for (const file of files) read.push(await datasetsOf(file, env));
	const bases: readonly Dataset[] = files.length === 0 ? [{}] : read.flat();
	const keys = [...options.key, ...items.filter((item) => !item.startsWith('@'))].map(parseKey);
	const typed = keys.reduce(setKey, {} as Dataset);
	const wireLevel =
		textOf(typed, TAG.QueryRetrieveLevel) ||
		(options.level === undefined ? textOf(bases[0] ?? {}, TAG.QueryRetrieveLevel) : '');
	const { model, level } = modelAndLevel(options.model, wireLevel === '' ? options.level : levelOfWire(wireLevel));
	const columns = columnsOf(options.fields, level, files.length > 0 ? bases : []);
	const { flags, variants } = friendly({ ...options, 'keep-case': keepsCase }, level, env.today());
	const identifiers = bases.flatMap((base) =>
		variants.map((variant) => {
			let identifier: Dataset = {};
			for (const { keyword } of columns) identifier = setKey(identifier, parseKey(keyword));
			identifier = { ...identifier, ...base };
			for (const key of [...flags, ...variant]) identifier = setKey(identifier, parseKey(key));
			identifier = keys.reduce(setKey, identifier);
			return completed(identifier, level);
		}),
	);
	const promised = new Map([...flags, ...variants.flat()].map((key) => [tagOf(key), key]));
	return { model, level, identifiers, columns, promised };
};

const tagOf = (key: string): string => {
	const { path } = parseKey(key);
	return path.at(-1)?.tag ?? '';
};

/** The level, the unique key, and the character set: asked for always, set where the keys need one. */
const completed = (identifier: Dataset, level: Level): Dataset => {
	const { [TAG.SpecificCharacterSet]: given, ...rest } = identifier;
	const texts: string[] = [];
	collectTexts(rest, texts);
	const isPlain = texts.every((text) => /^[\x20-\x7e]*$/.test(text));
	const terms =
		given !== undefined && given.Value.length > 0 ? given.Value : isPlain ? [] : smallestCharacterSetFor(texts);
	const unique = UNIQUE_KEYS[level];
	return {
		...(rest[unique] === undefined ? { [unique]: { vr: vrOf(unique) === 'UI' ? 'UI' : 'LO', Value: [] } } : {}),
		...rest,
		...(level === 'worklist' || level === 'ups'
			? {}
			: { [TAG.QueryRetrieveLevel]: { vr: 'CS', Value: [WIRE_LEVELS[level]] } }),
		[TAG.SpecificCharacterSet]: { vr: 'CS', Value: terms },
	};
};

const collectTexts = (dataset: Dataset, into: string[]): void => {
	for (const [tag, { vr, Value }] of Object.entries(dataset))
		if (vr === 'SQ') for (const item of Value) collectTexts(item as Dataset, into);
		else if (CHARACTER_SET_VRS.has(vr)) into.push(...stringsOf(dataset, tag));
};

/** VRs that (0008,0005) rules (PS3.5 6.1.2.2). */
const CHARACTER_SET_VRS: ReadonlySet<string> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);

// ---- friendly flags ---------------------------------------------------------------------------------------------------

const friendly = (
	options: QueryOptions,
	level: Level,
	today: Date,
): { readonly flags: readonly string[]; readonly variants: readonly (readonly string[])[] } => {
	const read = { date: (text: string) => dateKey(text, today), time: timeKey };
	const { keys, modality, modalities } = flagKeys(options, level, read);
	const flags = keys.map(([key, value]) => `${key}=${value}`);
	return { flags, variants: modalities.length === 0 ? [[]] : modalities.map((one) => [`${modality}=${one}`]) };
};

// ---- return keys ------------------------------------------------------------------------------------------------------

/** With files, and no list of one's own, what they ask for is shown. */
const columnsOf = (fields: string | undefined, level: Level, files: readonly Dataset[]): readonly Column[] => {
	const usual = COLUMNS[level];
	const shown = files[0] === undefined ? usual : columnsOfDataset(files[0], usual);
	return fields === undefined ? shown : selectColumns(shown, fields, named);
};

const named = (text: string): NamedAttribute => {
	const { path } = parseKey(text);
	const tags = path.map(({ tag }) => tag);
	const last = tags.at(-1) ?? '';
	return {
		keyword: tags.length === 1 ? (byTag(last)?.keyword ?? last) : text,
		path: tags,
		vr: byTag(last)?.vr ?? 'UN',
	};
};

const columnsOfDataset = (dataset: Dataset, usual: readonly Column[]): readonly Column[] =>
	Object.keys(dataset)
		.filter((tag) => tag !== TAG.QueryRetrieveLevel && tag !== TAG.SpecificCharacterSet && dataset[tag]?.vr !== 'SQ')
		.map((tag) => namedColumn(usual, named(tag)));

// ---- files ------------------------------------------------------------------------------------------------------------

/** A DICOM file, a bare dataset, DICOM JSON (one or an array), or KEY=VALUE lines; `-` is stdin. */
const datasetsOf = async (file: string, env: Environment): Promise<readonly Dataset[]> => {
	const bytes = file === '-' ? await whole(env.stdin.bytes()) : readWhole(file, env);
	const text = new TextDecoder().decode(bytes).trimStart();
	if (text.startsWith('{') || text.startsWith('[')) {
		let json: unknown;
		try {
			json = JSON.parse(text);
		} catch (error) {
			throw new DicomError(
				{ blame: 'usage', message: `${file}: not JSON: ${(error as Error).message}` },
				{ cause: error },
			);
		}
		return (Array.isArray(json) ? json : [json]).map((one) => fromJsonModel(one));
	}
	const meta = readFileMeta(bytes, true);
	if (meta.kind === 'part10' || (meta.kind === 'bare' && !isKeyLines(text))) {
		const { dataset } = decodeDataset(bytes.subarray(meta.datasetOffset), meta.transferSyntaxUid);
		return [plain(dataset)];
	}
	return [parseKeyLines(text).reduce(setKey, {} as Dataset)];
};

const isKeyLines = (text: string): boolean => {
	const beginning = text.slice(0, 200);
	return beginning.includes('=') && sanitize(beginning.replace(/\s/g, '')) === beginning.replace(/\s/g, '');
};

/** A query is made of what a file of the user's says, pixel data and bulk aside. */
const plain = (dataset: Dataset): Dataset =>
	Object.fromEntries(
		Object.entries(dataset).filter(
			([, { vr, Value }]) => vr === 'SQ' || !(Value as readonly Value[]).some((one) => one instanceof Uint8Array),
		),
	);

const readWhole = (file: string, env: Environment): Uint8Array => {
	try {
		return readFileSync(isAbsolute(file) ? file : join(env.cwd, file));
	} catch (error) {
		const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
		throw new DicomError({ blame: 'io', code, message, path: file }, { cause: error });
	}
};

const whole = async (stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
	const parts: Uint8Array[] = [];
	for await (const part of stream) parts.push(part);
	return Buffer.concat(parts);
};
