/** The whole screen: its five parts, of which small screens lose some, and the overlay on top. */
import { textWidth } from '../../output/text-width.ts';
import type { Line } from '../frame.ts';
import { filledFrame, fitted, segment, spread } from '../frame.ts';
import type { Overlay } from '../overlays/overlay-state.ts';
import { placeOf } from '../place-of.ts';
import { partsOf, SMALLEST } from '../screen-parts.ts';
import type { State } from '../state.ts';
import { overlaid } from './box.ts';
import { contextLine } from './context.ts';
import { OVERLAYS, SCREENS } from './index.ts';
import { keyLine } from './key-line.ts';
import { wrapped } from './paragraph.ts';
import { ruleBeside } from './rule.ts';
import { statusLines } from './status.ts';
import type { OverlayView, PlaceLine } from './view.ts';

/** Exactly as many lines as the screen has, each exactly as wide. */
export const frameOf = (state: State): readonly Line[] => {
	const parts = partsOf(state.size);
	if (parts === undefined) return shown(state, filledFrame(tooSmall(state), state.size));
	const { columns } = state.size;
	const { place, middle, status } = content(state, parts.middle.rows);
	const whole = filledFrame(middle, parts.middle);
	// A short screen tells its keys where a line is left for them.
	const isSpare = !parts.keys && parts.context && isBlank(whole.at(-1)) && isBlank(whole.at(-2));
	const filled = isSpare ? whole.slice(0, -1) : whole;
	const lines: Line[] = parts.context ? [contextLine(state)] : [];
	lines.push(
		indented(spread(place.left, place.right, columns - 1)),
		ruleBeside(filled[0], state, 'below'),
		...filled,
		ruleBeside(filled.at(-1), state, 'above'),
	);
	for (let line = 0; line < parts.status; line++) lines.push(indented(status[line] ?? []));
	if (parts.keys || isSpare) lines.push(keyLine(state.keys, placeOf(state), columns));
	return shown(state, filledFrame(lines, state.size));
};

const isBlank = (line: Line | undefined): boolean => line?.every(({ text }) => text.trim() === '') === true;

/** A line that brings its margin keeps it. */
const indented = (line: Line): Line => (line[0]?.text.startsWith(' ') ? line : [segment(' '), ...line]);

interface Content {
	readonly place: PlaceLine;
	readonly middle: readonly Line[];
	readonly status: readonly Line[];
}

const content = (state: State, rows: number): Content => {
	const size = { columns: state.size.columns, rows };
	let drawn: Content = ofScreen(state, rows);
	for (const overlay of state.overlays) {
		const view: OverlayView<Overlay> | undefined = OVERLAYS[overlay.kind];
		const own = view?.middle(overlay, state, size) ?? [];
		drawn = {
			place: view?.place?.(overlay, state, size.columns) ?? drawn.place,
			middle: view?.extent === 'box' ? overlaid(drawn.middle, own, size) : own,
			status: view?.status?.(overlay, state, size.columns) ?? statusLines(state),
		};
	}
	return drawn;
};

const ofScreen = (state: State, rows: number): Content => {
	const { columns } = state.size;
	const view = SCREENS[state.screen];
	return {
		place: view?.place(state, columns) ?? { left: [segment(state.screen)], right: [] },
		middle: view?.middle(state, { columns, rows }) ?? [],
		status: view?.status?.(state, columns) ?? statusLines(state),
	};
};

const tooSmall = ({ size: { columns, rows } }: State): readonly Line[] => {
	const text = `terminal too small (${columns}x${rows}), need ${SMALLEST.columns}x${SMALLEST.rows}`;
	return wrapped(text, columns).map((line) => [segment(line)]);
};

/** Without UTF-8 every character that is none of ASCII becomes as many question marks as it takes columns. */
const shown = (state: State, lines: readonly Line[]): readonly Line[] =>
	state.look.unicode
		? lines
		: lines.map((line) =>
				fitted(
					line.map(({ text, style }) => segment(ascii(text), style)),
					state.size.columns,
				),
			);

const ASCII = /^[\x20-\x7e]*$/;
const STAND_INS: Readonly<Record<string, string>> = { '…': '~', '·': '.' };

const ascii = (text: string): string =>
	ASCII.test(text)
		? text
		: text.replace(/[^\x20-\x7e]/gu, (character) => STAND_INS[character] ?? '?'.repeat(textWidth(character)));
