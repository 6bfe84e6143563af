/** Overlays to read: every attribute of a row, two rows compared, what the doctor finds, what a node accepts. */
import { sanitize } from '../../output/sanitize.ts';
import type { Action, DoctorDepth, Reduced } from '../actions.ts';
import { markedRows } from '../browse/marks.ts';
import { cursorAt, cursorMoved, listHeight } from '../list-cursor.ts';
import { shownNodes } from '../nodes/shown-nodes.ts';
import { partsOf } from '../screen-parts.ts';
import type { State } from '../state.ts';
import { edited, fieldOf, typed } from '../text-field.ts';
import { brokenLines } from './broken-lines.ts';
import { compareLines, inspectLines } from './inspect-lines.ts';
import { closed, levelOf, noted, type OverlayOf, opened, replaced, rowAt, unchanged } from './overlay-stack.ts';
import type { Overlay } from './overlay-state.ts';

// ---- opening -----------------------------------------------------------------------------------------------------------

/** Undefined where there is no row: also what lies below an instance. */
export const inspectOverlay = (state: State): OverlayOf<'inspect'> | undefined => {
	const level = levelOf(state);
	const row = rowAt(level);
	if (level === undefined || row === undefined) return undefined;
	const lines = inspectLines(row, level, state.look.masked);
	return { kind: 'inspect', at: 0, top: 0, filter: '', isFiltering: false, lines };
};

export const openInspect = (state: State): Reduced => {
	const overlay = inspectOverlay(state);
	return overlay === undefined ? { state: noted(state, 'there is no row'), effects: [] } : opened(state, overlay);
};

export const openCompare = (state: State): Reduced => {
	const level = levelOf(state);
	const marked = level === undefined ? [] : markedRows(level);
	const [first, second] = marked;
	if (marked.length !== 2 || first === undefined || second === undefined)
		return { state: noted(state, `mark two rows to compare; ${marked.length} marked`, 'warning'), effects: [] };
	return opened(state, { kind: 'compare', top: 0, lines: compareLines(first, second, state.look.masked) });
};

/** The node that is named, else the one at the cursor of the nodes screen, else the one that is asked. */
export const openDoctor = (state: State, named?: string, also: readonly DoctorDepth[] = []): Reduced => {
	const node = named ?? nodeMeant(state);
	if (node === undefined) return { state: noted(state, 'no node is known yet', 'warning'), effects: [] };
	return opened(
		state,
		{ kind: 'doctor', node, lines: [], isOver: false, top: 0 },
		{
			do: 'doctor',
			node,
			...(also.length === 0 ? {} : { also }),
		},
	);
};

export const nodeMeant = (state: State): string | undefined =>
	state.screen === 'nodes' ? shownNodes(state)[state.nodesScreen.at]?.name : state.current[0];

// ---- reading -----------------------------------------------------------------------------------------------------------

export const inspectShown = ({ lines, filter }: Pick<OverlayOf<'inspect'>, 'lines' | 'filter'>): readonly string[] => {
	const wanted = filter.toLowerCase();
	return wanted === '' ? lines : lines.filter((line) => line.toLowerCase().includes(wanted));
};

export const reduceInspect = (state: State, overlay: OverlayOf<'inspect'>, action: Action): Reduced | undefined => {
	const count = inspectShown(overlay).length;
	const height = listHeight(state.size);
	if (overlay.isFiltering) {
		if (action.type === 'text' || action.type === 'edit') {
			const field = fieldOf(overlay.filter);
			const { value } = action.type === 'text' ? typed(field, action.text) : edited(field, action.edit);
			return replaced(state, { ...overlay, filter: value, at: 0, top: 0 });
		}
		if (action.type !== 'key') return undefined;
		if (action.action === 'accept') return replaced(state, { ...overlay, isFiltering: false });
		if (action.action === 'cancel')
			return replaced(state, { ...overlay, isFiltering: false, filter: '', at: 0, top: 0 });
	}
	if (action.type !== 'key') return undefined;
	switch (action.action) {
		case 'filter':
			return replaced(state, { ...overlay, isFiltering: true });
		case 'cancel':
			// What was looked for goes first.
			return overlay.filter === ''
				? closed(state)
				: replaced(state, cursorAt({ ...overlay, filter: '' }, 0, count, height));
		case 'accept':
		case 'quit':
			return closed(state);
		case 'copy':
			return copying(state, inspectShown(overlay).slice(overlay.at, overlay.at + 1), 'line');
		default: {
			const moved = cursorMoved(overlay, action.action, count, height);
			return moved === undefined ? undefined : replaced(state, moved);
		}
	}
};

type Scrolled = Extract<Overlay, { readonly kind: 'compare' | 'doctor' | 'capabilities' }>;

/** Those that only scroll. */
export const reduceScrolled = (state: State, overlay: Scrolled, action: Action): Reduced | undefined => {
	if (action.type !== 'key') return undefined;
	const middle = partsOf(state.size)?.middle.rows ?? 1;
	switch (action.action) {
		case 'cancel':
		case 'accept':
		case 'quit':
			return overlay.kind === 'doctor' && !overlay.isOver ? closed(state, { do: 'stop-doctor' }) : closed(state);
		case 'copy':
			return copying(state, overlay.lines, 'what is shown');
		default: {
			const count = brokenLines(overlay.lines, state.size.columns - 1).length;
			const last = Math.max(0, count - middle);
			const moved = cursorMoved({ at: overlay.top, top: 0 }, action.action, last + 1, middle);
			return moved === undefined ? undefined : replaced(state, { ...overlay, top: moved.at });
		}
	}
};

const copying = (state: State, lines: readonly string[], what: string): Reduced =>
	lines.length === 0
		? unchanged(state)
		: { state, effects: [{ do: 'copy', text: lines.map(sanitize).join('\n'), what }] };

/** The lines of the doctor and the table of capabilities come while they are read, perhaps below another overlay. */
export const heardReading = (state: State, action: Action): Reduced | undefined => {
	if (action.type !== 'doctor' && action.type !== 'capabilities') return undefined;
	const overlays = state.overlays.map((overlay): Overlay => {
		if (overlay.kind !== action.type || overlay.node !== action.node) return overlay;
		if (action.type === 'capabilities') return { ...overlay, lines: action.lines.map(sanitize), isOver: true };
		const lines = action.line === '' && action.isOver ? overlay.lines : [...overlay.lines, ...linesOf(action.line)];
		const height = partsOf(state.size)?.middle.rows ?? listHeight(state.size);
		const count = (own: readonly string[]): number => brokenLines(own, state.size.columns - 1).length;
		// Who has not scrolled up sees the newest.
		const follows = overlay.top >= count(overlay.lines) - height;
		return {
			...overlay,
			lines,
			isOver: action.isOver,
			top: follows ? Math.max(0, count(lines) - height) : overlay.top,
		};
	});
	return { state: { ...state, overlays }, effects: [] };
};

const linesOf = (text: string): readonly string[] => text.split('\n').map(sanitize);
