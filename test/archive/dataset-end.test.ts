/** Where a dataset may end: behind an element of its own, however it comes; nowhere else, and odd files that are whole stay whole. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import t from 'tap';
import { DatasetEnd } from '../../src/archive/files/dataset-end.ts';
import { deflatedShortfallOf, lookAtFile, shortfallOf } from '../../src/archive/files/whole-file.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';

const folder = mkdtempSync(join(tmpdir(), 'dimse-end-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const ELEMENTS: Dataset = {
	'00080018': { vr: 'UI', Value: ['1.2.3.4'] },
	'00080060': { vr: 'CS', Value: ['CT'] },
	'00081115': { vr: 'SQ', Value: [{ '0020000E': { vr: 'UI', Value: ['1.2'] } }, {}] },
	'00090010': { vr: 'LO', Value: ['SOMEBODY'] },
	'00100010': { vr: 'PN', Value: [{ Alphabetic: 'DOE^JANE' }] },
	'00104000': { vr: 'LT', Value: [] },
};
const UIDS: Dataset = { '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] } };
const PIXELS: Dataset = { '7FE00010': { vr: 'OW', Value: [new Uint8Array(40)] } };

const said = (bytes: Uint8Array, syntax: string, piece: number): string | undefined => {
	const end = new DatasetEnd(syntax);
	for (let at = 0; at < bytes.length; at += piece) end.push(bytes.subarray(at, at + piece));
	return end.shortfall;
};

let files = 0;
/** A head of 132 bytes is what a file may have before its dataset. */
const onDisk = (bytes: Uint8Array, transferSyntaxUid: string) => {
	const path = join(folder, String(files++));
	writeFileSync(path, Buffer.concat([new Uint8Array(132), bytes]));
	const uids = { sopClassUid: '1.2', sopInstanceUid: '1.2', transferSyntaxUid };
	return { path, ...uids, datasetOffset: 132, datasetLength: bytes.length };
};

/** The ends of all beginnings of a dataset. */
const boundaries = (dataset: Dataset, syntax: string): ReadonlySet<number> => {
	const entries = Object.entries(dataset);
	const beginning = (count: number) => Object.fromEntries(entries.slice(0, count));
	return new Set(entries.map((_, at) => encodeDataset(beginning(at + 1), syntax).length).concat(0));
};

t.test('it is whole behind an element of its own, and nowhere else', async (t) => {
	for (const syntax of [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG]) {
		const dataset = { ...ELEMENTS, ...PIXELS };
		const bytes = encodeDataset(dataset, syntax);
		const whole = boundaries(dataset, syntax);
		for (let length = 0; length <= bytes.length; length++) {
			const cut = bytes.subarray(0, length);
			const answers = [1, 7, 1000].map((piece) => said(cut, syntax, piece));
			t.equal(new Set(answers).size, 1, 'however it comes');
			t.equal(answers[0] === undefined, whole.has(length), `${length} bytes of ${bytes.length}, ${syntax}`);
			t.equal(shortfallOf(onDisk(cut, syntax)), answers[0], 'as in a file');
		}
	}
});

t.test('sequences and fragments of undefined length have to be closed', async (t) => {
	const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
	const item = 'feff00e0 ffffffff 0800 6000 4353 0200 4354 feff0de0 00000000';
	const nested = hex(`0800 1511 5351 0000 ffffffff ${item} ${item} feffdde0 00000000`);
	const fragments = 'feff00e0 00000000 feff00e0 04000000 01020304 feffdde0 00000000';
	const frames = hex(`e07f 1000 4f42 0000 ffffffff ${fragments}`);
	for (const bytes of [nested, frames]) {
		for (let length = 1; length < bytes.length; length++) {
			const cut = bytes.subarray(0, length);
			t.ok(said(cut, EXPLICIT_LITTLE, 1000), `${length} bytes of ${bytes.length}`);
			t.equal(shortfallOf(onDisk(cut, EXPLICIT_LITTLE)), said(cut, EXPLICIT_LITTLE, 3));
		}
		t.equal(said(bytes, EXPLICIT_LITTLE, 5), undefined);
		t.equal(shortfallOf(onDisk(bytes, EXPLICIT_LITTLE)), undefined);
	}
	const long = Buffer.concat([frames.subarray(0, 20), hex('feff00e0 40420f00'), new Uint8Array(1_000_000)]);
	t.equal(shortfallOf(onDisk(long, EXPLICIT_LITTLE)), 'the dataset ends within (7FE0,0010)');
	const closed = Buffer.concat([long, frames.subarray(-8), new Uint8Array(3)]);
	t.equal(shortfallOf(onDisk(closed, EXPLICIT_LITTLE)), undefined, 'the end is found too where bytes follow it');
});

