/** Arguments, files and answers that are wrong: each is told, with its own exit status, and nothing of a peer's steers a terminal. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Dataset, personName } from '../../src/dicom/dataset.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { writeInstances } from '../support/files.ts';
import { findPeer, respond, type ServingPeer, servingPeer, statusPeer, wirePeer } from '../support/odd-peers.ts';
import { dimse, scratch } from '../support/run.ts';

t.jobs = 4;
t.setTimeout(120_000);

const instances = writeInstances(join(scratch, 'instances'), 3);
const [instance = ''] = instances;
const put = (name: string, content: string | Uint8Array): string => {
	const path = join(scratch, name);
	writeFileSync(path, content);
	return path;
};
const text = put('notes.txt', 'no DICOM at all, but long enough to hold a preamble '.repeat(8));
const empty = put('empty.dcm', '');
const truncated = put('truncated.dcm', readFileSync(instance).subarray(0, 200));
const missing = join(scratch, 'missing');
const below = join(text, 'below'); // a path under a file: nobody can write there, not even root
const node = put('config.ini', '[main]\naddress = 127.0.0.1\nport = 1\nae_title = MAIN\n');

const NOBODY = 'PACS@127.0.0.1:1';

/** Nothing is sent for these. `says` is in the report's first line, and `more` anywhere in it. */
const refused: readonly {
	readonly args: readonly string[];
	readonly status: number;
	readonly says: RegExp;
	readonly more?: RegExp;
}[] = [
	{ args: ['find', NOBODY, '-k', 'PatientNam=X'], status: 2, says: /PatientNam.*Did you mean.*PatientName/ },
	{ args: ['find', NOBODY, '-k', 'nonsense!=X'], status: 2, says: /nonsense!/ },
	{
		args: ['find', NOBODY, '-S', '-L', 'patient'],
		status: 2,
		says: /level "patient" does not exist in the study root model/,
		more: /-P/,
	},
	{ args: ['find', NOBODY, '-O', '-L', 'series'], status: 2, says: /level "series" does not exist/ },
	{
		args: ['find', NOBODY, '-k', 'QueryRetrieveLevel=SERIE'],
		status: 2,
		says: /SERIE/,
		more: /PATIENT, STUDY, SERIES/,
	},
	{ args: ['find', NOBODY, '-L', 'serie'], status: 2, says: /serie.*Did you mean series/ },
	{ args: ['find', NOBODY, '--date', 'yesterdy'], status: 2, says: /yesterdy/ },
	{ args: ['find', NOBODY, '--date', '2024-13-01'], status: 2, says: /2024-13-01/ },
	{ args: ['find', NOBODY, '--fields', 'PatientIDD'], status: 2, says: /PatientIDD.*Did you mean.*PatientID/ },
	{ args: ['find', NOBODY, '--ext', 'fuzy'], status: 2, says: /fuzy/ },
	{ args: ['find', NOBODY, '--ts', 'jpg'], status: 2, says: /jpg/ },
	{ args: ['find', NOBODY, '--charset', 'LATIN-99'], status: 2, says: /LATIN-99/ },
	{ args: ['find', NOBODY, '-f', missing], status: 12, says: /missing/ },
	{ args: ['find', NOBODY, '-f', put('broken.json', '{"00100010":')], status: 2, says: /broken\.json: not JSON/ },
	{ args: ['echo', 'ABCDEFGHIJKLMNOPQ@127.0.0.1:104'], status: 2, says: /ABCDEFGHIJKLMNOPQ/, more: /16/ },
	{ args: ['echo', NOBODY, '-aet', 'ABCDEFGHIJKLMNOPQ'], status: 2, says: /ABCDEFGHIJKLMNOPQ/ },
	{ args: ['echo', NOBODY, '-aet', 'A\\B'], status: 2, says: /A\\B/ },
	{ args: ['echo', NOBODY, '-aet', 'A\u001b[31mB'], status: 2, says: /AE title/ },
	{ args: ['echo', '127.0.0.1:70000'], status: 2, says: /70000/ },
	{ args: ['echo', 'mian', '--config', node], status: 2, says: /mian.*Did you mean main/ },
	{ args: ['echo'], status: 2, says: /peer/ },
	{ args: ['echo', NOBODY, '--config', missing], status: 2, says: /missing/ },
	{ args: ['echo', NOBODY, '--tls-ca', missing], status: 12, says: /missing/ },
	{ args: ['echo', NOBODY, '--tls-cert', missing, '--tls-key', missing], status: 12, says: /missing/ },
	{ args: ['echo', NOBODY, '--user', 'me', '--password-file', missing], status: 12, says: /missing/ },
	{ args: ['echo', NOBODY, '--cuont', '3'], status: 2, says: /cuont.*Did you mean --count/ },
	{ args: ['echo', NOBODY, '-c', 'three'], status: 2, says: /three/ },
	{ args: ['ehco', NOBODY], status: 2, says: /ehco.*Did you mean echo/ },
	{ args: ['store', NOBODY], status: 2, says: /no file and no folder/ },
	{ args: ['store', NOBODY, '--ts', 'nonsense', instance], status: 2, says: /nonsense/ },
	{ args: ['store', NOBODY, '--files-from', missing], status: 12, says: /missing/ },
	{ args: ['store', NOBODY, missing], status: 12, says: /missing/ },
	{ args: ['store', NOBODY, text], status: 12, says: /notes\.txt/ },
	{ args: ['store', NOBODY, empty], status: 12, says: /empty\.dcm/ },
	{ args: ['store', NOBODY, truncated], status: 12, says: /truncated\.dcm/ },
];

