/** What a server does for whom, as one union of events: the log, the live table and the audit log are made of them (after PS3.15 A.5). */
import { byTag } from '../dicom/dictionary.ts';
import { printedTag } from '../dicom/tags.ts';
import { timestamp } from './events.ts';
import { jsonText } from './sanitize.ts';

/** Who is at the other end of an association. AE titles are as the peer wrote them. */
export interface Caller {
	readonly association: number;
	/** `address:port`. */
	readonly from: string;
	readonly address: string;
	readonly calling: string;
	readonly called: string;
}

export type OperationService = 'C-ECHO' | 'C-STORE' | 'C-FIND' | 'C-GET' | 'C-MOVE';

/** One request and what becomes of it; the fields are filled in as they become known. None holds a name of a patient. */
export interface Operation {
	readonly service: OperationService;
	readonly messageId: number;
	readonly sopClassUid: string;
	/** On the clock of the server, in milliseconds. */
	readonly startedAt: number;
	level?: string;
	/** Tags of the keys that had a value; the values are nobody's affair. */
	keys?: readonly string[];
	destination?: string;
	sopInstanceUid?: string;
	transferSyntaxUid?: string;
	/** C-STORE: the study it belongs to; C-GET and C-MOVE: those that were asked for. */
	studies?: readonly string[];
	outcome?: string;
	/** C-STORE: the study was of another Patient ID before it. */
	isMoved?: boolean;
	bytes?: number;
	matches?: number;
	total?: number;
	completed?: number;
	failed?: number;
	warning?: number;
}

/** What was done on an association by its end. */
export interface Totals {
	readonly requests: number;
	readonly stored: number;
	readonly storedBytes: number;
	/** Instances sent by C-GET and C-MOVE. */
	readonly sent: number;
	readonly sentBytes: number;
	readonly failed: number;
}

export type ServerEvent =
	| {
			readonly kind: 'listening';
			readonly aeTitle: string;
			/** Undefined for all interfaces. */
			readonly address: string | undefined;
			readonly port: number;
			readonly isTls: boolean;
	  }
	| {
			readonly kind: 'accepted';
			readonly caller: Caller;
			/** How many presentation contexts. */
			readonly contexts: number;
			/** The SOP classes of those that were not accepted. */
			readonly refused: readonly string[];
			readonly implementation?: string | undefined;
	  }
	| {
			readonly kind: 'rejected';
			readonly caller: Caller;
			/** `result/source/reason`. */
			readonly triple: string;
			readonly why: string;
	  }
	/** A connection that came to no association. */
	| {
			readonly kind: 'not-associated';
			readonly from: string;
			readonly why: string;
			/** It only looked whether anybody listens. */
			readonly isProbe: boolean;
	  }
	| { readonly kind: 'request'; readonly caller: Caller; readonly operation: Operation }
	/** Counts of an operation have changed. */
	| { readonly kind: 'progress'; readonly caller: Caller; readonly operation: Operation }
	| {
			readonly kind: 'finished';
			readonly caller: Caller;
			readonly operation: Operation;
			/** Undefined where the peer was gone before it. */
			readonly status: number | undefined;
			readonly comment?: string | undefined;
			readonly ms: number;
	  }
	/** `why` says how it ended where that was not a release. */
	| {
			readonly kind: 'ended';
			readonly caller: Caller;
			readonly ms: number;
			readonly totals: Totals;
			readonly why?: string | undefined;
	  }
	| { readonly kind: 'notice'; readonly isWarning: boolean; readonly text: string }
	| { readonly kind: 'stopping'; readonly signal: string; readonly operations: number }
	| { readonly kind: 'stopped' };

/** Four hex digits, as peers' logs have them. */
export const statusCode = (status: number): string => status.toString(16).toUpperCase().padStart(4, '0');

const callerFacts = ({ association, from, calling, called }: Caller): object => ({
	association,
	from,
	calling,
	called,
});

