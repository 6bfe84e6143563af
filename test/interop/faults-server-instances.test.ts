/** The archive under instances that lie (rows S of the list of faults): no path leaves its folder, nothing is kept under another name. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import t from 'tap';
import { connect, requireContext } from '../../src/association/requestor.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { STUDY_ROOT_GET } from '../../src/dicom/sop-classes.ts';
import { encodeCommand } from '../../src/dimse/command-set.ts';
import { store } from '../../src/services/storage-scu.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import type { RunningQrscp } from '../support/qrscp.ts';
import { below, filesOf, lives, plain, residentBytes, startArchive } from './archive-process.ts';
import { CT, encoded, image, keys, toPeer } from './instances.ts';
import {
	associateRq,
	CLASSES,
	EXPLICIT,
	IMPLICIT,
	messageBytes,
	RawCaller,
	STORE_CONTEXT,
	storeRq,
} from './raw-caller.ts';

t.setTimeout(300_000);
const archive = await startArchive(t, ['-ta', '1', '-tn', '1']);
const BYTES = encoded(image(CT, '1.2.3.4.5'), IMPLICIT);

/** Everything in the folder that the archive's own lies in, itself left out. */
const around = (archive: RunningQrscp): string[] =>
	readdirSync(dirname(archive.folder)).filter((name) => !name.startsWith('dimse-') && !name.startsWith('node-'));

/** Of every file that there may be: where it lies. */
const WITHIN = /^(instances|instances\.sqlite)/;

t.test('S7, traversal.store: UIDs that are paths never leave the folder', async (t) => {
	const outside = around(archive);
	const rows: string[] = [];
	for (const name of HOSTILE_NAMES) {
		const latin = Buffer.from(name, 'utf8').toString('latin1');
		for (const where of ['SOP Instance UID', 'Study Instance UID', 'Series Instance UID', 'Patient ID'] as const) {
			const keyword = {
				'SOP Instance UID': 'SOPInstanceUID',
				'Study Instance UID': 'StudyInstanceUID',
				'Series Instance UID': 'SeriesInstanceUID',
				'Patient ID': 'PatientID',
			}[where];
			const uid = where === 'SOP Instance UID' ? latin : `1.2.3.5.${rows.length}`;
			const dataset = encoded({ ...image(CT, uid), ...keys({ [keyword]: '' }), ...rawText(keyword, latin) }, IMPLICIT);
			const caller = await RawCaller.associated(archive.port, associateRq(CLASSES));
			caller.say(messageBytes(STORE_CONTEXT, encodeCommand(storeRq(uid)), dataset));
			const [, answer = ''] = await caller.hears(2);
			const isUid = /^[0-9.]{1,64}$/.test(name) && !/^\.+$/.test(name);
			if (where !== 'Patient ID' && !isUid && name !== '')
				t.match(answer, /^(C-STORE-RSP |A-ABORT )/, `${where} ${plain(name)}`);
			rows.push(answer);
			caller.reset();
		}
	}
	t.same(around(archive), outside, 'nothing outside');
	t.same(
		below(archive.folder).filter((path) => !WITHIN.test(path)),
		[],
		'nothing beside',
	);
	for (const path of filesOf(archive)) t.match(path, /^[\w./-]+$/, 'plain names');
	t.same(
		filesOf(archive).filter((path) => path.endsWith('.part')),
		[],
	);
	await lives(t, archive, `${[...new Set(rows)].sort().join(', ')}`);
});

/** A text that no VR would allow, as it is. */
function rawText(keyword: string, value: string): Dataset {
	const [[tag = ''] = []] = Object.entries(keys({ [keyword]: '' }));
	return { [tag]: { vr: 'UN', Value: [Buffer.from(value.length % 2 === 0 ? value : `${value}\0`, 'latin1')] } };
}

