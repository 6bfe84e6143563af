/** The acceptor's side: a listening socket, the negotiation, and what happens to every call (PS3.8 7.1). */
import { createServer, type Server, type Socket } from 'node:net';
import { DicomError } from '../errors.ts';
import { acceptedContexts, answerContexts, type RolePolicy } from '../upper-layer/negotiation.ts';
import type { AssociateAc, AssociateRj, AssociateRq, UserInformation } from '../upper-layer/pdu/index.ts';
import { Association, DEFAULT_MAXIMUM_LENGTH, nextAssociationNumber, TIMEOUTS, type Timeouts } from './association.ts';
import type { Clock } from './clock.ts';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from './implementation.ts';
import type { RequestHandler } from './incoming.ts';
import { socketTransport } from './tcp.ts';
import type { TlsSettings } from './tls.ts';
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
	readonly decide: (rq: AssociateRq, from: Endpoint) => Decision | Promise<Decision>;
	readonly maximumLength?: number;
	readonly timeouts?: Partial<Timeouts>;
	readonly trace?: TraceSink | undefined;
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
	const standing = new Map<Association, Promise<void>>();
	const accepted = (socket: Socket) => {
		socket.setNoDelay(true);
		socket.setKeepAlive(true);
		const transport = socketTransport(socket);
		const association = newAcceptor(transport, options);
		const ended = serve(association, options).catch((error: unknown) => {
			if (!(error instanceof DicomError)) throw error;
			options.failed?.(error, transport.remote);
		});
		standing.set(association, ended);
		void ended.finally(() => standing.delete(association));
	};
	const server = await open(options, accepted);
	server.maxConnections = options.maxConnections ?? 10_000;
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
			await Promise.all([...standing.keys()].map((association) => association.abort()));
			await over;
		},
	};
};

/** One call, from its first byte to its end, over a transport that is already open. */
export const accept = (
	transport: Transport,
	options: AcceptOptions,
): { association: Association; ended: Promise<void> } => {
	const association = newAcceptor(transport, options);
	return { association, ended: serve(association, options) };
};

const newAcceptor = (transport: Transport, options: AcceptOptions): Association =>
	new Association(nextAssociationNumber(), 'acceptor', transport, {
		maximumLength: options.maximumLength ?? DEFAULT_MAXIMUM_LENGTH,
		timeouts: { ...TIMEOUTS, idleMs: 30_000, ...options.timeouts },
		...(options.clock === undefined ? {} : { clock: options.clock }),
		trace: options.trace,
	});

const serve = async (association: Association, options: AcceptOptions): Promise<void> => {
	const rq = await association.indication();
	const decision = await options.decide(rq, association.transport.remote);
	if ('reject' in decision) {
		association.answer({ type: 'A-ASSOCIATE-RJ', ...decision.reject });
		await association.closed;
		return;
	}
	const { results, roleSelections } = answerContexts(rq, decision.supported, decision.roles);
	const ac: AssociateAc = {
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
	association.establish(acceptedContexts(rq, ac).accepted, rq.userInformation.maximumLength ?? 0, decision.serve);
	association.answer(ac);
	await association.closed;
	if (association.failure !== undefined) throw association.failure;
};

const open = async (options: ListenOptions, accepted: (socket: Socket) => void): Promise<Server> => {
	const server =
		options.tls === undefined
			? createServer(accepted)
			: (await import('./tls.ts')).secureServer(options.tls, { handshakeTimeout: 10_000 }, accepted);
	await new Promise<void>((resolve, reject) => {
		server.once('error', (error: Error & { code?: string }) =>
			reject(new DicomError({ blame: 'io', code: error.code ?? 'ERROR', message: error.message }, { cause: error })),
		);
		server.listen(options.port, options.address, resolve);
	});
	return server;
};
