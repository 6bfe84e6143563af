/** The outgoing side of an association: one queue, each message whole (PS3.8 Annex E), large datasets laid out in a ring of reused blocks. */
import { fragmentCapacity, fragmentMessage, P_DATA_HEADER_BYTES, writeDatasetHeader } from '../dimse/fragmenter.ts';
import { joined } from './incoming.ts';

/** A dataset that is read while it is sent, so that it never is in memory as a whole. */
export interface DataSource {
	/** Bytes there are to read; fixed. */
	readonly length: number;
	/**
	 * Fills the views, one after the other, with the next bytes of the dataset; whole, or it throws. The views point into the PDUs that go
	 * to the socket: nothing is copied in between.
	 */
	read(views: readonly Uint8Array[]): void | Promise<void>;
	/** `read` never returns a promise, so that a message can be laid out before its turn to be sent. */
	readonly isImmediate?: true;
}

/** A message that is laid out and waits for its turn. */
export interface Staged {
	/** Whole PDUs. */
	readonly pdus: Uint8Array;
	/** The block of the ring they lie in. */
	readonly block: Uint8Array | undefined;
}

/** Where laid-out PDUs go: through the core to the transport. */
export interface PduWriter {
	/** @returns false when the transport asks to wait for `drained`. */
	write(pdus: Uint8Array, written?: () => void): boolean;
	drained(): Promise<void>;
	/** Nothing more may be written. */
	isOver(): boolean;
}

/** A block holds several PDUs; a message of up to this size is one write. */
const BLOCK_BYTES = 1_048_576;
/** One is being written, one filled, one waits for the socket. */
const BLOCKS = 3;
/** So much is gathered at most before it is written. */
const GATHERED_BYTES = 65_536;

export class Outgoing {
	readonly #writer: PduWriter;
	readonly #maximumLength: number;
	readonly #ring: BlockRing;
	#tail: Promise<void> | undefined;
	/** Messages that wait for the end of the turn, to be one write. */
	#gathered: Uint8Array[] = [];
	#gatheredBytes = 0;
	#flushing: NodeJS.Immediate | undefined;

	/** @param maximumLength the peer's Maximum Length Received; 0 for none. */
	constructor(writer: PduWriter, maximumLength: number) {
		this.#writer = writer;
		this.#maximumLength = maximumLength;
		this.#ring = new BlockRing(Math.max(BLOCK_BYTES, 2 * (fragmentCapacity(maximumLength) + P_DATA_HEADER_BYTES)));
	}

	/** Something waits to be written, or for the transport to have room again. */
	get isBusy(): boolean {
		return this.#tail !== undefined;
	}

	/**
	 * Queues one message. A message in memory of up to a block, with nothing queued before it, is written at once.
	 *
	 * @returns nothing when it is written and there is room for more; else what settles when it is. Rejects with what the source threw: by
	 *   then part of the message may be sent, and the association cannot go on.
	 */
	send(contextId: number, command: Uint8Array, dataset?: Uint8Array | DataSource): undefined | Promise<void> {
		const source = dataset instanceof Uint8Array && dataset.length > BLOCK_BYTES ? sourceOf(dataset) : dataset;
		const write =
			source === undefined || source instanceof Uint8Array
				? () => this.#write(contextId, command, source)
				: () => this.#stream(contextId, command, source);
		return this.#inTurn(write);
	}

