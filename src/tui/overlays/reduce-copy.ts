/** The copy menu: a letter, or the arrows and Enter, copy something of the row; patients are asked about where the screen is masked. */
import type { Action, Effect, Reduced } from '../actions.ts';
import { cursorMoved } from '../list-cursor.ts';
import type { State } from '../state.ts';
import { COPY_ACTIONS, type Copied, type CopyAction, copied } from './copy-texts.ts';
import { closed, noted, type OverlayOf, opened, replaced } from './overlay-stack.ts';

export const openCopy = (state: State): Reduced => opened(state, { kind: 'copy', at: 0 });

export const reduceCopy = (state: State, overlay: OverlayOf<'copy'>, action: Action): Reduced | undefined => {
	if (action.type !== 'key') return undefined;
	if (action.action === 'quit') return closed(state);
	const named = COPY_ACTIONS.find((one) => one === action.action);
	const chosen = action.action === 'accept' ? COPY_ACTIONS[overlay.at] : named;
	if (chosen !== undefined) return copying(closed(state).state, chosen);
	const moved = cursorMoved({ at: overlay.at, top: 0 }, action.action, COPY_ACTIONS.length, state.size.rows);
	return moved === undefined ? undefined : replaced(state, { ...overlay, at: moved.at });
};

const copying = (state: State, action: CopyAction): Reduced => {
	const text = copied(state, action);
	return typeof text === 'string' ? { state: noted(state, text, 'warning'), effects: [] } : copyEffect(state, text);
};

export const copyEffect = (state: State, { text, what, names }: Copied): Reduced => {
	const effect: Effect = { do: 'copy', text, what };
	return names && state.look.masked ? askedUnmasked(state, effect, 'copy') : { state, effects: [effect] };
};

/** What leaves the screen is not masked: whoever shows the screen to others is asked. */
export const askedUnmasked = (state: State, effect: Effect, verb: 'copy' | 'write'): Reduced =>
	opened(state, {
		kind: 'confirm',
		what: 'unmasked',
		text: [
			'Patients are masked on the screen.',
			verb === 'copy' ? 'What is copied has their real names and IDs.' : 'The file has their real names and IDs.',
		],
		choices: [{ key: 'y', says: `${verb} it as it is`, effects: [effect] }],
		at: 0,
	});