for (const { args, status: wanted, says, more = / / } of refused) {
	const name = JSON.stringify(args.map((arg) => arg.replace(scratch, '')));
	t.test(name, { buffered: true }, async (t) => {
		const { status, stdout, stderr } = await dimse(args);
		t.equal(status, wanted, 'exit status');
		t.match(stderr.split('\n').find((line) => line.startsWith('dimse: ')) ?? '', says, 'first line');
		t.match(stderr, /^ {2}do {9}\S/m, 'says what to do');
		t.match(stderr, more, 'says more');
		t.notMatch(stderr, /^ {4}at /m, 'no stack trace');
		t.equal(stdout, '', 'stdout');
	});
}

// ---- store ------------------------------------------------------------------------------------------------------------

const storing = async (t: Test): Promise<ServingPeer> => {
	const peer = await statusPeer(0x0000);
	t.teardown(() => peer.stop());
	return peer;
};

t.test('a folder with files that are not DICOM', { buffered: true }, async (t) => {
	const peer = await storing(t);
	const folder = join(scratch, 'mixed');
	writeInstances(folder, 2);
	writeFileSync(join(folder, 'readme.txt'), 'x'.repeat(300));
	writeFileSync(join(folder, 'empty'), '');
	const { status, stdout, stderr } = await dimse(['store', `PACS@127.0.0.1:${peer.port}`, folder]);
	t.equal(status, 0);
	t.equal(stdout, '');
	t.match(stderr, /2 files skipped \(not DICOM\)/);
	t.match(stderr, /2 instances/);
});

t.test('a folder with nothing to send, and one of several that is none', { buffered: true }, async (t) => {
	const peer = await storing(t);
	const folder = join(scratch, 'nothing');
	mkdirSync(folder);
	const none = await dimse(['store', `PACS@127.0.0.1:${peer.port}`, folder]);
	t.equal(none.status, 1, 'nothing to send');
	const some = await dimse(['store', `PACS@127.0.0.1:${peer.port}`, instance, text]);
	t.equal(some.status, 3, 'some of it');
	t.match(some.stderr, /FAIL .*notes\.txt/);
});

