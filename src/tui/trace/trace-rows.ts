/** Recorded events as rows of the inspector, the associations they are of, and the lines of the list: filtered, bursts folded. */
import type { TraceEvent } from '../../association/trace.ts';
import { DicomError } from '../../errors.ts';
import { eventCells, matchesOf } from '../../output/trace-row.ts';
import { type TraceFilter, traceFilter } from '../../trace/filter.ts';
import type { KeptEvents } from '../actions.ts';
import { masked } from '../mask.ts';
import type { NodeState } from '../nodes/nodes-state.ts';
import type { Look } from '../state.ts';
import { MatchBurst, MatchRow } from './match-row.ts';
import type { TraceAssociation, TraceLine, TraceRow, TraceState } from './trace-state.ts';

interface Indexed {
	readonly index: number;
	readonly event: TraceEvent;
}

// ---- associations ------------------------------------------------------------------------------------------------------

const MOST_ASSOCIATIONS = 500;

const PURPOSES: Readonly<Record<string, string>> = {
	'C-ECHO-RQ': 'echo',
	'C-FIND-RQ': 'find',
	'C-GET-RQ': 'get',
	'C-MOVE-RQ': 'move',
	'C-STORE-RQ': 'store',
};

const A_ASSOCIATE_RQ = 0x01;
const A_ASSOCIATE_AC = 0x02;
const A_ASSOCIATE_RJ = 0x03;
const A_RELEASE_RP = 0x06;
const A_ABORT = 0x07;
const TITLES = { called: [10, 26], calling: [26, 42] } as const;

/** The association after one more event of it. */
const associationAfter = (
	before: TraceAssociation | undefined,
	event: TraceEvent,
	nodes: readonly NodeState[],
): TraceAssociation => {
	const known: TraceAssociation = before ?? {
		number: event.association,
		direction: '>',
		peer: '',
		purpose: '',
		state: 'opening',
		since: event.at,
	};
	switch (event.event) {
		case 'resolved':
			return { ...known, peer: known.peer || (nodeAt(nodes, event.host)?.name ?? event.host) };
		case 'connected': {
			const { address, port } = event.remote;
			if (event.role === 'acceptor') return { ...known, direction: '<', peer: address };
			return { ...known, peer: known.peer || (nodeAt(nodes, address, port)?.name ?? address) };
		}
		case 'pdu':
			return pduAfter(known, event, nodes);
		case 'message': {
			const purpose = PURPOSES[event.message.type];
			return purpose === undefined || known.purpose !== '' ? known : { ...known, purpose };
		}
		case 'closed': {
			if (known.state !== 'opening' && known.state !== 'open') return known;
			const { failure } = event;
			const failed = known.state === 'opening' ? 'failed' : 'lost';
			// A connection that never stood has no event that says whereto.
			const there = failure?.blame === 'connect' ? failure : undefined;
			const peer = there === undefined ? known.peer : (nodeAt(nodes, there.address, there.port)?.name ?? there.address);
			return { ...known, peer: known.peer || peer, state: failure === undefined ? 'closed' : failed };
		}
		default:
			return known;
	}
};

const pduAfter = (
	known: TraceAssociation,
	{ bytes, at }: Extract<TraceEvent, { event: 'pdu' }>,
	nodes: readonly NodeState[],
): TraceAssociation => {
	switch (bytes[0]) {
		case A_ASSOCIATE_RQ: {
			const title = titleOf(bytes, known.direction === '>' ? 'called' : 'calling');
			const named = nodes.filter(({ calledAeTitle }) => calledAeTitle === title);
			// A name that was found by its address stays.
			if (known.direction === '>' && nodes.some(({ name }) => name === known.peer)) return known;
			return { ...known, peer: named.length === 1 ? (named[0]?.name ?? title) : title };
		}
		case A_ASSOCIATE_AC:
			return { ...known, state: 'open', since: at };
		case A_ASSOCIATE_RJ:
			return { ...known, state: 'rejected' };
		case A_RELEASE_RP:
			return { ...known, state: 'released' };
		case A_ABORT:
			return { ...known, state: 'aborted' };
		default:
			return known;
	}
};

const titleOf = (bytes: Uint8Array, which: keyof typeof TITLES): string =>
	String.fromCharCode(...bytes.subarray(...TITLES[which])).trim();

const nodeAt = (nodes: readonly NodeState[], host: string, port?: number): NodeState | undefined => {
	const there = nodes.filter((node) => node.host === host && (port === undefined || node.port === port));
	return there.length === 1 ? there[0] : undefined;
};

// ---- rows and lines ----------------------------------------------------------------------------------------------------

/** Older ones are dropped, a fifth at a time. */
export const MOST_ROWS = 20_000;

