/** Every VR in every uncompressed transfer syntax: encoded, decoded, cut, nested (PS3.5 6.2, 7, Annex A). */
import t from 'tap';
import type { Dataset, Value, Vr } from '../../src/dicom/dataset.ts';
import { plainDataset } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { VRS } from '../../src/dicom/vr.ts';
import { DicomError } from '../../src/errors.ts';
import { bytesOf, hexOf } from './hex.ts';

interface Case {
	readonly tag: string;
	readonly vr: Vr;
	readonly values: readonly Value[];
	/** The value field in little endian, and in big endian where that differs. */
	readonly little: string;
	readonly big?: string;
	/** What comes back, where it is not what went in. */
	readonly back?: readonly Value[];
}

const text = (tag: string, vr: Vr, values: readonly Value[], field: string, back?: readonly Value[]): Case => ({
	tag,
	vr,
	values,
	little: hexOf(new TextEncoder().encode(field.length % 2 === 1 ? `${field} ` : field)),
	...(back === undefined ? {} : { back }),
});

const CASES: readonly Case[] = [
	text('00080054', 'AE', ['ORTHANC', 'PACS'], 'ORTHANC\\PACS'),
	text('00101010', 'AS', ['045Y'], '045Y'),
	{ tag: '00209165', vr: 'AT', values: ['00181063'], little: '18006310', big: '00181063' },
	{
		tag: '00209165',
		vr: 'AT',
		values: ['00100010', 'FFFEE00D'],
		little: '1000 1000 feff 0de0',
		big: '0010 0010 fffe e00d',
	},
	text('00080061', 'CS', ['CT', 'MR', 'PT'], 'CT\\MR\\PT'),
	text('00080061', 'CS', ['CT', null, 'PT'], 'CT\\\\PT'),
	text('00080061', 'CS', [null, 'PT'], '\\PT'),
	text('00080020', 'DA', ['20240131'], '20240131'),
	text('00080020', 'DA', ['20240101-20241231'], '20240101-20241231'),
	text('00101030', 'DS', [72.5], '72.5'),
	text('00101030', 'DS', [-1e-7], '-1e-7'),
	text('00101030', 'DS', [1 / 3], '0.33333333333333', [0.33333333333333]),
	text('00101030', 'DS', [-1 / 3], '-0.3333333333333', [-0.3333333333333]),
	text('00101030', 'DS', [-1.23456789123e-192], '-1.23456789e-192', [-1.23456789e-192]),
	text('00101030', 'DS', ['1,5'], '1,5'),
	text('0008002A', 'DT', ['20240131120000.000000+0100'], '20240131120000.000000+0100'),
	{ tag: '00189073', vr: 'FD', values: [1.5], little: '000000000000f83f', big: '3ff8000000000000' },
	{
		tag: '00189073',
		vr: 'FD',
		values: [1.5, -0, Number.POSITIVE_INFINITY],
		little: '000000000000f83f 0000000000000080 000000000000f07f',
		big: '3ff8000000000000 8000000000000000 7ff0000000000000',
	},
	{ tag: '00089459', vr: 'FL', values: [-2.5], little: '000020c0', big: 'c0200000' },
	text('00200013', 'IS', [42], '42'),
	text('00200013', 'IS', [-2147483648, 2147483647], '-2147483648\\2147483647'),
	text('00200013', 'IS', ['1.0'], '1.0'),
	text('00081030', 'LO', ['CT ABDOMEN', 'W CONTRAST'], 'CT ABDOMEN\\W CONTRAST'),
	text('00104000', 'LT', [' two\r\nlines \\ one value'], ' two\r\nlines \\ one value'),
	{
		tag: '00420011',
		vr: 'OB',
		values: [bytesOf('0102030405')],
		little: '010203040500',
		back: [bytesOf('010203040500')],
	},
	{
		tag: '7FE00009',
		vr: 'OD',
		values: [bytesOf('0102030405060708')],
		little: '0102030405060708',
		big: '0807060504030201',
	},
	{
		tag: '7FE00008',
		vr: 'OF',
		values: [bytesOf('0102030405060708')],
		little: '0102030405060708',
		big: '0403020108070605',
	},
	{
		tag: '00660040',
		vr: 'OL',
		values: [bytesOf('0102030405060708')],
		little: '0102030405060708',
		big: '0403020108070605',
	},
	{
		tag: '7FE00001',
		vr: 'OV',
		values: [bytesOf('0102030405060708')],
		little: '0102030405060708',
		big: '0807060504030201',
	},
	{ tag: '7FE00010', vr: 'OW', values: [bytesOf('01020304')], little: '01020304', big: '02010403' },
	text('00100010', 'PN', [{ Alphabetic: 'DOE^JANE' }], 'DOE^JANE'),
	text('00100010', 'PN', [{ Alphabetic: 'DOE^J', Phonetic: 'dou' }, { Ideographic: 'X' }], 'DOE^J==dou\\=X'),
	text('00100010', 'PN', ['A^B=C'], 'A^B=C', [{ Alphabetic: 'A^B', Ideographic: 'C' }]),
	text('00080050', 'SH', ['ACC1'], 'ACC1'),
	{ tag: '00186020', vr: 'SL', values: [-2, 2147483647], little: 'feffffff ffffff7f', big: 'fffffffe 7fffffff' },
	{ tag: '00189219', vr: 'SS', values: [-2, 32767, -32768], little: 'feff ff7f 0080', big: 'fffe 7fff 8000' },
	text('00080081', 'ST', ['a \\ street'], 'a \\ street'),
	{
		tag: '00720082',
		vr: 'SV',
		values: [-2n, 9223372036854775807n],
		little: 'feffffffffffffff ffffffffffffff7f',
		big: 'fffffffffffffffe 7fffffffffffffff',
	},
	text('00080030', 'TM', ['120000.5'], '120000.5'),
	text('00080119', 'UC', ['long', 'code'], 'long\\code'),
	{ tag: '0020000D', vr: 'UI', values: ['1.2.840.10008'], little: '312e322e3834302e313030303800' },
	{ tag: '0020000D', vr: 'UI', values: ['1.2', '1.23'], little: '312e325c312e3233' },
	{ tag: '0020000D', vr: 'UI', values: ['1.2.*'], little: '312e322e2a00' },
	{ tag: '00081161', vr: 'UL', values: [1, 4294967295], little: '01000000 ffffffff', big: '00000001 ffffffff' },
	{ tag: '00091001', vr: 'UN', values: [bytesOf('01020304')], little: '01020304' },
	text('00080120', 'UR', ['http://x/\\y'], 'http://x/\\y'),
	{ tag: '00280010', vr: 'US', values: [512, 65535, 0], little: '0002 ffff 0000', big: '0200 ffff 0000' },
	text('0040A160', 'UT', ['one \\ text'], 'one \\ text'),
	{ tag: '00720083', vr: 'UV', values: [0n, 18446744073709551615n], little: '0000000000000000 ffffffffffffffff' },
	{ tag: '00081140', vr: 'SQ', values: [], little: '' },
];

