/** What can go wrong, whom it blames, and what is known of it as fields. How it is told to a person is `diagnose/explain.ts`. */

/** How far an association had come when something happened to it. */
export type Phase = 'resolve' | 'connect' | 'tls' | 'associate' | 'established' | 'release';

/** A presentation context that was proposed and what became of it; `result` as in PS3.8 Table 9-18, or `absent` where the answer leaves it out. */
export interface RefusedContext {
	readonly abstractSyntax: string;
	readonly transferSyntaxes: readonly string[];
	readonly result: number | 'absent';
}

/** Every failure of the program, told apart by whom it blames. Times are in milliseconds. */
export type Failure =
	/** The command line, a configuration file or an input text is wrong; nothing was sent. `suggestions` are the nearest right words. */
	| {
			readonly blame: 'usage';
			readonly message: string;
			readonly hint?: string;
			readonly suggestions?: readonly string[];
	  }
	/** The host name has no address (`code` as Node gives it: ENOTFOUND, EAI_AGAIN). */
	| { readonly blame: 'resolve'; readonly host: string; readonly code: string }
	/**
	 * No association could begin: `code` is Node's (ECONNREFUSED, EHOSTUNREACH, ECONNRESET ...), or CLOSED where the peer closed
	 * without a word. `phase` is `connect` before the A-ASSOCIATE-RQ was sent and `associate` after it.
	 */
	| {
			readonly blame: 'connect';
			readonly code: string;
			readonly phase: 'connect' | 'associate';
			readonly address: string;
			readonly port: number;
			readonly afterMs: number;
	  }
	/** `code` is Node's or OpenSSL's (ERR_TLS_CERT_ALTNAME_INVALID ...), or PEER_SPEAKS_TLS where a plain association met a TLS port. */
	| { readonly blame: 'tls'; readonly code: string; readonly message: string; readonly certificate?: CertificateFacts }
	/** A timer of ours ran out: for one step, or (`command-end`) for all that a command does, whatever came meanwhile. */
	| {
			readonly blame: 'timeout';
			readonly waitingFor:
				| 'connect'
				| 'tls'
				| 'associate-answer'
				| 'response'
				| 'data'
				| 'write'
				| 'release-answer'
				| 'command'
				| 'command-end';
			readonly timeoutMs: number;
	  }
	/** A-ASSOCIATE-RJ (PS3.8 9.3.4): the three numbers as they came. */
	| {
			readonly blame: 'rejected';
			readonly result: number;
			readonly source: number;
			readonly reason: number;
			readonly afterMs: number;
	  }
	/** Associated, but nothing that was asked for may be done: no presentation context for it was accepted. */
	| { readonly blame: 'no-context'; readonly refused: readonly RefusedContext[] }
	/** A-ABORT from the peer (`source` and `reason` as they came), or the connection was lost in an association (neither is there). */
	| {
			readonly blame: 'aborted';
			readonly phase: Phase;
			readonly source?: number;
			readonly reason?: number;
			/** Node's code of a lost connection (ECONNRESET, EPIPE), or CLOSED. */
			readonly code?: string;
			/** The last message sent or received before it, as `C-FIND-RQ`. */
			readonly afterMessage?: string;
			readonly idleMs?: number;
	  }
	/** The peer broke PS3.7 or PS3.8, or is no DICOM peer at all (`firstBytes`, at most 64). */
	| { readonly blame: 'protocol'; readonly message: string; readonly phase: Phase; readonly firstBytes?: Uint8Array }
	/** The exchange worked; its final DIMSE status is not success. `service` as `C-FIND`. */
	| {
			readonly blame: 'status';
			readonly service: string;
			readonly status: number;
			readonly errorComment?: string;
			readonly offendingElements?: readonly string[];
			readonly errorId?: number;
	  }
	/** A file, folder, port or database of ours. */
	| { readonly blame: 'io'; readonly code: string; readonly message: string; readonly path?: string }
	/** Not authorised: status 0x0124, a user identity that was not accepted. */
	| { readonly blame: 'auth'; readonly message: string; readonly status?: number }
	/** A signal or the caller ended it. */
	| { readonly blame: 'interrupted'; readonly signal?: string };

export type Blame = Failure['blame'];

/** What is worth telling of a certificate that was not liked. */
export interface CertificateFacts {
	readonly subject: string;
	readonly issuer: string;
	readonly validFrom: string;
	readonly validTo: string;
	readonly names: string;
}

/** A failure on its way up. Nothing below `cli` looks at more of it than `failure.blame`. */
export class DicomError extends Error {
	readonly failure: Failure;

	constructor(failure: Failure, options?: ErrorOptions) {
		super(summary(failure), options);
		this.name = 'DicomError';
		this.failure = failure;
	}
}

/** A bug of ours: the core was asked for what its state does not allow. Never the peer's doing. */
export class LocalMisuse extends Error {
	override readonly name = 'LocalMisuse';
}

/** One plain line, in the standard's words, for logs and stack traces. */
/** OpenSSL writes a line of its own that names source files: `0089:error:0A00010B:SSL routines:function:wrong version number:FILE:355:`. */
const tlsReason = (message: string): string =>
	/^[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/i.exec(message)?.[1] ?? message.trim();

const summary = (failure: Failure): string => {
	switch (failure.blame) {
		case 'usage':
		case 'protocol':
		case 'io':
		case 'auth':
			return failure.message;
		case 'resolve':
			return `${failure.host}: ${failure.code}`;
		case 'connect':
			return `${failure.address} port ${failure.port}: ${failure.code}`;
		case 'tls':
			return `TLS: ${failure.code}: ${tlsReason(failure.message)}`;
		case 'timeout':
			return failure.waitingFor === 'command-end'
				? `not done within ${failure.timeoutMs} ms`
				: `no ${failure.waitingFor} within ${failure.timeoutMs} ms`;
		case 'rejected':
			return `A-ASSOCIATE-RJ ${failure.result}/${failure.source}/${failure.reason}`;
		case 'no-context':
			return 'no acceptable presentation context';
		case 'aborted':
			return failure.source === undefined
				? `connection lost (${failure.code ?? 'closed'})`
				: `A-ABORT ${failure.source}/${failure.reason ?? 0}`;
		case 'status':
			return `${failure.service} status 0x${failure.status.toString(16).padStart(4, '0').toUpperCase()}`;
		case 'interrupted':
			return failure.signal === undefined ? 'interrupted' : `interrupted by ${failure.signal}`;
	}
};
