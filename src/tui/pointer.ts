/**
 * The mouse, for who asks for it: the wheel moves, a click goes to a row, a click on the row at the cursor opens it. All of it is what keys
 * do; where the rows are is read from the frame that is drawn.
 */
import { textWidth } from '../output/text-width.ts';
import type { Action } from './actions.ts';
import type { Line, Style } from './frame.ts';
import type { ActionName, Place } from './keys.ts';
import { placeOf } from './place-of.ts';
import type { State } from './state.ts';

/** Presses are told, with places beyond column 223 too (xterm's modes 1000 and 1006); moves are not. */
export const POINTER_ON = '\x1b[?1000h\x1b[?1006h';
export const POINTER_OFF = '\x1b[?1006l\x1b[?1000l';

export type Pointer =
	| { readonly kind: 'wheel'; readonly action: 'up' | 'down' }
	/** From 0. */
	| { readonly kind: 'click'; readonly column: number; readonly line: number };

/** Presses of the left button and of the wheel in what a terminal sent; what was pasted is not looked at. */
export const pointersIn = (input: string): readonly Pointer[] =>
	[...input.replaceAll(PASTED, '').matchAll(TOLD)].flatMap(([, button, column, line]): Pointer[] => {
		if (button === '64' || button === '65') return [{ kind: 'wheel', action: button === '64' ? 'up' : 'down' }];
		return button === '0' ? [{ kind: 'click', column: Number(column) - 1, line: Number(line) - 1 }] : [];
	});

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: that is what terminals send
const PASTED = /\x1b\[200~.*?(\x1b\[201~|$)/gs;
/** What ends with a small m is a button that is let go. */
const TOLD = /\x1b\[<(\d{1,4});(\d{1,4});(\d{1,4})M/g;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: that is what terminals send

/** Rows a notch. */
const NOTCH = 3;
const WHEELED: ReadonlySet<Place> = new Set([
	...(['browse', 'queue', 'nodes', 'trace', 'log', 'list', 'saved'] as const),
	...(['pager', 'scroll', 'explain', 'pick', 'help'] as const),
]);

/** Clicks are for the rows of these, and what opens one: elsewhere a click does nothing. */
const OPENS: Partial<Record<Place, ActionName>> = {
	browse: 'open',
	queue: 'open',
	nodes: 'useNode',
	trace: 'expand',
	log: 'open',
};

interface Pointed {
	readonly state: State;
	dispatch(action: Action): void;
}

/** @param frameOf what is drawn of a state */
export const pointed = (
	pointer: Pointer,
	store: Pointed,
	at: number,
	frameOf: (state: State) => readonly Line[],
): void => {
	const place = placeOf(store.state);
	const press = (action: ActionName) => store.dispatch({ at, type: 'key', action });
	if (pointer.kind === 'wheel') {
		if (WHEELED.has(place)) for (let row = 0; row < NOTCH; row++) press(pointer.action);
		return;
	}
	const opens = OPENS[place];
	if (opens === undefined) return;
	const { column, line } = pointer;
	let frame = frameOf(store.state);
	let cursor = cursorLine(frame, column);
	if (cursor === line) press(opens);
	if (cursor === undefined || cursor === line || !isRow(frame, column, cursor, line)) return;
	const action = cursor < line ? 'down' : 'up';
	for (let last: number | undefined; cursor !== last && cursor !== undefined && isBefore(cursor, line, action); ) {
		last = cursor;
		press(action);
		frame = frameOf(store.state);
		cursor = cursorLine(frame, column);
	}
};

const isBefore = (cursor: number, line: number, action: 'up' | 'down'): boolean =>
	action === 'down' ? cursor < line : cursor > line;

/** The line of the cursor, if that goes through the column: in another pane there is another list, or none. */
const cursorLine = (frame: readonly Line[], column: number): number | undefined => {
	const at = frame.findIndex((line) => styleAt(line, column) === 'cursor');
	return at < 0 ? undefined : at;
};

/** Whether something of the same list as the cursor stands there: no rule comes between, and it is neither a heading nor blank. */
const isRow = (frame: readonly Line[], column: number, cursor: number, target: number): boolean => {
	const between = frame.slice(Math.min(cursor, target), Math.max(cursor, target) + 1);
	if (between.some((line) => styleAt(line, column) === 'rule')) return false;
	const line = frame[target] ?? [];
	const pane = paneAt(line, column);
	return pane.some(({ text }) => text.trim() !== '') && pane.every(({ style }) => style !== 'heading');
};

/** The stretch of a line between the rules on both sides of the column. */
const paneAt = (line: Line, column: number): Line => {
	const at = segmentAt(line, column);
	const first = line.slice(0, at).findLastIndex(({ style }) => style === 'rule') + 1;
	const end = line.findIndex(({ style }, index) => index >= at && style === 'rule');
	return line.slice(first, end < 0 ? undefined : end);
};

const styleAt = (line: Line, column: number): Style | undefined => line[segmentAt(line, column)]?.style;

/** The number of the segment; that behind the last where the line is shorter. */
const segmentAt = (line: Line, column: number): number => {
	let left = column;
	const at = line.findIndex(({ text }) => {
		left -= textWidth(text);
		return left < 0;
	});
	return at < 0 ? line.length : at;
};
