/** Composite Instance Root (PS3.4 Annex Y) with its frames, and Composite Instance Retrieve Without Bulk Data (Annex Z). */
import t, { type Test } from 'tap';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { requireContext } from '../../src/association/requestor.ts';
import { type Dataset, type Element, itemsOf, type Vr } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import {
	COMPOSITE_INSTANCE_ROOT_GET,
	COMPOSITE_INSTANCE_ROOT_MOVE,
	COMPOSITE_INSTANCE_WITHOUT_BULK_DATA_GET,
} from '../../src/dicom/sop-classes.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import type { CGetRsp, CMoveRsp, CStoreRq } from '../../src/dimse/messages.ts';
import { get } from '../../src/services/get-scu.ts';
import { move } from '../../src/services/move-scu.ts';
import { answerStore } from '../../src/services/storage-scp.ts';
import { withoutBulkData } from '../../src/services/without-bulk-data.ts';
import {
	type Arrived,
	asker,
	keeping,
	type MemoryInstance,
	resolveAmong,
	startArchive,
	startDestination,
	stored,
	synthetic,
} from './retrieving.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const XA = '1.2.840.10008.5.1.4.1.1.12.1';
const JPEG = '1.2.840.10008.1.2.4.50';

const of = (vr: Vr, ...Value: Element['Value']): Element => ({ vr, Value });
const level = (name: string, uids: readonly string[], more: Dataset = {}): Dataset => ({
	'00080018': of('UI', ...uids),
	'00080052': of('CS', name),
	...more,
});

/** One C-GET or, with a destination, C-MOVE. */
const ask = async (
	t: Test,
	sopClassUid: string,
	instances: readonly MemoryInstance[],
	identifier: Dataset,
	more: { readonly accepts?: readonly string[] } = {},
): Promise<{
	readonly final: CGetRsp | CMoveRsp;
	readonly arrived: readonly Arrived[];
	readonly asked: readonly Dataset[];
}> => {
	const asked: Dataset[] = [];
	const resolve = resolveAmong(instances);
	const destination = await startDestination(t);
	const archive = await startArchive(
		t,
		{
			resolve: (keys, request) => {
				asked.push(keys);
				return resolve(keys, request);
			},
		},
		{ DEST: destination.port },
	);
	const classes = [...new Set(instances.map((one) => one.sopClassUid))];
	const arrived: Arrived[] = [];
	const connected = await asker(t, archive, {
		contexts: [
			{ abstractSyntax: sopClassUid, transferSyntaxes: [IMPLICIT_LITTLE] },
			...classes.map((abstractSyntax) => ({
				abstractSyntax,
				transferSyntaxes: more.accepts ?? [EXPLICIT_LITTLE],
			})),
		],
		roleSelections: classes.map((uid) => ({ sopClassUid: uid, scuRole: false, scpRole: true })),
		serve: (request) =>
			answerStore(
				request as IncomingRequest<CStoreRq>,
				keeping(
					arrived,
					() => connected.association,
					() => 0,
				),
			),
	});
	const { association } = connected;
	const context = requireContext(connected, sopClassUid);
	const retrieval =
		sopClassUid === COMPOSITE_INSTANCE_ROOT_MOVE
			? move(association, context, identifier, 'DEST')
			: get(association, context, identifier);
	for await (const _ of retrieval);
	const { response } = await retrieval.final;
	await association.release();
	return { final: response, arrived: [...arrived, ...destination.arrived], asked };
};

t.test('Composite Instance Root: an instance by its UID alone', async (t) => {
	const instances = synthetic(5);
	const wanted = [instances[1], instances[3]].map((one) => one?.sopInstanceUid ?? '');
	for (const sopClassUid of [COMPOSITE_INSTANCE_ROOT_GET, COMPOSITE_INSTANCE_ROOT_MOVE]) {
		const { final, arrived } = await ask(t, sopClassUid, instances, level('IMAGE', wanted));
		t.equal(final.status, 0x0000);
		t.strictSame(
			arrived.map(({ message }) => message.affectedSopInstanceUid),
			wanted,
		);
	}
});

const frames = (count: number | undefined, more: Dataset = {}, sopClassUid = XA) =>
	stored({
		'00080016': of('UI', sopClassUid),
		'00080018': of('UI', '1.2.3'),
		...(count === undefined ? {} : { '00280008': of('IS', String(count)) }),
		...more,
		'7FE00010': of('OW', new Uint8Array(200_000)),
	});