t.test('S7: identities that do not agree are not stored under another name', async (t) => {
	const before = filesOf(archive).length;
	const cases: readonly [name: string, uid: string, sopClass: string, dataset: Uint8Array][] = [
		['another SOP Instance UID in the dataset', '1.2.3.6.1', CT, encoded(image(CT, '1.2.3.6.2'), IMPLICIT)],
		[
			'another SOP Class in the dataset',
			'1.2.3.6.3',
			CT,
			encoded(image('1.2.840.10008.5.1.4.1.1.4', '1.2.3.6.3'), IMPLICIT),
		],
		['no SOP Instance UID', '', CT, BYTES],
		[
			'no Study Instance UID',
			'1.2.3.6.4',
			CT,
			encoded({ ...image(CT, '1.2.3.6.4'), ...keys({ StudyInstanceUID: '' }) }, IMPLICIT),
		],
		['a dataset of no bytes', '1.2.3.6.5', CT, new Uint8Array()],
		['a dataset that is none', '1.2.3.6.6', CT, Buffer.from('this is no dataset, whatever else it is')],
	];
	for (const [name, uid, sopClass, dataset] of cases) {
		const caller = await RawCaller.associated(archive.port, associateRq(CLASSES));
		caller.say(messageBytes(STORE_CONTEXT, storeRq(uid, 1, sopClass), dataset));
		const [, answer = ''] = await caller.hears(2);
		t.match(answer, /^(C-STORE-RSP (?!0000)|A-ABORT)/, `${name}: ${answer}`);
		caller.reset();
	}
	t.equal(filesOf(archive).length, before);
	await lives(t, archive);
});

t.test('S8: values that are too long or cannot be read are kept as they came', async (t) => {
	const odd: readonly [name: string, values: Dataset][] = [
		['a name of 10 KB', { '00100010': { vr: 'PN', Value: ['X'.repeat(10_240)] } }],
		['a description of 1 MB', { '00081030': { vr: 'UN', Value: [Buffer.alloc(1_048_576, 0x41)] } }],
		['NUL in a name', { '00100010': { vr: 'UN', Value: [Buffer.from('A\0B^C\0')] } }],
		[
			'no UTF-8',
			{
				'00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
				'00100010': { vr: 'UN', Value: [Buffer.from([0xff, 0xfe, 0xc0, 0x80])] },
			},
		],
		[
			'an unknown character set',
			{ '00080005': { vr: 'CS', Value: ['ISO_IR 999'] }, '00100010': { vr: 'UN', Value: [Buffer.from([0xe9, 0x20])] } },
		],
		[
			'an escape that is cut',
			{
				'00080005': { vr: 'CS', Value: ['', 'ISO 2022 IR 87'] },
				'00100010': { vr: 'UN', Value: [Buffer.from([0x41, 0x1b, 0x24, 0x42])] },
			},
		],
	];
	const contexts = [CT, STUDY_ROOT_GET].map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: [IMPLICIT] }));
	const got: string[] = [];
	const connected = await connect({
		address: toPeer(archive),
		contexts,
		roleSelections: [{ sopClassUid: CT, scuRole: true, scpRole: true }],
		serve: async (request) => {
			const hash = createHash('sha256');
			await request.dataset?.into((bytes) => {
				hash.update(bytes);
			});
			got.push(hash.digest('hex'));
			const { messageId, affectedSopClassUid } = request.message;
			await request.respond({
				type: 'C-STORE-RSP',
				messageIdBeingRespondedTo: messageId,
				affectedSopClassUid,
				hasDataset: false,
				status: 0,
			});
		},
	});
	for (const [index, [name, values]] of odd.entries()) {
		const uid = `1.2.3.8.${index}`;
		const study = `1.2.3.80.${index}`;
		const dataset = encoded(
			{ ...image(CT, uid, { StudyInstanceUID: study, SeriesInstanceUID: `${study}.1` }), ...values },
			IMPLICIT,
		);
		const { id } = requireContext(connected, CT);
		const stored = await store(connected.association, id, { sopClassUid: CT, sopInstanceUid: uid, dataset });
		t.equal(stored.status, 0, name);
		const exchange = connected.association.exchange(
			requireContext(connected, STUDY_ROOT_GET).id,
			{
				type: 'C-GET-RQ',
				messageId: connected.association.nextMessageId(),
				affectedSopClassUid: STUDY_ROOT_GET,
				priority: 0,
				hasDataset: true,
			},
			encoded(keys({ QueryRetrieveLevel: 'STUDY', StudyInstanceUID: study }), IMPLICIT),
		);
		t.equal((await exchange.final).message.status, 0);
		t.equal(got.at(-1), createHash('sha256').update(dataset).digest('hex'), `${name}: bit for bit`);
	}
	await connected.association.release();
	await lives(t, archive);
});

