/** What peers and files send that the standard does not foresee: kept as far as it makes sense, and said (PS3.5 7). */
import { constants, deflateRawSync } from 'node:zlib';
import t from 'tap';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { itemsOf, plainDataset, stringsOf, textOf, withCharacterSet } from '../../src/dicom/dataset.ts';
import type { DecodeOptions } from '../../src/dicom/decode.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { bytesOf, hexOf } from './hex.ts';

/** (0008,0060) CS CT and (0020,0013) IS 7, in explicit VR: what stands before and behind what is tested. */
const CT = '0800 6000 4353 0200 4354';
const SEVEN = '2000 1300 4953 0200 3720';
const AROUND: Dataset = { '00080060': { vr: 'CS', Value: ['CT'] }, '00200013': { vr: 'IS', Value: [7] } };

interface Case {
	readonly name: string;
	readonly bytes: string;
	readonly syntax?: string;
	readonly options?: DecodeOptions;
	readonly dataset: Dataset;
	readonly problems?: readonly (string | RegExp)[];
	readonly truncated?: boolean;
	readonly complete?: boolean;
	readonly endOffset?: number;
}

const ITEM_CT = `feff 00e0 0a00 0000 ${CT}`;
const SEQUENCE_OF_CT = { vr: 'SQ', Value: [{ '00080060': { vr: 'CS', Value: ['CT'] } }] } as const;

