/** In which ways something can be retrieved from a node, each with the reason why it is possible or why not. */
import { sanitize } from '../../output/sanitize.ts';
import type { NodeState } from '../nodes/nodes-state.ts';
import type { State } from '../state.ts';
import type { RetrieveWay, Wanted } from './queue-state.ts';

/** Whom the rows are asked of. */
export const nodesOf = (wanted: readonly Pick<Wanted, 'node'>[]): readonly string[] => [
	...new Set(wanted.map(({ node }) => node)),
];

/** What is possible with all of the nodes. @param destination the AE title of the third way, as far as it is typed */
export const waysOf = (state: State, names: readonly string[], destination: string): readonly RetrieveWay[] => {
	const of = names.map((name) => state.nodes.find((node) => node.name === name));
	return [byGet(of), toMe(state, of, names), toAnother(state, of, destination), WEB];
};

type Nodes = readonly (NodeState | undefined)[];

/** Who of them does not. */
const refusal = (nodes: Nodes, service: 'C-GET' | 'C-MOVE'): string | undefined => {
	const refusing = nodes.filter((node) => (service === 'C-GET' ? node?.canGet : node?.canMove) === false);
	if (refusing.length === 0) return undefined;
	const who = nodes.length === 1 ? 'the peer' : refusing.map((node) => sanitize(node?.name ?? '')).join(', ');
	return `${who} ${refusing.length === 1 ? 'accepts' : 'accept'} no ${service}`;
};

const WEB: RetrieveWay = { how: 'web', possible: false, reason: 'not there yet: DICOMweb comes with a later version' };

const byGet = (nodes: Nodes): RetrieveWay => {
	const refused = refusal(nodes, 'C-GET');
	if (refused !== undefined) return { how: 'get', possible: false, reason: refused };
	const untried = nodes.filter((node) => node?.canGet !== true);
	const known =
		nodes.length === 1
			? untried.length === 0
				? 'peer accepts C-GET'
				: 'not tried with this peer yet'
			: untried.length === 0
				? 'all accept C-GET'
				: `not tried yet with ${untried.length} of ${nodes.length} peers`;
	return { how: 'get', possible: true, reason: `${known}; no inbound port needed` };
};

const toMe = ({ receiver }: State, nodes: Nodes, names: readonly string[]): RetrieveWay => {
	const how = 'move-here';
	const refused = refusal(nodes, 'C-MOVE');
	if (refused !== undefined) return { how, possible: false, reason: refused };
	const { state, port, addresses, problem } = receiver;
	if (state === 'failed') return { how, possible: false, reason: sanitize(problem ?? 'cannot listen') };
	if (state === 'off') return { how, possible: true, reason: 'our receiver listens when it is begun' };
	const address = addresses.find((one) => one !== '') ?? 'this machine';
	const place = address.includes(':') ? address : `${address}:${port}`;
	// Each calls us as its entry says.
	const byTitle = Map.groupBy(names, (_name, index) => ownTitle(receiver, nodes[index]));
	const reason = [...byTitle].map(
		([title, some]) => `${some.map(sanitize).join(', ')} must have ${sanitize(title)} = ${sanitize(place)}`,
	);
	return { how, possible: true, reason: reason.join('; ') };
};

const toAnother = (state: State, nodes: Nodes, destination: string): RetrieveWay => {
	const how = 'move-there';
	const refused = refusal(nodes, 'C-MOVE');
	if (refused !== undefined) return { how, possible: false, reason: refused };
	const there = nodeOfTitle(state, destination);
	if (destination === '') return { how, possible: true, reason: 'by the AE title that the peer has for it' };
	return {
		how,
		possible: true,
		reason:
			there === undefined
				? 'cannot see arrivals there: only what the peer says'
				: `${sanitize(there.name)} of our nodes: asked afterwards what arrived`,
	};
};

/** One of our nodes, by its AE title or by the name that it has here. */
export const nodeOfTitle = ({ nodes }: Pick<State, 'nodes'>, destination: string): NodeState | undefined =>
	nodes.find(({ calledAeTitle }) => calledAeTitle === destination) ?? nodes.find(({ name }) => name === destination);

/** What the node has to know us by. */
export const ownTitle = ({ onlyTitle, aeTitle }: State['receiver'], node: NodeState | undefined): string =>
	onlyTitle ?? node?.callingAeTitle ?? aeTitle;
