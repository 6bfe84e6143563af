/** The queue: what its keys do. What its jobs tell is `reduce-jobs.ts`. */
import { causeText, missingList } from '../../output/retrieve-missing.ts';
import type { Action, Effect, PartialReducer, Reduced } from '../actions.ts';
import { markedRow } from '../browse/row-marks.ts';
import type { ActionName } from '../keys.ts';
import { cursorMoved, listHeight } from '../list-cursor.ts';
import { noted, opened, unchanged } from '../overlays/overlay-stack.ts';
import type { Job, QueueState, State } from '../state.ts';
import { edited, fieldOf, typed } from '../text-field.ts';
import { again } from './job-events.ts';
import { endText, failedOf, isActive, isOver, labelOf } from './job-progress.ts';
import { scheduled } from './queue-schedule.ts';
import { heardOfJobs } from './reduce-jobs.ts';
import { jobAt, shownJobs } from './shown-jobs.ts';

/** Also takes what retrieves and our receiver tell, on whatever screen. */
export const reduceQueue: PartialReducer = (state, action) => {
	if (action.type === 'key') return keyPressed(state, action.action);
	if ((action.type === 'text' || action.type === 'edit') && state.queue.isFiltering === true)
		return filtered(state, action);
	return heardOfJobs(state, action);
};

/** Instances after which a cancel asks. */
const MANY_DONE = 100;
const MOST_AT_ONCE = 16;
/** Rows of a screen that has no room for a job beneath the list of them. */
const SMALL = 16;

const withQueue = (state: State, change: Partial<QueueState>): State => ({
	...state,
	queue: { ...state.queue, ...change },
});

const withJob = (state: State, job: Job): State =>
	markedRow(withQueue(state, { jobs: state.queue.jobs.map((one) => (one.id === job.id ? job : one)) }), undefined, job);

const keyPressed = (state: State, action: ActionName): Reduced | undefined => {
	if (state.queue.isFiltering === true) return filterKey(state, action);
	const moved = movedBy(state, action);
	if (moved !== undefined) return unchanged(moved);
	switch (action) {
		case 'wider':
			return atOnce(state, 1);
		case 'narrower':
			return atOnce(state, -1);
		case 'filter':
			return unchanged(withQueue(state, { isFiltering: true, pane: 'jobs' }));
		case 'maximize':
			return unchanged(withQueue(state, { maximized: state.queue.maximized !== true }));
		case 'markAll':
			return unchanged(withQueue(state, { marked: new Set(shownJobs(state).map(({ id }) => id)) }));
		case 'unmarkAll':
			return unchanged(withQueue(state, { marked: new Set() }));
		case 'back':
		case 'leave':
			return left(state);
		case 'interrupt':
			return interrupted(state);
		default: {
			const job = jobAt(state);
			return job === undefined ? nothingHere(state, action) : jobKey(state, job, action);
		}
	}
};

/** Keys that are of one job say so where there is none. */
const nothingHere = (state: State, action: ActionName): Reduced | undefined =>
	OF_A_JOB.has(action) ? unchanged(noted(state, 'nothing is in the queue: d in browse retrieves')) : undefined;

const OF_A_JOB: ReadonlySet<ActionName> = new Set([
	'open',
	'mark',
	'cancelJob',
	'pause',
	'retry',
	'raise',
	'lower',
	'export',
	'copy',
	'nextPane',
	'previousPane',
]);

const jobKey = (state: State, job: Job, action: ActionName): Reduced | undefined => {
	switch (action) {
		case 'open':
			return state.queue.pane === 'jobs' ? ofFailures(state, job) : explained(state, job);
		case 'nextPane':
		case 'previousPane':
			return state.queue.pane === 'jobs'
				? ofFailures(state, job)
				: unchanged(withQueue(state, { pane: 'jobs', failureAt: 0 }));
		case 'mark':
			return unchanged(marked(state, job));
		case 'cancelJob':
			return cancelled(state, job);
		case 'pause':
			return paused(state, job);
		case 'retry':
			return retried(state, job);
		case 'raise':
			return raised(state, job, -1);
		case 'lower':
			return raised(state, job, 1);
		case 'export':
			return reported(state, job);
		case 'copy':
			return copied(state, job);
		case 'explain':
			return job.explanation === undefined ? undefined : explained(state, job);
		default:
			return undefined;
	}
};

