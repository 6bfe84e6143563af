/** Where a key is pressed now: the overlay on top, a line of text that is edited, else the screen. */
import type { Place } from './keys.ts';
import type { Overlay } from './overlays/overlay-state.ts';
import type { State } from './state.ts';

export const placeOf = (state: State): Place => {
	const overlay = state.overlays.at(-1);
	if (overlay !== undefined) return placeOfOverlay(overlay);
	if (state.screen === 'browse' && state.browse.isFiltering) return 'text';
	if (state.screen === 'queue' && state.queue.isFiltering === true) return 'text';
	if (state.screen === 'trace' && state.trace.isFiltering) return 'text';
	if (state.screen === 'nodes' && state.nodesScreen.isFiltering) return 'text';
	if (state.screen === 'log' && state.log.isFiltering) return 'text';
	return state.screen;
};

const placeOfOverlay = (overlay: Overlay): Place => {
	switch (overlay.kind) {
		case 'form':
			return 'form';
		case 'node':
		case 'export':
			return 'fields';
		case 'retrieve':
			return 'dialog';
		case 'copy':
			return 'copy';
		case 'confirm':
			return 'confirm';
		case 'switcher':
			return 'pick';
		case 'palette':
			return 'palette';
		case 'help':
			return 'help';
		case 'history':
		case 'prompt':
			return 'text';
		case 'saved':
			return 'saved';
		case 'sort':
		case 'columns':
			return 'list';
		case 'inspect':
			return overlay.isFiltering ? 'text' : 'pager';
		case 'error':
			return 'error';
		case 'explain':
			return 'explain';
		case 'compare':
		case 'doctor':
		case 'capabilities':
			return 'scroll';
	}
};
