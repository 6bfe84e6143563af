/** By which column the rows are sorted; the one they are sorted by says in which direction. */
import { segment } from '../frame.ts';
import type { OverlayOf } from '../overlay-stack.ts';
import { levelOf } from '../overlay-stack.ts';
import { shownColumns } from '../shown-columns.ts';
import { boxed, innerWidth } from './box.ts';
import { listRows } from './list-rows.ts';
import type { OverlayView } from './view.ts';

const WIDEST = 48;
const HEADING_WIDTH = 22;

export const sortView: OverlayView<OverlayOf<'sort'>> = {
	extent: 'box',
	middle: ({ at }, state, size) => {
		const level = levelOf(state);
		const choices = shownColumns(state, level?.level ?? 'study').filter(({ priority }) => priority > 0);
		const rows = listRows(
			{ at },
			choices.length,
			Math.max(1, size.rows - 2),
			(index) => {
				const choice = choices[index];
				if (choice === undefined) return [];
				const isNow = level?.sort?.keyword === choice.keyword;
				const direction = level?.sort?.descending === true ? 'descending' : 'ascending';
				return [
					segment(choice.heading.padEnd(HEADING_WIDTH), isNow ? 'selected' : 'plain'),
					segment(isNow ? direction : '', 'faint'),
				];
			},
			state.look,
		);
		return boxed('Sort by', rows, innerWidth(WIDEST, size), size, state.look);
	},
};
