/** Runs the program as a user would: a process of its own, a home of its own, pipes for its streams, never longer than a while. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./dimse.ts', import.meta.url));
const MOST_MS = 20_000;

/** What came of a run. */
export interface Ran {
	readonly stdout: string;
	readonly stderr: string;
	readonly status: number | null;
}

export interface RunOptions {
	readonly stdin?: string;
	readonly variables?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	/** Called as soon as the process runs: to send signals, to close its stdout. */
	readonly meanwhile?: (child: ChildProcessWithoutNullStreams) => void;
}

/** A folder for the life of this test file. */
export const scratch = mkdtempSync(join(tmpdir(), 'dimse-test-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** What the surroundings of a developer may hold and a test may not see. */
const FOREIGN = /^(DIMSE_|NODE_|FORCE_COLOR|CLICOLOR|NO_COLOR|TAP|_TAP|COLUMNS|LINES)/;

/** @throws Error when the program runs for longer than it may: it hangs */
export const dimse = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
	new Promise((resolve, reject) => {
		const inherited = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
		const child = spawn(process.execPath, [PROGRAM, ...args], {
			cwd: options.cwd ?? scratch,
			env: {
				...Object.fromEntries(inherited),
				HOME: scratch,
				XDG_CONFIG_HOME: join(scratch, 'config'),
				XDG_STATE_HOME: join(scratch, 'state'),
				TZ: 'UTC',
				...options.variables,
			},
		});
		const out: Buffer[] = [];
		const err: Buffer[] = [];
		child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
		child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
		const text = (parts: readonly Buffer[]) => Buffer.concat(parts).toString();
		const timer = setTimeout(() => {
			child.kill('SIGKILL');
			reject(new Error(`dimse ${args.join(' ')} hangs\n${text(out)}\n${text(err)}`));
		}, MOST_MS);
		child.once('error', reject);
		child.once('close', (status) => {
			clearTimeout(timer);
			resolve({ stdout: text(out), stderr: text(err), status });
		});
		child.stdin.on('error', () => {}); // it need not read it
		child.stdin.end(options.stdin ?? '');
		options.meanwhile?.(child);
	});
