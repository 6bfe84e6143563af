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

/** VRs with wildcards (PS3.4 C.2.2.2.4). */
const WILD: ReadonlySet<Vr> = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);

/**
 * The keys that the row contradicts, by tag; of sequences the tag of the sequence. Case, accents, padding and leading zeros never are a
 * contradiction, nor is an attribute that the row does not have or has empty: what cannot be judged is not held against the peer.
 */
export const contradicts = (query: Dataset, row: Dataset): readonly string[] =>
	Object.keys(query).filter((tag) => !NO_KEYS.has(tag) && isContradicted(query, row, tag));

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
	if (vr === 'DA' || vr === 'TM' || vr === 'DT') return isInRange(vr, key, value);
	if (vr === 'IS' || vr === 'DS') return Number(key) === Number(value) || key.trim() === value.trim();
	if (vr === 'PN') return isNamed(key, value);
	const [wanted, got] = [folded(key), folded(value)];
	return WILD.has(vr) ? isLike(wanted, got) : wanted === got;
};

/** Case, accents and padding aside. */
const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();

/** Any group of the key in any group of the value; archives look inside names in many ways, so that a beginning is enough. */
const isNamed = (key: string, value: string): boolean => {
	const groups = (text: string) =>
		text
			.split('=')
			.map((group) => folded(group).replace(/[\^\s]+$/, ''))
			.filter((group) => group !== '');
	const wanted = groups(key);
	const got = groups(value);
	return (
		wanted.length === 0 ||
		wanted.some((one) => got.some((name) => isLike(one, name) || isLike(one, name.replaceAll('^', ' '))))
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

/** A range has both ends in it; what is given to the minute or the day reaches to its end (PS3.4 C.2.2.2.5). */
const isInRange = (vr: 'DA' | 'TM' | 'DT', key: string, value: string): boolean => {
	const plain = (text: string) => text.trim().replaceAll(vr === 'DA' ? '.' : ':', '');
	const got = vr === 'DT' ? plain(value).replace(/[+-]\d{4}$/, '') : plain(value);
	const range = vr === 'DT' && /^\d+[+-]\d{4}$/.test(key.trim()) ? undefined : /^([\d.:]*)-([\d.:]*)$/.exec(key.trim());
	if (range === undefined || range === null) {
		const wanted = plain(key).replace(/[+-]\d{4}$/, '');
		return !/^[\d.]+$/.test(wanted) || got.startsWith(wanted) || wanted.startsWith(got);
	}
	const [first, last] = [plain(range[1] ?? ''), plain(range[2] ?? '')];
	const isLate = first === '' || got >= first || first.startsWith(got);
	return isLate && (last === '' || got <= last || got.startsWith(last));
};