/** Each VR once more, with nothing in it. */
const EMPTY_CASES = Object.values(VRS).map(({ vr }): Case => {
	const tag = CASES.find((other) => other.vr === vr)?.tag ?? '';
	return { tag, vr, values: [], little: '' };
});

const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

const number = (value: number, bytes: number, isLittle: boolean): string => {
	const digits = value.toString(16).padStart(2 * bytes, '0');
	return isLittle ? (digits.match(/../g) ?? []).reverse().join('') : digits;
};

/** The element as the tables of PS3.5 7.1 lay it out, without our encoder. */
const elementHex = (tag: string, vr: Vr, field: string, syntax: string): string => {
	const isLittle = syntax !== EXPLICIT_BIG;
	const length = bytesOf(field).length;
	const group = number(Number.parseInt(tag.slice(0, 4), 16), 2, isLittle);
	const element = number(Number.parseInt(tag.slice(4), 16), 2, isLittle);
	if (syntax === IMPLICIT_LITTLE) return group + element + number(length, 4, true) + field;
	const letters = hexOf(new TextEncoder().encode(vr));
	const lengthHex = LONG.has(vr) ? `0000${number(length, 4, isLittle)}` : number(length, 2, isLittle);
	return group + element + letters + lengthHex + field;
};

const nameOf = (uid: string): string =>
	({ [IMPLICIT_LITTLE]: 'implicit LE', [EXPLICIT_LITTLE]: 'explicit LE', [EXPLICIT_BIG]: 'explicit BE' })[uid] ?? uid;

