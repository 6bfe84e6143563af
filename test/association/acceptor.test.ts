/** The acceptor against callers that say nothing, break the rules or ask too much; in memory, with a clock turned by hand. */
import { connect as connectTcp } from 'node:net';
import t from 'tap';
import { type AcceptOptions, accept, listen } from '../../src/association/acceptor.ts';
import type { IncomingRequest, RequestHandler } from '../../src/association/incoming.ts';
import { connect } from '../../src/association/requestor.ts';
import type { Transport, TransportEvents } from '../../src/association/transport.ts';
import { Assembler } from '../../src/dimse/assembler.ts';
import type { Message } from '../../src/dimse/messages.ts';
import { DicomError } from '../../src/errors.ts';
import { answerEcho, VERIFICATION } from '../../src/services/verification.ts';
import { type AssociateRq, encodePdu, type Pdu } from '../../src/upper-layer/pdu/index.ts';
import { PduDecoder } from '../../src/upper-layer/pdu-decoder.ts';
import { HandClock } from '../support/clock.ts';
import { wire } from '../support/wire.ts';
import { message } from './raw-peer.ts';

const IMPLICIT = '1.2.840.10008.1.2';
const CT = '1.2.840.10008.5.1.4.1.1.2';

const RQ: AssociateRq = {
	type: 'A-ASSOCIATE-RQ',
	protocolVersion: 1,
	calledAeTitle: 'SCP',
	callingAeTitle: 'SCU',
	applicationContextName: '1.2.840.10008.3.1.1.1',
	presentationContexts: [
		{ id: 1, abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] },
		{ id: 3, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] },
		{ id: 5, abstractSyntax: '1.2.3.4', transferSyntaxes: [IMPLICIT] },
	],
	userInformation: {
		maximumLength: 0,
		implementationClassUid: '1.2.3',
		roleSelections: [],
		extendedNegotiations: [],
		commonExtendedNegotiations: [],
	},
};

const echoRq = (messageId: number): Message => ({
	type: 'C-ECHO-RQ',
	messageId,
	affectedSopClassUid: VERIFICATION,
	hasDataset: false,
});
const storeRq = (messageId: number): Message => ({
	type: 'C-STORE-RQ',
	messageId,
	affectedSopClassUid: CT,
	affectedSopInstanceUid: '1.2',
	priority: 0,
	hasDataset: true,
});

