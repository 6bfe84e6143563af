/** Events of all associations on their way to the recorder, and to the screen at most every 50 ms. */
import type { TraceEvent } from '../../association/trace.ts';
import type { Action } from '../actions.ts';
import type { TraceRecorder } from '../trace/trace-recorder.ts';

const BATCH_MS = 50;
/** More in one batch nobody reads: the newest are told, all are recorded. */
const MOST_TOLD = 4_096;
const P_DATA_TF = 0x04;

type Told = Extract<Action, { readonly type: 'traced' }>['events'];

export class TraceBatches {
	readonly #recorder: TraceRecorder;
	readonly #send: (events: Told) => void;
	#waiting: Told[number][] = [];
	#timer: NodeJS.Timeout | undefined;

	constructor(recorder: TraceRecorder, send: (events: Told) => void) {
		this.#recorder = recorder;
		this.#send = send;
	}

	push(event: TraceEvent): void {
		const index = this.#recorder.push(event);
		// What they carry is told as messages.
		if (event.event === 'pdu' && event.bytes[0] === P_DATA_TF) return;
		this.#waiting.push({ index, event });
		if (this.#waiting.length > 2 * MOST_TOLD) this.#waiting = this.#waiting.slice(-MOST_TOLD);
		this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
	}

	flush(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const events = this.#waiting.slice(-MOST_TOLD);
		this.#waiting = [];
		if (events.length > 0) this.#send(events);
	}
}
