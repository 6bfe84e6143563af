/** Lays out the big-endian fields of a PDU (PS3.8 9.3.1). */
import { LocalMisuse } from '../../errors.ts';

/** Every method throws LocalMisuse for a value that its field cannot hold: the caller's fault. */
export class ByteWriter {
	#bytes = new Uint8Array(256);
	#length = 0;

	u8(value: number): void {
		this.#number(value, 1);
	}

	u16(value: number): void {
		this.#number(value, 2);
	}

	u32(value: number): void {
		this.#number(value, 4);
	}

	zeros(length: number): void {
		this.#grow(length);
	}

	bytes(bytes: Uint8Array): void {
		const start = this.#grow(bytes.length);
		this.#bytes.set(bytes, start);
	}

	/** One byte a character; field lengths are the caller's. */
	text(text: string): void {
		const start = this.#grow(text.length);
		for (let at = 0; at < text.length; at++) {
			const code = text.charCodeAt(at);
			if (code > 0xff) throw new LocalMisuse(`not a character of the default repertoire: ${JSON.stringify(text[at])}`);
			this.#bytes[start + at] = code;
		}
	}

	/** Two bytes of length, then the bytes. */
	counted(value: Uint8Array | string): void {
		this.u16(value.length);
		if (typeof value === 'string') this.text(value);
		else this.bytes(value);
	}

	/** An item: type, reserved, the length of what `body` writes, and that. */
	item(type: number, body: () => void): void {
		this.u8(type);
		this.zeros(1);
		this.#measured(2, body);
	}

	/** Two bytes of length of what `body` writes, and that. */
	measured(body: () => void): void {
		this.#measured(2, body);
	}

	/** A PDU: as an item with four bytes of length. */
	pdu(type: number, body: () => void): void {
		this.u8(type);
		this.zeros(1);
		this.#measured(4, body);
	}

	/** What was written; the writer is done with. */
	finish(): Uint8Array {
		return this.#bytes.subarray(0, this.#length);
	}

	#measured(size: 2 | 4, body: () => void): void {
		const start = this.#grow(size);
		body();
		this.#put(start, this.#length - start - size, size);
	}

	#number(value: number, size: number): void {
		const start = this.#grow(size);
		this.#put(start, value, size);
	}

	#put(start: number, value: number, size: number): void {
		if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size)) {
			throw new LocalMisuse(`${value} does not fit a field of ${size} bytes`);
		}
		for (let at = 0; at < size; at++) this.#bytes[start + at] = Math.floor(value / 2 ** (8 * (size - 1 - at))) & 0xff;
	}

	#grow(length: number): number {
		const start = this.#length;
		this.#length += length;
		if (this.#length > this.#bytes.length) {
			const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
			larger.set(this.#bytes);
			this.#bytes = larger;
		}
		return start;
	}
}
