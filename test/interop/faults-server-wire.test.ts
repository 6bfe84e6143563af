import { readdirSync } from 'node:fs';
import t from 'tap';
import { requireContext, withAssociation } from '../../src/association/requestor.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { STUDY_ROOT_FIND, STUDY_ROOT_GET, STUDY_ROOT_MOVE, VERIFICATION } from '../../src/dicom/sop-classes.ts';
import { VRS, type Vr } from '../../src/dicom/vr.ts';
import { encodeCommand } from '../../src/dimse/command-set.ts';
import type { Message } from '../../src/dimse/messages.ts';
import { find } from '../../src/services/query-scu.ts';
import { encodePdu, type Pdu } from '../../src/upper-layer/pdu/index.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { filesOf, lives, plain, residentBytes, startArchive } from './archive-process.ts';
import { CT, encoded, image, keys, toPeer } from './instances.ts';
import {
	associateRq,
	CLASSES,
	EXPLICIT,
	echoRq,
	IMPLICIT,
	messageBytes,
	RawCaller,
	RQ,
	STORE_CONTEXT,
	storeRq,
} from './raw-caller.ts';

t.setTimeout(300_000);
const archive = await startArchive(t, ['-ta', '1', '-tn', '1']);
const FIND_CONTEXT = 5;
const BYTES = encoded(image(CT, '1.2.3.4.5'), IMPLICIT);

const PDUS: readonly Pdu[] = [
	associateRq(CLASSES),
	{
		...associateRq(CLASSES),
		type: 'A-ASSOCIATE-AC',
		presentationContexts: [{ id: 1, result: 0, transferSyntax: IMPLICIT }],
	},
	{ type: 'A-ASSOCIATE-RJ', result: 1, source: 1, reason: 1 },
	{
		type: 'P-DATA-TF',
		pdvs: [{ contextId: 1, isCommand: true, isLast: true, bytes: encodeCommand(echoRq()) }],
	},
	{ type: 'A-RELEASE-RQ' },
	{ type: 'A-RELEASE-RP' },
	{ type: 'A-ABORT', source: 0, reason: 0 },
];

const UNKNOWN_PDU = Uint8Array.of(9, 0, 0, 0, 0, 4, 0, 0, 0, 0);

/** PS3.8 Table 9-10 as a caller sees it: what is heard after each PDU in each state that an acceptor waits in. */
const IN_STATE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	Sta2: {
		'A-ASSOCIATE-RQ': 'A-ASSOCIATE-AC, end',
		'A-ASSOCIATE-AC': 'A-ABORT 0/0, end',
		'A-ASSOCIATE-RJ': 'A-ABORT 0/0, end',
		'P-DATA-TF': 'A-ABORT 0/0, end',
		'A-RELEASE-RQ': 'A-ABORT 0/0, end',
		'A-RELEASE-RP': 'A-ABORT 0/0, end',
		'A-ABORT': 'end',
		unknown: 'A-ABORT 0/0, end',
	},
	Sta3: {
		'A-ASSOCIATE-RQ': 'A-ABORT 2/2, end',
		'A-ASSOCIATE-AC': 'A-ABORT 2/2, end',
		'A-ASSOCIATE-RJ': 'A-ABORT 2/2, end',
		'P-DATA-TF': 'A-ABORT 2/2, end',
		'A-RELEASE-RQ': 'A-ABORT 2/2, end',
		'A-RELEASE-RP': 'A-ABORT 2/2, end',
		'A-ABORT': 'end',
		unknown: 'A-ABORT 2/1, end',
	},
	Sta6: {
		'A-ASSOCIATE-RQ': 'A-ABORT 2/2, end',
		'A-ASSOCIATE-AC': 'A-ABORT 2/2, end',
		'A-ASSOCIATE-RJ': 'A-ABORT 2/2, end',
		'P-DATA-TF': 'C-ECHO-RSP 0000',
		'A-RELEASE-RQ': 'A-RELEASE-RP, end',
		'A-RELEASE-RP': 'A-ABORT 2/2, end',
		'A-ABORT': 'end',
		unknown: 'A-ABORT 2/1, end',
	},
	Sta13: {
		'A-ASSOCIATE-RQ': 'A-ABORT 2/2, end',
		'A-ASSOCIATE-AC': 'end',
		'A-ASSOCIATE-RJ': 'end',
		'P-DATA-TF': 'end',
		'A-RELEASE-RQ': 'end',
		'A-RELEASE-RP': 'end',
		'A-ABORT': 'end',
		unknown: 'A-ABORT 2/1, end',
	},
};

