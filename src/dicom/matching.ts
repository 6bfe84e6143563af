/** Whether a row of an answer can be a match of the query, as a client judges it (PS3.4 C.2.2.2): tolerant, since archives differ. */
import { type Dataset, itemsOf, stringsOf } from './dataset.ts';
import { TAG } from './tags.ts';
import type { Vr } from './vr.ts';

/** Keys that say how to ask, not what for. */
const NO_KEYS: ReadonlySet<string> = new Set([
	TAG.SpecificCharacterSet,
	TAG.QueryRetrieveLevel,
	TAG.TimezoneOffsetFromUTC,
]);

/**
 * The keys that the row contradicts, by tag; of sequences the tag of the sequence. Case, accents, padding and leading zeros never are a
 * contradiction, nor is an attribute that the row does not have or has empty: what cannot be judged is not held against the peer.
 */
export const contradicts = (query: Dataset, row: Dataset): readonly string[] =>
	judgedOf(query).filter((tag) => isContradicted(query, row, tag));

/** Most keys only ask for an attribute: of thousands of rows those need not be read. */
const judgedOf = (query: Dataset): readonly string[] => {
	const known = JUDGED.get(query);
	if (known !== undefined) return known;
	const tags = Object.keys(query).filter((tag) => !NO_KEYS.has(tag) && hasValue(query, tag));
	JUDGED.set(query, tags);
	return tags;
};

const JUDGED = new WeakMap<Dataset, readonly string[]>();

/** Keys with a value whose attribute the row leaves out: whether the peer matched by them cannot be seen. */
export const unverifiable = (query: Dataset, row: Dataset): readonly string[] =>
	Object.keys(query).filter((tag) => !NO_KEYS.has(tag) && hasValue(query, tag) && row[tag] === undefined);

const hasValue = (query: Dataset, tag: string): boolean =>
	query[tag]?.vr === 'SQ'
		? itemsOf(query, tag).some((item) => Object.keys(item).some((below) => hasValue(item, below)))
		: stringsOf(query, tag).some((text) => text !== '');

const isContradicted = (query: Dataset, row: Dataset, tag: string): boolean => {
	const key = query[tag];
	const value = row[tag];
	if (key === undefined || value === undefined || value.Value.length === 0) return false;
	if (key.vr === 'SQ') {
		const item = itemsOf(query, tag)[0];
		const items = itemsOf(row, tag);
		return item !== undefined && items.length > 0 && items.every((one) => contradicts(item, one).length > 0);
	}
	const wanted = stringsOf(query, tag).filter((text) => text !== '');
	const got = stringsOf(row, tag).filter((text) => text !== '');
	if (wanted.length === 0 || got.length === 0) return false;
	return !wanted.some((text) => got.some((one) => matches(key.vr, text, one)));
};

const matches = (vr: Vr, key: string, value: string): boolean => {
	if (key.trim() === '*') return true;
	if (vr === 'DA' || vr === 'TM' || vr === 'DT') return isInRange(vr, key, value);
	if (vr === 'PN') return isNamed(key, value);
	if ((vr === 'IS' || vr === 'DS') && Number(key) === Number(value)) return true;
	// Where the VR has no wildcards (PS3.4 C.2.2.2.4) some archives have them all the same: they did not ignore the key.
	return isLike(folded(key), folded(value));
};

/** Case, accents, width and padding aside. Upper case, since there ß is two letters. */
const folded = (text: string): string =>
	text
		.normalize('NFKD')
		.replace(/[\p{M}\0]/gu, '')
		.toUpperCase()
		.trim();

/**
 * Any group of the key in any group of the value. Archives look inside names in many ways: the first components are enough, and
 * blanks may stand for the delimiters.
 */
const isNamed = (key: string, value: string): boolean => {
	const groups = (text: string): string[] =>
		text
			.split('=')
			.map((group) => folded(group).replace(/[\^\s]+$/, ''))
			.filter((group) => group !== '');
	const wanted = groups(key);
	const got = groups(value);
	return (
		wanted.length === 0 ||
		got.length === 0 ||
		wanted.some((one) =>
			got.some(
				(name) =>
					isLike(one, name) ||
					isLike(`${one}^*`, name) ||
					isLike(one.replace(/\^[\^*]*$/, ''), name) ||
					isLike(one, name.replace(/\^+/g, ' ')),
			),
		)
	);
};

/** `*` and `?`; without backtracking beyond the last star. */
const isLike = (pattern: string, text: string): boolean => {
	let [p, i, star, from] = [0, 0, -1, 0];
	while (i < text.length) {
		if (pattern[p] === '*') [star, from] = [p++, i];
		else if (pattern[p] === '?' || pattern[p] === text[i]) [p, i] = [p + 1, i + 1];
		else if (star >= 0) [p, i] = [star + 1, ++from];
		else return false;
	}
	while (pattern[p] === '*') p++;
	return p === pattern.length;
};

/** The offset from UTC that ends a DT, at most 14 hours (PS3.5 6.2); what looks like a larger one is the end of a range: 2023-2025. */
const zoneOf = (text: string): string => /^\d{4}[\d.]*([+-](?:0\d|1[0-4])[0-5]\d)$/.exec(text)?.[1] ?? '';

/**
 * A range has both ends in it; what is given to the minute or the day reaches to its end (PS3.4 C.2.2.2.5). Times of two zones are
 * not compared, nor is what is no date or time.
 */
const isInRange = (vr: 'DA' | 'TM' | 'DT', key: string, value: string): boolean => {
	const plain = (text: string): string => text.trim().replaceAll(vr === 'DA' ? '.' : ':', '');
	const [keyText, valueText] = [plain(key), plain(value)];
	const zone = vr === 'DT' ? zoneOf(keyText) : '';
	if (vr === 'DT' && zoneOf(valueText) !== zone) return true;
	const wanted = keyText.slice(0, keyText.length - zone.length);
	const got = valueText.slice(0, valueText.length - zone.length);
	if (!/^[\d.]+$/.test(got)) return true;
	const range = /^([\d.]*)-([\d.]*)$/.exec(wanted);
	if (range === null) return !/^[\d.]+$/.test(wanted) || got.startsWith(wanted) || wanted.startsWith(got);
	const [, first = '', last = ''] = range;
	// From an evening to a morning: the days between are the date's affair.
	if (vr === 'TM' && last !== '' && first > last) return true;
	const isLate = got >= first || first.startsWith(got);
	return isLate && (last === '' || got <= last || got.startsWith(last));
};
