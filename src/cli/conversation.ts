/** What a command says on stderr beside its data, and how much of it is wanted. */
import { timestamp } from '../output/events.ts';
import { jsonText, sanitize } from '../output/sanitize.ts';
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
	/** Of qrscp: JSON lines instead of text. */
	readonly 'json-log'?: boolean;
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
	/** What is said are JSON lines: nothing else belongs between them. */
	readonly isJson: boolean;
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
export const converse = (options: LogOptions, env: Pick<Environment, 'stderr' | 'today'>): Conversation => {
	const wants = (level: LogLevel): boolean => isWanted(level, options);
	const isJson = options['json-log'] === true;
	const tell =
		(wanted: LogLevel, before: string, level = 'info') =>
		(text: string): void => {
			if (wants(wanted))
				void env.stderr.write(isJson ? noticeLine(level, text, env.today()) : plainLines(before + text));
		};
	return {
		level: logLevelOf(options),
		isJson,
		wants,
		warn: tell('warn', 'warning: ', 'warning'),
		note: tell('warn', 'note: '),
		say: tell('warn', ''),
		info: tell('info', ''),
		debug: tell('debug', '', 'debug'),
	};
};

const plainLines = (text: string): string => `${text.split('\n').map(sanitize).join('\n')}\n`;

/** As a server's notices are told (output/audit-event.ts). */
const noticeLine = (level: string, text: string, now: Date): string =>
	`${jsonText({ ts: timestamp(now), event: 'notice', level, text })}\n`;