t.test('W4: each PDU type in each state', async (t) => {
	const silent = await startArchive(t, ['-ta', '1', '-tn', '1', '--simulate', 'silent']);
	for (const [state, expected] of Object.entries(IN_STATE))
		await Promise.all(
			[...PDUS.map((pdu) => [pdu.type, encodePdu(pdu)] as const), ['unknown', UNKNOWN_PDU] as const].map(
				async ([type, bytes]) => {
					const caller = new RawCaller(state === 'Sta3' ? silent.port : archive.port);
					if (state !== 'Sta2') caller.say(RQ);
					if (state === 'Sta6' || state === 'Sta13') await caller.hears(1);
					if (state === 'Sta13') {
						caller.say(encodePdu({ type: 'A-RELEASE-RQ' }));
						await caller.hears(2);
					}
					const before = caller.heard.length;
					caller.say(bytes);
					const wanted = expected[type] ?? '';
					// An association that stands ends by the time it may be idle.
					if (wanted.endsWith('end')) await caller.over();
					else await caller.hears(before + 1);
					const heard = caller.heard.slice(before).filter((one) => one !== 'A-ABORT 0/0' || type !== 'A-ASSOCIATE-RQ');
					t.equal(heard.join(', '), wanted, `${type} in ${state}`);
					caller.reset();
				},
			),
		);
	await lives(t, archive);
});

const pdu = (type: number, length: number, ...body: readonly Uint8Array[]): Uint8Array => {
	const header = Buffer.alloc(6);
	header[0] = type;
	header.writeUInt32BE(length, 2);
	return Buffer.concat([header, ...body]);
};

const pdv = (length: number, contextId: number, control: number, body: Uint8Array): Uint8Array => {
	const header = Buffer.alloc(6);
	header.writeUInt32BE(length, 0);
	header[4] = contextId;
	header[5] = control;
	return Buffer.concat([header, body]);
};

t.test('W1, W5: lengths of PDUs and PDVs that lie cost nothing and are aborted at once', async (t) => {
	const command = encodeCommand(echoRq());
	const held = residentBytes(archive);
	const lies: readonly [name: string, bytes: Uint8Array, heard: string][] = [
		['a P-DATA-TF of 4 GB', pdu(4, 0xffffffff, new Uint8Array(64)), 'A-ABORT 2/6'],
		['a P-DATA-TF of 2 GB', pdu(4, 0x7fffffff, new Uint8Array(64)), 'A-ABORT 2/6'],
		['a P-DATA-TF over our maximum and over 1 MiB', pdu(4, 1_048_577, new Uint8Array(64)), 'A-ABORT 2/6'],
		['a P-DATA-TF of nothing', pdu(4, 0), 'A-ABORT 2/6'],
		['a P-DATA-TF of three bytes', pdu(4, 3, new Uint8Array(3)), 'A-ABORT 2/6'],
		['an A-RELEASE-RQ of 5 bytes', pdu(5, 5, new Uint8Array(5)), 'A-ABORT 2/6'],
		['an A-ABORT of 4 GB', pdu(7, 0xffffffff), 'A-ABORT 2/6'],
		['a PDV of nothing', pdu(4, 6 + command.length, pdv(0, 1, 3, command)), 'A-ABORT 2/6'],
		['a PDV of one byte', pdu(4, 6 + command.length, pdv(1, 1, 3, command)), 'A-ABORT 2/6'],
		['a PDV longer than its PDU', pdu(4, 6 + command.length, pdv(command.length + 3, 1, 3, command)), 'A-ABORT 2/6'],
		['a PDV of 4 GB', pdu(4, 6 + command.length, pdv(0xffffffff, 1, 3, command)), 'A-ABORT 2/6'],
		['a PDV shorter than its PDU', pdu(4, 6 + command.length, pdv(command.length, 1, 3, command)), 'A-ABORT 2/6'],
		['an even context', pdu(4, 6 + command.length, pdv(command.length + 2, 2, 3, command)), 'A-ABORT 2/6'],
		['a context that nobody proposed', messageBytes(99, command), 'A-ABORT 0/0'],
		['a dataset before its command', pdu(4, 8, pdv(4, 1, 2, new Uint8Array(2))), 'A-ABORT 2/5'],
	];
	for (const [name, bytes, expected] of lies) {
		const caller = await RawCaller.associated(archive.port, associateRq(CLASSES));
		const startedAt = performance.now();
		caller.say(bytes);
		t.same((await caller.over()).slice(1), [expected, 'end'], name);
		t.ok(performance.now() - startedAt < 3_000, 'it does not wait for the rest');
	}
	t.ok(residentBytes(archive) - held < 20_000_000, 'memory is for what has come');
	await lives(t, archive);
});

