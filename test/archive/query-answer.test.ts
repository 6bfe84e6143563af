/** What comes back: the keys that were asked, empty where nothing is kept, in a character set that holds them (PS3.4 C.4.1.1.3). */
import t from 'tap';
import type { Answer } from '../../src/archive/query/query-answer.ts';
import type { PlanTerms } from '../../src/archive/query/query-plan.ts';
import { type Dataset, stringsOf } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { parseKey, setKey } from '../../src/dicom/identifier-path.ts';
import { toJsonModel } from '../../src/dicom/json-model.ts';
import { syntheticStudies } from '../../src/dicom/synthetic.ts';
import { PEOPLE } from '../../src/dicom/synthetic-people.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { MemoryIndex } from '../support/memory-index.ts';

const datasetOf = (...keys: readonly string[]): Dataset =>
	keys.reduce((dataset, key) => setKey(dataset, parseKey(key)), {} as Dataset);

const received = (dataset: Dataset): Dataset =>
	decodeDataset(encodeDataset(dataset, EXPLICIT_LITTLE), EXPLICIT_LITTLE).dataset;

const answersOf = (
	index: MemoryIndex,
	keys: readonly string[],
	terms: PlanTerms = { model: 'study-root' },
): readonly Answer[] => {
	const answers = index.find(received(datasetOf(...keys)), terms);
	if ('refusal' in answers) throw new Error(answers.refusal.errorComment);
	return answers;
};

const INSTANCE = datasetOf(
	'SpecificCharacterSet=ISO_IR 192',
	'SOPClassUID=1.2.840.10008.5.1.4.1.1.2',
	'SOPInstanceUID=1.2.3.4',
	'StudyDate=20200131',
	'StudyTime=101500',
	'Modality=CT',
	'Manufacturer=ACME',
	'ReferringPhysicianName=House^Gregory',
	'StudyDescription=CT Schädel',
	'PhysiciansOfRecord=A^B\\C^D',
	'PatientName=Müller^Jörg',
	'PatientID=P1',
	'PatientWeight=70.50',
	'StudyInstanceUID=1.2',
	'SeriesInstanceUID=1.2.3',
	'SeriesNumber=3',
	'InstanceNumber=7',
	'Rows=512',
	'SmallestImagePixelValue=-5',
	'ImageType=ORIGINAL\\PRIMARY',
	'RequestAttributesSequence[0].ScheduledProcedureStepID=S1',
	'RequestAttributesSequence[0].RequestedProcedureDescription=Schädel',
	'RequestAttributesSequence[1].ScheduledProcedureStepID=S2',
);

const withInstance = (instance: Dataset = INSTANCE): MemoryIndex => {
	const index = new MemoryIndex();
	index.put(received(instance));
	return index;
};

t.test('the keys that were asked, the level, and where it can be had', async (t) => {
	const [answer] = answersOf(withInstance(), [
		'QueryRetrieveLevel=STUDY',
		'StudyDate',
		'StudyInstanceUID',
		'AccessionNumber',
	]);
	t.equal(answer?.status, 0xff00);
	t.strictSame(toJsonModel(answer?.match ?? {}), {
		'00080020': { vr: 'DA', Value: ['20200131'] },
		'00080050': { vr: 'SH' },
		'00080052': { vr: 'CS', Value: ['STUDY'] },
		'00080054': { vr: 'AE', Value: ['ARCHIVE'] },
		'0020000D': { vr: 'UI', Value: ['1.2'] },
	});
});

t.test('any attribute of the header, at its level and below it', async (t) => {
	const keys = ['PatientWeight', 'Manufacturer', 'Rows', 'SmallestImagePixelValue', 'ImageType', 'PhysiciansOfRecord'];
	const above = [
		'StudyInstanceUID=1.2',
		'SeriesInstanceUID=1.2.3',
		'InstanceAvailability',
		'AvailableTransferSyntaxUID',
	];
	const [answer] = answersOf(withInstance(), ['QueryRetrieveLevel=IMAGE', ...above, ...keys]);
	t.equal(answer?.status, 0xff00);
	t.match(toJsonModel(received(answer?.match ?? {})), {
		'00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY'] },
		'00080056': { vr: 'CS', Value: ['ONLINE'] },
		'00080070': { vr: 'LO', Value: ['ACME'] },
		'00081048': { vr: 'PN', Value: [{ Alphabetic: 'A^B' }, { Alphabetic: 'C^D' }] },
		'00083002': { vr: 'UI', Value: [EXPLICIT_LITTLE] },
		'00101030': { vr: 'DS', Value: [70.5] },
		'00280010': { vr: 'US', Value: [512] },
		'00280106': { vr: 'SS', Value: [-5] },
	});
	t.strictSame(stringsOf(received(answer?.match ?? {}), '00101030'), ['70.50'], 'a number as it was written');
});

