/** What a dataset is in memory: dcmjs's shape, `{ [tag]: { vr, Value } }` (PS3.5 7), and how to read text out of it. */
import type { Vr } from './vr.ts';

export type { Vr } from './vr.ts';

/** Elements by tag: eight upper-case hex digits, as `00100010`. The keys stand in no order. */
export interface Dataset {
	readonly [tag: string]: Element;
}

export interface Element {
	readonly vr: Vr;
	/**
	 * Empty where the value field is. By VR:
	 * - text: strings without their padding; PN: its groups; DS and IS: the number where the text is a plain one, else the text
	 * - US SS UL SL FL FD: numbers; SV UV: bigints; AT: tags as `00100010`
	 * - OB OW OF OD OL OV UN: one Uint8Array in little endian order, whatever the transfer syntax was; a view wherever it can
	 *   be. Encapsulated Pixel Data: one for each item, the Basic Offset Table first
	 * - SQ: one Dataset for each item
	 */
	readonly Value: readonly Value[];
}

/** One value; null is an empty one among several. */
export type Value = string | number | bigint | PersonName | Uint8Array | Dataset | null;

/** The component groups of a PN (PS3.5 6.2.1); one that is empty is left out. */
export interface PersonName {
	readonly Alphabetic?: string;
	readonly Ideographic?: string;
	readonly Phonetic?: string;
}

/** An element that came from bytes, and still has them. */
export interface ReceivedElement extends Element {
	/** The texts of its values as sent, DS and IS included, without padding. */
	texts(): readonly string[];
	/** The same bytes, read in another character set (terms of (0008,0005)). */
	readIn(terms: readonly string[]): Element;
}

const isReceived = (element: Element): element is ReceivedElement => 'readIn' in element;

/** True for a value that is an item of a sequence. `vr` is its element's. */
export const isItem = (vr: Vr, value: Value): value is Dataset =>
	vr === 'SQ' && typeof value === 'object' && value !== null && !(value instanceof Uint8Array);

/**
 * The same bytes read in another character set, items included, whatever (0008,0005) says of them; what did not come from
 * bytes stays as it is. Encoded again, the bytes are again those that came.
 */
export const withCharacterSet = (dataset: Dataset, terms: readonly string[]): Dataset => {
	const result: Record<string, Element> = {};
	for (const tag of Object.keys(dataset)) {
		const element = dataset[tag];
		if (element === undefined) continue;
		if (element.vr === 'SQ') {
			const items = element.Value.map((value) => (isItem('SQ', value) ? withCharacterSet(value, terms) : value));
			result[tag] = { vr: 'SQ', Value: items };
		} else result[tag] = isReceived(element) ? element.readIn(terms) : element;
	}
	return result;
};

const GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

/** A person name as it is written: its groups joined by `=`, without empty ones at the end. */
export const personNameText = (name: PersonName): string => {
	let text = '';
	let pending = '';
	for (const group of GROUPS) {
		const part = name[group] ?? '';
		if (part !== '') {
			text += pending + part;
			pending = '';
		}
		pending += '=';
	}
	return text;
};

/** A person name of its text (PS3.5 6.2.1). Groups past the third are dropped, there are none. */
export const personName = (text: string): PersonName => {
	const [alphabetic = '', ideographic = '', phonetic = ''] = text.split('=');
	return {
		...(alphabetic === '' ? {} : { Alphabetic: alphabetic }),
		...(ideographic === '' ? {} : { Ideographic: ideographic }),
		...(phonetic === '' ? {} : { Phonetic: phonetic }),
	};
};

const textOfValue = (value: Value): string => {
	if (value === null || value instanceof Uint8Array) return '';
	if (typeof value !== 'object') return String(value);
	return personNameText(value as PersonName);
};

const textsOf = (dataset: Dataset, tag: string): readonly string[] => {
	const element = dataset[tag];
	if (element === undefined || element.vr === 'SQ') return [];
	if (isReceived(element)) return element.texts();
	if (element.Value[0] instanceof Uint8Array) return [];
	return element.Value.map(textOfValue);
};

/**
 * The values of an element as texts, numbers and names too; an empty value among several is ''. None where the element is
 * absent, empty, a sequence or a string of bytes.
 */
export const stringsOf = (dataset: Dataset, tag: string): string[] => [...textsOf(dataset, tag)];

/** All values of an element joined by `\`, as on the wire; '' where it is absent. */
export const textOf = (dataset: Dataset, tag: string): string => {
	const texts = textsOf(dataset, tag);
	return texts.length === 1 ? (texts[0] ?? '') : texts.join('\\');
};

/** The items of a sequence; none where it is absent or something else. */
export const itemsOf = (dataset: Dataset, tag: string): readonly Dataset[] => {
	const element = dataset[tag];
	return element === undefined ? [] : element.Value.filter((value) => isItem(element.vr, value));
};

/**
 * The same values as plain objects, which survive `structuredClone` and spreading. Byte strings stay views. Elements that
 * came from bytes lose them: text is held as it reads now.
 */
export const plainDataset = (dataset: Dataset): Dataset => {
	const result: Record<string, Element> = {};
	for (const tag of Object.keys(dataset)) {
		const element = dataset[tag];
		if (element === undefined) continue;
		const { vr } = element;
		result[tag] = { vr, Value: element.Value.map((value) => (isItem(vr, value) ? plainDataset(value) : value)) };
	}
	return result;
};
