import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import t from 'tap';
import { requireContext, withAssociation } from '../../src/association/requestor.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { STUDY_ROOT_FIND, STUDY_ROOT_GET } from '../../src/dicom/sop-classes.ts';
import { store } from '../../src/services/storage-scu.ts';
import { encodePdu } from '../../src/upper-layer/pdu/index.ts';
import { missing } from '../support/peers.ts';
import type { RunningQrscp } from '../support/qrscp.ts';
import { CA, CLIENT, SERVER } from '../support/tls.ts';
import { allOver, answers, filesOf, lives, residentBytes, startArchive, until } from './archive-process.ts';
import { CT, encoded, image, keys, query, toPeer } from './instances.ts';
import { associateRq, CLASSES, IMPLICIT, messageBytes, RawCaller, RQ, STORE_CONTEXT, storeRq } from './raw-caller.ts';

t.setTimeout(300_000);
const archive = await startArchive(t, ['-ta', '1', '-tn', '1']);
const BYTES = encoded(image(CT, '1.2.3.4.5'), IMPLICIT);

/** Rounds of the tests that are about numbers. */
const VOLUME = Math.max(1, Math.min(20, Math.round(Number(process.env['DIMSE_FUZZ'] ?? 1_000) / 1_000)));

const studies = async (archive: RunningQrscp): Promise<number> => {
	const { matches } = await query(
		toPeer(archive),
		STUDY_ROOT_FIND,
		keys({ QueryRetrieveLevel: 'STUDY', StudyInstanceUID: '' }),
	);
	return matches.length;
};

/** A whole session: association, an instance, its release. */
const session = (uid: string): Uint8Array =>
	Buffer.concat([RQ, messageBytes(STORE_CONTEXT, storeRq(uid), BYTES), encodePdu({ type: 'A-RELEASE-RQ' })]);

t.test('W2, C3: a session of a store that is cut anywhere leaves nothing, whether by FIN or by RST', async (t) => {
	const kept = filesOf(archive);
	const whole = session('1.2.3.4.8');
	// Up to the last byte of the dataset; what comes after it may well be stored.
	const last = whole.length - encodePdu({ type: 'A-RELEASE-RQ' }).length - 1;
	const cuts = Array.from({ length: 40 * VOLUME }, (_, index) => Math.round((last * (index + 1)) / (40 * VOLUME)));
	for (const end of ['FIN', 'RST'] as const)
		for (let at = 0; at < cuts.length; at += 10)
			await Promise.all(
				cuts.slice(at, at + 10).map(async (cut) => {
					const caller = new RawCaller(archive.port).say(whole.subarray(0, Math.min(cut, RQ.length)));
					if (cut >= RQ.length) {
						await caller.hears(1);
						caller.say(whole.subarray(RQ.length, cut));
						// RST takes with it what the socket has not handed on.
						await new Promise((resolve) => setImmediate(resolve));
					}
					if (end === 'FIN') caller.socket.end();
					else caller.reset();
					await caller.over();
				}),
			);
	await allOver(archive, 2 * cuts.filter((cut) => cut >= RQ.length).length);
	t.same(filesOf(archive), kept, 'nothing is left of them');
	t.equal(await studies(archive), kept.length);
	await lives(t, archive);
});

t.test('W2: what falls silent in a session is gone when its time is over', async (t) => {
	const kept = filesOf(archive);
	const whole = session('1.2.3.4.9');
	const callers = [3, RQ.length - 1, RQ.length, RQ.length + 9, whole.length - 30].map((cut) => {
		const caller = new RawCaller(archive.port).say(whole.subarray(0, Math.min(cut, RQ.length)));
		if (cut > RQ.length) void caller.hears(1).then(() => caller.say(whole.subarray(RQ.length, cut)));
		return caller;
	});
	await Promise.all(callers.map((caller) => caller.over(10_000)));
	t.ok(callers.every(({ heard }) => heard.at(-1) === 'end'));
	await allOver(archive);
	t.same(filesOf(archive), kept, 'nothing is left of them');
});

