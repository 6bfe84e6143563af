/** One association from its open transport to its end (PS3.8 7): who may do what when, what every end is blamed on, and the timers. */
import { DicomError, type Failure, LocalMisuse, type Phase } from '../errors.ts';
import { acceptedContexts } from '../upper-layer/negotiation.ts';
import type { AssociateAc, AssociateRj, AssociateRq } from '../upper-layer/pdu/index.ts';
import type { Indication, Role } from '../upper-layer/upper-layer.ts';
import { Association } from './association.ts';
import { type Clock, MONOTONIC, Watchdog } from './clock.ts';
import { Driver } from './driver.ts';
import type { RequestHandler } from './incoming.ts';
import { abortedFailure, type Circumstances, lossFailure, protocolFailure } from './loss.ts';
import { Messenger } from './messenger.ts';
import { Pace } from './pace.ts';
import type { Timeouts } from './timeouts.ts';
import type { TraceSink, Untimed } from './trace.ts';
import type { Transport } from './transport.ts';

export interface LifecycleOptions {
	/** Our Maximum Length Received (PS3.8 D.1), in bytes; 0 for no limit. */
	readonly maximumLength: number;
	readonly timeouts: Timeouts;
	readonly clock?: Clock;
	readonly trace?: TraceSink | undefined;
	/** Record P-DATA-TF PDUs whole, not only their beginnings. */
	readonly traceWhole?: boolean | undefined;
	/** Answers the peer's requests; without it they are unrecognized operations. */
	readonly serve?: RequestHandler | undefined;
	/** The longest PDU to send whatever the peer takes; 0 leaves it to the peer. */
	readonly maximumSendLength?: number | undefined;
}

/** Our Maximum Length Received (PS3.8 D.1) unless it is set, in bytes: longer PDUs gain nothing. */
export const DEFAULT_MAXIMUM_LENGTH = 65_536;

const SERVICE_USER = { source: 0, reason: 0 } as const;

let associations = 0;

/** A number for each association of the process, for traces. */
export const nextAssociationNumber = (): number => ++associations;

/** Everything ends in one of two ways: `#fail`, where we abort, or `#failed`, where the peer has ended it or broken the rules. */
export class Lifecycle {
	readonly number: number;
	readonly role: Role;
	readonly transport: Transport;
	/** What services see of it. */
	readonly association = new Association(this);
	readonly #options: LifecycleOptions;
	readonly #clock: Clock;
	readonly #driver: Driver;
	readonly #closed = Promise.withResolvers<void>();
	readonly #idleTimer: Watchdog;
	readonly #pace: Pace;
	#messenger: Messenger | undefined;
	#request: AssociateRq | undefined;
	#setup: PromiseWithResolvers<Indication> | undefined;
	#release: PromiseWithResolvers<void> | undefined;
	#failure: DicomError | undefined;
	#phase: Phase = 'associate';
	/** Released, or rejected by us: that the peer closes now is as it should be. */
	#isClosing = false;
	readonly #startedAt: number;
	#lastSignAt: number;

