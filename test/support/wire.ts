/** Two transports joined in memory: what one writes the other receives, in order, in pieces of a chosen size. */
import type { Transport, TransportEvents } from '../../src/association/transport.ts';

class WireEnd implements Transport {
	readonly local;
	readonly remote;
	readonly #pieceBytes: () => number;
	#peer: WireEnd | undefined;
	#events: TransportEvents | undefined;
	#inbox: (Uint8Array | { readonly closed: string | undefined })[] = [];
	#isBusy = false;
	#isClosing = false;
	#isOver = false;

	constructor(port: number, peerPort: number, pieceBytes: () => number) {
		this.local = { address: 'memory', port };
		this.remote = { address: 'memory', port: peerPort };
		this.#pieceBytes = pieceBytes;
	}

	join(peer: WireEnd): void {
		this.#peer = peer;
	}

	start(events: TransportEvents): void {
		this.#events = events;
		queueMicrotask(() => void this.#deliver());
	}

	write(bytes: Uint8Array, written?: () => void): boolean {
		if (!this.#isClosing && !this.#isOver) {
			const copy = bytes.slice();
			for (let offset = 0; offset < copy.length; ) {
				const size = Math.max(1, this.#pieceBytes());
				this.#peer?.put(copy.subarray(offset, offset + size));
				offset += size;
			}
		}
		queueMicrotask(() => written?.());
		return true;
	}

	drained(): Promise<void> {
		return Promise.resolve();
	}

	close(): void {
		if (this.#isClosing) return;
		this.#isClosing = true;
		this.#peer?.put({ closed: undefined });
		this.put({ closed: undefined });
	}

	destroy(): void {
		if (!this.#isClosing) this.#peer?.put({ closed: undefined });
		this.#isClosing = true;
		this.put({ closed: undefined });
	}

	/** Cuts the wire as a reset does: what is on its way is lost. */
	cut(code: string): void {
		this.#isClosing = true;
		this.#inbox = [];
		this.put({ closed: code });
		this.#peer?.put({ closed: code });
	}

	put(item: Uint8Array | { readonly closed: string | undefined }): void {
		this.#inbox.push(item);
		queueMicrotask(() => void this.#deliver());
	}

	async #deliver(): Promise<void> {
		if (this.#isBusy || this.#events === undefined) return;
		this.#isBusy = true;
		for (let item = this.#inbox.shift(); item !== undefined && !this.#isOver; item = this.#inbox.shift()) {
			if (item instanceof Uint8Array) await this.#events.received(item);
			else {
				this.#isOver = true;
				this.#events.closed(item.closed);
			}
		}
		this.#isBusy = false;
	}
}

export type { WireEnd };

/** @param pieceBytes how many bytes arrive at once, asked for every piece */
export const wire = (pieceBytes: () => number = () => 65_536): readonly [WireEnd, WireEnd] => {
	const one = new WireEnd(1, 2, pieceBytes);
	const other = new WireEnd(2, 1, pieceBytes);
	one.join(other);
	other.join(one);
	return [one, other];
};
