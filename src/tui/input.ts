/** From what Ink tells of the keyboard to keys as keys.ts calls them, and from those to actions. */
import type { Action } from './actions.ts';
import { actionOf, type KeyBinding, type Place } from './keys.ts';

/** What Ink says of a key beside its characters. */
export type KeyFlags = Readonly<
	Record<
		| 'upArrow'
		| 'downArrow'
		| 'leftArrow'
		| 'rightArrow'
		| 'pageDown'
		| 'pageUp'
		| 'home'
		| 'end'
		| 'return'
		| 'escape'
		| 'ctrl'
		| 'shift'
		| 'tab'
		| 'backspace'
		| 'delete'
		| 'meta',
		boolean
	>
> & {
	/** Told of keys whose modifiers came as a number of their own: Alt is meant there. */
	readonly eventType?: string | undefined;
};

export interface Press {
	/** `Enter`, `Ctrl+D`, `g`. */
	readonly key: string;
	/** What it is where text is edited; nothing for a key that is no character. */
	readonly text?: string;
}

const NAMED = [
	['upArrow', 'Up'],
	['downArrow', 'Down'],
	['leftArrow', 'Left'],
	['rightArrow', 'Right'],
	['pageUp', 'PgUp'],
	['pageDown', 'PgDn'],
	['home', 'Home'],
	['end', 'End'],
	['return', 'Enter'],
	['escape', 'Esc'],
	['tab', 'Tab'],
	['backspace', 'Backspace'],
	['delete', 'Delete'],
] as const satisfies readonly (readonly [Exclude<keyof KeyFlags, 'eventType'>, string])[];

/** Several where the terminal sends them in one piece. A key within milliseconds of Esc comes as if with Alt: it is Esc, and then the key. */
export const pressesOf = (input: string, flags: KeyFlags): readonly Press[] => {
	if (flags.meta)
		return flags.eventType === undefined ? [{ key: 'Esc' }, ...pressesOf(input, { ...flags, meta: false })] : [];
	const named = NAMED.find(([flag]) => flags[flag]);
	const before = flags.ctrl ? 'Ctrl+' : '';
	if (named !== undefined) return [{ key: `${before}${flags.shift ? 'Shift+' : ''}${named[1]}` }];
	if (before !== '')
		return input === '' ? [] : [{ key: `${before}${input === ' ' ? 'Space' : capital(input, flags)}` }];
	return [...input].flatMap(pressOf);
};

/** Ctrl+S is called so, and sent as a small letter. */
const capital = (input: string, { ctrl }: KeyFlags): string => (ctrl ? input.toUpperCase() : input);

const CONTROLS: Readonly<Record<string, string>> = {
	'\r': 'Enter',
	'\n': 'Enter',
	'\t': 'Tab',
	'\x1b': 'Esc',
	'\b': 'Backspace',
	'\x7f': 'Backspace',
};

const pressOf = (character: string): readonly Press[] => {
	const control = CONTROLS[character];
	if (control !== undefined) return [{ key: control }];
	const code = character.codePointAt(0) ?? 0;
	if (code < 0x20) return [{ key: `Ctrl+${String.fromCodePoint(code + 0x40)}` }];
	return [{ key: character === ' ' ? 'Space' : character, text: character }];
};

/** Keys that edit where text is typed. */
export const EDITS: Readonly<Record<string, (Action & { type: 'edit' })['edit']>> = {
	Backspace: 'backspace',
	Delete: 'delete',
	Left: 'left',
	Right: 'right',
	Home: 'home',
	End: 'end',
	'Ctrl+X': 'clear',
};

/** Nothing where the key does nothing there. */
export const actionOfPress = (
	{ key, text }: Press,
	place: Place,
	at: number,
	bindings?: readonly KeyBinding[],
): Action | undefined => {
	const action = actionOf(key, place, bindings);
	if (action !== undefined) return { at, type: 'key', action };
	const edit = EDITS[key];
	if (edit !== undefined) return { at, type: 'edit', edit };
	return text === undefined ? undefined : { at, type: 'text', text };
};
