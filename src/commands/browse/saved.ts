/** Saved queries of browse, in a file beside what is remembered of peers: theirs may hold names, so only the user reads it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSettings } from '../../config/settings-file.ts';
import type { SavedQuery } from '../../tui/state.ts';

const SCHEMA = 'dimse.queries/1';
const LEVELS = ['patient', 'study', 'series', 'instance', 'worklist', 'ups'] as const;

const pathIn = (folder: string): string => join(folder, 'queries.json');

/** Of a file that cannot be read nothing is known. */
export const savedQueries = (folder: string): readonly SavedQuery[] => {
	try {
		const document: unknown = JSON.parse(readFileSync(pathIn(folder), 'utf8'));
		if (!isRecord(document) || document['schema'] !== SCHEMA || !Array.isArray(document['queries'])) return [];
		return document['queries'].flatMap(queryOf);
	} catch {
		return [];
	}
};

/** Whatever somebody made of the file: what has the wrong shape is left out. */
const queryOf = (value: unknown): readonly SavedQuery[] => {
	if (!isRecord(value)) return [];
	const { name, level, model, keys, count } = value;
	const known = LEVELS.find((one) => one === level);
	if (typeof name !== 'string' || known === undefined || !isRecord(keys)) return [];
	return [
		{
			name,
			level: known,
			model: model === 'patient' ? 'patient' : 'study',
			keys: Object.fromEntries(
				Object.entries(keys).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
			),
			...(typeof count === 'number' ? { count } : {}),
		},
	];
};

/** One with the same name is replaced. @throws DicomError io */
export const saveQuery = async (folder: string, query: SavedQuery): Promise<void> => {
	const queries = [query, ...savedQueries(folder).filter(({ name }) => name !== query.name)];
	await writeSettings(pathIn(folder), `${JSON.stringify({ schema: SCHEMA, queries }, undefined, '\t')}\n`);
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
