/** What holds of every association: how its bytes are cut changes nothing, nobody is overrun, messages stay whole. */
import { createServer } from 'node:net';
import t, { type Test } from 'tap';
import { accept, type Decision, listen } from '../../src/association/acceptor.ts';
import type { Association } from '../../src/association/association.ts';
import { Watchdog } from '../../src/association/clock.ts';
import type { IncomingRequest, RequestHandler } from '../../src/association/incoming.ts';
import type { DataSource } from '../../src/association/outgoing.ts';
import { PduRecorder } from '../../src/association/recorder.ts';
import { type ConnectOptions, connect } from '../../src/association/requestor.ts';
import { socketTransport } from '../../src/association/tcp.ts';
import type { TraceEvent } from '../../src/association/trace.ts';
import type { Transport } from '../../src/association/transport.ts';
import type { CFindRsp } from '../../src/dimse/messages.ts';
import { prepareStore, store } from '../../src/services/storage-scu.ts';
import { answerEcho, echo, VERIFICATION } from '../../src/services/verification.ts';
import { encodePdu } from '../../src/upper-layer/pdu/index.ts';
import { randomNumbers as random } from '../dimse/random.ts';
import { HandClock } from '../support/clock.ts';
import { wire } from '../support/wire.ts';

const IMPLICIT = '1.2.840.10008.1.2';
const CT = '1.2.840.10008.5.1.4.1.1.2';
const FIND = '1.2.840.10008.5.1.4.1.2.2.1';
const [ECHO_CONTEXT, CT_CONTEXT, FIND_CONTEXT] = [1, 3, 5];

const OPTIONS: ConnectOptions = {
	address: { host: 'h', port: 1, calledAeTitle: 'SCP', callingAeTitle: 'SCU' },
	contexts: [VERIFICATION, CT, FIND].map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: [IMPLICIT] })),
};

