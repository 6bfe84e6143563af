/** A clock that a test turns by hand. */
import type { Clock } from '../../src/association/clock.ts';

export class HandClock implements Clock {
	#now = 0;
	#timers: { readonly due: number; readonly expired: () => void }[] = [];

	now(): number {
		return this.#now;
	}

	after(ms: number, expired: () => void): () => void {
		const timer = { due: this.#now + ms, expired };
		this.#timers.push(timer);
		return () => {
			this.#timers = this.#timers.filter((one) => one !== timer);
		};
	}

	/** Lets time pass, timers expiring in their order. */
	advance(ms: number): void {
		const end = this.#now + ms;
		for (;;) {
			const next = this.#timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
			if (next === undefined) break;
			this.#timers = this.#timers.filter((one) => one !== next);
			this.#now = next.due;
			next.expired();
		}
		this.#now = end;
	}
}
