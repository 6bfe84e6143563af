/** The nodes screen: every node of the address book with what its last echo and its answers have shown. */
import { durationText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { Line, Segment, Size } from '../frame.ts';
import { segment } from '../frame.ts';
import { keyFor } from '../key-hints.ts';
import { shownMarks } from '../list-marks.ts';
import type { NodeState } from '../nodes/nodes-state.ts';
import { shownNodes } from '../nodes/shown-nodes.ts';
import type { State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { filterPart } from './filter-part.ts';
import { listRows, SIGNS_WIDTH } from './list-rows.ts';
import { wrapped } from './paragraph.ts';
import { withSortSign } from './sort-sign.ts';
import { type TableColumn, tableColumn, tableOf } from './table.ts';
import type { PlaceLine, ScreenView } from './view.ts';

const COLUMNS = [
	tableColumn<NodeState>('NAME', 100, [8, 10, 20], ({ name }) => sanitize(name)),
	tableColumn<NodeState>('AE TITLE', 80, [9, 12, 16], ({ calledAeTitle }) => sanitize(calledAeTitle)),
	tableColumn<NodeState>('ADDRESS', 70, [12, 24, 36], ({ host, port }) => `${sanitize(host)}:${port}`, {
		cutsMiddle: true,
	}),
	tableColumn<NodeState>('TLS', 40, [3, 3, 3], ({ tls }) => (tls ? 'yes' : '-')),
	tableColumn<NodeState>('ECHO', 90, [8, 10, 14], (node) => echoSegment(node)),
	tableColumn<NodeState>('CAN', 60, [5, 5, 5], (node) => segment(abilities(node))),
];

/** From here on there is room for these too, where any node has them. */
const WIDE = 110;
const AS = tableColumn<NodeState>('AS', 30, [8, 12, 16], ({ callingAeTitle }) => sanitize(callingAeTitle));
const LIMIT = tableColumn<NodeState>('LIMIT', 20, [5, 5, 5], ({ matchLimit = '' }) => `${matchLimit}`, {
	alignment: 'right',
});
const NOTE = tableColumn<NodeState>('NOTE', 10, [12, 16, 32], ({ note = '' }) => sanitize(note), { style: 'faint' });

const columnsFor = (nodes: readonly NodeState[], { columns }: Size): readonly TableColumn<NodeState>[] =>
	columns < WIDE
		? COLUMNS
		: [
				...COLUMNS,
				AS,
				...(nodes.some(({ matchLimit }) => matchLimit !== undefined) ? [LIMIT] : []),
				...(nodes.some(({ note }) => note !== undefined) ? [NOTE] : []),
			];

export const echoSegment = ({ echo: its, echoMs, echoText }: NodeState): Segment => {
	switch (its) {
		case 'unknown':
			return segment('');
		case 'waiting':
			return segment('waiting', 'faint');
		case 'asking':
			return segment('asking', 'faint');
		case 'ok':
			return segment(echoMs === undefined ? 'ok' : durationText(echoMs), 'good');
		case 'bad':
			return segment(sanitize(echoText ?? 'no answer'), 'bad');
	}
};

/** `F G M`, each in its own column; blank where nobody knows, `-` where it can nothing of what was tried. */
const abilities = ({ canFind, canGet, canMove }: NodeState): string => {
	const known = [canFind, canGet, canMove];
	if (known.every((one) => one === undefined)) return '';
	if (!known.includes(true)) return '-';
	return known.map((can, index) => (can === true ? 'FGM'[index] : ' ')).join(' ');
};

/** Below this the node at the cursor is not told more of. */
const ROWS_FOR_DETAIL = 9;

export const nodesView: ScreenView = {
	place: (state) => nodesPlace(state),
	middle: (state, size) => {
		const shown = shownNodes(state);
		if (shown.length === 0) return emptyLines(state);
		const { at, top } = state.nodesScreen;
		const node = shown[at];
		const detail = node === undefined || size.rows < ROWS_FOR_DETAIL ? [] : detailLines(node, state, size);
		const columns = withSortSign(columnsFor(state.nodes, size), state.nodesScreen.sort, state.look);
		const table = tableOf(columns, size.columns - SIGNS_WIDTH - 1);
		const names = shown.map(({ name }) => name);
		const marks = shownMarks(state.nodesScreen, names);
		const height = size.rows - 1 - detail.length;
		const rows = listRows(
			{ at, top },
			shown.length,
			height,
			(index) => {
				const one = shown[index];
				return one === undefined ? [] : table.row(one);
			},
			state.look,
			(index) => marks.has(names[index] ?? ''),
		);
		const blanks = Array.from({ length: Math.max(0, height - rows.length) }, (): Line => []);
		return [[segment(' '.repeat(SIGNS_WIDTH)), ...table.heading], ...rows, ...blanks, ...detail];
	},
};

const nodesPlace = (state: State): PlaceLine => {
	const { nodes, nodesScreen, receiver } = state;
	const left = [segment('Nodes', 'heading'), segment(`   ${nodes.length} known`)];
	const us =
		receiver.state === 'listening'
			? `me: ${sanitize(receiver.aeTitle)} port ${receiver.port}${receiver.addresses[0] === undefined ? '' : ` on ${receiver.addresses[0]}`}`
			: receiver.state === 'failed'
				? 'me: not listening'
				: '';
	return {
		left: [...left, ...filterPart(nodesScreen)],
		right: [segment(us, receiver.state === 'failed' ? 'warning' : 'plain')],
	};
};

const emptyLines = (state: State): readonly Line[] =>
	state.nodes.length === 0
		? [
				[],
				[segment('    No node is known yet.')],
				[],
				[segment(`    ${keyFor(state, 'addNode')}`, 'key'), segment('  adds one: a name, an AE title, host and port')],
			]
		: [[], [segment('    No node matches the filter.')]];

const detailLines = (node: NodeState, state: State, { columns }: Size): readonly Line[] => {
	const { name, matchLimit, charset, note, learned, echo: its, echoText, tls, folder, maxAssociations } = node;
	const facts = [
		`as ${node.callingAeTitle}`,
		...(tls ? ['TLS'] : []),
		...(matchLimit === undefined ? [] : [`match limit ${matchLimit}`]),
		...(charset === undefined ? [] : [`character set ${charset}`]),
		...(maxAssociations === undefined ? [] : [`at most ${maxAssociations} associations`]),
		...(folder === undefined ? [] : [`into ${folder}`]),
		...learned,
		...(note === undefined ? [] : [note]),
	].map(sanitize);
	const indent = name.length > 14 ? 4 : Math.max(8, name.length + 4);
	const lines = inColumns(facts, columns - indent - 1);
	const doctor = examinationLine(node, state);
	const trouble = its === 'bad' && echoText !== undefined ? [`echo: ${sanitize(echoText)}`] : [];
	return [
		[segment(signsOf(state.look).across.repeat(columns), 'rule')],
		...lines
			.slice(0, MOST_FACT_LINES)
			.map(
				(text, index): Line => [
					segment(index === 0 ? ` ${sanitize(name)}`.padEnd(indent) : ' '.repeat(indent), 'strong'),
					segment(text),
				],
			),
		...(doctor === undefined ? [] : [[segment(' '.repeat(indent)), ...doctor] as Line]),
		...trouble.flatMap((text) =>
			wrapped(text, columns - indent - 1)
				.slice(0, 2)
				.map((line): Line => [segment(' '.repeat(indent)), segment(line, 'bad')]),
		),
	];
};

/** `last doctor run 2 d ago: all ok   C-MOVE to WS01: arrived` */
const examinationLine = ({ examination, callingAeTitle }: NodeState, { epochMs, now }: State): Line | undefined => {
	if (examination === undefined) return undefined;
	const { atEpochMs, text, kind, moveArrived } = examination;
	const ms = Math.max(0, epochMs + now - atEpochMs);
	return [
		segment(`last doctor run ${ms < A_MINUTE ? 'just now' : `${roughly(ms)} ago`}: `),
		segment(sanitize(text), kind),
		segment(moveArrived === true ? `   C-MOVE to ${sanitize(callingAeTitle)}: arrived` : ''),
	];
};

const A_MINUTE = 60_000;

/** In the largest unit. */
const roughly = (ms: number): string => {
	const minutes = Math.floor(ms / A_MINUTE);
	if (minutes < 60) return `${minutes} min`;
	return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / (24 * 60))} d`;
};

const MOST_FACT_LINES = 3;
const BETWEEN = '   ';

/** As many facts in a line as fit whole. */
const inColumns = (facts: readonly string[], width: number): readonly string[] => {
	const lines: string[] = [];
	let line = '';
	for (const fact of facts) {
		if (line !== '' && line.length + BETWEEN.length + fact.length > width) {
			lines.push(line);
			line = '';
		}
		line += (line === '' ? '' : BETWEEN) + fact;
	}
	return [...lines, line];
};
