/** What is said of jobs: counts, rates, the time that is left, a word for the state. Pure functions of the state. */
import type { State } from './state.ts';

/** What stays in the scrollback after the end: jobs finished and failed, where files are. Nothing where nothing was retrieved. */
export const summaryOf = (state: State): string[] =>
	state.queue.jobs.map(({ label, state: end }) => `${end}  ${label}`);

/** For the right of line 2 on every screen: `queue 1 running`; '' where the queue is empty. */
export const queueText = ({ queue: { jobs } }: State): string => (jobs.length === 0 ? '' : `queue ${jobs.length}`);
