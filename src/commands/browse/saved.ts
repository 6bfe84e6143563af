/** Saved queries of browse and those asked before, in files beside what is remembered of peers: theirs may hold names, so only the user reads them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSettings } from '../../config/settings-file.ts';
import type { QuerySpec, SavedQuery } from '../../tui/browse/browse-state.ts';
import { HISTORY, withNewest } from '../../tui/browse/levels.ts';

const SCHEMA = 'dimse.queries/1';
const HISTORY_SCHEMA = 'dimse.query-history/1';
const LEVELS = ['patient', 'study', 'series', 'instance', 'worklist', 'ups'] as const;

const pathIn = (folder: string): string => join(folder, 'queries.json');
const historyIn = (folder: string): string => join(folder, 'query-history.json');

/** Of a file that cannot be read nothing is known. */
export const savedQueries = (folder: string): readonly SavedQuery[] =>
	entriesOf(pathIn(folder), SCHEMA).flatMap((value) => {
		const query = queryOf(value);
		const { name, node, count } = value;
		if (query === undefined || typeof name !== 'string') return [];
		return [
			{
				...query,
				name,
				...(typeof node === 'string' ? { node } : {}),
				...(typeof count === 'number' ? { count } : {}),
			},
		];
	});

/** What was asked in earlier sessions, the newest first. */
export const earlierQueries = (folder: string): readonly QuerySpec[] =>
	entriesOf(historyIn(folder), HISTORY_SCHEMA)
		.flatMap((value) => queryOf(value) ?? [])
		.slice(0, HISTORY);

type JsonObject = Readonly<Record<string, unknown>>;

const entriesOf = (path: string, schema: string): readonly JsonObject[] => {
	try {
		const document: unknown = JSON.parse(readFileSync(path, 'utf8'));
		if (!isRecord(document) || document['schema'] !== schema || !Array.isArray(document['queries'])) return [];
		return document['queries'].filter(isRecord);
	} catch {
		return [];
	}
};

/** Whatever somebody made of the file: what has the wrong shape is left out. */
const queryOf = ({ level, model, keys }: JsonObject): QuerySpec | undefined => {
	const known = LEVELS.find((one) => one === level);
	if (known === undefined || !isRecord(keys)) return undefined;
	return {
		level: known,
		model: model === 'patient' ? 'patient' : 'study',
		keys: Object.fromEntries(
			Object.entries(keys).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
		),
	};
};

/** In the place of one with the same name, else first. @throws DicomError io */
export const saveQuery = (folder: string, query: SavedQuery): Promise<void> => {
	const queries = savedQueries(folder);
	const place = queries.findIndex(({ name }) => name === query.name);
	return written(pathIn(folder), SCHEMA, place < 0 ? [query, ...queries] : queries.with(place, query));
};

/** @throws DicomError io */
export const removeQuery = (folder: string, name: string): Promise<void> =>
	written(
		pathIn(folder),
		SCHEMA,
		savedQueries(folder).filter((query) => query.name !== name),
	);

/** Beside those of other sessions that run at the same time. @throws DicomError io */
export const rememberQuery = (folder: string, query: QuerySpec): Promise<void> =>
	written(historyIn(folder), HISTORY_SCHEMA, withNewest(earlierQueries(folder), query));

const written = (path: string, schema: string, queries: readonly QuerySpec[]): Promise<void> =>
	writeSettings(path, `${JSON.stringify({ schema, queries }, undefined, '\t')}\n`);

const isRecord = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
