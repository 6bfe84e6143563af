/** Queries on their way: one C-FIND after the other on each node that is asked, rows handed on in batches as they come. */
import type { Association } from '../../association/association.ts';
import type { Dataset } from '../../dicom/dataset.ts';
import { statusOf } from '../../dimse/status.ts';
import { DicomError } from '../../errors.ts';
import { countText } from '../../output/quantities.ts';
import { QueryTally } from '../../output/query-tally.ts';
import type { PartAnswer } from '../../services/exhaustive-query.ts';
import { type MatchKeys, matchKeys } from '../../services/query-parts.ts';
import { find, type Match } from '../../services/query-scu.ts';
import { statusFailure } from '../../services/status-failure.ts';
import type { Action } from '../actions.ts';
import type { QuerySpec } from '../browse/browse-state.ts';
import { KeptRows } from '../browse/kept-rows.ts';
import { shownOf } from '../row-words.ts';
import type { Asked, World } from '../world.ts';
import type { Line, NodeLine } from './line.ts';
import { RowBatches } from './rows.ts';

/** More is nothing that anybody looks through on a screen, and memory ends somewhere. */
export const MOST_ROWS = 200_000;
const MOST_BYTES = 300 * 1024 * 1024;
/** So long a cancelled query may take to end; then the association is given up. */
const ENDING_MS = 30_000;
/** Refused for want of resources, and the response limit of a repository query: what came before is not all. */
const ENDS_EARLY: ReadonlySet<number> = new Set([0xa700, 0xb001]);

type End = Extract<Action, { readonly type: 'query-ended' }>['end'];

export interface QueryParts {
	readonly world: World;
	readonly dispatch: (action: Action) => void;
	readonly line: NodeLine;
	readonly mostRows?: number;
	readonly mostBytes?: number;
	readonly endingMs?: number;
}

/** One query of one node. */
export class NodeQuery {
	readonly queryId: number;
	readonly node: string;
	readonly #query: QuerySpec;
	readonly #isInParts: boolean;
	readonly #parts: QueryParts;
	readonly #stop = new AbortController();
	readonly #rows: RowBatches;
	readonly #mostRows: number;
	readonly #mostBytes: number;
	#kept: KeptRows | undefined;
	#cutting: NodeJS.Timeout | undefined;
	readonly #warnings: string[] = [];
	#tally: QueryTally | undefined;
	#association: Association | undefined;
	#cancel: (() => void) | undefined;
	#count = 0;
	#isTooMany = false;
	#hasAnswered = false;

	constructor(queryId: number, node: string, query: QuerySpec, isInParts: boolean, parts: QueryParts) {
		this.queryId = queryId;
		this.node = node;
		this.#query = query;
		this.#isInParts = isInParts;
		this.#parts = parts;
		this.#mostRows = parts.mostRows ?? MOST_ROWS;
		this.#mostBytes = parts.mostBytes ?? MOST_BYTES;
		this.#rows = new RowBatches((rows) => parts.dispatch({ type: 'rows', at: parts.world.now(), queryId, node, rows }));
	}

	/** C-CANCEL, or an end of the attempt to connect; A-ABORT where that is asked for. */
	stop(isAbort: boolean): void {
		if (!this.#stop.signal.aborted) {
			this.#rows.flush();
			this.#stop.abort();
			this.#cancel?.();
			this.#endSoon();
		}
		if (isAbort) this.#abort();
	}