for (const syntax of [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG]) {
	for (const { tag, vr, values, little, big, back } of [...CASES, ...EMPTY_CASES]) {
		t.test(
			`${vr} ${JSON.stringify(values, (_, v) => (typeof v === 'bigint' ? `${v}n` : v))} in ${nameOf(syntax)}`,
			async (t) => {
				const field = syntax === EXPLICIT_BIG ? (big ?? little) : little;
				const bytes = bytesOf(elementHex(tag, vr, field, syntax));
				const dataset: Dataset = { [tag]: { vr, Value: values } };
				const expected: Dataset = { [tag]: { vr, Value: back ?? values } };
				t.equal(hexOf(encodeDataset(dataset, syntax)), hexOf(bytes), 'encodes');
				const decoded = decodeDataset(bytes, syntax);
				t.strictSame(plainDataset(decoded.dataset), expected, 'decodes');
				t.match(decoded, { problems: [], truncated: false, complete: true, endOffset: bytes.length });
				t.equal(hexOf(encodeDataset(decoded.dataset, syntax)), hexOf(bytes), 'encodes as it came');
				t.equal(hexOf(encodeDataset(plainDataset(decoded.dataset), syntax)), hexOf(bytes), 'encodes as it reads');
				for (let cut = 1; cut < bytes.length; cut++) {
					const part = decodeDataset(bytes.subarray(0, cut), syntax);
					if (!part.truncated || part.complete || Object.keys(part.dataset).length > 0) t.fail(`cut at ${cut}`);
				}
				const nested: Dataset = {
					'00081140': { vr: 'SQ', Value: [dataset, {}, { '00081199': { vr: 'SQ', Value: [dataset] } }] },
					FFFCFFFC: { vr: 'OB', Value: [] },
				};
				const nestedBack = {
					'00081140': { vr: 'SQ', Value: [expected, {}, { '00081199': { vr: 'SQ', Value: [expected] } }] },
					FFFCFFFC: { vr: 'OB', Value: [] },
				};
				for (const undefinedLengths of [false, true]) {
					const inside = encodeDataset(nested, syntax, { undefinedLengths });
					const again = decodeDataset(inside, syntax);
					t.strictSame(plainDataset(again.dataset), nestedBack, `nested, undefined lengths: ${undefinedLengths}`);
					t.strictSame(again.problems, []);
				}
			},
		);
	}
}

t.test('every VR has its case', async (t) => {
	const tested = new Set(CASES.filter(({ values }) => values.length > 0).map(({ vr }) => vr));
	t.strictSame(
		Object.keys(VRS).filter((vr) => !tested.has(vr as Vr)),
		['SQ'],
	);
});

t.test('a deflated dataset is the explicit one, deflated', async (t) => {
	const dataset: Dataset = { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'DOE^JANE' }] } };
	const bytes = encodeDataset(dataset, DEFLATED);
	t.equal(bytes.length % 2, 0);
	const decoded = decodeDataset(bytes, DEFLATED);
	t.strictSame(plainDataset(decoded.dataset), dataset);
	t.strictSame(decoded.problems, []);
	for (let cut = 0; cut < bytes.length; cut++) decodeDataset(bytes.subarray(0, cut), DEFLATED);
});