/** Everything that only waits for microtasks or for the next turn has happened. */
const settled = async (): Promise<void> => {
	for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** What a promise is rejected with. */
const blamed = (promise: Promise<unknown>): Promise<unknown> =>
	promise.catch((error: unknown) => (error instanceof DicomError ? error.failure : error));

/** A caller who writes bytes by hand, and what is said to it. */
const called = async (serve: RequestHandler = answerEcho, more: Partial<AcceptOptions> = {}) => {
	const [mine, theirs] = wire();
	const clock = new HandClock();
	const { association, ended } = accept(theirs, {
		decide: () => ({ supported: (uid) => (uid === '1.2.3.4' ? undefined : [IMPLICIT]), serve }),
		clock,
		...more,
	});
	const heard: (Pdu['type'] | Message | string)[] = [];
	const decoder = new PduDecoder(0);
	const assembler = new Assembler();
	const caller = { isClosed: false, failure: undefined as unknown, hasEnded: false };
	mine.start({
		received: (bytes) => {
			for (const item of decoder.push(bytes)) {
				if (item.type === 'A-ABORT') heard.push(`A-ABORT ${item.source}/${item.reason}`);
				else if (item.type === 'A-ASSOCIATE-RJ')
					heard.push(`A-ASSOCIATE-RJ ${item.result}/${item.source}/${item.reason}`);
				else if (item.type !== 'P-DATA') heard.push(item.type === 'invalid' ? item.fault.detail : item.type);
				else for (const one of assembler.push(item.fragment)) if (one.type === 'command') heard.push(one.message);
			}
		},
		closed: () => {
			caller.isClosed = true;
		},
	});
	ended.then(
		() => {
			caller.hasEnded = true;
		},
		(error: unknown) => {
			caller.hasEnded = true;
			caller.failure = error instanceof DicomError ? error.failure : error;
		},
	);
	return Object.assign(caller, {
		association,
		clock,
		heard,
		say: async (...bytes: readonly Uint8Array[]) => {
			for (const one of bytes) mine.write(one);
			await settled();
		},
		pass: async (ms: number) => {
			clock.advance(ms);
			await settled();
		},
		hangUp: async () => {
			mine.close();
			await settled();
		},
	});
};

const associated = async (serve?: RequestHandler, more?: Partial<AcceptOptions>) => {
	const caller = await called(serve, more);
	await caller.say(encodePdu(RQ));
	caller.heard.splice(0);
	return caller;
};

for (const [name, bytes] of [
	['nothing', []],
	['one byte', [1]],
	['three bytes', [1, 0, 0]],
	['half an A-ASSOCIATE-RQ', [...encodePdu(RQ).subarray(0, 100)]],
] as const)
	t.test(`who connects and says ${name} has ARTIM`, async (t) => {
		const caller = await called();
		await caller.say(Uint8Array.from(bytes));
		await caller.pass(29_999);
		t.notOk(caller.isClosed);
		await caller.pass(1);
		t.strictSame(caller.failure, { blame: 'timeout', waitingFor: 'command', timeoutMs: 30_000 });
		t.ok(caller.isClosed);
		t.strictSame(caller.heard, []);
	});

t.test('bytes that come slowly do not put ARTIM off', async (t) => {
	const caller = await called();
	for (const byte of encodePdu(RQ).subarray(0, 4)) {
		await caller.say(Uint8Array.of(byte));
		await caller.pass(10_000);
	}
	t.ok(caller.hasEnded);
});

const CLIENT_HELLO = Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 1, 2, 3);
const strange: Record<string, { says: Uint8Array; hears: readonly string[]; failure: object }> = {
	'P-DATA before all else': {
		says: message(1, echoRq(1)),
		hears: ['A-ABORT 0/0'],
		failure: { blame: 'protocol', phase: 'associate', message: /P-DATA-TF in Sta2/ },
	},
	'an A-RELEASE-RQ before all else': {
		says: encodePdu({ type: 'A-RELEASE-RQ' }),
		hears: ['A-ABORT 0/0'],
		failure: { blame: 'protocol', phase: 'associate' },
	},
	'an A-ABORT before all else': {
		says: encodePdu({ type: 'A-ABORT', source: 0, reason: 0 }),
		hears: [],
		failure: { blame: 'aborted', phase: 'associate' },
	},
	HTTP: {
		says: Buffer.from('GET / HTTP/1.1\r\nHost: archive\r\n\r\n'),
		hears: ['A-ABORT 0/0'],
		failure: {
			blame: 'protocol',
			phase: 'associate',
			firstBytes: Buffer.from('GET / HTTP/1.1\r\nHost: archive\r\n\r\n'),
		},
	},
	TLS: {
		says: CLIENT_HELLO,
		hears: ['A-ABORT 0/0'],
		failure: { blame: 'protocol', phase: 'associate', firstBytes: Buffer.from(CLIENT_HELLO) },
	},
	'an A-ASSOCIATE-RQ of 4 GB': {
		says: Uint8Array.of(1, 0, 0xff, 0xff, 0xff, 0xff, 0, 1),
		hears: ['A-ABORT 0/0'],
		failure: { blame: 'protocol', phase: 'associate', message: /4294967295/ },
	},
	'an A-ASSOCIATE-RQ of no bytes': {
		says: Uint8Array.of(1, 0, 0, 0, 0, 0),
		hears: ['A-ABORT 0/0'],
		failure: { blame: 'protocol', phase: 'associate' },
	},
	'another protocol version': {
		says: encodePdu({ ...RQ, protocolVersion: 2 }),
		hears: ['A-ASSOCIATE-RJ 1/2/2'],
		failure: { blame: 'protocol', phase: 'associate', message: /protocol version/ },
	},
};

