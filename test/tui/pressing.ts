/** Keys pressed on a state as the keyboard sends them: by name where the place has them for something, else as text. */
import type { Action, Effect, Reduced } from '../../src/tui/actions.ts';
import { actionOfPress } from '../../src/tui/input.ts';
import type { Overlay } from '../../src/tui/overlays/overlay-state.ts';
import { placeOf } from '../../src/tui/place-of.ts';
import { reduce } from '../../src/tui/reduce.ts';
import type { State } from '../../src/tui/state.ts';

const NAMED: ReadonlySet<string> = new Set([
	...['Enter', 'Esc', 'Tab', 'Shift+Tab', 'Space', 'Up', 'Down', 'Left', 'Right', 'Home', 'End', 'PgUp', 'PgDn'],
	...['Backspace', 'Delete', 'Ctrl+C', 'Ctrl+O', 'Ctrl+S', 'Ctrl+U', 'Ctrl+D', 'Ctrl+X'],
]);

/** `type:SMITH*` types; anything else is one key. */
export const press = (state: State, ...keys: readonly string[]): Reduced => {
	let now = state;
	const effects: Effect[] = [];
	for (const key of keys) {
		const presses = key.startsWith('type:')
			? [...key.slice(5)].map((text) => ({ key: text === ' ' ? 'Space' : text, text }))
			: [NAMED.has(key) && key !== 'Space' ? { key } : { key, text: key === 'Space' ? ' ' : key }];
		for (const one of presses) {
			const action = actionOfPress(one, placeOf(now), now.now);
			if (action === undefined) continue;
			const reduced = reduce(now, action);
			now = reduced.state;
			effects.push(...reduced.effects);
		}
	}
	return { state: now, effects };
};

export const hear = (state: State, action: Action): Reduced => reduce(state, action);

/** The overlay on top, of this kind. @throws Error where it is another */
export const top = <Kind extends Overlay['kind']>(
	state: State,
	kind: Kind,
): Extract<Overlay, { readonly kind: Kind }> => {
	const overlay = state.overlays.at(-1);
	if (overlay?.kind !== kind) throw new Error(`on top is ${overlay?.kind ?? 'nothing'}, not ${kind}`);
	return overlay as Extract<Overlay, { readonly kind: Kind }>;
};

export const only = <Do extends Effect['do']>(effects: readonly Effect[], what: Do): Extract<Effect, { do: Do }> => {
	const found = effects.filter((effect) => effect.do === what);
	if (found.length !== 1) throw new Error(`${found.length} effects ${what} of ${JSON.stringify(effects)}`);
	return found[0] as Extract<Effect, { do: Do }>;
};
