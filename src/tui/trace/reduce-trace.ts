/** The trace screen: what is recorded is followed or held still, filtered, folded, marked, opened, copied, explained, asked again and written. */
import { stringsOf, textOf } from '../../dicom/dataset.ts';
import { decodeDataset } from '../../dicom/decode.ts';
import { byTag } from '../../dicom/dictionary.ts';
import { TAG } from '../../dicom/tags.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { Action, Effect, PartialReducer, Reduced } from '../actions.ts';
import type { QuerySpec } from '../browse/browse-state.ts';
import { keyFor } from '../key-hints.ts';
import type { ActionName } from '../keys.ts';
import { cursorAt, cursorMoved, listHeight } from '../list-cursor.ts';
import { noted, opened } from '../overlays/overlay-stack.ts';
import { copyEffect } from '../overlays/reduce-copy.ts';
import { openPrompt } from '../overlays/reduce-saved.ts';
import type { State } from '../state.ts';
import { edited, fieldOf, typed } from '../text-field.ts';
import { eventExplanation } from './trace-explanations.ts';
import { relined, rowOfLine, withEvents } from './trace-rows.ts';
import type { TraceRow, TraceState } from './trace-state.ts';

export const reduceTrace: PartialReducer = (state, action) => {
	if (action.type === 'traced') return traced(state, action);
	if (action.type === 'trace-detail') return detailed(state, action);
	if (state.screen !== 'trace' || state.overlays.length > 0) return undefined;
	if (state.trace.isFiltering) return filtering(state, action);
	return action.type === 'key' ? pressed(state, action) : undefined;
};

// ---- news --------------------------------------------------------------------------------------------------------------

const traced = (state: State, { events, recorder, keptBytes }: Extract<Action, { type: 'traced' }>): Reduced => {
	const trace = { ...withEvents(state.trace, events, state.nodes, recorder), keptBytes };
	const count = trace.lines.length;
	const under = rowOfLine(state.trace, state.trace.at);
	// The oldest were dropped: the line of the event is another.
	const isCut = trace.rows !== state.trace.rows && under !== undefined;
	const own = isCut ? lineAtOrAfter(trace, under.index) : trace.at;
	const moved = cursorAt(trace, trace.live ? count - 1 : own, count, listHeight(state.size));
	return state.screen === 'trace'
		? looking({ ...state, trace: moved })
		: { state: { ...state, trace: moved }, effects: [] };
};

const detailed = (
	state: State,
	{ index, detail, bytes, spans = [] }: Extract<Action, { type: 'trace-detail' }>,
): Reduced | undefined =>
	state.trace.detailOf === index
		? { state: { ...state, trace: { ...state.trace, detail, bytes, spans } }, effects: [] }
		: undefined;

/** The event at the cursor is told of from the beginning. */
export const enterTrace = (state: State): Reduced => looking({ ...state, screen: 'trace' });

/** Asks for the tree and the bytes of the row at the cursor, where they are not those that are there. */
const looking = (state: State): Reduced => {
	const { trace } = state;
	const row = rowOfLine(trace, trace.at);
	const index = row?.index;
	if (index === trace.detailOf) return { state, effects: [] };
	const own = trace.associations.findIndex((one) => one.number === row?.association);
	const associationAt = trace.pane === 'associations' || own === -1 ? trace.associationAt : own;
	const unread = { detailAt: 0, detailTop: 0, bytesTop: 0, detail: [], bytes: [], spans: [] };
	const looked = { ...trace, ...unread, associationAt, detailOf: index };
	return {
		state: { ...state, trace: looked },
		effects: index === undefined ? [] : [{ do: 'trace-detail', index }],
	};
};

// ---- filter ------------------------------------------------------------------------------------------------------------

