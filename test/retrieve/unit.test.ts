/** Identifiers of retrieves: which keys each level of each model has (PS3.4 C.4.2.2.1, Y.4.1, Z.4.1). */
import t from 'tap';
import { type Dataset, stringsOf } from '../../src/dicom/dataset.ts';
import type { QueryModelName } from '../../src/dicom/sop-classes.ts';
import { DicomError } from '../../src/errors.ts';
import { identifierOf, instancesUnit, split, type Unit } from '../../src/retrieve/unit.ts';

const KEYWORDS: Readonly<Record<string, string>> = {
	'00080052': 'level',
	'00100020': 'patient',
	'0020000D': 'study',
	'0020000E': 'series',
	'00080018': 'sop',
	'00081161': 'frames',
};

const shown = (identifier: Dataset): string =>
	Object.keys(identifier)
		.sort()
		.map((tag) => `${KEYWORDS[tag] ?? tag}=${stringsOf(identifier, tag).join('\\')}`)
		.join(' ');

const of = (unit: Unit, model: QueryModelName, isRelational?: boolean): string => {
	try {
		return shown(identifierOf(unit, model, isRelational));
	} catch (error) {
		if (error instanceof DicomError && error.failure.blame === 'usage') return `usage: ${error.message}`;
		throw error;
	}
};

const ALL = { patientId: 'P1', studyUid: '1.1', seriesUid: '1.1.1', sopUids: ['1.1.1.1', '1.1.1.2'] } as const;

const cases: readonly (readonly [unit: Unit, model: QueryModelName, is: string, isRelational?: boolean])[] = [
	[{ level: 'PATIENT', ...ALL }, 'patient-root', 'level=PATIENT patient=P1'],
	[{ level: 'STUDY', ...ALL }, 'patient-root', 'level=STUDY patient=P1 study=1.1'],
	[{ level: 'SERIES', ...ALL }, 'patient-root', 'level=SERIES patient=P1 study=1.1 series=1.1.1'],
	[{ level: 'IMAGE', ...ALL }, 'patient-root', 'sop=1.1.1.1\\1.1.1.2 level=IMAGE patient=P1 study=1.1 series=1.1.1'],
	[{ level: 'STUDY', ...ALL }, 'study-root', 'level=STUDY study=1.1'],
	[{ level: 'STUDY', studyUid: '1.1\\1.2' }, 'study-root', 'level=STUDY study=1.1\\1.2'],
	[{ level: 'IMAGE', ...ALL }, 'study-root', 'sop=1.1.1.1\\1.1.1.2 level=IMAGE study=1.1 series=1.1.1'],
	[{ level: 'STUDY', ...ALL }, 'patient-study-only', 'level=STUDY patient=P1 study=1.1'],
	[{ level: 'IMAGE', ...ALL }, 'composite-instance-root', 'sop=1.1.1.1\\1.1.1.2 level=IMAGE'],
	[{ level: 'SERIES', ...ALL }, 'composite-instance-root', 'level=SERIES series=1.1.1'],
	[{ level: 'STUDY', ...ALL }, 'composite-instance-root', 'level=STUDY study=1.1'],
	[{ level: 'FRAME', sopUids: ['1.9'], frames: [1, 3] }, 'composite-instance-root', 'sop=1.9 level=FRAME frames=1\\3'],
	[{ level: 'IMAGE', ...ALL }, 'composite-instance-without-bulk-data', 'sop=1.1.1.1\\1.1.1.2 level=IMAGE'],
	[{ level: 'SERIES', seriesUid: '1.1.1' }, 'study-root', 'level=SERIES series=1.1.1', true],
	[
		{ level: 'SERIES', seriesUid: '1.1.1' },
		'study-root',
		'usage: a SERIES in the study-root model needs StudyInstanceUID',
	],
	[{ level: 'STUDY', studyUid: '1.1' }, 'patient-root', 'usage: a STUDY in the patient-root model needs PatientID'],
	[
		{ level: 'SERIES', studyUid: '1\\2', seriesUid: '3' },
		'study-root',
		'usage: StudyInstanceUID has 2 values where level SERIES takes one',
	],
	[{ level: 'PATIENT', patientId: 'P' }, 'study-root', 'usage: level PATIENT does not exist in the study-root model'],
	[
		{ level: 'SERIES', ...ALL },
		'patient-study-only',
		'usage: level SERIES does not exist in the patient-study-only model',
	],
	[
		{ level: 'FRAME', ...ALL },
		'composite-instance-root',
		'usage: SOPInstanceUID has 2 values where level FRAME takes one',
	],
	[{ level: 'FRAME', sopUids: ['1.9'] }, 'composite-instance-root', 'usage: level FRAME needs frame numbers'],
	[
		{ level: 'IMAGE', studyUid: '1', seriesUid: '2', sopUids: [] },
		'study-root',
		'usage: level IMAGE needs SOPInstanceUID',
	],
	[{ level: 'STUDY' }, 'study-root', 'usage: level STUDY needs StudyInstanceUID'],
];

t.test('identifiers', async (t) => {
	for (const [unit, model, is, isRelational] of cases)
		t.equal(of(unit, model, isRelational), is, `${model} ${unit.level}`);
});

t.test('at most a hundred instances to a request', async (t) => {
	const sopUids = Array.from({ length: 250 }, (_, i) => `1.${i}`);
	const parts = split({ level: 'IMAGE', ...ALL, sopUids });
	t.strictSame(
		parts.map((part) => part.sopUids?.length),
		[100, 100, 50],
	);
	t.strictSame(
		parts.flatMap((part) => part.sopUids ?? []),
		sopUids,
	);
	t.equal(split({ level: 'STUDY', ...ALL }).length, 1);
	t.strictSame(instancesUnit({ level: 'STUDY', patientId: 'P', studyUid: '1' }, { seriesUid: '2' }, ['3']), {
		level: 'IMAGE',
		patientId: 'P',
		studyUid: '1',
		seriesUid: '2',
		sopUids: ['3'],
	});
});