	constructor(number: number, role: Role, transport: Transport, options: LifecycleOptions) {
		this.number = number;
		this.role = role;
		this.transport = transport;
		this.#options = options;
		this.#clock = options.clock ?? MONOTONIC;
		this.#startedAt = this.#clock.now();
		this.#lastSignAt = this.#startedAt;
		this.#idleTimer = new Watchdog(this.#clock, options.timeouts.idleMs, () => this.#idle());
		this.#pace = new Pace(
			this.#clock,
			options.timeouts.paceMs,
			{
				isMidway: () => this.#driver.isMidPdu || this.#messenger?.isMidMessage === true,
				commands: () => this.#messenger?.commands ?? 0,
				isHeld: () => this.#driver.isHeld,
			},
			() => this.#timedOut('data', options.timeouts.paceMs),
		);
		this.#driver = new Driver(
			role,
			transport,
			{
				maximumLength: options.maximumLength,
				artimMs: options.timeouts.artimMs,
				clock: this.#clock,
				trace: options.trace === undefined ? undefined : (event) => this.trace(event),
				traceWhole: options.traceWhole === true,
			},
			{
				alive: (received) => this.#alive(received),
				indicated: (primitive) => this.#indicated(primitive),
				refused: (fault) => this.#failed(protocolFailure(fault, this.#phase)),
				artimExpired: (timeoutMs) => this.#artimExpired(timeoutMs),
				closed: (code, message) => this.#transportClosed(code, message),
			},
		);
	}

	/** Settles when the transport is closed, however it came to that; never rejects. */
	get closed(): Promise<void> {
		return this.#closed.promise;
	}

	/** From the A-ASSOCIATE-AC on. */
	get messenger(): Messenger | undefined {
		return this.#messenger;
	}

	/** What ended it, where that was not a release. */
	get failure(): DicomError | undefined {
		return this.#failure;
	}

	/** Milliseconds since the last sign of life of the peer; 0 while it is us whom it waits for. */
	get silentMs(): number {
		return this.#isOurs ? 0 : this.#clock.now() - this.#lastSignAt;
	}

	/** A sign of life that was seen elsewhere. */
	touch(): void {
		this.#lastSignAt = this.#clock.now();
		this.#messenger?.outstanding.touch();
	}

	trace(event: Untimed): void {
		this.#options.trace?.({ at: this.#clock.now(), association: this.number, ...event });
	}

	// ---- setting up ------------------------------------------------------------------------------------------------

	/**
	 * Requestor: sends the A-ASSOCIATE-RQ and waits for the answer. The association stands when this settles.
	 *
	 * @throws DicomError rejected, aborted, connect, timeout, protocol, tls, interrupted
	 */
	async request(rq: AssociateRq, signal?: AbortSignal): Promise<AssociateAc> {
		this.#request = rq;
		this.#driver.request(rq);
		const answer = this.#start();
		const interrupt = () => this.#fail({ blame: 'interrupted' });
		if (signal?.aborted === true) interrupt();
		signal?.addEventListener('abort', interrupt, { once: true });
		const cancel = this.#within(this.#options.timeouts.associateMs, 'associate-answer');
		try {
			const ac = await answer;
			if (ac.type !== 'A-ASSOCIATE-AC') throw new LocalMisuse(`${ac.type} is no answer to an association request`);
			return ac;
		} finally {
			cancel();
			signal?.removeEventListener('abort', interrupt);
		}
	}

	/**
	 * Acceptor: waits for the A-ASSOCIATE-RQ.
	 *
	 * @throws DicomError timeout (ARTIM), aborted, protocol, tls
	 */
	async indication(): Promise<AssociateRq> {
		const rq = await this.#start();
		if (rq.type !== 'A-ASSOCIATE-RQ') throw new LocalMisuse(`${rq.type} is no association request`);
		return rq;
	}

	/**
	 * Acceptor: answers the A-ASSOCIATE-RQ. With an A-ASSOCIATE-AC the association stands; an A-ASSOCIATE-RJ is the end: the peer closes,
	 * or ARTIM does. Does nothing where the peer has gone meanwhile.
	 *
	 * @throws LocalMisuse for what cannot be encoded
	 */
	answer(rq: AssociateRq, pdu: AssociateAc | AssociateRj, serve?: RequestHandler): void {
		if (!this.#driver.may(pdu.type)) return;
		this.#driver.request(pdu);
		if (pdu.type === 'A-ASSOCIATE-RJ') this.#isClosing = true;
		else this.#establish(rq, pdu, rq.userInformation.maximumLength, serve);
	}

	#establish(rq: AssociateRq, ac: AssociateAc, theirs = 0, serve = this.#options.serve): void {
		const ours = this.#options.maximumSendLength ?? 0;
		const peerMaximumLength = ours === 0 || theirs === 0 ? ours + theirs : Math.min(ours, theirs);
		this.#phase = 'established';
		this.#messenger = new Messenger(
			{
				association: this.association,
				write: (pdus, written) => this.#driver.write(pdus, written),
				drained: () => this.#drained(),
				isOver: () => this.#driver.isOver || !this.#driver.may('P-DATA-TF'),
				fail: (failure, abort) => this.#fail(failure, abort),
				over: () => this.over(),
				unanswered: () => this.#timedOut('response', this.#options.timeouts.dimseMs),
				isHeld: () => this.#driver.isHeld,
				trace: this.#options.trace === undefined ? undefined : (event) => this.trace(event),
			},
			{ contexts: acceptedContexts(rq, ac).accepted, peerMaximumLength },
			serve,
			{ clock: this.#clock, dimseMs: this.#options.timeouts.dimseMs },
		);
		this.#idleTimer.restart();
		this.#pace.start();
	}

	/**
	 * A-RELEASE (PS3.8 7.2); settles when the transport is closed. A peer that closes it instead of answering has released it too.
	 *
	 * @throws DicomError timeout, aborted, protocol
	 */
	async release(): Promise<void> {
		if (this.over() === undefined && this.#driver.may('A-RELEASE-RQ')) {
			this.#beginRelease();
			this.#release = Promise.withResolvers<void>();
			this.#driver.request({ type: 'A-RELEASE-RQ' });
			const cancel = this.#within(this.#options.timeouts.releaseMs, 'release-answer');
			try {
				await this.#release.promise;
			} finally {
				cancel();
			}
		}
		await this.#closed.promise;
	}

	/** A-ABORT (PS3.8 7.3), by the service user unless said; settles when the transport is closed, at the latest two seconds later. */
	async abort(failure: Failure = { blame: 'interrupted' }, as?: { source: number; reason: number }): Promise<void> {
		if (!this.#driver.isOver) this.#fail(failure, as);
		await this.#closed.promise;
	}

	// ---- what happens -----------------------------------------------------------------------------------------------

	#start(): Promise<Indication> {
		this.#setup = Promise.withResolvers<Indication>();
		this.#driver.start();
		return this.#setup.promise;
	}

	#indicated(primitive: Indication): void | Promise<void> {
		switch (primitive.type) {
			case 'P-DATA':
				return this.#failure === undefined ? this.#messenger?.push(primitive.fragment) : undefined;
			case 'A-ASSOCIATE-AC':
				// At once: the peer's next message may be in the same bytes.
				if (this.#request !== undefined)
					this.#establish(this.#request, primitive, primitive.userInformation.maximumLength);
				this.#setup?.resolve(primitive);
				this.#setup = undefined;
				return undefined;
			case 'A-ASSOCIATE-RQ':
				this.#setup?.resolve(primitive);
				this.#setup = undefined;
				return undefined;
			case 'A-ASSOCIATE-RJ': {
				const { result, source, reason } = primitive;
				this.#failed({ blame: 'rejected', result, source, reason, afterMs: this.#clock.now() - this.#startedAt });
				return undefined;
			}
			case 'A-RELEASE-RQ':
				return this.#releaseIndicated();
			case 'A-RELEASE-RP':
				this.#answerRelease(); // where both have asked (Sta12)
				this.#release?.resolve();
				return undefined;
			case 'A-ABORT': {
				const { source, reason } = primitive;
				this.#failed(abortedFailure({ source, reason }, this.#circumstances()));
				return undefined;
			}
			case 'provider-abort':
				this.#failed(protocolFailure(primitive, this.#phase));
				return undefined;
			case 'transport-closed': // told by #transportClosed, which knows the socket's code
				return undefined;
		}
	}

	/** The peer releases. What it still owes us will not come; what we owe it is dropped. */
	#releaseIndicated(): void {
		const released = abortedFailure({ code: 'RELEASED' }, this.#circumstances());
		const owesUs = this.#phase === 'established' && (this.#messenger?.outstanding.size ?? 0) > 0;
		this.#beginRelease();
		if (owesUs) this.#failed(released);
		else this.#messenger?.serving.end(new DicomError(released));
		this.#answerRelease();
	}

	#beginRelease(): void {
		this.#phase = 'release';
		this.#isClosing = true;
		this.#idleTimer.end();
		this.#pace.end();
	}

	#answerRelease(): void {
		if (this.#driver.may('A-RELEASE-RP')) this.#driver.request({ type: 'A-RELEASE-RP' });
	}

	async #drained(): Promise<void> {
		const cancel = this.#within(this.#options.timeouts.writeMs, 'write');
		try {
			await this.transport.drained();
		} finally {
			cancel();
		}
	}

	#alive(received: number): void {
		this.#pace.received(received);
		this.touch();
		this.#idleTimer.touch();
	}

	/** The peer waits for us: for a sink, a reader or an answer. */
	get #isOurs(): boolean {
		const isMidMessage = this.#messenger?.isMidMessage === true;
		return this.#driver.isHeld || (this.#messenger?.serving.isWorking === true && !isMidMessage);
	}

	// ---- timers -----------------------------------------------------------------------------------------------------

	#within(ms: number, waitingFor: WaitingFor): () => void {
		return ms === 0 ? () => {} : this.#clock.after(ms, () => this.#timedOut(waitingFor, ms));
	}

	#timedOut(waitingFor: WaitingFor, timeoutMs: number): void {
		this.trace({ event: 'timer', timer: waitingFor, action: 'expired', timeoutMs });
		this.#fail({ blame: 'timeout', waitingFor, timeoutMs });
	}

	#idle(): void {
		if (this.#isOurs) this.#idleTimer.restart();
		else this.#timedOut(this.#messenger?.isMidMessage === true ? 'data' : 'command', this.#options.timeouts.idleMs);
	}

	#artimExpired(timeoutMs: number): void {
		this.trace({ event: 'timer', timer: 'ARTIM', action: 'expired', timeoutMs });
		if (this.#setup !== undefined) this.#failed({ blame: 'timeout', waitingFor: 'command', timeoutMs });
	}

	// ---- ending -----------------------------------------------------------------------------------------------------

	/** Why nothing more may be asked of the association: it is ending, or has ended. */
	over(): DicomError | undefined {
		if (this.#failure !== undefined) return this.#failure;
		if (this.#phase === 'established' && !this.#driver.isOver) return undefined;
		return new DicomError({ blame: 'aborted', phase: this.#phase, code: 'CLOSED' });
	}

	/** Aborts what still stands and ends everything that waits; the only way down that begins here. */
	#fail(failure: Failure, { source, reason }: { source: number; reason: number } = SERVICE_USER): void {
		this.#failed(failure);
		if (this.#driver.may('A-ABORT')) this.#driver.request({ type: 'A-ABORT', source, reason });
		else this.#driver.close();
	}

	/** Ends everything that waits; the first failure is the one that counts. */
	#failed(failure: Failure): void {
		if (this.#failure !== undefined) return;
		this.#failure = new DicomError(failure);
		this.#driver.hurry();
		this.#settle(this.#failure);
	}

	#settle(error: DicomError): void {
		this.#idleTimer.end();
		this.#pace.end();
		this.#messenger?.end(error);
		this.#setup?.reject(error);
		this.#setup = undefined;
		this.#release?.reject(error);
	}

	#transportClosed(code?: string, message?: string): void {
		if (this.#isClosing) this.#release?.resolve();
		else if (this.#failure === undefined) this.#failed(lossFailure(code, message, this.#circumstances()));
		this.#settle(this.#failure ?? new DicomError(abortedFailure({ code: code ?? 'CLOSED' }, this.#circumstances())));
		const failure = this.#failure?.failure;
		this.trace({ event: 'closed', phase: this.#phase, ...(failure === undefined ? {} : { failure }) });
		this.#closed.resolve();
	}

	#circumstances(): Circumstances {
		const now = this.#clock.now();
		return {
			role: this.role,
			phase: this.#phase,
			remote: this.transport.remote,
			hasReceived: this.#driver.lastReceivedAt !== undefined,
			afterMessage: this.#messenger?.lastMessage,
			idleMs: now - (this.#driver.lastReceivedAt ?? this.#startedAt),
			afterMs: now - this.#startedAt,
		};
	}
}

type WaitingFor = Extract<Failure, { blame: 'timeout' }>['waitingFor'];
