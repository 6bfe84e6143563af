/** Which nodes a list has, and in which order. */
import { inOrder, type SortKey } from '../list-sort.ts';
import { fuzzySorted } from '../overlays/fuzzy.ts';
import type { State } from '../state.ts';
import type { NodeState } from './nodes-state.ts';

/** The fastest answer first, those that answered otherwise after all that did. */
export const NODE_SORTS: readonly SortKey<NodeState>[] = [
	{ heading: 'NAME', of: ({ name }) => name },
	{ heading: 'AE TITLE', of: ({ calledAeTitle }) => calledAeTitle },
	{ heading: 'ADDRESS', of: ({ host, port }) => `${host}:${port}` },
	{ heading: 'ECHO', of: ({ echo, echoMs = 0 }) => (echo === 'ok' ? echoMs : echo === 'bad' ? SLOWEST_MS : undefined) },
];
const SLOWEST_MS = 1e9;

/** Of the nodes screen: in the order of the address book or sorted, those that have the filter in them. */
export const shownNodes = ({ nodes, nodesScreen: { filter, sort } }: State): readonly NodeState[] => {
	const wanted = filter.toLowerCase();
	const found = wanted === '' ? nodes : nodes.filter((node) => words(node).toLowerCase().includes(wanted));
	return inOrder(found, sort, NODE_SORTS);
};

/**
 * Of the switcher: the last used first, then in the order of the address book. What is typed finds by a few letters, and whoever is
 * called that is found before those that have it in another word.
 */
export const switcherNodes = (
	{ nodes, recentNodes, current }: Pick<State, 'nodes' | 'recentNodes' | 'current'>,
	typed: string,
): readonly NodeState[] => {
	const order = [...new Set([...recentNodes, ...current])];
	const rank = ({ name }: NodeState): number => (order.includes(name) ? order.indexOf(name) : order.length);
	const sorted = [...nodes].sort((a, b) => rank(a) - rank(b));
	const wanted = typed.trim();
	return [...fuzzySorted(sorted, typed, words)].sort((a, b) => nameRank(a, wanted) - nameRank(b, wanted));
};

/** The smaller the better: the name itself, its beginning, a part of it. */
const nameRank = ({ name }: NodeState, typed: string): number => {
	if (name === typed) return 0;
	const [own, wanted] = [name.toLowerCase(), typed.toLowerCase()];
	if (own === wanted) return 1;
	const at = own.indexOf(wanted);
	return at === 0 ? 2 : at > 0 ? 3 : 4;
};

const words = ({ name, calledAeTitle, host, note = '' }: NodeState): string =>
	`${name} ${calledAeTitle} ${host} ${note}`;
