/** Files told apart and written: Part 10, bare datasets, what is no DICOM (PS3.10 7). */
import t from 'tap';
import { plainDataset, textOf } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { encodeFile, encodeFileMeta, readFileMeta } from '../../src/dicom/part10.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { bytesOf, hexOf } from './hex.ts';

const DATASET = {
	'00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
	'00080018': { vr: 'UI', Value: ['1.2.3.4'] },
	'00100010': { vr: 'PN', Value: [{ Alphabetic: 'DOE^JANE' }] },
} as const;

const META = {
	sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
	sopInstanceUid: '1.2.3.4',
	implementationClassUid: '1.2.3',
	implementationVersionName: 'TEST_1',
	sourceAeTitle: 'STORESCU',
};

const SYNTAXES = [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED];

t.test('the file meta information as its bytes', async (t) => {
	const bytes = encodeFileMeta({ ...META, transferSyntaxUid: IMPLICIT_LITTLE });
	t.equal(hexOf(bytes.subarray(0, 128)), '00'.repeat(128), 'an empty preamble');
	const expected = [
		'4449434d', // DICM
		'0200 0000 554c 0400 86000000', // (0002,0000) UL 134
		'0200 0100 4f42 0000 02000000 0001',
		`0200 0200 5549 1a00 ${hexOf(new TextEncoder().encode('1.2.840.10008.5.1.4.1.1.7'))}00`,
		'0200 0300 5549 0800 312e322e332e3400',
		`0200 1000 5549 1200 ${hexOf(new TextEncoder().encode(IMPLICIT_LITTLE))}00`,
		'0200 1200 5549 0600 312e322e3300',
		'0200 1300 5348 0600 544553545f31',
		'0200 1600 4145 0800 53544f5245534355',
	];
	t.equal(hexOf(bytes.subarray(128)), expected.join('').replaceAll(' ', ''));
});

for (const transferSyntaxUid of SYNTAXES) {
	t.test(`a file in ${transferSyntaxUid}`, async (t) => {
		const file = encodeFile(DATASET, transferSyntaxUid);
		const read = readFileMeta(file, true);
		t.match(read, {
			kind: 'part10',
			transferSyntaxUid,
			mediaStorageSopClassUid: META.sopClassUid,
			mediaStorageSopInstanceUid: META.sopInstanceUid,
		});
		if (read.kind !== 'part10') return;
		t.strictSame(plainDataset(decodeDataset(file.subarray(read.datasetOffset), transferSyntaxUid).dataset), DATASET);
		for (let cut = 0; cut < read.datasetOffset; cut++) {
			const part = readFileMeta(file.subarray(0, cut));
			if (part.kind !== 'more' || part.bytes <= cut) t.fail(`cut at ${cut}: ${JSON.stringify(part)}`);
			readFileMeta(file.subarray(0, cut), true);
		}
	});
}

t.test('bare datasets', async (t) => {
	for (const uid of [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG]) {
		const bytes = encodeDataset(DATASET, uid);
		t.strictSame(readFileMeta(bytes, true), { kind: 'bare', transferSyntaxUid: uid, datasetOffset: 0 });
		t.strictSame(readFileMeta(bytes), { kind: 'more', bytes: 1024 }, 'a prefix may come yet');
		const long = encodeDataset({ ...DATASET, '00104000': { vr: 'LT', Value: ['x'.repeat(200)] } }, uid);
		t.strictSame(readFileMeta(long.subarray(0, 140)), { kind: 'bare', transferSyntaxUid: uid, datasetOffset: 0 });
	}
});

t.test('file meta information in unusual places', async (t) => {
	const file = encodeFile(DATASET, EXPLICIT_LITTLE);
	const places: readonly (readonly [string, Uint8Array])[] = [
		['without a preamble', file.subarray(128)],
		['without preamble and prefix', file.subarray(132)],
	];
	for (const [name, bytes] of places) {
		const read = readFileMeta(bytes, true);
		t.match(read, { kind: 'part10', transferSyntaxUid: EXPLICIT_LITTLE }, name);
		if (read.kind !== 'part10') continue;
		t.equal(textOf(decodeDataset(bytes.subarray(read.datasetOffset), EXPLICIT_LITTLE).dataset, '00080018'), '1.2.3.4');
	}
});

