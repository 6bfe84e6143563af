/** A recorded association through every format of a trace: nothing is lost, tshark decodes it, and redacted it names nobody. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { TraceEvent } from '../../src/association/trace.ts';
import { textOf } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import type { Failure } from '../../src/errors.ts';
import { localTime, traceText } from '../../src/output/trace-text.ts';
import { traceFilter } from '../../src/trace/filter.ts';
import { readTraceLines, traceHead, traceLine } from '../../src/trace/json-lines.ts';
import { withMessages } from '../../src/trace/messages.ts';
import { pcapHeader, pcapRecords, readPcap } from '../../src/trace/pcap.ts';
import { redacted, withoutIdentity } from '../../src/trace/redaction.ts';
import { traceStatistics } from '../../src/trace/statistics.ts';
import { type AssociateAc, decodePdu, encodePdu } from '../../src/upper-layer/pdu/index.ts';
import { fields, tshark } from '../interop/capture.ts';
import { missing } from '../support/peers.ts';
import { failureOf, recording, SECRETS } from './recording.ts';

const EPOCH = Date.UTC(2026, 10, 21, 12);
const folder = mkdtempSync(join(tmpdir(), 'dimse-trace-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const recorded = (await recording()).map(withoutIdentity);

const asPcap = (events: readonly TraceEvent[]): Uint8Array => {
	const record = pcapRecords(EPOCH);
	return Buffer.concat([pcapHeader(), ...events.flatMap((event) => record(event) ?? [])]);
};
const asLines = (events: readonly TraceEvent[]): string =>
	traceHead({ epochMs: EPOCH, startedMs: EPOCH + 5_000 }) + events.map(traceLine).join('');
const asText = (events: readonly TraceEvent[]): string => {
	const text = traceText({ level: 'debug', time: localTime(EPOCH) });
	return events.flatMap((event) => text(event)).join('\n');
};

type MessageEvent = Extract<TraceEvent, { readonly event: 'message' }>;
const messagesOf = (events: readonly TraceEvent[]) =>
	events
		.filter((event): event is MessageEvent => event.event === 'message')
		.map(({ direction, message, contextId, identifier }) => ({
			direction,
			message,
			contextId,
			name:
				identifier === undefined || message.type === 'C-STORE-RQ'
					? ''
					: textOf(decodeDataset(identifier, '1.2.840.10008.1.2.1').dataset, '00100010'),
		}));

t.test('JSON lines lose nothing', async (t) => {
	const { events, epochMs } = readTraceLines(asLines(recorded));
	t.equal(epochMs, EPOCH);
	t.match(asLines([]), /"started":"2026-11-21T12:00:05\.000Z"/, 'the beginning of the trace, not that of its clock');
	t.equal(events.length, recorded.length);
	for (const [index, event] of events.entries()) {
		const original = recorded[index];
		if (event.event === 'pdu' && original?.event === 'pdu')
			t.ok(Buffer.from(event.bytes).equals(original.bytes) && event.length === original.length, `PDU ${index}`);
	}
	t.strictSame(messagesOf(events), messagesOf(recorded));
	t.match(
		failureOf(() => readTraceLines('hello\n')),
		{ blame: 'io', code: 'NOT_A_TRACE' },
	);
	t.equal(readTraceLines(asLines(recorded).slice(0, -20)).events.length, recorded.length - 1, 'a torn last line');
});

t.test('lines that are damaged are counted, and the rest is read', async (t) => {
	const firstBytes = Uint8Array.from([0x47, 0x45, 0x54]);
	const lost = { blame: 'protocol', message: 'no PDU', phase: 'associate', firstBytes } as const;
	const more: readonly TraceEvent[] = [
		{ at: 1, association: 1, event: 'resolved', host: 'h', addresses: ['10.0.0.1'] },
		{ at: 1, association: 1, event: 'timer', timer: 'ARTIM', action: 'expired', timeoutMs: 5 },
		{ at: 1, association: 1, event: 'secured', protocol: 'TLSv1.3', cipher: 'x' },
		{ at: 2, association: 1, event: 'closed', phase: 'associate', failure: lost },
	];
	const [head = '', ...lines] = asLines([...recorded, ...more])
		.trimEnd()
		.split('\n');
	t.strictSame(readTraceLines([head, ...lines].join('\n')).damaged, []);
	const odd = [null, 'x', -1, 1e300, {}, [], { '0': 'x' }, [null], true, undefined];
	/** One with each of its fields, and theirs, wrong in every way. */
	const spoilt = (value: object): object[] =>
		Object.entries(value).flatMap(([name, own]: [string, unknown]) => [
			...odd.map((one) => ({ ...value, [name]: one })),
			...(typeof own === 'object' && own !== null ? spoilt(own).map((one) => ({ ...value, [name]: one })) : []),
		]);
	const kinds = new Map(
		lines.map((line) => JSON.parse(line)).map((event) => [`${event.event} ${event.message?.type}`, event]),
	);
	for (const [kind, { pdu: _, dataset: __, ...event }] of kinds)
		for (const one of spoilt(event)) {
			const { events, damaged } = readTraceLines([head, JSON.stringify(one), ...lines.slice(-1)].join('\n'));
			if (events.length + damaged.length !== 2) t.fail(`${kind}: ${JSON.stringify(one)}`);
			t.doesNotThrow(() => {
				asText(events);
				asLines(events);
				asPcap(events);
				traceStatistics(events);
				events.filter(traceFilter('status = failure or ae = X or PatientName ~ x or cmd ~ FIND or msg 1'));
				asLines(events.flatMap(redacted('salt')));
			}, JSON.stringify(one));
		}
	for (const [line, damaged] of [
		['{"at":1,"association":1,"event":"message","direction":"sent","message":null}', [2]],
		['{"at":1,"association":1,"event":"pdu","direction":"up","bytes":"","length":0}', [2]],
		['{"at":1,"association":1,"event":"connected","role":"requestor","afterMs":1}', [2]],
		['nonsense', [2]],
	] as const)
		t.strictSame(readTraceLines([head, line, ...lines.slice(-1)].join('\n')).damaged, damaged);
});

