/** Instances going into the index and out of it: what is kept of a header, and what becomes of patients, studies and series. */
import t from 'tap';
import { rowsOf } from '../../src/archive/index/entity-rows.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { parseKey, setKey } from '../../src/dicom/identifier-path.ts';
import { syntheticStudies } from '../../src/dicom/synthetic.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { factsOf, MemoryIndex } from '../support/memory-index.ts';

const datasetOf = (...keys: readonly string[]): Dataset =>
	keys.reduce((dataset, key) => setKey(dataset, parseKey(key)), {} as Dataset);

/** Study, series and instance by a word each. */
const instanceOf = (study: string, series: string, instance: string, ...keys: readonly string[]): Dataset =>
	datasetOf(
		`StudyInstanceUID=1.${study}`,
		`SeriesInstanceUID=1.${series}`,
		`SOPInstanceUID=1.${instance}`,
		'SOPClassUID=1.2.840.10008.5.1.4.1.1.2',
		...keys,
	);

const rows = (index: MemoryIndex, text: string): unknown[][] =>
	index.all({ text, parameters: [] }).map((row) => [...row]);

const counts = (index: MemoryIndex): unknown =>
	rows(
		index,
		'SELECT (SELECT count(*) FROM patient), (SELECT count(*) FROM study), (SELECT count(*) FROM series), (SELECT count(*) FROM instance), (SELECT count(*) FROM series_common)',
	)[0];

t.test('texts are decoded, trimmed and made comparable', async (t) => {
	const { patient, study, series, instance } = rowsOf(
		datasetOf(
			'PatientName= Müller ^ Jörg =山田',
			'PatientID= P1 ',
			'PatientBirthDate=1970.01.31',
			'StudyDate=20201332',
			'StudyTime=10:15',
			'StudyInstanceUID=1.2',
			'SeriesInstanceUID=1.3',
			'SeriesNumber=+007',
			'InstanceNumber=x1',
		),
		factsOf({}),
	);
	t.match(patient, {
		id: 'P1',
		apart: '',
		name1: 'MULLER^JORG',
		name2: '山田',
		name3: '',
		birthDate: '1970.01.31',
		birthDateKey: '19700131',
	});
	t.match(study, { date: '20201332', dateKey: '', time: '10:15', timeKey: '101500.000000' });
	t.match([series.number, instance.number], ['7', 'x1']);
});

t.test('nothing in a header keeps it out', async (t) => {
	const hostile = [
		{ '00100010': { vr: 'PN', Value: [{ Alphabetic: 'x'.repeat(10_000) }] } },
		{ '00081030': { vr: 'LO', Value: ['y'.repeat(1_000_000)] } },
		{ '00104000': { vr: 'LT', Value: ['a\0b\ud800c'] } },
		{ '00100020': { vr: 'LO', Value: ['a\0b\ud800c'] } },
		{ '00200013': { vr: 'IS', Value: ['9'.repeat(400)] } },
		{
			'00081032': {
				vr: 'SQ',
				Value: Array.from({ length: 10_000 }, () => ({ '00080100': { vr: 'SH', Value: ['1'] } })),
			},
		},
		{ '00081032': { vr: 'LO', Value: ['no sequence'] } },
		{ '00081030': { vr: 'SQ', Value: [{}] } },
		{ '00280010': { vr: 'FD', Value: [Number.NaN] } },
		{ '00080005': { vr: 'CS', Value: ['KLINGON'] }, '00100010': { vr: 'PN', Value: [{ Alphabetic: 'a' }] } },
		{ FFFEE000: { vr: 'UN', Value: [] }, '00090010': { vr: 'LO', Value: ['private'] } },
	] as readonly Dataset[];
	for (const [number, header] of hostile.entries()) {
		const index = new MemoryIndex();
		const whole = { ...instanceOf('1', '2', '3'), ...header };
		index.put(whole);
		t.strictSame(counts(index), [1, 1, 1, 1, 1], `header ${number}`);
		const found = index.find(
			datasetOf('QueryRetrieveLevel=STUDY', 'StudyInstanceUID=1.1', 'StudyDescription', 'PatientComments'),
			{ model: 'study-root' },
		);
		t.ok(Array.isArray(found) && found.length === 1 && encodeDataset(found[0].match, EXPLICIT_LITTLE), 'and is found');
		t.notMatch(
			JSON.stringify(rows(index, 'SELECT * FROM patient')),
			/\\u0000|\\ud800/,
			'no NUL, no half of a character',
		);
	}
});

