/** Traces without patients: values are replaced by tokens that stay the same within a trace, messages are encoded anew. */
import { createHash } from 'node:crypto';
import { joined } from '../association/incoming.ts';
import type { TraceEvent } from '../association/trace.ts';
import { type Dataset, type Element, isItem, stringsOf, type Value } from '../dicom/dataset.ts';
import { decodeDataset } from '../dicom/decode.ts';
import { encodeDataset } from '../dicom/encode.ts';
import { HeaderReader } from '../dicom/header-reader.ts';
import { TAG } from '../dicom/tags.ts';
import { IMPLICIT_LITTLE, transferSyntax } from '../dicom/transfer-syntaxes.ts';
import { uidInfo } from '../dicom/uids.ts';
import { encodeCommand } from '../dimse/command-set.ts';
import { fragmentCapacity, P_DATA_HEADER_BYTES, writeDatasetHeader } from '../dimse/fragmenter.ts';
import type { Message } from '../dimse/messages.ts';
import { decodePdu, encodePdu, type Pdv, type UserInformation } from '../upper-layer/pdu/index.ts';
import { Agreement, CarriedMessages, type MessageEvent, type PduEvent } from './messages.ts';

const P_DATA_TF = 0x04;

const HEADER_LENGTH = 6;
/** The sub-item of the answer to a user identity (PS3.7 D.3.3.7.2). */
const IDENTITY_RESPONSE = 0x59;

/** Blanks the user identity of an A-ASSOCIATE-RQ, and what an AC answers to it: passwords and tickets have no place in any trace. */
export const withoutIdentity = (event: TraceEvent): TraceEvent => {
	if (event.event !== 'pdu' || (event.bytes[0] !== 0x01 && event.bytes[0] !== 0x02)) return event;
	try {
		const pdu = decodePdu(event.bytes);
		if (pdu.type !== 'A-ASSOCIATE-RQ' && pdu.type !== 'A-ASSOCIATE-AC') return event;
		const { userIdentity, userIdentityResponse, ...more } = pdu.userInformation;
		if (userIdentity === undefined && userIdentityResponse === undefined) return event;
		const userInformation: UserInformation = {
			...more,
			...(userIdentity === undefined
				? {}
				: {
						userIdentity: {
							...userIdentity,
							primaryField: blank(userIdentity.primaryField),
							secondaryField: blank(userIdentity.secondaryField),
						},
					}),
			...(userIdentityResponse === undefined ? {} : { userIdentityResponse: blank(userIdentityResponse) }),
		};
		return { ...event, bytes: encodePdu({ ...pdu, userInformation }) };
	} catch {
		// What cannot be read cannot be trusted to hold none; an answer without such a byte does hold none.
		const { bytes } = event;
		if (bytes[0] === 0x02 && !bytes.includes(IDENTITY_RESPONSE, HEADER_LENGTH)) return event;
		return { ...event, bytes: bytes.slice(0, HEADER_LENGTH) };
	}
};

const blank = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.length).fill(0x2a);

/** Of what is no PDU of the standard nobody knows what it holds: its header stays. */
const withoutUnknown = (event: PduEvent): PduEvent => {
	try {
		decodePdu(event.bytes);
		return event;
	} catch {
		const bytes = new Uint8Array(event.bytes.length);
		bytes.set(event.bytes.subarray(0, HEADER_LENGTH));
		return { ...event, bytes };
	}
};

/** The replacement of values, for one trace: the same value has the same token. @param salt unknown to who reads the trace */
export class Redaction {
	readonly #salt: string;

	constructor(salt: string) {
		this.#salt = salt;
	}

	dataset(dataset: Dataset): Dataset {
		const redacted: Record<string, Element> = {};
		for (const [tag, element] of Object.entries(dataset)) {
			const kept = this.#element(tag, element, dataset);
			if (kept !== undefined) redacted[tag] = kept;
		}
		// Tokens are ASCII, and so is everything that is kept.
		if (redacted[TAG.SpecificCharacterSet] !== undefined)
			redacted[TAG.SpecificCharacterSet] = { vr: 'CS', Value: [...(dataset[TAG.SpecificCharacterSet]?.Value ?? [])] };
		return redacted;
	}

	message(message: Message): Message {
		const redacted: Record<string, unknown> = { ...message };
		if ('affectedSopInstanceUid' in message && message.affectedSopInstanceUid !== undefined)
			redacted['affectedSopInstanceUid'] = this.uid(message.affectedSopInstanceUid);
		// Peers quote values in it.
		if ('errorComment' in message && message.errorComment !== undefined)
			redacted['errorComment'] = this.#text('T', message.errorComment);
		return redacted as unknown as Message;
	}

