/** What our own receiver tells, on its way to the retrieve that waits for it: C-MOVE's other half (PS3.4 C.4.2.2). */
import type { ReceiverEvent } from './receiver.ts';
import type { Keep } from './receiving.ts';

/**
 * Joins a receiver and a retrieve: give `push` every event of the receiver, from before the retrieve begins, and the receiver its place
 * for instances through `watching`. `startReceiver({ ..., store: arrivals.watching(keep), on: (event) => arrivals.push(event) })`.
 */
export class Arrivals {
	readonly #standing = new Set<number>();
	/** Abstract syntaxes that our receiver has refused a context for. */
	readonly #refused = new Set<string>();
	readonly #inHand = new Set<Promise<void>>();
	#sink: ((event: ReceiverEvent) => void) | undefined;
	#alive: (() => void) | undefined;

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

	/** Instances that are coming, or on their way to the disk: each settles when it is kept or given up. */
	get inHand(): ReadonlySet<Promise<void>> {
		return this.#inHand;
	}

	/** The same place; every stretch of an instance is a sign of life, so that one that takes long does not look like silence. */
	watching(keep: Keep): Keep {
		return (instance, kept) => {
			const receiver = keep(instance, kept);
			if ('refusal' in receiver) return receiver;
			const { promise: landed, resolve } = Promise.withResolvers<void>();
			this.#inHand.add(landed);
			const over = () => {
				this.#inHand.delete(landed);
				resolve();
			};
			return {
				write: (bytes) => {
					this.#alive?.();
					return receiver.write(bytes);
				},
				// What fails is discarded after it.
				commit: async () => {
					const answer = await receiver.commit();
					over();
					return answer;
				},
				discard: (error) => receiver.discard(error).finally(over),
			};
		};
	}

	/** For the retrieve: who wants to know from now on, and to whom a sign of life matters. */
	listen(sink: ((event: ReceiverEvent) => void) | undefined, alive?: () => void): void {
		this.#sink = sink;
		this.#alive = alive;
	}
}
