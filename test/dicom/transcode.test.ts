/** Transcoding among the uncompressed transfer syntaxes: each into each, in one piece and in many (PS3.5 Annex A). */
import t from 'tap';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { plainDataset } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { DatasetTranscoder, isTranscodable, transcode } from '../../src/dicom/transcode.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { DicomError } from '../../src/errors.ts';
import { bytesOf, hexOf } from './hex.ts';

const SYNTAXES = [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED];
const JPEG = '1.2.840.10008.1.2.4.50';

const sequence = (...items: Dataset[]): Dataset[string] => ({ vr: 'SQ', Value: items });
const bytes = (vr: 'OB' | 'OW' | 'OV' | 'UN', length: number): Dataset[string] => ({
	vr,
	Value: [Uint8Array.from({ length }, (_, index) => (index * 31) & 0xff)],
});

const DATASET: Dataset = {
	'00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
	'00080052': { vr: 'CS', Value: [] },
	'00081140': sequence(
		{},
		{ '00081199': sequence({ '00100010': { vr: 'PN', Value: [{ Alphabetic: 'MÜLLER^É' }] } }, {}) },
	),
	'00081161': { vr: 'UL', Value: [1, 4294967295] },
	'00090010': { vr: 'LO', Value: ['ACME'] },
	'00091001': bytes('UN', 7 + 1),
	'00189073': { vr: 'FD', Value: [1.5] },
	'00209165': { vr: 'AT', Value: ['00181063'] },
	'00280103': { vr: 'US', Value: [1] },
	'00280106': { vr: 'SS', Value: [-5] },
	'00720083': { vr: 'UV', Value: [2n ** 60n + 1n] },
	'7FE00001': bytes('OV', 16),
	'7FE00010': bytes('OW', 200),
};

for (const from of SYNTAXES) {
	for (const to of SYNTAXES) {
		t.test(`${from} to ${to}`, async (t) => {
			for (const undefinedLengths of [false, true]) {
				const there = transcode(encodeDataset(DATASET, from, { undefinedLengths }), from, to);
				t.strictSame(there, encodeDataset(DATASET, to));
			}
			t.ok(isTranscodable(from, to));
		});
	}
}

t.test('text is not touched, whatever character set it is in', async (t) => {
	const name = '1000 1000 0600 0000 4dfc6c6c6572';
	const there = transcode(bytesOf(name), IMPLICIT_LITTLE, EXPLICIT_BIG);
	t.equal(hexOf(there), hexOf(bytesOf('0010 0010 504e 0006 4dfc6c6c6572')));
});

t.test('UN stays as it is', async (t) => {
	const unknown = '0800 6000 554e 0000 0200 0000 4354';
	t.equal(
		hexOf(transcode(bytesOf(unknown), EXPLICIT_LITTLE, EXPLICIT_BIG)),
		hexOf(bytesOf('0008 0060 554e 0000 0000 0002 4354')),
	);
});

const REFUSED: readonly (readonly [name: string, hex: string, from: string, to: string, message: RegExp])[] = [
	[
		'compressed to uncompressed',
		'',
		JPEG,
		EXPLICIT_LITTLE,
		/JPEG Baseline \(Process 1\) is not among the uncompressed/,
	],
	[
		'uncompressed to compressed',
		'',
		EXPLICIT_LITTLE,
		JPEG,
		/JPEG Baseline \(Process 1\) is not among the uncompressed/,
	],
	['an unknown transfer syntax', '', '1.2.3', EXPLICIT_LITTLE, /1\.2\.3 is not among the uncompressed/],
	[
		'a dataset that is cut',
		'0800 6000 4353 0200 43',
		EXPLICIT_LITTLE,
		IMPLICIT_LITTLE,
		/damaged.*is cut after 1 of 2 bytes/,
	],
	[
		'encapsulated Pixel Data',
		'e07f 1000 4f42 0000 ffff ffff feff 00e0 0000 0000 feff dde0 0000 0000',
		EXPLICIT_LITTLE,
		IMPLICIT_LITTLE,
		/encapsulated pixel data/,
	],
];

