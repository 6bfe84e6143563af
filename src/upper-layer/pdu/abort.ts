/** A-ABORT PDU (PS3.8 9.3.8). */
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Who aborted (PS3.8 Table 9-26). */
export const ABORT_SOURCE = { serviceUser: 0, serviceProvider: 2 } as const;

/** `source` and `reason` as they came; a reason from source 0 means nothing. */
export interface Abort {
	readonly type: 'A-ABORT';
	readonly source: number;
	readonly reason: number;
}

export const writeAbort = (writer: ByteWriter, pdu: Abort): void => {
	writer.zeros(2);
	writer.u8(pdu.source);
	writer.u8(pdu.reason);
};

export const readAbort = (reader: ByteReader): Abort => {
	reader.skip(2);
	const source = reader.u8();
	const reason = reader.u8();
	reader.end();
	return { type: 'A-ABORT', source, reason };
};
