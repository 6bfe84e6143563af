/** The view of each screen and of each overlay. */
import type { Overlay, ScreenName } from '../state.ts';
import type { OverlayView, ScreenView } from './view.ts';

/** A screen without a view has an empty middle. */
export const SCREENS: Readonly<Partial<Record<ScreenName, ScreenView>>> = {};

/** An overlay without a view has an empty middle. */
export const OVERLAYS: {
	readonly [Kind in Overlay['kind']]?: OverlayView<Extract<Overlay, { readonly kind: Kind }>>;
} = {};