const CASES: readonly Case[] = [
	{ name: 'nothing', bytes: '', dataset: {} },
	{
		name: 'an odd length',
		bytes: `0800 5000 5348 0300 414243 ${SEVEN}`,
		dataset: { '00080050': { vr: 'SH', Value: ['ABC'] }, '00200013': { vr: 'IS', Value: [7] } },
		problems: ['(0008,0050) has an odd length, 3'],
	},
	{
		name: 'numbers with bytes left over',
		bytes: '2800 1000 5553 0300 000200',
		dataset: { '00280010': { vr: 'US', Value: [512] } },
		problems: ['(0028,0010) has an odd length, 3'],
	},
	{
		name: 'text padded with NULs and spaces, a UID with a space',
		bytes: '0800 5000 5348 0600 204142 002000 2000 0d00 5549 0400 312e3220 2000 1000 5348 0200 2020',
		dataset: {
			'00080050': { vr: 'SH', Value: ['AB'] },
			'0020000D': { vr: 'UI', Value: ['1.2'] },
			'00200010': { vr: 'SH', Value: [] },
		},
	},
	{
		name: 'group lengths',
		bytes: `0800 0000 554c 0400 0a000000 ${CT}`,
		dataset: { '00080000': { vr: 'UL', Value: [10] }, '00080060': { vr: 'CS', Value: ['CT'] } },
	},
	{
		name: 'tags out of order',
		bytes: `${SEVEN} ${CT}`,
		dataset: AROUND,
		problems: ['(0008,0060) is not in ascending order'],
	},
	{
		name: 'a tag that appears twice',
		bytes: `${CT} 0800 6000 4353 0200 4d52`,
		dataset: { '00080060': { vr: 'CS', Value: ['MR'] } },
		problems: ['(0008,0060) appears twice; the last one counts'],
		complete: false,
	},
	{
		name: 'a value that is cut',
		bytes: `${CT} 2000 0d00 5549 1000 312e32`,
		dataset: { '00080060': { vr: 'CS', Value: ['CT'] } },
		problems: ['(0020,000D) is cut after 3 of 16 bytes'],
		truncated: true,
		complete: false,
	},
	{
		name: 'a header that is cut',
		bytes: `${CT} 2000 1300`,
		dataset: { '00080060': { vr: 'CS', Value: ['CT'] } },
		problems: ['the bytes end inside an element header, at 10'],
		truncated: true,
		complete: false,
	},
	{
		name: 'a sequence that is cut keeps what was there',
		bytes: `0800 4011 5351 0000 4000 0000 ${ITEM_CT} feff 00e0 2000 0000 ${CT} 2000 1300 4953`,
		dataset: { '00081140': { vr: 'SQ', Value: [...SEQUENCE_OF_CT.Value, ...SEQUENCE_OF_CT.Value] } },
		problems: [/^\(0008,1140\) is cut/, /^\(FFFE,E000\) is cut/],
		truncated: true,
		complete: false,
	},
	{
		name: 'an element beyond its item ends the item, not the dataset',
		bytes: `0800 4011 5351 0000 2400 0000 feff 00e0 1200 0000 ${CT} 2000 1300 4953 4000 feff 00e0 0200 0000 3720 ${SEVEN}`,
		dataset: { '00081140': { vr: 'SQ', Value: [...SEQUENCE_OF_CT.Value, {}] }, '00200013': { vr: 'IS', Value: [7] } },
		problems: ['(0020,0013) goes beyond the end of its item', 'an element header goes beyond what it stands in'],
		complete: false,
	},
	{
		name: 'an item beyond its sequence ends the sequence',
		bytes: `0800 4011 5351 0000 1200 0000 feff 00e0 2000 0000 ${CT} ${SEVEN}`,
		dataset: { '00081140': { vr: 'SQ', Value: [] }, '00200013': { vr: 'IS', Value: [7] } },
		problems: ['(FFFE,E000) goes beyond the end of its sequence'],
		complete: false,
	},
	{
		name: 'a sequence beyond its item ends the item',
		bytes: `0800 4011 5351 0000 1c00 0000 feff 00e0 1400 0000 0800 4011 5351 0000 4000 0000 feff 00e0 0000 0000 ${SEVEN}`,
		dataset: { '00081140': { vr: 'SQ', Value: [{}] }, '00200013': { vr: 'IS', Value: [7] } },
		problems: ['(0008,1140) goes beyond the end of its item'],
		complete: false,
	},
	{
		name: 'what is no item ends a sequence of undefined length',
		bytes: `0800 4011 5351 0000 ffff ffff ${ITEM_CT} ${SEVEN}`,
		dataset: { '00081140': SEQUENCE_OF_CT, '00200013': { vr: 'IS', Value: [7] } },
		problems: ['(0020,0013) stands where an item should'],
		complete: false,
	},
	{
		name: 'an item without its delimiter ends with the sequence',
		bytes: `0800 4011 5351 0000 ffff ffff feff 00e0 ffff ffff ${CT} feff dde0 0000 0000 ${SEVEN}`,
		dataset: { '00081140': SEQUENCE_OF_CT, '00200013': { vr: 'IS', Value: [7] } },
		problems: ['an item has no delimiter'],
	},
	{
		name: 'a sequence without its delimiter ends with the bytes',
		bytes: `0800 4011 5351 0000 ffff ffff ${ITEM_CT}`,
		dataset: { '00081140': SEQUENCE_OF_CT },
		problems: [/^the bytes end inside a sequence/],
		truncated: true,
		complete: false,
	},
	{
		name: 'a sequence with both a length and a delimiter',
		bytes: `0800 4011 5351 0000 1a00 0000 ${ITEM_CT} feff dde0 0000 0000 ${SEVEN}`,
		dataset: { '00081140': SEQUENCE_OF_CT, '00200013': { vr: 'IS', Value: [7] } },
		problems: ['a sequence has both a length and a delimiter'],
	},
	{
		name: 'a delimiter nobody needs',
		bytes: `${CT} feff dde0 0000 0000 ${SEVEN}`,
		dataset: AROUND,
		problems: ['(FFFE,E0DD) stands where no item is open'],
	},
	{
		name: 'an item nobody needs',
		bytes: `${CT} ${ITEM_CT} ${SEVEN}`,
		dataset: { '00080060': { vr: 'CS', Value: ['CT'] } },
		problems: ['(FFFE,E000) stands where no item is open'],
		complete: false,
	},
	{
		name: 'text of undefined length',
		bytes: `${CT} 0800 1901 5543 0000 ffff ffff ${SEVEN}`,
		dataset: { '00080060': { vr: 'CS', Value: ['CT'] } },
		problems: ['(0008,0119) UC has an undefined length'],
		complete: false,
	},
	{
		name: 'UN of a known element',
		bytes: `0800 6000 554e 0000 0200 0000 4354 2800 1000 554e 0000 0200 0000 0002`,
		dataset: { '00080060': { vr: 'CS', Value: ['CT'] }, '00280010': { vr: 'US', Value: [512] } },
	},
	{
		name: 'UN of a known element in big endian, where UN stays little',
		syntax: EXPLICIT_BIG,
		bytes: '0008 0060 4353 0002 4354 0028 0010 554e 0000 00000002 0002',
		dataset: { '00080060': { vr: 'CS', Value: ['CT'] }, '00280010': { vr: 'US', Value: [512] } },
	},
	{
		name: 'UN that is asked to stay UN',
		bytes: '0800 6000 554e 0000 0200 0000 4354',
		options: { keepUnknown: true },
		dataset: { '00080060': { vr: 'UN', Value: [bytesOf('4354')] } },
	},
	{
		name: 'UN of a known sequence is implicit VR inside',
		bytes: `0800 4011 554e 0000 1200 0000 feff 00e0 0a00 0000 0800 6000 0200 0000 4354 ${SEVEN}`,
		dataset: { '00081140': SEQUENCE_OF_CT, '00200013': { vr: 'IS', Value: [7] } },
	},
	{
		name: 'UN of a known sequence that holds no items',
		bytes: `0800 4011 554e 0000 0400 0000 01020304 ${SEVEN}`,
		dataset: { '00081140': { vr: 'UN', Value: [bytesOf('01020304')] }, '00200013': { vr: 'IS', Value: [7] } },
	},
	{
		name: 'private UN of undefined length is a sequence, implicit VR inside',
		bytes: `0900 0110 554e 0000 ffff ffff feff 00e0 ffff ffff 0800 6000 0200 0000 4354 feff 0de0 0000 0000 feff dde0 0000 0000 ${SEVEN}`,
		dataset: { '00091001': SEQUENCE_OF_CT, '00200013': { vr: 'IS', Value: [7] } },
	},
	{
		name: 'private elements in implicit VR',
		syntax: IMPLICIT_LITTLE,
		bytes:
			'0900 1000 0400 0000 41434d45 0900 0110 0200 0000 0102 0900 0210 ffff ffff feff 00e0 0000 0000 feff dde0 0000 0000',
		dataset: {
			'00090010': { vr: 'LO', Value: ['ACME'] },
			'00091001': { vr: 'UN', Value: [bytesOf('0102')] },
			'00091002': { vr: 'SQ', Value: [{}] },
		},
	},
	{
		name: 'US or SS by Pixel Representation, inherited by items',
		syntax: IMPLICIT_LITTLE,
		bytes:
			'2800 0301 0200 0000 0100 2800 0601 0200 0000 fbff 2800 0030 1200 0000 feff 00e0 0a00 0000 2800 0230 0200 0000 ffff',
		dataset: {
			'00280103': { vr: 'US', Value: [1] },
			'00280106': { vr: 'SS', Value: [-5] },
			'00283000': { vr: 'SQ', Value: [{ '00283002': { vr: 'SS', Value: [-1] } }] },
		},
	},
	{
		name: 'US or SS where nothing says that they are signed',
		syntax: IMPLICIT_LITTLE,
		bytes: '2800 0601 0200 0000 fbff',
		dataset: { '00280106': { vr: 'US', Value: [65531] } },
	},
	{
		name: 'OB or OW in implicit VR is OW',
		syntax: IMPLICIT_LITTLE,
		bytes: 'e07f 1000 0200 0000 0102',
		dataset: { '7FE00010': { vr: 'OW', Value: [bytesOf('0102')] } },
	},
	{
		name: 'a VR to come has the long form',
		bytes: `0900 0110 5a5a 0000 0200 0000 0102 ${SEVEN}`,
		dataset: { '00091001': { vr: 'UN', Value: [bytesOf('0102')] }, '00200013': { vr: 'IS', Value: [7] } },
		problems: ['(0009,1001) has no VR that exists'],
	},
	{
		name: 'a VR of question marks has the short form',
		bytes: `0900 0110 3f3f 0200 0102 ${SEVEN}`,
		dataset: { '00091001': { vr: 'UN', Value: [bytesOf('0102')] }, '00200013': { vr: 'IS', Value: [7] } },
		problems: ['(0009,1001) has no VR that exists'],
	},
	{
		name: 'implicit VR under an explicit transfer syntax',
		bytes: '0800 6000 0200 0000 4354 2000 1300 0200 0000 3720',
		dataset: AROUND,
		problems: ['the dataset is in implicit VR, not as its transfer syntax says'],
	},
	{
		name: 'explicit VR under the implicit transfer syntax',
		syntax: IMPLICIT_LITTLE,
		bytes: CT + SEVEN,
		dataset: AROUND,
		problems: ['the dataset is in explicit VR, not as its transfer syntax says'],
	},
	{
		name: 'stops before a tag',
		bytes: CT + SEVEN,
		options: { untilTag: '00200013' },
		dataset: { '00080060': { vr: 'CS', Value: ['CT'] } },
		endOffset: 10,
	},
	{
		name: 'stops before a higher tag',
		bytes: CT + SEVEN,
		options: { untilTag: '00100010' },
		dataset: { '00080060': { vr: 'CS', Value: ['CT'] } },
		endOffset: 10,
	},
	{
		name: 'does not stop at a tag in an item',
		bytes: `0800 4011 5351 0000 1200 0000 feff 00e0 0a00 0000 ${SEVEN} ${SEVEN}`,
		options: { untilTag: '00100000' },
		dataset: { '00081140': { vr: 'SQ', Value: [{ '00200013': { vr: 'IS', Value: [7] } }] } },
		endOffset: 30,
	},
	{
		name: 'encapsulated Pixel Data',
		syntax: '1.2.840.10008.1.2.4.50',
		bytes: `${SEVEN} e07f 1000 4f42 0000 ffff ffff feff 00e0 0000 0000 feff 00e0 0400 0000 feff 0de0 feff 00e0 0200 0000 0506 feff dde0 0000 0000 fcff fcff 4f42 0000 0000 0000`,
		dataset: {
			'00200013': { vr: 'IS', Value: [7] },
			'7FE00010': { vr: 'OB', Value: [bytesOf(''), bytesOf('feff0de0'), bytesOf('0506')] },
			FFFCFFFC: { vr: 'OB', Value: [] },
		},
	},
	{
		name: 'encapsulated Pixel Data that is cut keeps its whole fragments',
		syntax: '1.2.840.10008.1.2.4.50',
		bytes: `e07f 1000 4f42 0000 ffff ffff feff 00e0 0000 0000 feff 00e0 0400 0000 0102`,
		dataset: { '7FE00010': { vr: 'OB', Value: [bytesOf('')] } },
		problems: [/^the bytes end inside a fragment/],
		truncated: true,
		complete: false,
	},
	{
		name: 'a transfer syntax that PS3.6 does not have is explicit little endian',
		syntax: '1.2.3',
		bytes: CT + SEVEN,
		dataset: AROUND,
	},
	{
		name: 'too many elements',
		bytes: CT + SEVEN,
		options: { maxElements: 1 },
		dataset: { '00080060': { vr: 'CS', Value: ['CT'] } },
		problems: ['too many elements'],
		complete: false,
	},
];

