/** The trace screen on a recorded association: rows, folded bursts, filter, following, marks, asking again, writing. */
import t from 'tap';
import type { TraceEvent } from '../../src/association/trace.ts';
import { plainText } from '../../src/tui/frame.ts';
import { initialState } from '../../src/tui/initial-state.ts';
import type { State } from '../../src/tui/state.ts';
import { eventExplanation } from '../../src/tui/trace/trace-explanations.ts';
import { maskedTreeLine } from '../../src/tui/trace/trace-mask.ts';
import { MOST_ROWS, rowOfLine, rowSummary } from '../../src/tui/trace/trace-rows.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { encodePdu } from '../../src/upper-layer/pdu/index.ts';
import { NODES } from '../support/sample-state.ts';
import { recording } from '../trace/recording.ts';
import { hear, only, press, top } from './pressing.ts';

const RECORDED = await recording();
const number = RECORDED[0]?.association ?? 0;

const empty = (): State => {
	const state = initialState({
		size: { columns: 120, rows: 40 },
		look: { unicode: true, theme: 'dark', masked: false },
		now: 0,
		current: ['main'],
		nodes: NODES,
	});
	return { ...state, screen: 'trace' };
};

let next = 0;
const heard = (state: State, events: readonly TraceEvent[]) =>
	hear(state, {
		type: 'traced',
		at: state.now,
		events: events.map((event) => ({ index: next++, event })),
		keptBytes: 1000,
	});

const recorded = (): State => heard(empty(), RECORDED).state;

const told = ({ trace }: State): readonly string[] =>
	trace.lines.map(({ row, folded }) => `${trace.rows[row]?.what}${folded === 0 ? '' : ` +${folded}`}`);

const LINES = ['C-ECHO-RQ', 'C-ECHO-RSP', 'C-FIND-RQ', 'C-FIND-RSP +1', 'C-FIND-RSP', 'C-STORE-RQ +1'];

t.test('each event but P-DATA has a row, responses that say that it goes on are folded', async (t) => {
	const lines = told(recorded());
	t.same(
		lines.filter((line) => line.startsWith('C-')),
		LINES,
	);
	t.equal(lines.filter((line) => line.startsWith('A-')).length, 4);
	t.notOk(lines.some((line) => /P-DATA/.test(line)));
});

t.test('batch by batch it comes to the same, and all of them are there', async (t) => {
	let state = empty();
	for (const event of RECORDED) state = heard(state, [event]).state;
	t.same(told(state), told(recorded()));
});

t.test('rows say what is worth knowing, without patients, who stand beside', async (t) => {
	const { trace } = recorded();
	const [rq] = trace.rows.filter(({ what }) => what === 'A-ASSOCIATE-RQ');
	t.match(rq?.summary, /^WS01 > \S+, \d+ contexts?, PDU \d+/);
	const match = trace.rows.find(({ what, patient }) => what === 'C-FIND-RSP' && patient !== undefined);
	t.match(match?.summary, /^FF00 pending/);
	t.match(match?.patient, /GREEN/);
	if (match === undefined) return;
	t.match(rowSummary(match, { unicode: true, theme: 'dark', masked: false }), /GREEN/);
	t.notMatch(rowSummary(match, { unicode: true, theme: 'dark', masked: true }), /GREEN/);
});

t.test('the association is told: with whom, for what, and how it ended', async (t) => {
	t.match(recorded().trace.associations, [{ number, direction: '>', purpose: 'echo', state: 'released' }]);
	const open = heard(empty(), RECORDED.slice(0, 6)).state.trace.associations[0];
	t.equal(open?.state, 'open');
});

t.test('a number of an association is told whole, however high', async (t) => {
	const later = RECORDED.map((event) => ({ ...event, association: 12_345 }));
	const state = heard(empty(), later).state;
	const lines = plainText(frameOf(state)).split('\n');
	t.ok(
		lines.some((line) => /^\W*12345 >/.test(line)),
		'among the associations',
	);
	const events = lines.filter((line) => line.includes('C-ECHO-R'));
	t.ok(events.length > 0);
	for (const line of events) t.match(line, / 12345 /);
});

