/** Copies of short pieces of bytes, side by side in blocks: thousands of them are a few allocations, where each for itself would break up the memory. */

const BLOCK_BYTES = 16 * 1024;
/** What is longer has memory of its own. */
const SHORT_BYTES = 2 * 1024;

/** For pieces that go as they came, one after the other: the last that is kept keeps its block. */
export class SharedBlocks {
	#block = new Uint8Array(0);
	#used = 0;

	copyOf(bytes: Uint8Array): Uint8Array {
		const { length } = bytes;
		if (length > SHORT_BYTES) return new Uint8Array(bytes);
		if (this.#block.length - this.#used < length) {
			this.#block = new Uint8Array(BLOCK_BYTES);
			this.#used = 0;
		}
		const copy = this.#block.subarray(this.#used, this.#used + length);
		copy.set(bytes);
		this.#used += length;
		return copy;
	}
}