const filtering = (state: State, action: Action): Reduced | undefined => {
	const { trace } = state;
	if (action.type === 'text' || action.type === 'edit') {
		const field = fieldOf(trace.filter);
		const { value } = action.type === 'text' ? typed(field, action.text) : edited(field, action.edit);
		return filtered(state, value);
	}
	if (action.type !== 'key') return undefined;
	switch (action.action) {
		case 'accept':
			return { state: withTrace(state, { isFiltering: false }), effects: [] };
		case 'cancel':
		case 'interrupt':
			return filtered(withTrace(state, { isFiltering: false }), '');
		default:
			return moved(state, action.action);
	}
};

/** The cursor stays on its event, if that passes. */
const filtered = (state: State, filter: string): Reduced => {
	const under = rowOfLine(state.trace, state.trace.at);
	return onRow({ ...state, trace: relined({ ...state.trace, filter }) }, under);
};

const onRow = (state: State, row: TraceRow | undefined): Reduced => {
	const { trace } = state;
	const count = trace.lines.length;
	// Lines are in the order of their events.
	const found = row === undefined || trace.live ? count - 1 : lineAtOrAfter(trace, row.index);
	return looking({ ...state, trace: cursorAt(trace, found, count, listHeight(state.size)) });
};

const lineAtOrAfter = (trace: TraceState, index: number): number => {
	let [low, high] = [0, trace.lines.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		const last = trace.rows[trace.lines[middle]?.last ?? -1]?.index ?? 0;
		if (last < index) low = middle + 1;
		else high = middle;
	}
	return low;
};

// ---- keys --------------------------------------------------------------------------------------------------------------

const withTrace = (state: State, change: Partial<TraceState>): State => ({
	...state,
	trace: { ...state.trace, ...change },
});

const pressed = (state: State, action: Extract<Action, { type: 'key' }>): Reduced | undefined => {
	const { trace } = state;
	const row = rowOfLine(trace, trace.at);
	const change = (part: Partial<TraceState>): Reduced => ({ state: withTrace(state, part), effects: [] });
	switch (action.action) {
		case 'filter':
			return change({ isFiltering: true });
		case 'live':
			return trace.live ? change({ live: false }) : followed(state);
		case 'bytes':
			return change({ showBytes: !trace.showBytes, ...(trace.pane === 'bytes' ? { pane: 'events' } : {}) });
		case 'maximize':
			return change({ maximized: !trace.maximized });
		case 'wider':
			return change({ split: Math.min(20, trace.split + 1) });
		case 'narrower':
			return change({ split: Math.max(-20, trace.split - 1) });
		case 'nextPane':
			return change({ pane: paneAfter(trace, 1) });
		case 'previousPane':
			return change({ pane: paneAfter(trace, -1) });
		case 'expand':
			return expanded(state);
		case 'back':
		case 'leave':
			return left(state, action.action);
		case 'markEvent': {
			if (row === undefined) return change({});
			const marks = new Set(trace.marks);
			if (!marks.delete(row.index)) marks.add(row.index);
			return change({ marks });
		}
		case 'jump':
			return jumped(state);
		case 'explain':
			return explained(state, row);
		case 'copy':
			return copied(state, row);
		case 'resend':
			return resent(state, row);
		case 'writeTrace':
			return openPrompt(state, 'write-trace', writing(trace), 'trace.pcap');
		case 'writeRedacted':
			return openPrompt(state, 'write-redacted', writing(trace), 'trace-redacted.pcap');
		default:
			return moved(state, action.action);
	}
};

const writing = ({ filter, filterProblem }: TraceState): string =>
	filter === '' || filterProblem !== undefined ? 'File: .pcap, .txt or .jsonl' : `File, of what passes ${filter}`;

const followed = (state: State): Reduced => {
	const { trace } = state;
	const count = trace.lines.length;
	return looking({ ...state, trace: { ...cursorAt(trace, count - 1, count, listHeight(state.size)), live: true } });
};

const PANES = ['events', 'detail', 'bytes', 'associations'] as const satisfies readonly TraceState['pane'][];

