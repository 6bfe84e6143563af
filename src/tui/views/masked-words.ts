/** What is told in words on a screen that is masked: names in it become the pseudonyms that stand in the tables. */
import type { Explanation } from '../../diagnose/explanation.ts';
import type { QuerySpec } from '../browse/browse-state.ts';
import { sentKeys } from '../browse/query-command.ts';
import { type MaskKind, masked, maskKindOfKey } from '../mask.ts';
import type { State } from '../state.ts';

/** Below this a name is no name: it would be found in other words. */
const SHORTEST = 3;

/** @param text told of what is in the queue or was asked for, as it was said */
export const toldWords = (state: State, text: string): string => {
	if (!state.look.masked) return text;
	const { names, pattern } = secretsOf(state);
	return pattern === undefined ? text : text.replace(pattern, (found) => masked(found, names.get(found) ?? 'name'));
};

export const toldExplanation = (state: State, explanation: Explanation): Explanation => {
	if (!state.look.masked) return explanation;
	const told = (text: string): string => toldWords(state, text);
	const { title, cameBack, means, do: steps } = explanation;
	return {
		...explanation,
		title: told(title),
		...(cameBack === undefined ? {} : { cameBack: told(cameBack) }),
		means: means.map(told),
		do: steps.map(told),
	};
};

interface Secrets {
	readonly names: ReadonlyMap<string, MaskKind>;
	/** Any of them, the longest first. */
	readonly pattern: RegExp | undefined;
}

/** A frame tells many lines of one state. */
const KNOWN = new WeakMap<State, Secrets>();

const secretsOf = (state: State): Secrets => {
	const known = KNOWN.get(state);
	if (known !== undefined) return known;
	const names = new Map<string, MaskKind>();
	const add = (text: string, kind: MaskKind): void => {
		if (text.length >= SHORTEST) names.set(text, kind);
	};
	for (const { patient } of state.queue.jobs) add(patient, 'name');
	const today = new Date(state.epochMs + state.now);
	for (const { query, title, of } of state.browse.levels) {
		if (of !== undefined) add(title, 'name');
		addQuery(query, today, add);
	}
	for (const query of state.history) addQuery(query, today, add);
	const texts = [...names.keys()]
		.sort((a, b) => b.length - a.length)
		.map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
	const secrets = { names, pattern: texts.length === 0 ? undefined : new RegExp(texts.join('|'), 'g') };
	KNOWN.set(state, secrets);
	return secrets;
};

/** Hints say a value in upper case too, and without its wildcards; warnings say it as it was sent. */
const addQuery = (query: QuerySpec, today: Date, add: (text: string, kind: MaskKind) => void): void => {
	for (const [keyword, value] of [...Object.entries(query.keys), ...sentKeys(query, today)]) {
		const kind = maskKindOfKey(keyword);
		if (kind === undefined) continue;
		for (const one of [value, value.replaceAll(/^[*?]+|[*?]+$/g, '')])
			for (const text of [one, one.toUpperCase()]) add(text, kind);
	}
};
