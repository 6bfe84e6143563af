/** Carries out what the reducer asks for: everything that reaches peers, files and the terminal; what comes of it is dispatched. */
import type { Action, Effect } from './actions.ts';
import { NodeLine } from './effects-line.ts';
import { explanationOf, NodeQuery } from './effects-query.ts';
import { RetrieveEffects } from './effects-retrieve.ts';
import type { QuerySpec } from './state.ts';
import { TraceRecorder } from './trace-recorder.ts';
import type { World } from './world.ts';

/** What the application does for the effects: the terminal is its own. */
export interface Terminal {
	/** OSC 52. */
	copy(text: string): void;
	suspend(): void;
	redraw(): void;
	bell(): void;
	quit(keepJournal: boolean): void;
}

export class Effects {
	readonly #world: World;
	readonly #dispatch: (action: Action) => void;
	readonly #terminal: Terminal;
	readonly #recorder = new TraceRecorder();
	readonly #retrieves: RetrieveEffects;
	readonly #lines = new Map<string, NodeLine>();
	readonly #queries = new Set<NodeQuery>();

	constructor(world: World, dispatch: (action: Action) => void, terminal: Terminal) {
		this.#world = world;
		this.#dispatch = dispatch;
		this.#terminal = terminal;
		this.#retrieves = new RetrieveEffects(world, dispatch);
		world.traceTo((event) => void this.#recorder.push(event));
	}

	/** Returns at once; what comes of it comes as actions. */
	run(effect: Effect): void {
		if (this.#retrieves.run(effect)) return;
		switch (effect.do) {
			case 'read-nodes':
				this.#readNodes();
				break;
			case 'query':
				for (const node of effect.nodes) this.#ask(effect.queryId, node, effect.query, false);
				break;
			case 'past-limit':
				this.#ask(effect.queryId, effect.node, effect.query, true);
				break;
			case 'stop-query':
				for (const query of this.#queries) if (query.queryId === effect.queryId) query.stop(effect.isAbort);
				break;
			case 'suspend':
				this.#terminal.suspend();
				break;
			case 'redraw':
				this.#terminal.redraw();
				break;
			case 'bell':
				this.#terminal.bell();
				break;
			case 'quit':
				this.#terminal.quit(effect.keepJournal);
				break;
			default:
		}
	}

	#readNodes(): void {
		this.#attempt(async () => {
			const { nodes, saved } = await this.#world.nodes();
			this.#dispatch({ type: 'nodes-read', at: this.#world.now(), nodes, saved });
		});
	}

	#ask(queryId: number, node: string, query: QuerySpec, isInParts: boolean): void {
		const asking = new NodeQuery(queryId, node, query, isInParts, {
			world: this.#world,
			dispatch: this.#dispatch,
			line: this.#lineTo(node),
		});
		this.#queries.add(asking);
		void asking.run().finally(() => this.#queries.delete(asking));
	}

	#lineTo(node: string): NodeLine {
		const known = this.#lines.get(node);
		if (known !== undefined) return known;
		const line = new NodeLine(this.#world, node, {
			connection: (connection) => this.#dispatch({ type: 'connection', at: this.#world.now(), node, connection }),
			negotiated: () => {},
		});
		this.#lines.set(node, line);
		return line;
	}

	#attempt(act: () => Promise<void>): void {
		void act().catch((error: unknown) => {
			const explanation = explanationOf(error, '', this.#world);
			this.#dispatch({ type: 'said', at: this.#world.now(), kind: 'bad', text: explanation.title, explanation });
		});
	}

	/** Everything that runs is ended, associations are released or aborted. */
	async close(): Promise<void> {
		for (const query of this.#queries) query.stop(true);
		await Promise.all([this.#retrieves.close(), ...[...this.#lines.values()].map((line) => line.close())]);
	}
}
