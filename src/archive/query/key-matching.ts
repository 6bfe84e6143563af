/** What one key of a query means: the kind of matching and its values, made ready (PS3.4 C.2.2.2). */
import type { Dataset, Element } from '../../dicom/dataset.ts';
import { itemsOf, stringsOf } from '../../dicom/dataset.ts';
import { vrOf } from '../../dicom/dictionary.ts';
import type { Vr } from '../../dicom/vr.ts';
import { isVr, VRS } from '../../dicom/vr.ts';
import type { DateVr, Span } from './date-matching.ts';
import { spanOf } from './date-matching.ts';
import type { NamePattern } from './name-matching.ts';
import { namePattern } from './name-matching.ts';

/**
 * Plain data. Of several values any one has to match, or with `all` each of them (C.2.2.2.8, where that was negotiated; where it was not,
 * the standard says nothing, and the field takes them as alternatives).
 */
export type KeyMatch =
	| { readonly kind: 'universal' }
	/** `""`: only where the attribute is absent or empty (C.2.2.2.7). */
	| { readonly kind: 'empty' }
	/** Exactly these texts; UIDs too (C.2.2.2.1, C.2.2.2.2). */
	| { readonly kind: 'text'; readonly all: boolean; readonly values: readonly string[] }
	/** Patterns of GLOB, `[` escaped; some may have no wildcard in them (C.2.2.2.4). */
	| { readonly kind: 'wildcard'; readonly all: boolean; readonly values: readonly string[] }
	| { readonly kind: 'name'; readonly all: boolean; readonly values: readonly NamePattern[] }
	/** By value: `+07` is `7` (C.2.2.2.1.3). */
	| { readonly kind: 'number'; readonly all: boolean; readonly values: readonly number[] }
	| { readonly kind: 'span'; readonly vr: DateVr; readonly all: boolean; readonly values: readonly Span[] }
	/** One item of the sequence matches all of these (C.2.2.2.6). */
	| { readonly kind: 'item'; readonly keys: readonly ItemKey[] };

export interface ItemKey {
	readonly tag: string;
	readonly vr: Vr;
	readonly match: KeyMatch;
}

/** Of a key that means nothing: why, in a few words that hold nothing of its value. */
export interface WrongKey {
	readonly kind: 'wrong';
	/** What is to be said of the attribute: `is no number`. */
	readonly reason: string;
	/** The element, within an item perhaps. */
	readonly tag: string;
}

export interface MatchTerms {
	readonly emptyValue?: boolean;
	readonly multipleValue?: boolean;
	/** A range of times may end before it begins: it is matched together with a range of dates (C.2.2.2.5.4). */
	readonly overnight?: boolean;
}

/** Texts are matched by so many characters, on both sides. */
export const MAX_MATCHED = 1024;
const MAX_GLOB = 1024;
const MAX_WILDCARDS = 64;
const MAX_DEPTH = 8;
/** Alternatives that are no plain texts: each is a condition of its own, and SQLite nests them. */
const MAX_VALUES = 100;

const UNIVERSAL: KeyMatch = { kind: 'universal' };
const WITH_WILDCARDS: ReadonlySet<Vr> = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);

/** The VR of a key, whatever it was sent as: the dictionary's. Undefined for private elements and those that nobody knows. */
export const keyVr = (tag: string, element: Element | undefined): Vr | undefined => {
	const vr = vrOf(tag);
	if (vr === 'UN' || Number.parseInt(tag.slice(0, 4), 16) % 2 === 1) return undefined;
	if (vr.length === 2 && isVr(vr)) return vr;
	if (element !== undefined && element.vr !== 'UN' && vr.includes(element.vr)) return element.vr;
	const first = vr.slice(0, 2);
	return isVr(first) ? first : undefined;
};

/** Blanks at the ends say nothing (PS3.5 6.2), nor do NULs. */
const trimmed = (text: string): string => {
	let [start, end] = [0, text.length];
	const isBlank = (index: number): boolean => text.charCodeAt(index) === 0x20 || text.charCodeAt(index) === 0;
	while (end > start && isBlank(end - 1)) end--;
	while (start < end && isBlank(start)) start++;
	return text.slice(start, end);
};

/** A stored text and a key's as they are compared. */
export const comparable = (text: string): string => trimmed(text).slice(0, MAX_MATCHED).toWellFormed();

/** `[` is literal in DICOM; of several stars one is enough. */
const globOf = (text: string): string => text.replaceAll('[', '[[]').replace(/\*{2,}/g, '*');

const HAS_WILDCARD = /[*?]/;

/** What is cut at its end would match something else. */
const isTooMuch = (text: string): boolean =>
	HAS_WILDCARD.test(text) &&
	(globOf(text).length > MAX_GLOB || (globOf(text).match(/\*/g)?.length ?? 0) > MAX_WILDCARDS);

const IS = /^[+-]?\d{1,12}$/;
const DS = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The number that a stored value or a key is; undefined for what is none. */
export const numberOf = (text: string, vr: Vr): number | undefined => {
	const plain = trimmed(text);
	return (vr === 'IS' ? IS : DS).test(plain) ? Number(plain) : undefined;
};

