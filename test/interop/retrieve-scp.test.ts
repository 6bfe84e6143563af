/** C-GET and C-MOVE as SCP: DCMTK's getscu and movescu and Orthanc ask us, storescp and Orthanc are where instances go. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import type { SubOperationEvent } from '../../src/services/retrieve-scp.ts';
import { resolveAmong, startArchive, stored, synthetic } from '../services/retrieving.ts';
import { freePort, missing, startOrthanc, startStorescp } from '../support/peers.ts';
import { CT, comparable, eventually, filesUnder, image, readPart10, same, shown } from './instances.ts';

const folder = mkdtempSync(join(tmpdir(), 'dimse-retrieve-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
let folders = 0;
const freshFolder = (): string => {
	const path = join(folder, String(++folders));
	mkdirSync(path);
	return path;
};

/** Runs a client of DCMTK; its log comes in what it wrote to both streams. */
const run = (
	name: string,
	...args: readonly string[]
): Promise<{ readonly status: number | null; readonly log: string }> =>
	new Promise((resolve, reject) => {
		const child = spawn(name, args, { cwd: folder, env: { ...process.env, TCP_NODELAY: '1' } });
		let log = '';
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (bytes: Buffer) => {
				log += bytes.toString();
			});
		child.once('error', reject);
		child.once('close', (status) => resolve({ status, log }));
	});

const complaints = (log: string): string[] => log.split('\n').filter((line) => /^[WEF]: /.test(line));

/** As `t.match`, with less to read when it fails and does not. */
const says = (t: Test, log: string, pattern: RegExp): void => {
	t.ok(pattern.test(log), String(pattern), { log: log.slice(-3000) });
};

const endOf = (events: readonly SubOperationEvent[]) => events.findLast(({ kind }) => kind === 'ended');

/** What lies under a folder, by SOP Instance UID. */
const received = (path: string) =>
	new Map(
		filesUnder(path).map((file) => {
			const { dataset, body, transferSyntaxUid } = readPart10(file);
			return [shown(dataset, 'SOPInstanceUID'), { dataset, body, transferSyntaxUid }];
		}),
	);

const ALL = ['-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID'];
const JPEG = '1.2.840.10008.1.2.4.50';
/** Two fragments that nobody decodes here. */
const compressed = stored(
	{
		...image(CT, '1.2.9.1', { StudyInstanceUID: '1.2.9' }),
		'7FE00010': { vr: 'OB', Value: [Uint8Array.of(), Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)] },
	},
	JPEG,
);

