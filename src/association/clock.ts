/** Time as the association sees it: handed in, so that a test can turn it by hand. */

export interface Clock {
	/** Milliseconds on a monotonic clock. */
	now(): number;
	/** Calls `expired` once after `ms` milliseconds; returns what takes that back. */
	after(ms: number, expired: () => void): () => void;
}

export const MONOTONIC: Clock = {
	now: () => performance.now(),
	after(ms, expired) {
		const timer = setTimeout(expired, ms);
		return () => clearTimeout(timer);
	},
};

/**
 * A timeout that is put off at every sign of life: putting it off is one assignment, and the clock's timer is set anew only when it has run.
 * `timeoutMs` 0 never expires.
 */
export class Watchdog {
	readonly #clock: Clock;
	readonly #timeoutMs: number;
	readonly #expired: () => void;
	#due = 0;
	#cancel: (() => void) | undefined;
	#isRunning = false;

	constructor(clock: Clock, timeoutMs: number, expired: () => void) {
		this.#clock = clock;
		this.#timeoutMs = timeoutMs;
		this.#expired = expired;
	}

	/** Starts it, or puts it off by the whole timeout. */
	restart(): void {
		if (this.#timeoutMs === 0) return;
		this.#isRunning = true;
		this.#due = this.#clock.now() + this.#timeoutMs;
		if (this.#cancel === undefined) this.#arm(this.#timeoutMs);
	}

	/** Puts it off if it runs. */
	touch(): void {
		if (this.#isRunning) this.#due = this.#clock.now() + this.#timeoutMs;
	}

	/** The clock's timer stays set and finds nothing to do: stopping and starting for every message costs no timer. */
	stop(): void {
		this.#isRunning = false;
	}

	/** Lets go of the clock's timer too, so that nothing keeps the process alive. */
	end(): void {
		this.#isRunning = false;
		this.#cancel?.();
		this.#cancel = undefined;
	}

	#arm(ms: number): void {
		this.#cancel = this.#clock.after(ms, () => {
			this.#cancel = undefined;
			if (!this.#isRunning) return;
			const left = this.#due - this.#clock.now();
			if (left > 0) this.#arm(left);
			else {
				this.#isRunning = false;
				this.#expired();
			}
		});
	}
}
