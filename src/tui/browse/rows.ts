/** Rows of a running query, and its end: merged from all nodes, or gathered until follow mode has them all. */
import type { Action, Effect, Reduced } from '../actions.ts';
import { keyFor } from '../key-hints.ts';
import { withProblem } from '../problems.ts';
import { shownOf } from '../row-words.ts';
import type { State } from '../state.ts';
import type { LevelState, QueryEnd, Row } from './browse-state.ts';
import { KeptRow } from './kept-rows.ts';
import { currentLevel, isRunning, startedQuery, withLevel } from './levels.ts';
import { markedWith } from './marked-row.ts';
import { withDerived } from './patient-view.ts';
import { rowKey } from './row-key.ts';
import { keyAt, withAppended, withOrder } from './row-view.ts';

/** More is for `dimse find`: the memory of a terminal program ends somewhere. */
export const MOST_ROWS = 200_000;

type Rows = Extract<Action, { readonly type: 'rows' }>;
type Ended = Extract<Action, { readonly type: 'query-ended' }>;

export const rowsArrived = (state: State, { queryId, node, rows }: Rows): Reduced | undefined => {
	const index = levelOf(state, queryId);
	const level = state.browse.levels[index];
	if (level === undefined || !isRunning(level)) return { state, effects: [] };
	const room = MOST_ROWS - (level.gathered ?? level.rows).length;
	const taken = (room < rows.length ? rows.slice(0, room) : rows).map((row) =>
		rowOf(level, row instanceof KeptRow ? row : { ...row, ...shownOf(row.dataset, level.level), node }),
	);
	const isTooMany = room <= rows.length;
	const { progress } = level;
	const receiving: LevelState = {
		...level,
		progress:
			progress.state === 'waiting' ? { state: 'receiving', since: progress.since, firstAt: state.now } : progress,
		...(isTooMany && !level.ends.includes('too-many') ? { ends: [...level.ends, 'too-many'] } : {}),
	};
	const effects: readonly Effect[] =
		isTooMany && !level.ends.includes('too-many') ? [{ do: 'stop-query', queryId, isAbort: false }] : [];
	if (level.gathered !== undefined) {
		(level.gathered as Row[]).push(...taken);
		return { state: withLevel(state, receiving, index), effects };
	}
	return { state: withDerived(withLevel(state, withAppended(receiving, taken, state.size), index)), effects };
};

/** With what was known of it when the same was asked before. */
const rowOf = ({ before, gathered }: LevelState, row: Row): Row => {
	if (before === undefined) return row;
	const known = before.get(rowKey(row));
	if (known === undefined) return gathered === undefined ? row : markedWith(row, { isNew: true });
	if (known.retrieve === undefined) return row;
	return markedWith(row, {
		retrieve: known.retrieve,
		...(known.percent === undefined ? {} : { percent: known.percent }),
	});
};

const levelOf = ({ browse }: State, queryId: number): number =>
	browse.levels.findIndex((level) => level.queryId === queryId && !level.isDerived);

export const queryEnded = (state: State, { queryId, node, end, warnings, explanation }: Ended): Reduced | undefined => {
	const index = levelOf(state, queryId);
	const level = state.browse.levels[index];
	if (level === undefined || !level.asking.includes(node)) return { state, effects: [] };
	const asking = level.asking.filter((one) => one !== node);
	const ended: LevelState = {
		...level,
		asking,
		ends: [...level.ends, end],
		...(end === 'cut-off' ? { cutOff: [...(level.cutOff ?? []), { node, rows: rowsOf(level, node) }] } : {}),
		warnings: [...level.warnings, ...warnings],
		...(asking.length > 0 ? {} : doneOf(level, end, state.now)),
	};
	let next = withLevel(state, asking.length > 0 ? ended : settled(ended, state), index);
	for (const text of warnings) next = withProblem(next, { at: state.now, kind: 'warning', text, node, ofAsking: true });
	if (end === 'failed') next = failed(next, node, explanation, index);
	return { state: withDerived(next), effects: [] };
};

const rowsOf = ({ gathered, rows }: LevelState, node: string): number =>
	(gathered ?? rows).reduce((sum, row) => (row.node === node ? sum + 1 : sum), 0);

const doneOf = (level: LevelState, end: QueryEnd, now: number): Pick<LevelState, 'progress'> => {
	const since = beganAt(level.progress) ?? now;
	return { progress: { state: 'done', tookMs: Math.max(0, now - since), end: worst([...level.ends, end]) } };
};

const beganAt = (progress: LevelState['progress']): number | undefined => {
	if (progress.state === 'none' || progress.state === 'done') return undefined;
	return progress.state === 'stopping' ? (progress.began ?? progress.since) : progress.since;
};

/** Several nodes: what has to be known of all of them together. */
const worst = (ends: readonly QueryEnd[]): QueryEnd =>
	ends.every((end) => end === 'failed') ? 'failed' : (WORST_FIRST.find((end) => ends.includes(end)) ?? 'complete');

const WORST_FIRST: readonly QueryEnd[] = ['too-many', 'stopped', 'failed', 'cut-off'];

