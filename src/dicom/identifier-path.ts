/** Keys as people write them on a command line: a path to an element and perhaps a value (PS3.4 C.2.2.2 says what values mean). */
import { DicomError } from '../errors.ts';
import { type Dataset, type Element, itemsOf, personName, type Value, type Vr } from './dataset.ts';
import { byKeyword, byTag, nearestKeywords, vrOf } from './dictionary.ts';
import { isVr } from './vr.ts';

/** One step: an element, and of a sequence the item, counted from 0. */
export interface PathStep {
	readonly tag: string;
	readonly item?: number;
}

/** `value` is nothing where there is no `=`: a key that is only asked for. */
export interface Key {
	readonly path: readonly PathStep[];
	readonly value: string | undefined;
	/** As written, for messages. */
	readonly text: string;
}

/** More items than anybody means; an index makes all the items before it. */
const MAX_ITEM = 999;
const STEP = /^(?:(\()?\s*([0-9A-Fa-f]{1,4})\s*,\s*([0-9A-Fa-f]{1,4})\s*(\))?|(\w+))(?:\[(\d+)\])?$/;

/**
 * `Keyword=v`, `Keyword`, `gggg,eeee=v`, `(gggg,eeee)=v`, `8,52=v`, `ggggeeee=v`, and paths of these: `Seq[0].Elem=v`. The value may hold
 * anything, dots and equals signs too. Private elements and repeating groups go by tag.
 *
 * @throws DicomError usage
 */
export const parseKey = (text: string): Key => {
	const equals = text.indexOf('=');
	const place = (equals < 0 ? text : text.slice(0, equals)).trim();
	const value = equals < 0 ? undefined : text.slice(equals + 1);
	if (place === '') throw usage(`"${text}" names no attribute`);
	const path = place.split('.').map((step) => parseStep(step.trim(), text));
	for (const [index, { tag, item }] of path.entries()) {
		const isSequence = vrOf(tag) === 'SQ' || item !== undefined;
		if (index < path.length - 1 && !isSequence)
			throw usage(`"${text}": ${nameOf(tag)} is not a sequence, nothing is below it`);
		if (item !== undefined && vrOf(tag) !== 'SQ' && !isPrivate(tag))
			throw usage(`"${text}": ${nameOf(tag)} is not a sequence, it has no items`);
	}
	return { path, value, text };
};

const parseStep = (step: string, text: string): PathStep => {
	const match = STEP.exec(step);
	const [, opened, group, element, closed, name = '', index] = match ?? [];
	if (match === null || opened?.length !== closed?.length) {
		throw usage(`"${step}" in "${text}" is neither a keyword nor a tag`);
	}
	const item = index === undefined ? undefined : Number(index);
	if (item !== undefined && item > MAX_ITEM) throw usage(`"${text}": items are counted up to ${MAX_ITEM}`);
	const tag =
		group === undefined ? tagOf(name) : (group.padStart(4, '0') + (element ?? '').padStart(4, '0')).toUpperCase();
	if (/^(000[026]|FFFE)/.test(tag)) throw usage(`"${step}" in "${text}" is of no dataset, but of what is around it`);
	return item === undefined ? { tag } : { tag, item };
};

/** Eight hexadecimal digits could be a keyword only if one were named so; none is. */
const tagOf = (name: string): string => {
	if (/^[0-9A-Fa-f]{8}$/.test(name)) return name.toUpperCase();
	const entry = byKeyword(name);
	if (entry !== undefined) return entry.tag;
	const suggestions = nearestKeywords(name, 3);
	throw new DicomError({
		blame: 'usage',
		message: `unknown keyword "${name}"`,
		suggestions,
		hint: 'attributes are named by their keyword (PatientName) or tag (0010,0010)',
	});
};

/**
 * Lines of `KEY=VALUE` or `KEY`; empty ones and what follows a `#` at the beginning of a line do not count.
 *
 * @throws DicomError usage, naming the line
 */
