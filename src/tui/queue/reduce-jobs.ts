/** What retrieves and our receiver tell, as it happens, on whatever screen: the jobs of the queue, and the lines that are said of them. */
import type { Failure } from '../../errors.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { RetrieveOutcome, Verdict } from '../../retrieve/events.ts';
import type { ReceiverEvent } from '../../retrieve/receiver.ts';
import { isPassing } from '../../retrieve/setbacks.ts';
import type { Action, Effect, PartialReducer, Reduced } from '../actions.ts';
import { markedRow, markedRows } from '../browse/row-marks.ts';
import { keyFor } from '../key-hints.ts';
import { unchanged } from '../overlays/overlay-stack.ts';
import type { Problem, State, StatusLine } from '../state.ts';
import { begun, jobAfter, withKnownSeries } from './job-events.ts';
import { doneOf, endText, isActive, labelOf } from './job-progress.ts';
import { scheduled } from './queue-schedule.ts';
import type { Job, ReceiverState } from './queue-state.ts';
import { callerText, callProblem } from './receiver-words.ts';

/** Waits before a lost peer is tried again; after the last of them the job has failed. */
const RECONNECT_MS = [5_000, 10_000, 20_000, 40_000, 60_000, 60_000] as const;
const MOST_PROBLEMS = 100;
/** The bell is for what took so long that somebody has gone. */
const LONG_MS = 30_000;

export const heardOfJobs: PartialReducer = (state, action) => {
	switch (action.type) {
		case 'retrieve': {
			const job = state.queue.jobs.find(({ id }) => id === action.job);
			return job === undefined
				? undefined
				: unchanged(replaced(state, job, jobAfter(job, action.event, state.queue.callers)));
		}
		case 'retrieve-ended':
			return ended(state, action);
		case 'series-known': {
			const job = state.queue.jobs.find(({ id }) => id === action.job);
			return job === undefined ? undefined : unchanged(replaced(state, job, withKnownSeries(job, action.series)));
		}
		case 'journaled': {
			const job = state.queue.jobs.find(({ id }) => id === action.job);
			return job === undefined ? undefined : unchanged(replaced(state, job, { ...job, journal: action.path }));
		}
		case 'leaving':
			return unchanged(leaving(state, action.keeps));
		case 'rows': {
			const marked = markedRows(state);
			return marked === state ? undefined : unchanged(marked);
		}
		case 'receiver':
			return received(state, action.event, action.at);
		case 'receiver-state':
			return receiverIs(state, action);
		default:
			return undefined;
	}
};

/** The row of browse that it is of shows how far it is. */
const replaced = (state: State, before: Job, job: Job): State => {
	if (job === before) return state;
	const jobs = state.queue.jobs.map((one) => (one.id === job.id ? job : one));
	return markedRow({ ...state, queue: { ...state.queue, jobs } }, before, job);
};

/** Newest first. What was said last already is not said again. */
const withProblem = (state: State, problem: Problem): State =>
	state.problems[0]?.text === problem.text
		? state
		: {
				...state,
				problems: [problem, ...state.problems].slice(0, MOST_PROBLEMS),
				status: { kind: problem.kind, text: problem.text },
			};

/** What runs is being stopped, what waits is not begun. */
const leaving = (state: State, keeps: boolean): State => {
	const jobs = state.queue.jobs.map((job): Job => {
		if (isActive(job)) return { ...job, state: 'stopping', isPausing: keeps };
		return job.state === 'waiting' || job.state === 'paused' ? { ...job, state: keeps ? 'paused' : 'cancelled' } : job;
	});
	return { ...state, queue: { ...state.queue, jobs } };
};

// ---- ends ---------------------------------------------------------------------------------------------------------------

const ended = (state: State, action: Action & { readonly type: 'retrieve-ended' }): Reduced | undefined => {
	const job = state.queue.jobs.find(({ id }) => id === action.job);
	if (job === undefined) return undefined;
	const { outcome, at } = action;
	const explanation = withRetry(state, action);
	const failure = action.failure ?? outcome?.units.find(({ failure: one }) => one !== undefined)?.failure;
	if (job.state === 'running' && isLost(job, failure)) return waitsForPeer(state, job, at);
	const isHeld = job.isPausing && !isWhole(outcome);
	const next: Job = {
		...job,
		state: isHeld ? 'paused' : endState(job, outcome),
		endedAt: isHeld ? undefined : at,
		heldAt: isHeld ? at : undefined,
		isPausing: false,
		waitingFor: undefined,
		associations: 0,
		explanation,
		result: outcome?.units.length === 1 ? outcome.units[0] : undefined,
	};
	const told = isHeld ? heldStatus(state, next) : endStatus(state, next, at);
	return scheduled({ state: replaced(told.state, job, next), effects: told.effects });
};

/** What is missing in the end can be asked for again. */
const withRetry = (
	state: State,
	{ outcome, explanation }: Action & { readonly type: 'retrieve-ended' },
): Job['explanation'] =>
	outcome === undefined || explanation === undefined
		? explanation
		: {
				...explanation,
				do: [...explanation.do, `${keyFor(state, 'retry')} in the queue asks again for what is missing`],
			};

