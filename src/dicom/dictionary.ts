/** The data dictionary: what each data element is called and how it is encoded (PS3.6 6 to 9, PS3.7 E). */
import { nearest } from '../nearest.ts';
import { ELEMENTS } from './dictionary-data.ts';
import { EVERYDAY_WORDS } from './everyday-words.ts';
import { nameOfKeyword } from './keyword-names.ts';
import type { Vr } from './vr.ts';

/** As the standard prints it; '' for items and their delimiters. Of those with `or` other elements decide (PS3.5 A). */
export type DictionaryVr = Vr | 'OB or OW' | 'US or OW' | 'US or SS' | 'US or SS or OW' | '';

export interface DictionaryEntry {
	/** As asked for; by keyword, the first tag of a repeating group. */
	readonly tag: string;
	readonly vr: DictionaryVr;
	/** The value multiplicity as printed: `1`, `1-n`, `2-2n`. */
	readonly vm: string;
	/** '' for the few retired elements whose name PS3.6 blanked out. */
	readonly name: string;
	/** '' where `name` is '', or says that it is blank. */
	readonly keyword: string;
	readonly retired: boolean;
}

/** Lines by tag, the repeating ones with their `x`. */
let lines: ReadonlyMap<string, string> | undefined;

const linesByTag = (): ReadonlyMap<string, string> => {
	lines ??= new Map(ELEMENTS.split('\n').map((line) => [line.slice(0, 8), line]));
	return lines;
};

interface Keywords {
	/** Tags by keyword, repeating ones with their `x`. */
	readonly tags: ReadonlyMap<string, string>;
	/** Those in use, for suggestions. */
	readonly current: readonly string[];
}

let keywords: Keywords | undefined;

const theKeywords = (): Keywords => {
	if (keywords !== undefined) return keywords;
	const tags = new Map<string, string>();
	const current: string[] = [];
	for (const [tag, line] of linesByTag()) {
		const start = line.indexOf('|', line.indexOf('|', 9) + 1) + 1;
		const end = line.indexOf('|', start);
		const isRetired = line.startsWith('*', start);
		const keyword = line.slice(isRetired ? start + 1 : start, end < 0 ? undefined : end);
		if (keyword === '') continue;
		tags.set(keyword, tag);
		if (!isRetired) current.push(keyword);
	}
	keywords = { tags, current };
	return keywords;
};

/** Where repeating tags have their `x` (PS3.5 7.6 and PS3.6 6, group 0020, 0028, 1000, 1010). */
const lineOf = (tag: string): string | undefined => {
	const known = linesByTag();
	const line = known.get(tag);
	if (line !== undefined) return line;
	switch (tag.slice(0, 2)) {
		case '50':
		case '60':
		case '7F':
			return known.get(`${tag.slice(0, 2)}xx${tag.slice(4)}`);
		case '00':
			return known.get(`${tag.slice(0, 6)}xx`) ?? known.get(`${tag.slice(0, 6)}x${tag.slice(7)}`);
		case '10':
			return known.get(`${tag.slice(0, 4)}xxx${tag.slice(7)}`) ?? known.get(`${tag.slice(0, 4)}xxxx`);
		default:
			return undefined;
	}
};

const isVrText = (text: string): text is DictionaryVr => text === '' || text.length === 2 || text.includes(' or ');

const entryOf = (tag: string, line: string): DictionaryEntry => {
	const [, vr = '', vm = '', marked = '', name] = line.split('|');
	const retired = marked.startsWith('*');
	const keyword = retired ? marked.slice(1) : marked;
	return { tag, vr: isVrText(vr) ? vr : 'UN', vm, name: name ?? nameOfKeyword(keyword), keyword, retired };
};

/** Odd groups are private (PS3.5 7.8). */
const isPrivate = (tag: string): boolean => (Number.parseInt(tag.charAt(3), 16) & 1) === 1;

const LAST_TAGS = 512;
const entries = new Map<string, DictionaryEntry | undefined>();

/**
 * @param tag eight upper-case hex digits
 * @returns undefined for private elements, group lengths but those of groups 0000 and 0002, and what PS3.6 does not have
 */
export const byTag = (tag: string): DictionaryEntry | undefined => {
	if (entries.has(tag)) return entries.get(tag);
	const line = isPrivate(tag) || (tag.endsWith('0000') && !tag.startsWith('000')) ? undefined : lineOf(tag);
	const entry = line === undefined ? undefined : entryOf(tag, line);
	// Bounded: a peer can make up any number of tags.
	if (entries.size >= LAST_TAGS) entries.clear();
	entries.set(tag, entry);
	return entry;
};

/** @param keyword in its own spelling: `PatientName`. Of a repeating group its first element is meant: `OverlayRows` is 60000010. */
export const byKeyword = (keyword: string): DictionaryEntry | undefined => {
	const tag = theKeywords().tags.get(keyword);
	return tag === undefined ? undefined : byTag(tag.includes('x') ? firstOf(tag) : tag);
};

const firstOf = (tag: string): string => {
	const first = tag.replaceAll('x', '0');
	// What ends in 0000 is a group length.
	if (first.endsWith('0000')) return `${first.slice(0, 4)}0010`;
	// (0028,0400) is an element of its own: (0028,04x0) begins with 0410.
	return linesByTag().has(first) ? tag.replaceAll('x', '1') : first;
};

/**
 * The VR of a tag (eight upper-case hex digits), known or not: UL for group lengths (PS3.5 7.2), LO for private creators
 * (PS3.5 7.8.1), UN for what the dictionary does not have.
 */
export const vrOf = (tag: string): Exclude<DictionaryVr, ''> => {
	if (tag.endsWith('0000')) return 'UL';
	if (isPrivate(tag)) return tag.startsWith('00', 4) && tag.charAt(6) !== '0' ? 'LO' : 'UN';
	const vr = byTag(tag)?.vr ?? '';
	return vr === '' ? 'UN' : vr;
};

/** The keywords that come closest to a misspelt one, the closest first; none where none comes close. Retired ones are not offered. */
export const nearestKeywords = (word: string, n = 3): string[] => {
	const meant = EVERYDAY_WORDS.get(word.toLowerCase());
	const near = nearest(word, theKeywords().current, n);
	return meant === undefined ? near : [meant, ...near.filter((keyword) => keyword !== meant)].slice(0, n);
};
