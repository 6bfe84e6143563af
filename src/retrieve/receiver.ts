/** A listening Storage SCP: the server of `dimse receive`, and the receiver of `dimse move --to-me` (PS3.4 Annex B). */
import { type Decision, type Listener, listen } from '../association/acceptor.ts';
import type { Association } from '../association/association.ts';
import type { Clock } from '../association/clock.ts';
import type { RequestHandler } from '../association/incoming.ts';
import type { Timeouts } from '../association/timeouts.ts';
import type { TlsSettings } from '../association/tls.ts';
import type { TraceSink } from '../association/trace.ts';
import type { Endpoint } from '../association/transport.ts';
import { VERIFICATION } from '../dicom/sop-classes.ts';
import { uidInfo } from '../dicom/uids.ts';
import type { DicomError, Failure, RefusedContext } from '../errors.ts';
import { answerContexts } from '../upper-layer/negotiation.ts';
import { type AssociateRj, type AssociateRq, CONTEXT_RESULT } from '../upper-layer/pdu/index.ts';
import { ignoring, type Keep, receiveInto, type StoreEvent } from './receiving.ts';

/** Titles as the peer wrote them, without the spaces around them. */
interface Calling {
	readonly from: Endpoint;
	readonly calling: string;
	readonly called: string;
}

export type ReceiverEvent =
	/** An association stands. `expectedTitle`: it was called by our AE title, or we have none. */
	| ({
			readonly kind: 'called';
			readonly association: number;
			/** Contexts. */
			readonly accepted: number;
			readonly refused: readonly RefusedContext[];
			readonly expectedTitle: boolean;
	  } & Calling)
	/** An A-ASSOCIATE-RQ was refused. */
	| ({
			readonly kind: 'rejected';
			readonly triple: Pick<AssociateRj, 'result' | 'source' | 'reason'>;
			readonly why: 'called-title' | 'calling-title' | 'too-many';
	  } & Calling)
	/** A connection that never became an association: TLS where there is none, a port scan, a browser. */
	| { readonly kind: 'no-association'; readonly from: Endpoint; readonly error: DicomError }
	| StoreEvent
	/** `failure`: what ended it where that was not a release. */
	| { readonly kind: 'ended'; readonly association: number; readonly calling: string; readonly failure?: Failure };

/** SOP classes: those of storage, those and every one that PS3.6 does not have, or those listed. */
export type AcceptedClasses = 'storage' | 'any' | readonly string[];

export interface ReceiverOptions {
	/** All interfaces where it is left out. */
	readonly host?: string;
	/** 0 for any that is free. */
	readonly port: number;
	readonly aeTitle?: string;
	/** Refuse who calls another AE title. */
	readonly requireCalled?: boolean;
	/** Who may call; everybody where it is left out. */
	readonly allows?: (callingAeTitle: string, from: Endpoint) => boolean;
	/** As it is when somebody calls, where it is a function. */
	readonly accept: AcceptedClasses | (() => AcceptedClasses);
	/** Transfer syntaxes to choose where several are proposed in a context; else the first of them. All are accepted. */
	readonly preferTs?: readonly string[];
	readonly store: Keep | 'ignore';
	readonly tls?: TlsSettings;
	/** The longest PDU we take. */
	readonly maximumLength?: number;
	readonly timeouts?: Partial<Timeouts>;
	readonly trace?: TraceSink | undefined;
	readonly traceWhole?: boolean | undefined;
	/** Of the times in the trace, and of the timeouts. */
	readonly clock?: Clock;
	/** Associations at once; more are rejected for the moment. */
	readonly maxAssociations?: number;
	readonly on: (event: ReceiverEvent) => void;
}

export interface Receiver {
	readonly port: number;
	/** Associations that stand. */
	readonly standing: number;
	/** Takes no more calls; settles when the peers have ended the associations that stand. */
	close(): Promise<void>;
	/** Takes no more calls, lets the instances in hand be finished and answered, aborts each association when it has none. */
	finish(): Promise<void>;
	/** Aborts everything at once; nothing of an instance in hand is left. */
	abort(): Promise<void>;
}

/** @throws DicomError io where it cannot listen (EADDRINUSE, EACCES ...) */
export const startReceiver = async (options: ReceiverOptions): Promise<Receiver> => {
	const server = new ReceiverServer(options);
	await server.listen();
	return server;
};

/** Instances in hand of one association, and who waits until there are none. */
interface Hand {
	busy: number;
	idle: (() => void) | undefined;
}

class ReceiverServer implements Receiver {
	readonly #options: ReceiverOptions;
	readonly #keep: Keep;
	readonly #supported: (abstractSyntax: string) => readonly string[] | undefined;
	/** Associations, with the instances that each has in hand. */
	readonly #standing = new Map<Association, Hand>();
	/** Of associations that are closed, and have instances in hand still. */
	readonly #ends = new Set<Promise<void>>();
	readonly #told = new WeakSet<DicomError>();
	#listener: Listener | undefined;
	#isFinishing = false;

	constructor(options: ReceiverOptions) {
		this.#options = options;
		this.#keep = options.store === 'ignore' ? ignoring : options.store;
		this.#supported = supportedBy(options);
	}