t.test('a dataset cut in its pixel data is not sent', { buffered: true }, async (t) => {
	const peer = await storing(t);
	const whole = readFileSync(instance);
	const path = put('cut.dcm', whole.subarray(0, whole.length - 20));
	const { status, stderr } = await dimse(['store', `PACS@127.0.0.1:${peer.port}`, path]);
	t.equal(status, 12);
	t.match(stderr, /cut\.dcm.*the dataset ends within \(7FE0,0010\)/);
});

t.test('a DICOMDIR that points out of its folder', { buffered: true }, async (t) => {
	const peer = await storing(t);
	const folder = join(scratch, 'media');
	mkdirSync(folder);
	const path = join(folder, 'DICOMDIR');
	const directory = (components: readonly string[]): Dataset => ({
		'00080016': { vr: 'UI', Value: ['1.2.840.10008.1.3.10'] },
		'00080018': { vr: 'UI', Value: ['2.25.1'] },
		'00041220': { vr: 'SQ', Value: [{ '00041500': { vr: 'CS', Value: [...components] } }] },
	});
	for (const components of [['..', 'instances', '001.dcm'], ['/etc/passwd']]) {
		writeFileSync(path, encodeFile(directory(components), EXPLICIT_LITTLE));
		const { status, stderr } = await dimse(['store', `PACS@127.0.0.1:${peer.port}`, path]);
		t.equal(status, 12, components.join('\\'));
		t.match(stderr, /outside its folder/);
	}
});

// ---- find -------------------------------------------------------------------------------------------------------------

const answering = async (t: Test, matches: readonly Dataset[]): Promise<ServingPeer> => {
	const peer = await findPeer(async function* () {
		for (const match of matches) yield { match };
	});
	t.teardown(() => peer.stop());
	return peer;
};

const study = (name: Dataset[string], more: Dataset = {}): Dataset => ({
	'00080052': { vr: 'CS', Value: ['STUDY'] },
	'00100010': name,
	'00100020': { vr: 'LO', Value: ['P1'] },
	'0020000D': { vr: 'UI', Value: ['1.2.3'] },
	...more,
});

t.test('matches into a folder that cannot be made', { buffered: true }, async (t) => {
	const peer = await answering(t, [study({ vr: 'PN', Value: [personName('A^B')] })]);
	const { status, stderr } = await dimse(['find', `PACS@127.0.0.1:${peer.port}`, '-w', '-o', below]);
	t.equal(status, 12);
	t.match(stderr, /^dimse: .*notes\.txt: this is not a folder but a file/m);
	t.match(stderr, /^ {2}do {9}\S/m);
	t.notMatch(stderr, /^ {4}at /m);
});

t.test('an answer in a character set that nobody knows', { buffered: true }, async (t) => {
	const peer = await answering(t, [
		study({ vr: 'PN', Value: [personName('MILLER^ANN')] }, { '00080005': { vr: 'CS', Value: ['ISO_IR 999'] } }),
	]);
	const { status, stdout, stderr } = await dimse(['find', `PACS@127.0.0.1:${peer.port}`]);
	t.equal(status, 0);
	t.match(stdout, /MILLER/, 'what can be read is printed');
	t.match(stderr, /warning: /);
});

/** Escape sequences, C1 controls, a bidirectional override, a line separator: whoever prints these gives the terminal away. */
const EVIL = 'A\u001b[31mB\u001b]0;x\u0007C\u009b2JD\u202eE\u2028F';
const STEERING = /[^\P{C}\n\t]|[\u2028\u2029]/u;

