/** `dimse qrscp` beside dcmqrscp and Orthanc: stores, queries and retrieves, each timed by its client within the association. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../test/support/peers.ts';
import type { Errand, Told } from './client.ts';
import { instances, ROOT } from './data.ts';
import { sentBySender } from './receive.ts';
import { dcmqrscp, orthanc, qrscp, type Server, type Start } from './servers.ts';
import { type Contender, compare, type Run, root, settings } from './timing.ts';

/** More studies dcmqrscp does not hold, and it takes longer for each of them. */
const DCMQRSCP_STUDIES = 200;
const STUDIES = 5000;
const QUERIES = 200;

export const stores = async (): Promise<void> => {
	const ct = instances(settings.data, 'ct', 1000, 524_288, 100);
	const small = instances(settings.data, 'small', 20_000, 0, 10);
	const fewer = instances(settings.data, 'small2000', 2000, 0, 10);
	for (const [title, folder, associations] of [
		['1,000 of 512 KB', ct, 1],
		['1,000 of 512 KB, 4 associations', ct, 4],
		['20,000 small', small, 1],
		['20,000 small, 4 associations', small, 4],
	] as const) {
		const from = (start: Start, source = folder) => stored(start, source, associations);
		const contenders: Contender[] = [
			['Orthanc', () => from(orthanc)],
			['dimse --durability off', () => from(qrscp('--durability', 'off'))],
			['dimse (durable)', () => from(qrscp())],
		];
		// Of four associations at once it refuses instances (C000).
		if (associations === 1 && folder === ct) contenders.push(['dcmqrscp', () => from(dcmqrscp)]);
		if (associations === 1 && folder === small)
			contenders.push(['dcmqrscp: 2,000, times 10', async () => tenTimes(await from(dcmqrscp, fewer))]);
		await compare(`archive: store ${title}`, contenders);
	}
};

const tenTimes = ({ ms, peakKiB }: Run): Run => ({ ms: 10 * ms, peakKiB });

/** One run: an archive that is empty, one sender. */
const stored = async (start: Start, folder: string, associations: number): Promise<Run> => {
	const server = await start(await freePort());
	try {
		const { ms, sent, refused } = await sentBySender(server.port, folder, associations, server.aeTitle);
		if (refused > 0) throw new Error(`${server.aeTitle} refused ${refused} of ${sent}`);
		return { ms, peakKiB: server.peakKiB() };
	} finally {
		await server.stop();
	}
};

/** An archive that holds the instances of a folder. */
const filled = async (start: Start, folder: string, destination = 0): Promise<Server> => {
	const server = await start(destination === 0 ? await freePort() : destination);
	const { refused } = await sentBySender(server.port, folder, 1, server.aeTitle);
	if (refused > 0) throw new Error(`${server.aeTitle} refused ${refused}`);
	return server;
};

/** Sends a client on an errand. */
export const told = (errand: Errand): Promise<Told> =>
	new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [join(root, 'bench/client.ts'), JSON.stringify(errand)], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		let said = '';
		child.stdout.on('data', (text: Buffer) => {
			said += text.toString();
		});
		child.once('close', (code) =>
			code === 0 ? resolve(JSON.parse(said)) : reject(new Error(`the client of ${errand.aeTitle} ended with ${code}`)),
		);
	});

export const queries = async (): Promise<void> => {
	const studies = instances(settings.data, 'studies', STUDIES, 0, 1);
	const fewer = instances(settings.data, 'studies200', DCMQRSCP_STUDIES, 0, 1);
	const [theirs, ours, small] = [
		await filled(orthanc, studies),
		await filled(qrscp(), studies),
		await filled(dcmqrscp, fewer),
	];
	const all = async ({ port, aeTitle, peakKiB }: Server, which: keyof Told, count = STUDIES): Promise<Run> => {
		const times = await told({ kind: 'all', port, aeTitle, count, values: [] });
		return { ms: times[which], peakKiB: peakKiB() };
	};
	for (const [title, which] of [
		['the first match', 'firstMs'],
		['the last', 'lastMs'],
	] as const)
		await compare(`archive: find all of 5,000 studies, to ${title}`, [
			['Orthanc', () => all(theirs, which)],
			['dimse', () => all(ours, which)],
			[`dcmqrscp: all of ${DCMQRSCP_STUDIES}`, () => all(small, which, DCMQRSCP_STUDIES)],
		]);
	const one = async ({ port, aeTitle, peakKiB }: Server, studyCount: number): Promise<Run> => {
		const values = Array.from({ length: QUERIES }, (_, index) => `${ROOT}.${(index * 7919) % studyCount}`);
		const { lastMs } = await told({ kind: 'one', port, aeTitle, count: QUERIES, values });
		return { ms: lastMs, peakKiB: peakKiB() };
	};
	await compare('archive: find one of 5,000 studies by UID, within an association', [
		['Orthanc', () => one(theirs, STUDIES)],
		['dimse', () => one(ours, STUDIES)],
		[`dcmqrscp: one of ${DCMQRSCP_STUDIES}`, () => one(small, DCMQRSCP_STUDIES)],
	]);
	for (const server of [theirs, ours, small]) await server.stop();
};

export const retrieves = async (): Promise<void> => {
	const scan = instances(settings.data, 'scan', 1000, 524_288, 1000);
	const destination = await freePort();
	const servers = [
		['dcmqrscp', await filled(dcmqrscp, scan, destination)],
		['dimse', await filled(qrscp(), scan, destination)],
		['Orthanc', await filled(orthanc, scan, destination)],
	] as const;
	for (const kind of ['get', 'move'] as const)
		await compare(
			`archive: ${kind} 1,000 of 512 KB`,
			servers.map(([name, { port, aeTitle, peakKiB }]): Contender => {
				const errand: Errand = { kind, port, aeTitle, count: 1000, values: [`${ROOT}.0`] };
				return [
					name,
					async () => {
						const { lastMs } = await told(kind === 'move' ? { ...errand, destination } : errand);
						return { ms: lastMs, peakKiB: peakKiB() };
					},
				];
			}),
		);
	for (const [, server] of servers) await server.stop();
};
