/** Requests of ours that wait for their answers: one response (`Call`), or pending ones and a final one (`Exchange`; PS3.7 9.1). */
import type {
	CEchoRq,
	CEchoRsp,
	CFindRq,
	CFindRsp,
	CGetRq,
	CGetRsp,
	CMoveRq,
	CMoveRsp,
	CStoreRq,
	CStoreRsp,
} from '../dimse/messages.ts';
import { isPending } from '../dimse/status.ts';

export type RequestMessage = CEchoRq | CStoreRq | CFindRq | CGetRq | CMoveRq;
export type ResponseMessage = CEchoRsp | CStoreRsp | CFindRsp | CGetRsp | CMoveRsp;

/** One response; `dataset` is encoded in the context's transfer syntax and the receiver's own. */
export interface Response<M extends ResponseMessage = ResponseMessage> {
	readonly message: M;
	readonly dataset?: Uint8Array;
}

/** What the association knows of an outstanding request. */
export interface Outstanding {
	readonly contextId: number;
	/** The one type of response that answers it. */
	readonly answeredBy: ResponseMessage['type'];
	/** @returns what the read loop waits for before it reads on. */
	deliver(response: Response): void | Promise<void>;
	fail(error: Error): void;
	/** `deliver` was called with the final response. */
	readonly isOver: boolean;
}

const responseTo = ({ type }: RequestMessage) => type.replace('-RQ', '-RSP') as ResponseMessage['type'];

/** A request with one response: C-ECHO, C-STORE. */
export class Call implements Outstanding {
	readonly contextId: number;
	readonly answeredBy: ResponseMessage['type'];
	readonly response: Promise<Response>;
	isOver = false;
	readonly #settle: { resolve(response: Response): void; reject(error: Error): void };

	constructor(contextId: number, request: RequestMessage) {
		const { promise, resolve, reject } = Promise.withResolvers<Response>();
		this.contextId = contextId;
		this.answeredBy = responseTo(request);
		this.response = promise;
		this.#settle = { resolve, reject };
	}

	deliver(response: Response): void {
		this.isOver = true;
		this.#settle.resolve(response);
	}

	fail(error: Error): void {
		this.isOver = true;
		this.#settle.reject(error);
	}
}

/** So many responses may wait for the reader before the read loop does. */
const HIGH_WATER = 256;

/**
 * A long exchange: iterate it for the pending responses, await `final` for the last one. Leaving the loop early cancels; the responses that
 * are still on their way are then dropped.
 */
export class Exchange<M extends ResponseMessage = ResponseMessage> implements Outstanding, AsyncIterable<Response<M>> {
	readonly contextId: number;
	readonly answeredBy: ResponseMessage['type'];
	/** The final response. Rejects with the DicomError that ended the association before it came. */
	readonly final: Promise<Response<M>>;
	isOver = false;
	readonly #sendCancel: () => void;
	readonly #settle: { resolve(response: Response<M>): void; reject(error: Error): void };
	#arrived: Response<M>[] = [];
	#failure: Error | undefined;
	#isAbandoned = false;
	#isCancelled = false;
	#wake: (() => void) | undefined;
	#room: (() => void) | undefined;

	constructor(contextId: number, request: RequestMessage, sendCancel: () => void) {
		const { promise, resolve, reject } = Promise.withResolvers<Response<M>>();
		promise.catch(() => {}); // whoever only iterates gets the error from the iteration
		this.contextId = contextId;
		this.answeredBy = responseTo(request);
		this.final = promise;
		this.#settle = { resolve, reject };
		this.#sendCancel = sendCancel;
	}

	/** A C-CANCEL-RQ was sent. */
	get isCancelled(): boolean {
		return this.#isCancelled;
	}

	/** Sends a C-CANCEL-RQ, once. The final response still is the end; there is no answer to the cancel itself (PS3.7 9.3.2.3). */
	cancel(): void {
		if (this.#isCancelled || this.isOver) return;
		this.#isCancelled = true;
		this.#sendCancel();
	}

	deliver(response: Response): void | Promise<void> {
		const own = response as Response<M>;
		if (!isPending(response.message.status)) {
			this.isOver = true;
			this.#settle.resolve(own);
			this.#wake?.();
			return undefined;
		}
		if (this.#isAbandoned) return undefined;
		this.#arrived.push(own);
		this.#wake?.();
		if (this.#arrived.length < HIGH_WATER) return undefined;
		return new Promise((resolve) => {
			this.#room = resolve;
		});
	}

	fail(error: Error): void {
		this.isOver = true;
		this.#failure = error;
		this.#settle.reject(error);
		this.#wake?.();
		this.#room?.();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Response<M>, void, undefined> {
		for await (const batch of this.batches()) yield* batch;
	}

	/** The same in batches of what has arrived meanwhile, for who prints thousands of them. */
	async *batches(): AsyncGenerator<readonly Response<M>[], void, undefined> {
		try {
			for (;;) {
				if (this.#arrived.length > 0) {
					const batch = this.#arrived;
					this.#arrived = [];
					this.#room?.();
					this.#room = undefined;
					yield batch;
				} else if (this.#failure !== undefined) throw this.#failure;
				else if (this.isOver) return;
				else
					await new Promise<void>((resolve) => {
						this.#wake = resolve;
					});
			}
		} finally {
			this.#abandon();
		}
	}

	#abandon(): void {
		this.#isAbandoned = true;
		this.#arrived = [];
		this.#room?.();
		this.cancel();
	}
}
