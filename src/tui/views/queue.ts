/** The queue: its jobs, and of the one at the cursor everything that is known, each number with its source. */
import { bytesText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import { textWidth } from '../../output/text-width.ts';
import type { Line, Size, Style } from '../frame.ts';
import { filledFrame, segment } from '../frame.ts';
import { keyFor } from '../key-hints.ts';
import { shownMarks } from '../list-marks.ts';
import { masked } from '../mask.ts';
import { isElsewhere } from '../queue/job-events.ts';
import {
	areFromSeveral,
	countsText,
	hereText,
	labelOf,
	rateWords,
	stateWord,
	timeWords,
	totalsText,
} from '../queue/job-progress.ts';
import type { Job } from '../queue/queue-state.ts';
import { jobAt, shownJobs } from '../queue/shown-jobs.ts';
import type { State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { filterPart } from './filter-part.ts';
import { listRows, SIGNS_WIDTH } from './list-rows.ts';
import { queueDetail } from './queue-detail.ts';
import { withSortSign } from './sort-sign.ts';
import { type TableColumn, tableColumn, tableOf } from './table.ts';
import type { PlaceLine, ScreenView } from './view.ts';

/** From here on patient, date and study stand in columns. */
const WIDE = 110;
const NARROW = 60;
/** Below this there is room for the jobs alone. */
const ROWS_FOR_DETAIL = 9;

export const queueView: ScreenView = {
	place: (state) => queuePlace(state),
	middle: (state, size) => {
		const { jobs, maximized, pane } = state.queue;
		if (jobs.length === 0) return nothing(state);
		const job = jobAt(state);
		const isSmall = size.rows < ROWS_FOR_DETAIL;
		if (isSmall && pane === 'failures' && job !== undefined) return queueDetail(state, job, size);
		if (isSmall || job === undefined || (maximized === true && pane === 'jobs')) return jobLines(state, size);
		if (maximized === true) return queueDetail(state, job, size);
		const above = jobRows(shownJobs(state).length, size.rows);
		const rule = [segment(signsOf(state.look).across.repeat(size.columns), 'rule')];
		return [
			...filledFrame(jobLines(state, { columns: size.columns, rows: above }), { columns: size.columns, rows: above }),
			rule,
			...queueDetail(state, job, { columns: size.columns, rows: size.rows - above - 1 }),
		];
	},
};

/** The heading and the jobs: about a quarter of the rows, more where there are few below. */
const jobRows = (jobs: number, rows: number): number =>
	Math.max(Math.min(4, rows - 1), Math.min(jobs + 1, Math.floor(rows / 4) + 1));

const nothing = (state: State): readonly Line[] => [
	[],
	[segment('    Nothing is in the queue.')],
	[],
	[
		segment(`    ${keyFor(state, 'browse')}`, 'key'),
		segment(`  browse: ${keyFor(state, 'mark', 'browse')} marks rows, ${keyFor(state, 'retrieve')} retrieves them`),
	],
];

const queuePlace = (state: State): PlaceLine => {
	const { queue, now } = state;
	const { jobs } = queue;
	if (jobs.length === 0) return { left: [segment('Queue', 'heading')], right: [] };
	const isNarrow = state.size.columns < NARROW;
	const count = `${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}: ${countsText(jobs)}`;
	return {
		left: [
			segment('Queue', 'heading'),
			segment(`   ${count}`),
			...filterPart({ filter: queue.filter, isFiltering: queue.isFiltering === true }),
		],
		right: isNarrow ? [] : [segment(`all: ${totalsText(jobs, now)}`)],
	};
};

const jobLines = (state: State, { columns, rows }: Size): readonly Line[] => {
	const jobs = shownJobs(state);
	const { look, queue } = state;
	const table = tableOf(withSortSign(columnsOf(state, columns, jobs), queue.sort, look), columns - SIGNS_WIDTH - 1);
	const ids = jobs.map(({ id }) => id);
	const marks = shownMarks(queue, ids);
	if (jobs.length === 0) return [[], [segment('    No job matches the filter.')]];
	return [
		[segment(' '.repeat(SIGNS_WIDTH)), ...table.heading],
		...listRows(
			queue,
			jobs.length,
			rows - 1,
			(index) => {
				const job = jobs[index];
				return job === undefined ? [] : table.row(job);
			},
			look,
			(index) => marks.has(ids[index] ?? 0),
		),
	];
};

/** `18.2/s`, `1:02:03` or `stalled`, `95.9 MB`. */
const RATE_WIDTH = 6;
const TIME_WIDTH = 7;
const SIZE_WIDTH = 7;
const MIDDLE = { cutsMiddle: true } as const;
const RIGHT = { alignment: 'right' } as const;

const columnsOf = ({ look, now, queue }: State, columns: number, jobs: readonly Job[]): readonly TableColumn<Job>[] => {
	const isWide = columns >= WIDE;
	const widest = (text: (job: Job) => string): number => Math.max(1, ...jobs.map((job) => textWidth(text(job))));
	// As wide as it will be: numbers that grow move no column.
	const number = (
		heading: string,
		priority: number,
		text: (job: Job) => string,
		least: number,
		style?: (job: Job) => Style,
	) => {
		const width = Math.max(least, widest(text));
		return tableColumn<Job>(
			heading,
			priority,
			[width, width, width],
			(job) => segment(text(job), style?.(job) ?? 'plain'),
			RIGHT,
		);
	};
	const count = widest(({ expected }) => numberText(expected));
	const hereWidth = widest((job) => (isElsewhere(job) ? '-' : '8'.repeat(2 * numberText(job.expected).length + 1)));
	const what: readonly TableColumn<Job>[] = isWide
		? [
				tableColumn<Job>('PATIENT', 99, [10, 12, 24], ({ patient }) =>
					look.masked ? masked(patient, 'name') : patient,
				),
				tableColumn<Job>('DATE', 60, [10, 10, 10], ({ date }) => date),
				tableColumn<Job>('STUDY', 70, [9, 18, 40], (job) => job.what),
			]
		: [tableColumn<Job>('STUDY', 99, [columns < NARROW ? 10 : 24, 24, 60], (job) => labelOf(job, look.masked))];
	return [
		tableColumn<Job>('ST', 100, [4, 4, 4], (job) => segment(stateWord(job), STYLES[job.state])),
		...what,
		...(isWide && areFromSeveral(queue.jobs)
			? [tableColumn<Job>('NODE', 19, [Math.min(4, widest(nodeText)), widest(nodeText), 16], nodeText, MIDDLE)]
			: []),
		tableColumn<Job>('HOW', 30, [4, 4, 4], ({ how }) => how),
		...(isWide
			? [tableColumn<Job>('TO', 25, [Math.min(14, widest(toText)), widest(toText), 21], (job) => toText(job))]
			: []),
		number('HERE', 92, hereText, hereWidth, (job) => HERE_STYLES[job.state] ?? 'plain'),
		number('PEER', 90, (job) => numberText(job.claimed?.completed), count),
		number(
			'FAIL',
			85,
			(job) => numberText(job.claimed?.failed),
			1,
			(job) => ((job.claimed?.failed ?? 0) > 0 ? 'bad' : 'plain'),
		),
		number('WARN', 18, (job) => numberText(job.claimed?.warning), 1),
		number('LEFT', 50, (job) => numberText(job.claimed?.remaining), count),
		number('RATE', 45, (job) => rateWords(job, now), RATE_WIDTH),
		number(
			'ETA',
			55,
			(job) => timeWords(job, now).replace(/^stalled .*/, 'stalled'),
			columns < NARROW ? 1 : TIME_WIDTH,
			(job) => (timeWords(job, now).startsWith('stalled') ? 'warning' : 'plain'),
		),
		...(isWide ? [number('SIZE', 20, ({ bytes }) => (bytes === 0 ? '-' : bytesText(bytes)), SIZE_WIDTH)] : []),
	];
};

const HERE_STYLES: Readonly<Partial<Record<Job['state'], Style>>> = {
	complete: 'good',
	partial: 'warning',
	failed: 'bad',
};

const numberText = (count: number | undefined): string => (count === undefined ? '-' : String(count));

const nodeText = ({ node }: Job): string => sanitize(node);

const toText = ({ to, choice }: Job): string => sanitize(choice.how === 'move-here' ? `${to} (me)` : to);

const STYLES: Readonly<Record<Job['state'], Style>> = {
	waiting: 'faint',
	running: 'strong',
	paused: 'faint',
	stopping: 'warning',
	complete: 'good',
	sent: 'plain',
	partial: 'warning',
	failed: 'bad',
	cancelled: 'faint',
};
