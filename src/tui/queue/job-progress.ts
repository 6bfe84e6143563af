/** What is said of jobs: counts, rates, the time that is left, a word for the state. Pure functions of the state. */
import { bytesText, countdownText, countText, durationText, rateText } from '../../output/quantities.ts';
import { waitText } from '../../output/retrieve-progress.ts';
import { quoted } from '../../output/shell-words.ts';
import { masked } from '../mask.ts';
import type { State } from '../state.ts';
import { isElsewhere, ratesUntil } from './job-events.ts';
import type { Job, Wanted } from './queue-state.ts';
import { retrieveCommand } from './retrieve-command.ts';

/** Nothing came for so long. */
const STALLED_MS = 10_000;
/** After so long an answer is overdue. */
const OVERDUE_MS = 30_000;
const SILENT_MS = 5_000;
/** A rate is told from the second second on, an end from the fourth. */
const NO_RATE_MS = 1_000;
const NO_END_MS = 3_000;
/** Seconds after which what was counts less than half as much. */
const MEMORY_SECONDS = 5;

export const isActive = ({ state }: Job): boolean => state === 'running' || state === 'stopping';
export const isOver = ({ state }: Job): boolean =>
	state === 'complete' || state === 'sent' || state === 'partial' || state === 'failed' || state === 'cancelled';

/** In four letters, as wide as the column. */
export const stateWord = ({ state }: Job): string => WORDS[state];

const WORDS: Readonly<Record<Job['state'], string>> = {
	waiting: 'wait',
	running: 'run',
	paused: 'hold',
	stopping: 'stop',
	complete: 'ok',
	sent: 'sent',
	partial: 'part',
	failed: 'FAIL',
	cancelled: 'canc',
};

/** A number, and whether anybody here has seen it: what only the peer says stands in parentheses. */
export interface Told {
	readonly count: number;
	readonly isSeen: boolean;
}

/** What is there: what came here, or what a query at the destination has listed; else what the peer claims. */
export const doneOf = (job: Job): Told | undefined => {
	const { claimed, arrived, startedAt } = job;
	if (!isElsewhere(job) || arrived > 0)
		return startedAt === undefined && arrived === 0 ? undefined : { count: arrived, isSeen: true };
	if (claimed?.completed === undefined && claimed?.warning === undefined) return undefined;
	return { count: (claimed.completed ?? 0) + (claimed.warning ?? 0), isSeen: false };
};

/** Instances that failed: by name or by the verdict; while it runs, as many as the peer says. */
export const failedOf = (job: Job): number | undefined => {
	const judged = missingOf(job);
	if (judged > 0 || isOver(job)) return Math.max(judged, job.failures.length);
	const claimed = job.claimed?.failed;
	return claimed === undefined && job.failures.length === 0 ? undefined : Math.max(claimed ?? 0, job.failures.length);
};

/** As the verdicts have it: `failures` may name fewer. */
export const missingOf = ({ parts }: Job): number =>
	parts.reduce((sum, { result }) => sum + (result?.missingCount ?? 0), 0);

/** `171/612` of what came here, or is there by a query at the destination, of what is expected; `-` where nobody here can see it. */
export const hereText = (job: Job): string => {
	const { arrived, expected } = job;
	if (isElsewhere(job) && arrived === 0) return '-';
	return expected === undefined ? String(arrived) : `${arrived}/${expected}`;
};

// ---- rates --------------------------------------------------------------------------------------------------------------

export interface Pace {
	readonly perSecond: number;
	readonly bytesPerSecond: number;
}

/** Of the last whole seconds, the newest counting most. Nothing where it is too early to say, or over. */
export const paceOf = (job: Job, now: number): Pace | undefined => {
	if (job.startedAt === undefined || !isActive(job) || now - job.startedAt < NO_RATE_MS) return undefined;
	const { rates, byteRates } = ratesUntil(job, now);
	return { perSecond: smoothed(rates), bytesPerSecond: smoothed(byteRates) };
};

/** Without the second that is not over, unless there is no other. */
const smoothed = (numbers: readonly number[]): number => {
	const whole = numbers.length > 1 ? numbers.slice(0, -1) : numbers;
	let sum = 0;
	let weights = 0;
	for (const [index, number] of whole.entries()) {
		const weight = Math.exp((index - whole.length + 1) / MEMORY_SECONDS);
		sum += number * weight;
		weights += weight;
	}
	return weights === 0 ? 0 : sum / weights;
};

