/** Line 1: which node, as whom, in which model, and how the connection is. */
import { durationText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { Line, Segment } from '../frame.ts';
import { fitted, segment, spread, widthOf } from '../frame.ts';
import { keyFor } from '../key-hints.ts';
import type { NodeState } from '../nodes/nodes-state.ts';
import type { State } from '../state.ts';

/** From here on what was negotiated is told too. */
const WIDE = 110;
const NARROW = 60;

export const contextLine = (state: State): Line => {
	const nodes = state.nodes.filter(({ name }) => state.current.includes(name));
	const node = nodes[0];
	if (node === undefined)
		return spread(
			[segment(' no node', 'strong'), segment(`  ${keyFor(state, 'switchNode')} chooses one`)],
			mask(state),
			state.size.columns,
		);
	const right = [...mask(state), ...(nodes.length === 1 ? connection(node, state) : connections(nodes))];
	const parts = nodes.length === 1 ? oneNode(node, state) : severalNodes(nodes);
	// How the connection is matters more than the last of what it is.
	const room = state.size.columns - widthOf(right) - 1;
	const shown = parts.length;
	// Of the names of nodes it is told that some are not here.
	const cut = (count: number): Line =>
		nodes.length === 1 || count === shown ? parts.slice(0, count) : [...parts.slice(0, count), segment(' …')];
	const fits = (count: number): boolean => widthOf(cut(count)) <= room;
	const count = Array.from({ length: shown }, (_, left) => shown - left).find(fits) ?? 1;
	return spread(fitted(cut(count), Math.min(room, widthOf(cut(count)))), right, state.size.columns);
};

const mask = ({ look }: State): Line => (look.masked ? [segment('MASKED', 'warning'), segment(' ')] : []);

const oneNode = (node: NodeState, state: State): Line => {
	const { columns } = state.size;
	const name = segment(` ${sanitize(node.name)}`, 'strong');
	if (columns < NARROW) return [name, segment(` ${sanitize(node.calledAeTitle)}`)];
	const model = state.browse.levels[0]?.query.model === 'patient' ? 'patient root' : 'study root';
	const address = `${sanitize(node.calledAeTitle)}@${sanitize(node.host)}:${node.port}`;
	// A peer of the command line is called by its address.
	const parts = [
		...(address === node.name ? [] : [`${address}${node.tls ? ' TLS' : ''}`]),
		`as ${sanitize(node.callingAeTitle)}`,
		model,
	];
	if (columns >= WIDE) {
		const ways = [node.canGet === true ? 'GET' : '', node.canMove === true ? 'MOVE' : ''].filter((way) => way !== '');
		if (ways.length > 0) parts.push(ways.join('+'));
		if (node.charset !== undefined) parts.push(sanitize(node.charset));
	}
	return [name, ...parts.map((part) => segment(`  ${part}`))];
};

const severalNodes = (nodes: readonly NodeState[]): Line => [
	segment(` ${nodes.length} nodes`, 'strong'),
	segment('  '),
	...nodes.map(({ name }, index) => segment(index === 0 ? sanitize(name) : ` + ${sanitize(name)}`)),
];

/** After this time it is told what is waited for. */
const PATIENCE_MS = 2000;

const connection = ({ connection: its }: NodeState, { now, size }: State): readonly Segment[] => {
	switch (its.state) {
		case 'none':
			return [segment('[not connected]', 'faint')];
		case 'connecting': {
			const ms = Math.max(0, now - its.since);
			const waiting =
				ms > PATIENCE_MS ? (size.columns < WIDE ? `: ${its.waitingFor}` : `, waiting for ${its.waitingFor}`) : '';
			return [segment(`[connecting ${durationText(ms)}${waiting}]`, 'warning')];
		}
		case 'open':
			return [
				segment(`[connected ${durationText(its.ms)}${size.columns >= WIDE && !its.busy ? '  idle' : ''}]`, 'good'),
			];
		case 'failed':
			return [segment('[not connected]', 'bad')];
	}
};

const connections = (nodes: readonly NodeState[]): readonly Segment[] => {
	const open = nodes.filter((node) => node.connection.state === 'open').length;
	const failed = nodes.filter((node) => node.connection.state === 'failed').length;
	return [
		segment(`[${open} of ${nodes.length} connected]`, failed > 0 ? 'bad' : open === nodes.length ? 'good' : 'faint'),
	];
};
