/** The pane beside the table as a list to move in: Tab goes there and back, Enter opens the child at its cursor. */
import type { Dataset } from '../../dicom/dataset.ts';
import { textOf } from '../../dicom/dataset.ts';
import { type Level, UNIQUE_KEYS } from '../../output/columns.ts';
import type { PartialReducer, Reduced } from '../actions.ts';
import type { ActionName } from '../keys.ts';
import { cursorMoved, listHeight } from '../list-cursor.ts';
import { wordsOf } from '../row-words.ts';
import type { State } from '../state.ts';
import type { LevelState, PreviewState, Row } from './browse-state.ts';
import { BELOW, currentLevel, currentRow, levelBelow, openedRow } from './levels.ts';
import { isPreviewShown } from './preview-request.ts';
import { withAppended, withOrder } from './row-view.ts';

/** As many as a preview fetches (effects/preview.ts): of these nobody knows whether there are more. */
const MOST_ROWS = 500;

const ORDERED = new WeakMap<readonly Dataset[], readonly Dataset[]>();

const NUMBERS: Partial<Record<Level, string>> = { study: '00200011', series: '00200013' };

/** By their number, whatever the peer's order is; put in order once, not for each frame. @param level of the row that they belong to */
export const previewChildren = (rows: PreviewState['rows'], level: Level): readonly Dataset[] => {
	const known = ORDERED.get(rows);
	if (known !== undefined) return known;
	const tag = NUMBERS[level] ?? '';
	const numberOf = (row: Dataset): number => Number.parseInt(textOf(row, tag), 10) || 0;
	const ordered = rows.toSorted((a, b) => numberOf(a) - numberOf(b));
	ORDERED.set(rows, ordered);
	return ordered;
};

/** Where in the preview the cursor is; undefined while the keys move in the table. */
export const previewFocus = (state: State): number | undefined => {
	const { preview, previewAt } = state.browse;
	if (previewAt === undefined || preview?.state !== 'here' || !isPreviewShown(state)) return undefined;
	return Math.min(previewAt, preview.rows.length - 1);
};

export const reducePreviewPane: PartialReducer = (state, action) => {
	if (action.type !== 'key' || state.screen !== 'browse' || state.overlays.length > 0) return undefined;
	if (state.browse.isFiltering) return undefined;
	const at = previewFocus(state);
	return at === undefined ? entered(state, action.action) : pressed(state, action.action, at);
};

const only = (state: State): Reduced => ({ state, effects: [] });

const focused = (state: State, previewAt: number | undefined): Reduced => {
	const { previewAt: _, ...browse } = state.browse;
	return only({ ...state, browse: previewAt === undefined ? browse : { ...browse, previewAt } });
};

const entered = (state: State, action: ActionName): Reduced | undefined => {
	if (action !== 'nextPane' && action !== 'previousPane') return undefined;
	const { preview } = state.browse;
	if (preview === undefined || !isPreviewShown(state)) return undefined;
	if (preview.state === 'here' && preview.rows.length > 0) return focused(state, 0);
	const text = preview.state === 'asking' ? 'still being asked for' : 'there is nothing in the preview';
	return only({ ...state, status: { kind: 'note', text } });
};

/** What is about a row is about the child: its level is opened, and the key is pressed there. */
const OF_A_ROW: ReadonlySet<ActionName> = new Set(['retrieve', 'retrieveAgain', 'mark', 'range', 'inspect', 'copy']);

const pressed = (state: State, action: ActionName, at: number): Reduced | undefined => {
	const count = state.browse.preview?.rows.length ?? 0;
	switch (action) {
		case 'nextPane':
		case 'previousPane':
		case 'back':
		case 'leave':
			return focused(state, undefined);
		case 'open':
			return opened(state, at);
		default: {
			if (OF_A_ROW.has(action)) {
				const below = childrenOpened(state, at);
				return below === undefined ? undefined : { ...only(below), next: { type: 'key', at: state.now, action } };
			}
			const moved = cursorMoved({ at, top: 0 }, action, count, listHeight(state.size));
			return moved === undefined ? undefined : focused(state, moved.at);
		}
	}
};

const opened = (state: State, at: number): Reduced | undefined => {
	const below = childrenOpened(state, at);
	if (below === undefined) return undefined;
	const child = currentRow(below);
	// What is in an instance is read.
	if (child === undefined || BELOW[currentLevel(below).level] === undefined)
		return { ...only(below), next: { type: 'key', at: state.now, action: 'open' } };
	return openedRow(below, child);
};

/** The level below with what the preview has, the cursor on the child: nothing is asked again. */
const childrenOpened = (state: State, at: number): State | undefined => {
	const row = currentRow(state);
	const { preview, previewAt: _, ...browse } = state.browse;
	if (row === undefined || preview === undefined) return undefined;
	const level = levelBelow(row, currentLevel(state));
	if (level === undefined) return undefined;
	const children = previewChildren(preview.rows, currentLevel(state).level);
	const rows = children.map((dataset) => childRow(dataset, level, row.node));
	const done: LevelState = {
		...level,
		rows: [],
		shown: [],
		nodes: [row.node],
		progress: { state: 'done', tookMs: 0, end: children.length >= MOST_ROWS ? 'cut-off' : 'complete' },
	};
	const ordered = withOrder(withAppended(done, rows, state.size), state.size);
	const place = Math.max(0, ordered.shown.indexOf(at));
	const shown = withOrder({ ...ordered, at: place }, state.size);
	return { ...state, status: undefined, browse: { ...browse, preview, levels: [...browse.levels, shown] } };
};

const childRow = (dataset: Dataset, { level }: LevelState, node: string): Row => ({
	uid: textOf(dataset, UNIQUE_KEYS[level]),
	node,
	dataset,
	doubtful: false,
	words: wordsOf(dataset, level),
});