/** Reads a key. @param vr of keyVr */
export const keyMatch = (query: Dataset, tag: string, vr: Vr, terms: MatchTerms, depth = 0): KeyMatch | WrongKey => {
	const wrong = (reason: string): WrongKey => ({ kind: 'wrong', reason, tag });
	const element = query[tag];
	if (element === undefined || element.Value.length === 0) return UNIVERSAL;
	if (vr === 'SQ') return element.vr === 'SQ' ? itemMatch(query, tag, terms, depth) : wrong('is a sequence');
	if (element.vr === 'SQ') return wrong('has a value, not items');
	const texts = stringsOf(query, tag).map(trimmed);
	// Of bytes there are no texts.
	if (texts.length === 0 && VRS[vr].kind === 'bytes') return wrong('cannot be matched');
	const values = [...new Set(texts.filter((text) => text !== ''))];
	if (values.length === 0 || values.some((text) => /^\*+$/.test(text))) return UNIVERSAL;
	if (terms.emptyValue === true && values.length === 1 && values[0] === '""') return { kind: 'empty' };
	const overnight = terms.overnight === true && values.length === 1;
	const match = valuesMatch(values, vr, vr !== 'UI' && terms.multipleValue === true, overnight);
	if (match === undefined) return wrong(WRONG[vr] ?? wrongText(vr));
	const isList = match.kind === 'text' && !match.all;
	return values.length > MAX_VALUES && !isList ? wrong(`takes ${MAX_VALUES} values at most`) : match;
};

const WRONG: Partial<Record<Vr, string>> = {
	DA: 'is no date and no range of dates',
	TM: 'is no time and no range of times',
	DT: 'is no date and time and no range of them',
	UI: 'takes no wildcards',
	IS: 'is no number',
	DS: 'is no number',
};

const wrongText = (vr: Vr): string => {
	if (VRS[vr].kind === 'number') return 'is no number';
	return WITH_WILDCARDS.has(vr) ? 'is too long, or has too many wildcards' : 'takes no wildcards';
};

/** Undefined where a value cannot be one. */
const valuesMatch = (values: readonly string[], vr: Vr, all: boolean, mayReverse: boolean): KeyMatch | undefined => {
	switch (vr) {
		case 'PN':
			return namesMatch(values, all);
		case 'DA':
		case 'TM':
		case 'DT': {
			const spans = values.map((text) => spanOf(vr, text, mayReverse)).filter((span) => span !== undefined);
			return spans.length < values.length ? undefined : { kind: 'span', vr, all, values: spans };
		}
		case 'IS':
		case 'DS':
			return numbersMatch(values, vr, all);
		default:
			if (VRS[vr].kind === 'number') return numbersMatch(values, vr, all);
			return textsMatch(values, vr, all);
	}
};

const namesMatch = (values: readonly string[], all: boolean): KeyMatch | undefined => {
	if (values.some(isTooMuch)) return undefined;
	const texts = values.map((text) => (HAS_WILDCARD.test(text) ? text : comparable(text)));
	const patterns = texts.map(namePattern).filter((pattern) => pattern !== undefined);
	// A name without a letter in it, as `^`, asks for nothing.
	if (patterns.length < values.length || patterns.some(isOpen)) return UNIVERSAL;
	return { kind: 'name', all, values: patterns.map(globName) };
};

const isOpen = (pattern: NamePattern): boolean =>
	(pattern.of === 'any' ? [pattern.pattern] : pattern.patterns).every((text) => /^\**$/.test(text));

const globName = (pattern: NamePattern): NamePattern => {
	if (pattern.of === 'any') return { of: 'any', pattern: globOf(pattern.pattern) };
	const [alphabetic, ideographic, phonetic] = pattern.patterns;
	return { of: 'each', patterns: [globOf(alphabetic), globOf(ideographic), globOf(phonetic)] };
};

const numbersMatch = (values: readonly string[], vr: Vr, all: boolean): KeyMatch | undefined => {
	const numbers = values.map((text) => numberOf(text, vr)).filter((number) => number !== undefined);
	return numbers.length < values.length ? undefined : { kind: 'number', all, values: numbers };
};

const textsMatch = (values: readonly string[], vr: Vr, all: boolean): KeyMatch | undefined => {
	if (!values.some((text) => HAS_WILDCARD.test(text))) return { kind: 'text', all, values: values.map(comparable) };
	if (!WITH_WILDCARDS.has(vr) || values.some(isTooMuch)) return undefined;
	const texts = values.map((text) => (HAS_WILDCARD.test(text) ? text.toWellFormed() : comparable(text)));
	return { kind: 'wildcard', all, values: texts.map(globOf) };
};

/** An item without keys, or with universal ones only, asks for nothing (C.2.2.2.6). */
const itemMatch = (query: Dataset, tag: string, terms: MatchTerms, depth: number): KeyMatch | WrongKey => {
	const items = itemsOf(query, tag);
	const [item] = items;
	if (item === undefined) return UNIVERSAL;
	const wrong = (reason: string): WrongKey => ({ kind: 'wrong', reason, tag });
	if (items.length > 1) return wrong('takes one item');
	if (depth >= MAX_DEPTH) return wrong('is nested too deep');
	const keys: ItemKey[] = [];
	for (const below of Object.keys(item).sort()) {
		const vr = keyVr(below, item[below]);
		if (vr === undefined || below.endsWith('0000')) continue;
		const match = keyMatch(item, below, vr, terms, depth + 1);
		if (match.kind === 'wrong') return match;
		if (match.kind !== 'universal') keys.push({ tag: below, vr, match });
	}
	return keys.length === 0 ? UNIVERSAL : { kind: 'item', keys };
};