t.test('C1: slow loris, and somebody who wants something meanwhile', async (t) => {
	const count = 200 * VOLUME;
	const callers = Array.from({ length: count }, () => new RawCaller(archive.port).say(RQ.subarray(0, 4)));
	const drip = setInterval(() => {
		for (const caller of callers) caller.say(Uint8Array.of(0));
	}, 200);
	t.teardown(() => clearInterval(drip));
	const startedAt = performance.now();
	await lives(t, archive, `served beside ${count} of them`);
	t.ok(performance.now() - startedAt < 2_000);
	await Promise.all(callers.map((caller) => caller.over(10_000)));
	t.ok(performance.now() - startedAt < 8_000, 'all gone by ARTIM');
});

t.test('C3: RST between a C-STORE-RSP and the release: what was acknowledged stays', async (t) => {
	const caller = await RawCaller.associated(archive.port, associateRq(CLASSES));
	caller.say(messageBytes(STORE_CONTEXT, storeRq('1.2.3.4.5'), BYTES));
	t.same((await caller.hears(2)).slice(1), ['C-STORE-RSP 0000']);
	caller.reset();
	t.equal(filesOf(archive).length, 1);
	t.equal(await studies(archive), 1);
	await lives(t, archive);
});

t.test('C6: connects and aborts by the thousand cost nothing', async (t) => {
	const round = async () => {
		for (let at = 0; at < 20; at++)
			await Promise.all(
				Array.from({ length: 25 }, async (_, index) => {
					const caller = new RawCaller(archive.port);
					if (index % 5 === 0) return caller.reset();
					caller.say(index % 5 === 1 ? Buffer.from('GET / HTTP/1.1\r\n\r\n') : RQ);
					await caller.hears(1);
					if (index % 5 === 2) caller.say(encodePdu({ type: 'A-ABORT', source: 0, reason: 0 }));
					if (index % 5 === 3) caller.reset();
					else caller.socket.end();
					await caller.over();
				}),
			);
	};
	await round();
	const before = residentBytes(archive);
	for (let rounds = 0; rounds < 3 * VOLUME; rounds++) await round();
	const grown = residentBytes(archive) - before;
	// The heap of a young process grows for the first twenty thousand, and then no more.
	const most = 40_000_000 + 8_000 * Math.min(1_500 * VOLUME, 20_000);
	t.ok(grown < most, `${1_500 * VOLUME} of them: ${Math.round(grown / 1e6)} MB more`);
	await lives(t, archive);
});

t.test('C5: without file descriptors calls are refused, and it recovers', { skip: missing('prlimit') }, async (t) => {
	const narrow = await startArchive(t, ['-ta', '5', '-tn', '5']);
	spawnSync('prlimit', ['--pid', String(narrow.child.pid), '--nofile=64:64']);
	const callers = Array.from({ length: 120 }, () => new RawCaller(narrow.port).say(RQ));
	await Promise.all(callers.map((caller) => caller.hears(1, 10_000).catch(() => [])));
	t.ok(
		callers.some(({ heard }) => heard[0] === 'A-ASSOCIATE-AC'),
		'some are let in',
	);
	t.ok(
		callers.some(({ heard }) => heard[0] !== 'A-ASSOCIATE-AC'),
		'others are not',
	);
	for (const caller of callers) caller.reset();
	await until(() => answers(narrow), 'it serves again');
});

