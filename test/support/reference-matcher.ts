/**
 * What a C-FIND finds, written from the text of PS3.4 C.2.2.2 and C.4.1 as plainly as can be, to hold the archive's SQL against. It looks at
 * every instance for every query, and shares no code with src/archive.
 */
import type { Dataset } from '../../src/dicom/dataset.ts';
import { itemsOf, stringsOf } from '../../src/dicom/dataset.ts';

export interface ReferenceTerms {
	readonly dateTime?: boolean;
	readonly emptyValue?: boolean;
	readonly multipleValue?: boolean;
}

type Level = 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE';

/** The entity an instance belongs to. A patient without an ID is another one in each study. */
export const entityOf = (instance: Dataset, level: Level): string => {
	const [id = '', issuer = '', study = '', series = '', uid = ''] = [
		'00100020',
		'00100021',
		'0020000D',
		'0020000E',
		'00080018',
	].map((tag) => stringsOf(instance, tag).join('\\').trim());
	return {
		PATIENT: JSON.stringify(id === '' ? [issuer, study] : [id, issuer]),
		STUDY: study,
		SERIES: series,
		IMAGE: uid,
	}[level];
};

/** The entities of a level that a query finds. The identifier's own level counts for nothing here. */
export const referenceFind = (
	instances: readonly Dataset[],
	identifier: Dataset,
	level: Level,
	terms: ReferenceTerms,
): ReadonlySet<string> => {
	const found = new Set<string>();
	for (const instance of instances) {
		if (isFound(instances, instance, identifier, terms)) found.add(entityOf(instance, level));
	}
	return found;
};

const isFound = (
	instances: readonly Dataset[],
	instance: Dataset,
	identifier: Dataset,
	terms: ReferenceTerms,
): boolean => {
	const tags = Object.keys(identifier).filter((tag) => tag !== '00080052' && tag !== '00080005');
	if (terms.dateTime === true && isCombined(identifier)) {
		const others = tags.filter((tag) => tag !== '00080020' && tag !== '00080030');
		return (
			isInCombined(instance, identifier) && others.every((tag) => isMatch(instances, instance, identifier, tag, terms))
		);
	}
	return tags.every((tag) => isMatch(instances, instance, identifier, tag, terms));
};

/** Computed attributes are of all instances of the study, the series, the patient (PS3.4 C.6.1.1.5, C.3.4). */
const valuesIn = (instances: readonly Dataset[], instance: Dataset, tag: string): readonly string[] => {
	const together = (level: Level): readonly Dataset[] =>
		instances.filter((other) => entityOf(other, level) === entityOf(instance, level));
	const distinct = (of: readonly Dataset[], each: string): readonly string[] => [
		...new Set(of.flatMap((one) => stringsOf(one, each)).map((text) => text.trim())),
	];
	const number = (of: Level, each: Level): string[] => [
		String(new Set(together(of).map((one) => entityOf(one, each))).size),
	];
	switch (tag) {
		case '00080061':
			return distinct(together('STUDY'), '00080060');
		case '00080062':
			return distinct(together('STUDY'), '00080016');
		case '00201200':
			return number('PATIENT', 'STUDY');
		case '00201202':
			return number('PATIENT', 'SERIES');
		case '00201204':
			return number('PATIENT', 'IMAGE');
		case '00201206':
			return number('STUDY', 'SERIES');
		case '00201208':
			return number('STUDY', 'IMAGE');
		case '00201209':
			return number('SERIES', 'IMAGE');
		default:
			return stringsOf(instance, tag);
	}
};

const isMatch = (
	instances: readonly Dataset[],
	instance: Dataset,
	identifier: Dataset,
	tag: string,
	terms: ReferenceTerms,
): boolean => {
	const key = identifier[tag];
	if (key === undefined) return true;
	// C.2.2.2.6: an item matches all keys of the one item asked.
	if (key.vr === 'SQ') {
		const item = itemsOf(identifier, tag)[0];
		if (item === undefined || isUniversalItem(item)) return true;
		return itemsOf(instance, tag).some((one) =>
			Object.keys(item).every((below) => isMatch([], one, item, below, terms)),
		);
	}
	// Asked twice is asked once.
	const asked = [
		...new Set(
			stringsOf(identifier, tag)
				.map(clean)
				.filter((text) => text !== ''),
		),
	];
	// C.2.2.2.3, and a lone `*`, which is the same by C.2.2.2.4.
	if (asked.length === 0 || asked.some((text) => isUniversal(key.vr, text))) return true;
	const values = valuesIn(instances, instance, tag)
		.map(clean)
		.filter((text) => text !== '');
	// C.2.2.2.7
	if (terms.emptyValue === true && asked.length === 1 && asked[0] === '""') return values.length === 0;
	const isIn = (text: string): boolean => values.some((value) => isValueMatch(key.vr, text, value));
	// C.2.2.2.8; of UIDs it is a list (C.2.2.2.2).
	return terms.multipleValue === true && key.vr !== 'UI' ? asked.every(isIn) : asked.some(isIn);
};

