/** The seven PDUs of PS3.8 9.3: their union, and whole PDUs to and from bytes. */
import { type Abort, readAbort, writeAbort } from './abort.ts';
import { type AssociateAc, readAssociateAc, writeAssociateAc } from './associate-ac.ts';
import { type AssociateRj, readAssociateRj, writeAssociateRj } from './associate-rj.ts';
import { type AssociateRq, readAssociateRq, writeAssociateRq } from './associate-rq.ts';
import { ByteReader, hexType } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { PDU_HEADER_LENGTH } from './limits.ts';
import { type PDataTf, readPDataTf, writePDataTf } from './p-data-tf.ts';
import { ABORT_REASON, invalidValue, PduError } from './pdu-error.ts';
import { type ReleaseRp, type ReleaseRq, readRelease, writeRelease } from './release.ts';

export { ABORT_SOURCE, type Abort } from './abort.ts';
export { type AssociateAc, CONTEXT_RESULT, type ContextResult } from './associate-ac.ts';
export type { AssociateRj } from './associate-rj.ts';
export type { AssociateRq, ProposedContext } from './associate-rq.ts';
export { describePdu } from './description.ts';
export type { PDataTf, Pdv } from './p-data-tf.ts';
export { ABORT_REASON, PduError } from './pdu-error.ts';
export type { ReleaseRp, ReleaseRq } from './release.ts';
export type { RoleSelection, UserInformation } from './user-information.ts';

export type Pdu = AssociateRq | AssociateAc | AssociateRj | PDataTf | ReleaseRq | ReleaseRp | Abort;

/** The first byte of each PDU. */
export const PDU_TYPE = {
	'A-ASSOCIATE-RQ': 0x01,
	'A-ASSOCIATE-AC': 0x02,
	'A-ASSOCIATE-RJ': 0x03,
	'P-DATA-TF': 0x04,
	'A-RELEASE-RQ': 0x05,
	'A-RELEASE-RP': 0x06,
	'A-ABORT': 0x07,
} as const satisfies Record<Pdu['type'], number>;

const TYPE_NAMES = new Map<number, Pdu['type']>();
for (const [name, type] of Object.entries(PDU_TYPE)) TYPE_NAMES.set(type, name as Pdu['type']);

/** @throws {PduError} reason 1 for a type that the standard does not have. */
export const pduTypeOf = (firstByte: number): Pdu['type'] => {
	const name = TYPE_NAMES.get(firstByte);
	if (name === undefined) throw new PduError(ABORT_REASON.unrecognizedPdu, `PDU type ${hexType(firstByte)}`);
	return name;
};

/**
 * A PDU with its header, in memory of its own.
 * @throws {LocalMisuse} for a value that its field cannot hold: an AE title of more than 16 characters, a text beyond Latin-1, an item
 * longer than 65,535 bytes.
 */
export const encodePdu = (pdu: Pdu): Uint8Array => {
	const writer = new ByteWriter();
	writer.pdu(PDU_TYPE[pdu.type], () => writeBody(writer, pdu));
	return writer.finish();
};

/**
 * One whole PDU, header included and nothing after it. Byte fields of the result are views of `bytes`.
 * @throws {PduError} for anything that PS3.8 does not allow, whatever the bytes are.
 */
export const decodePdu = (bytes: Uint8Array): Pdu => {
	const header = new ByteReader('PDU header', bytes);
	const type = pduTypeOf(header.u8());
	header.skip(1);
	const pduLength = header.u32();
	const bodyLength = bytes.length - PDU_HEADER_LENGTH;
	if (pduLength !== bodyLength) throw invalidValue(`${type} of length ${pduLength} in ${bodyLength} bytes`);
	return readBody(type, new ByteReader(type, bytes, PDU_HEADER_LENGTH));
};

const writeBody = (writer: ByteWriter, pdu: Pdu): void => {
	switch (pdu.type) {
		case 'A-ASSOCIATE-RQ':
			writeAssociateRq(writer, pdu);
			break;
		case 'A-ASSOCIATE-AC':
			writeAssociateAc(writer, pdu);
			break;
		case 'A-ASSOCIATE-RJ':
			writeAssociateRj(writer, pdu);
			break;
		case 'P-DATA-TF':
			writePDataTf(writer, pdu);
			break;
		case 'A-RELEASE-RQ':
		case 'A-RELEASE-RP':
			writeRelease(writer);
			break;
		case 'A-ABORT':
			writeAbort(writer, pdu);
			break;
	}
};

const readBody = (type: Pdu['type'], reader: ByteReader): Pdu => {
	switch (type) {
		case 'A-ASSOCIATE-RQ':
			return readAssociateRq(reader);
		case 'A-ASSOCIATE-AC':
			return readAssociateAc(reader);
		case 'A-ASSOCIATE-RJ':
			return readAssociateRj(reader);
		case 'P-DATA-TF':
			return readPDataTf(reader);
		case 'A-RELEASE-RQ':
			return readRelease(type, reader);
		case 'A-RELEASE-RP':
			return readRelease(type, reader);
		case 'A-ABORT':
			return readAbort(reader);
	}
};
