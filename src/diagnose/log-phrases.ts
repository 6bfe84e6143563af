/** What the logs of DCMTK, pynetdicom, dcm4che, fo-dicom and Orthanc say, as a table of phrases and the codes they stand for. */
import type { Service } from '../dimse/status.ts';
import type { Failure } from '../errors.ts';
import type { Advice } from './explanation.ts';
import type { Recognized } from './recognition.ts';

interface Phrase {
	readonly pattern: RegExp;
	readonly means: Recognized;
}

const PERMANENT = 1;
const TRANSIENT = 2;

const reject = (pattern: RegExp, result: number, source: number, reason: number): Phrase => ({
	pattern,
	means: { kind: 'reject', result, source, reason },
});
const status = (pattern: RegExp, code: number, service?: Service): Phrase => ({
	pattern,
	means: { kind: 'status', status: code, service },
});
const failure = (pattern: RegExp, failed: Failure): Phrase => ({
	pattern,
	means: { kind: 'failure', failure: failed },
});

const saying = (pattern: RegExp, advice: Advice): Phrase => ({ pattern, means: { kind: 'saying', code: '', advice } });

/** A log says neither where nor after how long. */
export const UNKNOWN_PLACE = { address: 'the peer', port: 0, afterMs: Number.NaN } as const;
const UNKNOWN_TIME = 0;

/** Sentences that DCMTK's condition numbers stand for as well. */
export const PEER_GONE: Advice = {
	title: 'the other end aborted, or closed without an answer',
	means: [
		'DCMTK says this for both: an A-ABORT, and a connection that ends without a word',
		'right after the association request: an AE title that is not accepted, an address that is not allowed, or a port that takes TLS',
		'after a request: the program there gave up (Orthanc does for a caller it does not know)',
	],
	do: ['dimse doctor PEER    tells which of them it is', 'ask what their log says at this time'],
};

export const OUT_OF_STEP: Advice = {
	title: 'the two ends disagree on what comes next',
	means: [
		'a PDU came, or was to be sent, in a state of the association that has no place for it: often both ended it at the same time, or one went on after an abort',
	],
	do: ['look at the line before it in that log: what went wrong first', 'record it: dimse COMMAND --trace x.pcap'],
};

export const CUT_OFF: Advice = {
	title: 'the connection ended in the middle',
	means: [
		'the program at the other end crashed or was stopped, or a firewall between cut an idle or a long connection',
	],
	do: [
		'ask what the log of the other end says at this time',
		'dimse doctor PEER --soak 10m    shows a timer on idle connections',
	],
};

export const UNREADABLE: Advice = {
	title: 'what came could not be read',
	means: ['a dataset or a message that does not fit its transfer syntax, or is cut short'],
	do: ['record it and look: dimse COMMAND --trace x.jsonl', 'send the trace (--redact) to who looks after the sender'],
};

