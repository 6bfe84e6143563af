/** `dimse qrscp` as a process of its own, on a loopback port and in a folder of its own, and what it does to them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { requireContext, withAssociation } from '../../src/association/requestor.ts';
import { echo, VERIFICATION } from '../../src/services/verification.ts';
import { toPeer } from './instances.ts';

const PROGRAM = fileURLToPath(new URL('../support/dimse.ts', import.meta.url));
/** Long enough for a machine that is busy with other things. */
const START_MS = 20_000;

export interface ArchiveProcess {
	readonly port: number;
	readonly aeTitle: string;
	readonly pid: number;
	/** Its own, with all that it writes below it. */
	readonly folder: string;
	/** What it has said so far. */
	log(): string;
	isRunning(): boolean;
	/** Settles when it has ended, with its exit status or the signal that ended it. */
	readonly ended: Promise<number | string>;
	kill(signal: NodeJS.Signals): void;
}

export interface StartOptions {
	/** Limits its file descriptors. */
	readonly files?: number;
	/** Where another run has left something. */
	readonly folder?: string;
}

/** Listens when this settles; ended and removed with the test. */
export const startArchive = async (
	t: Test,
	args: readonly string[] = [],
	{ files, folder = mkdtempSync(join(tmpdir(), 'dimse-archive-')) }: StartOptions = {},
): Promise<ArchiveProcess> => {
	const command = [
		...[process.execPath, PROGRAM, 'qrscp', '--bind-address', '127.0.0.1', '--port', '0', '-aet', 'ARCHIVE', '-v'],
		...['--min-free-space', '1M', ...args],
	];
	const limited = ['/bin/sh', '-c', `ulimit -n ${files}; exec "$@"`, 'sh', ...command];
	const [program = '', ...rest] = files === undefined ? command : limited;
	const child = spawn(program, rest, {
		cwd: folder,
		env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: join(folder, 'config'), TZ: 'UTC', NO_COLOR: '1' },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let log = '';
	const ended = new Promise<number | string>((resolve) => {
		child.once('exit', (status, signal) => resolve(status ?? signal ?? 'nowhere'));
	});
	t.teardown(async () => {
		child.kill('SIGKILL');
		await ended;
		rmSync(folder, { recursive: true, force: true });
	});
	const port = await new Promise<number>((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error(`qrscp does not listen\n${log}`)), START_MS);
		const heard = (text: Buffer) => {
			log = (log + text.toString()).slice(-1_000_000);
			const [, found] = /listens on port (\d+)/.exec(log) ?? [];
			if (found === undefined) return;
			clearTimeout(timer);
			resolve(Number(found));
		};
		child.stdout.on('data', heard);
		child.stderr.on('data', heard);
		void ended.then((status) => reject(new Error(`qrscp ended with ${status}\n${log}`)));
	});
	return {
		port,
		aeTitle: 'ARCHIVE',
		pid: child.pid ?? 0,
		folder,
		log: () => log,
		isRunning: () => isRunning(child),
		ended,
		kill: (signal) => child.kill(signal),
	};
};

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/** Paths of everything below a folder, from there. */
export const below = (folder: string): string[] =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => !entry.isDirectory())
		.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
		.sort();

/** Its files of instances, whole or not. */
export const filesOf = ({ folder }: ArchiveProcess): string[] => below(join(folder, 'instances'));

/** How long an association with a C-ECHO took, in milliseconds. */
const echoed = async (archive: ArchiveProcess): Promise<number> => {
	const startedAt = performance.now();
	const contexts = [{ abstractSyntax: VERIFICATION, transferSyntaxes: ['1.2.840.10008.1.2'] }];
	await withAssociation({ address: toPeer(archive), contexts }, (connected) =>
		echo(connected.association, requireContext(connected, VERIFICATION).id),
	);
	return Math.round(performance.now() - startedAt);
};

export const answers = (archive: ArchiveProcess): Promise<boolean> =>
	echoed(archive).then(
		() => true,
		() => false,
	);

/** It is as it should be: it answers. */
export const lives = async (t: Test, archive: ArchiveProcess, what = 'it lives'): Promise<void> => {
	const ms = await echoed(archive);
	t.ok(archive.isRunning(), `${what} (${ms} ms)`);
};

/** A text of a peer in the name of a test: TAP is made of lines. */
export const plain = (text: string): string => JSON.stringify(text.slice(0, 24)).replaceAll(/[^\x20-\x7e]|#/g, '?');

/** Memory that a process holds, in bytes. */
export const residentBytes = (pid: number): number =>
	1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

/** Waits until it is so. @throws Error when it is not within ten seconds */
export const until = async (isSo: () => boolean | Promise<boolean>, what: string, ms = 10_000): Promise<void> => {
	for (const end = Date.now() + ms; !(await isSo()); ) {
		if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
};
