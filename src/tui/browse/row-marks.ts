/** The mark of a retrieve at the rows of browse that it is of. */
import { doneOf } from '../queue/job-progress.ts';
import type { Job } from '../queue/queue-state.ts';
import type { State } from '../state.ts';
import type { Row } from './browse-state.ts';
import { markedWith } from './marked-row.ts';
import { placesOf } from './row-index.ts';

const MARKS: Readonly<Record<Job['state'], NonNullable<Row['retrieve']>>> = {
	waiting: 'waiting',
	paused: 'waiting',
	running: 'running',
	stopping: 'running',
	complete: 'complete',
	sent: 'sent',
	partial: 'partial',
	cancelled: 'partial',
	failed: 'failed',
};

const percentOf = (job: Job): number | undefined => {
	const { expected } = job;
	const done = doneOf(job)?.count;
	if (expected === undefined || expected === 0 || done === undefined) return undefined;
	return Math.floor(Math.min(1, done / expected) * 100);
};

/** None of what was cancelled before anything came. */
const markOf = (job: Job): Row['retrieve'] =>
	job.state === 'cancelled' && (doneOf(job)?.count ?? 0) === 0 ? undefined : MARKS[job.state];

/** What of a job the rows show; the same for as long as they need no other. */
const markText = (job: Job): string => `${markOf(job) ?? ''} ${percentOf(job) ?? ''}`;

/** UIDs of the rows that a job is of. */
const uidsOf = ({ unit }: Job): readonly string[] =>
	unit.sopUids ?? (unit.seriesUid ?? unit.studyUid ?? unit.patientId ?? '').split('\\');

/**
 * The state with the rows marked that a job is of. The array of the rows is one that grows and is never copied: the row itself is
 * another, and the level has another version.
 */
export const markedRow = (state: State, before: Job | undefined, job: Job): State => {
	if (before !== undefined && markText(before) === markText(job)) return state;
	const marked = withMarks(state, [job]);
	// What another job has come to shows again.
	return markOf(job) === undefined ? markedRows(marked) : marked;
};

/** Rows that came after their jobs were begun. */
export const markedRows = (state: State): State =>
	withMarks(
		state,
		state.queue.jobs.filter((job) => markOf(job) !== undefined),
	);

const withMarks = (state: State, jobs: readonly Job[]): State => {
	if (jobs.length === 0) return state;
	const levels = state.browse.levels.map((level) => {
		const rows = level.rows as Row[];
		let isChanged = false;
		for (const job of jobs) {
			const retrieve = markOf(job);
			const percent = retrieve === undefined ? undefined : percentOf(job);
			for (const place of uidsOf(job).flatMap((uid) => placesOf(rows, uid))) {
				const row = rows[place];
				if (row === undefined || row.node !== job.node) continue;
				if (row.retrieve === retrieve && row.percent === percent) continue;
				rows[place] = markedWith(row, {
					...(retrieve === undefined ? {} : { retrieve }),
					...(percent === undefined ? {} : { percent }),
				});
				isChanged = true;
			}
		}
		return isChanged ? { ...level, version: level.version + 1 } : level;
	});
	return levels.every((level, index) => level === state.browse.levels[index])
		? state
		: { ...state, browse: { ...state.browse, levels } };
};