t.test('control characters of a peer reach no stream in any format', { buffered: true }, async (t) => {
	const peer = await answering(t, [
		study(
			{ vr: 'PN', Value: [personName(`${EVIL}^X`)] },
			{
				'00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
				'00081030': { vr: 'LO', Value: [EVIL] },
				'00081120': { vr: 'SQ', Value: [{ '00081030': { vr: 'LO', Value: [EVIL] } }] },
			},
		),
	]);
	const formats = ['table', 'wide', 'expanded', 'tsv', 'csv', 'json', 'jsonl', 'dicom-json', 'name', 'dump'];
	for (let at = 0; at < formats.length; at += 4)
		await Promise.all(
			formats.slice(at, at + 4).map(async (format) => {
				const args = ['find', `PACS@127.0.0.1:${peer.port}`, '-F', format, '-d', '-k', 'StudyDescription'];
				const { stdout, stderr, status } = await dimse(args);
				t.equal(status, 0, format);
				t.notMatch(stdout, STEERING, `${format}: stdout`);
				t.notMatch(stderr, STEERING, `${format}: stderr`);
			}),
		);
	const events = await dimse(['find', `PACS@127.0.0.1:${peer.port}`, '--events']);
	t.notMatch(events.stdout, STEERING, 'events');
});

t.test(
	'control characters in an error comment and in an implementation version name',
	{ buffered: true },
	async (t) => {
		const commenting = await statusPeer(0xa700, { errorComment: 'disk\u001b[2J full\u0007' });
		const naming = await wirePeer(
			(socket, pdu) =>
				void (pdu[0] === 0x05
					? socket.end(Uint8Array.of(6, 0, 0, 0, 0, 4, 0, 0, 0, 0))
					: socket.write(Uint8Array.of(7, 0, 0, 0, 0, 4, 0, 0, 2, 0))),
			(ac) => ({ ...ac, userInformation: { ...ac.userInformation, implementationVersionName: 'X\u001b[31m\u0007Y' } }),
		);
		t.teardown(() => Promise.all([commenting.stop(), naming.stop()]));
		const runs = [
			['find', `PACS@127.0.0.1:${commenting.port}`, '-d'],
			['store', `PACS@127.0.0.1:${commenting.port}`, instance, '--events'],
			['store', `PACS@127.0.0.1:${commenting.port}`, instance, '--json'],
			['echo', `PACS@127.0.0.1:${naming.port}`, '-d'],
			['echo', `PACS@127.0.0.1:${naming.port}`, '--json'],
			['echo', `PACS@127.0.0.1:${naming.port}`, '-F', 'table'],
		];
		for (const args of runs) {
			const { stdout, stderr, status } = await dimse(args);
			t.not(status, 70, args.join(' '));
			t.not(status, 0, args.join(' '));
			t.notMatch(stdout, STEERING, 'stdout');
			t.notMatch(stderr, STEERING, 'stderr');
			t.match(stdout + stderr, /disk|X.+Y/, 'it is told all the same');
		}
	},
);

// ---- the end from outside ---------------------------------------------------------------------------------------------

/** An archive that sends `first` matches, waits for the test, then sends on until it is cancelled. */
const endless = async (t: Test, first: number, most: number) => {
	const reason = Promise.withResolvers<unknown>();
	const go = Promise.withResolvers<void>();
	const sent = { count: 0 };
	const peer = await findPeer(async function* (_, { signal }) {
		signal.addEventListener('abort', () => reason.resolve(signal.reason), { once: true });
		for (; sent.count < most && !signal.aborted; sent.count++) {
			if (sent.count === first) await Promise.race([go.promise, reason.promise]);
			await new Promise((resolve) => setImmediate(resolve));
			if (signal.aborted) return;
			yield {
				match: study(
					{ vr: 'PN', Value: [personName(`N${sent.count}`)] },
					{ '0020000D': { vr: 'UI', Value: [`1.2.3.${sent.count}`] } },
				),
			};
		}
	});
	t.teardown(() => peer.stop());
	return { peer, args: ['find', `PACS@127.0.0.1:${peer.port}`], reason: reason.promise, go: go.resolve, sent };
};

const lines = (stdout: string): number => stdout.split('\n').length - 1;

t.test('a reader of stdout that goes: status 0, a C-CANCEL and a release', { buffered: true }, async (t) => {
	const { peer, args, reason, go, sent } = await endless(t, 200, 1_000_000);
	const { status, stderr } = await dimse(args, {
		meanwhile: (child) =>
			child.stdout.once('data', () => {
				child.stdout.destroy();
				go();
			}),
	});
	t.equal(status, 0);
	t.equal(stderr, '');
	t.equal(await reason, 'C-CANCEL-RQ');
	t.ok(sent.count < 1_000_000, 'it was cancelled');
	await peer.stop();
	t.same(peer.failures, [], 'released');
});

