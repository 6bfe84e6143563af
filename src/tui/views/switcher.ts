/** The node switcher: nodes that what is typed finds, the last used first, and how they answered. */
import { sanitize } from '../../output/sanitize.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import { keyFor } from '../key-hints.ts';
import type { NodeState } from '../nodes/nodes-state.ts';
import { switcherNodes } from '../nodes/shown-nodes.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import type { State } from '../state.ts';
import { boxed, innerWidth } from './box.ts';
import { caretLine } from './caret.ts';
import { listRows, SIGNS_WIDTH } from './list-rows.ts';
import { echoSegment } from './nodes.ts';
import { tableColumn, tableOf } from './table.ts';
import type { OverlayView } from './view.ts';

const WIDEST = 76;
const MOST_ROWS = 10;

const COLUMNS = [
	tableColumn<NodeState>('', 100, [8, 12, 24], ({ name }) => sanitize(name)),
	tableColumn<NodeState>('', 80, [9, 12, 16], ({ calledAeTitle }) => sanitize(calledAeTitle)),
	tableColumn<NodeState>('', 60, [12, 22, 28], ({ host, port }) => `${sanitize(host)}:${port}`, { cutsMiddle: true }),
	tableColumn<NodeState>('', 90, [7, 9, 12], (node) => echoSegment(node)),
];

export const switcherView: OverlayView<OverlayOf<'switcher'>> = {
	extent: 'box',
	middle: ({ filter, at, chosen }, state, size) => {
		const width = innerWidth(WIDEST, size);
		const nodes = switcherNodes(state, filter);
		const table = tableOf(COLUMNS, width - SIGNS_WIDTH);
		const height = Math.max(1, Math.min(MOST_ROWS, size.rows - 5));
		const rows = listRows(
			{ at },
			nodes.length,
			height,
			(index) => {
				const node = nodes[index];
				return node === undefined ? [] : table.row(node);
			},
			state.look,
			(index) => chosen.has(nodes[index]?.name ?? ''),
		);
		const typed = sanitize(filter);
		const lines: Line[] = [
			[segment('  / '), ...caretLine(typed, [...typed].length, width - SIGNS_WIDTH)],
			...(rows.length === 0 ? [[segment('    no node is called that', 'faint')]] : rows),
			[segment(told(state, chosen.size), 'faint')],
		];
		return boxed('Node', lines, width, size, state.look);
	},
};

const told = (state: State, count: number): string => {
	const enter = keyFor(state, 'accept', 'pick');
	return count === 0
		? `    ${enter} asks it   ${keyFor(state, 'choose', 'pick')} several, their rows merged`
		: `    ${enter} asks ${count === 1 ? 'the marked one' : `the ${count} marked ones, their rows merged`}`;
};
