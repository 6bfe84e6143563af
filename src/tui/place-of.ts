/** Where a key is pressed now: the overlay on top, a line of text that is edited, else the screen. */
import type { Place } from './keys.ts';
import type { Overlay, State } from './state.ts';

export const placeOf = (state: State): Place => {
	const overlay = state.overlays.at(-1);
	if (overlay !== undefined) return placeOfOverlay(overlay);
	if (state.screen === 'browse' && state.browse.isFiltering) return 'text';
	if (state.screen === 'trace' && state.trace.isFiltering) return 'text';
	return state.screen;
};

const placeOfOverlay = (overlay: Overlay): Place => {
	switch (overlay.kind) {
		case 'form':
		case 'node':
			return 'form';
		case 'retrieve':
		case 'export':
		case 'copy':
		case 'confirm':
			return 'dialog';
		case 'switcher':
		case 'palette':
		case 'help':
		case 'history':
			return 'text';
		case 'saved':
		case 'sort':
		case 'columns':
			return 'list';
		case 'inspect':
			return overlay.isFiltering ? 'text' : 'pager';
		case 'error':
			return 'error';
		case 'explain':
		case 'compare':
		case 'doctor':
			return 'pager';
	}
};
