/** The help: letters filter it, Tab turns the page, Enter does what the row says. */
import type { Action, Reduced } from '../actions.ts';
import { cursorMoved, listHeight } from '../list-cursor.ts';
import type { State } from '../state.ts';
import { edited, fieldOf, typed } from '../text-field.ts';
import { helpEntries } from './help-entries.ts';
import { closed, type OverlayOf, opened, replaced, unchanged } from './overlay-stack.ts';

export const openHelp = (state: State): Reduced => opened(state, { kind: 'help', filter: '', at: 0, page: 'keys' });

export const reduceHelp = (state: State, overlay: OverlayOf<'help'>, action: Action): Reduced | undefined => {
	const entries = helpEntries(state, overlay.page, overlay.filter);
	if (action.type === 'text' || action.type === 'edit') {
		const field = fieldOf(overlay.filter);
		const { value } = action.type === 'text' ? typed(field, action.text) : edited(field, action.edit);
		return replaced(state, { ...overlay, filter: value, at: 0 });
	}
	if (action.type !== 'key') return undefined;
	if (action.action === 'otherPage')
		return replaced(state, { ...overlay, page: overlay.page === 'keys' ? 'meanings' : 'keys', at: 0 });
	if (action.action === 'accept') {
		const does = entries[overlay.at]?.action;
		if (does === undefined) return unchanged(state);
		return { ...closed(state), next: { type: 'key', at: action.at, action: does } };
	}
	const moved = cursorMoved({ at: overlay.at, top: 0 }, action.action, entries.length, listHeight(state.size));
	return moved === undefined ? undefined : replaced(state, { ...overlay, at: moved.at });
};
