/** The user information item and its sub-items 51H to 59H (PS3.8 9.3.2.3 and D.1, PS3.7 D.3.3). */
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { MAX_USER_INFORMATION_SUB_ITEMS } from './limits.ts';
import { invalidValue } from './pdu-error.ts';

/** 54H (PS3.7 D.3.3.4): in an RQ the roles proposed for the requestor, in an AC those it may play. */
export interface RoleSelection {
	readonly sopClassUid: string;
	readonly scuRole: boolean;
	readonly scpRole: boolean;
}

/** 56H (PS3.7 D.3.3.5). `information` means what the service class says. */
interface ExtendedNegotiation {
	readonly sopClassUid: string;
	readonly information: Uint8Array;
}

/** 57H (PS3.7 D.3.3.6), in an RQ only. */
interface CommonExtendedNegotiation {
	readonly sopClassUid: string;
	readonly serviceClassUid: string;
	readonly relatedGeneralSopClassUids: readonly string[];
}

/** 58H (PS3.7 D.3.3.7), in an RQ only. Types: 1 user name, 2 user name and passcode, 3 Kerberos, 4 SAML, 5 JWT. */
interface UserIdentity {
	readonly type: number;
	readonly positiveResponseRequested: boolean;
	readonly primaryField: Uint8Array;
	readonly secondaryField: Uint8Array;
}

/** What the two sides tell each other of themselves. Of a sub-item that comes twice where one belongs, the last counts. */
export interface UserInformation {
	/** 51H: longest P-DATA-TF body, in bytes, that the sender of this is willing to take; 0 or absent: any. */
	readonly maximumLength?: number;
	/** 52H. The standard requires it of both sides. */
	readonly implementationClassUid?: string;
	/** 55H: 1 to 16 characters. */
	readonly implementationVersionName?: string;
	/** 53H: requests the requestor may have outstanding, and may be sent; 0: any number; absent: 1 and 1. */
	readonly asynchronousOperationsWindow?: { readonly invoked: number; readonly performed: number };
	readonly roleSelections: readonly RoleSelection[];
	readonly extendedNegotiations: readonly ExtendedNegotiation[];
	readonly commonExtendedNegotiations: readonly CommonExtendedNegotiation[];
	readonly userIdentity?: UserIdentity;
	/** 59H, in an AC only: the server's response, empty for types 1 and 2. */
	readonly userIdentityResponse?: Uint8Array;
}

type Readable = { -readonly [Name in keyof UserInformation]: UserInformation[Name] } & {
	roleSelections: RoleSelection[];
	extendedNegotiations: ExtendedNegotiation[];
	commonExtendedNegotiations: CommonExtendedNegotiation[];
};

const SUB_ITEM = {
	maximumLength: 0x51,
	implementationClassUid: 0x52,
	asynchronousOperationsWindow: 0x53,
	roleSelection: 0x54,
	implementationVersionName: 0x55,
	extendedNegotiation: 0x56,
	commonExtendedNegotiation: 0x57,
	userIdentity: 0x58,
	userIdentityResponse: 0x59,
} as const;

