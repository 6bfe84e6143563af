/** What is told in words on a screen that is masked: names in it become the pseudonyms that stand in the tables. */
import { masked } from '../mask.ts';
import type { State } from '../state.ts';

/** Below this a name is no name: it would be found in other words. */
const SHORTEST = 3;

/** @param text told of what is in the queue or was asked for, as it was said */
export const toldWords = ({ look, queue, browse }: State, text: string): string => {
	if (!look.masked) return text;
	let told = text;
	for (const { patient } of queue.jobs)
		if (patient.length >= SHORTEST) told = told.replaceAll(patient, masked(patient, 'name'));
	for (const { query, title, of } of browse.levels) {
		if (of !== undefined && title.length >= SHORTEST) told = told.replaceAll(title, masked(title, 'name'));
		for (const [keyword, kind] of KINDS) {
			const value = query.keys[keyword] ?? '';
			// Hints say it in upper case too.
			if (value.length < SHORTEST) continue;
			for (const one of [value, value.toUpperCase()]) told = told.replaceAll(one, masked(value, kind));
		}
	}
	return told;
};

const KINDS = [
	['PatientName', 'name'],
	['PatientID', 'id'],
	['PatientBirthDate', 'date'],
] as const;
