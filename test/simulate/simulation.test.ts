/** Each fault as the other side meets it, over a wire in memory and a clock that is turned by hand. */
import t, { type Test } from 'tap';
import { accept } from '../../src/association/acceptor.ts';
import type { Association } from '../../src/association/association.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { type Connected, connect, requireContext } from '../../src/association/requestor.ts';
import { type Dataset, stringsOf, textOf } from '../../src/dicom/dataset.ts';
import { PATIENT_ROOT_FIND, STUDY_ROOT_FIND, STUDY_ROOT_GET, STUDY_ROOT_MOVE } from '../../src/dicom/sop-classes.ts';
import type { CFindRq, CGetRsp, CStoreRq } from '../../src/dimse/messages.ts';
import { DicomError } from '../../src/errors.ts';
import { answerFind, type Search } from '../../src/services/query-scp.ts';
import { find } from '../../src/services/query-scu.ts';
import { answerStore } from '../../src/services/storage-scp.ts';
import { answerEcho, echo, VERIFICATION } from '../../src/services/verification.ts';
import { parseFault } from '../../src/simulate/fault.ts';
import { Simulation } from '../../src/simulate/simulation.ts';
import { HandClock } from '../support/clock.ts';
import { wire } from '../support/wire.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const CT = '1.2.840.10008.5.1.4.1.1.2';
const MR = '1.2.840.10008.5.1.4.1.1.4';

/** What a server would do if nothing were wrong with it. Rows are studies of two people. */
const NAMES = ['Müller^Änne', 'SMITH^JOHN', 'Smith^Jane', 'WANG^XIAODONG=王^小东', 'O^O'];
const rows = (): Dataset[] =>
	NAMES.map((name, index) => ({
		'00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
		'00080020': { vr: 'DA', Value: [`2024010${index + 1}`] },
		'00080052': { vr: 'CS', Value: ['STUDY'] },
		'00100010': { vr: 'PN', Value: [name] },
		'00100020': { vr: 'LO', Value: [`P${index}`] },
		'0020000D': { vr: 'UI', Value: [`1.2.${index + 1}`] },
	}));

const asked: Dataset[] = [];
const search: Search = async function* (identifier) {
	asked.push(identifier);
	for (const match of rows()) yield { match };
};

/** A C-GET or C-MOVE of ten sub-operations that only says so. */
const answerRetrieve = async (request: IncomingRequest): Promise<void> => {
	await request.dataset?.discard();
	const { type, messageId } = request.message;
	for (let done = 1; done <= 10; done++) {
		if (request.signal.aborted) break;
		await request.respond({
			type: type === 'C-GET-RQ' ? 'C-GET-RSP' : 'C-MOVE-RSP',
			messageIdBeingRespondedTo: messageId,
			hasDataset: false,
			status: done === 10 ? 0x0000 : 0xff00,
			...(done === 10 ? {} : { numberOfRemainingSuboperations: 10 - done }),
			numberOfCompletedSuboperations: done,
			numberOfFailedSuboperations: 0,
			numberOfWarningSuboperations: 0,
		});
	}
};

interface Peer {
	readonly connected: Connected;
	readonly association: Association;
	readonly clock: HandClock;
	/** How it ended on the server's side. */
	readonly ended: Promise<DicomError | undefined>;
}

/** Calls a server that has these faults. */
const call = async (
	t: Test,
	faults: readonly string[],
	given: { readonly calling?: string; readonly simulation?: Simulation; readonly clock?: HandClock } = {},
): Promise<Peer> => {
	const clock = given.clock ?? new HandClock();
	const simulation = given.simulation ?? new Simulation(faults.map(parseFault), clock);
	const calling = given.calling ?? 'WS01';
	const [ours, theirs] = wire();
	const { ended } = accept(theirs, {
		clock,
		...(simulation.maximumLength === undefined ? {} : { maximumLength: simulation.maximumLength }),
		decide: (rq, from, association) =>
			simulation.decide(rq, from, association, {
				supported: () => [EXPLICIT],
				serve: (request) => {
					switch (request.message.type) {
						case 'C-ECHO-RQ':
							return answerEcho(request);
						case 'C-FIND-RQ':
							return answerFind(request as IncomingRequest<CFindRq>, simulation.search(rq.callingAeTitle, search));
						case 'C-STORE-RQ':
							return answerStore(request as IncomingRequest<CStoreRq>, () => ({
								write: () => {},
								commit: async () => 0,
								discard: async () => {},
							}));
						default:
							return answerRetrieve(request);
					}
				},
			}),
	});
	const end = ended.then(
		() => undefined,
		(error: unknown) => error as DicomError,
	);
	t.teardown(() => end);
	const connected = await connect({
		address: { host: 'memory', port: 1, calledAeTitle: 'ARCHIVE', callingAeTitle: calling },
		contexts: [VERIFICATION, PATIENT_ROOT_FIND, STUDY_ROOT_FIND, STUDY_ROOT_MOVE, STUDY_ROOT_GET, CT, MR].map(
			(abstractSyntax) => ({ abstractSyntax, transferSyntaxes: [EXPLICIT] }),
		),
		clock,
		openTransport: async () => ours,
	});
	t.teardown(() => connected.association.abort());
	return { connected, association: connected.association, clock, ended: end };
};