for (const { name, bytes: hex, syntax, options, dataset, problems, truncated, complete, endOffset } of CASES) {
	t.test(name, async (t) => {
		const bytes = bytesOf(hex);
		const decoded = decodeDataset(bytes, syntax ?? EXPLICIT_LITTLE, options);
		t.strictSame(plainDataset(decoded.dataset), dataset);
		t.match(decoded.problems, problems ?? []);
		t.equal(decoded.problems.length, (problems ?? []).length, decoded.problems.join('; '));
		t.equal(decoded.truncated, truncated ?? false, 'truncated');
		t.equal(decoded.complete, complete ?? true, 'complete');
		t.equal(decoded.endOffset, endOffset ?? bytes.length);
		for (let cut = 0; cut < bytes.length; cut++) {
			const part = decodeDataset(bytes.subarray(0, cut), syntax ?? EXPLICIT_LITTLE, options);
			if (part.endOffset > cut) t.fail(`read beyond ${cut}`);
			plainDataset(part.dataset);
		}
	});
}

t.test('a Buffer, also one that is a part of a pool, is read as what it is', async (t) => {
	const pool = Buffer.from(`0000${hexOf(bytesOf('e07f 1000 4f57 0000 0200 0000 0102'))}0000`, 'hex');
	const { dataset } = decodeDataset(pool.subarray(2, -2), EXPLICIT_LITTLE);
	const [value] = dataset['7FE00010']?.Value ?? [];
	t.equal(Object.getPrototypeOf(value), Uint8Array.prototype);
	t.strictSame(plainDataset(dataset), { '7FE00010': { vr: 'OW', Value: [bytesOf('0102')] } });
	t.equal(Object.getPrototypeOf(encodeDataset(AROUND, DEFLATED)), Uint8Array.prototype);
});