t.test('a called AE title that one node has is told by its name; who calls us by its own', async (t) => {
	const rq = (direction: 'sent' | 'received'): TraceEvent => {
		const bytes = encodePdu({
			type: 'A-ASSOCIATE-RQ',
			protocolVersion: 1,
			calledAeTitle: 'PACS_MAIN',
			callingAeTitle: 'SENDER',
			applicationContextName: '1.2.840.10008.3.1.1.1',
			presentationContexts: [],
			userInformation: {
				maximumLength: 16_384,
				roleSelections: [],
				extendedNegotiations: [],
				commonExtendedNegotiations: [],
			},
		});
		return { at: 2, association: 99, event: 'pdu', direction, bytes, length: bytes.length };
	};
	t.equal(heard(empty(), [rq('sent')]).state.trace.associations[0]?.peer, 'main');
	const connected: TraceEvent = {
		at: 1,
		association: 99,
		event: 'connected',
		role: 'acceptor',
		local: { address: '10.0.0.1', port: 11113 },
		remote: { address: '10.0.0.9', port: 40_000 },
		afterMs: 1,
	};
	t.match(heard(empty(), [connected, rq('received')]).state.trace.associations, [{ direction: '<', peer: 'SENDER' }]);
});

t.test('the end is followed until somebody goes up, and again from the end on', async (t) => {
	const state = recorded();
	const last = state.trace.lines.length - 1;
	t.equal(state.trace.at, last);
	const up = press(state, 'Up').state;
	t.equal(up.trace.live, false);
	const more = heard(up, RECORDED.slice(0, 3)).state;
	t.equal(more.trace.at, last - 1, 'it stands still while more comes');
	t.ok(more.trace.lines.length > last + 1, 'which is recorded');
	const end = press(more, 'G').state;
	t.equal(end.trace.live, true);
	const grown = heard(end, RECORDED.slice(0, 3)).state.trace;
	t.equal(grown.at, grown.lines.length - 1);
	t.equal(press(state, 'Space').state.trace.live, false, 'Space holds');
});

t.test('the tree of the event at the cursor is asked for once, and only its answer is taken', async (t) => {
	const { state, effects } = heard(empty(), RECORDED);
	const { index } = only(effects, 'trace-detail');
	t.equal(index, rowOfLine(state.trace, state.trace.at)?.index);
	const shown = hear(state, { type: 'trace-detail', at: 0, index, detail: ['tree'], bytes: ['00'] }).state;
	t.same(shown.trace.detail, ['tree']);
	const late = hear(press(shown, 'Up').state, {
		type: 'trace-detail',
		at: 0,
		index,
		detail: ['tree'],
		bytes: [],
	}).state;
	t.same(late.trace.detail, []);
	t.same(hear({ ...empty(), screen: 'browse' }, { type: 'traced', at: 0, events: [], keptBytes: 0 }).effects, []);
});

t.test('filter', async (t) => {
	await t.test('what passes is shown as it is typed; Esc takes it away', async (t) => {
		const state = recorded();
		const found = press(state, '/', 'type:cmd ~ FIND', 'Enter').state;
		t.same(told(found), ['C-FIND-RQ', 'C-FIND-RSP +1', 'C-FIND-RSP']);
		t.equal(found.trace.isFiltering, false);
		t.equal(told(press(found, 'Esc').state).length, told(state).length);
		const before = told(found);
		t.same(told(heard(found, RECORDED).state), [...before, ...before], 'what comes later is held against it too');
	});
	await t.test('what cannot be read is said, and hides nothing', async (t) => {
		const state = recorded();
		const wrong = press(state, '/', 'type:status').state;
		t.match(wrong.trace.filterProblem, /a value for "status"/);
		t.equal(wrong.trace.lines.length, state.trace.lines.length);
		t.equal(press(wrong, 'type: = FF00').state.trace.filterProblem, undefined);
	});
	await t.test('the cursor stays on its event', async (t) => {
		const state = recorded();
		const on = press(state, 'g', 'Down', 'Down', 'Down', 'Down').state;
		const before = rowOfLine(on.trace, on.trace.at);
		const filtered = press(on, '/', `type:assoc ${number}`, 'Enter').state;
		t.equal(rowOfLine(filtered.trace, filtered.trace.at), before);
	});
	await t.test('Enter on an association shows it alone', async (t) => {
		const state = recorded();
		const alone = press(state, 'Shift+Tab', 'Enter').state;
		t.equal(alone.trace.filter, `assoc ${number}`);
		t.equal(alone.trace.pane, 'events');
	});
});

