/** Captures that are damaged: what cannot be read is told, the rest is read, and nothing that is made of it throws. DIMSE_FUZZ is the number of inputs. */
import t from 'tap';
import type { TraceEvent } from '../../src/association/trace.ts';
import { DicomError } from '../../src/errors.ts';
import { localTime, traceText } from '../../src/output/trace-text.ts';
import { traceFilter } from '../../src/trace/filter.ts';
import { traceHead, traceLine } from '../../src/trace/json-lines.ts';
import { withMessages } from '../../src/trace/messages.ts';
import { pcapHeader, pcapRecords, readPcap } from '../../src/trace/pcap.ts';
import { redacted } from '../../src/trace/redaction.ts';
import { traceStatistics } from '../../src/trace/statistics.ts';
import { randomNumbers } from '../dimse/random.ts';
import { recording } from './recording.ts';

t.setTimeout(240_000);

const INPUTS = Math.min(10_000, Number(process.env['DIMSE_FUZZ'] ?? 1_000));
const EPOCH = Date.UTC(2026, 10, 21, 12);
const HEADER = 24;

const record = pcapRecords(EPOCH);
const records = (await recording()).flatMap((event) => {
	const bytes = record(event);
	return bytes === undefined ? [] : [bytes];
});
const captured = Buffer.concat([pcapHeader(), ...records]);

/** Everything that `trace show`, `stats` and `convert` make of the events. */
const used = (events: readonly TraceEvent[], epochMs: number): void => {
	const text = traceText({ level: 'debug', time: localTime(epochMs) });
	const again = pcapRecords(epochMs);
	const wanted = traceFilter('status = failure or ae = X or PatientName ~ x or pdu = RQ or gap > 1');
	traceHead({ epochMs, startedMs: epochMs + (events[0]?.at ?? 0) });
	for (const event of events) {
		text(event);
		traceLine(event);
		again(event);
		wanted(event);
	}
	traceStatistics(events);
};

const readAndUsed = (bytes: Uint8Array): ReturnType<typeof readPcap> | undefined => {
	try {
		const capture = readPcap(bytes);
		const events = capture.events.flatMap(withMessages());
		used(events, capture.epochMs);
		used(events.flatMap(redacted('salt')), capture.epochMs);
		return capture;
	} catch (error) {
		if (error instanceof DicomError && error.failure.blame === 'io') return undefined;
		throw error;
	}
};

const pdus = (capture: ReturnType<typeof readPcap> | undefined): number =>
	capture?.events.filter(({ event }) => event === 'pdu').length ?? -1;

/** The place of a tag's value in a record, behind the headers. */
const placeOf = (packet: Uint8Array, wanted: number): number => {
	const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
	for (let at = 16; at + 4 <= packet.length; at += 4 + view.getUint16(at + 2))
		if (view.getUint16(at) === wanted) return at;
	throw new Error(`no tag ${wanted}`);
};

t.test('an address or a port of another length: the record is left out', async (t) => {
	for (const tag of [20, 21, 25, 26]) {
		const [first = Buffer.alloc(0), second = Buffer.alloc(0), ...more] = records;
		const at = placeOf(second, tag);
		// Two bytes are taken out of the value, and out of the lengths that count them.
		const cut = Buffer.concat([second.subarray(0, at + 4), second.subarray(at + 6)]);
		cut.writeUInt16BE(2, at + 2);
		cut.writeUInt32LE(cut.readUInt32LE(8) - 2, 8);
		const capture = readAndUsed(Buffer.concat([pcapHeader(), first, cut, ...more]));
		t.match(capture, { damaged: [2], cutAt: undefined });
		t.equal(pdus(capture), records.length - 1);
	}
});

t.test('a capture that is cut off says in which record, wherever that is', async (t) => {
	const ends = records.map(
		(_, index) => HEADER + records.slice(0, index + 1).reduce((sum, { length }) => sum + length, 0),
	);
	t.match(readAndUsed(captured), { damaged: [], cutAt: undefined });
	t.equal(pdus(readAndUsed(captured)), records.length);
	for (const [index, end] of ends.entries()) {
		t.match(readAndUsed(captured.subarray(0, end)), { damaged: [], cutAt: undefined });
		for (const missing of [1, 20, (records[index]?.length ?? 0) - 1]) {
			const capture = readAndUsed(captured.subarray(0, end - missing));
			t.match(capture, { damaged: [], cutAt: index + 1 }, `record ${index + 1} without ${missing} bytes`);
			t.equal(pdus(capture), index);
		}
	}
});

t.test('damage of every kind', async (t) => {
	const random = randomNumbers(20_261_121);
	const telling = [0x00, 0x01, 0x02, 0x04, 0x10, 0x7f, 0x80, 0xfe, 0xff];
	const counts = { read: 0, refused: 0, damaged: 0, cut: 0 };
	for (let input = 0; input < INPUTS; input++) {
		let bytes = Buffer.from(captured);
		for (let left = 1 + random(6); left > 0; left--) {
			const [from, length] = [random(bytes.length), random(40)];
			switch (random(6)) {
				case 0:
					bytes = bytes.subarray(0, from);
					break;
				case 1:
					bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]);
					break;
				case 2:
					bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(from, from + length), bytes.subarray(from)]);
					break;
				default:
					// Most of the headers stand where few bytes are: they are hit as often as the rest.
					for (let hit = random(4); hit >= 0 && bytes.length > 0; hit--)
						bytes[random(random(2) === 0 ? bytes.length : Math.min(bytes.length, 2_000))] =
							random(2) === 0 ? random(256) : (telling[random(telling.length)] ?? 0);
			}
			if (bytes.length === 0) break;
		}
		try {
			const capture = readAndUsed(bytes);
			if (capture === undefined) counts.refused++;
			else counts.read++;
			if (capture !== undefined && capture.damaged.length > 0) counts.damaged++;
			if (capture?.cutAt !== undefined) counts.cut++;
		} catch (error) {
			t.fail(`input ${input}: ${error instanceof Error ? error.stack : String(error)}`, {
				hex: bytes.toString('hex').slice(0, 4_000),
			});
			break;
		}
	}
	for (const [what, count] of Object.entries(counts)) t.ok(count > 0, `${count} ${what}`);
});