const SIMPLE = '00081161';
const CALCULATED = '00081162';
const TIME_RANGE = '00081163';
const cine = { '00181063': of('DS', '40') };

for (const [what, key, instance, status, element] of [
	['no frame key', {}, frames(4), 0xaa04, undefined],
	['an empty one', { [SIMPLE]: of('UL') }, frames(4), 0xaa04, undefined],
	['two of them', { [SIMPLE]: of('UL', 1), [CALCULATED]: of('UL', 1, 2, 1) }, frames(4), 0xaa04, SIMPLE],
	['frame 0', { [SIMPLE]: of('UL', 0, 1) }, frames(4), 0xaa04, SIMPLE],
	['a calculated list that is no triplet', { [CALCULATED]: of('UL', 1, 2) }, frames(4), 0xaa04, CALCULATED],
	['one that goes backwards', { [CALCULATED]: of('UL', 3, 2, 1) }, frames(4), 0xaa04, CALCULATED],
	['half a time range', { [TIME_RANGE]: of('FD', 1) }, frames(4, cine), 0xaa04, TIME_RANGE],
	['frames behind the last', { [SIMPLE]: of('UL', 5, 6) }, frames(4), 0xaa00, SIMPLE],
	['a stretch behind the last', { [CALCULATED]: of('UL', 5, 9, 2) }, frames(4), 0xaa00, CALCULATED],
	['the second of a single frame', { [SIMPLE]: of('UL', 2) }, frames(undefined), 0xaa00, SIMPLE],
	['times of what has none', { [TIME_RANGE]: of('FD', 0, 1) }, frames(4), 0xaa03, TIME_RANGE],
	[
		'the times of functional groups',
		{ [TIME_RANGE]: of('FD', 0, 1) },
		frames(4, { '52009230': of('SQ') }),
		0xaa02,
		TIME_RANGE,
	],
	['times when nothing was taken', { [TIME_RANGE]: of('FD', 7, 9) }, frames(4, cine), 0xaa00, TIME_RANGE],
	['a frame twice', { [SIMPLE]: of('UL', 2, 2) }, frames(4), 0xaa04, SIMPLE],
	['stretches that overlap', { [CALCULATED]: of('UL', 1, 3, 1, 3, 4, 1) }, frames(4), 0xaa04, CALCULATED],
	['a stretch without a step', { [CALCULATED]: of('UL', 1, 3, 0) }, frames(4), 0xaa04, CALCULATED],
	['a class whose frames hang together', { [SIMPLE]: of('UL', 1) }, frames(4, {}, CT), 0xaa01, '00080018'],
	['pixel data of another size', { [SIMPLE]: of('UL', 4, 5) }, frames(4), 0xaa02, '7FE00010'],
	['a number of frames that is none', { [SIMPLE]: of('UL', 1) }, frames(0), 0xaa02, '00280008'],
] as const)
	t.test(`level FRAME, ${what}: ${status.toString(16).toUpperCase()}`, async (t) => {
		for (const sopClassUid of [COMPOSITE_INSTANCE_ROOT_GET, COMPOSITE_INSTANCE_ROOT_MOVE]) {
			const { final, asked, arrived } = await ask(
				t,
				sopClassUid,
				[instance],
				level('FRAME', ['1.2.3'], key as Dataset),
			);
			t.equal(final.status, status);
			t.ok((final.errorComment ?? '') !== '');
			if (element !== undefined) t.ok(final.offendingElements?.includes(element));
			t.equal(arrived.length, 0);
			t.ok(
				asked.every((keys) => keys['00080052']?.Value[0] === 'IMAGE' && keys[SIMPLE] === undefined),
				'the archive is asked for the instance',
			);
		}
	});

t.test('level FRAME of no or of several instances', async (t) => {
	const key = { [SIMPLE]: of('UL', 1) };
	const none = await ask(t, COMPOSITE_INSTANCE_ROOT_GET, [frames(4)], level('FRAME', ['1.2.4'], key));
	t.match(none.final, { status: 0xaa00, errorComment: 'no such instance' });
	const several = await ask(t, COMPOSITE_INSTANCE_ROOT_GET, [frames(4)], level('FRAME', ['1.2.3', '1.2.4'], key));
	t.match(several.final, { status: 0xaa04, offendingElements: ['00080018'] });
});

