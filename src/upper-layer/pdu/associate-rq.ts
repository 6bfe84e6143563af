/** A-ASSOCIATE-RQ PDU (PS3.8 9.3.2). */
import { readAeTitle, writeAeTitle } from './ae-title.ts';
import { ITEM, once, readAssociateItems } from './associate-items.ts';
import type { ByteReader } from './byte-reader.ts';
import { hexType } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { MAX_TRANSFER_SYNTAXES } from './limits.ts';
import { ABORT_REASON, invalidValue, PduError } from './pdu-error.ts';
import { readUserInformation, type UserInformation, writeUserInformation } from './user-information.ts';

/** A presentation context as proposed (item 20H). `id` is odd, 1 to 255; `decode` leaves that to be judged, see negotiation.ts. */
export interface ProposedContext {
	readonly id: number;
	readonly abstractSyntax: string;
	readonly transferSyntaxes: readonly string[];
}

/** AE titles are without padding. An absent application context name reads as ''. */
export interface AssociateRq {
	readonly type: 'A-ASSOCIATE-RQ';
	/** One bit a version; only bit 0 (version 1) is ever tested. */
	readonly protocolVersion: number;
	readonly calledAeTitle: string;
	readonly callingAeTitle: string;
	readonly applicationContextName: string;
	readonly presentationContexts: readonly ProposedContext[];
	readonly userInformation: UserInformation;
}

export const writeAssociateRq = (writer: ByteWriter, pdu: AssociateRq): void => {
	writer.u16(pdu.protocolVersion);
	writer.zeros(2);
	writeAeTitle(writer, pdu.calledAeTitle);
	writeAeTitle(writer, pdu.callingAeTitle);
	writer.zeros(32);
	writer.item(ITEM.applicationContext, () => writer.text(pdu.applicationContextName));
	for (const context of pdu.presentationContexts) {
		writer.item(ITEM.proposedContext, () => {
			writer.u8(context.id);
			writer.zeros(3);
			writer.item(ITEM.abstractSyntax, () => writer.text(context.abstractSyntax));
			for (const syntax of context.transferSyntaxes) writer.item(ITEM.transferSyntax, () => writer.text(syntax));
		});
	}
	writer.item(ITEM.userInformation, () => writeUserInformation(writer, pdu.userInformation));
};

export const readAssociateRq = (reader: ByteReader): AssociateRq => {
	const protocolVersion = reader.u16();
	reader.skip(2);
	const calledAeTitle = readAeTitle(reader);
	const callingAeTitle = readAeTitle(reader);
	reader.skip(32);
	const items = readAssociateItems(reader, ITEM.proposedContext, readProposedContext);
	return {
		type: 'A-ASSOCIATE-RQ',
		protocolVersion,
		calledAeTitle,
		callingAeTitle,
		applicationContextName: items.applicationContextName,
		presentationContexts: items.presentationContexts,
		userInformation: readUserInformation(items.userInformation),
	};
};

const readProposedContext = (reader: ByteReader): ProposedContext => {
	const id = reader.u8();
	reader.skip(3);
	let abstractSyntax: string | undefined;
	const transferSyntaxes: string[] = [];
	for (const { type, body } of reader.items()) {
		if (type === ITEM.abstractSyntax) {
			abstractSyntax = once(type, abstractSyntax, body.trimmedText(body.remaining));
		} else if (type === ITEM.transferSyntax) {
			if (transferSyntaxes.length === MAX_TRANSFER_SYNTAXES) {
				throw invalidValue(`presentation context ${id} has more than ${MAX_TRANSFER_SYNTAXES} transfer syntaxes`);
			}
			transferSyntaxes.push(body.trimmedText(body.remaining));
		} else {
			// Unlike user information, a presentation context is not meant to be extended.
			throw new PduError(ABORT_REASON.unrecognizedPduParameter, `item ${hexType(type)} in presentation context ${id}`);
		}
	}
	return { id, abstractSyntax: abstractSyntax ?? '', transferSyntaxes };
};