	async listen(): Promise<void> {
		const { host, port, tls, maximumLength, timeouts, trace, traceWhole, clock } = this.#options;
		this.#listener = await listen({
			port,
			...(host === undefined ? {} : { address: host }),
			...(tls === undefined ? {} : { tls }),
			...(maximumLength === undefined ? {} : { maximumLength }),
			...(timeouts === undefined ? {} : { timeouts }),
			trace,
			traceWhole,
			...(clock === undefined ? {} : { clock }),
			decide: (rq, from, association) => this.#decide(rq, from, association),
			failed: (error, from) => {
				if (!this.#told.has(error)) this.#options.on({ kind: 'no-association', from, error });
			},
		});
	}

	get port(): number {
		return this.#listener?.port ?? 0;
	}

	get standing(): number {
		return this.#standing.size;
	}

	async close(): Promise<void> {
		await this.#listener?.close();
		await Promise.all(this.#ends);
	}

	async finish(): Promise<void> {
		this.#isFinishing = true;
		const closed = this.close();
		for (const [association, { busy }] of this.#standing) if (busy === 0) void association.abort();
		await closed;
	}

	async abort(): Promise<void> {
		await this.#listener?.abort();
	}

	#decide(rq: AssociateRq, from: Endpoint, association: Association): Decision {
		const calling = rq.callingAeTitle.trim();
		const called = rq.calledAeTitle.trim();
		const call = { from, calling, called };
		const refusal = this.#refusal(call);
		const hand: Hand = { busy: 0, idle: undefined };
		void association.closed.then(async () => {
			const { failure } = association;
			if (failure !== undefined) this.#told.add(failure);
			if (!this.#standing.delete(association)) return;
			// What was whole when it closed may be on its way to the disk: that is told first, and counts.
			if (hand.busy > 0) await this.#emptied(hand);
			this.#options.on({
				kind: 'ended',
				association: association.number,
				calling,
				...(failure === undefined ? {} : { failure: failure.failure }),
			});
		});
		if (refusal !== undefined) {
			this.#options.on({ kind: 'rejected', ...call, ...refusal });
			return { reject: refusal.triple };
		}
		this.#standing.set(association, hand);
		const { aeTitle } = this.#options;
		this.#options.on({
			kind: 'called',
			...call,
			association: association.number,
			...contextsOf(rq, this.#supported),
			expectedTitle: aeTitle === undefined || aeTitle === called,
		});
		return { supported: this.#supported, serve: this.#serving(calling, hand) };
	}

	async #emptied(hand: Hand): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		hand.idle = resolve;
		this.#ends.add(promise);
		await promise;
		this.#ends.delete(promise);
	}

	/** PS3.8 9.3.4: by the service user 7 and 3, by the presentation service provider 2, local limit exceeded. */
	#refusal({
		calling,
		called,
		from,
	}: Calling): Pick<Extract<ReceiverEvent, { kind: 'rejected' }>, 'triple' | 'why'> | undefined {
		const { aeTitle, requireCalled, allows, maxAssociations } = this.#options;
		if (requireCalled === true && aeTitle !== called)
			return { triple: { result: 1, source: 1, reason: 7 }, why: 'called-title' };
		if (allows !== undefined && !allows(calling, from))
			return { triple: { result: 1, source: 1, reason: 3 }, why: 'calling-title' };
		if (maxAssociations !== undefined && this.#standing.size >= maxAssociations)
			return { triple: { result: 2, source: 3, reason: 2 }, why: 'too-many' };
		return undefined;
	}

	#serving(calling: string, hand: Hand): RequestHandler {
		const serve = receiveInto(this.#keep, calling, this.#options.on);
		return async (request) => {
			hand.busy++;
			try {
				await serve(request);
			} finally {
				hand.busy--;
				if (hand.busy === 0) hand.idle?.();
				if (this.#isFinishing && hand.busy === 0) void request.association.abort();
			}
		};
	}
}

/** Which transfer syntaxes we take of a SOP class, as `Decision.supported`. */
const supportedBy = ({
	accept,
	preferTs = [],
}: ReceiverOptions): ((abstractSyntax: string) => readonly string[] | undefined) => {
	const anyTs = ['*'];
	const syntaxes = [...preferTs, '*'];
	return (abstractSyntax) => {
		if (abstractSyntax === VERIFICATION) return anyTs;
		const taken = typeof accept === 'function' ? accept() : accept;
		if (typeof taken !== 'string') return taken.includes(abstractSyntax) ? syntaxes : undefined;
		const info = uidInfo(abstractSyntax);
		return (info === undefined ? taken === 'any' : info.isStorage) ? syntaxes : undefined;
	};
};

/** What of a proposal will be accepted, and what refused. */
const contextsOf = (
	rq: AssociateRq,
	supported: (abstractSyntax: string) => readonly string[] | undefined,
): { readonly accepted: number; readonly refused: readonly RefusedContext[] } => {
	const { results } = answerContexts(rq, supported);
	const byId = new Map(rq.presentationContexts.map((context) => [context.id, context]));
	const refused = results.flatMap(({ id, result }) => {
		const context = byId.get(id);
		return result === CONTEXT_RESULT.acceptance || context === undefined
			? []
			: [{ abstractSyntax: context.abstractSyntax, transferSyntaxes: context.transferSyntaxes, result }];
	});
	return { accepted: results.length - refused.length, refused };
};