// ---- moving -------------------------------------------------------------------------------------------------------------

const movedBy = (state: State, action: ActionName): State | undefined => {
	const { queue, size } = state;
	const height = listHeight(size);
	if (queue.pane === 'jobs') {
		const moved = cursorMoved(queue, action, shownJobs(state).length, height);
		return moved === undefined ? undefined : { ...state, queue: { ...moved, failureAt: 0 } };
	}
	const count = jobAt(state)?.failures.length ?? 0;
	const moved = cursorMoved({ at: queue.failureAt, top: 0 }, action, count, height);
	return moved === undefined ? undefined : withQueue(state, { failureAt: moved.at });
};

/** On a small screen it has the details of the job as well, in the place of the list. */
const ofFailures = (state: State, job: Job): Reduced =>
	job.failures.length > 0 || state.size.rows < SMALL
		? unchanged(withQueue(state, { pane: 'failures', failureAt: 0 }))
		: unchanged(noted(state, `${labelOf(job, state.look.masked)}: no failed instance is known by name`));

const left = (state: State): Reduced | undefined => {
	if (state.queue.pane === 'failures') return unchanged(withQueue(state, { pane: 'jobs', failureAt: 0 }));
	if (state.queue.filter !== '') return unchanged(withQueue(state, { filter: '', at: 0, top: 0 }));
	return unchanged({ ...state, screen: 'browse' });
};

const marked = (state: State, { id }: Job): State => {
	const { queue } = state;
	const all = new Set(queue.marked);
	if (!all.delete(id)) all.add(id);
	const next = cursorMoved(queue, 'down', shownJobs(state).length, listHeight(state.size)) ?? queue;
	return withQueue(state, { marked: all, at: next.at, top: next.top });
};

/** Those that are marked, else the one at the cursor. */
const chosen = (state: State, job: Job): readonly Job[] => {
	const some = state.queue.jobs.filter(({ id }) => state.queue.marked.has(id));
	return some.length === 0 ? [job] : some;
};

// ---- filter -------------------------------------------------------------------------------------------------------------

const filterKey = (state: State, action: ActionName): Reduced | undefined => {
	switch (action) {
		case 'accept':
			return unchanged(withQueue(state, { isFiltering: false }));
		case 'cancel':
			return unchanged(withQueue(state, { isFiltering: false, filter: '', at: 0, top: 0 }));
		case 'up':
		case 'down': {
			const moved = movedBy(state, action);
			return moved === undefined ? undefined : unchanged(moved);
		}
		default:
			return undefined;
	}
};

const filtered = (state: State, action: Action & { readonly type: 'text' | 'edit' }): Reduced => {
	const before = fieldOf(state.queue.filter);
	const field = action.type === 'text' ? typed(before, action.text) : edited(before, action.edit);
	return unchanged(withQueue(state, { filter: field.value, at: 0, top: 0, failureAt: 0 }));
};

// ---- jobs ---------------------------------------------------------------------------------------------------------------

