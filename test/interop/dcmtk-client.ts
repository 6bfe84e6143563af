/** DCMTK's clients, run as their users run them. */
import { spawn } from 'node:child_process';

export interface ClientRun {
	readonly status: number | null;
	/** Of both streams. */
	readonly log: string;
}

const MOST_MS = 60_000;

/** @throws Error when it hangs */
export const runClient = (name: string, args: readonly string[], cwd: string): Promise<ClientRun> =>
	new Promise((resolve, reject) => {
		const child = spawn(name, args, { cwd, env: { ...process.env, TCP_NODELAY: '1' } });
		let log = '';
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (bytes: Buffer) => {
				log += bytes.toString('latin1');
			});
		const timer = setTimeout(() => {
			child.kill('SIGKILL');
			reject(new Error(`${name} ${args.join(' ')} hangs\n${log}`));
		}, MOST_MS);
		child.once('error', reject);
		child.once('close', (status) => {
			clearTimeout(timer);
			resolve({ status, log });
		});
	});

/** What it complained of. */
export const complaints = (log: string): string[] => log.split('\n').filter((line) => /^[WEF]: /.test(line));
