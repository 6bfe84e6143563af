/** What an identifier may ask, and what is answered when it asks something else (PS3.4 C.4.1.2, C.4.2.2, C.4.3.2). */
import t from 'tap';
import type { Negotiated } from '../../src/archive/query/query-plan.ts';
import { planQuery } from '../../src/archive/query/query-plan.ts';
import { planInstances, planRetrieve } from '../../src/archive/query/retrieve-plan.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { ELEMENTS } from '../../src/dicom/dictionary-data.ts';
import { parseKey, setKey } from '../../src/dicom/identifier-path.ts';
import type { QueryModelName } from '../../src/dicom/sop-classes.ts';
import { IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { MemoryIndex } from '../support/memory-index.ts';

const identifierOf = (keys: readonly string[]): Dataset =>
	keys.reduce((dataset, key) => setKey(dataset, parseKey(key)), {} as Dataset);

/** Tags of text that patients have none of. */
const VERY_MANY: readonly string[] = ELEMENTS.split('\n')
	.filter((line) => /^00(18|40|54)[0-9A-F]{4}\|(LO|SH|CS|LT|ST)\|/.test(line))
	.map((line) => line.slice(0, 8))
	.slice(0, 400);

const RELATIONAL: Negotiated = { relational: true };
const COMBINED: Negotiated = { dateTime: true };

const many = (value: (number: number) => string): string => Array.from({ length: 5000 }, (_, n) => value(n)).join('\\');

/** Level and keys, then the element that offends, '' where none does. */
type Case = readonly [keys: string, offending: string, negotiated?: Negotiated];

const QUERIES: Partial<Record<QueryModelName, readonly Case[]>> = {
	'patient-root': [
		['QueryRetrieveLevel=PATIENT PatientName', ''],
		['QueryRetrieveLevel=PATIENT PatientName=A* PatientID', ''],
		['QueryRetrieveLevel=PATIENT StudyDate', ''],
		['QueryRetrieveLevel=PATIENT StudyDate=20200101', '00080020'],
		['QueryRetrieveLevel=PATIENT StudyDate=20200101', '', RELATIONAL],
		['QueryRetrieveLevel=PATIENT Modality=CT', '00080060'],
		['QueryRetrieveLevel=PATIENT SOPInstanceUID=1.2', '00080018'],
		['QueryRetrieveLevel=STUDY StudyInstanceUID', '00100020'],
		['QueryRetrieveLevel=STUDY PatientID StudyInstanceUID', '00100020'],
		['QueryRetrieveLevel=STUDY PatientID=* StudyInstanceUID', '00100020'],
		['QueryRetrieveLevel=STUDY PatientID=P? StudyInstanceUID', '00100020'],
		['QueryRetrieveLevel=STUDY PatientID=P\\Q StudyInstanceUID', '00100020'],
		['QueryRetrieveLevel=STUDY PatientID=P StudyInstanceUID', ''],
		['QueryRetrieveLevel=STUDY StudyInstanceUID', '', RELATIONAL],
		['QueryRetrieveLevel=SERIES PatientID=P StudyInstanceUID=1.2 Modality', ''],
		['QueryRetrieveLevel=SERIES StudyInstanceUID=1.2 Modality', '00100020'],
		['QueryRetrieveLevel=SERIES PatientID=P Modality', '0020000D'],
		['QueryRetrieveLevel=SERIES PatientID=P StudyInstanceUID=1.2\\1.3 Modality', '0020000D'],
		['QueryRetrieveLevel=IMAGE PatientID=P StudyInstanceUID=1.2 SeriesInstanceUID=1.3 SOPInstanceUID', ''],
		['QueryRetrieveLevel=IMAGE PatientID=P StudyInstanceUID=1.2 SOPInstanceUID', '0020000E'],
		['QueryRetrieveLevel=IMAGE SOPInstanceUID=1.4', '', RELATIONAL],
		['PatientName=A', '00080052'],
		['QueryRetrieveLevel PatientName=A', '00080052'],
		['QueryRetrieveLevel=study PatientName=A', '00080052'],
		['QueryRetrieveLevel=FRAME PatientName=A', '00080052'],
		['QueryRetrieveLevel=STUDY\\SERIES PatientName=A', '00080052'],
		['QueryRetrieveLevel=PATIENT', '00080052'],
		[
			'QueryRetrieveLevel=PATIENT SpecificCharacterSet=ISO_IR_100 RetrieveAETitle TimezoneOffsetFromUTC=+0100',
			'00080052',
		],
		['QueryRetrieveLevel=PATIENT', '00080052', RELATIONAL],
	],
	'study-root': [
		['QueryRetrieveLevel=PATIENT PatientName=A', '00080052'],
		['QueryRetrieveLevel=STUDY PatientName=A PatientID=P* StudyDate=20200101-', ''],
		['QueryRetrieveLevel=STUDY Modality', ''],
		['QueryRetrieveLevel=STUDY Modality=*', ''],
		['QueryRetrieveLevel=STUDY Modality=CT', '00080060'],
		['QueryRetrieveLevel=STUDY Modality=CT', '', RELATIONAL],
		['QueryRetrieveLevel=STUDY KVP=120', '00180060'],
		['QueryRetrieveLevel=STUDY ModalitiesInStudy=CT', ''],
		['QueryRetrieveLevel=SERIES StudyInstanceUID=1.2 Modality=CT', ''],
		['QueryRetrieveLevel=SERIES StudyInstanceUID=1.2 PatientName=A', ''],
		['QueryRetrieveLevel=SERIES Modality=CT', '0020000D'],
		['QueryRetrieveLevel=SERIES Modality=CT', '', RELATIONAL],
		['QueryRetrieveLevel=IMAGE StudyInstanceUID=1.2 SeriesInstanceUID=1.3 SOPInstanceUID', ''],
		['QueryRetrieveLevel=IMAGE StudyInstanceUID=1.2 SeriesInstanceUID SOPInstanceUID', '0020000E'],
		['QueryRetrieveLevel=STUDY StudyDate=2020-01-01', '00080020'],
		['QueryRetrieveLevel=STUDY StudyDate=20200230', '00080020'],
		['QueryRetrieveLevel=STUDY StudyDate=20201301-', '00080020'],
		['QueryRetrieveLevel=STUDY StudyDate=-', '00080020'],
		['QueryRetrieveLevel=STUDY StudyDate=20200102-20200101', '00080020'],
		['QueryRetrieveLevel=STUDY StudyDate=202001*', '00080020'],
		['QueryRetrieveLevel=STUDY StudyTime=2500', '00080030'],
		['QueryRetrieveLevel=STUDY StudyTime=1200-0800', '00080030'],
		['QueryRetrieveLevel=STUDY StudyDate=20200101-20200102 StudyTime=2200-0600', '', COMBINED],
		['QueryRetrieveLevel=STUDY StudyDate=20200101- StudyTime=2200-0600', '', COMBINED],
		['QueryRetrieveLevel=STUDY StudyDate=20200101-20200102 StudyTime=2200-0600', '00080030'],
		['QueryRetrieveLevel=STUDY StudyDate=20200101-20200101 StudyTime=2200-0600', '00080030', COMBINED],
		['QueryRetrieveLevel=STUDY StudyDate=20200101-20200102 StudyTime=2200-0600\\08', '00080030', COMBINED],
		['QueryRetrieveLevel=STUDY StudyDate StudyTime=2200-0600', '00080030', COMBINED],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.2.*', '0020000D'],
		['QueryRetrieveLevel=STUDY PatientAge=03*', '00101010'],
		['QueryRetrieveLevel=STUDY PatientWeight=heavy', '00101030'],
		['QueryRetrieveLevel=STUDY PatientWeight=7*', '00101030'],
		['QueryRetrieveLevel=STUDY NumberOfStudyRelatedSeries=many', '00201206'],
		[`QueryRetrieveLevel=STUDY StudyDescription=${'*a'.repeat(65)}`, '00081030'],
		[`QueryRetrieveLevel=STUDY StudyDescription=${'*a'.repeat(64)}`, ''],
		[`QueryRetrieveLevel=STUDY PatientName=${'*a'.repeat(65)}`, '00100010'],
		[`QueryRetrieveLevel=STUDY StudyDescription=${'*'.repeat(600)}a`, ''],
		['QueryRetrieveLevel=STUDY ProcedureCodeSequence[0].CodeValue=1', ''],
		['QueryRetrieveLevel=STUDY ProcedureCodeSequence[1].CodeValue=1', '00081032'],
		[
			'QueryRetrieveLevel=SERIES StudyInstanceUID=1.2 RequestAttributesSequence[0].ScheduledProcedureStepStartDate=x',
			'00400002',
		],
		['QueryRetrieveLevel=STUDY 0009,0010=ACME', ''],
		[`QueryRetrieveLevel=STUDY StudyInstanceUID=${many((n) => `1.${n}`)}`, ''],
		[`QueryRetrieveLevel=STUDY PatientID=${many((n) => `P${n}`)}`, ''],
		[`QueryRetrieveLevel=STUDY PatientID=${many((n) => `P${n}`)}`, '00100020', { multipleValue: true }],
		[`QueryRetrieveLevel=STUDY PatientID=${many((n) => `P${n}*`)}`, '00100020'],
		[`QueryRetrieveLevel=STUDY PatientName=${many((n) => `P${n}`)}`, '00100010'],
		[`QueryRetrieveLevel=STUDY StudyDate=${many((n) => `2020${String(1000 + n)}`)}`, '00080020'],
	],
	'patient-study-only': [
		['QueryRetrieveLevel=PATIENT PatientID', ''],
		['QueryRetrieveLevel=STUDY PatientID=P StudyInstanceUID', ''],
		['QueryRetrieveLevel=STUDY StudyInstanceUID', '00100020'],
		['QueryRetrieveLevel=SERIES PatientID=P StudyInstanceUID=1.2 Modality', '00080052'],
		['QueryRetrieveLevel=STUDY PatientID=P Modality=CT', '00080060'],
	],
};

const RETRIEVES: Partial<Record<QueryModelName, readonly Case[]>> = {
	'patient-root': [
		['QueryRetrieveLevel=PATIENT PatientID=P', ''],
		['QueryRetrieveLevel=PATIENT PatientID', '00100020'],
		['QueryRetrieveLevel=PATIENT PatientID=P*', '00100020'],
		['QueryRetrieveLevel=PATIENT PatientID=P\\Q', '00100020'],
		['QueryRetrieveLevel=STUDY PatientID=P StudyInstanceUID=1.2\\1.3', ''],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.2', '00100020'],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.2', '', RELATIONAL],
		['StudyInstanceUID=1.2', '00080052'],
		['QueryRetrieveLevel=PATIENT PatientID=P StudyInstanceUID=1.2', '0020000D'],
	],
	'study-root': [
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.2', ''],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.2 PatientID', ''],
		['QueryRetrieveLevel=STUDY StudyInstanceUID', '0020000D'],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=*', '0020000D'],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.2*', '0020000D'],
		['QueryRetrieveLevel=SERIES StudyInstanceUID=1.2 SeriesInstanceUID=1.3\\1.4', ''],
		['QueryRetrieveLevel=SERIES StudyInstanceUID=1.2', '0020000E'],
		['QueryRetrieveLevel=SERIES SeriesInstanceUID=1.2', '0020000D'],
		['QueryRetrieveLevel=IMAGE StudyInstanceUID=1.2 SeriesInstanceUID=1.3 SOPInstanceUID=1.4', ''],
		['QueryRetrieveLevel=IMAGE StudyInstanceUID=1.2\\1.3 SeriesInstanceUID=1.3 SOPInstanceUID=1.4', '0020000D'],
		[
			'QueryRetrieveLevel=IMAGE StudyInstanceUID=1.2\\1.3 SeriesInstanceUID=1.3 SOPInstanceUID=1.4',
			'0020000D',
			RELATIONAL,
		],
		['QueryRetrieveLevel=PATIENT PatientID=P', '00080052'],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.2 SeriesInstanceUID=1.3', '0020000E'],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.2 SeriesInstanceUID=1.3', '0020000E', RELATIONAL],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.2 SeriesInstanceUID=*', '0020000E'],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.2 PatientName=A SOPInstanceUID=1.4', '00080018'],
		['QueryRetrieveLevel=SERIES StudyInstanceUID=1.2 SeriesInstanceUID=1.3 SOPInstanceUID=1.4', '00080018'],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.2 PatientID=P', ''],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.2 PatientName=A', '00100010'],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.2 PatientWeight=70 Modality=CT', '00080060'],
		[
			'QueryRetrieveLevel=STUDY StudyInstanceUID=1.2 RequestAttributesSequence[0].ScheduledProcedureStepID=1',
			'00400275',
		],
		[
			'QueryRetrieveLevel=STUDY StudyInstanceUID=1.2 SeriesInstanceUID PatientName RequestAttributesSequence StudyDate',
			'',
		],
		[
			'SpecificCharacterSet=ISO_IR_192 QueryRetrieveLevel=STUDY StudyInstanceUID=1.2 RetrieveAETitle=A InstanceAvailability=ONLINE TimezoneOffsetFromUTC=+0100 0009,0010=ACME',
			'',
		],
	],
	'composite-instance-root': [
		['QueryRetrieveLevel=IMAGE SOPInstanceUID=1.4', ''],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.4', ''],
		['QueryRetrieveLevel=IMAGE', '00080018'],
		['QueryRetrieveLevel=IMAGE StudyInstanceUID=1.2 SOPInstanceUID=1.4', ''],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.4 SeriesInstanceUID=1.3', '0020000E'],
		['QueryRetrieveLevel=FRAME SOPInstanceUID=1.4', '00080052'],
	],
	'composite-instance-without-bulk-data': [
		['QueryRetrieveLevel=IMAGE SOPInstanceUID=1.4\\1.5', ''],
		['QueryRetrieveLevel=STUDY StudyInstanceUID=1.4', '00080052'],
	],
};

