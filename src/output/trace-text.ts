/** Trace events as lines for people: what `-v` (info) and `-d` (debug) print on stderr, and what a `.txt` trace holds. */
import type { TraceEvent } from '../association/trace.ts';
import { decodeDataset } from '../dicom/decode.ts';
import { printedTag } from '../dicom/tags.ts';
import type { Message } from '../dimse/messages.ts';
import { statusOf } from '../dimse/status.ts';
import { DicomError } from '../errors.ts';
import type { Pdu } from '../upper-layer/pdu/index.ts';
import { decodePdu } from '../upper-layer/pdu/index.ts';
import { dumpLines } from './dump.ts';
import { statusText } from './events.ts';
import { countText, durationText } from './quantities.ts';
import { sanitize } from './sanitize.ts';
import { pad } from './text-width.ts';
import { uidName } from './uid-names.ts';

export type TraceLevel = 'info' | 'debug';

export interface TraceTextOptions {
	/** info: associations, requests and final responses. debug: also contexts, pending responses and identifiers with their values. */
	readonly level: TraceLevel;
	/** An event's time as text; by default seconds on the clock of the events. `localTime` makes the time of day. */
	readonly time?: (at: number) => string;
}

/** @param epochMs the Unix time, in milliseconds, at which the events' clock stood at 0. */
export const localTime =
	(epochMs: number): ((at: number) => string) =>
	(at) => {
		const date = new Date(epochMs + at);
		const [hour, minute, second] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) =>
			String(part).padStart(2, '0'),
		);
		return `${hour}:${minute}:${second}.${String(date.getMilliseconds()).padStart(3, '0')}`;
	};

const seconds = (at: number): string => (at / 1000).toFixed(3).padStart(9);

/**
 * A function from events to lines, without newlines and sanitised. It remembers of each open association what was proposed and which
 * requests are not answered yet, so that answers can be told with names, durations and counts.
 */
export const traceText = ({ level, time = seconds }: TraceTextOptions): ((event: TraceEvent) => string[]) => {
	const associations = new Map<number, Conversation>();
	return (event) => {
		const conversation = associations.get(event.association) ?? newConversation();
		if (event.event === 'closed') associations.delete(event.association);
		else associations.set(event.association, conversation);
		const told = tell(event, conversation, level === 'debug');
		if (told === undefined) return [];
		const gutter = 'direction' in event ? GUTTERS[event.direction] : '-';
		const first = `${time(event.at)}  #${event.association} ${gutter}  ${told.line}`;
		return [sanitize(first.trimEnd()), ...(told.more ?? []).map((line) => sanitize(INDENT + line))];
	};
};

const GUTTERS = { sent: '>', received: '<' } as const;
const INDENT = ' '.repeat(20);

/** Open requests remembered of one association: a peer that answers none must not fill memory. */
const MOST_REQUESTS = 256;

interface Conversation {
	associateAt: number | undefined;
	readonly proposed: Map<number, string>;
	readonly requests: Map<number, { readonly at: number; matches: number }>;
}

const newConversation = (): Conversation => ({ associateAt: undefined, proposed: new Map(), requests: new Map() });

interface Told {
	readonly line: string;
	readonly more?: readonly string[];
}

const tell = (event: TraceEvent, conversation: Conversation, isDebug: boolean): Told | undefined => {
	switch (event.event) {
		case 'resolved':
			return isDebug ? { line: `${event.host} is ${event.addresses.join(', ')}` } : undefined;
		case 'connected': {
			const [from, to] = event.role === 'requestor' ? [event.local, event.remote] : [event.remote, event.local];
			return { line: `connected ${endpoint(from)} -> ${endpoint(to)}  ${durationText(event.afterMs)}` };
		}
		case 'secured':
			return { line: `${event.protocol}  ${event.cipher}${event.subject === undefined ? '' : `  ${event.subject}`}` };
		case 'pdu':
			return tellPdu(event, conversation, isDebug);
		case 'message':
			return tellMessage(event, conversation, isDebug);
		case 'timer':
			return { line: `${event.timer} timer expired after ${durationText(event.timeoutMs)}` };
		case 'closed':
			return {
				line:
					event.failure === undefined ? 'closed' : `closed (${event.phase}): ${new DicomError(event.failure).message}`,
			};
	}
};

