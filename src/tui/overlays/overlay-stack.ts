/** What reducers of overlays do to the stack of them, and the rows that they are about. */
import type { Effect, Reduced } from '../actions.ts';
import type { LevelState, Row } from '../browse/browse-state.ts';
import type { State, StatusLine } from '../state.ts';
import type { Overlay } from './overlay-state.ts';

export type OverlayOf<Kind extends Overlay['kind']> = Extract<Overlay, { readonly kind: Kind }>;

export const opened = (state: State, overlay: Overlay, ...effects: readonly Effect[]): Reduced => ({
	state: { ...state, overlays: [...state.overlays, overlay] },
	effects,
});

/** Without the one on top. */
export const closed = (state: State, ...effects: readonly Effect[]): Reduced => ({
	state: { ...state, overlays: state.overlays.slice(0, -1) },
	effects,
});

/** Another in the place of the one on top. */
export const replaced = (state: State, overlay: Overlay, ...effects: readonly Effect[]): Reduced => ({
	state: { ...state, overlays: [...state.overlays.slice(0, -1), overlay] },
	effects,
});

export const unchanged = (state: State): Reduced => ({ state, effects: [] });

export const noted = (state: State, text: string, kind: StatusLine['kind'] = 'note'): State => ({
	...state,
	status: { kind, text },
});

/** The level that is shown; browse always has one. */
export const levelOf = (state: State): LevelState | undefined => state.browse.levels.at(-1);

export const rowAt = (level: LevelState | undefined): Row | undefined => level?.rows[level.shown[level.at] ?? -1];
