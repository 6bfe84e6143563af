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

const frames = (count: number | undefined, more: Dataset = {}) =>
	stored({
		'00080016': of('UI', CT),
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
	['times of what has some', { [TIME_RANGE]: of('FD', 0, 1) }, frames(4, cine), 0xaa02, TIME_RANGE],
	['frames that are there', { [SIMPLE]: of('UL', 4, 5) }, frames(4), 0xaa02, SIMPLE],
	['a stretch that is there', { [CALCULATED]: of('UL', 2, 9, 3) }, frames(4), 0xaa02, CALCULATED],
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