for (const [name, { says, hears, failure }] of Object.entries(strange))
	t.test(`who calls with ${name}`, async (t) => {
		const caller = await called();
		await caller.say(says);
		t.strictSame(caller.heard, hears);
		await caller.pass(1000);
		t.ok(caller.isClosed && caller.hasEnded, 'a second later it is over, whatever the caller does');
		t.match(caller.failure, failure);
	});

t.test('who hangs up without a word', async (t) => {
	const caller = await called();
	await caller.hangUp();
	t.match(caller.failure, { blame: 'aborted', phase: 'associate', code: 'CLOSED' });
});

const broken: Record<string, { says: readonly Uint8Array[]; hears: readonly string[]; failure: object }> = {
	'a second A-ASSOCIATE-RQ': {
		says: [encodePdu(RQ)],
		hears: ['A-ABORT 2/2'],
		failure: { blame: 'protocol', phase: 'established', message: /A-ASSOCIATE-RQ in Sta6/ },
	},
	'a message on a context that was refused': {
		says: [message(5, echoRq(1))],
		hears: ['A-ABORT 0/0'],
		failure: { blame: 'protocol', phase: 'established', message: /presentation context 5/ },
	},
	'a message on a context that was never proposed': {
		says: [message(7, echoRq(1))],
		hears: ['A-ABORT 0/0'],
		failure: { blame: 'protocol', phase: 'established', message: /presentation context 7/ },
	},
	'a message on an even context': {
		says: [message(2, echoRq(1))],
		hears: ['A-ABORT 2/6'],
		failure: { blame: 'protocol', phase: 'established' },
	},
	'a P-DATA-TF of 4 GB': {
		says: [Uint8Array.of(4, 0, 0xff, 0xff, 0xff, 0xff)],
		hears: ['A-ABORT 2/6'],
		failure: { blame: 'protocol', phase: 'established', message: /4294967295/ },
	},
	'a P-DATA-TF of nothing': {
		says: [Uint8Array.of(4, 0, 0, 0, 0, 0)],
		hears: ['A-ABORT 2/6'],
		failure: { blame: 'protocol', phase: 'established' },
	},
	'a PDU type that does not exist': {
		says: [Uint8Array.of(9, 0, 0, 0, 0, 4, 0, 0, 0, 0)],
		hears: ['A-ABORT 2/1'],
		failure: { blame: 'protocol', phase: 'established' },
	},
	'a dataset without a command set': {
		says: [
			encodePdu({
				type: 'P-DATA-TF',
				pdvs: [{ contextId: 1, isCommand: false, isLast: true, bytes: Uint8Array.of(1, 2) }],
			}),
		],
		hears: ['A-ABORT 2/5'],
		failure: { blame: 'protocol', phase: 'established' },
	},
	'an A-ABORT': {
		says: [encodePdu({ type: 'A-ABORT', source: 0, reason: 0 })],
		hears: [],
		failure: { blame: 'aborted', phase: 'established', source: 0, reason: 0 },
	},
};

for (const [name, { says, hears, failure }] of Object.entries(broken))
	t.test(`in an association: ${name}`, async (t) => {
		const caller = await associated();
		await caller.say(...says);
		t.strictSame(caller.heard, hears);
		await caller.pass(1000);
		t.ok(caller.isClosed && caller.hasEnded);
		t.match(caller.failure, failure);
	});

