/** A job and what its retrieve tells of it: every number is kept with its source, and none is made of another. */
import type {
	ArrivedInstance,
	Counts,
	ExpectedFrom,
	ExpectedSeries,
	MissingInstance,
	RetrieveEvent,
} from '../../retrieve/events.ts';
import type { Unit } from '../../retrieve/unit.ts';
import type { RetrieveChoice } from '../actions.ts';
import {
	added,
	anew,
	askedIn,
	atLeast,
	claimOf,
	delivered,
	deliveredOf,
	EMPTY_PART,
	heardNow,
	thereOf,
} from './job-parts.ts';
import type { Job, JobPart, JobSeries, Wanted } from './queue-state.ts';

/** So many of what a person should know of a job are kept. */
const MOST_NOTES = 20;
/** Failed instances that are kept by name before the verdict; then the verdict's own list counts. */
const MOST_FAILURES = 10_000;
export const RATE_SECONDS = 60;

const EMPTY = { arrived: 0, bytes: 0, done: 0, claimed: {} };

export const newJob = (
	id: number,
	node: string,
	wanted: Wanted,
	choice: RetrieveChoice,
	to: { readonly title: string; readonly folder: string },
): Job => ({
	...wanted,
	id,
	node,
	how: choice.how === 'get' ? 'GET' : 'MOVE',
	to: to.title,
	folder: to.folder,
	choice,
	state: 'waiting',
	base: EMPTY,
	losses: 0,
	isPausing: false,
	sendsNone: false,
	waitingFor: undefined,
	startedAt: undefined,
	endedAt: undefined,
	claimed: undefined,
	lastResponseAt: undefined,
	lastStatus: undefined,
	lastSignAt: undefined,
	arrived: 0,
	bytes: 0,
	from: undefined,
	expected: wanted.instances,
	expectedFrom: wanted.instances === undefined ? '' : 'the answer to the query',
	series: [],
	parts: [],
	failures: [],
	rates: [],
	byteRates: [],
	ratesAt: 0,
	result: undefined,
	notes: [],
	explanation: undefined,
	associations: 0,
});

/** C-GET was asked for, and the peer does not do it. */
export const hasFallenBack = ({ how, choice }: Pick<Job, 'how' | 'choice'>): boolean =>
	how === 'MOVE' && choice.how === 'get';

/** Instances go to another AE: what arrives there is not seen here. */
export const isElsewhere = ({ choice }: Pick<Job, 'choice'>): boolean => choice.how === 'move-there';

/** The job as it is when its retrieve begins, or goes on: nothing that was seen before is lost. */
export const begun = (job: Job, at: number): Job => ({
	...job,
	state: 'running',
	startedAt: job.startedAt === undefined ? at : job.startedAt + (at - (job.heldAt ?? at)),
	heldAt: undefined,
	parts: job.parts.map((part) => ({ ...part, askedAt: undefined, isAnswered: false })),
	endedAt: undefined,
	waitingFor: undefined,
	isPausing: false,
	explanation: undefined,
	result: undefined,
	lastResponseAt: undefined,
	lastStatus: undefined,
	lastSignAt: at,
});

/** Asked again, where they are known for some of its instances only: what is there already stays counted. */
export const again = (job: Job, only: readonly MissingInstance[]): Job => {
	const isWhole = only.length === 0;
	const claimed = isWhole ? job.base.claimed : settledClaim(job, only.length);
	return totalled({
		...job,
		state: 'waiting',
		choice: { ...job.choice, ...(isWhole ? {} : { only }) },
		base: {
			arrived: isWhole ? job.base.arrived : job.arrived,
			bytes: job.bytes,
			done: isElsewhere(job) && job.arrived === 0 ? deliveredOf(isWhole ? job.claimed : claimed) : job.arrived,
			claimed,
		},
		parts: isWhole ? job.parts.map(anew) : [],
		losses: 0,
		startedAt: undefined,
		heldAt: undefined,
		endedAt: undefined,
		waitingFor: undefined,
		explanation: undefined,
		result: undefined,
	});
};

