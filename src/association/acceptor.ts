/** The acceptor's side: a listening socket, the negotiation, and what happens to every call (PS3.8 7.1). */
import { createServer, type Server, type Socket } from 'node:net';
import { DicomError } from '../errors.ts';
import { answerContexts, type RolePolicy } from '../upper-layer/negotiation.ts';
import type { AssociateAc, AssociateRj, AssociateRq, UserInformation } from '../upper-layer/pdu/index.ts';
import type { Association } from './association.ts';
import type { Clock } from './clock.ts';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from './implementation.ts';
import type { RequestHandler } from './incoming.ts';
import { DEFAULT_MAXIMUM_LENGTH, Lifecycle, nextAssociationNumber } from './lifecycle.ts';
import { acceptedTransport, socketTransport } from './tcp.ts';
import { TIMEOUTS, type Timeouts } from './timeouts.ts';
import type { Secured, TlsSettings } from './tls.ts';
import type { TraceSink } from './trace.ts';
import type { Endpoint, Transport } from './transport.ts';

/** What is answered to one A-ASSOCIATE-RQ. */
export type Decision =
	| { readonly reject: Pick<AssociateRj, 'result' | 'source' | 'reason'> }
	| {
			/** Transfer syntaxes by our preference, or '*' for the first that is proposed; nothing where the class is not offered. */
			readonly supported: (abstractSyntax: string) => readonly string[] | undefined;
			/** What the requestor may be, for SOP classes it proposes roles for; by default they are not answered. */
			readonly roles?: RolePolicy;
			readonly extendedNegotiations?: UserInformation['extendedNegotiations'];
			readonly userIdentityResponse?: Uint8Array;
			readonly serve: RequestHandler;
	  };

export interface AcceptOptions {
	/** Asked for every call. The association is there to be known later by its number, to see its end (`closed`, `failure`), or to abort it. */
	readonly decide: (rq: AssociateRq, from: Endpoint, association: Association) => Decision | Promise<Decision>;
	readonly maximumLength?: number;
	readonly timeouts?: Partial<Timeouts>;
	readonly trace?: TraceSink | undefined;
	/** The trace has P-DATA-TF whole, not cut. */
	readonly traceWhole?: boolean | undefined;
	readonly clock?: Clock;
}

export interface ListenOptions extends AcceptOptions {
	readonly port: number;
	/** All interfaces where it is left out. */
	readonly address?: string;
	readonly tls?: TlsSettings;
	/** TCP connections at once; more are closed at once. */
	readonly maxConnections?: number;
	/** Every call that did not become an association, or ended badly. */
	readonly failed?: (error: DicomError, from: Endpoint) => void;
}

export interface Listener {
	readonly port: number;
	/** Takes no more calls; settles when the associations that stand have ended. */
	close(): Promise<void>;
	/** Aborts the associations that stand, too. */
	abort(): Promise<void>;
}

/**
 * Listens for associations.
 *
 * @throws DicomError io (EADDRINUSE, EACCES ...)
 */
export const listen = async (options: ListenOptions): Promise<Listener> => {
	const standing = new Map<Lifecycle, Promise<void>>();
	const tls = options.tls === undefined ? undefined : await import('./tls.ts');
	const failed = (error: unknown, from: Endpoint) => {
		if (!(error instanceof DicomError)) throw error;
		options.failed?.(error, from);
	};
	const accepted = (socket: Socket, secured?: Secured) => {
		if (!server.listening) {
			socket.destroy(); // its handshake was over after we had closed
			return;
		}
		socket.setNoDelay(true);
		socket.setKeepAlive(true);
		const transport = secured === undefined ? acceptedTransport(socket) : socketTransport(socket);
		const life = begin(transport, options, secured);
		const ended = serve(life, options).catch((error: unknown) => failed(error, transport.remote));
		standing.set(life, ended);
		void ended.finally(() => standing.delete(life));
	};
	const server =
		options.tls === undefined || tls === undefined
			? createServer((socket) => accepted(socket))
			: tls.secureServer(options.tls, (socket) => accepted(socket, tls.securedBy(socket)), options.failed);
	server.maxConnections = options.maxConnections ?? 10_000;
	await opened(server, options);
	const address = server.address();
	const close = async () => {
		server.close();
		await Promise.all(standing.values());
	};
	return {
		port: typeof address === 'object' && address !== null ? address.port : options.port,
		close,
		abort: async () => {
			const over = close();
			await Promise.all([...standing.keys()].map((life) => life.abort()));
			await over;
		},
	};
};

