/** What our own receiver tells, on its way to the retrieve that waits for it: C-MOVE's other half (PS3.4 C.4.2.2). */
import type { RefusedContext } from '../errors.ts';

/** Of the receiver's events what a retrieve looks at; `receiver.ts` has more in each. */
export type ArrivalEvent =
	| {
			readonly kind: 'called';
			readonly association: number;
			readonly refused: readonly RefusedContext[];
			readonly expectedTitle?: boolean;
	  }
	| {
			readonly kind: 'stored';
			readonly association: number;
			readonly calling?: string;
			readonly sopInstanceUid: string;
			readonly sopClassUid: string;
			readonly transferSyntaxUid: string;
			readonly studyInstanceUid?: string | undefined;
			readonly seriesInstanceUid?: string | undefined;
			readonly bytes: number;
			readonly file?: string | undefined;
			readonly outcome?: string;
			readonly moveOriginator?: { readonly aeTitle: string; readonly messageId: number } | undefined;
	  }
	| {
			readonly kind: 'not-stored';
			readonly association: number;
			readonly sopInstanceUid: string;
			readonly sopClassUid: string;
			readonly status: number;
			readonly error?: string | undefined;
	  }
	| { readonly kind: 'ended'; readonly association: number }
	| { readonly kind: 'rejected' };

/**
 * Joins a receiver and a retrieve: give `push` every event of the receiver, from before the retrieve begins.
 * `startReceiver({ ..., on: (event) => arrivals.push(event) })`.
 */
export class Arrivals {
	readonly #standing = new Set<number>();
	/** Abstract syntaxes that our receiver has refused a context for, and accepted none for on the same association. */
	readonly #refused = new Set<string>();
	#sink: ((event: ArrivalEvent) => void) | undefined;

	push(event: ArrivalEvent): void {
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

	/** For the retrieve: the one who wants to know from now on. */
	listen(sink: ((event: ArrivalEvent) => void) | undefined): void {
		this.#sink = sink;
	}
}
