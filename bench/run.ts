/** Measures `dimse` beside DCMTK's tools, in turn in the same run: whole processes, medians, ratios. See README.md here. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { missing, startDcmqrscp, startOrthanc, startStorescp } from '../test/support/peers.ts';
import { instances } from './data.ts';

const { values } = parseArgs({
	options: {
		rounds: { type: 'string', default: '7' },
		only: { type: 'string', default: '' },
		data: { type: 'string', default: join(tmpdir(), 'dimse-bench') },
	},
});
const rounds = Number(values.rounds);
const root = fileURLToPath(new URL('..', import.meta.url));
const dimse = [process.execPath, join(root, 'bin/dimse.js')];

interface Run {
	readonly ms: number;
	readonly peakKiB: number;
}

/** One process from start to end, its output thrown away. */
const timed = (command: readonly string[]): Promise<Run> =>
	new Promise((resolve, reject) => {
		const startedAt = performance.now();
		const child = spawn(command[0] ?? '', command.slice(1), {
			stdio: ['ignore', 'ignore', 'pipe'],
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

const peakOf = ({ pid }: ChildProcess): number => {
	try {
		return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
	} catch {
		return 0;
	}
};

/** Several processes at once: the time of the slowest. */
const together = async (commands: readonly (readonly string[])[]): Promise<Run> => {
	const startedAt = performance.now();
	const runs = await Promise.all(commands.map(timed));
	return { ms: performance.now() - startedAt, peakKiB: Math.max(...runs.map(({ peakKiB }) => peakKiB)) };
};

type Contender = readonly [name: string, run: () => Promise<Run>];

const median = (numbers: readonly number[]): number => {
	const sorted = [...numbers].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** Each contender once a round, in turn; the last is `dimse`, the first its anchor. Ratios of speed are of the same round. */
const compare = async (title: string, contenders: readonly Contender[], times = rounds): Promise<void> => {
	const runs = contenders.map((): Run[] => []);
	for (const [, run] of contenders) await run();
	for (let round = 0; round < times; round++)
		for (const [index, [, run]] of contenders.entries()) runs[index]?.push(await run());
	const anchor = runs[0] ?? [];
	for (const [index, [name]] of contenders.entries()) {
		const own = runs[index] ?? [];
		const ratio = median(own.map(({ ms }, round) => (anchor[round]?.ms ?? Number.NaN) / ms));
		console.log(
			`| ${index === 0 ? title : ''} | ${name} | ${median(own.map(({ ms }) => ms)).toFixed(0)} | ${Math.min(...own.map(({ ms }) => ms)).toFixed(0)} | ${index === 0 ? '1' : ratio.toFixed(2)} | ${(Math.max(...own.map(({ peakKiB }) => peakKiB)) / 1024).toFixed(0)} |`,
		);
	}
};

const wants = (name: string): boolean => values.only === '' || values.only.split(',').includes(name);

const lacking = missing('echoscu', 'storescu', 'storescp', 'findscu', 'dcmqrscp');
if (lacking !== false) throw new Error(lacking);
console.log('| what | who | median ms | best ms | speed | peak MiB |\n| --- | --- | ---: | ---: | ---: | ---: |');

if (wants('echo')) {
	const peer = await startDcmqrscp({ args: [] });
	const at = ['-aec', peer.aeTitle, '127.0.0.1', String(peer.port)];
	await compare(
		'echo, whole process',
		[
			['echoscu', () => timed(['echoscu', ...at])],
			['node -e 0', () => timed([process.execPath, '-e', '0'])],
			['dimse', () => timed([...dimse, 'echo', ...at])],
		],
		3 * rounds,
	);
	await peer.stop();
}

/** Starts the far side that is ours. */
const farSide = async (): Promise<{ readonly port: string; stop(): void }> => {
	const far = spawn(process.execPath, [join(root, 'bench/scp.ts'), '5000'], { stdio: ['ignore', 'pipe', 'inherit'] });
	const port = await new Promise<string>((resolve) =>
		far.stdout.once('data', (text: Buffer) => resolve(text.toString().trim())),
	);
	return { port, stop: () => far.kill() };
};

if (wants('store')) {
	const storescu = ['storescu', '-R', '-pdu', '131072'];
	const ct = instances(values.data, 'ct', 1000, 524_288, 100);
	const small = instances(values.data, 'small', 20_000, 0, 10);
	const big = instances(values.data, 'big', 1, 524_288_000, 1);
	const parts = [0, 1, 2, 3].map((part) =>
		Array.from({ length: 250 }, (_, i) => join(ct, `${String(part * 250 + i).padStart(6, '0')}.dcm`)),
	);
	const ours = await farSide();
	const theirs = await startStorescp(['+xa', '--ignore', '-pdu', '131072', '--fork']);
	for (const [receiver, port] of [
		['a receiver that discards', ours.port],
		['storescp --ignore --fork', String(theirs.port)],
	] as const) {
		const at = ['-aec', 'BENCH', '127.0.0.1', port];
		for (const [title, folder] of [
			['1,000 of 512 KB', ct],
			['20,000 small', small],
			['one of 500 MB', big],
		] as const)
			await compare(`store ${title} into ${receiver}`, [
				['storescu', () => timed([...storescu, '+sd', ...at, folder])],
				['dimse', () => timed([...dimse, 'store', '-q', ...at, folder])],
			]);
		await compare(`store 1,000 of 512 KB, 4 associations, into ${receiver}`, [
			['4 storescu', () => together(parts.map((files) => [...storescu, ...at, ...files]))],
			['dimse -j 4', () => timed([...dimse, 'store', '-q', '-j', '4', ...at, ct])],
		]);
	}
	ours.stop();
	await theirs.stop();
}

if (wants('find')) {
	const far = await farSide();
	const { port } = far;
	const keys = [
		'PatientName',
		'PatientID',
		'StudyDate',
		'StudyTime',
		'AccessionNumber',
		'StudyDescription',
		'ModalitiesInStudy',
		'StudyInstanceUID',
		'NumberOfStudyRelatedSeries',
		'NumberOfStudyRelatedInstances',
	].flatMap((key) => ['-k', key]);
	const query = ['-S', '-k', 'QueryRetrieveLevel=STUDY', ...keys, '-aec', 'ANY', '127.0.0.1'];
	await compare('find 5,000 studies, printed', [
		['findscu', () => timed(['findscu', ...query, port])],
		['dimse (tsv)', () => timed([...dimse, 'find', '-q', ...query, port])],
		['dimse (jsonl)', () => timed([...dimse, 'find', '-q', '-F', 'jsonl', ...query, port])],
	]);
	far.stop();
	if (missing('Orthanc') === false) {
		const orthanc = await startOrthanc({ MaximumStorageSize: 0, LimitFindResults: 0 });
		const folder = instances(values.data, 'studies', 5000, 0, 1);
		await timed([...dimse, 'store', '-q', '-aec', 'ORTHANC', '127.0.0.1', String(orthanc.port), folder]);
		await compare('the same from Orthanc', [
			['findscu', () => timed(['findscu', ...query, String(orthanc.port)])],
			['dimse (tsv)', () => timed([...dimse, 'find', '-q', ...query, String(orthanc.port)])],
		]);
		await orthanc.stop();
	}
}
