/** An association as services use it (PS3.7 7): its presentation contexts, requests to the peer, and its end. */
import { type DicomError, type Failure, LocalMisuse } from '../errors.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';
import { Call, Exchange, type RequestMessage, type Response, type ResponseMessage } from './exchange.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Messenger } from './messenger.ts';
import type { DataSource } from './outgoing.ts';

/** A request that is ready to be sent; it is either sent or dropped, once. */
export interface PreparedCall {
	/** @throws DicomError as `call` does */
	send(): Promise<Response>;
	drop(): void;
}

/** Made by `requestor.ts` and `acceptor.ts`, which also see to its beginning. */
export class Association {
	readonly #life: Lifecycle;

	constructor(life: Lifecycle) {
		this.#life = life;
	}

	/** Unique in the process; the one of its trace events. */
	get number(): number {
		return this.#life.number;
	}

	/** Settles when the transport is closed, however it came to that; never rejects. */
	get closed(): Promise<void> {
		return this.#life.closed;
	}

	/** What ended it, where that was not a release. */
	get failure(): DicomError | undefined {
		return this.#life.failure;
	}

	/** Established, and neither side has begun to end it. */
	get isOpen(): boolean {
		return this.#life.over() === undefined;
	}

	/** The contexts that were accepted, in the order of their IDs. */
	get contexts(): readonly AcceptedContext[] {
		return [...(this.#life.messenger?.contexts.values() ?? [])];
	}

	/** The first accepted context for it on which we may be the given side; of those with the transfer syntax, if one is named. */
	contextFor(abstractSyntax: string, transferSyntax?: string, as: 'scu' | 'scp' = 'scu'): AcceptedContext | undefined {
		const role = this.#life.role === 'requestor' ? as : as === 'scu' ? 'scp' : 'scu';
		for (const context of this.#life.messenger?.contexts.values() ?? [])
			if (
				context.abstractSyntax === abstractSyntax &&
				(transferSyntax === undefined || context.transferSyntax === transferSyntax) &&
				context[role]
			)
				return context;
		return undefined;
	}

	/** Something came that shows that the peer is at work on what is outstanding, on another association: the wait for a response begins anew. */
	touch(): void {
		this.#life.touch();
	}

	/** Milliseconds since the last sign of life of the peer: bytes that came or were taken, `touch`. 0 while it is us whom it waits for. */
	get silentMs(): number {
		return this.#life.silentMs;
	}

	/** The next Message ID: 1 to 65535, none that is outstanding. */
	nextMessageId(): number {
		return this.#established().outstanding.nextMessageId();
	}

	/**
	 * Sends a request that has one response.
	 *
	 * @throws DicomError when the association ends before the response, or already has
	 */
	call(contextId: number, message: RequestMessage, dataset?: Uint8Array | DataSource): Promise<Response> {
		const call = new Call(contextId, message);
		this.#established().request(message, dataset, call);
		return call.response;
	}

	/**
	 * As `call`, in two steps: the request is laid out and its dataset read now where that can be, and sent when `send` is called.
	 *
	 * @throws what the source throws
	 */
	prepare(contextId: number, message: RequestMessage, dataset: Uint8Array | DataSource): PreparedCall {
		const messenger = this.#established();
		const staged = this.isOpen ? messenger.stage(contextId, message, dataset) : undefined;
		if (staged === undefined) return { send: () => this.call(contextId, message, dataset), drop: () => {} };
		return {
			send: () => {
				const call = new Call(contextId, message);
				messenger.request(message, staged, call);
				return call.response;
			},
			drop: () => messenger.unstage(staged),
		};
	}

	/** Sends a request that has pending responses and a final one. */
	exchange<M extends ResponseMessage>(contextId: number, message: RequestMessage, dataset?: Uint8Array): Exchange<M> {
		const messenger = this.#established();
		const exchange = new Exchange<M>(contextId, message, () => {
			const cancel = { messageIdBeingRespondedTo: message.messageId, hasDataset: false } as const;
			if (this.isOpen) void messenger.send(contextId, { type: 'C-CANCEL-RQ', ...cancel });
		});
		messenger.request(message, dataset, exchange);
		return exchange;
	}

	/**
	 * A-RELEASE (PS3.8 7.2); settles when the transport is closed. A peer that closes it instead of answering has released it too.
	 *
	 * @throws DicomError timeout, aborted, protocol
	 */
	release(): Promise<void> {
		return this.#life.release();
	}

	/** A-ABORT (PS3.8 7.3), by the service user unless said; settles when the transport is closed, at the latest two seconds later. */
	abort(failure?: Failure, as?: { readonly source: number; readonly reason: number }): Promise<void> {
		return this.#life.abort(failure, as);
	}

	/** Closes the transport without a word, as a crash does; for doubles that misbehave. */
	drop(): void {
		this.#life.transport.destroy();
	}

	#established(): Messenger {
		const { messenger } = this.#life;
		if (messenger === undefined) throw new LocalMisuse('messages before there is an association');
		return messenger;
	}
}
