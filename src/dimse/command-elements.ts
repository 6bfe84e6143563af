/** The elements of a command set (PS3.7 Table E.1-1) and which of them each message has (PS3.7 9.3), as data. */
import type { KnownMessage, Message } from './messages.ts';

/** The values of a command set by name. Strings are trimmed, AT is 8 upper-case hex digits each. */
export interface CommandValues {
	affectedSopClassUid?: string;
	requestedSopClassUid?: string;
	commandField?: number;
	messageId?: number;
	messageIdBeingRespondedTo?: number;
	moveDestination?: string;
	priority?: number;
	commandDataSetType?: number;
	status?: number;
	offendingElements?: readonly string[];
	errorComment?: string;
	errorId?: number;
	affectedSopInstanceUid?: string;
	numberOfRemainingSuboperations?: number;
	numberOfCompletedSuboperations?: number;
	numberOfFailedSuboperations?: number;
	numberOfWarningSuboperations?: number;
	moveOriginatorAeTitle?: string;
	moveOriginatorMessageId?: number;
}

type FieldOf<V> = { [F in keyof CommandValues]-?: V extends CommandValues[F] ? F : never }[keyof CommandValues];

export type CommandElement =
	| { readonly element: number; readonly vr: 'US'; readonly field: FieldOf<number> }
	| { readonly element: number; readonly vr: 'UI' | 'AE' | 'LO'; readonly field: FieldOf<string> }
	| { readonly element: number; readonly vr: 'AT'; readonly field: FieldOf<readonly string[]> };

/** In the order of their tags (0000,eeee); the group length (0000,0000) is the codec's own. */
export const COMMAND_ELEMENTS: readonly CommandElement[] = [
	{ element: 0x0002, vr: 'UI', field: 'affectedSopClassUid' },
	{ element: 0x0003, vr: 'UI', field: 'requestedSopClassUid' },
	{ element: 0x0100, vr: 'US', field: 'commandField' },
	{ element: 0x0110, vr: 'US', field: 'messageId' },
	{ element: 0x0120, vr: 'US', field: 'messageIdBeingRespondedTo' },
	{ element: 0x0600, vr: 'AE', field: 'moveDestination' },
	{ element: 0x0700, vr: 'US', field: 'priority' },
	{ element: 0x0800, vr: 'US', field: 'commandDataSetType' },
	{ element: 0x0900, vr: 'US', field: 'status' },
	{ element: 0x0901, vr: 'AT', field: 'offendingElements' },
	{ element: 0x0902, vr: 'LO', field: 'errorComment' },
	{ element: 0x0903, vr: 'US', field: 'errorId' },
	{ element: 0x1000, vr: 'UI', field: 'affectedSopInstanceUid' },
	{ element: 0x1020, vr: 'US', field: 'numberOfRemainingSuboperations' },
	{ element: 0x1021, vr: 'US', field: 'numberOfCompletedSuboperations' },
	{ element: 0x1022, vr: 'US', field: 'numberOfFailedSuboperations' },
	{ element: 0x1023, vr: 'US', field: 'numberOfWarningSuboperations' },
	{ element: 0x1030, vr: 'AE', field: 'moveOriginatorAeTitle' },
	{ element: 0x1031, vr: 'US', field: 'moveOriginatorMessageId' },
];

/** (0000,0800): this value says that no dataset follows, every other one that one does. */
export const NO_DATASET = 0x0101;

type RequiredOf<M> = { [K in keyof M]-?: Pick<M, K> extends Required<Pick<M, K>> ? K : never }[keyof M];
type Fields<M> = Exclude<keyof M, 'type' | 'hasDataset' | 'commandField'>;

interface Layout<M> {
	/** A message without one of these cannot be acted on; only a priority that is missing is taken for medium. */
	readonly mandatory: readonly Extract<Fields<M>, RequiredOf<M>>[];
	/** Taken where it is there and readable. */
	readonly optional: readonly Exclude<Fields<M>, RequiredOf<M>>[];
}

const REQUEST = ['affectedSopClassUid', 'messageId'] as const;
const RESPONSE = ['messageIdBeingRespondedTo', 'status'] as const;
const COMMENTS = ['affectedSopClassUid', 'offendingElements', 'errorComment', 'errorId'] as const;
const COUNTERS = [
	'numberOfRemainingSuboperations',
	'numberOfCompletedSuboperations',
	'numberOfFailedSuboperations',
	'numberOfWarningSuboperations',
] as const;

/** Mandatory is what nobody can do without; in a response that is less than the standard asks for (PS3.7 9.1, 9.3). */
export const LAYOUTS = {
	'C-ECHO-RQ': { mandatory: REQUEST, optional: [] },
	'C-ECHO-RSP': { mandatory: RESPONSE, optional: COMMENTS },
	'C-STORE-RQ': {
		mandatory: [...REQUEST, 'priority', 'affectedSopInstanceUid'],
		optional: ['moveOriginatorAeTitle', 'moveOriginatorMessageId'],
	},
	'C-STORE-RSP': { mandatory: RESPONSE, optional: [...COMMENTS, 'affectedSopInstanceUid'] },
	'C-FIND-RQ': { mandatory: [...REQUEST, 'priority'], optional: [] },
	'C-FIND-RSP': { mandatory: RESPONSE, optional: COMMENTS },
	'C-GET-RQ': { mandatory: [...REQUEST, 'priority'], optional: [] },
	'C-GET-RSP': { mandatory: RESPONSE, optional: [...COMMENTS, ...COUNTERS] },
	'C-MOVE-RQ': { mandatory: [...REQUEST, 'priority', 'moveDestination'], optional: [] },
	'C-MOVE-RSP': { mandatory: RESPONSE, optional: [...COMMENTS, ...COUNTERS] },
	'C-CANCEL-RQ': { mandatory: ['messageIdBeingRespondedTo'], optional: [] },
	unknown: {
		mandatory: [],
		optional: [
			'messageId',
			'messageIdBeingRespondedTo',
			'affectedSopClassUid',
			'requestedSopClassUid',
			'status',
			'errorComment',
		],
	},
} as const satisfies { readonly [T in Message['type']]: Layout<Extract<Message, { type: T }>> };

/** Which message a command field names. */
export type MessageType = KnownMessage['type'] | 'unknown';
