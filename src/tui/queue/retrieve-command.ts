/** A retrieve of the dialog as the command line that does the same. */
import { quoted, quotedPath } from '../../output/shell-words.ts';
import type { RetrieveChoice } from '../actions.ts';
import { retrieveWords } from '../given.ts';
import { maskedValue } from '../mask.ts';
import type { State } from '../state.ts';
import type { Wanted } from './queue-state.ts';

/** So many UIDs still make a line. */
const MOST_UIDS = 20;

const LEVELS = { PATIENT: 'patient', STUDY: 'study', SERIES: 'series', IMAGE: 'instance', FRAME: 'instance' } as const;

/** Empty where one line cannot say it: rows of several nodes or levels. A patient is called by a pseudonym on a masked screen. */
export const retrieveCommand = (
	state: Pick<State, 'given' | 'look' | 'nodes'>,
	wanted: readonly Wanted[],
	choice: Omit<RetrieveChoice, 'only'>,
	atOnce: number,
): string => {
	const [first] = wanted;
	if (first === undefined || wanted.some(({ node, unit }) => node !== first.node || unit.level !== first.unit.level))
		return '';
	const words: string[] = [];
	const say = (...plain: readonly string[]) => words.push(...plain.map(quoted));
	say('dimse', choice.how === 'get' ? 'get' : 'move', first.node);
	const what = whatWords(wanted, first, state.look.masked);
	if (what === undefined) return '';
	say(...what);
	if (choice.model === 'patient' && first.unit.level !== 'PATIENT') say('-P');
	if (choice.how === 'move-here') say('--to-me');
	if (choice.how === 'move-there') say('--dest', choice.destination);
	else {
		words.push('-o', quotedPath(choice.folder));
		if (choice.exists !== 'skip') say('--exists', choice.exists);
	}
	if (LEVELS[first.unit.level] !== choice.unit && isBelow(choice.unit, LEVELS[first.unit.level]))
		say('--unit', choice.unit);
	if (atOnce > 1) say('-j', String(atOnce));
	if (!choice.verify) say('--no-verify');
	return [...words, ...retrieveWords(state, first.node, choice)].join(' ');
};

const ORDER = ['patient', 'study', 'series', 'instance'];
const isBelow = (one: string, other: string): boolean => ORDER.indexOf(one) > ORDER.indexOf(other);

const whatWords = (wanted: readonly Wanted[], { unit }: Wanted, isMasked: boolean): readonly string[] | undefined => {
	const uids = wanted.flatMap(({ unit: one }) =>
		one.level === 'PATIENT'
			? [one.patientId ?? '']
			: one.level === 'STUDY'
				? [one.studyUid ?? '']
				: one.level === 'SERIES'
					? [one.seriesUid ?? '']
					: (one.sopUids ?? []),
	);
	if (uids.length > MOST_UIDS) return ['--from', 'list.txt'];
	if (unit.level === 'STUDY') return uids;
	if (unit.level === 'PATIENT') {
		const [id = '', ...more] = uids;
		if (more.length > 0) return undefined;
		return ['-L', 'patient', `PatientID=${isMasked ? maskedValue('PatientID', id) : id}`];
	}
	const isOne = (key: 'studyUid' | 'seriesUid') => wanted.every(({ unit: one }) => one[key] === unit[key]);
	return [
		'-L',
		LEVELS[unit.level],
		...(unit.studyUid !== undefined && isOne('studyUid') ? ['--study-uid', unit.studyUid] : []),
		...(unit.level === 'IMAGE' && unit.seriesUid !== undefined && isOne('seriesUid')
			? ['--series-uid', unit.seriesUid]
			: []),
		...uids,
	];
};
