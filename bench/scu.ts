/** `dimse` as SCU beside DCMTK's tools: echo, store, find. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { missing, startDcmqrscp, startOrthanc, startStorescp } from '../test/support/peers.ts';
import { instances } from './data.ts';
import { compare, dimse, root, settings, timed, together } from './timing.ts';

/** One C-ECHO, whole processes. */
export const echo = async (): Promise<void> => {
	const peer = await startDcmqrscp({ args: [] });
	const at = ['-aec', peer.aeTitle, '127.0.0.1', String(peer.port)];
	await compare(
		'echo, whole process',
		[
			['echoscu', () => timed(['echoscu', ...at])],
			['node -e 0', () => timed([process.execPath, '-e', '0'])],
			['dimse', () => timed([...dimse, 'echo', ...at])],
		],
		3 * settings.rounds,
	);
	await peer.stop();
};

/** Starts the far side that is ours. */
const farSide = async (): Promise<{ readonly port: string; stop(): void }> => {
	const far = spawn(process.execPath, [join(root, 'bench/scp.ts'), '5000'], { stdio: ['ignore', 'pipe', 'inherit'] });
	const port = await new Promise<string>((resolve) =>
		far.stdout.once('data', (text: Buffer) => resolve(text.toString().trim())),
	);
	return { port, stop: () => far.kill() };
};

/** Into a receiver that discards, and into storescp. */
export const store = async (): Promise<void> => {
	const storescu = ['storescu', '-R', '-pdu', '131072'];
	const ct = instances(settings.data, 'ct', 1000, 524_288, 100);
	const small = instances(settings.data, 'small', 20_000, 0, 10);
	const big = instances(settings.data, 'big', 1, 524_288_000, 1);
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
};

/** All of 5,000 studies, printed. */
export const find = async (): Promise<void> => {
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
		const folder = instances(settings.data, 'studies', 5000, 0, 1);
		await timed([...dimse, 'store', '-q', '-aec', 'ORTHANC', '127.0.0.1', String(orthanc.port), folder]);
		await compare('the same from Orthanc', [
			['findscu', () => timed(['findscu', ...query, String(orthanc.port)])],
			['dimse (tsv)', () => timed([...dimse, 'find', '-q', ...query, String(orthanc.port)])],
		]);
		await orthanc.stop();
	}
};
