/** A-ASSOCIATE-AC PDU (PS3.8 9.3.3). */
import { readAeTitle, writeAeTitle } from './ae-title.ts';
import { ITEM, once, readAssociateItems } from './associate-items.ts';
import type { ByteReader } from './byte-reader.ts';
import { hexType } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { ABORT_REASON, PduError } from './pdu-error.ts';
import { readUserInformation, type UserInformation, writeUserInformation } from './user-information.ts';

/** Result/Reason of a presentation context (PS3.8 Table 9-18). */
export const CONTEXT_RESULT = {
	acceptance: 0,
	userRejection: 1,
	noReason: 2,
	abstractSyntaxNotSupported: 3,
	transferSyntaxesNotSupported: 4,
} as const;

/** A presentation context as answered (item 21H). `transferSyntax` means nothing unless `result` is 0; absent reads as ''. */
export interface ContextResult {
	readonly id: number;
	readonly result: number;
	readonly transferSyntax: string;
}

/** The AE titles repeat those of the A-ASSOCIATE-RQ and are not to be tested. An absent application context name reads as ''. */
export interface AssociateAc {
	readonly type: 'A-ASSOCIATE-AC';
	readonly protocolVersion: number;
	readonly calledAeTitle: string;
	readonly callingAeTitle: string;
	readonly applicationContextName: string;
	readonly presentationContexts: readonly ContextResult[];
	readonly userInformation: UserInformation;
}

export const writeAssociateAc = (writer: ByteWriter, pdu: AssociateAc): void => {
	writer.u16(pdu.protocolVersion);
	writer.zeros(2);
	writeAeTitle(writer, pdu.calledAeTitle);
	writeAeTitle(writer, pdu.callingAeTitle);
	writer.zeros(32);
	writer.item(ITEM.applicationContext, () => writer.text(pdu.applicationContextName));
	for (const context of pdu.presentationContexts) {
		writer.item(ITEM.contextResult, () => {
			writer.u8(context.id);
			writer.zeros(1);
			writer.u8(context.result);
			writer.zeros(1);
			writer.item(ITEM.transferSyntax, () => writer.text(context.transferSyntax));
		});
	}
	writer.item(ITEM.userInformation, () => writeUserInformation(writer, pdu.userInformation));
};

export const readAssociateAc = (reader: ByteReader): AssociateAc => {
	const protocolVersion = reader.u16();
	reader.skip(2);
	const calledAeTitle = readAeTitle(reader);
	const callingAeTitle = readAeTitle(reader);
	reader.skip(32);
	const items = readAssociateItems(reader, ITEM.contextResult, readContextResult);
	return {
		type: 'A-ASSOCIATE-AC',
		protocolVersion,
		calledAeTitle,
		callingAeTitle,
		applicationContextName: items.applicationContextName,
		presentationContexts: items.presentationContexts,
		userInformation: readUserInformation(items.userInformation),
	};
};

const readContextResult = (reader: ByteReader): ContextResult => {
	const id = reader.u8();
	reader.skip(1);
	const result = reader.u8();
	reader.skip(1);
	let transferSyntax: string | undefined;
	for (const { type, body } of reader.items()) {
		if (type !== ITEM.transferSyntax) {
			throw new PduError(ABORT_REASON.unrecognizedPduParameter, `item ${hexType(type)} in presentation context ${id}`);
		}
		transferSyntax = once(type, transferSyntax, body.trimmedText(body.remaining));
	}
	return { id, result, transferSyntax: transferSyntax ?? '' };
};
