/** The server of `dimse qrscp` and `dimse demo`: listens, lets in, hands requests to the desk, and ends in an orderly way. */
import type { Archive } from '../../archive/archive.ts';
import type { StoreRequest } from '../../archive/store-receiver.ts';
import { type Decision, type Listener, listen } from '../../association/acceptor.ts';
import type { Association } from '../../association/association.ts';
import { type Clock, MONOTONIC } from '../../association/clock.ts';
import type { RequestHandler } from '../../association/incoming.ts';
import { connect } from '../../association/requestor.ts';
import type { TlsSettings } from '../../association/tls.ts';
import type { Endpoint } from '../../association/transport.ts';
import { plainAddress } from '../../config/access-rules.ts';
import { foreignProtocol } from '../../diagnose/foreign-protocols.ts';
import type { DicomError } from '../../errors.ts';
import { addedBy } from '../../output/association-table.ts';
import type { Caller, Operation, ServerEvent, Totals } from '../../output/audit-event.ts';
import { durationText } from '../../output/quantities.ts';
import type { Search } from '../../services/query-scp.ts';
import type { Simulation } from '../../simulate/simulation.ts';
import type { AssociateRq } from '../../upper-layer/pdu/index.ts';
import { cannotListen } from '../cannot-listen.ts';
import type { Tracing } from '../tracing.ts';
import { Admission } from './admission.ts';
import { Offer } from './offer.ts';
import { type Desk, requestHandler } from './requests.ts';
import type { Destination, QrscpSettings } from './settings.ts';
import { readTls } from './tls.ts';

export interface ServerParts {
	readonly archive: Pick<Archive, 'receiver' | 'search' | 'instances'>;
	/** Worklists and UPS; nothing matches where there is none. */
	readonly worklist?: Search | undefined;
	readonly simulation?: Simulation | undefined;
	/** C-STOREs on their way: who hears of an instance from the archive finds its operation by what the archive was asked with. */
	readonly storing: WeakMap<StoreRequest, Operation>;
	readonly on: (event: ServerEvent) => void;
	/** Milliseconds on a clock that only goes forward. */
	readonly now: () => number;
	readonly tracing?: Tracing | undefined;
}

/** A peer whose last request is answered has so long to release before it is aborted. */
const FAREWELL_MS = 250;

export class QrscpServer {
	readonly #settings: QrscpSettings;
	readonly #parts: ServerParts;
	readonly #admission: Admission;
	readonly #desk: Desk;
	/** One clock for all, so that traces and lines tell the same times. */
	readonly #clock: Clock;
	readonly #standing = new Map<Association, { operations: number }>();
	/** Calls that were decided on and whose end has not been told yet, by where they came from. */
	readonly #decided = new Set<string>();
	#listener: Listener | undefined;
	#drained: (() => void) | undefined;