t.test('what is not understood is answered, ignored, and the association lives', async (t) => {
	const caller = await associated();
	const nAction = {
		type: 'unknown',
		commandField: 0x0130,
		messageId: 9,
		affectedSopClassUid: '1.2.3',
		hasDataset: true,
	} as const;
	await caller.say(message(3, nAction, Uint8Array.of(1, 2, 3, 4)));
	t.match(caller.heard, [{ type: 'unknown', commandField: 0x8130, messageIdBeingRespondedTo: 9, status: 0x0211 }]);
	caller.heard.splice(0);
	await caller.say(message(1, { type: 'C-CANCEL-RQ', messageIdBeingRespondedTo: 77, hasDataset: false }));
	await caller.say(message(1, { type: 'C-ECHO-RSP', messageIdBeingRespondedTo: 5, hasDataset: false, status: 0 }));
	await caller.say(
		message(
			3,
			{ type: 'C-FIND-RSP', messageIdBeingRespondedTo: 5, hasDataset: true, status: 0xff00 },
			Uint8Array.of(1, 2),
		),
	);
	await caller.say(message(1, echoRq(0)), message(1, echoRq(65_535)), message(1, echoRq(65_535)));
	t.match(caller.heard, [
		{ type: 'C-ECHO-RSP', messageIdBeingRespondedTo: 0, status: 0 },
		{ type: 'C-ECHO-RSP', messageIdBeingRespondedTo: 65_535, status: 0 },
		{ type: 'C-ECHO-RSP', messageIdBeingRespondedTo: 65_535, status: 0 },
	]);
	await caller.hangUp();
	t.match(caller.failure, { blame: 'aborted', phase: 'established', code: 'CLOSED', afterMessage: 'C-ECHO-RSP' });
});

t.test('a request that lacks an element is answered, its dataset dropped, and the association lives', async (t) => {
	const caller = await associated();
	const lacking = { type: 'C-FIND-RQ', messageId: 9, affectedSopClassUid: '', priority: 0, hasDataset: true } as const;
	await caller.say(
		message(3, lacking, Uint8Array.of(1, 2, 3, 4)),
		message(1, { type: 'C-ECHO-RQ', messageId: 4, affectedSopClassUid: '', hasDataset: false }),
	);
	await caller.say(message(1, echoRq(5)));
	t.match(caller.heard, [
		{ type: 'C-FIND-RSP', messageIdBeingRespondedTo: 9, status: 0x0212, offendingElements: ['00000002'] },
		{ type: 'C-ECHO-RSP', messageIdBeingRespondedTo: 4, status: 0x0212, errorComment: /no \(0000,0002\)/ },
		{ type: 'C-ECHO-RSP', messageIdBeingRespondedTo: 5, status: 0 },
	]);
	caller.heard.splice(0);
	await caller.say(message(7, lacking));
	t.strictSame(caller.heard, ['A-ABORT 0/0'], 'not on a context that was not accepted');
});

t.test('a requestor that serves nothing refuses what it is asked', async (t) => {
	const [mine, theirs] = wire();
	const { association, ended } = accept(theirs, { decide: () => ({ supported: () => ['*'], serve: answerEcho }) });
	const requestor = await connect({
		address: { host: 'h', port: 1, calledAeTitle: 'A', callingAeTitle: 'B' },
		contexts: [{ abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] }],
		openTransport: async () => mine,
	});
	const { message: answer } = await association.call(
		1,
		{
			type: 'C-STORE-RQ',
			messageId: 1,
			affectedSopClassUid: CT,
			affectedSopInstanceUid: '1',
			priority: 0,
			hasDataset: true,
		},
		new Uint8Array(300_000),
	);
	t.match(answer, { type: 'C-STORE-RSP', status: 0x0211, messageIdBeingRespondedTo: 1 });
	await requestor.association.release();
	await ended;
});

const never: RequestHandler = () => new Promise(() => {});

t.test('100 requests at once, not more', async (t) => {
	const caller = await associated(never);
	await caller.say(...Array.from({ length: 100 }, (_, i) => message(1, echoRq(i))));
	t.notOk(caller.hasEnded);
	await caller.say(message(1, echoRq(100)));
	t.match(caller.failure ?? caller.association.failure?.failure, { blame: 'protocol', message: /over 100 requests/ });
	t.strictSame(caller.heard, ['A-ABORT 0/0']);
});

t.test('a Message ID that is used while it is outstanding is a duplicate invocation; the first goes on', async (t) => {
	const first = Promise.withResolvers<void>();
	const caller = await associated(async (request) => {
		await first.promise;
		await request.respond({ type: 'C-ECHO-RSP', messageIdBeingRespondedTo: 4, hasDataset: false, status: 0 });
	});
	const withDataset = message(1, { ...echoRq(4), hasDataset: true }, new Uint8Array(40_000));
	await caller.say(message(1, echoRq(4)), message(1, echoRq(4)), withDataset);
	first.resolve();
	await caller.say();
	t.match(caller.heard, [
		{ type: 'C-ECHO-RSP', status: 0x0210, messageIdBeingRespondedTo: 4, offendingElements: ['00000110'] },
		{ type: 'C-ECHO-RSP', status: 0x0210, messageIdBeingRespondedTo: 4 },
		{ type: 'C-ECHO-RSP', status: 0x0000, messageIdBeingRespondedTo: 4 },
	]);
	t.equal(caller.heard.length, 3);
	t.notOk(caller.hasEnded);
});