t.test('getscu', { skip: missing('getscu') }, async (t) => {
	const instances = synthetic(20);
	const archive = await startArchive(t, { resolve: resolveAmong(instances) });
	const at = ['127.0.0.1', String(archive.port)];

	for (const model of ['-S', '-P', '-O'])
		t.test(`${model}: every instance as it lies, a pending response for each`, async (t) => {
			const into = freshFolder();
			const { status, log } = await run('getscu', '-d', model, '+B', ...ALL, '-od', into, ...at);
			t.equal(status, 0);
			t.strictSame(complaints(log), []);
			says(t, log, /Completed Suboperations +: 20/);
			t.equal(log.match(/DIMSE Status +: 0xff00/g)?.length, 20);
			says(t, log, /Sub-operations? [Cc]omplete|0x0000: Success/);
			const files = received(into);
			t.equal(files.size, 20);
			for (const { sopInstanceUid, bytes } of instances) {
				const file = files.get(sopInstanceUid);
				t.equal(file?.transferSyntaxUid, EXPLICIT_LITTLE);
				t.ok(file !== undefined && same(file.body, bytes), 'byte for byte');
			}
		});

	for (const syntax of [IMPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED])
		t.test(`instances in ${syntax} are transcoded into what it takes`, async (t) => {
			const others = await startArchive(t, { resolve: resolveAmong(synthetic(20, syntax)) });
			const into = freshFolder();
			const { status, log } = await run(
				'getscu',
				'-d',
				'-S',
				'+B',
				...ALL,
				'-od',
				into,
				'127.0.0.1',
				String(others.port),
			);
			t.equal(status, 0);
			t.strictSame(complaints(log), []);
			const files = received(into);
			t.equal(files.size, 20);
			for (const { sopInstanceUid, bytes } of instances) {
				const file = files.get(sopInstanceUid);
				t.equal(file?.transferSyntaxUid, EXPLICIT_LITTLE);
				const own = comparable(decodeDataset(bytes, EXPLICIT_LITTLE).dataset);
				t.ok(file !== undefined && same(comparable(file.dataset), own), sopInstanceUid);
			}
		});

	for (const option of ['-xe', '-xb', '-xd', '-xi'])
		t.test(`${option}: identifiers in every transfer syntax`, async (t) => {
			const into = freshFolder();
			const [first] = instances;
			const { status, log } = await run(
				...(['getscu', '-d', '-S', option, '+B'] as const),
				...['-k', 'QueryRetrieveLevel=IMAGE', '-k', `SOPInstanceUID=${first?.sopInstanceUid}`, '-od', into, ...at],
			);
			t.equal(status, 0, log.slice(-2000));
			t.strictSame([...received(into).keys()], [first?.sopInstanceUid]);
		});

	t.test('what it does not take fails, the rest comes: B000, counts and the list', async (t) => {
		const some = await startArchive(t, { resolve: resolveAmong([...instances.slice(0, 3), compressed]) });
		const into = freshFolder();
		const { log } = await run('getscu', '-d', '-S', '+B', ...ALL, '-od', into, '127.0.0.1', String(some.port));
		says(t, log, /DIMSE Status +: 0xb000/);
		says(t, log, /Failed Suboperations +: 1/);
		says(t, log, /Number of Failed Suboperations +: 1/);
		t.equal(received(into).size, 3);
		t.match(endOf(some.events), { status: 0xb000, errorComment: '1 of 4 failed: no context for CT Image' });
	});

	t.test('compressed as it lies, where it takes that', async (t) => {
		const some = await startArchive(t, { resolve: resolveAmong([compressed]) });
		const into = freshFolder();
		const { status } = await run('getscu', '-S', '+xy', '+B', ...ALL, '-od', into, '127.0.0.1', String(some.port));
		t.equal(status, 0);
		const file = received(into).get('1.2.9.1');
		t.equal(file?.transferSyntaxUid, JPEG);
		t.ok(file !== undefined && same(file.body, compressed.bytes));
	});

	t.test('nothing matches: success with nothing', async (t) => {
		const none = await startArchive(t, {});
		const { status, log } = await run('getscu', '-d', '-S', ...ALL, '127.0.0.1', String(none.port));
		t.equal(status, 0);
		says(t, log, /DIMSE Status +: 0x0000/);
		says(t, log, /Completed Suboperations +: 0/);
	});

	t.test('a refusal is read with its words', async (t) => {
		const refusal = { status: 0xa900, errorComment: 'no such level', offendingElements: ['00080052'] };
		const no = await startArchive(t, { resolve: async () => ({ refusal }) });
		const { log } = await run('getscu', '-d', '-S', ...ALL, '127.0.0.1', String(no.port));
		says(t, log, /0xa900/);
		t.match(endOf(no.events), { status: 0xa900 });
	});
});