/** The elements of a command set, group length left out. */
const elementsOf = (command: Uint8Array): { element: number; bytes: Uint8Array }[] => {
	const view = Buffer.from(command);
	const elements = [];
	for (let at = 12; at < view.length; ) {
		const end = at + 8 + view.readUInt32LE(at + 4);
		elements.push({ element: view.readUInt16LE(at + 2), bytes: view.subarray(at, end) });
		at = end;
	}
	return elements;
};

const commandOf = (elements: readonly Uint8Array[], groupLength?: number): Uint8Array => {
	const body = Buffer.concat(elements);
	const head = Buffer.alloc(12);
	head.writeUInt32LE(4, 4);
	head.writeUInt32LE(groupLength ?? body.length, 8);
	return Buffer.concat([head, body]);
};

const withLength = (bytes: Uint8Array, length: number): Uint8Array => {
	const changed = Buffer.from(bytes);
	changed.writeUInt32LE(length, 4);
	return changed;
};

/** All that can be wrong with one element among others. */
const damaged = (elements: readonly { element: number; bytes: Uint8Array }[], at: number): [string, Uint8Array][] => {
	const one = elements[at]?.bytes ?? new Uint8Array();
	const before = elements.slice(0, at).map(({ bytes }) => bytes);
	const after = elements.slice(at + 1).map(({ bytes }) => bytes);
	const doubled = Buffer.from(one);
	doubled.fill(0x31, 8);
	return [
		['missing', commandOf([...before, ...after])],
		['twice', commandOf([...before, one, one, ...after])],
		['twice, not the same', commandOf([...before, one, doubled, ...after])],
		['empty', commandOf([...before, withLength(one.subarray(0, 8), 0), ...after])],
		['of 4 GB', commandOf([...before, withLength(one, 0xffffffff), ...after])],
		['a byte too long', commandOf([...before, withLength(one, one.length - 7), ...after])],
		[
			'of a thousand bytes',
			commandOf([...before, Buffer.concat([withLength(one.subarray(0, 8), 1000), Buffer.alloc(1000, 0x41)]), ...after]),
		],
		['out of its order', commandOf([...after, one, ...before])],
	];
};

const REQUESTS: readonly [name: string, contextId: number, command: Message, dataset: Uint8Array | undefined][] = [
	['C-ECHO', 1, echoRq(), undefined],
	['C-STORE', 3, storeRq('1.2.3.4.6'), BYTES],
	...(
		[
			['C-FIND', STUDY_ROOT_FIND],
			['C-GET', STUDY_ROOT_GET],
			['C-MOVE', STUDY_ROOT_MOVE],
		] as const
	).map(([name, uid]): [string, number, Message, Uint8Array] => [
		name,
		2 * CLASSES.indexOf(uid) + 1,
		{
			type: `${name}-RQ`,
			messageId: 7,
			affectedSopClassUid: uid,
			priority: 0,
			hasDataset: true,
			...(name === 'C-MOVE' ? { moveDestination: 'STORESCP' } : {}),
		} as Message,
		encoded(keys({ QueryRetrieveLevel: 'STUDY', StudyInstanceUID: '1.2.3.999' }), IMPLICIT),
	]),
];

