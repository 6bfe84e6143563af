/** The ring of trace events: numbers stay, the oldest go, memory ends at its limit. */
import t from 'tap';
import type { TraceEvent } from '../../src/association/trace.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { encodeCommand } from '../../src/dimse/command-set.ts';
import type { Message } from '../../src/dimse/messages.ts';
import { TraceRecorder } from '../../src/tui/trace/trace-recorder.ts';
import { dataset } from '../support/reducing.ts';

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

/** A PDU of these PDVs. */
const pduOf = (...pdvs: readonly (readonly [control: number, bytes: Uint8Array])[]): TraceEvent => {
	const items = pdvs.map(([control, bytes]) => {
		const head = Buffer.alloc(6);
		head.writeUInt32BE(bytes.length + 2);
		head.set([1, control], 4);
		return Buffer.concat([head, bytes]);
	});
	const length = items.reduce((sum, item) => sum + item.length, 0);
	const head = Buffer.from([4, 0, 0, 0, 0, 0]);
	head.writeUInt32BE(length, 2);
	return {
		...{ at: 0, association: 1, event: 'pdu', direction: 'received', length: length + 6 },
		bytes: new Uint8Array(Buffer.concat([head, ...items])),
	} as TraceEvent;
};

const COMMAND_LAST = 3;
const DATA = 0;
const DATA_LAST = 2;
const response: Message = {
	...{ type: 'C-FIND-RSP', messageIdBeingRespondedTo: 7, status: 0xff00, hasDataset: true },
	affectedSopClassUid: '1.2.840.10008.5.1.4.1.2.2.1',
} as Message;
const identifierOf = (name: string): Uint8Array =>
	encodeDataset(dataset({ '00080052': ['CS', 'STUDY'], '00100010': ['PN', name] }), IMPLICIT_LITTLE);
const told = (name: string): TraceEvent => ({
	...{ at: 0, association: 1, event: 'message', direction: 'received', contextId: 1 },
	...{ abstractSyntax: '1.2.840.10008.5.1.4.1.2.2.1', transferSyntax: IMPLICIT_LITTLE },
	...{ message: response, identifier: identifierOf(name) },
});

t.test('a message has its own bytes, whatever came with it in one piece or one PDU', async (t) => {
	const recorder = new TraceRecorder();
	const command = encodeCommand(response);
	const [first, second, third] = ['ADAMS', 'BAKER', 'CLARK'].map(identifierOf) as [Uint8Array, Uint8Array, Uint8Array];
	const half = third.length - 6;
	recorder.push(pduOf([COMMAND_LAST, command], [DATA_LAST, first]));
	recorder.push(
		pduOf([COMMAND_LAST, command], [DATA_LAST, second], [COMMAND_LAST, command], [DATA, third.subarray(0, half)]),
	);
	recorder.push(pduOf([DATA_LAST, third.subarray(half)]));
	for (const [name, pdvs] of [
		['ADAMS', 2],
		['BAKER', 2],
		['CLARK', 3],
	] as const) {
		const { detail, bytes } = recorder.detail(recorder.push(told(name)));
		const text = bytes.map((line) => line.slice(56)).join('');
		t.match(detail[0], `${pdvs} PDVs, ${command.length + identifierOf(name).length} bytes`);
		t.match(text.replaceAll(/\.{4,}/g, ''), name.slice(0, 4), name);
		for (const other of ['ADAMS', 'BAKER', 'CLARK'])
			if (other !== name) t.notMatch(text, other.slice(0, 4), `nothing of ${other} in ${name}`);
	}
});

t.test('each line of the tree has its bytes', async (t) => {
	const recorder = new TraceRecorder();
	const identifier = identifierOf('ADAMS');
	recorder.push(pduOf([COMMAND_LAST, encodeCommand(response)], [DATA, identifier.subarray(0, 21)]));
	recorder.push(pduOf([DATA_LAST, identifier.subarray(21)]));
	const { detail, bytes, spans } = recorder.detail(recorder.push(told('ADAMS')));
	const textAt = (line: number) =>
		(spans[line] ?? []).map((span) => bytes[span.line]?.slice(56).slice(span.from, span.to)).join('');
	const lineOf = (keyword: string) => detail.findIndex((line) => line.endsWith(keyword));
	t.match(textAt(lineOf('AffectedSOPClassUID')), /^\.{8}1\.2\.840\.10008\.5\.1\.4\.1\.2\.2\.1\.$/);
	t.match(textAt(lineOf('QueryRetrieveLevel')), /^\.\.R\.{5}STUDY $/);
	t.match(textAt(lineOf('PatientName')), /^\.{8}ADAMS $/, 'over two PDUs');
	t.equal(textAt(detail.indexOf('  identifier')).length, identifier.length);
	t.strictSame(spans[0], [], 'the heading has none');
	t.match(detail[lineOf(' CommandField')], /US 0x8020 {2}C-FIND-RSP +CommandField$/);
	t.match(detail[lineOf(' CommandDataSetType')], /US 0x0001 {2}data set follows +CommandDataSetType$/);
	t.match(detail[lineOf(' Status')], /US 0xFF00 +Status$/);
	const columns = detail.filter((line) => /^ {4}\(0000/.test(line)).map((line) => line.search(/\S+$/));
	t.equal(new Set(columns).size, 1, 'keywords stand below each other');
});
