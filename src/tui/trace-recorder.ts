/** The newest events of all associations, as many as a fixed number of bytes holds; each keeps the number it was given. */
import type { TraceEvent } from '../association/trace.ts';
import { type TraceDetail, traceDetail } from './trace-detail.ts';

type PduEvent = Extract<TraceEvent, { readonly event: 'pdu' }>;
type MessageEvent = Extract<TraceEvent, { readonly event: 'message' }>;

export const KEPT_BYTES = 32 * 1024 * 1024;
/** What an event takes beside its bytes, roughly. */
const EVENT_BYTES = 400;

/** So many events around one are looked at for what it is about. */
const LOOKED_AT = 2_000;
/** PDUs that are shown of one message. */
const MOST_PDUS = 16;

export class TraceRecorder {
	readonly #mostBytes: number;
	/** From `#first` on; what is before it is gone. */
	#events: (TraceEvent | undefined)[] = [];
	#dropped = 0;
	#head = 0;
	#bytes = 0;

	constructor(mostBytes = KEPT_BYTES) {
		this.#mostBytes = mostBytes;
	}

	get keptBytes(): number {
		return this.#bytes;
	}

	/** @returns the number of the event */
	push(event: TraceEvent): number {
		this.#events.push(event);
		this.#bytes += sizeOf(event);
		while (this.#bytes > this.#mostBytes && this.#head < this.#events.length - 1) {
			const oldest = this.#events[this.#head];
			if (oldest !== undefined) this.#bytes -= sizeOf(oldest);
			this.#events[this.#head++] = undefined;
		}
		// Once the gone ones are half of it, the array is made anew: O(1) an event.
		if (this.#head > 1024 && this.#head * 2 > this.#events.length) {
			this.#events = this.#events.slice(this.#head);
			this.#dropped += this.#head;
			this.#head = 0;
		}
		return this.#dropped + this.#events.length - 1;
	}

	/** The event, where it still is there. */
	at(index: number): TraceEvent | undefined {
		return this.#events[index - this.#dropped];
	}

	/** All that are kept, the oldest first. */
	*events(): Generator<TraceEvent> {
		for (let at = this.#head; at < this.#events.length; at++) {
			const event = this.#events[at];
			if (event !== undefined) yield event;
		}
	}

	/** Lines for an event; one that is gone says so. */
	detail(index: number): TraceDetail {
		const event = this.at(index);
		if (event === undefined)
			return { detail: ['this event is no longer kept: newer ones have taken its place'], bytes: [] };
		const before: TraceEvent[] = [];
		for (const earlier of this.#near(index, -1)) if (earlier.association === event.association) before.push(earlier);
		return traceDetail(event, before.reverse(), event.event === 'message' ? this.#carrying(event, index) : []);
	}

	/** The PDUs of a message: it is told before those that were sent, and after those that were received. */
	#carrying({ association, direction }: MessageEvent, index: number): readonly PduEvent[] {
		const pdus: PduEvent[] = [];
		const step = direction === 'sent' ? 1 : -1;
		for (const other of this.#near(index, step)) {
			if (other.association !== association || !('direction' in other) || other.direction !== direction) continue;
			if (other.event === 'message' || pdus.length === MOST_PDUS) break;
			if (other.bytes[0] === P_DATA_TF) pdus.push(other);
		}
		return step === 1 ? pdus : pdus.reverse();
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

const sizeOf = (event: TraceEvent): number => {
	if (event.event === 'pdu') return EVENT_BYTES + event.bytes.length;
	if (event.event === 'message') return EVENT_BYTES + (event.identifier?.length ?? 0);
	return EVENT_BYTES;
};