const UNENCODABLE: readonly (readonly [name: string, dataset: unknown, message: string | RegExp])[] = [
	['a number out of range', { '00280010': { vr: 'US', Value: [70000] } }, '(0028,0010) US: 70000 is out of range'],
	['a negative one', { '00280010': { vr: 'US', Value: [-1] } }, '(0028,0010) US: -1 is out of range'],
	['a fraction', { '00280010': { vr: 'UL', Value: [1.5] } }, '(0028,0010) UL: 1.5 is not a whole number'],
	['a bigint out of range', { '00720082': { vr: 'SV', Value: [2n ** 63n] } }, /9223372036854775808 is out of range/],
	['text that is no number', { '00280010': { vr: 'US', Value: ['many'] } }, '(0028,0010) US: "many" is not a number'],
	['a FL out of range', { '00089459': { vr: 'FL', Value: [1e39] } }, /1e\+39 is out of range/],
	['IS out of range', { '00200013': { vr: 'IS', Value: [2 ** 31] } }, '(0020,0013) IS: 2147483648 is out of range'],
	['IS with a fraction', { '00200013': { vr: 'IS', Value: [0.5] } }, '(0020,0013) IS: 0.5 is not a whole number'],
	['DS that is no number', { '00101030': { vr: 'DS', Value: [Number.NaN] } }, /NaN is not a number/],
	['a number as text', { '00100020': { vr: 'LO', Value: [5] } }, '(0010,0020) LO: 5 is not text'],
	['AT that is no tag', { '00209165': { vr: 'AT', Value: ['PatientName'] } }, /"PatientName" is not a tag/],
	[
		'text outside of the default repertoire',
		{ '00100010': { vr: 'PN', Value: ['Müller'] } },
		'(0010,0010) PN: "Müller" cannot be written in the default character repertoire',
	],
	[
		'text outside of its character set',
		{ '00080005': { vr: 'CS', Value: ['ISO_IR 100'] }, '00100020': { vr: 'LO', Value: ['Ω'] } },
		'(0010,0020) LO: "Ω" cannot be written in ISO_IR 100',
	],
	[
		'a UID that is not ASCII',
		{ '00080005': { vr: 'CS', Value: ['ISO_IR 192'] }, '0020000D': { vr: 'UI', Value: ['1.²'] } },
		/cannot be written/,
	],
	[
		'two values where one is all',
		{ '00104000': { vr: 'LT', Value: ['a', 'b'] } },
		'(0010,4000) LT: takes one value, not 2',
	],
	[
		'two strings of bytes',
		{ '00420011': { vr: 'OB', Value: [new Uint8Array(2), new Uint8Array(2)] } },
		/takes one string of bytes, not 2/,
	],
	['bytes that are text', { '00420011': { vr: 'OB', Value: ['AAAA'] } }, '(0042,0011) OB: "AAAA" is not bytes'],
	[
		'half a word',
		{ '7FE00010': { vr: 'OW', Value: [new Uint8Array(3)] } },
		'(7FE0,0010) OW: 3 bytes do not divide into 2',
	],
	['a VR that is none', { '00100010': { vr: 'XX', Value: [] } }, '(0010,0010) XX: there is no such VR'],
	['a key that is no tag', { PatientName: { vr: 'PN', Value: [] } }, '"PatientName" is not the tag of a data element'],
	['a key in lower case', { '0008103e': { vr: 'LO', Value: [] } }, '"0008103e" is not the tag of a data element'],
	['an item tag', { FFFEE000: { vr: 'UN', Value: [] } }, '"FFFEE000" is not the tag of a data element'],
	[
		'no item in a sequence',
		{ '00081140': { vr: 'SQ', Value: ['x'] } },
		'(0008,1140) SQ: holds something else than items',
	],
	[
		'a mistake inside an item',
		{ '00081140': { vr: 'SQ', Value: [{ '00280010': { vr: 'US', Value: [70000] } }] } },
		'(0028,0010) US: 70000 is out of range',
	],
];

