/** Explanations: of the newest problems, and of what ended a query, each with what can be done about it from here. */
import type { Explanation } from '../../diagnose/explanation.ts';
import type { Action, Reduced } from '../actions.ts';
import type { ActionName } from '../keys.ts';
import { cursorMoved, listHeight } from '../list-cursor.ts';
import { partsOf } from '../screen-parts.ts';
import type { State } from '../state.ts';
import { explanationLines } from '../views/explanation-lines.ts';
import { isFresh } from '../views/status.ts';
import { copiedProblem } from './copy-texts.ts';
import { openEditNode } from './node-form.ts';
import { closed, noted, type OverlayOf, opened, replaced, unchanged } from './overlay-stack.ts';
import { copyEffect } from './reduce-copy.ts';
import { openDoctor } from './reduce-reading.ts';
import { openSwitcher } from './reduce-switcher.ts';

/** At the one that the status line tells. */
export const openExplain = (state: State): Reduced =>
	state.problems.length === 0
		? { state: noted(state, 'there is nothing to explain: no warning, no error'), effects: [] }
		: opened(state, {
				kind: 'explain',
				at: Math.max(
					0,
					state.problems.findIndex((one) => isFresh(one, state)),
				),
			});

export const reduceExplain = (state: State, overlay: OverlayOf<'explain'>, action: Action): Reduced | undefined => {
	if (action.type !== 'key') return undefined;
	const problem = state.problems[overlay.at];
	const node = problem?.node ?? state.current[0];
	switch (action.action) {
		case 'copy':
			return problem === undefined ? unchanged(state) : copyEffect(state, copiedProblem(state, problem));
		default: {
			const lines =
				problem?.explanation === undefined ? undefined : scrolled(state, overlay, action, problem.explanation);
			if (lines !== undefined && PAGING.has(action.action)) return lines;
			const moved = cursorMoved(
				{ at: overlay.at, top: 0 },
				action.action,
				state.problems.length,
				listHeight(state.size),
			);
			return moved === undefined ? about(state, node, action) : replaced(state, { ...overlay, at: moved.at, top: 0 });
		}
	}
};

/** `y` copies what the administrator of the node has to enter for us: mostly it is that. */
export const reduceError = (state: State, overlay: OverlayOf<'error'>, action: Action): Reduced | undefined => {
	if (action.type !== 'key') return undefined;
	if (action.action === 'copy') return { state, effects: [{ do: 'copy-card', node: overlay.node }] };
	return scrolled(state, overlay, action, overlay.explanation) ?? about(state, overlay.node, action);
};

/** Between problems the arrows go, within one these. */
const PAGING: ReadonlySet<ActionName> = new Set<ActionName>(['pageUp', 'pageDown', 'halfUp', 'halfDown']);

/** A screen too low for an explanation shows it in parts. */
const scrolled = (
	state: State,
	overlay: OverlayOf<'explain' | 'error'>,
	action: Extract<Action, { type: 'key' }>,
	explanation: Explanation,
): Reduced | undefined => {
	const { columns, rows } = partsOf(state.size)?.middle ?? state.size;
	const last = Math.max(0, explanationLines(explanation, columns).length + 1 - rows);
	const moved = cursorMoved({ at: overlay.top ?? 0, top: 0 }, action.action, last + 1, rows);
	return moved === undefined ? undefined : replaced(state, { ...overlay, top: moved.at });
};

const about = (
	state: State,
	node: string | undefined,
	action: Extract<Action, { type: 'key' }>,
): Reduced | undefined => {
	const below = closed(state);
	switch (action.action) {
		case 'accept':
		case 'cancel':
		case 'quit':
			return below;
		case 'doctor':
			return openDoctor(below.state, node);
		case 'editNode':
			return openEditNode(below.state, node);
		case 'switchNode':
			return openSwitcher(below.state);
		case 'trace':
			return { ...below, next: { type: 'key', at: action.at, action: 'trace' } };
		case 'again':
			return {
				state: { ...below.state, screen: 'browse' },
				effects: [],
				next: { type: 'key', at: action.at, action: 'again' },
			};
		default:
			return undefined;
	}
};