/** A caller's socket that never takes a byte. */
const deaf = () => {
	const over = Promise.withResolvers<void>();
	let events: TransportEvents | undefined;
	const transport: Transport & { bytes: number } = {
		bytes: 0,
		local: { address: 'here', port: 1 },
		remote: { address: 'there', port: 2 },
		start: (given) => {
			events = given;
		},
		write: (bytes) => {
			transport.bytes += bytes.length;
			return false;
		},
		drained: () => over.promise,
		close: () => {},
		destroy: () => {
			over.resolve();
			const told = events;
			events = undefined;
			told?.closed();
		},
	};
	return { transport, hears: (bytes: Uint8Array) => events?.received(bytes) };
};

for (const [name, asked] of [
	['C-ECHO-RQ', (id: number) => message(1, echoRq(id))],
	[
		'N-ACTION-RQ',
		(id: number) => message(1, { type: 'unknown', commandField: 0x0130, messageId: id, hasDataset: false }),
	],
] as const)
	t.test(`who asks (${name}) and never reads the answers is bounded`, async (t) => {
		const { transport, hears } = deaf();
		const { association, ended } = accept(transport, {
			decide: () => ({ supported: () => ['*'], serve: answerEcho }),
			timeouts: { writeMs: 0 },
		});
		await hears(encodePdu(RQ));
		await settled();
		let asks = 0;
		while (association.isOpen && asks < 10_000) {
			await hears(asked(++asks));
			await settled();
		}
		t.ok(asks < 200, `${asks} were taken`);
		await association.abort();
		t.match(await blamed(ended), { blame: 'protocol', message: /requests at once/ });
	});

t.test('who never reads is aborted when its time is over', async (t) => {
	const { transport, hears } = deaf();
	const clock = new HandClock();
	const { ended } = accept(transport, { decide: () => ({ supported: () => ['*'], serve: answerEcho }), clock });
	await hears(encodePdu(RQ));
	await settled();
	await hears(message(1, echoRq(1)));
	await settled();
	clock.advance(60_000);
	clock.advance(2_000);
	t.match(await blamed(ended), { blame: 'timeout', waitingFor: 'write', timeoutMs: 60_000 });
});

t.test('a release while a handler works: answered at once, the handler told', async (t) => {
	let request: IncomingRequest | undefined;
	const go = Promise.withResolvers<void>();
	let response: unknown;
	const caller = await associated(async (given) => {
		request = given;
		await go.promise;
		response = await answerEcho(given).catch((error: unknown) => error);
		throw response;
	});
	await caller.say(message(1, echoRq(1)), encodePdu({ type: 'A-RELEASE-RQ' }));
	t.strictSame(caller.heard, ['A-RELEASE-RP']);
	t.match(request?.signal, { aborted: true, reason: { failure: { blame: 'aborted', code: 'RELEASED' } } });
	go.resolve();
	await settled();
	t.ok(response instanceof DicomError, 'what it answers now is refused');
	await caller.hangUp();
	t.ok(caller.hasEnded);
	t.equal(caller.failure, undefined, 'and that is no failure');
});

t.test('a release, and ARTIM for the peer that does not close then', async (t) => {
	const caller = await associated();
	await caller.say(encodePdu({ type: 'A-RELEASE-RQ' }));
	t.strictSame(caller.heard, ['A-RELEASE-RP']);
	await caller.pass(30_000);
	t.ok(caller.isClosed && caller.hasEnded);
	t.equal(caller.failure, undefined);
});