/** The first that fits counts. */
export const PHRASES: readonly Phrase[] = [
	saying(/C-MOVE request matching no resource/i, {
		title: 'Orthanc: nothing matches the keys of the C-MOVE',
		means: ['it answers C000 then, where others end with success and no sub-operation'],
		do: ['ask for the same keys by C-FIND first: dimse find PEER KEY=VALUE'],
	}),
	saying(/no presentation context proposed/i, {
		title: 'Orthanc: somebody connected and asked for no association',
		means: ['it says so of port checks: monitors, load balancers, and the first steps of dimse doctor'],
		do: ['nothing, where one of these is known to run'],
	}),
	saying(/association rejected, aborted or never connected/i, {
		title: 'no association came about',
		means: [
			'a script after an example of pynetdicom says this for any of three: rejected, aborted, or no connection at all',
		],
		do: ['dimse doctor PEER    tells which of them it is', 'switch on its own log: pynetdicom.debug_logger()'],
	}),

	// A-ASSOCIATE-RJ: DCMTK's and pynetdicom's words, dcm4che's with hyphens, fo-dicom's run together.
	reject(/called[-_ ]?ae[-_ ]?(title)?[-_ ]?not[-_ ]?recogni[sz]ed/i, PERMANENT, 1, 7),
	reject(/calling[-_ ]?ae[-_ ]?(title)?[-_ ]?not[-_ ]?recogni[sz]ed/i, PERMANENT, 1, 3),
	reject(/application[-_ ]?context[-_ ]?(name)?[-_ ]?not[-_ ]?supported/i, PERMANENT, 1, 2),
	reject(/protocol[-_ ]?version[-_ ]?not[-_ ]?supported/i, PERMANENT, 2, 2),
	reject(/temporary[-_ ]?congestion/i, TRANSIENT, 3, 1),
	reject(/local[-_ ]?limit[-_ ]?exceeded/i, TRANSIENT, 3, 2),
	reject(/rejected\W+transient/i, TRANSIENT, 1, 1),
	reject(/(association|a-associate)[- ]?(request )?(was )?rejected|rejected[-_ ]?permanent/i, PERMANENT, 1, 1),

	// Presentation contexts.
	failure(
		/no (acceptable|accepted|valid|suitable) presentation context|NoPresentationContext|no presentation context|none of the presentation contexts/i,
		{ blame: 'no-context', refused: [] },
	),
	{ pattern: /abstract[-_ ]?syntax[-_ ]?not[-_ ]?supported/i, means: { kind: 'context', result: 3 } },
	{ pattern: /transfer[-_ ]?syntax(es)?[-_ ]?not[-_ ]?supported/i, means: { kind: 'context', result: 4 } },

	// C-MOVE, C-GET, C-FIND and C-STORE by name.
	status(/move[-_ ]?destination[-_ ]?(ae[-_ ]?title[-_ ]?)?(is )?unknown|unknown move destination/i, 0xa801, 'C-MOVE'),
	status(/unable[-_ ]?to[-_ ]?perform[-_ ]?sub-?[-_ ]?operations|OutOfResourcesSubOperations/i, 0xa702),
	status(/unable[-_ ]?to[-_ ]?calculate[-_ ]?number[-_ ]?of[-_ ]?matches|OutOfResourcesNumberOfMatches/i, 0xa701),
	status(/sub-?operations\s*(completed?|terminated)(?!\W*no failures).*(failures|failed|warnings)/i, 0xb000),
	status(/identifier[-_ ]?does[-_ ]?not[-_ ]?match[-_ ]?sop[-_ ]?class/i, 0xa900),
	status(/data[-_ ]?set[-_ ]?does[-_ ]?not[-_ ]?match[-_ ]?sop[-_ ]?class/i, 0xa900),
	status(/cannot[-_ ]?understand/i, 0xc000, 'C-STORE'),
	status(/unable[-_ ]?to[-_ ]?process|ProcessingFailure/i, 0xc000),
	status(/out[-_ ]?of[-_ ]?resources/i, 0xa700),
	status(/sop[-_ ]?class[-_ ]?not[-_ ]?supported|no such sop class/i, 0x0122),
	status(/not[-_ ]?authori[sz]ed/i, 0x0124),
	status(/unrecogni[sz]ed[-_ ]?operation/i, 0x0211),
	status(/duplicate[-_ ]?invocation/i, 0x0210),
	status(/mistyped[-_ ]?argument/i, 0x0212),
	status(/terminated due to cancel|MatchingTerminatedDueToCancelRequest/i, 0xfe00),

	// A-ABORT, and what programs say when the other end is suddenly gone.
	saying(/peer aborted association \(or never connected\)/i, PEER_GONE),
	saying(/aborting (the )?association/i, {
		title: 'the program that writes this log gave up itself',
		means: ['a timer of its own ran out, a response could not be read, or somebody stopped it'],
		do: ['look at the lines before it in that log'],
	}),
	saying(/finite state machine error/i, OUT_OF_STEP),
	saying(/AssociationStateException|unexpected pdu\[?.* in state/i, OUT_OF_STEP),
	saying(
		/authorization rejected for AET|not listed in configuration option .?DicomModalities|rejected \w+ request from remote DICOM modality/i,
		{
			title: 'Orthanc: the caller is not among DicomModalities',
			means: [
				'Orthanc takes an echo from anybody, and queries and retrieves only from the AE titles of its configuration',
			],
			do: [
				'add the caller there: dimse node export --as orthanc    prints the entry',
				'or switch the check off there (DicomAlwaysAllowFind, DicomAlwaysAllowMove, DicomCheckCalledAet)',
			],
		},
	),
	saying(/timed out, was aborted or received invalid response/i, {
		title: 'no response came',
		means: [
			'a script after an example of pynetdicom says this for any of three: a timeout, an abort, or an answer it cannot read',
		],
		do: ['dimse doctor PEER    tells which of them it is', 'switch on its own log: pynetdicom.debug_logger()'],
	}),
	saying(/before the entire pdu was received|connection closed (by|before)|forcibly closed|premature end/i, CUT_OFF),
	saying(/(failed|unable) to decode the (received|supplied)|DIMSE Failed to parse received message/i, UNREADABLE),
	saying(/exception in (the )?(handler|evt\.)|exception raised in.*handler/i, {
		title: 'the program at that end has a bug in its handler',
		means: [
			'an exception in the code that serves the request: it answers with a status of C2xx, C3xx, C4xx or C5xx, or aborts',
		],
		do: ['look at the lines below it in that log: the exception says where'],
	}),
	{
		pattern: /(unrecogni[sz]ed|unknown) pdu type\W{0,10}(received\W{0,3})?(16|0x16|22)\b/i,
		means: { kind: 'failure', failure: tls() },
	},
	{ pattern: /unrecogni[sz]ed[-_ ]?pdu\b(?!.*type)/i, means: { kind: 'abort', source: 2, reason: 1 } },
	{ pattern: /unexpected[-_ ]?pdu[-_ ]?parameter/i, means: { kind: 'abort', source: 2, reason: 5 } },
	{ pattern: /unrecogni[sz]ed[-_ ]?pdu[-_ ]?parameter/i, means: { kind: 'abort', source: 2, reason: 4 } },
	{ pattern: /invalid[-_ ]?pdu[-_ ]?parameter/i, means: { kind: 'abort', source: 2, reason: 6 } },
	{ pattern: /unexpected[-_ ]?pdu/i, means: { kind: 'abort', source: 2, reason: 2 } },
	{
		pattern: /peer aborted association|association (was )?abort(ed)?\b|received a-abort|a-?abort.*service-?user/i,
		means: { kind: 'abort', source: 0, reason: 0 },
	},

	// The way there.
	failure(/unknown host|no such host is known|name or service not known|UnknownHostException|getaddrinfo|ENOTFOUND/i, {
		blame: 'resolve',
		host: 'the host',
		code: 'ENOTFOUND',
	}),
	failure(/connection refused|ECONNREFUSED|actively refused/i, {
		blame: 'connect',
		code: 'ECONNREFUSED',
		phase: 'connect',
		...UNKNOWN_PLACE,
	}),
	failure(/network is unreachable|ENETUNREACH/i, {
		blame: 'connect',
		code: 'ENETUNREACH',
		phase: 'connect',
		...UNKNOWN_PLACE,
	}),
	failure(/no route to host|host is (down|unreachable)|EHOSTUNREACH/i, {
		blame: 'connect',
		code: 'EHOSTUNREACH',
		phase: 'connect',
		...UNKNOWN_PLACE,
	}),
	failure(/connection ?reset|connection ?aborted|ECONNRESET|ECONNABORTED|broken pipe|EPIPE/i, {
		blame: 'connect',
		code: 'ECONNRESET',
		phase: 'associate',
		...UNKNOWN_PLACE,
	}),
	failure(/address already in use|EADDRINUSE/i, { blame: 'io', code: 'EADDRINUSE', message: 'the port is in use' }),
	failure(/acse timeout|association request timed out|A-ASSOCIATE-(AC|RQ) timeout|AssociationRequestTimedOut/i, {
		blame: 'timeout',
		waitingFor: 'associate-answer',
		timeoutMs: UNKNOWN_TIME,
	}),
	failure(
		/connect(ion)? (attempt )?timed? ?out|ETIMEDOUT|ConnectTimeout|did not properly respond after a period of time/i,
		{
			blame: 'timeout',
			waitingFor: 'connect',
			timeoutMs: UNKNOWN_TIME,
		},
	),
	failure(
		/DUL network read timeout|read timeout|read timed out|dimse(-rsp)? timeout|response timeout|network timeout|request timed out|timeout expired|no response from/i,
		{ blame: 'timeout', waitingFor: 'response', timeoutMs: UNKNOWN_TIME },
	),
	failure(
		/self.signed cert|remote certificate is invalid|PKIX path building failed|unable to (get|verify).*(issuer|certificate)|certificate verify failed/i,
		{
			blame: 'tls',
			code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
			message: 'the certificate could not be verified',
		},
	),
	failure(/certificate has expired/i, {
		blame: 'tls',
		code: 'CERT_HAS_EXPIRED',
		message: 'the certificate has expired',
	}),
	failure(/wrong version number|TLS handshake|SSLHandshakeException|handshake failure/i, {
		blame: 'tls',
		code: 'ERR_SSL_WRONG_VERSION_NUMBER',
		message: 'the TLS handshake failed',
	}),
];

/** A TLS hello begins with 16H, which is no type of a PDU. */
function tls(): Failure {
	return { blame: 'tls', code: 'PEER_SPEAKS_TLS', message: 'a TLS hello reached a port without TLS' };
}
