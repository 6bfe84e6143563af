/** The browse screen: moving and marking rows, going down and up, stopping and asking again, filter, follow mode. */
import type { Action, PartialReducer, Reduced } from '../actions.ts';
import { keyFor } from '../key-hints.ts';
import type { ActionName } from '../keys.ts';
import { cursorMoved, listHeight } from '../list-cursor.ts';
import type { State, StatusLine } from '../state.ts';
import { edited, fieldOf, typed } from '../text-field.ts';
import type { BrowseState, LevelState } from './browse-state.ts';
import { BELOW, currentLevel, currentRow, isRunning, leftLevel, openedRow, withLevel } from './levels.ts';
import { allMarked, markToggled, noneMarked, rangeToggled } from './marks.ts';
import { groupedOn, openedPatient, patientViewToggled } from './patient-view.ts';
import { picked } from './picked.ts';
import { isPreviewOf } from './preview-request.ts';
import { openedForm } from './reduce-form.ts';
import { withFilter } from './row-view.ts';
import { askedAgain, askedPastLimit, followedOn, queryEnded, rowsArrived } from './rows.ts';

/** Follow mode asks so often. */
export const FOLLOW_SECONDS = 30;
/** What a preview can be made, in columns; narrower than the least is none at all. */
const PREVIEW = { least: 20, most: 60, step: 4 } as const;

export const reduceBrowse: PartialReducer = (state, action) => {
	switch (action.type) {
		case 'rows':
			return rowsArrived(state, action);
		case 'query-ended':
			return queryEnded(state, action);
		case 'preview':
			return previewCame(state, action);
		case 'go-on':
			return only(groupedOn(state));
		case 'tick':
			return followed(state);
		case 'text':
		case 'edit':
			return state.browse.isFiltering ? filterTyped(state, action) : undefined;
		case 'key':
			return state.browse.isFiltering ? filterKey(state, action.action) : pressed(state, action.action);
		default:
			return undefined;
	}
};

const only = (state: State): Reduced => ({ state, effects: [] });

const says = (state: State, text: string, kind: StatusLine['kind'] = 'note'): Reduced =>
	only({ ...state, status: { kind, text } });

const withBrowse = (state: State, change: Partial<BrowseState>): Reduced =>
	only({ ...state, browse: { ...state.browse, ...change } });

const pressed = (state: State, action: ActionName): Reduced | undefined =>
	KEYS[action]?.(state) ?? moved(state, action);

const moved = (state: State, action: ActionName): Reduced | undefined => {
	const level = currentLevel(state);
	const cursor = cursorMoved(level, action, level.shown.length, listHeight(state.size));
	// Whoever moves the cursor wants it there.
	return cursor === undefined ? undefined : only(withLevel(state, { ...cursor, wantedKey: undefined }));
};

const onLevel =
	(change: (level: LevelState, state: State) => LevelState) =>
	(state: State): Reduced =>
		only(withLevel(state, change(currentLevel(state), state)));

const KEYS: Partial<Record<ActionName, (state: State) => Reduced | undefined>> = {
	open: (state) => opened(state),
	pick: picked,
	nextPane: (state) => opened(state),
	leave: (state) => leftLevel(state) ?? only(state),
	previousPane: (state) => leftLevel(state) ?? only(state),
	back: (state) => back(state),
	mark: onLevel(markToggled),
	range: onLevel(rangeToggled),
	markAll: onLevel(allMarked),
	unmarkAll: onLevel(noneMarked),
	filter: (state) => withBrowse(state, { isFiltering: true }),
	query: (state) => openedForm(state),
	again: (state) => again(state),
	follow: (state) => followToggled(state),
	pastLimit: askedPastLimit,
	why: (state) => why(state),
	patientView: (state) => only(patientViewToggled(state)),
	wider: (state) =>
		withBrowse(state, {
			previewWidth: Math.max(PREVIEW.least, Math.min(PREVIEW.most, state.browse.previewWidth + PREVIEW.step)),
		}),
	narrower: (state) => {
		const width = state.browse.previewWidth - PREVIEW.step;
		return withBrowse(state, { previewWidth: width < PREVIEW.least ? 0 : width });
	},
	maximize: (state) => withBrowse(state, { maximized: !state.browse.maximized }),
	tracePane: (state) => withBrowse(state, { tracePane: !state.browse.tracePane }),
};

const opened = (state: State): Reduced => {
	const level = currentLevel(state);
	const row = currentRow(state);
	if (row === undefined) return level.progress.state === 'none' ? openedForm(state) : only(state);
	if (level.isDerived && level.level === 'patient') return only(openedPatient(state, row));
	// The attributes of an instance are what its answer has.
	if (BELOW[level.level] === undefined)
		return { ...only(state), next: { type: 'key', at: state.now, action: 'inspect' } };
	return openedRow(state, row);
};

