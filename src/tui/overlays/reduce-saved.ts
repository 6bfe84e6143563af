/** Saved queries, earlier ones, and the one line that is asked for when something is saved or written. */
import type { Action, Effect, Reduced } from '../actions.ts';
import type { QuerySpec, SavedQuery } from '../browse/browse-state.ts';
import { cursorMoved, listHeight } from '../list-cursor.ts';
import type { State } from '../state.ts';
import { edited, fieldOf, typed } from '../text-field.ts';
import { closed, levelOf, noted, type OverlayOf, opened, replaced, unchanged } from './overlay-stack.ts';
import { askedUnmasked } from './reduce-copy.ts';
import { historyEntries, isPredefined, PREDEFINED, queryLine, savedEntries } from './saved-queries.ts';

// ---- saved queries -----------------------------------------------------------------------------------------------------

export const openSaved = (state: State): Reduced => opened({ ...state, status: undefined }, { kind: 'saved', at: 0 });

export const reduceSaved = (state: State, overlay: OverlayOf<'saved'>, action: Action): Reduced | undefined => {
	if (action.type !== 'key') return undefined;
	const entries = savedEntries(state);
	// One may have been deleted.
	const at = Math.min(overlay.at, entries.length - 1);
	const chosen = entries[at];
	switch (action.action) {
		case 'accept':
			if (chosen === undefined) return unchanged(state);
			return {
				...closed(state),
				next: {
					type: 'ask',
					at: action.at,
					query: specOf(chosen),
					...(chosen.node === undefined ? {} : { nodes: [chosen.node] }),
				},
			};
		case 'countAll': {
			const node = state.current[0];
			if (node === undefined) return { state: noted(state, 'no node is known yet', 'warning'), effects: [] };
			const effects = byNode(entries, node).map(
				([one, queries]): Effect => ({ do: 'count-queries', node: one, queries }),
			);
			return { state: noted(state, `counting ${entries.length} queries`), effects };
		}
		case 'tieQuery':
			return chosen === undefined ? unchanged(state) : tied(state, chosen);
		case 'removeQuery':
			return chosen === undefined ? unchanged(state) : removalAsked(state, chosen);
		default: {
			const moved = cursorMoved({ at, top: 0 }, action.action, entries.length, listHeight(state.size));
			return moved === undefined ? undefined : replaced(state, { ...overlay, at: moved.at });
		}
	}
};

/** To the node that is asked, or to any again; one that is always there is saved for it. */
const tied = (state: State, { node: before, ...query }: SavedQuery): Reduced => {
	const { name } = query;
	if (before !== undefined) return { state, effects: [{ do: 'save-query', query, says: `${name}: for any node` }] };
	const node = state.current[0];
	if (node === undefined) return { state: noted(state, 'no node is known yet', 'warning'), effects: [] };
	return { state, effects: [{ do: 'save-query', query: { ...query, node }, says: `${name}: for ${node} alone` }] };
};

/** One that has the name, also in other letters, is written over only after asking. @param state without what the name was typed into */
export const saved = (state: State, query: QuerySpec, name: string): Reduced => {
	const entries = savedEntries(state);
	const taken =
		entries.find((one) => one.name === name) ?? entries.find((one) => one.name.toLowerCase() === name.toLowerCase());
	const effect = (under: string): Effect => ({
		do: 'save-query',
		query: { ...specOf(query), name: under },
		says: `saved as ${under}`,
	});
	if (taken === undefined) return { state, effects: [effect(name)] };
	return opened(
		{ ...state, status: undefined },
		{
			kind: 'confirm',
			what: 'overwrite-query',
			text: [`"${taken.name}" is there already:`, queryLine(taken, state.look.masked)],
			choices: [{ key: 'o', says: 'save this one in its place', effects: [effect(taken.name)] }],
			at: 0,
		},
	);
};

const removalAsked = (state: State, query: SavedQuery): Reduced => {
	if (isPredefined(query)) return { state: noted(state, `${query.name} is always there`), effects: [] };
	return opened(state, {
		kind: 'confirm',
		what: 'remove-query',
		text: [`The saved query "${query.name}" is deleted.`],
		choices: [{ key: 'd', says: 'delete it', effects: [{ do: 'remove-query', name: query.name }] }],
		at: 0,
	});
};

