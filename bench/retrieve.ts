/** `dimse get` and `dimse move --to-me` beside getscu and movescu, from the same archives: whole processes, 1,000 instances of 512 KB. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, missing, type RunningPeer, startDcmqrscp, startOrthanc } from '../test/support/peers.ts';
import { instances } from './data.ts';
import { compare, dimse, type Run, settings, timed } from './timing.ts';

const COUNT = 1000;
/** The one study of `instances(..., 'scan', ...)`. */
const STUDY = '2.25.3141592653589793.0';

/** Runs a command that retrieves into a folder, and counts what lies there. */
const retrieved = async (command: (folder: string) => readonly string[]): Promise<Run> => {
	const folder = mkdtempSync(join(settings.data, 'retrieved-'));
	try {
		// movescu +B writes into its current folder, whatever -od says.
		const run = await timed(command(folder), folder);
		const arrived = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
			entry.isFile(),
		).length;
		if (arrived !== COUNT) throw new Error(`${command(folder).join(' ')}: ${arrived} instances arrived`);
		return run;
	} finally {
		rmSync(folder, { recursive: true });
	}
};

const filled = async (peer: RunningPeer): Promise<RunningPeer> => {
	const scan = instances(settings.data, 'scan', COUNT, 524_288, COUNT);
	await timed([...dimse, 'store', '-q', '-aec', peer.aeTitle, '127.0.0.1', String(peer.port), scan]);
	return peer;
};

const keys = ['-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${STUDY}`];
const at = ({ aeTitle, port }: RunningPeer) => ['-aec', aeTitle, '127.0.0.1', String(port)];

export const get = async (): Promise<void> => {
	const archives = [await filled(await startDcmqrscp({ args: [] }))];
	if (missing('Orthanc') === false) archives.push(await filled(await startOrthanc({ MaximumPduLength: 131_072 })));
	for (const archive of archives) {
		const ours = (folder: string) => [...dimse, 'get', '-q', ...at(archive), STUDY, '-o', folder];
		await compare(`get 1,000 of 512 KB from ${archive.aeTitle === 'ORTHANC' ? 'Orthanc' : 'dcmqrscp'}`, [
			[
				'getscu +B',
				() => retrieved((folder) => ['getscu', '+B', '-pdu', '131072', '-od', folder, ...keys, ...at(archive)]),
			],
			[
				'dimse --durability off --no-verify',
				() => retrieved((folder) => [...ours(folder), '--durability', 'off', '--no-verify']),
			],
			['dimse (durable, verified)', () => retrieved(ours)],
		]);
		await archive.stop();
	}
};

export const move = async (): Promise<void> => {
	const [theirs, mine] = [await freePort(), await freePort()];
	const archive = await filled(await startDcmqrscp({ args: [], destinations: { MOVESCU: theirs, DIMSE: mine } }));
	const ours = (folder: string) => [
		...dimse,
		'move',
		'-q',
		'-aet',
		'DIMSE',
		...at(archive),
		STUDY,
		'--to-me',
		'--listen',
		String(mine),
		'-o',
		folder,
	];
	await compare('move 1,000 of 512 KB from dcmqrscp to ourselves', [
		[
			'movescu +P',
			() =>
				retrieved((folder) => [
					'movescu',
					'+B',
					'+xa',
					'-pdu',
					'131072',
					'-od',
					folder,
					'-aem',
					'MOVESCU',
					'+P',
					String(theirs),
					...keys,
					...at(archive),
				]),
		],
		[
			'dimse --durability off --no-verify',
			() => retrieved((folder) => [...ours(folder), '--durability', 'off', '--no-verify']),
		],
		['dimse (durable, verified)', () => retrieved(ours)],
	]);
	await archive.stop();
};
