/** A question before something that many requests or a running retrieve hang on. */
import { sanitize } from '../../output/sanitize.ts';
import { textWidth } from '../../output/text-width.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import type { Overlay } from '../state.ts';
import { boxed, innerWidth } from './box.ts';
import { wrapped } from './paragraph.ts';
import type { OverlayView } from './view.ts';

const WIDEST = 64;

export const confirmView: OverlayView<Extract<Overlay, { readonly kind: 'confirm' }>> = {
	extent: 'box',
	middle: ({ text, choices }, state, size) => {
		const keys = Math.max(...choices.map(({ key }) => textWidth(key)), 0);
		const wanted = Math.max(
			...text.map((line) => textWidth(sanitize(line))),
			...choices.map(({ says }) => keys + 2 + textWidth(sanitize(says))),
		);
		const width = innerWidth(Math.min(WIDEST, wanted), size);
		const lines: Line[] = [
			...text.flatMap((line) => wrapped(sanitize(line), width).map((part) => [segment(part)])),
			[],
			...choices.map(({ key, says }) => [segment(key.padEnd(keys), 'key'), segment(`  ${sanitize(says)}`)]),
		];
		return boxed('Sure?', lines, width, size, state.look);
	},
};
