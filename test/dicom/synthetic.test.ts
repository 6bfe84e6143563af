import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { type Dataset, plainDataset, stringsOf, textOf } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { type SyntheticInstance, type SyntheticOptions, syntheticStudies } from '../../src/dicom/synthetic.ts';
import { PEOPLE } from '../../src/dicom/synthetic-people.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES, uidInfo } from '../../src/dicom/uids.ts';

const made = (options: SyntheticOptions): SyntheticInstance[] => [...syntheticStudies(options)];
const SMALL = { instancesPerSeries: 2, imageSide: 4 };

const decoded = (dataset: Dataset, syntax: string): Dataset =>
	plainDataset(decodeDataset(encodeDataset(dataset, syntax), syntax).dataset);

t.test('the same seed makes the same bytes, another seed others', async (t) => {
	const bytes = (options: SyntheticOptions) =>
		Buffer.concat(made(options).map(({ dataset }) => encodeFile(dataset, EXPLICIT_LITTLE)));
	const first = bytes({ seed: 7, studies: 6, ...SMALL });
	t.ok(first.equals(bytes({ seed: 7, studies: 6, ...SMALL })));
	t.notOk(first.equals(bytes({ seed: 8, studies: 6, ...SMALL })));
	t.ok(
		bytes({ seed: 7, studies: 9, ...SMALL })
			.subarray(0, first.length)
			.equals(first),
		'more studies change none',
	);
});

t.test('an instance survives the codec with every value', async (t) => {
	for (const { dataset, study, series, instance } of syntheticStudies({ studies: 60, ...SMALL })) {
		for (const syntax of [EXPLICIT_LITTLE, IMPLICIT_LITTLE]) {
			const back = decoded(dataset, syntax);
			// VRs are not compared: in implicit VR all pixel data reads as OW.
			t.same(valuesOf(back), valuesOf(dataset), `${study}/${series}/${instance} ${syntax}`);
		}
	}
});

/** Values by tag, bytes as text. */
const valuesOf = (dataset: Dataset): Record<string, unknown> =>
	Object.fromEntries(
		Object.keys(dataset)
			.sort()
			.map((tag) => [tag, dataset[tag]?.Value.map((one) => (one instanceof Uint8Array ? one.join(' ') : one))]),
	);

t.test('what is said twice agrees', async (t) => {
	const uids = new Map<string, string>();
	const patients = new Map<string, string>();
	for (const one of syntheticStudies({ studies: 120, ...SMALL, until: '20200229' })) {
		const { dataset } = one;
		t.equal(textOf(dataset, TAG.SOPClassUID), one.sopClassUid);
		t.equal(textOf(dataset, TAG.SOPInstanceUID), one.sopInstanceUid);
		t.equal(textOf(dataset, TAG.SeriesInstanceUID), one.seriesInstanceUid);
		t.equal(textOf(dataset, TAG.StudyInstanceUID), one.studyInstanceUid);
		t.ok(STORAGE_SOP_CLASSES.includes(one.sopClassUid), uidInfo(one.sopClassUid)?.name ?? one.sopClassUid);
		for (const [uid, of] of [
			[one.studyInstanceUid, `study ${one.study}`],
			[one.seriesInstanceUid, `series ${one.study}/${one.series}`],
			[one.sopInstanceUid, `instance ${one.study}/${one.series}/${one.instance}`],
		] as const) {
			t.match(uid, /^2\.25\.[1-9]\d{30,38}$/);
			t.ok(BigInt(uid.slice(5)) < 1n << 128n);
			t.equal(uids.get(uid) ?? of, of, `${uid} is of one thing only`);
			uids.set(uid, of);
		}
		const person = [TAG.PatientName, TAG.PatientBirthDate, TAG.PatientSex].map((tag) => textOf(dataset, tag)).join(' ');
		const id = textOf(dataset, TAG.PatientID);
		t.equal(patients.get(id) ?? person, person, 'a Patient ID is of one person');
		patients.set(id, person);
		const [birth, day] = [textOf(dataset, TAG.PatientBirthDate), textOf(dataset, TAG.StudyDate)];
		t.match([birth, day], [/^\d{8}$/, /^\d{8}$/]);
		t.ok(birth < day && day <= '20200229' && day > '20100228', `${birth} ${day}`);
		t.match(textOf(dataset, TAG.StudyTime), /^([01]\d|2[0-3])[0-5]\d[0-5]\d$/);
		t.match(textOf(dataset, '00101010'), /^0\d\dY$|^10[0-3]Y$/);
	}
	t.equal(patients.size, 80, 'every third study is of the patient before');
});

