/** Earlier queries, the newest first; a few letters find one. */
import { sanitize } from '../../output/sanitize.ts';
import { segment } from '../frame.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import { historyEntries, queryLine } from '../overlays/saved-queries.ts';
import { filterPart } from './filter-part.ts';
import { listRows } from './list-rows.ts';
import { wholeLines } from './pager.ts';
import type { OverlayView } from './view.ts';

export const historyView: OverlayView<OverlayOf<'history'>> = {
	extent: 'middle',
	place: ({ filter }, state) => {
		const found = historyEntries(state, filter).length;
		return {
			left: [segment('Earlier queries', 'heading'), ...filterPart({ filter, isFiltering: true })],
			right: [segment(`${found} of ${state.history.length}`)],
		};
	},
	middle: ({ at, filter }, state, { rows }) => {
		const entries = historyEntries(state, filter);
		if (entries.length === 0)
			return [
				[],
				[segment(`    ${state.history.length === 0 ? 'Nothing was asked yet.' : 'No query has these letters.'}`)],
			];
		return listRows(
			{ at },
			entries.length,
			rows,
			(index) => {
				const entry = entries[index];
				return [segment(entry === undefined ? '' : sanitize(queryLine(entry, state.look.masked)))];
			},
			state.look,
		);
	},
	status: ({ at, filter }, state, columns) => {
		const entry = historyEntries(state, filter)[at];
		return entry === undefined ? [] : wholeLines(queryLine(entry, state.look.masked), columns);
	},
};
