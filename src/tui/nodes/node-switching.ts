/** Asking another node, or several: the query stays and is offered, what the others answered goes. */
import type { Effect, Reduced } from '../actions.ts';
import type { LevelState } from '../browse/browse-state.ts';
import { emptyLevel } from '../initial-state.ts';
import { keyFor } from '../key-hints.ts';
import { levelOf, noted } from '../overlays/overlay-stack.ts';
import type { State } from '../state.ts';

const MOST_RECENT = 20;

/** @param given at least one, that there are; named twice it is asked once */
export const switchedTo = (state: State, given: readonly string[]): Reduced => {
	const names = [...new Set(given)];
	const { current, recentNodes } = state;
	const recent = [...new Set([...names, ...current, ...recentNodes])].slice(0, MOST_RECENT);
	const told = names.join(', ');
	if (names.length === current.length && names.every((name) => current.includes(name)))
		return {
			state: noted({ ...state, screen: 'browse', recentNodes: recent }, `${told} ${areOrIs(names)} asked already`),
			effects: [],
		};
	const { state: switched, effects } = asking(state, names);
	return {
		state: noted({ ...switched, screen: 'browse', recentNodes: recent }, toldOf(state, names)),
		effects,
	};
};

/** Nodes that are gone are asked no more, and that is said. @param state without them @param gone at least one */
export const withoutNodes = (state: State, gone: readonly string[]): Reduced => {
	const { nodes, current } = state;
	const told = `${gone.join(', ')} ${gone.length === 1 ? 'was' : 'were'} removed`;
	const stays = (name: string): boolean => !gone.includes(name);
	const recentNodes = state.recentNodes.filter(stays);
	const marked = new Set([...state.nodesScreen.marked].filter(stays));
	const left: State = { ...state, recentNodes, nodesScreen: { ...state.nodesScreen, marked } };
	if (current.every(stays)) return { state: noted(left, told), effects: [] };
	const others = current.filter(stays);
	const names = others.length > 0 ? others : nodes.slice(0, 1).map(({ name }) => name);
	const { state: switched, effects } = asking(left, names);
	return {
		state: noted(
			{ ...switched, nodesScreen: left.nodesScreen },
			names.length === 0 ? `${told}, and no node is left` : `${told}; ${toldOf(state, names)}`,
		),
		effects,
	};
};

const areOrIs = ({ length }: readonly string[]): string => (length === 1 ? 'is' : 'are');

const baseOf = (state: State): LevelState | undefined =>
	state.browse.levels.find(({ isDerived }) => !isDerived) ?? levelOf(state);

const toldOf = (state: State, names: readonly string[]): string => {
	const base = baseOf(state);
	const wasAsked = base !== undefined && base.progress.state !== 'none';
	const told = names.join(', ');
	return wasAsked
		? `${told}: ${keyFor(state, 'again', 'browse')} asks the same there`
		: `${told} ${areOrIs(names)} asked now`;
};

const asking = (state: State, names: readonly string[]): Reduced => {
	const { browse } = state;
	const base = baseOf(state);
	const stopped = browse.levels.flatMap(({ queryId, asking: nodes }): readonly Effect[] =>
		nodes.length === 0 ? [] : [{ do: 'stop-query', queryId, isAbort: false }],
	);
	const switched: State = {
		...state,
		current: names,
		nodesScreen: { ...state.nodesScreen, marked: new Set(), rangeFrom: undefined },
		browse: {
			...browse,
			levels: base === undefined ? browse.levels : [emptyLevel(base.query, base.title)],
			patientView: false,
			preview: undefined,
			followSeconds: undefined,
			followed: undefined,
		},
	};
	return { state: switched, effects: [...stopped, { do: 'stop-preview' }] };
};
