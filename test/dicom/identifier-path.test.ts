import t from 'tap';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { parseKey, parseKeyLines, setKey } from '../../src/dicom/identifier-path.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { DicomError } from '../../src/errors.ts';
import { randomNumbers } from '../dimse/random.ts';

const of = (...keys: readonly string[]): Dataset => keys.map(parseKey).reduce(setKey, {} as Dataset);
const failure = (use: () => unknown) => {
	try {
		use();
		return undefined;
	} catch (error) {
		return error instanceof DicomError && error.failure.blame === 'usage' ? error.failure : error;
	}
};

t.test('every spelling of a place is the same place', async (t) => {
	for (const key of [
		'PatientID=P1',
		'0010,0020=P1',
		'(0010,0020)=P1',
		'10,20=P1',
		'00100020=P1',
		' PatientID =P1',
		'(10,20)=P1',
	])
		t.strictSame(of(key), { '00100020': { vr: 'LO', Value: ['P1'] } }, key);
	t.strictSame(of('8,52=STUDY'), { '00080052': { vr: 'CS', Value: ['STUDY'] } });
	for (const key of ['PatientID', 'PatientID=']) t.strictSame(of(key), { '00100020': { vr: 'LO', Value: [] } }, key);
});

t.test('values by VR', async (t) => {
	for (const [key, element] of [
		['StudyInstanceUID=1.2\\1.3', { vr: 'UI', Value: ['1.2', '1.3'] }],
		['StudyDate=20240101-', { vr: 'DA', Value: ['20240101-'] }],
		['PatientName=A^B=亜^美', { vr: 'PN', Value: [{ Alphabetic: 'A^B', Ideographic: '亜^美' }] }],
		['PatientName="X"', { vr: 'PN', Value: [{ Alphabetic: '"X"' }] }],
		['AdditionalPatientHistory=a\\b=c.d', { vr: 'LT', Value: ['a\\b=c.d'] }],
		['Rows=512', { vr: 'US', Value: [512] }],
		['SelectorATValue=0010,0010\\PatientID', { vr: 'AT', Value: ['00100010', '00100020'] }],
		['SeriesNumber=1*', { vr: 'IS', Value: ['1*'] }],
		['0009,1001=00ff', { vr: 'UN', Value: [Uint8Array.of(0, 255)] }],
		['60000010=3', { vr: 'US', Value: [3] }],
		['60020010=3', { vr: 'US', Value: [3] }],
		['PixelPaddingValue=-5', { vr: 'SS', Value: [-5] }],
		['PixelPaddingValue=5', { vr: 'US', Value: [5] }],
		['EventTimeOffset=1.5\\2', { vr: 'FD', Value: [1.5, 2] }],
		['0008,1161=1', { vr: 'UL', Value: [1] }],
		['SelectorSVValue=-9007199254740993', { vr: 'SV', Value: [-9007199254740993n] }],
		['0009,0010=ACME 1.1', { vr: 'LO', Value: ['ACME 1.1'] }],
		['RetrieveURL=http://a.b/c?d=e', { vr: 'UR', Value: ['http://a.b/c?d=e'] }],
		['ModalitiesInStudy=CT\\MR', { vr: 'CS', Value: ['CT', 'MR'] }],
		['StudyTime=080000-120000', { vr: 'TM', Value: ['080000-120000'] }],
		['PatientName==山田^太郎', { vr: 'PN', Value: [{ Ideographic: '山田^太郎' }] }],
		['PatientID= x ', { vr: 'LO', Value: [' x '] }],
		['RequestAttributesSequence', { vr: 'SQ', Value: [] }],
	] as const)
		t.strictSame(Object.values(of(key)), [element], key);
});

t.test('paths make the items up to their index, later keys add and override', async (t) => {
	t.strictSame(of('ScheduledProcedureStepSequence[0].Modality=CT'), {
		'00400100': { vr: 'SQ', Value: [{ '00080060': { vr: 'CS', Value: ['CT'] } }] },
	});
	t.strictSame(
		of('(0040,0100)[0].Modality=CT', 'ScheduledProcedureStepSequence.Modality=MR', '0040,0100[0].00400001=X'),
		{
			'00400100': {
				vr: 'SQ',
				Value: [{ '00080060': { vr: 'CS', Value: ['MR'] }, '00400001': { vr: 'AE', Value: ['X'] } }],
			},
		},
	);
	t.strictSame(of('RequestAttributesSequence[2].RequestedProcedureID=7'), {
		'00400275': { vr: 'SQ', Value: [{}, {}, { '00401001': { vr: 'SH', Value: ['7'] } }] },
	});
	t.strictSame(of('RequestAttributesSequence[0]='), { '00400275': { vr: 'SQ', Value: [{}] } });
	t.strictSame(of('RequestAttributesSequence[0].RequestedProcedureCodeSequence[1].CodeValue=a.b=c'), {
		'00400275': {
			vr: 'SQ',
			Value: [{ '00321064': { vr: 'SQ', Value: [{}, { '00080100': { vr: 'SH', Value: ['a.b=c'] } }] } }],
		},
	});
	t.strictSame(of('PatientID=1', 'PatientID=2'), { '00100020': { vr: 'LO', Value: ['2'] } });
});

