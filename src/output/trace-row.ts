/** A trace event in the cells of a list: what it is, between whom, and what is worth knowing of it in one line. */
import type { TraceEvent } from '../association/trace.ts';
import { textOf } from '../dicom/dataset.ts';
import { decodeDataset } from '../dicom/decode.ts';
import { TAG } from '../dicom/tags.ts';
import type { Message } from '../dimse/messages.ts';
import { isPending, type Service, statusOf } from '../dimse/status.ts';
import { DicomError } from '../errors.ts';
import { decodePdu, type Pdu } from '../upper-layer/pdu/index.ts';
import { statusText } from './events.ts';
import { bytesText, countText, durationText } from './quantities.ts';
import { sanitize } from './sanitize.ts';
import { cutMiddle } from './text-width.ts';
import { uidName } from './uid-names.ts';

export interface EventCells {
	readonly direction: '>' | '<' | '-';
	readonly what: string;
	readonly messageId: string;
	readonly contextId: string;
	/** Sanitised, without the values of patients. */
	readonly summary: string;
	/** Whom it is about, sanitised. */
	readonly patient?: string;
	readonly mark?: 'bad' | 'warning';
	/** Events of one association that have the same, one after the other, are a burst. */
	readonly burst?: string;
}

const P_DATA_TF = 0x04;
const DIRECTIONS = { sent: '>', received: '<' } as const;

/** The burst that a match of a query is of; undefined for anything else. */
export const matchesOf = (event: TraceEvent): string | undefined =>
	event.event === 'message' && event.message.type === 'C-FIND-RSP' && isPending(event.message.status)
		? `find ${event.message.messageIdBeingRespondedTo}`
		: undefined;

/** Undefined for a stretch of P-DATA, which its messages tell. */
export const eventCells = (event: TraceEvent): EventCells | undefined => {
	switch (event.event) {
		case 'resolved':
			return plain('DNS', `${event.host} is ${event.addresses.join(', ')}`);
		case 'connected': {
			const [from, to] = event.role === 'requestor' ? [event.local, event.remote] : [event.remote, event.local];
			return plain('TCP', `${endpoint(from)} > ${endpoint(to)}, ${durationText(event.afterMs)}`);
		}
		case 'secured':
			return plain('TLS', [event.protocol, event.cipher, event.subject ?? ''].join(' ').trimEnd());
		case 'timer':
			return { ...plain('timer', `${event.timer} ran out after ${durationText(event.timeoutMs)}`), mark: 'warning' };
		case 'closed':
			return event.failure === undefined
				? plain('closed', '')
				: { ...plain('closed', `${event.phase}: ${new DicomError(event.failure).message}`), mark: 'bad' };
		case 'pdu':
			return event.bytes[0] === P_DATA_TF ? undefined : pduCells(event);
		case 'message':
			return messageCells(event);
	}
};

const plain = (what: string, summary: string): EventCells => ({
	direction: '-',
	what,
	messageId: '',
	contextId: '',
	summary: sanitize(summary),
});

const endpoint = ({ address, port }: { readonly address: string; readonly port: number }): string =>
	address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

type EventOf<Name extends TraceEvent['event']> = Extract<TraceEvent, { readonly event: Name }>;

const pduCells = ({ bytes, length, direction }: EventOf<'pdu'>): EventCells => {
	const cells = (what: string, summary: string): EventCells => ({
		...plain(what, summary),
		direction: DIRECTIONS[direction],
	});
	let pdu: Pdu;
	try {
		pdu = decodePdu(bytes);
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		return { ...cells('malformed', `${bytesText(length)}: ${why}`), mark: 'bad' };
	}
	switch (pdu.type) {
		case 'A-ASSOCIATE-RQ':
			return cells(
				pdu.type,
				`${pdu.callingAeTitle} > ${pdu.calledAeTitle}, ${countText(pdu.presentationContexts.length, 'context')}, ${ours(pdu)}, ${bytesText(length)}`,
			);
		case 'A-ASSOCIATE-AC': {
			const accepted = pdu.presentationContexts.filter(({ result }) => result === 0).length;
			const others = pdu.presentationContexts.length - accepted;
			const told = cells(pdu.type, `${accepted} accepted${others === 0 ? '' : `, ${others} not`}, ${ours(pdu)}`);
			return accepted === 0 ? { ...told, mark: 'warning' } : told;
		}
		case 'A-ASSOCIATE-RJ':
			return { ...cells(pdu.type, `${pdu.result}/${pdu.source}/${pdu.reason}`), mark: 'bad' };
		case 'A-ABORT':
			return { ...cells(pdu.type, `source ${pdu.source}, reason ${pdu.reason}`), mark: 'bad' };
		default:
			return cells(pdu.type, '');
	}
};

const ours = ({
	userInformation,
}: Pick<Extract<Pdu, { readonly type: 'A-ASSOCIATE-RQ' }>, 'userInformation'>): string => {
	const { maximumLength = 0, implementationVersionName } = userInformation;
	return `PDU ${maximumLength}${implementationVersionName === undefined ? '' : `, ${implementationVersionName}`}`;
};

