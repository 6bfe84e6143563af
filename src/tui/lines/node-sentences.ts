/** A node as one sentence. */
import type { NodeState } from '../nodes/nodes-state.ts';
import type { State } from '../state.ts';
import { sentence } from './sentences.ts';

/** `2. vna, VNA at 10.1.2.3, port 104, asked now`. @param place counted from 0 */
export const nodeSentence = ({ current }: State, node: NodeState, place: number): string =>
	`${place + 1}. ${sentence(
		[
			node.name,
			addressText(node),
			...(node.note === undefined ? [] : [node.note]),
			...(current.includes(node.name) ? ['asked now'] : []),
		].join(', '),
	)}`;

/** What line mode begins with, where nothing is asked for at once. */
export const greeting = ({ nodes, current }: State): readonly string[] => {
	if (nodes.length === 0)
		return ['There is no node to ask. In a shell, dimse node add NAME AET@HOST:PORT adds one; q quits.'];
	const asked = nodes.filter(({ name }) => current.includes(name)).map((node) => `${node.name}, ${addressText(node)}`);
	return [
		sentence(`Browse, line by line. Asked is ${asked.join('; and ')}`),
		'f asks for studies, as in f smith* date=2024. ? tells all commands, q quits.',
	];
};

/** `ARCHIVE at 127.0.0.1, port 11112` */
const addressText = ({ calledAeTitle, host, port, tls }: NodeState): string =>
	`${calledAeTitle} at ${host}, port ${port}${tls ? ', over TLS' : ''}`;