t.test('a capture gives the messages back', async (t) => {
	const { events } = readPcap(asPcap(recorded));
	const again = events.flatMap(withMessages());
	const byDirection = (all: ReturnType<typeof messagesOf>) => [
		all.filter(({ direction }) => direction === 'sent'),
		all.filter(({ direction }) => direction === 'received'),
	];
	t.strictSame(byDirection(messagesOf(again)), byDirection(messagesOf(recorded)));
	t.equal(messagesOf(again).length, 8, 'echo, query with two matches, store');
	for (const bytes of [new Uint8Array(), new Uint8Array(24), asPcap(recorded).subarray(1)])
		t.match(
			failureOf(() => readPcap(bytes)),
			{ blame: 'io', code: 'NOT_A_TRACE' },
		);
});

t.test('no password is in any trace', async (t) => {
	for (const [format, text] of [
		['pcap', Buffer.from(asPcap(recorded)).toString('latin1')],
		['jsonl', decodedLines(asLines(recorded))],
		['txt', asText(recorded)],
	] as const)
		t.notMatch(text, /hunter2|admin/, format);
});

/** JSON lines with what is base64 in them read as text beside it. */
const decodedLines = (lines: string): string =>
	lines +
	[...lines.matchAll(/"([A-Za-z0-9+/]{8,}={0,2})"/g)]
		.map(([, text = '']) => Buffer.from(text, 'base64').toString('latin1'))
		.join('\n');

t.test('no patient value survives redaction', async (t) => {
	for (const secret of SECRETS.filter((secret) => secret !== 'hunter2'))
		t.ok(Buffer.from(asPcap(recorded)).toString('latin1').includes(secret), `${secret} was there before`);
	const events = recorded.flatMap(redacted('salt'));
	t.strictSame(
		messagesOf(events).map(({ message }) => message.type),
		messagesOf(recorded).map(({ message }) => message.type),
	);
	for (const [format, text] of [
		['pcap', Buffer.from(asPcap(events)).toString('latin1')],
		['jsonl', decodedLines(asLines(events))],
		['txt', asText(events)],
	] as const)
		for (const secret of SECRETS) t.notOk(text.includes(secret), `${format}: ${secret}`);
	const names = new Set(messagesOf(events).flatMap(({ name }) => name || []));
	t.equal(names.size, 2, 'the query with its wildcard, and one token for the same name twice');
	t.match([...names].sort()[0], /^P-[\da-f]{6}\*$|^P-[\da-f]{6}\^P-/);
	t.match(asText(events), /STUDY/, 'what a query is about stays');
});

