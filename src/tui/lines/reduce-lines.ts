/** What line mode does that no key does: it names rows, jobs and nodes where a key would go there. */
import type { PartialReducer, Reduced } from '../actions.ts';
import { currentLevel, rowAt, withLevel } from '../browse/levels.ts';
import { rowKey } from '../browse/row-key.ts';
import { cursorAt, listHeight } from '../list-cursor.ts';
import { switchedTo } from '../nodes/node-switching.ts';
import { quitAsked } from '../overlays/reduce-quit.ts';
import { shownJobs } from '../queue/shown-jobs.ts';
import type { State } from '../state.ts';

export const reduceLines: PartialReducer = (state, action) => {
	switch (action.type) {
		case 'to-row': {
			const level = currentLevel(state);
			const there = cursorAt(level, action.row, level.shown.length, listHeight(state.size));
			return only(withLevel(state, { ...there, wantedKey: undefined }));
		}
		case 'mark-rows': {
			const level = currentLevel(state);
			const rows = action.rows.flatMap((row) => rowAt(level, row) ?? []);
			const marked = new Set(rows.filter(({ uid }) => uid !== '').map(rowKey));
			const { browse } = state;
			const levels = browse.levels.map((one) => (one.marked.size === 0 ? one : { ...one, marked: new Set<string>() }));
			return only(withLevel({ ...state, browse: { ...browse, levels } }, { ...level, marked, rangeFrom: undefined }));
		}
		case 'to-job': {
			const queue = { ...state.queue, filter: '', pane: 'jobs' } as const;
			const at = shownJobs({ ...state, queue }).findIndex(({ id }) => id === action.job);
			return only({ ...state, screen: 'queue', queue: { ...queue, at: Math.max(0, at) } });
		}
		case 'use-nodes':
			return switchedTo(state, action.nodes);
		case 'quit':
			return quitAsked(state, action.isSure);
		default:
			return undefined;
	}
};

const only = (state: State): Reduced => ({ state, effects: [] });
