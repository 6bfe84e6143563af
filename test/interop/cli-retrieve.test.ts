/** get and move as users type them, against dcmqrscp and Orthanc, to our own receiver and to storescp: spellings, lists, statuses, exits. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { textOf } from '../../src/dicom/dataset.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { freePort, missing, type RunningPeer, startDcmqrscp, startOrthanc, startStorescp } from '../support/peers.ts';
import { ends, folder, rowsOf, STUDIES, writeStudies } from './command-line.ts';
import { CT, comparable, filesUnder, image, readPart10, same } from './instances.ts';

t.setTimeout(300_000);

let counter = 0;
const fresh = (): string => {
	const path = join(folder, `retrieved-${++counter}`);
	mkdirSync(path);
	return path;
};

/** Everything in the folder is what was stored; so many of them. */
const holds = (t: Test, out: string, count: number, what: string): void => {
	const files = filesUnder(out).filter((path) => path.endsWith('.dcm'));
	t.equal(files.length, count, what);
	for (const path of files) {
		const { dataset } = readPart10(path);
		const sent = STUDIES.find((one) => textOf(one, TAG.SOPInstanceUID) === textOf(dataset, TAG.SOPInstanceUID));
		t.ok(sent !== undefined && same(comparable(dataset), comparable(sent)), `${what}: ${path} is what was sent`);
	}
};

const placeOf = ({ aeTitle, port }: RunningPeer): string => `${aeTitle}@127.0.0.1:${port}`;
const QUICK = ['--settle', '0.2', '--late', '0.2'];

t.test('dcmqrscp', { skip: missing('dcmqrscp', 'storescp') }, async (t) => {
	const own = await freePort();
	const third = await startStorescp();
	t.teardown(() => third.stop());
	const peer = await startDcmqrscp({
		destinations: { ME: own, MISLED: await freePort(), STORESCP: third.port, DEAD: await freePort() },
	});
	t.teardown(() => peer.stop());
	const at = placeOf(peer);
	const port = String(peer.port);
	await ends(t, 0, ['store', at, writeStudies('to-retrieve'), '-q']);

	t.test('get, however it is spelled', async (t) => {
		for (const [args, count] of [
			[[at, '1.2.3.1'], 3],
			[[at, '1.2.3.1', '1.2.3.2', '1.2.3.3'], 5],
			[['-aec', 'ARCHIVE', '127.0.0.1', port, '--id', 'P1'], 4],
			[[at, '-L', 'series', '--study-uid', '1.2.3.1', '1.2.3.1.1'], 3],
			[[at, '--study-uid', '1.2.3.1', '--series-uid', '1.2.3.1.1', '1.2.3.1.1.2'], 1],
			[[at, '-P', '-L', 'patient', 'P1'], 4],
			[[at, '-O', '-L', 'patient', 'P2'], 1],
			[[at, '--study-uid', '1.2.3.1', '--unit', 'instance'], 3],
			[[at, '--contexts', CT, '1.2.3.1'], 3],
			[[at, '--contexts', 'all', '1.2.3.2'], 1],
			[[at, '--no-verify', '1.2.3.1'], 3],
		] as const) {
			const out = fresh();
			await ends(t, 0, ['get', ...args, '-o', out]);
			holds(t, out, count, args.join(' '));
		}
		const out = fresh();
		const old = ['-P', '-aet', 'ME', '-aec', 'ARCHIVE', '-od', out, '+B', '-k', '0008,0052=STUDY'];
		await ends(t, 0, ['getscu', ...old, '-k', '0010,0020=P1', '-k', 'StudyInstanceUID=1.2.3.1', '127.0.0.1', port]);
		holds(t, out, 3, 'getscu');
	});

	t.test('move to our receiver, however it is spelled', async (t) => {
		const out = fresh();
		await ends(t, 0, ['move', at, '1.2.3.1', '1.2.3.2', '--to-me', '-aet', 'ME', '--listen', String(own), '-o', out]);
		holds(t, out, 4, 'move');
		const old = fresh();
		await ends(t, 0, [
			...['movescu', '-S', '-aet', 'WHOEVER', '-aec', 'ARCHIVE', '-aem', 'ME', '+P', String(own), '-od', old],
			...['-k', '0008,0052=STUDY', '-k', 'StudyInstanceUID=1.2.3.1', '127.0.0.1', port],
		]);
		holds(t, old, 3, 'movescu');
		const store = fresh();
		await ends(t, 0, [
			...['movescu', '--store', '--store-port', String(own), '--store-aet', 'ME', '-od', store, '-aec', 'ARCHIVE'],
			...['127.0.0.1', port, '-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID=1.2.3.3', '-S'],
		]);
		holds(t, store, 1, "pynetdicom's movescu");
	});

	t.test('find, and then what it found', async (t) => {
		for (const format of ['name', 'jsonl', 'json', 'csv', 'dicom-json']) {
			const { stdout } = await ends(t, 0, ['find', at, '--id', 'P1', '-F', format]);
			const out = fresh();
			await ends(t, 0, ['get', at, '--from', '-', '-o', out], { stdin: stdout });
			holds(t, out, 4, format);
		}
		const { stdout } = await ends(t, 0, [
			'find',
			at,
			'-L',
			'instance',
			'--study-uid',
			'1.2.3.1',
			'--series-uid',
			'1.2.3.1.1',
			'-F',
			'tsv',
			'--header',
		]);
		const out = fresh();
		await ends(t, 0, ['move', at, '--from', '-', '--to-me', '-aet', 'ME', '--listen', String(own), '-o', out], {
			stdin: stdout,
		});
		holds(t, out, 3, 'instances of a tsv');
	});

	t.test('a third party', async (t) => {
		const before = filesUnder(third.folder).length;
		const { stderr } = await ends(t, 0, ['move', at, '1.2.3.1', '--dest', 'STORESCP']);
		t.match(stderr, /^sent {2}1\.2\.3\.1 {2}3 instances, says the peer {2}not verified/m);
		t.equal(filesUnder(third.folder).length - before, 3);
	});

	t.test('destinations of every bad sort', async (t) => {
		const unknown = await ends(t, 4, ['move', at, '1.2.3.1', '--dest', 'NOBODY']);
		t.match(unknown.stderr, /refused: move destination unknown \(A801\)/);
		const dead = await ends(t, 4, ['move', at, '1.2.3.1', '--dest', 'DEAD']);
		t.match(dead.stderr, /\(A702\)$/m);
		t.match(dead.stderr, /^ {2}missing {4}1\.2\.3\.1\.1\.1 {2}.*failed at the peer/m);
		const misled = await ends(t, 4, [
			...['move', at, '1.2.3.1', '--to-me', '-aet', 'MISLED', '--listen', String(own), '-o', fresh(), ...QUICK],
		]);
		t.match(misled.stderr, /nobody called our receiver: the peer has another host or port for "MISLED"/);
		const nothing = await ends(t, 1, ['move', at, '1.2.3.99', '--dest', 'STORESCP']);
		t.match(nothing.stderr, /but nothing matched: 0 sub-operations/);
	});

	t.test('a journal goes on where it ended', async (t) => {
		const out = fresh();
		const journal = join(out, 'j');
		await ends(t, 0, ['get', at, '1.2.3.1', '-o', out, '--journal', journal]);
		const ran = await ends(t, 0, ['get', at, '1.2.3.1', '1.2.3.2', '-o', out, '--journal', journal]);
		t.match(ran.stderr, /1\.2\.3\.1\.1 {2}3 instances {2}complete before, by the journal/);
		holds(t, out, 4, 'both');
		for (const line of rowsOf(readFileSync(journal, 'utf8'))) t.ok(JSON.parse(line));
	});

	t.test('Ctrl-C in the middle', async (t) => {
		const many = join(folder, 'many');
		mkdirSync(many);
		for (let index = 1; index <= 300; index++)
			writeFileSync(
				join(many, `${index}.dcm`),
				encodeFile(
					image(CT, `1.2.9.1.${index}`, { StudyInstanceUID: '1.2.9', SeriesInstanceUID: '1.2.9.1' }, 256),
					EXPLICIT_LITTLE,
				),
			);
		await ends(t, 0, ['store', at, many, '-q']);
		const out = fresh();
		const { stderr } = await ends(t, 130, ['get', at, '1.2.9', '-o', out, '--events'], {
			meanwhile: (child) =>
				child.stdout.on('data', (text: Buffer) => {
					if (text.includes('"stored"') && child.exitCode === null && !child.killed) child.kill('SIGINT');
				}),
		});
		t.match(stderr, /^stop {2}1\.2\.9 {2}/m);
		t.strictSame(
			filesUnder(out).filter((path) => path.endsWith('.part')),
			[],
			'nothing half-written',
		);
		await ends(t, 0, ['get', at, '1.2.9', '-o', out]);
		t.equal(filesUnder(out).filter((path) => path.endsWith('.dcm')).length, 300);
	});
});

