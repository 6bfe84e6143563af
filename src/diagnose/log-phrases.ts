/** What the logs of DCMTK, pynetdicom, dcm4che, fo-dicom and Orthanc say, as a table of phrases and the codes they stand for. */
import type { Service } from '../dimse/status.ts';
import type { Failure } from '../errors.ts';
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

const UNKNOWN_PLACE = { address: 'the peer', port: 0, afterMs: 0 } as const;

/** The first that fits counts. */
export const PHRASES: readonly Phrase[] = [
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
	failure(/no (acceptable|accepted|valid) presentation context|NoPresentationContext|no presentation context/i, {
		blame: 'no-context',
		refused: [],
	}),
	{ pattern: /abstract[-_ ]?syntax[-_ ]?not[-_ ]?supported/i, means: { kind: 'context', result: 3 } },
	{ pattern: /transfer[-_ ]?syntax(es)?[-_ ]?not[-_ ]?supported/i, means: { kind: 'context', result: 4 } },

	// C-MOVE, C-GET, C-FIND and C-STORE by name.
	status(/move[-_ ]?destination[-_ ]?(ae[-_ ]?title[-_ ]?)?(is )?unknown|unknown move destination/i, 0xa801, 'C-MOVE'),
	status(/unable[-_ ]?to[-_ ]?perform[-_ ]?sub-?[-_ ]?operations|OutOfResourcesSubOperations/i, 0xa702),
	status(/unable[-_ ]?to[-_ ]?calculate[-_ ]?number[-_ ]?of[-_ ]?matches|OutOfResourcesNumberOfMatches/i, 0xa701),
	status(/sub-?operations\s*(completed?|terminated).*(failures|failed|warnings)/i, 0xb000),
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

	// A-ABORT.
	{ pattern: /unrecogni[sz]ed pdu type: 16\b/i, means: { kind: 'failure', failure: tls() } },
	{ pattern: /unrecogni[sz]ed[-_ ]?pdu\b(?!.*type)/i, means: { kind: 'abort', source: 2, reason: 1 } },
	{ pattern: /unexpected[-_ ]?pdu[-_ ]?parameter/i, means: { kind: 'abort', source: 2, reason: 5 } },
	{ pattern: /unrecogni[sz]ed[-_ ]?pdu[-_ ]?parameter/i, means: { kind: 'abort', source: 2, reason: 4 } },
	{ pattern: /invalid[-_ ]?pdu[-_ ]?parameter/i, means: { kind: 'abort', source: 2, reason: 6 } },
	{ pattern: /unexpected[-_ ]?pdu/i, means: { kind: 'abort', source: 2, reason: 2 } },
	{
		pattern: /peer aborted association|association (was )?aborted|received a-abort|a-?abort.*service-?user/i,
		means: { kind: 'abort', source: 0, reason: 0 },
	},

	// The way there.
	failure(/unknown host|name or service not known|UnknownHostException|getaddrinfo|ENOTFOUND/i, {
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
	failure(/no route to host|network is unreachable|EHOSTUNREACH|ENETUNREACH/i, {
		blame: 'connect',
		code: 'EHOSTUNREACH',
		phase: 'connect',
		...UNKNOWN_PLACE,
	}),
	failure(/connection reset|ECONNRESET/i, {
		blame: 'connect',
		code: 'ECONNRESET',
		phase: 'associate',
		...UNKNOWN_PLACE,
	}),
	failure(/address already in use|EADDRINUSE/i, { blame: 'io', code: 'EADDRINUSE', message: 'the port is in use' }),
	failure(/connect(ion)? (attempt )?timed? ?out|ETIMEDOUT|ConnectTimeout/i, {
		blame: 'timeout',
		waitingFor: 'connect',
		timeoutMs: 10_000,
	}),
	failure(/DUL network read timeout|read timeout|acse timeout|dimse timeout|response timeout|no response from/i, {
		blame: 'timeout',
		waitingFor: 'response',
		timeoutMs: 30_000,
	}),
	failure(/self.signed cert|unable to (get|verify).*(issuer|certificate)|certificate verify failed/i, {
		blame: 'tls',
		code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		message: 'the certificate could not be verified',
	}),
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
