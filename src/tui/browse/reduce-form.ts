/** The query form: level, model and keys, with hints changed by what is typed and the command that asks the same. */

import { nearestKeywords } from '../../dicom/dictionary.ts';
import type { Action, PartialReducer, Reduced } from '../actions.ts';
import { closed, type OverlayOf, opened, replaced, unchanged } from '../overlays/overlay-stack.ts';
import type { FormField } from '../overlays/overlay-state.ts';
import type { State } from '../state.ts';
import { edited, typed } from '../text-field.ts';
import type { QuerySpec } from './browse-state.ts';
import { addedField, FORM_LEVELS, type FormLevel, fieldsFor, keywordTyped } from './form-fields.ts';
import { asked } from './levels.ts';
import { sameAs, sendsText } from './query-command.ts';
import { hintOf, nodeHint, problemOf } from './query-words.ts';

export type Form = OverlayOf<'form'>;

const AT_LEVEL = -2;
const AT_MODEL = -1;

/** The form, with the query that is browsed, or another. */
export const openedForm = (state: State, query: QuerySpec = browsedQuery(state)): Reduced =>
	opened(state, formOf(state, query));

/** Of the topmost level: what was opened below it is no query of a person's. */
const browsedQuery = ({ browse }: State): QuerySpec =>
	browse.levels[0]?.query ?? { level: 'study', model: 'study', keys: {} };

export const formOf = (state: State, query: QuerySpec): Form =>
	told(state, {
		kind: 'form',
		query,
		fields: [...fieldsFor(query.level, query.keys), addedField('')],
		at: 0,
		sends: '',
		hint: '',
		sameAs: '',
		problem: undefined,
	});

export const reduceForm: PartialReducer = (state, action) => {
	const form = state.overlays.at(-1);
	if (action.type === 'form') {
		const shown: State = { ...state, screen: 'browse' };
		return form?.kind === 'form' ? replaced(shown, formOf(shown, action.query)) : openedForm(shown, action.query);
	}
	if (form?.kind !== 'form') return undefined;
	const field = form.fields[form.at];
	switch (action.type) {
		case 'text':
			if (field === undefined)
				return action.text.trim() === '' ? chosen(state, form, 1) : letter(state, form, action.text);
			return withField(state, form, typed(field, action.text, isList(field.keyword) ? ',' : ' '));
		case 'edit':
			if (action.edit === 'clear') return replaced(state, told(state, cleared(form)));
			if (field !== undefined) return withField(state, form, edited(field, action.edit));
			if (action.edit === 'left' || action.edit === 'right')
				return chosen(state, form, action.edit === 'left' ? -1 : 1);
			return unchanged(state);
		case 'key':
			return pressed(state, form, action);
		default:
			return undefined;
	}
};

const pressed = (state: State, form: Form, action: Extract<Action, { readonly type: 'key' }>): Reduced | undefined => {
	switch (action.action) {
		case 'up':
		case 'previousPane':
			return moved(state, form, -1);
		case 'down':
		case 'nextPane':
			return moved(state, form, 1);
		case 'accept':
			return accepted(state, form);
		case 'cancel':
		case 'interrupt':
			return closed(state);
		default:
			return undefined;
	}
};

/** A pasted column of UIDs is a list of them. */
const isList = (keyword: string): boolean => /UID$|^Modalit/.test(keyword);

/** Round and round; a key that was named becomes a field of its own when its line is left. */
const moved = (state: State, form: Form, by: number): Reduced => {
	const next = withAdded(form);
	if (next === undefined) return unknownKey(state, form);
	const count = next.fields.length + 2;
	const at = ((form.at + 2 + by + count) % count) - 2;
	return replaced(state, told(state, { ...next, at }));
};

const accepted = (state: State, form: Form): Reduced => {
	const added = form.fields.at(-1);
	const next = withAdded(form);
	if (next === undefined) return unknownKey(state, form);
	// A keyword alone was named: its value comes next.
	if (added !== undefined && added.value.trim() !== '' && !added.value.includes('='))
		return replaced(state, told(state, { ...next, at: next.fields.length - 2 }));
	const query = queryOfForm(next);
	const wrong = next.fields.findIndex(
		({ keyword, value }) =>
			value.trim() !== '' && keyword !== '' && problemOf(keyword, value, todayOf(state)) !== undefined,
	);
	if (wrong >= 0) {
		const { keyword = '', value = '' } = next.fields[wrong] ?? {};
		return replaced(state, {
			...told(state, { ...next, at: wrong }),
			problem: problemOf(keyword, value, todayOf(state)),
		});
	}
	return asked({ ...state, overlays: state.overlays.slice(0, -1) }, query);
};

/** With what was typed at `+ add key` as a field of its own; undefined where it is no attribute. */
const withAdded = (form: Form): Form | undefined => {
	const last = form.fields.at(-1);
	if (last === undefined || last.keyword !== '' || last.value.trim() === '') return form;
	const key = keywordTyped(last.value);
	if (key === undefined) return undefined;
	const others = form.fields.slice(0, -1);
	const known = others.findIndex(({ keyword }) => keyword === key.keyword);
	const fields =
		known >= 0
			? others.with(known, { ...(others[known] ?? key), value: key.value, caret: key.caret })
			: [...others, key];
	return { ...form, fields: [...fields, addedField('')] };
};

