/** Reads the big-endian fields of a PDU (PS3.8 9.3.1), never past the end of the PDU or item that contains them. */
import { ITEM_HEADER_LENGTH } from './limits.ts';
import { invalidValue } from './pdu-error.ts';

/** One item and a reader that ends where it ends. */
export interface Item {
	readonly type: number;
	readonly body: ByteReader;
}

/** Every method throws PduError (reason 6) when its field is longer than what is left. Nothing is copied. */
export class ByteReader {
	readonly #bytes: Uint8Array;
	readonly #end: number;
	readonly #name: string;
	#at: number;

	/** @param name what is being read, for the error's text: 'A-ASSOCIATE-RQ', 'item 51H'. */
	constructor(name: string, bytes: Uint8Array, start = 0, end = bytes.length) {
		this.#name = name;
		this.#bytes = bytes;
		this.#at = start;
		this.#end = end;
	}

	get remaining(): number {
		return this.#end - this.#at;
	}

	u8(): number {
		return this.#bytes[this.#advance(1)] ?? 0;
	}

	u16(): number {
		return this.u8() * 0x100 + this.u8();
	}

	u32(): number {
		return this.u16() * 0x1_0000 + this.u16();
	}

	skip(length: number): void {
		this.#advance(length);
	}

	/** A view of the next `length` bytes. */
	bytes(length: number): Uint8Array {
		const start = this.#advance(length);
		return this.#bytes.subarray(start, start + length);
	}

	/** The next `length` bytes as characters, one a byte: whatever they are, they can be encoded again. */
	text(length: number): string {
		const bytes = this.bytes(length);
		let text = '';
		// In pieces: an argument list has a bound, and appending single characters would keep 32 bytes for each.
		for (let at = 0; at < length; at += 4096) {
			text += String.fromCharCode(...bytes.subarray(at, at + 4096));
		}
		return text;
	}

	/** A UID or name; some peers pad them to even length as datasets do. */
	trimmedText(length: number): string {
		const text = this.text(length);
		let end = text.length;
		while (end > 0 && isPadding(text.charCodeAt(end - 1))) end--;
		return text.slice(0, end);
	}

	/** Type, reserved, length and body of the next item; one that is longer than its parent is invalid. */
	item(): Item {
		const type = this.u8();
		this.skip(1);
		return { type, body: this.part(`item ${hexType(type)}`, this.u16()) };
	}

	/** A reader of the next `length` bytes, which this one passes over. */
	part(name: string, length: number): ByteReader {
		const start = this.#advance(length);
		return new ByteReader(name, this.#bytes, start, start + length);
	}

	/** Items until the end, at most as many as the bytes can hold. */
	*items(): Generator<Item> {
		while (this.remaining > 0) {
			if (this.remaining < ITEM_HEADER_LENGTH) throw invalidValue(`${this.#name} ends within an item header`);
			yield this.item();
		}
	}

	/** What a field of a fixed size leaves over is not tolerated: lengths that disagree mean that one of them is wrong. */
	end(): void {
		if (this.remaining > 0) throw invalidValue(`${this.#name} is ${this.remaining} bytes too long`);
	}

	#advance(length: number): number {
		if (length > this.remaining) {
			throw invalidValue(`${this.#name} is too short: a field of ${length} bytes where ${this.remaining} are left`);
		}
		const start = this.#at;
		this.#at += length;
		return start;
	}
}

/** Space or NUL. */
export const isPadding = (code: number): boolean => code === 0x20 || code === 0;

/** An item or PDU type as the standard prints it: 51H. */
export const hexType = (type: number): string => `${type.toString(16).toUpperCase().padStart(2, '0')}H`;
