/** Trace events as stretches of a few large buffers: kept as objects, the thousands that pass by would keep the garbage collector at work. */
import { deserialize, serialize } from 'node:v8';
import type { TraceEvent } from '../association/trace.ts';

/** How an event is written: its fields as JSON and its bytes behind them, or all of it as V8 has it. */
const WITH_BYTES = 1;
const WHOLE = 2;
/** Before each event: how it is written, and how long its JSON is. */
const HEAD_BYTES = 5;

export class EventSlab {
	/** The number of its first event. */
	readonly first: number;
	readonly #buffer: Buffer;
	readonly #ends: number[] = [];
	#used = 0;

	/** @param buffer of a slab that is used no more, or a new one */
	constructor(first: number, buffer: Buffer) {
		this.first = first;
		this.#buffer = buffer;
	}

	get buffer(): Buffer {
		return this.#buffer;
	}

	get count(): number {
		return this.#ends.length;
	}

	get bytes(): number {
		return this.#buffer.length;
	}

	/** @returns whether there was room for it */
	push({ kind, head, bytes }: WrittenEvent): boolean {
		const length = HEAD_BYTES + head.length + bytes.length;
		if (this.#buffer.length - this.#used < length) return false;
		const at = this.#used;
		this.#buffer[at] = kind;
		this.#buffer.writeUInt32LE(head.length, at + 1);
		this.#buffer.set(head, at + HEAD_BYTES);
		this.#buffer.set(bytes, at + HEAD_BYTES + head.length);
		this.#used += length;
		this.#ends.push(this.#used);
		return true;
	}

	at(number: number): TraceEvent | undefined {
		const index = number - this.first;
		const end = this.#ends[index];
		if (end === undefined) return undefined;
		const start = this.#ends[index - 1] ?? 0;
		const middle = start + HEAD_BYTES + this.#buffer.readUInt32LE(start + 1);
		const head = this.#buffer.subarray(start + HEAD_BYTES, middle);
		// Copies of the bytes in it: the slab may be gone before it, and its buffer another's.
		if (this.#buffer[start] === WHOLE) return deserialize(new Uint8Array(head)) as TraceEvent;
		return withBytes(JSON.parse(head.toString()) as TraceEvent, new Uint8Array(this.#buffer.subarray(middle, end)));
	}
}

export interface WrittenEvent {
	readonly kind: number;
	readonly head: Uint8Array;
	readonly bytes: Uint8Array;
}

const NONE = new Uint8Array(0);

export const writtenEvent = (event: TraceEvent): WrittenEvent => {
	if (event.event === 'pdu') {
		const { bytes, ...fields } = event;
		return { kind: WITH_BYTES, head: Buffer.from(JSON.stringify(fields)), bytes };
	}
	if (event.event === 'message' && event.message.type !== 'unknown') {
		const { identifier, ...fields } = event;
		const head = identifier === undefined ? fields : { ...fields, identifier: true };
		return { kind: WITH_BYTES, head: Buffer.from(JSON.stringify(head)), bytes: identifier ?? NONE };
	}
	return { kind: WHOLE, head: serialize(event), bytes: NONE };
};

export const sizeOf = ({ head, bytes }: WrittenEvent): number => HEAD_BYTES + head.length + bytes.length;

const withBytes = (fields: TraceEvent, bytes: Uint8Array): TraceEvent => {
	if (fields.event === 'pdu') return { ...fields, bytes };
	return fields.event === 'message' && 'identifier' in fields ? { ...fields, identifier: bytes } : fields;
};