const unknownKey = (state: State, form: Form): Reduced => {
	const typedText = form.fields.at(-1)?.value.split('=')[0]?.trim() ?? '';
	const near = nearestKeywords(typedText, 3);
	const problem = `"${typedText}" is no keyword and no tag${near.length === 0 ? '' : `: ${near.join(', ')}?`}`;
	return replaced(state, { ...form, at: form.fields.length - 1, problem });
};

const cleared = (form: Form): Form => ({
	...form,
	fields: [...fieldsFor(form.query.level, {}), addedField('')],
	at: Math.min(form.at, 0),
});

const withField = (state: State, form: Form, field: FormField): Reduced => {
	const isTyped = field.isTyped === true || field.value !== form.fields[form.at]?.value;
	const next = told(state, { ...form, fields: form.fields.with(form.at, { ...field, isTyped }) });
	return replaced(state, next);
};

/** The level or the model, another one. */
const chosen = (state: State, form: Form, by: number): Reduced => {
	const { level, model } = form.query;
	if (form.at === AT_MODEL) return withLevelAndModel(state, form, level, model === 'study' ? 'patient' : 'study');
	const levels: readonly QuerySpec['level'][] = FORM_LEVELS;
	const next = levels[(levels.indexOf(level) + by + levels.length) % levels.length] ?? 'study';
	return withLevelAndModel(state, form, next, model);
};

/** By its first letter. */
const letter = (state: State, form: Form, text: string): Reduced => {
	const wanted = text.trim().toLowerCase();
	if (form.at === AT_MODEL) {
		const model = (['study', 'patient'] as const).find((one) => one.startsWith(wanted));
		return model === undefined ? unchanged(state) : withLevelAndModel(state, form, form.query.level, model);
	}
	const level = FORM_LEVELS.find((one) => one.startsWith(wanted));
	return form.at === AT_LEVEL && level !== undefined
		? withLevelAndModel(state, form, level, form.query.model)
		: unchanged(state);
};

/** Study root has no patient level (PS3.4 C.6.2.1): the one brings the other with it. */
const withLevelAndModel = (
	state: State,
	form: Form,
	level: QuerySpec['level'],
	wanted: QuerySpec['model'],
): Reduced => {
	const turnsModel = form.at === AT_MODEL;
	const own: FormLevel = FORM_LEVELS.find((one) => one === level) ?? 'study';
	const model =
		own === 'patient' && !turnsModel
			? 'patient'
			: own !== 'patient' && form.query.level === 'patient'
				? 'study'
				: wanted;
	const next = turnsModel && model === 'study' && own === 'patient' ? 'study' : own;
	const keys = Object.fromEntries(
		form.fields
			.filter(({ keyword, value }) => keyword !== '' && value !== '')
			.map(({ keyword, value }) => [keyword, value]),
	);
	const fields = [...fieldsFor(next, keys), addedField(form.fields.at(-1)?.value ?? '')];
	return replaced(state, told(state, { ...form, query: { ...form.query, level: next, model }, fields }));
};

/** What is in the fields; those that were named and left empty are asked for. */
export const queryOfForm = ({ query, fields }: Pick<Form, 'query' | 'fields'>): QuerySpec => {
	const usual = new Set(fieldsFor(query.level, {}).map(({ keyword }) => keyword));
	const keys: Record<string, string> = {};
	for (const { keyword, value } of fields) {
		if (keyword === '' || (value.trim() === '' && usual.has(keyword))) continue;
		keys[keyword] = value.trim();
	}
	return { level: query.level, model: query.model, keys };
};

const todayOf = ({ epochMs, now }: State): Date => new Date(epochMs + now);

/** With everything said that follows from what is typed. */
const told = (state: State, form: Form): Form => {
	const today = todayOf(state);
	const query = queryOfForm(form);
	return {
		...form,
		query,
		fields: form.fields.map((field) =>
			field.keyword === ''
				? { ...field, hint: addHint(field.value) }
				: { ...field, hint: hintOf(field.keyword, field.value, query.level, today) },
		),
		sends: sendsText(query, today),
		hint: nodeHint(
			query,
			state.nodes.find(({ name }) => name === state.current[0]),
		),
		sameAs: sameAs(state, query),
		problem: undefined,
	};
};

const addHint = (text: string): string => {
	const name = text.split('=')[0]?.trim() ?? '';
	if (name === '') return 'type a DICOM keyword or tag';
	const key = keywordTyped(text);
	if (key !== undefined) return key.label === key.keyword ? '' : key.keyword;
	const near = name.length < 3 ? [] : nearestKeywords(name, 2);
	return near.length === 0 ? 'no such keyword' : `${near.join(', ')}?`;
};
