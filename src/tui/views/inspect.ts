/** Every attribute of a row, raw and decoded; the line at the cursor is told whole where the screen is too narrow for it. */
import { sanitize } from '../../output/sanitize.ts';
import { cutMiddle, pad } from '../../output/text-width.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import type { Overlay } from '../overlays/overlay-state.ts';
import { inspectShown } from '../overlays/reduce-reading.ts';
import { partsOf } from '../screen-parts.ts';
import type { State } from '../state.ts';
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
		right: [segment(extentText(inspectShown(overlay).length, overlay.top, partsOf(size)?.middle.rows ?? 0), 'faint')],
	}),
	middle: (overlay, state, size) => {
		const lines = inspectShown(overlay);
		if (lines.length === 0) return [[], [segment('    No attribute matches the filter.')]];
		return scrolledTo(lines, overlay, size, (line, index) => attributeLine(line, index === overlay.at, state));
	},
	status: (overlay, _state, columns) => {
		const line = inspectShown(overlay)[overlay.at];
		return line === undefined
			? []
			: columns < NARROW
				? wholeLines(sanitize(line).replace(TAG_AND_VR, ''), columns, true)
				: wholeLines(sanitize(line), columns);
	},
};

/** Below it only keyword and value are shown; the whole line stands below. */
const NARROW = 60;
const NARROW_KEYWORD = 20;

const attributeLine = (line: string, isAt: boolean, { look, size }: State): Line => {
	const whole = sanitize(line);
	const text = size.columns < NARROW ? narrowed(whole) : whole;
	if (isAt) return atCursor([segment(` ${signsOf(look).cursor} ${text}`)]);
	const tag = TAG.exec(text)?.[0] ?? '';
	if (tag !== '') return [segment('   '), segment(tag, 'faint'), segment(text.slice(tag.length))];
	return [segment(`   ${text}`, text.startsWith('!') ? 'warning' : TAG.test(whole) ? 'plain' : 'heading')];
};

const TAG_AND_VR = /^ *\([\dA-Fa-f]{4},[\dA-Fa-f]{4}\) \S+ /;
const TAG = /^ *\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\)/;

const narrowed = (line: string): string =>
	line.replace(
		/^( *)\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\) \S+ (\S+) */,
		(_all, indent: string, keyword: string) =>
			`${indent}${pad(cutMiddle(keyword, NARROW_KEYWORD), NARROW_KEYWORD, 'left')}  `,
	);