/** What the peer says it has delivered; none of those that are asked for again, whatever it said of them. */
const settledClaim = ({ claimed, expected = Number.POSITIVE_INFINITY }: Job, again: number): Counts => {
	const { completed, warning } = delivered(claimed ?? {});
	const most = Math.max(0, expected - again - (warning ?? 0));
	return delivered({
		...(completed === undefined ? {} : { completed: Math.min(completed, most) }),
		...(warning === undefined ? {} : { warning }),
	});
};

/** @param callers who calls our receiver, by association */
export const jobAfter = (job: Job, event: RetrieveEvent, callers: ReadonlyMap<number, string> | undefined): Job => {
	switch (event.kind) {
		case 'planned':
			return planned(job, event.units);
		case 'association-opened':
			return { ...job, associations: job.associations + 1, hasConnected: true, lastSignAt: event.at };
		case 'association-closed':
			return { ...job, associations: Math.max(0, job.associations - 1) };
		case 'unit-started': {
			const { service, destination } = event;
			// C-GET was refused, and our receiver is sent to.
			const isOther = service === 'C-MOVE' && job.how === 'GET';
			return {
				...withPart(job, event.unit, (part) => askedIn(part, event.only, event.at)),
				lastSignAt: event.at,
				waitingFor: undefined,
				...(isOther ? { how: 'MOVE', to: destination ?? '' } : {}),
			};
		}
		case 'expected':
			return expectedOf(job, event);
		case 'response':
			return responded(job, event);
		case 'final':
			return {
				...withPart(job, event.unit, (part) => ({
					...part,
					before: heardNow({ ...part, running: event.counts }),
					running: undefined,
					isAnswered: true,
				})),
				lastResponseAt: event.at,
				lastSignAt: event.at,
				lastStatus: event.final.status,
			};
		case 'arrived':
			return arrivedIn(job, event, callers);
		case 'not-stored':
			return event.unit === undefined ? job : refusedIn(job, event);
		case 'waiting':
			return waitingFor(
				withPart(job, event.unit, (part) => ({ ...part, late: event.missing })),
				event.until,
			);
		case 'note':
			return noted(job, event);
		case 'unit-settled':
			return settledIn(job, event);
	}
};

/** What an earlier run of the same units has seen of them stays; its bytes are counted by it alone. */
const planned = (job: Job, units: readonly Unit[]): Job => {
	const isSame = job.parts.length === units.length;
	const parts = units.map(({ seriesUid }, index): JobPart => {
		const before = isSame ? job.parts[index] : undefined;
		return before === undefined ? { ...EMPTY_PART, series: seriesUid?.split('\\') ?? [] } : anew(before);
	});
	const base = isSame ? { ...job.base, bytes: job.bytes } : job.base;
	return totalled({ ...job, parts, base });
};

/** Their number, name and how many are wanted of each. */
export const withKnownSeries = (job: Job, series: readonly ExpectedSeries[]): Job => ({
	...job,
	series: series.reduce<readonly JobSeries[]>(
		(all, one) =>
			withSeries(all, one.seriesUid, (known) => ({
				...known,
				...(isElsewhere(job) ? {} : { arrived: known.arrived ?? 0 }),
				number: one.number ?? known.number,
				title: [one.modality, one.description].filter((text) => text !== undefined).join(' ') || known.title,
				expected: one.count ?? known.expected,
			})),
		job.series,
	),
});

const expectedOf = (job: Job, event: RetrieveEvent & { readonly kind: 'expected' }): Job => {
	const uids = event.series.map(({ seriesUid }) => seriesUid);
	const counted = withPart(job, event.unit, (part) => ({
		...part,
		expected: event.count,
		series: uids.length === 0 ? part.series : uids,
	}));
	const known = withKnownSeries(counted, event.series);
	// Of a few instances that are asked for again nothing is learned of all of it.
	if (job.choice.only !== undefined) return known;
	const counts = known.parts.map((part) => part.expected);
	const sum = counts.reduce<number | undefined>(
		(all, one) => (all === undefined || one === undefined ? undefined : all + one),
		0,
	);
	if (sum === undefined) return known;
	return { ...known, expected: sum, expectedFrom: EXPECTED_FROM[event.from] };
};

