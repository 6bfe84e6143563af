import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { toJsonModel } from '../../src/dicom/json-model.ts';
import type { Level } from '../../src/output/columns.ts';
import { COLUMNS, UNIQUE_KEYS } from '../../src/output/columns.ts';
import { selectColumns } from '../../src/output/fields.ts';
import type { Format, RowOptions } from '../../src/output/row-printer.ts';
import { FORMATS, rowPrinter } from '../../src/output/row-printer.ts';
import { wholeTable } from '../../src/output/table.ts';
import { loadPaint } from '../../src/output/theme.ts';
import { golden } from './golden.ts';
import { ALL_FORMS, element, ROWS } from './rows.ts';

const ENVELOPE = {
	schema: 'dimse.find/1',
	node: { name: 'main', called: 'PACS_MAIN', calling: 'WS01', host: '10.20.1.5', port: 11112 },
	query: { level: 'STUDY', model: 'study-root', sent: { PatientName: 'SMITH*' } },
};
const CLOSING = { complete: true, status: { code: '0000', class: 'success' }, warnings: [] };

const optionsFor = (level: Level): RowOptions => ({ columns: COLUMNS[level], uniqueKey: UNIQUE_KEYS[level] });

const printed = (format: Format, rows: readonly Dataset[], options: RowOptions, closing = {}): string => {
	const printer = rowPrinter(format, options);
	return rows.map((row) => printer.row(row)).join('') + printer.end(closing);
};

const LEVELS = Object.keys(COLUMNS) as Level[];
const NAMES = Object.keys(FORMATS) as Format[];

t.test('every format prints what a person has read', async (t) => {
	for (const format of NAMES) {
		const options = { ...optionsFor('study'), envelope: ENVELOPE, width: 100 };
		const { found, wanted } = golden(format, printed(format, ROWS.study, options, CLOSING));
		t.equal(found, wanted, format);
	}
});

t.test('tables of every level at 80 and 120 columns', async (t) => {
	for (const level of LEVELS)
		for (const width of [80, 120]) {
			const { found, wanted } = golden(
				`table-${level}-${width}`,
				printed('table', ROWS[level], { ...optionsFor(level), width }),
			);
			t.equal(found, wanted, `${level} ${width}`);
		}
});

t.test('every form of a value, where everything that came is printed', async (t) => {
	for (const format of ['jsonl', 'dicom-json', 'dump'] as const) {
		const { found, wanted } = golden(`forms-${format}`, printed(format, [ALL_FORMS], optionsFor('study')));
		t.equal(found, wanted, format);
	}
});

t.test('where there is no terminal a table cuts nothing and shows all its columns', async (t) => {
	const lines = printed('table', ROWS.study, optionsFor('study')).split('\n');
	t.match(lines[0], /^PATIENT NAME .* ACCESSION$/);
	t.match(lines[2], 'YAMADA^TAROU=山田^太郎=やまだ^たろう');
	t.notMatch(lines.join(''), '…');
});

t.test('a row is printed when it comes, its header with the first', async (t) => {
	for (const format of ['table', 'wide', 'csv', 'json', 'jsonl', 'dicom-json'] as const) {
		const printer = rowPrinter(format, optionsFor('study'));
		for (const row of ROWS.study) t.not(printer.row(row), '', format);
	}
});

t.test('no rows', async (t) => {
	const header = COLUMNS.study.map(({ keyword }) => keyword);
	const options = optionsFor('study');
	for (const format of ['table', 'wide', 'expanded', 'tsv', 'jsonl', 'name', 'dump'] as const)
		t.equal(printed(format, [], options), '', format);
	t.equal(printed('csv', [], options), `${header.join(',')}\n`);
	t.equal(printed('tsv', [], { ...options, header: true }), `${header.join('\t')}\n`);
	t.same(JSON.parse(printed('dicom-json', [], options)), []);
	t.same(JSON.parse(printed('json', [], { ...options, envelope: ENVELOPE }, CLOSING)), {
		...ENVELOPE,
		results: [],
		count: 0,
		...CLOSING,
	});
	const error = { kind: 'rejected', code: '1/1/7', exit: 5 };
	t.same(JSON.parse(printed('json', [], options, { error })), { schema: 'dimse.error/1', error });
});

