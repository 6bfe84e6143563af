/** What is the same on every screen: going from one to another, masking, quitting, Ctrl+C; and what is learned of nodes. */
import type { Action, PartialReducer, Reduced } from './actions.ts';
import { asked, isRunning } from './browse/levels.ts';
import { stopped } from './browse/reduce-browse.ts';
import type { ActionName } from './keys.ts';
import { cursorAt, listHeight, topFor } from './list-cursor.ts';
import { withoutNodes } from './nodes/node-switching.ts';
import type { NodeState } from './nodes/nodes-state.ts';
import { quitAsked } from './overlays/reduce-quit.ts';
import { withCounts } from './overlays/saved-queries.ts';
import { withProblem } from './problems.ts';
import type { ScreenName, State } from './state.ts';

/** A second Ctrl+C within this time means it. */
const TWICE_MS = 2_000;

export const reduceGlobal: PartialReducer = (state, action) => {
	switch (action.type) {
		case 'key':
			return KEYS[action.action]?.(state);
		case 'interrupted':
			return interrupted(state);
		case 'tick':
			return only(state);
		case 'resized':
			return only(resized(state, action));
		case 'ask':
			return asked({ ...state, overlays: [] }, action.query, action.nodes);
		case 'nodes-read':
			return nodesRead(state, action);
		case 'connection':
			return withNode(state, action.node, (node) => ({ ...node, connection: action.connection }));
		case 'echoed':
			return withNode(state, action.node, (node) => echoed(node, action));
		case 'learned':
			return withNode(state, action.node, (node) => ({
				...node,
				...action.learned,
				learned:
					action.words === undefined || node.learned.includes(action.words)
						? node.learned
						: [...node.learned, action.words],
			}));
		case 'said':
			return said(state, action);
		default:
			return undefined;
	}
};

const only = (state: State): Reduced => ({ state, effects: [] });

const to =
	(screen: ScreenName) =>
	(state: State): Reduced =>
		only({ ...state, screen });

const KEYS: Partial<Record<ActionName, (state: State) => Reduced | undefined>> = {
	browse: to('browse'),
	queue: to('queue'),
	nodes: to('nodes'),
	trace: to('trace'),
	log: to('log'),
	mask: (state) =>
		only({
			...state,
			look: { ...state.look, masked: !state.look.masked },
			status: {
				kind: 'note',
				text: state.look.masked ? 'patient data is shown' : 'patient data is masked on the screen',
			},
		}),
	redraw: (state) => ({ state, effects: [{ do: 'redraw' }] }),
	suspend: (state) => ({ state, effects: [{ do: 'suspend' }] }),
	interrupt: (state) => interrupted(state),
	cancel: (state) => only({ ...state, overlays: state.overlays.slice(0, -1) }),
	back: (state) => backToBrowse(state),
	leave: (state) => backToBrowse(state),
	quit: (state) => quitOrBack(state),
	nextPane: (state) => only(state),
	previousPane: (state) => only(state),
};

const backToBrowse = (state: State): Reduced => only({ ...state, screen: 'browse' });

/** Back where there is something to go back to; at the top it quits. */
const quitOrBack = (state: State): Reduced => {
	if (state.overlays.length > 0) return only({ ...state, overlays: state.overlays.slice(0, -1) });
	if (state.screen !== 'browse') return backToBrowse(state);
	if (state.browse.levels.length > 1) return { ...only(state), next: { type: 'key', at: state.now, action: 'leave' } };
	return quitAsked(state, true);
};

/** Ctrl+C: closes what is on top, else cancels what runs, twice within 2 s aborts it, and at rest asks whether to quit. */
const interrupted = (state: State): Reduced => {
	if (state.overlays.length > 0) return only({ ...state, overlays: state.overlays.slice(0, -1) });
	if (state.browse.isFiltering) return only({ ...state, browse: { ...state.browse, isFiltering: false } });
	const { browse, now } = state;
	const isTwice = browse.interruptedAt !== undefined && now - browse.interruptedAt <= TWICE_MS;
	const running = browse.levels.findLast((level) => !level.isDerived && isRunning(level));
	if (running !== undefined) {
		const isStopping = running.progress.state === 'stopping';
		return stopped({ ...state, browse: { ...browse, interruptedAt: now } }, isTwice || isStopping);
	}
	// The first one ended it before the second was pressed: nobody meant to quit.
	return isTwice ? only(state) : quitAsked(state, false);
};

