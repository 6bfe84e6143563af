/** The help: the keys of this place and those of every screen, and on its second page what columns and marks mean. */
import { sanitize } from '../../output/sanitize.ts';
import { pad, textWidth } from '../../output/text-width.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import { keyFor } from '../key-hints.ts';
import { topFor } from '../list-cursor.ts';
import type { HelpEntry } from '../overlays/help-entries.ts';
import { helpEntries } from '../overlays/help-entries.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import type { Look } from '../state.ts';
import { signsOf } from '../theme.ts';
import { filterPart } from './filter-part.ts';
import { atCursor } from './list-rows.ts';
import { wholeLines } from './pager.ts';
import type { OverlayView } from './view.ts';

const MOST_KEYS = 22;

export const helpView: OverlayView<OverlayOf<'help'>> = {
	extent: 'middle',
	place: ({ filter, page }, state) => ({
		left: [segment('Help', 'heading'), ...filterPart({ filter, isFiltering: true })],
		right: [
			segment(
				`${keyFor(state, 'otherPage')}: ${page === 'keys' ? 'what columns and marks mean' : 'the keys'}`,
				'faint',
			),
		],
	}),
	middle: ({ at, filter, page }, state, { rows }) => {
		const entries = helpEntries(state, page, filter);
		if (entries.length === 0) return [[], [segment('    Nothing is called that.')]];
		const width = Math.min(MOST_KEYS, Math.max(...entries.map(({ keys }) => textWidth(keys))));
		const lines = entries.flatMap((entry, index): readonly Line[] => {
			const own = entryLine(entry, width, index === at, state.look);
			return entry.section === entries[index - 1]?.section
				? [own]
				: [...(index === 0 ? [] : [[]]), [segment(`  ${entry.section}`, 'heading')], own];
		});
		const cursor = lines.findIndex((line) => line[0]?.style === 'cursor');
		const top = topFor(cursor, 0, lines.length, rows);
		return lines.slice(at === 0 ? 0 : top, (at === 0 ? 0 : top) + rows);
	},
	status: ({ at, filter, page }, state, columns) => {
		const entry = helpEntries(state, page, filter)[at];
		return entry === undefined ? [] : wholeLines(entry.says, columns, textWidth(entry.says) > columns - MOST_KEYS - 7);
	},
};

const entryLine = ({ keys, says }: HelpEntry, width: number, isAt: boolean, look: Look): Line => {
	const { cursor, mark } = signsOf(look);
	// The marks as this terminal shows them.
	const shown = keys === '>' ? cursor : keys === '*' ? mark : keys;
	const line = [
		segment(`  ${isAt ? cursor : ' '} `),
		segment(pad(shown, width, 'left'), 'key'),
		segment(`  ${sanitize(says)}`),
	];
	return isAt ? atCursor(line) : line;
};
