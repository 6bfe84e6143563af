/** Browse: what a frame takes, how soon a row is seen and a key answered, and what many studies weigh. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { missing } from '../test/support/peers.ts';
import { openTerminal } from '../test/support/tmux.ts';
import { median } from './median.ts';
import { root } from './timing.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** @param perSecond 0 for as fast as it goes */
const startPeer = async (count: number, perSecond: number): Promise<{ readonly port: string; stop(): void }> => {
	const child = spawn(process.execPath, [path('tui-peer.ts'), String(count), String(perSecond)], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [said] = (await once(child.stdout, 'data')) as [Buffer];
	return { port: said.toString().trim(), stop: () => void child.kill('SIGTERM') };
};

const client = async (...args: readonly string[]): Promise<readonly number[]> => {
	const child = spawn(process.execPath, [path('tui-client.ts'), ...args], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, NODE_ENV: 'production' },
	});
	let said = '';
	child.stdout.on('data', (text: Buffer) => {
		said += text.toString();
	});
	const [code] = (await once(child, 'close')) as [number];
	if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
	return JSON.parse(said) as number[];
};

const told = (title: string, times: readonly number[]): void => {
	const sorted = [...times].sort((a, b) => a - b);
	const at = (part: number) => (sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN).toFixed(1);
	console.log(
		`| ${title} | median ${median(times).toFixed(1)} ms, 95 % ${at(0.95)} ms, worst ${at(1)} ms (${times.length}) | | | | |`,
	);
};

const memory = async (count: number): Promise<void> => {
	if (missing('tmux') !== false) return;
	const peer = await startPeer(count, 0);
	const terminal = await openTerminal({ program: `${root}bin/dimse.js` });
	try {
		const startedAt = performance.now();
		await terminal.dimse('browse', `BENCH@127.0.0.1:${peer.port}`, 'PatientName=');
		await terminal.until('all of them', (text) => text.includes(`${count} rows`) && text.includes('done in'));
		const ms = performance.now() - startedAt;
		const status = readFileSync(`/proc/${await terminal.foreground()}/status`, 'utf8');
		const mib = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
		console.log(
			`| browse, ${count} studies loaded | ${mib('VmRSS')} MiB resident, at most ${mib('VmHWM')}; all there after ${(ms / 1000).toFixed(1)} s | | | | |`,
		);
	} finally {
		await terminal.close();
		peer.stop();
	}
};

export const tui = async (): Promise<void> => {
	told('browse, a frame of 120x40 with 50,000 rows', await client('frame', '0', '50000'));
	const slow = await startPeer(30, 10);
	told('browse, a row from its sending to its frame', await client('visible', slow.port, '25'));
	slow.stop();
	const fast = await startPeer(60_000, 1000);
	told('browse, a key to its frame while 1,000 rows a second come', await client('key', fast.port, '200'));
	fast.stop();
	await memory(100_000);
};
