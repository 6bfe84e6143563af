/** The process: argv, streams and signals become a command and its environment; what it returns becomes the exit status. Only here. */
import { homedir, hostname } from 'node:os';
import type { Command } from './cli/command.ts';
import { converse, type LogOptions } from './cli/conversation.ts';
import type { Environment, Terminal, TextSink } from './cli/environment.ts';
import { EXIT, type ExitStatus } from './cli/exit-statuses.ts';
import { parse } from './cli/parse.ts';
import { COMMANDS, type CommandEntry } from './commands/index.ts';
import { DicomError } from './errors.ts';

declare const __VERSION__: string | undefined;

const VERSION = typeof __VERSION__ === 'string' ? __VERSION__ : '0.0.0-dev';

/** @param given the arguments, without the paths of Node and of the program */
export const main = async (given: readonly string[]): Promise<void> => {
	const leavers: Leave[] = [];
	let argv = given;
	let isUnwritten = false;
	const { env, end } = environment(
		(leave) => leavers.push(leave),
		(error) => {
			isUnwritten = true;
			process.exitCode ||= EXIT.io; // what was written last may fail when all else is done
			void told(unwritten(error), argv, env, []);
		},
	);
	process.on('uncaughtException', (error) => {
		// Whatever was under way is in no known state: tell it and go.
		void told(error, argv, env, leavers).then((status) => process.exit(status));
	});
	try {
		if (given[0]?.startsWith('-')) argv = (await import('./cli/arguments.ts')).commandFirst(given);
		if (given.length === 0 && (await opensBrowse(env))) argv = ['browse'];
		const status = await run(argv, env);
		process.exitCode = isUnwritten && status === EXIT.ok ? EXIT.io : status;
	} catch (error) {
		process.exitCode = await told(error, argv, env, leavers);
	} finally {
		end();
	}
};

const unwritten = ({ code = 'ERROR', message }: NodeJS.ErrnoException): DicomError =>
	new DicomError({ blame: 'io', code, message: `stdout could not be written: ${message}`, path: 'stdout' });

type Leave = Parameters<Terminal['onCrash']>[0];

/** `dimse` alone on a terminal, where there is somebody to browse. */
const opensBrowse = async (env: Environment): Promise<boolean> =>
	env.terminal?.() !== undefined && (await (await import('./commands/browse/alone.ts')).hasNodes(env));

/** Whoever has the screen gives it back first, and may have something to add. */
const told = async (
	error: unknown,
	argv: readonly string[],
	env: Environment,
	leavers: readonly Leave[],
): Promise<ExitStatus> => {
	const lines = leavers.flatMap((leave) => leave(error));
	const status = await report(error, argv, env);
	for (const line of lines) await env.stderr.write(`${line}\n`);
	return status;
};

const report = async (error: unknown, argv: readonly string[], env: Environment): Promise<ExitStatus> => {
	const { reportFailure } = await import('./cli/report.ts');
	const options = {
		debug: argv.includes('-d') || argv.includes('--debug'),
		quiet: argv.includes('-qq') ? 2 : 0,
		format: formatOf(argv),
	};
	return reportFailure(error, { command: commandOf(argv)?.name, options }, env);
};

const run = async (argv: readonly string[], env: Environment): Promise<ExitStatus> => {
	const [first] = argv;
	if (first === '--version' || first === '-V') {
		await env.stdout.write(`dimse ${VERSION}\n`);
		return EXIT.ok;
	}
	const entry = commandOf(argv);
	if (entry === undefined || first === undefined) {
		const { overview, unknownCommand } = await import('./cli/help.ts');
		if (first !== undefined && first !== '--help' && first !== '-h') throw unknownCommand(first, COMMANDS);
		await env.stdout.write(overview(COMMANDS, env.stdout.columns));
		return EXIT.ok;
	}
	const command: Command = (await entry.load()).default;
	const rest = argv.slice(1);
	if (asksFor(rest, ['--help', '-h'])) {
		const { commandHelp } = await import('./cli/help.ts');
		await env.stdout.write(commandHelp(command, env.stdout.columns));
		return EXIT.ok;
	}
	if (asksFor(rest, ['--version', '-V'])) {
		await env.stdout.write(`dimse ${VERSION}\n`);
		return EXIT.ok;
	}
	const { options, positionals, notes } = parse(command, rest, env.variables, first);
	const { warn, info } = converse(options as unknown as LogOptions, env);
	for (const { isWarning, text } of notes) (isWarning ? warn : info)(text);
	return command.run(options as never, positionals, env);
};

const commandOf = (argv: readonly string[]): CommandEntry | undefined =>
	COMMANDS.find(({ name, aliases }) => name === argv[0] || aliases.includes(argv[0] ?? ''));

/** Asked for anywhere before `--`. */
const asksFor = (argv: readonly string[], flags: readonly string[]): boolean => {
	const end = argv.indexOf('--');
	return (end < 0 ? argv : argv.slice(0, end)).some((arg) => flags.includes(arg));
};

