/** A query of browse's form as `find` would have it, by the same options. */
import type { Environment } from '../cli/environment.ts';
import type { Peer } from '../cli/peer.ts';
import type { QuerySpec } from '../tui/state.ts';
import { nameHabit } from './peer-memory.ts';
import { type Query, queryOf } from './query-identifier.ts';
import type { ModelName, WireLevel } from './query-model.ts';

/** Keywords that the friendly flags of `find` are for. */
const FLAGS = {
	PatientName: 'name',
	PatientID: 'id',
	AccessionNumber: 'acc',
	StudyDate: 'date',
	StudyTime: 'time',
	PatientBirthDate: 'birth',
} as const;
const LISTS = {
	ModalitiesInStudy: 'modality',
	Modality: 'modality',
	StudyInstanceUID: 'study-uid',
	SeriesInstanceUID: 'series-uid',
	SOPInstanceUID: 'sop-uid',
} as const;

/** @throws DicomError usage */
export const queryOfSpec = async ({ level, model, keys }: QuerySpec, peer: Peer, env: Environment): Promise<Query> => {
	const one: Partial<Record<(typeof FLAGS)[keyof typeof FLAGS], string>> = {};
	const many: Partial<Record<(typeof LISTS)[keyof typeof LISTS], readonly string[]>> = {};
	const key: string[] = [];
	for (const [keyword, typed] of Object.entries(keys)) {
		const value = typed.trim();
		if (value !== '' && isOf(FLAGS, keyword)) one[FLAGS[keyword]] = keyword === 'PatientName' ? nameOf(value) : value;
		else if (value !== '' && isOf(LISTS, keyword)) many[LISTS[keyword]] = [value];
		else key.push(value === '' ? keyword : `${keyword}=${value}`);
	}
	const habit = nameHabit(peer, { name: one.name, 'keep-case': false }, env);
	return queryOf(
		{
			level: level === 'worklist' || level === 'ups' ? undefined : (level satisfies WireLevel),
			model: level === 'worklist' || level === 'ups' ? level : (model satisfies ModelName),
			key,
			file: [],
			name: one.name,
			id: one.id,
			acc: one.acc,
			date: one.date,
			time: one.time,
			birth: one.birth,
			modality: many.modality ?? [],
			desc: undefined,
			'study-uid': many['study-uid'] ?? [],
			'series-uid': many['series-uid'] ?? [],
			'sop-uid': many['sop-uid'] ?? [],
			'keep-case': false,
			fields: undefined,
		},
		[],
		env,
		habit.keepsCase,
	);
};

const isOf = <T extends object>(table: T, key: string): key is Extract<keyof T, string> => Object.hasOwn(table, key);

/** The form means what is typed: nothing is put behind it. */
const nameOf = (text: string): string => (/[*?]/.test(text) || text.startsWith('=') ? text : `=${text}`);
