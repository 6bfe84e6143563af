/** Asking another node, or several: the query stays and is offered, what the others answered goes. */
import type { Effect, Reduced } from '../actions.ts';
import { emptyLevel } from '../initial-state.ts';
import { keyFor } from '../key-hints.ts';
import { levelOf, noted } from '../overlays/overlay-stack.ts';
import type { State } from '../state.ts';

const MOST_RECENT = 20;

/** @param names at least one, that there are */
export const switchedTo = (state: State, names: readonly string[]): Reduced => {
	const { browse, current, recentNodes } = state;
	const recent = [...new Set([...names, ...current, ...recentNodes])].slice(0, MOST_RECENT);
	const told = names.join(', ');
	if (names.length === current.length && names.every((name) => current.includes(name)))
		return {
			state: noted({ ...state, screen: 'browse', recentNodes: recent }, `${told} is asked already`),
			effects: [],
		};
	const base = browse.levels.find(({ isDerived }) => !isDerived) ?? levelOf(state);
	const stopped = browse.levels.flatMap(({ queryId, asking }): readonly Effect[] =>
		asking.length === 0 ? [] : [{ do: 'stop-query', queryId, isAbort: false }],
	);
	const levels = base === undefined ? browse.levels : [emptyLevel(base.query, base.title)];
	const switched: State = {
		...state,
		screen: 'browse',
		current: names,
		recentNodes: recent,
		nodesScreen: { ...state.nodesScreen, marked: new Set(), rangeFrom: undefined },
		browse: {
			...browse,
			levels,
			patientView: false,
			preview: undefined,
			followSeconds: undefined,
			followed: undefined,
		},
	};
	const wasAsked = base !== undefined && base.progress.state !== 'none';
	return {
		state: noted(
			switched,
			wasAsked ? `${told}: ${keyFor(state, 'again', 'browse')} asks the same there` : `${told} is asked now`,
		),
		effects: [...stopped, { do: 'stop-preview' }],
	};
};
