/** P-DATA-TF PDU (PS3.8 9.3.5) and its presentation data values, whole; bytes from a peer stream through pdu-decoder.ts instead. */
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { PDV_HEADER_LENGTH } from './limits.ts';
import { invalidValue } from './pdu-error.ts';

/** One presentation data value: a fragment of a message's command set or dataset. `bytes` is a view when decoded. */
export interface Pdv {
	readonly contextId: number;
	readonly isCommand: boolean;
	readonly isLast: boolean;
	readonly bytes: Uint8Array;
}

export interface PDataTf {
	readonly type: 'P-DATA-TF';
	readonly pdvs: readonly Pdv[];
}

/** Message control header (PS3.8 Annex E.2); its other bits are sent as 0 and never checked. */
const CONTROL = { command: 1, last: 2 } as const;

/** Bytes that the PDV length counts besides the fragment: context ID and message control header. */
const COUNTED_HEADER = 2;

/** What the 6 bytes before a fragment say. */
export interface PdvHeader {
	readonly contextId: number;
	readonly isCommand: boolean;
	readonly isLast: boolean;
	readonly fragmentLength: number;
}

/**
 * Reads a PDV's header out of a P-DATA-TF of which `left` bytes are left, those of the header included. A PDV is in its PDU whole, with
 * room for another or none after it.
 * @throws {PduError} reason 6 where it is not, or its context ID is even.
 */
export const readPdvHeader = (reader: ByteReader, left: number): PdvHeader => {
	const length = reader.u32();
	const contextId = reader.u8();
	const control = reader.u8();
	if (length < COUNTED_HEADER) throw invalidValue(`PDV length ${length}`);
	const rest = left - PDV_HEADER_LENGTH - (length - COUNTED_HEADER);
	if (rest < 0) throw invalidValue(`PDV length ${length} in a P-DATA-TF with ${left} bytes left`);
	if (rest > 0 && rest < PDV_HEADER_LENGTH) throw invalidValue(`${rest} bytes after the last PDV of a P-DATA-TF`);
	if (contextId % 2 === 0) throw invalidValue(`presentation context ID ${contextId} in a PDV`);
	return {
		contextId,
		isCommand: (control & CONTROL.command) !== 0,
		isLast: (control & CONTROL.last) !== 0,
		fragmentLength: length - COUNTED_HEADER,
	};
};

export const writePDataTf = (writer: ByteWriter, pdu: PDataTf): void => {
	for (const { contextId, isCommand, isLast, bytes } of pdu.pdvs) {
		writer.u32(bytes.length + COUNTED_HEADER);
		writer.u8(contextId);
		writer.u8((isCommand ? CONTROL.command : 0) | (isLast ? CONTROL.last : 0));
		writer.bytes(bytes);
	}
};

export const readPDataTf = (reader: ByteReader): PDataTf => {
	const pdvs: Pdv[] = [];
	do {
		const { contextId, isCommand, isLast, fragmentLength } = readPdvHeader(reader, reader.remaining);
		pdvs.push({ contextId, isCommand, isLast, bytes: reader.bytes(fragmentLength) });
	} while (reader.remaining > 0);
	return { type: 'P-DATA-TF', pdvs };
};
