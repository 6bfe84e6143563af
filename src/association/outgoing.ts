/** The outgoing side of an association: one queue, each message whole (PS3.8 Annex E), large datasets laid out in a ring of reused blocks. */
import { fragmentCapacity, fragmentMessage, P_DATA_HEADER_BYTES, writeDatasetHeader } from '../dimse/fragmenter.ts';

/** A dataset that is read while it is sent, so that it never is in memory as a whole. */
export interface DataSource {
	/** Bytes there are to read; fixed. */
	readonly length: number;
	/**
	 * Fills the views, one after the other, with the next bytes of the dataset; whole, or it throws. The views point into the PDUs that go
	 * to the socket: nothing is copied in between.
	 */
	read(views: readonly Uint8Array[]): void | Promise<void>;
}

/** Where laid-out PDUs go: through the core to the transport. */
export interface PduWriter {
	/** @returns false when the transport asks to wait for `drained`. */
	write(pdus: Uint8Array, written?: () => void): boolean;
	drained(): Promise<void>;
	/** Rejected or settled, nothing more may be written. */
	readonly isOver: boolean;
}

/** A block holds several PDUs; a message of up to this size is one write. */
const BLOCK_BYTES = 1_048_576;
/** One is being written, one filled, one waits for the socket. */
const BLOCKS = 3;

export class Outgoing {
	readonly #writer: PduWriter;
	readonly #maximumLength: number;
	readonly #ring: BlockRing;
	#tail: Promise<void> | undefined;

	/** @param maximumLength the peer's Maximum Length Received; 0 for none. */
	constructor(writer: PduWriter, maximumLength: number) {
		this.#writer = writer;
		this.#maximumLength = maximumLength;
		this.#ring = new BlockRing(Math.max(BLOCK_BYTES, 2 * (fragmentCapacity(maximumLength) + P_DATA_HEADER_BYTES)));
	}

	/**
	 * Queues one message. A message in memory with nothing queued before it is written at once.
	 *
	 * @returns nothing when it is written and there is room for more; else what settles when it is. Rejects with what the source threw: by
	 *   then part of the message may be sent, and the association cannot go on.
	 */
	send(contextId: number, command: Uint8Array, dataset?: Uint8Array | DataSource): undefined | Promise<void> {
		const isWhole = dataset === undefined || dataset instanceof Uint8Array;
		if (isWhole && this.#tail === undefined) return this.#queue(this.#write(contextId, command, dataset));
		const turn = this.#tail ?? Promise.resolve();
		return this.#queue(
			turn.then(() => (isWhole ? this.#write(contextId, command, dataset) : this.#stream(contextId, command, dataset))),
		);
	}

	#queue(sent: Promise<void> | undefined): Promise<void> | undefined {
		if (sent === undefined) return undefined;
		const tail = sent
			.catch(() => {})
			.then(() => {
				if (this.#tail === tail) this.#tail = undefined;
			});
		this.#tail = tail;
		return sent;
	}

	#write(contextId: number, command: Uint8Array, dataset?: Uint8Array): Promise<void> | undefined {
		if (this.#writer.isOver) return undefined;
		return this.#writer.write(fragmentMessage(contextId, command, dataset, this.#maximumLength))
			? undefined
			: this.#writer.drained();
	}

	async #stream(contextId: number, command: Uint8Array, source: DataSource): Promise<void> {
		const capacity = fragmentCapacity(this.#maximumLength);
		let head: Uint8Array | undefined = fragmentMessage(contextId, command, undefined, this.#maximumLength);
		let left = source.length;
		do {
			const block = this.#ring.take() ?? (await this.#ring.wait());
			if (this.#writer.isOver) return;
			let used = 0;
			if (head !== undefined) {
				block.set(head);
				used = head.length;
				head = undefined;
			}
			const views: Uint8Array[] = [];
			do {
				const bytes = Math.min(left, capacity);
				const even = bytes + (bytes & 1);
				if (used + P_DATA_HEADER_BYTES + even > block.length) break;
				writeDatasetHeader(block.subarray(used), contextId, even, bytes === left);
				used += P_DATA_HEADER_BYTES;
				views.push(block.subarray(used, used + bytes));
				if (even !== bytes) block[used + bytes] = 0;
				used += even;
				left -= bytes;
			} while (left > 0);
			const reading = source.read(views);
			if (reading !== undefined) await reading;
			if (this.#writer.isOver) return;
			if (!this.#writer.write(block.subarray(0, used), () => this.#ring.give(block))) await this.#writer.drained();
		} while (left > 0 && !this.#writer.isOver);
	}
}

/** Blocks are made when first needed and never given back to the collector while the association lives. */
class BlockRing {
	readonly #blockBytes: number;
	readonly #free: Uint8Array[] = [];
	#made = 0;
	#waiting: ((block: Uint8Array) => void)[] = [];

	constructor(blockBytes: number) {
		this.#blockBytes = blockBytes;
	}

	take(): Uint8Array | undefined {
		const block = this.#free.pop();
		if (block !== undefined || this.#made === BLOCKS) return block;
		this.#made++;
		return new Uint8Array(this.#blockBytes);
	}

	wait(): Promise<Uint8Array> {
		return new Promise((resolve) => this.#waiting.push(resolve));
	}

	give(block: Uint8Array): void {
		const next = this.#waiting.shift();
		if (next === undefined) this.#free.push(block);
		else next(block);
	}
}
