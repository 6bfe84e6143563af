/** Saved queries and those that are always there, with what each found the last time. */
import { sanitize } from '../../output/sanitize.ts';
import type { SavedQuery } from '../browse/browse-state.ts';
import { segment } from '../frame.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import { queryLine, savedEntries } from '../overlays/saved-queries.ts';
import { listRows, SIGNS_WIDTH } from './list-rows.ts';
import { wholeLines } from './pager.ts';
import { saidLine } from './status.ts';
import { tableColumn, tableOf } from './table.ts';
import type { OverlayView } from './view.ts';

const columnsOf = (isMasked: boolean) => [
	tableColumn<SavedQuery>('NAME', 100, [10, 16, 28], ({ name }) => sanitize(name)),
	tableColumn<SavedQuery>('NODE', 40, [6, 8, 16], ({ node }) =>
		node === undefined ? segment('any', 'faint') : sanitize(node),
	),
	tableColumn<SavedQuery>('COUNT', 60, [5, 5, 7], ({ count }) => (count === undefined ? '-' : String(count)), {
		alignment: 'right',
	}),
	tableColumn<SavedQuery>('QUERY', 80, [12, 32, 120], (query) => queryLine(query, isMasked)),
];

export const savedView: OverlayView<OverlayOf<'saved'>> = {
	extent: 'middle',
	place: (_overlay, state) => ({
		left: [segment('Saved queries', 'heading')],
		right: [segment(`${savedEntries(state).length} queries`)],
	}),
	middle: ({ at }, state, { columns, rows }) => {
		const entries = savedEntries(state);
		const table = tableOf(columnsOf(state.look.masked), columns - SIGNS_WIDTH - 1);
		const listed = listRows(
			{ at: Math.min(at, entries.length - 1) },
			entries.length,
			rows - 1,
			(index) => {
				const entry = entries[index];
				return entry === undefined ? [] : table.row(entry);
			},
			state.look,
		);
		return [[segment(' '.repeat(SIGNS_WIDTH)), ...table.heading], ...listed];
	},
	status: ({ at }, state, columns) => {
		const entries = savedEntries(state);
		const entry = entries[Math.min(at, entries.length - 1)];
		const said = state.status === undefined ? [] : [saidLine(state.status, state)];
		return entry === undefined ? said : [...said, ...wholeLines(queryLine(entry, state.look.masked), columns, true)];
	},
};
