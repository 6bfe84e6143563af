/** The Storage SCP as a library: whom it lets in, what it takes, what it tells, and how it ends. */
import t, { type Test } from 'tap';
import { connect, withAssociation } from '../../src/association/requestor.ts';
import { VERIFICATION } from '../../src/dicom/sop-classes.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { DicomError } from '../../src/errors.ts';
import { type Receiver, type ReceiverEvent, type ReceiverOptions, startReceiver } from '../../src/retrieve/receiver.ts';
import type { ArrivingInstance, Keep } from '../../src/retrieve/receiving.ts';
import { store } from '../../src/services/storage-scu.ts';
import { encodePdu } from '../../src/upper-layer/pdu/index.ts';
import { CT, MR } from '../interop/instances.ts';
import { associateRq, EXPLICIT, IMPLICIT, messageBytes, RawCaller, storeRq } from '../interop/raw-caller.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { CA, CLIENT, SERVER } from '../support/tls.ts';

const PRIVATE = '1.2.3.4.5.6.7';
const FIND = '1.2.840.10008.5.1.4.1.2.2.1';
const JPEG = '1.2.840.10008.1.2.4.50';

/** A place in memory; `hold` makes commits wait. */
const memory = (): {
	readonly keep: Keep;
	readonly kept: ArrivingInstance[];
	discarded: number;
	/** Commits that have begun. */
	whole: number;
	hold: Promise<void> | undefined;
} => {
	const place = {
		kept: [] as ArrivingInstance[],
		discarded: 0,
		whole: 0,
		hold: undefined as Promise<void> | undefined,
		keep: ((instance, kept) => {
			let bytes = 0;
			return {
				write: (part) => {
					bytes += part.length;
				},
				commit: async () => {
					place.whole++;
					await place.hold;
					place.kept.push(instance);
					kept({ studyInstanceUid: '1.2', seriesInstanceUid: '1.2.3', bytes, file: '/x', outcome: 'new' });
					return 0x0000;
				},
				discard: async () => {
					place.discarded++;
				},
			};
		}) as Keep,
	};
	return place;
};

/** The events, and a wait for one of a kind. */
class Events {
	readonly all: ReceiverEvent[] = [];
	#changed: (() => void) | undefined;

	readonly on = (event: ReceiverEvent): void => {
		this.all.push(event);
		this.#changed?.();
	};

	of<K extends ReceiverEvent['kind']>(kind: K): Extract<ReceiverEvent, { kind: K }>[] {
		return this.all.filter((event) => event.kind === kind) as Extract<ReceiverEvent, { kind: K }>[];
	}

	async until(kind: ReceiverEvent['kind'], count = 1): Promise<void> {
		while (this.of(kind).length < count)
			await new Promise<void>((resolve) => {
				this.#changed = resolve;
			});
	}
}

const started = async (
	t: Test,
	options: Partial<ReceiverOptions> = {},
): Promise<{ receiver: Receiver; events: Events }> => {
	const events = new Events();
	const receiver = await startReceiver({
		host: '127.0.0.1',
		port: 0,
		accept: 'storage',
		store: 'ignore',
		on: events.on,
		...options,
	});
	t.teardown(() => receiver.abort());
	return { receiver, events };
};

const calling = (port: number, called = 'RECEIVER', as = 'SENDER') => ({
	host: '127.0.0.1',
	port,
	calledAeTitle: called,
	callingAeTitle: as,
});

const refusal = async (work: Promise<unknown>): Promise<unknown> => {
	try {
		await work;
		return 'accepted';
	} catch (error) {
		if (!(error instanceof DicomError) || error.failure.blame !== 'rejected') throw error;
		const { result, source, reason } = error.failure;
		return `${result}/${source}/${reason}`;
	}
};

