/** What get and move are told to retrieve: UIDs, keys, lists in every format, and what is refused with which words. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Values } from '../../src/cli/command.ts';
import { parse } from '../../src/cli/parse.ts';
import get from '../../src/commands/get.ts';
import { type Reference, type Wanted, wantedOf } from '../../src/commands/retrieve/input.ts';
import { parseList } from '../../src/commands/retrieve/list.ts';
import { DicomError } from '../../src/errors.ts';
import { missingList } from '../../src/output/retrieve-missing.ts';
import { surroundings } from '../support/environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'dimse-input-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const wanted = (argv: readonly string[], stdin = ''): Promise<Wanted> => {
	const { options, positionals } = parse(get, ['peer', ...argv], {});
	const { env } = surroundings({ stdin, cwd: folder });
	return wantedOf(options as unknown as Values<typeof get.options>, positionals.slice(1), env);
};

const failure = async (argv: readonly string[], stdin = ''): Promise<string> => {
	try {
		await wanted(argv, stdin);
	} catch (error) {
		if (error instanceof DicomError && error.failure.blame === 'usage') return error.message;
		throw error;
	}
	return 'no failure';
};

const DIRECT: readonly (readonly [argv: string, references: readonly Reference[]])[] = [
	[
		'1.2.3 1.2.4',
		[
			{ level: 'STUDY', studyUid: '1.2.3' },
			{ level: 'STUDY', studyUid: '1.2.4' },
		],
	],
	['-L series 1.2.3.4', [{ level: 'SERIES', seriesUid: '1.2.3.4' }]],
	['--composite 1.2.3.4.5', [{ level: 'IMAGE', sopUid: '1.2.3.4.5', mayBeStudy: true }]],
	['--no-bulk 1.2.3.4.5', [{ level: 'IMAGE', sopUid: '1.2.3.4.5', mayBeStudy: true }]],
	['--composite -L instance 1.2.3.4.5', [{ level: 'IMAGE', sopUid: '1.2.3.4.5' }]],
	['--composite -L study 1.2.3', [{ level: 'STUDY', studyUid: '1.2.3' }]],
	['-L image 1.2.3.4.5', [{ level: 'IMAGE', sopUid: '1.2.3.4.5' }]],
	['-k QueryRetrieveLevel=SERIES 1.2.3.4', [{ level: 'SERIES', seriesUid: '1.2.3.4' }]],
	['--study-uid 1.2.3 1.2.3.4', [{ level: 'SERIES', studyUid: '1.2.3', seriesUid: '1.2.3.4' }]],
	[
		'--study-uid 1.2.3 --series-uid 1.2.3.4 1.2.3.4.5',
		[{ level: 'IMAGE', studyUid: '1.2.3', seriesUid: '1.2.3.4', sopUid: '1.2.3.4.5' }],
	],
	['-L patient P001', [{ level: 'PATIENT', patientId: 'P001' }]],
	['-P -L patient --id P001', [{ level: 'PATIENT', patientId: 'P001' }]],
	['--study-uid 1.2.3', [{ level: 'STUDY', studyUid: '1.2.3' }]],
	['StudyInstanceUID=1.2.3', [{ level: 'STUDY', studyUid: '1.2.3' }]],
	[
		'-S -k QueryRetrieveLevel=STUDY -k StudyInstanceUID=1.2.3\\1.2.4',
		[
			{ level: 'STUDY', studyUid: '1.2.3' },
			{ level: 'STUDY', studyUid: '1.2.4' },
		],
	],
	[
		'-P -k 8,52=IMAGE -k PatientID=P1 -k 20,d=1.2.3 -k 20,e=1.2.3.4 -k 8,18=1.2.3.4.5',
		[{ level: 'IMAGE', patientId: 'P1', studyUid: '1.2.3', seriesUid: '1.2.3.4', sopUid: '1.2.3.4.5' }],
	],
	[
		'-k StudyInstanceUID=1.2.3 -k SeriesInstanceUID=1.2.3.4 -k PatientName',
		[{ level: 'SERIES', studyUid: '1.2.3', seriesUid: '1.2.3.4' }],
	],
];

t.test('what needs no query', async (t) => {
	for (const [argv, references] of DIRECT) {
		const found = await wanted(argv.split(' '));
		t.strictSame(found, { references }, argv);
	}
});

const QUERIES: readonly (readonly [argv: string, level: string, model: string])[] = [
	['--name smith', 'study', 'study'],
	['--id P001', 'study', 'study'],
	['-P --id P001', 'study', 'patient'],
	['-L series -m CT --study-uid 1.2.3', 'series', 'study'],
	['--study-uid 1.2.3 SeriesNumber=2', 'study', 'study'],
	['--series-uid 1.2.3.4 Modality=CT', 'series', 'study'],
	['-L series --study-uid 1.2.3', 'series', 'study'],
	['-L instance --study-uid 1.2.3 --series-uid 1.2.3.4', 'instance', 'study'],
	['-L patient --id P*', 'patient', 'patient'],
	['--composite --date 2024', 'study', 'study'],
];

t.test('what is asked for first', async (t) => {
	for (const [argv, level, model] of QUERIES) {
		const { references, query } = await wanted(argv.split(' '));
		t.strictSame(references, [], argv);
		t.match(query, { level, model: { name: model } }, argv);
	}
});

const REFUSED: readonly (readonly [argv: string, message: RegExp])[] = [
	['', /nothing to retrieve is named/],
	['12345', /"12345" is no UID and no KEY=VALUE/],
	[`1.${'2'.repeat(64)}`, /is no UID/],
	['1.2.3 --name smith', /PatientName and bare UIDs/],
	['1.2.3 -m CT,MR', /ModalitiesInStudy and bare UIDs/],
	['1.2.3 PatientNmae=X', /unknown keyword "PatientNmae"/],
	['-S -L patient --id P1', /level "patient" does not exist/],
	['--from nowhere.txt', /ENOENT/],
];

t.test('what is refused', async (t) => {
	for (const [argv, message] of REFUSED) {
		const said = await failure(argv.split(' ').filter((word) => word !== '')).catch((error: Error) => error.message);
		t.match(said, message, argv);
	}
});

t.test('an empty key is no reason to retrieve everything', async (t) => {
	for (const name of ['name', 'id', 'acc', 'desc', 'modality', 'study-uid', 'series-uid', 'sop-uid'])
		for (const more of [[], ['--date', '2024'], ['1.2.3']])
			t.equal(await failure([`--${name}=`, ...more]), `--${name}: nothing is given`, `${name} ${more}`);
	t.match(await failure(['--study-uid', '1.2.3', '--study-uid', ' , ']), /--study-uid: nothing is given/);
	writeFileSync(join(folder, 'empty-keys.txt'), 'StudyInstanceUID=\nPatientName\n');
	for (const argv of [
		['-k', 'StudyInstanceUID'],
		['-k', 'QueryRetrieveLevel=STUDY'],
		['-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID='],
		['StudyInstanceUID='],
		['StudyInstanceUID=\\\\'],
		['PatientID= '],
		['-k', 'SpecificCharacterSet=ISO_IR 100'],
		['-k', 'RequestAttributesSequence[0].ScheduledProcedureStepID'],
		['-f', 'empty-keys.txt'],
		['@empty-keys.txt'],
		['--from', '-', '-k', 'PatientName'],
	])
		t.match(
			await failure(argv, JSON.stringify({ StudyInstanceUID: '1.2.3' })),
			/every key is empty: that would be everything/,
			argv.join(' '),
		);
	t.strictSame((await wanted(['1.2.3', '-k', 'PatientName'])).references.length, 1, 'beside a UID it widens nothing');
	t.ok((await wanted(['PatientID=*'])).query, 'everything, said in so many words');
	t.ok((await wanted(['-k', 'RequestAttributesSequence[0].ScheduledProcedureStepID=7'])).query);
});

t.test('a file behind the peer, as DCMTK has it: what it is called here', async (t) => {
	writeFileSync(join(folder, 'q 1.dcm'), '');
	await t.rejects(wanted(['q 1.dcm']), {
		message: '"q 1.dcm" is no UID and no KEY=VALUE',
		failure: { hint: "it is a file: -f 'q 1.dcm' if its keys are to be asked for, --from 'q 1.dcm' if it is a list" },
	});
	await t.rejects(wanted(['q2.dcm']), { message: /is no UID/, failure: { hint: /files of keys @FILE/ } });
});

const ROW = { PatientID: 'P1', StudyInstanceUID: '1.2.3', SeriesInstanceUID: '1.2.3.4', SOPInstanceUID: '1.2.3.4.5' };
const LISTS: readonly (readonly [what: string, text: string])[] = [
	['jsonl', `${JSON.stringify(ROW)}\n`],
	['json', JSON.stringify({ schema: 'dimse.find/1', results: [ROW] }, null, 2)],
	[
		'dicom-json',
		JSON.stringify([
			{
				'00100020': { vr: 'LO', Value: ['P1'] },
				'0020000D': { vr: 'UI', Value: ['1.2.3'] },
				'0020000E': { vr: 'UI', Value: ['1.2.3.4'] },
				'00080018': { vr: 'UI', Value: ['1.2.3.4.5'] },
			},
		]),
	],
	[
		'csv',
		'\uFEFFPatientName,PatientID,StudyInstanceUID,SeriesInstanceUID,SOPInstanceUID\r\n"VAN, J ""X""",P1,1.2.3,1.2.3.4,1.2.3.4.5\r\n',
	],
	['tsv', 'StudyInstanceUID\tPatientID\tSOPInstanceUID\tSeriesInstanceUID\n1.2.3\tP1\t1.2.3.4.5\t1.2.3.4\n'],
	['tags', '0020000D\t(0010,0020)\t00080018\t0020,000e\n1.2.3\tP1\t1.2.3.4.5\t1.2.3.4\n'],
	[
		'our own',
		missingList(
			[
				{
					patientId: 'P1',
					studyUid: '1.2.3',
					seriesUid: '1.2.3.4',
					sopInstanceUid: '1.2.3.4.5',
					why: { cause: 'refused-here', status: 0xa700, error: 'disk\tfull\nnow' },
				},
			],
			['dimse get main: what is missing', 'fetch them: dimse get main --from x'],
		),
	],
];

t.test('every format of a list says the same', async (t) => {
	const whole = { patientId: 'P1', studyUid: '1.2.3', seriesUid: '1.2.3.4', sopUid: '1.2.3.4.5' };
	for (const [what, text] of LISTS) {
		const { references } = await wanted(['--from', '-'], text);
		t.strictSame(references, [{ level: 'IMAGE', ...whole }], what);
		const { references: series } = await wanted(['--from', '-', '-L', 'series'], text);
		const { sopUid: _, ...above } = whole;
		t.strictSame(series, [{ level: 'SERIES', ...above }], `${what} at series level`);
	}
});

t.test('a list may be empty', async (t) => {
	for (const text of ['', '\n', '# nothing was missing\n', '[]', '{"results":[]}', 'PatientID,StudyInstanceUID\r\n'])
		t.strictSame(await wanted(['--from', '-'], text), { references: [] }, JSON.stringify(text));
	t.strictSame((await wanted(['--from', '-', '1.2.3'])).references.length, 1);
});

t.test('UIDs by themselves, a line or a NUL each, at the level that is said', async (t) => {
	for (const text of ['1.2.3\n1.2.4\n', '1.2.3\x001.2.4\0', '# two\n\n  1.2.3\r\n1.2.4']) {
		const { references } = await wanted(['--from', '-'], text);
		t.strictSame(
			references,
			['1.2.3', '1.2.4'].map((studyUid) => ({ level: 'STUDY', studyUid })),
		);
	}
	writeFileSync(join(folder, 'patients.txt'), 'P 1\nP2\n');
	const { references } = await wanted(['--from', 'patients.txt', '-L', 'patient']);
	t.strictSame(
		references,
		['P 1', 'P2'].map((patientId) => ({ level: 'PATIENT', patientId })),
	);
});

t.test('a list as spreadsheets, editors and shells write it', async (t) => {
	const uids = ['1.2.3', '1.2.4'].map((studyUid) => ({ level: 'STUDY', studyUid }));
	const lines = '1.2.3\r\n1.2.4\r\n';
	for (const [what, bytes] of [
		['UTF-16', Buffer.from(`\uFEFF${lines}`, 'utf16le')],
		['UTF-16, big end first', Buffer.from(`\uFEFF${lines}`, 'utf16le').swap16()],
		['UTF-8 with a mark', Buffer.from(`\uFEFF${lines}`)],
		['quoted', Buffer.from('"1.2.3"\n"1.2.4"\n')],
		['remarks', Buffer.from('  # two\n1.2.3\n\t# more\n1.2.4\n')],
		['semicolons', Buffer.from('PatientName;StudyInstanceUID\n;1.2.3\n;"1.2.4"\n')],
	] as const) {
		writeFileSync(join(folder, 'spelled.txt'), bytes);
		t.strictSame((await wanted(['--from', 'spelled.txt'])).references, uids, what);
	}
});

t.test('a study of a list has a label for people', async (t) => {
	const row = {
		StudyInstanceUID: '1.2.3',
		PatientName: 'SMITH^JOHN',
		StudyDate: '20241103',
		ModalitiesInStudy: ['CT', 'SR'],
	};
	const { references } = await wanted(['--from', '-'], JSON.stringify(row));
	t.strictSame(references, [{ level: 'STUDY', studyUid: '1.2.3', label: 'SMITH^JOHN 2024-11-03 CT/SR' }]);
});

const BAD_LISTS: readonly (readonly [text: string, message: RegExp])[] = [
	['SMITH^JOHN\tP1\t1.2.3\n', /stdin, line 1: .* is a row of a table whose columns have no names/],
	['SMITH,P1,1.2.3\n', /is a row of a table whose columns have no names/],
	['{"StudyInstanceUID":"1.2.3"}\n{"Study', /stdin, line 2: not JSON/],
	['{"PatientName":"X"}', /stdin: no PatientID and no UID/],
	['[1]', /stdin, row 1: no PatientID/],
	['StudyInstanceUID\n../../etc/passwd\n', /stdin, row 1: "..\/..\/etc\/passwd" is no UID/],
	[`StudyInstanceUID\n1.${'1'.repeat(80)}\n`, /is no UID/],
	['../x\n', /stdin, line 1: "..\/x" is no UID$/],
	['\n# two\n1.2.3\nold\n', /stdin, line 4: "old" is no UID$/],
	['1.2.3 1.2.4\n', /stdin, line 1: "1.2.3 1.2.4" is no UID$/],
	['A;1.2.3\n', /stdin, line 1: "A;1.2.3" is a row of a table whose columns have no names/],
];

t.test('what is no list says so, and where', async (t) => {
	for (const [text, message] of BAD_LISTS) t.match(await failure(['--from', '-'], text), message, JSON.stringify(text));
	t.match(
		await failure(['--from', '-', '-L', 'series'], JSON.stringify({ StudyInstanceUID: '1.2.3' })),
		/a row has no SeriesInstanceUID/,
	);
});

t.test('whatever is in a list, it is a list or a usage error', async (t) => {
	let seed = 1;
	const random = (below: number): number => {
		seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
		return seed % below;
	};
	const pieces = [
		'{',
		'}',
		'[',
		']',
		'"',
		',',
		'\t',
		'\n',
		'\0',
		'\\',
		'1.2.3',
		'StudyInstanceUID',
		'PatientID',
		':',
		'#',
		'\u001b',
		'x',
	];
	for (let turn = 0; turn < Number(process.env['DIMSE_FUZZ'] ?? 500); turn++) {
		const text = Array.from({ length: random(12) }, () => pieces[random(pieces.length)]).join('');
		try {
			parseList(text, 'list');
		} catch (error) {
			if (!(error instanceof DicomError && error.failure.blame === 'usage'))
				t.fail(`${JSON.stringify(text)}: ${error}`);
		}
	}
	t.pass('none was anything else');
});
