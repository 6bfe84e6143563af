/** The reducer: what is pressed or typed goes to the first part that takes it, news of the world go to every part. */
import type { Action, Effect, PartialReducer, Reduced } from './actions.ts';
import { anchored } from './anchored-cursors.ts';
import { withGrouping } from './browse/patient-view.ts';
import { reducePreviewPane } from './browse/preview-pane.ts';
import { withPreview } from './browse/preview-request.ts';
import { reduceBrowse } from './browse/reduce-browse.ts';
import { reduceForm } from './browse/reduce-form.ts';
import { reduceLines } from './lines/reduce-lines.ts';
import { reduceNodes } from './nodes/reduce-nodes.ts';
import { reduceOverlays } from './overlays/reduce-overlays.ts';
import { reduceQueue } from './queue/reduce-queue.ts';
import { reduceRetrieveDialog } from './queue/reduce-retrieve-dialog.ts';
import { reduceGlobal } from './reduce-global.ts';
import { reduceLog } from './reduce-log.ts';
import type { ScreenName, State } from './state.ts';
import { reduceTrace } from './trace/reduce-trace.ts';

/** They open overlays, and take what is pressed where one of theirs is on top. */
const OVERLAYS: readonly PartialReducer[] = [reduceForm, reduceRetrieveDialog, reduceOverlays];

const SCREENS: Readonly<Record<ScreenName, PartialReducer>> = {
	browse: reduceBrowse,
	queue: reduceQueue,
	nodes: reduceNodes,
	trace: reduceTrace,
	log: reduceLog,
};

const ALL: readonly PartialReducer[] = [...OVERLAYS, ...Object.values(SCREENS), reduceLines, reduceGlobal];

export const reduce = (before: State, action: Action): Reduced => {
	const state = action.at > before.now ? { ...before, now: action.at } : before;
	const { state: changed, ...made } = isPressed(action) ? pressed(state, action) : heard(state, action);
	const reduced: Reduced = { ...made, state: anchored(state, changed) };
	if (reduced.next === undefined) return withGrouping(withPreview(reduced));
	const effects = [...reduced.effects];
	let after = reduced.state;
	for (const next of [reduced.next].flat()) {
		const one = reduce(after, next);
		after = one.state;
		effects.push(...one.effects);
	}
	return { state: after, effects };
};

const isPressed = (action: Action): boolean =>
	action.type === 'key' || action.type === 'text' || action.type === 'edit' || action.type === 'interrupted';

/** What lies under an overlay does not see what is pressed. */
const pressed = (state: State, action: Action): Reduced => {
	const parts = state.overlays.length > 0 ? OVERLAYS : [reducePreviewPane, ...OVERLAYS, SCREENS[state.screen]];
	for (const part of [...parts, reduceGlobal]) {
		const reduced = part(state, action);
		if (reduced !== undefined) return reduced;
	}
	return { state, effects: [] };
};

const heard = (before: State, action: Action): Reduced => {
	let state = before;
	const effects: Effect[] = [];
	for (const part of ALL) {
		const reduced = part(state, action);
		if (reduced === undefined) continue;
		state = reduced.state;
		effects.push(...reduced.effects);
	}
	return { state, effects };
};
