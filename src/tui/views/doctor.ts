/** The doctor's checks of a node, a line each as they are done. */
import { sanitize } from '../../output/sanitize.ts';
import type { Line, Style } from '../frame.ts';
import { segment } from '../frame.ts';
import { partsOf } from '../screen-parts.ts';
import type { Overlay } from '../state.ts';
import { extentText, scrolled } from './pager.ts';
import { wrapped } from './paragraph.ts';
import type { OverlayView } from './view.ts';

const STYLES: Readonly<Record<string, Style>> = { ok: 'good', warn: 'warning', FAIL: 'bad', skip: 'faint' };

export const doctorView: OverlayView<Extract<Overlay, { readonly kind: 'doctor' }>> = {
	extent: 'middle',
	place: ({ node, lines, isOver, top }, { size }, columns) => ({
		left: [
			segment('Doctor', 'heading'),
			segment(`   ${sanitize(node)}   `),
			isOver ? segment('done') : segment('checking, Esc stops', 'warning'),
		],
		right: [segment(extentText(broken(lines, columns).length, top, partsOf(size)?.middle.rows ?? 0), 'faint')],
	}),
	middle: ({ lines, top }, _state, size) => scrolled(broken(lines, size.columns), top, size, styledLine),
};

/** No part of an advice is cut: what is too long goes on below, as far in as it began. */
const broken = (lines: readonly string[], columns: number): readonly string[] =>
	lines.flatMap((line) => {
		const text = sanitize(line);
		const indent = /^ *(?:(?:ok|warn|FAIL|skip) +\S+ +)?(?:means: |do: )?/.exec(text)?.[0].length ?? 0;
		const kept = indent < columns / 2 ? indent : 0;
		return wrapped(text.slice(kept), columns - kept - 1).map(
			(part, index) => (index === 0 ? text.slice(0, kept) : ' '.repeat(kept)) + part,
		);
	});

const styledLine = (line: string): Line => {
	const [, before = '', word = '', rest = ''] = /^( *)(\S*)(.*)$/.exec(line) ?? [];
	return [segment(before), segment(word, STYLES[word] ?? (word.endsWith(':') ? 'faint' : 'plain')), segment(rest)];
};
