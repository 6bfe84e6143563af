/** `dimse receive` and the senders that people have: what arrives is what was sent, and what goes wrong is said and leaves nothing. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { withAssociation } from '../../src/association/requestor.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { DicomError } from '../../src/errors.ts';
import { store } from '../../src/services/storage-scu.ts';
import { encodePdu } from '../../src/upper-layer/pdu/index.ts';
import { missing, startStorescp } from '../support/peers.ts';
import { dimse } from '../support/run.ts';
import { rowsOf, STUDIES, writeStudies } from './command-line.ts';
import { complaints, runClient } from './dcmtk-client.ts';
import { awkward, CT, filesUnder, image, readPart10, same, shown } from './instances.ts';
import { associateRq, IMPLICIT, messageBytes, RawCaller, storeRq } from './raw-caller.ts';
import { startReceive } from './receive-process.ts';

// Each of these starts some processes.
t.setTimeout(300_000);

const folderOf = (t: Test): string => {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-receive-'));
	t.teardown(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
};

/** All of them, bit for bit, each in its own transfer syntax. */
const hasAll = (t: Test, received: string, sent: string, what: string): void => {
	const kept = new Map(
		filesUnder(received).map((path) => {
			const file = readPart10(path);
			return [shown(file.dataset, 'SOPInstanceUID'), file];
		}),
	);
	const files = filesUnder(sent).map(readPart10);
	t.equal(kept.size, files.length, what);
	for (const file of files) {
		const one = kept.get(shown(file.dataset, 'SOPInstanceUID'));
		t.ok(one !== undefined && same(one.body, file.body) && one.transferSyntaxUid === file.transferSyntaxUid, what);
	}
};

t.test('DCMTK sends', { skip: missing('storescu', 'dcmsend', 'dcmcjpeg', 'echoscu', 'storescp') }, async (t) => {
	const studies = writeStudies('to-receive', [...STUDIES, awkward('1.2.8.1.1')]);
	// One that is compressed, as it lies.
	execFileSync('dcmcjpeg', [join(studies, '0.dcm'), join(studies, '0.dcm')]);
	const cases: readonly (readonly [program: string, args: readonly string[], options: readonly string[]])[] = [
		['storescu', ['-xs', '+sd', '-R'], []],
		['dcmsend', ['+sd'], ['--durability', 'off', '--max-pdu', '4096']],
		['dcmsend', ['+sd', '--multi-associations'], ['--flat', '--durability', 'data']],
	];
	for (const [program, args, options] of cases) {
		const folder = folderOf(t);
		const receive = await startReceive(t, ['-o', folder, '-F', 'name', ...options]);
		const { status, log } = await runClient(program, [...args, '127.0.0.1', String(receive.port), studies], folder);
		t.same([status, ...complaints(log)], [0], `${program} ${options.join(' ')}`);
		t.equal(await receive.stop('SIGINT'), 130);
		// DCMTK's clients encode anew what they send: what its own receiver gets of them is what they sent.
		const storescp = await startStorescp(['+xa', '+B']);
		t.equal((await runClient(program, [...args, '127.0.0.1', String(storescp.port), studies], folder)).status, 0);
		hasAll(t, folder, storescp.folder, `${program} ${options.join(' ')}`);
		await storescp.stop();
		t.same(rowsOf(receive.stdout()).sort(), filesUnder(folder).sort(), 'their paths on stdout');
		t.match(receive.stderr(), /^ok +6 instances/m);
	}
	const folder = folderOf(t);
	const ours = await startReceive(t, ['-o', folder]);
	t.equal((await dimse(['store', `127.0.0.1:${ours.port}`, studies, '-j', '3'])).status, 0);
	await ours.stop();
	hasAll(t, folder, studies, 'as they lie');
	const receive = await startReceive(t, ['--ignore']);
	t.equal((await runClient('echoscu', ['127.0.0.1', String(receive.port)], tmpdir())).status, 0);
	t.equal(
		(await runClient('storescu', ['+sd', '-R', '-xs', '127.0.0.1', String(receive.port), studies], tmpdir())).status,
		0,
	);
	t.equal(await receive.stop(), 143);
	t.match(receive.stderr(), /6 ignored/);
});

