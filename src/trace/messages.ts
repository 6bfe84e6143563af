/** From the PDUs of a recorded association to the messages they carry, as the association itself would have told them. */
import { joined } from '../association/incoming.ts';
import type { TraceEvent } from '../association/trace.ts';
import { Assembler } from '../dimse/assembler.ts';
import type { Message } from '../dimse/messages.ts';
import { acceptedContexts } from '../upper-layer/negotiation.ts';
import { type AssociateRq, decodePdu } from '../upper-layer/pdu/index.ts';
import { PduDecoder } from '../upper-layer/pdu-decoder.ts';

export type PduEvent = Extract<TraceEvent, { readonly event: 'pdu' }>;
export type MessageEvent = Extract<TraceEvent, { readonly event: 'message' }>;

const P_DATA_TF = 0x04;
const ZEROS = new Uint8Array(65_536);

/** A stretch of a dataset, or a whole command set. `isCut` from where on the recorder kept nothing of the PDU. */
export type Carried =
	| { readonly type: 'command'; readonly contextId: number; readonly message: Message }
	| {
			readonly type: 'data';
			readonly contextId: number;
			readonly bytes: Uint8Array;
			readonly isLast: boolean;
			readonly isCut: boolean;
	  };

/** One direction of one association: P-DATA-TF PDUs, perhaps cut by the recorder, to what they carry. */
export class CarriedMessages {
	readonly #decoder = new PduDecoder(0);
	readonly #assembler = new Assembler();

	push({ bytes, length }: Pick<PduEvent, 'bytes' | 'length'>): Carried[] {
		const carried = this.#push(bytes, false);
		// What the recorder left out is stood in for, so that the next PDU is found where it begins.
		for (let missing = length - bytes.length; missing > 0; missing -= ZEROS.length)
			carried.push(...this.#push(ZEROS.subarray(0, missing), true));
		return carried;
	}

	#push(bytes: Uint8Array, isCut: boolean): Carried[] {
		const carried: Carried[] = [];
		for (const item of this.#decoder.push(bytes))
			if (item.type === 'P-DATA')
				for (const one of this.#assembler.push(item.fragment))
					if (one.type === 'command') carried.push(one);
					else if (one.type === 'data') carried.push({ ...one, isCut });
		return carried;
	}
}

/** What a recorded association has agreed on, from its A-ASSOCIATE PDUs. */
export class Agreement {
	#request: AssociateRq | undefined;
	readonly contexts = new Map<number, { readonly abstractSyntax: string; readonly transferSyntax: string }>();

	push({ bytes }: Pick<PduEvent, 'bytes'>): void {
		if (bytes[0] !== 0x01 && bytes[0] !== 0x02) return;
		try {
			const pdu = decodePdu(bytes);
			if (pdu.type === 'A-ASSOCIATE-RQ') this.#request = pdu;
			else if (pdu.type === 'A-ASSOCIATE-AC' && this.#request !== undefined)
				for (const context of acceptedContexts(this.#request, pdu).accepted) this.contexts.set(context.id, context);
		} catch {
			// It is shown as malformed where PDUs are shown.
		}
	}
}

/** The longest identifier that is put together again. */
const MAX_IDENTIFIER_BYTES = 16_777_216;

interface Direction {
	readonly carried: CarriedMessages;
	/** A message whose identifier is still coming. */
	waiting: { readonly event: MessageEvent; readonly parts: Uint8Array[]; isWhole: boolean } | undefined;
}

/** Events without messages, as they come from a pcap file, to events with them: each message follows the PDU that completes it. */
export const withMessages = (): ((event: TraceEvent) => readonly TraceEvent[]) => {
	const associations = new Map<number, { agreement: Agreement; sent: Direction; received: Direction }>();
	return (event) => {
		if (event.event === 'message') return [];
		if (event.event !== 'pdu') return [event];
		let known = associations.get(event.association);
		if (known === undefined || event.bytes[0] === 0x01) {
			const direction = (): Direction => ({ carried: new CarriedMessages(), waiting: undefined });
			known = { agreement: new Agreement(), sent: direction(), received: direction() };
			associations.set(event.association, known);
		}
		known.agreement.push(event);
		if (event.bytes[0] !== P_DATA_TF) return [event];
		return [event, ...messagesOf(event, known.agreement, known[event.direction])];
	};
};

const messagesOf = (event: PduEvent, agreement: Agreement, direction: Direction): MessageEvent[] => {
	const messages: MessageEvent[] = [];
	for (const one of direction.carried.push(event)) {
		if (one.type === 'command') {
			const { abstractSyntax, transferSyntax } = agreement.contexts.get(one.contextId) ?? UNKNOWN_CONTEXT;
			const { at, association, direction: way } = event;
			const { contextId, message } = one;
			const told = {
				at,
				association,
				event: 'message',
				direction: way,
				contextId,
				abstractSyntax,
				transferSyntax,
				message,
			} as const;
			const hasIdentifier = message.hasDataset && message.type !== 'C-STORE-RQ';
			if (hasIdentifier) direction.waiting = { event: told, parts: [], isWhole: true };
			else messages.push(told);
		} else if (direction.waiting !== undefined) {
			const { waiting } = direction;
			waiting.isWhole &&= !one.isCut && sum(waiting.parts) + one.bytes.length <= MAX_IDENTIFIER_BYTES;
			if (waiting.isWhole) waiting.parts.push(one.bytes);
			if (!one.isLast) continue;
			direction.waiting = undefined;
			const { at } = event;
			messages.push({ ...waiting.event, at, ...(waiting.isWhole ? { identifier: joined(waiting.parts) } : {}) });
		}
	}
	return messages;
};

const UNKNOWN_CONTEXT = { abstractSyntax: '', transferSyntax: '1.2.840.10008.1.2' };

const sum = (parts: readonly Uint8Array[]): number => parts.reduce((total, { length }) => total + length, 0);
