/** A queue as it comes to be: keys pressed and events heard, one after the other, through the reducer. */
import type { Explanation } from '../../src/diagnose/explanation.ts';
import type { Counts, MissingInstance, RetrieveEvent, RetrieveOutcome, UnitResult } from '../../src/retrieve/events.ts';
import type { Action, Effect } from '../../src/tui/actions.ts';
import type { ActionName } from '../../src/tui/keys.ts';
import { reduce } from '../../src/tui/reduce.ts';
import type { Job, State } from '../../src/tui/state.ts';

type Untimed<A> = A extends unknown ? Omit<A, 'at'> : never;

export class Queueing {
	state: State;
	readonly effects: Effect[] = [];
	readonly #started: number;

	constructor(state: State) {
		this.state = state;
		this.#started = state.now;
	}

	/** Milliseconds since the beginning. */
	at(ms: number): this {
		this.state = { ...this.state, now: this.#started + ms };
		return this;
	}

	heard(action: Untimed<Action>): this {
		const { state, effects } = reduce(this.state, { ...action, at: this.state.now } as Action);
		this.state = state;
		this.effects.push(...effects);
		return this;
	}

	press(...actions: readonly ActionName[]): this {
		for (const action of actions) this.heard({ type: 'key', action });
		return this;
	}

	type(text: string): this {
		return this.heard({ type: 'text', text });
	}

	event(job: number, event: Untimed<RetrieveEvent>): this {
		return this.heard({ type: 'retrieve', job, event: { ...event, at: this.state.now } as RetrieveEvent });
	}

	ended(job: number, outcome?: RetrieveOutcome, explanation?: Explanation): this {
		return this.heard({
			type: 'retrieve-ended',
			job,
			...(outcome === undefined ? {} : { outcome }),
			...(explanation === undefined ? {} : { explanation }),
		});
	}

	job(id: number): Job {
		const job = this.state.queue.jobs.find((one) => one.id === id);
		if (job === undefined) throw new Error(`no job ${id}`);
		return job;
	}

	done<Do extends Effect['do']>(name: Do): readonly Extract<Effect, { readonly do: Do }>[] {
		return this.effects.filter((one): one is Extract<Effect, { readonly do: Do }> => one.do === name);
	}
}

export const STUDY = '1.2.840.113619.2.55.3.2831.001.20241103';

/** So many instances of a series arrive, evenly until now. */
export const arrivals = (
	queueing: Queueing,
	job: number,
	unit: number,
	seriesUid: string,
	count: number,
	[from, until]: readonly [number, number],
	before = 0,
	bytesBefore = 0,
): Queueing => {
	for (let number = 1; number <= count; number++)
		queueing.at(from + ((until - from) * number) / count).event(job, {
			kind: 'arrived',
			unit,
			instance: {
				sopInstanceUid: `${seriesUid}.${number}`,
				sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
				transferSyntaxUid: '1.2.840.10008.1.2.1',
				studyUid: STUDY,
				seriesUid,
				bytes: 561_000,
				outcome: 'new',
				calling: 'PACS_MAIN',
				association: 12,
			},
			arrived: before + number,
			bytes: bytesBefore + number * 561_000,
		});
	return queueing;
};

export const result = (unit: number, more: Partial<UnitResult> = {}): UnitResult => ({
	unit,
	verdict: 'complete',
	verified: true,
	expected: 240,
	expectedFrom: 'instances',
	claimed: { completed: 240, failed: 0, warning: 0, remaining: 0 },
	arrived: 240,
	bytes: 131_000_000,
	missingCount: 0,
	missing: [],
	elapsedMs: 11_000,
	attempts: 1,
	...more,
});

export const outcome = (...units: readonly UnitResult[]): RetrieveOutcome => ({
	units,
	isInterrupted: false,
	service: 'C-MOVE',
	arrived: units.reduce((sum, { arrived }) => sum + arrived, 0),
	bytes: units.reduce((sum, { bytes }) => sum + bytes, 0),
	unmet: [],
	strays: 0,
	jobs: 1,
	elapsedMs: 11_000,
});

export const CSA = '1.3.12.2.1107.5.9.1';

export const refused = (number: number): MissingInstance => ({
	sopInstanceUid: `1.3.12.2.1107.5.1.4.4471.88.${number}`,
	sopClassUid: CSA,
	studyUid: STUDY,
	seriesUid: `${STUDY}.4`,
	why: { cause: 'no-context', by: 'us', sopClassUid: CSA },
});

export const counts = (completed: number, failed: number, remaining: number): Counts => ({
	completed,
	failed,
	warning: 0,
	remaining,
});
