/** The pages of a query: whole, in order, each from the index it should come from, whatever comes between. */
import t from 'tap';
import type { Row } from '../../src/archive/index/sql.ts';
import type { Negotiated, QueryPlan } from '../../src/archive/query/query-plan.ts';
import { planQuery } from '../../src/archive/query/query-plan.ts';
import { firstPlace, pageSql, placeAfter, snapshotSql } from '../../src/archive/query/query-sql.ts';
import { planInstances, planRetrieve, retrieveRow } from '../../src/archive/query/retrieve-plan.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { parseKey, setKey } from '../../src/dicom/identifier-path.ts';
import { MemoryIndex } from '../support/memory-index.ts';

const datasetOf = (...keys: readonly string[]): Dataset =>
	keys.reduce((dataset, key) => setKey(dataset, parseKey(key)), {} as Dataset);

const planOf = (keys: readonly string[], negotiated: Negotiated = {}): QueryPlan => {
	const plan = planQuery(datasetOf(...keys), { model: 'study-root', negotiated });
	if ('refusal' in plan) throw new Error(plan.refusal.errorComment);
	return plan;
};

/** Studies of two series of three instances, two studies a patient. */
const archiveOf = (studies: number): MemoryIndex => {
	const index = new MemoryIndex();
	index.database.exec('BEGIN');
	for (let study = 0; study < studies; study++) {
		for (let instance = 0; instance < 6; instance++) {
			const series = Math.floor(instance / 3);
			index.put(
				datasetOf(
					`PatientID=P${study >> 1}`,
					`PatientName=N${study >> 1}^X`,
					`StudyInstanceUID=1.${study}`,
					`StudyDate=2020${String(1 + (study % 12)).padStart(2, '0')}01`,
					`AccessionNumber=A${study}`,
					`SeriesInstanceUID=1.${study}.${series}`,
					`Modality=${series === 0 ? 'CT' : 'SR'}`,
					`SOPInstanceUID=1.${study}.${series}.${instance}`,
					`SOPClassUID=1.2.${series}`,
					`InstanceNumber=${instance}`,
					`Rows=${study % 50}`,
				),
			);
		}
	}
	index.database.exec('COMMIT');
	return index;
};

const RELATIONAL = { relational: true };

t.test('pages of any size make the same whole', async (t) => {
	const index = archiveOf(120);
	for (const [keys, negotiated, count] of [
		[['QueryRetrieveLevel=STUDY', 'StudyInstanceUID'], {}, 120],
		[['QueryRetrieveLevel=STUDY', 'StudyDate=20200201-20200401'], {}, 30],
		[['QueryRetrieveLevel=STUDY', 'StudyDate=20200201-'], {}, 110],
		[['QueryRetrieveLevel=STUDY', 'PatientName=n1*'], {}, 22],
		[['QueryRetrieveLevel=STUDY', 'Rows=7', 'Modality=SR'], RELATIONAL, 3],
		[['QueryRetrieveLevel=STUDY', 'Rows=7', 'Modality=US'], RELATIONAL, 0],
		[['QueryRetrieveLevel=SERIES', 'Modality=CT'], RELATIONAL, 120],
		[['QueryRetrieveLevel=SERIES', 'StudyInstanceUID=1.7', 'Modality'], {}, 2],
		[['QueryRetrieveLevel=IMAGE', 'SOPInstanceUID'], RELATIONAL, 720],
		[['QueryRetrieveLevel=IMAGE', 'PatientID=P3', 'SOPInstanceUID'], RELATIONAL, 12],
		[['QueryRetrieveLevel=IMAGE', 'StudyDate=20200301', 'Rows'], RELATIONAL, 60],
		[['QueryRetrieveLevel=IMAGE', 'SOPInstanceUID=1.3.0.1\\1.3.1.4\\1.7.0.2'], RELATIONAL, 3],
		[['QueryRetrieveLevel=IMAGE', 'StudyInstanceUID=1.7', 'SeriesInstanceUID=1.7.1', 'SOPInstanceUID'], {}, 3],
	] as const) {
		const plan = planOf(keys, negotiated);
		const whole = index.rows(plan, 10_000).map((row) => row.slice(0, 2));
		t.equal(whole.length, count, keys.join(' '));
		t.strictSame(
			whole,
			whole.toSorted((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1])),
			'in order',
		);
		for (const limit of [1, 2, 7, count || 1]) {
			t.strictSame(
				index.rows(plan, limit).map((row) => row.slice(0, 2)),
				whole,
				`${keys.join(' ')} by ${limit}`,
			);
		}
	}
});