const operationFacts = (operation: Operation): object => {
	const { service, messageId, sopClassUid, startedAt: _, studies, ...facts } = operation;
	return {
		service,
		message_id: messageId,
		sop_class: uidText(sopClassUid),
		...(facts.level === undefined ? {} : { level: facts.level }),
		...(facts.keys === undefined ? {} : { keys: keyNames(facts.keys) }),
		...(facts.destination === undefined ? {} : { destination: facts.destination }),
		...(facts.sopInstanceUid === undefined ? {} : { sop_instance: uidText(facts.sopInstanceUid) }),
		...(facts.transferSyntaxUid === undefined ? {} : { transfer_syntax: facts.transferSyntaxUid }),
		...(studies === undefined ? {} : { studies: studies.map(uidText) }),
		...(facts.outcome === undefined ? {} : { outcome: facts.outcome }),
		...(facts.isMoved === true ? { warning_text: MOVED } : {}),
		...(facts.bytes === undefined ? {} : { bytes: facts.bytes }),
		...(facts.matches === undefined ? {} : { matches: facts.matches }),
		...(facts.total === undefined ? {} : { total: facts.total }),
		...(facts.completed === undefined ? {} : { completed: facts.completed }),
		...(facts.failed === undefined ? {} : { failed: facts.failed }),
		...(facts.warning === undefined ? {} : { warning: facts.warning }),
	};
};

const MOVED = 'the study is of another Patient ID now';

/** What a peer wrote where a UID belongs may be anything, a name too. */
const uidText = (text: string): string => (/^[0-9.]{1,64}$/.test(text) ? text : '(no UID)');

/** By their keywords; private ones and those PS3.6 does not have by their tags. */
export const keyNames = (tags: readonly string[]): readonly string[] =>
	tags.map((tag) => byTag(tag)?.keyword || printedTag(tag));

/** The event as facts under names of their own; undefined for what no record is made of. */
const factsOf = (event: ServerEvent): object | undefined => {
	switch (event.kind) {
		case 'listening': {
			const { aeTitle, address, port, isTls } = event;
			return { ae_title: aeTitle, address: address ?? '*', port, tls: isTls };
		}
		case 'accepted': {
			const { caller, contexts, refused, implementation } = event;
			const facts = { contexts, refused: refused.map(uidText) };
			return { ...callerFacts(caller), ...facts, ...(implementation === undefined ? {} : { implementation }) };
		}
		case 'rejected':
			return { ...callerFacts(event.caller), reject: event.triple, why: event.why };
		case 'not-associated':
			return { from: event.from, why: event.why };
		case 'request':
			return { ...callerFacts(event.caller), ...operationFacts(event.operation) };
		case 'progress':
			return undefined;
		case 'finished': {
			const { caller, operation, status, comment, ms } = event;
			return {
				...callerFacts(caller),
				...operationFacts(operation),
				...(status === undefined ? {} : { status: statusCode(status) }),
				...(comment === undefined ? {} : { comment }),
				ms: Math.round(ms * 10) / 10,
			};
		}
		case 'ended': {
			const { caller, totals, why, ms } = event;
			const { requests, stored, storedBytes, sent, sentBytes, failed } = totals;
			const counts = { requests, stored, stored_bytes: storedBytes, sent, sent_bytes: sentBytes, failed };
			return { ...callerFacts(caller), ...counts, ...(why === undefined ? {} : { why }), ms: Math.round(ms) };
		}
		case 'notice':
			return { level: event.isWarning ? 'warning' : 'info', text: event.text };
		case 'stopping':
			return { signal: event.signal, operations: event.operations };
		case 'stopped':
			return {};
	}
};

/** `--json-log`: one line, newline included; nothing for what is not told so. */
export const serverLogLine = (event: ServerEvent, now: Date): string => {
	const facts = factsOf(event);
	return facts === undefined ? '' : `${jsonText({ ts: timestamp(now), event: event.kind, ...facts })}\n`;
};

/** PS3.15 A.5.3: what an audit trail calls it; undefined for what belongs in none. */
const auditNameOf = (event: ServerEvent): string | undefined => {
	switch (event.kind) {
		case 'listening':
			return 'application-start';
		case 'stopped':
			return 'application-stop';
		case 'not-associated':
			return event.isProbe ? undefined : 'security-alert';
		case 'rejected':
			return 'security-alert';
		case 'accepted':
			return 'association-opened';
		case 'ended':
			return 'association-closed';
		case 'finished':
			return OPERATIONS[event.operation.service];
		default:
			return undefined;
	}
};

const OPERATIONS: Readonly<Record<OperationService, string | undefined>> = {
	'C-ECHO': undefined,
	'C-STORE': 'instance-received',
	'C-FIND': 'query',
	'C-GET': 'instances-transferred',
	'C-MOVE': 'instances-transferred',
};

/** `--audit-log`: one line, newline included; nothing for what belongs in no audit trail. */
export const auditLine = (event: ServerEvent, now: Date): string => {
	const name = auditNameOf(event);
	return name === undefined ? '' : `${jsonText({ ts: timestamp(now), audit: name, ...factsOf(event) })}\n`;
};