t.test('which classes and transfer syntaxes are taken', async (t) => {
	const cases: readonly (readonly [
		Pick<ReceiverOptions, 'accept' | 'preferTs'>,
		accepted: Readonly<Record<string, string>>,
	])[] = [
		[{ accept: 'storage' }, { [CT]: JPEG, [VERIFICATION]: JPEG }],
		[{ accept: 'any' }, { [CT]: JPEG, [PRIVATE]: JPEG, [VERIFICATION]: JPEG }],
		[{ accept: [MR, PRIVATE] }, { [PRIVATE]: JPEG, [VERIFICATION]: JPEG }],
		[
			{ accept: 'storage', preferTs: ['1.9', IMPLICIT_LITTLE] },
			{ [CT]: IMPLICIT_LITTLE, [VERIFICATION]: JPEG },
		],
	];
	for (const [options, expected] of cases) {
		const { receiver, events } = await started(t, options);
		const { association, accepted } = await connect({
			address: calling(receiver.port),
			contexts: [CT, PRIVATE, FIND, VERIFICATION].map((abstractSyntax) => ({
				abstractSyntax,
				transferSyntaxes: [JPEG, IMPLICIT_LITTLE],
			})),
		});
		t.same(
			Object.fromEntries(accepted.map(({ abstractSyntax, transferSyntax }) => [abstractSyntax, transferSyntax])),
			expected,
		);
		await association.release();
		await events.until('ended');
		const [called] = events.of('called');
		t.match(called, {
			calling: 'SENDER',
			called: 'RECEIVER',
			accepted: Object.keys(expected).length,
			expectedTitle: true,
		});
		t.same(
			called?.refused.map(({ abstractSyntax, result }) => [abstractSyntax, result]),
			[CT, PRIVATE, FIND].filter((uid) => !(uid in expected)).map((uid) => [uid, 3]),
		);
		t.equal(receiver.standing, 0);
	}
});

t.test('who is let in', async (t) => {
	const { receiver, events } = await started(t, {
		aeTitle: 'RECEIVER',
		requireCalled: true,
		maxAssociations: 1,
		allows: (title, from) => title === 'SENDER' && from.address.endsWith('127.0.0.1'),
	});
	const call = (called?: string, as?: string) =>
		connect({
			address: calling(receiver.port, called, as),
			contexts: [{ abstractSyntax: CT, transferSyntaxes: [EXPLICIT] }],
		});
	t.equal(await refusal(call('OTHER')), '1/1/7');
	t.equal(await refusal(call('RECEIVER', 'STRANGER')), '1/1/3');
	const first = await call();
	t.equal(await refusal(call()), '2/3/2');
	await first.association.release();
	await events.until('ended');
	const second = await call();
	await second.association.release();
	t.same(
		events.of('rejected').map(({ why, called, calling }) => [why, called, calling]),
		[
			['called-title', 'OTHER', 'SENDER'],
			['calling-title', 'RECEIVER', 'STRANGER'],
			['too-many', 'RECEIVER', 'SENDER'],
		],
	);
	const open = await started(t, { aeTitle: 'RECEIVER' });
	const { association } = await connect({ address: calling(open.receiver.port, 'OTHER'), contexts: [] });
	await association.release();
	t.equal(open.events.of('called')[0]?.expectedTitle, false, 'taken, and said');
});

t.test('an instance, its origin, and what is told of it', async (t) => {
	const place = memory();
	const { receiver, events } = await started(t, { store: place.keep });
	await withAssociation(
		{ address: calling(receiver.port), contexts: [{ abstractSyntax: CT, transferSyntaxes: [EXPLICIT_LITTLE] }] },
		async ({ association, accepted: [context] }) => {
			const response = await store(association, context?.id ?? 0, {
				sopClassUid: CT,
				sopInstanceUid: '1.2.3.4',
				dataset: new Uint8Array(100_000),
				moveOriginator: { aeTitle: 'ASKER', messageId: 7 },
			});
			t.equal(response.status, 0x0000);
		},
	);
	t.same(place.kept, [
		{ sopClassUid: CT, sopInstanceUid: '1.2.3.4', transferSyntaxUid: EXPLICIT_LITTLE, sourceAeTitle: 'SENDER' },
	]);
	const { association } = events.of('called')[0] ?? {};
	t.same(events.of('stored'), [
		{
			kind: 'stored',
			association,
			calling: 'SENDER',
			sopInstanceUid: '1.2.3.4',
			sopClassUid: CT,
			transferSyntaxUid: EXPLICIT_LITTLE,
			moveOriginator: { aeTitle: 'ASKER', messageId: 7 },
			studyInstanceUid: '1.2',
			seriesInstanceUid: '1.2.3',
			bytes: 100_000,
			file: '/x',
			outcome: 'new',
		},
	]);
});

