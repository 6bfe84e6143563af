/** Rows on their way to the screen, many at a time: at once where none was sent for a while, else every 50 ms. */
import { setImmediate } from 'node:timers/promises';
import type { Action } from '../actions.ts';

type Rows = Extract<Action, { readonly type: 'rows' }>['rows'];

const BATCH_MS = 50;
/** So long rows are read at a stretch before keys and screen have their turn. */
const STRETCH_MS = 12;

export class RowBatches {
	readonly #send: (rows: Rows) => void;
	#waiting: Rows[number][] = [];
	#timer: NodeJS.Timeout | undefined;
	#breathedAt = 0;
	#flushedAt = Number.NEGATIVE_INFINITY;

	constructor(send: (rows: Rows) => void) {
		this.#send = send;
	}

	push(row: Rows[number]): void {
		this.#waiting.push(row);
		this.#timer ??= setTimeout(() => this.flush(), Math.max(0, BATCH_MS - (performance.now() - this.#flushedAt)));
	}

	flush(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		if (this.#waiting.length === 0) return;
		this.#flushedAt = performance.now();
		const rows = this.#waiting;
		this.#waiting = [];
		this.#send(rows);
	}

	/** A peer that answers faster than anybody can look must not keep the keys from being heard. */
	async breath(): Promise<void> {
		const now = performance.now();
		if (now - this.#breathedAt < STRETCH_MS) return;
		await setImmediate();
		this.#breathedAt = performance.now();
	}
}