for (const [signal, wanted] of [
	['SIGINT', 130],
	['SIGTERM', 143],
] as const)
	t.test(`${signal} during a find: the rows so far, a C-CANCEL, a release`, { buffered: true }, async (t) => {
		const { peer, args, reason } = await endless(t, 3, 4);
		const { status, stdout, stderr } = await dimse(args, {
			meanwhile: (child) => {
				let seen = 0;
				child.stdout.on('data', (bytes: Buffer) => {
					seen += lines(bytes.toString());
					if (seen === 3) child.kill(signal);
				});
			},
		});
		t.equal(status, wanted);
		t.equal(lines(stdout), 3);
		t.notMatch(stderr, /^ {4}at /m);
		t.equal(await reason, 'C-CANCEL-RQ');
		await peer.stop();
		t.same(peer.failures, [], 'released');
	});

t.test('a second SIGINT where the peer heeds no cancel', { buffered: true }, async (t) => {
	const cancelled = Promise.withResolvers<void>();
	const ended = Promise.withResolvers<unknown>();
	const peer = await findPeer(async function* (_, { signal }) {
		signal.addEventListener('abort', () => cancelled.resolve(), { once: true });
		yield { match: study({ vr: 'PN', Value: [personName('A')] }) };
		await ended.promise;
	});
	t.teardown(async () => {
		ended.resolve(undefined);
		await peer.stop();
	});
	const { status, stdout, stderr } = await dimse(['find', `PACS@127.0.0.1:${peer.port}`], {
		meanwhile: (child) => {
			child.stdout.once('data', () => child.kill('SIGINT'));
			void cancelled.promise.then(() => child.kill('SIGINT'));
		},
	});
	t.equal(status, 130);
	t.equal(lines(stdout), 1);
	t.notMatch(stderr, /^ {4}at /m);
});

t.test('--timeout ends what takes too long', { buffered: true }, async (t) => {
	const { args } = await endless(t, 2, 3);
	const { status, stdout, stderr } = await dimse([...args, '--timeout', '0.8']);
	t.equal(status, 28);
	t.equal(lines(stdout), 2, 'the rows so far');
	t.match(stderr, /^dimse: /m);
	t.match(stderr, /^ {2}do {9}\S/m);
});

t.test('SIGINT during a store ends it between two instances', { buffered: true }, async (t) => {
	const folder = join(scratch, 'many');
	writeInstances(folder, 40);
	const second = Promise.withResolvers<void>();
	const taken = { count: 0 };
	const peer = await servingPeer(async (request) => {
		await request.dataset?.discard();
		if (++taken.count === 2) second.resolve();
		// From here on slower than any signal, so that it cannot be too late.
		if (taken.count >= 2) await new Promise((resolve) => setTimeout(resolve, 40));
		await respond(request, 0x0000);
	});
	t.teardown(() => peer.stop());
	const { status, stdout, stderr } = await dimse(['store', `PACS@127.0.0.1:${peer.port}`, folder, '--events'], {
		meanwhile: (child) => void second.promise.then(() => child.kill('SIGINT')),
	});
	t.equal(status, 130);
	t.notMatch(stderr, /^ {4}at /m);
	const events = stdout
		.trimEnd()
		.split('\n')
		.map((line): { type: string; completed?: number; failed?: number } => JSON.parse(line));
	t.match(events.at(-1), { type: 'summary', completed: taken.count, failed: 0, exit: 130 });
	t.equal(events.filter(({ type }) => type === 'stored').length, taken.count, 'each that the peer took is told');
	t.ok(taken.count < 40, 'it ended early');
	await peer.stop();
	t.same(peer.failures, [], 'released');
});
