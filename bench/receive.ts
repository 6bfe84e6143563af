/** `dimse receive` beside DCMTK's storescp, both fed by `sender.ts`: the time from the first C-STORE-RQ to the last response. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../test/support/peers.ts';
import { instances } from './data.ts';
import { type Contender, compare, dimse, peakOf, type Run, root, settings } from './timing.ts';

/** A receiver of one measurement: its command, and where it writes. */
type Receiver = (port: number, folder: string) => readonly string[];

const storescp: Receiver = (port, folder) => [
	'storescp',
	'-q',
	'--fork',
	'+xa',
	'+B',
	'-pdu',
	'131072',
	'-od',
	folder,
	String(port),
];
const ours =
	(...options: readonly string[]): Receiver =>
	(port, folder) => [...dimse, 'receive', '-q', '-o', folder, ...options, String(port)];

export const receive = async (): Promise<void> => {
	for (const [title, folder, associations] of [
		['1,000 of 512 KB', instances(settings.data, 'ct', 1000, 524_288, 100), 1],
		['1,000 of 512 KB, 4 associations', instances(settings.data, 'ct', 1000, 524_288, 100), 4],
		['20,000 small', instances(settings.data, 'small', 20_000, 0, 10), 1],
		['one of 500 MB', instances(settings.data, 'big', 1, 524_288_000, 1), 1],
		['four of 500 MB, 4 associations', instances(settings.data, 'four-big', 4, 524_288_000, 1), 4],
	] as const) {
		const contenders: readonly Contender[] = [
			['storescp +xa +B -pdu 131072 --fork', () => received(storescp, folder, associations)],
			['dimse --durability off', () => received(ours('--durability', 'off'), folder, associations)],
			['dimse (durable)', () => received(ours(), folder, associations)],
		];
		await compare(`receive ${title}`, contenders);
	}
};

/** One run: a receiver of its own, a new folder, one sender. */
const received = async (receiver: Receiver, source: string, associations: number): Promise<Run> => {
	mkdirSync(settings.data, { recursive: true });
	const folder = mkdtempSync(join(settings.data, 'received-'));
	const port = await freePort();
	const [name = '', ...args] = receiver(port, folder);
	const child = spawn(name, args, { stdio: 'ignore', env: { ...process.env, TCP_NODELAY: '1' } });
	try {
		await answering(port);
		const { ms, sent, refused } = await sentBySender(port, source, associations);
		const peakKiB = peakOf(child);
		const arrived = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
			entry.isFile(),
		).length;
		if (refused > 0 || arrived !== sent) throw new Error(`${name}: ${arrived} of ${sent} arrived, ${refused} refused`);
		return { ms, peakKiB };
	} finally {
		await ended(child);
		rmSync(folder, { recursive: true });
	}
};

export const sentBySender = (
	port: number,
	source: string,
	associations: number,
	called = 'BENCH',
): Promise<{ ms: number; sent: number; refused: number }> =>
	new Promise((resolve, reject) => {
		const args = [join(root, 'bench/sender.ts'), String(port), source, String(associations), called];
		const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
		let said = '';
		child.stdout.on('data', (text: Buffer) => {
			said += text.toString();
		});
		child.once('exit', (code) =>
			code === 0 ? resolve(JSON.parse(said)) : reject(new Error(`the sender ended with ${code}`)),
		);
	});

/** Settles when somebody listens. */
export const answering = async (port: number): Promise<void> => {
	for (let tries = 0; tries < 1000; tries++) {
		const answers = await new Promise<boolean>((resolve) => {
			const socket = connect(port, '127.0.0.1', () => socket.destroy()).on('error', () => {});
			socket.once('close', (failed) => resolve(!failed));
		});
		if (answers) return;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	throw new Error(`nothing listens on port ${port}`);
};

export const ended = (child: ChildProcess): Promise<void> =>
	new Promise((resolve) => {
		if (child.exitCode !== null || child.signalCode !== null) return resolve();
		child.once('exit', () => resolve());
		child.kill('SIGTERM');
	});
