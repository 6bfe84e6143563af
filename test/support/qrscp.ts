/** `dimse qrscp` as a process of its own, in a folder of its own, on a free loopback port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./dimse.ts', import.meta.url));
/** A machine that does other things as well. */
const MOST_MS = 30_000;

export interface RunningQrscp {
	readonly port: number;
	readonly aeTitle: string;
	/** `AET@127.0.0.1:port`. */
	readonly at: string;
	/** Its current folder: instances and index lie here, unless the arguments say otherwise. */
	readonly folder: string;
	readonly child: ChildProcess;
	/** What it has written to stderr so far. */
	log(): string;
	/** Sends a signal, by its process id. */
	signal(name: NodeJS.Signals): void;
	/** Settles when it has ended, with its exit status; null after a signal that it does not handle. */
	readonly ended: Promise<number | null>;
	/** SIGTERM, then waits for its end; leaves the folder where it was given. */
	stop(): Promise<number | null>;
}

export interface QrscpStart {
	readonly args?: readonly string[];
	readonly aeTitle?: string;
	/** Where it runs; otherwise a new one, which goes with it. */
	readonly folder?: string;
	/** Instead of the sources: the built program. */
	readonly program?: string;
	readonly variables?: Readonly<Record<string, string>>;
}

/** @throws Error with what it said when it ends or says no port */
export const startQrscp = async (start: QrscpStart = {}): Promise<RunningQrscp> => {
	const { args = [], aeTitle = 'QRSCP' } = start;
	const folder = start.folder ?? mkdtempSync(join(tmpdir(), 'dimse-qrscp-'));
	const own = ['--ae-title', aeTitle, '--port', '0', '--bind-address', '127.0.0.1', '--min-free-space', '0'];
	const child = spawn(process.execPath, [start.program ?? PROGRAM, 'qrscp', ...own, ...args], {
		cwd: folder,
		env: { ...process.env, NO_COLOR: '1', TZ: 'UTC', HOME: folder, XDG_CONFIG_HOME: folder, ...start.variables },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let log = '';
	const said = Promise.withResolvers<number>();
	for (const stream of [child.stdout, child.stderr])
		stream.on('data', (text: Buffer) => {
			log = (log + text.toString()).slice(-2_000_000);
			const port = /listens on port (\d+)|"event":"listening".*"port":(\d+)/.exec(log);
			if (port !== null) said.resolve(Number(port[1] ?? port[2]));
		});
	const ended = new Promise<number | null>((resolve) => {
		child.once('close', (status) => {
			said.reject(new Error(`qrscp ended with ${status}\n${log}`));
			resolve(status);
		});
	});
	const timer = setTimeout(() => said.reject(new Error(`qrscp says no port\n${log}`)), MOST_MS);
	const stop = async () => {
		child.kill('SIGTERM');
		const killer = setTimeout(() => child.kill('SIGKILL'), MOST_MS);
		const status = await ended;
		clearTimeout(killer);
		if (start.folder === undefined) rmSync(folder, { recursive: true, force: true });
		return status;
	};
	try {
		const port = await said.promise;
		const at = `${aeTitle}@127.0.0.1:${port}`;
		return { port, aeTitle, at, folder, child, log: () => log, signal: (name) => void child.kill(name), ended, stop };
	} catch (error) {
		await stop();
		throw error;
	} finally {
		clearTimeout(timer);
	}
};
