/** A-ASSOCIATE-RJ PDU (PS3.8 9.3.4). */
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** The three numbers of PS3.8 Table 9-21, as they came. */
export interface AssociateRj {
	readonly type: 'A-ASSOCIATE-RJ';
	readonly result: number;
	readonly source: number;
	readonly reason: number;
}

export const writeAssociateRj = (writer: ByteWriter, pdu: AssociateRj): void => {
	writer.zeros(1);
	writer.u8(pdu.result);
	writer.u8(pdu.source);
	writer.u8(pdu.reason);
};

export const readAssociateRj = (reader: ByteReader): AssociateRj => {
	reader.skip(1);
	const result = reader.u8();
	const source = reader.u8();
	const reason = reader.u8();
	reader.end();
	return { type: 'A-ASSOCIATE-RJ', result, source, reason };
};
