/** What a subcommand is: one table from which the parser, the help, the man page, the completions and the tests are made. */
import type { Environment } from './environment.ts';
import type { ExitStatus } from './exit-statuses.ts';

/** The headings of help, in their order there. */
export const GROUPS = [
	'Common',
	'Query',
	'Retrieve',
	'Files',
	'Output',
	'Association',
	'TLS',
	'User identity',
	'General',
] as const;
export type Group = (typeof GROUPS)[number];

/** One option. Its name is its key in the table, in kebab-case and without the dashes. */
export interface OptionSpec {
	readonly type: 'boolean' | 'string' | 'number' | 'count';
	/** One letter. */
	readonly short?: string;
	/** What stands for the value in help. */
	readonly value?: string;
	readonly choices?: readonly string[];
	readonly default?: string | number | boolean;
	/** What holds where it is not given and `default` is not the place for it (an environment variable, a node's entry). Help prints it. */
	readonly otherwise?: string;
	/** May be given several times; the value is then an array, empty where it was not given. */
	readonly many?: true;
	/** Other words for a choice, in lower case: `{ image: 'instance' }`. Choices themselves are told apart without regard to case. */
	readonly synonyms?: Readonly<Record<string, string>>;
	/** Bounds of a number, both allowed themselves; `orZero` where 0 means "none" outside of them. */
	readonly min?: number;
	readonly max?: number;
	readonly whole?: true;
	readonly orZero?: true;
	/** The environment variable that holds where the option is not given. */
	readonly variable?: string;
	readonly group: Group;
	/** One sentence without its full stop. */
	readonly help: string;
	readonly hidden?: true;
	/** Other spellings of the same option with the same arity, as `-aet` or `+P`. */
	readonly old?: readonly string[];
	/** Flags that stand for a value of this option: `{ '-S': 'study', '--json': 'json' }`. */
	readonly sets?: Readonly<Record<string, string | number>>;
	/** What the shell offers for its value. */
	readonly completes?: 'file' | 'folder' | 'node';
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

/**
 * A spelling of another tool that is no mere synonym. It becomes other tokens (`$1`, `$2` stand for its values), or is swallowed and said so
 * with `-v`, or is refused with what to do instead.
 */
export type OldSpelling = {
	readonly spellings: readonly string[];
	/** How many values follow it. */
	readonly takes?: 1 | 2;
	/** Holds only where the command was called by this alias, since our own option of that name means something else. */
	readonly alias?: string;
} & (
	| { readonly to: readonly string[]; readonly warning?: string }
	| { readonly ignored: string }
	| { readonly refused: string }
);

export interface Positional {
	readonly name: string;
	readonly help: string;
	readonly required?: true;
	readonly many?: true;
	readonly completes?: 'file' | 'folder' | 'node';
}

export interface Example {
	readonly line: string;
	readonly says: string;
}

export interface Command<O extends OptionTable = OptionTable> {
	readonly name: string;
	readonly aliases: readonly string[];
	/** One line, lower case, without a full stop. */
	readonly summary: string;
	/** Paragraphs of the man page. */
	readonly description: readonly string[];
	readonly positionals: readonly Positional[];
	readonly options: O;
	readonly oldSpellings?: readonly OldSpelling[];
	/** Option values that hold where the command was called by an alias and neither the line nor the environment says otherwise. */
	readonly aliasDefaults?: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;
	readonly examples: readonly Example[];
	/** Throws DicomError; whoever called it tells it to the user. A method, so that a table of commands of all kinds can be made. */
	run(options: Values<O>, positionals: readonly string[], env: Environment): Promise<ExitStatus>;
}

type Scalar<S extends OptionSpec> = S extends { choices: readonly (infer C)[] }
	? C
	: S['type'] extends 'boolean'
		? boolean
		: S['type'] extends 'number' | 'count'
			? number
			: string;

/**
 * The parsed options: choices as unions, `many` as arrays, `count` as a number from 0, a boolean false where it is not given, anything else
 * without a `default` perhaps undefined.
 */
export type Values<O extends OptionTable> = {
	readonly [K in keyof O]: O[K] extends { many: true }
		? readonly Scalar<O[K]>[]
		: O[K]['type'] extends 'boolean' | 'count'
			? Scalar<O[K]>
			: O[K] extends { default: string | number | boolean }
				? Scalar<O[K]>
				: Scalar<O[K]> | undefined;
};

/** Gives `run` its types from the table above it. */
export const defineCommand = <const O extends OptionTable>(command: Command<O>): Command<O> => command;
