/** Everything that is known of one job: what the peer says, what arrived and what was expected, each on a line of its own. */
import { bytesText, countText, durationText } from '../../output/quantities.ts';
import { causeText } from '../../output/retrieve-missing.ts';
import { waitText } from '../../output/retrieve-progress.ts';
import { sanitize } from '../../output/sanitize.ts';
import { cutEnd, cutMiddle, pad, textWidth } from '../../output/text-width.ts';
import { uidName } from '../../output/uid-names.ts';
import type { Line, Size, Style } from '../frame.ts';
import { fitted, segment, spread } from '../frame.ts';
import { keyFor } from '../key-hints.ts';
import type { ActionName } from '../keys.ts';
import { hasFallenBack, isElsewhere } from '../queue/job-events.ts';
import {
	ageOf,
	areFromSeveral,
	doneOf,
	endText,
	isActive,
	isOver,
	labelOf,
	missingOf,
	paceOf,
	preparingText,
	timeWords,
} from '../queue/job-progress.ts';
import type { Job } from '../queue/queue-state.ts';
import type { State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { listRows } from './list-rows.ts';
import { toldWords } from './masked-words.ts';
import { seriesLines } from './queue-series.ts';

/** From here on series and rates have a place of their own. */
const WIDE = 100;
const NARROW = 60;
const MOST_LOG = 5;
/** Rows that the failed list and the series need before there is room for the log. */
const ROWS_FOR_LOG = 24;

export const queueDetail = (state: State, job: Job, size: Size): readonly Line[] => {
	const { columns } = size;
	const log = size.rows >= ROWS_FOR_LOG && columns >= WIDE ? logLines(state, columns) : [];
	const rows = size.rows - log.length;
	const head = headLines(state, job, columns);
	const hasFailures = job.failures.length > 0 || missingOf(job) > 0;
	const room = rows - head.length;
	const series = seriesLines(state, job, { columns, rows: hasFailures ? Math.max(1, Math.ceil(room / 2)) : room });
	// Whoever looks at the failed ones sees some of them on the smallest screen too.
	const kept =
		hasFailures && state.queue.pane === 'failures' ? rows - Math.min(job.failures.length + 1, rows >> 1) : rows;
	const top = [...head, ...series].slice(0, kept);
	const failed = hasFailures ? failedLines(state, job, { columns, rows: rows - top.length }) : [];
	const body = [...top, ...failed];
	const blanks = Array.from({ length: Math.max(0, rows - body.length) }, (): Line => []);
	return [...body.slice(0, rows), ...blanks, ...log];
};

// ---- the three sources --------------------------------------------------------------------------------------------------

const headLines = (state: State, job: Job, columns: number): readonly Line[] => {
	const isWide = columns >= WIDE;
	const label = labelOf(job, state.look.masked);
	const uid = isWide ? (job.unit.seriesUid ?? job.unit.studyUid ?? '') : '';
	const way = columns < NARROW ? '' : wayText(job, state);
	const left = [segment(` ${cutEnd(label, Math.max(10, columns - textWidth(way) - 4))}`, 'strong')];
	const room = columns - textWidth(label) - textWidth(way) - 8;
	if (uid !== '' && room > 20) left.push(segment(`   ${cutMiddle(sanitize(uid), room)}`, 'faint'));
	return [
		spread(left, [segment(`${way} `)], columns),
		barLine(state, job, columns),
		...wordLines('peer says', peerWords(state, job, isWide), columns),
		...wordLines('arrived', [arrivedWords(state, job)], columns),
		...wordLines('expected', [expectedWords(job)], columns),
		...verdictLines(state, job, columns),
		...(isWide ? [[]] : []),
	];
};

const wayText = (job: Job, { look, receiver, queue }: State): string => {
	const from = areFromSeveral(queue.jobs) ? `${sanitize(job.node)} ` : '';
	const arrow = `${from}${signsOf(look).arrow}`;
	if (job.how === 'GET') return `C-GET ${arrow} here`;
	const who = sanitize(job.to);
	if (isElsewhere(job)) return `C-MOVE ${arrow} ${who}`;
	const instead = hasFallenBack(job) ? 'no C-GET there: ' : '';
	return `${instead}C-MOVE ${arrow} ${who} (me${receiver.port === 0 ? '' : `, port ${receiver.port}`})`;
};

const LABEL = 15;

type Words = readonly [text: string, style: Style];

/** Cut, not wrapped, where it does not fit: what matters stands first. */
const wordLines = (label: string, words: readonly Words[], columns: number): readonly Line[] => [
	fitted(
		[segment(`   ${label}`.padEnd(LABEL), 'faint'), ...words.map(([text, style]) => segment(text, style))],
		columns,
	),
];

const BAR_LEAST = 10;

/** What was seen of what is expected; where nobody sees it, what the peer claims, and that it does. */
const barLine = ({ look, now }: State, job: Job, columns: number): Line => {
	const { full, empty } = signsOf(look);
	const { expected } = job;
	const done = doneOf(job);
	const count = done?.count ?? 0;
	const share = expected === undefined || expected === 0 ? undefined : Math.min(1, count / expected);
	const took = job.startedAt === undefined ? '' : durationText((job.endedAt ?? job.heldAt ?? now) - job.startedAt);
	const text = [
		`${count}/${expected ?? '?'}${done?.isSeen === false ? ' says the peer' : ''}`,
		...(share === undefined ? [] : [`${Math.floor(share * 100)}%`]),
		...(took === '' ? [] : [took]),
	].join('  ');
	const width = columns - textWidth(text) - 8;
	if (width < BAR_LEAST) return [segment(`   ${text}`)];
	const cells = Math.round((share ?? 0) * width);
	const style =
		job.state === 'complete' ? 'good' : job.state === 'partial' || job.state === 'failed' ? 'warning' : 'key';
	return [
		segment('   ['),
		segment(full.repeat(cells), style),
		segment(empty.repeat(width - cells), 'faint'),
		segment(']  '),
		segment(text),
	];
};

/** Before the first response nothing is said; a peer that sends none is said to send none. */
const peerWords = (state: State, job: Job, isWide: boolean): readonly Words[] => {
	const { now } = state;
	const { claimed, sendsNone, lastStatus, startedAt } = job;
	if (startedAt === undefined) return [['nothing was asked for yet', 'faint']];
	const { text: age, isOverdue } = ageOf(job, now);
	const overdue: readonly Words[] =
		isOverdue && isActive(job)
			? [
					[
						`  ! ${age}${isWide || job.lastResponseAt === undefined ? `, ${keyFor(state, 'cancelJob')} cancels` : ''}`,
						'warning',
					],
				]
			: [];
	const status = lastStatus === undefined ? '' : lastStatus.toString(16).padStart(4, '0').toUpperCase();
	if (claimed === undefined) {
		if (isOver(job) && status !== '') return [[`no numbers, final status ${status}`, 'plain']];
		const last = overdue.length > 0 ? '' : `; last response ${age}, status ${status}`;
		if (status !== '') return [[`sends no numbers${last}`, 'plain'], ...overdue];
		if (sendsNone) return [[noProgressText(job), 'plain']];
		const since = age === '' || overdue.length > 0 ? '' : `, ${age}`;
		return [[isActive(job) ? `nothing yet${since}` : 'nothing', 'plain'], ...overdue];
	}
	const { completed, failed, warning, remaining } = claimed;
	const gap = isWide ? '   ' : '  ';
	const response = job.lastResponseAt === undefined ? age : `last response ${age}`;
	const words = isWide ? `${response}${status === '' ? '' : `, status ${status}`}` : `(${age})`;
	const last = overdue.length > 0 || isOver(job) || age === '' ? '' : `${gap}${words}`;
	return [
		[`completed ${completed ?? '-'}${gap}`, 'plain'],
		[`failed ${failed ?? '-'}`, (failed ?? 0) > 0 ? 'bad' : 'plain'],
		[`${gap}warning ${warning ?? '-'}${gap}remaining ${remaining ?? '-'}`, 'plain'],
		[last, 'faint'],
		...(isOver(job) && status !== ''
			? [[`${isWide ? '   final status' : '  final'} ${status}`, 'plain'] as const]
			: []),
		...overdue,
	];
};

const noProgressText = (job: Job): string =>
	isElsewhere(job) ? 'sends no progress' : 'sends no progress; arrivals are counted';

const arrivedWords = ({ now }: State, job: Job): Words => {
	const { arrived, bytes, from, startedAt } = job;
	if (startedAt === undefined) return ['-', 'faint'];
	if (isElsewhere(job)) {
		if (arrived > 0) return [`${arrived} at ${sanitize(job.to)}, by its own query`, 'plain'];
		return [`not seen here: they go to ${sanitize(job.to)}`, 'plain'];
	}
	const pace = paceOf(job, now);
	const parts = [
		`${arrived} here${from === undefined ? '' : `, from ${sanitize(from)}`}`,
		...(bytes > 0 ? [bytesText(bytes)] : []),
		...(pace === undefined || pace.bytesPerSecond < 1 ? [] : [`${bytesText(pace.bytesPerSecond)}/s`]),
	];
	return [parts.join(', '), 'plain'];
};

const expectedWords = ({ expected, expectedFrom, series }: Job): Words => {
	if (expected === undefined) return ['not known: the peer was not asked, or does not say', 'plain'];
	const of = series.length > 0 ? `, ${countText(series.length, 'series', 'series')}` : '';
	return [`${countText(expected, 'instance')} (${expectedFrom})${of}`, 'plain'];
};

const verdictLines = (state: State, job: Job, columns: number): readonly Line[] => {
	const { waitingFor, notes } = job;
	if (waitingFor !== undefined) {
		const until = waitingFor.until === undefined ? '' : `, ${waitText(waitingFor.until - state.now)}`;
		return wordLines('now', [[`${sanitize(waitingFor.text)}${until}`, 'warning']], columns);
	}
	if (isOver(job)) return wordLines('in the end', [[verdictText(job), VERDICT_STYLES[job.state] ?? 'plain']], columns);
	const time = timeWords(job, state.now);
	if (isActive(job) && time.startsWith('stalled'))
		return wordLines('now', [[`${time}, ${keyFor(state, 'cancelJob')} cancels`, 'warning']], columns);
	const preparing = preparingText(job, state.now);
	if (preparing !== '') return wordLines('now', [[preparing, 'plain']], columns);
	const note = notes.at(-1);
	return note === undefined ? [] : wordLines('note', [[sanitize(note), 'faint']], columns);
};

/** Of what failed or was cancelled the end itself says so. */
const verdictText = (job: Job): string => {
	const why = job.state === 'failed' && job.explanation !== undefined ? [sanitize(job.explanation.title)] : [];
	return [...[VERDICTS[job.state] ?? []].flat(), endText(job), ...why].join(': ');
};

const VERDICTS: Readonly<Partial<Record<Job['state'], string>>> = {
	complete: 'complete',
	sent: 'sent, says the peer; nobody has seen it arrive',
	partial: 'incomplete',
};

const VERDICT_STYLES: Readonly<Partial<Record<Job['state'], Style>>> = {
	complete: 'good',
	partial: 'warning',
	failed: 'bad',
};

// ---- what failed --------------------------------------------------------------------------------------------------------

const failedLines = (state: State, job: Job, { columns, rows }: Size): readonly Line[] => {
	const { failures } = job;
	const { pane, failureAt } = state.queue;
	const count = Math.max(failures.length, missingOf(job));
	const key = (action: ActionName) => keyFor(state, action, 'queue');
	const all = `${key('open')} list   ${key('copy')} copy   ${key('retry')} retry these `;
	const hints = columns < NARROW ? '' : failures.length > 0 ? all : `${key('retry')} retry `;
	const head = spread([segment(` Failed (${count})`, 'bad')], [segment(hints, 'faint')], columns);
	if (rows < 2) return rows < 1 ? [] : [head];
	const unnamed = count - failures.length;
	const more = unnamed > 0 ? 1 : 0;
	const uid = columns >= WIDE ? 42 : Math.max(16, Math.floor(columns * 0.4));
	const kind = columns >= WIDE ? 22 : 0;
	const lines = listRows(
		{ at: pane === 'failures' ? failureAt : -1 },
		failures.length,
		rows - 1 - more,
		(index) => {
			const one = failures[index];
			if (one === undefined) return [];
			const { sopInstanceUid, sopClassUid, why } = one;
			const name = sopClassUid === undefined ? '' : uidName(sopClassUid).replace(/ Storage$/, '');
			return [
				segment(pad(cutMiddle(sanitize(sopInstanceUid), uid), uid, 'left')),
				segment(kind === 0 ? '' : `  ${pad(cutEnd(name, kind), kind, 'left')}`),
				segment(`  ${sanitize(causeText(why))}`),
			];
		},
		state.look,
	);
	const rest: readonly Line[] =
		more === 0 ? [] : [[segment(`    ${unnamed} more, which nobody knows by name`, 'faint')]];
	return [head, ...lines, ...rest];
};

// ---- log ----------------------------------------------------------------------------------------------------------------

const logLines = (state: State, columns: number): readonly Line[] => {
	const { look, log, epochMs } = state;
	const lines = log.lines.slice(-MOST_LOG);
	if (lines.length === 0) return [];
	const clock = (at: number): string => new Date(epochMs + at).toTimeString().slice(0, 8);
	return [
		[segment(signsOf(look).across.repeat(columns), 'rule')],
		[segment(' LOG', 'heading')],
		...lines.map(({ at, level, text }): Line => {
			const style = level === 'E' ? 'bad' : level === 'W' ? 'warning' : 'plain';
			return [segment(`  ${clock(at)}  `, 'faint'), segment(`${level}  ${sanitize(toldWords(state, text))}`, style)];
		}),
	];
};
