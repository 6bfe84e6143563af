/** A queue as it comes to be: keys pressed and events heard, one after the other, through the reducer. */
import type { Explanation } from '../../src/diagnose/explanation.ts';
import type { Counts, MissingInstance, RetrieveEvent, RetrieveOutcome, UnitResult } from '../../src/retrieve/events.ts';
import type { Action, Effect } from '../../src/tui/actions.ts';
import type { ActionName } from '../../src/tui/keys.ts';
import type { Job } from '../../src/tui/queue/queue-state.ts';
import { reduce } from '../../src/tui/reduce.ts';
import type { State } from '../../src/tui/state.ts';
import { sampleState } from '../support/sample-state.ts';

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

/** Browse with its studies, none marked; the receiver listens. */
export const begun = (): Queueing => {
	const state = sampleState();
	const levels = state.browse.levels.map((level) => ({
		...level,
		rows: level.rows.map((row) => ({ ...row })),
		marked: new Set<string>(),
		at: 0,
	}));
	const queueing = new Queueing({
		...state,
		overlays: [],
		screen: 'browse',
		status: undefined,
		problems: [],
		browse: { ...state.browse, levels },
	});
	const addresses = ['10.20.9.14:11113'];
	return queueing.heard({ type: 'receiver-state', state: 'listening', aeTitle: 'WS01', port: 11113, addresses });
};

/** What `.` begins. */
export const choosing = (queueing: Queueing, how: 'get' | 'move-here' | 'move-there', atOnce = 1): Queueing => {
	const lastChoice = {
		how,
		destination: how === 'move-there' ? 'ARCHIVE2' : '',
		folder: '/data/dicom',
		exists: 'skip',
		unit: 'study',
		model: 'study',
		atOnce: 1,
		verify: true,
		accept: 'storage',
	} as const;
	queueing.state = {
		...queueing.state,
		screen: 'browse',
		queue: { ...queueing.state.queue, atOnce, lastChoice },
	};
	return queueing;
};

/** With its one request out. */
export const planned = (queueing: Queueing, id: number): Queueing =>
	queueing
		.event(id, { kind: 'planned', units: [queueing.job(id).unit], states: ['waiting'] })
		.event(id, { kind: 'unit-started', unit: 0, attempt: 1, service: `C-${queueing.job(id).how}`, association: 7 });

const SERIES = [
	{ seriesUid: `${STUDY}.1`, number: '1', modality: 'CT', description: 'SCOUT', count: 2 },
	{ seriesUid: `${STUDY}.2`, number: '2', modality: 'CT', description: 'AXIAL 1.25', count: 305 },
	{ seriesUid: `${STUDY}.3`, number: '3', modality: 'CT', description: 'CORONAL 2', count: 244 },
	{ seriesUid: `${STUDY}.4`, number: '4', modality: 'CT', description: 'SAGITTAL 2', count: 61 },
];

export const CALLED = {
	kind: 'called',
	association: 12,
	from: { address: '10.20.1.5', port: 40112 },
	calling: 'PACS_MAIN',
	called: 'WS01',
	accepted: 17,
	refused: [{ abstractSyntax: CSA, transferSyntaxes: [], result: 3 }],
	expectedTitle: true,
} as const;

/** As in the wireframe of the specification: one done by C-GET, one in its middle by C-MOVE to us, one that waits behind it. */
export const three = (): Queueing => {
	const queueing = choosing(begun(), 'get').press('down', 'retrieveAgain').at(1000);
	planned(queueing, 1).event(1, { kind: 'expected', unit: 0, from: 'instances', count: 240, series: [] });
	arrivals(queueing, 1, 0, `${STUDY}.9`, 240, [1000, 11_000]);
	queueing.event(1, { kind: 'unit-settled', unit: 0, result: result(0) }).ended(1, outcome(result(0)));

	choosing(queueing, 'move-here').press('up', 'retrieveAgain', 'down', 'down', 'retrieveAgain').at(20_000);
	planned(queueing, 2).event(2, { kind: 'expected', unit: 0, from: 'instances', count: 612, series: SERIES });
	queueing.heard({ type: 'receiver', event: CALLED });
	arrivals(queueing, 2, 0, `${STUDY}.1`, 2, [20_000, 20_200]);
	arrivals(queueing, 2, 0, `${STUDY}.2`, 169, [20_200, 29_100], 2, 1_122_000);
	for (const number of [1, 2]) {
		const { sopInstanceUid, sopClassUid = '' } = refused(number);
		const error = 'our receiver takes no such class';
		queueing.event(2, { kind: 'not-stored', unit: 0, sopInstanceUid, sopClassUid, status: 0x0122, error });
	}
	queueing.at(29_200).event(2, { kind: 'response', unit: 0, status: 0xff00, counts: counts(171, 2, 439) });
	return queueing.at(29_600).press('queue', 'first', 'down');
};

/** The second job, not complete in the end. */
export const incomplete = (): Queueing => {
	const queueing = three().at(51_000);
	const end = result(0, {
		verdict: 'incomplete',
		expected: 612,
		claimed: counts(610, 2, 0),
		arrived: 610,
		bytes: 342_000_000,
		missingCount: 2,
		missing: [refused(1), refused(2)],
		final: { service: 'C-MOVE', status: 0xb000 },
	});
	const final = { service: 'C-MOVE', status: 0xb000 } as const;
	queueing.event(2, { kind: 'final', unit: 0, final, counts: counts(610, 2, 0), failedSopInstanceUids: [] });
	queueing.event(2, { kind: 'unit-settled', unit: 0, result: end });
	const explanation = { title: 'main: 2 of 612 instances are missing', means: ['a private class'], do: ['T'] };
	return queueing.ended(2, outcome(end), explanation);
};
