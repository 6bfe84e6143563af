/** The lines above the keys of browse: how many rows, what goes on, whether that is all, and what is to be warned of. */
import { countText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { LevelState } from '../browse/browse-state.ts';
import { instancesMarked } from '../browse/marks.ts';
import { completenessText, countsText, progressText } from '../browse/progress-words.ts';
import type { Line, Segment } from '../frame.ts';
import { segment, spread, widthOf } from '../frame.ts';
import { keyFor } from '../key-hints.ts';
import type { NodeState } from '../nodes/nodes-state.ts';
import type { State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { NARROW } from './browse-columns.ts';
import { toldWords } from './masked-words.ts';
import { explained, freshProblem, isFresh, problemLine, saidLine } from './status.ts';

export const browseStatus = (state: State, columns: number): readonly Line[] => {
	const level = state.browse.levels.at(-1);
	if (level === undefined) return [];
	if (columns < NARROW) return [narrowStatus(state, level)];
	const trouble = troubleLine(state, level);
	const isOneLine = state.size.rows < 20;
	if (isOneLine && trouble !== undefined && !isBusy(level)) return [trouble];
	return trouble === undefined ? [countsLine(state, level, columns)] : [countsLine(state, level, columns), trouble];
};

const isBusy = ({ progress: { state } }: LevelState): boolean =>
	state === 'waiting' || state === 'receiving' || state === 'stopping';

const stopHint = (state: State): Line => [segment(keyFor(state, 'back'), 'key'), segment(' stop')];

const countsLine = (state: State, level: LevelState, columns: number): Line => {
	const isRunning = isBusy(level);
	const stop = stopHint(state);
	const room = columns - 1 - (isRunning ? widthOf(stop) + 1 : 0);
	const bar = segment(` ${signsOf(state.look).down} `, 'rule');
	const lines = variants(state, level).map((parts) =>
		parts.filter(({ text }) => text !== '').flatMap((part, index) => (index === 0 ? [part] : [bar, part])),
	);
	const line = lines.find((one) => widthOf(one) <= room) ?? lines.at(-1) ?? [];
	return isRunning ? spread(line, stop, columns - 1) : line;
};

/** From all there is to say to what matters most: the result of the last action, and whether these are all rows. */
const variants = (state: State, level: LevelState): readonly (readonly Segment[])[] => {
	const { status, now, keys } = state;
	const nodes = nodesOf(state);
	const activity = segment(isDrawnAbove(level) ? '' : progressText(level, nodes, now, keys));
	const moving = segment(isBusy(level) ? sweep(state) : '', 'selected');
	const whole = level.isDerived ? '' : completenessText(level, nodes, keys);
	const complete = segment(whole, completenessStyle(level));
	const brief = segment(whole.replace(/ \(.*\)$/, ''), completenessStyle(level));
	const isNews = status !== undefined && (status.kind === 'note' || status.kind === 'good');
	const said = isNews ? saidLine(status, state) : [];
	const few = countsText(level, undefined);
	// It may begin with the count itself.
	const counts = segment(whole.startsWith(`${few}:`) ? '' : countsText(level, instancesOf(level)));
	const fewer = segment(counts.text === '' ? '' : few);
	if (level.progress.state === 'stopping') return [[counts, activity, moving], [fewer, activity], [activity]];
	return [
		[counts, activity, moving, complete, ...said],
		[counts, activity, moving, brief, ...said],
		[fewer, activity, moving, brief, ...said],
		[fewer, moving, brief, ...said],
		isNews ? [fewer, ...said] : [fewer, activity, brief],
		isNews ? said : [fewer, activity],
		isNews ? said : [complete.text === '' ? activity : brief],
	];
};

/** What is waited for stands where the rows will be; what was derived took no time. */
const isDrawnAbove = ({ progress, isDerived }: LevelState): boolean =>
	progress.state === 'waiting' || (isDerived && progress.state === 'done');

const completenessStyle = ({ progress }: LevelState): Segment['style'] =>
	progress.state !== 'done' || progress.end === 'complete' ? 'plain' : progress.end === 'failed' ? 'bad' : 'warning';

const nodesOf = ({ nodes, current }: State): readonly NodeState[] => nodes.filter(({ name }) => current.includes(name));

/** How much there is to come nobody knows: it only says that something goes on. */
const SWEEP = 10;
const SWEPT = 3;

const sweep = ({ now, look }: State): string => {
	const { full, empty } = signsOf(look);
	const way = SWEEP - SWEPT;
	const step = Math.floor(now / 250) % (2 * way);
	const at = step <= way ? step : 2 * way - step;
	return `[${empty.repeat(at)}${full.repeat(SWEPT)}${empty.repeat(way - at)}]`;
};

/** What went wrong last, else what is odd about these rows. */
const troubleLine = (state: State, level: LevelState): Line | undefined => {
	const { status } = state;
	const said = status !== undefined && (status.kind === 'warning' || status.kind === 'bad') ? status : undefined;
	const problem = freshProblem(state);
	if (problem !== undefined && (said === undefined || said.text === problem.text)) return problemLine(problem, state);
	if (said !== undefined) return saidLine(said, state);
	const warning = level.warnings[0];
	if (warning === undefined) return undefined;
	const others = level.warnings.length > 1 ? `  and ${countText(level.warnings.length - 1, 'other')}` : '';
	return explained([segment(`! ${sanitize(toldWords(state, warning))}${others}`, 'warning')], state);
};

/** One line for everything: counts are beside the place already. */
const narrowStatus = (state: State, level: LevelState): Line => {
	const warnings = level.warnings.length + state.problems.filter((problem) => isFresh(problem, state)).length;
	const parts: Segment[] = [];
	if (level.marked.size > 0) parts.push(segment(`${level.marked.size} marked`), segment('  '));
	if (warnings > 0) parts.push(segment(`! ${countText(warnings, 'warning')} (x)`, 'warning'), segment('  '));
	if (isBusy(level) || parts.length === 0) {
		const text = progressText(level, nodesOf(state), state.now, state.keys);
		if (text === '') return state.status === undefined ? parts : [...parts, ...saidLine(state.status, state)];
		// How fast matters least.
		return [...parts, segment(text.replace(/, \d+ rows\/s$/, ''))];
	}
	return state.status === undefined ? parts : [...parts, ...saidLine(state.status, state)];
};

interface Sum {
	readonly version: number;
	readonly instances: number | undefined;
}

/** A set of marks is never changed, only replaced: what was added up stays right until other rows come. */
const SUMS = new WeakMap<ReadonlySet<string>, Sum>();

const instancesOf = (level: LevelState): number | undefined => {
	const { marked, version } = level;
	if (marked.size === 0 || level.level === 'instance') return undefined;
	const known = SUMS.get(marked);
	if (known?.version === version) return known.instances;
	const instances = instancesMarked(level);
	SUMS.set(marked, { version, instances });
	return instances;
};
