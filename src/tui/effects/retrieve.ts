/** The effects `listen`, `retrieve` and `stop-retrieve`: jobs over runRetrieve, our receiver shared among them. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MONOTONIC } from '../../association/clock.ts';
import type { Explanation } from '../../diagnose/explanation.ts';
import type { Destination } from '../../diagnose/retrieve-outcomes.ts';
import type { QueryModelName } from '../../dicom/sop-classes.ts';
import { DicomError, type Failure } from '../../errors.ts';
import { AtOnce } from '../../retrieve/at-once.ts';
import type { MissingInstance, RetrieveEvent, RetrieveOutcome } from '../../retrieve/events.ts';
import type { Journal } from '../../retrieve/journal.ts';
import type { Keep } from '../../retrieve/receiving.ts';
import { runRetrieve } from '../../retrieve/run.ts';
import type { ByMove, RetrieveSettings } from '../../retrieve/settings.ts';
import { instancesUnit, split, type Unit } from '../../retrieve/unit.ts';
import type { Action, Effect, RetrieveChoice } from '../actions.ts';
import { ArrivalRoutes } from '../queue/arrival-routes.ts';
import type { Job } from '../queue/queue-state.ts';
import type { Listening, World } from '../world.ts';

/** As get and move have them: `--settle`, `--late`. */
const SETTLE_MS = 5_000;
const LATE_MS = 60_000;
/** So long what is cancelled at the end may take before it is aborted. */
const LEAVING_MS = 3_000;

interface Running {
	/** `C-MOVE` from when the peer has shown that it does no C-GET. */
	service: 'C-GET' | 'C-MOVE';
	readonly interrupt: AbortController;
	readonly abort: AbortController;
	readonly atOnce: AtOnce;
	readonly done: Promise<void>;
}

/** What differs for tests. */
export interface RetrieveTimes {
	readonly settleMs: number;
	readonly lateMs: number;
}

/** An action without its time. */
type Untimed<A> = A extends unknown ? Omit<A, 'at'> : never;

export class RetrieveEffects {
	readonly #world: World;
	readonly #dispatch: (action: Action) => void;
	readonly #times: RetrieveTimes;
	readonly #routes: ArrivalRoutes;
	readonly #running = new Map<number, Running>();
	/** Jobs that have had an answer. */
	readonly #learned = new Set<number>();
	#listening: Promise<Listening> | undefined;
	/** What is not complete at the end can be gone on with: also where nobody was asked, as by a signal. */
	#keeps = true;
	#isLeaving = false;

	constructor(
		world: World,
		dispatch: (action: Action) => void,
		times: RetrieveTimes = { settleMs: SETTLE_MS, lateMs: LATE_MS },
	) {
		this.#world = world;
		this.#dispatch = dispatch;
		this.#times = times;
		this.#routes = new ArrivalRoutes(() => world.now());
	}

	/** @returns whether it is one of these effects */
	run(effect: Effect): boolean {
		switch (effect.do) {
			case 'listen':
				void this.#listen().catch(() => {});
				return true;
			case 'retrieve':
				this.#begin(effect.job, effect.settings, effect.afterMs ?? 0);
				return true;
			case 'stop-retrieve': {
				const running = this.#running.get(effect.job);
				running?.interrupt.abort();
				if (effect.isAbort) running?.abort.abort();
				return true;
			}
			case 'at-once': {
				const running = this.#running.get(effect.job);
				if (running !== undefined) running.atOnce.count = effect.count;
				return true;
			}
			case 'quit':
				this.#keeps = effect.keepJournal;
				return false;
			default:
				return false;
		}
	}

	/** Cancels what runs, then aborts it, and closes the receiver. */
	async close(): Promise<void> {
		this.#isLeaving = true;
		this.#tell({ type: 'leaving', keeps: this.#keeps });
		const all = [...this.#running.values()];
		for (const { interrupt } of all) interrupt.abort();
		const timer = setTimeout(() => {
			for (const { abort } of all) abort.abort();
		}, LEAVING_MS);
		await Promise.all(all.map(({ done }) => done));
		clearTimeout(timer);
		const listening = await this.#listening?.catch(() => undefined);
		await listening?.close();
	}

	#tell(action: Untimed<Action>): void {
		this.#dispatch({ ...action, at: this.#world.now() } as Action);
	}

	// ---- our receiver -------------------------------------------------------------------------------------------------------

