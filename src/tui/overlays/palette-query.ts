/** `:find` as the command line has it: KEY=VALUE and the friendly options of `dimse find`, made a query of. */
import { byKeyword, nearestKeywords } from '../../dicom/dictionary.ts';
import type { Level } from '../../output/columns.ts';
import type { QuerySpec } from '../browse/browse-state.ts';
import { wordsOf } from './palette-words.ts';

export const LEVELS = ['patient', 'study', 'series', 'instance'] as const satisfies readonly Level[];

const OPTIONS: Readonly<Record<string, string>> = {
	'--name': 'PatientName',
	'--id': 'PatientID',
	'--acc': 'AccessionNumber',
	'--date': 'StudyDate',
	'--time': 'StudyTime',
	'--birth': 'PatientBirthDate',
	'--desc': 'StudyDescription',
	'--study-uid': 'StudyInstanceUID',
	'--series-uid': 'SeriesInstanceUID',
	'--sop-uid': 'SOPInstanceUID',
	'-m': 'ModalitiesInStudy',
	'--modality': 'ModalitiesInStudy',
	'-k': '',
	'--key': '',
	'-L': 'level',
	'--level': 'level',
	'-M': 'model',
	'--model': 'model',
};

export interface PaletteQuery {
	readonly query: QuerySpec;
	/** Where the first word is one. */
	readonly node?: string;
}

/** @returns what is wrong, in words, where it is no query */
export const queryOfWords = (text: string, nodes: readonly string[]): PaletteQuery | string =>
	queryOfWordList(wordsOf(text), nodes);

export const queryOfWordList = (given: readonly string[], nodes: readonly string[]): PaletteQuery | string => {
	const words = [...given];
	const [first = ''] = words;
	const node = nodes.includes(first) ? words.shift() : undefined;
	const keys: Record<string, string> = {};
	let level: Level = 'study';
	let model: QuerySpec['model'] = 'study';
	while (words.length > 0) {
		const word = words.shift() ?? '';
		const [, option = '', joined] = /^(--?[A-Za-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
		if (option === '') {
			const problem = addKey(keys, word);
			if (problem !== undefined) return problem;
			continue;
		}
		const what = OPTIONS[option];
		if (what === undefined) return `${option} is no option here: ${Object.keys(OPTIONS).join(' ')}`;
		const value = joined ?? words.shift();
		if (value === undefined) return `${option} needs a value`;
		if (what === 'level') {
			const known = LEVELS.find((one) => one === value.toLowerCase());
			if (known === undefined) return `${value} is no level: ${LEVELS.join(', ')}`;
			level = known;
		} else if (what === 'model') {
			if (value !== 'study' && value !== 'patient') return `${value} is no model here: study, patient`;
			model = value;
		} else if (what === '') {
			const problem = addKey(keys, value);
			if (problem !== undefined) return problem;
		} else keys[what] = value;
	}
	const query = { level, model: level === 'patient' ? 'patient' : model, keys: atLevel(keys, level) } as const;
	return node === undefined ? { query } : { query, node };
};

/** A modality is of a study or of a series. */
const atLevel = (keys: Readonly<Record<string, string>>, level: Level): Readonly<Record<string, string>> => {
	if (level === 'study' || level === 'patient') return keys;
	const names: Readonly<Record<string, string>> = {
		ModalitiesInStudy: 'Modality',
		StudyDescription: 'SeriesDescription',
	};
	return Object.fromEntries(Object.entries(keys).map(([key, value]) => [names[key] ?? key, value]));
};

const addKey = (keys: Record<string, string>, word: string): string | undefined => {
	const [, keyword = '', value = ''] = /^([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
	const [name = ''] = keyword.split(/[.[]/);
	if (byKeyword(name) === undefined && !/^[\dA-Fa-f]{4},?[\dA-Fa-f]{4}$/.test(name)) {
		const near = nearestKeywords(name, 2);
		return `there is no attribute ${name}${near.length === 0 ? '' : `: ${near.join(' or ')}?`}`;
	}
	keys[keyword] = value;
	return undefined;
};
