/** Which jobs of the queue are shown, and the one at the cursor. */

import type { Job, State } from '../state.ts';
import { stateWord } from './job-progress.ts';

export const shownJobs = ({ queue: { jobs, filter } }: State): readonly Job[] => {
	const wanted = filter.trim().toLowerCase();
	if (wanted === '') return jobs;
	return jobs.filter((job) =>
		`${stateWord(job)} ${job.label} ${job.how} ${job.to} ${job.node}`.toLowerCase().includes(wanted),
	);
};

export const jobAt = (state: State): Job | undefined => shownJobs(state)[state.queue.at];