const EXPECTED_FROM: Readonly<Record<ExpectedFrom, string>> = {
	instances: 'IMAGE-level query',
	asked: 'asked for by UID',
	'series-counts': 'counts of the series, by the peer',
	'study-count': 'count of the study, by the peer',
	'first-response': "sum of the peer's first response",
	nothing: 'nobody knows',
};

/** Of what goes elsewhere the rate is the peer's word too. */
const responded = (job: Job, event: RetrieveEvent & { readonly kind: 'response' }): Job => {
	const { at, unit, counts, status } = event;
	const heard = withPart(job, unit, (part) => ({ ...part, running: counts, isAnswered: false }));
	const more = deliveredOf(heard.claimed) - deliveredOf(job.claimed);
	const rates = isElsewhere(job) && more > 0 ? rated(job, at, 0, more) : {};
	return { ...heard, ...rates, lastResponseAt: at, lastSignAt: at, lastStatus: status, sendsNone: false };
};

const arrivedIn = (
	job: Job,
	event: RetrieveEvent & { readonly kind: 'arrived' },
	callers: ReadonlyMap<number, string> | undefined,
): Job => {
	const { unit, instance, at } = event;
	const part = unit === undefined ? undefined : job.parts[unit];
	const from = callers?.get(instance.association) ?? `${job.node}, calling as ${instance.calling}`;
	// It came before, or is none of what was asked for.
	if (unit === undefined || part === undefined || event.arrived <= part.arrived)
		return { ...job, from, lastSignAt: at };
	const counted = withPart(job, unit, (one) => ({ ...one, arrived: event.arrived, bytes: event.bytes }));
	return {
		...counted,
		...rated(counted, at, instance.bytes),
		from,
		lastSignAt: at,
		failures: job.failures.filter(({ sopInstanceUid }) => sopInstanceUid !== instance.sopInstanceUid),
		series: seriesArrived(counted.series, instance),
	};
};

const seriesArrived = (series: readonly JobSeries[], { seriesUid }: ArrivedInstance): readonly JobSeries[] =>
	seriesUid === '' ? series : withSeries(series, seriesUid, (one) => ({ ...one, arrived: (one.arrived ?? 0) + 1 }));

const refusedIn = (job: Job, event: RetrieveEvent & { readonly kind: 'not-stored' }): Job => {
	const { sopInstanceUid, sopClassUid, status, error } = event;
	const others = job.failures.filter((one) => one.sopInstanceUid !== sopInstanceUid);
	if (others.length >= MOST_FAILURES) return job;
	const why = { cause: 'refused-here', error, ...(status === undefined ? {} : { status }) } as const;
	return { ...job, failures: [...others, { sopInstanceUid, sopClassUid, why }] };
};

/** What is late of all requests together; nothing where that is none. */
const waitingFor = (job: Job, until: number | undefined): Job => {
	const late = job.parts.reduce((sum, part) => sum + (part.late ?? 0), 0);
	const what = { text: `waiting for ${late} more that may come late`, ...(until === undefined ? {} : { until }) };
	return { ...job, waitingFor: late === 0 ? undefined : what };
};

const noted = (job: Job, event: RetrieveEvent & { readonly kind: 'note' }): Job => ({
	...job,
	notes: [...job.notes, event.text].slice(-MOST_NOTES),
	sendsNone: job.sendsNone || event.code === 'no-progress',
	...(event.code === 'tried-again' || event.code === 'retry-missing' ? { waitingFor: { text: event.text } } : {}),
});