/** Frames of 6 bytes, each of its own number. */
const cineLoop = (count: number, more: Dataset = {}): Dataset => ({
	'00080016': of('UI', XA),
	'00080018': of('UI', '1.2.3'),
	'00080142': of('IS', '1'),
	'00186060': of('FL', ...Array.from({ length: count }, (_, i) => i / 2)),
	'00280002': of('US', 1),
	'00280008': of('IS', String(count)),
	'00280010': of('US', 2),
	'00280011': of('US', 3),
	'00280100': of('US', 8),
	'00280103': of('US', 0),
	'00286010': of('US', 3),
	'52009230': of('SQ', ...Array.from({ length: count }, (_, i) => ({ '00209157': of('UL', i + 1) }))),
	...more,
	'7FE00010': of(
		'OB',
		Uint8Array.from({ length: 6 * count }, (_, i) => 1 + Math.floor(i / 6)),
	),
});

const extracted = async (t: Test, dataset: Dataset, syntax: string, key: Dataset, sopClassUid: string) => {
	const accepts = [syntax];
	const instance = stored(dataset, syntax);
	const { final, arrived } = await ask(t, sopClassUid, [instance], level('FRAME', ['1.2.3'], key), { accepts });
	t.equal(final.status, 0x0000, final.errorComment ?? '');
	t.equal(arrived.length, 1);
	const [one] = arrived;
	const decoded = decodeDataset(one?.bytes ?? new Uint8Array(), one?.transferSyntax ?? '');
	t.strictSame(decoded.problems, []);
	t.equal(one?.transferSyntax, syntax);
	t.strictSame(decoded.dataset['00080018']?.Value, [one?.message.affectedSopInstanceUid]);
	t.match(one?.message.affectedSopInstanceUid, /^2\.25\.\d{30,39}$/, 'a UID of its own');
	return decoded.dataset;
};

for (const [what, key, wanted] of [
	['a simple list', { [SIMPLE]: of('UL', 2, 3, 5, 99) }, [2, 3, 5]],
	['a calculated list', { [CALCULATED]: of('UL', 1, 4, 3, 6, 1000, 2) }, [1, 4, 6, 8, 10]],
	['a time range', { [TIME_RANGE]: of('FD', 0.079, 0.161) }, [3, 4, 5]],
] as const)
	t.test(`frames by ${what}, in every uncompressed transfer syntax`, async (t) => {
		const loop = cineLoop(10, cine);
		for (const syntax of [EXPLICIT_LITTLE, IMPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG])
			for (const sopClassUid of [COMPOSITE_INSTANCE_ROOT_GET, COMPOSITE_INSTANCE_ROOT_MOVE]) {
				const dataset = await extracted(t, loop, syntax, key, sopClassUid);
				const pixels = dataset['7FE00010']?.Value[0] as Uint8Array;
				t.strictSame(
					[...pixels],
					wanted.flatMap((frame) => new Array(6).fill(frame)),
				);
				t.strictSame(dataset['00280008']?.Value, [wanted.length]);
				t.strictSame(
					itemsOf(dataset, '52009230').map((item) => item['00209157']?.Value[0]),
					wanted,
				);
				t.strictSame(
					dataset['00186060']?.Value,
					wanted.map((frame) => (frame - 1) / 2),
				);
				t.equal(dataset['00286010'], undefined, 'the representative frame is another one now');
				const [extraction] = itemsOf(dataset, '00081164');
				t.strictSame(extraction?.['00081167']?.Value, ['1.2.3']);
				t.strictSame(
					Object.values(key).map(({ Value }) => Value),
					Object.keys(key).map((tag) => extraction?.[tag]?.Value),
				);
				const [equipment] = itemsOf(dataset, '0018A001');
				t.strictSame(itemsOf(equipment ?? {}, '0040A170')[0]?.['00080100']?.Value, ['109105']);
			}
	});