for (const [what, table, plan] of [
	['query', QUERIES, planQuery],
	['retrieve', RETRIEVES, planRetrieve],
] as const) {
	for (const [model, cases] of Object.entries(table)) {
		t.test(`${what} in ${model}`, async (t) => {
			for (const [keys, offending, negotiated = {}] of cases) {
				const found = plan(identifierOf(keys.split(' ')), { model: model as QueryModelName, negotiated });
				const refusal = 'refusal' in found ? found.refusal : undefined;
				t.strictSame(
					refusal?.offendingElements?.[0] ?? '',
					offending,
					`${keys.slice(0, 120)} ${Object.keys(negotiated)}`,
				);
				if (refusal === undefined) continue;
				t.equal(
					refusal.status,
					keys.includes('FRAME') && what === 'retrieve' ? 0xaa02 : 0xa900,
					`${keys.slice(0, 120)}: status`,
				);
				t.ok(refusal.errorComment.length > 0 && refusal.errorComment.length <= 64, refusal.errorComment);
				t.notMatch(refusal.errorComment, /ACME|heavy|\*a/, 'nothing that was asked for');
			}
		});
	}
}

t.test('an error comment says what is wrong in a sentence', async (t) => {
	const comments: readonly (readonly [key: string, comment: string])[] = [
		['StudyDate=yesterday', 'StudyDate is no date and no range of dates'],
		['StudyTime=noon', 'StudyTime is no time and no range of times'],
		[`PatientName=${'*a'.repeat(65)}`, 'PatientName is too long, or has too many wildcards'],
		['PatientAge=0*', 'PatientAge takes no wildcards'],
		['StudyInstanceUID=1.*', 'StudyInstanceUID takes no wildcards'],
		['PatientWeight=heavy', 'PatientWeight is no number'],
	];
	for (const [key, errorComment] of comments)
		t.match(
			planQuery(identifierOf(['QueryRetrieveLevel=STUDY', key]), { model: 'study-root' }),
			{ refusal: { errorComment } },
			key,
		);
});

