/** The node switcher: letters find, Space marks several, Enter asks them from now on. */
import type { Action, Reduced } from '../actions.ts';
import { keyFor } from '../key-hints.ts';
import { cursorMoved } from '../list-cursor.ts';
import { switchedTo } from '../nodes/node-switching.ts';
import { switcherNodes } from '../nodes/shown-nodes.ts';
import type { State } from '../state.ts';
import { edited, fieldOf, typed } from '../text-field.ts';
import { closed, noted, type OverlayOf, opened, replaced, unchanged } from './overlay-stack.ts';

export const openSwitcher = (state: State): Reduced =>
	state.nodes.length === 0
		? {
				state: noted(state, `no node is known yet: ${keyFor(state, 'nodes')} shows where one is added`, 'warning'),
				effects: [],
			}
		: opened(state, { kind: 'switcher', filter: '', at: 0, chosen: new Set() });

export const reduceSwitcher = (state: State, overlay: OverlayOf<'switcher'>, action: Action): Reduced | undefined => {
	const nodes = switcherNodes(state, overlay.filter);
	if (action.type === 'text' || action.type === 'edit') {
		const field = fieldOf(overlay.filter);
		const { value } = action.type === 'text' ? typed(field, action.text) : edited(field, action.edit);
		return replaced(state, { ...overlay, filter: value, at: 0 });
	}
	if (action.type !== 'key') return undefined;
	const under = nodes[overlay.at];
	switch (action.action) {
		case 'choose': {
			if (under === undefined) return unchanged(state);
			const chosen = new Set(overlay.chosen);
			if (!chosen.delete(under.name)) chosen.add(under.name);
			return replaced(state, { ...overlay, chosen, at: Math.min(overlay.at + 1, nodes.length - 1) });
		}
		case 'accept': {
			const several = state.nodes.filter(({ name }) => overlay.chosen.has(name)).map(({ name }) => name);
			const names = several.length > 0 ? several : under === undefined ? [] : [under.name];
			if (names.length === 0) return unchanged(state);
			const { effects, ...rest } = closed(state);
			const switched = switchedTo(rest.state, names);
			return { state: switched.state, effects: [...effects, ...switched.effects] };
		}
		default: {
			const moved = cursorMoved({ at: overlay.at, top: 0 }, action.action, nodes.length, state.size.rows);
			return moved === undefined ? undefined : replaced(state, { ...overlay, at: moved.at });
		}
	}
};
