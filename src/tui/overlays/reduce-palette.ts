/** The palette: a line of text; Tab completes it, the arrows choose among what it can become, Enter runs it. */
import type { Action, Reduced } from '../actions.ts';
import { cursorMoved } from '../list-cursor.ts';
import type { State } from '../state.ts';
import { edited, fieldOf, typed } from '../text-field.ts';
import { closed, type OverlayOf, opened, replaced } from './overlay-stack.ts';
import { type Completion, completionsOf, ranCommand, toldWrong } from './palette-completion.ts';

/** At -1 nothing is chosen. */
export const openPalette = (state: State): Reduced =>
	opened({ ...state, status: undefined }, { kind: 'palette', text: '', caret: 0, at: -1 });

export const reducePalette = (state: State, overlay: OverlayOf<'palette'>, action: Action): Reduced | undefined => {
	if (action.type === 'text' || action.type === 'edit') {
		const field = { value: overlay.text, caret: overlay.caret };
		// Backspace in an empty line leaves it, as in other programs.
		if (action.type === 'edit' && action.edit === 'backspace' && overlay.text === '') return closed(state);
		const { value, caret } = action.type === 'text' ? typed(field, action.text) : edited(field, action.edit);
		return replaced(state, { ...overlay, text: value, caret, at: -1 });
	}
	if (action.type !== 'key') return undefined;
	const completions = completionsOf(state, overlay.text);
	const chosen = completions[overlay.at];
	switch (action.action) {
		case 'complete':
			return completed(state, overlay, chosen?.text ?? commonStart(completions, overlay.text));
		case 'accept': {
			// A command that wants more is only completed.
			if (chosen?.text.endsWith(' ') === true || chosen?.text.endsWith('=') === true)
				return completed(state, overlay, chosen.text);
			const below = closed(state).state;
			const ran = ranCommand(below, chosen?.text ?? overlay.text);
			if (typeof ran !== 'string') return ran;
			return { state: toldWrong(state, ran), effects: [] };
		}
		default: {
			const moved = cursorMoved({ at: overlay.at + 1, top: 0 }, action.action, completions.length + 1, state.size.rows);
			return moved === undefined ? undefined : replaced(state, { ...overlay, at: moved.at - 1 });
		}
	}
};

const completed = (state: State, overlay: OverlayOf<'palette'>, text: string): Reduced => {
	const { value, caret } = fieldOf(text);
	return replaced(state, { ...overlay, text: value, caret, at: -1 });
};

/** What all that begin with the line have in common; the first that is offered where that is no more than the line. */
const commonStart = (completions: readonly Completion[], text: string): string => {
	const starting = completions.map((one) => one.text).filter((one) => one.toLowerCase().startsWith(text.toLowerCase()));
	const [first = completions[0]?.text ?? text, ...others] = starting;
	let length = first.length;
	for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
	return length > text.length ? first.slice(0, length) : first;
};