t.test('as many keys and values as are let in can be searched', async (t) => {
	const index = new MemoryIndex();
	index.put(
		identifierOf([
			'StudyInstanceUID=1.2',
			'SeriesInstanceUID=1.3',
			'SOPInstanceUID=1.4',
			'PatientName=P99',
			'StudyDate=20200101',
		]),
	);
	const hundred = (value: string): string => Array.from({ length: 100 }, (_, n) => value + n).join('\\');
	const keys = [
		'QueryRetrieveLevel=IMAGE',
		`PatientName=${hundred('p')}`,
		`PatientID=${hundred('*')}\\*`,
		'StudyDate=20200101-',
	];
	const terms = { model: 'study-root', negotiated: { relational: true } } as const;
	const found = index.find(identifierOf(keys), terms);
	t.equal(Array.isArray(found) && found.length, 1);
	const tags = [...VERY_MANY].slice(0, 190).map((tag) => `${tag}=*x`);
	t.strictSame(index.find(identifierOf([...keys, ...tags]), terms), []);
	const more = index.find(
		identifierOf([...keys, ...VERY_MANY].map((key) => (key.includes('=') ? key : `${key}=*x`))),
		terms,
	);
	t.match(more, { refusal: { status: 0xa900, errorComment: 'more than 200 keys with values' } });
});