t.test('movescu', { skip: missing('movescu', 'storescp') }, async (t) => {
	const instances = synthetic(20);
	const uids = instances.map(({ sopInstanceUid }) => sopInstanceUid).sort();
	const service = { resolve: resolveAmong(instances) };

	for (const model of ['-S', '-P', '-O'])
		t.test(`${model}: to storescp, a pending response for each`, async (t) => {
			const destination = await startStorescp(['-d', '+xa', '+B']);
			t.teardown(() => destination.stop());
			const archive = await startArchive(t, service, { STORESCP: destination.port });
			const { status, log } = await run(
				...(['movescu', '-d', model, '-aet', 'ASKER', '-aem', 'STORESCP'] as const),
				...[...ALL, '127.0.0.1', String(archive.port)],
			);
			t.equal(status, 0);
			t.strictSame(complaints(log), []);
			t.equal(log.match(/DIMSE Status +: 0xff00/g)?.length, 20);
			says(t, log, /DIMSE Status +: 0x0000/);
			says(t, log, /Completed Suboperations +: 20/);
			const files = received(destination.folder);
			t.strictSame([...files.keys()].sort(), uids);
			for (const { sopInstanceUid, bytes } of instances) {
				const file = files.get(sopInstanceUid);
				t.ok(file !== undefined && same(file.body, bytes), 'byte for byte');
			}
			says(t, destination.log(), /Move Originator AE Title +: ASKER/);
		});

	t.test('to itself', async (t) => {
		const own = await freePort();
		const into = freshFolder();
		const archive = await startArchive(t, service, { MOVESCU: own });
		const { status, log } = await run(
			...(['movescu', '-d', '-S', '+xa', '-aem', 'MOVESCU', '+P', String(own), '-od', into] as const),
			...[...ALL, '127.0.0.1', String(archive.port)],
		);
		t.equal(status, 0, log.slice(-2000));
		t.strictSame([...received(into).keys()].sort(), uids);
	});

	t.test('--cancel: FE00 with the counts', async (t) => {
		const many = synthetic(60);
		const destination = await startStorescp(['+xa', '+B', '--ignore']);
		t.teardown(() => destination.stop());
		const archive = await startArchive(t, { resolve: resolveAmong(many) }, { STORESCP: destination.port });
		const { log } = await run(
			...(['movescu', '-d', '-S', '-aem', 'STORESCP', '--cancel', '2'] as const),
			...[...ALL, '127.0.0.1', String(archive.port)],
		);
		says(t, log, /DIMSE Status +: 0xfe00/);
		const end = endOf(archive.events);
		t.match(end, { status: 0xfe00 });
		t.ok(end?.kind === 'ended' && end.counts.remaining > 0 && end.counts.remaining + end.counts.completed === 60);
	});

	t.test('destinations that are unknown, not there, or reject', async (t) => {
		const rejecting = await startStorescp(['--refuse']);
		t.teardown(() => rejecting.stop());
		const archive = await startArchive(t, service, { CLOSED: await freePort(), REJECTS: rejecting.port });
		const to = (aem: string) =>
			run('movescu', '-d', '-S', '-aem', aem, ...ALL, '127.0.0.1', String(archive.port)).then(({ log }) => log);
		says(t, await to('NOBODY'), /DIMSE Status +: 0xa801/);
		const closed = await to('CLOSED');
		says(t, closed, /DIMSE Status +: 0xa702/);
		says(t, closed, /Failed Suboperations +: 20/);
		says(t, closed, /\(0008,0058\) UI \[/);
		says(t, await to('REJECTS'), /DIMSE Status +: 0xa702/);
		t.match(endOf(archive.events), { errorComment: '20 of 20 failed: REJECTS: association rejected 1/1/1' });
	});

	t.test('a destination that aborts in the middle', async (t) => {
		const destination = await startStorescp(['+xa', '+B', '--abort-during']);
		t.teardown(() => destination.stop());
		const archive = await startArchive(t, service, { STORESCP: destination.port });
		const { log } = await run('movescu', '-d', '-S', '-aem', 'STORESCP', ...ALL, '127.0.0.1', String(archive.port));
		says(t, log, /DIMSE Status +: 0xa702/);
		t.equal(archive.events.filter(({ kind }) => kind === 'opened').length, 2, 'called once more');
	});

	t.test('implicit little endian only: transcoded; compressed fails', async (t) => {
		const destination = await startStorescp(['-v', '+xi', '+B']);
		t.teardown(() => destination.stop());
		const archive = await startArchive(
			t,
			{ resolve: resolveAmong([...instances, compressed]) },
			{ STORESCP: destination.port },
		);
		const { log } = await run('movescu', '-d', '-S', '-aem', 'STORESCP', ...ALL, '127.0.0.1', String(archive.port));
		says(t, log, /DIMSE Status +: 0xb000/);
		const files = received(destination.folder);
		t.strictSame([...files.keys()].sort(), uids);
		t.ok([...files.values()].every(({ transferSyntaxUid }) => transferSyntaxUid === IMPLICIT_LITTLE));
	});
});

t.test('Orthanc', { skip: missing('Orthanc') }, async (t) => {
	const instances = synthetic(12);
	const destinations: Record<string, number> = {};
	const archive = await startArchive(t, { resolve: resolveAmong(instances) }, destinations);
	const peer = await startOrthanc({
		DicomModalities: { dimse: ['ARCHIVE', '127.0.0.1', archive.port] },
		StableAge: 1,
	});
	t.teardown(() => peer.stop());
	destinations['ORTHANC'] = peer.port;
	const rest = (path: string, body?: unknown) =>
		fetch(`http://127.0.0.1:${peer.httpPort}${path}`, {
			...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
			signal: AbortSignal.timeout(20_000),
		});
	await t.test('has a study moved to itself', async (t) => {
		const [first] = instances;
		const study = first?.studyInstanceUid ?? '';
		const response = await rest('/modalities/dimse/move', {
			Level: 'Study',
			Resources: [{ StudyInstanceUID: study }],
			TargetAet: 'ORTHANC',
			Synchronous: true,
		});
		t.equal(response.status, 200);
		const wanted = instances.filter(({ studyInstanceUid }) => studyInstanceUid === study).length;
		const found = await eventually('the instances in Orthanc', async () => {
			const list: unknown = await (await rest('/instances')).json();
			return Array.isArray(list) && list.length === wanted ? list.length : undefined;
		});
		t.equal(found, wanted);
		t.match(endOf(archive.events), { status: 0, counts: { completed: wanted, failed: 0 } });
		t.equal(archive.requests[0]?.message.type, 'C-MOVE-RQ');
	});
});
