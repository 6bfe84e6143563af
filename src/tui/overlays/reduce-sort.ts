/** Sorting the rows, and choosing their columns. */
import type { Column } from '../../output/columns.ts';
import type { Action, Reduced } from '../actions.ts';
import { withOrder } from '../browse/row-view.ts';
import { columnChoices, columnToggled, shownColumns } from '../browse/shown-columns.ts';
import { cursorMoved, listHeight } from '../list-cursor.ts';
import type { LevelState, State } from '../state.ts';
import { closed, levelOf, noted, type OverlayOf, opened, replaced, unchanged } from './overlay-stack.ts';

export interface SortChoice {
	/** Undefined is the order in which the rows came. */
	readonly column: Column | undefined;
	readonly isCurrent: boolean;
	readonly descending: boolean;
}

/** As they came first, then by each column that is shown. */
export const sortChoices = (state: State): readonly SortChoice[] => {
	const level = levelOf(state);
	const columns = shownColumns(state, level?.level ?? 'study').filter(({ priority }) => priority > 0);
	const sort = level?.sort;
	return [undefined, ...columns].map((column) => ({
		column,
		isCurrent: column?.keyword === sort?.keyword,
		descending: column !== undefined && column.keyword === sort?.keyword && sort.descending,
	}));
};

/** The cursor stays on its row. */
export const sortedBy = (state: State, sort: LevelState['sort']): State => {
	const level = levelOf(state);
	if (level === undefined) return state;
	const sorted = withOrder({ ...level, sort }, state.size);
	return { ...state, browse: { ...state.browse, levels: [...state.browse.levels.slice(0, -1), sorted] } };
};

export const openSort = (state: State): Reduced => {
	const current = sortChoices(state).findIndex(({ isCurrent }) => isCurrent);
	return opened(state, { kind: 'sort', at: Math.max(0, current) });
};

export const reduceSort = (state: State, overlay: OverlayOf<'sort'>, action: Action): Reduced | undefined => {
	if (action.type !== 'key') return undefined;
	const choices = sortChoices(state);
	const choice = choices[overlay.at];
	switch (action.action) {
		case 'accept':
		case 'choose': {
			if (choice === undefined) return unchanged(state);
			// The same again turns it round.
			const sort = choice.column && {
				keyword: choice.column.keyword,
				descending: choice.isCurrent && !choice.descending,
			};
			const told =
				sort === undefined ? 'as they came' : `by ${sort.keyword}${sort.descending ? ', the last first' : ''}`;
			const sorted = noted(sortedBy(state, sort), `sorted ${told}`);
			return action.action === 'accept' ? closed(sorted) : { state: sorted, effects: [] };
		}
		default: {
			const moved = cursorMoved({ at: overlay.at, top: 0 }, action.action, choices.length, listHeight(state.size));
			return moved === undefined ? undefined : replaced(state, { ...overlay, at: moved.at });
		}
	}
};

export const openColumns = (state: State): Reduced => opened(state, { kind: 'columns', at: 0 });

export const reduceColumns = (state: State, overlay: OverlayOf<'columns'>, action: Action): Reduced | undefined => {
	if (action.type !== 'key') return undefined;
	const level = levelOf(state)?.level ?? 'study';
	const choices = columnChoices(state, level);
	switch (action.action) {
		case 'accept':
			return closed(state);
		case 'choose': {
			const keyword = choices[overlay.at]?.column.keyword;
			if (keyword === undefined) return unchanged(state);
			const columns = { ...state.browse.columns, [level]: columnToggled(state, level, keyword) };
			return { state: { ...state, browse: { ...state.browse, columns } }, effects: [] };
		}
		default: {
			const moved = cursorMoved({ at: overlay.at, top: 0 }, action.action, choices.length, listHeight(state.size));
			return moved === undefined ? undefined : replaced(state, { ...overlay, at: moved.at });
		}
	}
};
