/** Headers read from bytes as they come: up to a tag, within bounds, however they are cut. */
import t from 'tap';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { plainDataset } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import type { HeaderReaderOptions } from '../../src/dicom/header-reader.ts';
import { HeaderReader } from '../../src/dicom/header-reader.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { bytesOf, hexOf } from './hex.ts';

const JPEG = '1.2.840.10008.1.2.4.50';

const HEADER: Dataset = {
	'00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
	'00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
	'00081140': { vr: 'SQ', Value: [{ '00081150': { vr: 'UI', Value: ['1.2'] } }, {}] },
	'00100010': { vr: 'PN', Value: [{ Alphabetic: 'DOE^JANE' }] },
	'00280103': { vr: 'US', Value: [1] },
	'00280106': { vr: 'SS', Value: [-5] },
	'00283000': { vr: 'SQ', Value: [{ '00081140': { vr: 'SQ', Value: [{ '00280010': { vr: 'US', Value: [3] } }] } }] },
};
const INSTANCE: Dataset = { ...HEADER, '7FE00010': { vr: 'OW', Value: [new Uint8Array(300)] } };

interface Seen {
	readonly dataset: Dataset;
	readonly problems: readonly string[];
	readonly passedOver: readonly string[];
	readonly bytesRead: number;
	readonly last: string;
}

/** What is seen of bytes that come in pieces of these sizes, over and over. */
const seen = (bytes: Uint8Array, options: HeaderReaderOptions, sizes: readonly number[]): Seen => {
	const reader = new HeaderReader(options);
	let last = 'more';
	let offset = 0;
	for (let piece = 0; offset < bytes.length && last === 'more'; piece++) {
		const size = sizes[piece % sizes.length] ?? 1;
		// A buffer that is used again, as sockets do.
		const chunk = bytes.slice(offset, offset + size);
		last = reader.push(chunk);
		chunk.fill(0xaa);
		offset += size;
	}
	const { problems, passedOver, bytesRead } = reader;
	return { dataset: plainDataset(reader.dataset), problems, passedOver, bytesRead, last };
};

const SIZES = [[1], [7], [8], [1, 2, 3, 50], [100_000]];

for (const [name, syntax] of [
	['implicit little endian', IMPLICIT_LITTLE],
	['explicit little endian', EXPLICIT_LITTLE],
	['explicit big endian', EXPLICIT_BIG],
] as const) {
	for (const undefinedLengths of [false, true]) {
		t.test(`${name}, undefined lengths: ${undefinedLengths}`, async (t) => {
			const bytes = encodeDataset(INSTANCE, syntax, { undefinedLengths });
			const header = encodeDataset(HEADER, syntax, { undefinedLengths }).length;
			for (const sizes of SIZES) {
				t.strictSame(seen(bytes, { transferSyntaxUid: syntax }, sizes), {
					dataset: HEADER,
					problems: [],
					passedOver: [],
					bytesRead: header,
					last: 'done',
				});
				const { dataset, last } = seen(bytes, { transferSyntaxUid: syntax, untilTag: '00100000' }, sizes);
				t.strictSame(Object.keys(dataset).sort(), ['00080005', '00080016', '00081140']);
				t.equal(last, 'done');
			}
			for (let cut = 0; cut < header; cut++) {
				const { dataset, problems, last } = seen(bytes.subarray(0, cut), { transferSyntaxUid: syntax }, [11]);
				const expected = decodeDataset(bytes.subarray(0, cut), syntax);
				if (last !== 'more') t.fail(`done at ${cut}`);
				if (
					JSON.stringify([dataset, problems]) !== JSON.stringify([plainDataset(expected.dataset), expected.problems])
				) {
					t.fail(`cut at ${cut}: ${JSON.stringify(problems)}`);
				}
			}
		});
	}
}

t.test('long values are passed over, whatever they stand in', async (t) => {
	const long = { vr: 'OB', Value: [new Uint8Array(5000)] } as const;
	const dataset: Dataset = {
		...HEADER,
		'00091001': long,
		'00091002': { vr: 'SQ', Value: [{ '00420011': long }] },
		'00420011': long,
		'60003000': long,
		'60020010': { vr: 'US', Value: [1] },
	};
	for (const syntax of [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED]) {
		for (const undefinedLengths of [false, true]) {
			const bytes = encodeDataset({ ...dataset, '7FE00010': long }, syntax, { undefinedLengths });
			for (const sizes of SIZES) {
				const result = seen(bytes, { transferSyntaxUid: syntax, maxValueBytes: 1000 }, sizes);
				t.strictSame(result.dataset, { ...HEADER, '60020010': { vr: 'US', Value: [1] } });
				t.strictSame(result.passedOver, ['00091001', '00091002', '00420011', '60003000']);
				t.strictSame(result.problems, []);
			}
		}
	}
});