t.test('Orthanc', { skip: missing('Orthanc', 'storescp') }, async (t) => {
	const own = await freePort();
	const dead = await freePort();
	const modalities = { ME: ['ME', 'localhost', own], DEAD: ['DEAD', 'localhost', dead] };
	const files = writeStudies('to-orthanc');
	const toMe = ['--to-me', '-aet', 'ME', '--listen', String(own)];

	t.test('as it comes', async (t) => {
		const peer = await startOrthanc({ DicomModalities: modalities });
		t.teardown(() => peer.stop());
		const at = placeOf(peer);
		await ends(t, 0, ['store', at, files, '-q']);
		for (const [args, count] of [
			[['get', '1.2.3.1', '1.2.3.2'], 4],
			[['get', '-L', 'series', '1.2.3.1.1'], 3],
			[['get', '-L', 'instance', '1.2.3.1.1.2'], 1],
			[['get', '-P', '1.2.3.1'], 3],
			[['get', '--name', 'doe', '-m', 'MR'], 1],
			[['move', '1.2.3.1', '-j', '2', '--unit', 'instance', ...toMe], 3],
			[['move', '--date', '2024', ...toMe], 5],
		] as const) {
			const out = fresh();
			const [command, ...rest] = args;
			await ends(t, 0, [command, at, ...rest, '-o', out]);
			holds(t, out, count, args.join(' '));
		}
		const gone = await ends(t, 4, ['move', at, '1.2.3.1', '--dest', 'DEAD']);
		t.match(gone.stderr, /\(C000\)$/m);
		t.match(gone.stderr, /Orthanc: the destination is not among its modalities, or cannot be reached/);
		const nothing = await ends(t, 1, ['get', at, '1.2.3.99', '-o', fresh()]);
		t.match(nothing.stderr, /nothing matched/);
	});

	t.test('success before anything is sent (SynchronousCMove: false)', async (t) => {
		const peer = await startOrthanc({ DicomModalities: modalities, SynchronousCMove: false });
		t.teardown(() => peer.stop());
		const at = placeOf(peer);
		await ends(t, 0, ['store', at, files, '-q']);
		const out = fresh();
		const { stderr } = await ends(t, 0, ['move', at, '1.2.3.1', '1.2.3.2', ...toMe, '-o', out]);
		holds(t, out, 4, 'asynchronous');
		t.notMatch(stderr, /^warning/m);
	});
});
