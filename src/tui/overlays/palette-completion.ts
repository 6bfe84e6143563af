/** What a line of the palette can become, and what it does. */
import type { Reduced } from '../actions.ts';
import { ACTIONS, type ActionName, KEYS, type Place, wordOf } from '../keys.ts';
import { placeOf } from '../place-of.ts';
import type { State } from '../state.ts';
import { fuzzySorted } from './fuzzy.ts';
import { noted } from './overlay-stack.ts';
import { PALETTE_COMMANDS } from './palette-commands.ts';
import { commandAndRest } from './palette-words.ts';

export interface Completion {
	/** The whole line. */
	readonly text: string;
	/** The part of it that is offered. */
	readonly shown: string;
	/** What follows it, and what it does. */
	readonly argument: string;
	readonly says: string;
}

/** Keys that move the cursor are no commands. */
const NO_COMMANDS: ReadonlySet<ActionName> = new Set([
	...([
		'up',
		'down',
		'pageUp',
		'pageDown',
		'halfUp',
		'halfDown',
		'first',
		'last',
		'palette',
		'nextPane',
		'previousPane',
	] as const),
]);

/** What the keys of the place do, by names of the table's. */
export const actionCommands = (place: Place): readonly (readonly [name: string, action: ActionName])[] => {
	const taken = new Set(PALETTE_COMMANDS.map(({ name }) => name));
	const actions = KEYS.filter(({ places, action }) => places.includes(place) && !NO_COMMANDS.has(action));
	return [...new Set(actions.map(({ action }) => action))]
		.map((action) => [wordOf(action), action] as const)
		.filter(([name]) => !taken.has(name));
};

const MOST = 200;

/** @param state with the palette on top or without it */
export const completionsOf = (state: State, text: string): readonly Completion[] => {
	const beneath = withoutPalette(state);
	const [command, rest] = commandAndRest(text);
	if (!/\s/.test(text.trimStart())) {
		const all = [
			...PALETTE_COMMANDS.map(({ name, argument, says }) => ({ name, argument, says })),
			...actionCommands(placeOf(beneath)).map(([name, action]) => ({ name, argument: '', says: ACTIONS[action] })),
		];
		return startingFirst(all, command, ({ name }) => name).map(({ name, argument, says }) => ({
			text: argument === '' ? name : `${name} `,
			shown: name,
			argument,
			says,
		}));
	}
	const found = PALETTE_COMMANDS.find(({ name }) => name === command);
	const words = found?.completions?.(beneath) ?? [];
	const last = /\S*$/.exec(rest)?.[0] ?? '';
	const before = rest.slice(0, rest.length - last.length);
	return startingFirst(words, found?.name === 'set' ? rest : last, (word) => word)
		.slice(0, MOST)
		.map((word) => ({
			text: `${command} ${found?.name === 'set' ? '' : before}${word}`,
			shown: word,
			argument: '',
			says: '',
		}));
};

/** What begins with what is typed first, then what has its letters. */
const startingFirst = <T>(items: readonly T[], typed: string, text: (item: T) => string): readonly T[] => {
	const wanted = typed.toLowerCase();
	const starts = items.filter((item) => text(item).toLowerCase().startsWith(wanted));
	if (wanted === '') return starts;
	return [...starts, ...fuzzySorted(items, typed, text).filter((item) => !starts.includes(item))];
};

const withoutPalette = (state: State): State =>
	state.overlays.at(-1)?.kind === 'palette' ? { ...state, overlays: state.overlays.slice(0, -1) } : state;

/** @param state without the palette. @returns in words what is wrong */
export const ranCommand = (state: State, text: string): Reduced | string => {
	const [command, rest] = commandAndRest(text);
	if (command === '') return { state, effects: [] };
	const found = PALETTE_COMMANDS.find(({ name }) => name === command);
	if (found !== undefined) return found.run(state, rest);
	const actions = actionCommands(placeOf(state));
	const own = actions.find(([name]) => name === command);
	if (own !== undefined && rest.trim() !== '') return `nothing follows ${command}`;
	if (own !== undefined) return { state, effects: [], next: { type: 'key', at: state.now, action: own[1] } };
	const all = [...PALETTE_COMMANDS.map(({ name }) => name), ...actions.map(([name]) => name)];
	const [only, ...others] = all.filter((name) => name.startsWith(command));
	if (only !== undefined && others.length === 0) return ranCommand(state, `${only} ${rest}`.trim());
	return only === undefined
		? `there is no command ${command}`
		: `${command} may be ${[only, ...others].slice(0, 4).join(', ')}`;
};

/** What was wrong stands in the status line, and the palette stays. */
export const toldWrong = (state: State, problem: string): State => noted(state, problem, 'bad');
