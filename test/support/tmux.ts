/** A real terminal for end-to-end tests: a tmux server of its own, a shell in it, keys typed into it, its screen read. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = fileURLToPath(new URL('./dimse.ts', import.meta.url));
/** A loaded machine of two cores. */
const MOST_MS = 60_000;

export interface TerminalSession {
	/** Its home, configuration, state and current folder. */
	readonly folder: string;
	/** `Down`, `C-c`, `Escape`: as tmux calls them. */
	keys(...names: readonly string[]): Promise<void>;
	/** Letters. */
	type(text: string): Promise<void>;
	/** As the terminal's own paste, in brackets where the program asks for them. */
	paste(text: string): Promise<void>;
	/** Types `dimse` and these words into the shell. */
	dimse(...words: readonly string[]): Promise<void>;
	lines(): Promise<readonly string[]>;
	/** The same with its colours, as SGR sequences. */
	colored(): Promise<string>;
	/** @throws Error with the screen where it never becomes so */
	until(what: string, isSo: (text: string, lines: readonly string[]) => boolean): Promise<readonly string[]>;
	/** Every byte that is written to the terminal from now on. @returns what was until then */
	record(): Promise<() => string>;
	resize(columns: number, rows: number): Promise<void>;
	isAlternate(): Promise<boolean>;
	/** The process id of the program in front. */
	foreground(): Promise<number>;
	close(): Promise<void>;
}

const run = promisify(execFile);
let sessions = 0;

export const openTerminal = async (
	given: {
		readonly columns?: number;
		readonly rows?: number;
		/** The address book. */
		readonly config?: string;
		readonly variables?: Readonly<Record<string, string>>;
		/** Instead of the sources: the built program. */
		readonly program?: string;
	} = {},
): Promise<TerminalSession> => {
	const { columns = 120, rows = 40, config = '', variables = {}, program = PROGRAM } = given;
	const folder = mkdtempSync(join(tmpdir(), 'dimse-tmux-'));
	const settings = join(folder, 'tmux.conf');
	// What is asked of the clipboard stays in tmux.
	writeFileSync(settings, 'set -g escape-time 0\nset -g status off\nset -g set-clipboard on\n');
	writeFileSync(join(folder, 'config.ini'), config);
	const server = `dimse-test-${process.pid}-${++sessions}`;
	const tmux = async (...args: readonly string[]): Promise<string> =>
		(await run('tmux', ['-L', server, '-f', settings, ...args], { encoding: 'utf8' })).stdout;
	const set = Object.entries({
		HOME: folder,
		DIMSE_CONFIG: join(folder, 'config.ini'),
		XDG_CONFIG_HOME: folder,
		XDG_STATE_HOME: join(folder, 'state'),
		TZ: 'UTC',
		LC_ALL: 'C.UTF-8',
		NODE_ENV: 'production',
		PS1: '$ ',
		...variables,
	}).map(([name, value]) => `${name}=${value}`);
	const unset = ['CI', 'NODE_OPTIONS', 'NO_COLOR', 'FORCE_COLOR', 'SSH_TTY'].flatMap((name) => ['-u', name]);
	await tmux(
		...['new-session', '-d', '-s', 't', '-x', String(columns), '-y', String(rows), '-c', folder],
		...['env', ...unset, ...set, 'bash', '--norc', '--noprofile'],
	);
	const lines = async () => (await tmux('capture-pane', '-p', '-t', 't')).split('\n').map((line) => line.trimEnd());
	const shown = async (format: string) => (await tmux('display-message', '-p', '-t', 't', format)).trim();
	const until: TerminalSession['until'] = async (what, isSo) => {
		for (const end = performance.now() + MOST_MS; performance.now() < end; await passing(20)) {
			const now = await lines();
			if (!isSo(now.join('\n'), now)) continue;
			// A frame may be half on the screen, when it is asked for in the midst of it.
			await passing(20);
			const settled = await lines();
			return isSo(settled.join('\n'), settled) ? settled : now;
		}
		throw new Error(`${what}: never on the screen\n${(await lines()).join('\n')}`);
	};
	const type = async (text: string) => void (await tmux('send-keys', '-t', 't', '-l', text));
	const keys = async (...names: readonly string[]) => void (await tmux('send-keys', '-t', 't', ...names));
	await until('the shell', (text) => text.includes('$'));
	return {
		folder,
		keys,
		type,
		paste: async (text) => {
			const path = join(folder, 'pasted');
			writeFileSync(path, text);
			await tmux('load-buffer', '-b', 'pasted', path);
			await tmux('paste-buffer', '-p', '-b', 'pasted', '-t', 't');
		},
		dimse: async (...words) => {
			await type(`clear; ${process.execPath} ${program} ${words.join(' ')}; echo "ended with $?"`);
			await keys('Enter');
		},
		lines,
		colored: () => tmux('capture-pane', '-e', '-N', '-p', '-t', 't'),
		until,
		record: async () => {
			const path = join(folder, 'recorded');
			writeFileSync(path, '');
			await tmux('pipe-pane', '-t', 't', `cat >> '${path}'`);
			return () => readFileSync(path, 'utf8');
		},
		resize: async (width, height) =>
			void (await tmux('resize-window', '-t', 't', '-x', String(width), '-y', String(height))),
		isAlternate: async () => (await shown('#{alternate_on}')) === '1',
		foreground: async () => {
			const { stdout } = await run('ps', ['-o', 'tpgid=', '-p', await shown('#{pane_pid}')], { encoding: 'utf8' });
			return Number(stdout);
		},
		close: async () => {
			await tmux('kill-server').catch(() => '');
			rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
};