	constructor(settings: QrscpSettings, parts: ServerParts) {
		this.#settings = settings;
		this.#parts = parts;
		this.#clock = { ...MONOTONIC, now: parts.now };
		this.#admission = new Admission(settings);
		this.#desk = {
			...parts,
			simulation: parts.simulation,
			worklist: parts.worklist ?? nothing,
			offer: new Offer(settings),
			matchLimit: settings.matchLimit,
			maxInstanceBytes: settings.maxInstanceBytes,
			destinations: settings.destinations,
			open: (destination, options) => this.#open(destination, options),
			on: (event) => this.#on(event),
		};
	}

	/** @throws DicomError io: the port, a certificate */
	async listen(): Promise<void> {
		const { port, bindAddress, tls, limits, maximumLength } = this.#settings;
		const { acseTimeoutMs, dimseTimeoutMs, networkTimeoutMs } = this.#settings;
		const keys = tls === undefined ? undefined : await readTls(tls);
		const listening = listen({
			port,
			...(bindAddress === undefined ? {} : { address: bindAddress }),
			...(keys === undefined ? {} : { tls: keys }),
			maxConnections: Math.min(limits.connections, Number.MAX_SAFE_INTEGER),
			maximumLength: this.#parts.simulation?.maximumLength ?? maximumLength,
			timeouts: {
				artimMs: acseTimeoutMs,
				releaseMs: acseTimeoutMs,
				dimseMs: dimseTimeoutMs,
				idleMs: networkTimeoutMs,
			},
			...this.#parts.tracing,
			clock: this.#clock,
			decide: (rq, from, association) => this.#decide(rq, from, association),
			failed: (error, from) => this.#failed(error, from),
		});
		this.#listener = await listening.catch((error) => {
			throw cannotListen(error, bindAddress, port);
		});
		const { aeTitle } = this.#settings;
		this.#on({ kind: 'listening', aeTitle, address: bindAddress, port: this.port, isTls: tls !== undefined });
	}

	get port(): number {
		return this.#listener?.port ?? 0;
	}

	/** Requests that are being answered. */
	get operations(): number {
		let operations = 0;
		for (const one of this.#standing.values()) operations += one.operations;
		return operations;
	}

	/**
	 * Lets nobody in any more, lets what is being done be finished, for so long at most, and closes.
	 *
	 * @param signal aborted where nothing is to be waited for
	 */
	async stop(graceMs: number, signal?: AbortSignal): Promise<void> {
		this.#admission.isStopping = true;
		const drained = Promise.withResolvers<void>();
		this.#drained = drained.resolve;
		const grace = setTimeout(drained.resolve, graceMs);
		signal?.addEventListener('abort', () => drained.resolve(), { once: true });
		if (this.#standing.size === 0 || signal?.aborted === true) drained.resolve();
		for (const association of this.#standing.keys()) this.#dismiss(association);
		await drained.promise;
		clearTimeout(grace);
		await this.#listener?.abort();
	}

	/** Ends an association that has nothing left to do, when it does not do so itself. */
	#dismiss(association: Association): void {
		const timer = setTimeout(() => {
			if (this.#standing.get(association)?.operations === 0) void association.abort(ENDING);
		}, FAREWELL_MS);
		void association.closed.then(() => clearTimeout(timer));
	}

	async #decide(rq: AssociateRq, from: Endpoint, association: Association): Promise<Decision> {
		const address = plainAddress(from.address);
		const place = placeOf(from);
		const { callingAeTitle: calling, calledAeTitle: called } = rq;
		const caller: Caller = { association: association.number, from: place, address, calling, called };
		this.#decided.add(place);
		// Later than `failed`, which tells of the same end.
		void association.closed.then(() => setImmediate(() => this.#decided.delete(place)));
		const admitted = this.#admission.admit(rq, from, association);
		const { simulation } = this.#parts;
		const decision: Decision =
			'reject' in admitted ? { reject: admitted.reject } : this.#welcome(rq, caller, association, admitted.services);
		const simulated = (await simulation?.decide(rq, from, association, decision)) ?? decision;
		if ('reject' in simulated) {
			const { result, source, reason } = simulated.reject;
			const why = 'reject' in admitted ? admitted.why : '--simulate';
			this.#on({ kind: 'rejected', caller, triple: `${result}/${source}/${reason}`, why });
			return simulated;
		}
		this.#begin(rq, caller, association, simulated.supported);
		return simulated;
	}

	#welcome(
		rq: AssociateRq,
		caller: Caller,
		association: Association,
		services: Parameters<Offer['roles']>[0],
	): Extract<Decision, { serve: unknown }> {
		const { offer } = this.#desk;
		const extended = offer.extended(rq, services);
		const { userIdentity } = rq.userInformation;
		const handler = requestHandler(this.#desk, { caller, services, extended });
		return {
			supported: offer.supported(services),
			roles: offer.roles(services),
			extendedNegotiations: extended,
			...(userIdentity?.positiveResponseRequested ? { userIdentityResponse: new Uint8Array() } : {}),
			serve: this.#counting(association, handler),
		};
	}

	/** While the server is about to end, what is asked newly is not begun. */
	#counting(association: Association, handler: RequestHandler): RequestHandler {
		return async (request) => {
			const count = this.#standing.get(association);
			if (this.#admission.isStopping || count === undefined) return association.abort(ENDING);
			count.operations++;
			try {
				return await handler(request);
			} finally {
				count.operations--;
				if (this.#admission.isStopping && count.operations === 0) this.#dismiss(association);
			}
		};
	}

	#begin(
		rq: AssociateRq,
		caller: Caller,
		association: Association,
		supported: Extract<Decision, { supported: unknown }>['supported'],
	): void {
		const startedAt = this.#parts.now();
		const totals = new Sum();
		this.#standing.set(association, { operations: 0 });
		this.#totals.set(caller, totals);
		// A simulation counts how often it is asked.
		const refused = this.#parts.simulation === undefined ? refusedOf(rq, supported) : [];
		this.#on({
			kind: 'accepted',
			caller,
			contexts: rq.presentationContexts.length - refused.length,
			refused,
			implementation: rq.userInformation.implementationVersionName,
		});
		void association.closed.then(() => {
			this.#standing.delete(association);
			const { failure } = association;
			const ms = this.#parts.now() - startedAt;
			// What was being done is told of before its end is.
			setImmediate(() => {
				this.#on({ kind: 'ended', caller, ms, totals: { ...totals }, why: failure?.message });
				if (this.#standing.size === 0) this.#drained?.();
			});
		});
	}

	readonly #totals = new WeakMap<Caller, Sum>();

	#on(event: ServerEvent): void {
		if (event.kind === 'finished') this.#totals.get(event.caller)?.add(addedBy(event.operation, event.status));
		this.#parts.on(event);
	}

	#failed(error: DicomError, from: Endpoint): void {
		const place = placeOf(from);
		if (this.#decided.has(place) || this.#admission.isStopping) return;
		const { blame } = error.failure;
		const isProbe = blame === 'aborted' || blame === 'connect';
		this.#on({ kind: 'not-associated', from: place, why: whyOf(error), isProbe });
	}

	readonly #destinationTls = new Map<Destination, Promise<TlsSettings>>();

	async #open(destination: Destination, options: Parameters<Desk['open']>[1]): ReturnType<Desk['open']> {
		const { host, port, calledAeTitle, callingAeTitle, tls } = destination;
		let settings: TlsSettings | undefined;
		if (tls !== undefined) {
			const reading = this.#destinationTls.get(destination) ?? readTls(tls);
			this.#destinationTls.set(destination, reading);
			settings = await reading;
		}
		const { acseTimeoutMs, dimseTimeoutMs, maximumLength } = this.#settings;
		return connect({
			address: { host, port, calledAeTitle, callingAeTitle, tls: settings },
			...options,
			maximumLength,
			timeouts: { associateMs: acseTimeoutMs, releaseMs: acseTimeoutMs, dimseMs: dimseTimeoutMs },
			clock: this.#clock,
			...this.#parts.tracing,
		});
	}
}