const LEVEL = TAG.QueryRetrieveLevel;
/** From the lowest level up: the first there is says what is asked for. */
const UIDS = [TAG.SOPInstanceUID, TAG.SeriesInstanceUID, TAG.StudyInstanceUID] as const;
const UID_WIDTH = 30;

const messageCells = (event: EventOf<'message'>): EventCells => {
	const { message, direction, contextId } = event;
	const id = 'messageId' in message ? message.messageId : undefined;
	const about = 'messageIdBeingRespondedTo' in message ? message.messageIdBeingRespondedTo : undefined;
	const cells = {
		direction: DIRECTIONS[direction],
		what: message.type === 'unknown' ? `command ${statusText(message.commandField)}H` : message.type,
		messageId: String(id ?? about ?? ''),
		contextId: String(contextId),
	};
	const patient = patientOf(event);
	const named = patient === '' ? {} : { patient };
	if (!('status' in message) || message.status === undefined)
		return {
			...cells,
			...named,
			summary: sanitize(requestSummary(event)),
			...(message.type === 'C-STORE-RQ' ? { burst: 'store' } : {}),
		};
	const { class: statusClass, meaning } = statusOf(serviceOf(message), message.status);
	const parts = [`${statusText(message.status)} ${statusClass}`, counts(message)];
	if (statusClass === 'failure' || statusClass === 'warning') {
		parts.push(meaning);
		if (message.errorComment !== undefined) parts.push(message.errorComment);
	}
	const isBad = statusClass === 'failure' || statusClass === 'warning';
	const burst = matchesOf(event) ?? (message.type === 'C-STORE-RSP' && statusClass === 'success' ? 'store' : undefined);
	return {
		...cells,
		...named,
		summary: sanitize(parts.filter((part) => part !== '').join('  ')),
		...(isBad ? { mark: statusClass === 'failure' ? 'bad' : 'warning' } : {}),
		...(burst === undefined ? {} : { burst }),
	};
};

const serviceOf = ({ type }: Message): Service => {
	switch (type) {
		case 'C-STORE-RSP':
			return 'C-STORE';
		case 'C-FIND-RSP':
			return 'C-FIND';
		case 'C-GET-RSP':
			return 'C-GET';
		case 'C-MOVE-RSP':
			return 'C-MOVE';
		default:
			return 'C-ECHO';
	}
};

const counts = (message: Message): string => {
	if (message.type !== 'C-GET-RSP' && message.type !== 'C-MOVE-RSP') return '';
	return [
		['rem', message.numberOfRemainingSuboperations],
		['ok', message.numberOfCompletedSuboperations],
		['fail', message.numberOfFailedSuboperations],
		['warn', message.numberOfWarningSuboperations],
	]
		.flatMap(([name, count]) => (count === undefined ? [] : [`${name} ${count}`]))
		.join(' ');
};

const requestSummary = ({ message, abstractSyntax, identifier, transferSyntax }: EventOf<'message'>): string => {
	switch (message.type) {
		case 'C-CANCEL-RQ':
			return '';
		case 'C-STORE-RQ': {
			const origin = message.moveOriginatorAeTitle === undefined ? '' : `  for ${message.moveOriginatorAeTitle}`;
			return `${uidName(abstractSyntax)}  ${cutMiddle(sanitize(message.affectedSopInstanceUid), UID_WIDTH)}${origin}`;
		}
		case 'C-FIND-RQ':
		case 'C-GET-RQ':
		case 'C-MOVE-RQ': {
			const name = uidName(abstractSyntax).replace(/ (FIND|GET|MOVE)$/, '');
			if (identifier === undefined) return name;
			const { dataset } = decodeDataset(identifier, transferSyntax);
			const given = Object.keys(dataset).filter((tag) => tag !== LEVEL && textOf(dataset, tag) !== '').length;
			const uid = UIDS.map((tag) => textOf(dataset, tag)).find((text) => text !== '');
			const level = textOf(dataset, LEVEL);
			return [
				...(message.type === 'C-MOVE-RQ' ? [`${level} to ${message.moveDestination}`] : [name, level]),
				...(uid === undefined ? [countText(given, 'key')] : [cutMiddle(sanitize(uid), UID_WIDTH)]),
			]
				.filter((part) => part.trim() !== '')
				.join(', ');
		}
		default:
			return uidName(abstractSyntax);
	}
};

/** Of a match, and of a query by name. */
const patientOf = ({ message, identifier, transferSyntax }: EventOf<'message'>): string => {
	if (identifier === undefined || (message.type !== 'C-FIND-RSP' && message.type !== 'C-FIND-RQ')) return '';
	const { dataset } = decodeDataset(identifier, transferSyntax);
	return sanitize(textOf(dataset, TAG.PatientName) || textOf(dataset, TAG.PatientID));
};
