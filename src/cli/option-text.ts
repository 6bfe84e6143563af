/** What is said of an option wherever it is said: in help, in man pages and to the shell. */
import type { Command, Group, OptionSpec, OptionTable, Positional } from './command.ts';
import { GROUPS } from './command.ts';
import { optionsOf, type Spelled, takesValue } from './spellings.ts';

/** All that is known of a command without loading it. */
export interface Listed {
	readonly name: string;
	readonly aliases: readonly string[];
	readonly summary: string;
}

/** Shown options by their groups, in the order of help. */
export const groupedOptions = (
	command: Spelled,
): readonly (readonly [Group, readonly (readonly [string, OptionSpec])[]])[] => {
	const shown = shownOptions(optionsOf(command));
	return GROUPS.map((group) => [group, shown.filter(([, spec]) => spec.group === group)] as const).filter(
		([, options]) => options.length > 0,
	);
};

export const shownOptions = (table: OptionTable): readonly (readonly [string, OptionSpec])[] =>
	Object.entries(table).filter(([, { hidden }]) => hidden !== true);

/** `-L, --level`, or `-aet, --calling` where another tool's short word has become a habit; and its value by itself, '' for a flag. */
export const optionWords = (
	name: string,
	spec: OptionSpec,
): { readonly words: readonly string[]; readonly value: string } => ({
	words: [...shortWord(spec), `--${name}`],
	value: takesValue(spec) ? (spec.value ?? 'VALUE') : '',
});

const shortWord = ({ short, old = [] }: OptionSpec): readonly string[] =>
	short === undefined ? old.filter((token) => /^-[a-z]/.test(token)).slice(0, 1) : [`-${short}`];

/** The whole sentence: what it does, which values there are, what holds where it is not given. */
export const optionSentence = (spec: OptionSpec): string => {
	const parts = [spec.help];
	if (spec.choices !== undefined) parts.push(`one of ${spec.choices.join(', ')}`);
	if (spec.many) parts.push('may be repeated');
	const bounds = boundsOf(spec);
	if (bounds !== undefined) parts.push(bounds);
	const fallback = spec.otherwise ?? fallbackOf(spec);
	if (fallback !== undefined && fallback !== '') parts.push(`default: ${fallback}`);
	if (spec.variable !== undefined) parts.push(`environment: ${spec.variable}`);
	const sets = setWords(spec);
	if (sets.length > 0) parts.push(`short: ${sets.join(', ')}`);
	return parts.join('; ');
};

const fallbackOf = ({ default: fallback, value }: OptionSpec): string | undefined => {
	if (fallback === undefined || fallback === false) return undefined;
	return fallback === 0 && value === 'SECONDS' ? 'none' : String(fallback);
};

const boundsOf = ({ min, max, orZero }: OptionSpec): string | undefined =>
	min === undefined || max === undefined ? undefined : `${min} to ${max}${orZero ? ', or 0' : ''}`;

/** `-S study, -P patient`: flags that stand for its values. */
export const setWords = ({ sets = {} }: OptionSpec): readonly string[] => {
	const first = new Map<string, string>();
	for (const [token, value] of Object.entries(sets)) if (!first.has(String(value))) first.set(String(value), token);
	return [...first].map(([value, token]) => `${token} ${value}`);
};

/** `dimse find [OPTION...] PEER [KEY[=VALUE]...]` */
export const synopsis = ({ name, positionals }: Pick<Command, 'name' | 'positionals'>): string =>
	['dimse', name, '[OPTION...]', ...positionals.map(positionalWord)].join(' ');

export const positionalWord = ({ name, required, many }: Positional): string => {
	const word = many ? `${name}...` : name;
	return required ? word : `[${word}]`;
};

/** Breaks a text at blanks so that no line is longer than `width`, where its words allow. */
export const wrapped = (text: string, width: number): readonly string[] => {
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ')) {
		if (line !== '' && line.length + 1 + word.length > width) {
			lines.push(line);
			line = word;
		} else line = line === '' ? word : `${line} ${word}`;
	}
	lines.push(line);
	return lines;
};

/** Two columns; a left part that is too long has a line for itself. */
export const definition = (left: string, text: string, columns: number, at = 28): string => {
	const lines = wrapped(text, Math.max(24, columns - at));
	const margin = ' '.repeat(at);
	return left.length + 2 <= at
		? `${left.padEnd(at)}${lines.join(`\n${margin}`)}\n`
		: `${left}\n${margin}${lines.join(`\n${margin}`)}\n`;
};
