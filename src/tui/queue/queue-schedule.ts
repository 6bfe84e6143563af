/** Which jobs run: the first that wait, as many as there may be at once. */
import type { Effect, Reduced } from '../actions.ts';
import { markedRow } from '../browse/row-marks.ts';
import type { Job, State } from '../state.ts';
import { begun } from './job-events.ts';
import { isActive } from './job-progress.ts';

/** Begins what may begin now. */
export const scheduled = ({ state, effects }: Reduced): Reduced => {
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

/** Our receiver has one folder at a time, and one study of a peer is not asked for twice at once. */
const canBegin = (job: Job, running: readonly Job[]): boolean =>
	running.every(
		(one) =>
			!(one.choice.how === 'move-here' && job.choice.how === 'move-here') ||
			(one.folder === job.folder && one.choice.exists === job.choice.exists && !isSameStudy(one, job)),
	);

const isSameStudy = (one: Job, other: Job): boolean =>
	one.unit.studyUid === undefined || other.unit.studyUid === undefined || one.unit.studyUid === other.unit.studyUid;
