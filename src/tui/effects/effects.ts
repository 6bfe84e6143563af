/** Carries out what the reducer asks for: everything that reaches peers, files and the terminal; what comes of it is dispatched. */
import type { Action, Effect } from '../actions.ts';
import { TraceRecorder } from '../trace/trace-recorder.ts';
import type { World } from '../world.ts';
import { DoctorEffects } from './doctor.ts';
import { FileEffects } from './files.ts';
import { Echoes } from './nodes.ts';
import { Previews } from './preview.ts';
import { Queries } from './queries.ts';
import { explanationOf } from './query.ts';
import { RetrieveEffects } from './retrieve.ts';
import { TraceBatches } from './trace.ts';

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
	readonly #trace: TraceBatches;
	readonly #queries: Queries;
	readonly #previews: Previews;
	readonly #echoes: Echoes;
	readonly #doctor: DoctorEffects;
	readonly #files: FileEffects;
	readonly #retrieves: RetrieveEffects;
	#isClosed = false;

	constructor(world: World, dispatch: (action: Action) => void, terminal: Terminal) {
		// What comes after the end is for nobody.
		const tell = (action: Action) => {
			if (!this.#isClosed) dispatch(action);
		};
		this.#world = world;
		this.#dispatch = tell;
		this.#terminal = terminal;
		this.#trace = new TraceBatches(this.#recorder, (events) =>
			tell({ type: 'traced', at: world.now(), events, recorder: this.#recorder, keptBytes: this.#recorder.keptBytes }),
		);
		this.#queries = new Queries(world, tell);
		this.#previews = new Previews(world, tell);
		this.#echoes = new Echoes(world, tell);
		this.#doctor = new DoctorEffects(world, tell);
		this.#files = new FileEffects(world, tell, (text) => terminal.copy(text));
		this.#retrieves = new RetrieveEffects(world, dispatch);
		world.traceTo((event) => this.#trace.push(event));
		world.sayTo((text) => tell({ type: 'said', at: world.now(), kind: 'note', text }));
	}

	/** Returns at once; what comes of it comes as actions. */
	run(effect: Effect): void {
		if (this.#isClosed || this.#retrieves.run(effect) || this.#queries.run(effect)) return;
		switch (effect.do) {
			case 'preview':
				this.#previews.show(effect);
				break;
			case 'stop-preview':
				this.#previews.stop();
				break;
			case 'echo':
				this.#echoes.ask(effect.node);
				break;
			case 'doctor':
				this.#doctor.examine(effect.node, effect.also);
				break;
			case 'stop-doctor':
				this.#doctor.stop();
				break;
			case 'capabilities':
				this.#doctor.capabilities(effect.node);
				break;
			case 'trace-detail':
				this.#tellDetail(effect.index);
				break;
			case 'go-on':
				setImmediate(() => this.#dispatch({ type: 'go-on', at: this.#world.now() }));
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
				void this.#written(effect).catch((error: unknown) => this.#failed(error));
		}
	}

	/** Effects on files and the address book. @throws DicomError usage, io */
	async #written(effect: Effect): Promise<void> {
		const world = this.#world;
		switch (effect.do) {
			case 'read-nodes':
				return this.#readNodes();
			case 'save-node':
				await world.saveNode(effect.name, effect.fields, effect.isNew);
				this.#leave(effect.name);
				return this.#readNodes();
			case 'remove-node':
				await world.removeNode(effect.name);
				this.#leave(effect.name);
				return this.#readNodes();
			case 'save-query':
				await world.saveQuery(effect.query);
				this.#dispatch({ type: 'said', at: world.now(), kind: 'good', text: effect.says });
				return this.#readNodes();
			case 'remove-query':
				await world.removeQuery(effect.name);
				return this.#readNodes();
			case 'remember-query':
				return world.rememberQuery(effect.query);
			case 'copy':
				return this.#files.copy(effect);
			case 'copy-card':
				return this.#files.copy({ text: await world.nodeCard(effect.node), what: `the card for ${effect.node}` });
			case 'export':
				return this.#files.export(effect);
			case 'write-trace':
				this.#trace.flush();
				return this.#files.writeTrace(effect, this.#recorder);
			default:
				return undefined;
		}
	}

	/** By this name another is called from now on, or nobody: what stands open to the one before is not used again. */
	#leave(node: string): void {
		this.#queries.leave(node);
		this.#previews.leave(node);
		this.#echoes.leave(node);
	}

	async #readNodes(): Promise<void> {
		const { nodes, saved } = await this.#world.nodes();
		this.#dispatch({ type: 'nodes-read', at: this.#world.now(), nodes, saved });
	}

	#tellDetail(index: number): void {
		const { detail, bytes, spans } = this.#recorder.detail(index);
		this.#dispatch({ type: 'trace-detail', at: this.#world.now(), index, detail, bytes, spans });
	}

	#failed(error: unknown): void {
		const explanation = explanationOf(error, '', this.#world, '');
		this.#dispatch({ type: 'said', at: this.#world.now(), kind: 'bad', text: explanation.title, explanation });
	}

	/** Everything that runs is ended, associations are released or aborted; in seconds, whatever the peers do. */
	async close(): Promise<void> {
		this.#isClosed = true;
		this.#trace.flush();
		this.#echoes.close();
		this.#doctor.stop();
		await Promise.all([this.#retrieves.close(), this.#queries.close(), this.#previews.close()]);
	}
}