t.test('the bytes of values are views, not copies', async (t) => {
	const bytes = bytesOf('0000 e07f 1000 4f57 0000 0200 0000 0102').subarray(2);
	const [value] = decodeDataset(bytes, EXPLICIT_LITTLE).dataset['7FE00010']?.Value ?? [];
	t.ok(value instanceof Uint8Array && value.buffer === bytes.buffer && value.byteOffset === 14);
});

const nested = (levels: number, isDelimited: boolean): Uint8Array => {
	const dataset = new Uint8Array(levels * (isDelimited ? 36 : 20));
	const view = new DataView(dataset.buffer);
	for (let level = 0; level < levels; level++) {
		const inside = (levels - level - 1) * 20;
		const start = level * 20;
		dataset.set(bytesOf('0800 4011 5351 0000 ffff ffff feff 00e0 ffff ffff'), start);
		if (!isDelimited) {
			view.setUint32(start + 8, inside + 8, true);
			view.setUint32(start + 16, inside, true);
		} else dataset.set(bytesOf('feff 0de0 0000 0000 feff dde0 0000 0000'), levels * 20 + level * 16);
	}
	return dataset;
};

const depthOf = (dataset: Dataset): number => {
	let depth = 0;
	for (let here: Dataset | undefined = dataset; here !== undefined; [here] = itemsOf(here, '00081140')) depth++;
	return depth - 1;
};