t.test('json', async (t) => {
	t.test('is one document, with its envelope around the results', async (t) => {
		const text = printed('json', ROWS.study, { ...optionsFor('study'), envelope: ENVELOPE }, CLOSING);
		const { results, ...rest } = JSON.parse(text);
		t.same(rest, { ...ENVELOPE, count: 3, ...CLOSING });
		t.equal(results.length, 3);
		t.match(results[0], { PatientName: 'SMITH^JOHN', NumberOfStudyRelatedInstances: 612, ModalitiesInStudy: ['CT'] });
		t.equal(results[1].AccessionNumber, null, 'empty is null');
		t.notOk('NumberOfStudyRelatedInstances' in results[1], 'absent is missing');
		t.notOk('SpecificCharacterSet' in results[0], 'it would be wrong: JSON is UTF-8');
		t.equal(
			results[2].StudyDescription,
			'one\r\ntwo\tthree, "four"\u001b[31m\u202eevil\u0085\ud800',
			'nothing is lost',
		);
	});

	t.test('that fails after rows still is one document', async (t) => {
		const { results, error } = JSON.parse(printed('json', ROWS.study, optionsFor('study'), { error: { exit: 8 } }));
		t.same([results.length, error], [3, { exit: 8 }]);
	});

	t.test('numbers as texts and name groups, when asked for', async (t) => {
		const options = { ...optionsFor('study'), raw: true, personNameGroups: true };
		const row = JSON.parse(printed('jsonl', [ROWS.study[1] ?? {}], options));
		t.match(row, {
			PatientName: 'YAMADA^TAROU',
			'PatientName.ideographic': '山田^太郎',
			'PatientName.phonetic': 'やまだ^たろう',
		});
		const forms = JSON.parse(printed('jsonl', [ALL_FORMS], options));
		t.same(forms.ImagePositionPatient, ['-1', '2.5', '1,5']);
	});

	t.test('dicom-json holds each row in the DICOM JSON model', async (t) => {
		t.same(
			JSON.parse(printed('dicom-json', ROWS.worklist, optionsFor('worklist'))),
			JSON.parse(JSON.stringify(ROWS.worklist.map(toJsonModel))),
		);
	});
});

/** A second reading of RFC 4180, to compare with. */
const parseCsv = (text: string): string[][] => {
	const rows: string[][] = [[]];
	const cell = /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/y;
	for (let match = cell.exec(text); match !== null; match = cell.exec(text)) {
		rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
		if (match[3] === '\n' && cell.lastIndex < text.length) rows.push([]);
	}
	return rows;
};

t.test('csv', async (t) => {
	const nasty = ['plain', 'a,b', '"', '""', 'a "b", c', '', ' x ', "'", '=1+1', '+1', '-1', '@x', ' =1', '王,東'];
	const rows = nasty.map((text) => ({ '00081030': element('LO', text) }));
	const columns = COLUMNS.study.filter(({ keyword }) => keyword === 'StudyDescription');
	const options = { ...optionsFor('study'), columns };

	t.test('reads back as it was', async (t) => {
		t.same(parseCsv(printed('csv', rows, options)), [['StudyDescription'], ...nasty.map((text) => [text])]);
	});

	t.test('csvSafe disarms what a spreadsheet would compute', async (t) => {
		const cells = parseCsv(printed('csv', rows, { ...options, csvSafe: true })).slice(1);
		const expected = nasty.map((text) => [/^ ?[=+@-]/.test(text) ? `'${text}` : text]);
		t.same(cells, expected);
	});
});

t.test('tsv can be had back', async (t) => {
	const text = 'a\tb\r\nc\\d\\n';
	const columns = COLUMNS.study.filter(({ keyword }) => keyword === 'StudyDescription');
	const line = printed('tsv', [{ '00081030': element('LT', text) }], { ...optionsFor('study'), columns });
	t.equal(line, 'a\\tb\\r\\nc\\\\d\\\\n\n');
	const back: Record<string, string> = { t: '\t', n: '\n', r: '\r', '\\': '\\' };
	t.equal(
		line.slice(0, -1).replace(/\\(.)/g, (_all, code: string) => back[code] ?? '?'),
		text,
	);
});

t.test('name', async (t) => {
	const rows = [...ROWS.study, { '00100010': element('LO', 'no key') }];
	t.equal(printed('name', rows, { ...optionsFor('study'), nul: true }).split('\0').length, ROWS.study.length + 1);
	t.equal(printed('name', rows, optionsFor('patient')), 'P001\nH-4471\\17\n');
});

t.test('a heading is coloured only when asked for, and only the heading', async (t) => {
	const options = { ...optionsFor('study'), width: 100 };
	const plain = printed('table', ROWS.study, options);
	const colored = printed('table', ROWS.study, { ...options, paint: await loadPaint(true) });
	t.not(colored, plain);
	t.equal(stripVTControlCharacters(colored), plain);
	t.same(colored.split('\n').slice(1), plain.split('\n').slice(1));
});