const settled = async (turns = 5): Promise<void> => {
	for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const bytesOf = (length: number, seed: number): Uint8Array =>
	Uint8Array.from({ length }, (_, i) => (i * 31 + seed) & 0xff);

/** A dataset that is read in its own time. */
const sourceOf = (dataset: Uint8Array, wait: () => Promise<unknown> | undefined): DataSource => {
	let position = 0;
	const fill = (views: readonly Uint8Array[]) => {
		for (const view of views) {
			view.set(dataset.subarray(position, position + view.length));
			position += view.length;
		}
	};
	return {
		length: dataset.length,
		read: (views) => {
			const waiting = wait();
			if (waiting === undefined) return fill(views);
			return waiting.then(() => fill(views));
		},
	};
};

const storeResponse = (request: IncomingRequest): Promise<void> =>
	request.respond({
		type: 'C-STORE-RSP',
		messageIdBeingRespondedTo: request.message.messageId,
		hasDataset: false,
		status: 0,
	});

const findResponse = (messageId: number, status: number): CFindRsp => ({
	type: 'C-FIND-RSP',
	messageIdBeingRespondedTo: messageId,
	affectedSopClassUid: FIND,
	hasDataset: status === 0xff00,
	status,
});

/** Keeps what is stored by its Message ID; answers a C-FIND with rows of some bytes until it is cancelled. */
const archive = (rows = 20) => {
	const stored = new Map<number, Buffer>();
	const sent = { rows: 0 };
	const serve: RequestHandler = async (request) => {
		const { message, dataset, signal, respond } = request;
		if (message.type === 'C-STORE-RQ') {
			stored.set(message.messageId, Buffer.from((await dataset?.collect(2 ** 30)) ?? []));
			return storeResponse(request);
		}
		if (message.type !== 'C-FIND-RQ') return answerEcho(request);
		await dataset?.discard();
		for (let row = 0; row < rows && !signal.aborted; row++) {
			sent.rows++;
			await respond(findResponse(message.messageId, 0xff00), bytesOf(40 + row, row));
		}
		await respond(findResponse(message.messageId, signal.aborted ? 0xfe00 : 0));
	};
	return { stored, sent, decide: (): Decision => ({ supported: () => ['*'], serve }) };
};

const joinedBy = async (
	t: Test,
	decide: () => Decision,
	more: Partial<ConnectOptions> = {},
	pieces?: () => number,
): Promise<{ ours: Association; theirs: Association }> => {
	const [one, other] = wire(pieces);
	const { association: theirs, ended } = accept(other, { decide });
	t.teardown(() => ended.catch(() => {}));
	const { association: ours } = await connect({ ...OPTIONS, openTransport: async () => one, ...more });
	return { ours, theirs };
};

const overTcp = async (t: Test, decide: () => Decision, more: Partial<ConnectOptions> = {}): Promise<Association> => {
	const listener = await listen({ port: 0, address: '127.0.0.1', decide });
	t.teardown(() => listener.abort());
	const address = { ...OPTIONS.address, host: '127.0.0.1', port: listener.port };
	return (await connect({ ...OPTIONS, address, ...more })).association;
};

/** A wire's end that keeps what is written to it. */
const tapped = (transport: Transport, written: Uint8Array[]): Transport => ({
	local: transport.local,
	remote: transport.remote,
	start: (events) => transport.start(events),
	write: (bytes, done) => {
		written.push(bytes.slice());
		return transport.write(bytes, done);
	},
	drained: () => transport.drained(),
	close: () => transport.close(),
	destroy: () => transport.destroy(),
});

// ---- cuts ----------------------------------------------------------------------------------------------------------

/** Echo, find, store from memory and from a source, one after the other, and what there is to see of it. */
const session = async (t: Test, pieces: () => number) => {
	const { decide, stored } = archive();
	const events: TraceEvent[] = [];
	const written: Uint8Array[] = [];
	const [one, other] = wire(pieces);
	const { ended } = accept(other, { decide });
	t.teardown(() => ended.catch(() => {}));
	const { association } = await connect({
		...OPTIONS,
		openTransport: async () => tapped(one, written),
		trace: (event) => events.push(event),
		traceWhole: true,
	});
	const statuses = [(await echo(association, ECHO_CONTEXT)).status];
	const find = association.exchange<CFindRsp>(
		FIND_CONTEXT,
		{
			type: 'C-FIND-RQ',
			messageId: association.nextMessageId(),
			affectedSopClassUid: FIND,
			priority: 0,
			hasDataset: true,
		},
		bytesOf(100, 1),
	);
	const rows: string[] = [];
	for await (const { dataset = new Uint8Array() } of find) rows.push(Buffer.from(dataset).toString('hex'));
	statuses.push((await find.final).message.status);
	for (const dataset of [bytesOf(20_001, 2), sourceOf(bytesOf(70_000, 3), () => undefined)]) {
		const { status } = await store(association, CT_CONTEXT, { sopClassUid: CT, sopInstanceUid: '1.2', dataset });
		statuses.push(status);
	}
	await association.release();
	await ended;
	const pdus = (direction: 'sent' | 'received') =>
		events.flatMap((event) => (event.event === 'pdu' && event.direction === direction ? [event.bytes] : []));
	return {
		statuses,
		rows,
		stored: [...stored].map(([id, bytes]) => [id, bytes.length, bytes.subarray(0, 50).toString('hex')]),
		messages: events.flatMap((event) =>
			event.event === 'message' ? [`${event.direction} ${event.message.type}`] : [],
		),
		sent: Buffer.concat(pdus('sent')),
		received: Buffer.concat(pdus('received')),
		written: Buffer.concat(written),
	};
};

t.test('a session is the same however its bytes are cut', async (t) => {
	const whole = await session(t, () => 2 ** 30);
	t.strictSame(whole.statuses, [0, 0, 0, 0]);
	t.equal(whole.rows.length, 20);
	t.ok(whole.written.equals(whole.sent), 'the PDUs recorded are the bytes sent');
	for (const [seed, longest] of [
		[1, 3],
		[2, 13],
		[3, 100],
		[4, 1000],
		[5, 70_000],
	] as const) {
		const draw = random(seed);
		const cut = await session(t, () => 1 + draw(longest));
		for (const key of ['sent', 'received'] as const)
			t.ok(cut[key].equals(whole[key]), `${key}, pieces of up to ${longest}`);
		for (const key of ['statuses', 'rows', 'stored', 'messages'] as const) t.strictSame(cut[key], whole[key], key);
	}
	const rqLength = 6 + whole.written.readUInt32BE(2);
	const rq = whole.written.subarray(0, rqLength);
	const messages = whole.written.subarray(rqLength, -10);
	const release = whole.written.subarray(-10);
	t.test('what was recorded, said again to a new archive', async (t) => {
		for (const seed of [6, 7, 8]) {
			const draw = random(seed);
			const [mine, theirs] = wire(() => 1 + draw(5000));
			const { decide, stored, sent } = archive();
			const { ended, association } = accept(theirs, { decide });
			mine.start({ received: () => {}, closed: () => {} });
			mine.write(rq);
			while (!association.isOpen) await settled(1);
			mine.write(messages);
			while (stored.size < whole.stored.length || sent.rows < 20) await settled(1);
			mine.write(release);
			await settled(1);
			mine.close();
			await ended;
			t.strictSame(
				[...stored].map(([id, bytes]) => [id, bytes.length]),
				whole.stored.map(([id, length]) => [id, length]),
			);
			t.equal(sent.rows, 20);
		}
	});
	t.test('what was recorded, cut off anywhere: it ends, and nothing half is stored', async (t) => {
		const draw = random(9);
		const lengths = new Set(whole.stored.map(([, length]) => length));
		for (let run = 0; run < 60; run++) {
			const [mine, theirs] = wire();
			const { decide, stored } = archive();
			const { ended, association } = accept(theirs, { decide });
			const over = ended.catch(() => {});
			mine.start({ received: () => {}, closed: () => {} });
			mine.write(rq);
			while (!association.isOpen) await settled(1);
			mine.write(messages.subarray(0, draw(messages.length)));
			if (run % 2 === 0) mine.close();
			else {
				await settled(1);
				mine.cut('ECONNRESET');
			}
			await over;
			for (const { length } of stored.values()) if (!lengths.has(length)) t.fail(`${length} bytes were stored`);
		}
		t.pass('all have ended');
	});
});

// ---- back-pressure -------------------------------------------------------------------------------------------------

const LONG = 60_000_000;

t.test('a sink that waits holds the socket, and its bytes stay as they are', async (t) => {
	for (const from of ['requestor', 'acceptor'] as const) {
		const gate = Promise.withResolvers<void>();
		const seen = { bytes: 0, calls: 0, changed: 0 };
		const serve: RequestHandler = async (request) => {
			await request.dataset?.into(async (bytes) => {
				seen.calls++;
				seen.bytes += bytes.length;
				const copy = seen.calls % 10 === 1 ? bytes.slice() : undefined;
				await gate.promise;
				if (copy !== undefined) await settled(1);
				if (copy !== undefined && Buffer.compare(copy, bytes) !== 0) seen.changed++;
			});
			await storeResponse(request);
		};
		const theirs = Promise.withResolvers<Association>();
		let association: Association;
		if (from === 'requestor') association = await overTcp(t, () => ({ supported: () => ['*'], serve }));
		else {
			// The acceptor is the one who stores, as in a C-GET: the requestor's own reading is tested.
			const server = createServer((socket) => {
				const decide = (): Decision => ({ supported: () => ['*'], serve: answerEcho });
				const one = accept(socketTransport(socket), { decide });
				one.ended.catch(() => {});
				theirs.resolve(one.association);
			});
			await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
			t.teardown(() => server.close());
			const port = (server.address() as { port: number }).port;
			await connect({ ...OPTIONS, address: { ...OPTIONS.address, host: '127.0.0.1', port }, serve });
			association = await theirs.promise;
			while (!association.isOpen) await settled(1);
		}
		let given = 0;
		let last = -1;
		const source: DataSource = {
			length: LONG,
			read: (views) => {
				for (const view of views) {
					view.fill((given >> 16) & 0xff);
					given += view.length;
				}
			},
		};
		const answer = store(association, CT_CONTEXT, { sopClassUid: CT, sopInstanceUid: '1', dataset: source });
		while (given !== last) {
			last = given;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		t.equal(seen.calls, 1, `${from}: one piece is delivered, and no more while the sink waits`);
		t.ok(given < LONG / 2, `${from}: ${given} bytes were read by then`);
		gate.resolve();
		t.equal((await answer).status, 0);
		t.equal(seen.bytes, LONG);
		t.equal(seen.changed, 0, 'no view was written over while its sink waited');
		await association.abort();
	}
});

t.test('a reader that waits holds the socket at its mark, and is not blamed on the peer', async (t) => {
	const clock = new HandClock();
	const { decide } = archive(5000);
	let arrived = 0;
	const { ours } = await joinedBy(t, decide, {
		clock,
		trace: (event) => {
			if (event.event === 'message' && event.direction === 'received') arrived++;
		},
	});
	const find = ours.exchange<CFindRsp>(
		FIND_CONTEXT,
		{ type: 'C-FIND-RQ', messageId: 1, affectedSopClassUid: FIND, priority: 0, hasDataset: true },
		new Uint8Array(10),
	);
	await settled(300);
	t.ok(arrived >= 256 && arrived < 300, `${arrived} responses were read`);
	clock.advance(3_600_000);
	t.ok(ours.isOpen, 'an hour later it still stands');
	let rows = 0;
	for await (const batch of find.batches()) {
		rows += batch.length;
		t.ok(batch.length <= 256);
		if (rows > 4000) clock.advance(29_999);
	}
	t.equal(rows, 5000);
	await ours.release();
});

t.test('a disk of ours that is slow is not blamed on the peer; its silence is', async (t) => {
	const clock = new HandClock();
	const disk = Promise.withResolvers<void>();
	const serve: RequestHandler = async ({ dataset }) => dataset?.discard();
	const { ours } = await joinedBy(t, () => ({ supported: () => ['*'], serve }), { clock });
	const dataset = sourceOf(bytesOf(10, 0), () => disk.promise);
	const answer = store(ours, CT_CONTEXT, { sopClassUid: CT, sopInstanceUid: '1', dataset });
	await settled();
	clock.advance(3_600_000);
	t.ok(ours.isOpen);
	disk.resolve();
	await settled();
	clock.advance(30_000);
	await t.rejects(answer, { message: 'no response within 30000 ms' });
	clock.advance(2000);
	await ours.closed;
});

// ---- messages ------------------------------------------------------------------------------------------------------

t.test('messages that are sent at once do not interleave', async (t) => {
	for (const seed of [1, 2, 3]) {
		const draw = random(seed);
		const { decide, stored } = archive();
		const { ours } = await joinedBy(t, decide, {}, () => 1 + draw(50_000));
		const datasets = Array.from({ length: 24 }, (_, i) => bytesOf(2 * draw([10, 5000, 700_000][i % 3] ?? 1), i));
		const answers = datasets.map((dataset, i) => {
			const instance = { sopClassUid: CT, sopInstanceUid: `1.${i}` };
			const wait = () => (draw(2) === 0 ? undefined : settled(1 + draw(3)));
			if (i % 4 === 3) return store(ours, CT_CONTEXT, { ...instance, dataset });
			const source = sourceOf(dataset, wait);
			if (i % 4 === 1) return store(ours, CT_CONTEXT, { ...instance, dataset: source });
			if (i % 4 === 0) return prepareStore(ours, CT_CONTEXT, { ...instance, dataset: source }).send();
			const immediate = { ...sourceOf(dataset, () => undefined), isImmediate: true } as const;
			return prepareStore(ours, CT_CONTEXT, { ...instance, dataset: immediate }).send();
		});
		const echoes = Array.from({ length: 10 }, () => echo(ours, ECHO_CONTEXT));
		for (const { status } of await Promise.all([...answers, ...echoes])) if (status !== 0) t.fail(`status ${status}`);
		const byId = [...stored].sort(([a], [b]) => a - b);
		t.equal(byId.length, datasets.length);
		t.ok(
			byId.every(([, bytes], i) => bytes.equals(datasets[i] ?? new Uint8Array())),
			'every dataset is as it was',
		);
		await ours.release();
	}
});

t.test('a release in the middle of a message: what was asked fails, and nothing else', async (t) => {
	const { decide, stored } = archive();
	const disk = Promise.withResolvers<void>();
	const { ours, theirs } = await joinedBy(t, decide);
	const dataset = sourceOf(bytesOf(3_000_000, 1), () => disk.promise);
	const answer = store(ours, CT_CONTEXT, { sopClassUid: CT, sopInstanceUid: '1', dataset });
	const failed = t.rejects(answer, { message: 'connection lost (CLOSED)' });
	await settled();
	const released = ours.release();
	disk.resolve();
	await Promise.all([released, failed, theirs.closed]);
	t.equal(ours.failure, undefined);
	t.equal(stored.size, 0);
});

t.test('the Message ID goes round and passes by what is outstanding', async (t) => {
	const ids: number[] = [];
	const held = Promise.withResolvers<void>();
	const { ours } = await joinedBy(t, () => ({
		supported: () => ['*'],
		serve: async (request) => {
			ids.push(request.message.messageId);
			if (ids.length === 1) await held.promise;
			await answerEcho(request);
		},
	}));
	const first = echo(ours, ECHO_CONTEXT);
	for (let i = 0; i < 65_533; i++) ours.nextMessageId();
	for (let i = 0; i < 3; i++) await echo(ours, ECHO_CONTEXT);
	t.strictSame(ids, [1, 65_535, 2, 3]);
	held.resolve();
	t.equal((await first).status, 0);
	await ours.release();
});

t.test('a C-FIND is cancelled at every point', async (t) => {
	const ROWS = 6;
	const { decide } = archive(ROWS);
	for (let point = 0; point <= ROWS + 1; point++)
		for (const how of ['cancel', 'leave'] as const) {
			const { ours } = await joinedBy(t, decide, {}, () => 40);
			const find = ours.exchange<CFindRsp>(
				FIND_CONTEXT,
				{
					type: 'C-FIND-RQ',
					messageId: ours.nextMessageId(),
					affectedSopClassUid: FIND,
					priority: 0,
					hasDataset: true,
				},
				new Uint8Array(10),
			);
			let rows = 0;
			if (point === 0) find.cancel();
			for await (const _ of find) {
				if (++rows !== point) continue;
				if (how === 'leave') break;
				find.cancel();
				find.cancel();
			}
			const { status } = (await find.final).message;
			t.ok(status === 0 || status === 0xfe00, `${how} at ${point}: one final status, ${status.toString(16)}`);
			if (how === 'cancel') t.ok(rows >= Math.min(point, ROWS) && (status === 0xfe00 || rows === ROWS), `${rows} rows`);
			find.cancel();
			t.equal((await echo(ours, ECHO_CONTEXT)).status, 0, 'nothing of it is left over');
			await ours.release();
		}
});

t.test('a connection that is lost at every point of a C-FIND', async (t) => {
	for (let point = 0; point < 8; point++) {
		const [one, other] = wire(() => 50);
		const { ended } = accept(other, { decide: archive(1_000_000).decide });
		const { association } = await connect({ ...OPTIONS, openTransport: async () => one });
		const find = association.exchange<CFindRsp>(
			FIND_CONTEXT,
			{ type: 'C-FIND-RQ', messageId: 1, affectedSopClassUid: FIND, priority: 0, hasDataset: true },
			new Uint8Array(10),
		);
		let rows = 0;
		const read = async () => {
			if (point === 0) one.cut('ECONNRESET');
			for await (const _ of find) if (++rows === point) one.cut('ECONNRESET');
		};
		await t.rejects(read(), { message: 'connection lost (ECONNRESET)' });
		await t.rejects(find.final);
		await t.rejects(ended);
		t.ok(rows >= point, `${rows} rows were shown`);
	}
});

// ---- trace and timers ----------------------------------------------------------------------------------------------

t.test('the recorder', async (t) => {
	const pdata = encodePdu({
		type: 'P-DATA-TF',
		pdvs: [{ contextId: 1, isCommand: false, isLast: true, bytes: bytesOf(5000, 0) }],
	});
	const release = encodePdu({ type: 'A-RELEASE-RQ' });
	const stream = Buffer.concat([release, pdata, pdata, release]);
	for (const piece of [1, 5, 6, 7, 100, 4096, 100_000]) {
		const recorded: [Uint8Array, number][] = [];
		const recorder = new PduRecorder((bytes, length) => recorded.push([bytes, length]), 1000);
		for (let offset = 0; offset < stream.length; offset += piece)
			recorder.push(stream.subarray(offset, offset + piece));
		recorder.end();
		const cut = [pdata.subarray(0, 1000), pdata.length] as const;
		t.strictSame(recorded, [[release, 10], cut, cut, [release, 10]], `in pieces of ${piece}`);
	}
	for (const [length, told] of [
		[3, 3],
		[8, 10],
	] as const) {
		const recorded: [Uint8Array, number][] = [];
		const recorder = new PduRecorder((bytes, whole) => recorded.push([bytes, whole]), 1000);
		recorder.push(release.subarray(0, length));
		recorder.end();
		t.strictSame(recorded, [[release.subarray(0, length), told]], 'and what is there of one that is cut off');
	}
});

t.test('a trace of both sides holds the same PDUs', async (t) => {
	const seen: Record<string, Buffer[]> = {};
	const keep = (side: string) => (event: TraceEvent) => {
		if (event.event !== 'pdu') return;
		const key = `${side} ${event.direction}`;
		seen[key] = [...(seen[key] ?? []), Buffer.from(event.bytes)];
	};
	const [one, other] = wire();
	const { ended } = accept(other, { decide: archive().decide, trace: keep('acceptor') });
	const { association } = await connect({ ...OPTIONS, openTransport: async () => one, trace: keep('requestor') });
	await store(association, CT_CONTEXT, { sopClassUid: CT, sopInstanceUid: '1', dataset: bytesOf(200_000, 1) });
	await association.release();
	await ended;
	t.strictSame(seen['requestor sent'], seen['acceptor received']);
	t.strictSame(seen['acceptor sent'], seen['requestor received']);
	t.ok(
		seen['requestor sent']?.some(({ length }) => length === 4096) &&
			seen['requestor sent'].every(({ length }) => length <= 4096),
	);
});

t.test('how long the peer has been silent', async (t) => {
	const clock = new HandClock();
	const [one, other] = wire();
	const { ended } = accept(other, { decide: archive().decide });
	let established: unknown;
	const { association } = await connect({
		...OPTIONS,
		clock,
		openTransport: async () => one,
		established: (it) => {
			established = it;
		},
	});
	t.equal(established, association, 'told when it stands');
	clock.advance(500);
	t.equal(association.silentMs, 500);
	association.touch();
	t.equal(association.silentMs, 0, 'what was seen elsewhere counts');
	clock.advance(700);
	t.equal(association.silentMs, 700);
	await store(association, CT_CONTEXT, { sopClassUid: CT, sopInstanceUid: '1', dataset: bytesOf(200_000, 1) });
	t.equal(association.silentMs, 0, 'as does what comes');
	await association.release();
	await ended;
});

t.test('a watchdog', async (t) => {
	const clock = new HandClock();
	let barks = 0;
	const dog = new Watchdog(clock, 100, () => barks++);
	dog.touch();
	clock.advance(1000);
	t.equal(barks, 0, 'it does not run before it is started');
	dog.restart();
	for (let i = 0; i < 10; i++) {
		clock.advance(99);
		dog.touch();
	}
	clock.advance(99);
	t.equal(barks, 0, 'it is put off');
	clock.advance(1);
	t.equal(barks, 1, 'and runs out a whole timeout after the last sign of life');
	clock.advance(1000);
	t.equal(barks, 1, 'once');
	dog.restart();
	clock.advance(50);
	dog.stop();
	clock.advance(1000);
	t.equal(barks, 1, 'not when it was stopped');
	dog.restart();
	clock.advance(50);
	dog.stop();
	dog.restart();
	clock.advance(99);
	t.equal(barks, 1);
	clock.advance(1);
	t.equal(barks, 2, 'stopped and started, it has the whole timeout again');
	dog.restart();
	dog.end();
	clock.advance(1000);
	t.equal(barks, 2);
	const none = new Watchdog(clock, 0, () => barks++);
	none.restart();
	clock.advance(1e9);
	t.equal(barks, 2, '0 is for ever');
});