t.test('S9: datasets that go on and on, or nowhere, are stored or refused, and nothing else', async (t) => {
	const head = encoded(image(CT, '1.2.3.9.1'), EXPLICIT);
	const until10 = decodeDataset(head, EXPLICIT, { untilTag: '00200010' });
	const front = head.subarray(0, until10.endOffset);
	/** (0020,9222) SQ of undefined length in (0020,9222) ... */
	const nested = (depth: number, isClosed: boolean): Uint8Array => {
		const open = Buffer.from('200022925351 0000 ffffffff feff00e0 ffffffff'.replaceAll(' ', ''), 'hex');
		const close = Buffer.from('feff0de000000000feffdde000000000', 'hex');
		return Buffer.concat([...Array<Buffer>(depth).fill(open), ...(isClosed ? Array<Buffer>(depth).fill(close) : [])]);
	};
	const items = (count: number): Uint8Array =>
		Buffer.concat([
			Buffer.from('20002292535100 00ffffffff'.replaceAll(' ', ''), 'hex'),
			...Array<Buffer>(count).fill(Buffer.from('feff00e000000000', 'hex')),
			Buffer.from('feffdde000000000', 'hex'),
		]);
	const bad: readonly [name: string, bytes: Uint8Array][] = [
		['64 deep', nested(64, true)],
		['65 deep', nested(65, true)],
		['10,000 deep', nested(10_000, true)],
		['100,000 deep and never closed', nested(100_000, false)],
		['a million items', items(1_000_000)],
		['a sequence without an end', nested(1, false)],
		['a VR that is none', Buffer.from('20001000 3f3f 0400 41424344'.replaceAll(' ', ''), 'hex')],
		['an odd length', Buffer.from('20001000 5348 0300 414243'.replaceAll(' ', ''), 'hex')],
		['a value of 4 GB', Buffer.from('20001000 4f42 0000 feffffff 41424344'.replaceAll(' ', ''), 'hex')],
		['group 0002 in the dataset', Buffer.from('02001000 5549 0400 312e3200'.replaceAll(' ', ''), 'hex')],
		['tags that go down', Buffer.from('08001000 4c4f 0400 41424344'.replaceAll(' ', ''), 'hex')],
	];
	const before = residentBytes(archive);
	for (const [name, bytes] of bad) {
		const caller = await RawCaller.associated(archive.port, associateRq(CLASSES, {}, [EXPLICIT]));
		caller.say(messageBytes(STORE_CONTEXT, storeRq('1.2.3.9.1'), Buffer.concat([front, bytes])));
		const [, answer = ''] = await caller.hears(2);
		t.match(answer, /^C-STORE-RSP (0000|B\d{3}|A9\d\d|A7\d\d|C[0-9A-F]{3}|0117)/, `${name}: ${answer}`);
		caller.reset();
	}
	t.ok(residentBytes(archive) - before < 150_000_000);
	t.same(
		filesOf(archive).filter((path) => path.endsWith('.part')),
		[],
	);
	await lives(t, archive);
});

t.test('S9: a deflated bomb is not let off', async (t) => {
	const deflated = '1.2.840.10008.1.2.1.99';
	const dataset: Dataset = { ...image(CT, '1.2.3.9.2'), '00204000': { vr: 'LT', Value: ['A'.repeat(60_000_000)] } };
	const bytes = encoded(dataset, deflated);
	t.ok(bytes.length < 200_000, `${bytes.length} bytes for 60 MB`);
	const before = residentBytes(archive);
	const caller = await RawCaller.associated(archive.port, associateRq(CLASSES, {}, [deflated]));
	caller.say(messageBytes(STORE_CONTEXT, storeRq('1.2.3.9.2'), bytes));
	const [, answer = ''] = await caller.hears(2);
	t.match(answer, /^C-STORE-RSP /, answer);
	t.ok(residentBytes(archive) - before < 100_000_000, `${Math.round((residentBytes(archive) - before) / 1e6)} MB`);
	caller.reset();
	await lives(t, archive);
});

t.test('in the end it is as sound as in the beginning', async (t) => {
	t.notMatch(archive.log(), /^ {4}at /m, 'no stack of a bug in its log');
	await lives(t, archive);
	archive.signal('SIGTERM');
	t.equal(await archive.ended, 143);
	t.same(
		filesOf(archive).filter((path) => path.endsWith('.part')),
		[],
	);
});
