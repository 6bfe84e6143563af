/** `dimse qrscp` as Orthanc meets it: driven by its REST API it echoes, stores to us, queries us, and retrieves what it found by C-MOVE. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { encodeFile } from '../../src/dicom/part10.ts';
import { syntheticStudies } from '../../src/dicom/synthetic.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { missing, startOrthanc } from '../support/peers.ts';
import { startQrscp } from '../support/qrscp.ts';
import { comparable, eventually, partsOf, same, shown } from './instances.ts';

t.setTimeout(180_000);

const folder = mkdtempSync(join(tmpdir(), 'dimse-qrscp-orthanc-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const STUDIES = 8;
const instances = [...syntheticStudies({ seed: 7, studies: STUDIES, imageSide: 16, instancesPerSeries: 4 })];
const files = join(folder, 'files');
mkdirSync(files);
for (const [at, { dataset }] of instances.entries())
	writeFileSync(join(files, `${at}.dcm`), encodeFile(dataset, EXPLICIT_LITTLE));

t.test('Orthanc against qrscp', { skip: missing('Orthanc') }, async (t) => {
	const orthanc = await startOrthanc({ SynchronousCMove: true, DefaultEncoding: 'Utf8' });
	t.teardown(() => orthanc.stop());
	const server = await startQrscp({
		args: ['-v', '--import', files, '--move-dest', `ORTHANC=127.0.0.1:${orthanc.port}`, '--require-called'],
	});
	t.teardown(() => server.stop());

	const rest = async (
		path: string,
		body?: unknown,
		method = body === undefined ? 'GET' : 'POST',
	): Promise<Response> => {
		const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
		const response = await fetch(`http://127.0.0.1:${orthanc.httpPort}${path}`, {
			method,
			...(text === undefined ? {} : { body: text }),
		});
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
		return response;
	};
	const json = async <T>(path: string, body?: unknown): Promise<T> => (await (await rest(path, body)).json()) as T;
	const uidsThere = async (): Promise<string[]> => {
		const all = await json<{ readonly MainDicomTags: { readonly SOPInstanceUID: string } }[]>('/instances?expand');
		return all.map(({ MainDicomTags }) => MainDicomTags.SOPInstanceUID).sort();
	};
	await rest('/modalities/us', { AET: 'QRSCP', Host: '127.0.0.1', Port: server.port }, 'PUT');

	t.test('/modalities/us/echo', async () => {
		await rest('/modalities/us/echo', {});
	});

	t.test('/modalities/us/query: every level, wildcards, ranges, names in their own scripts', async (t) => {
		const count = async (Level: string, Query: Readonly<Record<string, string>>): Promise<number> => {
			const { ID } = await json<{ readonly ID: string }>('/modalities/us/query', { Level, Query });
			return (await json<string[]>(`/queries/${ID}/answers`)).length;
		};
		const [first] = instances;
		const name = shown(first?.dataset ?? {}, 'PatientName');
		const ofFirst = { StudyInstanceUID: first?.studyInstanceUid ?? '' };
		const series = new Set(
			instances.filter(({ study }) => study === 0).map(({ seriesInstanceUid }) => seriesInstanceUid),
		);
		t.equal(await count('Patient', {}), new Set(instances.map(({ dataset }) => shown(dataset, 'PatientID'))).size);
		t.equal(await count('Study', {}), STUDIES);
		t.equal(await count('Study', { StudyDate: '19000101-20991231' }), STUDIES);
		t.equal(await count('Study', { StudyDate: '19000101-19001231' }), 0);
		t.equal(await count('Study', { PatientName: `${name.slice(0, 3)}*`, ...ofFirst }), 1);
		t.equal(await count('Series', ofFirst), series.size);
		const ofSeries = { ...ofFirst, SeriesInstanceUID: first?.seriesInstanceUid ?? '' };
		const inSeries = instances.filter(({ seriesInstanceUid }) => seriesInstanceUid === first?.seriesInstanceUid);
		t.equal(await count('Instance', ofSeries), inSeries.length);
		const { ID } = await json<{ readonly ID: string }>('/modalities/us/query', {
			Level: 'Study',
			Query: { PatientName: '' },
		});
		const found = await Promise.all(
			(await json<string[]>(`/queries/${ID}/answers`)).map((answer) =>
				json<Readonly<Record<string, string>>>(`/queries/${ID}/answers/${answer}/content?simplify`),
			),
		);
		const expected = new Set(instances.map(({ dataset }) => shown(dataset, 'PatientName')));
		t.strictSame(new Set(found.map(({ PatientName }) => PatientName)), expected, 'as Orthanc reads their characters');
	});

	t.test('/queries/ID/retrieve: C-MOVE to Orthanc itself, whole', async (t) => {
		const Query = { StudyInstanceUID: instances[0]?.studyInstanceUid ?? '' };
		const { ID } = await json<{ readonly ID: string }>('/modalities/us/query', { Level: 'Study', Query });
		await rest(`/queries/${ID}/retrieve`, { TargetAet: 'ORTHANC', Synchronous: true });
		const wanted = instances.filter(({ study }) => study === 0);
		t.strictSame(await uidsThere(), wanted.map(({ sopInstanceUid }) => sopInstanceUid).sort());
		for (const { ID: id } of await json<{ readonly ID: string }[]>('/instances?expand')) {
			const file = new Uint8Array(await (await rest(`/instances/${id}/file`)).arrayBuffer());
			const { dataset } = partsOf(file);
			const uid = shown(dataset, 'SOPInstanceUID');
			const sent = wanted.find(({ sopInstanceUid }) => sopInstanceUid === uid);
			t.ok(sent !== undefined && same(comparable(dataset), comparable(sent.dataset)), `${uid} is whole`);
		}
	});

	t.test('/modalities/us/store: back to us, kept once', async (t) => {
		const ids = await json<string[]>('/instances');
		const report = await json<{ readonly InstancesCount: number; readonly FailedInstancesCount: number }>(
			'/modalities/us/store',
			ids,
		);
		t.match(report, { InstancesCount: ids.length, FailedInstancesCount: 0 });
		await eventually('it is told', () => /stored/.test(server.log()));
		const { ID } = await json<{ readonly ID: string }>('/modalities/us/query', { Level: 'Study', Query: {} });
		t.equal((await json<string[]>(`/queries/${ID}/answers`)).length, STUDIES);
	});

	t.test('a destination that we do not know fails', async (t) => {
		const Query = { StudyInstanceUID: instances[0]?.studyInstanceUid ?? '' };
		const { ID } = await json<{ readonly ID: string }>('/modalities/us/query', { Level: 'Study', Query });
		await t.rejects(rest(`/queries/${ID}/retrieve`, { TargetAet: 'STRANGER', Synchronous: true }));
		await eventually('it is told', () => /C-MOVE .*A801/.test(server.log()));
	});

	t.test('nobody was aborted', async (t) => {
		t.equal(await server.stop(), 143);
		t.notMatch(server.log().split('SIGTERM')[0], /ended: /);
	});
});