for (const [name, hex, from, to, message] of REFUSED) {
	t.test(`refuses ${name}`, async (t) => {
		t.throws(() => transcode(bytesOf(hex), from, to), message);
		try {
			const transcoder = new DatasetTranscoder(from, to);
			transcoder.push(bytesOf(hex));
			transcoder.end();
			t.fail('went through');
		} catch (error) {
			t.ok(error instanceof DicomError && error.failure.blame === 'usage');
			t.match(error, { message });
		}
	});
}

const piecewise = (whole: Uint8Array, from: string, to: string, size: number): Uint8Array => {
	const transcoder = new DatasetTranscoder(from, to);
	const parts: Uint8Array[] = [];
	for (let offset = 0; offset < whole.length; offset += size) {
		const chunk = whole.slice(offset, offset + size);
		parts.push(transcoder.push(chunk));
		chunk.fill(0xaa);
	}
	parts.push(transcoder.end());
	return new Uint8Array(Buffer.concat(parts));
};

const LARGE: Dataset = {
	...DATASET,
	'00091002': bytes('UN', 70_000),
	'00091003': bytes('UN', 10),
	'00420011': bytes('OB', 80_000),
	'00720074': { vr: 'FD', Value: [0.1] },
	'00283000': sequence({ '00283006': bytes('OW', 90_000), '00283002': { vr: 'SS', Value: [-1, 0, 16] } }),
	'7FE00010': bytes('OW', 100_002),
	FFFCFFFC: bytes('OB', 6),
};

for (const from of SYNTAXES.slice(0, 3)) {
	for (const to of SYNTAXES.slice(0, 3)) {
		t.test(`in pieces, ${from} to ${to}`, async (t) => {
			const expected = encodeDataset(LARGE, to);
			for (const undefinedLengths of [false, true]) {
				const whole = encodeDataset(LARGE, from, { undefinedLengths });
				for (const size of [1001, 65_536, whole.length]) {
					if (Buffer.compare(piecewise(whole, from, to, size), expected) !== 0) t.fail(`in pieces of ${size}`);
				}
			}
			t.strictSame(plainDataset(decodeDataset(expected, to).dataset), LARGE);
		});
	}
}

t.test('signedness is remembered behind a long value', async (t) => {
	// (0028,0103) stands in front of what flows through, (0028,0106) behind it.
	const long = hexOf(encodeDataset({ '00280104': bytes('OB', 0x20010) }, IMPLICIT_LITTLE));
	const whole = bytesOf(`2800 0301 0200 0000 0100 ${long} 2800 0601 0200 0000 fbff`);
	const there = piecewise(whole, IMPLICIT_LITTLE, EXPLICIT_LITTLE, 4096);
	t.equal(hexOf(there.subarray(-10)), hexOf(bytesOf('2800 0601 5353 0200 fbff')));
});

t.test('a dataset that ends inside a long value', async (t) => {
	const whole = encodeDataset({ '7FE00010': bytes('OW', 100_000) }, EXPLICIT_LITTLE);
	t.throws(
		() => piecewise(whole.subarray(0, 90_000), EXPLICIT_LITTLE, EXPLICIT_BIG, 5000),
		/ends inside its longest value/,
	);
});

t.test('a large instance flows through', async (t) => {
	const transcoder = new DatasetTranscoder(EXPLICIT_LITTLE, EXPLICIT_BIG);
	transcoder.push(bytesOf('e07f 1000 4f57 0000 0000 0010'));
	const chunk = new Uint8Array(64 * 1024);
	let sent = 0;
	for (let piece = 0; piece < 4096; piece++) sent += transcoder.push(chunk).length;
	t.equal(sent, 4096 * 64 * 1024);
	t.equal(transcoder.end().length, 0);
});
