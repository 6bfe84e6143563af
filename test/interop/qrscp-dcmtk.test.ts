/** `dimse qrscp` as DCMTK's users meet it: echoscu, storescu and dcmsend fill it, findscu, getscu and movescu ask it, in every transfer syntax. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { encodeFile } from '../../src/dicom/part10.ts';
import { syntheticStudies } from '../../src/dicom/synthetic.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { missing, type RunningPeer, startStorescp } from '../support/peers.ts';
import { type RunningQrscp, startQrscp } from '../support/qrscp.ts';
import { complaints, runClient } from './dcmtk-client.ts';
import { awkward, comparable, eventually, filesUnder, readPart10, same, shown } from './instances.ts';

t.setTimeout(240_000);

const folder = mkdtempSync(join(tmpdir(), 'dimse-qrscp-dcmtk-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

/** Twelve studies in every uncompressed transfer syntax, and one that is compressed, as far as anybody who does not decode it can tell. */
const SYNTAXES = [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED];
const JPEG = '1.2.840.10008.1.2.4.50';
const STUDIES = 12;
const instances = [...syntheticStudies({ studies: STUDIES, imageSide: 16, instancesPerSeries: 3 })];
const uidsOf = (study: number): string[] =>
	instances
		.filter((one) => one.study === study)
		.map(({ sopInstanceUid }) => sopInstanceUid)
		.sort();
const studyUid = (study: number): string => instances.find((one) => one.study === study)?.studyInstanceUid ?? '';

const written = join(folder, 'files');
mkdirSync(written);
for (const [at, { dataset }] of instances.entries())
	writeFileSync(
		join(written, `${String(at).padStart(4, '0')}.dcm`),
		encodeFile(dataset, SYNTAXES[at % SYNTAXES.length] ?? EXPLICIT_LITTLE),
	);
const compressed = instances.find(({ dataset }) => dataset['7FE00010'] !== undefined);
const JPEG_UID = '1.2.3.4.5.6.7';
const jpegFile = join(folder, 'jpeg.dcm');
writeFileSync(
	jpegFile,
	encodeFile(
		{
			...compressed?.dataset,
			'00080018': { vr: 'UI', Value: [JPEG_UID] },
			'7FE00010': { vr: 'OB', Value: [Uint8Array.of(), Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)] },
		},
		JPEG,
	),
);
const awkwardFile = join(folder, 'awkward.dcm');
writeFileSync(awkwardFile, encodeFile(awkward('1.2.8.1.1'), EXPLICIT_LITTLE));

const run = (name: string, ...args: readonly string[]) => runClient(name, args, folder);
const to = ({ port }: RunningQrscp): readonly string[] => ['-aec', 'QRSCP', '127.0.0.1', String(port)];
const says = (t: Test, log: string, pattern: RegExp): void => {
	t.ok(pattern.test(log), String(pattern), { log: log.slice(-3000) });
};

/** The instances in a folder that a client wrote into, as sorted UIDs. */
const arrived = (into: string): string[] =>
	filesUnder(into)
		.map((path) => shown(readPart10(path).dataset, 'SOPInstanceUID'))
		.sort();

/** Every file that came is the one that was sent, whatever transfer syntax it came in. */
const areWhole = (t: Test, into: string): void => {
	for (const path of filesUnder(into)) {
		const { dataset } = readPart10(path);
		const uid = shown(dataset, 'SOPInstanceUID');
		const sent = instances.find(({ sopInstanceUid }) => sopInstanceUid === uid);
		t.ok(sent !== undefined && same(comparable(dataset), comparable(sent.dataset)), `${uid} is whole`);
	}
};

