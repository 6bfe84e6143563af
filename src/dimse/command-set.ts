/** Command sets to bytes and back (PS3.7 6.3, Annex E): always implicit VR little endian, group 0000 only. */
import { LocalMisuse } from '../errors.ts';
import {
	COMMAND_ELEMENTS,
	type CommandElement,
	type CommandValues,
	LAYOUTS,
	type MessageType,
	NO_DATASET,
} from './command-elements.ts';
import { COMMAND_FIELDS, type KnownMessage, type Message } from './messages.ts';

/** No command set is longer than this; the longest that makes sense has about 600 bytes. */
export const MAX_COMMAND_BYTES = 65_536;

/** A command set that cannot be acted on, and what of it is needed to tell the peer or the user. */
export interface InvalidCommand {
	readonly type: 'invalid';
	/** What is wrong, in plain words, with the element as (0000,eeee). */
	readonly problem: string;
	readonly commandField?: number;
	readonly messageId?: number;
	readonly messageIdBeingRespondedTo?: number;
	readonly affectedSopClassUid?: string;
	readonly affectedSopInstanceUid?: string;
	/** The command set can be read, and is that of a known message but for this element (8 hex digits). */
	readonly lacking?: { readonly element: string; readonly isEmpty: boolean; readonly hasDataset: boolean };
}

const WITH_DATASET = 0x0001;
const BY_ELEMENT: ReadonlyMap<number, CommandElement> = new Map(COMMAND_ELEMENTS.map((e) => [e.element, e]));
const ELEMENT_OF: ReadonlyMap<string, number> = new Map(COMMAND_ELEMENTS.map((e) => [e.field, e.element]));
const TYPE_OF: ReadonlyMap<number, KnownMessage['type']> = new Map(
	Object.entries(COMMAND_FIELDS).map(([type, field]) => [field, type as KnownMessage['type']]),
);
const COUNTERS = 0x1020;

/**
 * Encodes a command set: group length first, elements in the order of their tags, every length even (PS3.7 6.3.1).
 *
 * @param message counters over 65535 are sent as 65535; an error comment is brought to the 64 characters of ASCII it may have; an empty
 *   string is left out.
 * @throws {LocalMisuse} for a number that does not fit 16 bits, an AE title over 16 characters or an offending element that is not 8 hex digits.
 */
export const encodeCommand = (message: Message): Uint8Array => {
	const values: CommandValues = {
		...message,
		commandField: message.type === 'unknown' ? message.commandField : COMMAND_FIELDS[message.type],
		commandDataSetType: message.hasDataset ? WITH_DATASET : NO_DATASET,
	};
	const encoded: { element: number; value: Uint8Array }[] = [];
	let groupLength = 0;
	for (const element of COMMAND_ELEMENTS) {
		if (values[element.field] === undefined) continue;
		const value = encodeValue(element, values);
		if (value.length === 0) continue;
		encoded.push({ element: element.element, value });
		groupLength += 8 + value.length;
	}
	const bytes = new Uint8Array(12 + groupLength);
	const view = new DataView(bytes.buffer);
	view.setUint32(4, 4, true);
	view.setUint32(8, groupLength, true);
	let offset = 12;
	for (const { element, value } of encoded) {
		view.setUint16(offset + 2, element, true);
		view.setUint32(offset + 4, value.length, true);
		bytes.set(value, offset + 8);
		offset += 8 + value.length;
	}
	return bytes;
};

const encodeValue = (element: CommandElement, values: CommandValues): Uint8Array => {
	switch (element.vr) {
		case 'US': {
			const value = values[element.field];
			if (value === undefined) return EMPTY;
			const isCounter = (element.element & 0xfff0) === COUNTERS;
			return uint16(isCounter ? Math.min(value, 0xffff) : value, element.field);
		}
		case 'UI':
			return text(values[element.field] ?? '', 0x00);
		case 'AE': {
			const title = values[element.field] ?? '';
			if (title.length > 16) throw new LocalMisuse(`${element.field} "${title}" has more than 16 characters`);
			return text(title, 0x20);
		}
		case 'LO':
			return text(sendableComment(values[element.field] ?? ''), 0x20);
		case 'AT':
			return tags(values[element.field] ?? []);
	}
};

