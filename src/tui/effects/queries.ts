/** All queries that run: whole, in parts, why nothing matches, how many a saved one finds; an association a node among them. */
import type { Connected } from '../../association/requestor.ts';
import { PATIENT_ROOT_FIND, STUDY_ROOT_FIND, STUDY_ROOT_GET, STUDY_ROOT_MOVE } from '../../dicom/sop-classes.ts';
import { statusOf } from '../../dimse/status.ts';
import { DicomError } from '../../errors.ts';
import { find } from '../../services/query-scu.ts';
import { statusFailure } from '../../services/status-failure.ts';
import type { Action, Effect } from '../actions.ts';
import type { QuerySpec, SavedQuery } from '../browse/browse-state.ts';
import type { Asked, World } from '../world.ts';
import { type Line, NodeLine } from './line.ts';
import { explanationOf, NodeQuery } from './query.ts';

/** A saved query is counted so far. */
const MOST_COUNTED = 10_000;

export class Queries {
	readonly #world: World;
	readonly #dispatch: (action: Action) => void;
	readonly #lines = new Map<string, NodeLine>();
	readonly #running = new Set<NodeQuery>();
	/** What is asked beside them. */
	#aside: AbortController | undefined;

	constructor(world: World, dispatch: (action: Action) => void) {
		this.#world = world;
		this.#dispatch = dispatch;
	}

	/** @returns whether it is one of these effects */
	run(effect: Effect): boolean {
		switch (effect.do) {
			case 'query':
				for (const node of effect.nodes) this.#ask(effect.queryId, node, effect.query, false);
				return true;
			case 'past-limit':
				this.#ask(effect.queryId, effect.node, effect.query, true);
				return true;
			case 'stop-query':
				this.#aside?.abort();
				for (const query of this.#running) if (query.queryId === effect.queryId) query.stop(effect.isAbort);
				return true;
			case 'why':
				void this.#why(effect.node, effect.query, this.#newAside());
				return true;
			case 'count-queries':
				void this.#counted(effect.node, effect.queries, this.#newAside());
				return true;
			default:
				return false;
		}
	}

	/** The next query of the node opens an association; one that runs ends on its own. */
	leave(node: string): void {
		this.#lines.get(node)?.leave();
		this.#lines.delete(node);
	}

	#ask(queryId: number, node: string, query: QuerySpec, isInParts: boolean): void {
		const { line } = this.#lineTo(node);
		const asking = new NodeQuery(queryId, node, query, isInParts, {
			world: this.#world,
			dispatch: this.#dispatch,
			line,
		});
		this.#running.add(asking);
		void asking.run().finally(() => this.#running.delete(asking));
	}

	#newAside(): AbortSignal {
		this.#aside?.abort();
		this.#aside = new AbortController();
		return this.#aside.signal;
	}

	/** With an association of the node, which is given back afterwards; the signal aborts it. @throws DicomError */
	async #with<T>(
		node: string,
		query: QuerySpec,
		signal: AbortSignal,
		use: (line: Line, asked: Asked) => Promise<T>,
	): Promise<T> {
		const asked = await this.#world.asked(node, query);
		const { line: way } = this.#lineTo(node);
		const line = await way.take(asked, signal);
		const { association } = line.connected;
		const abort = () => void association.abort({ blame: 'interrupted' });
		signal.addEventListener('abort', abort, { once: true });
		try {
			return await use(line, asked);
		} finally {
			signal.removeEventListener('abort', abort);
			if (association.isOpen) way.give(line);
			else await way.drop(line);
		}
	}

	async #why(node: string, query: QuerySpec, signal: AbortSignal): Promise<void> {
		const { now } = this.#world;
		const say = (kind: 'note' | 'bad', text: string, more: object) =>
			this.#dispatch({ type: 'said', at: now(), kind, text, node, ...more });
		say('note', `asking ${node} without each key in turn`, {});
		try {
			const lines = await this.#with(node, query, signal, ({ connected }, asked) =>
				this.#world.why(connected, asked, signal),
			);
			const [title = 'no match', ...means] = lines;
			const found = means.find((line) => /excludes everything|matches nothing/.test(line));
			const advice = ['change the query in its form (:query)'];
			say('note', (found ?? title).trim(), { explanation: { title, means, do: advice } });
		} catch (error) {
			if (signal.aborted) return;
			const explanation = explanationOf(error, node, this.#world);
			say('bad', explanation.title, { explanation });
		}
	}

	/** One after the other; what cannot be asked is not counted. */
	async #counted(node: string, queries: readonly SavedQuery[], signal: AbortSignal): Promise<void> {
		for (const query of queries) {
			if (signal.aborted) return;
			const count = await this.#with(node, query, signal, (line, asked) => matchesOf(line, asked)).catch(
				() => undefined,
			);
			if (!signal.aborted) this.#dispatch({ type: 'counted', at: this.#world.now(), name: query.name, count });
		}
	}

	#lineTo(node: string): { readonly line: NodeLine } {
		const known = this.#lines.get(node);
		if (known !== undefined) return { line: known };
		const line = new NodeLine(this.#world, node, {
			connection: (connection) => this.#dispatch({ type: 'connection', at: this.#world.now(), node, connection }),
			negotiated: (connected) => this.#learned(node, connected),
		});
		this.#lines.set(node, line);
		return { line };
	}

	#learned(node: string, { accepted, answer }: Connected): void {
		const takes = (...uids: readonly string[]) => accepted.some((one) => uids.includes(one.abstractSyntax));
		const name = answer.userInformation.implementationVersionName;
		this.#dispatch({
			type: 'learned',
			at: this.#world.now(),
			node,
			learned: {
				canFind: takes(STUDY_ROOT_FIND, PATIENT_ROOT_FIND),
				canGet: takes(STUDY_ROOT_GET),
				canMove: takes(STUDY_ROOT_MOVE),
			},
			...(name === undefined ? {} : { words: `it is ${name}` }),
		});
	}

	async close(): Promise<void> {
		this.#aside?.abort();
		for (const query of this.#running) query.stop(true);
		await Promise.all([...this.#lines.values()].map((line) => line.close()));
	}
}

/** As many as there are, or so many that nobody wants to know how many more. @throws DicomError */
const matchesOf = async ({ connected, context }: Line, { identifiers, characterSet }: Asked): Promise<number> => {
	let count = 0;
	for (const identifier of identifiers) {
		const exchange = find(connected.association, context, identifier, { characterSet });
		for await (const batch of exchange.batches()) {
			count += batch.length;
			if (count >= MOST_COUNTED) exchange.cancel();
		}
		const final = await exchange.final;
		if (statusOf('C-FIND', final.status).class === 'failure') throw new DicomError(statusFailure('C-FIND', final));
		if (count >= MOST_COUNTED) break;
	}
	return count;
};
