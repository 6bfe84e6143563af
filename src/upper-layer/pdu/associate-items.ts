/** The variable field that A-ASSOCIATE-RQ and -AC have in common: which items, and how often (PS3.8 9.3.2 and 9.3.3). */
import { type ByteReader, hexType } from './byte-reader.ts';
import { MAX_PRESENTATION_CONTEXTS } from './limits.ts';
import { ABORT_REASON, invalidValue, PduError } from './pdu-error.ts';

/** Types of items and of the sub-items of presentation contexts. */
export const ITEM = {
	applicationContext: 0x10,
	proposedContext: 0x20,
	contextResult: 0x21,
	abstractSyntax: 0x30,
	transferSyntax: 0x40,
	userInformation: 0x50,
} as const;

const ITEM_TYPES: readonly number[] = Object.values(ITEM);

/** `userInformation` is left to be read, or absent. */
export interface AssociateItems<Context> {
	readonly applicationContextName: string;
	readonly presentationContexts: readonly Context[];
	readonly userInformation: ByteReader | undefined;
}

/**
 * Reads items until the end of the PDU. An item of a type that this PDU has not, or a second one where there is one only, is an
 * unexpected parameter; types of which the standard knows nothing are skipped.
 */
export const readAssociateItems = <Context>(
	reader: ByteReader,
	contextType: number,
	readContext: (body: ByteReader) => Context,
): AssociateItems<Context> => {
	let applicationContextName: string | undefined;
	let userInformation: ByteReader | undefined;
	const presentationContexts: Context[] = [];
	for (const { type, body } of reader.items()) {
		if (type === ITEM.applicationContext) {
			applicationContextName = once(type, applicationContextName, body.trimmedText(body.remaining));
		} else if (type === contextType) {
			if (presentationContexts.length === MAX_PRESENTATION_CONTEXTS) {
				throw invalidValue(`more than ${MAX_PRESENTATION_CONTEXTS} presentation contexts`);
			}
			presentationContexts.push(readContext(body));
		} else if (type === ITEM.userInformation) {
			userInformation = once(type, userInformation, body);
		} else if (ITEM_TYPES.includes(type)) {
			throw new PduError(ABORT_REASON.unexpectedPduParameter, `item ${hexType(type)} where it does not belong`);
		}
	}
	return { applicationContextName: applicationContextName ?? '', presentationContexts, userInformation };
};

/** The value of an item that may be there once. */
export const once = <T>(type: number, before: T | undefined, value: T): T => {
	if (before !== undefined) throw new PduError(ABORT_REASON.unexpectedPduParameter, `a second item ${hexType(type)}`);
	return value;
};