for (const [name, handler] of [
	['rejects', () => Promise.reject(new Error('no room'))],
	[
		'throws',
		() => {
			throw new Error('no room');
		},
	],
] as const)
	t.test(`a handler that ${name} takes the association with it`, async (t) => {
		const caller = await associated(handler);
		await caller.say(message(1, echoRq(1)));
		t.strictSame(caller.heard, ['A-ABORT 0/0']);
		await caller.pass(1000);
		t.strictSame(caller.failure, { blame: 'io', code: 'HANDLER', message: 'the handler of C-ECHO-RQ failed: no room' });
	});

t.test('a dataset that a handler does not want is dropped when it is done', async (t) => {
	const caller = await associated(async ({ message: { messageId }, respond }) => {
		await respond({ type: 'C-STORE-RSP', messageIdBeingRespondedTo: messageId, hasDataset: false, status: 0xa700 });
	});
	await caller.say(message(3, storeRq(1), new Uint8Array(200_000)), message(3, storeRq(2), new Uint8Array(10)));
	t.match(caller.heard, [{ messageIdBeingRespondedTo: 1 }, { messageIdBeingRespondedTo: 2 }]);
	await caller.hangUp();
});

t.test('a dataset that is too long is the peer’s fault', async (t) => {
	const caller = await associated(async ({ dataset }) => {
		await dataset?.collect(1000);
	});
	await caller.say(message(3, storeRq(1), new Uint8Array(2000)));
	t.match(caller.association.failure?.failure, { blame: 'protocol', message: 'a dataset of over 1000 bytes' });
	await caller.pass(2000);
});

t.test('idle', async (t) => {
	t.test('after the A-ASSOCIATE-AC', async (t) => {
		const caller = await associated();
		await caller.pass(29_999);
		t.notOk(caller.hasEnded);
		await caller.say(message(1, echoRq(1)));
		await caller.pass(29_999);
		t.notOk(caller.hasEnded, 'every byte puts it off');
		await caller.pass(1);
		t.match(caller.heard.at(-1), 'A-ABORT 0/0');
		await caller.pass(1000);
		t.strictSame(caller.failure, { blame: 'timeout', waitingFor: 'command', timeoutMs: 30_000 });
	});

	t.test('in the middle of a dataset', async (t) => {
		const caller = await associated(async ({ dataset }) => dataset?.discard());
		await caller.say(message(3, storeRq(1), new Uint8Array(50_000)).subarray(0, 20_000));
		await caller.pass(30_000);
		await caller.pass(1000);
		t.strictSame(caller.failure, { blame: 'timeout', waitingFor: 'data', timeoutMs: 30_000 });
	});

	t.test('not while a handler works', async (t) => {
		const caller = await associated(never);
		await caller.say(message(1, echoRq(1)));
		await caller.pass(300_000);
		t.ok(caller.association.isOpen);
		await caller.hangUp();
	});

	t.test('not while our own disk is slow', async (t) => {
		const disk = Promise.withResolvers<void>();
		const caller = await associated(async ({ dataset }) => dataset?.into(() => disk.promise));
		await caller.say(message(3, storeRq(1), new Uint8Array(50_000)).subarray(0, 20_000));
		await caller.pass(300_000);
		t.ok(caller.association.isOpen);
		disk.resolve();
		await settled();
		await caller.pass(30_000);
		t.notOk(caller.association.isOpen, 'but when it is the peer again who is awaited');
		await caller.pass(1000);
		t.match(caller.failure, { blame: 'timeout', waitingFor: 'data' });
	});
});