t.test('what is not kept comes back empty, with FF01', async (t) => {
	for (const key of ['Modality', 'Rows', '0009,1001', 'PixelData', 'AnatomicRegionsInStudyCodeSequence'] as const) {
		const [answer] = answersOf(withInstance(), ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID', key]);
		const tag = parseKey(key).path[0]?.tag ?? '';
		t.equal(answer?.status, key.startsWith('Anatomic') ? 0xff00 : 0xff01, key);
		t.strictSame(answer?.match[tag]?.Value, [], `${key} is there`);
	}
	const long = withInstance({ ...INSTANCE, ...datasetOf(`PatientComments=${'x'.repeat(2000)}`) });
	const [answer] = answersOf(long, ['QueryRetrieveLevel=STUDY', 'PatientComments']);
	t.equal(answer?.status, 0xff01, 'too long to be kept');
	t.strictSame(answer?.match['00104000']?.Value, []);
});

t.test('sequences: as the item asks, or whole', async (t) => {
	const above = ['QueryRetrieveLevel=SERIES', 'StudyInstanceUID=1.2'];
	const asked = 'RequestAttributesSequence[0].ScheduledProcedureStepID';
	const itemsOf = (...keys: readonly string[]): unknown =>
		answersOf(withInstance(), [...above, ...keys]).map(({ match }) => toJsonModel(match)['00400275']?.Value);
	const ids = [{ '00400009': { vr: 'SH', Value: ['S1'] } }, { '00400009': { vr: 'SH', Value: ['S2'] } }];
	t.strictSame(itemsOf(asked), [ids]);
	t.strictSame(itemsOf(`${asked}=S2`), [ids], 'all items of what matched by one');
	t.strictSame(itemsOf(`${asked}=S3`), []);
	t.strictSame(itemsOf(`${asked}=S*`, 'RequestAttributesSequence[0].RequestedProcedureDescription=Sch*'), [
		[
			{ '00321060': { vr: 'LO', Value: ['Schädel'] }, '00400009': { vr: 'SH', Value: ['S1'] } },
			{ '00321060': { vr: 'LO' }, '00400009': { vr: 'SH', Value: ['S2'] } },
		],
	]);
	t.strictSame(
		itemsOf(`${asked}=S2`, 'RequestAttributesSequence[0].RequestedProcedureDescription=Sch*'),
		[],
		'one item, both keys',
	);
	t.strictSame(itemsOf('RequestAttributesSequence'), [
		[
			{ '00321060': { vr: 'LO', Value: ['Schädel'] }, '00400009': { vr: 'SH', Value: ['S1'] } },
			{ '00400009': { vr: 'SH', Value: ['S2'] } },
		],
	]);
});

t.test('the character set: the query’s where it holds everything, else UTF-8, none where ASCII does', async (t) => {
	const cases: readonly (readonly [
		asked: string | undefined,
		name: string,
		declared: readonly string[] | undefined,
	])[] = [
		[undefined, 'Smith^John', undefined],
		[undefined, 'Müller^Jörg', ['ISO_IR 192']],
		['ISO_IR 100', 'Smith^John', ['ISO_IR 100']],
		['ISO_IR 100', 'Müller^Jörg', ['ISO_IR 100']],
		['ISO_IR 144', 'Müller^Jörg', ['ISO_IR 192']],
		['ISO_IR 144', 'ПЕТРОВ', ['ISO_IR 144']],
		['ISO_IR 192', 'Yamada=山田', ['ISO_IR 192']],
		['\\ISO 2022 IR 87', 'Yamada=山田', ['', 'ISO 2022 IR 87']],
		['\\ISO 2022 IR 87', 'Hong=洪=홍', ['ISO_IR 192']],
		['\\ISO 2022 IR 149', 'Hong=洪=홍', ['', 'ISO 2022 IR 149']],
		['ISO_IR 13', 'Yamada~', undefined],
		['KLINGON', 'Müller', ['ISO_IR 192']],
		['KLINGON', 'Smith', undefined],
	];
	for (const [asked, name, declared] of cases) {
		const index = withInstance({ ...INSTANCE, ...datasetOf(`PatientName=${name}`) });
		const keys = [
			'QueryRetrieveLevel=STUDY',
			'PatientName',
			...(asked === undefined ? [] : [`SpecificCharacterSet=${asked}`]),
		];
		const [answer] = answersOf(index, keys);
		const match = received(answer?.match ?? {});
		t.strictSame(match['00080005'] && stringsOf(match, '00080005'), declared, `${asked} ${name}`);
		t.strictSame(stringsOf(match, '00100010'), [name], `${name} is readable`);
	}
});

t.test('names stored in every character set are found by queries in others, and come back readable', async (t) => {
	const index = new MemoryIndex();
	const studies = [...syntheticStudies({ studies: 3 * PEOPLE.length, instancesPerSeries: 1, imageSide: 8 })];
	const names = new Map<string, string>();
	for (const { dataset, studyInstanceUid } of studies) {
		index.put(received(dataset));
		names.set(studyInstanceUid, stringsOf(dataset, '00100010')[0] ?? '');
	}
	t.ok(
		new Set(studies.map(({ dataset }) => stringsOf(dataset, '00080005').join('\\'))).size >= 8,
		'many character sets',
	);
	for (const name of new Set(names.values())) {
		for (const characterSet of ['ISO_IR 192', 'GB18030']) {
			const keys = [
				`SpecificCharacterSet=${characterSet}`,
				'QueryRetrieveLevel=STUDY',
				'StudyInstanceUID',
				`PatientName=${name}`,
			];
			const found = answersOf(index, keys).map(({ match }) => received(match));
			const expected = [...names].filter(([, one]) => one === name).map(([uid]) => uid);
			t.ok(
				expected.every((uid) => found.some((match) => stringsOf(match, '0020000D')[0] === uid)),
				`${name} in ${characterSet}`,
			);
			t.ok(
				found.some((match) => stringsOf(match, '00100010')[0] === name),
				`${name} comes back`,
			);
		}
	}
});

t.test('the bytes of an answer are those of its match', async (t) => {
	const index = new MemoryIndex();
	for (const [number, name] of [
		'Smith^John',
		'Müller^Jörg',
		'Yamada=山田=やまだ',
		'A=B=C=D',
		'ESC\u001bape',
		'',
	].entries()) {
		const uids = [
			`PatientID=P${number}`,
			`StudyInstanceUID=1.${number}`,
			`SeriesInstanceUID=1.2.${number}`,
			`SOPInstanceUID=1.3.${number}`,
		];
		index.put(
			received({ ...INSTANCE, ...datasetOf(...uids, `PatientName=${name}`, `ReferringPhysicianName=${name}`) }),
		);
	}
	index.put(
		received({
			...INSTANCE,
			...datasetOf('PatientID=P9', 'StudyInstanceUID=1.9', 'SeriesInstanceUID=1.2.9', 'SOPInstanceUID=1.3.9'),
		}),
	);
	index.database.exec("UPDATE study SET time = 'é' WHERE uid = '1.9'");
	const keys = [
		'StudyInstanceUID',
		'PatientName',
		'ReferringPhysicianName',
		'StudyTime',
		'StudyID',
		'ModalitiesInStudy',
		'SOPClassesInStudy',
	];
	const more = [
		'NumberOfStudyRelatedInstances',
		'InstanceAvailability',
		'Modality',
		'Rows',
		'RequestAttributesSequence',
		'0009,1001',
		'PixelData',
	];
	for (const characterSet of [undefined, '', 'ISO_IR 100', 'ISO_IR 192', '\\ISO 2022 IR 87', 'ISO_IR 13', 'KLINGON']) {
		const declared = characterSet === undefined ? [] : [`SpecificCharacterSet=${characterSet}`];
		const answers = answersOf(index, ['QueryRetrieveLevel=STUDY', ...declared, ...keys, ...more]);
		t.equal(answers.length, 7);
		let made = 0;
		for (const syntax of [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED]) {
			for (const answer of answers) {
				const bytes = answer.encode?.(syntax);
				if (bytes === undefined) continue;
				made++;
				const expected = Buffer.from(encodeDataset(answer.match, syntax));
				t.equal(Buffer.from(bytes).toString('latin1'), expected.toString('latin1'), `${characterSet} ${syntax}`);
			}
		}
		t.ok(made >= (characterSet === 'KLINGON' || characterSet === 'ISO_IR 13' ? 0 : 6), `${characterSet}: ${made} made`);
		t.ok(made <= 2 * 7, 'only where it can be done');
	}
});

t.test('whatever is stored, its answer can be encoded', async (t) => {
	const raw = Buffer.from(
		[
			'08001600 5549 0400 312e3200', // SOP Class UID
			'08001800 5549 0400 312e3300',
			'08002000 4441 0800 3230e43030303030', // a date with a letter in it
			'08006000 4353 0400 43d4ff00', // Modality
			'10001000 504e 0600 4dfc6c6c6572', // a name without a character set
			'10002000 4c4f 0400 50004100', // a NUL within
			'10003010 4c4f 0400 6f646400',
			'20000d00 5549 0400 312e3200',
			'20000e00 5549 0400 312e3900',
			'20001300 4953 0400 78797a00', // no number
			'28001000 4c4f 0400 61626300', // Rows as text
			'28000601 554c 0400 ffffffff', // US or SS as UL
		]
			.join('')
			.replaceAll(' ', ''),
		'hex',
	);
	const index = new MemoryIndex();
	index.put(decodeDataset(raw, EXPLICIT_LITTLE).dataset);
	const keys = [
		'QueryRetrieveLevel=IMAGE',
		'StudyDate',
		'Modality',
		'PatientName',
		'PatientID',
		'InstanceNumber',
		'Rows',
		'0028,0106',
		'0010,1030',
	];
	const [answer] = answersOf(index, keys, { model: 'study-root', negotiated: { relational: true } });
	const match = received(answer?.match ?? {});
	t.strictSame(
		['00080020', '00080060', '00100020', '00200013', '00280010', '00280106'].map(
			(tag) => stringsOf(match, tag)[0] ?? '',
		),
		['20?00000', 'C??', 'PA', 'xyz', '', ''],
	);
	t.match(stringsOf(match, '00100010')[0], /^M.+ller$/, 'the name, as far as it can be read');
});