/** One thing at a time: what runs, a range, the filter, the level. At the top it does nothing: Esc never quits. */
const back = (state: State): Reduced => {
	const level = currentLevel(state);
	if (!level.isDerived && isRunning(level) && level.progress.state !== 'stopping') return stopped(state, false);
	if (level.rangeFrom !== undefined) return only(withLevel(state, { ...level, rangeFrom: undefined }));
	if (level.filter !== '') return only(withLevel(state, withFilter(level, '', state.size)));
	return (
		leftLevel(state) ??
		(state.status === undefined ? says(state, `${keyFor(state, 'quit')} quits`) : only({ ...state, status: undefined }))
	);
};

/** C-CANCEL, keeping what came; or the association's end. Undefined where nothing of this level runs. */
export const stopped = (state: State, isAbort: boolean): Reduced => {
	const index = state.browse.levels.findLastIndex((level) => !level.isDerived && isRunning(level));
	const level = state.browse.levels[index];
	if (level === undefined) return only(state);
	const { progress, queryId } = level;
	const began = progress.state === 'waiting' || progress.state === 'receiving' ? { began: progress.since } : {};
	const stopping: LevelState =
		progress.state === 'stopping' ? level : { ...level, progress: { state: 'stopping', since: state.now, ...began } };
	return { state: withLevel(state, stopping, index), effects: [{ do: 'stop-query', queryId, isAbort }] };
};

/** The level that is shown; of one that was made of other rows, those. */
const askedLevel = ({ browse }: State): number => browse.levels.findLastIndex(({ isDerived }) => !isDerived);

const again = (state: State): Reduced => {
	const index = askedLevel(state);
	const level = state.browse.levels[index];
	if (level === undefined) return only(state);
	const nodes = level.nodes.length > 0 ? level.nodes : state.current;
	if (nodes.length === 0) return says(state, `no node to ask: ${keyFor(state, 'switchNode')} chooses one`, 'warning');
	return askedAgain(withLevel(state, { ...level, nodes }, index), index, false);
};

const followToggled = (state: State): Reduced => {
	if (state.browse.followSeconds !== undefined)
		return only({
			...state,
			browse: { ...state.browse, followSeconds: undefined, followed: undefined },
			status: { kind: 'note', text: 'not followed any more' },
		});
	const level = askedLevel(state);
	if ((state.browse.levels[level]?.nodes.length ?? 0) === 0) return says(state, 'nothing was asked yet');
	const nextAt = state.now + FOLLOW_SECONDS * 1000;
	return only({
		...state,
		browse: { ...state.browse, followSeconds: FOLLOW_SECONDS, followed: { level, nextAt } },
		status: { kind: 'note', text: `asked again every ${FOLLOW_SECONDS} s, what is new is marked +` },
	});
};

/** A query that takes longer than the interval is waited for. */
const followed = (state: State): Reduced | undefined => {
	const { followed: what, followSeconds } = state.browse;
	if (what === undefined || followSeconds === undefined || state.now < what.nextAt) return undefined;
	const level = state.browse.levels[what.level];
	if (level === undefined || isRunning(level)) return undefined;
	const next = { ...what, nextAt: state.now + followSeconds * 1000 };
	return followedOn({ ...state, browse: { ...state.browse, followed: next } }, what.level);
};

const why = (state: State): Reduced => {
	const level = currentLevel(state);
	const [node] = level.nodes;
	if (node === undefined || level.progress.state !== 'done')
		return says(state, 'first a query has to end without a match');
	if (level.rows.length > 0) return says(state, 'there are matches: this finds out why there are none');
	return {
		...says(state, `asking ${node} without each key in turn`),
		effects: [{ do: 'why', node, query: level.query }],
	};
};

const previewCame = (
	state: State,
	{ node, uid, rows, state: how }: Extract<Action, { readonly type: 'preview' }>,
): Reduced | undefined =>
	isPreviewOf(state, { node, uid }) ? withBrowse(state, { preview: { node, uid, state: how, rows } }) : undefined;

// ---- the local filter ------------------------------------------------------------------------------------------------

const filterTyped = (state: State, action: Extract<Action, { readonly type: 'text' | 'edit' }>): Reduced => {
	const level = currentLevel(state);
	const field = fieldOf(level.filter);
	const { value } = action.type === 'text' ? typed(field, action.text) : edited(field, action.edit);
	return only(withLevel(state, withFilter(level, value, state.size)));
};

const filterKey = (state: State, action: ActionName): Reduced | undefined => {
	const over: State = { ...state, browse: { ...state.browse, isFiltering: false } };
	switch (action) {
		case 'accept':
			return only(over);
		case 'cancel':
			return only(withLevel(over, withFilter(currentLevel(over), '', state.size)));
		case 'interrupt':
			return undefined;
		default:
			return moved(state, action);
	}
};
