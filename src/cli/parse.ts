/** Arguments in, typed values out: the first pass of `arguments.ts`, then yargs, strict, then what the option table demands of each value. */
import { Parser } from 'yargs/helpers';
import { DicomError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { type Note, readArguments } from './arguments.ts';
import type { OptionSpec, OptionTable, Values } from './command.ts';
import { optionsOf, type Spelled } from './spellings.ts';

export interface Parsed {
	readonly options: Values<OptionTable>;
	readonly positionals: readonly string[];
	readonly notes: readonly Note[];
}

type Scalar = string | number | boolean;

/** Any other value of a variable that stands for a flag sets it. */
const OFF = /^(?:0|false|no|off)$/i;

/**
 * @param calledBy the name or alias that the command was called by
 * @throws DicomError usage
 */
export const parse = (
	command: Spelled,
	argv: readonly string[],
	variables: Readonly<Record<string, string | undefined>>,
	calledBy = command.name,
): Parsed => {
	const { options, positionals, notes } = readArguments(command, argv, calledBy);
	checkPositionals(command, positionals);
	const table = optionsOf(command);
	const given = parsedByYargs(table, options);
	const values: Record<string, Scalar | readonly Scalar[] | undefined> = {};
	for (const [name, spec] of Object.entries(table)) {
		const own = given(name);
		const variable = spec.variable === undefined ? undefined : variables[spec.variable];
		const fallback = command.aliasDefaults?.[calledBy]?.[name] ?? spec.default;
		if (spec.type === 'count') values[name] = own.length;
		else if (spec.type === 'boolean')
			values[name] = own.length > 0 ? own.at(-1) !== 'false' : variable ? !OFF.test(variable) : (fallback ?? false);
		else if (own.length > 0 || variable) {
			const texts = own.length > 0 ? own : [variable ?? ''];
			const where = own.length > 0 ? `--${name}` : (spec.variable ?? name);
			const typed = texts.map((text) => typedValue(where, spec, text));
			values[name] = spec.many ? typed : typed.at(-1);
		} else values[name] = spec.many ? [] : fallback;
	}
	return { options: levelled(values as Values<OptionTable>), positionals, notes };
};

/** `--log-level` where neither -q nor -v nor -d is given: as those, so that whoever reads them needs not know of it. */
const levelled = (values: Values<OptionTable>): Values<OptionTable> => {
	const { 'log-level': level, quiet, verbose, debug } = values as Readonly<Record<string, Scalar | undefined>>;
	if (level === undefined || quiet || verbose || debug) return values;
	const same = {
		quiet: level === 'fatal' ? 2 : level === 'error' ? 1 : 0,
		verbose: level === 'info' ? 1 : 0,
		debug: level === 'debug' || level === 'trace',
	};
	return { ...values, ...same } as unknown as Values<OptionTable>;
};

/**
 * Texts as they were given, in order; an empty array where an option was not given. Only the parser of yargs is loaded: its help, its
 * completions and its locales would cost 7 ms at every start, and all of them are printed from the option tables here.
 */
const parsedByYargs = (table: OptionTable, options: readonly string[]): ((name: string) => readonly string[]) => {
	// It takes quotes off a value that begins and ends with one; behind another = it does not.
	const quoted = options.map((option) => option.replace('=', '=='));
	const { argv, error } = Parser.detailed(quoted, {
		string: Object.keys(table),
		array: [],
		// yargs would turn texts to numbers, --no-x to x and a.b to objects.
		configuration: {
			'boolean-negation': false,
			'camel-case-expansion': false,
			'dot-notation': false,
			'duplicate-arguments-array': true,
			'parse-numbers': false,
			'parse-positional-numbers': false,
			'short-option-groups': false,
		},
	});
	if (error !== null) throw new DicomError({ blame: 'usage', message: error.message });
	return (name) => {
		const value: unknown = argv[name];
		if (value === undefined) return [];
		return (Array.isArray(value) ? value : [value]).map((one) => String(one).replace(/^=/, ''));
	};
};

const typedValue = (where: string, spec: OptionSpec, text: string): string | number => {
	if (spec.type === 'number') return numberOf(where, spec, text);
	if (spec.choices === undefined) return text;
	const wanted = text.toLowerCase();
	const found = spec.choices.find((choice) => choice.toLowerCase() === wanted) ?? spec.synonyms?.[wanted];
	if (found !== undefined) return found;
	throw new DicomError({
		blame: 'usage',
		message: `${where}: "${text}" is none of ${spec.choices.join(', ')}`,
		suggestions: nearest(text, spec.choices),
	});
};

const numberOf = (where: string, { min, max, whole, orZero, value }: OptionSpec, text: string): number => {
	const refused = (what: string) => new DicomError({ blame: 'usage', message: `${where}: "${text}" ${what}` });
	if (!/^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(text))
		throw refused(value === 'SECONDS' ? 'is no number of seconds' : 'is no number');
	const number = Number(text);
	if (whole && !Number.isSafeInteger(number)) throw refused('is no whole number');
	if (orZero && number === 0) return 0;
	const zero = orZero ? ', or 0' : '';
	if (min !== undefined && number < min)
		throw refused(max === undefined ? `is less than ${min}${zero}` : `is not between ${min} and ${max}${zero}`);
	// A timer longer than this would fire at once.
	const most = max ?? (value === 'SECONDS' ? 2_147_483 : undefined);
	if (most !== undefined && number > most)
		throw refused(min === undefined ? `is more than ${most}` : `is not between ${min} and ${most}${zero}`);
	return number;
};

const checkPositionals = ({ name, positionals }: Spelled, given: readonly string[]): void => {
	if (given.length <= positionals.length || positionals.some(({ many }) => many)) return;
	const extra = given[positionals.length] ?? '';
	throw new DicomError({ blame: 'usage', message: `${name}: there is nothing that "${extra}" could be` });
};
