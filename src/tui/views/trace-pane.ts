/** The trace below the rows of browse: the last messages, as the trace screen has them all. */
import { sanitize } from '../../output/sanitize.ts';
import { pad } from '../../output/text-width.ts';
import { localTime } from '../../output/trace-text.ts';
import type { Line, Size } from '../frame.ts';
import { segment, spread } from '../frame.ts';
import type { Look, State } from '../state.ts';
import { rowSummary } from '../trace/trace-rows.ts';
import type { TraceRow } from '../trace/trace-state.ts';

const MOST = 8;
const LEAST_ABOVE = 6;

/** Lines of the pane, the rule above it and its heading among them; 0 where it is not wanted or there is no room. */
export const tracePaneRows = ({ browse }: State, rows: number): number => {
	if (!browse.tracePane || browse.maximized) return 0;
	const room = Math.min(MOST, rows - LEAST_ABOVE);
	return room < 3 ? 0 : room;
};

export const tracePane = (state: State, { columns, rows }: Size): readonly Line[] => {
	const { trace, epochMs, look } = state;
	const last = trace.rows.at(-1);
	const association = trace.associations.find(({ number }) => number === last?.association);
	const told =
		association === undefined
			? ''
			: `assoc ${association.number}  ${sanitize(association.peer)}  ${association.purpose}  ${association.state}`;
	const right: Line = [
		segment(`filter: ${trace.filter === '' ? 'all' : sanitize(trace.filter)}  `, 'faint'),
		segment('t', 'key'),
		segment(' close'),
	];
	const time = localTime(epochMs);
	return [
		spread([segment(' TRACE', 'heading'), segment(`  ${told}`)], right, columns),
		...trace.lines.slice(1 - rows).flatMap(({ row, folded }): readonly Line[] => {
			const message = trace.rows[row];
			return message === undefined ? [] : [messageLine(message, folded, time, columns, look)];
		}),
	];
};

const NARROW = 80;

const messageLine = (
	row: TraceRow,
	folded: number,
	time: (at: number) => string,
	columns: number,
	look: Look,
): Line => {
	const when = time(row.at).slice(0, columns < NARROW ? 8 : 12);
	return [
		segment(`  ${when}`, 'faint'),
		segment(`  ${row.direction}  `),
		segment(pad(sanitize(row.what), 15, 'left'), 'strong'),
		segment(` ${pad(row.messageId, 3, 'right')}  `, 'faint'),
		segment(`${sanitize(rowSummary(row, look))}${folded === 0 ? '' : `  (+${folded} more)`}`),
	];
};