for (const [name, dataset, message] of UNENCODABLE) {
	t.test(`refuses ${name}`, async (t) => {
		for (const syntax of [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED]) {
			try {
				encodeDataset(dataset as Dataset, syntax);
				t.fail('encoded it');
			} catch (error) {
				t.ok(error instanceof DicomError);
				t.match(error, { failure: { blame: 'usage' }, message });
			}
		}
	});
}

t.test('takes what is not quite the shape', async (t) => {
	const encoded = (element: unknown): string =>
		hexOf(encodeDataset({ '00280010': element } as Dataset, IMPLICIT_LITTLE)).slice(16);
	t.equal(encoded({ vr: 'US', Value: ['512'] }), '0002', 'a number given as text');
	t.equal(encoded({ vr: 'US' }), '', 'no Value');
	t.equal(encoded({ vr: 'US', Value: [null] }), '', 'an empty value');
	t.equal(encoded({ vr: 'US', Value: [''] }), '', 'an empty text');
	t.equal(encoded({ vr: 'UV', Value: [1] }), '0100000000000000', 'a number as a bigint');
	t.equal(encoded({ vr: 'UV', Value: ['18446744073709551615'] }), 'ffffffffffffffff', 'a bigint given as text');
	t.equal(encoded({ vr: 'AT', Value: ['0008103e'] }), '08003e10', 'a tag in lower case');
});

t.test('tags ascend, whatever order the keys have', async (t) => {
	const dataset: Dataset = {
		'60000010': { vr: 'US', Value: [1] },
		'00100020': { vr: 'LO', Value: ['A'] },
		'10000010': { vr: 'US', Value: [1] },
		'00080005': { vr: 'CS', Value: [] },
	};
	const { dataset: back, problems } = decodeDataset(encodeDataset(dataset, EXPLICIT_LITTLE), EXPLICIT_LITTLE);
	t.strictSame(problems, [], 'none out of order');
	t.strictSame(plainDataset(back), dataset);
});

t.test('group lengths are left out, but in group 0002', async (t) => {
	const length = { vr: 'UL', Value: [4] } as const;
	const dataset: Dataset = {
		'00020000': length,
		'00080000': length,
		'00081140': { vr: 'SQ', Value: [{ '00080000': length }] },
	};
	const { dataset: back } = decodeDataset(encodeDataset(dataset, EXPLICIT_LITTLE), EXPLICIT_LITTLE);
	t.strictSame(plainDataset(back), { '00020000': length, '00081140': { vr: 'SQ', Value: [{}] } });
});

t.test('a value too long for its VR is written as UN, little endian', async (t) => {
	const values = Array.from({ length: 40_000 }, (_, index) => index);
	for (const syntax of [EXPLICIT_LITTLE, EXPLICIT_BIG]) {
		const bytes = encodeDataset({ '00280010': { vr: 'US', Value: values } }, syntax);
		t.equal(hexOf(bytes.subarray(4, 8)), '554e0000');
		t.equal(hexOf(bytes.subarray(12, 18)), '000001000200');
		const { dataset, problems } = decodeDataset(bytes, syntax);
		t.strictSame(plainDataset(dataset), { '00280010': { vr: 'US', Value: values } });
		t.strictSame(problems, []);
		t.strictSame(encodeDataset(dataset, syntax), bytes);
	}
});

t.test('a private sequence stays one, in implicit VR too', async (t) => {
	for (const items of [[], [{}], [{ '00091001': { vr: 'SQ', Value: [{}] } as const }]]) {
		const dataset: Dataset = { '00091001': { vr: 'SQ', Value: items } };
		for (const syntax of [IMPLICIT_LITTLE, EXPLICIT_LITTLE]) {
			const { dataset: back, problems } = decodeDataset(encodeDataset(dataset, syntax), syntax);
			t.strictSame(plainDataset(back), dataset);
			t.strictSame(problems, []);
		}
	}
});