t.test('long names are found by what is kept of them', async (t) => {
	const index = new MemoryIndex();
	index.put(instanceOf('1', '2', '3', `PatientName=${'x'.repeat(3000)}`, `StudyDescription=${'y'.repeat(3000)}`));
	for (const key of [
		`PatientName=${'X'.repeat(3000)}`,
		`StudyDescription=${'y'.repeat(3000)}`,
		'PatientName=xx*',
		`StudyDescription=${'y'.repeat(1000)}*`,
	]) {
		const found = index.find(datasetOf('QueryRetrieveLevel=STUDY', key), { model: 'study-root' });
		t.equal(Array.isArray(found) ? found.length : found, 1, key.slice(0, 24));
	}
});

t.test('instances share their parents; a later value wins, an empty one does not', async (t) => {
	const index = new MemoryIndex();
	index.put(instanceOf('s', 'e', 'i1', 'PatientID=P', 'PatientName=A', 'StudyDescription=first', 'PatientWeight=70'));
	index.put(instanceOf('s', 'e', 'i2', 'PatientID=P', 'PatientName=A', 'StudyDescription=first', 'PatientWeight=70'));
	index.put(instanceOf('s', 'e2', 'i3', 'PatientID=P', 'PatientName=B', 'StudyDate=20200101', 'PatientAge=030Y'));
	t.strictSame(counts(index), [1, 1, 2, 3, 2]);
	t.strictSame(rows(index, 'SELECT name, name_1 FROM patient'), [['B', 'B']]);
	t.strictSame(rows(index, 'SELECT description, date_key, attributes FROM study'), [
		['first', '20200101', '{"00101030":"70","00101010":"030Y"}'],
	]);
});

t.test('patients without an ID are apart, one for each study; issuers make patients', async (t) => {
	const index = new MemoryIndex();
	index.put(instanceOf('s1', 'e1', 'i1', 'PatientName=A'));
	index.put(instanceOf('s2', 'e2', 'i2', 'PatientName=A'));
	index.put(instanceOf('s2', 'e3', 'i3', 'PatientName=A'));
	index.put(instanceOf('s4', 'e4', 'i4', 'PatientID=P', 'IssuerOfPatientID=X'));
	index.put(instanceOf('s5', 'e5', 'i5', 'PatientID=P', 'IssuerOfPatientID=Y'));
	t.strictSame(counts(index), [4, 4, 5, 5, 5]);
});

t.test('a study moves to the patient that was named last, and nobody stays behind empty', async (t) => {
	const index = new MemoryIndex();
	index.put(instanceOf('s', 'e', 'i1', 'PatientID=P', 'PatientName=A'));
	const put = index.put(instanceOf('s', 'e', 'i2', 'PatientID=Q', 'PatientName=A'));
	t.strictSame(put, { movedStudy: '1.s' });
	t.strictSame(rows(index, 'SELECT id FROM patient'), [['Q']]);
});

t.test("a series is its study's: another study with its UID takes nothing away", async (t) => {
	const index = new MemoryIndex();
	const where = `SELECT p.id, s.uid, e.uid, e.description, i.uid FROM instance AS i, series AS e ON e.pk = i.series_pk,
		study AS s ON s.pk = e.study_pk, patient AS p ON p.pk = s.patient_pk ORDER BY i.uid`;
	index.put(instanceOf('s', 'e', 'i1', 'PatientID=P', 'SeriesDescription=A', 'Rows=1'));
	t.strictSame(index.put(instanceOf('s2', 'e', 'i2', 'PatientID=Q', 'SeriesDescription=B', 'Rows=2')), {});
	t.strictSame(index.put(instanceOf('s', 'e', 'i3', 'PatientID=P', 'Rows=1')), {});
	t.strictSame(rows(index, where), [
		['P', '1.s', '1.e', 'A', '1.i1'],
		['Q', '1.s2', '1.e', 'B', '1.i2'],
		['P', '1.s', '1.e', 'A', '1.i3'],
	]);
	t.strictSame(counts(index), [2, 2, 2, 3, 2]);
	index.put(instanceOf('s2', 'e', 'i3', 'PatientID=Q'));
	t.match(index.writer.find('1.i3'), { studyInstanceUid: '1.s2', seriesInstanceUid: '1.e' }, 'but its own instance');
	index.writer.remove('1.i1');
	t.strictSame(counts(index), [1, 1, 1, 2, 1], 'what is left of the other study stays');
});

