/** The way to one node: an association that is opened when it is needed, and kept a while for the next query. */
import { requireContext } from '../../association/requestor.ts';
import type { TraceEvent } from '../../association/trace.ts';
import { PATIENT_ROOT_FIND, STUDY_ROOT_FIND, STUDY_ROOT_GET, STUDY_ROOT_MOVE } from '../../dicom/sop-classes.ts';
import type { ConnectionState } from '../nodes/nodes-state.ts';
import type { Asked, World } from '../world.ts';

type Connected = Awaited<ReturnType<Awaited<ReturnType<World['opener']>>>>;
type Context = ReturnType<typeof requireContext>;

/** Proposed beside the class of the query: what an association is good for shows in the key line and the retrieve dialog. */
const SHOWN_CLASSES = [STUDY_ROOT_FIND, PATIENT_ROOT_FIND, STUDY_ROOT_GET, STUDY_ROOT_MOVE];

/** So long an association waits for the next query: many servers abort one that is idle for 30 s. */
const KEPT_MS = 20_000;

export interface Line {
	readonly connected: Connected;
	readonly context: Context;
	/** It was there already: the peer may have left it meanwhile. */
	readonly isKept: boolean;
}

export interface LineWatch {
	/** Each step of the way, and its end. */
	connection(state: ConnectionState): void;
	/** What the negotiation has shown. */
	negotiated(connected: Connected): void;
}

export class NodeLine {
	readonly #world: World;
	readonly #node: string;
	#watch: LineWatch | undefined;
	readonly #keptMs: number;
	readonly #busy = new Set<Connected>();
	#kept: Connected | undefined;
	#timer: NodeJS.Timeout | undefined;
	#isClosed = false;

	constructor(world: World, node: string, watch?: LineWatch, keptMs = KEPT_MS) {
		this.#world = world;
		this.#node = node;
		this.#watch = watch;
		this.#keptMs = keptMs;
	}

	/** An association that is ours until it is given back. @throws DicomError as `connect` does; no-context */
	async take(asked: Asked, signal: AbortSignal): Promise<Line> {
		const kept = this.#kept;
		if (kept !== undefined) {
			clearTimeout(this.#timer);
			this.#kept = undefined;
			const context = kept.association.isOpen ? kept.association.contextFor(asked.sopClassUid) : undefined;
			if (context !== undefined) {
				this.#busy.add(kept);
				this.#watch?.connection(openState(kept, true));
				return { connected: kept, context, isKept: true };
			}
			void kept.association.release().catch(() => {});
		}
		return this.#opened(asked, signal);
	}

	async #opened({ sopClassUid, transferSyntaxes, usesTls }: Asked, signal: AbortSignal): Promise<Line> {
		const since = this.#world.now();
		const waiting = (waitingFor: 'TCP' | 'TLS' | 'association answer') =>
			this.#watch?.connection({ state: 'connecting', since, waitingFor });
		waiting('TCP');
		try {
			const open = await this.#world.opener(this.#node, (event: TraceEvent) => {
				if (event.event === 'connected') waiting(usesTls ? 'TLS' : 'association answer');
				else if (event.event === 'secured') waiting('association answer');
			});
			const classes = new Set([sopClassUid, ...SHOWN_CLASSES]);
			const connected = await open({
				contexts: [...classes].map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes })),
				signal,
			});
			this.#watch?.negotiated(connected);
			try {
				const context = requireContext(connected, sopClassUid);
				this.#busy.add(connected);
				this.#watch?.connection(openState(connected, true));
				return { connected, context, isKept: false };
			} catch (error) {
				void connected.association.release().catch(() => {});
				throw error;
			}
		} catch (error) {
			this.#watch?.connection(
				signal.aborted
					? { state: 'none' }
					: { state: 'failed', text: error instanceof Error ? error.message : String(error) },
			);
			throw error;
		}
	}

	/** It is no longer needed: kept for the next one, or released. */
	give({ connected }: Line): void {
		this.#busy.delete(connected);
		const { association } = connected;
		if (this.#isClosed || this.#kept !== undefined || !association.isOpen) {
			void association.release().catch(() => {});
			if (this.#kept === undefined && this.#busy.size === 0) this.#watch?.connection({ state: 'none' });
			return;
		}
		this.#kept = connected;
		this.#watch?.connection(openState(connected, this.#busy.size > 0));
		this.#timer = setTimeout(() => this.#release(connected), this.#keptMs);
		this.#timer.unref();
		// A peer that ends it while nobody needs it does nothing wrong.
		void association.closed.then(() => {
			if (this.#kept === connected) this.#release(connected);
		});
	}

	#release(connected: Connected): void {
		if (this.#kept !== connected) return;
		clearTimeout(this.#timer);
		this.#kept = undefined;
		void connected.association.release().catch(() => {});
		if (this.#busy.size === 0) this.#watch?.connection({ state: 'none' });
	}

	/** It is in no state to be used again. */
	async drop({ connected }: Line): Promise<void> {
		this.#busy.delete(connected);
		if (this.#kept === undefined && this.#busy.size === 0) this.#watch?.connection({ state: 'none' });
		await connected.association.abort({ blame: 'interrupted' });
	}

	/** The node is called otherwise from now on: what is kept is released, what is in use once it is given back; neither is told of any more. */
	leave(): void {
		this.#isClosed = true;
		if (this.#kept !== undefined || this.#busy.size > 0) this.#watch?.connection({ state: 'none' });
		this.#watch = undefined;
		if (this.#kept !== undefined) this.#release(this.#kept);
	}

	/** Releases what is kept and aborts what is in use. */
	async close(): Promise<void> {
		this.#isClosed = true;
		const kept = this.#kept;
		this.#kept = undefined;
		clearTimeout(this.#timer);
		await Promise.all([
			...[...this.#busy].map(({ association }) => association.abort({ blame: 'interrupted' })),
			...(kept === undefined ? [] : [released(kept)]),
		]);
	}
}

/** So long a peer has to answer a release when the program ends. */
const LEAVING_MS = 1_000;

const released = async ({ association }: Connected): Promise<void> => {
	const timer = setTimeout(() => void association.abort({ blame: 'interrupted' }), LEAVING_MS);
	await association.release().catch(() => {});
	clearTimeout(timer);
};

const openState = ({ connectMs, associateMs }: Connected, busy: boolean): ConnectionState => ({
	state: 'open',
	ms: connectMs + associateMs,
	busy,
});