	/** Those of PS3.6 stay; any other becomes one of 2.25 of the same length, as far as that goes. */
	uid(uid: string): string {
		if (uid === '' || uidInfo(uid) !== undefined || !/^[\d.]{1,64}$/.test(uid)) return uid === '' ? '' : known(uid);
		const digits = BigInt(`0x${this.#hash(uid).slice(0, 32)}`).toString();
		return `2.25.${digits.replace(/^0+/, '')}`.slice(0, Math.max(uid.length, 12)).replace(/\.$/, '1');
	}

	#element(tag: string, element: Element, dataset: Dataset): Element | undefined {
		const isPrivate = Number.parseInt(tag.slice(0, 4), 16) % 2 === 1;
		if (isPrivate) return undefined;
		const { vr } = element;
		if (vr === 'SQ')
			return { vr, Value: element.Value.map((item) => (isItem('SQ', item) ? this.dataset(item) : item)) };
		const values = (replaced: (text: string) => Value): Element => ({
			vr,
			Value: stringsOf(dataset, tag).map(replaced),
		});
		const ofPatient = tag.startsWith('0010');
		if (vr === 'UI') return values((uid) => this.uid(uid));
		if (vr === 'PN') return values((name) => (name === '' ? null : { Alphabetic: this.#text('P', name) }));
		if (vr === 'AE' || KEPT.has(tag) || (vr === 'CS' && !ofPatient)) return values((text) => text || null);
		if (vr === 'DA' && !ofPatient) return values((text) => text || null);
		if (vr === 'TM' && !ofPatient) return values((text) => text || null);
		if (vr === 'DA') return values((text) => (text === '' ? null : '19000101'));
		if (NUMBERS.has(vr) && !ofPatient) return element;
		if (TOKENS.has(vr)) return values((text) => (text === '' ? null : this.#text('T', text)));
		return { vr, Value: [] };
	}

	/** The wildcards and their places are what a query is about: they stay. */
	#text(kind: 'P' | 'T', text: string): string {
		return text
			.split(/([*?\\^=]+)/)
			.map((part, index) => (index % 2 === 1 || part === '' ? part : `${kind}-${this.#hash(part.trim()).slice(0, 6)}`))
			.join('')
			.slice(0, 16);
	}

	#hash(text: string): string {
		return createHash('sha256').update(this.#salt).update('\0').update(text).digest('hex');
	}
}

/** A UID of PS3.6, or what is none at all and so could be anything. */
const known = (uid: string): string => (uidInfo(uid) === undefined ? '2.25.0' : uid);

/** Of a VR whose values are replaced, and yet nobody's: what a query asks for, the level, the zone. */
const KEPT: ReadonlySet<string> = new Set([TAG.SpecificCharacterSet, TAG.QueryRetrieveLevel, '00080201']);
/** Short enough for a token of eight characters. */
const TOKENS: ReadonlySet<string> = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC']);
const NUMBERS: ReadonlySet<string> = new Set(['IS', 'US', 'SS', 'UL', 'SL', 'AT', 'DS', 'FL', 'FD']);

type ClosedEvent = Extract<TraceEvent, { readonly event: 'closed' }>;

interface Direction {
	readonly carried: CarriedMessages;
	message: { readonly contextId: number; readonly message: Message } | undefined;
	parts: Uint8Array[];
	header: HeaderReader | undefined;
	isCut: boolean;
}

const newDirection = (): Direction => ({
	carried: new CarriedMessages(),
	message: undefined,
	parts: [],
	header: undefined,
	isCut: false,
});

/**
 * Events to events without patients. Messages stay where they are and when they were. P-DATA-TF PDUs are laid out anew, each command set and
 * dataset where its last fragment was; of the dataset of a C-STORE the header is left, of an identifier that was not recorded whole nothing.
 */
export const redacted = (salt: string): ((event: TraceEvent) => readonly TraceEvent[]) => {
	const redaction = new Redaction(salt);
	const associations = new Map<number, { agreement: Agreement; sent: Direction; received: Direction }>();
	return (event) => {
		if (event.event === 'message') return [withoutValues(event, redaction)];
		if (event.event === 'closed') return [withoutBytes(event)];
		if (event.event !== 'pdu') return [event];
		let known = associations.get(event.association);
		if (known === undefined) {
			known = { agreement: new Agreement(), sent: newDirection(), received: newDirection() };
			associations.set(event.association, known);
		}
		known.agreement.push(event);
		if (event.bytes[0] !== P_DATA_TF) return [withoutIdentity(withoutUnknown(event))];
		return rebuilt(event, known.agreement, known[event.direction], redaction);
	};
};

/** What a peer says that speaks something else may be anything. */
const withoutBytes = (event: ClosedEvent): ClosedEvent => {
	const { failure } = event;
	if (failure?.blame !== 'protocol' || failure.firstBytes === undefined) return event;
	return { ...event, failure: { ...failure, firstBytes: failure.firstBytes.slice(0, HEADER_LENGTH) } };
};

const withoutValues = (event: MessageEvent, redaction: Redaction): MessageEvent => {
	const { identifier, ...told } = event;
	const message = redaction.message(event.message);
	if (identifier === undefined || message.type === 'C-STORE-RQ') return { ...told, message };
	const { transferSyntax: syntax } = event;
	return {
		...told,
		message,
		identifier: encodedAnew(() => decodeDataset(identifier, syntax).dataset, redaction, syntax),
	};
};

/** A PDU for each of an instance, so that none is missed by who looks at the times. */
const rebuilt = (event: PduEvent, agreement: Agreement, direction: Direction, redaction: Redaction): PduEvent[] => {
	const pdvs: Pdv[] = [];
	for (const one of direction.carried.push(event)) {
		const { contextId } = one;
		const syntax = agreement.contexts.get(contextId)?.transferSyntax ?? IMPLICIT_LITTLE;
		if (one.type === 'command') {
			const { message } = one;
			const waiting = message.hasDataset ? one : undefined;
			Object.assign(direction, { message: waiting, parts: [], header: undefined, isCut: false });
			if (message.hasDataset && message.type === 'C-STORE-RQ')
				direction.header = new HeaderReader({ transferSyntaxUid: transferSyntax(syntax)?.uid ?? IMPLICIT_LITTLE });
			pdvs.push(...pdvsOf(contextId, true, encodeCommand(redaction.message(message))));
			continue;
		}
		direction.isCut ||= one.isCut;
		if (!direction.isCut) {
			if (direction.header === undefined) direction.parts.push(one.bytes);
			else direction.header.push(one.bytes);
		}
		if (!one.isLast || direction.message === undefined) continue;
		const dataset = encodedAnew(() => datasetOf(direction, syntax), redaction, syntax);
		pdvs.push(...pdvsOf(contextId, false, dataset));
		direction.message = undefined;
	}
	const { message, header } = direction;
	if (pdvs.length > 0 || message === undefined || header === undefined) return pdusOf(event, pdvs);
	return withoutData(event, message.contextId);
};

/** In the middle of an instance: what the recorder keeps of a PDU that it cuts right behind the header of its PDV. */
const withoutData = (event: PduEvent, contextId: number): PduEvent[] => {
	const bytes = new Uint8Array(P_DATA_HEADER_BYTES);
	if (event.length <= bytes.length) return [];
	writeDatasetHeader(bytes, contextId, event.length - bytes.length, false);
	return [{ ...event, bytes }];
};

const LONGEST_FRAGMENT = fragmentCapacity(0);

/** A whole command set or dataset in fragments of even length. */
const pdvsOf = (contextId: number, isCommand: boolean, stream: Uint8Array): Pdv[] => {
	const bytes = stream.length % 2 === 0 ? stream : joined([stream, new Uint8Array(1)]);
	const count = Math.max(1, Math.ceil(bytes.length / LONGEST_FRAGMENT));
	return Array.from({ length: count }, (_, index) => ({
		contextId,
		isCommand,
		isLast: index === count - 1,
		bytes: bytes.subarray(index * LONGEST_FRAGMENT, (index + 1) * LONGEST_FRAGMENT),
	}));
};

const datasetOf = ({ header, parts, isCut }: Direction, syntax: string): Dataset => {
	if (header !== undefined) return header.dataset;
	return isCut ? {} : decodeDataset(Buffer.concat(parts), syntax).dataset;
};

const encodedAnew = (dataset: () => Dataset, redaction: Redaction, syntax: string): Uint8Array => {
	try {
		return encodeDataset(redaction.dataset(dataset()), syntax);
	} catch {
		return new Uint8Array(); // something in it cannot be written: better nothing than what it was
	}
};

/** One, where one holds them. */
const pdusOf = (event: PduEvent, pdvs: readonly Pdv[]): PduEvent[] => {
	const isOne = pdvs.reduce((sum, { bytes }) => sum + bytes.length, 0) <= LONGEST_FRAGMENT;
	const pdus = pdvs.length === 0 ? [] : isOne ? [pdvs] : pdvs.map((pdv) => [pdv]);
	return pdus.map((some) => {
		const bytes = encodePdu({ type: 'P-DATA-TF', pdvs: some });
		return { ...event, bytes, length: bytes.length };
	});
};
