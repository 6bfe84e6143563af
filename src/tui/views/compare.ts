/** Two rows held against each other: what they share is quiet, what differs stands out. */
import { sanitize } from '../../output/sanitize.ts';
import type { Style } from '../frame.ts';
import { segment } from '../frame.ts';
import { brokenLines } from '../overlays/broken-lines.ts';
import type { Overlay } from '../overlays/overlay-state.ts';
import { partsOf } from '../screen-parts.ts';
import { extentText, scrolled } from './pager.ts';
import type { OverlayView } from './view.ts';

const STYLES: Readonly<Record<string, Style>> = { '<': 'bad', '-': 'bad', '>': 'good', '+': 'good', '!': 'warning' };

export const compareView: OverlayView<Extract<Overlay, { readonly kind: 'compare' }>> = {
	extent: 'middle',
	place: ({ lines, top }, { size }) => ({
		left: [segment('Compare', 'heading'), segment('   two marked rows')],
		right: [
			segment(extentText(brokenLines(lines, size.columns - 1).length, top, partsOf(size)?.middle.rows ?? 0), 'faint'),
		],
	}),
	middle: ({ lines, top }, _state, size) =>
		scrolled(brokenLines(lines, size.columns - 1), top, size, (line) => {
			const text = sanitize(line);
			return [segment(` ${text}`, STYLES[text.trimStart()[0] ?? ''] ?? 'plain')];
		}),
};
