/** The DICOM JSON model: the rules of PS3.18 F one by one, both ways, and pydicom's reading of its own files. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { base64, bytesOfBase64 } from '../../src/dicom/base64.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { plainDataset } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { fromJsonModel, toJsonModel } from '../../src/dicom/json-model.ts';
import { readFileMeta } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { DicomError } from '../../src/errors.ts';

interface Case {
	readonly what: string;
	readonly dataset: Dataset;
	readonly json: unknown;
}

/** Each is the other, both ways. */
const BOTH_WAYS: readonly Case[] = [
	{ what: 'nothing', dataset: {}, json: {} },
	{
		what: 'texts',
		dataset: { '00080061': { vr: 'CS', Value: ['CT', 'PET'] } },
		json: { '00080061': { vr: 'CS', Value: ['CT', 'PET'] } },
	},
	{ what: 'an empty element', dataset: { '00080050': { vr: 'SH', Value: [] } }, json: { '00080050': { vr: 'SH' } } },
	{
		what: 'an empty value among others',
		dataset: { '00200037': { vr: 'LO', Value: ['a', null, 'b'] } },
		json: { '00200037': { vr: 'LO', Value: ['a', null, 'b'] } },
	},
	{
		what: 'names',
		dataset: { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小東' }, null] } },
		json: { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小東' }, null] } },
	},
	{
		what: 'DS and IS, and texts that are neither',
		dataset: { '00280030': { vr: 'DS', Value: [0.5, '1,5'] }, '00200013': { vr: 'IS', Value: [3, '1.0'] } },
		json: { '00200013': { vr: 'IS', Value: [3, '1.0'] }, '00280030': { vr: 'DS', Value: [0.5, '1,5'] } },
	},
	{
		what: 'numbers',
		dataset: { '00280010': { vr: 'US', Value: [512] }, '00186020': { vr: 'SL', Value: [-1, 0] } },
		json: { '00186020': { vr: 'SL', Value: [-1, 0] }, '00280010': { vr: 'US', Value: [512] } },
	},
	{
		what: 'numbers that JSON has not',
		dataset: { '00189459': { vr: 'FD', Value: [Number.NaN, Infinity, -Infinity, 1.5] } },
		json: { '00189459': { vr: 'FD', Value: ['NaN', 'inf', '-inf', 1.5] } },
	},
	{
		what: '64 bits',
		dataset: { '0008030C': { vr: 'UV', Value: [1n, 18446744073709551615n] }, '00720082': { vr: 'SV', Value: [-2n] } },
		json: { '0008030C': { vr: 'UV', Value: [1, '18446744073709551615'] }, '00720082': { vr: 'SV', Value: [-2] } },
	},
	{
		what: 'tags',
		dataset: { '00280009': { vr: 'AT', Value: ['00181063', '0018106A'] } },
		json: { '00280009': { vr: 'AT', Value: ['00181063', '0018106A'] } },
	},
	{
		what: 'items, the empty one too',
		dataset: {
			'00081140': { vr: 'SQ', Value: [{ '00081150': { vr: 'UI', Value: ['1.2.3'] } }, {}] },
			'00081115': { vr: 'SQ', Value: [] },
		},
		json: {
			'00081115': { vr: 'SQ' },
			'00081140': { vr: 'SQ', Value: [{ '00081150': { vr: 'UI', Value: ['1.2.3'] } }, {}] },
		},
	},
	{
		what: 'bytes',
		dataset: { '00091001': { vr: 'UN', Value: [Uint8Array.of(0, 255, 62, 63)] }, '7FE00010': { vr: 'OW', Value: [] } },
		json: { '00091001': { vr: 'UN', InlineBinary: 'AP8+Pw==' }, '7FE00010': { vr: 'OW' } },
	},
];

/** What JSON is written of a dataset that no JSON gives back. */
const WRITTEN: readonly Case[] = [
	{
		what: 'group lengths are left out',
		dataset: { '00080000': { vr: 'UL', Value: [4] }, '00080050': { vr: 'SH', Value: ['1'] } },
		json: { '00080050': { vr: 'SH', Value: ['1'] } },
	},
	{
		what: 'the character set is UTF-8, in items too',
		dataset: {
			'00080005': { vr: 'CS', Value: ['', 'ISO 2022 IR 87'] },
			'00081140': { vr: 'SQ', Value: [{ '00080005': { vr: 'CS', Value: ['ISO_IR 100'] } }] },
		},
		json: {
			'00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
			'00081140': { vr: 'SQ', Value: [{ '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } }] },
		},
	},
	{ what: 'one empty value', dataset: { '00080050': { vr: 'SH', Value: [''] } }, json: { '00080050': { vr: 'SH' } } },
	{
		what: 'an empty character set',
		dataset: { '00080005': { vr: 'CS', Value: [] } },
		json: { '00080005': { vr: 'CS' } },
	},
	{
		what: 'a name without groups',
		dataset: { '00100010': { vr: 'PN', Value: [{}, { Phonetic: 'a' }] } },
		json: { '00100010': { vr: 'PN', Value: [null, { Phonetic: 'a' }] } },
	},
	{
		what: 'compressed pixel data: items and their headers',
		dataset: { '7FE00010': { vr: 'OB', Value: [new Uint8Array(0), Uint8Array.of(1, 2)] } },
		json: {
			'7FE00010': {
				vr: 'OB',
				InlineBinary: Buffer.from('feff00e000000000feff00e0020000000102', 'hex').toString('base64'),
			},
		},
	},
];

/** What is read all the same. */
const READ: readonly Case[] = [
	{
		what: 'keywords',
		json: { PatientID: { vr: 'LO', Value: ['1'] } },
		dataset: { '00100020': { vr: 'LO', Value: ['1'] } },
	},
	{
		what: 'lower case',
		json: { '0020000d': { vr: 'UI', Value: ['1'] } },
		dataset: { '0020000D': { vr: 'UI', Value: ['1'] } },
	},
	{
		what: 'DS and IS as texts',
		json: { '00280030': { vr: 'DS', Value: ['0.5'] } },
		dataset: { '00280030': { vr: 'DS', Value: [0.5] } },
	},
	{
		what: 'a name as text',
		json: { '00100010': { vr: 'PN', Value: ['A^B==C'] } },
		dataset: { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A^B', Phonetic: 'C' }] } },
	},
	{
		what: 'groups that are empty',
		json: { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A', Ideographic: '' }, {}] } },
		dataset: { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A' }, null] } },
	},
	{
		what: 'null for an item',
		json: { '00081140': { vr: 'SQ', Value: [null] } },
		dataset: { '00081140': { vr: 'SQ', Value: [{}] } },
	},
	{
		what: 'tags in lower case',
		json: { '00280009': { vr: 'AT', Value: ['0018106a'] } },
		dataset: { '00280009': { vr: 'AT', Value: ['0018106A'] } },
	},
	{
		what: 'numbers as texts',
		json: { '00280010': { vr: 'US', Value: ['512'] } },
		dataset: { '00280010': { vr: 'US', Value: [512] } },
	},
	{
		what: 'Value of nothing',
		json: { '7FE00010': { vr: 'OW', Value: [] } },
		dataset: { '7FE00010': { vr: 'OW', Value: [] } },
	},
	{
		what: 'no bytes',
		json: { '7FE00010': { vr: 'OW', InlineBinary: '' } },
		dataset: { '7FE00010': { vr: 'OW', Value: [] } },
	},
];

t.test('both ways', async (t) => {
	for (const { what, dataset, json } of BOTH_WAYS) {
		t.equal(JSON.stringify(toJsonModel(dataset)), JSON.stringify(json), `${what}: written, tags in order`);
		t.strictSame(fromJsonModel(JSON.parse(JSON.stringify(json))), dataset, `${what}: read`);
	}
	for (const { what, dataset, json } of WRITTEN) t.strictSame(toJsonModel(dataset), json, what);
	for (const { what, dataset, json } of READ) t.strictSame(fromJsonModel(json), dataset, what);
});

const nested = (depth: number): unknown => {
	let json: unknown = {};
	for (let level = 0; level < depth; level++) json = { '00081140': { vr: 'SQ', Value: [json] } };
	return json;
};

t.test('what is no DICOM JSON', async (t) => {
	for (const [json, message] of [
		[null, /^DICOM JSON: an object/],
		[[], /^DICOM JSON: an object/],
		['text', /^DICOM JSON: an object/],
		[{ PatientNmae: { vr: 'PN' } }, /"PatientNmae" is neither a tag nor a keyword/],
		[{ constructor: { vr: 'PN' } }, /neither a tag nor a keyword/],
		[JSON.parse('{"__proto__": {"vr": "PN"}}'), /neither a tag nor a keyword/],
		[{ '00100020': null }, /^DICOM JSON \(0010,0020\): an object with a vr/],
		[{ '00100020': {} }, /vr is none/],
		[{ '00100020': { vr: 'XX' } }, /vr is none/],
		[{ '00100020': { vr: 'toString' } }, /vr is none/],
		[{ '00100020': { vr: 'LO', Value: 'text' } }, /Value is an array/],
		[{ '00100020': { vr: 'LO', Value: [1] } }, /1 is no value of LO/],
		[{ '00100020': { vr: 'LO', Value: [{}] } }, /is no value of LO/],
		[{ '00100010': { vr: 'PN', Value: [{ Alphabetic: 1 }] } }, /is no value of PN/],
		[{ '00280010': { vr: 'US', Value: ['x'] } }, /"x" is no value of US/],
		[{ '00280010': { vr: 'FD', Value: ['constructor'] } }, /is no value of FD/],
		[{ '0008030C': { vr: 'UV', Value: [1.5] } }, /1.5 is no value of UV/],
		[{ '0008030C': { vr: 'UV', Value: ['0x10'] } }, /is no value of UV/],
		[{ '00280009': { vr: 'AT', Value: ['PatientID'] } }, /is no value of AT/],
		[{ '7FE00010': { vr: 'OW', Value: [1] } }, /OW is given as InlineBinary/],
		[{ '7FE00010': { vr: 'OW', InlineBinary: 'AP8' } }, /InlineBinary is base64/],
		[{ '7FE00010': { vr: 'OW', InlineBinary: 1 } }, /InlineBinary is base64/],
		[{ '00100020': { vr: 'LO', InlineBinary: 'AP8=' } }, /InlineBinary is base64 of a VR of bytes/],
		[{ '7FE00010': { vr: 'OW', BulkDataURI: 'http://a/' } }, /BulkDataURI is not fetched/],
		[{ '0020000d': { vr: 'UI' }, '0020000D': { vr: 'UI' } }, /\(0020,000D\): stands there twice/],
		[{ PatientID: { vr: 'LO' }, '00100020': { vr: 'LO' } }, /stands there twice/],
		[{ '00081140': { vr: 'SQ', Value: ['x'] } }, /\(0008,1140\): an object of elements/],
		[{ '00081140': { vr: 'SQ', Value: [{ '00100020': 1 }] } }, /\(0008,1140\) \(0010,0020\): an object/],
		[nested(65), /nest deeper than 64/],
	] as const) {
		const caught = ((): unknown => {
			try {
				return fromJsonModel(json);
			} catch (error) {
				return error;
			}
		})();
		t.ok(caught instanceof DicomError && caught.failure.blame === 'usage', String(message));
		t.match((caught as Error).message, message);
	}
	t.doesNotThrow(() => fromJsonModel(nested(64)));
});

t.test('base64', async (t) => {
	for (const length of [0, 1, 2, 3, 100, 8191, 8192, 8193, 100_000]) {
		const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) % 256);
		t.equal(base64(bytes), Buffer.from(bytes).toString('base64'), `${length} bytes`);
		t.strictSame(bytesOfBase64(base64(bytes)), bytes);
	}
	t.strictSame(bytesOfBase64('AP8+\r\nPw==\n'), Uint8Array.of(0, 255, 62, 63), 'in lines');
	for (const text of ['A', 'AA', 'AAA', 'AA=A', '====', 'AP8-', 'AP8+ Pw==', '\u{1f600}']) {
		t.equal(bytesOfBase64(text), undefined, JSON.stringify(text));
	}
});

const PYTHON = '/usr/bin/python3';
const FILES = '/usr/lib/python3/dist-packages/pydicom/data/charset_files';
const isThere = existsSync(FILES) && existsSync(PYTHON);

/** pydicom's JSON of each file, but of private elements, whose dictionary we do not have. */
const SCRIPT = `
import glob, json, warnings
warnings.simplefilter('ignore')
import pydicom
result = {}
for path in sorted(glob.glob('${FILES}/*.dcm')):
    dataset = pydicom.dcmread(path, force=True)
    dataset.decode()
    dataset.remove_private_tags()
    result[path] = dataset.to_json_dict(1 << 30, None)
print(json.dumps(result))
`;

/** pydicom leaves (0008,0005) as it was, though its texts are Unicode, and keeps group lengths. */
const asInAnnexF = (key: string, value: unknown): unknown =>
	/^[0-9A-F]{4}0000$/.test(key) ? undefined : key === '00080005' ? { vr: 'CS', Value: ['ISO_IR 192'] } : value;

const withoutPrivate = (dataset: Dataset): Dataset =>
	Object.fromEntries(Object.entries(dataset).filter(([tag]) => Number.parseInt(tag.slice(0, 4), 16) % 2 === 0));

t.test(
	'files: our JSON is pydicom’s, and what we read of it encodes to the same',
	{ skip: !isThere && 'pydicom is not installed' },
	async (t) => {
		const { stdout, stderr } = spawnSync(PYTHON, ['-c', SCRIPT], { encoding: 'utf8', maxBuffer: 1 << 28 });
		t.ok(stdout.startsWith('{'), stderr);
		const files = JSON.parse(stdout, asInAnnexF) as Record<string, unknown>;
		t.ok(Object.keys(files).length >= 10);
		for (const [path, theirs] of Object.entries(files)) {
			const name = path.slice(FILES.length + 1);
			const content = new Uint8Array(readFileSync(path));
			const meta = readFileMeta(content);
			const isFile = meta.kind === 'part10' || meta.kind === 'bare';
			const offset = isFile ? meta.datasetOffset : 0;
			const { dataset } = decodeDataset(content.subarray(offset), isFile ? meta.transferSyntaxUid : EXPLICIT_LITTLE);
			const ours = toJsonModel(withoutPrivate(dataset));
			t.strictSame(JSON.parse(JSON.stringify(ours)), theirs, name);
			const read = fromJsonModel(JSON.parse(JSON.stringify(toJsonModel(dataset))));
			const again = decodeDataset(encodeDataset(read, EXPLICIT_LITTLE), EXPLICIT_LITTLE).dataset;
			t.strictSame(toJsonModel(plainDataset(again)), toJsonModel(dataset), `${name}: there and back`);
		}
	},
);
