/** What the keys of the queue do to its jobs: to all that are marked, else to the one at the cursor. */
import type { Effect, PartialReducer, Reduced } from '../actions.ts';
import { markedRow } from '../browse/row-marks.ts';
import { keyFor } from '../key-hints.ts';
import { cursorMoved, listHeight } from '../list-cursor.ts';
import { noted, opened, unchanged } from '../overlays/overlay-stack.ts';
import type { State } from '../state.ts';
import { again } from './job-events.ts';
import { endText, failedOf, isActive, isOver, labelOf } from './job-progress.ts';
import { scheduled } from './queue-schedule.ts';
import type { Job, QueueState } from './queue-state.ts';
import { jobAt } from './shown-jobs.ts';

/** Instances after which a cancel asks. */
const MANY_DONE = 100;
const MOST_AT_ONCE = 16;

export const withQueue = (state: State, change: Partial<QueueState>): State => ({
	...state,
	queue: { ...state.queue, ...change },
});

const withJob = (state: State, job: Job): State =>
	markedRow(withQueue(state, { jobs: state.queue.jobs.map((one) => (one.id === job.id ? job : one)) }), undefined, job);

/** Those that are marked, else the one at the cursor. */
export const chosen = (state: State, job: Job): readonly Job[] => {
	const some = state.queue.jobs.filter(({ id }) => state.queue.marked.has(id));
	return some.length === 0 ? [job] : some;
};

export const atOnce = (state: State, by: number): Reduced => {
	const count = Math.min(MOST_AT_ONCE, Math.max(1, state.queue.atOnce + by));
	const { state: next, effects } = scheduled(unchanged(withQueue(state, { atOnce: count })));
	const text = `${count} at once: ${atOnceText(next, effects, by)}`;
	return { state: noted(next, text), effects };
};

const atOnceText = ({ queue, look }: State, effects: readonly Effect[], by: number): string => {
	const told = effects.flatMap((effect) => {
		if (effect.do === 'retrieve') return [`${labelOf(effect.job, look.masked)} begins`];
		const job = effect.do === 'at-once' ? queue.jobs.find(({ id }) => id === effect.job) : undefined;
		return job === undefined ? [] : [`${labelOf(job, look.masked)} has ${job.choice.atOnce} of them`];
	});
	if (told.length > 0) return told.join(', ');
	const running = queue.jobs.filter(isActive).length;
	if (running === 0) return 'for what begins next';
	if (by > 0) return 'what runs has no more requests that could go side by side; what begins next has them';
	return running > queue.atOnce
		? `the ${running} that run keep one association each, and no other begins before they end`
		: 'what runs has no more than that';
};

/** Ends them in an orderly way; again: at once. */
export const cancelled = (state: State, job: Job): Reduced => {
	const some = chosen(state, job).filter((one) => !isOver(one));
	if (some.length === 0) return unchanged(noted(state, `${namesOf(state, chosen(state, job))}: over already`));
	const dear = some.filter((one) => one.state === 'running' && one.arrived > MANY_DONE);
	if (dear.length === 0) return stopped(state, some, false);
	return opened(state, {
		kind: 'confirm',
		text: [
			`Cancel ${namesOf(state, some)}?`,
			...dear
				.slice(0, MOST_TOLD)
				.map((one) => (some.length === 1 ? endText(one) : `${labelOf(one, state.look.masked)}: ${endText(one)}`)),
			`What is here stays; ${keyFor(state, 'retry')} fetches the rest later.`,
		],
		choices: [
			{ key: 'c', says: some.length === 1 ? 'cancel it' : 'cancel them' },
			{ key: 'Esc', says: some.length === 1 ? 'let it run' : 'let them run' },
		],
		at: 0,
		what: `${CANCEL_JOBS}${some.map(({ id }) => id).join(' ')}`,
	});
};

const CANCEL_JOBS = 'cancel-jobs ';
/** Of many jobs the question names the first. */
const MOST_TOLD = 5;

/** Takes the answer to the question whether jobs are to be cancelled. */
export const reduceCancelQuestion: PartialReducer = (state, action) => {
	const top = state.overlays.at(-1);
	if (top?.kind !== 'confirm' || !top.what.startsWith(CANCEL_JOBS)) return undefined;
	const isYes =
		(action.type === 'text' && action.text === 'c') ||
		(action.type === 'key' && action.action === 'accept' && top.at === 0);
	const isNo = action.type === 'key' && (action.action === 'cancel' || action.action === 'accept');
	if (!isYes && !isNo) return undefined;
	const without = { ...state, overlays: state.overlays.slice(0, -1) };
	const ids = new Set(top.what.slice(CANCEL_JOBS.length).split(' ').map(Number));
	const some = state.queue.jobs.filter((job) => ids.has(job.id) && !isOver(job));
	return isYes && some.length > 0 ? stopped(without, some, false) : unchanged(without);
};