const paneAfter = ({ pane, showBytes }: TraceState, by: number): TraceState['pane'] => {
	const panes = PANES.filter((one) => one !== 'bytes' || showBytes);
	return panes[(panes.indexOf(pane) + by + panes.length) % panes.length] ?? 'events';
};

const moved = (state: State, action: ActionName): Reduced | undefined => {
	const { trace } = state;
	const height = listHeight(state.size);
	const within = (top: number, count: number): number | undefined =>
		cursorMoved({ at: top, top: 0 }, action, count, height)?.at;
	switch (trace.pane) {
		case 'associations': {
			const associationAt = within(trace.associationAt, trace.associations.length);
			return associationAt === undefined ? undefined : { state: withTrace(state, { associationAt }), effects: [] };
		}
		case 'detail': {
			const cursor = { at: trace.detailAt, top: trace.detailTop };
			const next = cursorMoved(cursor, action, trace.detail.length - 1, height);
			if (next === undefined) return undefined;
			// Its bytes are brought into sight, with the line before them.
			const own = trace.spans[next.at + 1]?.[0]?.line;
			const bytesTop = own === undefined ? trace.bytesTop : Math.max(0, own - 1);
			return { state: withTrace(state, { detailAt: next.at, detailTop: next.top, bytesTop }), effects: [] };
		}
		case 'bytes': {
			const bytesTop = within(trace.bytesTop, trace.bytes.length);
			return bytesTop === undefined ? undefined : { state: withTrace(state, { bytesTop }), effects: [] };
		}
		case 'events': {
			const next = cursorMoved(trace, action, trace.lines.length, height);
			if (next === undefined) return undefined;
			// Whoever goes up wants it to stand still; at the end it is followed again.
			const live = action === 'last' || (trace.live && next.at >= trace.lines.length - 1);
			return looking({ ...state, trace: { ...next, live } });
		}
	}
};

/** A burst unfolds, an association is looked at alone, a message is opened. */
const expanded = (state: State): Reduced => {
	const { trace } = state;
	if (trace.pane === 'associations') {
		const chosen = trace.associations[trace.associationAt];
		if (chosen === undefined) return { state, effects: [] };
		return filtered(withTrace(state, { pane: 'events' }), `assoc ${chosen.number}`);
	}
	const line = trace.lines[trace.at];
	const row = rowOfLine(trace, trace.at);
	if (line === undefined || row === undefined) return { state, effects: [] };
	if (line.folded > 0 && row.burst !== undefined && trace.pane === 'events') {
		const unfolded = new Set(trace.unfolded).add(row.burst);
		return onRow({ ...state, trace: relined({ ...trace, unfolded, live: false }) }, row);
	}
	return looking(withTrace(state, { open: true, pane: 'detail', live: false }));
};

/** Closes what Enter opened, folds what it unfolded, takes the filter away; then the screen is left. */
const left = (state: State, action: 'back' | 'leave'): Reduced | undefined => {
	const { trace } = state;
	if (trace.open || trace.pane !== 'events')
		return { state: withTrace(state, { open: false, pane: 'events' }), effects: [] };
	const row = rowOfLine(trace, trace.at);
	if (action === 'leave' && row?.burst !== undefined && trace.unfolded.has(row.burst)) {
		const unfolded = new Set(trace.unfolded);
		unfolded.delete(row.burst);
		return onRow({ ...state, trace: relined({ ...trace, unfolded }) }, row);
	}
	return action === 'back' && trace.filter !== '' ? filtered(state, '') : undefined;
};

/** The next marked event below, else the first. */
const jumped = (state: State): Reduced => {
	const { trace } = state;
	const at = rowOfLine(trace, trace.at)?.index ?? -1;
	const marks = [...trace.marks].sort((a, b) => a - b);
	const next = marks.find((index) => index > at) ?? marks[0];
	if (next === undefined)
		return { state: noted(state, `nothing is marked: ${keyFor(state, 'markEvent')} marks`), effects: [] };
	const line = lineAtOrAfter(trace, next);
	return looking({
		...state,
		trace: { ...cursorAt(trace, line, trace.lines.length, listHeight(state.size)), live: false, pane: 'events' },
	});
};

