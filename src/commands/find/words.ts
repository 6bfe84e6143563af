/** What `find` calls things: how many of what, and the keys of a query. */
import { type Dataset, textOf } from '../../dicom/dataset.ts';
import type { Level } from '../../output/columns.ts';
import { countText } from '../../output/quantities.ts';
import { attributeName } from '../../output/query-warnings.ts';

const NOUNS = {
	patient: ['patient', 'patients'],
	study: ['study', 'studies'],
	series: ['series', 'series'],
	instance: ['instance', 'instances'],
	worklist: ['step', 'steps'],
	ups: ['step', 'steps'],
} as const satisfies Record<Level, readonly [string, string]>;

/** `3 studies`, `no match`. */
export const matchesText = (count: number, level: Level): string =>
	count === 0 ? 'no match' : countText(count, NOUNS[level][0], NOUNS[level][1]);

/** The keys of an identifier that narrow it, by keyword. */
export const sentKeys = (identifier: Dataset): Record<string, string> =>
	Object.fromEntries(
		Object.entries(identifier).flatMap(([tag, { vr }]) => {
			const text = vr === 'SQ' ? '' : textOf(identifier, tag);
			return text === '' ? [] : [[attributeName(tag), text]];
		}),
	);