/** Why a connection came to no association, for somebody who wonders who calls there. */
const whyOf = ({ failure, message }: DicomError): string => {
	if (failure.blame === 'timeout') return `no A-ASSOCIATE-RQ within ${durationText(failure.timeoutMs)}`;
	const foreign = failure.blame === 'protocol' ? foreignProtocol(failure.firstBytes ?? new Uint8Array(0)) : undefined;
	return foreign === undefined ? message : `${foreign.title} (${message})`;
};

const ENDING = { blame: 'interrupted', signal: 'the end of the server' } as const;

async function* nothing(): AsyncGenerator<never, void, undefined> {}

const placeOf = ({ address, port }: Endpoint): string => {
	const plain = plainAddress(address);
	return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
};

/** The SOP classes that are not offered, or in none of the transfer syntaxes proposed. */
const refusedOf = (
	{ presentationContexts }: AssociateRq,
	supported: (abstractSyntax: string) => readonly string[] | undefined,
): readonly string[] =>
	presentationContexts.flatMap(({ abstractSyntax, transferSyntaxes }) => {
		const ours = supported(abstractSyntax);
		const isTaken = ours?.some((syntax) => syntax === '*' || transferSyntaxes.includes(syntax)) === true;
		return isTaken ? [] : [abstractSyntax];
	});

/** The sums of one association. */
class Sum implements Totals {
	requests = 0;
	stored = 0;
	storedBytes = 0;
	sent = 0;
	sentBytes = 0;
	failed = 0;

	add({ requests, stored, storedBytes, sent, sentBytes, failed }: Totals): void {
		this.requests += requests;
		this.stored += stored;
		this.storedBytes += storedBytes;
		this.sent += sent;
		this.sentBytes += sentBytes;
		this.failed += failed;
	}
}