t.test('--fields', async (t) => {
	const known: Record<string, { path: string[]; vr: string }> = {
		PatientID: { path: ['00100020'], vr: 'LO' },
		PatientName: { path: ['00100010'], vr: 'PN' },
		PatientSex: { path: ['00100040'], vr: 'CS' },
		StudyID: { path: ['00200010'], vr: 'SH' },
		SOPClassesInStudy: { path: ['00080062'], vr: 'UI' },
		AcquisitionDate: { path: ['00080022'], vr: 'DA' },
	};
	const resolve = (key: string) => {
		const found = known[key];
		if (found === undefined) throw new Error(`unknown ${key}`);
		return { keyword: key, ...found };
	};
	const keys = (text: string) => selectColumns(COLUMNS.study, text, resolve).map(({ keyword }) => keyword);
	const defaults = COLUMNS.study.map(({ keyword }) => keyword);
	t.same(keys('StudyID, PatientID'), ['StudyID', 'PatientID'], 'a list replaces');
	t.same(keys('+AcquisitionDate,SOPClassesInStudy'), [...defaults, 'AcquisitionDate', 'SOPClassesInStudy'], '+ adds');
	t.same(
		keys('-PatientID'),
		defaults.filter((key) => key !== 'PatientID'),
		'- removes',
	);
	t.same(keys('+AcquisitionDate,-PatientID,StudyID').includes('StudyID'), false, 'a sign holds until the next');
	t.same(keys('+PatientID'), defaults, 'what is there is not added again');
	t.same(keys('PatientID,PatientID'), ['PatientID']);
	t.throws(() => keys('Nonsense'), { message: 'unknown Nonsense' });
	t.match(selectColumns(COLUMNS.study, '+SOPClassesInStudy', resolve).at(-1), {
		heading: 'SOP CLASSES IN STUDY',
		form: 'uid',
	});
	const priorities = (text: string) =>
		Object.fromEntries(selectColumns(COLUMNS.study, text, resolve).map(({ keyword, priority }) => [keyword, priority]));
	t.match(priorities('-PatientID'), { PatientSex: 0, StudyID: 0, PatientName: 100 });
	t.match(
		priorities('+PatientSex,PatientName'),
		{ PatientSex: 45, StudyID: 0, PatientName: 100 },
		'what is hidden is shown',
	);
	t.same(keys('+PatientSex'), defaults, 'where it is');
	t.ok(
		selectColumns(COLUMNS.study, 'StudyID,PatientID', resolve).every(({ priority }) => priority > 0),
		'what was asked for is shown',
	);
});

t.test('the keys of columns are of one spelling, each once in a level', async (t) => {
	for (const level of LEVELS) {
		const keys = COLUMNS[level].map(({ keyword }) => keyword);
		t.same(keys, [...new Set(keys)], level);
		for (const { heading, minimum, preferred } of COLUMNS[level]) {
			t.ok(minimum >= heading.length && preferred >= minimum, `${level} ${heading}`);
		}
		t.ok(
			COLUMNS[level].some(({ path }) => path.join() === UNIQUE_KEYS[level]),
			`${level} asks for its unique key`,
		);
	}
});

t.test('a table whose rows are all known', async (t) => {
	const fields = [
		{ heading: 'NODE', priority: 90 },
		{ heading: 'STATUS', priority: 80 },
		{ heading: 'TIME', priority: 70, alignment: 'right' },
		{ heading: 'UID', priority: 10, isUid: true, minimum: 12 },
	] as const;
	const rows = [
		['main', { text: 'ok', as: 'good' }, '12 ms', '1.2.840.113619.2.55.3.2831.4471.2024'],
		['病院', { text: 'FAIL', as: 'bad' }, '3.1 s', '1.2.3'],
	] as const;
	const show = async (width: number | undefined, color: boolean) =>
		wholeTable(fields, rows, { width, paint: await loadPaint(color) });
	t.equal(
		await show(undefined, false),
		'NODE  STATUS   TIME  UID\n' +
			'main  ok      12 ms  1.2.840.113619.2.55.3.2831.4471.2024\n' +
			'病院  FAIL    3.1 s  1.2.3\n',
	);
	t.equal(
		await show(40, false),
		'NODE  STATUS   TIME  UID\nmain  ok      12 ms  1.2.840.1…4471.2024\n病院  FAIL    3.1 s  1.2.3\n',
	);
	t.equal(await show(24, false), 'NODE  STATUS   TIME\nmain  ok      12 ms\n病院  FAIL    3.1 s\n');
	t.match(await show(40, true), '\u001b[31mFAIL');
	t.equal(stripVTControlCharacters(await show(40, true)), await show(40, false));
	t.equal(await wholeTable(fields, []), '');
});
