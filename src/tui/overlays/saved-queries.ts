/** The queries that are always there, those that were saved, and how a query is told in one line. */
import { sanitize } from '../../output/sanitize.ts';
import type { QuerySpec, SavedQuery } from '../browse/browse-state.ts';
import { maskedValue } from '../mask.ts';
import type { State } from '../state.ts';
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
	const own = new Map(savedQueries.map((query) => [query.name, query]));
	const predefined = new Set(PREDEFINED.map(({ name }) => name));
	return [
		...PREDEFINED.map((query) => own.get(query.name) ?? query),
		...savedQueries.filter(({ name }) => !predefined.has(name)),
	];
};

/** Not in the file: one that is always there, or was only counted. */
export const isPredefined = ({ name, node, level, model, keys }: SavedQuery): boolean =>
	PREDEFINED.some(
		(one) =>
			one.name === name &&
			node === undefined &&
			JSON.stringify([one.level, one.model, one.keys]) === JSON.stringify([level, model, keys]),
	);

/** What was read, with what each found when it was counted last. */
export const withCounts = (read: readonly SavedQuery[], before: readonly SavedQuery[]): readonly SavedQuery[] => {
	const counts = new Map(before.map(({ name, count }) => [name, count]));
	const names = new Set(read.map(({ name }) => name));
	return [
		...read.map((one) => {
			const count = one.count ?? counts.get(one.name);
			return count === undefined ? one : { ...one, count };
		}),
		...before.filter((one) => isPredefined(one) && !names.has(one.name)),
	];
};

/** The newest first. */
export const historyEntries = ({ history }: Pick<State, 'history'>, typed: string): readonly QuerySpec[] =>
	fuzzySorted(history, typed, (query) => queryLine(query));

/** `study  PatientName=SMITH*  StudyDate=today`; sanitised. @param isMasked values that name a patient are shown as pseudonyms */
export const queryLine = ({ level, model, keys }: QuerySpec, isMasked = false): string => {
	const given = Object.entries(keys).filter(([, value]) => value !== '');
	return sanitize(
		[
			level,
			...(model === 'patient' ? ['patient root'] : []),
			...(given.length === 0
				? ['all']
				: given.map(([keyword, value]) => `${keyword}=${isMasked ? maskedValue(keyword, value) : value}`)),
		].join('  '),
	);
};