t.test('what is refused before a byte of it is kept', async (t) => {
	const place = memory();
	const { receiver, events } = await started(t, { store: place.keep });
	const caller = await RawCaller.associated(receiver.port, associateRq([CT, MR], {}, [EXPLICIT]));
	const uids = HOSTILE_NAMES.filter(
		(uid) => /^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/.test(uid) && !/^ *[0-9.]*[0-9][0-9.]* *$/.test(uid.slice(0, 65)),
	);
	uids.push('1'.repeat(65), '1'.repeat(10_000), '1.2\0.3', '..', '../../x');
	let number = 0;
	for (const uid of uids) {
		caller.say(messageBytes(1, storeRq(uid, ++number), new Uint8Array(10)));
		await caller.hears(1 + number);
		t.equal(caller.heard.at(-1), 'C-STORE-RSP 0117', encodeURIComponent(uid.slice(0, 70)));
	}
	caller.say(messageBytes(1, storeRq('1.2.3', ++number, MR), new Uint8Array(10)));
	await caller.hears(1 + number);
	t.equal(caller.heard.at(-1), 'C-STORE-RSP 0122', "another class than the context's");
	caller.say(messageBytes(1, storeRq('1.2.3', ++number), new Uint8Array(10)));
	await caller.hears(1 + number);
	t.equal(caller.heard.at(-1), 'C-STORE-RSP 0000', 'the association lives');
	t.equal(place.kept.length, 1);
	t.equal(events.of('not-stored').length, uids.length);
	caller.reset();
	await caller.over();
});

t.test('what fails in the place for them', async (t) => {
	const failing = (code: string) =>
		new DicomError({ blame: 'io', code, message: `${code}: /secret/path`, path: '/secret/path' });
	const places: Readonly<Record<string, Keep>> = {
		opening: () => {
			throw failing('EMFILE');
		},
		refusing: () => ({ refusal: 0xa700, errorComment: 'no space left' }),
		writing: () => ({
			write: () => {
				throw failing('ENOSPC');
			},
			commit: async () => 0x0000,
			discard: async () => {},
		}),
		committing: () => ({ write: () => {}, commit: () => Promise.reject(failing('ENOSPC')), discard: async () => {} }),
		looking: () => ({
			write: () => {},
			commit: async () => ({ status: 0xa900, errorComment: 'another' }),
			discard: async () => {},
		}),
	};
	for (const [name, keep] of Object.entries(places)) {
		const { receiver, events } = await started(t, { store: keep });
		const caller = await RawCaller.associated(receiver.port, associateRq([CT], {}, [IMPLICIT]));
		caller.say(messageBytes(1, storeRq('1.2.3'), new Uint8Array(50_000)));
		await caller.hears(2);
		const status = name === 'looking' ? 0xa900 : 0xa700;
		t.equal(caller.heard.at(-1), `C-STORE-RSP ${status.toString(16).toUpperCase()}`, name);
		t.notMatch(JSON.stringify(caller.messages), /secret/, 'no path of ours');
		caller.say(messageBytes(1, storeRq('1.2.4', 2), new Uint8Array(10)));
		await caller.hears(3);
		t.equal(caller.heard.length, 3, 'the association lives');
		t.match(events.of('not-stored')[0], { sopInstanceUid: '1.2.3', status, error: /./ });
		caller.reset();
		await caller.over();
	}
});

t.test('other requests', async (t) => {
	const { receiver } = await started(t, { accept: [CT, FIND] });
	const caller = await RawCaller.associated(receiver.port, associateRq([FIND, VERIFICATION], {}, [IMPLICIT]));
	caller.say(
		messageBytes(
			1,
			{ type: 'C-FIND-RQ', messageId: 1, affectedSopClassUid: FIND, priority: 0, hasDataset: true },
			new Uint8Array(8),
		),
		messageBytes(3, { type: 'C-ECHO-RQ', messageId: 2, affectedSopClassUid: VERIFICATION, hasDataset: false }),
	);
	await caller.hears(3);
	t.same([...caller.heard].slice(1).sort(), ['C-ECHO-RSP 0000', 'C-FIND-RSP 0211']);
	caller.reset();
	await caller.over();
});

/** The first half of a C-STORE-RQ, and the second. */
const halves = (uid: string): readonly [Uint8Array, Uint8Array] => {
	const bytes = messageBytes(1, storeRq(uid), new Uint8Array(100_000));
	return [bytes.subarray(0, 60_000), bytes.subarray(60_000)];
};

t.test('its end: what is in hand is finished and answered, who has nothing in hand is aborted', async (t) => {
	const place = memory();
	const { receiver, events } = await started(t, { store: place.keep });
	const idle = await RawCaller.associated(receiver.port, associateRq([CT], {}, [IMPLICIT]));
	const busy = await RawCaller.associated(receiver.port, associateRq([CT], {}, [IMPLICIT]));
	const [first, second] = halves('1.2.3');
	busy.say(first);
	const echo = await RawCaller.associated(receiver.port, associateRq([VERIFICATION], {}, [IMPLICIT]));
	echo.say(messageBytes(1, { type: 'C-ECHO-RQ', messageId: 2, affectedSopClassUid: VERIFICATION, hasDataset: false }));
	await echo.hears(2); // by now the other's request has been read, too
	const finished = receiver.finish();
	t.same(await idle.over(), ['A-ASSOCIATE-AC', 'A-ABORT 0/0', 'end']);
	await t.rejects(
		RawCaller.associated(receiver.port, associateRq([CT])).then(
			(late) => t.same(late.heard, ['end']) && Promise.reject(),
		),
	);
	busy.say(second);
	t.same(await busy.over(), ['A-ASSOCIATE-AC', 'C-STORE-RSP 0000', 'A-ABORT 0/0', 'end']);
	await finished;
	t.equal(place.kept.length, 1);
	t.equal(place.discarded, 0);
	t.equal(receiver.standing, 0);
	t.equal(events.of('ended').length, 3);
});

