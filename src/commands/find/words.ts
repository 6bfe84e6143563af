/** What `find` calls things: how many of what, and the keys of a query. */
import { type Dataset, itemsOf, textOf } from '../../dicom/dataset.ts';
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

/** The keys of an identifier that narrow it, by keyword; those of items by their path, as they are written: `Seq[0].Modality`. */
export const sentKeys = (identifier: Dataset): Record<string, string> => Object.fromEntries(keysIn(identifier, ''));

const keysIn = (dataset: Dataset, above: string): readonly (readonly [path: string, text: string])[] =>
	Object.entries(dataset).flatMap(([tag, { vr }]) => {
		const path = `${above}${attributeName(tag)}`;
		if (vr === 'SQ') return itemsOf(dataset, tag).flatMap((item, index) => keysIn(item, `${path}[${index}].`));
		const text = textOf(dataset, tag);
		return text === '' ? [] : [[path, text] as const];
	});
