/** The palette: a command that is typed, and what it can become. */
import { sanitize } from '../../output/sanitize.ts';
import { cutEnd, pad, textWidth } from '../../output/text-width.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import type { Completion } from '../overlays/palette-completion.ts';
import { completionsOf } from '../overlays/palette-completion.ts';
import { boxed, innerWidth } from './box.ts';
import { caretLine } from './caret.ts';
import { listRows, SIGNS_WIDTH } from './list-rows.ts';
import { wholeLines } from './pager.ts';
import { statusLines } from './status.ts';
import type { OverlayView } from './view.ts';

const WIDEST = 90;
const MOST_ROWS = 10;
const MOST_ARGUMENT = 34;

export const paletteView: OverlayView<OverlayOf<'palette'>> = {
	extent: 'box',
	middle: ({ text, caret, at }, state, size) => {
		const width = innerWidth(WIDEST, size);
		const offered = completionsOf(state, text);
		const height = Math.max(1, Math.min(MOST_ROWS, size.rows - 3));
		const first = Math.max(0, Math.min(at - height + 1, offered.length - height));
		const seen = offered.slice(first, first + height);
		const column = Math.max(0, ...seen.map(({ shown, argument }) => textWidth(named(shown, argument))));
		const rows = listRows(
			{ at: at - first },
			seen.length,
			height,
			(index) => {
				const one = seen[index];
				return one === undefined ? [] : offeredLine(one, column, width - SIGNS_WIDTH);
			},
			state.look,
		);
		const lines: Line[] = [[segment(': ', 'key'), ...caretLine(sanitize(text), caret, width - 2)], ...rows];
		return boxed(
			offered.length > seen.length ? `Command, ${offered.length} offered` : 'Command',
			lines,
			width,
			size,
			state.look,
		);
	},
	status: ({ text, at }, state, columns) => {
		const { argument = '', says = '' } = completionsOf(state, text)[at] ?? {};
		if (says === '') return statusLines(state);
		return wholeLines([argument, says].filter((part) => part !== '').join('   '), columns, true);
	},
};

const named = (shown: string, argument: string): string =>
	sanitize(argument === '' ? shown : `${shown} ${cutEnd(argument, MOST_ARGUMENT)}`);

const offeredLine = ({ shown, argument, says }: Completion, column: number, width: number): Line => {
	const name = cutEnd(named(shown, argument), width);
	const rest = sanitize(name.slice(shown.length));
	return [
		segment(name.slice(0, shown.length), 'key'),
		segment(pad(rest, Math.max(0, column - textWidth(shown)), 'left')),
		segment(`  ${sanitize(says)}`, 'faint'),
	];
};
