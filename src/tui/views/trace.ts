/** The association inspector: what was said on the wire as a list, the message at the cursor as a tree, and its bytes. */
import { bytesText, durationText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import { cutEnd, pad, textWidth } from '../../output/text-width.ts';
import type { Line, Size } from '../frame.ts';
import { fitted, segment } from '../frame.ts';
import { keyFor } from '../key-hints.ts';
import type { Look, State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { maskedTreeLine } from '../trace/trace-mask.ts';
import { rowSummary } from '../trace/trace-rows.ts';
import type { ByteSpan, TraceAssociation, TraceLine, TraceRow } from '../trace/trace-state.ts';
import { filterPart } from './filter-part.ts';
import { atCursor, listRows, SIGNS_WIDTH } from './list-rows.ts';
import { scrolled, scrolledTo, wholeLines } from './pager.ts';
import { statusLines } from './status.ts';
import { tableColumn, tableOf } from './table.ts';
import type { PlaceLine, ScreenView } from './view.ts';

/** From this size on the panes stand beside and below each other; below it one is seen at a time. */
const PANES: Size = { columns: 100, rows: 18 };
const ASSOCIATIONS_WIDTH = 41;
const BYTES_HEIGHT = 6;
/** Of a pane, its heading included. */
const LEAST = 4;

export const traceView: ScreenView = {
	place: (state, columns) => tracePlace(state, columns),
	middle: (state, size) =>
		size.columns >= PANES.columns && size.rows >= PANES.rows && !state.trace.maximized
			? panes(state, size)
			: onePane(state, size),
	status: (state, columns) => {
		const { trace } = state;
		const told = statusLines(state);
		if (trace.filterProblem !== undefined) return [[segment(`! ${sanitize(trace.filterProblem)}`, 'bad')], ...told];
		const row = trace.rows[trace.lines[trace.at]?.row ?? -1];
		if (row === undefined) return told;
		const room = columns - BEFORE_SUMMARY - (columns >= PANES.columns ? ASSOCIATIONS_WIDTH : 0);
		const text = sanitize(row.summary);
		return [...wholeLines(text, columns, textWidth(text) > room), ...told];
	},
};

/** Signs, time, numbers and name of a message. */
const BEFORE_SUMMARY = 50;

const tracePlace = ({ trace }: State, columns: number): PlaceLine => {
	const { filter, isFiltering, filterProblem, rows, lines, keptBytes, live } = trace;
	const shown = filter === '' ? `${rows.length} events` : `shown ${lines.length} of ${rows.length}`;
	return {
		left: [segment('Trace', 'heading'), ...filterPart(trace, filterProblem !== undefined)],
		right: [
			segment(live ? 'live' : 'held still', live ? 'good' : 'warning'),
			segment(
				columns < (isFiltering || filter !== '' ? 100 : 60)
					? `  ${shown}`
					: `   ${shown}   ${bytesText(keptBytes)} of 16 MB`,
			),
		],
	};
};

const panes = (state: State, { columns, rows }: Size): readonly Line[] => {
	const { across, down, teeUp } = signsOf(state.look);
	const { showBytes, split, detail, bytes } = state.trace;
	const forBytes = showBytes ? BYTES_HEIGHT + 1 : 0;
	const free = rows - forBytes - 1;
	const listHeight = Math.max(LEAST, Math.min(free - LEAST, Math.ceil(free / 2) - split));
	const beside = columns - ASSOCIATIONS_WIDTH - 1;
	const left = associationsPane(state, { columns: ASSOCIATIONS_WIDTH, rows: listHeight });
	const right = eventsPane(state, { columns: beside, rows: listHeight });
	const lists = Array.from(
		{ length: listHeight },
		(_, row): Line => [
			...fitted(left[row] ?? [], ASSOCIATIONS_WIDTH),
			segment(down, 'rule'),
			...fitted(right[row] ?? [], beside),
		],
	);
	const under = `${across.repeat(ASSOCIATIONS_WIDTH)}${teeUp}${across.repeat(beside)}`;
	const detailHeight = rows - forBytes - 1 - listHeight;
	return [
		...lists,
		[segment(under, 'rule')],
		...filled(detailPane(state, detail, { columns, rows: detailHeight }), detailHeight),
		...(showBytes
			? [
					[segment(across.repeat(columns), 'rule')] as Line,
					...filled(bytesPane(state, bytes, { columns, rows: BYTES_HEIGHT }), BYTES_HEIGHT),
				]
			: []),
	];
};

const filled = (lines: readonly Line[], rows: number): readonly Line[] =>
	Array.from({ length: rows }, (_, row) => lines[row] ?? []);

const onePane = (state: State, size: Size): readonly Line[] => {
	const { open, pane, bytes, maximized } = state.trace;
	const seen = open || maximized ? pane : 'events';
	if (seen === 'bytes') return bytesPane(state, bytes, size);
	if (seen === 'detail' || (open && seen === 'events' && !maximized)) return opened(state, size);
	if (seen === 'associations') return associationsPane(state, size);
	return eventsPane(state, size);
};

/** The tree, and below it the bytes where there is room for them. */
const opened = (state: State, { columns, rows }: Size): readonly Line[] => {
	const { detail, bytes, showBytes } = state.trace;
	if (!showBytes || bytes.length === 0 || rows < BYTES_HEIGHT + 1 + 2 * LEAST)
		return detailPane(state, detail, { columns, rows });
	const height = rows - BYTES_HEIGHT - 1;
	return [
		...filled(detailPane(state, detail, { columns, rows: height }), height),
		[segment(signsOf(state.look).across.repeat(columns), 'rule')],
		...bytesPane(state, bytes, { columns, rows: BYTES_HEIGHT }),
	];
};

// ---- associations ------------------------------------------------------------------------------------------------------

const associationsPane = (state: State, { rows, columns }: Size): readonly Line[] => {
	const { associations, associationAt, pane } = state.trace;
	const isFocused = pane === 'associations';
	const listed = listRows(
		{ at: associationAt },
		associations.length,
		rows - 1,
		(index) => {
			const association = associations[index];
			return association === undefined ? [] : fitted(associationLine(association, state), columns - SIGNS_WIDTH);
		},
		state.look,
	);
	return [[segment('   ASSOC', isFocused ? 'selected' : 'heading')], ...(isFocused ? listed : quiet(listed))];
};

/** Of the highest number of an association: those that came last have it. */
const digitsOf = (associations: readonly TraceAssociation[]): number => String(associations.at(-1)?.number ?? 0).length;

const associationLine = (association: TraceAssociation, { now, trace }: State): Line => {
	const { number, direction, peer, purpose, state, since } = association;
	const isOpen = state === 'open';
	return [
		segment(`${String(number).padEnd(Math.max(3, digitsOf(trace.associations) + 1))}${direction} ${kept(peer, 10)}`),
		segment(kept(purpose, 5)),
		segment(kept(state, 8), isOpen ? 'good' : STATE_STYLES[state]),
		segment(isOpen ? durationText(Math.max(0, now - since)).padStart(6) : ''),
	];
};

/** Exactly so many columns, and a blank. */
const kept = (text: string, width: number): string => `${pad(cutEnd(sanitize(text), width), width, 'left')} `;

const STATE_STYLES: Readonly<Record<string, 'bad' | 'warning'>> = {
	aborted: 'bad',
	lost: 'bad',
	rejected: 'bad',
	failed: 'bad',
};

/** A pane that keys do not go to keeps the sign of its cursor only. */
const quiet = (lines: readonly Line[]): readonly Line[] =>
	lines.map((line) => line.map(({ text, style }) => segment(text, style === 'cursor' ? 'strong' : style)));

// ---- events ------------------------------------------------------------------------------------------------------------

interface Shown {
	readonly line: TraceLine;
	readonly row: TraceRow;
	readonly last: TraceRow;
}

const eventColumns = ({ trace: { firstAt = 0, associations }, look }: State) => {
	const digits = digitsOf(associations);
	return [
		tableColumn<Shown>('TIME (s)', 50, [8, 9, 9], ({ row }) => ((row.at - firstAt) / 1000).toFixed(4), {
			alignment: 'right',
		}),
		tableColumn<Shown>(
			'#',
			40,
			[Math.max(2, digits), Math.max(3, digits), Math.max(3, digits)],
			({ row }) => String(row.association),
			{ alignment: 'right' },
		),
		tableColumn<Shown>('', 70, [1, 1, 1], ({ row }) => row.direction),
		tableColumn<Shown>('PDU / MESSAGE', 90, [13, 15, 16], ({ row }) => sanitize(row.what)),
		tableColumn<Shown>('ID', 30, [2, 3, 4], ({ row }) => row.messageId, { alignment: 'right' }),
		tableColumn<Shown>('PC', 20, [2, 2, 3], ({ row }) => row.contextId, { alignment: 'right' }),
		tableColumn<Shown>('SUMMARY', 80, [12, 30, 200], (shown) =>
			segment(summary(shown, look), shown.row.mark ?? 'plain'),
		),
	];
};

const summary = ({ line, row, last }: Shown, look: Look): string => {
	const text = sanitize(rowSummary(row, look));
	return line.folded === 0 ? text : `${text}  (+${line.folded} more in ${durationText(last.at - row.at)})`;
};

const eventsPane = (state: State, { columns, rows }: Size): readonly Line[] => {
	const { trace } = state;
	const { lines, at, top, pane, marks } = trace;
	const table = tableOf(eventColumns(state), columns - SIGNS_WIDTH - 1);
	const heading: Line = [segment(' '.repeat(SIGNS_WIDTH)), ...table.heading];
	if (lines.length === 0)
		return [
			heading,
			[],
			[segment(trace.rows.length === 0 ? '    Nothing was said yet.' : '    Nothing matches the filter.')],
		];
	const shown = (index: number): Shown | undefined => {
		const line = lines[index];
		const row = trace.rows[line?.row ?? -1];
		if (line === undefined || row === undefined) return undefined;
		return { line, row, last: trace.rows[line.last] ?? row };
	};
	const listed = listRows(
		{ at, top },
		lines.length,
		rows - 1,
		(index) => {
			const one = shown(index);
			return one === undefined ? [] : table.row(one);
		},
		state.look,
		(index) => marks.has(shown(index)?.row.index ?? -1),
	);
	return [heading, ...(pane === 'events' ? listed : quiet(listed))];
};

// ---- tree and bytes ----------------------------------------------------------------------------------------------------

const detailPane = (state: State, detail: readonly string[], { columns, rows }: Size): readonly Line[] => {
	const { trace, look } = state;
	const isFocused = trace.pane === 'detail';
	const [
		heading = trace.lines.length === 0 ? '' : `${keyFor(state, 'expand')} opens the message at the cursor`,
		...lines
	] = detail;
	const cursor = { at: trace.detailAt, top: trace.detailTop };
	const seen = scrolledTo(lines, cursor, { columns, rows: rows - 1 }, (text, index) => {
		const line = treeLine(look.masked ? maskedTreeLine(lines, index) : text);
		return isFocused && index === trace.detailAt ? fitted(atCursor(line), columns) : line;
	});
	return [[segment(` ${sanitize(heading)}`, isFocused ? 'selected' : 'heading')], ...seen];
};

const treeLine = (line: string): Line => {
	const text = sanitize(line);
	const [, before = '', tag = '', rest = ''] = /^( *)(\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\))?(.*)$/.exec(text) ?? [];
	return [
		segment(` ${before}`),
		segment(tag, 'faint'),
		segment(rest, rest.trimStart().startsWith('!') ? 'warning' : tag === '' ? 'strong' : 'plain'),
	];
};

const bytesPane = ({ trace, look }: State, bytes: readonly string[], size: Size): readonly Line[] => {
	if (look.masked && bytes.length > 0)
		return [[], [segment('   Bytes are not shown while patients are masked.', 'faint')]];
	const spans = trace.pane === 'events' ? [] : (trace.spans[trace.detailAt + 1] ?? []);
	return scrolled(bytes, trace.bytesTop, size, (line, index) => {
		const text = sanitize(line);
		const offset = /^ *[0-9a-f]+/.exec(text)?.[0] ?? '';
		const marked = spans.filter((span) => span.line === index).flatMap((span) => columnsOf(span, offset.length + 2));
		return [segment(` ${offset}`, 'faint'), ...markedSegments(text, offset.length, marked)];
	});
};

type Columns = readonly [from: number, to: number];

/** Where the hexadecimal and the text of bytes stand in their line, as `hexLines` has it without its indentation. */
const columnsOf = ({ from, to }: ByteSpan, hexAt: number): readonly Columns[] => {
	const column = (byte: number): number => hexAt + 3 * byte + (byte < 8 ? 0 : 1);
	return [
		[column(from), column(to - 1) + 2],
		[hexAt + TEXT_AFTER + from, hexAt + TEXT_AFTER + to],
	];
};

const TEXT_AFTER = 50;

const markedSegments = (text: string, start: number, marked: readonly Columns[]): Line => {
	const line: Line[number][] = [];
	let at = start;
	for (const [from, to] of marked) {
		line.push(segment(text.slice(at, from)), segment(text.slice(from, to), 'cursor'));
		at = to;
	}
	return [...line, segment(text.slice(at))];
};
