/** The log: a line for what was done, said and refused, and for who called us. */
import { sanitize } from '../output/sanitize.ts';
import type { Action, PartialReducer, Reduced } from './actions.ts';
import { cursorAt, cursorMoved, listHeight } from './list-cursor.ts';
import { loggedLines } from './log-lines.ts';
import type { LogState, State } from './state.ts';
import { edited, fieldOf, typed } from './text-field.ts';

const MOST_LINES = 5000;

export const reduceLog: PartialReducer = (state, action) => {
	const isPressed = action.type === 'key' || action.type === 'text' || action.type === 'edit';
	if (!isPressed) return heard(state, action);
	if (state.screen !== 'log' || state.overlays.length > 0) return undefined;
	return state.log.isFiltering ? filtering(state, action) : pressed(state, action);
};

/** Those that hold the filter. */
export const shownLog = ({ lines, filter }: Pick<LogState, 'lines' | 'filter'>): LogState['lines'] => {
	const wanted = filter.toLowerCase();
	return wanted === '' ? lines : lines.filter(({ text }) => text.toLowerCase().includes(wanted));
};

const heard = (state: State, action: Action): Reduced | undefined => {
	const said = loggedLines(state, action);
	if (said.length === 0) return undefined;
	const before =
		state.log.lines.length + said.length > MOST_LINES ? state.log.lines.slice(-MOST_LINES * 0.8) : state.log.lines;
	const lines = [...before, ...said.map(({ level, text }) => ({ at: action.at, level, text: sanitize(text) }))];
	return { state: { ...state, log: settled({ ...state.log, lines }, state) }, effects: [] };
};

/** On the newest line, where it is followed. */
const settled = (log: LogState, { size }: State): LogState => {
	const count = shownLog(log).length;
	return cursorAt(log, log.live ? count - 1 : log.at, count, listHeight(size));
};

const filtering = (state: State, action: Action): Reduced | undefined => {
	const { log } = state;
	if (action.type === 'text' || action.type === 'edit') {
		const field = fieldOf(log.filter);
		const { value } = action.type === 'text' ? typed(field, action.text) : edited(field, action.edit);
		return { state: { ...state, log: settled({ ...log, filter: value, live: true }, state) }, effects: [] };
	}
	if (action.type !== 'key') return undefined;
	if (action.action === 'accept') return { state: { ...state, log: { ...log, isFiltering: false } }, effects: [] };
	if (action.action === 'cancel' || action.action === 'interrupt')
		return { state: { ...state, log: settled({ ...log, isFiltering: false, filter: '' }, state) }, effects: [] };
	return pressed(state, action);
};

const pressed = (state: State, action: Action): Reduced | undefined => {
	if (action.type !== 'key') return undefined;
	const { log } = state;
	const shown = shownLog(log);
	switch (action.action) {
		case 'filter':
			return { state: { ...state, log: { ...log, isFiltering: true } }, effects: [] };
		case 'back':
			return log.filter === ''
				? undefined
				: { state: { ...state, log: settled({ ...log, filter: '' }, state) }, effects: [] };
		case 'copy': {
			const line = shown[log.at];
			return { state, effects: line === undefined ? [] : [{ do: 'copy', text: line.text, what: 'line' }] };
		}
		// What a line says of a problem is explained.
		case 'open': {
			const text = shown[log.at]?.text;
			const at = state.problems.findIndex((problem) => sanitize(problem.text) === text);
			return at === -1
				? { state, effects: [] }
				: { state: { ...state, overlays: [...state.overlays, { kind: 'explain', at }] }, effects: [] };
		}
		default: {
			const moved = cursorMoved(log, action.action, shown.length, listHeight(state.size));
			if (moved === undefined) return undefined;
			const live = action.action === 'last' || (log.live && moved.at >= shown.length - 1);
			return { state: { ...state, log: { ...moved, live } }, effects: [] };
		}
	}
};
