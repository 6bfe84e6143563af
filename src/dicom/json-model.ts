/** Datasets in the DICOM JSON model and back (PS3.18 Annex F). */
import { DicomError } from '../errors.ts';
import { base64, bytesOfBase64 } from './base64.ts';
import type { Dataset, Element, PersonName, Value } from './dataset.ts';
import { isItem, personNameText } from './dataset.ts';
import { byKeyword } from './dictionary.ts';
import { printedTag, TAG } from './tags.ts';
import { plainNumber, textValue } from './values.ts';
import type { Vr } from './vr.ts';
import { isVr, VRS } from './vr.ts';

export type JsonModelValue = string | number | null | PersonName | JsonModel;

export interface JsonModelElement {
	readonly vr: Vr;
	/** Absent where the element is empty, and where it is a string of bytes. */
	readonly Value?: readonly JsonModelValue[];
	/** Base64, little endian (PS3.18 F.2.7). */
	readonly InlineBinary?: string;
}

/** Elements by tag in ascending order, as plain data that `JSON.stringify` takes. */
export interface JsonModel {
	readonly [tag: string]: JsonModelElement;
}

/** Deeper than any decoder goes. */
const DEEPEST = 64;

const UTF_8: JsonModelElement = { vr: 'CS', Value: ['ISO_IR 192'] };

/**
 * The values as Unicode, so (0008,0005) becomes ISO_IR 192 wherever it stands; group lengths are left out (PS3.18 F.2.2).
 * DS and IS are numbers, but texts that are none stay texts. Compressed Pixel Data is its items with their headers, one
 * after the other: the standard has a form for it only by reference.
 */
export const toJsonModel = (dataset: Dataset): JsonModel => {
	const model: Record<string, JsonModelElement> = {};
	for (const tag of Object.keys(dataset).sort()) {
		const element = dataset[tag];
		if (element === undefined || tag.endsWith('0000')) continue;
		model[tag] = tag === TAG.SpecificCharacterSet && element.Value.length > 0 ? UTF_8 : jsonElement(element);
	}
	return model;
};

const jsonElement = (element: Element): JsonModelElement => {
	const { vr, Value } = element;
	// A value field of no bytes, however it is held.
	if (Value.length === 0 || (Value.length === 1 && (Value[0] === null || Value[0] === ''))) return { vr };
	const bytes = Value.filter((value) => value instanceof Uint8Array);
	const [first] = bytes;
	if (first !== undefined) return { vr, InlineBinary: base64(bytes.length === 1 ? first : items(bytes)) };
	return { vr, Value: Value.map((value) => jsonValue(vr, value)) };
};

const jsonValue = (vr: Vr, value: Value): JsonModelValue => {
	if (value === null || value === '') return null;
	if (isItem(vr, value)) return toJsonModel(value);
	if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
	if (typeof value === 'number') return Number.isFinite(value) ? value : nameOfNumber(value);
	if (typeof value === 'string') return value;
	return personNameText(value as PersonName) === '' ? null : (value as PersonName);
};

/** JSON has no such numbers. */
const NOT_FINITE: Readonly<Record<string, number>> = {
	NaN: Number.NaN,
	inf: Number.POSITIVE_INFINITY,
	'-inf': Number.NEGATIVE_INFINITY,
};

const nameOfNumber = (value: number): string => {
	if (Number.isNaN(value)) return 'NaN';
	return value > 0 ? 'inf' : '-inf';
};

/** Items of encapsulated Pixel Data (PS3.5 A.4), without the delimiter. */
const items = (fragments: readonly Uint8Array[]): Uint8Array => {
	const bytes = new Uint8Array(fragments.reduce((sum, fragment) => sum + 8 + fragment.length, 0));
	const view = new DataView(bytes.buffer);
	let offset = 0;
	for (const fragment of fragments) {
		view.setUint32(offset, 0xfeff00e0);
		view.setUint32(offset + 4, fragment.length, true);
		bytes.set(fragment, offset + 8);
		offset += 8 + fragment.length;
	}
	return bytes;
};

const wrong = (where: string, what: string): DicomError =>
	new DicomError({ blame: 'usage', message: where === '' ? `DICOM JSON: ${what}` : `DICOM JSON ${where}: ${what}` });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The dataset of one JSON object, as `JSON.parse` gives it. Keywords are taken for tags too, since people write them.
 *
 * @throws DicomError (usage) for what is not the DICOM JSON model, naming the tags on the way to it; for BulkDataURI too:
 *   nothing is fetched
 */
