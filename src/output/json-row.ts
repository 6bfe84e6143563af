/** A row as a plain JSON object: keyword to value, in the forms that scripts want (ux.md 4.5). */
import type { Dataset, Element, PersonName, Value } from '../dicom/dataset.ts';
import { isItem, personNameText, stringsOf } from '../dicom/dataset.ts';
import { byTag } from '../dicom/dictionary.ts';
import { TAG } from '../dicom/tags.ts';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

export interface JsonForms {
	/** DS and IS as the texts that came, not as numbers. */
	readonly raw?: boolean;
	/** `PatientName.ideographic` and `.phonetic` beside `PatientName`. */
	readonly personNameGroups?: boolean;
}

/** Of the answer, not of the thing found; and JSON is UTF-8, whatever the answer was. */
const LEFT_OUT: ReadonlySet<string> = new Set([TAG.SpecificCharacterSet, TAG.QueryRetrieveLevel]);

/** Sequences deeper than this are left out; a decoder never hands on deeper ones. */
const DEEPEST = 64;

/**
 * @returns a function from a dataset to its object: keys are keywords (tags where the dictionary has none), an empty element is null,
 *   several values and those that may be several are arrays, DS and IS are numbers, a name is `SMITH^JOHN`, bytes are base64.
 */
export const rowReader = (forms: JsonForms): ((row: Dataset) => JsonObject) => {
	const read = (dataset: Dataset, depth: number): JsonObject => {
		const object: Record<string, JsonValue> = {};
		for (const tag of Object.keys(dataset).sort()) {
			const element = dataset[tag];
			if (element === undefined || LEFT_OUT.has(tag) || tag.endsWith('0000')) continue;
			const entry = byTag(tag);
			const key = entry === undefined || entry.keyword === '' ? tag : entry.keyword;
			// What may have several values is an array always, so that a script need not look.
			const isMany = entry !== undefined && entry.vm !== '1';
			const values = valuesOf(dataset, tag, element, depth);
			object[key] = values.length === 0 ? null : isMany || values.length > 1 ? values : (values[0] ?? null);
			if (element.vr === 'PN' && forms.personNameGroups === true) addGroups(object, key, element);
		}
		return object;
	};
	const valuesOf = (dataset: Dataset, tag: string, element: Element, depth: number): JsonValue[] => {
		if (element.vr === 'SQ') {
			if (depth >= DEEPEST) return [];
			return element.Value.filter((value) => isItem('SQ', value)).map((item) => read(item, depth + 1));
		}
		if (forms.raw === true && (element.vr === 'DS' || element.vr === 'IS'))
			return stringsOf(dataset, tag).map((text) => (text === '' ? null : text));
		return element.Value.map(jsonValue);
	};
	return (row) => read(row, 0);
};

const jsonValue = (value: Value): JsonValue => {
	switch (typeof value) {
		case 'string':
			return value;
		case 'number':
			// JSON has no word for the others.
			return Number.isFinite(value) ? value : String(value);
		case 'bigint':
			// Not a number for some values and a text for others: most JSON readers would round the large ones.
			return String(value);
		default:
			if (value === null) return null;
			if (value instanceof Uint8Array) return base64(value);
			return nameText(value as PersonName);
	}
};

/** The alphabetic group, which is what people type and compare; a name without one is written in full: `=山田^太郎`. */
const nameText = (name: PersonName): string => name.Alphabetic ?? personNameText(name);

const addGroups = (object: Record<string, JsonValue>, key: string, element: Element): void => {
	for (const [suffix, group] of [
		['ideographic', 'Ideographic'],
		['phonetic', 'Phonetic'],
	] as const) {
		const texts = element.Value.map((value) => (value as PersonName | null)?.[group] ?? null);
		if (texts.some((text) => text !== null))
			object[`${key}.${suffix}`] = texts.length === 1 ? (texts[0] ?? null) : texts;
	}
};

const base64 = (bytes: Uint8Array): string => {
	let binary = '';
	for (let start = 0; start < bytes.length; start += 8192)
		binary += String.fromCharCode(...bytes.subarray(start, start + 8192));
	return btoa(binary);
};
