/** `dimse receive` as a process of its own, on a port of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';

const PROGRAM = fileURLToPath(new URL('../support/dimse.ts', import.meta.url));

export interface RunningReceive {
	readonly child: ChildProcess;
	readonly port: number;
	readonly stdout: () => string;
	readonly stderr: () => string;
	/** Settles when stderr has this. */
	says(text: RegExp): Promise<void>;
	/** Its exit status, or the signal that killed it. */
	readonly ended: Promise<number | string>;
	/** @returns its exit status */
	stop(signal?: NodeJS.Signals): Promise<number | string>;
}

/** @param wrapper a shell's words before the command, such as a limit that it is to have */
export const startReceive = async (
	t: Test,
	args: readonly string[],
	{ cwd, wrapper }: { readonly cwd?: string; readonly wrapper?: string } = {},
): Promise<RunningReceive> => {
	const command = [process.execPath, PROGRAM, 'receive', '0', ...args];
	const child =
		wrapper === undefined
			? spawn(command[0] ?? '', command.slice(1), { cwd })
			: spawn('bash', ['-c', `${wrapper}; exec "$@"`, 'bash', ...command], { cwd });
	let out = '';
	let err = '';
	let changed: (() => void) | undefined;
	child.stdout.on('data', (text: Buffer) => {
		out += text.toString();
	});
	child.stderr.on('data', (text: Buffer) => {
		err += text.toString();
		changed?.();
	});
	const ended = new Promise<number | string>((resolve) => {
		child.once('close', (status, signal) => {
			changed?.();
			resolve(status ?? signal ?? 'nothing');
		});
	});
	t.teardown(() => {
		child.kill('SIGKILL');
	});
	const says = async (text: RegExp): Promise<void> => {
		while (!text.test(err)) {
			if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${err}`);
			await new Promise<void>((resolve) => {
				changed = resolve;
			});
		}
	};
	await says(/listening on/);
	return {
		child,
		port: Number(/(?:port |:)(\d+)/.exec(err.slice(err.indexOf('listening on')))?.[1]),
		stdout: () => out,
		stderr: () => err,
		says,
		ended,
		stop: (signal = 'SIGTERM') => {
			child.kill(signal);
			return ended;
		},
	};
};
