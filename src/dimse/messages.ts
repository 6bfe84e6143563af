/** The DIMSE-C messages as values (PS3.7 9.3, Annex E): field names are the standard's, in camelCase. */

interface Request {
	/** 0 to 65535, unique among the sender's outstanding requests on the association. */
	readonly messageId: number;
	readonly affectedSopClassUid: string;
	/** A dataset follows on the same presentation context: (0000,0800) is not 0x0101. */
	readonly hasDataset: boolean;
}

interface Response {
	readonly messageIdBeingRespondedTo: number;
	readonly affectedSopClassUid?: string;
	readonly hasDataset: boolean;
	/** (0000,0900), to be judged with `statusOf`. */
	readonly status: number;
	/** (0000,0901), each 8 upper-case hex digits. */
	readonly offendingElements?: readonly string[];
	/** (0000,0902), as the peer wrote it; cut to 64 characters of ASCII on sending. */
	readonly errorComment?: string;
	/** (0000,0903) */
	readonly errorId?: number;
}

/** (0000,1020) to (0000,1023). Every one may be missing, whatever the standard says; larger numbers than 65535 are sent as 65535. */
interface Suboperations {
	readonly numberOfRemainingSuboperations?: number;
	readonly numberOfCompletedSuboperations?: number;
	readonly numberOfFailedSuboperations?: number;
	readonly numberOfWarningSuboperations?: number;
}

/** (0000,0700): 0 medium, 1 high, 2 low. */
export type Priority = 0 | 1 | 2;

/** PS3.7 9.3.5.1 */
export interface CEchoRq extends Request {
	readonly type: 'C-ECHO-RQ';
}
/** PS3.7 9.3.5.2 */
export interface CEchoRsp extends Response {
	readonly type: 'C-ECHO-RSP';
}
/** PS3.7 9.3.1.1 */
export interface CStoreRq extends Request {
	readonly type: 'C-STORE-RQ';
	readonly priority: Priority;
	readonly affectedSopInstanceUid: string;
	/** The AE that asked for the C-MOVE this is a sub-operation of, and the Message ID of its C-MOVE-RQ. */
	readonly moveOriginatorAeTitle?: string;
	readonly moveOriginatorMessageId?: number;
}
/** PS3.7 9.3.1.2 */
export interface CStoreRsp extends Response {
	readonly type: 'C-STORE-RSP';
	readonly affectedSopInstanceUid?: string;
}
/** PS3.7 9.3.2.1 */
export interface CFindRq extends Request {
	readonly type: 'C-FIND-RQ';
	readonly priority: Priority;
}
/** PS3.7 9.3.2.2 */
export interface CFindRsp extends Response {
	readonly type: 'C-FIND-RSP';
}
/** PS3.7 9.3.3.1 */
export interface CGetRq extends Request {
	readonly type: 'C-GET-RQ';
	readonly priority: Priority;
}
/** PS3.7 9.3.3.2 */
export interface CGetRsp extends Response, Suboperations {
	readonly type: 'C-GET-RSP';
}
/** PS3.7 9.3.4.1 */
export interface CMoveRq extends Request {
	readonly type: 'C-MOVE-RQ';
	readonly priority: Priority;
	readonly moveDestination: string;
}
/** PS3.7 9.3.4.2 */
export interface CMoveRsp extends Response, Suboperations {
	readonly type: 'C-MOVE-RSP';
}
/** C-FIND, C-GET and C-MOVE are cancelled alike (PS3.7 9.3.2.3); the context it comes on says which. */
export interface CCancelRq {
	readonly type: 'C-CANCEL-RQ';
	readonly messageIdBeingRespondedTo: number;
	readonly hasDataset: boolean;
}

/** Any other command field: the N-services and what the standard does not know. What is needed to answer it, no more. */
export interface UnknownMessage {
	readonly type: 'unknown';
	readonly commandField: number;
	readonly messageId?: number;
	readonly messageIdBeingRespondedTo?: number;
	readonly affectedSopClassUid?: string;
	readonly requestedSopClassUid?: string;
	readonly status?: number;
	readonly errorComment?: string;
	readonly hasDataset: boolean;
}

export type KnownMessage =
	| CEchoRq
	| CEchoRsp
	| CStoreRq
	| CStoreRsp
	| CFindRq
	| CFindRsp
	| CGetRq
	| CGetRsp
	| CMoveRq
	| CMoveRsp
	| CCancelRq;

export type Message = KnownMessage | UnknownMessage;

/** (0000,0100) of each message (PS3.7 Table E.1-1). */
export const COMMAND_FIELDS = {
	'C-STORE-RQ': 0x0001,
	'C-STORE-RSP': 0x8001,
	'C-GET-RQ': 0x0010,
	'C-GET-RSP': 0x8010,
	'C-FIND-RQ': 0x0020,
	'C-FIND-RSP': 0x8020,
	'C-MOVE-RQ': 0x0021,
	'C-MOVE-RSP': 0x8021,
	'C-ECHO-RQ': 0x0030,
	'C-ECHO-RSP': 0x8030,
	'C-CANCEL-RQ': 0x0fff,
} as const satisfies Record<KnownMessage['type'], number>;

/**
 * The answer to a request whose command field is not implemented: status 0x0211, unrecognized operation (PS3.7 C.5.17).
 *
 * @returns nothing where there is nothing to answer: a response to what was never asked, or a request without a Message ID.
 */
export const unrecognizedOperation = (message: UnknownMessage): UnknownMessage | undefined => {
	const sopClassUid = message.affectedSopClassUid ?? message.requestedSopClassUid;
	if (message.commandField >= 0x8000 || message.messageId === undefined) return undefined;
	return {
		type: 'unknown',
		commandField: message.commandField | 0x8000,
		messageIdBeingRespondedTo: message.messageId,
		...(sopClassUid === undefined ? {} : { affectedSopClassUid: sopClassUid }),
		status: 0x0211,
		hasDataset: false,
	};
};