t.test('DCMTK against qrscp', { skip: missing('storescu', 'dcmsend', 'findscu', 'getscu', 'movescu') }, async (t) => {
	const receiver: RunningPeer = await startStorescp(['-v', '+xa', '+B', '-aet', 'STORESCP']);
	t.teardown(() => receiver.stop());
	const server = await startQrscp({
		args: ['-v', '--move-dest', `STORESCP=127.0.0.1:${receiver.port}`, '--move-dest', 'NOBODY=127.0.0.1:1'],
	});
	t.teardown(() => server.stop());

	t.test('echoscu', async (t) => {
		const { status, log } = await run('echoscu', '-v', ...to(server));
		t.equal(status, 0);
		says(t, log, /Received Echo Response \(Success\)/);
	});

	t.test('dcmsend stores, storescu stores again', async (t) => {
		const sent = await run('dcmsend', '-v', '+sd', '+r', ...to(server), written);
		t.equal(sent.status, 0, sent.log.slice(-2000));
		says(t, sent.log, new RegExp(`\\* with status SUCCESS *: ${instances.length}`));
		const again = await run('storescu', '-v', '+sd', '-xd', ...to(server), written);
		t.strictSame(complaints(again.log), []);
		const jpeg = await run('storescu', '-v', '-xy', ...to(server), jpegFile);
		t.strictSame(complaints(jpeg.log), []);
		says(t, jpeg.log, /Success/);
		const odd = await run('storescu', '-v', ...to(server), awkwardFile);
		says(t, odd.log, /Success/);
		await eventually('all is told', () => /stored/.test(server.log()));
	});

	t.test('findscu: every model and level, in every transfer syntax', async (t) => {
		const matches = (log: string): number => log.match(/Find Response: \d+ \(Pending/g)?.length ?? 0;
		const cases: readonly (readonly [count: number, ...args: readonly string[]])[] = [
			[STUDIES + 1, '-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID'],
			[1, '-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${studyUid(3)}`],
			[2, '-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${studyUid(3)}\\${studyUid(4)}`],
			[1, '-P', '-k', 'QueryRetrieveLevel=PATIENT', '-k', 'PatientID=AWKWARD', '-k', 'PatientName'],
			[1, '-P', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'PatientID=AWKWARD', '-k', 'StudyInstanceUID'],
			[1, '-O', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'PatientID=AWKWARD', '-k', 'StudyInstanceUID'],
			[1, '-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'PatientName=odd^o*', '-k', 'StudyInstanceUID'],
			[
				new Set(instances.filter(({ study }) => study === 0).map(({ series }) => series)).size,
				...[
					'-S',
					'-k',
					'QueryRetrieveLevel=SERIES',
					'-k',
					`StudyInstanceUID=${studyUid(0)}`,
					'-k',
					'SeriesInstanceUID',
				],
			],
			[0, '-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'PatientID=NOBODY'],
			[0, '-W', '-k', 'ScheduledProcedureStepSequence[0].Modality=CT'],
		];
		for (const syntax of ['-xe', '-xi', '-xb', '-xd'])
			for (const [count, ...args] of cases) {
				const { status, log } = await run('findscu', '-v', syntax, ...args, ...to(server));
				t.equal(status, 0);
				t.equal(matches(log), count, `${syntax} ${args.join(' ')}`, { log: log.slice(-1500) });
				says(t, log, /Final Find Response \(Success\)/);
			}
	});

	t.test('findscu: what cannot be asked', async (t) => {
		for (const args of [
			['-S', '-k', 'StudyInstanceUID'],
			['-S', '-k', 'QueryRetrieveLevel=PATIENT', '-k', 'PatientID'],
			['-S', '-k', 'QueryRetrieveLevel=SERIES', '-k', 'SeriesInstanceUID'],
		]) {
			const { log } = await run('findscu', '-d', ...args, ...to(server));
			says(t, log, /DIMSE Status +: 0xa900/);
		}
	});

	t.test('getscu', async (t) => {
		for (const study of [0, 1, 2, 3]) {
			const into = join(folder, `got${study}`);
			mkdirSync(into);
			const keys = ['-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${studyUid(study)}`];
			const { status, log } = await run('getscu', '-v', '-S', ...keys, '+B', '-od', into, ...to(server));
			t.equal(status, 0, log.slice(-2000));
			t.strictSame(arrived(into), uidsOf(study));
			areWhole(t, into);
		}
	});

	t.test('getscu of what is compressed: as it is to who takes it so, else a failure that says which', async (t) => {
		const study = ['-k', `StudyInstanceUID=${compressed?.studyInstanceUid}`];
		const series = ['-k', `SeriesInstanceUID=${compressed?.seriesInstanceUid}`];
		const keys = ['-S', '-k', 'QueryRetrieveLevel=IMAGE', ...study, ...series, '-k', `SOPInstanceUID=${JPEG_UID}`];
		const into = join(folder, 'jpeg');
		mkdirSync(into);
		const taken = await run('getscu', '-v', '+xy', ...keys, '+B', '-od', into, ...to(server));
		t.equal(taken.status, 0, taken.log.slice(-2000));
		const [path = ''] = filesUnder(into);
		t.equal(readPart10(path).transferSyntaxUid, JPEG);
		t.ok(same(readPart10(path).body, readPart10(jpegFile).body), 'byte for byte');
		const plain = await run('getscu', '-d', ...keys, '-od', into, ...to(server));
		says(t, plain.log, /a702/i);
	});

	t.test('movescu to storescp, as stored', async (t) => {
		for (const study of [4, 5]) {
			const keys = ['-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${studyUid(study)}`];
			const { status, log } = await run('movescu', '-v', '-S', '-aem', 'STORESCP', ...keys, ...to(server));
			t.equal(status, 0, log.slice(-2000));
		}
		t.strictSame(arrived(receiver.folder), [...uidsOf(4), ...uidsOf(5)].sort());
		areWhole(t, receiver.folder);
	});

	t.test('movescu: a destination that is not known, and one that does not answer', async (t) => {
		const keys = ['-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${studyUid(0)}`];
		const unknown = await run('movescu', '-d', '-aem', 'STRANGER', ...keys, ...to(server));
		says(t, unknown.log, /a801/i);
		const silent = await run('movescu', '-d', '-aem', 'NOBODY', ...keys, ...to(server));
		says(t, silent.log, /a702/i);
		await eventually('it is told', () => /C-MOVE {2}STUDY .* to NOBODY .*A702/.test(server.log()));
		says(t, server.log(), /warning: #\d+ no association with NOBODY: 127\.0\.0\.1 port 1: ECONNREFUSED/);
	});

	t.test('a cancel', async (t) => {
		const { log } = await run(
			'findscu',
			...['-d', '-S', '--cancel', '3', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID'],
			...to(server),
		);
		// It may come too late: there are few matches.
		says(t, log, /Received Final Find Response[\s\S]*DIMSE Status +: 0x(?:fe00|0000)/);
		t.notMatch(log, /Abort/);
	});

	t.test('nobody was aborted', async (t) => {
		t.notMatch(server.log(), /ended: /);
		t.equal(await server.stop(), 143);
	});
});
