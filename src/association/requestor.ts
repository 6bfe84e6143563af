/** The requestor's side: from a host name to an association, and back to nothing (PS3.8 7.1). */
import { DicomError, type Failure, type Phase, type RefusedContext } from '../errors.ts';
import { type AcceptedContext, acceptedContexts, proposeContexts } from '../upper-layer/negotiation.ts';
import type { AssociateAc, AssociateRq, UserInformation } from '../upper-layer/pdu/index.ts';
import type { Association } from './association.ts';
import { type Clock, MONOTONIC } from './clock.ts';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from './implementation.ts';
import type { RequestHandler } from './incoming.ts';
import { DEFAULT_MAXIMUM_LENGTH, Lifecycle, nextAssociationNumber } from './lifecycle.ts';
import { openTransport } from './opening.ts';
import { TIMEOUTS, type Timeouts } from './timeouts.ts';
import type { TlsSettings } from './tls.ts';
import type { TraceEvent, TraceSink, Untimed } from './trace.ts';
import type { Endpoint, Transport } from './transport.ts';

/** Whom to call and as whom. */
export interface Address {
	readonly host: string;
	readonly port: number;
	readonly calledAeTitle: string;
	readonly callingAeTitle: string;
	readonly tls?: TlsSettings | undefined;
}

export interface ConnectOptions {
	readonly address: Address;
	/** What is proposed, at most 128; IDs are given in this order. */
	readonly contexts: readonly { readonly abstractSyntax: string; readonly transferSyntaxes: readonly string[] }[];
	/** Our Maximum Length Received, in bytes; 0 for no limit. */
	readonly maximumLength?: number;
	/** The longest PDU to send whatever the peer takes; 0 leaves it to the peer. */
	readonly maximumSendLength?: number;
	readonly connectTimeoutMs?: number;
	readonly timeouts?: Partial<Timeouts>;
	/** 4 or 6 for addresses of that family only. */
	readonly family?: 0 | 4 | 6;
	readonly roleSelections?: UserInformation['roleSelections'];
	readonly extendedNegotiations?: UserInformation['extendedNegotiations'];
	readonly userIdentity?: UserInformation['userIdentity'];
	readonly trace?: TraceSink | undefined;
	readonly traceWhole?: boolean | undefined;
	readonly serve?: RequestHandler | undefined;
	readonly clock?: Clock;
	/** Ends the attempt while there is no association yet. */
	readonly signal?: AbortSignal | undefined;
	/** The transport is open: which address this end has. */
	readonly opened?: (local: Endpoint) => void;
	/** The association stands; nothing has been asked on it. */
	readonly established?: (association: Association) => void;
	/** For tests: the way to the peer instead of TCP or TLS. */
	readonly openTransport?: () => Promise<Transport>;
}

/** An association with what its negotiation gave. */
export interface Connected {
	readonly association: Association;
	readonly request: AssociateRq;
	readonly answer: AssociateAc;
	readonly accepted: readonly AcceptedContext[];
	readonly refused: readonly RefusedContext[];
	/** Milliseconds for TCP (and TLS), and for the answer to the A-ASSOCIATE-RQ. */
	readonly connectMs: number;
	readonly associateMs: number;
}

export const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens an association. It may come back with no context accepted at all; who needs one asks `requireContext`.
 *
 * @throws DicomError resolve, connect, tls, timeout, rejected, aborted, protocol, interrupted; auth where a positive response to the user
 *   identity was asked for and none came (PS3.7 D.3.3.7.2)
 */