t.test('what is wrong is told, with the nearest right word', async (t) => {
	t.match(
		failure(() => parseKey('PatientNmae=X')),
		{ message: 'unknown keyword "PatientNmae"', suggestions: ['PatientName'] },
	);
	for (const key of [
		'',
		'=x',
		'PatientName[0]=x',
		'PatientName.PatientID=x',
		'Patient Name=x',
		'00100=x',
		'a,b,c=x',
		'Seq[1000].X=1',
		'PatientName.',
		'.PatientName',
		'PatientName[]',
		'RequestAttributesSequence[-1].CodeValue',
		'RequestAttributesSequence[1000].CodeValue',
		'(0010,0020=x',
		'0010,0020)=x',
		'0010,00200=x',
		'FFFE,E000=',
		'0000,0100=1',
		'TransferSyntaxUID=1.2',
		'toString',
		'__proto__=1',
	])
		t.ok(
			failure(() => parseKey(key)),
			key,
		);
	for (const key of [
		'Rows=70000',
		'Rows=x',
		'Rows=1.5',
		'RequestAttributesSequence=x',
		'RequestAttributesSequence[0]=x',
		'0009,1001=xyz',
	])
		t.match(
			failure(() => of(key)),
			{ blame: 'usage' },
			key,
		);
});

t.test('lines of a file', async (t) => {
	const keys = parseKeyLines('# a query\r\nQueryRetrieveLevel=STUDY\n\n  PatientName=DOE*  \nStudyDate\n');
	t.strictSame(
		keys.map(({ text }) => text),
		['QueryRetrieveLevel=STUDY', 'PatientName=DOE*', 'StudyDate'],
	);
	t.match(
		failure(() => parseKeyLines('PatientID=1\nBogus=2')),
		{ message: 'line 2: unknown keyword "Bogus"' },
	);
});

t.test('any text is a key or a usage error, and a key can be sent', async (t) => {
	const random = randomNumbers(7);
	const pieces = [
		...[
			'PatientName',
			'RequestAttributesSequence',
			'ScheduledProcedureStepSequence',
			'Rows',
			'PixelData',
			'SelectorATValue',
		],
		...[
			'0010,0020',
			'(0040,0275)',
			'00090010',
			'0009,1001',
			'8,52',
			'60020010',
			'[0]',
			'[2]',
			'[',
			']',
			'.',
			'=',
			'\\\\',
		],
		...['1', '-1', 'x', '山', ' ', '#', '*', '1.2', 'ff', '__proto__', '\0', '(', ',', '"'],
	];
	const strange: string[] = [];
	let keys = 0;
	for (let round = 0; round < Number(process.env['DIMSE_FUZZ'] ?? 5000); round++) {
		const text = Array.from({ length: 1 + random(7) }, () => pieces[random(pieces.length)]).join('');
		try {
			const dataset = setKey({ '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } }, parseKey(text));
			keys++;
			const { problems, truncated } = decodeDataset(encodeDataset(dataset, EXPLICIT_LITTLE), EXPLICIT_LITTLE);
			if (problems.length > 0 || truncated) strange.push(`${text}: ${problems.join(', ')}`);
		} catch (error) {
			if (!(error instanceof DicomError) || error.failure.blame !== 'usage') strange.push(`${text}: ${error}`);
		}
	}
	t.strictSame(strange, []);
	t.ok(keys > 200, `${keys} of them were keys`);
});

t.test('the order of keys of different places does not matter', async (t) => {
	const keys = [
		'PatientID=1',
		'RequestAttributesSequence[1].RequestedProcedureID=2',
		'RequestAttributesSequence[0].ScheduledProcedureStepID=3',
	];
	t.strictSame(of(...keys), of(...keys.toReversed()));
});