const onLine = (state: State, wanted: string): State => {
	const line = told(state).findIndex((one) => one.startsWith(wanted));
	return press(state, 'g', ...Array.from({ length: line }, () => 'Down')).state;
};

t.test('Enter unfolds a burst, h folds it again, Enter on a message opens it, Esc closes it', async (t) => {
	const folded = onLine(recorded(), 'C-FIND-RSP +1');
	const unfolded = press(folded, 'Enter').state;
	t.equal(told(unfolded).filter((line) => line === 'C-FIND-RSP').length, 3);
	t.same(told(press(unfolded, 'h').state), told(folded));
	const opened = press(unfolded, 'Enter').state;
	t.match(opened.trace, { open: true, pane: 'detail' });
	t.match(press(opened, 'Esc').state.trace, { open: false, pane: 'events' });
	t.equal(press(opened, 'Esc', 'Esc').state.screen, 'browse');
});

t.test('marks, and from one to the next', async (t) => {
	const state = press(recorded(), 'g', 'm', 'Down', 'Down', 'm', 'Down').state;
	t.equal(state.trace.marks.size, 2);
	t.equal(press(state, "'").state.trace.at, 0);
	t.equal(press(state, "'", "'").state.trace.at, 2);
	t.match(press(recorded(), "'").state.status?.text, /nothing is marked/);
});

t.test('Tab goes through the panes, b takes the bytes away', async (t) => {
	t.equal(press(recorded(), 'Tab').state.trace.pane, 'detail');
	t.equal(press(recorded(), 'b', 'Tab', 'Tab').state.trace.pane, 'associations');
});

t.test('a C-FIND-RQ of ours is opened in the form, a C-ECHO-RQ is sent again, a response is not', async (t) => {
	const find = press(onLine(recorded(), 'C-FIND-RQ'), 'e').state;
	t.equal(find.screen, 'browse');
	t.match(top(find, 'form').fields.find(({ keyword }) => keyword === 'PatientName')?.value, 'GREEN*');
	t.ok(press(onLine(recorded(), 'C-ECHO-RQ'), 'e').effects.some((effect) => effect.do === 'echo'));
	t.match(press(onLine(recorded(), 'C-ECHO-RSP'), 'e').state.status?.text, /only a C-ECHO-RQ or C-FIND-RQ/);
});

t.test('w and W ask for a file, whose ending says how', async (t) => {
	const asked = press(recorded(), '/', 'type:cmd ~ FIND', 'Enter', 'w').state;
	t.same(press(asked, 'Enter').effects, [
		{ do: 'write-trace', path: 'trace.pcap', redact: false, filter: 'cmd ~ FIND', overwrite: false },
	]);
	const wrong = press(recorded(), 'W', 'Ctrl+X', 'type:trace.doc', 'Enter');
	t.same(wrong.effects, []);
	t.match(top(wrong.state, 'prompt').problem, /\.pcap, \.txt, \.jsonl/);
	t.equal(only(press(recorded(), 'W', 'Enter').effects, 'write-trace').redact, true);
});