/** The verdict knows better than what was added up on the way. */
const settledIn = (job: Job, event: RetrieveEvent & { readonly kind: 'unit-settled' }): Job => {
	const { result } = event;
	const judged = withPart(job, event.unit, (part) => ({
		...part,
		before: atLeast(heardNow(part), result.claimed),
		running: undefined,
		// Of what an earlier run has settled this one has seen nothing.
		arrived: result.verdict === 'complete-before' ? Math.max(part.arrived, result.arrived) : result.arrived,
		late: 0,
		bytes: Math.max(part.bytes, result.bytes),
		expected: result.expected ?? part.expected,
		result,
	}));
	const failures = judged.parts.flatMap((part) => part.result?.missing ?? []);
	const open = judged.parts.some((part) => part.result === undefined)
		? job.failures.filter((one) => !failures.some((other) => other.sopInstanceUid === one.sopInstanceUid))
		: [];
	const all = [...failures, ...open];
	const failed = new Map<string, number>();
	for (const { seriesUid } of all) if (seriesUid !== undefined) failed.set(seriesUid, (failed.get(seriesUid) ?? 0) + 1);
	const seen = isElsewhere(job) ? settledThere(judged, event) : judged;
	return {
		...waitingFor(seen, job.waitingFor?.until),
		failures: all,
		series: seen.series.map((one) => ({ ...one, failed: failed.get(one.uid) ?? 0 })),
	};
};

/** Nobody has seen its instances arrive: the verdict has what a query has found there, or that nobody can look. */
const settledThere = (job: Job, { unit, result }: RetrieveEvent & { readonly kind: 'unit-settled' }): Job => {
	const part = job.parts[unit];
	if (part === undefined || result.verdict === 'complete-before') return job;
	const there = thereOf(part, result, job.series);
	const isSent = (uid: string): boolean =>
		job.parts.every(({ series, result: one }) => !series.includes(uid) || one?.verdict === 'unverifiable');
	const series = part.series.reduce<readonly JobSeries[]>((all, uid) => {
		const more = (there?.get(uid) ?? 0) - (part.there?.get(uid) ?? 0);
		return withSeries(all, uid, (one) => ({
			...one,
			arrived: there === undefined ? one.arrived : (one.arrived ?? 0) + more,
			isSent: isSent(uid),
		}));
	}, job.series);
	return { ...withPart(job, unit, (one) => (there === undefined ? one : { ...one, there })), series };
};

// ---- parts and sums -----------------------------------------------------------------------------------------------------

const withPart = (job: Job, unit: number, change: (part: JobPart) => JobPart): Job => {
	const part = job.parts[unit];
	return part === undefined ? job : totalled({ ...job, parts: job.parts.with(unit, change(part)) });
};

const totalled = (job: Job): Job => {
	let { arrived, bytes, claimed } = job.base;
	for (const part of job.parts) {
		arrived += part.arrived;
		bytes += part.bytes;
		claimed = added(claimed, claimOf(part));
	}
	return { ...job, arrived, bytes, claimed: Object.keys(claimed).length === 0 ? undefined : claimed };
};

const withSeries = (
	series: readonly JobSeries[],
	uid: string,
	change: (one: JobSeries) => JobSeries,
): readonly JobSeries[] => {
	const at = series.findIndex((one) => one.uid === uid);
	const one = series[at] ?? { uid, number: '', title: '', expected: undefined, arrived: undefined, failed: 0 };
	return at === -1 ? [...series, change(one)] : series.with(at, change(one));
};

// ---- rates --------------------------------------------------------------------------------------------------------------

const rated = (job: Job, at: number, bytes: number, count = 1): Pick<Job, 'rates' | 'byteRates' | 'ratesAt'> => {
	const { rates, byteRates, ratesAt } = ratesUntil(job, at);
	const last = rates.length - 1;
	return {
		rates: rates.with(last, (rates[last] ?? 0) + count),
		byteRates: byteRates.with(last, (byteRates[last] ?? 0) + bytes),
		ratesAt,
	};
};

/** With a number for each second until now. */
export const ratesUntil = (
	{ rates, byteRates, ratesAt }: Pick<Job, 'rates' | 'byteRates' | 'ratesAt'>,
	now: number,
): Pick<Job, 'rates' | 'byteRates' | 'ratesAt'> => {
	const second = Math.floor(now / 1000);
	const missing = rates.length === 0 ? 1 : second - ratesAt;
	if (missing <= 0) return { rates, byteRates, ratesAt };
	const zeros = Array.from({ length: Math.min(missing, RATE_SECONDS) }, () => 0);
	const filled = (numbers: readonly number[]) => [...numbers, ...zeros].slice(-RATE_SECONDS);
	return { rates: filled(rates), byteRates: filled(byteRates), ratesAt: second };
};