t.test('deciding', async (t) => {
	t.test('a rejection, and a caller who does not close', async (t) => {
		const caller = await called(answerEcho, { decide: () => ({ reject: { result: 1, source: 1, reason: 7 } }) });
		await caller.say(encodePdu(RQ));
		t.strictSame(caller.heard, ['A-ASSOCIATE-RJ 1/1/7']);
		await caller.pass(30_000);
		t.ok(caller.isClosed && caller.hasEnded);
		t.equal(caller.failure, undefined);
	});

	t.test('goes wrong', async (t) => {
		const caller = await called(answerEcho, { decide: () => Promise.reject(new Error('no list of AEs')) });
		await caller.say(encodePdu(RQ));
		t.strictSame(caller.heard, ['A-ABORT 0/0']);
		await caller.pass(1000);
		t.match(caller.failure, { blame: 'io', code: 'HANDLER', message: /no list of AEs/ });
	});

	t.test('takes longer than the caller waits', async (t) => {
		const decided = Promise.withResolvers<void>();
		const caller = await called(answerEcho, {
			decide: async () => {
				await decided.promise;
				return { supported: () => ['*'], serve: answerEcho };
			},
		});
		await caller.say(encodePdu(RQ));
		await caller.hangUp();
		decided.resolve();
		await settled();
		t.match(caller.failure, { blame: 'aborted', phase: 'associate', code: 'CLOSED' });
		t.notOk(caller.association.isOpen);
	});
});

for (const first of ['requestor', 'acceptor', 'both'] as const)
	t.test(`release over the wire: ${first}`, async (t) => {
		const [mine, theirs] = wire(() => 3);
		const { association, ended } = accept(theirs, { decide: () => ({ supported: () => ['*'], serve: answerEcho }) });
		const requestor = await connect({
			address: { host: 'h', port: 1, calledAeTitle: 'A', callingAeTitle: 'B' },
			contexts: [{ abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] }],
			openTransport: async () => mine,
		});
		await settled();
		await Promise.all([
			first === 'acceptor' ? undefined : requestor.association.release(),
			first === 'requestor' ? undefined : association.release(),
		]);
		await Promise.all([ended, requestor.association.closed]);
		t.equal(association.failure, undefined);
		t.equal(requestor.association.failure, undefined);
	});

t.test('a listener', async (t) => {
	const failures: unknown[] = [];
	const listener = await listen({
		port: 0,
		address: '127.0.0.1',
		decide: () => ({ supported: () => ['*'], serve: answerEcho }),
		failed: ({ failure }) => failures.push(failure),
	});
	t.match(
		await blamed(
			listen({
				port: listener.port,
				address: '127.0.0.1',
				decide: () => ({ reject: { result: 1, source: 1, reason: 1 } }),
			}),
		),
		{ blame: 'io', code: 'EADDRINUSE' },
	);
	const socket = connectTcp(listener.port, '127.0.0.1');
	await new Promise((resolve) => socket.once('connect', resolve));
	while (failures.length === 0) {
		await listener.abort(); // a caller who has said nothing must not keep it
		await settled();
	}
	t.strictSame(failures, [{ blame: 'interrupted' }]);
	if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve).resume());
});

const dripping = async (
	caller: Awaited<ReturnType<typeof associated>>,
	bytes: Uint8Array,
	everyMs: number,
	forMs: number,
) => {
	for (let i = 0, passed = 0; passed < forMs && !caller.hasEnded; i++, passed += everyMs) {
		await caller.say(bytes.subarray(i, i + 1));
		await caller.pass(everyMs);
	}
};

t.test('a byte now and then in the middle of a PDU is no sign of life', async (t) => {
	const caller = await associated();
	await dripping(caller, message(1, echoRq(1)), 5_000, 200_000);
	t.match(caller.association.failure?.failure, { blame: 'timeout', waitingFor: 'data', timeoutMs: 60_000 });
	t.ok(caller.hasEnded || caller.heard.includes('A-ABORT 0/0'));
});

t.test('a slow link that keeps its pace, and a small message now and then, go on', async (t) => {
	const caller = await associated((request) =>
		request.message.type === 'C-ECHO-RQ' ? answerEcho(request) : (request.dataset?.discard() ?? never(request)),
	);
	const pdus = message(3, storeRq(1), new Uint8Array(400_000));
	for (let at = 0; at < pdus.length; at += 10_000) {
		await caller.say(pdus.subarray(at, at + 10_000));
		await caller.pass(8_000);
	}
	for (let i = 10; i < 20; i++) {
		await caller.say(message(1, echoRq(i)));
		await caller.pass(25_000);
	}
	t.equal(caller.association.failure, undefined);
	t.ok(caller.association.isOpen);
});
