/** Every token by which the options of one command may be called, made from its table and from what other tools call them. */
import type { Command, OldSpelling, OptionSpec, OptionTable } from './command.ts';
import { OLD_SPELLINGS } from './old-spellings.ts';
import { GENERAL } from './option-groups.ts';

export type Meaning =
	| { readonly kind: 'option'; readonly name: string; readonly spec: OptionSpec }
	/** Stands for a value of an option, and takes none. */
	| { readonly kind: 'set'; readonly name: string; readonly value: string }
	| { readonly kind: 'old'; readonly old: OldSpelling };

/** What is needed of a command to read its arguments. */
export type Spelled = Pick<Command, 'name' | 'options' | 'positionals' | 'oldSpellings' | 'aliasDefaults'>;

/** The command's own options, then the general ones that it does not define itself. */
export const optionsOf = (command: Spelled): OptionTable => ({
	...command.options,
	...Object.fromEntries(Object.entries(GENERAL).filter(([name]) => !Object.hasOwn(command.options, name))),
});

export const oldSpellingsOf = (command: Spelled): readonly OldSpelling[] =>
	command.oldSpellings ?? OLD_SPELLINGS[command.name] ?? [];

/** @param calledBy the name or alias that the command was called by */
export const spellingsOf = (command: Spelled, calledBy = command.name): ReadonlyMap<string, Meaning> => {
	const meanings = new Map<string, Meaning>();
	for (const [name, spec] of Object.entries(optionsOf(command))) {
		const own = [`--${name}`, ...(spec.short === undefined ? [] : [`-${spec.short}`]), ...(spec.old ?? [])];
		for (const token of own) meanings.set(token, { kind: 'option', name, spec });
		for (const [token, value] of Object.entries(spec.sets ?? {}))
			meanings.set(token, { kind: 'set', name, value: String(value) });
	}
	// Where an alias redefines a word of ours, it does so on purpose; nothing else may.
	for (const old of oldSpellingsOf(command)) {
		if (old.alias !== undefined && old.alias !== calledBy) continue;
		for (const token of old.spellings)
			if (old.alias !== undefined || !meanings.has(token)) meanings.set(token, { kind: 'old', old });
	}
	return meanings;
};

/** How many values follow. */
export const arityOf = (meaning: Meaning): 0 | 1 | 2 => {
	if (meaning.kind === 'set') return 0;
	if (meaning.kind === 'old') return meaning.old.takes ?? 0;
	return takesValue(meaning.spec) ? 1 : 0;
};

export const takesValue = ({ type }: OptionSpec): boolean => type === 'string' || type === 'number';