for (const isDelimited of [false, true]) {
	for (const levels of [1, 63, 64, 65, 1000, 100_000]) {
		t.test(`${levels} levels of sequences, ${isDelimited ? 'undefined' : 'defined'} lengths`, async (t) => {
			const decoded = decodeDataset(nested(levels, isDelimited), EXPLICIT_LITTLE);
			t.equal(depthOf(decoded.dataset), Math.min(levels, 64));
			t.strictSame(decoded.problems, levels > 64 ? ['sequences are nested more than 64 deep'] : []);
			t.equal(decoded.complete, levels <= 64);
			if (levels > 64) return;
			const again = encodeDataset(decoded.dataset, EXPLICIT_LITTLE, { undefinedLengths: isDelimited });
			t.equal(hexOf(again), hexOf(nested(levels, isDelimited)).slice(0, 2 * again.length));
		});
	}
}

t.test('nesting deeper than 64 is not encoded', async (t) => {
	let dataset: Dataset = {};
	for (let level = 0; level < 65; level++) dataset = { '00081140': { vr: 'SQ', Value: [dataset] } };
	t.throws(() => encodeDataset(dataset, EXPLICIT_LITTLE), /\(0008,1140\) SQ: is nested more than 64 deep/);
	const [inner] = itemsOf(dataset, '00081140');
	t.doesNotThrow(() => encodeDataset(inner ?? {}, EXPLICIT_LITTLE));
});

t.test('a deflated bomb gives its beginning, and not more than was allowed', async (t) => {
	const zeros = { vr: 'OW', Value: [new Uint8Array(64 * 1024 * 1024)] } as const;
	const bomb = encodeDataset({ ...AROUND, '7FE00010': zeros }, DEFLATED);
	const before = process.memoryUsage().arrayBuffers;
	const { dataset, problems, complete, loss } = decodeDataset(bomb, DEFLATED, { maxInflatedBytes: 1024 * 1024 });
	t.ok(process.memoryUsage().arrayBuffers - before < 8 * 1024 * 1024);
	t.strictSame(plainDataset(dataset), AROUND);
	t.match(problems, ['inflates to more than 1048576 bytes']);
	t.match({ complete, loss }, { complete: false, loss: problems[0] }, 'whatever is said of the beginning');
});

t.test('a damaged deflated dataset gives what stands before the damage', async (t) => {
	const name = { vr: 'PN', Value: [{ Alphabetic: 'DOE^JANE' }] } as const;
	const whole = encodeDataset(
		{ '00100010': name, '7FE00010': { vr: 'OB', Value: [new Uint8Array(5000)] } },
		EXPLICIT_LITTLE,
	);
	// What is flushed is whole blocks; behind them a block of a type that does not exist.
	const good = deflateRawSync(whole.subarray(0, 1000), { finishFlush: constants.Z_FULL_FLUSH });
	const deflated = Uint8Array.from([...good, ...new Uint8Array(1000).fill(0xff)]);
	const { dataset, problems } = decodeDataset(deflated, DEFLATED);
	t.strictSame(plainDataset(dataset), { '00100010': name });
	t.equal(problems[0], 'the deflated bytes are damaged');
});

