/** Drives one association: the read loop, the outgoing queue, the outstanding requests and the timers around the pure core (PS3.8 9.2). */
import { type Assembled, Assembler } from '../dimse/assembler.ts';
import { encodeCommand } from '../dimse/command-set.ts';
import { type CCancelRq, type Message, type UnknownMessage, unrecognizedOperation } from '../dimse/messages.ts';
import { DicomError, type Failure, LocalMisuse, type Phase } from '../errors.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';
import type { AssociateAc, AssociateRj, AssociateRq } from '../upper-layer/pdu/index.ts';
import { type Indication, type Output, UpperLayer } from '../upper-layer/upper-layer.ts';
import { type Clock, MONOTONIC, Watchdog } from './clock.ts';
import {
	Call,
	Exchange,
	type Outstanding,
	type RequestMessage,
	type Response,
	type ResponseMessage,
} from './exchange.ts';
import { IncomingDataset, joined, type RequestHandler } from './incoming.ts';
import { type DataSource, Outgoing, type PduWriter, type Staged } from './outgoing.ts';
import { PduRecorder, RECORDED_BYTES } from './recorder.ts';
import type { TraceEvent, TraceSink } from './trace.ts';
import type { Transport } from './transport.ts';

/** All in milliseconds; 0 waits for ever. */
export interface Timeouts {
	/** For the answer to our A-ASSOCIATE-RQ. */
	readonly associateMs: number;
	/** PS3.8 9.1.4: for the A-ASSOCIATE-RQ of who connected to us, and for the peer to close after an end. */
	readonly artimMs: number;
	/** For the next response to an outstanding request, counted from the last sign of life. */
	readonly dimseMs: number;
	/** With nothing at all arriving while we owe nothing. */
	readonly idleMs: number;
	/** For the A-RELEASE-RP. */
	readonly releaseMs: number;
	/** For the peer to take bytes that wait to be sent. */
	readonly writeMs: number;
}

export const TIMEOUTS: Timeouts = {
	associateMs: 30_000,
	artimMs: 30_000,
	dimseMs: 30_000,
	idleMs: 0,
	releaseMs: 30_000,
	writeMs: 60_000,
};

export interface AssociationOptions {
	/** Our Maximum Length Received (PS3.8 D.1), in bytes; 0 for no limit. */
	readonly maximumLength: number;
	readonly timeouts: Timeouts;
	readonly clock?: Clock;
	readonly trace?: TraceSink | undefined;
	/** Record P-DATA-TF PDUs whole, not only their beginnings. */
	readonly traceWhole?: boolean | undefined;
}

/** Our Maximum Length Received (PS3.8 D.1) unless it is set, in bytes: longer PDUs gain nothing. */
export const DEFAULT_MAXIMUM_LENGTH = 65_536;

/** A response's dataset (an identifier) longer than this is not collected. */
const MAX_RESPONSE_DATASET = 16_777_216;
/** More requests of the peer than this at once are harm: nobody negotiates such a window. */
const MAX_INCOMING = 100;
/** So many responses of one handler go out before the socket is read again. */
const RESPONSES_A_TURN = 64;
/** How long an abort of ours waits for the peer to close. */
const ABORT_LINGER_MS = 1_000;

const SERVICE_USER = { type: 'A-ABORT', source: 0, reason: 0 } as const;

interface Incoming {
	readonly controller: AbortController;
	readonly dataset: IncomingDataset | undefined;
}

/** A request that is ready to be sent; it is either sent or dropped, once. */
export interface PreparedCall {
	/** @throws DicomError as `call` does */
	send(): Promise<Response>;
	drop(): void;
}

/** Who takes the dataset that follows a command. */
type Receiver = (bytes: Uint8Array, isLast: boolean) => void | Promise<void>;

let associations = 0;

/** A number for each association of the process, for traces. */
export const nextAssociationNumber = (): number => ++associations;

/**
 * One association from its open transport to its end. Made by `requestor.ts` and `acceptor.ts`; services call `call`, `exchange` and
 * `contextFor`.
 */
