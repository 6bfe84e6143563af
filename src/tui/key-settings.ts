/** `[keys]` of the configuration: actions that are given other keys than the table has for them. */
import { type IniEntry, iniError } from '../config/ini.ts';
import type { DicomError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { EDITS } from './input.ts';
import {
	ACTION_NAMES,
	ACTION_WORDS,
	type ActionName,
	KEYS,
	type KeyBinding,
	PICK,
	type Place,
	TYPED,
	withPick,
	wordOf,
} from './keys.ts';

export interface KeySettings {
	readonly path: string;
	/** Of `[keys]`: an action, and the keys that it is to have there, with blanks between. */
	readonly entries: readonly IniEntry[];
}

interface Given {
	readonly keys: readonly string[];
	readonly line: number;
}

/**
 * The table with the keys of the configuration in the place of its own. Where letters are text, they stay text: an action that is given only
 * letters keeps its own keys there.
 *
 * @param isPicking with `--pick`, whose key is also checked where it is not given
 * @throws DicomError usage naming file and line: an unknown action, a key that no terminal sends, a key with two meanings
 */
export const boundKeys = ({ path, entries }: KeySettings, isPicking = false): readonly KeyBinding[] => {
	const given = new Map(entries.map((entry) => givenOf(path, entry)));
	const bindings = KEYS.flatMap((binding) => rebound(binding, given.get(binding.action)));
	const pick: KeyBinding = { ...PICK, keys: given.get(PICK.action)?.keys ?? PICK.keys };
	// Its own key is that of another action, which gives way.
	const chosen = { ...pick, keys: pick.keys.filter((key) => !PICK.keys.includes(key)) };
	checkMeanings([...bindings, chosen], given, path);
	return isPicking ? withPick(bindings, pick) : bindings;
};

const givenOf = (path: string, { key, value, line }: IniEntry): readonly [ActionName, Given] => {
	const word = key.replaceAll('_', '-');
	const action = ACTION_NAMES.find((name) => wordOf(name) === word);
	if (action === undefined) {
		const [guess] = nearest(word, ACTION_WORDS, 1);
		const hint = guess === undefined ? 'dimse browse --help lists the actions' : `did you mean ${guess}?`;
		throw iniError(path, line, `[keys]: there is no action "${key}"`, hint);
	}
	const keys = value.split(/\s+/).filter((spelled) => spelled !== '');
	return [action, { keys: keys.map((spelled) => keyNamed(spelled) ?? wrongKey(path, line, word, spelled)), line }];
};

// ---- names of keys -----------------------------------------------------------------------------------------------------

const NAMES = [
	...['Enter', 'Esc', 'Tab', 'Space', 'Backspace', 'Delete'],
	...['Up', 'Down', 'Left', 'Right', 'Home', 'End', 'PgUp', 'PgDn'],
];
const SYNONYMS: Readonly<Record<string, string>> = {
	escape: 'Esc',
	return: 'Enter',
	del: 'Delete',
	pageup: 'PgUp',
	pagedown: 'PgDn',
};
/** Terminals send them as Backspace, Tab, Enter and Enter. */
const NOT_TOLD_APART = 'HIJM';

/** As `input.ts` calls it; nothing for what no terminal sends. */
const keyNamed = (spelled: string): string | undefined => {
	if (isCharacter(spelled)) return spelled;
	const [, ctrl, shift, rest = ''] = /^(ctrl[+-])?(shift[+-])?(.+)$/i.exec(spelled) ?? [];
	const before = `${ctrl === undefined ? '' : 'Ctrl+'}${shift === undefined ? '' : 'Shift+'}`;
	const name = SYNONYMS[rest.toLowerCase()] ?? NAMES.find((one) => one.toLowerCase() === rest.toLowerCase());
	if (name !== undefined) return name === 'Space' && shift !== undefined ? undefined : `${before}${name}`;
	const letter = rest.toUpperCase();
	const isTold = /^[A-Z]$/.test(letter) && !NOT_TOLD_APART.includes(letter);
	return isTold && before === 'Ctrl+' ? `Ctrl+${letter}` : undefined;
};

const isCharacter = (key: string): boolean => [...key].length === 1;

const wrongKey = (path: string, line: number, action: string, spelled: string): never => {
	throw iniError(
		path,
		line,
		`[keys] ${action}: "${spelled}" is no key that a terminal tells`,
		`one character, Ctrl+ and a letter, ${NAMES.join(', ')}; not Alt, F1 to F12, Ctrl+H, Ctrl+I, Ctrl+J, Ctrl+M`,
	);
};

// ---- the table ---------------------------------------------------------------------------------------------------------

const isTyped = (place: Place): boolean => TYPED.some((one) => one === place);

/** Text, or what edits it. */
const isText = (key: string): boolean => isCharacter(key) || key === 'Space' || EDITS[key] !== undefined;

const rebound = (binding: KeyBinding, given: Given | undefined): readonly KeyBinding[] => {
	if (given === undefined) return [binding];
	const forTyped = given.keys.filter((key) => !isText(key));
	return [
		{ ...binding, keys: given.keys, places: binding.places.filter((place) => !isTyped(place)) },
		{
			...binding,
			keys: forTyped.length === 0 ? binding.keys : forTyped,
			places: binding.places.filter(isTyped),
		},
	].filter(({ keys, places }) => keys.length > 0 && places.length > 0);
};

const checkMeanings = (bindings: readonly KeyBinding[], given: ReadonlyMap<ActionName, Given>, path: string): void => {
	const meanings = new Map<string, ActionName>();
	for (const { keys, action, places } of bindings)
		for (const [place, key] of places.flatMap((one) => keys.map((key) => [one, key] as const))) {
			const other = meanings.get(`${place} ${key}`);
			meanings.set(`${place} ${key}`, action);
			if (other !== undefined && other !== action) throw twoMeanings(key, place, [other, action], given, path);
		}
};

/** Blamed on the line that comes last: before it all was well. */
const twoMeanings = (
	key: string,
	place: Place,
	actions: readonly ActionName[],
	given: ReadonlyMap<ActionName, Given>,
	path: string,
): DicomError => {
	const lines = actions.map((action) => given.get(action)?.line ?? 0);
	const line = Math.max(...lines);
	const [to = '', from = ''] = (lines[0] === line ? actions : actions.toReversed()).map(wordOf);
	return iniError(
		path,
		line,
		`[keys] ${to}: ${key} is ${from} already (where: ${place})`,
		`another key for one of them, as in "${from} = KEY"`,
	);
};