const EMPTY = new Uint8Array(0);

const uint16 = (value: number, field: string): Uint8Array => {
	if (!Number.isInteger(value) || value < 0 || value > 0xffff)
		throw new LocalMisuse(`${field} ${value} does not fit 16 bits`);
	return Uint8Array.of(value & 0xff, value >> 8);
};

const text = (value: string, padding: number): Uint8Array => {
	const bytes = new Uint8Array(value.length + (value.length & 1)).fill(padding);
	for (let i = 0; i < value.length; i++) bytes[i] = value.charCodeAt(i);
	return bytes;
};

const tags = (elements: readonly string[]): Uint8Array => {
	const bytes = new Uint8Array(4 * elements.length);
	const view = new DataView(bytes.buffer);
	for (const [i, element] of elements.entries()) {
		if (!/^[0-9A-Fa-f]{8}$/.test(element)) throw new LocalMisuse(`offending element "${element}" is not 8 hex digits`);
		view.setUint16(4 * i, Number.parseInt(element.slice(0, 4), 16), true);
		view.setUint16(4 * i + 2, Number.parseInt(element.slice(4), 16), true);
	}
	return bytes;
};

// LO: 64 characters at most, no backslash and no control characters (PS3.5 6.2); a command set cannot say its character set.
const sendableComment = (comment: string): string =>
	comment
		.replaceAll('\\', '/')
		.replaceAll(/[^\x20-\x7e]/gu, (c) => (c < ' ' ? ' ' : '?'))
		.slice(0, 64)
		.trim();

/**
 * Decodes a command set. Never throws, and takes every length for what the bytes are worth.
 *
 * Taken as they come: elements out of order, odd lengths, a missing or wrong group length, elements of no interest, trailing zeros; of
 * an element that is there twice the first counts; an optional element of the wrong length, or of none, is as good as absent.
 *
 * @param bytes one whole command set; nothing of it is kept.
 */
export const decodeCommand = (bytes: Uint8Array): Message | InvalidCommand => {
	if (bytes.length > MAX_COMMAND_BYTES)
		return { type: 'invalid', problem: `a command set of ${bytes.length} bytes; ${MAX_COMMAND_BYTES} is the most` };
	const { values, unreadable, empty, problem } = readElements(bytes);
	const invalid = (what: string): InvalidCommand => ({ type: 'invalid', problem: what, ...idsOf(values) });
	if (problem !== undefined) return invalid(problem);
	const lacks = (field: string): InvalidCommand => {
		const tag = tagText(ELEMENT_OF.get(field) ?? 0);
		const length = unreadable.get(field);
		return invalid(length === undefined ? `no ${tag} ${field}` : `${tag} ${field} has a length of ${length}`);
	};
	if (values.commandField === undefined) return lacks('commandField');
	if (values.commandDataSetType === undefined) return lacks('commandDataSetType');
	const hasDataset = values.commandDataSetType !== NO_DATASET;
	const type: MessageType = TYPE_OF.get(values.commandField) ?? 'unknown';
	const message: Record<string, unknown> = { type };
	if (type === 'unknown') message['commandField'] = values.commandField;
	for (const field of LAYOUTS[type].mandatory) {
		if (field === 'priority') message[field] = priorityOf(values[field]);
		else if (values[field] !== undefined) message[field] = values[field];
		else
			return {
				...lacks(field),
				lacking: { element: `0000${hex(ELEMENT_OF.get(field) ?? 0)}`, isEmpty: empty.has(field), hasDataset },
			};
	}
	for (const field of LAYOUTS[type].optional) if (values[field] !== undefined) message[field] = values[field];
	message['hasDataset'] = hasDataset;
	return message as unknown as Message; // LAYOUTS says of each type what it has, and is checked against Message
};

