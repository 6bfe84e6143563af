/** What a view is: the middle of the screen, its line of place and what it puts above the keys, all of them functions of the state. */
import type { Line, Size } from '../frame.ts';
import type { Overlay } from '../overlays/overlay-state.ts';
import type { State } from '../state.ts';

/** Line 2; the right part gives way where both do not fit. The screen puts a blank before it, as before the lines of status. */
export interface PlaceLine {
	readonly left: Line;
	readonly right: Line;
}

/** Lines are cut and filled up to the size: a view may yield fewer, or shorter ones. */
export interface ScreenView {
	place(state: State, columns: number): PlaceLine;
	middle(state: State, size: Size): readonly Line[];
	/** The lines above the keys; without it the result of the last action and the newest problem stand there. */
	status?(state: State, columns: number): readonly Line[];
}

export interface OverlayView<O extends Overlay = Overlay> {
	/** `box`: its lines, made by box.ts, stand in the middle of the lowest ones of what is beneath it. */
	readonly extent: 'middle' | 'box';
	/** Without it the line of the screen beneath stays. */
	place?(overlay: O, state: State, columns: number): PlaceLine;
	/** A box yields as many lines as it needs, at most `size.rows`. */
	middle(overlay: O, state: State, size: Size): readonly Line[];
	status?(overlay: O, state: State, columns: number): readonly Line[];
}
