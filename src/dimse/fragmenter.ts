/** Lays messages out as P-DATA-TF PDUs within the peer's maximum (PS3.8 9.3.5, Annex D.1, E). */

/** Before the bytes of a fragment: PDU type, reserved, PDU length (4); PDV length (4), context ID, message control header. */
export const P_DATA_HEADER_BYTES = 12;

/** The longest PDU body sent, also to a peer that takes any; longer ones gain nothing. */
const LONGEST_PDU = 131_072;
const PDU_HEADER_BYTES = 6;
const PDV_HEADER_BYTES = 6;
const SHORTEST_FRAGMENT = 2;
const P_DATA_TF = 0x04;
const COMMAND = 0x01;
const LAST = 0x02;

/**
 * The biggest even fragment that fits a PDU of its own.
 *
 * @param maximumLength the peer's Maximum Length Received (PS3.8 D.1): bytes of PDU after the 6-byte header, 0 for no limit. Under 8 no
 *   fragment fits at all; it is then taken as 8.
 * @returns 2 to 131066
 */
export const fragmentCapacity = (maximumLength: number): number =>
	Math.max(even(pduBodyBytes(maximumLength) - PDV_HEADER_BYTES), SHORTEST_FRAGMENT);

/** Writes the 12 bytes before a dataset fragment that has a PDU of its own, for who sends a dataset without holding it whole. */
export const writeDatasetHeader = (
	target: Uint8Array,
	contextId: number,
	fragmentBytes: number,
	isLast: boolean,
): void => {
	const view = viewOf(target);
	writePduHeader(view, 0, PDV_HEADER_BYTES + fragmentBytes);
	writePdvHeader(view, PDU_HEADER_BYTES, contextId, isLast ? LAST : 0, fragmentBytes);
};

/**
 * Lays a whole message out as PDUs: the command's fragments, then the dataset's, the first of which shares the command's last PDU where
 * it fits. Every fragment has an even number of bytes; a dataset of odd length gets a trailing NUL.
 *
 * @param command as `encodeCommand` makes it
 * @param dataset nothing for a message without one; an empty one is sent as an empty last fragment
 * @param maximumLength as in `fragmentCapacity`
 * @returns whole PDUs, one after the other, in one buffer that is the caller's
 */
export const fragmentMessage = (
	contextId: number,
	command: Uint8Array,
	dataset: Uint8Array | undefined,
	maximumLength: number,
): Uint8Array => {
	const pdus = layOut(command, dataset, Math.max(pduBodyBytes(maximumLength), PDV_HEADER_BYTES + SHORTEST_FRAGMENT));
	const bytes = new Uint8Array(pdus.reduce((sum, pdu) => sum + PDU_HEADER_BYTES + bodyBytes(pdu), 0));
	const view = viewOf(bytes);
	let offset = 0;
	for (const pdu of pdus) {
		writePduHeader(view, offset, bodyBytes(pdu));
		offset += PDU_HEADER_BYTES;
		for (const { control, source, length } of pdu) {
			writePdvHeader(view, offset, contextId, control, length);
			bytes.set(source, offset + PDV_HEADER_BYTES);
			offset += PDV_HEADER_BYTES + length;
		}
	}
	return bytes;
};

/** One PDV: `length` is `source.length`, or one more where the source ends odd. */
interface Part {
	readonly control: number;
	readonly source: Uint8Array;
	readonly length: number;
}

const layOut = (command: Uint8Array, dataset: Uint8Array | undefined, longest: number): Part[][] => {
	const pdus: Part[][] = [];
	let room = 0;
	for (const [stream, kind] of [
		[command, COMMAND],
		[dataset, 0],
	] as const) {
		if (stream === undefined) continue;
		let offset = 0;
		do {
			const isEmpty = stream.length === 0;
			if (room < PDV_HEADER_BYTES + (isEmpty ? 0 : SHORTEST_FRAGMENT)) {
				pdus.push([]);
				room = longest;
			}
			const end = Math.min(offset + even(room - PDV_HEADER_BYTES), stream.length);
			const source = stream.subarray(offset, end);
			const length = source.length + (source.length & 1);
			pdus.at(-1)?.push({ control: end === stream.length ? kind | LAST : kind, source, length });
			room -= PDV_HEADER_BYTES + length;
			offset = end;
		} while (offset < stream.length);
	}
	return pdus;
};

const bodyBytes = (pdu: readonly Part[]): number => pdu.reduce((sum, { length }) => sum + PDV_HEADER_BYTES + length, 0);

const pduBodyBytes = (maximumLength: number): number =>
	maximumLength === 0 ? LONGEST_PDU : Math.min(maximumLength, LONGEST_PDU);

const even = (length: number): number => length - (length % 2);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const writePduHeader = (view: DataView, offset: number, pduLength: number): void => {
	view.setUint8(offset, P_DATA_TF);
	view.setUint8(offset + 1, 0);
	view.setUint32(offset + 2, pduLength);
};

const writePdvHeader = (view: DataView, offset: number, contextId: number, control: number, length: number): void => {
	view.setUint32(offset, length + 2);
	view.setUint8(offset + 4, contextId);
	view.setUint8(offset + 5, control);
};