export const fromJsonModel = (json: unknown): Dataset => datasetOf(json, '', 0);

const datasetOf = (json: unknown, where: string, depth: number): Dataset => {
	if (!isObject(json)) throw wrong(where, 'an object of elements is expected');
	if (depth > DEEPEST) throw wrong('', `sequences nest deeper than ${DEEPEST}`);
	const dataset: Record<string, Element> = {};
	for (const [key, value] of Object.entries(json)) {
		const tag = tagOf(key);
		if (tag === undefined) throw wrong(where, `${JSON.stringify(key.slice(0, 64))} is neither a tag nor a keyword`);
		const path = where === '' ? printedTag(tag) : `${where} ${printedTag(tag)}`;
		if (Object.hasOwn(dataset, tag)) throw wrong(path, 'stands there twice');
		dataset[tag] = elementOf(value, path, depth);
	}
	return dataset;
};

const tagOf = (key: string): string | undefined =>
	/^[0-9A-Fa-f]{8}$/.test(key) ? key.toUpperCase() : byKeyword(key)?.tag;

const elementOf = (json: unknown, where: string, depth: number): Element => {
	if (!isObject(json)) throw wrong(where, 'an object with a vr is expected');
	const { vr, Value: values, InlineBinary: binary } = json;
	if (typeof vr !== 'string' || !isVr(vr)) throw wrong(where, 'vr is none of the value representations');
	if (json['BulkDataURI'] !== undefined) throw wrong(where, 'BulkDataURI is not fetched');
	if (binary !== undefined) {
		const bytes = typeof binary === 'string' && values === undefined ? bytesOfBase64(binary) : undefined;
		if (bytes === undefined || VRS[vr].kind !== 'bytes') throw wrong(where, 'InlineBinary is base64 of a VR of bytes');
		return { vr, Value: bytes.length === 0 ? [] : [bytes] };
	}
	if (values === undefined) return { vr, Value: [] };
	if (!Array.isArray(values)) throw wrong(where, 'Value is an array');
	if (VRS[vr].kind === 'bytes' && values.length > 0) throw wrong(where, `${vr} is given as InlineBinary`);
	return { vr, Value: values.map((value: unknown) => valueOfJson(vr, value, where, depth)) };
};

const valueOfJson = (vr: Vr, json: unknown, where: string, depth: number): Value => {
	// An item without elements may be written so (PS3.18 F.2.5).
	if (json === null || json === '') return vr === 'SQ' ? {} : null;
	const value = valueByKind(vr, json, where, depth);
	if (value === undefined) throw wrong(where, `${JSON.stringify(json).slice(0, 64)} is no value of ${vr}`);
	return value;
};

const valueByKind = (vr: Vr, json: unknown, where: string, depth: number): Value | undefined => {
	switch (VRS[vr].kind) {
		case 'sequence':
			return datasetOf(json, where, depth + 1);
		case 'tag':
			return typeof json === 'string' && /^[0-9A-Fa-f]{8}$/.test(json) ? json.toUpperCase() : undefined;
		case 'number':
			return numberOf(vr, json);
		default:
			if (vr === 'PN' && isObject(json)) return nameOf(json);
			if ((vr === 'DS' || vr === 'IS') && typeof json === 'number') return json;
			return typeof json === 'string' ? textValue(json, vr) : undefined;
	}
};

/** Numbers may stand as texts, where 64 bits do not fit a number of JSON (PS3.18 F.2.3). */
const numberOf = (vr: Vr, json: unknown): number | bigint | undefined => {
	if (vr === 'SV' || vr === 'UV') {
		if (typeof json === 'string') return /^-?[0-9]{1,20}$/.test(json) ? BigInt(json) : undefined;
		return Number.isSafeInteger(json) ? BigInt(json as number) : undefined;
	}
	if (typeof json === 'number') return json;
	if (typeof json !== 'string') return undefined;
	if (vr === 'FL' || vr === 'FD') return Object.hasOwn(NOT_FINITE, json) ? NOT_FINITE[json] : plainNumber(json, 'DS');
	return plainNumber(json, 'IS');
};

const GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

const nameOf = (json: Readonly<Record<string, unknown>>): PersonName | null | undefined => {
	const name: { -readonly [Group in keyof PersonName]: PersonName[Group] } = {};
	for (const group of GROUPS) {
		const part = json[group];
		if (part === undefined || part === null || part === '') continue;
		if (typeof part !== 'string') return undefined;
		name[group] = part;
	}
	return personNameText(name) === '' ? null : name;
};
