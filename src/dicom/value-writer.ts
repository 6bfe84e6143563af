/** Values made into value fields, by VR (PS3.5 6.2, 7.3), each checked before it is written. */
import { DicomError } from '../errors.ts';
import type { ByteWriter } from './byte-writer.ts';
import { encodeText } from './character-sets.ts';
import type { Element, Value } from './dataset.ts';
import { personNameText } from './dataset.ts';
import { printedTag, tagNumber } from './tags.ts';
import { plainNumber, swapInPlace } from './values.ts';
import type { Vr, VrProperties } from './vr.ts';

/** A value that cannot be encoded: the caller's fault, who is told the tag, the VR and what is wrong. */
export const cannotEncode = (tag: number | string, vr: string, reason: string): DicomError =>
	new DicomError({ blame: 'usage', message: `${printedTag(tag)} ${vr}: ${reason}` });

const shown = (value: unknown): string => {
	const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
	return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

const kindOf = (value: Value): string => {
	if (value === null || value === undefined) return 'an empty value';
	if (value instanceof Uint8Array) return 'bytes';
	if (typeof value === 'object') return 'an item or a name';
	return shown(value);
};

/** At most 16 characters (PS3.5 6.2): as many digits of the number as fit. */
const decimalString = (value: number): string => {
	let text = String(value);
	for (let digits = 16; text.length > 16; digits--) text = String(Number(value.toPrecision(digits)));
	return text;
};

const textOfValue = (value: Value, tag: number, vr: Vr): string => {
	if (typeof value === 'string') return value;
	if (value === null) return '';
	if (typeof value === 'number' && (vr === 'DS' || vr === 'IS')) {
		if (!Number.isFinite(value)) throw cannotEncode(tag, vr, `${value} is not a number that can be written`);
		if (vr === 'DS') return decimalString(value);
		if (!Number.isInteger(value)) throw cannotEncode(tag, vr, `${value} is not a whole number`);
		if (value < -0x80000000 || value > 0x7fffffff) throw cannotEncode(tag, vr, `${value} is out of range`);
		return String(value);
	}
	if (vr === 'PN' && typeof value === 'object' && !(value instanceof Uint8Array)) return personNameText(value);
	throw cannotEncode(tag, vr, `${kindOf(value)} is not text`);
};

/** Writes a text without padding. `terms` of (0008,0005) decide its bytes where the VR is of those that obey it. */
export const writeText = (
	writer: ByteWriter,
	text: string,
	tag: number,
	properties: VrProperties,
	terms: readonly string[],
): void => {
	const isJis = properties.inCharacterSet && terms[0]?.endsWith('IR 13') === true;
	if (!isJis && writer.ascii(text)) return;
	const bytes = encodeText(text, properties.inCharacterSet ? terms : [], properties.vr);
	if (bytes === undefined) {
		const set = properties.inCharacterSet && terms.length > 0 ? terms.join('\\') : 'the default character repertoire';
		throw cannotEncode(tag, properties.vr, `${shown(text)} cannot be written in ${set}`);
	}
	writer.raw(bytes);
};

const RANGES: Partial<Record<Vr, readonly [low: bigint, high: bigint]>> = {
	US: [0n, 0xffffn],
	SS: [-0x8000n, 0x7fffn],
	UL: [0n, 0xffffffffn],
	SL: [-0x80000000n, 0x7fffffffn],
	UV: [0n, 0xffffffffffffffffn],
	SV: [-0x8000000000000000n, 0x7fffffffffffffffn],
};

/** A number that fits its VR. Plain decimal text is taken too: keys are given as text. */
const numberOf = (value: Value, tag: number, vr: Vr): number | bigint => {
	let number: number | bigint | undefined;
	if (typeof value === 'number' || typeof value === 'bigint') number = value;
	else if (typeof value === 'string') number = numberOfText(value, vr);
	if (number === undefined) throw cannotEncode(tag, vr, `${kindOf(value)} is not a number`);
	const range = RANGES[vr];
	if (range === undefined) {
		if (vr === 'FL' && Number.isFinite(Number(number)) && !Number.isFinite(Math.fround(Number(number)))) {
			throw cannotEncode(tag, vr, `${number} is out of range`);
		}
		return number;
	}
	if (typeof number === 'number' && !Number.isInteger(number)) {
		throw cannotEncode(tag, vr, `${number} is not a whole number`);
	}
	if (number < range[0] || number > range[1]) throw cannotEncode(tag, vr, `${number} is out of range`);
	return number;
};

const numberOfText = (text: string, vr: Vr): number | bigint | undefined => {
	const plain = plainNumber(text, 'DS');
	if (plain === undefined || (vr !== 'SV' && vr !== 'UV')) return plain;
	return plainNumber(text, 'IS') ?? (isWhole(text) ? BigInt(text) : plain);
};

const isWhole = (text: string): boolean => {
	for (let index = text.startsWith('-') ? 1 : 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (code < 0x30 || code > 0x39) return false;
	}
	return true;
};

const writeBytes = (
	writer: ByteWriter,
	values: readonly Value[],
	tag: number,
	{ vr, unit }: VrProperties,
	little: boolean,
): void => {
	const [value] = values;
	if (values.length > 1) throw cannotEncode(tag, vr, `takes one string of bytes, not ${values.length}`);
	if (!(value instanceof Uint8Array)) throw cannotEncode(tag, vr, `${kindOf(value ?? null)} is not bytes`);
	if (value.length % unit !== 0) throw cannotEncode(tag, vr, `${value.length} bytes do not divide into ${unit}`);
	const copy = writer.copyOf(value);
	if (!little) swapInPlace(copy, unit);
};

const tagOf = (value: Value, tag: number): number => {
	const number = typeof value === 'string' ? tagNumber(value.toUpperCase()) : value;
	if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 0xffffffff) return number;
	throw cannotEncode(tag, 'AT', `${kindOf(value)} is not a tag of eight hex digits`);
};

/**
 * Writes the value field of anything but a sequence, without the padding to an even length. No value, or a single empty
 * one, makes a field of no bytes.
 */
export const writeValues = (
	writer: ByteWriter,
	element: Element,
	tag: number,
	properties: VrProperties,
	terms: readonly string[],
	little: boolean,
): void => {
	const values = element.Value;
	if (values.length === 0 || (values.length === 1 && (values[0] === null || values[0] === ''))) return;
	const { kind, vr, multiple } = properties;
	if (kind === 'bytes') {
		writeBytes(writer, values, tag, properties, little);
		return;
	}
	if (!multiple && values.length > 1) throw cannotEncode(tag, vr, `takes one value, not ${values.length}`);
	if (kind === 'text') {
		writeText(writer, values.map((value) => textOfValue(value, tag, vr)).join('\\'), tag, properties, terms);
		return;
	}
	for (const value of values) {
		if (kind === 'tag') writer.tag(tagOf(value, tag), little);
		else writer.number(numberOf(value, tag, vr), properties, little);
	}
};