t.test('a few studies already show several modalities and scripts', async (t) => {
	const modalities = new Set<string>();
	const characterSets = new Set<string>();
	for (const { dataset } of syntheticStudies({ studies: 12, ...SMALL })) {
		modalities.add(textOf(dataset, TAG.Modality));
		characterSets.add(textOf(dataset, TAG.SpecificCharacterSet));
	}
	for (const modality of ['CT', 'MR', 'CR', 'US', 'SR', 'KO', 'PT', 'MG', 'DX'])
		t.ok(modalities.has(modality), modality);
	t.ok(characterSets.size >= 4, [...characterSets].join(' '));
	const groups = PEOPLE.filter(({ name }) => name.split('=').length === 3);
	t.ok(groups.length >= 5, 'ideographic and phonetic groups');
});

t.test('the 24 studies of the demonstration are of Latin, Greek, Japanese, Korean and other scripts', async (t) => {
	const names = new Set<string>();
	for (const { dataset } of syntheticStudies({ studies: 24, ...SMALL })) names.add(textOf(dataset, TAG.PatientName));
	const all = [...names].join(' ');
	for (const script of ['Latin', 'Greek', 'Han', 'Hiragana', 'Hangul', 'Cyrillic', 'Arabic', 'Thai'])
		t.match(all, new RegExp(`\\p{Script=${script}}`, 'u'), script);
});

t.test('every name can be written in its character set', async (t) => {
	for (const { characterSet, name } of PEOPLE) {
		const dataset: Dataset = {
			[TAG.SpecificCharacterSet]: { vr: 'CS', Value: characterSet.map((term) => (term === '' ? null : term)) },
			[TAG.PatientName]: { vr: 'PN', Value: [Object.fromEntries(groupsOf(name))] },
		};
		t.same(stringsOf(decoded(dataset, EXPLICIT_LITTLE), TAG.PatientName), [name], characterSet.join('\\'));
	}
});

const groupsOf = (name: string): [string, string][] => {
	const labels = ['Alphabetic', 'Ideographic', 'Phonetic'];
	return name.split('=').map((group, index) => [labels[index] ?? '', group]);
};

t.test('no series has more than asked, and pixel data is as large as it says', async (t) => {
	for (const { dataset, instance } of syntheticStudies({ studies: 20, instancesPerSeries: 3, imageSide: 5 })) {
		t.ok(instance < 3);
		const pixels = dataset[TAG.PixelData];
		if (pixels === undefined) continue;
		const [samples, bits] = [textOf(dataset, '00280002'), textOf(dataset, '00280100')].map(Number);
		const length = (25 * (samples ?? 0) * (bits ?? 0)) / 8;
		t.equal((pixels.Value[0] as Uint8Array).length, length + (length % 2));
		t.equal(pixels.vr, bits === 8 ? 'OB' : 'OW');
	}
	t.same(made({ studies: 0 }), []);
	t.same(made({ studies: 3, instancesPerSeries: 0 }), []);
});

const isInstalled = spawnSync('dsrdump', ['--version']).status === 0;

t.test('DCMTK reads the reports', { skip: isInstalled ? false : 'dcmtk is not installed' }, async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-synthetic-'));
	t.teardown(() => rmSync(folder, { recursive: true }));
	const documents = made({ studies: 6, ...SMALL }).filter(({ dataset }) => dataset['0040A730'] !== undefined);
	t.ok(documents.length > 1);
	for (const [index, { dataset }] of documents.entries()) {
		const path = join(folder, `${index}.dcm`);
		writeFileSync(path, encodeFile(dataset, EXPLICIT_LITTLE));
		const { status, stdout, stderr } = spawnSync('dsrdump', [path], { encoding: 'latin1' });
		t.equal(status, 0, stderr);
		t.match(stdout, /CONTAINER/);
		// DCMTK 3.6.7 warns that it does not check text in UTF-8.
		t.notMatch(stderr, /^E:/m);
	}
});