export const parseKeyLines = (text: string): readonly Key[] =>
	text.split(/\r?\n/).flatMap((line, index) => {
		if (/^\s*(#|$)/.test(line)) return [];
		try {
			return [parseKey(line.trim())];
		} catch (error) {
			if (!(error instanceof DicomError) || error.failure.blame !== 'usage') throw error;
			throw new DicomError({ ...error.failure, message: `line ${index + 1}: ${error.failure.message}` });
		}
	});

/**
 * The dataset with the key in it: items up to the index are made, an element that is there is replaced.
 *
 * @throws DicomError usage for a value its VR cannot have
 */
export const setKey = (dataset: Dataset, key: Key): Dataset => withStep(dataset, key.path, key);

const withStep = (dataset: Dataset, path: readonly PathStep[], key: Key): Dataset => {
	const [step, ...rest] = path;
	if (step === undefined) return dataset;
	const { tag, item } = step;
	if (rest.length === 0 && item === undefined) return { ...dataset, [tag]: elementOf(tag, key) };
	if (rest.length === 0 && key.value !== undefined && key.value !== '')
		throw usage(`"${key.text}": an item has no value of its own`);
	const items = [...itemsOf(dataset, tag)];
	const index = item ?? 0;
	while (items.length <= index) items.push({});
	items[index] = withStep(items[index] ?? {}, rest, key);
	return { ...dataset, [tag]: { vr: 'SQ', Value: items } };
};

const elementOf = (tag: string, { value = '', text }: Key): Element => {
	const vr = writtenVr(tag, value);
	if (vr === 'SQ') {
		if (value !== '') throw usage(`"${text}": ${nameOf(tag)} is a sequence; its items are ${nameOf(tag)}[0].KEYWORD`);
		return { vr, Value: [] };
	}
	return { vr, Value: value === '' ? [] : valuesOf(vr, value, text) };
};

/** The VR that a key of this tag is sent with; where other attributes would decide, the first the dictionary names that can hold it. */
const writtenVr = (tag: string, value: string): Vr => {
	const said = vrOf(tag);
	if (said === 'US or SS' && value.trim().startsWith('-')) return 'SS';
	const vr = said.slice(0, 2);
	return isVr(vr) ? vr : 'UN';
};

const NUMBERS: Readonly<Record<string, readonly [least: number, most: number]>> = {
	US: [0, 0xffff],
	SS: [-0x8000, 0x7fff],
	UL: [0, 0xffffffff],
	SL: [-0x80000000, 0x7fffffff],
	FL: [-Infinity, Infinity],
	FD: [-Infinity, Infinity],
};

/** Text VRs keep what was typed, also what is no value of theirs: wildcards and ranges are matching, not values. */
const valuesOf = (vr: Vr, text: string, key: string): readonly Value[] => {
	switch (vr) {
		case 'ST':
		case 'LT':
		case 'UT':
		case 'UR':
			return [text];
		case 'PN':
			return text.split('\\').map(personName);
		case 'AT':
			return text.split('\\').map((one) => parseKey(one).path[0]?.tag ?? '');
		case 'SV':
		case 'UV':
			return text.split('\\').map((one) => (/^-?\d+$/.test(one.trim()) ? BigInt(one.trim()) : refuse(vr, one, key)));
		case 'OB':
		case 'OD':
		case 'OF':
		case 'OL':
		case 'OV':
		case 'OW':
		case 'UN':
			return [hexBytes(vr, text, key)];
		default: {
			const bounds = NUMBERS[vr];
			return text.split('\\').map((one) => (bounds === undefined ? one : numberOf(vr, one, bounds, key)));
		}
	}
};

const numberOf = (vr: Vr, text: string, [least, most]: readonly [number, number], key: string): number => {
	const number = text.trim() === '' ? Number.NaN : Number(text);
	const isWhole = vr === 'FL' || vr === 'FD' || Number.isInteger(number);
	return isWhole && number >= least && number <= most ? number : refuse(vr, text, key);
};

const hexBytes = (vr: Vr, text: string, key: string): Uint8Array => {
	const digits = text.replace(/\s/g, '');
	if (!/^([0-9A-Fa-f]{2})+$/.test(digits)) refuse(vr, text, key, 'bytes are written as hexadecimal digits, two each');
	return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
};

const refuse = (vr: Vr, text: string, key: string, hint?: string): never => {
	throw new DicomError({
		blame: 'usage',
		message: `"${key}": "${text}" is no value for the VR ${vr}`,
		...(hint === undefined ? {} : { hint }),
	});
};

const isPrivate = (tag: string): boolean => Number.parseInt(tag.slice(3, 4), 16) % 2 === 1;

const nameOf = (tag: string): string => byTag(tag)?.keyword || `(${tag.slice(0, 4)},${tag.slice(4)})`;

const usage = (message: string): DicomError =>
	new DicomError({
		blame: 'usage',
		message,
		hint: 'keys are KEYWORD=VALUE, gggg,eeee=VALUE or SEQUENCE[0].KEYWORD=VALUE',
	});
