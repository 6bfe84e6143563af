/** Which jobs run: the first that wait, as many as there may be at once. */
import type { Effect, Reduced } from '../actions.ts';
import { markedRow } from '../browse/row-marks.ts';
import type { State } from '../state.ts';
import { begun } from './job-events.ts';
import { isActive } from './job-progress.ts';
import type { Job } from './queue-state.ts';

/** Begins what may begin now; what is free beyond that goes to what runs. */
export const scheduled = (reduced: Reduced): Reduced => shared(begunNow(reduced));

const begunNow = ({ state, effects }: Reduced): Reduced => {
	const { queue, now } = state;
	let { jobs } = queue;
	const more: Effect[] = [];
	for (const [index, job] of queue.jobs.entries()) {
		const running = jobs.filter(isActive);
		const used = running.reduce((sum, one) => sum + one.choice.atOnce, 0);
		if (running.length > 0 && used + 1 > queue.atOnce) break;
		if (job.state !== 'waiting' || !canBegin(job, running)) continue;
		const waiting = jobs.filter((one) => one.state === 'waiting').length;
		// What is free is shared among those that wait.
		const atOnce = Math.max(1, Math.floor((queue.atOnce - used) / waiting));
		const next = begun({ ...job, choice: { ...job.choice, atOnce } }, now);
		jobs = jobs.with(index, next);
		more.push({ do: 'retrieve', job: next, settings: next.choice });
	}
	if (more.length === 0) return { state, effects };
	const begunState: State = { ...state, queue: { ...queue, jobs } };
	const marked = more.reduce(
		(next, effect) => (effect.do === 'retrieve' ? markedRow(next, undefined, effect.job) : next),
		begunState,
	);
	return { state: marked, effects: [...effects, ...more] };
};

/** Associations go from those that may be used to those that are asked for: none is taken from a request that runs, and every job keeps one. */
const shared = ({ state, effects }: Reduced): Reduced => {
	const { queue, nodes } = state;
	const most = ({ node }: Job): number => nodes.find(({ name }) => name === node)?.maxAssociations ?? queue.atOnce;
	const counts = new Map(queue.jobs.filter(({ state: is }) => is === 'running').map((job) => [job, job.choice.atOnce]));
	const used = queue.jobs.filter(isActive).reduce((sum, { choice }) => sum + choice.atOnce, 0);
	for (let free = queue.atOnce - used; free !== 0; free -= Math.sign(free)) {
		const [job, count] =
			free > 0
				? leastOf([...counts].filter(([one, own]) => own < Math.min(most(one), openParts(one))))
				: leastOf(
						[...counts].filter(([, own]) => own > 1),
						-1,
					);
		if (job === undefined || count === undefined) break;
		counts.set(job, count + Math.sign(free));
	}
	const changed = new Map([...counts].filter(([job, count]) => count !== job.choice.atOnce));
	if (changed.size === 0) return { state, effects };
	const jobs = queue.jobs.map((job) => {
		const count = changed.get(job);
		return count === undefined ? job : { ...job, choice: { ...job.choice, atOnce: count } };
	});
	const more = [...changed].map(([job, count]) => ({ do: 'at-once', job: job.id, count }) as const);
	return { state: { ...state, queue: { ...queue, jobs } }, effects: [...effects, ...more] };
};

/** The one with the smallest number; with the greatest, where `sign` is -1. */
const leastOf = (counts: readonly (readonly [Job, number])[], sign: 1 | -1 = 1): readonly [Job?, number?] =>
	counts.reduce<readonly [Job?, number?]>(
		(least, one) => (least[1] === undefined || (one[1] - least[1]) * sign < 0 ? one : least),
		[],
	);

/** Requests that are not over: no more associations are of use. */
const openParts = ({ parts }: Job): number => parts.filter(({ result }) => result === undefined).length;

/** Our receiver has one folder at a time, and one study of a peer is not asked for twice at once. */
const canBegin = (job: Job, running: readonly Job[]): boolean =>
	running.every(
		(one) =>
			!(one.choice.how === 'move-here' && job.choice.how === 'move-here') ||
			(one.folder === job.folder && one.choice.exists === job.choice.exists && !isSameStudy(one, job)),
	);

const isSameStudy = (one: Job, other: Job): boolean =>
	one.unit.studyUid === undefined || other.unit.studyUid === undefined || one.unit.studyUid === other.unit.studyUid;
