/** In which ways something can be retrieved from a node, each with the reason why it is possible or why not. */
import { sanitize } from '../../output/sanitize.ts';
import type { NodeState } from '../nodes/nodes-state.ts';
import type { State } from '../state.ts';
import type { RetrieveWay } from './queue-state.ts';

/** @param destination the AE title of the third way, as far as it is typed */
export const waysOf = (state: State, node: string, destination: string): readonly RetrieveWay[] => {
	const of = state.nodes.find(({ name }) => name === node);
	return [byGet(of), toMe(state, of, node), toAnother(state, of, destination), WEB];
};

const WEB: RetrieveWay = { how: 'web', possible: false, reason: 'not there yet: DICOMweb comes with a later version' };

const byGet = (node: NodeState | undefined): RetrieveWay => {
	if (node?.canGet === false) return { how: 'get', possible: false, reason: 'the peer accepts no C-GET' };
	const known = node?.canGet === true ? 'peer accepts C-GET' : 'not tried with this peer yet';
	return { how: 'get', possible: true, reason: `${known}; no inbound port needed` };
};

const toMe = ({ receiver }: State, node: NodeState | undefined, name: string): RetrieveWay => {
	const how = 'move-here';
	if (node?.canMove === false) return { how, possible: false, reason: 'the peer accepts no C-MOVE' };
	const { state, port, addresses, problem } = receiver;
	if (state === 'failed') return { how, possible: false, reason: sanitize(problem ?? 'cannot listen') };
	if (state === 'off') return { how, possible: true, reason: 'our receiver listens when it is begun' };
	const address = addresses.find((one) => one !== '') ?? 'this machine';
	const place = address.includes(':') ? address : `${address}:${port}`;
	const title = sanitize(ownTitle(receiver, node));
	return {
		how,
		possible: true,
		reason: `${sanitize(name)} must have ${title} = ${sanitize(place)}`,
	};
};

const toAnother = (state: State, node: NodeState | undefined, destination: string): RetrieveWay => {
	const how = 'move-there';
	if (node?.canMove === false) return { how, possible: false, reason: 'the peer accepts no C-MOVE' };
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
