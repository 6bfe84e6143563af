/** The doctor on its way, line by line, and the table of what a node accepts: one of them at a time. */
import type { Action, DoctorDepth } from '../actions.ts';
import type { World } from '../world.ts';
import { explanationOf } from './query.ts';

/** A report is never longer; a peer's words are in it. */
const MOST_LINES = 2_000;

export class DoctorEffects {
	readonly #world: World;
	readonly #dispatch: (action: Action) => void;
	#running: AbortController | undefined;

	constructor(world: World, dispatch: (action: Action) => void) {
		this.#world = world;
		this.#dispatch = dispatch;
	}

	examine(node: string, also: readonly DoctorDepth[] = []): void {
		const signal = this.#begun();
		const tell = (line: string, isOver: boolean) => {
			if (!signal.aborted) this.#dispatch({ type: 'doctor', at: this.#world.now(), node, line, isOver });
		};
		let lines = 0;
		const line = (text: string) => {
			if (lines++ < MOST_LINES) tell(text, false);
		};
		void this.#world
			.doctor(node, line, signal, also)
			.then(() => tell('', true))
			.catch((error: unknown) => {
				const { title, means, do: advice } = explanationOf(error, node, this.#world, 'C-ECHO');
				for (const text of [title, ...means, ...advice]) line(text);
				tell('', true);
			});
	}

	capabilities(node: string): void {
		const signal = this.#begun();
		const { now } = this.#world;
		this.#dispatch({ type: 'said', at: now(), kind: 'note', text: `asking ${node} what it accepts`, node });
		void this.#world
			.capabilities(node, signal)
			.then((lines) => {
				if (!signal.aborted) this.#dispatch({ type: 'capabilities', at: now(), node, lines });
			})
			.catch((error: unknown) => {
				if (signal.aborted) return;
				const explanation = explanationOf(error, node, this.#world, 'A-ASSOCIATE');
				this.#dispatch({ type: 'said', at: now(), kind: 'bad', text: explanation.title, explanation, node });
			});
	}

	stop(): void {
		this.#running?.abort('stopped');
		this.#running = undefined;
	}

	#begun(): AbortSignal {
		this.stop();
		this.#running = new AbortController();
		return this.#running.signal;
	}
}