	/** One for all nodes and jobs, for as long as the program runs; one that could not listen is tried again. */
	#listen(): Promise<Listening> {
		this.#listening ??= this.#startListening().catch((error: unknown) => {
			this.#listening = undefined;
			throw error;
		});
		return this.#listening;
	}

	async #startListening(): Promise<Listening> {
		try {
			const listening = await this.#world.listen(
				this.#routes.keep,
				(event) => {
					this.#tell({ type: 'receiver', event });
					this.#routes.push(event);
				},
				() => this.#routes.takesAny,
			);
			const { aeTitle, onlyTitle, port, addresses } = listening;
			const only = onlyTitle === undefined ? {} : { onlyTitle };
			this.#tell({ type: 'receiver-state', state: 'listening', aeTitle, port, addresses, ...only });
			return listening;
		} catch (error) {
			const problem = error instanceof Error ? error.message : String(error);
			this.#tell({ type: 'receiver-state', state: 'failed', aeTitle: '', port: 0, addresses: [], problem });
			throw error;
		}
	}

	// ---- a job --------------------------------------------------------------------------------------------------------------

	#begin(job: Job, choice: RetrieveChoice, afterMs: number): void {
		if (this.#isLeaving) return;
		const interrupt = new AbortController();
		const abort = new AbortController();
		const { promise: done, resolve } = Promise.withResolvers<void>();
		const service = choice.how === 'get' ? 'C-GET' : 'C-MOVE';
		const running: Running = { service, interrupt, abort, atOnce: new AtOnce(choice.atOnce), done };
		this.#running.set(job.id, running);
		void this.#retrieve(job, choice, running, afterMs).finally(() => {
			this.#routes.over(job.id);
			if (this.#running.get(job.id) === running) this.#running.delete(job.id);
			resolve();
		});
	}

	async #retrieve(job: Job, choice: RetrieveChoice, running: Running, afterMs: number): Promise<void> {
		const { interrupt, abort, atOnce } = running;
		try {
			if (afterMs > 0) await passed(afterMs, interrupt.signal);
			if (interrupt.signal.aborted) return this.#tell({ type: 'retrieve-ended', job: job.id });
			const run = await this.#prepared(job, choice, running);
			const outcome = await runRetrieve(
				run.settings,
				(event) => {
					this.#learn(job, event);
					this.#dispatch({ type: 'retrieve', at: event.at, job: job.id, event });
				},
				{ interrupt: interrupt.signal, abort: abort.signal, atOnce },
			).finally(() => run.journal.close());
			if (isWhole(outcome) || (this.#isLeaving && !this.#keeps)) await rm(run.path, { force: true });
			this.#ended(job, run.settings.units, outcome, run.destination);
		} catch (error) {
			const failure: Failure =
				error instanceof DicomError
					? error.failure
					: { blame: 'io', code: 'ERROR', message: error instanceof Error ? error.message : String(error) };
			if (failure.blame === 'no-context') {
				const learned = running.service === 'C-GET' ? { canGet: false } : { canMove: false };
				this.#tell({ type: 'learned', node: job.node, learned, words: `accepts no ${running.service}` });
			}
			const explanation = interrupt.signal.aborted
				? {}
				: { failure, explanation: this.#world.explain(failure, job.node, running.service) };
			this.#tell({ type: 'retrieve-ended', job: job.id, ...explanation });
		}
	}

	async #prepared(job: Job, choice: RetrieveChoice, running: Running) {
		const { signal } = running.interrupt;
		const world = this.#world;
		const { node } = job;
		const model: QueryModelName = choice.model === 'patient' ? 'patient-root' : 'study-root';
		const folder = world.whole(choice.folder);
		const keep = choice.how === 'move-there' ? undefined : await world.keep(node, folder, choice.exists);
		const units =
			choice.only === undefined ? await this.#divided(job, choice, signal) : missingUnits(job.unit, choice.only);
		const known = (await world.nodes()).nodes.find(({ name }) => name === node);
		const us = known?.callingAeTitle;
		const { by, destination } = await this.#way(job, choice, units, keep, us);
		const open = await world.opener(node);
		const findOn = choice.destinationNode === undefined ? undefined : await world.opener(choice.destinationNode);
		const path = job.journal ?? join(world.stateFolder, 'journals', `${stamp(world)}-${job.id}.jsonl`);
		const journal: Journal = await world.journal(path, {
			node,
			model,
			service: choice.how === 'get' ? 'C-GET' : 'C-MOVE',
			destination: choice.how === 'move-there' ? choice.destination : folder,
		});
		this.#tell({ type: 'journaled', job: job.id, path });
		const settings: RetrieveSettings = {
			by,
			model,
			units,
			jobs: running.atOnce.count,
			contexts: 'auto',
			verify: choice.verify,
			settleMs: this.#times.settleMs,
			lateMs: this.#times.lateMs,
			retryMissing: 0,
			journal,
			open,
			...(findOn === undefined || !choice.verify ? {} : { findOn }),
			...(keep === undefined ? {} : { store: keep }),
			...(choice.how === 'get' && keep !== undefined
				? { fallback: () => this.#fallback(job, choice, units, keep, us, running) }
				: {}),
			peerAeTitle: known?.calledAeTitle ?? node,
			clock: { ...MONOTONIC, now: () => world.now() },
		};
		return { settings, journal, path, destination };
	}

	async #way(
		job: Job,
		choice: RetrieveChoice,
		units: readonly Unit[],
		keep: Keep | undefined,
		callingAeTitle: string | undefined,
	): Promise<{ readonly by: 'get' | ByMove; readonly destination: Destination | undefined }> {
		const { how, destination: title } = choice;
		if (how === 'get') return { by: 'get', destination: undefined };
		if (how === 'move-there' || keep === undefined) return { by: { moveTo: title }, destination: { aeTitle: title } };
		return this.#toUs(job, choice, units, keep, callingAeTitle);
	}

	async #toUs(
		job: Job,
		choice: RetrieveChoice,
		units: readonly Unit[],
		keep: Keep,
		callingAeTitle: string | undefined,
	): Promise<{ readonly by: ByMove; readonly destination: Destination }> {
		const { aeTitle: listensAs, onlyTitle, port, addresses } = await this.#listen();
		// The peer knows us by the title that we call it with.
		const aeTitle = onlyTitle ?? callingAeTitle ?? listensAs;
		const arrivals = this.#routes.expect(job.id, units, {
			keep,
			folder: choice.folder,
			exists: choice.exists,
			accept: choice.accept,
		});
		const [place] = addresses;
		const seen = this.#routes.seen;
		return {
			by: { moveTo: aeTitle, arrivals },
			destination: { aeTitle, ...(place === undefined ? {} : { place }), receiver: { port, ...seen } },
		};
	}

	/** The peer does no C-GET: it is asked to send to us, as `get` does. @throws DicomError io where our receiver cannot listen */
	async #fallback(
		job: Job,
		choice: RetrieveChoice,
		units: readonly Unit[],
		keep: Keep,
		callingAeTitle: string | undefined,
		running: Running,
	): Promise<ByMove> {
		this.#tell({ type: 'learned', node: job.node, learned: { canGet: false }, words: 'accepts no C-GET' });
		running.service = 'C-MOVE';
		this.#learned.delete(job.id);
		await this.#routes.isFree(choice, running.interrupt.signal);
		return (await this.#toUs(job, choice, units, keep, callingAeTitle)).by;
	}

	/** Series are told by name also where their instances are asked for one by one. */
	async #divided({ id, node, unit }: Job, choice: RetrieveChoice, signal: AbortSignal): Promise<readonly Unit[]> {
		const { units, series } = await this.#world.divided(node, unit, choice.unit, choice.model, signal);
		if (series.length > 0) this.#tell({ type: 'series-known', job: id, series });
		return units;
	}

	/** That it answers such requests is worth knowing for the next dialog. */
	#learn({ id, node }: Job, event: RetrieveEvent): void {
		if (event.kind !== 'response' || this.#learned.has(id)) return;
		this.#learned.add(id);
		const learned = this.#running.get(id)?.service === 'C-GET' ? { canGet: true } : { canMove: true };
		this.#tell({ type: 'learned', node, learned });
	}

	#ended(job: Job, units: readonly Unit[], outcome: RetrieveOutcome, destination: Destination | undefined): void {
		let explanation: Explanation | undefined;
		for (const result of outcome.units)
			explanation ??= this.#world.explainUnit(job.node, units[result.unit], result, outcome.service, destination);
		this.#tell({
			type: 'retrieve-ended',
			job: job.id,
			outcome,
			...(explanation === undefined ? {} : { explanation }),
		});
	}
}

