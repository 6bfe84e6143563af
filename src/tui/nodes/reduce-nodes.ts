/** The nodes screen: all are echoed on entering it; one is used, several at once, added, changed, removed, looked into. */
import { countText } from '../../output/quantities.ts';
import type { Action, Effect, PartialReducer, Reduced } from '../actions.ts';
import { keyFor } from '../key-hints.ts';
import { cursorAt, cursorMoved, listHeight } from '../list-cursor.ts';
import { markToggled, rangeToggled } from '../list-marks.ts';
import { openAddNode, openEditNode } from '../overlays/node-form.ts';
import { noted, opened, unchanged } from '../overlays/overlay-stack.ts';
import type { Job } from '../queue/queue-state.ts';
import type { State } from '../state.ts';
import { edited, fieldOf, typed } from '../text-field.ts';
import { switchedTo } from './node-switching.ts';
import type { NodeState, NodesState } from './nodes-state.ts';
import { shownNodes } from './shown-nodes.ts';

export const reduceNodes: PartialReducer = (state, action) => {
	if (action.type === 'tick') return echoedAgain(state);
	// It has learned something of the node.
	if (action.type === 'doctor') return action.isOver ? { state, effects: [{ do: 'read-nodes' }] } : undefined;
	if (state.screen !== 'nodes' || state.overlays.length > 0) return undefined;
	if (state.nodesScreen.isFiltering) return filtering(state, action);
	return action.type === 'key' ? pressed(state, action) : undefined;
};

/** Whoever looks at the nodes wants to know which of them answer. */
export const enterNodes = (state: State): Reduced => {
	const unfiltered = { ...state.nodesScreen, filter: '', isFiltering: false, rangeFrom: undefined };
	const shown = shownNodes({ ...state, nodesScreen: unfiltered });
	const nodesScreen = cursorAt(
		unfiltered,
		Math.max(
			0,
			shown.findIndex(({ name }) => name === state.current[0]),
		),
		state.nodes.length,
		listHeight(state.size),
	);
	return echoAll({ ...state, screen: 'nodes', nodesScreen });
};

/** The effects see to it that four are asked at a time. */
const echoAll = (state: State): Reduced => ({
	state: {
		...state,
		nodes: state.nodes.map((node): NodeState => (node.echo === 'asking' ? node : { ...node, echo: 'waiting' })),
	},
	effects: state.nodes.map(({ name }): Effect => ({ do: 'echo', node: name })),
});

/** Echoes so often, once that is wanted and as long as the screen is looked at. */
const EVERY_MS = 30_000;

const echoedAgain = (state: State): Reduced | undefined => {
	const { echoAt } = state.nodesScreen;
	if (state.screen !== 'nodes' || echoAt === undefined || state.now < echoAt) return undefined;
	return echoAll(withScreen(state, { echoAt: state.now + EVERY_MS }));
};

const echoToggled = (state: State): Reduced => {
	const { echoAt, ...rest } = state.nodesScreen;
	if (echoAt !== undefined)
		return { state: noted({ ...state, nodesScreen: rest }, 'no longer echoed again'), effects: [] };
	const every = noted(
		withScreen(state, { echoAt: state.now + EVERY_MS }),
		`all are echoed every 30 s; ${keyFor(state, 'follow', 'nodes')} stops it`,
	);
	return echoAll(every);
};

// ---- keys --------------------------------------------------------------------------------------------------------------

const withScreen = (state: State, change: Partial<NodesState>): State => ({
	...state,
	nodesScreen: { ...state.nodesScreen, ...change },
});

const filtering = (state: State, action: Action): Reduced | undefined => {
	const { filter } = state.nodesScreen;
	if (action.type === 'text' || action.type === 'edit') {
		const field = fieldOf(filter);
		const { value } = action.type === 'text' ? typed(field, action.text) : edited(field, action.edit);
		return { state: withScreen(state, { filter: value, at: 0, top: 0 }), effects: [] };
	}
	if (action.type !== 'key') return undefined;
	if (action.action === 'accept') return { state: withScreen(state, { isFiltering: false }), effects: [] };
	if (action.action === 'cancel' || action.action === 'interrupt')
		return { state: withScreen(state, { isFiltering: false, filter: '', at: 0, top: 0 }), effects: [] };
	return moved(state, action);
};

