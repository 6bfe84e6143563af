/** `:find` as the command line has it: KEY=VALUE and the friendly options of `dimse find`, made a query of. */
import { DicomError } from '../../errors.ts';
import type { Level } from '../../output/columns.ts';
import type { QuerySpec } from '../browse/browse-state.ts';
import { type GivenQuery, NOTHING_GIVEN, queryOfFlags } from '../browse/flag-query.ts';
import type { State } from '../state.ts';
import { wordsOf } from './palette-words.ts';

export const LEVELS = ['patient', 'study', 'series', 'instance'] as const satisfies readonly Level[];

const LONG = {
	...{ '--name': 'name', '--id': 'id', '--acc': 'acc', '--date': 'date', '--time': 'time', '--birth': 'birth' },
	...{ '--modality': 'modality', '--desc': 'desc', '--keep-case': 'keep-case' },
	...{ '--study-uid': 'study-uid', '--series-uid': 'series-uid', '--sop-uid': 'sop-uid' },
	...{ '--key': 'key', '--level': 'level', '--model': 'model', '--study': '-S', '--patient': '-P' },
} as const satisfies Readonly<Record<string, keyof GivenQuery | '-S' | '-P'>>;
const SHORT = { '-m': 'modality', '-k': 'key', '-L': 'level', '-M': 'model', '-S': '-S', '-P': '-P' } as const;

type What = (typeof LONG)[keyof typeof LONG];
const OPTIONS: ReadonlyMap<string, What> = new Map<string, What>([...Object.entries(LONG), ...Object.entries(SHORT)]);

/** What the words of a query are held against. */
export type Asking = Pick<State, 'nodes' | 'current' | 'epochMs' | 'now'>;

export interface PaletteQuery {
	readonly query: QuerySpec;
	/** Where the first word is one. */
	readonly node?: string;
}

/** @returns what is wrong, in words, where it is no query */
export const queryOfWords = (text: string, state: Asking): PaletteQuery | string =>
	queryOfWordList(wordsOf(text), state);

export const queryOfWordList = (given: readonly string[], state: Asking): PaletteQuery | string => {
	const [first = ''] = given;
	const node = state.nodes.some(({ name }) => name === first) ? first : undefined;
	const read = readWords(node === undefined ? given : given.slice(1));
	if (typeof read === 'string') return read;
	const asked = node === undefined ? state.current : [node];
	const keepsCase = state.nodes.some((one) => one.keepsCase === true && asked.includes(one.name));
	try {
		const today = new Date(state.epochMs + state.now);
		const query = queryOfFlags({ ...read, 'keep-case': read['keep-case'] || keepsCase }, today);
		return node === undefined ? { query } : { query, node };
	} catch (error) {
		if (!(error instanceof DicomError) || error.failure.blame !== 'usage') throw error;
		const { suggestions = [] } = error.failure;
		return `${error.message}${suggestions.length === 0 ? '' : `: ${suggestions.slice(0, 2).join(' or ')}?`}`;
	}
};

/** Of an option that is given twice the last counts, unless several can be asked for. */
const readWords = (given: readonly string[]): GivenQuery | string => {
	const words = [...given];
	let read: GivenQuery = NOTHING_GIVEN;
	while (words.length > 0) {
		const word = words.shift() ?? '';
		if (!word.startsWith('-')) {
			read = { ...read, key: [...read.key, word] };
			continue;
		}
		const [, option = word, joined] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? /^(-\w)=?(.+)$/s.exec(word) ?? [];
		const what = OPTIONS.get(option);
		if (what === undefined) return `${option} is no option here: ${[...OPTIONS.keys()].join(' ')}`;
		if (what === '-S' || what === '-P') read = { ...read, model: what === '-S' ? 'study' : 'patient' };
		else if (what === 'keep-case') read = { ...read, 'keep-case': true };
		else {
			const value = joined ?? words.shift();
			if (value === undefined) return `${option} needs a value`;
			const next = withValue(read, what, value);
			if (typeof next === 'string') return next;
			read = next;
		}
	}
	return read;
};

const withValue = (
	read: GivenQuery,
	what: Exclude<What, '-S' | '-P' | 'keep-case'>,
	value: string,
): GivenQuery | string => {
	switch (what) {
		case 'level': {
			const word = value.toLowerCase();
			const level = word === 'image' ? 'instance' : LEVELS.find((one) => one === word);
			return level === undefined ? `${value} is no level: ${LEVELS.join(', ')}` : { ...read, level };
		}
		case 'model': {
			const model = (['study', 'patient'] as const).find((one) => one === value.toLowerCase());
			return model === undefined ? `${value} is no model here: study, patient` : { ...read, model };
		}
		case 'modality':
		case 'key':
		case 'study-uid':
		case 'series-uid':
		case 'sop-uid':
			return { ...read, [what]: [...read[what], value] };
		default:
			return { ...read, [what]: value };
	}
};
