/** What a line of a trace has to hold for its event to be read: a file may have been cut, edited, or made by something else. */
import type { TraceEvent } from '../association/trace.ts';
import { COMMAND_FIELDS } from '../dimse/messages.ts';
import { DicomError, type Failure } from '../errors.ts';

type Fields = Readonly<Record<string, unknown>>;
type Holds = (value: unknown) => boolean;

const isText: Holds = (value) => typeof value === 'string';
const isNumber: Holds = (value) => typeof value === 'number' && Number.isFinite(value);
const isObject = (value: unknown): value is Fields =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts: Holds = (value) => Array.isArray(value) && value.every(isText);
const oneOf =
	(...values: readonly unknown[]): Holds =>
	(value) =>
		values.includes(value);
const orNone =
	(holds: Holds): Holds =>
	(value) =>
		value === undefined || holds(value);

const holdsAll = (shape: Readonly<Record<string, Holds>>, fields: Fields): boolean =>
	Object.entries(shape).every(([name, holds]) => holds(fields[name]));

const isEnd: Holds = (value) => isObject(value) && isText(value['address']) && isNumber(value['port']);
const isDirection = oneOf('sent', 'received');

/** The length field of a PDU has 32 bits (PS3.8 9.3.1). */
const MOST_BYTES = 6 + 0xffff_ffff;
const isLength: Holds = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_BYTES;

const NUMBERS = [
	...['messageId', 'messageIdBeingRespondedTo', 'status', 'priority', 'errorId', 'moveOriginatorMessageId'],
	...['Remaining', 'Completed', 'Failed', 'Warning'].map((which) => `numberOf${which}Suboperations`),
];
const TEXTS = [
	...['affectedSopClassUid', 'requestedSopClassUid', 'affectedSopInstanceUid', 'moveDestination'],
	...['moveOriginatorAeTitle', 'errorComment'],
];

const isMessage: Holds = (value) =>
	isObject(value) &&
	(value['type'] === 'unknown'
		? isNumber(value['commandField'])
		: isText(value['type']) && Object.hasOwn(COMMAND_FIELDS, String(value['type']))) &&
	NUMBERS.every((name) => orNone(isNumber)(value[name])) &&
	TEXTS.every((name) => orNone(isText)(value[name])) &&
	orNone(isTexts)(value['offendingElements']);

const isFailure: Holds = (value) => {
	if (!isObject(value) || !orNone(isObject)(value['firstBytes'])) return false;
	try {
		return isText(new DicomError(value as unknown as Failure).message);
	} catch {
		return false;
	}
};

const SHAPES: Readonly<Record<TraceEvent['event'], Readonly<Record<string, Holds>>>> = {
	resolved: { host: isText, addresses: isTexts },
	connected: { local: isEnd, remote: isEnd, afterMs: isNumber, role: oneOf('requestor', 'acceptor') },
	secured: { protocol: isText, cipher: isText, subject: orNone(isText) },
	pdu: { direction: isDirection, bytes: isText, length: isLength },
	message: {
		direction: isDirection,
		contextId: isNumber,
		abstractSyntax: isText,
		transferSyntax: isText,
		message: isMessage,
		identifier: orNone(isText),
	},
	timer: { timer: isText, action: isText, timeoutMs: isNumber },
	closed: { phase: isText, failure: orNone(isFailure) },
};

/** Milliseconds that a Date can be of, and the sum of two such. */
export const isTime = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) < 4e15;

/** Whether this is an event as `traceLine` writes it. */
export const isEvent = (fields: Fields): boolean => {
	const { event, at, association } = fields;
	if (typeof event !== 'string' || !Object.hasOwn(SHAPES, event)) return false;
	return isTime(at) && isNumber(association) && holdsAll(SHAPES[event as TraceEvent['event']], fields);
};
