/** Which columns the table has: ticked ones are shown. */

import { columnChoices } from '../browse/shown-columns.ts';
import { segment } from '../frame.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import { levelOf } from '../overlays/overlay-stack.ts';
import { signsOf } from '../theme.ts';
import { boxed, innerWidth } from './box.ts';
import { listRows } from './list-rows.ts';
import type { OverlayView } from './view.ts';

const WIDEST = 64;
const MOST_ROWS = 16;
const HEADING_WIDTH = 22;

export const columnsView: OverlayView<OverlayOf<'columns'>> = {
	extent: 'box',
	middle: ({ at }, state, size) => {
		const level = levelOf(state)?.level ?? 'study';
		const choices = columnChoices(state, level);
		const { ticked, unticked } = signsOf(state.look);
		const rows = listRows(
			{ at },
			choices.length,
			Math.min(MOST_ROWS, size.rows - 2),
			(index) => {
				const choice = choices[index];
				if (choice === undefined) return [];
				return [
					segment(choice.isShown ? ticked : unticked, choice.isShown ? 'good' : 'faint'),
					segment(` ${choice.column.heading.padEnd(HEADING_WIDTH)}`),
					segment(choice.column.keyword, 'faint'),
				];
			},
			state.look,
		);
		return boxed(`Columns of the ${level} table`, rows, innerWidth(WIDEST, size), size, state.look);
	},
};
