/** What a command lets be seen of its associations: `-v` and `-d` on stderr, `--trace FILE` in a file, both from the same events. */
import type { TraceSink } from '../association/trace.ts';
import { converse, type LogOptions, logLevelOf } from '../cli/conversation.ts';
import type { Environment } from '../cli/environment.ts';
import { DicomError } from '../errors.ts';

export interface TracingOptions extends LogOptions {
	readonly trace: string | undefined;
	readonly 'trace-full': boolean;
	readonly redact: boolean;
}

/** For `ConnectOptions` and `AcceptOptions`; nothing where nobody looks. */
export interface Tracing {
	readonly trace?: TraceSink;
	readonly traceWhole?: boolean;
}

/**
 * The texts and formats are loaded only where they are asked for. Of one file there is one writer, whatever number of associations write.
 *
 * @throws DicomError usage for a file name without a known ending, and for what is to be redacted or whole where nothing is recorded; io for a file that cannot be written
 */
export const tracing = async (options: TracingOptions, env: Environment): Promise<Tracing> => {
	const sinks = [await told(options, env), await written(options, env)].filter((sink) => sink !== undefined);
	const [only] = sinks;
	if (only === undefined) return {};
	const trace: TraceSink = sinks.length === 1 ? only : (event) => sinks.forEach((sink) => void sink(event));
	return { trace, traceWhole: options['trace-full'] };
};

const told = async (options: LogOptions, env: Environment): Promise<TraceSink | undefined> => {
	const level = toldLevel(options);
	if (level === undefined) return undefined;
	const { localTime, traceText } = await import('../output/trace-text.ts');
	const text = traceText({ level, time: localTime(epochOf(env)) });
	const { [level]: tell } = converse(options, env);
	return (event) => {
		const lines = text(event);
		if (lines.length > 0) tell(lines.join('\n'));
	};
};

const toldLevel = (options: LogOptions): 'info' | 'debug' | undefined => {
	const level = logLevelOf(options);
	if (level === 'debug' || level === 'trace') return 'debug';
	return level === 'info' ? 'info' : undefined;
};

/** The Unix time at which the clock of the events stood at 0. */
const epochOf = (env: Environment): number => env.today().getTime() - env.now();

/** The files of one run of a command: every association of it writes to the same one. */
const open = new WeakMap<Environment, Promise<TraceSink>>();

const written = async (options: TracingOptions, env: Environment): Promise<TraceSink | undefined> => {
	const { trace: path, redact } = options;
	checkTracing(options);
	if (path === undefined) return undefined;
	const { isAbsolute, join } = await import('node:path');
	const whole = isAbsolute(path) ? path : join(env.cwd, path);
	const already = open.get(env);
	if (already !== undefined) return already;
	const { traceWriter } = await import('./trace/writer.ts');
	const { warn } = converse(options, env);
	const failed = (message: string) => warn(`the trace ends here: ${message}`);
	const opened = traceWriter(whole, { redact, epochMs: epochOf(env), startedMs: env.today().getTime(), failed });
	open.set(env, opened);
	return opened;
};

/** What is wrong with the options before anything is opened. @throws DicomError usage */
export const checkTracing = (options: TracingOptions): void => {
	if (options.trace !== undefined) return;
	// Who takes what is on the screen for redacted passes it on; who counts on a whole record has none.
	if (options.redact) throw noFile('--redact', 'what is on the screen and on stdout stays as the peer says it');
	if (options['trace-full']) throw noFile('--trace-full', 'nothing is recorded without a file');
};

const noFile = (option: string, why: string): DicomError =>
	new DicomError({
		blame: 'usage',
		message: `${option} is about the file of --trace, and there is none`,
		hint: `--trace FILE ${option}; ${why}`,
	});
