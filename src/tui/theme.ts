/** What each style of a frame looks like, and the signs that a terminal can draw. */
import type { Style } from './frame.ts';
import type { Look } from './state.ts';

/** What Ink's Text is given; the colours are the 16 of the user's own palette. */
export interface Brush {
	readonly color?: string;
	readonly backgroundColor?: string;
	readonly bold?: boolean;
	readonly dimColor?: boolean;
	readonly inverse?: boolean;
	readonly underline?: boolean;
}

const MONO: Readonly<Record<Style, Brush>> = {
	plain: {},
	strong: { bold: true },
	faint: { dimColor: true },
	heading: { bold: true },
	cursor: { inverse: true },
	mark: { bold: true },
	good: {},
	bad: { bold: true },
	warning: { bold: true },
	key: { bold: true },
	rule: { dimColor: true },
	field: { underline: true },
	selected: { bold: true },
};

/** Colour never says anything that a word or a sign beside it does not say as well. */
const BRUSHES: Readonly<Record<Look['theme'], Readonly<Record<Style, Brush>>>> = {
	mono: MONO,
	dark: {
		...MONO,
		cursor: { color: 'black', backgroundColor: 'cyan' },
		mark: { color: 'yellow' },
		good: { color: 'green' },
		bad: { color: 'redBright', bold: true },
		warning: { color: 'yellow' },
		key: { color: 'cyan' },
		selected: { color: 'cyan', bold: true },
	},
	// Yellow and cyan cannot be read on white.
	light: {
		...MONO,
		cursor: { color: 'white', backgroundColor: 'blue' },
		mark: { color: 'magenta' },
		good: { color: 'green' },
		bad: { color: 'red', bold: true },
		warning: { color: 'magenta' },
		key: { color: 'blue' },
		selected: { color: 'blue', bold: true },
	},
};

export const brushOf = (style: Style, theme: Look['theme']): Brush => BRUSHES[theme][style];

/** Each one column wide. */
export interface Signs {
	/** A line from left to right, one from top to bottom, and where they meet. */
	readonly across: string;
	readonly down: string;
	readonly teeDown: string;
	readonly teeUp: string;
	readonly cross: string;
	readonly cursor: string;
	readonly mark: string;
	readonly good: string;
	readonly bad: string;
	readonly running: string;
	/** Done and to do of a bar. */
	readonly full: string;
	readonly empty: string;
	/** Eighths of a bar that stands, the lowest first. */
	readonly steps: readonly string[];
	readonly chosen: string;
	readonly other: string;
	readonly ticked: string;
	readonly unticked: string;
	readonly arrow: string;
	readonly cut: string;
}

const ASCII: Signs = {
	across: '-',
	down: '|',
	teeDown: '+',
	teeUp: '+',
	cross: '+',
	cursor: '>',
	mark: '*',
	good: '+',
	bad: '!',
	running: '>',
	full: '#',
	empty: '.',
	steps: ['.', '.', ':', ':', '|', '|', '|', '#'],
	chosen: '(o)',
	other: '( )',
	ticked: '[x]',
	unticked: '[ ]',
	arrow: '->',
	cut: '~',
};

const UNICODE: Signs = {
	...ASCII,
	across: '─',
	down: '│',
	teeDown: '┬',
	teeUp: '┴',
	cross: '┼',
	cursor: '▸',
	mark: '●',
	good: '✓',
	bad: '✗',
	running: '▸',
	full: '█',
	empty: '░',
	steps: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
	chosen: '(●)',
	arrow: '→',
	cut: '…',
};

export const signsOf = (look: Look): Signs => (look.unicode ? UNICODE : ASCII);