/** Priority is a wish; one that the standard does not know, or that is not said, is medium. */
const priorityOf = (value: number | undefined): number => (value !== undefined && value <= 2 ? value : 0);

const IDS = [
	'commandField',
	'messageId',
	'messageIdBeingRespondedTo',
	'affectedSopClassUid',
	'affectedSopInstanceUid',
] as const;

const idsOf = (values: CommandValues): Pick<InvalidCommand, (typeof IDS)[number]> =>
	Object.fromEntries(IDS.flatMap((field) => (values[field] === undefined ? [] : [[field, values[field]]])));

/** What can be read, the lengths of elements that cannot, those without a value, and what makes it no sequence of elements at all. */
interface Elements {
	readonly values: CommandValues;
	readonly unreadable: ReadonlyMap<string, number>;
	readonly empty: ReadonlySet<string>;
	readonly problem?: string;
}

const readElements = (bytes: Uint8Array): Elements => {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const values: CommandValues = {};
	const unreadable = new Map<string, number>();
	const empty = new Set<string>();
	const seen = new Set<number>();
	let offset = 0;
	while (bytes.length - offset >= 8) {
		const group = view.getUint16(offset, true);
		const elementNumber = view.getUint16(offset + 2, true);
		const length = view.getUint32(offset + 4, true);
		offset += 8;
		const left = bytes.length - offset;
		if (length > left) {
			const problem = `${tagText(elementNumber, group)} claims ${length} bytes, ${left} are left`;
			return { values, unreadable, empty, problem };
		}
		const element = group === 0 ? BY_ELEMENT.get(elementNumber) : undefined;
		if (element !== undefined && !seen.has(elementNumber)) {
			seen.add(elementNumber);
			const isRead = decodeValue(element, bytes.subarray(offset, offset + length), values);
			if (!isRead && length > 0) unreadable.set(element.field, length);
			else if (values[element.field] === undefined) empty.add(element.field);
		}
		offset += length;
	}
	if (bytes.subarray(offset).some((byte) => byte !== 0))
		return { values, unreadable, empty, problem: `${bytes.length - offset} bytes after the last element` };
	return { values, unreadable, empty };
};

/** @returns false where the length is not one that the VR can have; no value is no error and leaves `values` alone. */
const decodeValue = (element: CommandElement, bytes: Uint8Array, values: CommandValues): boolean => {
	switch (element.vr) {
		case 'US':
			if (bytes.length !== 2) return false;
			values[element.field] = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
			return true;
		case 'AT': {
			if (bytes.length === 0 || bytes.length % 4 !== 0) return false;
			values[element.field] = Array.from({ length: bytes.length / 4 }, (_, i) => tagAt(bytes, 4 * i));
			return true;
		}
		default: {
			const value = textOf(bytes);
			if (value !== '') values[element.field] = value;
			return true;
		}
	}
};

const hex = (value: number, digits = 4): string => value.toString(16).padStart(digits, '0').toUpperCase();
const tagText = (element: number, group = 0): string => `(${hex(group)},${hex(element)})`;
const tagAt = (bytes: Uint8Array, at: number): string => [1, 0, 3, 2].map((i) => hex(bytes[at + i] ?? 0, 2)).join('');

const UTF8 = new TextDecoder('utf-8', { fatal: true });

// Spaces around and NULs after a value mean nothing. A command set has no character set: beyond ASCII, UTF-8 is the likeliest, else Latin-1.
const textOf = (bytes: Uint8Array): string => {
	let start = 0;
	let end = bytes.length;
	while (end > start && (bytes[end - 1] === 0x00 || bytes[end - 1] === 0x20)) end--;
	while (start < end && bytes[start] === 0x20) start++;
	const text = bytes.subarray(start, end);
	try {
		return UTF8.decode(text);
	} catch {
		return Array.from(text, (byte) => String.fromCharCode(byte)).join('');
	}
};
