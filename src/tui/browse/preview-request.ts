/** What the pane beside the table asks for: what is below the row at the cursor, each time that is another one. */
import type { Effect, Reduced } from '../actions.ts';
import type { State } from '../state.ts';
import type { PreviewState, Row } from './browse-state.ts';
import { currentLevel, currentRow, queryBelow } from './levels.ts';

/** From so many columns on there is room for it. */
const WIDE = 110;

/** Whether the pane beside the table is there. */
export const isPreviewShown = ({ screen, size, browse }: State): boolean =>
	screen === 'browse' && size.columns >= WIDE && browse.previewWidth > 0 && !browse.maximized;

/** Whether what is in the pane, or asked for, is of the row. */
export const isPreviewOf = ({ browse: { preview } }: State, { node, uid }: Pick<Row, 'node' | 'uid'>): boolean =>
	preview?.node === node && preview.uid === uid;

/** Adds what the preview needs to what an action came to. */
export const withPreview = (reduced: Reduced): Reduced => {
	const { state } = reduced;
	// What lies under an overlay is not looked at.
	if (state.overlays.length > 0 || state.quitting || state.screen !== 'browse') return reduced;
	const { preview } = state.browse;
	const level = currentLevel(state);
	const row = isPreviewShown(state) ? currentRow(state) : undefined;
	const isAsked = row !== undefined && (level.level === 'study' || level.level === 'series');
	if (!isAsked) return preview === undefined ? reduced : changed(reduced, undefined, [{ do: 'stop-preview' }]);
	if (isPreviewOf(state, row)) return reduced;
	const { node, uid } = row;
	const query = queryBelow(row, level);
	if (query === undefined) return changed(reduced, { node, uid, state: 'failed', rows: [] }, []);
	return changed(reduced, { node, uid, state: 'asking', rows: [] }, [{ do: 'preview', node, uid, query }]);
};

/** Another row: whoever was in the pane is in the table again. */
const changed = ({ state, effects }: Reduced, preview: PreviewState | undefined, more: readonly Effect[]): Reduced => {
	const { previewAt: _, ...browse } = state.browse;
	return { state: { ...state, browse: { ...browse, preview } }, effects: [...effects, ...more] };
};
