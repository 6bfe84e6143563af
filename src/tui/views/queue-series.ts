/** The series of a job and how each is, and beside them how many instances came in each second of the last minute. */
import { sanitize } from '../../output/sanitize.ts';
import { cutEnd, pad } from '../../output/text-width.ts';
import type { Line, Size, Style } from '../frame.ts';
import { fitted, segment } from '../frame.ts';
import { RATE_SECONDS, ratesUntil } from '../queue/job-events.ts';
import { isActive, isOver } from '../queue/job-progress.ts';
import type { Job, JobSeries } from '../queue/queue-state.ts';
import type { State } from '../state.ts';
import { signsOf } from '../theme.ts';

const WIDE = 100;
const TABLE = 68;
/** A heading and at least three rows. */
const LEAST_ROWS = 4;
const GRAPH_ROWS = 4;

/** A table and a graph where there is room, else one line. */
export const seriesLines = (state: State, job: Job, { columns, rows }: Size): readonly Line[] => {
	if (columns < WIDE || rows < LEAST_ROWS) return job.series.length === 0 || rows < 1 ? [] : [oneLine(job, columns)];
	const hasGraph = job.rates.length > 0;
	if (job.series.length === 0 && !hasGraph) return [];
	const height = Math.min(rows - 1, Math.max(job.series.length + 1, hasGraph ? GRAPH_ROWS + 2 : 0));
	const left = tableLines(job, height);
	const right = hasGraph ? graphLines(state, job, columns - TABLE - 4) : [];
	const line = segment(right.length > 0 ? ` ${signsOf(state.look).down} ` : '   ', 'rule');
	return [
		...Array.from({ length: height }, (_, row) => [...fitted(left[row] ?? [], TABLE), line, ...(right[row] ?? [])]),
		[],
	];
};

const isDone = ({ expected, arrived }: JobSeries): boolean =>
	expected !== undefined && arrived !== undefined && arrived >= expected;

const hasSome = ({ arrived = 0 }: JobSeries): boolean => arrived > 0;

const nameOf = ({ number, title }: JobSeries): string =>
	sanitize([number, title].filter((part) => part !== '').join(' '));

/** `series  2/4 done   now: 3 CORONAL 2` */
const oneLine = (job: Job, columns: number): Line => {
	const { series } = job;
	const done = series.filter(isDone).length;
	const sent = series.filter((one) => one.isSent === true && !isDone(one)).length;
	const now = isActive(job) ? series.find((one) => !isDone(one) && hasSome(one)) : undefined;
	const failed = series.filter((one) => one.failed > 0).length;
	const parts = [
		...(sent > 0 && done === 0 ? [] : [`${done}/${series.length} done`]),
		...(sent > 0 ? [`${sent}/${series.length} sent`] : []),
		...(failed > 0 ? [`${failed} with failures`] : []),
		...(now === undefined ? [] : [`now: ${nameOf(now)} ${now.arrived}/${now.expected ?? '?'}`]),
	];
	return fitted([segment('   series'.padEnd(15), 'faint'), segment(parts.join('   '))], columns);
};

const tableLines = (job: Job, height: number): readonly Line[] => {
	const { series } = job;
	const shown = series.length < height ? series : series.slice(0, height - 2);
	const rest = series.length - shown.length;
	return [
		[segment(`    ${'#'.padStart(3)}  ${'SERIES'.padEnd(22)}  EXPECT  ARRIVED  FAILED  STATE`, 'heading')],
		...shown.map((one): Line => {
			const { number, title, expected, arrived, failed } = one;
			const [word, style] = stateOf(one, job);
			const name = pad(cutEnd(sanitize(title), 22), 22, 'left');
			const counts = `${numberText(expected).padStart(6)}  ${numberText(arrived).padStart(7)}  `;
			return [
				segment(`    ${cutEnd(sanitize(number), 3).padStart(3)}  ${name}  ${counts}`),
				segment(String(failed).padStart(6), failed > 0 ? 'bad' : 'plain'),
				segment(`  ${word}`, style),
			];
		}),
		...(rest > 0 ? [[segment(`         and ${rest} more series`, 'faint')]] : []),
	];
};

const numberText = (count: number | undefined): string => (count === undefined ? '-' : String(count));

/** Complete is what arrived, whatever the peer says of it. */
const stateOf = (series: JobSeries, job: Job): readonly [string, Style] => {
	const { failed, arrived, expected } = series;
	if (isDone(series)) return ['complete', 'good'];
	if (failed > 0) return [`${failed} failed`, 'bad'];
	if (series.isSent === true) return ['sent', 'plain'];
	// Where they go elsewhere nobody sees them before the end, and maybe not then.
	if (isOver(job)) return expected === undefined || arrived === undefined ? ['', 'plain'] : ['incomplete', 'warning'];
	if (arrived === undefined) return [isActive(job) ? sendingWord(series, job) : 'waiting', 'faint'];
	return hasSome(series) ? ['receiving', 'plain'] : ['waiting', 'faint'];
};

/** What a request for it has come to: after its final response the destination is looked into. */
const sendingWord = ({ uid }: JobSeries, { parts }: Job): string => {
	const asked = parts.filter(
		({ series, askedAt, result }) => askedAt !== undefined && result === undefined && series.includes(uid),
	);
	return asked.length === 0 ? 'waiting' : asked.every(({ isAnswered }) => isAnswered) ? 'checking' : 'sending';
};

/** The newest second at the right; each cell of the highest column is an eighth. */
const graphLines = ({ look, now }: State, job: Job, width: number): readonly Line[] => {
	const { steps, down, across, teeUp } = signsOf(look);
	const { rates } = isActive(job) ? ratesUntil(job, now) : job;
	const most = Math.max(1, ...rates);
	const label = String(most).length;
	const room = Math.max(10, Math.min(RATE_SECONDS, width - label - 4));
	const shown = rates.slice(-room);
	const rows = Array.from({ length: GRAPH_ROWS }, (_, index): Line => {
		const row = GRAPH_ROWS - 1 - index;
		const cells = shown.map((rate) => {
			const eighths = Math.round((rate / most) * GRAPH_ROWS * 8) - row * 8;
			return eighths <= 0
				? rate > 0 && row === 0
					? (steps[0] ?? ' ')
					: ' '
				: (steps[Math.min(8, eighths) - 1] ?? ' ');
		});
		const mark = index === 0 ? String(most) : index === GRAPH_ROWS - 1 ? '0' : '';
		return [segment(`${mark.padStart(label)} ${down}`, 'faint'), segment(cells.join('').padStart(room), 'key')];
	});
	return [
		[segment(`RATE, last ${shown.length} s (instances/s)`, 'heading')],
		...rows,
		[segment(`${' '.repeat(label)} ${teeUp}${across.repeat(room)}`, 'faint')],
	];
};