/** `18.2/s`; of what is over: its average. */
export const rateWords = (job: Job, now: number): string => {
	const pace = paceOf(job, now);
	if (pace !== undefined) return pace.perSecond < 0.05 ? '0/s' : rateText(pace.perSecond);
	const done = doneOf(job);
	if (!isOver(job) || done === undefined || job.startedAt === undefined || job.endedAt === undefined) return '-';
	return rateText((Math.max(0, done.count - job.base.done) * 1000) / Math.max(1, job.endedAt - job.startedAt));
};

/** How long still: `0:24`, `stalled 40 s`; of what is over: how long it took. */
export const timeWords = (job: Job, now: number): string => {
	const { startedAt, endedAt, lastSignAt, expected, waitingFor } = job;
	if (startedAt === undefined) return '-';
	if (isOver(job) && endedAt !== undefined) return countdownText(endedAt - startedAt);
	if (!isActive(job)) return '-';
	if (waitingFor?.until !== undefined) return waitText(waitingFor.until - now);
	if (lastSignAt !== undefined && askedAtOf(job) !== undefined && now - lastSignAt >= STALLED_MS)
		return `stalled ${durationText(now - lastSignAt)}`;
	const pace = paceOf(job, now);
	const done = doneOf(job)?.count ?? 0;
	if (pace === undefined || expected === undefined || now - startedAt < NO_END_MS || pace.perSecond < 0.05) return '-';
	return countdownText(Math.max(1_000, ((expected - done) / pace.perSecond) * 1000));
};

/** When the last of the requests went out that the peer owes a response to. */
const askedAtOf = ({ parts }: Job): number | undefined =>
	parts.reduce<number | undefined>(
		(last, { askedAt, isAnswered, result }) =>
			askedAt === undefined || isAnswered || result !== undefined ? last : Math.max(askedAt, last ?? askedAt),
		undefined,
	);

/** How old the last response is: overdue ones are told to be, where one is owed. */
export const ageOf = (job: Job, now: number): { text: string; isOverdue: boolean } => {
	const { lastResponseAt } = job;
	const askedAt = askedAtOf(job);
	const owedMs = askedAt === undefined ? 0 : now - Math.max(askedAt, lastResponseAt ?? askedAt);
	const isOverdue = owedMs >= OVERDUE_MS;
	if (lastResponseAt === undefined)
		return { text: owedMs < SILENT_MS ? '' : `no response for ${durationText(owedMs)}`, isOverdue };
	return { text: `${durationText(Math.max(0, now - lastResponseAt))} ago`, isOverdue };
};

/** What it does before its first request goes out, and between two: `counting what is expected, 14 s`; '' at other times. */
export const preparingText = (job: Job, now: number): string => {
	const { parts, lastSignAt, waitingFor, associations } = job;
	const isAsked = parts.some(({ askedAt, result }) => askedAt !== undefined && result === undefined);
	if (!isActive(job) || isAsked || waitingFor !== undefined) return '';
	const ms = now - (lastSignAt ?? now);
	if (associations === 0) return ms < SILENT_MS ? '' : `no association yet, ${durationText(ms)}`;
	return `counting what is expected, ${durationText(Math.max(0, ms))}`;
};

// ---- sentences ----------------------------------------------------------------------------------------------------------

/** `SMITH^JOHN 2024-11-03 CT CHEST`, its patient masked where that is wanted. */
export const labelOf = ({ patient, date, what }: Wanted, isMasked: boolean): string =>
	[isMasked ? masked(patient, 'name') : patient, date, what].filter((part) => part !== '').join(' ');

/** `612/612 arrived, 1.2 GB, 31 s`; of what goes elsewhere what the peer claims, and that nobody saw it. */
export const endText = (job: Job): string => {
	const { expected, bytes, startedAt, endedAt, state } = job;
	const done = doneOf(job);
	const missing = missingOf(job);
	const count = done?.count ?? 0;
	const of = expected === undefined ? String(count) : `${count}/${expected}`;
	const claim = (job.claimed?.completed ?? 0) + (job.claimed?.warning ?? 0);
	const parts =
		done !== undefined && !done.isSeen
			? [`the peer says ${of}, not verified`]
			: [
					`${of} ${isElsewhere(job) ? 'are there' : 'arrived'}`,
					...(state !== 'complete' && claim > count ? [`${claim} claimed by the peer`] : []),
				];
	return [
		...(state === 'failed' && count === 0 ? [] : parts),
		...(missing > 0 && isOver(job) ? [`${missing} missing`] : []),
		...(state === 'cancelled' ? ['cancelled'] : []),
		...(state === 'failed' ? ['failed'] : []),
		...(bytes > 0 ? [bytesText(bytes)] : []),
		...(startedAt === undefined || endedAt === undefined ? [] : [durationText(endedAt - startedAt)]),
	].join(', ');
};

