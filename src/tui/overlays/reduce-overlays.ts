/** The overlays: the one on top takes what is pressed and typed; and the keys of the screens that open them. */
import type { Action, PartialReducer, Reduced } from '../actions.ts';
import { formOf, queryOfForm } from '../browse/reduce-form.ts';
import type { ActionName } from '../keys.ts';
import { enterNodes } from '../nodes/reduce-nodes.ts';
import type { ScreenName, State } from '../state.ts';
import { enterTrace } from '../trace/reduce-trace.ts';
import { closed, opened, replaced, unchanged } from './overlay-stack.ts';
import type { Overlay } from './overlay-state.ts';
import { reduceConfirm } from './reduce-confirm.ts';
import { openCopy, reduceCopy } from './reduce-copy.ts';
import { openExplain, reduceError, reduceExplain } from './reduce-explain.ts';
import { fileExists, openExport, reduceExport } from './reduce-export.ts';
import { openHelp, reduceHelp } from './reduce-help.ts';
import { heardNodeForm, reduceNodeForm } from './reduce-node-form.ts';
import { openPalette, reducePalette } from './reduce-palette.ts';
import { heardReading, openCompare, openDoctor, openInspect, reduceInspect, reduceScrolled } from './reduce-reading.ts';
import {
	counted,
	openHistory,
	openPrompt,
	openSaved,
	reduceHistory,
	reducePrompt,
	reduceSaved,
} from './reduce-saved.ts';
import { openColumns, openSort, reduceColumns, reduceSort } from './reduce-sort.ts';
import { openSwitcher, reduceSwitcher } from './reduce-switcher.ts';

export const reduceOverlays: PartialReducer = (state, action) => {
	if (action.type === 'key' || action.type === 'text' || action.type === 'edit' || action.type === 'interrupted') {
		const top = state.overlays.at(-1);
		return top === undefined ? opening(state, action) : pressedOn(state, top, action);
	}
	return heard(state, action);
};

/** On which screens a key opens what; the others have that key for their own. A screen that does something when it is entered is here too. */
const OPENING: Partial<
	Readonly<Record<ActionName, { readonly on: readonly ScreenName[]; readonly open: (state: State) => Reduced }>>
> = {
	switchNode: { on: ['browse', 'queue', 'nodes', 'trace', 'log'], open: openSwitcher },
	palette: { on: ['browse', 'queue', 'nodes', 'trace', 'log'], open: openPalette },
	help: { on: ['browse', 'queue', 'nodes', 'trace', 'log'], open: openHelp },
	explain: { on: ['browse', 'queue', 'nodes', 'log'], open: openExplain },
	doctor: { on: ['browse', 'queue', 'nodes'], open: openDoctor },
	saved: { on: ['browse'], open: openSaved },
	history: { on: ['browse'], open: openHistory },
	copy: { on: ['browse'], open: openCopy },
	export: { on: ['browse'], open: openExport },
	sort: { on: ['browse', 'queue', 'nodes'], open: openSort },
	columns: { on: ['browse'], open: openColumns },
	inspect: { on: ['browse'], open: openInspect },
	compare: { on: ['browse'], open: openCompare },
	nodes: { on: ['browse', 'queue', 'trace', 'log'], open: enterNodes },
	trace: { on: ['browse', 'queue', 'nodes', 'log'], open: enterTrace },
};

const opening = (state: State, action: Action): Reduced | undefined => {
	if (action.type !== 'key') return undefined;
	const found = OPENING[action.action];
	return found?.on.includes(state.screen) === true ? found.open(state) : undefined;
};

/** They work whatever is on top. */
const EVERYWHERE: ReadonlySet<ActionName> = new Set(['redraw', 'suspend']);

const pressedOn = (state: State, top: Overlay, action: Action): Reduced | undefined => {
	// The form and the retrieve dialog have reducers of their own; what those leave is opened above the form.
	if (top.kind === 'form' && action.type === 'key') {
		if (action.action === 'history') return openHistory(state);
		if (action.action === 'saveQuery')
			return openPrompt(state, 'save-query', 'Name of the query', '', queryOfForm(top));
	}
	if (top.kind === 'form' || top.kind === 'retrieve') return undefined;
	if (action.type === 'key' && EVERYWHERE.has(action.action)) return undefined;
	const isLeft = action.type === 'interrupted' || (action.type === 'key' && action.action === 'interrupt');
	const asked: Action = isLeft ? { type: 'key', at: action.at, action: 'cancel' } : action;
	const reduced = reducedBy(state, top, asked);
	if (reduced !== undefined) return reduced;
	if (asked.type === 'key' && asked.action === 'cancel') return closed(state);
	// A question may be somebody else's, who takes its keys.
	if (top.kind === 'confirm' && asked.type === 'text') return undefined;
	return unchanged(state);
};

const reducedBy = (state: State, top: Overlay, action: Action): Reduced | undefined => {
	switch (top.kind) {
		case 'switcher':
			return reduceSwitcher(state, top, action);
		case 'palette':
			return reducePalette(state, top, action);
		case 'help':
			return reduceHelp(state, top, action);
		case 'explain':
			return reduceExplain(state, top, action);
		case 'error':
			return reduceError(state, top, action);
		case 'saved':
			return reduceSaved(state, top, action);
		case 'history':
			return reduceHistory(state, top, action);
		case 'prompt':
			return reducePrompt(state, top, action);
		case 'copy':
			return reduceCopy(state, top, action);
		case 'export':
			return reduceExport(state, top, action);
		case 'sort':
			return reduceSort(state, top, action);
		case 'columns':
			return reduceColumns(state, top, action);
		case 'inspect':
			return reduceInspect(state, top, action);
		case 'compare':
		case 'doctor':
		case 'capabilities':
			return reduceScrolled(state, top, action);
		case 'node':
			return reduceNodeForm(state, top, action);
		case 'confirm':
			return reduceConfirm(state, top, action);
		case 'form':
		case 'retrieve':
			return undefined;
	}
};

const heard = (state: State, action: Action): Reduced | undefined => {
	switch (action.type) {
		case 'doctor':
		case 'capabilities':
			return heardReading(state, action);
		case 'file-exists':
			return fileExists(state, action);
		case 'counted':
			return counted(state, action);
		case 'form': {
			const form = formOf(state, action.query);
			return state.overlays.at(-1)?.kind === 'form' ? replaced(state, form) : opened(state, form);
		}
		case 'said':
		case 'nodes-read':
			return heardNodeForm(state, action);
		default:
			return undefined;
	}
};
