/** The queue: what its keys do. What they do to jobs is `job-keys.ts`, what jobs tell `reduce-jobs.ts`. */
import { causeText, missingList } from '../../output/retrieve-missing.ts';
import type { Action, PartialReducer, Reduced } from '../actions.ts';
import { keyFor } from '../key-hints.ts';
import type { ActionName } from '../keys.ts';
import { cursorMoved, listHeight } from '../list-cursor.ts';
import { markToggled, rangeToggled } from '../list-marks.ts';
import { noted, opened, unchanged } from '../overlays/overlay-stack.ts';
import type { State } from '../state.ts';
import { edited, fieldOf, typed } from '../text-field.ts';
import { atOnce, cancelled, chosen, interrupted, paused, raised, retried, withQueue } from './job-keys.ts';
import { endText, labelOf } from './job-progress.ts';
import type { Job, QueueState } from './queue-state.ts';
import { heardOfJobs } from './reduce-jobs.ts';
import { jobAt, shownJobs } from './shown-jobs.ts';

/** Also takes what retrieves and our receiver tell, on whatever screen. */
export const reduceQueue: PartialReducer = (state, action) => {
	if (action.type === 'key') return keyPressed(state, action.action);
	if ((action.type === 'text' || action.type === 'edit') && state.queue.isFiltering === true)
		return filtered(state, action);
	return heardOfJobs(state, action);
};

/** Rows of a screen that has no room for a job beneath the list of them. */
const SMALL = 16;

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
			return unchanged(withQueue(state, { marked: new Set(idsOf(state)), rangeFrom: undefined }));
		case 'unmarkAll':
			return unchanged(withQueue(state, { marked: new Set(), rangeFrom: undefined }));
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
	OF_A_JOB.has(action)
		? unchanged(noted(state, `nothing is in the queue: ${keyFor(state, 'retrieve')} in browse retrieves`))
		: undefined;

const OF_A_JOB: ReadonlySet<ActionName> = new Set([
	'open',
	'mark',
	'range',
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
			return unchanged(
				withMarks(state, markToggled<number, QueueState>(state.queue, idsOf(state), listHeight(state.size))),
			);
		case 'range':
			return unchanged(withMarks(state, rangeToggled<number, QueueState>(state.queue, idsOf(state))));
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

const idsOf = (state: State): readonly number[] => shownJobs(state).map(({ id }) => id);

const withMarks = (state: State, queue: QueueState): State => ({ ...state, queue });

const left = (state: State): Reduced | undefined => {
	if (state.queue.pane === 'failures') return unchanged(withQueue(state, { pane: 'jobs', failureAt: 0 }));
	if (state.queue.rangeFrom !== undefined) return unchanged(withQueue(state, { rangeFrom: undefined }));
	if (state.queue.filter !== '') return unchanged(withQueue(state, { filter: '', at: 0, top: 0 }));
	return unchanged({ ...state, screen: 'browse' });
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