t.test('a header that is too long ends within its bound', async (t) => {
	const many: Record<string, Dataset[string]> = {};
	for (let element = 0x10; element < 0x90; element++) {
		many[`000910${element.toString(16).toUpperCase()}`] = { vr: 'OB', Value: [new Uint8Array(50)] };
	}
	const bytes = encodeDataset({ ...INSTANCE, ...many }, EXPLICIT_LITTLE);
	const results = SIZES.map((sizes) => seen(bytes, { transferSyntaxUid: EXPLICIT_LITTLE, maxBytes: 1000 }, sizes));
	const [first] = results;
	t.match(first, { problems: ['the header is longer than 1000 bytes'], last: 'done' });
	t.ok(encodeDataset(first?.dataset ?? {}, EXPLICIT_LITTLE).length > 900);
	t.ok(encodeDataset(first?.dataset ?? {}, EXPLICIT_LITTLE).length <= 1000);
	for (const result of results) t.strictSame(result, first);
});

t.test('a header in a deflated instance', async (t) => {
	const noise = Uint8Array.from({ length: 100_000 }, (_, index) => ((index * index * 7919) >>> 5) & 0xff);
	const bytes = encodeDataset({ ...HEADER, '7FE00010': { vr: 'OB', Value: [noise] } }, DEFLATED);
	for (const sizes of SIZES) {
		const { dataset, problems, bytesRead, last } = seen(bytes, { transferSyntaxUid: DEFLATED }, sizes);
		t.strictSame(dataset, HEADER);
		t.strictSame(problems, []);
		t.equal(last, 'done');
		t.equal(bytesRead, 4096);
	}
	const small = encodeDataset(INSTANCE, DEFLATED);
	t.strictSame(
		seen(small, { transferSyntaxUid: DEFLATED }, [10]).dataset,
		HEADER,
		'one that ends before it is looked at',
	);
	const bomb = encodeDataset({ '00091001': { vr: 'OB', Value: [new Uint8Array(64 * 1024 * 1024)] } }, DEFLATED);
	const before = process.memoryUsage().arrayBuffers;
	for (const sizes of [[1000], [100_000]]) {
		const reader = new HeaderReader({ transferSyntaxUid: DEFLATED });
		for (let offset = 0; offset < bomb.length; offset += sizes[0] ?? 1) {
			reader.push(bomb.subarray(offset, offset + (sizes[0] ?? 1)));
		}
		t.strictSame(Object.keys(reader.dataset), []);
	}
	t.ok(process.memoryUsage().arrayBuffers - before < 64 * 1024 * 1024);
});

t.test('encapsulated Pixel Data is not read, unless it is asked for', async (t) => {
	const pixels = { vr: 'OB', Value: [new Uint8Array(0), new Uint8Array(40)] } as const;
	const instance: Dataset = { ...HEADER, '7FE00010': pixels, FFFCFFFC: { vr: 'OB', Value: [] } };
	const bytes = encodeDataset(instance, JPEG);
	for (const sizes of SIZES) {
		t.strictSame(seen(bytes, { transferSyntaxUid: JPEG }, sizes).dataset, HEADER);
		const whole = seen(bytes, { transferSyntaxUid: JPEG, untilTag: 'FFFEE000' }, sizes);
		t.strictSame(whole.dataset, instance);
		t.match(whole, { bytesRead: bytes.length, last: 'more' });
	}
});

t.test('an instance of any size takes no more than its header', async (t) => {
	const reader = new HeaderReader({ transferSyntaxUid: EXPLICIT_LITTLE, untilTag: 'FFFFFFFF' });
	const header = encodeDataset(HEADER, EXPLICIT_LITTLE);
	reader.push(header);
	reader.push(bytesOf('e07f 1000 4f57 0000 0000 0040'));
	const chunk = new Uint8Array(1024 * 1024);
	const before = process.memoryUsage().arrayBuffers;
	for (let mebibyte = 0; mebibyte < 1024; mebibyte++) reader.push(chunk);
	t.ok(process.memoryUsage().arrayBuffers - before < 1024 * 1024);
	t.equal(reader.push(bytesOf('fcff fcff 4f42 0000 0000 0000')), 'more');
	t.strictSame(reader.passedOver, ['7FE00010']);
	t.strictSame(Object.keys(reader.dataset).at(-1), 'FFFCFFFC');
});

