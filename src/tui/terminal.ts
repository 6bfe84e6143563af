/** What a terminal can show, as far as its environment says, and what is written to it beside frames. */
import { wantsColor } from '../output/theme.ts';
import type { Look } from './state.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export interface LookOptions {
	readonly theme: 'auto' | 'dark' | 'light' | 'mono';
	readonly ascii: boolean;
	readonly masked: boolean;
	readonly color: 'auto' | 'always' | 'never';
}

export const lookOf = ({ theme, ascii, masked, color }: LookOptions, variables: Variables): Look => ({
	unicode: !ascii && hasUtf8(variables),
	theme: theme !== 'auto' ? theme : wantsColor(color, true, variables) ? background(variables) : 'mono',
	masked,
});

/** The first of these that is set says it (POSIX 8.2). */
const hasUtf8 = (variables: Variables): boolean =>
	/utf-?8/i.test(variables['LC_ALL'] || variables['LC_CTYPE'] || variables['LANG'] || '');

/** `COLORFGBG`, where a terminal sets it: foreground;background, of the 16 colours. Most are dark. */
const background = (variables: Variables): 'dark' | 'light' => {
	const color = Number(variables['COLORFGBG']?.split(';').at(-1) ?? 0);
	return color === 7 || color >= 9 ? 'light' : 'dark';
};

/** A line to another machine is spared. With 60 a key waits for at most 17 ms behind the frame before; news come 20 times a second at most. */
export const framesPerSecond = (variables: Variables): number => (variables['SSH_TTY'] ? 10 : 60);

export const BELL = '\x07';

/** To the clipboard of whoever sits in front of the terminal, also over SSH (xterm's OSC 52). */
export const toClipboard = (text: string): string => `\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`;
