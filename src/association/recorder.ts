/** Cuts the byte streams of an association into PDUs for the trace; made only where there is a trace. */
import { SharedBlocks } from './shared-blocks.ts';

/** Of P-DATA-TF no more than this is kept, unless all is asked for. */
export const RECORDED_BYTES = 4096;

const HEADER_BYTES = 6;
const P_DATA_TF = 0x04;

/** One direction. What follows a length no PDU can have is recorded as it comes. */
export class PduRecorder {
	readonly #record: (bytes: Uint8Array, length: number) => void;
	readonly #keepBytes: number;
	readonly #blocks = new SharedBlocks();
	#parts: Uint8Array[] = [];
	#kept = 0;
	#header = new Uint8Array(HEADER_BYTES);
	#headerBytes = 0;
	#left = 0;
	#length = 0;

	/** @param keepBytes of a P-DATA-TF, header included; other PDUs are kept up to 1 MiB. */
	constructor(record: (bytes: Uint8Array, length: number) => void, keepBytes: number) {
		this.#record = record;
		this.#keepBytes = keepBytes;
	}

	push(bytes: Uint8Array): void {
		let offset = 0;
		while (offset < bytes.length) {
			if (this.#headerBytes < HEADER_BYTES) {
				const taken = bytes.subarray(offset, offset + HEADER_BYTES - this.#headerBytes);
				this.#header.set(taken, this.#headerBytes);
				this.#headerBytes += taken.length;
				offset += taken.length;
				if (this.#headerBytes < HEADER_BYTES) return;
				const length = new DataView(this.#header.buffer).getUint32(2);
				this.#left = length;
				this.#length = HEADER_BYTES + length;
				if (this.#isWholeIn(bytes, offset)) {
					const start = offset - HEADER_BYTES;
					offset += length;
					this.#record(this.#copied(bytes.subarray(start, Math.min(offset, start + this.#limit))), this.#length);
					this.#forget();
					continue;
				}
				this.#keep(this.#header.slice());
			}
			const body = bytes.subarray(offset, offset + this.#left);
			this.#keep(body);
			this.#left -= body.length;
			offset += body.length;
			if (this.#left === 0) this.#end();
		}
	}

	/** The stream has ended: what is there of a PDU is recorded too. */
	end(): void {
		if (this.#headerBytes > 0) {
			if (this.#headerBytes < HEADER_BYTES) this.#keep(this.#header.slice(0, this.#headerBytes));
			this.#end();
		}
	}

	get #limit(): number {
		return this.#header[0] === P_DATA_TF ? this.#keepBytes : 1_048_576 + HEADER_BYTES;
	}

	/** Nearly all are. @param offset behind its header */
	#isWholeIn(bytes: Uint8Array, offset: number): boolean {
		return offset >= HEADER_BYTES && bytes.length - offset >= this.#left;
	}

	/** P-DATA comes by the thousand and goes soon; the others are kept for long. */
	#copied(bytes: Uint8Array): Uint8Array {
		return this.#header[0] === P_DATA_TF ? this.#blocks.copyOf(bytes) : new Uint8Array(bytes);
	}

	#keep(bytes: Uint8Array): void {
		const kept = bytes.slice(0, Math.max(0, this.#limit - this.#kept));
		if (kept.length === 0) return;
		this.#parts.push(kept);
		this.#kept += kept.length;
	}

	#end(): void {
		const bytes = new Uint8Array(this.#kept);
		let offset = 0;
		for (const part of this.#parts) {
			bytes.set(part, offset);
			offset += part.length;
		}
		this.#record(bytes, Math.max(this.#length, bytes.length));
		this.#forget();
	}

	#forget(): void {
		this.#parts = [];
		this.#kept = 0;
		this.#headerBytes = 0;
		this.#left = 0;
		this.#length = 0;
	}
}
