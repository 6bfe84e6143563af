/** What is counted of the rows of a query while they come: those that came twice, contradict a key, could not be read. */
import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { isUnderstood } from '../dicom/character-sets.ts';
import { type Dataset, stringsOf, textOf } from '../dicom/dataset.ts';
import { contradicts } from '../dicom/matching.ts';
import { TAG } from '../dicom/tags.ts';
import { type Level, UNIQUE_KEYS } from './columns.ts';
import type { Tally } from './query-warnings.ts';

/** A match as C-FIND brings it (services/query-scu.ts). */
export interface CountedMatch {
	readonly dataset: Dataset;
	/** As it came. */
	readonly bytes: Uint8Array;
	readonly hasUnsupportedKeys: boolean;
	readonly problems: readonly string[];
}

export class QueryTally implements Tally {
	readonly contradicted = new Map<string, number>();
	readonly unknownTerms = new Set<string>();
	doubled = 0;
	differing = 0;
	unsupported = 0;
	unreadable = 0;
	readonly #level: Level;
	readonly #characterSet: readonly string[] | undefined;
	/** What names each row, with a checksum of all of it: a small integer, since there may be 100,000 of them. */
	readonly #seen = new Map<string, number>();

	/** @param characterSet in which rows are read, whatever they say */
	constructor(level: Level, characterSet: readonly string[] | undefined) {
		this.#level = level;
		this.#characterSet = characterSet;
	}

	/**
	 * @param identifier as it was meant, also where only a part of it is asked
	 * @param mayRepeat a row that came before is no surprise: the query is asked in parts
	 * @returns the tags of the keys that it contradicts; undefined for a row that came before
	 */
	take(match: CountedMatch, identifier: Dataset, mayRepeat: boolean): readonly string[] | undefined {
		const { dataset } = match;
		const name = nameOf(match, this.#level);
		if (name !== '') {
			const checksum = crc32(match.bytes) | 0;
			const before = this.#seen.get(name);
			if (before !== undefined) {
				if (!mayRepeat && before === checksum) this.doubled++;
				else if (!mayRepeat) this.differing++;
				return undefined;
			}
			// A copy: it may be a part of a longer string, which it would keep.
			this.#seen.set(Buffer.from(name).toString(), checksum);
		}
		if (match.hasUnsupportedKeys) this.unsupported++;
		if (match.problems.length > 0) this.unreadable++;
		const tags = contradicts(identifier, dataset);
		for (const tag of tags) this.contradicted.set(tag, (this.contradicted.get(tag) ?? 0) + 1);
		return tags;
	}

	/** It is not shown since it contradicts these: one row, however many keys it contradicts. */
	hidden(tags: readonly string[]): void {
		if (tags.length < 2) return;
		for (const tag of tags) {
			const others = (this.contradicted.get(tag) ?? 0) - 1;
			if (others > 0) this.contradicted.set(tag, others);
			else this.contradicted.delete(tag);
		}
		const together = tags.join(',');
		this.contradicted.set(together, (this.contradicted.get(together) ?? 0) + 1);
	}

	/** It is shown, in characters that may not be the ones that were meant. */
	shown(row: Dataset): void {
		for (const term of this.#characterSet ?? stringsOf(row, TAG.SpecificCharacterSet))
			if (!isUnderstood(term)) this.unknownTerms.add(term);
	}
}

const ISSUER_OF_PATIENT_ID = '00100021';

/**
 * What names a row: its unique key, of a patient with who has issued it. Where that does not come, and for a worklist, whose items have no
 * key (several steps may be of one study), it is all of the row. '' where the key is empty: such rows are never the same.
 */
const nameOf = ({ dataset, bytes }: CountedMatch, level: Level): string => {
	if (level === 'worklist') return allOf(bytes);
	const unique = textOf(dataset, UNIQUE_KEYS[level]);
	if (level !== 'patient' || unique === '') return unique;
	return dataset[ISSUER_OF_PATIENT_ID] === undefined
		? allOf(bytes)
		: `${unique}\\${textOf(dataset, ISSUER_OF_PATIENT_ID)}`;
};

const allOf = (bytes: Uint8Array): string => hash('sha1', bytes, 'base64');