const resized = (state: State, { size }: Extract<Action, { readonly type: 'resized' }>): State => {
	const height = listHeight(size);
	const levels = state.browse.levels.map((level) => ({
		...level,
		top: topFor(level.at, level.top, level.shown.length, height),
	}));
	return { ...state, size, browse: { ...state.browse, levels } };
};

/** What was seen of a node stays known while its entry is changed, unless that calls another peer from now on. */
const nodesRead = (state: State, { nodes: read, saved }: Extract<Action, { readonly type: 'nodes-read' }>): Reduced => {
	const known = new Map(state.nodes.map((node) => [node.name, node]));
	const nodes = read.map((node) => {
		const before = known.get(node.name);
		if (before === undefined) return node;
		return isSamePeer(before, node) ? { ...node, ...seenOf(before) } : { ...node, settledAt: state.now };
	});
	const named = new Set(read.map(({ name }) => name));
	const gone = [...new Set([...known.keys(), ...state.current])].filter((name) => !named.has(name));
	const changed: State = {
		...state,
		nodes,
		savedQueries: withCounts(saved, state.savedQueries),
		current: state.current.length > 0 ? state.current : nodes.slice(0, 1).map(({ name }) => name),
		nodesScreen: cursorAt(state.nodesScreen, state.nodesScreen.at, nodes.length, listHeight(state.size)),
	};
	return gone.length === 0 ? only(changed) : withoutNodes(changed, gone);
};

const isSamePeer = (before: NodeState, now: NodeState): boolean =>
	before.host === now.host &&
	before.port === now.port &&
	before.tls === now.tls &&
	before.calledAeTitle === now.calledAeTitle &&
	before.callingAeTitle === now.callingAeTitle;

const seenOf = ({
	echo,
	echoMs,
	echoText,
	connection,
	settledAt,
	canFind,
	canGet,
	canMove,
	learned,
}: NodeState): Partial<NodeState> => ({
	echo,
	connection,
	...(settledAt === undefined ? {} : { settledAt }),
	...(learned.length === 0 ? {} : { learned }),
	...(echoMs === undefined ? {} : { echoMs }),
	...(echoText === undefined ? {} : { echoText }),
	...(canFind === undefined ? {} : { canFind }),
	...(canGet === undefined ? {} : { canGet }),
	...(canMove === undefined ? {} : { canMove }),
});

const echoed = (node: NodeState, { echo, ms, text }: Extract<Action, { readonly type: 'echoed' }>): NodeState => {
	const { echoMs: _ms, echoText: _text, ...rest } = node;
	return {
		...rest,
		echo,
		...(ms === undefined ? {} : { echoMs: ms }),
		...(text === undefined ? {} : { echoText: text }),
	};
};

const withNode = (state: State, name: string, change: (node: NodeState) => NodeState): Reduced => {
	const index = state.nodes.findIndex((node) => node.name === name);
	const node = state.nodes[index];
	return only(node === undefined ? state : { ...state, nodes: state.nodes.with(index, change(node)) });
};

const said = (state: State, action: Extract<Action, { readonly type: 'said' }>): Reduced => {
	const { kind, text, explanation, node, at } = action;
	const told: State = { ...state, status: { kind, text } };
	// An answer with something to read is read with `x` as problems are.
	if (kind !== 'warning' && kind !== 'bad' && explanation === undefined) return only(told);
	return only(
		withProblem(told, {
			at,
			kind: kind === 'bad' ? 'bad' : 'warning',
			text,
			...(explanation === undefined ? {} : { explanation }),
			...(node === undefined ? {} : { node, ofAsking: true }),
		}),
	);
};