export const connect = async (options: ConnectOptions): Promise<Connected> => {
	const clock = options.clock ?? MONOTONIC;
	const number = nextAssociationNumber();
	const trace = (event: Untimed) => options.trace?.({ at: clock.now(), association: number, ...event } as TraceEvent);
	const startedAt = clock.now();
	let transport: Transport;
	try {
		transport = await (options.openTransport?.() ?? overTcp(options, clock, trace));
	} catch (error) {
		if (error instanceof DicomError) trace({ event: 'closed', phase: phaseOf(error.failure), failure: error.failure });
		throw error;
	}
	const connectMs = clock.now() - startedAt;
	options.opened?.(transport.local);
	const life = new Lifecycle(number, 'requestor', transport, {
		maximumLength: options.maximumLength ?? DEFAULT_MAXIMUM_LENGTH,
		maximumSendLength: options.maximumSendLength,
		timeouts: { ...TIMEOUTS, ...options.timeouts },
		clock,
		trace: options.trace,
		traceWhole: options.traceWhole,
		serve: options.serve,
	});
	const request = associateRq(options);
	const answer = await life.request(request, options.signal);
	const { association } = life;
	options.established?.(association);
	const { userIdentity } = options;
	if (userIdentity?.positiveResponseRequested === true && answer.userInformation.userIdentityResponse === undefined) {
		await association.abort({ blame: 'auth', message: 'the peer did not confirm the user identity' });
		throw new DicomError({ blame: 'auth', message: 'the peer did not confirm the user identity' });
	}
	const { accepted, refused } = acceptedContexts(request, answer);
	return {
		association,
		request,
		answer,
		accepted,
		refused,
		connectMs,
		associateMs: clock.now() - startedAt - connectMs,
	};
};

/**
 * Opens an association, uses it, and ends it: released when `use` returns, aborted when it throws.
 *
 * @throws what `connect` and `use` throw; a release that goes wrong is not told, what was asked for has been done by then
 */
export const withAssociation = async <T>(
	options: ConnectOptions,
	use: (connected: Connected) => Promise<T>,
): Promise<T> => {
	const connected = await connect(options);
	let result: T;
	try {
		result = await use(connected);
	} catch (error) {
		await connected.association.abort(error instanceof DicomError ? error.failure : { blame: 'interrupted' });
		throw error;
	}
	await connected.association.release().catch(() => {});
	return result;
};

/**
 * The accepted contexts for an abstract syntax on which we may be SCU.
 *
 * @throws DicomError no-context, with what was proposed for it
 */
export const requireContext = (
	{ association, accepted, refused }: Connected,
	abstractSyntax: string,
): AcceptedContext => {
	const context = association.contextFor(abstractSyntax);
	if (context !== undefined) return context;
	const ofInterest = refused.filter((one) => one.abstractSyntax === abstractSyntax);
	const named = accepted.find((one) => one.abstractSyntax === abstractSyntax);
	throw new DicomError({
		blame: 'no-context',
		refused:
			named === undefined
				? ofInterest
				: [...ofInterest, { abstractSyntax, transferSyntaxes: [named.transferSyntax], result: 1 }],
	});
};

const APPLICATION_CONTEXT_NAME = '1.2.840.10008.3.1.1.1';

const associateRq = (options: ConnectOptions): AssociateRq => ({
	type: 'A-ASSOCIATE-RQ',
	protocolVersion: 1,
	calledAeTitle: options.address.calledAeTitle,
	callingAeTitle: options.address.callingAeTitle,
	applicationContextName: APPLICATION_CONTEXT_NAME,
	presentationContexts: proposeContexts(options.contexts),
	userInformation: {
		maximumLength: options.maximumLength ?? DEFAULT_MAXIMUM_LENGTH,
		implementationClassUid: IMPLEMENTATION_CLASS_UID,
		implementationVersionName: IMPLEMENTATION_VERSION_NAME,
		roleSelections: options.roleSelections ?? [],
		extendedNegotiations: options.extendedNegotiations ?? [],
		commonExtendedNegotiations: [],
		...(options.userIdentity === undefined ? {} : { userIdentity: options.userIdentity }),
	},
});

const overTcp = ({ address, ...options }: ConnectOptions, clock: Clock, trace: (event: Untimed) => void) =>
	openTransport({
		host: address.host,
		port: address.port,
		tls: address.tls,
		family: options.family ?? 0,
		timeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
		clock,
		trace,
		signal: options.signal,
	});

/** How far it came without a transport. */
const phaseOf = (failure: Failure): Phase => {
	if (failure.blame === 'resolve' || failure.blame === 'tls') return failure.blame;
	return failure.blame === 'timeout' && failure.waitingFor === 'tls' ? 'tls' : 'connect';
};