t.test('C7: who does not read what it gets holds no more memory than is under way', async (t) => {
	const big = await startArchive(t);
	const length = 8_000_000;
	const contexts = [{ abstractSyntax: CT, transferSyntaxes: [IMPLICIT] }];
	await withAssociation({ address: toPeer(big), contexts }, async (connected) => {
		const { id } = requireContext(connected, CT);
		for (let number = 1; number <= 10; number++) {
			const dataset: Dataset = {
				...image(CT, `1.2.3.7.${number}`),
				'7FE00010': { vr: 'OW', Value: [new Uint8Array(length)] },
			};
			const uid = `1.2.3.7.${number}`;
			const bytes = encoded(dataset, IMPLICIT);
			const { status } = await store(connected.association, id, {
				sopClassUid: CT,
				sopInstanceUid: uid,
				dataset: bytes,
			});
			if (status !== 0) t.fail(`stored with ${status}`);
		}
	});
	const caller = await RawCaller.associated(
		big.port,
		associateRq([STUDY_ROOT_GET, CT], {
			userInformation: {
				...associateRq([]).userInformation,
				roleSelections: [{ sopClassUid: CT, scuRole: true, scpRole: true }],
			},
		}),
	);
	const before = residentBytes(big);
	caller.socket.pause();
	caller.say(
		messageBytes(
			1,
			{ type: 'C-GET-RQ', messageId: 1, affectedSopClassUid: STUDY_ROOT_GET, priority: 0, hasDataset: true },
			encoded(keys({ QueryRetrieveLevel: 'STUDY', StudyInstanceUID: '1.2.3.1' }), IMPLICIT),
		),
	);
	await until(() => /C-GET-RQ/.test(big.log()), 'it is asked');
	await lives(t, big, 'others are served');
	const grown = residentBytes(big) - before;
	t.ok(grown < 40_000_000, `${Math.round(grown / 1e6)} MB more, of 80`);
	caller.reset();
	await lives(t, big);
});

t.test('W13: what goes wrong with TLS is closed, told, and hurts nobody else', async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-tls-'));
	t.teardown(() => rmSync(folder, { recursive: true, force: true }));
	const file = (name: string, text: string): string => {
		const path = join(folder, name);
		writeFileSync(path, text);
		return path;
	};
	const secured = await startArchive(t, [
		...['--tls-cert', file('server.crt', SERVER.certificate), '--tls-key', file('server.key', SERVER.key)],
		...['--tls-ca', file('ca.crt', CA), '-ta', '2'],
	]);
	const call = (options: ConnectionOptions): Promise<string> =>
		new Promise((resolve) => {
			const socket = connectTls({ port: secured.port, host: '127.0.0.1', ca: CA, servername: 'localhost', ...options });
			// In TLS 1.3 a client learns that it was not liked only when it reads.
			socket.once('secureConnect', () => socket.write(RQ));
			socket.once('data', () => resolve('answered'));
			socket.once('error', (error: Error & { code?: string }) => resolve(error.code ?? error.message));
			socket.once('close', () => resolve('closed'));
		});
	const client = { cert: CLIENT.certificate, key: CLIENT.key };
	const startedAt = performance.now();
	const outcomes: readonly [name: string, outcome: Promise<string>, expected: RegExp][] = [
		['as it should be', call(client), /^answered$/],
		['no certificate', call({}), /CERTIFICATE_REQUIRED|closed|ECONNRESET/],
		[
			'TLS 1.1',
			call({ ...client, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
			/PROTOCOL_VERSION|UNSUPPORTED|closed|ECONNRESET/,
		],
		[
			'plain DICOM',
			new RawCaller(secured.port)
				.say(RQ)
				.over()
				.then((heard) => heard.join()),
			/end$/,
		],
		['a handshake of one byte', new RawCaller(secured.port).say(Uint8Array.of(0x16)).over(20_000).then(String), /end$/],
	];
	for (const [name, outcome, expected] of outcomes) t.match(await outcome, expected, name);
	t.ok(performance.now() - startedAt < 20_000);
	t.equal(await call(client), 'answered', 'it goes on');
});

t.test('in the end it is as sound as in the beginning', async (t) => {
	t.notMatch(archive.log(), /^ {4}at /m, 'no stack of a bug in its log');
	await lives(t, archive);
	archive.signal('SIGTERM');
	t.equal(await archive.ended, 143);
	t.same(
		filesOf(archive).filter((path) => path.endsWith('.part')),
		[],
	);
});