t.test('a plan goes to another thread', async (t) => {
	const plan = planQuery(
		decodeDataset(
			// (0008,0052) STUDY and (0008,1032) with an item, as they come.
			Buffer.from('08005200060000005354554459200800321000000000', 'hex'),
			IMPLICIT_LITTLE,
		).dataset,
		{ model: 'study-root' },
	);
	t.strictSame(structuredClone(plan), plan);
	t.strictSame(structuredClone(planInstances(['1.2'])), planInstances(['1.2']));
});

t.test('identifiers of any bytes are planned or refused', async (t) => {
	let state = 7;
	const random = (below: number): number => {
		state = (Math.imul(state, 1103515245) + 12345) >>> 0;
		return (state >>> 8) % below;
	};
	const rounds = Math.ceil(Number(process.env['DIMSE_FUZZ'] ?? 3000) / 3);
	const whole = Buffer.from(
		'0800050008000000534f5f49522039320800520006000000535455445920080020000900000032303230303130312d001000100004000000412a3d5e',
		'hex',
	);
	for (let round = 0; round < rounds; round++) {
		const bytes = Buffer.from(whole);
		for (let changes = 1 + random(4); changes > 0; changes--) bytes[random(bytes.length)] = random(256);
		const { dataset } = decodeDataset(
			bytes.subarray(0, random(8) === 0 ? random(bytes.length) : bytes.length),
			IMPLICIT_LITTLE,
		);
		const found = planQuery(dataset, {
			model: 'study-root',
			negotiated: { relational: random(2) === 0, dateTime: true },
		});
		if ('refusal' in found ? found.refusal.status !== 0xa900 : found.level === undefined) t.fail(bytes.toString('hex'));
	}
	t.pass(`${rounds} identifiers`);
});
