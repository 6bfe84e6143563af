/** The browse screen: the rows of a level as they come, what is in the row at the cursor beside them, and the trace below. */
import { sanitize } from '../../output/sanitize.ts';
import type { LevelState } from '../browse/browse-state.ts';
import { previewFocus } from '../browse/preview-pane.ts';
import { progressText } from '../browse/progress-words.ts';
import { emptyHints } from '../browse/query-words.ts';
import type { Line, Size } from '../frame.ts';
import { filledFrame, fitted, segment } from '../frame.ts';
import { keyFor } from '../key-hints.ts';
import type { State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { browsePlace } from './browse-place.ts';
import { browseStatus } from './browse-status.ts';
import { browseTable } from './browse-table.ts';
import { toldWords } from './masked-words.ts';
import { wrapped } from './paragraph.ts';
import { patientPanes } from './patient-panes.ts';
import { previewLines, previewWidth } from './preview.ts';
import { ruleBeside } from './rule.ts';
import { tracePane, tracePaneRows } from './trace-pane.ts';
import type { ScreenView } from './view.ts';

export const browseView: ScreenView = {
	place: browsePlace,
	middle: (state, size) => {
		const level = state.browse.levels.at(-1);
		if (level === undefined) return [];
		const below = tracePaneRows(state, size.rows);
		const above = { columns: size.columns, rows: size.rows - below };
		const lines = filledFrame(besides(state, level, above), above);
		return below === 0
			? lines
			: [
					...lines,
					ruleBeside(lines.at(-1), state, 'above'),
					...tracePane(state, { columns: size.columns, rows: below - 1 }),
				];
	},
	status: browseStatus,
};

/** A blank, the line between, a blank. */
const BETWEEN = 3;

const besides = (state: State, level: LevelState, size: Size): readonly Line[] => {
	const panes = patientPanes(state, size);
	if (panes !== undefined) return panes;
	const beside = previewWidth(state);
	if (beside === 0 || level.shown.length === 0) return listLines(state, level, size);
	const columns = size.columns - beside - BETWEEN;
	const left = listLines(state, level, { columns, rows: size.rows }, previewFocus(state) === undefined);
	const right = previewLines(state, level, { columns: beside, rows: size.rows });
	const line = segment(signsOf(state.look).down, 'rule');
	return Array.from({ length: size.rows }, (_, row) => [
		...fitted(left[row] ?? [], columns),
		segment(' '),
		line,
		segment(' '),
		...(right[row] ?? []),
	]);
};

const listLines = (state: State, level: LevelState, size: Size, isActive = true): readonly Line[] =>
	level.shown.length > 0 ? browseTable(state, level, size, { isActive }) : emptyLines(state, level, size);

const MARGIN = 4;

/** Where there is no row: why not, and what can be done. */
const emptyLines = (state: State, level: LevelState, { columns }: Size): readonly Line[] => {
	const says = (text: string): readonly Line[] =>
		wrapped(text, columns - 2 * MARGIN).map((line) => [segment(' '.repeat(MARGIN) + line)]);
	const key = (name: string, text: string): Line => [
		segment(' '.repeat(MARGIN)),
		segment(name.padEnd(8), 'key'),
		segment(text),
	];
	if (level.rows.length > 0)
		return [
			[],
			...says(
				`${level.rows.length === 1 ? 'The one row does not match' : `None of ${level.rows.length} rows matches`} the filter ${sanitize(level.filter)}`,
			),
			[],
			key(keyFor(state, 'back'), 'clears it'),
		];
	const { progress } = level;
	switch (progress.state) {
		case 'none':
			if (state.nodes.length === 0)
				return [
					[],
					...says('No node is known yet.'),
					[],
					key(keyFor(state, 'nodes'), `nodes: ${keyFor(state, 'addNode')} adds one`),
				];
			return [
				[],
				...says('Nothing was asked for yet.'),
				[],
				...(Object.keys(level.query.keys).length === 0
					? []
					: [key(keyFor(state, 'again', 'browse'), 'asks for what stands above')]),
				key(keyFor(state, 'query'), 'query form'),
				key(keyFor(state, 'saved'), 'saved queries: today, yesterday, last 7 days'),
				key(keyFor(state, 'history', 'browse'), 'earlier queries'),
				key(keyFor(state, 'switchNode'), 'other node'),
			];
		case 'waiting':
		case 'receiving':
		case 'stopping':
			return [
				[],
				...says(progressText(level, state.nodes, state.now, state.keys)),
				[],
				key(keyFor(state, 'back'), 'stops'),
			];
		case 'done':
			return progress.end === 'complete' ? noMatch(state, level, says) : [[], ...says(endText(state, progress.end))];
	}
};

const ENDS = {
	stopped: 'Stopped by you before the first match.',
	'cut-off': 'The archive ended its answer before the first match.',
	'too-many': 'Too many rows.',
} as const;

const endText = (state: State, end: keyof typeof ENDS | 'failed'): string =>
	end === 'failed'
		? `The query failed: ${keyFor(state, 'explain')} explains it, ${keyFor(state, 'again', 'browse')} asks again.`
		: ENDS[end];

const noMatch = (state: State, level: LevelState, says: (text: string) => readonly Line[]): readonly Line[] => {
	const node = state.nodes.find(({ name }) => name === state.current[0]);
	const hints = emptyHints(level.query, node, new Date(state.epochMs + state.now), state.keys);
	const bullet = state.look.unicode ? '·' : '-';
	return [
		[],
		...says('no match.'),
		[],
		...hints.flatMap((hint) => says(`${bullet} ${sanitize(toldWords(state, hint))}`)),
	];
};
