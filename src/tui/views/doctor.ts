/** The doctor's checks of a node, a line each as they are done. */
import { sanitize } from '../../output/sanitize.ts';
import type { Line, Style } from '../frame.ts';
import { segment } from '../frame.ts';
import { keyFor } from '../key-hints.ts';
import { brokenLines } from '../overlays/broken-lines.ts';
import type { Overlay } from '../overlays/overlay-state.ts';
import { partsOf } from '../screen-parts.ts';
import { extentText, scrolled } from './pager.ts';
import type { OverlayView } from './view.ts';

const STYLES: Readonly<Record<string, Style>> = { ok: 'good', warn: 'warning', FAIL: 'bad', skip: 'faint' };

export const doctorView: OverlayView<Extract<Overlay, { readonly kind: 'doctor' }>> = {
	extent: 'middle',
	place: ({ node, lines, isOver, top }, state, columns) => ({
		left: [
			segment('Doctor', 'heading'),
			segment(`   ${sanitize(node)}   `),
			isOver ? segment('done') : segment(`checking, ${keyFor(state, 'cancel', 'scroll')} stops`, 'warning'),
		],
		right: [
			segment(extentText(brokenLines(lines, columns - 1).length, top, partsOf(state.size)?.middle.rows ?? 0), 'faint'),
		],
	}),
	middle: ({ lines, top }, _state, size) => scrolled(brokenLines(lines, size.columns - 1), top, size, styledLine),
};

const styledLine = (line: string): Line => {
	const [, before = '', word = '', rest = ''] = /^( *)(\S*)(.*)$/.exec(line) ?? [];
	return [segment(before), segment(word, STYLES[word] ?? (word.endsWith(':') ? 'faint' : 'plain')), segment(rest)];
};
