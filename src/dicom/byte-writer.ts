/** Bytes written one behind the other into a buffer that grows, and the headers of data elements among them (PS3.5 7.1). */
import type { Layout } from './element-header.ts';
import type { VrProperties } from './vr.ts';

export class ByteWriter {
	length = 0;
	#bytes = new Uint8Array(1024);
	#view = new DataView(this.#bytes.buffer);

	/** What has been written: a view, good until more is. */
	get bytes(): Uint8Array {
		return this.#bytes.subarray(0, this.length);
	}

	/** Makes room for `count` bytes and counts them as written; their offset. */
	#room(count: number): number {
		const offset = this.length;
		this.length = offset + count;
		if (this.length > this.#bytes.length) {
			const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.length));
			grown.set(this.#bytes.subarray(0, offset));
			this.#bytes = grown;
			this.#view = new DataView(grown.buffer);
		}
		return offset;
	}

	uint8(value: number): void {
		const offset = this.#room(1);
		this.#bytes[offset] = value;
	}

	raw(bytes: Uint8Array): void {
		const offset = this.#room(bytes.length);
		this.#bytes.set(bytes, offset);
	}

	/** A copy of `bytes` that may be changed until the next write. */
	copyOf(bytes: Uint8Array): Uint8Array {
		const offset = this.#room(bytes.length);
		this.#bytes.set(bytes, offset);
		return this.#bytes.subarray(offset, this.length);
	}

	/** Writes text of ASCII alone; false, with nothing written, where there is any other character or an escape. */
	ascii(text: string): boolean {
		const offset = this.#room(text.length);
		for (let index = 0; index < text.length; index++) {
			const code = text.charCodeAt(index);
			if (code >= 0x80 || code === 0x1b) {
				this.length = offset;
				return false;
			}
			this.#bytes[offset + index] = code;
		}
		return true;
	}

	/** A number of a VR. It must be in range: see `numberOf`. */
	number(value: number | bigint, properties: VrProperties, little: boolean): void {
		// Making room may put another view in the place of this one.
		const offset = this.#room(properties.unit);
		const view = this.#view;
		switch (properties.vr) {
			case 'FL':
				view.setFloat32(offset, Number(value), little);
				break;
			case 'FD':
				view.setFloat64(offset, Number(value), little);
				break;
			case 'SV':
				view.setBigInt64(offset, BigInt(value), little);
				break;
			case 'UV':
				view.setBigUint64(offset, BigInt(value), little);
				break;
			case 'US':
			case 'SS':
				view.setUint16(offset, Number(value), little);
				break;
			default:
				view.setUint32(offset, Number(value), little);
		}
	}

	tag(tag: number, little: boolean): void {
		const offset = this.#room(4);
		this.#view.setUint16(offset, tag >>> 16, little);
		this.#view.setUint16(offset + 2, tag & 0xffff, little);
	}

	uint32(value: number, little: boolean): void {
		const offset = this.#room(4);
		this.#view.setUint32(offset, value, little);
	}

	/** Header of an element whose length is not known yet: 0 stands in its place. `vr` is left out in implicit VR. */
	elementHeader(tag: number, vr: VrProperties, layout: Layout): void {
		this.tag(tag, layout.littleEndian);
		if (layout.explicit) {
			this.uint8(vr.vr.charCodeAt(0));
			this.uint8(vr.vr.charCodeAt(1));
			const offset = this.#room(2);
			this.#bytes.fill(0, offset, offset + 2);
			if (!vr.longLength) return;
		}
		this.uint32(0, layout.littleEndian);
	}

	/** Fills in the length of a value field that began at `valueStart` and ends here. */
	closeLength(valueStart: number, isShort: boolean, little: boolean): void {
		const length = this.length - valueStart;
		if (isShort) this.#view.setUint16(valueStart - 2, length, little);
		else this.#view.setUint32(valueStart - 4, length, little);
	}

	/** Overwrites the length in front of `valueStart`. */
	setLength(valueStart: number, length: number, little: boolean): void {
		this.#view.setUint32(valueStart - 4, length, little);
	}

	/** Goes back to an earlier length. */
	rewind(length: number): void {
		this.length = length;
	}
}
