/** What our own receiver tells, on its way to the retrieve that waits for it: C-MOVE's other half (PS3.4 C.4.2.2). */
import type { ReceiverEvent } from './receiver.ts';

/**
 * Joins a receiver and a retrieve: give `push` every event of the receiver, from before the retrieve begins.
 * `startReceiver({ ..., on: (event) => arrivals.push(event) })`.
 */
export class Arrivals {
	readonly #standing = new Set<number>();
	/** Abstract syntaxes that our receiver has refused a context for. */
	readonly #refused = new Set<string>();
	#sink: ((event: ReceiverEvent) => void) | undefined;

	push(event: ReceiverEvent): void {
		if (event.kind === 'called') {
			this.#standing.add(event.association);
			for (const { abstractSyntax } of event.refused) this.#refused.add(abstractSyntax);
		} else if (event.kind === 'ended') this.#standing.delete(event.association);
		this.#sink?.(event);
	}

	/** Associations to our receiver that stand. */
	get standing(): number {
		return this.#standing.size;
	}

	hasRefused(sopClassUid: string): boolean {
		return this.#refused.has(sopClassUid);
	}

	/** For the retrieve: who wants to know from now on. */
	listen(sink: ((event: ReceiverEvent) => void) | undefined): void {
		this.#sink = sink;
	}
}