const specOf = ({ level, model, keys }: QuerySpec): QuerySpec => ({ level, model, keys });

const byNode = (
	queries: readonly SavedQuery[],
	otherwise: string,
): readonly (readonly [node: string, queries: readonly SavedQuery[]])[] => {
	const groups = new Map<string, SavedQuery[]>();
	for (const query of queries) {
		const node = query.node ?? otherwise;
		groups.set(node, [...(groups.get(node) ?? []), query]);
	}
	return [...groups];
};

/** A predefined one that was counted is kept among the saved ones, which take its place. */
export const counted = (state: State, { name, count }: Extract<Action, { type: 'counted' }>): Reduced => {
	const predefined = PREDEFINED.find((one) => one.name === name);
	const own = state.savedQueries.some((one) => one.name === name);
	const all = own || predefined === undefined ? state.savedQueries : [...state.savedQueries, predefined];
	const savedQueries = all.map((one): SavedQuery => {
		if (one.name !== name) return one;
		const { count: _before, ...rest } = one;
		return count === undefined ? rest : { ...rest, count };
	});
	return { state: { ...state, savedQueries }, effects: [] };
};

// ---- history -----------------------------------------------------------------------------------------------------------

export const openHistory = (state: State): Reduced => opened(state, { kind: 'history', at: 0, filter: '' });

/** From the form it fills the form, else it is asked. */
export const reduceHistory = (state: State, overlay: OverlayOf<'history'>, action: Action): Reduced | undefined => {
	if (action.type === 'text' || action.type === 'edit') {
		const field = fieldOf(overlay.filter);
		const { value } = action.type === 'text' ? typed(field, action.text) : edited(field, action.edit);
		return replaced(state, { ...overlay, filter: value, at: 0 });
	}
	if (action.type !== 'key') return undefined;
	const entries = historyEntries(state, overlay.filter);
	if (action.action === 'accept') {
		const query = entries[overlay.at];
		if (query === undefined) return unchanged(state);
		const below = closed(state);
		const type = below.state.overlays.at(-1)?.kind === 'form' ? 'form' : 'ask';
		return { ...below, next: { type, at: action.at, query } };
	}
	const moved = cursorMoved({ at: overlay.at, top: 0 }, action.action, entries.length, listHeight(state.size));
	return moved === undefined ? undefined : replaced(state, { ...overlay, at: moved.at });
};

// ---- one line ----------------------------------------------------------------------------------------------------------

export const openPrompt = (
	state: State,
	what: OverlayOf<'prompt'>['what'],
	label: string,
	proposed: string,
	query?: QuerySpec,
): Reduced =>
	opened(state, {
		kind: 'prompt',
		what,
		label,
		...fieldOf(proposed),
		problem: undefined,
		...(query === undefined ? {} : { query }),
	});

const TRACE_ENDINGS: readonly string[] = ['.pcap', '.txt', '.jsonl'];

export const reducePrompt = (state: State, overlay: OverlayOf<'prompt'>, action: Action): Reduced | undefined => {
	if (action.type === 'text') return replaced(state, { ...typed(overlay, action.text), problem: undefined });
	if (action.type === 'edit') return replaced(state, { ...edited(overlay, action.edit), problem: undefined });
	if (action.type !== 'key' || action.action !== 'accept') return undefined;
	const value = overlay.value.trim();
	if (overlay.what === 'save-query') {
		if (value === '') return replaced(state, { ...overlay, problem: 'a name is needed' });
		const query = overlay.query ?? levelOf(state)?.query;
		const below = closed(state);
		return query === undefined ? below : saved(below.state, query, value);
	}
	if (!TRACE_ENDINGS.some((ending) => value.toLowerCase().endsWith(ending)))
		return replaced(state, { ...overlay, problem: `the ending says how it is written: ${TRACE_ENDINGS.join(', ')}` });
	const redact = overlay.what === 'write-redacted';
	const filter = state.trace.filterProblem === undefined ? state.trace.filter : '';
	const effect: Effect = { do: 'write-trace', path: value, redact, filter, overwrite: false };
	return state.look.masked && !redact ? askedUnmasked(closed(state).state, effect, 'write') : closed(state, effect);
};