t.test('odd datasets that are whole', async (t) => {
	const image = encodeDataset({ ...ELEMENTS, ...PIXELS }, EXPLICIT_LITTLE);
	const report = encodeDataset(ELEMENTS, EXPLICIT_LITTLE);
	const padding = Uint8Array.of(0xfc, 0xff, 0xfc, 0xff, 0x4f, 0x42, 0, 0, 100, 0, 0, 0, 1, 2);
	const implicit = encodeDataset(ELEMENTS, IMPLICIT_LITTLE);
	for (const [says, bytes, syntax] of [
		['padding', Buffer.concat([image, padding]), EXPLICIT_LITTLE],
		['a byte behind Pixel Data', Buffer.concat([image, Uint8Array.of(7)]), EXPLICIT_LITTLE],
		['spaces behind Pixel Data', Buffer.concat([image, new Uint8Array(100).fill(0x20)]), EXPLICIT_LITTLE],
		['zeros behind Pixel Data', Buffer.concat([image, new Uint8Array(509)]), EXPLICIT_LITTLE],
		['zeros without Pixel Data', Buffer.concat([report, new Uint8Array(509)]), EXPLICIT_LITTLE],
		['a layout that is not the one announced', implicit, EXPLICIT_LITTLE],
		['a private transfer syntax', image.subarray(0, 50), '1.2.3.4.5'],
	] as const) {
		t.equal(said(bytes, syntax, 11), undefined, says);
		t.equal(shortfallOf(onDisk(bytes, syntax)), undefined, says);
	}
	const behind = Buffer.concat([image, Uint8Array.of(0xe1, 0x7f, 0x10, 0x10, 0x4f, 0x42, 0, 0, 100, 0, 0, 0, 1, 2)]);
	t.equal(said(behind, EXPLICIT_LITTLE, 11), 'the dataset ends within (7FE1,1010)', 'but an element has to be whole');
});

t.test('deflated datasets, whole, cut before and after they were deflated', async (t) => {
	const bytes = encodeDataset({ ...ELEMENTS, ...PIXELS }, EXPLICIT_LITTLE);
	const deflated = deflateRawSync(bytes);
	const told = (stream: Uint8Array) => {
		const { path, datasetLength } = onDisk(stream, EXPLICIT_LITTLE);
		return deflatedShortfallOf(path, datasetLength);
	};
	t.equal(await told(deflated), undefined);
	t.equal(await told(Buffer.concat([deflated, new Uint8Array(1)])), undefined, 'padded');
	t.equal(await told(Buffer.concat([deflated, new Uint8Array(300_000)])), undefined, 'with anything behind it');
	for (const length of [0, 1, deflated.length - 1])
		t.equal(await told(deflated.subarray(0, length)), 'the deflated dataset ends too early');
	t.equal(await told(deflateRawSync(bytes.subarray(0, -1))), 'the dataset ends within (7FE0,0010)');
});

t.test('a file is looked at while it is open', (t) => {
	const dataset = { ...UIDS, ...ELEMENTS, '00291010': { vr: 'OB', Value: [new Uint8Array(9000)] }, ...PIXELS } as const;
	const bytes = encodeFile(dataset, EXPLICIT_LITTLE);
	const path = join(folder, 'part10');
	const answers = new Set<string | undefined>();
	for (const length of [450, 500, 1000, 5000, bytes.length - 53, bytes.length - 41, bytes.length - 1, bytes.length]) {
		writeFileSync(path, bytes.subarray(0, length));
		const looked = lookAtFile(path);
		if ('reason' in looked) t.fail(looked.reason);
		else {
			t.equal(looked.shortfall, shortfallOf(looked.file), `${length} bytes`);
			t.equal(looked.shortfall === undefined, length === bytes.length);
			answers.add(looked.shortfall);
		}
	}
	t.ok(answers.has('the dataset ends within (0029,1010)') && answers.has('the dataset ends within (7FE0,0010)'));
	t.end();
});
