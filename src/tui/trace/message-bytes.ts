/** Which bytes on the wire are a message's own: PDUs carry stretches of it, and one PDU may carry several messages. */
import { decodeCommand, encodeCommand } from '../../dimse/command-set.ts';
import type { MessageEvent, PduEvent } from '../../trace/messages.ts';

/** A PDV, or what was recorded of it. */
export interface Stretch {
	readonly pdu: PduEvent;
	/** Of its header and of its fragment in the PDU, and where it ends there. */
	readonly from: number;
	readonly fragmentFrom: number;
	readonly to: number;
	readonly isCommand: boolean;
}

/** A PDU and its number among the events. */
export type Numbered = readonly [index: number, pdu: PduEvent];

interface WireMessage {
	readonly index: number;
	readonly stretches: Stretch[];
	isCommandOver: boolean;
}

const PDU_HEADER = 6;
const PDV_HEADER = 6;
const COMMAND = 0x01;
const LAST = 0x02;

/**
 * The PDVs of a message that was told as event `index`: those before it where it was received, after it where it was sent.
 *
 * @param pdus P-DATA-TF of its association and direction, in their order
 */
export const stretchesOf = (event: MessageEvent, index: number, pdus: readonly Numbered[]): readonly Stretch[] => {
	const isSent = event.direction === 'sent';
	const messages = wireMessages(pdus).filter((one) => (isSent ? one.index > index : one.index < index));
	const nearest = isSent ? messages : messages.reverse();
	const command = normal(event.message);
	const same = nearest.filter(({ stretches }) => {
		const message = decodeCommand(fragments(stretches, true));
		return 'type' in message && message.type === event.message.type && isEqual(normal(message), command);
	});
	const { identifier } = event;
	const exact = same.find(
		({ stretches }) => identifier === undefined || isEqual(fragments(stretches, false), identifier),
	);
	return (exact ?? same[0])?.stretches ?? [];
};

const wireMessages = (pdus: readonly Numbered[]): WireMessage[] => {
	const messages: WireMessage[] = [];
	for (const [index, pdu] of pdus)
		for (const { isLast, ...stretch } of stretchesIn(pdu)) {
			const current = messages.at(-1);
			if (stretch.isCommand && (current === undefined || current.isCommandOver))
				messages.push({ index, stretches: [stretch], isCommandOver: isLast });
			else if (current !== undefined) {
				current.stretches.push(stretch);
				if (stretch.isCommand) current.isCommandOver = isLast;
			}
		}
	return messages;
};

const stretchesIn = (pdu: PduEvent): readonly (Stretch & { readonly isLast: boolean })[] => {
	const { bytes } = pdu;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const stretches = [];
	for (let from = PDU_HEADER; from + PDV_HEADER <= bytes.length; ) {
		const control = view.getUint8(from + 5);
		const to = from + 4 + Math.max(2, view.getUint32(from));
		const isCommand = (control & COMMAND) !== 0;
		stretches.push({
			...{ pdu, from, fragmentFrom: from + PDV_HEADER, to, isCommand },
			isLast: (control & LAST) !== 0,
		});
		from = to;
	}
	return stretches;
};

/** The command set or the dataset, as far as it was recorded. */
export const fragments = (stretches: readonly Stretch[], isCommand: boolean): Uint8Array =>
	Buffer.concat(
		stretches
			.filter((one) => one.isCommand === isCommand)
			.map(({ pdu, fragmentFrom, to }) => pdu.bytes.subarray(fragmentFrom, to)),
	);

/** In one spelling, however the peer spelled it. */
const normal = (message: MessageEvent['message']): Uint8Array =>
	message.type === 'unknown' ? new Uint8Array(0) : encodeCommand(message);

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
