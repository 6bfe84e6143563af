/** The overlays: the one on top takes what is pressed and typed. */
import type { PartialReducer } from './actions.ts';

export const reduceOverlays: PartialReducer = (state, action) => {
	const top = state.overlays.at(-1);
	// The form and the retrieve dialog are their own.
	if (top === undefined || top.kind === 'form' || top.kind === 'retrieve') return undefined;
	if (action.type !== 'key' || action.action !== 'cancel') return undefined;
	return { state: { ...state, overlays: state.overlays.slice(0, -1) }, effects: [] };
};
