/** Every attribute of a row, a line each, and what was asked for and is not among them. */
import { type Dataset, isItem } from '../../dicom/dataset.ts';
import { printedTag } from '../../dicom/tags.ts';
import type { LevelState, Row } from '../browse/browse-state.ts';
import { DEEPEST, keywordOf, missingKeys, valueText } from '../overlays/inspect-lines.ts';

/** Sanitised. @param isMasked values that name a patient are told as pseudonyms */
export const attributeSentences = (row: Row, level: LevelState, isMasked: boolean): readonly string[] => {
	const missing = missingKeys(row.dataset, level);
	return [
		...sentencesOf(row.dataset, isMasked, [], []),
		...(missing.length === 0 ? [] : [`Asked for, and not in the answer: ${missing.map(nameOf).join(', ')}.`]),
	];
};

/** @param above words for the items around it. @param path tags of their sequences */
const sentencesOf = (
	dataset: Dataset,
	isMasked: boolean,
	above: readonly string[],
	path: readonly string[],
): readonly string[] =>
	Object.keys(dataset)
		.sort()
		.flatMap((tag) => {
			const element = dataset[tag];
			if (element === undefined) return [];
			const name = nameOf(tag);
			const whole = [...above, name].join(', ');
			if (element.vr !== 'SQ') return [`${whole}: ${valueText(dataset, tag, isMasked, path).replace('  = ', ' = ')}`];
			const items = element.Value.filter((value) => isItem('SQ', value));
			return [
				`${whole}: ${items.length === 1 ? '1 item' : `${items.length} items`}`,
				...(path.length >= DEEPEST
					? []
					: items.flatMap((item, index) =>
							sentencesOf(item, isMasked, [...above, `${name} item ${index + 1}`], [...path, tag]),
						)),
			];
		});

/** Only what has no name is called by its tag. */
const nameOf = (tag: string): string => {
	const keyword = keywordOf(tag);
	return keyword === 'private' || keyword === 'unknown' ? `${keyword} ${printedTag(tag)}` : keyword;
};
