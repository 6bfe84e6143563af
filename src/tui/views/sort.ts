/** By which column the rows are sorted; the one they are sorted by says in which direction. */
import { segment } from '../frame.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import { sortChoices } from '../overlays/reduce-sort.ts';
import { boxed, innerWidth } from './box.ts';
import { listRows } from './list-rows.ts';
import type { OverlayView } from './view.ts';

const WIDEST = 42;
const HEADING_WIDTH = 22;

export const sortView: OverlayView<OverlayOf<'sort'>> = {
	extent: 'box',
	middle: ({ at }, state, size) => {
		const choices = sortChoices(state);
		const rows = listRows(
			{ at },
			choices.length,
			Math.max(1, size.rows - 2),
			(index) => {
				const choice = choices[index];
				if (choice === undefined) return [];
				const { keyword, heading, isCurrent, descending } = choice;
				return [
					segment(heading.padEnd(HEADING_WIDTH), isCurrent ? 'selected' : 'plain'),
					segment(
						!isCurrent || keyword === undefined ? '' : descending ? 'the last first' : 'the first first',
						'faint',
					),
				];
			},
			state.look,
		);
		return boxed('Sort by', rows, innerWidth(WIDEST, size), size, state.look);
	},
};
