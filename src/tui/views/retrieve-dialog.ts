/** The retrieve dialog: the ways with their reasons, and the settings. */
import { filledFrame, type Line, type Size, segment } from '../frame.ts';
import type { State } from '../state.ts';

/** Of the overlay on top. */
export const retrieveDialogView = (state: State, size: Size): readonly Line[] => {
	const overlay = state.overlays.at(-1);
	return filledFrame(overlay?.kind === 'retrieve' ? [[segment(overlay.sameAs)]] : [], size);
};

/** Line 2: `Retrieve 2 studies, 304 instances (5 series)`. */
export const retrieveDialogPlace = (state: State): { readonly left: Line; readonly right: Line } => {
	const overlay = state.overlays.at(-1);
	return {
		left: [segment(overlay?.kind === 'retrieve' ? `Retrieve ${overlay.wanted.length}` : 'Retrieve', 'heading')],
		right: [],
	};
};

/** The status line: `Same as: dimse get main ...`. */
export const retrieveDialogStatus = (state: State): Line => {
	const overlay = state.overlays.at(-1);
	return overlay?.kind === 'retrieve' ? [segment(`Same as: ${overlay.sameAs}`)] : [];
};
