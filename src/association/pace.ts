/** A peer in the middle of a message has to keep a minimum pace: one byte now and then is no sign of life. */
import type { Clock } from './clock.ts';

/** So many bytes a second, over the whole window. */
const MINIMUM_RATE = 1024;

/** What is looked at, twice a window. */
export interface Paced {
	/** A PDU or a message has begun and is not here whole. */
	isMidway(): boolean;
	/** Commands that have arrived so far: where one came the peer is at work, however little it sends. */
	commands(): number;
	/** It is us who keep the peer from being heard. */
	isHeld(): boolean;
}

export class Pace {
	readonly #clock: Clock;
	readonly #windowMs: number;
	readonly #paced: Paced;
	readonly #tooSlow: () => void;
	#bytes = 0;
	#begun: { readonly isMidway: boolean; readonly commands: number } | undefined;
	#cancel: (() => void) | undefined;

	/** @param windowMs 0 lets every pace pass */
	constructor(clock: Clock, windowMs: number, paced: Paced, tooSlow: () => void) {
		this.#clock = clock;
		this.#windowMs = windowMs;
		this.#paced = paced;
		this.#tooSlow = tooSlow;
	}

	start(): void {
		if (this.#windowMs === 0) return;
		this.#bytes = 0;
		this.#begun = { isMidway: this.#paced.isMidway(), commands: this.#paced.commands() };
		this.#cancel = this.#clock.after(this.#windowMs, () => {
			if (this.#isTooSlow()) this.#tooSlow();
			else this.start();
		});
	}

	received(length: number): void {
		this.#bytes += length;
	}

	end(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}

	#isTooSlow(): boolean {
		const { isMidway, commands } = this.#begun ?? { isMidway: false, commands: 0 };
		return (
			isMidway &&
			this.#paced.isMidway() &&
			this.#paced.commands() === commands &&
			!this.#paced.isHeld() &&
			this.#bytes < (this.#windowMs / 1000) * MINIMUM_RATE
		);
	}
}