t.test('bytes behind a deflated stream are left alone', async (t) => {
	const stream = deflateRawSync(encodeDataset(AROUND, EXPLICIT_LITTLE));
	for (const behind of ['00', '0000', 'ffff']) {
		const { dataset, problems } = decodeDataset(bytesOf(hexOf(stream) + behind), DEFLATED);
		t.strictSame(plainDataset(dataset), AROUND);
		t.strictSame(problems, []);
	}
});

t.test('problems are counted no further than a hundred', async (t) => {
	const odd = '0800 5000 5348 0100 41'.repeat(500);
	t.equal(decodeDataset(bytesOf(odd), EXPLICIT_LITTLE).problems.length, 100);
});

t.test('text keeps its bytes until it is shown', async (t) => {
	// ISO_IR 100 is said, but the bytes are UTF-8; the first item says ISO_IR 192, the second says nothing.
	const said = '0800 0500 4353 0a00 49534f5f495220313030';
	const saidInside = '0800 0500 4353 0a00 49534f5f495220313932';
	const name = '1000 1000 504e 0800 4dc3bc6c6c657220';
	const bytes = bytesOf(
		`${said} 0800 4011 5351 0000 4200 0000 feff 00e0 2200 0000 ${saidInside} ${name} feff 00e0 1000 0000 ${name} ${name}`,
	);
	const { dataset, problems } = decodeDataset(bytes, EXPLICIT_LITTLE);
	t.strictSame(problems, []);
	const names = (of: Dataset): string[] => [of, ...itemsOf(of, '00081140')].map((item) => textOf(item, '00100010'));
	t.strictSame(names(dataset), ['MÃ¼ller', 'Müller', 'MÃ¼ller'], 'items inherit or have their own');
	const read = withCharacterSet(dataset, ['ISO_IR 192']);
	t.strictSame(names(read), ['Müller', 'Müller', 'Müller'], 'overridden');
	t.strictSame(names(withCharacterSet(read, ['ISO_IR 100'])), ['MÃ¼ller', 'MÃ¼ller', 'MÃ¼ller'], 'and back');
	t.strictSame(names(dataset), ['MÃ¼ller', 'Müller', 'MÃ¼ller'], 'the first is what it was');
	for (const each of [dataset, read])
		t.equal(hexOf(encodeDataset(each, EXPLICIT_LITTLE)), hexOf(bytes), 'same bytes out');
	t.strictSame(names(decodeDataset(bytes, EXPLICIT_LITTLE, { characterSet: ['ISO_IR 192'] }).dataset), names(read));
});

t.test('text that came in one character set is written in another', async (t) => {
	const latin = bytesOf('0800 0500 4353 0a00 49534f5f495220313030 1000 1000 504e 0600 4dfc6c6c6572');
	const { dataset } = decodeDataset(latin, EXPLICIT_LITTLE);
	const moved: Dataset = { ...dataset, '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } };
	const { dataset: back } = decodeDataset(encodeDataset(moved, EXPLICIT_LITTLE), EXPLICIT_LITTLE);
	t.equal(textOf(back, '00100010'), 'Müller');
	t.strictSame(stringsOf(back, '00080005'), ['ISO_IR 192']);
});

t.test('the texts of numbers are those that were sent', async (t) => {
	const { dataset } = decodeDataset(
		bytesOf('1000 3010 4453 0800 37322e35305c3031 2800 1000 5553 0400 0002 0001'),
		EXPLICIT_LITTLE,
	);
	t.strictSame(dataset['00101030']?.Value, [72.5, 1]);
	t.strictSame(stringsOf(dataset, '00101030'), ['72.50', '01']);
	t.equal(textOf(dataset, '00280010'), '512\\256');
	t.equal(textOf(dataset, '00280011'), '');
	t.strictSame(stringsOf(plainDataset(dataset), '00101030'), ['72.5', '1']);
});

t.test('plain datasets outlive structuredClone', async (t) => {
	const { dataset } = decodeDataset(bytesOf(CT + SEVEN), EXPLICIT_LITTLE);
	t.strictSame(structuredClone(plainDataset(dataset)), AROUND);
});
