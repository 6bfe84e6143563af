/** What has to be said of the rows of a query once they are all here: what was hidden, doubled, not supported or not readable. */
import { byTag } from '../dicom/dictionary.ts';
import { printedTag } from '../dicom/tags.ts';
import { countText } from './quantities.ts';

export interface Warning {
	readonly code: string;
	readonly message: string;
	readonly [fact: string]: unknown;
}

/** Counts of rows. */
export interface Tally {
	/** That contradict a key, by its tag; hidden ones that contradict several, by all of their tags with commas between them. */
	readonly contradicted: ReadonlyMap<string, number>;
	/** That came more than once, wholly the same. */
	readonly doubled: number;
	/** That have the unique key of an earlier one, and other values. */
	readonly differing: number;
	/** With status 0xFF01. */
	readonly unsupported: number;
	readonly unreadable: number;
	/** Terms of (0008,0005) that nobody knows. */
	readonly unknownTerms: ReadonlySet<string>;
}

/** How rows that contradict a key are treated. */
export interface Treatment {
	readonly peer: string;
	/** Keys that friendly flags made, by tag, as written. */
	readonly promised: ReadonlyMap<string, string>;
	readonly isStrict: boolean;
	readonly isUnfiltered: boolean;
	/** Options of the command line say nothing to who reads it on a screen. */
	readonly isOnScreen?: boolean;
}

/** The keyword of an attribute, or its tag as printed. */
export const attributeName = (tag: string): string => byTag(tag)?.keyword || printedTag(tag);

export const warningsOf = (tally: Tally, treatment: Treatment): readonly Warning[] => {
	const { peer, isOnScreen } = treatment;
	const { doubled, differing, unsupported, unreadable, unknownTerms } = tally;
	const warnings: Warning[] = [...tally.contradicted].map(([tags, rows]) =>
		ignoredKeys(tags.split(','), rows, treatment),
	);
	if (doubled > 0)
		warnings.push({
			code: 'duplicates',
			message: `${countText(doubled, 'row')} came more than once and ${doubled === 1 ? 'is' : 'are'} shown once`,
			rows: doubled,
		});
	if (differing > 0)
		warnings.push({
			code: 'duplicates-differ',
			message: `${countText(differing, 'row')} not shown: the unique key is that of an earlier row, and other values are not the same`,
			rows: differing,
		});
	if (unsupported > 0)
		warnings.push({
			code: 'keys-unsupported',
			message: `${peer} does not support some optional keys for existence or matching (status FF01): there may be more rows than the query means`,
			rows: unsupported,
		});
	if (unknownTerms.size > 0)
		warnings.push({
			code: 'character-set',
			message: `nobody knows the character set ${[...unknownTerms].slice(0, 3).join(', ')} of ${peer}: its text is guessed; ${isOnScreen ? 'the charset of the node' : '--charset'} says what it really is`,
		});
	if (unreadable > 0)
		warnings.push({
			code: 'unreadable',
			message: `${countText(unreadable, 'match', 'matches')} could not be read whole`,
			rows: unreadable,
		});
	return warnings;
};

const ignoredKeys = (tags: readonly string[], rows: number, treatment: Treatment): Warning => {
	const { peer, promised, isStrict, isUnfiltered, isOnScreen } = treatment;
	const key = tags.map(attributeName).join(' and ');
	const flag = tags.map((tag) => promised.get(tag) ?? attributeName(tag)).join(' and ');
	const isHidden = isStrict || (!isUnfiltered && tags.some((tag) => promised.has(tag)));
	const [as, them] = tags.length === 1 ? ['as a key', 'it'] : ['as keys', 'them'];
	if (isOnScreen) {
		const message = `${rows === 1 ? '1 row does' : `${rows} rows do`} not match ${flag}: ${peer} ignores that key, or matches it in another way`;
		return { code: 'key-ignored', message, key, rows };
	}
	const message = isHidden
		? `${countText(rows, 'row')} hidden: no match for ${flag} (${peer} ignores ${key} ${as}, or matches ${them} in another way${isStrict ? '' : '; --no-filter shows them'})`
		: `${rows === 1 ? '1 row does' : `${rows} rows do`} not match ${key}: ${peer} ignores that key, or matches it in another way (--strict-match drops them)`;
	return { code: 'key-ignored', message, key, rows };
};
