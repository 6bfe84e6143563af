/** A question: the key of a choice, or the arrows and Enter, answer it; Esc leaves everything as it is. */
import type { Action, Reduced } from '../actions.ts';
import { cursorMoved } from '../list-cursor.ts';
import type { State } from '../state.ts';
import { closed, type OverlayOf, replaced, unchanged } from './overlay-stack.ts';

/** Undefined where the choice is its asker's to carry out. */
export const reduceConfirm = (state: State, overlay: OverlayOf<'confirm'>, action: Action): Reduced | undefined => {
	if (action.type === 'edit') return unchanged(state);
	if (action.type === 'text') {
		const choice = overlay.choices.find(({ key }) => key === action.text);
		if (choice === undefined) return unchanged(state);
		if (choice.effects === undefined) return undefined;
		const below = closed(state, ...choice.effects);
		const quitting = choice.effects.some((effect) => effect.do === 'quit') || state.quitting;
		return { ...below, state: { ...below.state, quitting } };
	}
	if (action.type !== 'key') return undefined;
	if (action.action === 'accept') {
		const key = overlay.choices[overlay.at]?.key;
		if (key === undefined) return unchanged(state);
		return { state, effects: [], next: { type: 'text', at: action.at, text: key } };
	}
	const moved = cursorMoved({ at: overlay.at, top: 0 }, action.action, overlay.choices.length, state.size.rows);
	return moved === undefined ? undefined : replaced(state, { ...overlay, at: moved.at });
};