/** Bytes in which the structure goes wrong. Where the walk thinks that elements end must be where decoding thinks so. */
const BROKEN: readonly (readonly [name: string, hex: string])[] = [
	[
		'what is no item ends a sequence',
		'0800 4011 5351 0000 ffff ffff feff 00e0 0000 0000 2000 1300 4953 0200 3720 2000 1400 4953 0200 3720',
	],
	[
		'an item without a delimiter',
		'0800 4011 5351 0000 ffff ffff feff 00e0 ffff ffff 0800 6000 4353 0200 4354 feff dde0 0000 0000 2000 1300 4953 0200 3720',
	],
	[
		'delimiters nobody needs',
		'0800 6000 4353 0200 4354 feff dde0 0000 0000 feff 0de0 0000 0000 2000 1300 4953 0200 3720',
	],
	['an item nobody needs', '0800 6000 4353 0200 4354 feff 00e0 0000 0000 2000 1300 4953 0200 3720'],
	[
		'private UN of undefined length',
		'0900 0110 554e 0000 ffff ffff feff 00e0 ffff ffff 0800 6000 0200 0000 4354 feff 0de0 0000 0000 feff dde0 0000 0000 2000 1300 4953 0200 3720',
	],
	[
		'what is no item ends a UN',
		'0900 0110 554e 0000 ffff ffff 2000 1300 4953 0200 3720 2000 1400 5554 0000 0200 0000 3720',
	],
	['text of undefined length', '0800 6000 4353 0200 4354 0800 1901 5543 0000 ffff ffff 2000 1300 4953 0200 3720'],
	['what is no fragment', 'df7f 1000 4f42 0000 ffff ffff feff 00e0 0200 0000 0102 df7f 1100 4953 0200 3720'],
	['a fragment of undefined length', 'df7f 1000 4f42 0000 ffff ffff feff 00e0 ffff ffff df7f 1100 4953 0200 3720'],
	['implicit VR under an explicit transfer syntax', '0800 6000 0200 0000 4354 2000 1300 0200 0000 3720'],
	['a VR that does not exist', '0900 0110 3f3f 0200 0102 0900 0210 5a5a 0000 0200 0000 0102 2000 1300 4953 0200 3720'],
];

for (const [name, hex] of BROKEN) {
	t.test(`agrees with the decoder about ${name}`, async (t) => {
		const bytes = bytesOf(`${hex} e07f 1000 4f57 0000 0200 0000 0102`);
		const expected = decodeDataset(bytes, EXPLICIT_LITTLE, { untilTag: '7FE00001' });
		for (const sizes of SIZES) {
			const { dataset, bytesRead, last } = seen(bytes, { transferSyntaxUid: EXPLICIT_LITTLE }, sizes);
			t.strictSame(dataset, plainDataset(expected.dataset));
			t.equal(last, 'done');
			if (expected.endOffset < bytes.length) t.equal(bytesRead, expected.endOffset);
		}
		const short = seen(bytes, { transferSyntaxUid: EXPLICIT_LITTLE, maxValueBytes: 4 }, [1]);
		for (const sizes of SIZES)
			t.strictSame(seen(bytes, { transferSyntaxUid: EXPLICIT_LITTLE, maxValueBytes: 4 }, sizes), short);
	});
}

t.test('a hundred thousand levels of sequences end the header', async (t) => {
	const level = '0800 4011 5351 0000 ffff ffff feff 00e0 ffff ffff';
	const bytes = bytesOf(level.repeat(100_000));
	const reader = new HeaderReader({ transferSyntaxUid: EXPLICIT_LITTLE });
	t.equal(reader.push(bytes), 'done');
	t.match(reader.problems, ['sequences are nested more than 64 deep']);
	t.equal(
		hexOf(encodeDataset(reader.dataset, EXPLICIT_LITTLE, { undefinedLengths: true })).startsWith(
			hexOf(bytesOf(level.repeat(63))),
		),
		true,
	);
});