const FINE: ReadonlySet<Verdict> = new Set(['complete', 'more-than-expected', 'complete-before']);

const isWhole = (outcome: RetrieveOutcome | undefined): boolean =>
	outcome !== undefined && outcome.units.length > 0 && outcome.units.every(({ verdict }) => FINE.has(verdict));

/** Of what was asked for again it counts too what is still missing of the rest. */
const endState = (job: Job, outcome: RetrieveOutcome | undefined): Job['state'] => {
	const isStopped = job.state === 'stopping';
	const short = (doneOf(job)?.count ?? 0) > 0 ? 'partial' : 'failed';
	if (outcome === undefined) return isStopped ? 'cancelled' : short;
	if (isWhole(outcome)) return 'complete';
	const verdicts = outcome.units.map(({ verdict }) => verdict);
	if (isStopped || verdicts.includes('cancelled')) return 'cancelled';
	if (verdicts.length > 0 && verdicts.every((one) => FINE.has(one) || one === 'unverifiable')) return 'sent';
	return short;
};

const heldStatus = (state: State, job: Job): Reduced =>
	unchanged({
		...state,
		status: {
			kind: 'note',
			text: `${labelOf(job, state.look.masked)}: held with ${job.arrived} here, ${keyFor(state, 'pause')} goes on`,
		},
	});

const endStatus = (state: State, job: Job, at: number): Reduced => {
	const text = `${labelOf(job, state.look.masked)}: ${endText(job)}`;
	const took = at - (job.startedAt ?? at);
	const effects: readonly Effect[] = took > LONG_MS ? [{ do: 'bell' }] : [];
	const kind = END_KINDS[job.state] ?? 'bad';
	if (kind === 'good' || kind === 'note') return { state: { ...state, status: { kind, text } }, effects };
	const { explanation, node } = job;
	const problem = { at, kind, text, node, ...(explanation === undefined ? {} : { explanation }) };
	return { state: withProblem(state, problem), effects };
};

/** That the peer says so is no success. */
const END_KINDS: Readonly<Partial<Record<Job['state'], StatusLine['kind']>>> = {
	complete: 'good',
	cancelled: 'note',
	sent: 'note',
	partial: 'warning',
	failed: 'bad',
};

// ---- lost and found -----------------------------------------------------------------------------------------------------

/** It has worked before, and may again. */
const isLost = (job: Job, failure: Failure | undefined): boolean =>
	failure !== undefined &&
	job.losses < RECONNECT_MS.length &&
	(job.hasConnected === true || job.lastResponseAt !== undefined || job.arrived > 0 || job.losses > 0) &&
	(isPassing(failure) || (failure.blame === 'aborted' && failure.code !== undefined));

const waitsForPeer = (state: State, job: Job, at: number): Reduced => {
	const wait = RECONNECT_MS[job.losses] ?? 60_000;
	const losses = job.losses + 1;
	const waitingFor = { text: `waiting to reconnect, ${nth(losses)} try`, until: at + wait };
	const next: Job = {
		...begun(job, at),
		lastResponseAt: job.lastResponseAt,
		lastStatus: job.lastStatus,
		losses,
		waitingFor,
	};
	const text = `${labelOf(job, state.look.masked)}: ${job.node} is gone: ${nth(losses)} try in ${wait / 1000} s`;
	return {
		state: replaced(withProblem(state, { at, kind: 'warning', text, node: job.node }), job, next),
		effects: [{ do: 'retrieve', job: next, settings: next.choice, afterMs: wait }],
	};
};

const nth = (count: number): string => `${count}${['th', 'st', 'nd', 'rd'][count] ?? 'th'}`;

// ---- our receiver -------------------------------------------------------------------------------------------------------

const MOST_CALLERS = 200;

const received = (state: State, event: ReceiverEvent, at: number): Reduced | undefined => {
	const problem = callProblem(event, state);
	const told = problem === undefined ? state : withProblem(state, { at, ...problem });
	if (event.kind !== 'called') return told === state ? undefined : unchanged(told);
	const callers = [...(told.queue.callers ?? []), [event.association, callerText(event)] as const].slice(-MOST_CALLERS);
	return unchanged({ ...told, queue: { ...told.queue, callers: new Map(callers) } });
};

/** As it is from then on. */
export const receiverOf = ({
	state,
	aeTitle,
	onlyTitle,
	port,
	addresses,
	problem,
}: Action & { readonly type: 'receiver-state' }): ReceiverState => ({
	...{ state, aeTitle, port, addresses, problem },
	...(onlyTitle === undefined ? {} : { onlyTitle }),
});

const receiverIs = (state: State, action: Action & { readonly type: 'receiver-state' }): Reduced => {
	const { aeTitle, problem } = action;
	const receiver = receiverOf(action);
	const jobs = state.queue.jobs.map((job) =>
		job.choice.how === 'move-here' && job.to === '' ? { ...job, to: aeTitle } : job,
	);
	const next = { ...state, receiver, queue: { ...state.queue, jobs } };
	if (problem === undefined) return unchanged(next);
	return unchanged(withProblem(next, { at: action.at, kind: 'bad', text: sanitize(problem) }));
};