const isUniversalItem = (item: Dataset): boolean =>
	Object.keys(item).every((tag) => {
		const vr = item[tag]?.vr ?? 'UN';
		if (vr === 'SQ') return itemsOf(item, tag).every(isUniversalItem);
		const texts = stringsOf(item, tag)
			.map(clean)
			.filter((text) => text !== '');
		return texts.length === 0 || texts.some((text) => isUniversal(vr, text));
	});

const isUniversal = (vr: string, text: string): boolean => {
	if (/^\*+$/.test(text)) return true;
	// A name in which no group says anything.
	return (
		vr === 'PN' &&
		text
			.split('=')
			.slice(0, 3)
			.every((group) => /^\**$/.test(nameGroup(group)))
	);
};

const clean = (text: string): string => text.replaceAll('\0', '').replace(/^ +| +$/g, '');

const isValueMatch = (vr: string, key: string, value: string): boolean => {
	switch (vr) {
		case 'PN':
			return isNameMatch(key, value);
		case 'DA':
		case 'TM':
		case 'DT':
			return isDateMatch(vr, key, value);
		case 'IS':
		case 'DS':
		case 'US':
		case 'SS':
		case 'UL':
		case 'FD':
			return /\d/.test(value) && Number(key) === Number(value);
		case 'UI':
		case 'AS':
		case 'AT':
			return key === value;
		default:
			return isLike([...key], [...value]);
	}
};

/** C.2.2.2.4: `*` any sequence of characters, none too; `?` any one. By trying everything. */
const isLike = (pattern: readonly string[], text: readonly string[]): boolean => {
	const reached = Array.from({ length: text.length + 1 }, (_, index) => index === 0);
	for (const one of pattern) {
		if (one === '*') {
			for (let index = 1; index <= text.length; index++) if (reached[index - 1]) reached[index] = true;
		} else {
			for (let index = text.length; index > 0; index--) {
				reached[index] = reached[index - 1] === true && (one === '?' || one === text[index - 1]);
			}
			reached[0] = false;
		}
	}
	return reached[text.length] === true;
};

const STROKES: Readonly<Record<string, string>> = {
	Ø: 'O',
	Ł: 'L',
	Đ: 'D',
	Ð: 'D',
	Æ: 'AE',
	Œ: 'OE',
	Þ: 'TH',
	Ħ: 'H',
	Ŧ: 'T',
};

/** C.2.2.2.1.1 leaves to us: without case, without accents (kana keep their sound marks), width aside, ends of components trimmed. */
const nameGroup = (group: string): string => {
	let plain = '';
	for (const point of group.normalize('NFKD')) {
		if (/\p{M}/u.test(point) && !/[\u3099\u309a]/.test(point)) continue;
		const upper = point.toLowerCase().toUpperCase();
		plain += STROKES[upper] ?? upper;
	}
	const components = plain
		.normalize('NFC')
		.split('^')
		.map((component) => component.trim());
	while (components.length > 1 && components.at(-1) === '') components.pop();
	return components.join('^');
};

/**
 * A group matches whole, or in its first components. PS3.5 6.2.1.1: "Trailing null components and their delimiters may be omitted", so
 * it has as many of them at its end as the key asks for. A group that is not there has no components.
 */
const isGroupMatch = (key: string, group: string): boolean => {
	const omitted = group === '' ? 0 : [...(/[\^*]*$/.exec(key)?.[0] ?? '')].filter((point) => point === '^').length;
	const forms = Array.from({ length: omitted + 1 }, (_, delimiters) => [...group, ...'^'.repeat(delimiters)]);
	return forms.some((form) => isLike([...key], form)) || isLike([...key, '^', '*'], [...group]);
};

const isNameMatch = (key: string, value: string): boolean => {
	const groups = value.split('=').slice(0, 3).map(nameGroup);
	if (!key.includes('=')) return groups.some((group) => group !== '' && isGroupMatch(nameGroup(key), group));
	return key
		.split('=')
		.slice(0, 3)
		.map(nameGroup)
		.every((one, index) => one === '' || isGroupMatch(one, groups[index] ?? ''));
};

type Moments = readonly [first: number, last: number];

const MICROSECONDS = { day: 86_400_000_000, hour: 3_600_000_000, minute: 60_000_000, second: 1_000_000 };