t.test('a SOP Instance UID that is there is replaced, wherever it was', async (t) => {
	const index = new MemoryIndex();
	index.put(instanceOf('s', 'e', 'i', 'PatientID=P', 'InstanceNumber=1'), { file: 'a.dcm' });
	const put = index.put(instanceOf('s2', 'e2', 'i', 'PatientID=Q', 'InstanceNumber=2'), { file: 'b.dcm' });
	t.match(put.previous, {
		file: 'a.dcm',
		studyInstanceUid: '1.s',
		seriesInstanceUid: '1.e',
		sopInstanceUid: '1.i',
		datasetLength: 1000,
	});
	t.strictSame(counts(index), [1, 1, 1, 1, 1]);
	t.match(index.writer.find('1.i'), { file: 'b.dcm', studyInstanceUid: '1.s2' });
	t.equal(index.writer.find('1.x'), undefined);
	t.match(index.writer.remove('1.i'), { file: 'b.dcm' });
	t.strictSame(counts(index), [0, 0, 0, 0, 0]);
	t.equal(index.writer.remove('1.i'), undefined);
	index.put(instanceOf('s2', 'e2', 'i', 'PatientID=Q'));
	t.strictSame(counts(index), [1, 1, 1, 1, 1], 'nothing remembered that is gone');
});

t.test('what only a replaced instance said is forgotten', async (t) => {
	const said = ['PatientID=P', 'PatientName=A', 'PatientComments=C', 'StudyDescription=D', 'StudyDate=20200101'];
	const more = ['PatientWeight=70', 'Modality=CT', 'SeriesDescription=E', 'Laterality=L', 'ImageComments=I'];
	const every = `SELECT name, name_1, p.attributes, s.description, date_key, s.attributes, modality, e.description, e.attributes
		FROM patient AS p, study AS s ON s.patient_pk = p.pk, series AS e ON e.study_pk = s.pk ORDER BY e.uid`;
	const all = ['A', 'A', '{"00104000":"C"}', 'D', '20200101', '{"00101030":"70"}', 'CT', 'E', '{"00200060":"L"}'];
	const nothing = ['', '', '{}', '', '', '{}', '', '', '{}'];
	const [patient, study] = [all.slice(0, 3), all.slice(3, 6)];
	const replaced = (...others: readonly Dataset[]): unknown[][] => {
		const index = new MemoryIndex();
		index.put(instanceOf('s', 'e', 'i', ...said, ...more));
		for (const other of others) index.put(other);
		index.put(instanceOf('s', 'e', 'i', 'PatientID=P'));
		return rows(index, every);
	};
	t.strictSame(replaced(), [nothing]);
	t.strictSame(replaced(instanceOf('s', 'e', 'i2', 'PatientID=P')), [all], 'not where the series has another');
	const ofStudy = [...patient, ...study, '', '', '{}'];
	t.strictSame(replaced(instanceOf('s', 'f', 'i2', 'PatientID=P')), [ofStudy, ofStudy], 'nor the study');
	const ofPatient = [...patient, ...nothing.slice(3)];
	t.strictSame(replaced(instanceOf('s2', 'f', 'i2', 'PatientID=P')), [ofPatient, ofPatient], 'nor the patient');

	const index = new MemoryIndex();
	index.put(instanceOf('s', 'e', 'i', ...said, ...more));
	index.put(instanceOf('s', 'f', 'i2', 'PatientID=P'));
	index.put(instanceOf('s2', 'f2', 'i2', 'PatientID=Q'));
	index.put(instanceOf('s', 'e', 'i', 'PatientID=P'));
	t.strictSame(rows(index, `${every} LIMIT 1`), [nothing], 'also where it is the only one since the others left');
	index.put(instanceOf('s', 'e', 'i', ...said, ...more));
	const put = index.put(instanceOf('s', 'e', 'i', 'PatientID=R'));
	t.match(put, { movedStudy: '1.s' });
	t.strictSame(rows(index, `${every} LIMIT 1`), [nothing], 'also of another patient');
	t.strictSame(rows(index, 'SELECT id FROM patient ORDER BY id'), [['Q'], ['R']]);
});

