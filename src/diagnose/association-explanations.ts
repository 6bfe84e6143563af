/** What a rejected or aborted association and a refused presentation context mean (PS3.8 9.3.4, 9.3.8, Table 9-18), as tables. */
import type { CodeExplanation } from './explanation.ts';
import { allFilled, type FailureContext, factsOf } from './facts.ts';

interface RejectRow {
	readonly source: number;
	readonly reason: number;
	readonly standard: string;
	readonly title: string;
	readonly practice: readonly string[];
	readonly next: readonly string[];
}

const REGISTER = 'ask for {me} to be registered at the peer, with this spelling';
const AGAIN = 'dimse echo {peer} -c 10 --interval 5    shows when it takes associations again';
const REPORT = 'run it again with -d, and send the output to who looks after the peer';

/** PS3.8 Table 9-21. The result says only whether to try again. */
const REJECTS: readonly RejectRow[] = [
	{
		source: 1,
		reason: 1,
		standard: 'service-user, no-reason-given',
		title: 'no reason given',
		practice: [
			'the peer does not accept {calling} or this address, or has no licence left for it',
			'or its service has only just been started',
		],
		next: [REGISTER, 'ask what their log says at this time'],
	},
	{
		source: 1,
		reason: 2,
		standard: 'service-user, application-context-name-not-supported',
		title: 'application context not supported',
		practice: ['the peer is no usual DICOM application, or the request was damaged on the way'],
		next: [REPORT],
	},
	{
		source: 1,
		reason: 3,
		standard: 'service-user, calling-AE-title-not-recognized',
		title: 'calling AE title not recognized',
		practice: [
			'{calling} is not in the list of AE titles that the peer accepts, letter case included',
			'some peers accept an AE title from its registered address only: this one is {local}',
		],
		next: [REGISTER, 'if another AE title is registered for this machine: -aet TITLE'],
	},
	{
		source: 1,
		reason: 7,
		standard: 'service-user, called-AE-title-not-recognized',
		title: 'called AE title not recognized',
		practice: [
			'nothing there answers to {called}, or it does not accept {calling} from {local}',
			'(DCMTK-based servers use this code for both)',
			'or the port is forwarded to another device',
		],
		next: ['check the called AE title, letter case included: {otherTitle}', REGISTER],
	},
	{
		source: 2,
		reason: 1,
		standard: 'service-provider (ACSE), no-reason-given',
		title: 'no reason given by the ACSE provider',
		practice: ['an internal error at the peer'],
		next: [AGAIN, 'ask what their log says at this time'],
	},
	{
		source: 2,
		reason: 2,
		standard: 'service-provider (ACSE), protocol-version-not-supported',
		title: 'protocol version not supported',
		practice: ['the peer does not speak version 1 of the DICOM upper layer, or the request was damaged on the way'],
		next: [REPORT],
	},
	{
		source: 3,
		reason: 1,
		standard: 'service-provider (presentation), temporary-congestion',
		title: 'temporary congestion',
		practice: ['the peer is busy: many associations at once, or a nightly job'],
		next: ['try again later, first after some seconds', AGAIN],
	},
	{
		source: 3,
		reason: 2,
		standard: 'service-provider (presentation), local-limit-exceeded',
		title: 'local limit exceeded',
		practice: [
			'as many associations are open at the peer as it allows, from here or from others',
			'if it stays so, some program opens associations and never releases them',
		],
		next: ['close other clients, and use one association only: -j 1', AGAIN],
	},
];

const RESERVED_REJECT = {
	title: 'a reason that the standard does not list',
	practice: ['these numbers are reserved: what they mean, only the vendor of the peer knows'],
	next: ['ask what their log says at this time', REGISTER],
} as const;

const RESULTS: Readonly<Record<number, string>> = { 1: 'permanent', 2: 'transient' };

/** A-ASSOCIATE-RJ: `explainReject(1, 1, 7)`. `class` is `permanent`, `transient`, or `reserved` for a result that does not exist. */
export const explainReject = (
	result: number,
	source: number,
	reason: number,
	context: FailureContext = {},
): CodeExplanation => {
	const row = REJECTS.find((one) => one.source === source && one.reason === reason);
	const { title, practice, next } = row ?? RESERVED_REJECT;
	const facts = factsOf(context);
	const resultClass = RESULTS[result] ?? 'reserved';
	return {
		title,
		class: resultClass,
		standard: `rejected-${resultClass}, ${row?.standard ?? `source ${source}, reason ${reason}: reserved`}`,
		practice: allFilled(practice, facts),
		next: allFilled(next, facts),
	};
};

interface AbortRow {
	readonly source: number;
	/** None: whatever the reason. */
	readonly reason?: number;
	readonly standard: string;
	readonly title: string;
	readonly practice: readonly string[];
	readonly next: readonly string[];
}

const PLAINER = 'ask for less: no user identity, no extended negotiation, an AE title of at most 16 characters';
const TOO_MUCH = [
	'something in what was sent cannot be read there: many contexts, extended negotiation, user identity',
] as const;