/** One call, from its first byte to its end, over a transport that is already open. `ended` rejects with what ended it badly. */
export const accept = (
	transport: Transport,
	options: AcceptOptions,
): { association: Association; ended: Promise<void> } => {
	const life = begin(transport, options);
	return { association: life.association, ended: serve(life, options) };
};

const begin = (transport: Transport, options: AcceptOptions, secured?: Secured): Lifecycle => {
	const life = new Lifecycle(nextAssociationNumber(), 'acceptor', transport, {
		maximumLength: options.maximumLength ?? DEFAULT_MAXIMUM_LENGTH,
		timeouts: { ...TIMEOUTS, idleMs: 30_000, paceMs: 60_000, ...options.timeouts },
		...(options.clock === undefined ? {} : { clock: options.clock }),
		trace: options.trace,
		traceWhole: options.traceWhole,
	});
	const { local, remote } = transport;
	life.trace({ event: 'connected', local, remote, afterMs: 0, role: 'acceptor' });
	if (secured !== undefined) life.trace({ event: 'secured', ...secured });
	return life;
};

const serve = async (life: Lifecycle, options: AcceptOptions): Promise<void> => {
	const rq = await life.indication();
	try {
		const decision = await options.decide(rq, life.transport.remote, life.association);
		if ('reject' in decision) life.answer(rq, { type: 'A-ASSOCIATE-RJ', ...decision.reject });
		else life.answer(rq, associateAc(rq, decision, options), decision.serve);
	} catch (error) {
		const message = `the A-ASSOCIATE-RQ could not be answered: ${error instanceof Error ? error.message : String(error)}`;
		await life.abort({ blame: 'io', code: 'HANDLER', message });
	}
	await life.closed;
	if (life.failure !== undefined) throw life.failure;
};

const associateAc = (
	rq: AssociateRq,
	decision: Exclude<Decision, { reject: unknown }>,
	options: AcceptOptions,
): AssociateAc => {
	const { results, roleSelections } = answerContexts(rq, decision.supported, decision.roles);
	return {
		type: 'A-ASSOCIATE-AC',
		protocolVersion: 1,
		calledAeTitle: rq.calledAeTitle,
		callingAeTitle: rq.callingAeTitle,
		applicationContextName: rq.applicationContextName,
		presentationContexts: results,
		userInformation: {
			maximumLength: options.maximumLength ?? DEFAULT_MAXIMUM_LENGTH,
			implementationClassUid: IMPLEMENTATION_CLASS_UID,
			implementationVersionName: IMPLEMENTATION_VERSION_NAME,
			roleSelections,
			extendedNegotiations: decision.extendedNegotiations ?? [],
			commonExtendedNegotiations: [],
			...(decision.userIdentityResponse === undefined ? {} : { userIdentityResponse: decision.userIdentityResponse }),
		},
	};
};

const opened = (server: Server, { port, address }: ListenOptions): Promise<void> =>
	new Promise((resolve, reject) => {
		// It stays: what goes wrong with one call later on (no file descriptor left) is not the server's end.
		server.on('error', (error: Error & { code?: string }) =>
			reject(new DicomError({ blame: 'io', code: error.code ?? 'ERROR', message: error.message }, { cause: error })),
		);
		server.listen(port, address, resolve);
	});
