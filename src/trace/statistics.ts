/** What a trace says in numbers, an association at a time: round trips, bytes, how PDUs are filled, where time went. */
import type { TraceEvent } from '../association/trace.ts';
import { isPending } from '../dimse/status.ts';
import { decodePdu } from '../upper-layer/pdu/index.ts';

/** Times in milliseconds. */
export interface AssociationStatistics {
	readonly association: number;
	calling: string | undefined;
	called: string | undefined;
	remote: string | undefined;
	readonly startedAt: number;
	durationMs: number;
	/** From the A-ASSOCIATE-RQ to its answer. */
	associateMs: number | undefined;
	readonly pdus: { sent: number; received: number };
	readonly bytes: { sent: number; received: number };
	/** P-DATA-TF only: PDVs in all. */
	pdvs: number;
	dataPdus: number;
	readonly operations: OperationStatistics[];
	/** The longest time with nothing either way. */
	longestGapMs: number;
	end: 'open' | 'released' | 'aborted' | 'rejected' | 'closed';
}

export interface OperationStatistics {
	readonly command: string;
	readonly messageId: number;
	readonly startedAt: number;
	firstResponseMs: number | undefined;
	totalMs: number | undefined;
	pendings: number;
	status: number | undefined;
}

const P_DATA_TF = 0x04;

export const traceStatistics = (events: Iterable<TraceEvent>): readonly AssociationStatistics[] => {
	const all = new Map<number, AssociationStatistics>();
	const lastAt = new Map<number, number>();
	const requestedAt = new Map<number, number>();
	for (const event of events) {
		const own = all.get(event.association) ?? begun(event);
		all.set(event.association, own);
		own.durationMs = event.at - own.startedAt;
		own.longestGapMs = Math.max(own.longestGapMs, event.at - (lastAt.get(event.association) ?? event.at));
		lastAt.set(event.association, event.at);
		switch (event.event) {
			case 'connected':
				own.remote = `${event.remote.address}:${event.remote.port}`;
				break;
			case 'pdu':
				own.pdus[event.direction]++;
				own.bytes[event.direction] += event.length;
				if (event.bytes[0] === P_DATA_TF) {
					own.dataPdus++;
					own.pdvs += pdvCount(event.bytes, event.length);
				} else withPdu(own, event, requestedAt);
				break;
			case 'message':
				withMessage(own, event);
				break;
			case 'closed':
				if (own.end === 'open') own.end = event.failure === undefined ? 'closed' : 'aborted';
				break;
			default:
		}
	}
	return [...all.values()];
};

const begun = ({ association, at }: TraceEvent): AssociationStatistics => ({
	association,
	calling: undefined,
	called: undefined,
	remote: undefined,
	startedAt: at,
	durationMs: 0,
	associateMs: undefined,
	pdus: { sent: 0, received: 0 },
	bytes: { sent: 0, received: 0 },
	pdvs: 0,
	dataPdus: 0,
	operations: [],
	longestGapMs: 0,
	end: 'open',
});

type PduEvent = Extract<TraceEvent, { readonly event: 'pdu' }>;
type MessageEvent = Extract<TraceEvent, { readonly event: 'message' }>;

const withPdu = (own: AssociationStatistics, { bytes, at }: PduEvent, requestedAt: Map<number, number>): void => {
	let pdu: ReturnType<typeof decodePdu>;
	try {
		pdu = decodePdu(bytes);
	} catch {
		return;
	}
	switch (pdu.type) {
		case 'A-ASSOCIATE-RQ':
			own.calling = pdu.callingAeTitle;
			own.called = pdu.calledAeTitle;
			requestedAt.set(own.association, at);
			break;
		case 'A-ASSOCIATE-AC':
		case 'A-ASSOCIATE-RJ': {
			const asked = requestedAt.get(own.association);
			if (asked !== undefined) own.associateMs = at - asked;
			if (pdu.type === 'A-ASSOCIATE-RJ') own.end = 'rejected';
			break;
		}
		case 'A-RELEASE-RP':
			own.end = 'released';
			break;
		case 'A-ABORT':
			own.end = 'aborted';
			break;
		default:
	}
};

const withMessage = (own: AssociationStatistics, { message, at }: MessageEvent): void => {
	if ('messageId' in message && message.messageId !== undefined && message.type.endsWith('-RQ')) {
		own.operations.push({
			command: message.type.replace('-RQ', ''),
			messageId: message.messageId,
			startedAt: at,
			firstResponseMs: undefined,
			totalMs: undefined,
			pendings: 0,
			status: undefined,
		});
		return;
	}
	if (!('status' in message) || message.status === undefined) return;
	const operation = own.operations.findLast(
		({ messageId, totalMs }) => messageId === message.messageIdBeingRespondedTo && totalMs === undefined,
	);
	if (operation === undefined) return;
	operation.firstResponseMs ??= at - operation.startedAt;
	if (isPending(message.status)) operation.pendings++;
	else {
		operation.totalMs = at - operation.startedAt;
		operation.status = message.status;
	}
};

/** Of a PDU that was not recorded whole, those whose headers were. */
const pdvCount = (bytes: Uint8Array, length: number): number => {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	let count = 0;
	for (let at = 6; at + 4 <= Math.min(bytes.length, length); at += 4 + view.getUint32(at)) count++;
	return count;
};
