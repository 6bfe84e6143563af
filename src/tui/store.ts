/** The state, outside React: what happens goes through the reducer, what it asks for is carried out, and the screen hears of it now and then. */
import type { Action, Effect } from './actions.ts';
import { reduce } from './reduce.ts';
import type { State } from './state.ts';

/** News of peers are shown at most so often; what the user does is shown at once. */
const NEWS_MS = 50;

export class Store {
	#state: State;
	#shown: State;
	readonly #now: () => number;
	#carryOut: (effect: Effect) => void = () => {};
	readonly #listeners = new Set<() => void>();
	#shownAt = Number.NEGATIVE_INFINITY;
	#timer: NodeJS.Timeout | undefined;
	#isDue = false;

	constructor(state: State, now: () => number) {
		this.#state = state;
		this.#shown = state;
		this.#now = now;
	}

	/** As it is now; the screen may be up to 50 ms behind. */
	get state(): State {
		return this.#state;
	}

	/** Whoever carries out the effects needs `dispatch` first. */
	connect(carryOut: (effect: Effect) => void): void {
		this.#carryOut = carryOut;
	}

	readonly dispatch = (action: Action): void => {
		const { state, effects } = reduce(this.#state, action);
		const isChanged = state !== this.#state;
		this.#state = state;
		if (isChanged) this.#show(BY_HAND.has(action.type));
		for (const effect of effects) this.#carryOut(effect);
	};

	/** For React's useSyncExternalStore. */
	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	readonly shown = (): State => this.#shown;

	/** Nobody is told anything any more. */
	close(): void {
		clearTimeout(this.#timer);
		this.#listeners.clear();
	}

	#show(isByHand: boolean): void {
		if (isByHand) {
			// Keys that come in one piece are one change.
			if (this.#isDue) return;
			this.#isDue = true;
			queueMicrotask(this.#tell);
			return;
		}
		if (this.#isDue || this.#timer !== undefined) return;
		this.#timer = setTimeout(this.#tell, Math.max(0, NEWS_MS - (this.#now() - this.#shownAt)));
	}

	readonly #tell = (): void => {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#isDue = false;
		if (this.#shown === this.#state) return;
		this.#shown = this.#state;
		this.#shownAt = this.#now();
		for (const listener of this.#listeners) listener();
	};
}

const BY_HAND: ReadonlySet<Action['type']> = new Set(['key', 'text', 'edit', 'resized', 'interrupted']);