/** Filters remember what went before: the one that has seen all rows so far is kept for the next. */
const filters = new WeakMap<
	readonly TraceRow[],
	{ readonly text: string; readonly wants: TraceFilter | undefined; seen: number; readonly lines: readonly TraceLine[] }
>();

/**
 * With new events. In O(their number): `rows` and `lines` grow in place, and `version` says so.
 *
 * @param recorder where the matches of a query can be had again, which come by the thousand
 */
export const withEvents = (
	trace: TraceState,
	events: readonly Indexed[],
	nodes: readonly NodeState[],
	recorder?: KeptEvents,
): TraceState => {
	const rows = trace.rows as TraceRow[];
	const associations = new Map(trace.associations.map((one) => [one.number, one]));
	let burst: MatchBurst | undefined;
	for (const { index, event } of events) {
		const before = associations.get(event.association);
		const of = recorder === undefined ? undefined : matchesOf(event);
		if (recorder !== undefined && of !== undefined && before !== undefined) {
			const first = before.burst?.of === of ? before.burst.first : index;
			if (first === index) associations.set(event.association, { ...before, burst: { of, first } });
			if (burst?.first !== first) burst = new MatchBurst(first, event, recorder);
			rows.push(new MatchRow(index, event.at, burst));
			continue;
		}
		const after = associationAfter(before, event, nodes);
		const { burst: own, ...cells } = eventCells(event) ?? { burst: undefined, what: undefined };
		if (cells.what === undefined) {
			associations.set(event.association, after);
			continue;
		}
		const first = own === undefined ? undefined : after.burst?.of === own ? after.burst.first : index;
		const { burst: _over, ...unburst } = after;
		associations.set(
			event.association,
			own === undefined || first === undefined ? unburst : { ...after, burst: { of: own, first } },
		);
		rows.push({
			index,
			event,
			at: event.at,
			association: event.association,
			...cells,
			...(first === undefined ? {} : { burst: first }),
		});
	}
	const grown: TraceState = {
		...trace,
		associations: [...associations.values()].slice(-MOST_ASSOCIATIONS),
		version: trace.version + 1,
		firstAt: trace.firstAt ?? events[0]?.event.at,
	};
	if (rows.length > MOST_ROWS)
		return relined({ ...grown, rows: rows.slice(rows.length - Math.floor(MOST_ROWS * 0.8)) });
	return { ...grown, ...linesAfter(grown) };
};

/** Filtered and folded anew. */
export const relined = (trace: TraceState): TraceState => {
	filters.delete(trace.rows);
	return { ...trace, ...linesAfter({ ...trace, lines: [] }), version: trace.version + 1 };
};

const linesAfter = (trace: TraceState): Pick<TraceState, 'lines' | 'filterProblem'> => {
	const { rows, filter, unfolded } = trace;
	let kept = filters.get(rows);
	if (kept === undefined || kept.text !== filter || kept.lines !== trace.lines) {
		// Rows of which nothing is asked need not be looked at.
		const compiled = filter.trim() === '' ? undefined : compiledFilter(filter);
		if (typeof compiled === 'string') {
			filters.delete(rows);
			// What cannot be read hides nothing.
			const all = { text: filter, wants: undefined, seen: 0, lines: [] };
			addLines(rows, all, unfolded);
			return { lines: all.lines, filterProblem: compiled };
		}
		kept = { text: filter, wants: compiled, seen: 0, lines: [] };
		filters.set(rows, kept);
	}
	addLines(rows, kept, unfolded);
	return { lines: kept.lines, filterProblem: undefined };
};

const compiledFilter = (text: string): TraceFilter | string => {
	try {
		return traceFilter(text);
	} catch (error) {
		if (error instanceof DicomError) return error.message;
		throw error;
	}
};

const addLines = (
	rows: readonly TraceRow[],
	into: { readonly wants: TraceFilter | undefined; seen: number; readonly lines: readonly TraceLine[] },
	unfolded: ReadonlySet<number>,
): void => {
	const lines = into.lines as TraceLine[];
	for (let place = into.seen; place < rows.length; place++) {
		const row = rows[place];
		if (row === undefined || into.wants?.(row.event) === false) continue;
		const last = lines.at(-1);
		const folds =
			last !== undefined && row.burst !== undefined && rows[last.last]?.burst === row.burst && !unfolded.has(row.burst);
		if (folds) lines[lines.length - 1] = { row: last.row, folded: last.folded + 1, last: place };
		else lines.push({ row: place, folded: 0, last: place });
	}
	into.seen = rows.length;
};

export const rowOfLine = (trace: TraceState, line: number): TraceRow | undefined =>
	trace.rows[trace.lines[line]?.row ?? -1];

/** What a line says at its end: with whom it is about, masked where patients are. */
export const rowSummary = ({ summary, patient }: TraceRow, { masked: isMasked }: Look): string =>
	!patient ? summary : `${summary}  ${isMasked ? masked(patient, 'name') : patient}`;