/** @param some at least one, none of them over */
const stopped = (state: State, some: readonly Job[], isPausing: boolean): Reduced => {
	const after = some.map((job) => stoppedJob(job, state.now, isPausing)).reduce(withJob, state);
	const effects = some
		.filter(isActive)
		.map((job): Effect => ({ do: 'stop-retrieve', job: job.id, isAbort: job.state === 'stopping' }));
	const told = `${namesOf(state, some)}: ${stopWords(state, some, isPausing)}`;
	const { state: next, effects: more } = scheduled(unchanged(noted(after, told)));
	return { state: next, effects: [...effects, ...more] };
};

const stoppedJob = (job: Job, now: number, isPausing: boolean): Job => {
	if (isActive(job)) return { ...job, state: 'stopping', isPausing: isPausing && job.state !== 'stopping' };
	if (isPausing) return { ...job, state: 'paused' };
	return { ...job, state: 'cancelled', endedAt: job.startedAt === undefined ? undefined : (job.heldAt ?? now) };
};

const stopWords = (state: State, some: readonly Job[], isPausing: boolean): string => {
	const active = some.filter(isActive);
	if (active.length === 0) return isPausing ? 'held' : 'cancelled';
	if (active.every((job) => job.state === 'stopping')) return 'aborted';
	return `C-CANCEL sent, ${keyFor(state, 'cancelJob')} again aborts`;
};

/** One by its name, several by their number. */
const namesOf = ({ look }: State, some: readonly Job[]): string => {
	const [first] = some;
	return some.length === 1 && first !== undefined ? labelOf(first, look.masked) : `${some.length} retrieves`;
};

export const interrupted = (state: State): Reduced | undefined => {
	const at = jobAt(state);
	const job = at !== undefined && isActive(at) ? at : state.queue.jobs.find(isActive);
	return job === undefined ? undefined : stopped(state, [job], false);
};

/** Holds what runs or waits; where all are held already, they go on. */
export const paused = (state: State, job: Job): Reduced => {
	const some = chosen(state, job);
	const live = some.filter((one) => one.state === 'waiting' || one.state === 'running');
	if (live.length > 0) return stopped(state, live, true);
	const held = some.filter((one) => one.state === 'paused');
	if (held.length === 0) return unchanged(noted(state, `${namesOf(state, some)}: nothing to hold`));
	return scheduled(unchanged(held.map((one): Job => ({ ...one, state: 'waiting' })).reduce(withJob, state)));
};

/** Only what failed, where that is known by name; else all that is not here by the journal. */
export const retried = (state: State, job: Job): Reduced => {
	const some = chosen(state, job).filter((one) => isOver(one) && one.state !== 'complete' && one.state !== 'sent');
	if (some.length === 0)
		return unchanged(
			noted(state, `${namesOf(state, chosen(state, job))}: nothing has failed that could be asked for again`),
		);
	const jobs = state.queue.jobs.map((one) => (some.includes(one) ? acceptingAny(again(one, one.failures)) : one));
	const problems = state.problems.filter(
		({ explanation }) => explanation === undefined || !some.some((one) => one.explanation === explanation),
	);
	const count = some.reduce((sum, one) => sum + (failedOf(one) ?? 0), 0);
	const text = count === 1 ? '1 instance is asked for again' : `${count} instances are asked for again`;
	return scheduled(
		unchanged(
			noted(withQueue({ ...state, problems }, { jobs, marked: new Set() }), count === 0 ? 'asked for again' : text),
		),
	);
};

/** What our receiver has refused for its class is taken this time. */
const acceptingAny = (job: Job): Job =>
	job.failures.some(({ why }) => why.cause === 'no-context' && why.by === 'us')
		? { ...job, choice: { ...job.choice, accept: 'any' } }
		: job;

export const raised = (state: State, job: Job, by: -1 | 1): Reduced => {
	const { jobs } = state.queue;
	const from = jobs.indexOf(job);
	const to = from + by;
	const other = jobs[to];
	if (state.queue.filter !== '' || state.queue.sort !== undefined)
		return unchanged(noted(state, 'first without a filter and as they are queued: what is shown is not their order'));
	if (other === undefined) return unchanged(state);
	const moved = cursorMoved(state.queue, by < 0 ? 'up' : 'down', jobs.length, listHeight(state.size)) ?? state.queue;
	return unchanged(withQueue(state, { ...moved, jobs: jobs.with(from, other).with(to, job) }));
};
