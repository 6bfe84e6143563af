/** What a command says on stderr beside its data, and how much of it is wanted. */
import { sanitize } from '../output/sanitize.ts';
import type { Environment } from './environment.ts';

/** In this order: each says what the ones before it say. */
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** The options that decide on it; every command has them. */
export interface LogOptions {
	readonly quiet: number;
	readonly verbose: number;
	readonly debug: boolean;
	readonly 'log-level'?: LogLevel | undefined;
}

/** -q, -v and -d win over --log-level, since that may come from the environment. */
export const logLevelOf = (options: LogOptions): LogLevel => {
	if (options.debug) return 'debug';
	if (options.quiet > 0) return options.quiet > 1 ? 'fatal' : 'error';
	if (options.verbose > 0) return options.verbose > 1 ? 'debug' : 'info';
	return options['log-level'] ?? 'warn';
};

export const isWanted = (level: LogLevel, options: LogOptions): boolean =>
	LEVELS.indexOf(level) <= LEVELS.indexOf(logLevelOf(options));

export interface Conversation {
	readonly level: LogLevel;
	wants(level: LogLevel): boolean;
	/** Something the user should know although it works: `warning: ...`. */
	warn(text: string): void;
	/** Something the program decided for the user: `note: ...`. Not with -q. */
	note(text: string): void;
	/** A line as it is: the summary below a table. Not with -q. */
	say(text: string): void;
	/** With -v. */
	info(text: string): void;
	/** With -d. */
	debug(text: string): void;
}

/** Lines are sanitised and written in order; nobody waits for them. */
export const converse = (options: LogOptions, { stderr }: Pick<Environment, 'stderr'>): Conversation => {
	const wants = (level: LogLevel): boolean => isWanted(level, options);
	const tell =
		(level: LogLevel, before: string) =>
		(text: string): void => {
			if (wants(level)) void stderr.write(`${before}${text.split('\n').map(sanitize).join('\n')}\n`);
		};
	return {
		level: logLevelOf(options),
		wants,
		warn: tell('warn', 'warning: '),
		note: tell('warn', 'note: '),
		say: tell('warn', ''),
		info: tell('info', ''),
		debug: tell('debug', ''),
	};
};