t.test('dcmjs-dimse sends', { skip: missing('dcmcjpeg', 'storescp') }, async (t) => {
	const plain = writeStudies('from-dcmjs-dimse', [...STUDIES, awkward('1.2.8.1.1')]);
	const compressed = writeStudies('from-dcmjs-dimse-compressed', STUDIES.slice(0, 1));
	execFileSync('dcmcjpeg', [join(compressed, '0.dcm'), join(compressed, '0.dcm')]);
	const program = fileURLToPath(new URL('dcmjs-dimse-sender.ts', import.meta.url));
	// It proposes implicit VR before explicit; DCMTK's receiver takes the first where it has no choice.
	const cases: readonly (readonly [folder: string, associations: string, storescp: string])[] = [
		[plain, '1', '+xi'],
		[plain, '3', '+xi'],
		[compressed, '1', '+xa'],
	];
	for (const [sent, associations, accepting] of cases) {
		const count = filesUnder(sent).length;
		const send = (port: number) => runClient(process.execPath, [program, String(port), associations, sent], tmpdir());
		const folder = folderOf(t);
		const receive = await startReceive(t, ['-o', folder]);
		const { status, log } = await send(receive.port);
		const statuses = log.trimEnd().split('\n').at(-1);
		t.same([status, statuses], [0, JSON.stringify(Array(count).fill(0))], 'all of them acknowledged');
		await receive.stop();
		t.match(receive.stderr(), new RegExp(`^ok +${count} instance`, 'm'));
		// It encodes anew as well.
		const storescp = await startStorescp([accepting, '+B']);
		t.equal((await send(storescp.port)).status, 0);
		hasAll(t, folder, storescp.folder, `${associations} associations`);
		await storescp.stop();
	}
});

