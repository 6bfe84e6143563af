/** What the help says: the keys of the place beneath it and those that work everywhere, both of the key table; and what columns and marks mean. */
import { ACTIONS, type ActionName, type KeyBinding, type Place } from '../keys.ts';
import { placeOf } from '../place-of.ts';
import type { State } from '../state.ts';

export interface HelpEntry {
	readonly section: string;
	/** `Enter  l  Right` */
	readonly keys: string;
	readonly says: string;
	/** What Enter does there. */
	readonly action?: ActionName;
}

const SCREENS: readonly Place[] = ['browse', 'queue', 'nodes', 'trace', 'log'];
const NAMES: Partial<Readonly<Record<Place, string>>> = {
	browse: 'Browse',
	queue: 'Queue',
	nodes: 'Nodes',
	trace: 'Trace',
	log: 'Log',
};
const EVERYWHERE = 'Everywhere';

/** @param state with the help on top */
export const helpEntries = (state: State, page: 'keys' | 'meanings', filter: string): readonly HelpEntry[] => {
	const all =
		page === 'keys' ? keyEntries(state.keys, placeOf({ ...state, overlays: state.overlays.slice(0, -1) })) : MEANINGS;
	const words = filter.toLowerCase().split(' ');
	return all.filter(({ keys, says }) => {
		const text = `${keys} ${says}`.toLowerCase();
		return words.every((word) => text.includes(word));
	});
};

/** The keys of a place in the order of their use; those that are the same on every screen at the end. */
export const keyEntries = (bindings: readonly KeyBinding[], place: Place): readonly HelpEntry[] => {
	const here = bindings.filter(({ places }) => places.includes(place));
	const isEverywhere = (places: readonly Place[]): boolean => SCREENS.every((screen) => places.includes(screen));
	const entry = (section: string, { keys, action }: KeyBinding): HelpEntry => ({
		section,
		keys: keys.join('  '),
		says: ACTIONS[action],
		action,
	});
	const own = here
		.filter(({ places }) => !isEverywhere(places))
		.sort((a, b) => (a.line ?? 80) - (b.line ?? 80))
		.map((binding) => entry(NAMES[place] ?? 'Here', binding));
	return [...own, ...here.filter(({ places }) => isEverywhere(places)).map((binding) => entry(EVERYWHERE, binding))];
};

const meanings = (section: string, rows: readonly (readonly [keys: string, says: string])[]): readonly HelpEntry[] =>
	rows.map(([keys, says]) => ({ section, keys, says }));

/** The second page. */
export const MEANINGS: readonly HelpEntry[] = [
	...meanings('Marks before a row', [
		['>', 'the row at the cursor'],
		['*', 'marked: retrieves, copies and exports are of the marked rows'],
		['+', 'came since follow mode asked last'],
		['?', 'contradicts the query: the peer ignored a key'],
		['12%', 'a retrieve of it is running'],
		['ok', 'retrieved, and every expected instance is here'],
		['sent', 'sent elsewhere, says the peer; not seen to arrive'],
		['part', 'retrieved, and some are missing'],
		['FAIL', 'the retrieve failed'],
	]),
	...meanings('Columns', [
		['MOD', 'modalities in the study, or of the series'],
		['SER  INST', 'series and instances, as the archive counts them; - where it does not say'],
		['NODE', 'which node answered, where several are asked'],
		['CAN', 'F find, G get, M move; empty where nobody knows'],
		['ECHO', 'how long the last C-ECHO took, or why it failed'],
		['HERE', 'what we saw arrive, of what is expected; - where it goes elsewhere'],
		['PEER FAIL WARN LEFT', 'what the peer says: done, failed, with a warning, left; - where nothing'],
		['RATE', 'instances a second; of what is over, on average'],
		['ETA', 'how long it takes still; of what is over, how long it took'],
		['SIZE', 'how much arrived'],
	]),
	...meanings('Filter of rows', [
		['smith ct', 'both are somewhere in the row'],
		['!ct', 'is nowhere in the row'],
		['=CT', 'a whole cell'],
		['mod:CT  inst:>500', 'in one column'],
	]),
	...meanings('Filter of the trace', [
		['assoc 8', 'one association'],
		['cmd ~ FIND', 'messages of one kind'],
		['status >= A700', 'responses that failed'],
		['PatientName ~ SMITH', 'what is in an identifier'],
		['and  or  not  ( )', 'joined'],
	]),
];