/** PS3.8 Table 9-26 */
const ABORTS: readonly AbortRow[] = [
	{
		source: 0,
		standard: 'service-user',
		title: 'by the application',
		practice: [
			'the application there gave up: an AE title it does not know, an error of its own, or somebody stopped it',
			'(Orthanc does this to a query from an AE title that is not among its modalities)',
		],
		next: [REGISTER, 'ask what their log says at this time'],
	},
	{
		source: 2,
		reason: 0,
		standard: 'service-provider, reason-not-specified',
		title: 'no reason specified',
		practice: ['the service there crashed or was shut down'],
		next: [AGAIN, 'ask what their log says at this time'],
	},
	{
		source: 2,
		reason: 1,
		standard: 'service-provider, unrecognized-PDU',
		title: 'unrecognized PDU',
		practice: ['the peer got what is not DICOM: TLS at a plain port, or something between damaged the stream'],
		next: ['check whether the port takes TLS, and give --tls only if it does', REPORT],
	},
	{
		source: 2,
		reason: 2,
		standard: 'service-provider, unexpected-PDU',
		title: 'unexpected PDU',
		practice: ['the two ends disagree on what comes next, often because both released at the same time'],
		next: ['try again', REPORT],
	},
	{
		source: 2,
		reason: 4,
		standard: 'service-provider, unrecognized-PDU-parameter',
		title: 'unrecognized PDU parameter',
		practice: TOO_MUCH,
		next: [PLAINER, REPORT],
	},
	{
		source: 2,
		reason: 5,
		standard: 'service-provider, unexpected-PDU-parameter',
		title: 'unexpected PDU parameter',
		practice: TOO_MUCH,
		next: [PLAINER, REPORT],
	},
	{
		source: 2,
		reason: 6,
		standard: 'service-provider, invalid-PDU-parameter-value',
		title: 'invalid PDU parameter value',
		practice: [...TOO_MUCH, 'or a PDU was longer than the peer takes'],
		next: [PLAINER, REPORT],
	},
];

/** A-ABORT: `explainAbort(2, 1)`. `class` is `service-user`, `service-provider` or `reserved`. */
export const explainAbort = (source: number, reason: number, context: FailureContext = {}): CodeExplanation => {
	const row = ABORTS.find((one) => one.source === source && (one.reason ?? reason) === reason);
	const facts = factsOf(context);
	const { title, standard, practice, next }: Omit<AbortRow, 'source'> = row ?? {
		title: 'a reason that the standard does not list',
		standard: `source ${source}, reason ${reason}: reserved`,
		practice: ['the service there gave up; these numbers are reserved, and only its vendor knows what they mean'],
		next: ['ask what their log says at this time', REPORT],
	};
	return {
		title,
		class: source === 0 ? 'service-user' : source === 2 ? 'service-provider' : 'reserved',
		standard,
		practice: allFilled(practice, facts),
		next: allFilled(next, facts),
	};
};

interface ContextRow {
	readonly standard: string;
	readonly title: string;
	readonly practice: readonly string[];
	readonly next: readonly string[];
}

/** PS3.8 Table 9-18 */
const CONTEXT_RESULTS: Readonly<Record<number | 'absent', ContextRow>> = {
	0: {
		standard: 'acceptance',
		title: 'accepted',
		practice: ['messages of this class may be exchanged, in the one transfer syntax that was answered'],
		next: ['nothing: this is as it should be'],
	},
	1: {
		standard: 'user-rejection',
		title: 'rejected by the application',
		practice: ['the peer knows the class, but does not offer it to {calling}'],
		next: ['ask for {calling} to be allowed this service at the peer'],
	},
	2: {
		standard: 'no-reason (provider rejection)',
		title: 'rejected without a reason',
		practice: ['the peer gives no reason; often {calling} is not allowed this service, or the class is switched off'],
		next: ['ask for {calling} to be allowed this service at the peer', 'ask what their log says at this time'],
	},
	3: {
		standard: 'abstract-syntax-not-supported (provider rejection)',
		title: 'abstract syntax not supported',
		practice: ['the peer does not do this class at all, or not for {calling}, or not at this port'],
		next: [
			'look for the class in the conformance statement of the peer',
			'when querying, another model may be known there: -S study root, -P patient root',
		],
	},
	4: {
		standard: 'transfer-syntaxes-not-supported (provider rejection)',
		title: 'transfer syntaxes not supported',
		practice: ['the peer does this class, but in none of the transfer syntaxes that were offered'],
		next: ['look for the transfer syntaxes it takes in the conformance statement of the peer'],
	},
	absent: {
		standard: 'not in the answer',
		title: 'left out of the answer',
		practice: ['the peer said nothing of this context, which counts as refused'],
		next: ['look for the class in the conformance statement of the peer'],
	},
};

/** The result of a presentation context, `absent` where the answer leaves it out. `class` is `accepted`, `refused` or `reserved`. */
export const explainContextResult = (result: number | 'absent', context: FailureContext = {}): CodeExplanation => {
	const row: ContextRow | undefined = CONTEXT_RESULTS[result];
	const facts = factsOf(context);
	const { title, standard, practice, next } = row ?? {
		title: 'refused with a result that the standard does not list',
		standard: `result ${result}: reserved`,
		practice: ['this number is reserved: what it means, only the vendor of the peer knows'],
		next: ['ask what their log says at this time'],
	};
	return {
		title,
		class: result === 0 ? 'accepted' : row === undefined ? 'reserved' : 'refused',
		standard,
		practice: allFilled(practice, facts),
		next: allFilled(next, facts),
	};
};

/** What the standard has a word for, each with the result that goes with it: congestion and limits pass, the rest does not. */
export const REJECT_CODES: readonly { readonly result: number; readonly source: number; readonly reason: number }[] =
	REJECTS.map(({ source, reason }) => ({ result: source === 3 ? 2 : 1, source, reason }));

export const ABORT_CODES: readonly { readonly source: number; readonly reason: number }[] = ABORTS.map(
	({ source, reason = 0 }) => ({ source, reason }),
);

export const CONTEXT_CODES: readonly number[] = [0, 1, 2, 3, 4];
