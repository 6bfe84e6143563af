/** What a node accepts, as `dimse node caps` tells it. */
import { sanitize } from '../../output/sanitize.ts';
import { segment } from '../frame.ts';
import { brokenLines } from '../overlays/broken-lines.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import { partsOf } from '../screen-parts.ts';
import { extentText, scrolled } from './pager.ts';
import type { OverlayView } from './view.ts';

export const capabilitiesView: OverlayView<OverlayOf<'capabilities'>> = {
	extent: 'middle',
	place: ({ node, lines, top }, { size }) => ({
		left: [segment('Accepted by', 'heading'), segment(`  ${sanitize(node)}`)],
		right: [
			segment(extentText(brokenLines(lines, size.columns - 1).length, top, partsOf(size)?.middle.rows ?? 0), 'faint'),
		],
	}),
	middle: ({ lines, top, isOver }, _state, size) => {
		if (lines.length === 0)
			return [[], [segment(isOver ? '   Nothing is known.' : '   asking for every service and class ...', 'faint')]];
		return scrolled(brokenLines(lines, size.columns - 1), top, size, (line, index) => [
			segment(` ${sanitize(line)}`, index === 0 || /^\S.*:$/.test(line) ? 'heading' : 'plain'),
		]);
	},
};
