/** A question before something that many requests or a running retrieve hang on. */
import { sanitize } from '../../output/sanitize.ts';
import { textWidth } from '../../output/text-width.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import type { Overlay } from '../overlays/overlay-state.ts';
import { signsOf } from '../theme.ts';
import { boxed, innerWidth } from './box.ts';
import { atCursor } from './list-rows.ts';
import { wrapped } from './paragraph.ts';
import type { OverlayView } from './view.ts';

const WIDEST = 64;

export const confirmView: OverlayView<Extract<Overlay, { readonly kind: 'confirm' }>> = {
	extent: 'box',
	middle: ({ text, choices, at }, state, size) => {
		const keys = Math.max(...choices.map(({ key }) => textWidth(key)), 0);
		const before = keys + 4;
		const wanted = Math.max(
			...text.map((line) => textWidth(sanitize(line))),
			...choices.map(({ says }) => before + textWidth(sanitize(says))),
		);
		const width = innerWidth(Math.min(WIDEST, wanted), size);
		const chosen: Line[] = choices.flatMap(({ key, says }, index) => {
			const sign = index === at ? signsOf(state.look).cursor : ' ';
			return wrapped(sanitize(says), width - before).map((part, line): Line => {
				const head = line === 0 ? `${sign} ${key.padEnd(keys)}  ` : ' '.repeat(before);
				const told = [segment(head, 'key'), segment(part)];
				return index === at ? atCursor(told) : told;
			});
		});
		const told = text.flatMap((line) => wrapped(sanitize(line), width).map((part): Line => [segment(part)]));
		// What can be chosen is never cut, rather what is told.
		const room = size.rows - 2 - chosen.length;
		const kept = told.slice(0, Math.max(0, room));
		return boxed('Sure?', [...kept, ...(room > kept.length ? [[]] : []), ...chosen], width, size, state.look);
	},
};
