/** The effects `listen`, `retrieve` and `stop-retrieve`: jobs over runRetrieve, our receiver shared among them. */
import type { Action, Effect } from './actions.ts';
import type { World } from './world.ts';

export class RetrieveEffects {
	readonly #world: World;
	readonly #dispatch: (action: Action) => void;

	constructor(world: World, dispatch: (action: Action) => void) {
		this.#world = world;
		this.#dispatch = dispatch;
	}

	/** @returns whether it is one of these effects */
	run(effect: Effect): boolean {
		return effect.do === 'listen' || effect.do === 'retrieve' || effect.do === 'stop-retrieve';
	}

	/** Cancels what runs, waits a little, closes the receiver. */
	async close(): Promise<void> {
		this.#dispatch({ type: 'tick', at: this.#world.now() });
	}
}
