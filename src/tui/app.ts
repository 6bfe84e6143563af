/** The frame on the terminal, and the keyboard back: the only file that knows of Ink. */
import { Box, type Instance, type Key, render, Text, useApp, useInput, usePaste } from 'ink';
import { createElement, memo, type ReactNode, useEffect, useSyncExternalStore } from 'react';
import type { Line } from './frame.ts';
import { actionOfPress, pressesOf } from './input.ts';
import { placeOf } from './place-of.ts';
import { POINTER_OFF, POINTER_ON, pointed, pointersIn } from './pointer.ts';
import type { Look } from './state.ts';
import type { Store } from './store.ts';
import { brushOf } from './theme.ts';
import { frameOf } from './views/screen.ts';

export interface AppOptions {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly stderr: NodeJS.WriteStream;
	readonly now: () => number;
	readonly framesPerSecond: number;
	/** The mouse is asked for; the terminal then selects text only with Shift held. */
	readonly mouse?: boolean;
	/** After each frame, how long it took to make and to draw. */
	readonly onFrame?: (ms: number) => void;
}

/** The screen, taken. */
export interface App {
	/** Settles when the screen was given back. @throws what a view threw */
	readonly ended: Promise<void>;
	/** Gives the screen back. */
	close(): void;
	/** Gives the screen and the keyboard back for as long as `during` takes, then draws everything anew. */
	lend(during: () => Promise<void>): Promise<void>;
}

type Lend = App['lend'];

/** To the upper left corner, and away with what stands from there on. */
const EMPTY = '\x1b[H\x1b[J';

export const openApp = (store: Store, options: AppOptions): App => {
	const { stdin, stdout, stderr, now, framesPerSecond, mouse = false, onFrame } = options;
	let lend: Lend = async (during) => during();
	let madeMs = 0;
	let failure: { readonly error: unknown } | undefined;
	let isLent = false;
	const resized = () => {
		if (!isLent) {
			// What the terminal made of the lines that stood there, nobody knows.
			ink.clear();
			stdout.write(EMPTY);
		}
		store.dispatch({ at: now(), type: 'resized', size: { columns: stdout.columns, rows: stdout.rows } });
	};
	// Ink drops what is no key: this hears what it reads, and only while it reads, else it would be read away from others.
	const hear = (input: unknown) => {
		for (const pointer of pointersIn(String(input))) pointed(pointer, store, now(), frameOf);
	};
	let isOpen = true;
	const point = (isOn: boolean) => {
		if (!mouse || !isOpen) return;
		stdin.off('data', hear);
		if (isOn) stdin.on('data', hear);
		stdout.write(isOn ? POINTER_ON : POINTER_OFF);
	};
	const others = stdout.listeners('resize');
	const ink: Instance = render(
		createElement(Screen, {
			store,
			now,
			onMade: (ms) => {
				madeMs = ms;
			},
			onFailed: (error) => {
				if (failure !== undefined) return;
				failure = { error };
				// In the midst of drawing nothing can be given back.
				setImmediate(() => ink.unmount());
			},
			onLend: (able) => {
				lend = able;
				point(true);
			},
		}),
		{
			stdin,
			stdout,
			stderr,
			interactive: true,
			alternateScreen: true,
			incrementalRendering: true,
			exitOnCtrlC: false,
			patchConsole: false,
			maxFps: framesPerSecond,
			...(onFrame === undefined ? {} : { onRender: ({ renderTime }) => onFrame(madeMs + renderTime) }),
		},
	);
	// Ink would draw the lines that were made for the size of before; too wide, they wrap and scroll.
	for (const own of stdout.listeners('resize') as (() => void)[]) if (!others.includes(own)) stdout.off('resize', own);
	stdout.on('resize', resized);
	const giveBack = () => {
		stdout.off('resize', resized);
		point(false);
		isOpen = false;
	};
	const leave = () => {
		giveBack();
		store.close();
	};
	return {
		ended: ink
			.waitUntilExit()
			.finally(leave)
			.then(() => {
				if (failure !== undefined) throw failure.error;
			}),
		close: () => {
			giveBack();
			// Nothing that was shown is left, also where a terminal has no alternate screen.
			ink.rerender(null);
			ink.unmount();
		},
		lend: async (during) => {
			point(false);
			isLent = true;
			try {
				await lend(during);
			} finally {
				isLent = false;
			}
			point(true);
		},
	};
};

interface ScreenProps {
	readonly store: Store;
	readonly now: () => number;
	readonly onMade: (ms: number) => void;
	/** Told what a view threw; nothing is drawn then. */
	readonly onFailed: (error: unknown) => void;
	readonly onLend: (lend: Lend) => void;
}

const Screen = ({ store, now, onMade, onFailed, onLend }: ScreenProps): ReactNode => {
	const { suspendTerminal } = useApp();
	useEffect(() => onLend((during) => suspendTerminal(during)), [suspendTerminal, onLend]);
	const state = useSyncExternalStore(store.subscribe, store.shown);
	useInput((input, key) => pressed(store, input, key, now()));
	usePaste((text) => store.dispatch({ at: now(), type: 'text', text }));
	if (state.quitting) return null;
	const startedAt = now();
	let lines: readonly string[];
	try {
		lines = frameOf(state).map((line) => painted(line, state.look.theme));
	} catch (error) {
		onFailed(error);
		return null;
	}
	const element = createElement(
		Box,
		{ flexDirection: 'column', width: state.size.columns, height: state.size.rows },
		lines.map(row),
	);
	onMade(now() - startedAt);
	return element;
};

/** Drawn again only where its text is another. */
const Row = memo(({ text }: { readonly text: string }): ReactNode => createElement(Text, { wrap: 'truncate' }, text));

/** A line is known by its place: what moves is the text. */
const row = (text: string, key: number): ReactNode => createElement(Row, { key, text });

const pressed = (store: Store, input: string, key: Key, at: number): void => {
	for (const press of pressesOf(input, key)) {
		// The one before may have opened a place where letters are text.
		const action = actionOfPress(press, placeOf(store.state), at, store.state.keys);
		if (action !== undefined) store.dispatch(action);
	}
};

const painted = (line: Line, theme: Look['theme']): string =>
	line.map(({ text, style }) => (style === 'plain' ? text : `${opening(style, theme)}${text}\x1b[0m`)).join('');

type Style = Line[number]['style'];

/** SGR of a style. Ink's own colours ask chalk, which takes the environment's word and not the theme's. */
const opening = (style: Style, theme: Look['theme']): string => {
	const { color, backgroundColor, bold, dimColor, inverse, underline } = brushOf(style, theme);
	const codes = [
		...(bold ? [1] : []),
		...(dimColor ? [2] : []),
		...(underline ? [4] : []),
		...(inverse ? [7] : []),
		...(color === undefined ? [] : [30 + colorNumber(color)]),
		...(backgroundColor === undefined ? [] : [40 + colorNumber(backgroundColor)]),
	];
	return codes.length === 0 ? '' : `\x1b[${codes.join(';')}m`;
};

const COLORS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** Bright ones stand 60 above. */
const colorNumber = (name: string): number =>
	COLORS.indexOf(name.replace('Bright', '')) + (name.endsWith('Bright') ? 60 : 0);