const atOnce = (state: State, by: number): Reduced => {
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

/** Ends it in an orderly way; again: at once. */
const cancelled = (state: State, job: Job): Reduced => {
	if (isOver(job)) return unchanged(noted(state, `${labelOf(job, state.look.masked)} is over already`));
	if (job.state === 'running' && job.arrived > MANY_DONE)
		return opened(state, {
			kind: 'confirm',
			text: [
				`Cancel ${labelOf(job, state.look.masked)}?`,
				endText(job),
				'What is here stays; T fetches the rest later.',
			],
			choices: [
				{ key: 'c', says: 'cancel it' },
				{ key: 'Esc', says: 'let it run' },
			],
			at: 0,
			what: `${CANCEL_JOB}${job.id}`,
		});
	return stopped(state, job, false);
};

const CANCEL_JOB = 'cancel-job ';

/** Takes the answer to the question whether a job is to be cancelled. */
export const reduceCancelQuestion: PartialReducer = (state, action) => {
	const top = state.overlays.at(-1);
	if (top?.kind !== 'confirm' || !top.what.startsWith(CANCEL_JOB)) return undefined;
	const isYes =
		(action.type === 'text' && action.text === 'c') ||
		(action.type === 'key' && action.action === 'accept' && top.at === 0);
	const isNo = action.type === 'key' && (action.action === 'cancel' || action.action === 'accept');
	if (!isYes && !isNo) return undefined;
	const without = { ...state, overlays: state.overlays.slice(0, -1) };
	const job = state.queue.jobs.find(({ id }) => top.what === `${CANCEL_JOB}${id}`);
	return job === undefined || !isYes || isOver(job) ? unchanged(without) : stopped(without, job, false);
};

const stopped = (state: State, job: Job, isPausing: boolean): Reduced => {
	const label = labelOf(job, state.look.masked);
	if (!isActive(job)) {
		const next: Job = isPausing
			? { ...job, state: 'paused' }
			: { ...job, state: 'cancelled', endedAt: job.startedAt === undefined ? undefined : state.now };
		return scheduled(unchanged(noted(withJob(state, next), `${label}: ${isPausing ? 'held' : 'cancelled'}`)));
	}
	const isAbort = job.state === 'stopping';
	const text = isAbort ? `${label}: aborted` : `${label}: C-CANCEL sent, c again aborts`;
	return {
		state: noted(withJob(state, { ...job, state: 'stopping', isPausing: isPausing && !isAbort }), text),
		effects: [{ do: 'stop-retrieve', job: job.id, isAbort }],
	};
};

const interrupted = (state: State): Reduced | undefined => {
	const at = jobAt(state);
	const job = at !== undefined && isActive(at) ? at : state.queue.jobs.find(isActive);
	return job === undefined ? undefined : stopped(state, job, false);
};

const paused = (state: State, job: Job): Reduced => {
	if (job.state === 'paused') return scheduled(unchanged(withJob(state, { ...job, state: 'waiting' })));
	if (job.state === 'waiting' || job.state === 'running') return stopped(state, job, true);
	return unchanged(noted(state, `${labelOf(job, state.look.masked)}: nothing to hold`));
};

/** Only what failed, where that is known by name; else all that is not here by the journal. */
const retried = (state: State, job: Job): Reduced => {
	const some = chosen(state, job).filter((one) => isOver(one) && one.state !== 'complete' && one.state !== 'sent');
	if (some.length === 0)
		return unchanged(
			noted(state, `${labelOf(job, state.look.masked)}: nothing has failed that could be asked for again`),
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

const raised = (state: State, job: Job, by: -1 | 1): Reduced => {
	const { jobs } = state.queue;
	const from = jobs.indexOf(job);
	const to = from + by;
	const other = jobs[to];
	if (other === undefined || state.queue.filter !== '') return unchanged(state);
	const moved = cursorMoved(state.queue, by < 0 ? 'up' : 'down', jobs.length, listHeight(state.size)) ?? state.queue;
	return unchanged(withQueue(state, { ...moved, jobs: jobs.with(from, other).with(to, job) }));
};

// ---- telling ------------------------------------------------------------------------------------------------------------

/** The job's own problem is the one that is explained. */
const explained = (state: State, job: Job): Reduced => {
	const { explanation } = job;
	const at = state.problems.findIndex((problem) => problem.explanation === explanation);
	if (explanation !== undefined && at !== -1) return opened(state, { kind: 'explain', at });
	if (explanation !== undefined) return opened(state, { kind: 'error', node: job.node, explanation });
	const failure = job.failures[state.queue.failureAt];
	const text = failure === undefined ? endText(job) : `${failure.sopInstanceUid}: ${causeText(failure.why)}`;
	return unchanged(noted(state, text));
};

const copied = (state: State, job: Job): Reduced => {
	const uids = chosen(state, job).flatMap(({ failures }) => failures.map(({ sopInstanceUid }) => sopInstanceUid));
	if (uids.length === 0) return unchanged(noted(state, 'no failed instance to copy'));
	return {
		state,
		effects: [{ do: 'copy', text: `${uids.join('\n')}\n`, what: uids.length === 1 ? '1 UID' : `${uids.length} UIDs` }],
	};
};

/** A list of what is missing, which `--from` of get and move takes, with what became of each job above it. */
const reported = (state: State, job: Job): Reduced => {
	const jobs = chosen(state, job);
	const comment = jobs.map((one) => `${labelOf(one, state.look.masked)}: ${endText(one)}`);
	const text = missingList(
		jobs.flatMap(({ failures }) => failures),
		comment,
	);
	const day = new Date(state.epochMs + state.now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
	return { state, effects: [{ do: 'export', path: `retrieve-${day}.txt`, text, overwrite: false }] };
};
