/**
 * Random and damaged datasets: nothing throws, nothing is made up, what is read is written and read the same again, and how
 * bytes are cut makes no difference. DIMSE_FUZZ is the number of inputs.
 */
import t from 'tap';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { itemsOf, plainDataset, textOf, withCharacterSet } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { HeaderReader } from '../../src/dicom/header-reader.ts';
import { encodeFile, readFileMeta } from '../../src/dicom/part10.ts';
import { DatasetTranscoder, transcode } from '../../src/dicom/transcode.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { DicomError } from '../../src/errors.ts';
import { randomNumbers } from '../dimse/random.ts';
import { LATE, SAMPLE } from './sample-dataset.ts';

const INPUTS = Number(process.env['DIMSE_FUZZ'] ?? 20_000);
const JPEG = '1.2.840.10008.1.2.4.50';

type Random = ReturnType<typeof randomNumbers>;

const MULTILINGUAL: Dataset = {
	'00080005': { vr: 'CS', Value: ['', 'ISO 2022 IR 87'] },
	'00081140': {
		vr: 'SQ',
		Value: [{ '00080005': { vr: 'CS', Value: ['ISO_IR 192'] }, '00100010': { vr: 'PN', Value: ['Müller'] } }],
	},
	'00100010': { vr: 'PN', Value: ['Yamada^Tarou=山田^太郎=やまだ^たろう'] },
	'00100020': { vr: 'LO', Value: ['ID 1'] },
};

const SEEDS: readonly (readonly [syntax: string, bytes: Uint8Array])[] = [
	...[IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG].flatMap((syntax) =>
		[SAMPLE, LATE, MULTILINGUAL].flatMap((dataset) =>
			[false, true].map((undefinedLengths) => [syntax, encodeDataset(dataset, syntax, { undefinedLengths })] as const),
		),
	),
	[DEFLATED, encodeDataset(LATE, DEFLATED)],
	[
		JPEG,
		encodeDataset({ ...MULTILINGUAL, '7FE00010': { vr: 'OB', Value: [new Uint8Array(0), new Uint8Array(20)] } }, JPEG),
	],
];

/** Bytes that mean something where lengths and tags stand. */
const TELLING = [0x00, 0x01, 0x02, 0x08, 0x09, 0x7f, 0x80, 0xe0, 0xfe, 0xff, 0x1b, 0x5c];
const TELLING_RUNS = [
	'feff00e0',
	'feff0de0',
	'feffdde0',
	'ffffffff',
	'00000000',
	'554e0000',
	'53510000',
	'fffee000',
	'7fffffff',
].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));

const damaged = (seed: Uint8Array, random: Random): Uint8Array => {
	let bytes = seed.slice();
	for (let times = 1 + random(4); times > 0; times--) {
		const at = random(bytes.length);
		switch (random(7)) {
			case 0:
				bytes[at] = random(256);
				break;
			case 1:
				bytes[at] = TELLING[random(TELLING.length)] ?? 0;
				break;
			case 2:
				bytes[at] = (bytes[at] ?? 0) + (random(2) === 0 ? 1 : 255);
				break;
			case 3:
				bytes = bytes.slice(0, at);
				break;
			case 4:
				bytes.set((TELLING_RUNS[random(TELLING_RUNS.length)] ?? new Uint8Array(0)).subarray(0, bytes.length - at), at);
				break;
			case 5: {
				// A stretch taken out, or put in twice.
				const to = Math.min(bytes.length, at + random(40));
				const from = random(2) === 0 ? to : at;
				bytes = Uint8Array.from([...bytes.slice(0, random(2) === 0 ? at : to), ...bytes.slice(from)]);
				break;
			}
			default: {
				const from = random(bytes.length);
				bytes.copyWithin(at, from, from + random(30));
			}
		}
		if (bytes.length === 0) return bytes;
	}
	return bytes;
};

/** Elements, items and bytes of values. Reads every value as it goes. */
const weigh = (dataset: Dataset): { things: number; bytes: number } => {
	let things = 0;
	let bytes = 0;
	for (const [tag, element] of Object.entries(dataset)) {
		things++;
		textOf(dataset, tag);
		for (const item of itemsOf(dataset, tag)) {
			const inside = weigh(item);
			things += 1 + inside.things;
			bytes += inside.bytes;
		}
		if (element.vr === 'SQ') continue;
		for (const value of element.Value) if (value instanceof Uint8Array) bytes += value.length;
	}
	return { things, bytes };
};

/** The bytes of what was read, or undefined where it is encapsulated Pixel Data in a transfer syntax without. */
const encoded = (dataset: Dataset, syntax: string): Uint8Array | undefined => {
	try {
		return encodeDataset(dataset, syntax);
	} catch (error) {
		if (error instanceof DicomError && error.message.includes('encapsulated pixel data')) return undefined;
		throw error;
	}
};