t.test('W8: command elements that are missing, there twice, empty, too long, out of order', async (t) => {
	for (const [name, contextId, command, dataset] of REQUESTS) {
		const elements = elementsOf(encodeCommand(command));
		const cases: [string, Uint8Array][] = elements.flatMap(({ element }, at) =>
			damaged(elements, at).map(([how, bytes]) => [
				`${name} (0000,${element.toString(16).padStart(4, '0')}) ${how}`,
				bytes,
			]),
		);
		cases.push([
			`${name} group length 0`,
			commandOf(
				elements.map(({ bytes }) => bytes),
				0,
			),
		]);
		cases.push([
			`${name} group length 4 GB`,
			commandOf(
				elements.map(({ bytes }) => bytes),
				0xffffffff,
			),
		]);
		const seen = new Map<string, number>();
		await Promise.all(
			cases.map(async ([what, bytes]) => {
				const caller = await RawCaller.associated(archive.port, associateRq(CLASSES));
				// The echo tells that what came before it has been dealt with; an answer to that may still be on its way.
				caller.say(messageBytes(contextId, bytes, dataset), messageBytes(1, echoRq(99)));
				await caller.hears(2);
				await caller.hears(3, 300).catch(() => {});
				caller.say(encodePdu({ type: 'A-RELEASE-RQ' }));
				const heard = (await caller.over()).slice(1).filter((one) => one !== 'C-ECHO-RSP 0000');
				const [answer = ''] = heard;
				// An answer with a status, an abort, or nothing but the release: never a connection that just breaks.
				t.match(answer, /^(C-\w+-RSP [0-9A-F]{4}|A-ABORT [02]\/\d|A-RELEASE-RP)$/, what);
				seen.set(answer, (seen.get(answer) ?? 0) + 1);
			}),
		);
		await lives(t, archive, `${name}: ${[...seen].map(([what, count]) => `${what} ${count}x`).join(', ')}`);
	}
});

t.test('W8: what is missing is said, and the association goes on', async (t) => {
	const caller = await RawCaller.associated(archive.port, associateRq(CLASSES));
	const without = (name: string, element: number, value?: Uint8Array): Uint8Array => {
		const [, contextId = 0, command, dataset] = REQUESTS.find(([one]) => one === name) ?? [];
		const kept = elementsOf(encodeCommand(command as Message)).map((one) =>
			one.element === element ? (value === undefined ? [] : [withLength(one.bytes.subarray(0, 8), 0)]) : [one.bytes],
		);
		return messageBytes(contextId, commandOf(kept.flat()), dataset);
	};
	const EMPTY = new Uint8Array();
	let count = 1;
	for (const [name, element, value, expected] of [
		['C-ECHO', 0x0002, undefined, 'C-ECHO-RSP 0212'],
		['C-FIND', 0x0002, undefined, 'C-FIND-RSP 0212'],
		['C-FIND', 0x0700, undefined, 'C-FIND-RSP 0000'],
		['C-MOVE', 0x0600, undefined, 'C-MOVE-RSP 0212'],
		['C-MOVE', 0x0600, EMPTY, 'C-MOVE-RSP A801'],
		['C-STORE', 0x1000, undefined, 'C-STORE-RSP 0212'],
		['C-STORE', 0x1000, EMPTY, 'C-STORE-RSP 0117'],
	] as const) {
		caller.say(without(name, element, value));
		const heard = await caller.hears(++count);
		t.match(heard.at(-1), expected, `${name} ${element.toString(16)}`);
	}
	caller.say(without('C-FIND', 0x0110));
	t.equal((await caller.over()).at(-2), 'A-ABORT 2/6', 'without a Message ID nobody can be answered');
	await lives(t, archive);
});