/** The first and the last microsecond of a date, a time, or both: how exact it is says how long. */
const momentsOf = (vr: string, text: string): Moments | undefined => {
	if (vr === 'DA') {
		const [, year = '', month = '', day = ''] = /^(\d{4})\.?(\d\d)\.?(\d\d)$/.exec(text) ?? [];
		if (year === '') return undefined;
		const first = Date.UTC(Number(year), Number(month) - 1, Number(day)) * 1000;
		return [first, first + MICROSECONDS.day - 1];
	}
	if (vr === 'TM') return timeOf(text.replaceAll(':', ''), 0);
	const [, plain = text, sign = '+', hours = '0', minutes = '0'] = /^(.{4,}?)([+-])(\d\d)(\d\d)$/.exec(text) ?? [];
	const shift = (sign === '-' ? 1 : -1) * (Number(hours) * 60 + Number(minutes)) * MICROSECONDS.minute;
	const [, year = '', month, day, rest = ''] = /^(\d{4})(\d\d)?(\d\d)?(.*)$/.exec(plain) ?? [];
	if (year === '') return undefined;
	const at = (y: number, m: number, d: number): number => Date.UTC(y, m, d) * 1000 + shift;
	if (month === undefined) return [at(Number(year), 0, 1), at(Number(year) + 1, 0, 1) - 1];
	if (day === undefined) return [at(Number(year), Number(month) - 1, 1), at(Number(year), Number(month), 1) - 1];
	const start = at(Number(year), Number(month) - 1, Number(day));
	return rest === '' ? [start, start + MICROSECONDS.day - 1] : timeOf(rest, start);
};

const timeOf = (text: string, midnight: number): Moments | undefined => {
	const [, hour = '', minute, second, fraction] = /^(\d\d)(\d\d)?(\d\d)?(?:\.(\d+))?$/.exec(text) ?? [];
	if (hour === '') return undefined;
	let first = midnight + Number(hour) * MICROSECONDS.hour;
	if (minute === undefined) return [first, first + MICROSECONDS.hour - 1];
	first += Number(minute) * MICROSECONDS.minute;
	if (second === undefined) return [first, first + MICROSECONDS.minute - 1];
	first += Number(second) * MICROSECONDS.second;
	if (fraction === undefined) return [first, first + MICROSECONDS.second - 1];
	const length = 10 ** (6 - fraction.length);
	first += Number(fraction) * length;
	return [first, first + length - 1];
};

/** C.2.2.2.5: the ends of a range, or of a single value, belong to it. */
const rangeOf = (vr: string, key: string): Moments => {
	const at = splitAt(vr, key);
	if (at < 0) return momentsOf(vr, key) ?? [0, -1];
	const first = momentsOf(vr, key.slice(0, at).trim());
	const last = momentsOf(vr, key.slice(at + 1).trim());
	return [first?.[0] ?? -Infinity, last?.[1] ?? Infinity];
};

/** The hyphen of a range. In DT one before four digits that end a value may be of an offset; those of ranges here stand before longer ones. */
const splitAt = (vr: string, key: string): number => {
	for (let at = 0; at < key.length; at++) {
		if (key[at] !== '-') continue;
		const isOffset = vr === 'DT' && at > 0 && /^-(0\d|1[0-4])[0-5]\d(-|$)/.test(key.slice(at));
		if (!isOffset) return at;
	}
	return -1;
};

/** A stored value counts from its first moment. */
const isDateMatch = (vr: string, key: string, value: string): boolean => {
	const [first, last] = rangeOf(vr, key);
	const stored = momentsOf(vr, value)?.[0];
	return stored !== undefined && stored >= first && stored <= last;
};

const single = (identifier: Dataset, tag: string): string | undefined => {
	const texts = stringsOf(identifier, tag)
		.map(clean)
		.filter((text) => text !== '');
	return texts.length === 1 && texts[0] !== '*' && texts[0] !== '""' ? texts[0] : undefined;
};

const isCombined = (identifier: Dataset): boolean =>
	single(identifier, '00080020') !== undefined && single(identifier, '00080030') !== undefined;

/** C.2.2.2.5.4: from the first day at the first time to the last day at the last time. A study without a time began with its day. */
const isInCombined = (instance: Dataset, identifier: Dataset): boolean => {
	const [firstDay, lastDay] = rangeOf('DA', single(identifier, '00080020') ?? '');
	const [firstTime, lastTime] = rangeOf('TM', single(identifier, '00080030') ?? '');
	const day = momentsOf('DA', stringsOf(instance, '00080020').map(clean)[0] ?? '')?.[0];
	if (day === undefined) return false;
	const time = momentsOf('TM', stringsOf(instance, '00080030').map(clean)[0] ?? '')?.[0] ?? 0;
	const start = firstDay + Math.max(firstTime, 0);
	const end =
		lastDay === Infinity ? Infinity : lastDay + 1 - MICROSECONDS.day + Math.min(lastTime, MICROSECONDS.day - 1);
	return day + time >= start && day + time <= end;
};
