/** Times processes in turn, and prints a table of medians and ratios. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './median.ts';

const { values } = parseArgs({
	options: {
		rounds: { type: 'string', default: '7' },
		only: { type: 'string', default: '' },
		data: { type: 'string', default: join(tmpdir(), 'dimse-bench') },
		archives: { type: 'string' },
	},
});

export const settings = {
	rounds: Number(values.rounds),
	/** Where the instances lie. */
	data: values.data,
	/** Where the archives under measurement lie: on a tmpfs syncing costs nothing. */
	archives: values.archives ?? values.data,
	/** `archive` is all of `archive-store`, `archive-find` ... */
	wants: (name: string): boolean =>
		values.only === '' || values.only.split(',').some((only) => name === only || name.startsWith(`${only}-`)),
};

export const root = fileURLToPath(new URL('..', import.meta.url));
export const dimse = [process.execPath, join(root, 'bin/dimse.js')];

export interface Run {
	readonly ms: number;
	readonly peakKiB: number;
}

/** One process from start to end, its output thrown away. */
export const timed = (command: readonly string[], cwd?: string): Promise<Run> =>
	new Promise((resolve, reject) => {
		const startedAt = performance.now();
		const child = spawn(command[0] ?? '', command.slice(1), {
			stdio: ['ignore', 'ignore', 'pipe'],
			cwd,
			env: { ...process.env, TCP_NODELAY: '1' },
		});
		let said = '';
		child.stderr.on('data', (text: Buffer) => {
			said = (said + text.toString()).slice(-2000);
		});
		let peakKiB = 0;
		const look = () => {
			peakKiB = Math.max(peakKiB, peakOf(child));
		};
		const watch = setInterval(look, 10);
		child.once('error', reject);
		child.once('exit', (code) => {
			clearInterval(watch);
			if (code === 0) resolve({ ms: performance.now() - startedAt, peakKiB });
			else reject(new Error(`${command.join(' ')} ended with ${code}: ${said}`));
		});
	});

export const peakOf = ({ pid }: Pick<ChildProcess, 'pid'>): number => {
	try {
		return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
	} catch {
		return 0;
	}
};

/** Several processes at once: the time of the slowest. */
export const together = async (commands: readonly (readonly string[])[]): Promise<Run> => {
	const startedAt = performance.now();
	const runs = await Promise.all(commands.map((command) => timed(command)));
	return { ms: performance.now() - startedAt, peakKiB: Math.max(...runs.map(({ peakKiB }) => peakKiB)) };
};

export type Contender = readonly [name: string, run: () => Promise<Run>];

/** Each contender once a round, in turn; the first is the anchor. Ratios of speed are of the same round. */
export const compare = async (
	title: string,
	contenders: readonly Contender[],
	times = settings.rounds,
): Promise<void> => {
	const runs = contenders.map((): Run[] => []);
	for (const [, run] of contenders) await run();
	for (let round = 0; round < times; round++)
		for (const [index, [, run]] of contenders.entries()) runs[index]?.push(await run());
	const anchor = runs[0] ?? [];
	for (const [index, [name]] of contenders.entries()) {
		const own = runs[index] ?? [];
		const ratio = median(own.map(({ ms }, round) => (anchor[round]?.ms ?? Number.NaN) / ms));
		row(index === 0 ? title : '', name, own, index === 0 ? '1' : ratio.toFixed(2));
	}
};

/** A line of the table. */
export const row = (title: string, name: string, runs: readonly Run[], speed = ''): void => {
	const times = runs.map(({ ms }) => ms);
	const peakKiB = Math.max(...runs.map((run) => run.peakKiB));
	const peak = peakKiB === 0 ? '' : (peakKiB / 1024).toFixed(0);
	console.log(`| ${title} | ${name} | ${shown(median(times))} | ${shown(Math.min(...times))} | ${speed} | ${peak} |`);
};

const shown = (ms: number): string => (ms === 0 ? '' : ms.toFixed(ms < 1 ? 3 : ms < 20 ? 1 : 0));