t.test('each page comes from the index that leaves the fewest', async (t) => {
	const index = archiveOf(20);
	for (const [keys, found, negotiated = {}] of [
		[['QueryRetrieveLevel=STUDY', 'StudyInstanceUID=1.7', 'StudyDate=20200101-', 'PatientName=N*'], 'study_uid'],
		[['QueryRetrieveLevel=STUDY', 'StudyInstanceUID=1.7\\1.8'], 'study_uid'],
		[['QueryRetrieveLevel=STUDY', 'AccessionNumber=A7', 'StudyDate=20200101-20200201'], 'study_accession'],
		[['QueryRetrieveLevel=STUDY', 'AccessionNumber=A1*'], 'study_accession'],
		[['QueryRetrieveLevel=STUDY', 'PatientID=P3', 'PatientName=N*'], 'patient_id'],
		[['QueryRetrieveLevel=STUDY', 'PatientName=N3'], 'patient_name_1'],
		[['QueryRetrieveLevel=STUDY', 'PatientName=N3'], 'patient_name_3'],
		[['QueryRetrieveLevel=STUDY', 'StudyDate=20200101', 'PatientName=N*'], 'study_date'],
		[['QueryRetrieveLevel=STUDY', 'StudyDate=20200101-'], 'study_date'],
		[['QueryRetrieveLevel=IMAGE', 'StudyDate=20200101-20200201', 'SOPInstanceUID'], 'study_date', RELATIONAL],
		[['QueryRetrieveLevel=STUDY', 'PatientName=N1*'], 'patient_name_2'],
		[['QueryRetrieveLevel=SERIES', 'PatientID=P3', 'Modality'], 'patient_id', RELATIONAL],
		[['QueryRetrieveLevel=STUDY', 'StudyDate=20200101', 'StudyTime=10-11'], 'study_date', { dateTime: true }],
		[['QueryRetrieveLevel=STUDY', 'PatientName=*3'], 'SEARCH s USING INTEGER PRIMARY KEY'],
		[['QueryRetrieveLevel=STUDY', 'StudyDescription=x'], 'SEARCH s USING INTEGER PRIMARY KEY'],
		[['QueryRetrieveLevel=SERIES', 'StudyInstanceUID=1.7', 'SeriesInstanceUID'], 'series_study'],
		[
			['QueryRetrieveLevel=IMAGE', 'StudyInstanceUID=1.7', 'SeriesInstanceUID=1.7.1', 'SOPInstanceUID'],
			'instance_series',
		],
		[['QueryRetrieveLevel=IMAGE', 'SOPInstanceUID=1.7.1.3'], 'instance_uid', RELATIONAL],
		[['QueryRetrieveLevel=STUDY', 'SOPInstanceUID=1.7.1.3'], 'instance_uid', RELATIONAL],
		[['QueryRetrieveLevel=STUDY', 'SeriesInstanceUID=1.7.1', 'Rows=7'], 'series_uid', RELATIONAL],
	] as const) {
		const plan = planOf(keys, negotiated);
		const [last = []] = index.all(snapshotSql(plan));
		const place = firstPlace(plan, last);
		t.ok(place, 'there is something');
		if (place === undefined) continue;
		const { text, parameters } = pageSql(plan, place, 500);
		const steps = index.all({ text: `EXPLAIN QUERY PLAN ${text}`, parameters }).map((row) => String(row[3]));
		t.ok(
			steps.some((step) => step.includes(found)),
			`${keys.join(' ')}: ${found} in ${steps.join('; ')}`,
		);
		t.notOk(
			steps.some((step) => /^SCAN (?!found|one|json_each|\(subquery)/.test(step)),
			`${keys.join(' ')}: no table is read whole: ${steps.join('; ')}`,
		);
	}
});

t.test('the text of a page depends on its kind alone, so that it is prepared once', async (t) => {
	const textOf = (...keys: readonly string[]): string => {
		const plan = planOf(['QueryRetrieveLevel=STUDY', ...keys]);
		return pageSql(plan, { after: 3, inner: 0, last: 9, by: 'index' }, 500).text;
	};
	t.equal(textOf('PatientID=A', 'StudyDate=2020.01.01-'), textOf('PatientID=B', 'StudyDate=20210101-'));
	t.equal(textOf('StudyInstanceUID=1.2\\1.3'), textOf('StudyInstanceUID=1.2\\1.3\\1.4\\1.5'));
	t.notMatch(textOf("PatientID='; DROP TABLE study"), /DROP/);
});

t.test('a range that leaves much is read from the table, a window at a time', async (t) => {
	const index = new MemoryIndex();
	index.database.exec(`
		INSERT INTO patient VALUES (1, 'P', '', '', 'N', 'N', '', '', '', '', '', '{}');
		WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 45000)
		INSERT INTO study SELECT k, 1, '1.' || k, '', CASE WHEN k BETWEEN 12000 AND 31000 THEN '20200101' ELSE '19990101' END,
			'', '', '', '', '', '', '{}' FROM n;
	`);
	const plan = planOf(['QueryRetrieveLevel=STUDY', 'StudyDate=20200101-']);
	const [last = []] = index.all(snapshotSql(plan));
	const found: number[] = [];
	const ways = new Set<string>();
	let place = firstPlace(plan, last);
	let pages = 0;
	while (place !== undefined) {
		ways.add(place.by);
		const page: Row[] = index.all(pageSql(plan, place, 500));
		found.push(...page.map((row) => Number(row[1])));
		place = placeAfter(plan, place, page, 500);
		pages++;
	}
	t.strictSame([found.length, found[0], found.at(-1)], [19_001, 12_000, 31_000]);
	t.strictSame([...ways], ['index', 'table']);
	t.ok(pages < 45, `${pages} pages`);
	const none = planOf(['QueryRetrieveLevel=STUDY', 'StudyDescription=x']);
	t.strictSame(index.rows(none), [], 'pages without rows come to an end');
});

t.test('what is stored or removed while a query runs neither repeats nor hides anything else', async (t) => {
	const index = archiveOf(30);
	const plan = planOf(['QueryRetrieveLevel=IMAGE', 'SOPInstanceUID'], RELATIONAL);
	const [last = []] = index.all(snapshotSql(plan));
	const found: string[] = [];
	let place = firstPlace(plan, last);
	for (let page = 0; place !== undefined && page < 1000; page++) {
		const rows: Row[] = index.all(pageSql(plan, place, 7));
		found.push(...rows.map((row) => String(row[2])));
		place = placeAfter(plan, place, rows, 7);
		index.put(
			datasetOf(
				`StudyInstanceUID=9.${page}`,
				`SeriesInstanceUID=9.8.${page}`,
				`SOPInstanceUID=9.7.${page}`,
				'SOPClassUID=1.2',
			),
		);
		// One that has been, one that is to come.
		index.writer.remove(`1.0.0.${page}`);
		index.writer.remove(`1.29.1.${page}`);
	}
	t.equal(new Set(found).size, found.length, 'nothing twice');
	t.equal(found.filter((uid) => uid.startsWith('9.')).length, 0, 'nothing new');
	t.equal(found.length, 180 - 3, 'all that was there all the time');
});

t.test('an archive without anything', async (t) => {
	const index = new MemoryIndex();
	t.strictSame(index.rows(planOf(['QueryRetrieveLevel=STUDY', 'StudyInstanceUID'])), []);
	t.strictSame(index.rows(planOf(['QueryRetrieveLevel=IMAGE', 'SOPInstanceUID=1.2'], RELATIONAL)), []);
});

t.test('retrieves find instances, series by series', async (t) => {
	const index = archiveOf(12);
	const found = (
		keys: readonly string[],
		model: 'patient-root' | 'study-root' | 'composite-instance-root',
	): string[] => {
		const plan = planRetrieve(datasetOf(...keys), { model });
		if ('refusal' in plan) throw new Error(plan.refusal.errorComment);
		return index.rows(plan, 4).map((row) => retrieveRow(row).sopInstanceUid);
	};
	t.equal(found(['QueryRetrieveLevel=PATIENT', 'PatientID=P2'], 'patient-root').length, 12);
	t.strictSame(found(['QueryRetrieveLevel=STUDY', 'StudyInstanceUID=1.4'], 'study-root'), [
		'1.4.0.0',
		'1.4.0.1',
		'1.4.0.2',
		'1.4.1.3',
		'1.4.1.4',
		'1.4.1.5',
	]);
	t.equal(found(['QueryRetrieveLevel=STUDY', 'StudyInstanceUID=1.4\\1.7\\1.99'], 'study-root').length, 12);
	t.strictSame(found(['QueryRetrieveLevel=SERIES', 'StudyInstanceUID=1.4', 'SeriesInstanceUID=1.4.1'], 'study-root'), [
		'1.4.1.3',
		'1.4.1.4',
		'1.4.1.5',
	]);
	t.strictSame(
		found(['QueryRetrieveLevel=SERIES', 'StudyInstanceUID=1.5', 'SeriesInstanceUID=1.4.1'], 'study-root'),
		[],
		'not of this study',
	);
	t.strictSame(
		found(['QueryRetrieveLevel=STUDY', 'PatientID=P1', 'StudyInstanceUID=1.4'], 'patient-root'),
		[],
		'not of this patient',
	);
	t.strictSame(found(['QueryRetrieveLevel=IMAGE', 'SOPInstanceUID=1.4.1.3'], 'composite-instance-root'), ['1.4.1.3']);
	t.strictSame(index.rows(planInstances(['1.4.1.3', '1.0.0.0', '1.2.3'])).map(retrieveRow), [
		{
			sopInstanceUid: '1.0.0.0',
			sopClassUid: '1.2.0',
			transferSyntaxUid: '1.2.840.10008.1.2.1',
			file: '1.0.0.0.dcm',
			datasetOffset: 400,
			datasetLength: 1000,
		},
		{
			sopInstanceUid: '1.4.1.3',
			sopClassUid: '1.2.1',
			transferSyntaxUid: '1.2.840.10008.1.2.1',
			file: '1.4.1.3.dcm',
			datasetOffset: 400,
			datasetLength: 1000,
		},
	]);
});