/** In the order of their types, as the standard wants items. */
export const writeUserInformation = (writer: ByteWriter, information: UserInformation): void => {
	const { maximumLength, implementationClassUid, asynchronousOperationsWindow: window } = information;
	const { implementationVersionName, userIdentity, userIdentityResponse } = information;
	if (maximumLength !== undefined) writer.item(SUB_ITEM.maximumLength, () => writer.u32(maximumLength));
	if (implementationClassUid !== undefined) {
		writer.item(SUB_ITEM.implementationClassUid, () => writer.text(implementationClassUid));
	}
	if (window !== undefined) {
		writer.item(SUB_ITEM.asynchronousOperationsWindow, () => {
			writer.u16(window.invoked);
			writer.u16(window.performed);
		});
	}
	for (const { sopClassUid, scuRole, scpRole } of information.roleSelections) {
		writer.item(SUB_ITEM.roleSelection, () => {
			writer.counted(sopClassUid);
			writer.u8(scuRole ? 1 : 0);
			writer.u8(scpRole ? 1 : 0);
		});
	}
	if (implementationVersionName !== undefined) {
		writer.item(SUB_ITEM.implementationVersionName, () => writer.text(implementationVersionName));
	}
	for (const { sopClassUid, information: bytes } of information.extendedNegotiations) {
		writer.item(SUB_ITEM.extendedNegotiation, () => {
			writer.counted(sopClassUid);
			writer.bytes(bytes);
		});
	}
	for (const common of information.commonExtendedNegotiations) {
		writer.item(SUB_ITEM.commonExtendedNegotiation, () => {
			writer.counted(common.sopClassUid);
			writer.counted(common.serviceClassUid);
			writer.measured(() => {
				for (const uid of common.relatedGeneralSopClassUids) writer.counted(uid);
			});
		});
	}
	if (userIdentity !== undefined) {
		writer.item(SUB_ITEM.userIdentity, () => {
			writer.u8(userIdentity.type);
			writer.u8(userIdentity.positiveResponseRequested ? 1 : 0);
			writer.counted(userIdentity.primaryField);
			writer.counted(userIdentity.secondaryField);
		});
	}
	if (userIdentityResponse !== undefined) {
		writer.item(SUB_ITEM.userIdentityResponse, () => writer.counted(userIdentityResponse));
	}
};

/** Unknown sub-items are skipped (PS3.8 D.2). An absent item reads as one without sub-items. */
export const readUserInformation = (item: ByteReader | undefined): UserInformation => {
	const found: Readable = { roleSelections: [], extendedNegotiations: [], commonExtendedNegotiations: [] };
	let count = 0;
	for (const { type, body } of item?.items() ?? []) {
		if (++count > MAX_USER_INFORMATION_SUB_ITEMS) {
			throw invalidValue(`more than ${MAX_USER_INFORMATION_SUB_ITEMS} sub-items of user information`);
		}
		READERS[type]?.(body, found);
	}
	return found;
};

const READERS: Readonly<Record<number, (body: ByteReader, found: Readable) => void>> = {
	[SUB_ITEM.maximumLength](body, found) {
		found.maximumLength = body.u32();
		body.end();
	},
	[SUB_ITEM.implementationClassUid](body, found) {
		found.implementationClassUid = body.trimmedText(body.remaining);
	},
	[SUB_ITEM.asynchronousOperationsWindow](body, found) {
		found.asynchronousOperationsWindow = { invoked: body.u16(), performed: body.u16() };
		body.end();
	},
	[SUB_ITEM.roleSelection](body, found) {
		const sopClassUid = body.trimmedText(body.u16());
		found.roleSelections.push({ sopClassUid, scuRole: body.u8() !== 0, scpRole: body.u8() !== 0 });
		body.end();
	},
	[SUB_ITEM.implementationVersionName](body, found) {
		found.implementationVersionName = body.trimmedText(body.remaining);
	},
	[SUB_ITEM.extendedNegotiation](body, found) {
		const sopClassUid = body.trimmedText(body.u16());
		found.extendedNegotiations.push({ sopClassUid, information: body.bytes(body.remaining) });
	},
	[SUB_ITEM.commonExtendedNegotiation](body, found) {
		const sopClassUid = body.trimmedText(body.u16());
		const serviceClassUid = body.trimmedText(body.u16());
		const related = body.part('related general SOP classes', body.u16());
		const relatedGeneralSopClassUids: string[] = [];
		while (related.remaining > 0) relatedGeneralSopClassUids.push(related.trimmedText(related.u16()));
		// Whatever follows is reserved.
		found.commonExtendedNegotiations.push({ sopClassUid, serviceClassUid, relatedGeneralSopClassUids });
	},
	[SUB_ITEM.userIdentity](body, found) {
		const type = body.u8();
		const positiveResponseRequested = body.u8() !== 0;
		const primaryField = body.bytes(body.u16());
		const secondaryField = body.bytes(body.u16());
		body.end();
		found.userIdentity = { type, positiveResponseRequested, primaryField, secondaryField };
	},
	[SUB_ITEM.userIdentityResponse](body, found) {
		found.userIdentityResponse = body.bytes(body.u16());
		body.end();
	},
};