t.test('W8: services that we do not have are answered with 0211, responses to nothing are ignored', async (t) => {
	const caller = await RawCaller.associated(archive.port, associateRq(CLASSES));
	let count = 1;
	for (const commandField of [0x0100, 0x0110, 0x0120, 0x0130, 0x0140, 0x0150, 0x0022, 0x7fff]) {
		caller.say(
			messageBytes(1, {
				type: 'unknown',
				commandField,
				messageId: 3,
				affectedSopClassUid: VERIFICATION,
				hasDataset: false,
			}),
		);
		await caller.hears(++count);
		t.equal(caller.heard.at(-1), `${(commandField | 0x8000).toString(16).toUpperCase()} 0211`);
	}
	caller.say(
		messageBytes(1, { type: 'C-ECHO-RSP', messageIdBeingRespondedTo: 9, hasDataset: false, status: 0 }),
		messageBytes(1, { type: 'C-CANCEL-RQ', messageIdBeingRespondedTo: 77, hasDataset: false }),
		messageBytes(1, { ...echoRq(0) }),
		messageBytes(1, { ...echoRq(65_535) }),
	);
	await caller.hears(count + 2);
	t.same(caller.heard.slice(-2), ['C-ECHO-RSP 0000', 'C-ECHO-RSP 0000'], 'W9: Message IDs 0 and 65535 are fine');
	caller.reset();
});

t.test('W9: a Message ID that is used while it is outstanding is 0210, duplicate invocation', async (t) => {
	const caller = await RawCaller.associated(archive.port, associateRq(CLASSES));
	const half = messageBytes(STORE_CONTEXT, encodeCommand(storeRq('1.2.3.4.7', 5)), BYTES);
	const rq = messageBytes(FIND_CONTEXT, REQUESTS[2]?.[2] as Message, REQUESTS[2]?.[3]);
	caller.say(rq, rq, half);
	// 0210 to the second, where the first is not answered by then; the archive says what became of the store in either case.
	const heard = await caller.hears(4);
	t.ok(
		heard.every((one) => /^(A-ASSOCIATE-AC|C-FIND-RSP (FF0[01]|0000|0210|[AC]...)|C-STORE-RSP ....)/.test(one)),
		heard.join(', '),
	);
	caller.reset();
	await lives(t, archive);
});

t.test('W11: AE titles that are none', async (t) => {
	const before = readdirSync(archive.folder).sort();
	const raw = (called: Uint8Array, calling: Uint8Array): Uint8Array => {
		const bytes = Buffer.from(RQ);
		bytes.fill(0x20, 10, 42);
		bytes.set(called.subarray(0, 16), 10);
		bytes.set(calling.subarray(0, 16), 26);
		return bytes;
	};
	for (const name of [...HOSTILE_NAMES, '\x01\x02', 'é', 'A\\B', 'a'.repeat(16)]) {
		const title = Buffer.from(name, 'latin1');
		for (const bytes of [raw(title, Buffer.from('RAW')), raw(Buffer.from('ARCHIVE'), title)]) {
			const caller = new RawCaller(archive.port).say(bytes);
			const [answer = ''] = await caller.hears(1);
			t.match(answer, /^A-ASSOCIATE-(AC|RJ 1\/1\/[37])/, plain(name));
			caller.reset();
		}
	}
	t.same(readdirSync(archive.folder).sort(), before, 'CVE-2026-52868: no title is a path');
	t.notOk(archive.log().includes('\u001b'), 'nor reaches a terminal as it is');
	const other = await RawCaller.associated(
		archive.port,
		associateRq(CLASSES, { applicationContextName: '1.2.840.10008.3.1.1.2' }),
	);
	t.equal(other.heard[0], 'A-ASSOCIATE-RJ 1/1/2');
});