/** The output format, as far as can be told of a command line that was not understood. */
const formatOf = (argv: readonly string[]): string | undefined => {
	if (argv.includes('--json')) return 'json';
	if (argv.includes('--jsonl')) return 'jsonl';
	const at = argv.findIndex((arg) => arg === '-F' || arg === '--format');
	return at < 0 ? undefined : argv[at + 1];
};

/** @param onUnwritten told of what stdout could not take, once: what is under way goes on */
const environment = (
	onCrash: Terminal['onCrash'],
	onUnwritten: (error: NodeJS.ErrnoException) => void,
): { readonly env: Environment; end(): void } => {
	const interrupt = new AbortController();
	const abort = new AbortController();
	const closers: (() => void)[] = [];
	const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
	let heard: (() => void) | undefined;
	const hooks: Hooks = {
		onCrash,
		onInterrupt: (own) => {
			heard = own;
			return () => {
				heard = undefined;
			};
		},
	};
	const onSignal = (signal: NodeJS.Signals) => {
		if (signal === 'SIGINT' && heard !== undefined) return heard();
		// Whoever asks a third time waits for nothing any more.
		if (abort.signal.aborted) process.exit(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated);
		(interrupt.signal.aborted ? abort : interrupt).abort(signal);
	};
	for (const signal of signals) process.on(signal, onSignal);
	const env: Environment = {
		stdin: {
			get isTty() {
				return process.stdin.isTTY === true;
			},
			bytes: () => process.stdin,
		},
		stdout: sink(
			() => process.stdout,
			(error) => (error.code === 'EPIPE' ? interrupt.abort('EPIPE') : onUnwritten(error)),
		),
		stderr: sink(
			() => process.stderr,
			() => {},
		),
		terminal: () => (process.stdin.isTTY && process.stdout.isTTY ? terminal(process, hooks) : undefined),
		sessionTerminal: async () => {
			const { openSessionTerminal } = await import('./cli/session-terminal.ts');
			const session = openSessionTerminal();
			if (session === undefined) return undefined;
			const resized = () => session.resized();
			process.on('SIGWINCH', resized);
			closers.push(() => {
				process.off('SIGWINCH', resized);
				session.close();
			});
			return terminal(session, hooks);
		},
		variables: process.env,
		cwd: process.cwd(),
		homeFolder: homedir(),
		hostName: hostname(),
		interrupt: interrupt.signal,
		abort: abort.signal,
		now: monotonic,
		today: () => new Date(),
	};
	return {
		env,
		end: () => {
			for (const signal of signals) process.off(signal, onSignal);
			for (const close of closers) close();
		},
	};
};

type Hooks = Pick<Terminal, 'onCrash' | 'onInterrupt'>;

const terminal = ({ stdin, stdout }: Pick<Terminal, 'stdin' | 'stdout'>, hooks: Hooks): Terminal => ({
	...hooks,
	stdin,
	stdout,
	stderr: process.stderr,
	stop: () =>
		new Promise((resolve) => {
			// The whole group, as the terminal would: also the program that started this one (bin/old-node.js).
			process.kill(0, 'SIGTSTP');
			// Nothing runs until the shell goes on; where nobody could stop it (no shell), this goes on at once.
			setTimeout(() => {
				// Changes of its size were told to whoever was in front meanwhile.
				process.kill(process.pid, 'SIGWINCH');
				resolve();
			}, 50);
		}),
});

/** As `performance.now()`, whose module costs a millisecond to load. */
const monotonic = (): number => {
	const [seconds, nanoseconds] = process.hrtime();
	return seconds * 1e3 + nanoseconds / 1e6;
};

/** The streams of the process are made when they are first used: each costs a millisecond, and most commands use one. */
const sink = (open: () => NodeJS.WriteStream, gone: (error: NodeJS.ErrnoException) => void): TextSink => {
	const state = { closed: false, waiting: [] as (() => void)[] };
	const release = () => {
		for (const resolve of state.waiting.splice(0)) resolve();
	};
	let opened: NodeJS.WriteStream | undefined;
	const stream = (): NodeJS.WriteStream => {
		if (opened !== undefined) return opened;
		opened = open();
		opened.on('drain', release);
		opened.on('error', (error: NodeJS.ErrnoException) => {
			if (!state.closed) gone(error);
			state.closed = true;
			release();
		});
		return opened;
	};
	return {
		get isTty() {
			return stream().isTTY === true;
		},
		get columns() {
			return stream().isTTY === true ? stream().columns : undefined;
		},
		get rows() {
			return stream().isTTY === true ? stream().rows : undefined;
		},
		get closed() {
			return state.closed;
		},
		write: (data) =>
			new Promise((resolve) => {
				if (state.closed || data.length === 0 || stream().write(data)) resolve();
				else state.waiting.push(resolve);
			}),
	};
};