/** Then it is told which node a job is from. */
export const areFromSeveral = (jobs: readonly Job[]): boolean => jobs.some(({ node }) => node !== jobs[0]?.node);

/** `1 running, 1 waiting, 1 done` */
export const countsText = (jobs: readonly Job[]): string => {
	const counts = [
		[jobs.filter(isActive).length, 'running'],
		[jobs.filter(({ state }) => state === 'waiting').length, 'waiting'],
		[jobs.filter(({ state }) => state === 'paused').length, 'held'],
		[jobs.filter(({ state }) => state === 'complete').length, 'done'],
		[jobs.filter(({ state }) => state === 'sent').length, 'sent, not verified'],
		[jobs.filter(({ state }) => state === 'partial').length, 'not complete'],
		[jobs.filter(({ state }) => state === 'failed').length, 'failed'],
		[jobs.filter(({ state }) => state === 'cancelled').length, 'cancelled'],
	] as const;
	return counts
		.filter(([count]) => count > 0)
		.map(([count, word]) => `${count} ${word}`)
		.join(', ');
};

/** `412/916 instances  1.9 GB  2m10s` of all jobs: what arrived of what is expected, the bytes, the time until the last is done. */
export const totalsText = (jobs: readonly Job[], now: number): string => {
	const seen = jobs.reduce((sum, job) => sum + (doneOf(job)?.isSeen === true ? (doneOf(job)?.count ?? 0) : 0), 0);
	const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0);
	const isKnown = jobs.every(({ expected }) => expected !== undefined);
	const expected = jobs.reduce((sum, job) => sum + (job.expected ?? 0), 0);
	const left = jobs
		.filter((job) => !isOver(job))
		.reduce((sum, job) => sum + Math.max(0, (job.expected ?? 0) - (doneOf(job)?.count ?? 0)), 0);
	const isStalled = jobs.some((job) => isActive(job) && timeWords(job, now).startsWith('stalled'));
	const pace = isStalled ? 0 : jobs.reduce((sum, job) => sum + (paceOf(job, now)?.perSecond ?? 0), 0);
	return [
		isKnown ? `${seen}/${expected}` : String(seen),
		...(bytes > 0 ? [bytesText(bytes)] : []),
		...(isKnown && left > 0 && pace >= 0.05 ? [countdownText(Math.max(1_000, (left / pace) * 1000))] : []),
	].join('  ');
};

/** More would push what was there before off the screen. */
const MOST_TOLD = 5;

const isDone = ({ state }: Job): boolean => state === 'complete' || state === 'sent';

/** What stays in the scrollback after the end: jobs finished and failed, but not whose; where files are. Nothing where nothing was retrieved. @param whole makes a folder absolute */
export const summaryOf = (state: State, whole: (folder: string) => string = (folder) => folder): string[] => {
	const { jobs } = state.queue;
	if (jobs.length === 0) return [];
	const folders = [...new Set(jobs.filter((job) => !isElsewhere(job) && job.arrived > 0).map(({ folder }) => folder))];
	// Those that are not done with first.
	const chosen = new Set(jobs.toSorted((a, b) => Number(isDone(a)) - Number(isDone(b))).slice(0, MOST_TOLD));
	const told = jobs.filter((job) => chosen.has(job));
	const others = jobs.filter((job) => !chosen.has(job));
	return [
		`${countText(jobs.length, 'retrieve')}: ${countsText(jobs)}`,
		...told.flatMap((job) => [
			`  ${stateWord(job).padEnd(4)}  ${labelOf({ ...job, patient: '' }, false)}  ${endText(job)}`.trimEnd(),
			...(job.state === 'paused' ? [`        go on with: ${goOnCommand(job, state)}`] : []),
		]),
		...(others.length === 0 ? [] : [`  and ${others.length} more: ${countsText(others)}`]),
		...folders.map((folder) => `files are in ${whole(folder)}`),
	];
};

/** What is here already is not asked for again. */
const goOnCommand = (job: Job, state: State): string => {
	const command = retrieveCommand(state, [job], job.choice, 1);
	return job.journal === undefined || command === '' ? command : `${command} --journal ${quoted(job.journal)}`;
};
