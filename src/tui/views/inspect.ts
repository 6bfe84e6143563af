/** Every attribute of a row, raw and decoded; the line at the cursor is told whole where the screen is too narrow for it. */
import { sanitize } from '../../output/sanitize.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import { partsOf } from '../screen-parts.ts';
import type { Overlay, State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { filterPart } from './filter-part.ts';
import { atCursor } from './list-rows.ts';
import { extentText, scrolledTo, wholeLines } from './pager.ts';
import type { OverlayView } from './view.ts';

type Inspect = Extract<Overlay, { readonly kind: 'inspect' }>;

export const inspectView: OverlayView<Inspect> = {
	extent: 'middle',
	place: (overlay, { size }) => ({
		left: [segment('Attributes', 'heading'), ...filterPart(overlay)],
		right: [segment(extentText(shownLines(overlay).length, overlay.top, partsOf(size)?.middle.rows ?? 0), 'faint')],
	}),
	middle: (overlay, state, size) => {
		const lines = shownLines(overlay);
		if (lines.length === 0) return [[], [segment('    No attribute matches the filter.')]];
		return scrolledTo(lines, overlay, size, (line, index) => attributeLine(line, index === overlay.at, state));
	},
	status: (overlay, _state, columns) => {
		const line = shownLines(overlay)[overlay.at];
		return line === undefined ? [] : wholeLines(sanitize(line), columns);
	},
};

/** Those that hold what is typed. */
export const shownLines = ({ lines, filter }: Pick<Inspect, 'lines' | 'filter'>): readonly string[] => {
	const wanted = filter.toLowerCase();
	return wanted === '' ? lines : lines.filter((line) => line.toLowerCase().includes(wanted));
};

const attributeLine = (line: string, isAt: boolean, { look }: State): Line => {
	const text = sanitize(line);
	if (isAt) return atCursor([segment(` ${signsOf(look).cursor} ${text}`)]);
	const tag = /^ *\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\)/.exec(text)?.[0] ?? '';
	if (tag !== '') return [segment('   '), segment(tag, 'faint'), segment(text.slice(tag.length))];
	return [segment(`   ${text}`, text.startsWith('!') ? 'warning' : 'heading')];
};