t.test('what is said of those who call', { skip: missing('storescu', 'findscu', 'echoscu') }, async (t) => {
	const folder = folderOf(t);
	const strange = writeStudies('strange', [image('1.2.3.4.5.6', '1.2.77.1')]);
	const receive = await startReceive(t, ['-o', folder, '-aet', 'WS1', '--events']);
	const port = String(receive.port);
	t.not((await runClient('findscu', ['-S', '-k', 'QueryRetrieveLevel=STUDY', '127.0.0.1', port], folder)).status, 0);
	await dimse(['store', '-aec', 'WS1', `127.0.0.1:${port}`, strange]);
	const caller = new RawCaller(receive.port);
	caller.say(new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'));
	await caller.over();
	await receive.says(/did not become an association/);
	await receive.stop();
	t.match(receive.stderr(), /FINDSCU called "ANY-SCP", and we are "WS1": taken all the same/);
	t.match(receive.stderr(), /refused to FINDSCU: Study Root FIND .*dimse qrscp answers queries/);
	t.match(
		receive.stderr(),
		/refused to STORESCU: 1\.2\.3\.4\.5\.6; .*--accept any|refused to STORESCU: 1\.2\.3\.4\.5\.6 .*--accept any/,
	);
	const events = rowsOf(receive.stdout()).map((line) => JSON.parse(line) as { readonly type: string });
	t.same([...new Set(events.map(({ type }) => type))].sort(), [
		'ended',
		'incoming',
		'listening',
		'start',
		'summary',
		'warning',
	]);
	const strict = await startReceive(t, [
		'-o',
		folder,
		'-aet',
		'WS1',
		'--require-called',
		'--accept',
		'any',
		'--allow',
		'STORESCU@127.0.0.1',
	]);
	const at = `127.0.0.1:${strict.port}`;
	t.equal((await dimse(['store', '-aec', 'OTHER', at, strange])).status, 5);
	t.equal((await dimse(['store', '-aet', 'NOBODY', '-aec', 'WS1', at, strange])).status, 5);
	t.equal((await dimse(['store', '-aec', 'WS1', at, strange])).status, 0, 'a private class with --accept any');
	await strict.stop();
	t.match(strict.stderr(), /rejected \(1\/1\/7\): STORESCU at 127\.0\.0\.1:\d+, calling "OTHER"/);
	t.match(strict.stderr(), /rejected \(1\/1\/3\): NOBODY .*--allow 'NOBODY@127\.0\.0\.1'/);
	hasAll(t, folder, strange, 'the private one');
});

t.test('it ends by itself: so many, or nobody any more', async (t) => {
	const folder = folderOf(t);
	const studies = writeStudies('by-itself');
	const counting = await startReceive(t, ['-o', folder, '--count', '5', '--json']);
	t.equal((await dimse(['store', `127.0.0.1:${counting.port}`, studies])).status, 0);
	t.equal(await counting.ended, 0);
	t.match(JSON.parse(counting.stdout()), { schema: 'dimse.receive/1', stored: 5, new: 5, failed: 0, exit: 0 });
	const idle = await startReceive(t, ['-o', folder, '--until-idle', '3']);
	const caller = await RawCaller.associated(idle.port, associateRq([CT], {}, [IMPLICIT]));
	const dataset = encodeDataset(image(CT, '1.2.12.1'), IMPLICIT_LITTLE);
	caller.say(messageBytes(1, storeRq('1.2.12.1'), dataset), messageBytes(1, storeRq('1.2.12.1', 2), dataset));
	await caller.hears(3);
	caller.say(encodePdu({ type: 'A-RELEASE-RQ' }));
	await caller.hears(4);
	caller.socket.end();
	t.equal(await idle.ended, 0);
	t.match(idle.stderr(), /1 skipped/);
	const nobody = await startReceive(t, ['-o', folder, '--until-idle', '0.1']);
	t.equal(await nobody.ended, 1);
});

const half = (uid: string): readonly [Uint8Array, Uint8Array] => {
	const dataset = encodeDataset(image(CT, uid, {}, 600), IMPLICIT_LITTLE);
	const bytes = messageBytes(1, storeRq(uid), dataset);
	return [bytes.subarray(0, 200_000), bytes.subarray(200_000)];
};

/** A caller in the middle of an instance, of which something has reached the disk. */
const midInstance = async (port: number, folder: string, uid: string): Promise<readonly [RawCaller, Uint8Array]> => {
	const caller = await RawCaller.associated(port, associateRq([CT], {}, [IMPLICIT]));
	const [first, second] = half(uid);
	caller.say(first);
	while (!readdirSync(folder).some((name) => name.endsWith('.part') && statSync(join(folder, name)).size > 10_000))
		await new Promise((resolve) => setImmediate(resolve));
	return [caller, second];
};

t.test('signals in the middle of an instance', async (t) => {
	const folder = folderOf(t);
	const once = await startReceive(t, ['-o', folder]);
	const [caller, rest] = await midInstance(once.port, folder, '1.2.3.1');
	once.child.kill('SIGTERM');
	await once.says(/SIGTERM: listening no more; 1 association to finish/);
	caller.say(rest);
	t.same(await caller.over(), ['A-ASSOCIATE-AC', 'C-STORE-RSP 0000', 'A-ABORT 0/0', 'end']);
	t.equal(await once.ended, 143);
	t.equal(filesUnder(folder).length, 1, 'finished, and nothing beside it');
	const twice = await startReceive(t, ['-o', folder]);
	const [other] = await midInstance(twice.port, folder, '1.2.3.2');
	twice.child.kill('SIGINT');
	await twice.says(/SIGINT: listening no more/);
	twice.child.kill('SIGINT');
	t.same((await other.over()).slice(0, 2), ['A-ASSOCIATE-AC', 'A-ABORT 0/0']);
	t.equal(await twice.ended, 130);
	t.equal(filesUnder(folder).length, 1, 'nothing is left of the other');
	t.notOk(readdirSync(folder).some((name) => name.endsWith('.part')));
});

t.test('kill -9 under load: what was answered with success is whole, what is left is swept', async (t) => {
	const folder = folderOf(t);
	const rounds = Number(process.env['DIMSE_FUZZ'] ?? 0) > 10_000 ? 50 : 4;
	const acknowledged = new Map<string, Uint8Array>();
	let swept = 0;
	for (let round = 0; round < rounds; round++) {
		const receive = await startReceive(t, ['-o', folder, '--durability', round % 2 === 0 ? 'off' : 'full']);
		swept += Number(/(\d+) files? that an earlier run left half-written/.exec(receive.stderr())?.[1] ?? 0);
		t.notOk(
			readdirSync(folder).some((name) => name.endsWith('.part')),
			'nothing half-written is left at the start',
		);
		const killAfter = 20 + 15 * round;
		let stored = 0;
		await Promise.all(
			[1, 2, 3, 4].map(async (sender) => {
				try {
					await withAssociation(
						{
							address: { host: '127.0.0.1', port: receive.port, calledAeTitle: 'X', callingAeTitle: `S${sender}` },
							contexts: [{ abstractSyntax: CT, transferSyntaxes: [EXPLICIT_LITTLE] }],
						},
						async ({ association, accepted: [context] }) => {
							for (let number = 0; ; number++) {
								const uid = `1.2.${round}.${sender}.${number}`;
								const dataset = encodeDataset(image(CT, uid, {}, 64 + (number % 7) * 60), EXPLICIT_LITTLE);
								const { status } = await store(association, context?.id ?? 0, {
									sopClassUid: CT,
									sopInstanceUid: uid,
									dataset,
								});
								if (status !== 0x0000) throw new Error(`status ${status}`);
								acknowledged.set(uid, dataset);
								if (++stored === killAfter) receive.child.kill('SIGKILL');
							}
						},
					);
				} catch (error) {
					if (!(error instanceof DicomError)) throw error;
				}
			}),
		);
		t.equal(await receive.ended, 'SIGKILL');
	}
	const kept = new Map(
		filesUnder(folder)
			.filter((path) => path.endsWith('.dcm'))
			.map((path) => {
				const file = readPart10(path);
				return [shown(file.dataset, 'SOPInstanceUID'), file.body];
			}),
	);
	const lost = [...acknowledged].filter(([uid, dataset]) => {
		const body = kept.get(uid);
		return body === undefined || !same(body, dataset);
	});
	t.same(
		lost.map(([uid]) => uid),
		[],
	);
	t.ok(acknowledged.size > 50 * rounds * 0.3);
	t.ok(swept > 0 || rounds < 10, `${swept} parts swept`);
});

t.test('a disk that is full', { skip: process.getuid?.() !== 0 ? 'needs root to mount' : false }, async (t) => {
	const folder = folderOf(t);
	execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
	t.teardown(() => execFileSync('umount', ['-l', folder]));
	const big = writeStudies('too-big', [image(CT, '1.2.9.1', {}, 1400)]);
	const small = writeStudies('small-enough', [image(CT, '1.2.9.2', {}, 200)]);
	const receive = await startReceive(t, ['-o', folder, '--until-idle', '5', '--layout', '{SOPInstanceUID}']);
	const at = `127.0.0.1:${receive.port}`;
	const { status, stderr } = await dimse(['store', at, big]);
	t.equal(status, 4);
	t.match(stderr, /A700/);
	t.same(readdirSync(folder), [], 'nothing is left of it');
	t.equal((await dimse(['store', at, small])).status, 0, 'there is room for that');
	t.same(readdirSync(folder), ['1.2.9.2']);
	await receive.stop();
	t.match(receive.stderr(), /warning: not kept: 1\.2\.9\.1 from STORESCU \(A700\): .*(no space|ENOSPC)/i);
});

t.test('no file descriptors left', async (t) => {
	const folder = folderOf(t);
	const studies = writeStudies('few-descriptors', [image(CT, '1.2.10.1')]);
	const receive = await startReceive(t, ['-o', folder], { wrapper: 'ulimit -n 60' });
	const sockets = Array.from({ length: 80 }, () => connect(receive.port, '127.0.0.1').on('error', () => {}));
	await Promise.all(
		sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))),
	);
	for (const socket of sockets) socket.destroy();
	// It may take a moment until it has closed its own ends.
	let status: number | null = null;
	for (let tries = 0; tries < 20 && status !== 0; tries++)
		status = (await dimse(['store', `127.0.0.1:${receive.port}`, studies])).status;
	t.equal(status, 0, 'it lives, and takes instances again');
	t.equal(await receive.stop(), 143);
	t.equal(filesUnder(folder).length, 1);
});

