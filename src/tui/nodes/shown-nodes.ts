/** Which nodes a list has, and in which order. */
import { fuzzySorted } from '../overlays/fuzzy.ts';
import type { NodeState, State } from '../state.ts';

/** Of the nodes screen: in the order of the address book, those that have the filter in them. */
export const shownNodes = ({ nodes, nodesScreen: { filter } }: State): readonly NodeState[] => {
	const wanted = filter.toLowerCase();
	if (wanted === '') return nodes;
	return nodes.filter((node) => words(node).toLowerCase().includes(wanted));
};

/** Of the switcher: the last used first, then in the order of the address book; what is typed finds by a few letters. */
export const switcherNodes = (
	{ nodes, recentNodes, current }: Pick<State, 'nodes' | 'recentNodes' | 'current'>,
	typed: string,
): readonly NodeState[] => {
	const order = [...new Set([...recentNodes, ...current])];
	const rank = ({ name }: NodeState): number => (order.includes(name) ? order.indexOf(name) : order.length);
	const sorted = [...nodes].sort((a, b) => rank(a) - rank(b));
	return fuzzySorted(sorted, typed, words);
};

const words = ({ name, calledAeTitle, host, note = '' }: NodeState): string =>
	`${name} ${calledAeTitle} ${host} ${note}`;
