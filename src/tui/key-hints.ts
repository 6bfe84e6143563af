/** Keys that sentences name: those that the configuration has bound, not the table's own. */
import { type ActionName, type Place, wordOf } from './keys.ts';
import type { State } from './state.ts';

/**
 * The first key of an action; its command, where it was left none.
 *
 * @param place where it is pressed, of an action that has other keys elsewhere
 */
export const keyFor = ({ keys }: Pick<State, 'keys'>, action: ActionName, place?: Place): string => {
	const found = keys.find((one) => one.action === action && (place === undefined || one.places.includes(place)));
	return found?.keys[0] ?? `:${wordOf(action)}`;
};
