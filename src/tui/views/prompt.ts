/** One line that is asked for: the name of a query, the file of a trace. */
import { sanitize } from '../../output/sanitize.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import { boxed, innerWidth } from './box.ts';
import { caretLine } from './caret.ts';
import { wrapped } from './paragraph.ts';
import type { OverlayView } from './view.ts';

const WIDEST = 72;

const TITLES: Readonly<Record<OverlayOf<'prompt'>['what'], string>> = {
	'save-query': 'Save this query',
	'write-trace': 'Write the trace',
	'write-redacted': 'Write the trace without patients',
};

export const promptView: OverlayView<OverlayOf<'prompt'>> = {
	extent: 'box',
	middle: ({ what, label, value, caret, problem }, state, size) => {
		const width = innerWidth(WIDEST, size);
		const lines: Line[] = [
			[segment(sanitize(label))],
			caretLine(sanitize(value), caret, width),
			...(problem === undefined
				? []
				: wrapped(`! ${sanitize(problem)}`, width).map((line): Line => [segment(line, 'bad')])),
		];
		return boxed(TITLES[what], lines, width, size, state.look);
	},
};
