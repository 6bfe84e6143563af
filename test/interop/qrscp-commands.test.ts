/** `dimse qrscp` as our own commands meet it: store, find, get and move, over TLS too, and the worklist. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { encodeFile } from '../../src/dicom/part10.ts';
import { syntheticStudies } from '../../src/dicom/synthetic.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { startQrscp } from '../support/qrscp.ts';
import { CA, CLIENT, SERVER } from '../support/tls.ts';
import { ends, rowsOf } from './command-line.ts';
import { comparable, eventually, filesUnder, readPart10, same, shown } from './instances.ts';

t.setTimeout(240_000);

const folder = mkdtempSync(join(tmpdir(), 'dimse-qrscp-commands-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const STUDIES = 9;
const instances = [...syntheticStudies({ seed: 3, studies: STUDIES, imageSide: 16, instancesPerSeries: 4 })];
const files = join(folder, 'files');
mkdirSync(files);
for (const [at, { dataset }] of instances.entries())
	writeFileSync(join(files, `${String(at).padStart(4, '0')}.dcm`), encodeFile(dataset, EXPLICIT_LITTLE));
const studyUid = (study: number): string => instances.find((one) => one.study === study)?.studyInstanceUid ?? '';
const isWhole = (into: string, study: number): boolean => {
	const wanted = instances.filter((one) => one.study === study);
	const got = new Map(
		filesUnder(into)
			.filter((path) => path.endsWith('.dcm'))
			.map((path) => readPart10(path).dataset)
			.map((dataset) => [shown(dataset, 'SOPInstanceUID'), dataset]),
	);
	return (
		got.size === wanted.length &&
		wanted.every(({ sopInstanceUid, dataset }) => {
			const arrived = got.get(sopInstanceUid);
			return arrived !== undefined && same(comparable(arrived), comparable(dataset));
		})
	);
};

t.test('store, find, get, move', async (t) => {
	const server = await startQrscp({ args: ['-v'] });
	t.teardown(() => server.stop());
	const { at } = server;

	await ends(t, 0, ['store', at, files, '-j', '3']);
	const found = await ends(t, 0, ['find', at, '-F', 'name']);
	t.strictSame(rowsOf(found.stdout).sort(), [...new Set(instances.map((one) => one.studyInstanceUid))].sort());
	const { stdout } = await ends(t, 0, [
		...['find', at, '-L', 'study', '--study-uid', studyUid(0), '-F', 'json'],
		...[
			'--fields',
			'StudyInstanceUID,NumberOfStudyRelatedInstances,NumberOfStudyRelatedSeries,ModalitiesInStudy,PatientName',
		],
	]);
	const first = instances.filter(({ study }) => study === 0);
	t.match(JSON.parse(stdout), {
		results: [
			{
				NumberOfStudyRelatedInstances: first.length,
				NumberOfStudyRelatedSeries: new Set(first.map(({ series }) => series)).size,
				PatientName: shown(first[0]?.dataset ?? {}, 'PatientName'),
			},
		],
	});
	await ends(t, 1, ['find', at, '--id', 'NOBODY']);
	const ext = await ends(t, 0, ['find', at, '-L', 'series', '--ext', 'relational,fuzzy', '-v', '-F', 'name']);
	t.match(ext.stderr, /relational granted, fuzzy not granted/);
	t.equal(rowsOf(ext.stdout).length, new Set(instances.map((one) => one.seriesInstanceUid)).size);

	const got = join(folder, 'got');
	await ends(t, 0, ['get', at, studyUid(1), '-o', got]);
	t.ok(isWhole(got, 1), 'get: byte for byte what was stored');
});

t.test('move to a receiver of ours', async (t) => {
	const first = await startQrscp({ aeTitle: 'SECOND' });
	t.teardown(() => first.stop());
	const server = await startQrscp({
		args: ['-v', '--import', files, '--move-dest', `SECOND=127.0.0.1:${first.port}`],
	});
	t.teardown(() => server.stop());
	await ends(t, 0, ['move', server.at, studyUid(2), '--dest', 'SECOND', '-aet', 'MOVER']);
	const { stdout } = await ends(t, 0, [
		'find',
		first.at,
		'-L',
		'instance',
		'--study-uid',
		studyUid(2),
		'--ext',
		'relational',
		'-F',
		'name',
	]);
	t.equal(rowsOf(stdout).length, instances.filter(({ study }) => study === 2).length);
	t.match(server.log(), /MOVER .*C-MOVE-RQ/);
	const unknown = await ends(t, 4, ['move', server.at, studyUid(2), '--dest', 'STRANGER']);
	t.match(unknown.stderr, /A801/);
});

t.test('over TLS, who has a certificate', async (t) => {
	const path = (name: string, text: string): string => {
		const file = join(folder, name);
		writeFileSync(file, text);
		return file;
	};
	const [ca, certificate, key] = [path('ca', CA), path('cert', SERVER.certificate), path('key', SERVER.key)];
	const ours = [
		'--tls-ca',
		ca,
		'--tls-cert',
		path('client', CLIENT.certificate),
		'--tls-key',
		path('ckey', CLIENT.key),
	];
	const server = await startQrscp({ args: ['--tls-ca', ca, '--tls-cert', certificate, '--tls-key', key] });
	t.teardown(() => server.stop());
	await ends(t, 0, ['store', `QRSCP@localhost:${server.port}`, files, ...ours]);
	await ends(t, 0, ['find', `QRSCP@localhost:${server.port}`, ...ours]);
	await ends(t, 10, ['echo', `QRSCP@localhost:${server.port}`, '--tls-ca', ca]);
});

t.test('the worklist of a folder', async (t) => {
	const worklist = join(folder, 'worklist');
	mkdirSync(worklist);
	writeFileSync(
		join(worklist, 'one.json'),
		JSON.stringify({
			'00100010': { vr: 'PN', Value: [{ Alphabetic: 'SCHEDULED^SUE' }] },
			'00100020': { vr: 'LO', Value: ['W1'] },
			'00400100': {
				vr: 'SQ',
				Value: [
					{
						'00080060': { vr: 'CS', Value: ['CT'] },
						'00400001': { vr: 'AE', Value: ['CT1'] },
						'00400002': { vr: 'DA', Value: ['20260102'] },
					},
				],
			},
		}),
	);
	const server = await startQrscp({ args: ['--worklist', worklist] });
	t.teardown(() => server.stop());
	const found = await ends(t, 0, [
		'find',
		'-W',
		server.at,
		'-F',
		'tsv',
		'--fields',
		'PatientID,PatientName',
		'-m',
		'CT',
	]);
	t.match(found.stdout, /W1\tSCHEDULED\^SUE/);
	await ends(t, 1, ['find', '-W', server.at, '-m', 'MR']);
	writeFileSync(join(worklist, 'bad.json'), '{');
	await ends(t, 0, ['find', '-W', server.at, '-m', 'CT']);
	await eventually('the bad file is told of', () => /warning: .*bad\.json: /.test(server.log()));
});

t.test('faults are ours to choose, and of one caller', async (t) => {
	const server = await startQrscp({
		args: [
			'--import',
			files,
			'--simulate',
			'limit:2@VICTIM',
			'--simulate',
			'status:echo:0110',
			'--simulate',
			'reject:1/1/7@OUT',
		],
	});
	t.teardown(() => server.stop());
	t.equal(rowsOf((await ends(t, 0, ['find', server.at, '-F', 'name', '-aet', 'VICTIM'])).stdout).length, 2);
	t.equal(rowsOf((await ends(t, 0, ['find', server.at, '-F', 'name', '-aet', 'OTHER'])).stdout).length, STUDIES);
	await ends(t, 4, ['echo', server.at]);
	await ends(t, 5, ['echo', server.at, '-aet', 'OUT']);
	await eventually('it is told as what it is', () => /OUT .*rejected 1\/1\/7: --simulate/.test(server.log()));
});

t.test('--match-limit says so', async (t) => {
	const server = await startQrscp({ args: ['--import', files, '--match-limit', '4'] });
	t.teardown(() => server.stop());
	const cut = await ends(t, 4, ['find', server.at, '-F', 'name']);
	t.equal(rowsOf(cut.stdout).length, 4);
	t.match(cut.stderr, /A700[\s\S]*more than 4 matches/);
	await ends(t, 0, ['find', server.at, '-F', 'name', '--study-uid', studyUid(0)]);
});

t.test('SIGTERM in the middle of a get: it is finished, then the server ends', async (t) => {
	const server = await startQrscp({ args: ['-v', '--import', files, '--simulate', 'slow:100ms'] });
	t.teardown(() => server.stop());
	const into = join(folder, 'grace');
	const getting = ends(t, 0, ['get', server.at, studyUid(0), '-o', into]);
	await eventually('it is under way', () => /C-GET-RQ/.test(server.log()));
	server.signal('SIGTERM');
	await getting;
	t.ok(isWhole(into, 0));
	t.equal(await server.ended, 143);
	t.match(server.log(), /SIGTERM: ending after 1 operation in hand/);
});