t.test('on a masked screen the tree has pseudonyms, and what leaves it is asked about', async (t) => {
	const lines = [
		'  (0010,0010) PN GREEN^SUSAN                              PatientName',
		'  (0010,0020) LO PID-4711                                 PatientID',
		'  (0010,1040) LO Musterstrasse 5                          PatientAddress',
		'  (0008,0090) PN HOUSE^G                                  ReferringPhysicianName',
		'  (0008,0050) SH ACC77                                    AccessionNumber',
		'  (0020,0010) SH SID-5                                    StudyID',
	];
	const tree = [
		'    (0010,1002) SQ (Sequence #=1)                           OtherPatientIDsSequence',
		'      (fffe,e000) na (Item #=2)                               Item',
		'        (0008,0104) LO homo                                     CodeMeaning',
		'        (0010,0020) LO P-22                                     PatientID',
		'    (0040,0275) SQ (Sequence #=1)                           RequestAttributesSequence',
		'      (fffe,e000) na (Item #=1)                               Item',
		'        (0008,0104) LO chest                                    CodeMeaning',
	];
	const shown = tree.map((_, index) => maskedTreeLine(tree, index));
	t.match(shown[2], /LO \*\*\*\* +CodeMeaning$/, 'within a sequence of the patient');
	t.match(shown[3], /LO ID-\w+ +PatientID$/);
	t.strictSame([shown[0], shown[1], ...shown.slice(4)], [tree[0], tree[1], ...tree.slice(4)]);
	for (const [index, line] of lines.entries()) {
		const hidden = maskedTreeLine(lines, index);
		t.notMatch(hidden, /GREEN|4711|Muster|HOUSE|12\.3|ACC77|SID-5|homo|P-22/);
		t.equal(hidden.split(' ').at(-1), line.split(' ').at(-1), 'the keyword stays');
	}
	for (const line of [
		'  (0010,0010) PN                                          PatientName',
		'  (0020,000D) UI 1.2.3    X',
	])
		t.equal(maskedTreeLine([line], 0), line);
	const state = recorded();
	const masked: State = { ...state, look: { ...state.look, masked: true } };
	t.same(press(masked, 'w', 'Enter').effects, []);
	t.equal(only(press(masked, 'w', 'Enter', 'y').effects, 'write-trace').redact, false);
	t.equal(only(press(masked, 'W', 'Enter').effects, 'write-trace').redact, true);
	t.same(press(onLine(masked, 'C-FIND-RQ'), 'y').effects, []);
	t.same(press({ ...masked, screen: 'browse' }, ':', 'type:trace save x.pcap', 'Enter').effects, []);
});

t.test('y copies the event, x explains what went wrong', async (t) => {
	t.match(only(press(recorded(), 'g', 'y').effects, 'copy').text, /\S/);
	const bytes = encodePdu({ type: 'A-ASSOCIATE-RJ', result: 1, source: 1, reason: 7 });
	const rejected: TraceEvent = {
		at: 5,
		association: 9,
		event: 'pdu',
		direction: 'received',
		bytes,
		length: bytes.length,
	};
	t.match(eventExplanation(rejected)?.title, /called AE title/);
	const { state } = heard(empty(), [rejected]);
	t.match(state.trace.rows, [{ what: 'A-ASSOCIATE-RJ', summary: '1/1/7', mark: 'bad' }]);
	t.match(top(press(state, 'x').state, 'error').explanation.title, /called AE title/);
	t.match(press(recorded(), 'g', 'x').state.status?.text, /all is well/);
});

t.test('what a peer sends breaks nothing: it is a row', async (t) => {
	const odd: TraceEvent = {
		at: 1,
		association: 3,
		event: 'pdu',
		direction: 'received',
		bytes: Uint8Array.of(1, 0, 0, 0, 0, 2, 0xff, 0x1b),
		length: 8,
	};
	const { trace } = heard(empty(), [odd]).state;
	t.match(trace.rows, [{ what: 'malformed', mark: 'bad' }]);
	t.notMatch(trace.rows[0]?.summary, /\p{Cc}/u);
});

t.test('no more than so many rows are kept, and the cursor is on one of them', async (t) => {
	const echo = RECORDED.find((event) => event.event === 'message');
	if (echo === undefined) return;
	let state = empty();
	for (let batch = 0; batch < 14; batch++)
		state = heard(
			state,
			Array.from({ length: 4000 }, () => echo),
		).state;
	t.ok(state.trace.rows.length <= MOST_ROWS);
	t.ok(state.trace.at < state.trace.lines.length);
	t.equal(rowOfLine(state.trace, state.trace.at)?.index, next - 1, 'the newest is there');
	const held = press(state, 'Up', 'Up').state;
	const under = rowOfLine(held.trace, held.trace.at)?.index;
	let later = held;
	while (later.trace.rows === held.trace.rows)
		later = heard(
			later,
			Array.from({ length: 500 }, () => echo),
		).state;
	t.equal(rowOfLine(later.trace, later.trace.at)?.index, under, 'held still, it stays on its event when older ones go');
});
