/** Export: which rows, in which form, into which file; a file that is there is not written over without asking. */
import { countText } from '../../output/quantities.ts';
import type { Action, Effect, Reduced } from '../actions.ts';
import { keyFor } from '../key-hints.ts';
import type { State } from '../state.ts';
import { edited, fieldOf, typed } from '../text-field.ts';
import { EXPORT_FORMATS, EXPORT_ROWS, exportCount, exportText, proposedPath } from './export-texts.ts';
import { closed, levelOf, noted, type OverlayOf, opened, replaced, unchanged } from './overlay-stack.ts';
import { askedUnmasked } from './reduce-copy.ts';

type Export = OverlayOf<'export'>;

const ROWS = 0;
const FORMAT = 1;
const PATH = 2;

export const openExport = (state: State): Reduced => {
	const level = levelOf(state);
	if (level === undefined || level.rows.length === 0)
		return { state: noted(state, 'there is no row to export'), effects: [] };
	const { value: path, caret } = fieldOf(proposedPath(state, level, 'csv'));
	const what = level.marked.size > 0 ? 'marked' : level.filter.trim() === '' ? 'all' : 'filtered';
	return opened(state, {
		kind: 'export',
		what,
		format: 'csv',
		path,
		caret,
		at: PATH,
		isProposed: true,
		problem: undefined,
	});
};

export const reduceExport = (state: State, overlay: Export, action: Action): Reduced | undefined => {
	if (action.type === 'text' || action.type === 'edit') return changed(state, overlay, action);
	if (action.type !== 'key') return undefined;
	switch (action.action) {
		case 'up':
		case 'previousPane':
			return replaced(state, { ...overlay, at: (overlay.at + PATH) % (PATH + 1) });
		case 'down':
		case 'nextPane':
			return replaced(state, { ...overlay, at: (overlay.at + 1) % (PATH + 1) });
		case 'accept':
			return accepted(state, overlay);
		default:
			return undefined;
	}
};

const changed = (state: State, overlay: Export, action: Extract<Action, { type: 'text' | 'edit' }>): Reduced => {
	if (overlay.at === PATH) {
		const field = { value: overlay.path, caret: overlay.caret };
		const { value: path, caret } = action.type === 'text' ? typed(field, action.text) : edited(field, action.edit);
		const isProposed = overlay.isProposed && path === overlay.path;
		return replaced(state, { ...overlay, path, caret, isProposed, problem: undefined });
	}
	const by =
		action.type === 'text'
			? action.text === ' '
				? 1
				: 0
			: action.edit === 'right'
				? 1
				: action.edit === 'left'
					? -1
					: 0;
	if (by === 0) return unchanged(state);
	if (overlay.at === ROWS)
		return replaced(state, { ...overlay, what: turned(EXPORT_ROWS, overlay.what, by), problem: undefined });
	const format = turned(EXPORT_FORMATS, overlay.format, by);
	const level = levelOf(state);
	if (overlay.at !== FORMAT || !overlay.isProposed || level === undefined)
		return replaced(state, { ...overlay, format });
	const { value: path, caret } = fieldOf(proposedPath(state, level, format));
	return replaced(state, { ...overlay, format, path, caret });
};

const turned = <T>(choices: readonly T[], now: T, by: number): T =>
	choices[(choices.indexOf(now) + by + choices.length) % choices.length] ?? now;

const accepted = (state: State, overlay: Export): Reduced => {
	const level = levelOf(state);
	const { what, format, path } = overlay;
	if (level === undefined) return closed(state);
	if (path.trim() === '') return replaced(state, { ...overlay, at: PATH, problem: 'into which file?' });
	if (exportCount(level, what) === 0)
		return replaced(state, {
			...overlay,
			at: ROWS,
			problem:
				what === 'marked' ? `no row is marked: ${keyFor(state, 'mark', 'browse')} marks` : 'there is no such row',
		});
	const effect: Effect = {
		do: 'export',
		path: path.trim(),
		text: exportText(state, level, what, format),
		overwrite: false,
	};
	const below = noted(closed(state).state, `writing ${countText(exportCount(level, what), 'row')} to ${effect.path}`);
	return state.look.masked ? askedUnmasked(below, effect, 'write') : { state: below, effects: [effect] };
};

/** Nothing was written: whether it shall be. */
export const fileExists = (state: State, { path, effect }: Extract<Action, { type: 'file-exists' }>): Reduced => {
	if (effect.do !== 'export' && effect.do !== 'write-trace') return unchanged(state);
	return opened(
		{ ...state, status: undefined },
		{
			kind: 'confirm',
			what: 'overwrite',
			text: [`${path} is there already.`],
			choices: [{ key: 'o', says: 'write over it', effects: [{ ...effect, overwrite: true }] }],
			at: 0,
		},
	);
};