const endpoint = ({ address, port }: { readonly address: string; readonly port: number }): string =>
	address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

type EventOf<Name extends TraceEvent['event']> = Extract<TraceEvent, { readonly event: Name }>;

const P_DATA_TF = 0x04;

/** P-DATA-TF is told as the messages it carries. */
const tellPdu = (event: EventOf<'pdu'>, conversation: Conversation, isDebug: boolean): Told | undefined => {
	if (event.bytes[0] === P_DATA_TF) return undefined;
	let pdu: Pdu;
	try {
		pdu = decodePdu(event.bytes);
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		return { line: `malformed PDU, ${countText(event.length, 'byte')}: ${why}` };
	}
	switch (pdu.type) {
		case 'A-ASSOCIATE-RQ': {
			conversation.associateAt = event.at;
			for (const { id, abstractSyntax } of pdu.presentationContexts) conversation.proposed.set(id, abstractSyntax);
			const contexts = pdu.presentationContexts.map(
				({ id, abstractSyntax, transferSyntaxes }) =>
					`${String(id).padStart(3)}  ${pad(uidName(abstractSyntax), 24, 'left')}  ${transferSyntaxes.map(uidName).join(' ')}`,
			);
			const line = `${pdu.type}  ${pdu.callingAeTitle} -> ${pdu.calledAeTitle}  ${userText(pdu.userInformation)}`;
			if (isDebug) return { line, more: contexts };
			return { line: `${line}  ${countText(contexts.length, 'context')}` };
		}
		case 'A-ASSOCIATE-AC': {
			const took =
				conversation.associateAt === undefined ? '' : `${durationText(event.at - conversation.associateAt)}  `;
			const accepted = pdu.presentationContexts.filter(({ result }) => result === 0).length;
			const line = `${pdu.type}  ${took}${userText(pdu.userInformation)}`;
			// Those refused are why something will not work: they are told at both levels.
			const shown = pdu.presentationContexts.filter(({ result }) => isDebug || result !== 0);
			const more = shown.map(
				({ id, result, transferSyntax }) =>
					`${String(id).padStart(3)}  ${pad(uidName(conversation.proposed.get(id) ?? ''), 24, 'left')}  ${
						result === 0 ? `accepted ${uidName(transferSyntax)}` : `refused, result ${result} ${RESULTS[result] ?? ''}`
					}`,
			);
			return { line: isDebug ? line : `${line}  ${accepted} of ${conversation.proposed.size} accepted`, more };
		}
		case 'A-ASSOCIATE-RJ':
			return { line: `${pdu.type}  ${pdu.result}/${pdu.source}/${pdu.reason}` };
		case 'A-ABORT':
			return { line: `${pdu.type}  source ${pdu.source}, reason ${pdu.reason}` };
		default:
			return { line: pdu.type };
	}
};

/** PS3.8 Table 9-18 */
const RESULTS: Readonly<Record<number, string>> = {
	1: 'user-rejection',
	2: 'no-reason',
	3: 'abstract-syntax-not-supported',
	4: 'transfer-syntaxes-not-supported',
};

type UserInformation = Extract<Pdu, { readonly type: 'A-ASSOCIATE-RQ' }>['userInformation'];

const userText = (user: UserInformation): string => {
	const name = user.implementationVersionName;
	return [
		`max PDU ${user.maximumLength ?? 0}`,
		...(user.implementationClassUid === undefined ? [] : [user.implementationClassUid]),
		...(name === undefined ? [] : [`"${name}"`]),
		...user.roleSelections.map(
			({ sopClassUid, scuRole, scpRole }) =>
				`role ${uidName(sopClassUid)} SCU ${Number(scuRole)} SCP ${Number(scpRole)}`,
		),
		...user.extendedNegotiations.map(
			({ sopClassUid, information }) => `extended ${uidName(sopClassUid)} ${[...information.subarray(0, 16)].join('')}`,
		),
		// Never the identity itself: a trace is passed on.
		...(user.userIdentity === undefined ? [] : [`user identity type ${user.userIdentity.type}`]),
	].join('  ');
};

