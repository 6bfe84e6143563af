/** The attributes of an entity that have no column, as JSON: what is kept of them, and how long it may be. */
import type { Dataset, Element } from '../../dicom/dataset.ts';
import { itemsOf, textOf } from '../../dicom/dataset.ts';
import { vrOf } from '../../dicom/dictionary.ts';
import { TAG } from '../../dicom/tags.ts';
import { isVr, VRS } from '../../dicom/vr.ts';
import type { EntityLevel } from './attribute-levels.ts';
import { levelOf } from './attribute-levels.ts';

/**
 * By tag: a text, its values parted by backslashes as on the wire; of sequences an array of items. '' says that an instance does not have
 * what its series has in common; null, that what it has is too long to be kept.
 */
export interface Attributes {
	readonly [tag: string]: AttributeValue;
}

export type AttributeValue = string | readonly Attributes[] | null;

/** Characters of a value, of a sequence's JSON, of all that is kept of one entity. */
const MAX_VALUE = 1024;
const MAX_SEQUENCE = 2048;
const MAX_ATTRIBUTES = 16_384;
const MAX_DEPTH = 8;

/** Not of the entity: how it is encoded, what it stands in. */
const LEFT_OUT: ReadonlySet<string> = new Set([TAG.SpecificCharacterSet]);

/** NULs end a text for SQLite's own functions, and are in no VR. */
export const kept = (text: string): string => {
	const plain = text.includes('\0') ? text.replaceAll('\0', '') : text;
	return plain.isWellFormed() ? plain : plain.toWellFormed();
};

class Room {
	left: number;

	constructor(left: number) {
		this.left = left;
	}

	/** False, for ever then, where there is none for so many characters. */
	take(characters: number): boolean {
		this.left -= characters;
		return this.left >= 0;
	}
}

/** What becomes of the elements of a tag. */
interface Keeping {
	readonly level: EntityLevel;
	/** As the dictionary says: `US or SS` too. */
	readonly vr: string;
	readonly isText: boolean;
}

const keepingOf = (tag: string): Keeping | undefined => {
	const group = Number.parseInt(tag.slice(0, 4), 16);
	if (group < 8 || group % 2 === 1 || tag.endsWith('0000') || LEFT_OUT.has(tag)) return undefined;
	const vr = vrOf(tag);
	const first = vr.slice(0, 2);
	const { kind } = isVr(first) ? VRS[first] : VRS.UN;
	// Data of curves and overlays have names, but nobody asks for them.
	return kind === 'bytes' ? undefined : { level: levelOf(tag), vr, isText: kind === 'text' };
};

/** Bounded, whatever tags come. */
const MAX_KEEPINGS = 8192;
const keepings = new Map<string, Keeping | undefined>();

/** Undefined where the element is not kept. */
const keepingFor = (tag: string, element: Element): Keeping | undefined => {
	let keeping = keepings.get(tag);
	if (keeping === undefined && !keepings.has(tag)) {
		keeping = keepingOf(tag);
		if (keepings.size >= MAX_KEEPINGS) keepings.clear();
		keepings.set(tag, keeping);
	}
	if (keeping === undefined || VRS[element.vr].kind === 'bytes') return undefined;
	// Where a file has another VR than the dictionary, its text may still be one of the dictionary's; its numbers may not fit.
	const isFitting = keeping.isText ? element.vr !== 'SQ' : keeping.vr.includes(element.vr);
	return isFitting ? keeping : undefined;
};

const textValue = (dataset: Dataset, tag: string): AttributeValue | undefined => {
	const text = kept(textOf(dataset, tag));
	if (text === '') return undefined;
	return text.length > MAX_VALUE ? null : text;
};

const sequenceValue = (dataset: Dataset, tag: string, room: Room, depth: number): AttributeValue | undefined => {
	const items = itemsOf(dataset, tag);
	if (items.length === 0) return undefined;
	if (depth >= MAX_DEPTH) return null;
	const values: Attributes[] = [];
	for (const item of items) {
		const value = itemValue(item, room, depth);
		if (value === undefined) return null;
		values.push(value);
	}
	return values;
};

/** Undefined where it does not fit. */
const itemValue = (item: Dataset, room: Room, depth: number): Attributes | undefined => {
	const attributes: Record<string, AttributeValue> = {};
	for (const tag of Object.keys(item)) {
		const element = item[tag];
		if (element === undefined || keepingFor(tag, element) === undefined) continue;
		const value = element.vr === 'SQ' ? sequenceValue(item, tag, room, depth + 1) : textValue(item, tag);
		if (value === undefined) continue;
		attributes[tag] = value;
		if (!room.take(14 + (typeof value === 'string' ? value.length : 0))) return undefined;
	}
	return room.take(2) ? attributes : undefined;
};

/**
 * What is kept of a header, for each level as JSON, without the tags that have columns.
 *
 * @param hasColumn true for tags that are kept elsewhere
 */
export const attributesOf = (
	header: Dataset,
	hasColumn: (tag: string) => boolean,
): Readonly<Record<EntityLevel, string>> => {
	const found: Record<EntityLevel, Record<string, AttributeValue>> = { PATIENT: {}, STUDY: {}, SERIES: {}, IMAGE: {} };
	const room: Record<EntityLevel, Room> = {
		PATIENT: new Room(MAX_ATTRIBUTES),
		STUDY: new Room(MAX_ATTRIBUTES),
		SERIES: new Room(MAX_ATTRIBUTES),
		IMAGE: new Room(MAX_ATTRIBUTES),
	};
	for (const tag of Object.keys(header)) {
		const element = header[tag];
		if (element === undefined || hasColumn(tag)) continue;
		const keeping = keepingFor(tag, element);
		if (keeping === undefined) continue;
		const isSequence = element.vr === 'SQ';
		const value = isSequence ? sequenceValue(header, tag, new Room(MAX_SEQUENCE), 0) : textValue(header, tag);
		if (value === undefined) continue;
		const length = typeof value === 'string' ? value.length : JSON.stringify(value).length;
		if (room[keeping.level].take(length + 14)) found[keeping.level][tag] = value;
	}
	return {
		PATIENT: JSON.stringify(found.PATIENT),
		STUDY: JSON.stringify(found.STUDY),
		SERIES: JSON.stringify(found.SERIES),
		IMAGE: JSON.stringify(found.IMAGE),
	};
};

/** JSON that `attributesOf` made; whatever else it is, none. */
export const parsedAttributes = (json: string): Attributes => {
	if (json === '' || json === '{}') return NONE;
	try {
		return JSON.parse(json) as Attributes;
	} catch {
		return NONE;
	}
};

const NONE: Attributes = {};

const isSame = (some: AttributeValue, other: AttributeValue | undefined): boolean =>
	some === other ||
	(typeof some === 'object' &&
		typeof other === 'object' &&
		some !== null &&
		other !== null &&
		JSON.stringify(some) === JSON.stringify(other));

/** What an instance has otherwise than its series has in common. */
export const differing = (own: Attributes, common: Attributes): Attributes => {
	const result: Record<string, AttributeValue> = {};
	for (const tag of Object.keys(own)) {
		const value = own[tag];
		if (value !== undefined && !isSame(value, common[tag])) result[tag] = value;
	}
	for (const tag of Object.keys(common)) if (own[tag] === undefined) result[tag] = '';
	return result;
};

/** An attribute of an instance, given what differs. */
export const attributeIn = (tag: string, own: Attributes, common: Attributes): AttributeValue | undefined => {
	const value = own[tag];
	return value === undefined ? common[tag] : value;
};