export class Association {
	readonly number: number;
	readonly role: 'requestor' | 'acceptor';
	readonly transport: Transport;
	readonly #options: AssociationOptions;
	readonly #clock: Clock;
	readonly #core: UpperLayer;
	readonly #assembler = new Assembler();
	readonly #outstanding = new Map<number, Outstanding>();
	readonly #incoming = new Map<number, Incoming>();
	readonly #closed = Promise.withResolvers<void>();
	readonly #responseTimer: Watchdog;
	readonly #idleTimer: Watchdog;
	readonly #recorders: { readonly sent: PduRecorder; readonly received: PduRecorder } | undefined;
	#outgoing: Outgoing | undefined;
	#contexts = new Map<number, AcceptedContext>();
	#receiver: Receiver | undefined;
	#serve: RequestHandler | undefined;
	#answer: { resolve(primitive: Indication): void; reject(error: Error): void } | undefined;
	#release: { resolve(): void; reject(error: Error): void } | undefined;
	#cancelArtim: (() => void) | undefined;
	#failure: DicomError | undefined;
	#phase: Phase = 'associate';
	#isTransportOver = false;
	#messageId = 0;
	#lastMessage: string | undefined;
	#receivedBytes = 0;
	#lastReceived: number;
	#startedAt: number;

	constructor(number: number, role: 'requestor' | 'acceptor', transport: Transport, options: AssociationOptions) {
		this.number = number;
		this.role = role;
		this.transport = transport;
		this.#options = options;
		this.#clock = options.clock ?? MONOTONIC;
		this.#core = new UpperLayer(role, { maximumLength: options.maximumLength });
		this.#startedAt = this.#lastReceived = this.#clock.now();
		const { timeouts, trace } = options;
		this.#responseTimer = new Watchdog(this.#clock, timeouts.dimseMs, () =>
			this.#timedOut('response', timeouts.dimseMs),
		);
		this.#idleTimer = new Watchdog(this.#clock, timeouts.idleMs, () => this.#idle());
		if (trace !== undefined) {
			const recorder = (direction: 'sent' | 'received') =>
				new PduRecorder(
					(bytes, length) => this.#trace({ event: 'pdu', direction, bytes, length }),
					options.traceWhole === true ? Number.MAX_SAFE_INTEGER : RECORDED_BYTES,
				);
			this.#recorders = { sent: recorder('sent'), received: recorder('received') };
		}
	}

	/** Settles when the transport is closed, however it came to that; never rejects. */
	get closed(): Promise<void> {
		return this.#closed.promise;
	}

	/** What ended it, where that was not a release. */
	get failure(): DicomError | undefined {
		return this.#failure;
	}

	/** The contexts that were accepted, in the order of their IDs. */
	get contexts(): readonly AcceptedContext[] {
		return [...this.#contexts.values()];
	}

	/** Established, and neither side has begun to end it. */
	get isOpen(): boolean {
		return this.#phase === 'established' && this.#failure === undefined && !this.#isTransportOver;
	}

	// ---- setting up ------------------------------------------------------------------------------------------------

	/**
	 * Requestor: sends the A-ASSOCIATE-RQ and waits for the answer.
	 *
	 * @throws DicomError rejected, aborted, connect, timeout, protocol, tls
	 */
	async request(rq: AssociateRq, signal?: AbortSignal): Promise<AssociateAc> {
		const { promise, resolve, reject } = Promise.withResolvers<Indication>();
		this.#answer = { resolve, reject };
		void this.#perform(this.#core.request(rq));
		this.#startedAt = this.#clock.now();
		this.#start();
		const { associateMs } = this.#options.timeouts;
		const cancel =
			associateMs === 0
				? () => {}
				: this.#clock.after(associateMs, () => this.#timedOut('associate-answer', associateMs));
		const interrupt = () => this.#fail({ blame: 'interrupted' });
		signal?.addEventListener('abort', interrupt, { once: true });
		try {
			const answer = await promise;
			if (answer.type === 'A-ASSOCIATE-RJ') {
				const { result, source, reason } = answer;
				throw this.#fail({ blame: 'rejected', result, source, reason, afterMs: this.#clock.now() - this.#startedAt });
			}
			if (answer.type !== 'A-ASSOCIATE-AC')
				throw new LocalMisuse(`${answer.type} is no answer to an association request`);
			return answer;
		} finally {
			cancel();
			signal?.removeEventListener('abort', interrupt);
		}
	}

	/**
	 * Acceptor: waits for the A-ASSOCIATE-RQ.
	 *
	 * @throws DicomError timeout (ARTIM), aborted, protocol
	 */
	async indication(): Promise<AssociateRq> {
		const { promise, resolve, reject } = Promise.withResolvers<Indication>();
		this.#answer = { resolve, reject };
		this.#start();
		const primitive = await promise;
		if (primitive.type !== 'A-ASSOCIATE-RQ') throw new LocalMisuse(`${primitive.type} is no association request`);
		return primitive;
	}

	/** Acceptor: answers the A-ASSOCIATE-RQ. A rejection is the end: the peer closes, or ARTIM does. */
	answer(pdu: AssociateAc | AssociateRj): void {
		if (!this.#core.mayRequest(pdu.type)) return; // the peer has gone meanwhile
		void this.#perform(this.#core.request(pdu));
	}

	/**
	 * Both: what was agreed. Requests may be sent from here on.
	 *
	 * @param serve answers the peer's requests; without it they are unrecognized operations
	 */
	establish(contexts: readonly AcceptedContext[], peerMaximumLength: number, serve?: RequestHandler): void {
		this.#serve = serve;
		for (const context of contexts) this.#contexts.set(context.id, context);
		this.#phase = 'established';
		const writer: PduWriter = {
			write: (pdus, written) => this.#writeData(pdus, written),
			drained: () => this.#drained(),
			isOver: false,
		};
		Object.defineProperty(writer, 'isOver', { get: () => this.#isTransportOver || this.#failure !== undefined });
		this.#outgoing = new Outgoing(writer, peerMaximumLength);
		this.#idleTimer.restart();
	}

	// ---- using ------------------------------------------------------------------------------------------------------

	/** The first accepted context for it on which we may be the given side; of those with the transfer syntax, if one is named. */
	contextFor(abstractSyntax: string, transferSyntax?: string, as: 'scu' | 'scp' = 'scu'): AcceptedContext | undefined {
		for (const context of this.#contexts.values())
			if (
				context.abstractSyntax === abstractSyntax &&
				(transferSyntax === undefined || context.transferSyntax === transferSyntax) &&
				(this.role === 'requestor' ? context[as] : context[as === 'scu' ? 'scp' : 'scu'])
			)
				return context;
		return undefined;
	}

	/** The next Message ID: 1 to 65535, none that is outstanding. */
	nextMessageId(): number {
		do this.#messageId = this.#messageId === 0xffff ? 1 : this.#messageId + 1;
		while (this.#outstanding.has(this.#messageId));
		return this.#messageId;
	}

	/**
	 * Sends a request that has one response.
	 *
	 * @throws DicomError when the association ends before the response, or already has
	 */
	call(contextId: number, message: RequestMessage, dataset?: Uint8Array | DataSource): Promise<Response> {
		const call = new Call(contextId);
		this.#begin(contextId, message, dataset, call);
		return call.response;
	}

	/**
	 * As `call`, in two steps: the request is laid out and its dataset read now where that can be, and sent when `send` is called.
	 *
	 * @throws what the source throws
	 */
	prepare(contextId: number, message: RequestMessage, dataset: Uint8Array | DataSource): PreparedCall {
		const outgoing = this.#outgoing;
		const staged =
			this.#failure === undefined ? outgoing?.stage(contextId, encodeCommand(message), dataset) : undefined;
		if (outgoing === undefined || staged === undefined)
			return { send: () => this.call(contextId, message, dataset), drop: () => {} };
		return {
			send: () => {
				const call = new Call(contextId);
				this.#begin(contextId, message, staged, call);
				return call.response;
			},
			drop: () => outgoing.unstage(staged),
		};
	}

	/** Sends a request that has pending responses and a final one. */
	exchange<M extends ResponseMessage>(contextId: number, message: RequestMessage, dataset?: Uint8Array): Exchange<M> {
		const exchange = new Exchange<M>(contextId, () => {
			const cancel: CCancelRq = {
				type: 'C-CANCEL-RQ',
				messageIdBeingRespondedTo: message.messageId,
				hasDataset: false,
			};
			if (this.#failure === undefined) void this.#send(contextId, cancel);
		});
		this.#begin(contextId, message, dataset, exchange);
		return exchange;
	}

	/** A-RELEASE (PS3.8 7.2). A peer that closes the transport instead of answering has released it too. */
	async release(): Promise<void> {
		if (this.#phase !== 'established' || this.#failure !== undefined || !this.#core.mayRequest('A-RELEASE-RQ')) {
			await this.#closed.promise;
			return;
		}
		this.#phase = 'release';
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		this.#release = { resolve, reject };
		void this.#perform(this.#core.request({ type: 'A-RELEASE-RQ' }));
		const { releaseMs } = this.#options.timeouts;
		const cancel =
			releaseMs === 0 ? () => {} : this.#clock.after(releaseMs, () => this.#timedOut('release-answer', releaseMs));
		try {
			await promise;
		} finally {
			cancel();
		}
		await this.#closed.promise;
	}

	/** A-ABORT by the service user (PS3.8 7.3); settles when the transport is closed, at the latest a second later. */
	async abort(failure: Failure = { blame: 'interrupted' }): Promise<void> {
		this.#fail(failure);
		await this.#closed.promise;
	}

	// ---- inward -----------------------------------------------------------------------------------------------------

	#start(): void {
		if (this.role === 'requestor' || this.#core.state === 'Sta1') void this.#perform(this.#core.transportConnected());
		this.transport.start({
			received: (bytes) => this.#received(bytes),
			closed: (code, message) => this.#transportClosed(code, message),
		});
	}

	#received(bytes: Uint8Array): void | Promise<void> {
		this.#receivedBytes += bytes.length;
		this.#lastReceived = this.#clock.now();
		this.#responseTimer.touch();
		this.#idleTimer.touch();
		this.#recorders?.received.push(bytes);
		return this.#perform(this.#core.receive(bytes));
	}

	/** Does what the core says, in its order; waits where a sink does. */
	#perform(outputs: readonly Output[], from = 0): void | Promise<void> {
		for (let i = from; i < outputs.length; i++) {
			const held = this.#step(outputs[i] as Output);
			if (held !== undefined) return held.then(() => this.#perform(outputs, i + 1));
		}
		return undefined;
	}

	#step(output: Output): void | Promise<void> {
		switch (output.do) {
			case 'connect': // the transport was opened before
				return undefined;
			case 'send':
				this.#recorders?.sent.push(output.bytes);
				this.transport.write(output.bytes);
				return undefined;
			case 'indicate':
				return this.#indicated(output.primitive);
			case 'startArtim': {
				const { artimMs } = this.#options.timeouts;
				this.#cancelArtim?.();
				const ms = this.#failure === undefined ? artimMs : Math.min(artimMs || ABORT_LINGER_MS, ABORT_LINGER_MS);
				if (ms > 0) this.#cancelArtim = this.#clock.after(ms, () => this.#artimExpired(ms));
				return undefined;
			}
			case 'stopArtim':
				this.#cancelArtim?.();
				this.#cancelArtim = undefined;
				return undefined;
			case 'closeTransport':
				this.#closeTransport();
				return undefined;
		}
	}

	#indicated(primitive: Indication): void | Promise<void> {
		switch (primitive.type) {
			case 'P-DATA': {
				const assembled = this.#assembler.push(primitive.fragment);
				return assembled.length === 1 ? this.#assembled(assembled[0] as Assembled) : this.#assembledAll(assembled);
			}
			case 'A-ASSOCIATE-RQ':
			case 'A-ASSOCIATE-AC':
			case 'A-ASSOCIATE-RJ':
				this.#answer?.resolve(primitive);
				this.#answer = undefined;
				return undefined;
			case 'A-RELEASE-RQ':
				return this.#releaseIndicated();
			case 'A-RELEASE-RP':
				if (this.#core.mayRequest('A-RELEASE-RP')) void this.#perform(this.#core.request({ type: 'A-RELEASE-RP' }));
				this.#release?.resolve();
				return undefined;
			case 'A-ABORT': {
				const { source, reason } = primitive;
				this.#failed({ blame: 'aborted', phase: this.#phase, source, reason, ...this.#circumstances() });
				return undefined;
			}
			case 'provider-abort': {
				const { detail, firstBytes } = primitive;
				this.#failed(this.#protocolFailure(detail, firstBytes));
				return undefined;
			}
			case 'transport-closed': // told by #transportClosed, which knows the socket's code
				return undefined;
		}
	}

	/** `15 03` is a TLS alert: the other end speaks TLS, and did not understand us. */
	#protocolFailure(message: string, firstBytes?: Uint8Array): Failure {
		if (this.#phase === 'associate' && firstBytes?.[0] === 0x15 && firstBytes[1] === 0x03)
			return { blame: 'tls', code: 'PEER_SPEAKS_TLS', message: 'the peer answered with a TLS alert' };
		return { blame: 'protocol', message, phase: this.#phase, ...(firstBytes === undefined ? {} : { firstBytes }) };
	}

	#assembledAll(assembled: readonly Assembled[], from = 0): void | Promise<void> {
		for (let i = from; i < assembled.length; i++) {
			const held = this.#assembled(assembled[i] as Assembled);
			if (held !== undefined) return held.then(() => this.#assembledAll(assembled, i + 1));
		}
		return undefined;
	}

	#assembled(item: Assembled): void | Promise<void> {
		if (this.#failure !== undefined) return undefined;
		switch (item.type) {
			case 'command':
				return this.#commandArrived(item.contextId, item.message);
			case 'data': {
				const receiver = this.#receiver;
				if (item.isLast) this.#receiver = undefined;
				return receiver?.(item.bytes, item.isLast);
			}
			case 'violation':
				this.#fail({ blame: 'protocol', message: item.problem, phase: this.#phase }, item.abort);
				return undefined;
		}
	}

	#commandArrived(contextId: number, message: Message): void | Promise<void> {
		const context = this.#contexts.get(contextId);
		if (context === undefined) {
			const text = `a message on presentation context ${contextId}, which was not accepted`;
			this.#fail({ blame: 'protocol', message: text, phase: this.#phase });
			return undefined;
		}
		this.#lastMessage = message.type;
		if (!(message.hasDataset && message.type.endsWith('-RSP'))) this.#traceMessage('received', context, message);
		switch (message.type) {
			case 'C-ECHO-RQ':
			case 'C-STORE-RQ':
			case 'C-FIND-RQ':
			case 'C-GET-RQ':
			case 'C-MOVE-RQ':
				this.#requestArrived(context, message);
				return undefined;
			case 'C-CANCEL-RQ':
				this.#incoming.get(message.messageIdBeingRespondedTo)?.controller.abort('C-CANCEL-RQ');
				this.#receiver = message.hasDataset ? () => {} : undefined;
				return undefined;
			case 'unknown':
				this.#unknownArrived(contextId, message);
				return undefined;
			default:
				return this.#responseArrived(context, message);
		}
	}

	#responseArrived(context: AcceptedContext, message: ResponseMessage): void | Promise<void> {
		const outstanding = this.#outstanding.get(message.messageIdBeingRespondedTo);
		const deliver = (response: Response): void | Promise<void> => {
			if (message.hasDataset) this.#traceMessage('received', context, message, response.dataset);
			if (outstanding === undefined) return undefined; // a response to what we never asked, or too late: nobody's
			const held = outstanding.deliver(response);
			if (outstanding.isOver) {
				this.#outstanding.delete(message.messageIdBeingRespondedTo);
				if (this.#outstanding.size === 0) this.#responseTimer.stop();
			}
			return held;
		};
		if (!message.hasDataset) return deliver({ message });
		let parts: Uint8Array[] = [];
		let length = 0;
		this.#receiver = (bytes, isLast) => {
			length += bytes.length;
			if (length > MAX_RESPONSE_DATASET) {
				const text = `an identifier of over ${MAX_RESPONSE_DATASET} bytes in a ${message.type}`;
				this.#fail({ blame: 'protocol', message: text, phase: this.#phase });
				return undefined;
			}
			parts.push(bytes.slice());
			if (!isLast) return undefined;
			const dataset = joined(parts);
			parts = [];
			return deliver({ message, dataset });
		};
		return undefined;
	}

	#requestArrived(context: AcceptedContext, message: RequestMessage): void {
		const serve = this.#serve;
		if (this.#incoming.size >= MAX_INCOMING || this.#incoming.has(message.messageId)) {
			const text = `Message ID ${message.messageId} again, or over ${MAX_INCOMING} requests at once`;
			this.#fail({ blame: 'protocol', message: text, phase: this.#phase });
			return;
		}
		if (serve === undefined) {
			this.#receiver = () => {};
			void this.#send(context.id, unrecognizedResponse(message));
			return;
		}
		const controller = new AbortController();
		const dataset = message.hasDataset ? new IncomingDataset() : undefined;
		this.#receiver = dataset === undefined ? undefined : (bytes, isLast) => dataset.push(bytes, isLast);
		this.#incoming.set(message.messageId, { controller, dataset });
		let responses = 0;
		const respond = async (response: ResponseMessage, data?: Uint8Array | DataSource): Promise<void> => {
			if (this.#failure !== undefined) throw this.#failure;
			if (!(response.status === 0xff00 || response.status === 0xff01)) this.#incoming.delete(message.messageId);
			await this.#send(context.id, response, data);
			// A handler that never waits would keep the C-CANCEL-RQ from being read.
			if (++responses % RESPONSES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
		};
		serve({ context, message, dataset, signal: controller.signal, respond })
			.catch((error: unknown) => {
				if (this.#failure !== undefined) return; // it failed because the association did
				const text = `the handler of ${message.type} failed: ${error instanceof Error ? error.message : String(error)}`;
				this.#fail({ blame: 'io', code: 'HANDLER', message: text });
			})
			.finally(() => this.#incoming.delete(message.messageId));
	}

	#unknownArrived(contextId: number, message: UnknownMessage): void {
		this.#receiver = message.hasDataset ? () => {} : undefined;
		const answer = unrecognizedOperation(message);
		if (answer !== undefined) void this.#send(contextId, answer);
	}

	// ---- outward ----------------------------------------------------------------------------------------------------

	#begin(
		contextId: number,
		message: RequestMessage,
		dataset: Uint8Array | DataSource | Staged | undefined,
		waiting: Outstanding,
	): void {
		if (this.#failure !== undefined || this.#phase !== 'established' || this.#isTransportOver) {
			waiting.fail(this.#failure ?? new DicomError({ blame: 'aborted', phase: this.#phase, code: 'CLOSED' }));
			return;
		}
		this.#outstanding.set(message.messageId, waiting);
		this.#responseTimer.restart();
		void this.#send(contextId, message, dataset);
	}

	/** Settles when the message is handed over and there is room; a source that fails takes the association with it. */
	#send(contextId: number, message: Message, dataset?: Uint8Array | DataSource | Staged): void | Promise<void> {
		const context = this.#contexts.get(contextId);
		if (context === undefined || this.#outgoing === undefined)
			throw new LocalMisuse(`${message.type} on presentation context ${contextId}, which was not accepted`);
		this.#lastMessage = message.type;
		this.#traceMessage('sent', context, message, dataset instanceof Uint8Array ? dataset : undefined);
		const sent =
			dataset !== undefined && 'pdus' in dataset
				? this.#outgoing.sendStaged(dataset)
				: this.#outgoing.send(contextId, encodeCommand(message), dataset);
		return sent?.catch((error: unknown) => {
			this.#fail(
				error instanceof DicomError
					? error.failure
					: { blame: 'io', code: codeOf(error), message: error instanceof Error ? error.message : String(error) },
			);
		});
	}

	#writeData(pdus: Uint8Array, written?: () => void): boolean {
		let hasRoom = true;
		for (const output of this.#core.requestData(pdus))
			if (output.do === 'send') {
				this.#recorders?.sent.push(output.bytes);
				hasRoom = this.transport.write(output.bytes, () => {
					this.#responseTimer.touch();
					this.#idleTimer.touch();
					written?.();
				});
			}
		return hasRoom;
	}

	async #drained(): Promise<void> {
		const { writeMs } = this.#options.timeouts;
		const cancel = writeMs === 0 ? () => {} : this.#clock.after(writeMs, () => this.#timedOut('write', writeMs));
		try {
			await this.transport.drained();
		} finally {
			cancel();
		}
	}

	// ---- ending -----------------------------------------------------------------------------------------------------

	/** The peer releases. What it still owes us will not come; what we owe it is dropped. */
	#releaseIndicated(): void {
		if (this.#outstanding.size > 0) {
			this.#failed({
				blame: 'aborted',
				phase: this.#phase,
				code: 'RELEASED',
				...this.#circumstances(),
			});
		}
		this.#phase = 'release';
		if (this.#core.mayRequest('A-RELEASE-RP')) void this.#perform(this.#core.request({ type: 'A-RELEASE-RP' }));
	}

	#timedOut(
		waitingFor: 'associate-answer' | 'response' | 'data' | 'write' | 'release-answer' | 'command',
		timeoutMs: number,
	): void {
		this.#trace({ event: 'timer', timer: waitingFor, action: 'expired', timeoutMs });
		this.#fail({ blame: 'timeout', waitingFor, timeoutMs });
	}

	#idle(): void {
		const { idleMs } = this.#options.timeouts;
		const isWorking = this.#incoming.size > 0 && !this.#assembler.isMidMessage;
		if (isWorking) this.#idleTimer.restart();
		else this.#timedOut(this.#assembler.isMidMessage ? 'data' : 'command', idleMs);
	}

	#artimExpired(timeoutMs: number): void {
		this.#cancelArtim = undefined;
		this.#trace({ event: 'timer', timer: 'ARTIM', action: 'expired', timeoutMs });
		if (this.#answer !== undefined) this.#failed({ blame: 'timeout', waitingFor: 'command', timeoutMs });
		void this.#perform(this.#core.artimExpired());
		if (!this.#isTransportOver) this.transport.destroy();
	}

	/** Aborts what still stands and ends everything that waits; the only way down that begins here. */
	#fail(failure: Failure, abort: { readonly source: number; readonly reason: number } = SERVICE_USER): DicomError {
		const error = this.#failed(failure);
		if (this.#core.mayRequest('A-ABORT')) void this.#perform(this.#core.request({ type: 'A-ABORT', ...abort }));
		else if (this.#core.state === 'Sta1') this.#closeTransport();
		return error;
	}

	/** Ends everything that waits; the first failure is the one that counts. */
	#failed(failure: Failure): DicomError {
		if (this.#failure !== undefined) return this.#failure;
		const error = new DicomError(failure);
		this.#failure = error;
		this.#settleAll(error);
		return error;
	}

	#settleAll(error: DicomError): void {
		this.#responseTimer.end();
		this.#idleTimer.end();
		this.#receiver = undefined;
		this.#answer?.reject(error);
		this.#answer = undefined;
		this.#release?.reject(error);
		for (const outstanding of this.#outstanding.values()) outstanding.fail(error);
		this.#outstanding.clear();
		for (const { controller, dataset } of this.#incoming.values()) {
			dataset?.fail(error);
			controller.abort(error);
		}
		this.#incoming.clear();
	}

	#closeTransport(): void {
		if (this.#isTransportOver) return;
		this.transport.close();
		// A peer that does not close its side must not keep us.
		const cancel = this.#clock.after(ABORT_LINGER_MS, () => this.transport.destroy());
		void this.#closed.promise.then(cancel);
	}

	#transportClosed(code?: string, message?: string): void {
		this.#isTransportOver = true;
		this.#recorders?.received.end();
		const wasReleasing = this.#phase === 'release';
		void this.#perform(this.#core.transportClosed());
		this.#cancelArtim?.();
		this.#cancelArtim = undefined;
		if (this.#failure === undefined && !wasReleasing) this.#failed(this.#lossOf(code, message));
		this.#settleAll(this.#failure ?? new DicomError({ blame: 'aborted', phase: this.#phase, code: code ?? 'CLOSED' }));
		this.#release?.resolve();
		const failure = this.#failure?.failure;
		this.#trace({ event: 'closed', phase: this.#phase, ...(failure === undefined ? {} : { failure }) });
		this.transport.destroy();
		this.#closed.resolve();
	}

	#lossOf(code: string | undefined, message: string | undefined): Failure {
		const fault = this.#core.fault;
		if (fault !== undefined) return this.#protocolFailure(fault.detail, fault.firstBytes);
		if (code?.startsWith('ERR_SSL') === true || code?.startsWith('ERR_TLS') === true)
			return { blame: 'tls', code, message: message ?? code };
		if (this.#phase === 'associate' && this.role === 'requestor' && this.#receivedBytes === 0)
			return {
				blame: 'connect',
				code: code ?? 'CLOSED',
				phase: 'associate',
				...this.transport.remote,
				afterMs: this.#clock.now() - this.#startedAt,
			};
		return { blame: 'aborted', phase: this.#phase, code: code ?? 'CLOSED', ...this.#circumstances() };
	}

	#circumstances(): { readonly afterMessage?: string; readonly idleMs: number } {
		const idleMs = this.#clock.now() - this.#lastReceived;
		return this.#lastMessage === undefined ? { idleMs } : { idleMs, afterMessage: this.#lastMessage };
	}

	// ---- trace ------------------------------------------------------------------------------------------------------

	#trace(event: Unstamped): void {
		this.#options.trace?.({ at: this.#clock.now(), association: this.number, ...event });
	}

	#traceMessage(
		direction: 'sent' | 'received',
		context: AcceptedContext,
		message: Message,
		dataset?: Uint8Array,
	): void {
		if (this.#options.trace === undefined) return;
		const { id: contextId, abstractSyntax, transferSyntax } = context;
		const event = { event: 'message', direction, contextId, abstractSyntax, transferSyntax, message } as const;
		this.#trace(dataset !== undefined && IDENTIFIED.has(message.type) ? { ...event, identifier: dataset } : event);
	}
}

type Unstamped = TraceEvent extends infer E ? (E extends TraceEvent ? Omit<E, 'at' | 'association'> : never) : never;

/** Messages whose dataset is an identifier (PS3.4 C.4), shown in a trace with them. */
const IDENTIFIED: ReadonlySet<string> = new Set([
	'C-FIND-RQ',
	'C-FIND-RSP',
	'C-GET-RQ',
	'C-GET-RSP',
	'C-MOVE-RQ',
	'C-MOVE-RSP',
]);

/** The answer of who offers no service: 0x0211, unrecognized operation (PS3.7 C.5.17). */
const unrecognizedResponse = ({ type, messageId, affectedSopClassUid }: RequestMessage): ResponseMessage => ({
	type: type.replace('-RQ', '-RSP') as ResponseMessage['type'],
	messageIdBeingRespondedTo: messageId,
	affectedSopClassUid,
	hasDataset: false,
	status: 0x0211,
});

const codeOf = (error: unknown): string =>
	error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'ERROR';