	/**
	 * As `send` for one of many small messages: what is sent in one turn of the event loop is one write, at its end. Whatever else is sent
	 * goes behind it.
	 */
	sendSoon(contextId: number, command: Uint8Array, dataset: Uint8Array): undefined | Promise<void> {
		const pdus = fragmentMessage(contextId, command, dataset, this.#maximumLength);
		this.#gathered.push(pdus);
		this.#gatheredBytes += pdus.length;
		if (this.#gatheredBytes >= GATHERED_BYTES) return this.flush();
		this.#flushing ??= setImmediate(() => void this.flush());
		return undefined;
	}

	/** Writes what was gathered, where that still may be. */
	flush(): undefined | Promise<void> {
		clearImmediate(this.#flushing);
		this.#flushing = undefined;
		if (this.#gathered.length === 0) return undefined;
		const pdus = joined(this.#gathered);
		this.#gathered = [];
		this.#gatheredBytes = 0;
		return this.#inTurn(() => {
			if (this.#writer.isOver()) return undefined;
			return this.#writer.write(pdus) ? undefined : this.#writer.drained();
		});
	}

	/**
	 * Lays a message out now, its dataset read, to be sent later: while a peer answers one message the next is made ready.
	 *
	 * @returns nothing where that cannot be: the dataset is longer than a block, its reading takes time, or no block is free.
	 * @throws what the source throws
	 */
	stage(contextId: number, command: Uint8Array, dataset: Uint8Array | DataSource): Staged | undefined {
		if (dataset instanceof Uint8Array && dataset.length > BLOCK_BYTES) return undefined;
		if (dataset instanceof Uint8Array)
			return { pdus: fragmentMessage(contextId, command, dataset, this.#maximumLength), block: undefined };
		const head = fragmentMessage(contextId, command, undefined, this.#maximumLength);
		const fragments = Math.max(1, Math.ceil(dataset.length / fragmentCapacity(this.#maximumLength)));
		const bytes = head.length + fragments * P_DATA_HEADER_BYTES + dataset.length + (dataset.length & 1);
		if (dataset.isImmediate !== true || bytes > this.#ring.blockBytes) return undefined;
		const block = this.#ring.take();
		if (block === undefined) return undefined;
		block.set(head);
		const { used, views } = this.#layOut(block, head.length, contextId, dataset.length);
		try {
			void dataset.read(views);
		} catch (error) {
			this.#ring.give(block);
			throw error;
		}
		return { pdus: block.subarray(0, used), block };
	}

	/** Sends what was staged, as `send` does. */
	sendStaged({ pdus, block }: Staged): undefined | Promise<void> {
		const write = (): Promise<void> | undefined => {
			if (this.#writer.isOver()) return undefined;
			const written = block === undefined ? undefined : () => this.#ring.give(block);
			return this.#writer.write(pdus, written) ? undefined : this.#writer.drained();
		};
		return this.#inTurn(write);
	}

	/** Takes back what was staged and will not be sent. */
	unstage({ block }: Staged): void {
		if (block !== undefined) this.#ring.give(block);
	}

	/** Writes what was gathered, then calls `write`; both when what is queued before them is written. */
	#inTurn(write: () => Promise<void> | undefined): undefined | Promise<void> {
		if (this.#gathered.length > 0) void this.flush();
		return this.#queue(this.#tail === undefined ? write() : this.#tail.then(write));
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
		if (this.#writer.isOver()) return undefined;
		return this.#writer.write(fragmentMessage(contextId, command, dataset, this.#maximumLength))
			? undefined
			: this.#writer.drained();
	}

	async #stream(contextId: number, command: Uint8Array, source: DataSource): Promise<void> {
		let head: Uint8Array | undefined = fragmentMessage(contextId, command, undefined, this.#maximumLength);
		let left = source.length;
		do {
			const block = this.#ring.take() ?? (await this.#ring.wait());
			if (this.#writer.isOver()) return;
			let used = 0;
			if (head !== undefined) {
				block.set(head);
				used = head.length;
				head = undefined;
			}
			const laidOut = this.#layOut(block, used, contextId, left);
			const { views } = laidOut;
			used = laidOut.used;
			left = laidOut.left;
			const reading = source.read(views);
			if (reading !== undefined) await reading;
			if (this.#writer.isOver()) return;
			if (!this.#writer.write(block.subarray(0, used), () => this.#ring.give(block))) await this.#writer.drained();
		} while (left > 0 && !this.#writer.isOver());
	}

	/** As many fragments as the block has room for, from `used` on: their headers written, their bytes as views to be filled. */
	#layOut(
		block: Uint8Array,
		from: number,
		contextId: number,
		length: number,
	): { readonly used: number; readonly left: number; readonly views: readonly Uint8Array[] } {
		const capacity = fragmentCapacity(this.#maximumLength);
		const views: Uint8Array[] = [];
		let used = from;
		let left = length;
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
		return { used, left, views };
	}
}

/** A long dataset in memory goes out as if it were read, a block at a time: no second copy, and the peer shows signs of life. */
const sourceOf = (dataset: Uint8Array): DataSource => {
	let position = 0;
	return {
		length: dataset.length,
		read: (views) => {
			for (const view of views) {
				view.set(dataset.subarray(position, position + view.length));
				position += view.length;
			}
		},
	};
};

/** Blocks are made when first needed and never given back to the collector while the association lives. */
class BlockRing {
	readonly blockBytes: number;
	readonly #free: Uint8Array[] = [];
	#made = 0;
	#waiting: ((block: Uint8Array) => void)[] = [];

	constructor(blockBytes: number) {
		this.blockBytes = blockBytes;
	}

	take(): Uint8Array | undefined {
		const block = this.#free.pop();
		if (block !== undefined || this.#made === BLOCKS) return block;
		this.#made++;
		return new Uint8Array(this.blockBytes);
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
