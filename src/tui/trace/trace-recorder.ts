/** The newest events of all associations, as many as a fixed number of bytes holds; each keeps the number it was given. */
import type { TraceEvent } from '../../association/trace.ts';
import { EventSlab, sizeOf, writtenEvent } from '../event-slabs.ts';
import { type Numbered, type Stretch, stretchesOf } from './message-bytes.ts';
import { type TraceDetail, traceDetail } from './trace-detail.ts';

type MessageEvent = Extract<TraceEvent, { readonly event: 'message' }>;

/** 50,000 matches; twice as many took memory to its aim of 250 MB with 100,000 studies on the screen. */
export const KEPT_BYTES = 16 * 1024 * 1024;
const SLAB_BYTES = 512 * 1024;

/** So many events around one are looked at for what it is about. */
const LOOKED_AT = 2_000;
/** So many bytes of the PDUs around a message are looked through for those that are its own. */
const MOST_BYTES = 512 * 1024;

export class TraceRecorder {
	readonly #mostBytes: number;
	/** The oldest first. */
	readonly #slabs: EventSlab[] = [];
	#next = 0;
	#bytes = 0;

	constructor(mostBytes = KEPT_BYTES) {
		this.#mostBytes = mostBytes;
	}

	get keptBytes(): number {
		return this.#bytes;
	}

	/** @returns the number of the event */
	push(event: TraceEvent): number {
		const written = writtenEvent(event);
		if (this.#slabs.at(-1)?.push(written) !== true) this.#newSlab(sizeOf(written)).push(written);
		return this.#next++;
	}

	#newSlab(least: number): EventSlab {
		const bytes = Math.max(least, Math.min(SLAB_BYTES, this.#mostBytes >> 3));
		let spare: Buffer | undefined;
		while (this.#bytes + bytes > this.#mostBytes && this.#slabs.length > 0) {
			spare = this.#slabs.shift()?.buffer;
			this.#bytes -= spare?.length ?? 0;
		}
		const slab = new EventSlab(this.#next, spare?.length === bytes ? spare : Buffer.allocUnsafeSlow(bytes));
		this.#slabs.push(slab);
		this.#bytes += bytes;
		return slab;
	}

	/** The event, where it still is there. */
	at(index: number): TraceEvent | undefined {
		return this.#slabs.findLast(({ first }) => first <= index)?.at(index);
	}

	/** All that are kept, the oldest first. */
	*events(): Generator<TraceEvent> {
		for (let index = this.#slabs[0]?.first ?? 0; index < this.#next; index++) {
			const event = this.at(index);
			if (event !== undefined) yield event;
		}
	}

	/** Lines for an event; one that is gone says so. */
	detail(index: number): TraceDetail {
		const event = this.at(index);
		if (event === undefined)
			return { detail: ['this event is no longer kept: newer ones have taken its place'], bytes: [], spans: [] };
		const before: TraceEvent[] = [];
		for (const earlier of this.#near(index, -1)) if (earlier.association === event.association) before.push(earlier);
		return traceDetail(event, before.reverse(), event.event === 'message' ? this.#carrying(event, index) : []);
	}

	/**
	 * The PDVs of a message. It is told before its PDUs where it was sent. Where it was received it is told after those that came with it in one
	 * piece, and a dataset that is stored comes behind it.
	 */
	#carrying(event: MessageEvent, index: number): readonly Stretch[] {
		const isSent = event.direction === 'sent';
		const before = isSent ? [] : this.#pdusOf(event, index, -1).reverse();
		return stretchesOf(event, index, [...before, ...this.#pdusOf(event, index, 1)]);
	}

	#pdusOf({ association, direction }: MessageEvent, index: number, step: 1 | -1): Numbered[] {
		const pdus: Numbered[] = [];
		let bytes = 0;
		let at = index;
		for (const other of this.#near(index, step)) {
			at += step;
			if (other.event !== 'pdu' || other.association !== association || other.direction !== direction) continue;
			if (other.bytes[0] !== P_DATA_TF) continue;
			pdus.push([at, other]);
			bytes += other.bytes.length;
			if (bytes > MOST_BYTES) break;
		}
		return pdus;
	}

	*#near(index: number, step: 1 | -1): Generator<TraceEvent> {
		for (let distance = 1; distance <= LOOKED_AT; distance++) {
			const event = this.at(index + step * distance);
			if (event === undefined) return;
			yield event;
		}
	}
}

const P_DATA_TF = 0x04;