t.test('memory is bounded, whatever the instance', async (t) => {
	const folder = folderOf(t);
	const receive = await startReceive(t, ['-o', folder, '--durability', 'off', '--flat']);
	const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${receive.child.pid}/status`, 'utf8'))?.[1]);
	const atRest = peak();
	const caller = await RawCaller.associated(receive.port, associateRq([CT], {}, [IMPLICIT]));
	const head = encodeDataset(image(CT, '1.2.11.1', {}, 2), IMPLICIT_LITTLE);
	// One block again and again as fragments of the same dataset.
	const megabytes = 300;
	const block = new Uint8Array(16_376);
	const pdv = (bytes: Uint8Array, isLast: boolean): Uint8Array => {
		const pdu = new Uint8Array(12 + bytes.length);
		const view = new DataView(pdu.buffer);
		pdu[0] = 4;
		view.setUint32(2, bytes.length + 6);
		view.setUint32(6, bytes.length + 2);
		pdu[10] = 1;
		pdu[11] = isLast ? 2 : 0;
		pdu.set(bytes, 12);
		return pdu;
	};
	const command = messageBytes(1, storeRq('1.2.11.1'));
	caller.say(command, pdv(head.subarray(0, head.length - 12), false));
	const large = new Uint8Array(12);
	large.set([0xe0, 0x7f, 0x10, 0x00]);
	const count = Math.ceil((megabytes * 1_048_576) / block.length);
	new DataView(large.buffer).setUint32(4, count * block.length + 4, true);
	caller.say(pdv(large, false));
	const one = pdv(block, false);
	for (let sent = 0; sent < count; sent++)
		if (!caller.socket.write(one)) await new Promise((resolve) => caller.socket.once('drain', resolve));
	caller.say(pdv(new Uint8Array(0), true));
	await caller.hears(2, 60_000);
	t.equal(caller.heard[1], 'C-STORE-RSP 0000');
	t.ok(peak() - atRest < 50_000, `${atRest} KiB at rest, ${peak()} at most`);
	t.equal(statSync(join(folder, '1.2.11.1.dcm')).size > megabytes * 1_048_576, true);
	caller.reset();
	await receive.stop();
});
