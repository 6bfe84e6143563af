/** Adding and changing a node: the form stays until the address book has taken it. */
import type { Action, Reduced } from '../actions.ts';
import { keyFor } from '../key-hints.ts';
import type { State } from '../state.ts';
import { edited, typed } from '../text-field.ts';
import { changedFields, nodeProblem } from './node-form.ts';
import { closed, noted, type OverlayOf, replaced, unchanged } from './overlay-stack.ts';

type NodeForm = OverlayOf<'node'>;

export const reduceNodeForm = (state: State, overlay: NodeForm, action: Action): Reduced | undefined => {
	if (overlay.isSaving) return action.type === 'key' && action.action === 'cancel' ? closed(state) : unchanged(state);
	const { fields, at } = overlay;
	if (action.type === 'text' || action.type === 'edit') {
		const changed = fields.map((field, index) =>
			index !== at ? field : action.type === 'text' ? typed(field, action.text) : edited(field, action.edit),
		);
		return replaced(state, { ...overlay, fields: changed, problem: undefined });
	}
	if (action.type !== 'key') return undefined;
	switch (action.action) {
		case 'up':
		case 'previousPane':
			return replaced(state, { ...overlay, at: (at + fields.length - 1) % fields.length });
		case 'down':
		case 'nextPane':
			return replaced(state, { ...overlay, at: (at + 1) % fields.length });
		case 'accept':
			return accepted(state, overlay);
		default:
			return undefined;
	}
};

const accepted = (state: State, overlay: NodeForm): Reduced => {
	const wrong = nodeProblem(overlay, state);
	if (wrong !== undefined) return replaced(state, { ...overlay, at: wrong.at, problem: wrong.problem });
	const { name, fields } = changedFields(overlay, state);
	if (!overlay.isNew && Object.keys(fields).length === 0) return closed(noted(state, `${name}: nothing changed`));
	const { isNew } = overlay;
	return replaced(state, { ...overlay, isSaving: true }, { do: 'save-node', name, fields, isNew });
};

/** The address book was read again, or would not have it. */
export const heardNodeForm = (state: State, action: Action): Reduced | undefined => {
	const overlay = state.overlays.at(-1);
	if (overlay?.kind !== 'node' || !overlay.isSaving) return undefined;
	if (action.type === 'said' && action.kind === 'bad')
		return replaced(state, { ...overlay, isSaving: false, problem: action.text });
	if (action.type !== 'nodes-read') return undefined;
	const { name } = changedFields(overlay, state);
	const place = action.nodes.findIndex((node) => node.name === name);
	if (place === -1) return undefined;
	const below = noted(
		closed(state).state,
		overlay.isNew ? `${name} was added: ${keyFor(state, 'useNode')} uses it` : `${name} was changed`,
		'good',
	);
	return {
		state: { ...below, nodesScreen: { ...below.nodesScreen, filter: '', sort: undefined, at: place } },
		effects: [{ do: 'echo', node: name }],
	};
};