/** Of what is complete no journal is needed. */
const isWhole = ({ units }: RetrieveOutcome): boolean =>
	units.every(
		({ verdict }) => verdict === 'complete' || verdict === 'more-than-expected' || verdict === 'complete-before',
	);

/** Those that failed and no others, by series; of a series that is not known, all together. */
const missingUnits = (unit: Unit, only: readonly MissingInstance[]): readonly Unit[] => {
	const groups = new Map<string, MissingInstance[]>();
	for (const one of only) {
		const key = `${one.studyUid ?? ''}\n${one.seriesUid ?? ''}`;
		groups.set(key, [...(groups.get(key) ?? []), one]);
	}
	return [...groups.values()].flatMap((some) => {
		const [first] = some;
		const uids = some.map(({ sopInstanceUid }) => sopInstanceUid);
		if (first === undefined) return [];
		const { label } = unit;
		return split({ ...instancesUnit(unit, first, uids), ...(label === undefined ? {} : { label }) });
	});
};

/** When a journal was begun, as part of its name: `20241103-120611-482`. */
const stamp = (world: World): string =>
	new Date(world.epochMs + world.now())
		.toISOString()
		.slice(0, 23)
		.replaceAll(/[-:]/g, '')
		.replace('T', '-')
		.replace('.', '-');

const passed = (ms: number, signal: AbortSignal): Promise<void> =>
	new Promise((resolve) => {
		const over = (): void => {
			clearTimeout(timer);
			resolve();
		};
		const timer = setTimeout(over, ms);
		signal.addEventListener('abort', over, { once: true });
	});
