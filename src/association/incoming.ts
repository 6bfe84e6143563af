/** Requests of the peer, on their way to the service that answers them. */

import { DicomError } from '../errors.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';
import type { Association } from './association.ts';
import type { RequestMessage, ResponseMessage } from './exchange.ts';
import type { DataSource } from './outgoing.ts';

/** Takes the next bytes of a dataset: views, valid until it returns or its promise is settled. The read loop waits for it. */
export type DatasetSink = (bytes: Uint8Array, isLast: boolean) => void | Promise<void>;

/**
 * The dataset of a request while it arrives. The handler calls `into`, `collect` or `discard` before it does anything else that takes time:
 * until then the read loop waits. What a handler has not asked for when it is done is dropped.
 */
export class IncomingDataset {
	readonly #done = Promise.withResolvers<void>();
	readonly #sinkIsSet = Promise.withResolvers<void>();
	#sink: DatasetSink | undefined;
	#isOver = false;

	constructor() {
		this.#done.promise.catch(() => {}); // a handler that has given up does not wait for it
	}

	/**
	 * Passes every stretch to `sink`. When the sink fails the rest is dropped.
	 *
	 * @returns settles after the last stretch; rejects with what the sink threw, or with the DicomError that ended the association.
	 */
	into(sink: DatasetSink): Promise<void> {
		this.#sink = sink;
		this.#sinkIsSet.resolve();
		return this.#done.promise;
	}

	/** @throws DicomError `protocol` for a dataset of more than `maxBytes`; the rest of it is then dropped as it comes. */
	async collect(maxBytes: number): Promise<Uint8Array> {
		const parts: Uint8Array[] = [];
		let length = 0;
		await this.into((bytes) => {
			length += bytes.length;
			if (length > maxBytes) throw tooLong(maxBytes);
			parts.push(bytes.slice());
		});
		return joined(parts);
	}

	/** Reads the dataset to its end and keeps nothing. */
	discard(): Promise<void> {
		return this.into(() => {});
	}

	/** For the association: the handler is done. What it did not want is read and dropped. */
	ignore(): void {
		if (this.#sink === undefined) void this.discard();
	}

	/** For the association: the next stretch is here. */
	push(bytes: Uint8Array, isLast: boolean): void | Promise<void> {
		if (this.#isOver) return undefined;
		if (this.#sink === undefined) return this.#sinkIsSet.promise.then(() => this.push(bytes, isLast));
		let held: void | Promise<void>;
		try {
			held = this.#sink(bytes, isLast);
		} catch (error) {
			this.fail(error);
			return undefined;
		}
		if (held === undefined) {
			if (isLast) this.#end();
			return undefined;
		}
		return held.then(
			() => {
				if (isLast) this.#end();
			},
			(error: unknown) => this.fail(error),
		);
	}

	/** For the association: it will not come whole. */
	fail(error: unknown): void {
		this.#isOver = true;
		this.#sinkIsSet.resolve();
		this.#done.reject(error);
	}

	#end(): void {
		this.#isOver = true;
		this.#done.resolve();
	}
}

const tooLong = (maxBytes: number): DicomError =>
	new DicomError({ blame: 'protocol', message: `a dataset of over ${maxBytes} bytes`, phase: 'established' });

/** The parts as one; a single part as it is. */
export const joined = (parts: readonly Uint8Array[]): Uint8Array => {
	const [first] = parts;
	if (parts.length === 1 && first !== undefined) return first;
	const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
	let offset = 0;
	for (const part of parts) {
		whole.set(part, offset);
		offset += part.length;
	}
	return whole;
};

/** A request of the peer. */
export interface IncomingRequest<M extends RequestMessage = RequestMessage> {
	/** Which it came on: a C-GET is answered with C-STORE-RQs on the same one. */
	readonly association: Association;
	readonly context: AcceptedContext;
	readonly message: M;
	/** There when `message.hasDataset`. */
	readonly dataset: IncomingDataset | undefined;
	/** Aborted by the peer's C-CANCEL-RQ (reason 'C-CANCEL-RQ') or by the end of the association (its DicomError). */
	readonly signal: AbortSignal;
	/** Settles when the response is handed to the transport and there is room for more. */
	respond(message: ResponseMessage, dataset?: Uint8Array | DataSource): Promise<void>;
}

/** Answers requests. What it rejects with is a bug of ours: the association is aborted and goes down with it. */
export type RequestHandler = (request: IncomingRequest) => Promise<void>;