t.test('W12: contexts, syntaxes, roles and user items in excess', async (t) => {
	const context = (id: number, transferSyntaxes: readonly string[] = [IMPLICIT]) => ({
		id,
		abstractSyntax: VERIFICATION,
		transferSyntaxes,
	});
	const user = associateRq([]).userInformation;
	const many = Array.from({ length: 1_000 }, (_, index) => `1.2.3.${index}`);
	const token = new Uint8Array(65_500);
	const cases: readonly [name: string, Parameters<typeof associateRq>[1], heard: RegExp][] = [
		['128 contexts', { presentationContexts: many.slice(0, 128).map((_, i) => context(2 * i + 1)) }, /^A-ASSOCIATE-AC/],
		['one ID twice', { presentationContexts: [context(1), context(1)] }, /^A-ASSOCIATE-AC/],
		['an even ID', { presentationContexts: [context(2)] }, /^A-ASSOCIATE-AC|^A-ABORT/],
		['no transfer syntax', { presentationContexts: [context(1, [])] }, /^A-ASSOCIATE-AC|^A-ABORT/],
		['1,000 transfer syntaxes', { presentationContexts: [context(1, many)] }, /^A-ASSOCIATE-AC|^A-ABORT/],
		['no contexts', { presentationContexts: [] }, /^A-ASSOCIATE-AC|^A-ABORT/],
		[
			'roles for what is not proposed',
			{ userInformation: { ...user, roleSelections: [{ sopClassUid: '1.2.9', scuRole: true, scpRole: true }] } },
			/^A-ASSOCIATE-AC/,
		],
		[
			'extended negotiation of 64 KB',
			{
				userInformation: {
					...user,
					extendedNegotiations: [{ sopClassUid: STUDY_ROOT_FIND, information: token.subarray(0, 65_000) }],
				},
			},
			/^A-ASSOCIATE-AC|^A-ABORT/,
		],
		...[1, 2, 3, 4, 5, 6].map((type): [string, Parameters<typeof associateRq>[1], RegExp] => [
			`user identity of type ${type}`,
			{
				userInformation: {
					...user,
					userIdentity: {
						type,
						positiveResponseRequested: true,
						primaryField: token.subarray(0, 60_000),
						secondaryField: new Uint8Array(),
					},
				},
			},
			/^A-ASSOCIATE-(AC|RJ)|^A-ABORT/,
		]),
	];
	for (const [name, more, expected] of cases) {
		const caller = await RawCaller.associated(archive.port, associateRq(CLASSES, more));
		t.match(caller.heard[0] ?? '', expected, name);
		caller.reset();
	}
	await lives(t, archive);
});

t.test('CVE-2026-44628: every key of a query in every VR, as a sequence, empty, with two items', async (t) => {
	const tags = Object.keys(
		keys({
			...{ PatientName: '', PatientID: '', StudyDate: '', StudyTime: '', AccessionNumber: '', StudyInstanceUID: '' },
			...{ ModalitiesInStudy: '', ReferringPhysicianName: '', StudyDescription: '', NumberOfStudyRelatedInstances: '' },
			...{ RequestAttributesSequence: [], ProcedureCodeSequence: [], InstanceAvailability: '' },
		}),
	);
	const values: readonly [name: string, element: Dataset[string]][] = [
		...(Object.keys(VRS) as Vr[])
			.filter((vr) => vr !== 'SQ')
			.map((vr): [string, Dataset[string]] => [vr, { vr, Value: [valueIn(vr)] }]),
		['SQ, empty', { vr: 'SQ', Value: [] }],
		['SQ of an empty item', { vr: 'SQ', Value: [{}] }],
		['SQ of an item', { vr: 'SQ', Value: [keys({ PatientID: 'P1' })] }],
		['SQ of two items', { vr: 'SQ', Value: [keys({ PatientID: 'P1' }), keys({ PatientID: 'P2' })] }],
		['SQ in SQ', { vr: 'SQ', Value: [{ '00400275': { vr: 'SQ', Value: [{}] } }] }],
	];
	const contexts = [{ abstractSyntax: STUDY_ROOT_FIND, transferSyntaxes: [EXPLICIT] }];
	const seen = new Map<string, number>();
	await withAssociation({ address: toPeer(archive), contexts }, async (connected) => {
		const context = requireContext(connected, STUDY_ROOT_FIND);
		for (const tag of tags)
			for (const [, element] of values) {
				const exchange = find(connected.association, context, {
					...keys({ QueryRetrieveLevel: 'STUDY' }),
					[tag]: element,
				});
				for await (const _ of exchange);
				const status = (await exchange.final).status.toString(16).padStart(4, '0');
				seen.set(status, (seen.get(status) ?? 0) + 1);
			}
	});
	t.same(
		[...seen.keys()].filter((status) => !/^(0000|a900|c\w{3})$/.test(status)),
		[],
	);
	await lives(t, archive, [...seen].map(([status, count]) => `${status} ${count}x`).join(', '));
});

function valueIn(vr: Vr): string | number | bigint | Uint8Array {
	switch (VRS[vr].kind) {
		case 'number':
			return vr === 'SV' || vr === 'UV' ? 1n : 1;
		case 'tag':
			return '00100010';
		case 'bytes':
			return new Uint8Array(8);
		default:
			return vr === 'DA' ? '20240101' : '1';
	}
}

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
