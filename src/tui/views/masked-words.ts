/** What is told in words on a screen that is masked: names in it become the pseudonyms that stand in the tables. */
import type { Explanation } from '../../diagnose/explanation.ts';
import type { QuerySpec } from '../browse/browse-state.ts';
import { sentKeys } from '../browse/query-command.ts';
import { type MaskKind, masked, maskKindOfKey } from '../mask.ts';
import type { State } from '../state.ts';

/** Below this a name is no name: it would be found in other words. */
const SHORTEST = 3;

/** @param text told of what is in the queue or was asked for, as it was said */
export const toldWords = (state: State, text: string): string =>
	state.look.masked ? withoutSecrets(text, secretsOf(state)) : text;

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

/** What is looked for, by the characters that it begins with, the longest first; and how each is masked. */
type Secrets = ReadonlyMap<string, readonly (readonly [text: string, kind: MaskKind])[]>;

/** One pass from left to right, so that neither a long name nor many of them make it slow. */
const withoutSecrets = (text: string, secrets: Secrets): string => {
	let told = '';
	let from = 0;
	for (let at = 0; at + SHORTEST <= text.length; ) {
		const found = secrets.get(text.slice(at, at + SHORTEST))?.find(([secret]) => text.startsWith(secret, at));
		if (found === undefined) {
			at++;
			continue;
		}
		const [secret, kind] = found;
		told += text.slice(from, at) + masked(secret, kind);
		at += secret.length;
		from = at;
	}
	return told + text.slice(from);
};

/** A frame tells many lines of one state. */
const KNOWN = new WeakMap<State, Secrets>();
/** Most changes of the state bring no other names. */
let newest: { readonly of: readonly unknown[]; readonly secrets: Secrets } | undefined;

const secretsOf = (state: State): Secrets => {
	const known = KNOWN.get(state);
	if (known !== undefined) return known;
	const { queue, browse, history } = state;
	const today = new Date(state.epochMs + state.now);
	const of = [
		...[today.toDateString(), history],
		...browse.levels.flatMap((level) => [level.query, level.title, level.of !== undefined]),
		...queue.jobs.map(({ patient }) => patient),
	];
	const isSame = newest?.of.length === of.length && newest.of.every((one, index) => one === of[index]);
	const secrets = isSame && newest !== undefined ? newest.secrets : secretsIn(state, today);
	newest = { of, secrets };
	KNOWN.set(state, secrets);
	return secrets;
};

const secretsIn = ({ queue, browse, history }: State, today: Date): Secrets => {
	const kinds = new Map<string, MaskKind>();
	const add = (text: string, kind: MaskKind): void => {
		if (text.length >= SHORTEST) kinds.set(text, kind);
	};
	for (const { patient } of queue.jobs) add(patient, 'name');
	for (const { query, title, of } of browse.levels) {
		if (of !== undefined) add(title, 'name');
		addQuery(query, today, add);
	}
	for (const query of history) addQuery(query, today, add);
	const secrets = new Map<string, [string, MaskKind][]>();
	for (const entry of [...kinds].sort(([a], [b]) => b.length - a.length)) {
		const beginning = entry[0].slice(0, SHORTEST);
		const alike = secrets.get(beginning);
		if (alike === undefined) secrets.set(beginning, [entry]);
		else alike.push(entry);
	}
	return secrets;
};

/** Hints say a value in upper case too, and without its wildcards; warnings say it as it was sent. */
const addQuery = (query: QuerySpec, today: Date, add: (text: string, kind: MaskKind) => void): void => {
	for (const [keyword, value] of [...Object.entries(query.keys), ...sentKeys(query, today)]) {
		const kind = maskKindOfKey(keyword);
		if (kind === undefined) continue;
		for (const one of [value, withoutWildcards(value)]) for (const text of [one, one.toUpperCase()]) add(text, kind);
	}
};

/** At both ends. */
const withoutWildcards = (value: string): string => {
	let from = 0;
	let to = value.length;
	while (from < to && isWildcard(value[from])) from++;
	while (from < to && isWildcard(value[to - 1])) to--;
	return value.slice(from, to);
};

const isWildcard = (character: string | undefined): boolean => character === '*' || character === '?';
