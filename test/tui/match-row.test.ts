/** Matches by the thousand are rows of the trace like others, and are read from the recorder. */
import t from 'tap';
import type { TraceEvent } from '../../src/association/trace.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { STUDY_ROOT_FIND } from '../../src/dicom/sop-classes.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { initialState } from '../../src/tui/initial-state.ts';
import { MatchRow } from '../../src/tui/trace/match-row.ts';
import { TraceRecorder } from '../../src/tui/trace/trace-recorder.ts';
import { relined, rowSummary, withEvents } from '../../src/tui/trace/trace-rows.ts';

const look = { unicode: true, theme: 'mono', masked: false } as const;
const { trace: empty } = initialState({ size: { columns: 80, rows: 24 }, look, now: 0 });

const match = (number: number): TraceEvent => ({
	at: number,
	association: 1,
	event: 'message',
	direction: 'received',
	contextId: 3,
	abstractSyntax: STUDY_ROOT_FIND,
	transferSyntax: EXPLICIT_LITTLE,
	message: {
		type: 'C-FIND-RSP',
		messageIdBeingRespondedTo: 7,
		affectedSopClassUid: STUDY_ROOT_FIND,
		hasDataset: true,
		status: 0xff00,
	},
	identifier: encodeDataset({ '00100010': { vr: 'PN', Value: [{ Alphabetic: `SMITH^${number}` }] } }, EXPLICIT_LITTLE),
});

/** `count` matches in two batches. */
const told = (count: number, recorder: TraceRecorder, withRecorder: boolean) => {
	const events = Array.from({ length: count }, (_, number) => {
		const event = match(number);
		return { index: recorder.push(event), event };
	});
	let trace = { ...empty, rows: [], lines: [], unfolded: new Set([0]) };
	for (const batch of [events.slice(0, 3), events.slice(3)])
		trace = { ...trace, ...(withEvents(trace, batch, [], withRecorder ? recorder : undefined) as typeof trace) };
	return relined(trace);
};

t.test('the same rows as those that keep their events', async (t) => {
	const [own, other] = [told(20, new TraceRecorder(), true), told(20, new TraceRecorder(), false)];
	t.equal(own.rows.filter((row) => row instanceof MatchRow).length, 19);
	t.equal(other.rows.filter((row) => row instanceof MatchRow).length, 0);
	t.equal(own.lines.length, 20);
	t.strictSame(own.lines, other.lines);
	t.strictSame(own.associations, other.associations);
	for (const [place, row] of other.rows.entries()) {
		const same = own.rows[place] ?? row;
		const { index, at, association, direction, what, messageId, contextId, summary, burst, patient, event } = same;
		t.strictSame(
			{ index, at, association, direction, what, messageId, contextId, summary, burst, patient, event },
			{ ...row },
		);
		t.equal(rowSummary(same, look), rowSummary(row, look));
	}
});

t.test('a filter looks into each', async (t) => {
	const trace = relined({ ...told(20, new TraceRecorder(), true), filter: 'PatientName = "SMITH^13"' });
	t.strictSame(
		trace.lines.map(({ row }) => trace.rows[row]?.patient),
		['SMITH^13'],
	);
});

t.test('what the recorder has no more lacks its match, and nothing else', async (t) => {
	const recorder = new TraceRecorder(8_000);
	const { rows } = told(200, recorder, true);
	t.equal(recorder.at(1), undefined);
	t.match(rows[1], {
		index: 1,
		at: 1,
		association: 1,
		what: 'C-FIND-RSP',
		messageId: '7',
		summary: /FF00/,
		patient: '',
	});
	t.equal(rowSummary(rows[1] ?? (t.fail() as never), look), rows[1]?.summary);
	t.equal(rows.at(-1)?.patient, 'SMITH^199');
});
