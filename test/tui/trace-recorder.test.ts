/** The ring of trace events: numbers stay, the oldest go, memory ends at its limit. */
import t from 'tap';
import type { TraceEvent } from '../../src/association/trace.ts';
import { TraceRecorder } from '../../src/tui/trace/trace-recorder.ts';

const pdu = (number: number, length = 100): TraceEvent => ({
	at: number,
	association: 1,
	event: 'pdu',
	direction: 'sent',
	bytes: new Uint8Array(length).fill(4),
	length,
});

t.test('the newest are kept, each with the number that it was given', async (t) => {
	const recorder = new TraceRecorder(50_000);
	for (let number = 0; number < 20_000; number++) {
		const index = recorder.push(pdu(number));
		if (index !== number) t.fail(`${index} for ${number}`);
		if (recorder.keptBytes > 50_000) t.fail(`${recorder.keptBytes} bytes`);
	}
	const kept = [...recorder.events()];
	t.strictSame(
		kept.map(({ at }) => at),
		Array.from({ length: kept.length }, (_, index) => 20_000 - kept.length + index),
	);
	t.ok(kept.length > 50);
	t.equal(recorder.at(19_999)?.at, 19_999);
	t.equal(recorder.at(20_000 - kept.length)?.at, 20_000 - kept.length);
	for (const gone of [0, 19_999 - kept.length, 20_000, -1]) t.equal(recorder.at(gone), undefined);
	t.match(recorder.detail(3).detail[0], /no longer/);
});

t.test('one event that is larger than all of it', async (t) => {
	const recorder = new TraceRecorder(1_000);
	recorder.push(pdu(0));
	recorder.push(pdu(1, 1_000_000));
	t.strictSame(
		[...recorder.events()].map(({ at }) => at),
		[1],
	);
	recorder.push(pdu(2));
	t.ok(recorder.keptBytes <= 1_000);
});

t.test('every kind of event has lines, whatever is in it', async (t) => {
	const recorder = new TraceRecorder();
	const events: readonly TraceEvent[] = [
		{ at: 0, association: 1, event: 'resolved', host: 'pacs\u001b[2J', addresses: ['10.0.0.1'] },
		{
			at: 1,
			association: 1,
			event: 'connected',
			local: { address: '10.0.0.2', port: 5 },
			remote: { address: '10.0.0.1', port: 104 },
			afterMs: 3,
			role: 'requestor',
		},
		{ at: 2, association: 1, event: 'secured', protocol: 'TLSv1.3', cipher: 'X' },
		{ ...pdu(3), bytes: Uint8Array.of(1, 0, 0, 0, 0, 2, 9, 9), length: 8 } as TraceEvent,
		pdu(4),
		{ at: 5, association: 1, event: 'timer', timer: 'ARTIM', action: 'expired', timeoutMs: 30_000 },
		{ at: 6, association: 1, event: 'closed', phase: 'connect', failure: { blame: 'interrupted' } },
	];
	for (const event of events) {
		const { detail } = recorder.detail(recorder.push(event));
		t.ok(detail.length > 0 && detail.every((line) => !line.includes('\u001b')), event.event);
	}
});
