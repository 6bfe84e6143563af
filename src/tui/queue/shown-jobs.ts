/** Which jobs of the queue are shown, in which order, and the one at the cursor. */
import { inOrder, type SortKey } from '../list-sort.ts';
import type { State } from '../state.ts';
import { doneOf, failedOf, stateWord } from './job-progress.ts';
import type { Job } from './queue-state.ts';

/** What is under way first, then what went wrong. */
const STATES: readonly Job['state'][] = [
	...(['running', 'stopping', 'waiting', 'paused', 'failed', 'partial'] as const),
	...(['cancelled', 'sent', 'complete'] as const),
];

const texts = (text: string): string | undefined => (text === '' ? undefined : text);

export const JOB_SORTS: readonly SortKey<Job>[] = [
	{ heading: 'ST', of: ({ state }) => STATES.indexOf(state) },
	{ heading: 'PATIENT', of: ({ patient }) => texts(patient) },
	{ heading: 'DATE', of: ({ date }) => texts(date) },
	{ heading: 'STUDY', of: ({ what }) => texts(what) },
	{ heading: 'NODE', of: ({ node }) => texts(node) },
	{ heading: 'HOW', of: ({ how }) => how },
	{ heading: 'TO', of: ({ to }) => to },
	{ heading: 'HERE', of: (job) => doneOf(job)?.count },
	{ heading: 'FAIL', of: failedOf },
	{ heading: 'LEFT', of: (job) => (job.expected === undefined ? undefined : job.expected - (doneOf(job)?.count ?? 0)) },
];

export const shownJobs = ({ queue: { jobs, filter, sort } }: State): readonly Job[] => {
	const wanted = filter.trim().toLowerCase();
	const found =
		wanted === ''
			? jobs
			: jobs.filter((job) =>
					`${stateWord(job)} ${job.label} ${job.how} ${job.to} ${job.node}`.toLowerCase().includes(wanted),
				);
	return inOrder(found, sort, JOB_SORTS);
};

export const jobAt = (state: State): Job | undefined => shownJobs(state)[state.queue.at];