t.test('what hangs on what, with the keys enforced', async (t) => {
	const index = new MemoryIndex();
	index.database.exec('PRAGMA foreign_keys = ON');
	index.put(instanceOf('s', 'e', 'i1', 'PatientID=P', 'Rows=1'));
	index.put(instanceOf('s2', 'e', 'i1', 'PatientID=Q', 'Rows=1'));
	index.put(instanceOf('s3', 'e3', 'i1', 'PatientID=R', 'Rows=1'));
	t.strictSame(counts(index), [1, 1, 1, 1, 1]);
	index.writer.remove('1.i1');
	t.strictSame(counts(index), [0, 0, 0, 0, 0]);
	t.strictSame(rows(index, 'PRAGMA foreign_key_check'), []);
});

t.test('what was rolled back is forgotten when told', async (t) => {
	const index = new MemoryIndex();
	index.database.exec('BEGIN');
	index.put(instanceOf('s', 'e', 'i1', 'PatientID=P'));
	index.database.exec('ROLLBACK');
	index.writer.forget();
	index.put(instanceOf('s', 'e', 'i2', 'PatientID=P'));
	t.strictSame(counts(index), [1, 1, 1, 1, 1]);
});

t.test('an instance of a series that is there: one row, and of its attributes only what differs', async (t) => {
	const index = new MemoryIndex();
	for (const number of [1, 2, 3]) {
		index.put(
			instanceOf(
				's',
				'e',
				`i${number}`,
				'Rows=512',
				'KVP=120',
				`SliceLocation=${number}`,
				...(number === 3 ? [] : ['ImageType=A\\B']),
			),
		);
	}
	t.strictSame(rows(index, 'SELECT attributes FROM instance ORDER BY pk'), [
		['{}'],
		['{"00201041":"2"}'],
		['{"00201041":"3","00080008":""}'],
	]);
	const changes = (): number => Number(rows(index, 'SELECT total_changes()')[0]?.[0]);
	const before = changes();
	index.put(instanceOf('s', 'e', 'i4', 'Rows=512', 'KVP=120', 'SliceLocation=4', 'ImageType=A\\B'));
	t.equal(changes() - before, 1, 'one change');
	const found = index.find(
		datasetOf('QueryRetrieveLevel=IMAGE', 'SOPInstanceUID', 'Rows', 'ImageType', 'SliceLocation=3'),
		{
			model: 'study-root',
			negotiated: { relational: true },
		},
	);
	t.strictSame(Array.isArray(found) && found.map(({ match }) => [match['00280010']?.Value, match['00080008']?.Value]), [
		[[512], []],
	]);
});

t.test('a series whose first instance has no attributes keeps those of the others', async (t) => {
	const index = new MemoryIndex();
	index.put(instanceOf('s', 'e', 'i1'));
	index.writer.forget();
	index.put(instanceOf('s', 'e', 'i2', 'Rows=512'));
	const found = index.find(datasetOf('QueryRetrieveLevel=IMAGE', 'SOPInstanceUID', 'Rows=512'), {
		model: 'study-root',
		negotiated: { relational: true },
	});
	t.equal(Array.isArray(found) && found.length, 1);
});

t.test('an instance takes no more than a kilobyte and a half of the database', async (t) => {
	const index = new MemoryIndex();
	let instances = 0;
	for (const { dataset } of syntheticStudies({ studies: 40, imageSide: 8 })) {
		index.put(decodeDataset(encodeDataset(dataset, EXPLICIT_LITTLE), EXPLICIT_LITTLE).dataset);
		instances++;
	}
	const [[pages, size] = []] = rows(index, 'SELECT page_count, page_size FROM pragma_page_count, pragma_page_size');
	t.ok((Number(pages) * Number(size)) / instances < 1500, `${(Number(pages) * Number(size)) / instances} bytes each`);
});
