/** One unit of a job, over all requests and runs that ask for it: what the peer says of it, and what its verdict found elsewhere. */
import type { Counts, UnitResult } from '../../retrieve/events.ts';
import type { JobPart, JobSeries } from './queue-state.ts';

export const EMPTY_PART: JobPart = {
	settled: {},
	isWhole: false,
	before: {},
	running: undefined,
	arrived: 0,
	bytes: 0,
	expected: undefined,
	askedAt: undefined,
	isAnswered: false,
	series: [],
	result: undefined,
};

/** The part as another run of the same unit begins: its bytes are counted by the job alone. */
export const anew = (part: JobPart): JobPart => ({
	...EMPTY_PART,
	settled: delivered(claimOf(part)),
	arrived: part.arrived,
	expected: part.expected,
	series: part.series,
	...(part.there === undefined ? {} : { there: part.there }),
});

/** @param only so many of its instances are asked for; all where that is undefined */
export const askedIn = (part: JobPart, only: number | undefined, at: number): JobPart => ({
	...part,
	askedAt: at,
	isAnswered: false,
	isWhole: part.isWhole || only === undefined || only >= (part.expected ?? Number.POSITIVE_INFINITY),
});

/** What is asked for as a whole is counted by the peer from the beginning. */
export const claimOf = (part: JobPart): Counts =>
	part.isWhole ? atLeast(part.settled, heardNow(part)) : added(part.settled, heardNow(part));

/** Of finished requests the counts add up; what remains is of the one that runs. */
export const heardNow = ({ before, running = {} }: JobPart): Counts => ({
	...added(before, running),
	...(running.remaining === undefined ? {} : { remaining: running.remaining }),
});

/** Delivered is at least what was said to be before: it is not undone by being asked for once more. */
export const atLeast = (before: Counts, now: Counts): Counts =>
	deliveredOf(before) > deliveredOf(now) ? { ...now, ...delivered(before) } : now;

export const deliveredOf = (claimed: Counts | undefined): number => (claimed?.completed ?? 0) + (claimed?.warning ?? 0);

/** Without what failed or remains: that is of one run. */
export const delivered = ({ completed, warning }: Counts): Counts => ({
	...(completed === undefined ? {} : { completed }),
	...(warning === undefined ? {} : { warning }),
});

const NAMES = ['completed', 'failed', 'warning', 'remaining'] as const;

/** What neither says stays unsaid. */
export const added = (one: Counts, other: Counts): Counts => {
	const sum: { -readonly [K in keyof Counts]: Counts[K] } = {};
	for (const name of NAMES) {
		const [a, b] = [one[name], other[name]];
		const both = a === undefined ? b : a + (b ?? 0);
		if (both !== undefined) sum[name] = both;
	}
	return sum;
};

/** What a query at the destination has listed of each series; nothing where nobody has looked, or it cannot be told which ones are missing. */
export const thereOf = (
	part: JobPart,
	result: UnitResult,
	all: readonly JobSeries[],
): ReadonlyMap<string, number> | undefined => {
	const { verified, arrived, missing, missingCount } = result;
	if (!verified && arrived === 0) return undefined;
	const [only, ...others] = part.series;
	if (only !== undefined && others.length === 0) return new Map([[only, arrived]]);
	if (!verified || missing.length < missingCount || missing.some(({ seriesUid }) => seriesUid === undefined))
		return undefined;
	const counts = new Map(all.map(({ uid, expected }) => [uid, expected]));
	const there = new Map<string, number>();
	for (const uid of part.series) {
		const expected = counts.get(uid);
		if (expected !== undefined) there.set(uid, expected - missing.filter((one) => one.seriesUid === uid).length);
	}
	return there;
};
