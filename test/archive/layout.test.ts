/** Whatever stands in an instance, the path that it gives stays below its folder and is a name everywhere. */
import { createHash } from 'node:crypto';
import { join, normalize, sep } from 'node:path';
import t from 'tap';
import { DEFAULT_LAYOUT, FLAT_LAYOUT, parseLayout, pathOf } from '../../src/archive/files/layout.ts';
import type { Dataset, Vr } from '../../src/dicom/dataset.ts';
import { DicomError } from '../../src/errors.ts';

import { HOSTILE_NAMES, randomOf } from '../support/hostile-names.ts';

const dataset = (values: Readonly<Record<string, readonly [Vr, string]>>): Dataset =>
	Object.fromEntries(
		Object.entries(values).map(([tag, [vr, value]]) => [tag, { vr, Value: value === '' ? [] : [value] }]),
	);

const HEADER = dataset({
	'00080020': ['DA', '20240131'],
	'00080060': ['CS', 'CT'],
	'00100010': ['LO', 'SMITH^JOHN'],
	'00100020': ['LO', 'P 1'],
	'0020000D': ['UI', '1.2'],
	'0020000E': ['UI', '1.2.3'],
	'00091001': ['LO', 'private'],
});

t.test('templates', (t) => {
	const cases: readonly (readonly [layout: string, path: string, headerUntil: string])[] = [
		[DEFAULT_LAYOUT, '1.2/1.2.3/1.2.3.4.dcm', '0020000F'],
		[FLAT_LAYOUT, '1.2.3.4.dcm', '00080019'],
		['x', 'x', '00080019'],
		['{Modality}.{SOPInstanceUID}', 'CT.1.2.3.4', '00080061'],
		['{PatientID}/{StudyDate}_{Modality}/{0008,0018}.dcm', 'P 1/20240131_CT/1.2.3.4.dcm', '00100021'],
		['{00091001}/{(0010,0010)}', 'private/SMITH^JOHN', '00100011'],
		[
			'{StudyDescription}/{SeriesNumber}-{InstanceNumber}.dcm',
			'no-StudyDescription/no-SeriesNumber-no-InstanceNumber.dcm',
			'00200014',
		],
		['a b/ä {Modality}', 'a b/ä CT', '00080061'],
	];
	for (const [text, path, headerUntil] of cases) {
		const layout = parseLayout(text);
		t.equal(pathOf(layout, HEADER, '1.2.3.4'), path);
		t.equal(layout.headerUntil, headerUntil, text);
	}
	t.end();
});

t.test('templates that are none', (t) => {
	const cases: readonly (readonly [layout: string, message: string])[] = [
		['', 'it is empty'],
		['/{SOPInstanceUID}', 'it has to be below the folder: no / in front'],
		['C:{SOPInstanceUID}', 'it has to be below the folder: no / in front'],
		['a/', 'it has to end with the name of a file, not with /'],
		['a//b', '"" is no name of a folder'],
		['../{SOPInstanceUID}', '".." is no name of a folder'],
		['a/./b', '"." is no name of a folder'],
		['{SOPInstanceUID', 'a { without its }'],
		['{}x', '{} is not one attribute'],
		['a\\b', '"a\\b" has characters that file names cannot have'],
		['a\0b', '"a\0b" has characters that file names cannot have'],
		['{TransferSyntaxUID}', '{TransferSyntaxUID} is not in a dataset'],
		['{PixelData}', '{PixelData} comes after the header'],
		['{PatientID=1}', '{PatientID=1} is not one attribute'],
		[
			'{RequestAttributesSequence[0].ScheduledProcedureStepID}',
			'{RequestAttributesSequence[0].ScheduledProcedureStepID} is not one attribute',
		],
		[`${'x/'.repeat(40)}y`, 'more than 32 folders below each other'],
	];
	for (const [text, why] of cases) {
		try {
			parseLayout(text);
			t.fail(`"${text}" is taken`);
		} catch (error) {
			t.ok(error instanceof DicomError && error.failure.blame === 'usage');
			t.match(String((error as Error).message), text === '{}x' ? /\{\}|""/ : why);
		}
	}
	try {
		parseLayout('{PatientNmae}');
	} catch (error) {
		t.match((error as DicomError).failure, { blame: 'usage', suggestions: ['PatientName'] });
	}
	t.end();
});

/** What holds of every path. */
const problemOf = (path: string): string | undefined => {
	const root = join(sep, 'root', 'folder');
	if (!normalize(join(root, path)).startsWith(root + sep)) return 'leads out';
	for (const name of path.split('/')) {
		if (name === '' || Buffer.byteLength(name) > 255) return `${Buffer.byteLength(name)} bytes`;
		if (/^[.\-~ ]|[. ]$/.test(name)) return 'begins or ends badly';
		if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<>:"/\\|?*]/u.test(name)) return 'a character';
		if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name)) return 'a device';
	}
	return undefined;
};

t.test('hostile values, in every place', (t) => {
	const layouts = [
		'{PatientID}/{StudyInstanceUID}/{SOPInstanceUID}',
		'.{PatientID}',
		'{PatientID}.',
		'{PatientID}{PatientID}.dcm',
		'{StudyInstanceUID}/x',
	].map(parseLayout);
	for (const value of HOSTILE_NAMES)
		for (const layout of layouts) {
			const header = dataset({ '00100020': ['LO', value], '0020000D': ['UI', value] });
			const path = pathOf(layout, header, value);
			// The value itself is kept from the test's own output, which it would break.
			const problem = problemOf(path);
			if (problem !== undefined) t.fail(`${encodeURIComponent(path.toWellFormed())} ${problem}`);
			t.equal(path.split('/').length, layout.segments.length);
		}
	t.end();
});

t.test('random values', (t) => {
	const layout = parseLayout('{PatientID}/{StudyInstanceUID} {PatientName}/{SOPInstanceUID}.dcm');
	const random = randomOf(7);
	const rounds = Number(process.env['DIMSE_FUZZ'] ?? 2000);
	const alphabet = [...'./\\:~- 0129aZ\0\n\u202e\ud800%é漢*|<con'];
	for (let round = 0; round < rounds; round++) {
		const word = () =>
			Array.from({ length: random(random(8) === 0 ? 400 : 12) }, () => alphabet[random(alphabet.length)]).join('');
		const header = dataset({ '00100020': ['LO', word()], '0020000D': ['UI', word()], '00100010': ['LO', word()] });
		const path = pathOf(layout, header, word());
		const problem = problemOf(path);
		if (problem !== undefined) return t.fail(`${problem}: ${JSON.stringify(path)}`);
	}
	t.pass();
	t.end();
	return undefined;
});

t.test('values that differ keep apart where they are no plain names', (t) => {
	const layout = parseLayout('{SOPInstanceUID}/{PatientID}.dcm');
	const long = 'x'.repeat(300);
	const names = ['../1', '..\\1', `${long}a`, `${long}b`, '1'.repeat(65), '1'.repeat(66)].map((value) =>
		pathOf(layout, dataset({ '00100020': ['LO', value] }), value),
	);
	t.equal(new Set(names).size, names.length);
	t.equal(
		pathOf(parseLayout(FLAT_LAYOUT), {}, '1'.repeat(65)),
		`uid-${createHash('sha256').update('1'.repeat(65)).digest('hex').slice(0, 32)}.dcm`,
	);
	t.end();
});