const headerOf = (bytes: Uint8Array, syntax: string, size: (() => number) | undefined): string => {
	const reader = new HeaderReader({ transferSyntaxUid: syntax, maxValueBytes: 40, maxBytes: 400 });
	for (let offset = 0; offset < bytes.length; ) {
		const chunk = bytes.slice(offset, offset + (size?.() ?? bytes.length));
		offset += chunk.length;
		if (reader.push(chunk) === 'done') break;
		chunk.fill(0xaa);
	}
	const { dataset, problems, passedOver, bytesRead } = reader;
	return JSON.stringify([plainDataset(dataset), problems, passedOver, bytesRead], (_, value: unknown) =>
		typeof value === 'bigint' ? `${value}n` : value,
	);
};

const transcoded = (work: () => Uint8Array): string | undefined => {
	try {
		return Buffer.from(work()).toString('hex');
	} catch (error) {
		if (error instanceof DicomError && error.failure.blame === 'usage') return undefined;
		throw error;
	}
};

/** What is wrong with how an input is dealt with; '' where nothing is. */
const fault = (bytes: Uint8Array, syntax: string, random: Random): string => {
	const decoded = decodeDataset(bytes, syntax, { maxInflatedBytes: 1 << 20 });
	const { things, bytes: valueBytes } = weigh(decoded.dataset);
	if (syntax !== DEFLATED) {
		if (things * 8 > bytes.length) return `${things} elements of ${bytes.length} bytes`;
		if (valueBytes > bytes.length) return `${valueBytes} bytes of values`;
		if (decoded.endOffset > bytes.length) return `read to ${decoded.endOffset}`;
	}
	if (decoded.truncated && decoded.complete) return 'truncated and complete';
	if (!decoded.complete && decoded.problems.length === 0) return 'incomplete without a problem';
	withCharacterSet(decoded.dataset, ['ISO_IR 192']);

	const once = encoded(decoded.dataset, syntax);
	if (once !== undefined) {
		const again = decodeDataset(once, syntax);
		const twice = encoded(again.dataset, syntax);
		if (twice === undefined || Buffer.compare(once, twice) !== 0) return 'not stable';
	}
	const whole = headerOf(bytes, syntax, undefined);
	if (headerOf(bytes, syntax, () => 1 + random(30)) !== whole) return 'header by pieces';
	if (syntax !== JPEG && syntax !== DEFLATED && random(4) === 0) {
		const to = syntax === EXPLICIT_BIG ? EXPLICIT_LITTLE : EXPLICIT_BIG;
		const inOne = transcoded(() => transcode(bytes, syntax, to));
		const inPieces = transcoded(() => {
			const transcoder = new DatasetTranscoder(syntax, to);
			const parts: Uint8Array[] = [];
			for (let offset = 0; offset < bytes.length; offset += 50)
				parts.push(transcoder.push(bytes.subarray(offset, offset + 50)));
			return Buffer.concat([...parts, transcoder.end()]);
		});
		if (inOne !== undefined && inOne !== inPieces) return 'transcoded by pieces';
	}
	return '';
};

t.test(`${INPUTS} damaged datasets`, async (t) => {
	const random = randomNumbers(20240131);
	for (let input = 0; input < INPUTS; input++) {
		const [syntax, seed] = SEEDS[input % SEEDS.length] ?? ['', new Uint8Array(0)];
		const bytes = damaged(seed, random);
		let found: string;
		try {
			found = fault(bytes, syntax, random);
		} catch (error) {
			found = error instanceof Error ? (error.stack ?? error.message) : String(error);
		}
		if (found !== '') {
			t.fail(`input ${input} in ${syntax}: ${found}\n${Buffer.from(bytes).toString('hex')}`);
			return;
		}
	}
	t.pass('none is dealt with wrongly');
});

t.test('random bytes', async (t) => {
	const random = randomNumbers(7);
	for (let input = 0; input < INPUTS / 4; input++) {
		const bytes = Uint8Array.from({ length: random(200) }, () =>
			random(3) === 0 ? random(256) : (TELLING[random(12)] ?? 0),
		);
		const syntax = [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, JPEG][input % 4] ?? '';
		const found = fault(bytes, input % 50 === 0 ? DEFLATED : syntax, random);
		if (found !== '') {
			t.fail(`${syntax}: ${found}\n${Buffer.from(bytes).toString('hex')}`);
			return;
		}
	}
	t.pass('none is dealt with wrongly');
});

t.test('damaged files', async (t) => {
	const random = randomNumbers(11);
	const files = [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED].map((syntax) => encodeFile(SAMPLE, syntax));
	for (let input = 0; input < INPUTS / 4; input++) {
		const bytes = damaged(files[input % files.length] ?? new Uint8Array(0), random);
		const read = readFileMeta(bytes, true);
		if (read.kind === 'more') t.fail('wants more than the whole');
		else if (read.kind !== 'not-dicom' && read.datasetOffset > bytes.length) t.fail(`begins at ${read.datasetOffset}`);
		const head = readFileMeta(bytes.subarray(0, random(bytes.length + 1)));
		if (head.kind === 'more' && head.bytes > 2 * 1024 * 1024) t.fail(`wants ${head.bytes} bytes`);
	}
	t.pass('none is dealt with wrongly');
});