t.test('the times of what is left stay what they were', async (t) => {
	const of4 = (keys: readonly number[], more: Dataset) =>
		extracted(t, cineLoop(10, more), EXPLICIT_LITTLE, { [SIMPLE]: of('UL', ...keys) }, COMPOSITE_INSTANCE_ROOT_GET);
	const even = await of4([2, 4, 6], cine);
	t.strictSame([even['00181063']?.Value, even['00280009']?.Value], [[80], ['00181063']]);
	const uneven = await of4([1, 2, 5], cine);
	t.strictSame([uneven['00181065']?.Value, uneven['00280009']?.Value], [[0, 40, 120], ['00181065']]);
	t.equal(uneven['00181063'], undefined);
	const vector = { '00181065': of('DS', 0, 10, 20, 30, 40, 50, 60, 70, 80, 90) };
	const ofVector = await of4([3, 4, 6], vector);
	t.strictSame(ofVector['00181065']?.Value, [0, 30, 90]);
	const one = await of4([3], cine);
	t.strictSame(one['00181063']?.Value, [40]);
	const timeless = await of4([3], {});
	t.equal(timeless['00181063'], undefined);
});

t.test('frames of frames: what was said of the first extraction stays', async (t) => {
	const first = {
		'00081164': of('SQ', { '00081167': of('UI', '1.2.1') }),
		'0018A001': of('SQ', { '00080070': of('LO', 'X') }),
	};
	const key = { [SIMPLE]: of('UL', 1) };
	const dataset = await extracted(t, cineLoop(3, first), EXPLICIT_LITTLE, key, COMPOSITE_INSTANCE_ROOT_GET);
	t.strictSame(
		itemsOf(dataset, '00081164').map((item) => item['00081167']?.Value[0]),
		['1.2.1', '1.2.3'],
	);
	t.strictSame(
		itemsOf(dataset, '0018A001').map((item) => item['00080070']?.Value[0]),
		['X', 'dimse'],
	);
});

t.test('the same frames have the same UID, others another', async (t) => {
	const uid = async (...list: readonly number[]) => {
		const key = { [SIMPLE]: of('UL', ...list) };
		const dataset = await extracted(t, cineLoop(4), EXPLICIT_LITTLE, key, COMPOSITE_INSTANCE_ROOT_GET);
		return dataset['00080018']?.Value[0];
	};
	t.equal(await uid(1, 2), await uid(1, 2));
	t.not(await uid(1, 2), await uid(1, 3));
});

t.test('encapsulated frames: one fragment each, or by the Basic Offset Table', async (t) => {
	const fragment = (frame: number) => new Uint8Array(4).fill(frame);
	const table = new Uint8Array(12);
	new DataView(table.buffer).setUint32(4, 12, true);
	new DataView(table.buffer).setUint32(8, 36, true);
	const key = { [SIMPLE]: of('UL', 2, 3) };
	for (const [items, wanted] of [
		[
			[new Uint8Array(), fragment(1), fragment(2), fragment(3)],
			[2, 3],
		],
		[
			[table, fragment(1), fragment(2), fragment(2), fragment(3)],
			[2, 2, 3],
		],
	] as const) {
		const loop = { ...cineLoop(3), '7FE00010': of('OB', ...items) };
		const dataset = await extracted(t, loop, JPEG, key, COMPOSITE_INSTANCE_ROOT_MOVE);
		t.strictSame(dataset['7FE00010']?.Value, [new Uint8Array(), ...wanted.map(fragment)]);
	}
	const unknown = stored({ ...cineLoop(3), '7FE00010': of('OB', new Uint8Array(), fragment(1), fragment(2)) }, JPEG);
	const { final } = await ask(t, COMPOSITE_INSTANCE_ROOT_GET, [unknown], level('FRAME', ['1.2.3'], key));
	t.equal(final.status, 0xaa02);
});

const bytes = Uint8Array.from({ length: 40_000 }, (_, i) => i);
/** What the annex leaves out, and what it keeps although it looks like it. */
const bulky: Dataset = {
	'00080016': of('UI', CT),
	'00080018': of('UI', '1.2.3'),
	'00090010': of('LO', 'ACME'),
	'00091001': of('OB', bytes),
	'00100010': of('PN', { Alphabetic: 'DOE^JANE' }),
	'00280010': of('US', 8),
	'00287FE0': of('UR', 'https://example.org/pixels'),
	'00420011': of('OB', bytes),
	'00880200': of('SQ', { '00280010': of('US', 2), '7FE00010': of('OB', Uint8Array.of(1, 2, 3, 4)) }),
	'50003000': of('OW', bytes),
	'5000200C': of('OW', bytes),
	'50003001': of('OW', Uint8Array.of(7, 7)),
	'54000100': of('SQ', { '003A0005': of('US', 1), '54001010': of('OW', bytes) }, { '54001010': of('OW', bytes) }),
	'56000020': of('OF', bytes),
	'60003000': of('OW', bytes),
	'60020010': of('US', 8),
	'60023000': of('OW', bytes),
	'7FE00010': of('OW', bytes),
};
const KEPT = [
	...['00080016', '00080018', '00090010', '00091001', '00100010', '00280010', '00880200'],
	...['50003001', '54000100', '60020010'],
];

