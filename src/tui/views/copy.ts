/** The copy menu: what each key copies, and what that is now. */
import { sanitize } from '../../output/sanitize.ts';
import { cutMiddle } from '../../output/text-width.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import { ACTIONS } from '../keys.ts';
import { COPY_ACTIONS, copied } from '../overlays/copy-texts.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import { boxed, innerWidth } from './box.ts';
import { listRows, SIGNS_WIDTH } from './list-rows.ts';
import type { OverlayView } from './view.ts';

const WIDEST = 76;
const NAME_WIDTH = 32;
const NARROW = 60;

export const copyView: OverlayView<OverlayOf<'copy'>> = {
	extent: 'box',
	middle: ({ at }, state, size) => {
		const width = innerWidth(WIDEST, size);
		const room = width - SIGNS_WIDTH - NAME_WIDTH - 5;
		const line = (action: (typeof COPY_ACTIONS)[number]): Line => {
			const key = state.keys.find((binding) => binding.action === action)?.keys[0] ?? '';
			const told = copied(state, action);
			const isThere = typeof told !== 'string';
			const head = [
				segment(key, isThere ? 'key' : 'faint'),
				segment(`  ${ACTIONS[action].padEnd(NAME_WIDTH)}`, isThere ? 'plain' : 'faint'),
			];
			if (size.columns < NARROW || action === 'copyExplanation') return head;
			if (!isThere) return [...head, segment(`  ${cutMiddle(told, room)}`, 'faint')];
			// What names a patient is not shown on a masked screen, and several lines are not one.
			const isShown = !(told.names && state.look.masked) && !told.text.includes('\n');
			return [...head, segment(isShown ? `  ${cutMiddle(sanitize(told.text), room)}` : '', 'faint')];
		};
		const lines = listRows(
			{ at },
			COPY_ACTIONS.length,
			Math.max(1, size.rows - 2),
			(index) => {
				const action = COPY_ACTIONS[index];
				return action === undefined ? [] : line(action);
			},
			state.look,
		);
		return boxed('Copy', lines, width, size, state.look);
	},
};
