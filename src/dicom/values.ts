/** Value fields as bytes made into values, by VR (PS3.5 6.2, 7.3). */
import { decodeText } from './character-sets.ts';
import type { Value } from './dataset.ts';
import { personName } from './dataset.ts';
import { tagText } from './tags.ts';
import type { Vr, VrProperties } from './vr.ts';

/** What of the dataset around an element decides how its value reads. */
export interface Scope {
	/** The terms its text is read in. */
	readonly terms: readonly string[];
	/** The terms of (0008,0005) here or in the nearest dataset around. Other than `terms` where those were overridden. */
	readonly declaredTerms: readonly string[];
}

/** The bytes a dataset is read from, of which every element is a stretch. */
export class Source {
	readonly bytes: Uint8Array;
	readonly view: DataView;
	/** All of the bytes as one text, where one character is one byte: a slice of it costs a tenth of a text of its own. */
	#text: string | undefined;
	#hasText: boolean;

	constructor(bytes: Uint8Array) {
		// Of a Buffer too, views are to be plain: its `slice` makes no copy.
		const isPlain = bytes.constructor === Uint8Array;
		this.bytes = isPlain ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		this.#hasText = bytes.length <= 16_384;
	}

	/** The text of a stretch that is ASCII alone. */
	ascii(start: number, end: number): string {
		if (this.#hasText) {
			this.#text ??= utf8.decode(this.bytes);
			if (this.#text.length === this.bytes.length) return this.#text.slice(start, end);
			this.#hasText = false;
		}
		return utf8.decode(this.bytes.subarray(start, end));
	}
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

const SPACE = 0x20;
const NUL = 0x00;
const ESCAPE = 0x1b;
const BACKSLASH = 0x5c;

/** In JIS X 0201 the codes of backslash and tilde are other characters. */
const isAsciiThroughout = (terms: readonly string[]): boolean => {
	const first = terms[0];
	return first === undefined || !first.endsWith('IR 13');
};

/** Text without its padding: trailing spaces and NULs, and leading spaces where the VR says so. */
const trimmed = (text: string, properties: VrProperties): string => {
	let start = 0;
	let end = text.length;
	while (end > start && (text.charCodeAt(end - 1) === SPACE || text.charCodeAt(end - 1) === NUL)) end--;
	if (properties.leadingSpaces === 'padding') while (start < end && text.charCodeAt(start) === SPACE) start++;
	return start === 0 && end === text.length ? text : text.slice(start, end);
};

/** A text value field as its values, without padding; none where nothing but padding is in it. */
export const readTexts = (
	source: Source,
	fieldStart: number,
	fieldEnd: number,
	properties: VrProperties,
	scope: Scope,
): string[] => {
	const { bytes } = source;
	let start = fieldStart;
	let end = fieldEnd;
	while (end > start && (bytes[end - 1] === SPACE || bytes[end - 1] === NUL)) end--;
	if (properties.leadingSpaces === 'padding') while (start < end && bytes[start] === SPACE) start++;
	if (start === end) return [];
	let isAscii = !properties.inCharacterSet || isAsciiThroughout(scope.terms);
	let isSingle = true;
	for (let index = start; index < end; index++) {
		const byte = bytes[index] ?? 0;
		if (byte >= 0x80 || byte === ESCAPE) isAscii = false;
		else if (byte === BACKSLASH) isSingle = false;
	}
	const text = isAscii ? source.ascii(start, end) : decodeText(bytes.subarray(start, end), scope.terms, properties.vr);
	if (isSingle || !properties.multiple) return [text];
	return text.split('\\').map((value) => trimmed(value, properties));
};

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** The number of an IS or DS text, or undefined where it is none (`1,5`, a range, `1.0` as IS, beyond what a number holds). */
export const plainNumber = (text: string, vr: 'DS' | 'IS'): number | undefined => {
	let digits = 0;
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (isDigit(code)) digits++;
		else if (code === 0x2b || code === 0x2d) {
			// A sign stands first, or behind an exponent.
			const before = text.charCodeAt(index - 1);
			if (index > 0 && (vr === 'IS' || (before !== 0x45 && before !== 0x65))) return undefined;
		} else if (vr === 'IS' || (code !== 0x2e && code !== 0x45 && code !== 0x65)) return undefined;
	}
	if (digits === 0) return undefined;
	const number = Number(text);
	return Number.isFinite(number) && (vr === 'DS' || Number.isSafeInteger(number)) ? number : undefined;
};

/** A value of a text VR. Empty ones among several are null. */
export const textValue = (text: string, vr: Vr): Value => {
	if (text === '') return null;
	if (vr === 'PN') return personName(text);
	if (vr === 'DS' || vr === 'IS') return plainNumber(text, vr) ?? text;
	return text;
};

const readNumber = (view: DataView, offset: number, vr: Vr, isLittle: boolean): number | bigint => {
	switch (vr) {
		case 'US':
			return view.getUint16(offset, isLittle);
		case 'SS':
			return view.getInt16(offset, isLittle);
		case 'UL':
			return view.getUint32(offset, isLittle);
		case 'SL':
			return view.getInt32(offset, isLittle);
		case 'FL':
			return view.getFloat32(offset, isLittle);
		case 'FD':
			return view.getFloat64(offset, isLittle);
		case 'SV':
			return view.getBigInt64(offset, isLittle);
		default:
			return view.getBigUint64(offset, isLittle);
	}
};

/** A value field of numbers; bytes behind the last whole one are left out. */
export const readNumbers = (
	source: Source,
	start: number,
	end: number,
	properties: VrProperties,
	isLittle: boolean,
): (number | bigint)[] => {
	const values: (number | bigint)[] = [];
	for (let offset = start; offset + properties.unit <= end; offset += properties.unit) {
		values.push(readNumber(source.view, offset, properties.vr, isLittle));
	}
	return values;
};

/** A value field of AT: a group and an element for each value, both 16-bit numbers. */
export const readTags = (source: Source, start: number, end: number, isLittle: boolean): string[] => {
	const values: string[] = [];
	for (let offset = start; offset + 4 <= end; offset += 4) {
		const group = source.view.getUint16(offset, isLittle);
		values.push(tagText(group * 0x10000 + source.view.getUint16(offset + 2, isLittle)));
	}
	return values;
};

/** A copy with the bytes of each whole unit reversed (PS3.5 7.3); what is left behind the last one stays. */
export const byteSwapped = (bytes: Uint8Array, unit: VrProperties['unit']): Uint8Array => {
	const swapped = new Uint8Array(bytes);
	swapInPlace(swapped, unit);
	return swapped;
};

/** Reverses the bytes of each whole unit. */
export const swapInPlace = (bytes: Uint8Array, unit: VrProperties['unit']): void => {
	if (unit === 1) return;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const end = bytes.length - (bytes.length % unit);
	for (let offset = 0; offset < end; offset += unit) {
		if (unit === 2) view.setUint16(offset, view.getUint16(offset, false), true);
		else if (unit === 4) view.setUint32(offset, view.getUint32(offset, false), true);
		else view.setBigUint64(offset, view.getBigUint64(offset, false), true);
	}
};