const tellMessage = (event: EventOf<'message'>, conversation: Conversation, isDebug: boolean): Told | undefined => {
	const { message } = event;
	const identifier = isDebug && event.identifier !== undefined ? identifierLines(event.identifier, event) : [];
	if (!('status' in message) || message.status === undefined) {
		if ('messageId' in message && message.messageId !== undefined) remember(conversation, message.messageId, event.at);
		return { line: requestText(event), more: identifier };
	}
	const answered = conversation.requests.get(message.messageIdBeingRespondedTo ?? -1);
	const { class: statusClass, meaning } = statusOf(serviceOf(message), message.status);
	if (statusClass === 'pending') {
		if (answered !== undefined && message.hasDataset) answered.matches++;
		if (!isDebug) return undefined;
	} else conversation.requests.delete(message.messageIdBeingRespondedTo ?? -1);
	const id = message.messageIdBeingRespondedTo ?? '?';
	const code = statusText(message.status);
	const took = answered === undefined ? '' : durationText(event.at - answered.at).padStart(6);
	const line = `${nameOf(message).padEnd(11)} msg ${id}  ${code} ${statusClass}  ${took}  ${outcome(message, statusClass, answered?.matches)}`;
	const says = statusClass === 'failure' || statusClass === 'warning' ? [meaning] : [];
	return { line: line.trimEnd(), more: [...says, ...detailLines(message), ...identifier] };
};

const remember = ({ requests }: Conversation, messageId: number, at: number): void => {
	const oldest = requests.keys().next().value;
	if (requests.size >= MOST_REQUESTS && oldest !== undefined) requests.delete(oldest);
	requests.set(messageId, { at, matches: 0 });
};

const nameOf = (message: Message): string =>
	message.type === 'unknown' ? `command ${statusText(message.commandField)}H` : message.type;

const requestText = ({ message, contextId, abstractSyntax }: EventOf<'message'>): string => {
	const id = 'messageId' in message ? message.messageId : undefined;
	const about = 'messageIdBeingRespondedTo' in message ? ` of msg ${message.messageIdBeingRespondedTo}` : '';
	const parts = [
		`${nameOf(message).padEnd(11)}${id === undefined ? about : ` msg ${id}`} pc ${contextId}`,
		uidName(abstractSyntax),
	];
	if (message.type === 'C-MOVE-RQ') parts.push(`to ${message.moveDestination}`);
	if (message.type === 'C-STORE-RQ') {
		parts.push(message.affectedSopInstanceUid);
		if (message.moveOriginatorAeTitle !== undefined) parts.push(`for ${message.moveOriginatorAeTitle}`);
	}
	return parts.join('  ');
};

const serviceOf = (message: Message): Parameters<typeof statusOf>[0] => {
	switch (message.type) {
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

const outcome = (message: Message, statusClass: string, matches = 0): string => {
	switch (message.type) {
		case 'C-FIND-RSP':
			return statusClass === 'pending' ? `match ${matches}` : countText(matches, 'match', 'matches');
		case 'C-GET-RSP':
		case 'C-MOVE-RSP':
			return [
				['remaining', message.numberOfRemainingSuboperations],
				['completed', message.numberOfCompletedSuboperations],
				['failed', message.numberOfFailedSuboperations],
				['warning', message.numberOfWarningSuboperations],
			]
				.flatMap(([name, count]) => (count === undefined ? [] : [`${name} ${count}`]))
				.join(' ');
		default:
			return '';
	}
};

/** The status detail (PS3.7 Annex C): for many peers the only place where they say what is wrong. */
const detailLines = (message: Message): string[] => {
	const lines: string[] = [];
	if ('errorComment' in message && message.errorComment !== undefined)
		lines.push(`error comment: ${message.errorComment}`);
	if ('offendingElements' in message && message.offendingElements !== undefined)
		lines.push(`offending elements: ${message.offendingElements.map((tag) => printedTag(tag)).join(' ')}`);
	if ('errorId' in message && message.errorId !== undefined) lines.push(`error ID: ${message.errorId}`);
	return lines;
};

const LONGEST_VALUE = 200;

const identifierLines = (identifier: Uint8Array, { transferSyntax }: EventOf<'message'>): string[] => {
	const { dataset, problems } = decodeDataset(identifier, transferSyntax);
	return [
		...dumpLines(dataset, { indent: '  ', style: 'trace', longest: LONGEST_VALUE }),
		...problems.map((problem) => `  ! ${problem}`),
	];
};