t.test('the group ends where another begins, whatever its length says', async (t) => {
	for (const length of [0, 4, 200]) {
		const file = encodeFile(DATASET, EXPLICIT_LITTLE);
		new DataView(file.buffer, file.byteOffset).setUint32(140, length, true);
		const { datasetOffset } = readFileMeta(encodeFile(DATASET, EXPLICIT_LITTLE), true) as { datasetOffset: number };
		t.match(readFileMeta(file, true), { kind: 'part10', datasetOffset });
	}
	const implicit = encodeDataset({ '00020010': { vr: 'UI', Value: [EXPLICIT_BIG] } }, IMPLICIT_LITTLE);
	const bytes = bytesOf(
		'00'.repeat(128) + hexOf(bytesOf('4449434d')) + hexOf(implicit) + hexOf(encodeDataset(DATASET, EXPLICIT_BIG)),
	);
	t.match(readFileMeta(bytes, true), { kind: 'part10', transferSyntaxUid: EXPLICIT_BIG }, 'in implicit VR');
});

t.test('a dataset that begins with a group 0002 of its own', async (t) => {
	for (const uid of [IMPLICIT_LITTLE, EXPLICIT_LITTLE]) {
		const file = encodeFile(DATASET, uid);
		const { datasetOffset } = readFileMeta(file, true) as { datasetOffset: number };
		const own = encodeDataset({ '00020010': { vr: 'UI', Value: [EXPLICIT_BIG] } }, uid);
		const bytes = Buffer.concat([file.subarray(0, datasetOffset), own, file.subarray(datasetOffset)]);
		t.match(readFileMeta(bytes, true), { kind: 'part10', transferSyntaxUid: uid, datasetOffset });
	}
});

t.test('a transfer syntax that is not said is guessed', async (t) => {
	for (const uid of [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG]) {
		const meta = encodeDataset({ '00020003': { vr: 'UI', Value: ['1.2.3.4'] } }, EXPLICIT_LITTLE);
		const bytes = bytesOf(`${'00'.repeat(128)}4449434d${hexOf(meta)}${hexOf(encodeDataset(DATASET, uid))}`);
		t.match(readFileMeta(bytes, true), {
			kind: 'part10',
			transferSyntaxUid: uid,
			mediaStorageSopInstanceUid: '1.2.3.4',
		});
	}
});

const NOT_DICOM: readonly (readonly [name: string, bytes: Uint8Array, reason: RegExp])[] = [
	['an empty file', new Uint8Array(0), /^the file is empty$/],
	[
		'text',
		new TextEncoder().encode('Hello, world. This is a text of some length, and nothing else. '.repeat(20)),
		/no DICM prefix/,
	],
	['zeros', new Uint8Array(2000), /no DICM prefix/],
	['a PNG', bytesOf(`89504e470d0a1a0a0000000d49484452${'00'.repeat(200)}`), /no DICM prefix/],
	['a zip', bytesOf(`504b030414000000080000002100${'00'.repeat(200)}`), /no DICM prefix/],
	['a prefix and nothing', bytesOf(`${'00'.repeat(128)}4449434d`), /no file meta information/],
	[
		'meta information without an end',
		bytesOf(`${'00'.repeat(128)}4449434d 0200 0201 4f42 0000 ffffff7f`),
		/has no end/,
	],
	[
		'a JSON file',
		new TextEncoder().encode(`{"00080005":{"vr":"CS","Value":["ISO_IR 100"]}}${' '.repeat(200)}`),
		/no DICM prefix/,
	],
];

for (const [name, bytes, reason] of NOT_DICOM) {
	t.test(`not DICOM: ${name}`, async (t) => {
		t.match(readFileMeta(bytes, true), { kind: 'not-dicom', reason });
	});
}

t.test('a file needs its UIDs', async (t) => {
	t.throws(() => encodeFile({ '00080018': DATASET['00080018'] }, EXPLICIT_LITTLE), /needs a SOP Class UID/);
	t.throws(() => encodeFile(DATASET, '1.2.3'), /1\.2\.3 is not a transfer syntax/);
});

t.test('groups 0000 and 0002 of a dataset stay out of its file', async (t) => {
	const file = encodeFile(
		{ ...DATASET, '00000002': DATASET['00080016'], '00020010': DATASET['00080018'] },
		EXPLICIT_LITTLE,
	);
	t.strictSame(file, encodeFile(DATASET, EXPLICIT_LITTLE));
});