/** Everything is here: what was gathered takes its place, what is to be sorted is. */
const settled = (level: LevelState, { size }: State): LevelState => {
	const done = { ...level, before: undefined, wantedKey: undefined };
	if (level.gathered === undefined) {
		if (level.sort === undefined) return done;
		const sorted = withOrder(done, size);
		// Who has not moved the cursor looks at the beginning.
		return level.at === 0 && level.before === undefined ? { ...sorted, at: 0, top: 0 } : sorted;
	}
	// A query that failed says nothing of what is gone.
	if (level.progress.state === 'done' && level.progress.end === 'failed') return { ...done, gathered: undefined };
	const key = keyAt(level, level.at);
	const rows = level.gathered;
	const known = new Set(rows.map(rowKey));
	const marked = new Set([...level.marked].filter((one) => known.has(one)));
	const shown = withOrder({ ...done, gathered: undefined, rows, shown: [], marked }, size);
	const at = shown.shown.findIndex((_, index) => keyAt(shown, index) === key);
	return withOrder({ ...shown, at: at < 0 ? Math.min(level.at, Math.max(0, shown.shown.length - 1)) : at }, size);
};

/** What came before it failed stays; where nothing did, the screen says why. */
const failed = (state: State, node: string, explanation: Ended['explanation'], index: number): State => {
	const text = explanation?.title ?? `the query of ${node} failed`;
	const problem = {
		at: state.now,
		kind: 'bad',
		text,
		node,
		ofAsking: true,
		...(explanation === undefined ? {} : { explanation }),
	} as const;
	const told = { ...withProblem(state, problem), status: { kind: 'bad', text } as const };
	const level = state.browse.levels[index];
	const isSeen = state.screen === 'browse' && state.overlays.length === 0 && index === state.browse.levels.length - 1;
	const hasNothing = level !== undefined && level.rows.length === 0 && level.asking.length === 0;
	if (explanation === undefined || !isSeen || !hasNothing) return told;
	return { ...told, overlays: [...told.overlays, { kind: 'error', node, explanation }] };
};

/** The same once more, in parts where it was asked so, what there was staying until all is here: fewer rows would be there without a word. */
export const followedOn = (state: State, index: number): Reduced => {
	const again = askedAgain(state, index, true);
	return state.browse.levels[index]?.inParts === true ? inParts(again) : again;
};

/** The same query once more, the cursor on the same row as soon as that is there. Gathering, what there was stays until all is here. */
export const askedAgain = (state: State, index: number, gathers: boolean): Reduced => {
	const level = state.browse.levels[index];
	if (level === undefined || level.nodes.length === 0) return { state, effects: [] };
	const before = new Map(level.rows.map((row) => [rowKey(row), row]));
	const again: LevelState = gathers
		? { ...level, before, gathered: [], warnings: [] }
		: {
				...level,
				before,
				gathered: undefined,
				rows: [],
				shown: [],
				at: 0,
				top: 0,
				version: level.version + 1,
				rangeFrom: undefined,
				warnings: [],
				inParts: false,
				wantedKey: keyAt(level, level.at),
			};
	const started = startedQuery({ ...state, browse: { ...state.browse, levels: [] } }, again, level.nodes);
	const { nodes, browse } = started.state;
	const [running = again] = browse.levels;
	// Nobody has pressed anything where it is gathered: only what went wrong is over.
	const status = gathers && state.status?.kind !== 'bad' ? state.status : undefined;
	const asking: State = { ...state, nodes, status, browse: { ...state.browse, lastQueryId: browse.lastQueryId } };
	return {
		state: withDerived(withLevel(asking, running, index)),
		effects: [
			...(isRunning(level) ? [{ do: 'stop-query', queryId: level.queryId, isAbort: false } as const] : []),
			...started.effects,
		],
	};
};

/** The query of the level in parts, until nothing looks cut off. */
export const askedPastLimit = (state: State): Reduced => {
	const level = currentLevel(state);
	const [node] = level.nodes;
	const refuses = (text: string): Reduced => ({ state: { ...state, status: { kind: 'note', text } }, effects: [] });
	if (level.isDerived || level.level !== 'study') return refuses('only a query for studies can be asked in parts');
	if (node === undefined || level.progress.state === 'none') return refuses('nothing was asked yet');
	if (level.nodes.length > 1)
		return refuses(`in parts one node is asked at a time: ${keyFor(state, 'switchNode')} chooses one`);
	if (isRunning(level)) return refuses('the query is still running');
	const { state: asking, effects } = inParts(askedAgain(state, state.browse.levels.length - 1, false));
	const told = { ...asking, status: { kind: 'note', text: 'asking in parts until nothing is cut off' } } as const;
	return { state: withLevel(told, { ...currentLevel(told), inParts: true }), effects };
};

/** Of one node. */
const inParts = ({ state, effects }: Reduced): Reduced => ({
	state,
	effects: effects.flatMap((effect): readonly Effect[] => {
		if (effect.do !== 'query') return [effect];
		const { queryId, nodes, query } = effect;
		return nodes.map((node) => ({ do: 'past-limit', queryId, node, query }));
	}),
});