const moved = (state: State, { action }: Extract<Action, { type: 'key' }>): Reduced | undefined => {
	const nodesScreen = cursorMoved(state.nodesScreen, action, shownNodes(state).length, listHeight(state.size));
	return nodesScreen === undefined ? undefined : { state: { ...state, nodesScreen }, effects: [] };
};

const namesOf = (state: State): readonly string[] => shownNodes(state).map(({ name }) => name);

const pressed = (state: State, action: Extract<Action, { type: 'key' }>): Reduced | undefined => {
	const { nodesScreen } = state;
	const under = shownNodes(state)[nodesScreen.at];
	switch (action.action) {
		case 'filter':
			return { state: withScreen(state, { isFiltering: true }), effects: [] };
		case 'back':
			if (nodesScreen.rangeFrom !== undefined)
				return { state: withScreen(state, { rangeFrom: undefined }), effects: [] };
			if (nodesScreen.marked.size > 0) return { state: withScreen(state, { marked: new Set() }), effects: [] };
			return nodesScreen.filter === ''
				? undefined
				: { state: withScreen(state, { filter: '', at: 0, top: 0 }), effects: [] };
		case 'mark': {
			const next = markToggled<string, NodesState>(nodesScreen, namesOf(state), listHeight(state.size));
			return unchanged({ ...state, nodesScreen: next });
		}
		case 'range':
			return unchanged({ ...state, nodesScreen: rangeToggled<string, NodesState>(nodesScreen, namesOf(state)) });
		case 'useNode': {
			const several = state.nodes.filter(({ name }) => nodesScreen.marked.has(name)).map(({ name }) => name);
			const names = several.length > 0 ? several : under === undefined ? [] : [under.name];
			return names.length === 0 ? unchanged(state) : switchedTo(state, names);
		}
		case 'addNode':
			return openAddNode(state);
		case 'follow':
			return echoToggled(state);
		case 'echoAll':
			return echoAll(state);
		default:
			return under === undefined ? moved(state, action) : (ofNode(state, under, action) ?? moved(state, action));
	}
};

/** What of the queue is lost with it. */
const jobsOf = ({ queue }: State, name: string): readonly string[] => {
	const states = queue.jobs.filter(({ node }) => node === name).map(({ state }) => state);
	const count = (...some: readonly Job['state'][]): number => states.filter((one) => some.includes(one)).length;
	const waiting = count('waiting', 'paused');
	const running = count('running', 'stopping');
	return [
		...(running === 0 ? [] : [`${countText(running, 'retrieve')} from it ${running === 1 ? 'is' : 'are'} running.`]),
		...(waiting === 0
			? []
			: [`${countText(waiting, 'retrieve')} that ${waiting === 1 ? 'waits' : 'wait'} for it will fail.`]),
	];
};

const ofNode = (state: State, { name }: NodeState, action: Extract<Action, { type: 'key' }>): Reduced | undefined => {
	switch (action.action) {
		case 'editNode':
			return openEditNode(state, name);
		case 'removeNode':
			return opened(
				{ ...state, status: undefined },
				{
					kind: 'confirm',
					what: 'remove-node',
					text: [`${name} is taken out of the address book.`, ...jobsOf(state, name)],
					choices: [{ key: 'y', says: 'take it out', effects: [{ do: 'remove-node', name }] }],
					at: 0,
				},
			);
		case 'echoNode':
			return { state, effects: [{ do: 'echo', node: name }] };
		case 'copy':
			return {
				state: noted(state, `the card of ${name}: what its administrator has to enter for us`),
				effects: [{ do: 'copy-card', node: name }],
			};
		case 'capabilities':
			return opened(
				state,
				{ kind: 'capabilities', node: name, lines: [], isOver: false, top: 0 },
				{ do: 'capabilities', node: name },
			);
		default:
			return undefined;
	}
};