const failureOf = async (work: Promise<unknown>) => {
	try {
		return { came: await work };
	} catch (error) {
		if (error instanceof DicomError) return error.failure;
		throw error;
	}
};

const KEYS: Dataset = {
	'00080052': { vr: 'CS', Value: ['STUDY'] },
	'00080020': { vr: 'DA', Value: [] },
	'00100010': { vr: 'PN', Value: [] },
	'00100020': { vr: 'LO', Value: [] },
	'0020000D': { vr: 'UI', Value: [] },
};

const query = async ({ association, connected }: Peer, keys: Dataset = KEYS) => {
	const exchange = find(association, requireContext(connected, STUDY_ROOT_FIND), keys);
	const matches: Dataset[] = [];
	for await (const { dataset } of exchange) matches.push(dataset);
	return { matches, status: (await exchange.final).status, comment: (await exchange.final).errorComment };
};

const sendStore = (peer: Peer, uid = '1.2.3') =>
	peer.association.call(
		requireContext(peer.connected, CT).id,
		{
			type: 'C-STORE-RQ',
			messageId: peer.association.nextMessageId(),
			affectedSopClassUid: CT,
			affectedSopInstanceUid: uid,
			priority: 0,
			hasDataset: true,
		},
		new Uint8Array(32),
	);

const retrieve = (peer: Peer) =>
	peer.association.exchange<CGetRsp>(
		requireContext(peer.connected, STUDY_ROOT_GET).id,
		{
			type: 'C-GET-RQ',
			messageId: peer.association.nextMessageId(),
			affectedSopClassUid: STUDY_ROOT_GET,
			priority: 0,
			hasDataset: true,
		},
		new Uint8Array(0),
	);

