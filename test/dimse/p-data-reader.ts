/** A second, plain reading of P-DATA-TF (PS3.8 9.3.5): whole PDUs in, what they hold out. Throws where a length does not add up. */
import type { Fragment } from '../../src/upper-layer/pdu-decoder.ts';

export interface ReadPdu {
	readonly bodyBytes: number;
	readonly fragments: readonly Fragment[];
}

export const readPdus = (bytes: Uint8Array): ReadPdu[] => {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const pdus: ReadPdu[] = [];
	for (let offset = 0; offset < bytes.length; ) {
		if (view.getUint16(offset) !== 0x0400) throw new Error(`no P-DATA-TF at ${offset}`);
		const bodyBytes = view.getUint32(offset + 2);
		const end = offset + 6 + bodyBytes;
		if (end > bytes.length) throw new Error(`PDU at ${offset} ends beyond the bytes`);
		const fragments: Fragment[] = [];
		for (let at = offset + 6; at < end; ) {
			const pdvEnd = at + 4 + view.getUint32(at);
			if (pdvEnd > end || pdvEnd < at + 6) throw new Error(`PDV at ${at} does not fit its PDU`);
			const control = view.getUint8(at + 5);
			if (control > 3) throw new Error(`control header ${control} at ${at}`);
			const isCommand = (control & 1) !== 0;
			const isLast = (control & 2) !== 0;
			fragments.push({ contextId: view.getUint8(at + 4), isCommand, isLast, bytes: bytes.subarray(at + 6, pdvEnd) });
			at = pdvEnd;
		}
		pdus.push({ bodyBytes, fragments });
		offset = end;
	}
	return pdus;
};

/** The pieces of a fragment that arrives cut at these offsets: only the last piece may be marked last. */
export const piecesOf = (fragment: Fragment, cuts: readonly number[]): Fragment[] => {
	const ends = [...cuts, fragment.bytes.length];
	return ends.map((end, i) => ({
		...fragment,
		bytes: fragment.bytes.subarray(ends[i - 1] ?? 0, end),
		isLast: fragment.isLast && i === ends.length - 1,
	}));
};