	/** A peer that ignores the cancel is not listened to for ever. */
	#endSoon(): void {
		this.#cutting ??= setTimeout(() => this.#abort(), this.#parts.endingMs ?? ENDING_MS);
	}

	#abort(): void {
		void this.#association?.abort({ blame: 'interrupted' });
	}

	/** Tells everything by actions; never rejects. */
	async run(): Promise<void> {
		const { world, dispatch } = this.#parts;
		let end: End;
		let failure: unknown;
		try {
			end = await this.#all();
		} catch (error) {
			failure = error;
			end = this.#isTooMany ? 'too-many' : this.#stop.signal.aborted ? 'stopped' : 'failed';
		}
		clearTimeout(this.#cutting);
		this.#rows.flush();
		dispatch({
			type: 'query-ended',
			at: world.now(),
			queryId: this.queryId,
			node: this.node,
			end,
			warnings: this.#warnings,
			...(end === 'failed' ? { explanation: explanationOf(failure, this.node, world) } : {}),
		});
	}

	async #all(): Promise<End> {
		const { world, line } = this.#parts;
		const asked = await world.asked(this.node, this.#query);
		this.#tally = new QueryTally(asked.level, asked.characterSet);
		let taken = await line.take(asked, this.#stop.signal);
		try {
			return await this.#ask(taken, asked);
		} catch (error) {
			// A peer may leave an idle association at any time, also just now.
			if (!taken.isKept || this.#hasAnswered || this.#stop.signal.aborted || !isLost(error)) throw error;
			await line.drop(taken);
			taken = await line.take(asked, this.#stop.signal);
			return await this.#ask(taken, asked);
		} finally {
			if (taken.connected.association.isOpen) line.give(taken);
			else await line.drop(taken);
		}
	}

	async #ask(line: Line, asked: Asked): Promise<End> {
		const { world } = this.#parts;
		this.#association = line.connected.association;
		this.#kept = new KeptRows(line.context.transferSyntax, asked.characterSet, this.node);
		let end: End = 'complete';
		for (const identifier of asked.identifiers) {
			if (this.#isOver) break;
			const one = this.#isInParts
				? await this.#inParts(line, asked, identifier)
				: await this.#whole(line, asked, identifier);
			if (one !== 'complete') end = one;
		}
		if (this.#tally !== undefined) this.#warnings.push(...world.warnings(this.node, asked, this.#tally));
		if (this.#isTooMany) return 'too-many';
		return this.#stop.signal.aborted ? 'stopped' : end;
	}

	get #isOver(): boolean {
		return this.#stop.signal.aborted || this.#isTooMany;
	}

	async #whole(line: Line, asked: Asked, identifier: Dataset): Promise<End> {
		const { world } = this.#parts;
		const { status, count, isCancelled, final } = await this.#exchange(line, asked, identifier, () => {});
		if (isCancelled) return 'stopped';
		const { class: kind, meaning } = statusOf('C-FIND', status);
		if (kind === 'cancel') {
			this.#warnings.push(`${this.node} ended the query with FE00 (cancel), and nobody had asked for that: more exist`);
			return 'cut-off';
		}
		if (kind === 'failure') throw new DicomError(statusFailure('C-FIND', final));
		if (kind === 'warning') this.#warnings.push(`the query ended with a warning: ${meaning}`);
		return world.judge(this.node, count);
	}

	async #inParts(line: Line, asked: Asked, identifier: Dataset): Promise<End> {
		const { world, dispatch } = this.#parts;
		const ask = async (part: Dataset): Promise<PartAnswer> => {
			const matches: MatchKeys[] = [];
			const { status, isCancelled, final } = await this.#exchange(
				line,
				asked,
				part,
				(row) => {
					matches.push(matchKeys(row));
				},
				identifier,
			);
			const { class: kind } = statusOf('C-FIND', status);
			const isCutOff = !isCancelled && (kind === 'cancel' || ENDS_EARLY.has(status));
			if (kind === 'failure' && !isCutOff && !isCancelled) throw new DicomError(statusFailure('C-FIND', final));
			return { matches, isCutOff };
		};
		const says = (text: string) => dispatch({ type: 'said', at: world.now(), kind: 'note', text, node: this.node });
		const { queries, warnings, isComplete } = await world.inParts(this.node, identifier, ask, () => this.#isOver, says);
		this.#warnings.push(...warnings);
		says(`asked in ${countText(queries, 'query', 'queries')}`);
		return isComplete ? 'complete' : 'cut-off';
	}

	async #exchange(
		{ connected, context }: Line,
		{ characterSet }: Asked,
		identifier: Dataset,
		matched: (row: Dataset) => void,
		whole = identifier,
	) {
		const exchange = find(connected.association, context, identifier, { characterSet });
		this.#cancel = () => exchange.cancel();
		let count = 0;
		for await (const batch of exchange.batches()) {
			this.#hasAnswered = true;
			count += batch.length;
			for (const match of batch) {
				if (this.#isOver) break;
				matched(match.dataset);
				this.#take(match, whole);
			}
			if (this.#isTooMany) {
				exchange.cancel();
				this.#endSoon();
			}
			await this.#rows.breath();
		}
		this.#cancel = undefined;
		const final = await exchange.final;
		return { status: final.status, count, isCancelled: exchange.isCancelled, final };
	}

	#take(match: Match, identifier: Dataset): void {
		const contradicted = this.#tally?.take(match, identifier, this.#isInParts);
		if (contradicted === undefined || this.#kept === undefined) return;
		this.#tally?.shown(match.dataset);
		// At once, so that of what was decoded nothing waits for the batch.
		const shown = shownOf(match.dataset, this.#query.level);
		this.#rows.push(this.#kept.keepRow(match.bytes, { ...shown, doubtful: contradicted.length > 0 }));
		this.#isTooMany = ++this.#count >= this.#mostRows || this.#kept.bytes >= this.#mostBytes;
	}
}

const isLost = (error: unknown): boolean =>
	error instanceof DicomError && (error.failure.blame === 'aborted' || error.failure.blame === 'connect');

/** What was thrown, in three parts; what is no failure is a bug of ours and says so. */
export const explanationOf = (error: unknown, node: string, world: World, service = 'C-FIND') =>
	error instanceof DicomError
		? world.explain(error.failure, node, service)
		: {
				title: `a bug of this program: ${error instanceof Error ? error.message : String(error)}`,
				means: [],
				do: ['please report it with this line'],
			};