/** Lets everything that is under way in memory come to rest. */
const settled = async () => {
	for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

t.test('without faults nothing changes, and with those of another caller neither', async (t) => {
	for (const faults of [[], ['reject:1/1/1@OTHER', 'limit:1@OTHER', 'status:echo:0110@OTHER']]) {
		const peer = await call(t, faults);
		t.equal((await echo(peer.association, 1)).status, 0);
		t.equal((await query(peer)).matches.length, NAMES.length);
		await peer.association.release();
		t.equal(await peer.ended, undefined);
	}
});

t.test('reject, for ever or for a while', async (t) => {
	for (const [result, source, reason] of [
		[1, 1, 1],
		[1, 1, 7],
		[2, 3, 2],
		[1, 2, 2],
		[2, 1, 255],
	])
		t.match(
			await failureOf(call(t, [`reject:${result}/${source}/${reason}`])),
			{ blame: 'rejected', result, source, reason },
			`${result}/${source}/${reason}`,
		);
	const clock = new HandClock();
	const simulation = new Simulation([parseFault('reject:2/3/2:30s@WS01')], clock);
	clock.advance(100_000);
	t.match(await failureOf(call(t, [], { clock, simulation })), { blame: 'rejected' }, 'the time begins with the first');
	clock.advance(29_999);
	t.match(await failureOf(call(t, [], { clock, simulation })), { blame: 'rejected' });
	t.ok((await call(t, [], { clock, simulation, calling: 'OTHER' })).association.isOpen);
	clock.advance(1);
	t.ok((await call(t, [], { clock, simulation })).association.isOpen, 'and ends');
});

t.test('abort-after and silent: at the association request', async (t) => {
	t.match(await failureOf(call(t, ['abort-after:rq'])), { blame: 'aborted', source: 0, reason: 0, phase: 'associate' });
	const clock = new HandClock();
	const silence = failureOf(call(t, ['silent'], { clock }));
	await settled();
	clock.advance(30_000);
	t.match(await silence, { blame: 'timeout', waitingFor: 'associate-answer' });
});

t.test('abort-after and silent: at a request', async (t) => {
	for (const word of ['echo', 'find', 'store', 'get']) {
		for (const fault of ['abort-after', 'silent']) {
			const peer = await call(t, [`${fault}:${word}`]);
			const work = {
				echo: () => echo(peer.association, 1),
				find: () => query(peer),
				store: () => sendStore(peer),
				get: () => retrieve(peer).final,
			}[word] as () => Promise<unknown>;
			if (word !== 'echo') t.equal((await echo(peer.association, 1)).status, 0, 'others are served');
			const failed = failureOf(work());
			await settled();
			if (fault === 'silent') peer.clock.advance(30_000);
			const expected =
				fault === 'silent' ? { blame: 'timeout', waitingFor: 'response' } : { blame: 'aborted', source: 0 };
			t.match(await failed, expected, `${fault}:${word}`);
		}
	}
});

t.test('abort-after and silent: after so many responses', async (t) => {
	for (const [fault, blame] of [
		['abort-after:3', 'aborted'],
		['silent:3', 'timeout'],
		['abort-after:find:3', 'aborted'],
		['silent:find:3', 'timeout'],
	] as const) {
		const peer = await call(t, [fault]);
		if (fault.includes('find')) for (let echoes = 0; echoes < 5; echoes++) await echo(peer.association, 1);
		const matches: Dataset[] = [];
		const failed = failureOf(
			(async () => {
				const context = requireContext(peer.connected, STUDY_ROOT_FIND);
				for await (const { dataset } of find(peer.association, context, KEYS)) matches.push(dataset);
			})(),
		);
		await settled();
		peer.clock.advance(30_000);
		t.match(await failed, { blame }, fault);
		t.equal(matches.length, 3, 'and those are whole');
	}
});

t.test('abort with its numbers, and connections that are dropped', async (t) => {
	for (const [source, reason] of [
		[0, 0],
		[2, 0],
		[2, 6],
	] as const) {
		const peer = await call(t, [`abort:${source}/${reason}`]);
		t.match(await failureOf(echo(peer.association, 1)), { blame: 'aborted', source, reason });
	}
	t.match(await failureOf(call(t, ['drop-after:rq'])), { blame: /aborted|connect/ });
	const peer = await call(t, ['drop-after:find']);
	t.equal((await echo(peer.association, 1)).status, 0);
	t.match(await failureOf(query(peer)), { blame: 'aborted', source: undefined });
	const later = await call(t, ['drop-after:2']);
	t.match(await failureOf(query(later)), { blame: 'aborted', source: undefined });
});

t.test('idle-abort', async (t) => {
	const peer = await call(t, ['idle-abort:10s']);
	peer.clock.advance(9_000);
	await echo(peer.association, 1);
	await settled();
	peer.clock.advance(9_000);
	t.ok(peer.association.isOpen, 'what was asked puts it off');
	peer.clock.advance(1_001);
	await peer.association.closed;
	t.match(peer.association.failure?.failure, { blame: 'aborted', source: 0 });
	t.match((await peer.ended)?.failure, { blame: 'interrupted', signal: '--simulate idle-abort' });
});

t.test('contexts and the PDU length', async (t) => {
	const refused = async (fault: string) =>
		(await call(t, [fault])).connected.refused.map(({ abstractSyntax }) => abstractSyntax);
	t.same(await refused('no-get'), [STUDY_ROOT_GET]);
	t.same(await refused('no-patient-root'), [PATIENT_ROOT_FIND]);
	t.same(await refused('refuse-class:CTImageStorage'), [CT]);
	t.same(await refused('max-contexts:5'), [CT, MR]);
	t.equal((await refused('max-contexts:1')).length, 6);
	t.equal((await call(t, ['pdu:4096'])).connected.answer.userInformation.maximumLength, 4096);
});

t.test('slow, and first-row', async (t) => {
	const peer = await call(t, ['slow:200ms/row', 'first-row:20s']);
	const context = requireContext(peer.connected, STUDY_ROOT_FIND);
	let count = 0;
	const done = (async () => {
		for await (const _ of find(peer.association, context, KEYS)) count++;
	})();
	await settled();
	peer.clock.advance(20_199);
	await settled();
	t.equal(count, 0);
	peer.clock.advance(1);
	await settled();
	t.equal(count, 1);
	peer.clock.advance(200);
	await settled();
	t.equal(count, 2);
	for (let row = 2; row < NAMES.length; row++) {
		peer.clock.advance(200);
		await settled();
	}
	await done;
	t.equal(count, NAMES.length, 'the last response is not a row');
	const status = echo(peer.association, 1);
	t.equal((await status).status, 0, 'nor is an echo');

	const slow = await call(t, ['slow:1s']);
	let answered = false;
	const answer = echo(slow.association, 1).then(() => {
		answered = true;
	});
	await settled();
	t.notOk(answered, 'without /row every response is late');
	slow.clock.advance(1_000);
	await answer;
});

t.test('slow and first-row hold for a C-GET: its final response does not overtake', async (t) => {
	for (const [fault, ms] of [
		['first-row:3s', 3_000],
		['slow:300ms/row', 300],
	] as const) {
		const peer = await call(t, [fault]);
		const exchange = retrieve(peer);
		let isOver = false;
		let count = 0;
		const done = (async () => {
			for await (const _ of exchange) count++;
			await exchange.final;
			isOver = true;
		})();
		await settled();
		peer.clock.advance(ms - 1);
		await settled();
		t.same([count, isOver], [0, false], fault);
		for (let turn = 0; turn < 20 && !isOver; turn++) {
			peer.clock.advance(ms);
			await settled();
		}
		await done;
		t.ok(count > 0, `${count} pending responses before the final one`);
	}
});

t.test('a cancel ends the waiting, unless it is ignored', async (t) => {
	const peer = await call(t, ['slow:10s/row']);
	const exchange = find(peer.association, requireContext(peer.connected, STUDY_ROOT_FIND), KEYS);
	await settled();
	exchange.cancel();
	t.equal((await exchange.final).status, 0xfe00);

	const deaf = await call(t, ['ignore-cancel']);
	const going = retrieve(deaf);
	going.cancel();
	const { message } = await going.final;
	t.equal(message.status, 0x0000);
	t.equal(message.numberOfCompletedSuboperations, 10);
});

t.test('status, final-status, counts', async (t) => {
	const find = await query(await call(t, ['status:find:A900:go away']));
	t.same([find.status, find.comment, find.matches], [0xa900, 'go away', []]);
	const peer = await call(t, ['status:echo:1234', 'status:store:A700', 'final-status:get:B000', 'counts:7/2/1/5']);
	t.equal((await echo(peer.association, 1)).status, 0x1234);
	t.match((await sendStore(peer)).message, { status: 0xa700, affectedSopInstanceUid: '1.2.3' });
	const exchange = retrieve(peer);
	const pending: (number | undefined)[] = [];
	for await (const { message } of exchange) pending.push(message.numberOfCompletedSuboperations);
	t.same(pending, [1, 2, 3, 4, 5, 6, 7, 8, 9], 'the pending ones tell the truth');
	t.match((await exchange.final).message, {
		status: 0xb000,
		numberOfRemainingSuboperations: 5,
		numberOfCompletedSuboperations: 7,
		numberOfFailedSuboperations: 2,
		numberOfWarningSuboperations: 1,
	});
});

t.test('fail-every counts C-STOREs and sub-operations, each over all associations', async (t) => {
	const simulation = new Simulation([parseFault('fail-every:3:A700')]);
	const statuses: number[] = [];
	for (let association = 0; association < 2; association++) {
		const peer = await call(t, [], { simulation });
		for (let index = 0; index < 4; index++) statuses.push((await sendStore(peer)).message.status);
	}
	t.same(statuses, [0, 0, 0xa700, 0, 0, 0xa700, 0, 0]);
	const instance = { sopInstanceUid: '1' } as Parameters<NonNullable<ReturnType<Simulation['policy']>['statusFor']>>[1];
	const inOrder = (service: 'C-GET' | 'C-MOVE', count: number) => {
		const { statusFor } = simulation.policy('WS01', service);
		return Array.from({ length: count }, (_, index) => statusFor?.(index, instance));
	};
	t.same(inOrder('C-GET', 2), [undefined, undefined], 'C-STOREs are not sub-operations');
	t.same(inOrder('C-MOVE', 2), [0xa700, undefined], 'a retrieve goes on with the count of the one before');
	t.same(inOrder('C-GET', 2), [undefined, 0xa700]);
});

t.test('rows: limits, doubles, missing keys', async (t) => {
	t.equal((await query(await call(t, ['limit:2']))).matches.length, 2);
	t.match(await query(await call(t, ['limit:0'])), { matches: [], status: 0 });
	t.match(await query(await call(t, ['limit-refuse:4'])), { matches: [], status: 0xa700 });
	t.equal((await query(await call(t, ['limit-refuse:5']))).matches.length, 5);
	const twice = (await query(await call(t, ['dup-rows', 'limit:2']))).matches;
	t.same(
		twice.map((row) => textOf(row, '00100020')),
		['P0', 'P0', 'P1', 'P1'],
	);
	const [bare] = (await query(await call(t, ['missing-keys']))).matches;
	t.same(Object.keys(bare ?? {}).sort(), ['00080005', '00080052', '00100020', '0020000D']);
	const [less] = (await query(await call(t, ['missing-keys:StudyDate']))).matches;
	t.same(Object.keys(less ?? {}).sort(), ['00080005', '00080052', '00100010', '00100020', '0020000D']);
});

t.test('ignore-key asks without it', async (t) => {
	const keys: Dataset = {
		...KEYS,
		'00100020': { vr: 'LO', Value: ['P1'] },
		'00080020': { vr: 'DA', Value: ['20240101'] },
	};
	await query(await call(t, ['ignore-key:PatientID', 'ignore-key:AccessionNumber']), keys);
	const last = asked.at(-1) ?? {};
	t.same(stringsOf(last, '00100020'), []);
	t.same(stringsOf(last, '00080020'), ['20240101']);
	t.notOk('00080050' in last, 'what was not asked for is not made up');
});

t.test('case-sensitive', async (t) => {
	const named = async (name: string) => {
		const keys: Dataset = { ...KEYS, '00100010': { vr: 'PN', Value: [name] } };
		const { matches } = await query(await call(t, ['case-sensitive']), keys);
		return matches.map((row) => textOf(row, '00100010'));
	};
	// What does not match at all is the archive's affair; here it answers with everything.
	t.same(
		(await named('SMITH*')).filter((name) => /smith/i.test(name)),
		['SMITH^JOHN'],
	);
	t.same(
		(await named('Smith^J*')).filter((name) => /smith/i.test(name)),
		['Smith^Jane'],
	);
	t.same(
		(await named('smith')).filter((name) => /smith/i.test(name)),
		[],
	);
	t.equal((await named('')).length, NAMES.length);
});

t.test('escape-names', async (t) => {
	const { matches } = await query(await call(t, ['escape-names']));
	t.ok(matches.every((row) => textOf(row, '00100010').includes('\x1b[31m')));
	t.match(textOf(matches[0] ?? {}, '00100010'), 'Müller^Änne');
	t.equal(textOf(matches[0] ?? {}, '00100020'), 'P0');
});

t.test('no-charset and wrong-charset leave the bytes as they are', async (t) => {
	const none = (await query(await call(t, ['no-charset']))).matches;
	t.notOk(none.some((row) => '00080005' in row));
	const wrong = (await query(await call(t, ['wrong-charset:ISO_IR 100']))).matches;
	t.same(stringsOf(wrong[0] ?? {}, '00080005'), ['ISO_IR 100']);
	t.match(textOf(wrong[0] ?? {}, '00100010'), /^MÃ¼ller/, 'UTF-8 read as Latin-1');
	const peer = await call(t, ['no-charset']);
	const exchange = find(peer.association, requireContext(peer.connected, STUDY_ROOT_FIND), KEYS, {
		characterSet: ['ISO_IR 192'],
	});
	const names: string[] = [];
	for await (const { dataset } of exchange) names.push(textOf(dataset, '00100010'));
	t.same(names, NAMES, 'who knows better can still read them');
});

t.test('what retrieves are told to do', async (t) => {
	const policy = (fault: string, service: 'C-GET' | 'C-MOVE' = 'C-MOVE') =>
		new Simulation([parseFault(`${fault}@WS01`)]).policy(' WS01 ', service);
	t.same(policy('limit:1'), {});
	t.same(policy('no-pending'), { sendPending: false });
	t.same(policy('no-counts'), { sendCounts: false });
	t.same(policy('move-lie'), { lie: true });
	t.same(policy('move-async:10s'), { finalFirst: { delayMs: 10_000 } });
	t.same([policy('move-lie', 'C-GET'), policy('move-async:1s', 'C-GET')], [{}, {}], 'of C-MOVE alone');
	const five = [1, 2, 3, 4, 5] as unknown as Parameters<NonNullable<ReturnType<typeof policy>['select']>>[0];
	t.same(policy('move-half').select?.(five), [1, 2]);
	const simulation = new Simulation([parseFault('move-unknown@WS01')]);
	t.equal(simulation.destination('WS01', () => 1)('STORESCP'), undefined);
	t.equal(simulation.destination('OTHER', () => 1)('STORESCP'), 1);
	t.same([new Simulation([]).isEmpty, simulation.isEmpty], [true, false]);
});
