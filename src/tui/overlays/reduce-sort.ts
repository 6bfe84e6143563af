/** Sorting rows, jobs or nodes, and choosing the columns of rows. */
import type { Action, Reduced } from '../actions.ts';
import type { LevelState } from '../browse/browse-state.ts';
import { withOrder } from '../browse/row-view.ts';
import { columnChoices, columnToggled, shownColumns } from '../browse/shown-columns.ts';
import { cursorMoved, listHeight } from '../list-cursor.ts';
import { NODE_SORTS } from '../nodes/shown-nodes.ts';
import { JOB_SORTS } from '../queue/shown-jobs.ts';
import type { State } from '../state.ts';
import { closed, levelOf, noted, type OverlayOf, opened, replaced, unchanged } from './overlay-stack.ts';

export interface SortChoice {
	/** Undefined is the order in which the rows came, or that of the queue or the address book. */
	readonly keyword: string | undefined;
	readonly heading: string;
	readonly isCurrent: boolean;
	readonly descending: boolean;
}

/** The order of its own first, then by each column that is shown. */
export const sortChoices = (state: State): readonly SortChoice[] => {
	const sort = sortOf(state);
	return [{ keyword: undefined, heading: OWN_ORDERS[state.screen] ?? '' }, ...columnsOf(state)].map((choice) => ({
		...choice,
		isCurrent: choice.keyword === sort?.keyword,
		descending: choice.keyword !== undefined && choice.keyword === sort?.keyword && sort.descending,
	}));
};

const OWN_ORDERS: Partial<Readonly<Record<State['screen'], string>>> = {
	browse: 'as they came',
	queue: 'as they are queued',
	nodes: 'as in the address book',
};

const columnsOf = (state: State): readonly Pick<SortChoice, 'keyword' | 'heading'>[] => {
	if (state.screen === 'queue') return JOB_SORTS.map(({ heading }) => ({ keyword: heading, heading }));
	if (state.screen === 'nodes') return NODE_SORTS.map(({ heading }) => ({ keyword: heading, heading }));
	return shownColumns(state, levelOf(state)?.level ?? 'study').filter(({ priority }) => priority > 0);
};

/** What a column is sorted by that is called so in the heading of the table, or by its keyword, shown or not. Letter case does not matter. */
export const sortKeyword = (state: State, name: string): string | undefined => {
	const wanted = name.toLowerCase();
	const level = levelOf(state)?.level ?? 'study';
	const isOfRows = state.screen !== 'queue' && state.screen !== 'nodes';
	const hidden = isOfRows ? [...shownColumns(state, level), { keyword: 'node', heading: 'NODE' }] : [];
	return [...columnsOf(state), ...hidden].find(
		({ keyword, heading }) => keyword?.toLowerCase() === wanted || heading.toLowerCase() === wanted,
	)?.keyword;
};

const sortOf = (state: State): LevelState['sort'] => {
	if (state.screen === 'queue') return state.queue.sort;
	return state.screen === 'nodes' ? state.nodesScreen.sort : levelOf(state)?.sort;
};

/** The rows of browse; the cursor stays on its row. */
const sortedBy = (state: State, sort: LevelState['sort']): State => {
	const level = levelOf(state);
	if (level === undefined) return state;
	const sorted = withOrder({ ...level, sort }, state.size);
	return { ...state, browse: { ...state.browse, levels: [...state.browse.levels.slice(0, -1), sorted] } };
};

/** What the screen lists; `anchored-cursors.ts` keeps the cursor on its job or node. */
export const listSortedBy = (state: State, sort: LevelState['sort']): State => {
	if (state.screen === 'queue') return { ...state, queue: { ...state.queue, sort } };
	if (state.screen === 'nodes') return { ...state, nodesScreen: { ...state.nodesScreen, sort } };
	return sortedBy(state, sort);
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
			const { keyword, heading, isCurrent, descending } = choice;
			// The same again turns it round.
			const sort = keyword === undefined ? undefined : { keyword, descending: isCurrent && !descending };
			const told = sort === undefined ? heading : `by ${keyword}${sort.descending ? ', the last first' : ''}`;
			const sorted = noted(listSortedBy(state, sort), `sorted ${told}`);
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
