/** What an operator sees of the server: a live table on a terminal, else lines; and the audit log in its file. */
import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { converse, type LogOptions, logLevelOf } from '../../cli/conversation.ts';
import type { Environment } from '../../cli/environment.ts';
import { DicomError } from '../../errors.ts';
import { AssociationTable } from '../../output/association-table.ts';
import { auditLine, type ServerEvent, serverLogLine } from '../../output/audit-event.ts';
import { serverLine } from '../../output/audit-text.ts';
import { type ColorOption, loadPaint, type Paint, wantsColor } from '../../output/theme.ts';

export interface Console {
	on(event: ServerEvent): void;
	/** Takes the table away and writes what is still to be written. */
	end(): void;
}

export interface ConsoleOptions extends LogOptions {
	readonly color: ColorOption;
	readonly admin?: 'auto' | 'always' | 'never' | undefined;
}

export interface Logs {
	readonly isJsonLog: boolean;
	readonly auditLog: string | undefined;
}

/** @throws DicomError io for an audit log that cannot be written */
export const openConsole = async (options: ConsoleOptions, logs: Logs, env: Environment): Promise<Console> => {
	const parts = [logs.isJsonLog ? jsonLog(env) : await onScreen(options, env)];
	// -q is about what goes well.
	const { warn } = converse({ quiet: 0, verbose: 0, debug: false, 'json-log': logs.isJsonLog }, env);
	if (logs.auditLog !== undefined) parts.push(new AuditLog(logs.auditLog, env, warn));
	return {
		on: (event) => {
			for (const part of parts) part.on(event);
		},
		end: () => {
			for (const part of parts) part.end();
		},
	};
};

const jsonLog = (env: Environment): Console => ({
	on: (event) => void env.stderr.write(serverLogLine(event, env.today())),
	end: () => {},
});

const onScreen = async (options: ConsoleOptions, env: Environment): Promise<Console> => {
	const level = logLevelOf(options);
	const admin = options.admin ?? 'auto';
	const isQuiet = level === 'fatal' || level === 'error';
	const hasTable =
		admin === 'always' ||
		(admin === 'auto' && env.stderr.isTty && env.variables['TERM'] !== 'dumb' && level === 'warn' && !isQuiet);
	const lines = logLines(isQuiet ? 'nothing' : level === 'warn' ? 'normal' : 'verbose', env);
	if (!hasTable) return { on: (event) => lines(event, (text) => void env.stderr.write(text)), end: () => {} };
	return new Screen(lines, await loadPaint(wantsColor(options.color, env.stderr.isTty, env.variables)), env);
};

type Lines = (event: ServerEvent, write: (text: string) => void) => void;

const logLines = (detail: 'nothing' | 'normal' | 'verbose', env: Environment): Lines => {
	if (detail === 'nothing') return () => {};
	return (event, write) => {
		const line = serverLine(event, detail);
		if (line !== undefined) write(`${clockTime(env.today())}  ${line}\n`);
	};
};

const clockTime = (date: Date): string =>
	[date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');

const REPAINT_MS = 500;

/** The table below the lines; what is said scrolls away above it. */
class Screen implements Console {
	readonly #lines: Lines;
	readonly #paint: Paint;
	readonly #env: Environment;
	readonly #table = new AssociationTable();
	readonly #timer: NodeJS.Timeout;
	#painted = 0;

	constructor(lines: Lines, paint: Paint, env: Environment) {
		this.#lines = lines;
		this.#paint = paint;
		this.#env = env;
		this.#timer = setInterval(() => this.#repaint(''), REPAINT_MS);
	}

	on(event: ServerEvent): void {
		this.#table.apply(event, this.#env.now());
		this.#lines(event, (text) => this.#repaint(text));
		if (event.kind === 'listening') this.#repaint('');
	}

	end(): void {
		clearInterval(this.#timer);
		void this.#env.stderr.write(this.#erased());
		this.#painted = 0;
	}

	#repaint(above: string): void {
		const { stderr } = this.#env;
		const width = Math.max(20, (stderr.columns ?? 80) - 1);
		// What scrolled away could not be painted over. A terminal that does not know its height says 0.
		const lines = this.#table.lines(this.#env.now(), width, this.#paint, stderr.rows || 24);
		const text = `${this.#erased()}${above}${lines.join('\n')}\n`;
		this.#painted = lines.length;
		void stderr.write(text);
	}

	#erased(): string {
		return this.#painted === 0 ? '' : `\u001b[${this.#painted}A\r\u001b[J`;
	}
}

/** Lines are gathered for a turn of the event loop and then written at once. */
class AuditLog implements Console {
	readonly #path: string;
	readonly #env: Environment;
	readonly #warn: (text: string) => void;
	readonly #file: number;
	#waiting = '';
	#hasFailed = false;
	/** The last line is not whole: the disk took no more of it. */
	#isTorn: boolean;

	constructor(path: string, env: Environment, warn: (text: string) => void) {
		this.#path = path;
		this.#env = env;
		this.#warn = warn;
		try {
			this.#isTorn = isTorn(path);
			this.#file = openSync(path, 'a', 0o600);
		} catch (error) {
			throw new DicomError(
				{ blame: 'io', code: codeOf(error), message: `cannot write the audit log ${path}`, path },
				{ cause: error },
			);
		}
	}

	on(event: ServerEvent): void {
		const line = auditLine(event, this.#env.today());
		if (line === '') return;
		if (this.#waiting === '') setImmediate(() => this.#flush());
		this.#waiting += line;
	}

	end(): void {
		this.#flush();
		closeSync(this.#file);
	}

	#flush(): void {
		if (this.#waiting === '') return;
		const bytes = Buffer.from(`${this.#isTorn ? '\n' : ''}${this.#waiting}`);
		this.#waiting = '';
		let at = 0;
		try {
			while (at < bytes.length) at += writeSync(this.#file, bytes, at);
			this.#hasFailed = false;
			this.#isTorn = false;
		} catch (error) {
			// The instances are worth more than the record of them; but it has to be known that records are missing.
			if (!this.#hasFailed)
				this.#warn(`the audit log ${this.#path} takes no more (${codeOf(error)}): records are being lost`);
			this.#hasFailed = true;
			if (at > 0) this.#isTorn = bytes[at - 1] !== NEWLINE;
		}
	}
}

const NEWLINE = 0x0a;

/** Whether a file ends within a line, as a run that was cut short may leave it; what cannot be read is taken to be whole. */
const isTorn = (path: string): boolean => {
	try {
		const { size } = statSync(path);
		if (size === 0) return false;
		const file = openSync(path, 'r');
		try {
			const last = Buffer.alloc(1);
			return readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
		} finally {
			closeSync(file);
		}
	} catch {
		return false;
	}
};

const codeOf = (error: unknown): string =>
	error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'ERROR';