for (const syntax of [EXPLICIT_LITTLE, IMPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG])
	t.test(`without bulk data, from ${syntax}`, async (t) => {
		const instance = stored(bulky, syntax);
		const { final, arrived } = await ask(
			t,
			COMPOSITE_INSTANCE_WITHOUT_BULK_DATA_GET,
			[instance],
			level('IMAGE', ['1.2.3']),
		);
		t.equal(final.status, 0x0000);
		const [{ bytes: sent, transferSyntax } = { bytes: new Uint8Array(), transferSyntax: '' }] = arrived;
		t.equal(transferSyntax, EXPLICIT_LITTLE);
		const { dataset, problems } = decodeDataset(sent, transferSyntax);
		t.strictSame(problems, []);
		t.strictSame(Object.keys(dataset).sort(), KEPT);
		const waveforms = itemsOf(dataset, '54000100');
		t.strictSame(
			waveforms.map((item) => Object.keys(item)),
			[['003A0005'], []],
		);
		const [icon] = itemsOf(dataset, '00880200');
		t.strictSame(icon?.['7FE00010']?.Value[0], Uint8Array.of(1, 2, 3, 4), 'an icon is no bulk data');
		t.ok(Buffer.compare(dataset['00091001']?.Value[0] as Uint8Array, bytes) === 0, 'nor is a private element');
		t.equal(instance.opened.count, 0);
	});

const packed = (more: Dataset = {}): Dataset => ({
	...bulky,
	...more,
	'7FE00010': of('OB', new Uint8Array(), bytes),
});

t.test('without bulk data, encapsulated: explicit little endian, or as it was', async (t) => {
	for (const accepts of [[EXPLICIT_LITTLE], [IMPLICIT_LITTLE], [JPEG]]) {
		const instance = stored(packed(), JPEG);
		const identifier = level('IMAGE', ['1.2.3']);
		const { final, arrived } = await ask(t, COMPOSITE_INSTANCE_WITHOUT_BULK_DATA_GET, [instance], identifier, {
			accepts,
		});
		t.equal(final.status, 0x0000);
		t.strictSame([arrived[0]?.transferSyntax], accepts);
		const { dataset, problems } = decodeDataset(arrived[0]?.bytes ?? new Uint8Array(), accepts[0] ?? '');
		t.strictSame(problems, []);
		t.strictSame(Object.keys(dataset).sort(), KEPT);
	}
});

t.test('a compressed icon cannot come along', (t) => {
	const pixels = { '7FE00010': of('OB', new Uint8Array(), Uint8Array.of(1, 2)) };
	const { dataset: fragments } = decodeDataset(encodeDataset(pixels, JPEG), JPEG);
	const icon = of('SQ', { '00280010': of('US', 2), ...fragments });
	const reduced = withoutBulkData(stored(packed({ '00880200': icon }), JPEG));
	const { dataset } = decodeDataset(reduced.readWhole(), EXPLICIT_LITTLE);
	t.strictSame(
		Object.keys(dataset).sort(),
		KEPT.filter((tag) => tag !== '00880200'),
	);
	t.end();
});

t.test('a source that reads asynchronously is read whole', (t) => {
	const instance = stored(bulky);
	const slow = {
		...instance,
		open: () => ({ ...instance.open(), read: async () => {}, isImmediate: undefined as never }),
	};
	const { dataset } = decodeDataset(withoutBulkData(slow).readWhole(), EXPLICIT_LITTLE);
	t.strictSame(Object.keys(dataset).sort(), KEPT);
	t.end();
});

t.test('one that was replaced is without bulk data too', async (t) => {
	const now = { ...stored(bulky), present: async () => stored(bulky, IMPLICIT_LITTLE) };
	const present = await withoutBulkData(now).present?.();
	const { dataset } = decodeDataset(present?.readWhole() ?? new Uint8Array(), IMPLICIT_LITTLE);
	t.strictSame(Object.keys(dataset).sort(), KEPT);
	t.equal(await withoutBulkData(stored(bulky)).present?.(), undefined);
});