const explained = (state: State, row: TraceRow | undefined): Reduced | undefined => {
	const explanation = row === undefined ? undefined : eventExplanation(row.event);
	// The newest problem, as on the other screens.
	if (row === undefined || explanation === undefined)
		return state.problems.length > 0
			? opened(state, { kind: 'explain', at: 0 })
			: { state: noted(state, 'this says that all is well'), effects: [] };
	return opened(state, { kind: 'error', node: nodeOf(state, row) ?? state.current[0] ?? '', explanation });
};

const nodeOf = ({ trace, nodes }: State, row: TraceRow): string | undefined => {
	const peer = trace.associations.find(({ number }) => number === row.association)?.peer;
	return nodes.find(({ name }) => name === peer)?.name;
};

const copied = (state: State, row: TraceRow | undefined): Reduced => {
	if (row === undefined) return { state: noted(state, 'there is no event'), effects: [] };
	const { trace } = state;
	const isHere = trace.detailOf === row.index && trace.detail.length > 0;
	const lines = isHere ? trace.detail : [`${row.what}  ${row.summary}`];
	return copyEffect(state, {
		text: lines.map(sanitize).join('\n'),
		what: row.what,
		names: row.event.event === 'message' && row.event.identifier !== undefined,
	});
};

/** A C-ECHO is sent again as it was, a query is opened in the form; anything else would do something there. */
const resent = (state: State, row: TraceRow | undefined): Reduced => {
	const event = row?.event;
	if (row === undefined || event?.event !== 'message' || event.direction !== 'sent')
		return { state: noted(state, 'only a C-ECHO-RQ or C-FIND-RQ of ours can be asked again', 'warning'), effects: [] };
	const node = nodeOf(state, row) ?? state.current[0];
	if (event.message.type === 'C-ECHO-RQ' && node !== undefined) {
		const effects: readonly Effect[] = [{ do: 'echo', node }];
		return { state: noted(state, `echo ${node}`), effects };
	}
	const query = queryOf(row);
	if (query === undefined)
		return { state: noted(state, 'only a C-ECHO-RQ or C-FIND-RQ of ours can be asked again', 'warning'), effects: [] };
	return { state: { ...state, screen: 'browse' }, effects: [], next: { type: 'form', at: state.now, query } };
};

const LEVELS: Readonly<Record<string, QuerySpec['level']>> = {
	PATIENT: 'patient',
	STUDY: 'study',
	SERIES: 'series',
	IMAGE: 'instance',
};
const PATIENT_ROOT = '1.2.840.10008.5.1.4.1.2.1.1';

/** The query of a C-FIND-RQ: the keys that have a value. */
export const queryOf = ({ event }: TraceRow): QuerySpec | undefined => {
	if (event.event !== 'message' || event.message.type !== 'C-FIND-RQ' || event.identifier === undefined)
		return undefined;
	const { dataset } = decodeDataset(event.identifier, event.transferSyntax);
	const level = LEVELS[textOf(dataset, TAG.QueryRetrieveLevel)];
	if (level === undefined) return undefined;
	const keys = Object.keys(dataset)
		.sort()
		.flatMap((tag): readonly (readonly [string, string])[] => {
			const keyword = byTag(tag)?.keyword ?? '';
			const value = stringsOf(dataset, tag).map(sanitize).join('\\');
			const isKey = tag !== TAG.QueryRetrieveLevel && tag !== TAG.SpecificCharacterSet;
			return isKey && keyword !== '' && value !== '' ? [[keyword, value]] : [];
		});
	const model = event.abstractSyntax === PATIENT_ROOT ? 'patient' : 'study';
	return { level, model, keys: Object.fromEntries(keys) };
};
