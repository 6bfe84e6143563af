/** The requests of ours that wait for responses (PS3.7 9.1): their Message IDs, their timer, and what arrives for them. */
import { type Clock, Watchdog } from './clock.ts';
import type { Outstanding, Response } from './exchange.ts';

export class OutstandingRequests {
	readonly #waiting = new Map<number, Outstanding>();
	readonly #timer: Watchdog;
	#messageId = 0;

	/** @param expired nothing has come for any of them in `timeoutMs`. @returns whether to wait once more. */
	constructor(clock: Clock, timeoutMs: number, expired: () => boolean) {
		this.#timer = new Watchdog(clock, timeoutMs, () => {
			if (expired()) this.#timer.restart();
		});
	}

	get size(): number {
		return this.#waiting.size;
	}

	/** The next Message ID: 1 to 65535, none that is outstanding. */
	nextMessageId(): number {
		do this.#messageId = this.#messageId === 0xffff ? 1 : this.#messageId + 1;
		while (this.#waiting.has(this.#messageId));
		return this.#messageId;
	}

	add(messageId: number, request: Outstanding): void {
		this.#waiting.set(messageId, request);
		this.#timer.restart();
	}

	get(messageId: number): Outstanding | undefined {
		return this.#waiting.get(messageId);
	}

	/** @returns what the read loop waits for. A response to what was never asked, or came too late, is nobody's. */
	deliver(response: Response): void | Promise<void> {
		const messageId = response.message.messageIdBeingRespondedTo;
		const request = this.#waiting.get(messageId);
		const held = request?.deliver(response);
		if (request?.isOver === true) {
			this.#waiting.delete(messageId);
			if (this.#waiting.size === 0) this.#timer.stop();
		}
		return held;
	}

	/** A sign of life: the peer is given the whole timeout again. */
	touch(): void {
		this.#timer.touch();
	}

	fail(error: Error): void {
		this.#timer.end();
		for (const request of this.#waiting.values()) request.fail(error);
		this.#waiting.clear();
	}
}