t.test('its end at once: nothing is left of what is in hand', async (t) => {
	const place = memory();
	const { receiver, events } = await started(t, { store: place.keep });
	const busy = await RawCaller.associated(receiver.port, associateRq([CT], {}, [IMPLICIT]));
	busy.say(halves('1.2.3')[0]);
	const echo = await RawCaller.associated(receiver.port, associateRq([VERIFICATION], {}, [IMPLICIT]));
	echo.say(messageBytes(1, { type: 'C-ECHO-RQ', messageId: 2, affectedSopClassUid: VERIFICATION, hasDataset: false }));
	await echo.hears(2);
	await receiver.abort();
	t.same((await busy.over()).slice(0, 2), ['A-ASSOCIATE-AC', 'A-ABORT 0/0']);
	await events.until('not-stored');
	t.equal(place.kept.length, 0);
	t.equal(place.discarded, 1);
	t.equal(events.of('not-stored')[0]?.status, undefined);
});

t.test('a sender that vanishes', async (t) => {
	const place = memory();
	const { receiver, events } = await started(t, { store: place.keep });
	const busy = await RawCaller.associated(receiver.port, associateRq([CT], {}, [IMPLICIT]));
	busy.say(halves('1.2.3')[0]);
	const echo = await RawCaller.associated(receiver.port, associateRq([VERIFICATION], {}, [IMPLICIT]));
	echo.say(messageBytes(1, { type: 'C-ECHO-RQ', messageId: 2, affectedSopClassUid: VERIFICATION, hasDataset: false }));
	await echo.hears(2);
	busy.reset();
	await events.until('not-stored');
	await events.until('ended');
	t.equal(place.discarded, 1);
	t.equal(events.of('ended')[0]?.failure?.blame, 'aborted');
	t.same(events.of('no-association'), [], 'it was an association');
});

t.test('an end is told when what was in hand is kept: whoever counts until then has counted it', async (t) => {
	const place = memory();
	const held = Promise.withResolvers<void>();
	place.hold = held.promise;
	const { receiver, events } = await started(t, { store: place.keep });
	const caller = await RawCaller.associated(receiver.port, associateRq([CT], {}, [IMPLICIT]));
	for (const part of halves('1.2.3')) caller.say(part);
	const turn = () => new Promise((resolve) => setImmediate(resolve));
	while (place.whole === 0) await turn();
	caller.reset();
	while (receiver.standing > 0) await turn();
	t.same(events.of('ended'), [], 'it is still in hand');
	const closed = receiver.close();
	held.resolve();
	await closed;
	t.strictSame(
		events.all.map(({ kind }) => kind),
		['called', 'stored', 'ended'],
	);
});

t.test('what never becomes an association', async (t) => {
	const { receiver, events } = await started(t);
	const browser = new RawCaller(receiver.port);
	browser.say(new TextEncoder().encode('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
	await browser.over();
	await events.until('no-association');
	t.match(events.of('no-association')[0], {
		from: { address: /127\.0\.0\.1/ },
		error: { failure: { blame: 'protocol' } },
	});
	const secured = await started(t, { tls: { certificate: SERVER.certificate, key: SERVER.key, ca: CA } });
	const plain = new RawCaller(secured.receiver.port);
	plain.say(encodePdu(associateRq([CT])));
	await plain.over();
	await secured.events.until('no-association');
	t.equal(secured.events.of('no-association')[0]?.error.failure.blame, 'tls');
	const { association } = await connect({
		address: { ...calling(secured.receiver.port), tls: { ca: CA, ...CLIENT, serverName: 'localhost' } },
		contexts: [{ abstractSyntax: CT, transferSyntaxes: [EXPLICIT] }],
	});
	await association.release();
	t.equal(secured.events.of('called').length, 1);
});

t.test('a port that is taken', async (t) => {
	const { receiver } = await started(t);
	await t.rejects(started(t, { port: receiver.port }), { message: /EADDRINUSE/ });
});
