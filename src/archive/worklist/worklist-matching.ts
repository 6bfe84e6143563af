/** Whether a worklist item is one of those asked for (PS3.4 C.2.2.2, K.2.2, CC.2.8.3): every key against the item, sequences too. */
import { type Dataset, type Element, itemsOf, stringsOf } from '../../dicom/dataset.ts';
import { TAG } from '../../dicom/tags.ts';
import type { Vr } from '../../dicom/vr.ts';
import { VRS } from '../../dicom/vr.ts';
import { type DateVr, dateKey, isReversed, isWithin, type Span, spanOf } from '../query/date-matching.ts';
import { foldedGroups, groupPatterns, namePattern } from '../query/name-matching.ts';

/** A query that was understood. */
export type Matcher = (item: Dataset) => boolean;

/** Why a key cannot be matched. */
export interface BadKey {
	readonly tag: string;
	readonly problem: string;
}

const SCHEDULED_DATE = '00400002';
const SCHEDULED_TIME = '00400003';

const NO_KEYS: ReadonlySet<string> = new Set([
	TAG.SpecificCharacterSet,
	TAG.QueryRetrieveLevel,
	TAG.TimezoneOffsetFromUTC,
]);

/** VRs whose values may be asked for with `*` and `?` (PS3.4 C.2.2.2.4); a `*` alone asks for anything in the others too. */
const WILD: ReadonlySet<Vr> = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);

/** Keys without a value match anything, so do those of VRs that nothing can be matched by. */
export const matcherOf = (identifier: Dataset): Matcher | BadKey => {
	const parts: Matcher[] = [];
	const moment = momentMatcher(identifier);
	if (moment !== undefined) parts.push(moment);
	for (const [tag, key] of Object.entries(identifier)) {
		if (NO_KEYS.has(tag) || tag.endsWith('0000')) continue;
		if (moment !== undefined && (tag === SCHEDULED_DATE || tag === SCHEDULED_TIME)) continue;
		const part = keyMatcher(identifier, tag, key);
		if (typeof part === 'object') return part;
		if (part !== undefined) parts.push(part);
	}
	return (item) => parts.every((part) => part(item));
};

const keyMatcher = (identifier: Dataset, tag: string, { vr }: Element): Matcher | BadKey | undefined => {
	if (vr === 'SQ') return sequenceMatcher(identifier, tag);
	const wanted = stringsOf(identifier, tag).filter((text) => text.trim() !== '');
	if (wanted.length === 0 || wanted.some((text) => /^\*+$/.test(text.trim()))) return undefined;
	const tests = wanted.map((text) => valueMatcher(vr, text)).filter((test) => test !== undefined);
	if (tests.length < wanted.length) return { tag, problem: `no ${vr}, nor a range of them` };
	return (item) => stringsOf(item, tag).some((value) => value !== '' && tests.some((test) => test(value)));
};

/** One item of the sequence has to match all keys. */
const sequenceMatcher = (identifier: Dataset, tag: string): Matcher | BadKey | undefined => {
	const [keys] = itemsOf(identifier, tag);
	if (keys === undefined) return undefined;
	const below = matcherOf(keys);
	if (typeof below === 'object') return below;
	// Without a value in it the item need not even be there.
	return hasValues(keys) ? (item) => itemsOf(item, tag).some(below) : undefined;
};

const hasValues = (keys: Dataset): boolean =>
	Object.keys(keys).some((tag) =>
		keys[tag]?.vr === 'SQ'
			? itemsOf(keys, tag).some(hasValues)
			: !NO_KEYS.has(tag) && stringsOf(keys, tag).some((text) => text.trim().replaceAll('*', '') !== ''),
	);

/** Undefined for what cannot be a key of this VR. */
const valueMatcher = (vr: Vr, key: string): ((value: string) => boolean) | undefined => {
	if (isDateVr(vr)) {
		const span = spanOf(vr, key);
		if (span === undefined) return undefined;
		return (value) => {
			const moment = dateKey(vr, value);
			return moment !== '' && isWithin(moment, span);
		};
	}
	if (vr === 'PN') return nameMatcher(key);
	if (VRS[vr].kind === 'bytes') return () => true;
	const wanted = key.trim();
	if (vr === 'IS' || vr === 'DS' || VRS[vr].kind === 'number') return (value) => Number(value) === Number(wanted);
	if (!WILD.has(vr) || !/[*?]/.test(wanted)) return (value) => value.trim() === wanted;
	return (value) => isLike(wanted, value.trim());
};

const isDateVr = (vr: Vr): vr is DateVr => vr === 'DA' || vr === 'TM' || vr === 'DT';

/** Without regard to case, accents and width; a family name finds all its given names. */
const nameMatcher = (key: string): ((value: string) => boolean) => {
	const wanted = namePattern(key);
	if (wanted === undefined) return () => true;
	const isNamed = (pattern: string, group: string) =>
		group !== '' && groupPatterns(pattern).some((one) => isLike(one, group));
	return (value) => {
		const groups = foldedGroups(value);
		return wanted.of === 'any'
			? groups.some((group) => isNamed(wanted.pattern, group))
			: groups.every((group, index) => wanted.patterns[index] === '' || isNamed(wanted.patterns[index] ?? '', group));
	};
};

/** `*` and `?`; goes back to the last star only. */
const isLike = (pattern: string, text: string): boolean => {
	const [letters, wanted] = [[...text], [...pattern]];
	let [p, i, star, from] = [0, 0, -1, 0];
	while (i < letters.length) {
		if (wanted[p] === '*') [star, from] = [p++, i];
		else if (wanted[p] === '?' || wanted[p] === letters[i]) [p, i] = [p + 1, i + 1];
		else if (star >= 0) [p, i] = [star + 1, ++from];
		else return false;
	}
	while (wanted[p] === '*') p++;
	return p === wanted.length;
};

/** Ranges of both date and time are one stretch, from the first at its time to the last at its (PS3.4 K.6.1.2.2, Table K.6-1 note 2). */
const momentMatcher = (keys: Dataset): Matcher | undefined => {
	const [date, time] = [rangeOf(keys, SCHEDULED_DATE, 'DA'), rangeOf(keys, SCHEDULED_TIME, 'TM')];
	if (date === undefined || time === undefined) return undefined;
	const span: Span = {
		from: date.from === '' ? '' : date.from + (time.from === '' ? '000000.000000' : time.from),
		to: date.to === '' ? '' : date.to + (time.to === '' ? '235959.999999' : time.to),
	};
	// A night that is none: what is wrong with the time is told of it alone.
	if (isReversed(span)) return undefined;
	return (item) => {
		const [day, moment] = [
			dateKey('DA', stringsOf(item, SCHEDULED_DATE)[0] ?? ''),
			dateKey('TM', stringsOf(item, SCHEDULED_TIME)[0] ?? ''),
		];
		return day !== '' && moment !== '' && isWithin(day + moment, span);
	};
};

const rangeOf = (keys: Dataset, tag: string, vr: DateVr): Span | undefined => {
	const [text = '', ...more] = stringsOf(keys, tag);
	return more.length === 0 && text.includes('-') ? spanOf(vr, text, vr === 'TM') : undefined;
};
