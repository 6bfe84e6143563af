/** The queries that are always there, those that were saved, and how a query is told in one line. */
import { sanitize } from '../../output/sanitize.ts';
import type { QuerySpec, SavedQuery, State } from '../state.ts';
import { fuzzySorted } from './fuzzy.ts';

const ofDate = (name: string, date: string): SavedQuery => ({
	name,
	level: 'study',
	model: 'study',
	keys: { StudyDate: date },
});

/** Their days are those on which they are run. */
export const PREDEFINED: readonly SavedQuery[] = [
	ofDate('Today', 'today'),
	ofDate('Yesterday', 'yesterday'),
	ofDate('Last 7 days', '-7d'),
];

/** What was saved takes the place of a predefined one of the same name. */
export const savedEntries = ({ savedQueries }: Pick<State, 'savedQueries'>): readonly SavedQuery[] => {
	const own = new Set(savedQueries.map(({ name }) => name));
	return [...PREDEFINED.filter(({ name }) => !own.has(name)), ...savedQueries];
};

/** The newest first. */
export const historyEntries = ({ history }: Pick<State, 'history'>, typed: string): readonly QuerySpec[] =>
	fuzzySorted(history, typed, queryLine);

/** `study  PatientName=SMITH*  StudyDate=today`; sanitised. */
export const queryLine = ({ level, model, keys }: QuerySpec): string => {
	const given = Object.entries(keys).filter(([, value]) => value !== '');
	return sanitize(
		[
			level,
			...(model === 'patient' ? ['patient root'] : []),
			...(given.length === 0 ? ['all'] : given.map(([keyword, value]) => `${keyword}=${value}`)),
		].join('  '),
	);
};