t.test('a redacted trace has the times of what it was made of', async (t) => {
	/** As if each event were a while after the one before it. */
	const apart = recorded.map((event, index) => ({ ...event, at: 10 * index }));
	const again = apart.flatMap(redacted('salt'));
	const timesOf = (events: readonly TraceEvent[]) =>
		events.flatMap((event) => (event.event === 'message' ? [[event.at, event.message.type]] : []));
	t.strictSame(timesOf(again), timesOf(apart));
	const statistics = (events: readonly TraceEvent[]) =>
		traceStatistics(events).map(({ bytes: _, pdvs: __, ...rest }) => rest);
	t.strictSame(statistics(again), statistics(apart));
	t.strictSame(statistics(again.flatMap(redacted('pepper'))), statistics(apart), 'and again');
});

t.test('what the peer answers to a user identity is in no trace', async (t) => {
	const token = new TextEncoder().encode('KERBEROS-TICKET');
	const answers = recorded.flatMap((event): readonly TraceEvent[] => {
		if (event.event !== 'pdu' || event.bytes[0] !== 0x02) return [];
		const ac = decodePdu(event.bytes) as AssociateAc;
		const bytes = encodePdu({ ...ac, userInformation: { ...ac.userInformation, userIdentityResponse: token } });
		// One that is whole, and one that ends too early.
		return [bytes, bytes.slice(0, -1)].map((one) => ({ ...event, bytes: one, length: one.length }));
	});
	t.equal(answers.length, 2);
	for (const events of [answers.map(withoutIdentity), answers.flatMap(redacted('salt'))]) {
		t.notMatch(Buffer.from(asPcap(events)).toString('latin1'), /KERB/);
		t.notMatch(decodedLines(asLines(events)), /KERB/);
		const [whole] = events;
		if (whole?.event !== 'pdu') throw new Error('no PDU');
		t.match(decodePdu(whole.bytes), { userInformation: { userIdentityResponse: new Uint8Array(15).fill(0x2a) } });
	}
	const odd = new Uint8Array([0x02, 0, 0, 0, 0, 2, 1, 2]);
	const unread: TraceEvent = { at: 0, association: 1, event: 'pdu', direction: 'received', bytes: odd, length: 8 };
	t.equal(withoutIdentity(unread), unread, 'what cannot hold one stays');
});

t.test('of a PDU of no known type the header is left in a redacted trace', async (t) => {
	const bytes = Buffer.from('\x09\0\0\0\0\x0bGREEN^SUSAN', 'latin1');
	const when = { at: 0, association: 1 } as const;
	const failure: Failure = {
		blame: 'protocol',
		message: 'PDU type 47H',
		phase: 'associate',
		firstBytes: Buffer.from('GREEN^S'),
	};
	const events: readonly TraceEvent[] = [
		{ ...when, event: 'pdu', direction: 'received', bytes, length: 17 },
		{ ...when, event: 'closed', phase: 'associate', failure },
	];
	const [first, last] = events.flatMap(redacted('salt'));
	t.strictSame(first, { ...events[0], bytes: Uint8Array.from([9, 0, 0, 0, 0, 11, ...new Uint8Array(11)]) });
	t.match(last, { failure: { firstBytes: Buffer.from('GREEN^') } });
});

t.test('tshark decodes it without being told what it is', { skip: missing('tshark') }, async (t) => {
	for (const [name, events] of [
		['plain', recorded],
		['redacted', recorded.flatMap(redacted('salt'))],
	] as const) {
		const path = join(folder, `${name}.pcap`);
		writeFileSync(path, asPcap(events));
		const found = await fields(
			path,
			'dicom.pdu.type',
			'_ws.malformed',
			'dicom.pdv.ctx.invalid',
			'dicom.pdv.flags.invalid',
		);
		t.strictSame(found['_ws.malformed'], [], `${name}: malformed`);
		t.strictSame(found['dicom.pdv.ctx.invalid'], [], `${name}: contexts`);
		t.strictSame(found['dicom.pdv.flags.invalid'], [], `${name}: flags`);
		t.equal(found['dicom.pdu.type'].length, events.filter(({ event }) => event === 'pdu').length, `${name}: every PDU`);
		const text = await tshark(path, '-V');
		for (const what of ['A-ASSOCIATE request', 'C-ECHO-RQ', 'C-FIND-RSP', 'C-STORE-RQ', 'A-RELEASE response'])
			t.match(text, what, `${name}: ${what}`);
	}
});
