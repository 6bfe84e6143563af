/** What is below the row that the cursor rests on: asked for after a while, on one association, and remembered. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Dataset } from '../../dicom/dataset.ts';
import { statusOf } from '../../dimse/status.ts';
import { find } from '../../services/query-scu.ts';
import type { Action, Effect } from '../actions.ts';
import { KeptRows } from '../browse/kept-rows.ts';
import type { World } from '../world.ts';
import { NodeLine } from './line.ts';

/** So long the cursor rests before anything is asked. */
const REST_MS = 250;
/** A peer that takes longer is not to be asked by a moving cursor. */
const SLOW_MS = 3_000;
/** So long a cancelled query may take to end. */
const ENDING_MS = 5_000;
/** So many in a row went wrong. */
const MOST_FAILURES = 3;
/** Nobody reads on in a preview; what is below a row is there for that. */
const MOST_ROWS = 500;
const MOST_BYTES = 4 * 1024 * 1024;
const REMEMBERED_ROWS = 10_000;

type Wanted = Extract<Effect, { readonly do: 'preview' }>;

export class Previews {
	readonly #world: World;
	readonly #dispatch: (action: Action) => void;
	readonly #restMs: number;
	readonly #slowMs: number;
	/** Nodes that are not asked any more. */
	readonly #off = new Set<string>();
	readonly #known = new Map<string, { readonly node: string; readonly rows: readonly Dataset[] }>();
	#knownRows = 0;
	#failures = 0;
	#line: { readonly node: string; readonly line: NodeLine } | undefined;
	#asking: { readonly wanted: Wanted; readonly stop: AbortController } | undefined;
	#running: Promise<void> = Promise.resolve();

	constructor(
		world: World,
		dispatch: (action: Action) => void,
		{ restMs = REST_MS, slowMs = SLOW_MS }: { readonly restMs?: number; readonly slowMs?: number } = {},
	) {
		this.#world = world;
		this.#dispatch = dispatch;
		this.#restMs = restMs;
		this.#slowMs = slowMs;
	}

	/** In the place of the one before, which is cancelled. */
	show(wanted: Wanted): void {
		this.stop();
		const known = this.#known.get(keyOf(wanted));
		if (known !== undefined) this.#tell(wanted, 'here', known.rows);
		else if (this.#off.has(wanted.node)) this.#tell(wanted, 'off', []);
		else {
			const stop = new AbortController();
			this.#asking = { wanted, stop };
			this.#running = this.#soon(wanted, stop.signal, this.#running);
		}
	}

	stop(): void {
		this.#asking?.stop.abort();
		this.#asking = undefined;
	}

	/** The node is another from now on: nothing is known of it, and what it is being asked the new one is asked. */
	leave(node: string): void {
		this.#off.delete(node);
		for (const [key, its] of this.#known) if (its.node === node) this.#forget(key, its.rows);
		if (this.#line?.node === node) {
			void this.#line.line.close();
			this.#line = undefined;
		}
		if (this.#asking?.wanted.node === node) this.show(this.#asking.wanted);
	}

	async #soon(wanted: Wanted, signal: AbortSignal, before: Promise<void>): Promise<void> {
		await delay(this.#restMs, undefined, { signal, ref: false }).catch(() => {});
		// Never more than one association of it.
		await before;
		if (signal.aborted) return;
		const slow = new AbortController();
		const timer = setTimeout(() => slow.abort(), this.#slowMs);
		try {
			const rows = await this.#fetched(wanted, AbortSignal.any([signal, slow.signal]));
			if (signal.aborted) return;
			if (slow.signal.aborted) this.#putOff(wanted);
			else {
				this.#failures = 0;
				this.#remember(keyOf(wanted), wanted.node, rows);
				this.#tell(wanted, 'here', rows);
			}
		} catch {
			if (signal.aborted) return;
			if (slow.signal.aborted || ++this.#failures >= MOST_FAILURES) this.#putOff(wanted);
			else this.#tell(wanted, 'failed', []);
		} finally {
			clearTimeout(timer);
			if (this.#asking?.stop.signal === signal) this.#asking = undefined;
		}
	}

	#putOff(wanted: Wanted): void {
		this.#failures = 0;
		this.#off.add(wanted.node);
		this.#tell(wanted, 'off', []);
	}

	async #fetched({ node, query }: Wanted, signal: AbortSignal): Promise<readonly Dataset[]> {
		const asked = await this.#world.asked(node, query);
		const way = await this.#lineTo(node);
		const line = await way.take(asked, signal);
		const rows: Dataset[] = [];
		const kept = new KeptRows(line.context.transferSyntax, asked.characterSet);
		let isOver = false;
		// A peer that goes on after a cancel loses the association.
		let cutting: NodeJS.Timeout | undefined;
		const cancelled = () => {
			cutting = setTimeout(() => void line.connected.association.abort({ blame: 'interrupted' }), ENDING_MS);
		};
		signal.addEventListener('abort', cancelled, { once: true });
		try {
			for (const identifier of asked.identifiers) {
				if (signal.aborted || isOver) break;
				const exchange = find(line.connected.association, line.context, identifier, {
					characterSet: asked.characterSet,
				});
				const cancel = () => exchange.cancel();
				signal.addEventListener('abort', cancel, { once: true });
				for await (const { bytes } of exchange) {
					if (rows.length < MOST_ROWS && kept.bytes < MOST_BYTES) rows.push(kept.keep(bytes));
					else {
						isOver = true;
						exchange.cancel();
					}
				}
				signal.removeEventListener('abort', cancel);
				const { status } = await exchange.final;
				if (statusOf('C-FIND', status).class === 'failure') throw new Error('refused');
			}
			return rows;
		} finally {
			clearTimeout(cutting);
			signal.removeEventListener('abort', cancelled);
			if (line.connected.association.isOpen) way.give(line);
			else await way.drop(line);
		}
	}

	async #lineTo(node: string): Promise<NodeLine> {
		if (this.#line?.node === node) return this.#line.line;
		const before = this.#line?.line;
		const line = new NodeLine(this.#world, node);
		this.#line = { node, line };
		await before?.close();
		return line;
	}

	#remember(key: string, node: string, rows: readonly Dataset[]): void {
		this.#known.set(key, { node, rows });
		this.#knownRows += rows.length + 1;
		for (const [oldest, its] of this.#known) {
			if (this.#knownRows <= REMEMBERED_ROWS) break;
			this.#forget(oldest, its.rows);
		}
	}

	#forget(key: string, rows: readonly Dataset[]): void {
		this.#known.delete(key);
		this.#knownRows -= rows.length + 1;
	}

	#tell({ node, uid }: Wanted, state: 'here' | 'failed' | 'off', rows: readonly Dataset[]): void {
		this.#dispatch({ type: 'preview', at: this.#world.now(), node, uid, state, rows });
	}

	async close(): Promise<void> {
		this.stop();
		await this.#line?.line.close();
	}
}

const keyOf = ({ node, uid, query }: Wanted): string => JSON.stringify([node, query.level, uid]);
