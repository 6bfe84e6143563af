/** The queue: what its jobs tell, each number with its source; its keys; and its frames. */
import t from 'tap';
import { plainText } from '../../src/tui/frame.ts';
import { placeOf } from '../../src/tui/place-of.ts';
import {
	ageOf,
	doneOf,
	endText,
	hereText,
	paceOf,
	rateWords,
	summaryOf,
	timeWords,
} from '../../src/tui/queue/job-progress.ts';
import type { Job } from '../../src/tui/queue/queue-state.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { matchesGolden } from '../support/golden-frames.ts';
import {
	arrivals,
	begun,
	CALLED,
	choosing,
	counts,
	incomplete,
	outcome,
	planned,
	type Queueing,
	refused,
	result,
	STUDY,
	three,
} from './queueing.ts';

process.env['TZ'] = 'UTC';

t.test('frames', async (t) => {
	matchesGolden(t, 'queue', three().state);
	matchesGolden(t, 'queue-failures', incomplete().press('open', 'down').state);
	const plain = three().state;
	matchesGolden(t, 'queue-ascii', { ...plain, look: { unicode: false, theme: 'mono', masked: true } });
	matchesGolden(t, 'queue-empty', begun().press('queue').state);
	const there = choosing(begun(), 'move-there').press('retrieveAgain', 'queue');
	planned(there, 1)
		.at(8000)
		.event(1, { kind: 'response', unit: 0, status: 0xff00, counts: counts(200, 0, 412) });
	matchesGolden(t, 'queue-there', there.at(40_000).state);
});

t.test('what the peer says, what arrived and what is expected stay three numbers', async (t) => {
	const queueing = three();
	const job = queueing.job(2);
	t.match(job, { arrived: 171, expected: 612, claimed: counts(171, 2, 439), expectedFrom: 'IMAGE-level query' });
	t.equal(job.from, '10.20.1.5 calling as PACS_MAIN');
	t.strictSame(doneOf(job), { count: 171, isSeen: true });
	t.equal(hereText(job), '171/612');
	queueing.event(2, { kind: 'response', unit: 0, status: 0xff00, counts: { completed: 600 } });
	t.equal(queueing.job(2).arrived, 171, 'a claim is no arrival');
	t.strictSame(doneOf(queueing.job(2)), { count: 171, isSeen: true });
	t.match(plainText(frameOf(queueing.state)), /171\/612 +600 +- +- /, 'here, and beside it what the peer says');
	const before = queueing.job(2).series;
	const [twice] = before;
	arrivals(queueing, 2, 0, `${STUDY}.1`, 1, [29_600, 29_700]);
	t.strictSame(queueing.job(2).series, before, `${twice?.title} came twice, and is counted once`);
});

t.test('nothing is called complete that nobody has seen', async (t) => {
	const queueing = choosing(begun(), 'move-there').press('retrieveAgain');
	planned(queueing, 1).event(1, { kind: 'response', unit: 0, status: 0xff00, counts: counts(612, 0, 0) });
	t.strictSame(doneOf(queueing.job(1)), { count: 612, isSeen: false });
	t.match(
		plainText(frameOf(queueing.press('queue').state)),
		/CT CH… +- +612 +0 +0 /,
		'done as the peer says, not here',
	);
	const end = result(0, { verdict: 'unverifiable', verified: false, claimed: counts(612, 0, 0), arrived: 0 });
	queueing.event(1, { kind: 'unit-settled', unit: 0, result: end }).ended(1, outcome(end));
	t.equal(queueing.job(1).state, 'sent');
	t.match(endText(queueing.job(1)), /^the peer says 612\/612, not verified/);
	t.equal(queueing.state.status?.kind, 'note');
	t.match(plainText(frameOf(queueing.state)), /sent, says the peer; nobody has seen it arrive/);
	t.match(summaryOf(queueing.state)[0], '1 retrieve: 1 sent, not verified');
	t.equal(queueing.state.browse.levels[0]?.rows[0]?.retrieve, 'sent', 'at its row');
	t.match(plainText(frameOf({ ...queueing.state, screen: 'browse' })), /▸ sent +SMITH\^JOHN/);
});

t.test('a claim of what never came', async (t) => {
	const queueing = choosing(begun(), 'move-here').press('retrieveAgain');
	planned(queueing, 1).event(1, { kind: 'waiting', unit: 0, missing: 124, claimed: 248, until: 60_000 });
	t.match(plainText(frameOf(queueing.press('queue').state)), /waiting for 124 more that may come late, \d+ s/);
	const end = result(0, {
		verdict: 'claimed-not-arrived',
		expected: 248,
		claimed: counts(248, 0, 0),
		arrived: 0,
		bytes: 0,
		missingCount: 248,
	});
	queueing.event(1, { kind: 'unit-settled', unit: 0, result: end }).ended(1, outcome(end));
	t.equal(queueing.job(1).state, 'failed');
	t.match(queueing.state.problems[0], { kind: 'bad', text: /248 missing, failed/ });
	t.match(plainText(frameOf(queueing.state)), /248 more, which nobody knows by name/);
});

t.test('a peer that sends none is said to send none; what is overdue is told', async (t) => {
	const queueing = choosing(begun(), 'get').press('retrieveAgain', 'queue');
	planned(queueing, 1);
	const shown = () => plainText(frameOf(queueing.state));
	t.match(shown(), /peer says +nothing yet/);
	queueing.at(6000).event(1, { kind: 'note', code: 'no-progress', text: 'the peer sends no pending responses' });
	t.match(shown(), /peer says +sends no progress; arrivals are counted/);
	t.match(shown(), /HERE +PEER +FAIL +LEFT/);
	queueing.at(31_000).heard({ type: 'tick' });
	t.strictSame(ageOf(queueing.job(1), queueing.state.now).isOverdue, true);
	t.match(shown(), /stalled 31 s, c cancels/);
});

t.test('a peer that answers without numbers is told from one that says nothing', async (t) => {
	const queueing = planned(choosing(begun(), 'get').press('retrieveAgain', 'queue'), 1);
	const shown = () => plainText(frameOf(queueing.state));
	queueing.at(300).event(1, { kind: 'response', unit: 0, status: 0xff00, counts: {} }).at(600);
	t.match(shown(), /peer says +sends no numbers; last response 300 ms ago, status FF00/);
	queueing.at(31_000);
	t.match(shown(), /sends no numbers +! 31 s ago/);
	queueing.event(1, { kind: 'response', unit: 0, status: 0x0000, counts: {} });
	const end = result(0, { claimed: {}, expected: 612, arrived: 612 });
	queueing.event(1, { kind: 'unit-settled', unit: 0, result: end }).ended(1, outcome(end));
	t.match(shown(), /peer says +no numbers, final status 0000/);
	const there = planned(choosing(begun(), 'move-there').press('retrieveAgain', 'queue'), 1);
	there.event(1, { kind: 'note', code: 'no-progress', text: 'the peer sends no progress' });
	t.match(plainText(frameOf(there.state)), /peer says +sends no progress *\n/, 'what goes elsewhere cannot be counted');
});

t.test('nothing is overdue that was not asked for: expectations are counted before', async (t) => {
	const queueing = choosing(begun(), 'get').press('retrieveAgain', 'queue');
	const shown = () => plainText(frameOf(queueing.state));
	const { unit } = queueing.job(1);
	const asked = { kind: 'unit-started', attempt: 1, service: 'C-GET', association: 4 } as const;
	queueing.at(6000);
	t.match(shown(), /now +no association yet, 6\.0 s/);
	queueing.event(1, { kind: 'association-opened', association: 3, purpose: 'query', accepted: 1, refused: [] });
	queueing.event(1, { kind: 'planned', units: [unit, unit], states: ['waiting', 'waiting'] }).at(46_000);
	t.match(shown(), /peer says +nothing yet *\n[^!]*now +counting what is expected, 40 s *\n/);
	t.notMatch(shown(), /stalled|cancels/);
	queueing.event(1, { ...asked, unit: 0 }).at(50_000);
	t.notMatch(shown(), /counting|stalled|no response/);
	queueing.at(52_000);
	t.match(shown(), /nothing yet, no response for 6\.0 s/);
	queueing.event(1, { kind: 'response', unit: 0, status: 0x0000, counts: counts(300, 0, 0) });
	const final = { service: 'C-GET', status: 0 } as const;
	queueing.event(1, { kind: 'final', unit: 0, final, counts: counts(300, 0, 0), failedSopInstanceUids: [] });
	queueing.at(92_000);
	t.notMatch(shown(), /stalled|cancels/, 'all was answered that was asked');
	queueing.event(1, { kind: 'unit-settled', unit: 0, result: result(0, { expected: 300, arrived: 300 }) });
	t.match(shown(), /now +counting what is expected, 40 s/, 'the second is counted');
	queueing.event(1, { ...asked, unit: 1 }).at(121_000);
	t.strictSame(ageOf(queueing.job(1), queueing.state.now), { text: '1 min 9 s ago', isOverdue: false });
	queueing.at(123_000);
	t.equal(ageOf(queueing.job(1), queueing.state.now).isOverdue, true);
});

t.test('the time that it was held is not counted, and nothing is overdue when it goes on', async (t) => {
	const queueing = choosing(begun(), 'get').press('retrieveAgain', 'queue');
	planned(queueing, 1);
	arrivals(queueing, 1, 0, `${STUDY}.1`, 100, [0, 10_000]);
	queueing.press('pause').ended(1, outcome(result(0, { verdict: 'cancelled', arrived: 100, expected: 612 })));
	queueing.at(100_000);
	t.match(plainText(frameOf(queueing.state)), /100\/612 +16% +10 s/);
	queueing.press('pause').at(140_000);
	t.equal(ageOf(queueing.job(1), queueing.state.now).isOverdue, false);
	t.equal(timeWords(queueing.job(1), queueing.state.now), '-', 'not stalled');
	t.match(plainText(frameOf(queueing.state)), /100\/612 +16% +50 s/);
	const end = result(0, { expected: 612, arrived: 612 });
	queueing.event(1, { kind: 'unit-settled', unit: 0, result: end }).ended(1, outcome(end));
	t.match(endText(queueing.job(1)), /612\/612 arrived, .*50 s$/);
	t.equal(rateWords(queueing.job(1), queueing.state.now), '12.2/s');
});

t.test('rates and the time that is left', async (t) => {
	const queueing = three();
	const job = queueing.job(2);
	const { now } = queueing.state;
	const pace = paceOf(job, now);
	t.ok(pace !== undefined && pace.perSecond > 17 && pace.perSecond < 20, `${pace?.perSecond} a second`);
	t.match(timeWords(job, now), /^0:2\d$/);
	t.equal(timeWords(job, (job.lastSignAt ?? 0) + 40_000), 'stalled 40 s');
	t.equal(paceOf(job, (job.startedAt ?? 0) + 500), undefined, 'not in the first second');
	t.equal(timeWords({ ...job, arrived: 611, lastSignAt: now }, now), '0:01', 'never less than a second');
	t.equal(timeWords(queueing.job(3), now), '-');
});

t.test('columns stay where they are while numbers grow, and at 120 columns the size is one of them', async (t) => {
	const wide = { columns: 120, rows: 40 };
	for (const how of ['move-here', 'move-there'] as const) {
		const queueing = planned(choosing(begun(), how).press('retrieveAgain', 'queue'), 1);
		const heading = () => plainText(frameOf({ ...queueing.state, size: wide })).match(/^ +ST .*/m)?.[0];
		const first = heading();
		t.match(first, / PATIENT .* HERE +PEER +FAIL +WARN +LEFT +RATE +ETA +SIZE$/);
		if (how === 'move-here') arrivals(queueing, 1, 0, `${STUDY}.1`, 500, [0, 10_000]);
		queueing.at(10_000).event(1, { kind: 'response', unit: 0, status: 0xff00, counts: counts(500, 0, 112) });
		t.equal(heading(), first);
		queueing.at(60_000);
		t.equal(heading(), first);
		t.match(plainText(frameOf({ ...queueing.state, size: wide })), /0\/s +stalled +[\d-]/);
	}
});

t.test('where jobs are from several nodes, the node of each is told: in a column, else below', async (t) => {
	const queueing = three();
	const shown = (columns: number) => plainText(frameOf({ ...queueing.state, size: { columns, rows: 40 } }));
	t.notMatch(shown(160), /NODE/);
	t.match(shown(120), /C-MOVE → WS01/);
	const jobs = queueing.state.queue.jobs.map((job) => (job.id === 3 ? { ...job, node: 'archive-2' } : job));
	queueing.state = { ...queueing.state, queue: { ...queueing.state.queue, jobs } };
	t.match(shown(160), /run .*CONTRAST +main +MOVE[^▸]*wait .*CT HEAD WO +archive-2 +MOVE/);
	t.match(shown(120), /NODE +HOW .* SIZE\n.* main +GET .*\n.* main +MOVE .*\n.* a.+2 +MOVE/, 'the size stays');
	t.notMatch(shown(80), /NODE/);
	t.match(shown(80), /C-MOVE main → WS01/);
});

t.test('retry asks for what failed and nothing else, and counts on', async (t) => {
	const queueing = incomplete();
	t.match(queueing.job(2), { state: 'partial', arrived: 610, series: [{}, {}, {}, { failed: 2 }] });
	t.match(queueing.state.problems[0], { kind: 'warning', text: /610\/612 arrived, 2 missing/ });
	queueing.effects.length = 0;
	queueing.press('wider', 'retry');
	const [effect] = queueing.done('retrieve');
	t.strictSame(
		effect?.settings.only?.map(({ sopInstanceUid }) => sopInstanceUid),
		[refused(1).sopInstanceUid, refused(2).sopInstanceUid],
	);
	t.strictSame(queueing.state.problems.filter(({ text }) => text.includes('610/612')).length, 0, 'told no more');
	t.equal(queueing.job(2).state, 'running');
	planned(queueing, 2);
	arrivals(queueing, 2, 0, `${STUDY}.4`, 2, [52_000, 53_000]);
	t.equal(queueing.job(2).arrived, 612);
	const end = result(0, { expected: 2, claimed: counts(2, 0, 0), arrived: 2, bytes: 1_122_000 });
	queueing.event(2, { kind: 'unit-settled', unit: 0, result: end }).ended(2, outcome(end));
	t.match(queueing.job(2), { state: 'complete', arrived: 612, expected: 612, failures: [] });
	queueing.press('retry');
	t.match(queueing.state.status?.text, 'nothing has failed that could be asked for again');
});

t.test(
	'what went elsewhere stays claimed when the rest is asked for again; what failed and remains is of the last run',
	async (t) => {
		const queueing = choosing(begun(), 'move-there').press('retrieveAgain', 'queue');
		const claimed = () => queueing.job(1).claimed;
		const missing = [refused(1), refused(2)];
		planned(queueing, 1);
		queueing.event(1, { kind: 'response', unit: 0, status: 0xff00, counts: counts(610, 2, 0) });
		const end = result(0, { verdict: 'incomplete', claimed: counts(610, 2, 0), arrived: 0, missingCount: 2, missing });
		queueing.at(10_000).event(1, { kind: 'unit-settled', unit: 0, result: end }).ended(1, outcome(end));
		t.equal(queueing.job(1).state, 'partial', 'not all of it failed');
		queueing.press('retry');
		t.strictSame(claimed(), { completed: 610, warning: 0 });
		planned(queueing, 1);
		t.match(plainText(frameOf(queueing.state)), /610\/612 says the peer +99%/);
		t.match(plainText(frameOf(queueing.state)), /warning 0 +remaining - *\n/, 'of this run no response is there yet');
		queueing.event(1, { kind: 'unit-started', unit: 0, attempt: 1, service: 'C-MOVE', association: 2 });
		queueing.at(12_000).event(1, { kind: 'response', unit: 0, status: 0xff00, counts: counts(1, 0, 1) });
		t.strictSame(claimed(), counts(611, 0, 1));
		const rest = result(0, { verdict: 'unverifiable', expected: 2, claimed: counts(2, 0, 0), arrived: 0 });
		queueing.at(14_000).event(1, { kind: 'unit-settled', unit: 0, result: rest }).ended(1, outcome(rest));
		t.match(endText(queueing.job(1)), /^the peer says 612\/612, not verified/);
		t.match(rateWords(queueing.job(1), queueing.state.now), /^0\.5\/s/, 'the average of this run');
	},
);

t.test(
	'held and gone on with, or without the peer for a while: what it says it has delivered does not fall',
	async (t) => {
		const lost = { blame: 'aborted', by: 'transport', phase: 'established', code: 'ECONNRESET' } as never;
		for (const way of ['held', 'lost'] as const) {
			const queueing = choosing(begun(), 'move-there').press('retrieveAgain', 'queue');
			const { unit } = queueing.job(1);
			const units = { kind: 'planned', units: [unit, unit], states: ['waiting', 'waiting'] } as const;
			const asked = { kind: 'unit-started', attempt: 1, service: 'C-MOVE', association: 2 } as const;
			const first = result(0, { claimed: counts(300, 0, 0), arrived: 0, expected: 300, verdict: 'unverifiable' });
			queueing
				.event(1, units)
				.event(1, { ...asked, unit: 0 })
				.event(1, { kind: 'unit-settled', unit: 0, result: first });
			queueing.event(1, { ...asked, unit: 1 });
			queueing.event(1, { kind: 'response', unit: 1, status: 0xff00, counts: counts(100, 1, 211) });
			t.strictSame(queueing.job(1).claimed, counts(400, 1, 211), way);
			const end = result(1, { verdict: 'failed', claimed: {}, arrived: 0, missingCount: 0 });
			if (way === 'held') queueing.press('pause');
			queueing.event(1, { kind: 'unit-settled', unit: 1, result: end });
			if (way === 'held') queueing.ended(1, outcome(first, end)).press('pause');
			else queueing.heard({ type: 'retrieve-ended', job: 1, failure: lost });
			queueing.event(1, units);
			t.equal(queueing.job(1).state, 'running');
			t.strictSame(queueing.job(1).claimed, { completed: 400, warning: 0 }, way);
			queueing.event(1, { ...asked, unit: 1 });
			queueing.event(1, { kind: 'response', unit: 1, status: 0xff00, counts: counts(50, 0, 262) });
			t.equal(queueing.job(1).claimed?.completed, 400, 'all of the second is counted from the beginning');
			queueing.event(1, { kind: 'response', unit: 1, status: 0xff00, counts: counts(312, 0, 0) });
			t.equal(queueing.job(1).claimed?.completed, 612);
			queueing.event(1, {
				kind: 'unit-settled',
				unit: 0,
				result: result(0, { verdict: 'complete-before', claimed: {} }),
			});
			t.equal(queueing.job(1).claimed?.completed, 612, 'not asked for again');
		}
	},
);

t.test('series that go elsewhere: what a query has found there, or that they were sent', async (t) => {
	const [one, other] = [`${STUDY}.1`, `${STUDY}.4`];
	const series = [
		{ seriesUid: one, number: '1', modality: 'CT', description: 'SCOUT', count: 2 },
		{ seriesUid: other, number: '4', modality: 'CT', description: 'SAGITTAL 2', count: 5 },
	];
	const sending = () => {
		const queueing = planned(choosing(begun(), 'move-there').press('retrieveAgain', 'queue'), 1);
		return queueing.event(1, { kind: 'expected', unit: 0, from: 'instances', count: 7, series });
	};
	const table = ({ state }: Queueing) =>
		plainText(frameOf({ ...state, size: { columns: 120, rows: 40 } }))
			.match(/(?:SCOUT|SAGITTAL 2) [^│\n]*/g)
			?.map((text) => text.trim());
	const line = ({ state }: Queueing) =>
		plainText(frameOf({ ...state, size: { columns: 80, rows: 24 } }))
			.match(/(?<= series +)\S.*/)?.[0]
			.trim();

	const seen = sending();
	seen.event(1, { kind: 'response', unit: 0, status: 0xff00, counts: counts(1, 0, 6) });
	t.match(table(seen), [/ 2 +- +0 +sending$/, / 5 +- +0 +sending$/]);
	const final = { service: 'C-MOVE', status: 0xb000 } as const;
	seen.event(1, { kind: 'final', unit: 0, final, counts: counts(6, 1, 0), failedSopInstanceUids: [] });
	t.match(table(seen), [/ 2 +- +0 +checking$/, / 5 +- +0 +checking$/], 'the destination is looked into');
	const missing = [{ ...refused(1), why: { cause: 'failed-there' } }] as const;
	const short = { verdict: 'incomplete', expected: 7, claimed: counts(6, 1, 0), missingCount: 1, missing } as const;
	const end = result(0, { ...short, arrived: 6 });
	seen.event(1, { kind: 'unit-settled', unit: 0, result: end }).ended(1, outcome(end));
	t.match(table(seen), [/ 2 +2 +0 +complete$/, / 5 +4 +1 +1 failed$/]);
	t.equal(line(seen), '1/2 done   1 with failures');
	seen.press('retry');
	const only = { level: 'IMAGE', studyUid: STUDY, seriesUid: other, sopUids: [refused(1).sopInstanceUid] } as const;
	seen.event(1, { kind: 'planned', units: [only], states: ['waiting'] });
	const rest = result(0, { expected: 1, claimed: counts(1, 0, 0), arrived: 1 });
	seen.event(1, { kind: 'unit-settled', unit: 0, result: rest }).ended(1, outcome(rest));
	t.match(table(seen), [/ 2 +2 +0 +complete$/, / 5 +5 +0 +complete$/], 'asked for again');

	const unseen = sending();
	const sent = result(0, {
		verdict: 'unverifiable',
		verified: false,
		claimed: counts(7, 0, 0),
		arrived: 0,
		expected: 7,
	});
	unseen.event(1, { kind: 'unit-settled', unit: 0, result: sent }).ended(1, outcome(sent));
	t.match(table(unseen), [/ 2 +- +0 +sent$/, / 5 +- +0 +sent$/]);
	t.equal(line(unseen), '2/2 sent');

	const half = sending();
	const failed = result(0, { ...short, verified: false, arrived: 0 });
	half.event(1, { kind: 'unit-settled', unit: 0, result: failed }).ended(1, outcome(failed));
	t.match(table(half), [/ 2 +- +0$/, / 5 +- +1 +1 failed$/], 'nobody knows of the first');

	const held = choosing(begun(), 'move-there').press('retrieveAgain');
	const units = [one, other].map((seriesUid) => ({ level: 'SERIES', studyUid: STUDY, seriesUid }) as const);
	const planning = { kind: 'planned', units, states: ['waiting', 'waiting'] } as const;
	held
		.event(1, planning)
		.event(1, { kind: 'expected', unit: 0, from: 'instances', count: 2, series: series.slice(0, 1) });
	t.match(table(held.press('queue')), [/ 2 +- +0 +waiting$/]);
	for (const [unit, count] of [2, 3].entries()) {
		held.event(1, {
			kind: 'expected',
			unit,
			from: 'instances',
			count: unit === 0 ? 2 : 5,
			series: series.slice(unit, unit + 1),
		});
		const settled = result(unit, { arrived: count, expected: unit === 0 ? 2 : 5, missingCount: unit === 0 ? 0 : 2 });
		held.event(1, { kind: 'unit-settled', unit, result: settled });
	}
	held.event(1, planning).event(1, {
		kind: 'unit-settled',
		unit: 0,
		result: result(0, { verdict: 'complete-before', verified: false, arrived: 0 }),
	});
	held.event(1, { kind: 'unit-settled', unit: 1, result: result(1, { arrived: 5, expected: 5 }) });
	t.match(held.job(1), { arrived: 7, series: [{ arrived: 2 }, { arrived: 5 }] }, 'counted once, in whatever run');
});

t.test('cancel asks when much is done, pauses hold, the second time aborts', async (t) => {
	const queueing = three();
	queueing.effects.length = 0;
	queueing.press('cancelJob');
	t.match(queueing.state.overlays.at(-1), { kind: 'confirm' });
	t.strictSame(queueing.done('stop-retrieve'), []);
	queueing.press('cancel');
	t.equal(queueing.job(2).state, 'running', 'Esc lets it run');
	queueing.press('cancelJob').type('c');
	t.strictSame(queueing.done('stop-retrieve'), [{ do: 'stop-retrieve', job: 2, isAbort: false }]);
	t.equal(queueing.job(2).state, 'stopping');
	queueing.press('cancelJob');
	t.match(queueing.done('stop-retrieve').at(-1), { isAbort: true });
	const end = result(0, { verdict: 'cancelled', arrived: 171, expected: 612, missingCount: 441 });
	queueing.ended(2, outcome(end));
	t.equal(queueing.job(2).state, 'cancelled');
	t.equal(queueing.job(3).state, 'running', 'the next has its place');
	queueing.press('last', 'pause');
	t.match(queueing.job(3), { state: 'stopping', isPausing: true });
	queueing.ended(3, outcome(result(0, { verdict: 'cancelled', arrived: 0, expected: 64 })));
	t.equal(queueing.job(3).state, 'paused');
	queueing.press('pause');
	t.equal(queueing.job(3).state, 'running');
});

t.test('as many run as there may be, in the order of the queue', async (t) => {
	const queueing = choosing(begun(), 'get', 2);
	for (let number = 0; number < 5; number++) queueing.press('retrieveAgain', 'down');
	const states = () => queueing.state.queue.jobs.map(({ id, state }) => `${id} ${state}`);
	// The first had all there was.
	t.strictSame(states(), ['1 running', '2 waiting', '3 waiting', '4 waiting', '5 waiting']);
	queueing.press('queue', 'last', 'raise', 'raise');
	t.strictSame(
		queueing.state.queue.jobs.map(({ id }) => id),
		[1, 2, 5, 3, 4],
	);
	t.equal(queueing.state.queue.at, 2, 'the cursor goes with it');
	queueing.press('lower').press('wider', 'wider');
	t.strictSame(states(), ['1 running', '2 running', '3 running', '5 waiting', '4 waiting']);
	t.strictSame(queueing.done('at-once'), [], 'nobody has more than there is work for');
	queueing.ended(1, outcome(result(0)));
	t.strictSame(states(), ['1 complete', '2 running', '3 running', '5 running', '4 running']);
});

t.test('a lost peer is waited for, and a job goes on where it was', async (t) => {
	const queueing = three();
	const lost = {
		blame: 'connect',
		code: 'ECONNREFUSED',
		phase: 'connect',
		address: '10.20.1.5',
		port: 11112,
		afterMs: 1,
	};
	queueing.effects.length = 0;
	queueing.heard({ type: 'retrieve-ended', job: 2, failure: lost as never });
	t.match(queueing.job(2), { state: 'running', losses: 1, waitingFor: { text: 'waiting to reconnect, 1st try' } });
	t.match(queueing.done('retrieve'), [{ afterMs: 5000, job: { arrived: 171 } }]);
	t.match(plainText(frameOf(queueing.state)), /waiting to reconnect, 1st try, 5 s/);
	for (let losses = 2; losses <= 6; losses++) {
		queueing.heard({ type: 'retrieve-ended', job: 2, failure: lost as never });
		t.equal(queueing.job(2).losses, losses);
	}
	queueing.heard({ type: 'retrieve-ended', job: 2, failure: lost as never });
	t.equal(queueing.job(2).state, 'partial', 'not for ever');
});

t.test('at the end nothing more is begun, and the summary says how to go on', async (t) => {
	const queueing = three().heard({ type: 'journaled', job: 2, path: '/state/journals/a b.jsonl' });
	queueing.heard({ type: 'leaving', keeps: true });
	t.strictSame(
		queueing.state.queue.jobs.map(({ state }) => state),
		['complete', 'stopping', 'paused'],
	);
	queueing.effects.length = 0;
	queueing.ended(2);
	t.strictSame(queueing.effects, []);
	t.strictSame(summaryOf(queueing.state), [
		'3 retrieves: 2 held, 1 done',
		'  ok    2024-02-15 CT/SR CT ABDOMEN  240/240 arrived, 135 MB, 11 s',
		'  hold  2024-11-03 CT CHEST W CONTRAST  171/612 arrived, 95.9 MB',
		`        go on with: dimse move main ${STUDY} --to-me -o /data/dicom --journal '/state/journals/a b.jsonl'`,
		'  hold  2024-02-11 CT HEAD WO  0/64 arrived',
		`        go on with: dimse move main ${queueing.job(3).unit.studyUid} --to-me -o /data/dicom`,
		'files are in /data/dicom',
	]);
	const given = { connection: ['-aet WS01'], receiving: ['--listen 11113'], accept: [] };
	const told = summaryOf({ ...queueing.state, given });
	t.match(told[3], / -o \/data\/dicom -aet WS01 --listen 11113 --journal /, 'as browse was started');
});

t.test('the summary of many retrieves tells of five, those that are not done with first', async (t) => {
	const { state } = three();
	const [done, running, waiting] = state.queue.jobs;
	if (done === undefined || running === undefined || waiting === undefined) return t.fail('three');
	const jobs = [
		...Array.from({ length: 21 }, () => ({ ...done })),
		{ ...running, state: 'failed' } as const,
		waiting,
		done,
	];
	const [head, ...lines] = summaryOf({ ...state, queue: { ...state.queue, jobs } });
	t.match(head, '24 retrieves: 1 waiting, 22 done, 1 failed');
	t.strictSame(
		lines.map((line) => line.slice(0, 7).trim()),
		['ok', 'ok', 'ok', 'FAIL', 'wait', 'and 1', 'files a'],
	);
	t.equal(lines.at(-2), '  and 19 more: 19 done');
	return undefined;
});

t.test('who calls our receiver and is refused shows at once, on whatever screen', async (t) => {
	const queueing = begun().heard({
		type: 'receiver',
		event: {
			kind: 'rejected',
			from: { address: '::ffff:10.20.1.5', port: 40_000 },
			calling: 'PACS_MAIN',
			called: 'WS1',
			triple: { result: 1, source: 1, reason: 7 },
			why: 'called-title',
		},
	});
	t.strictSame(queueing.state.status, { kind: 'bad', text: '10.20.1.5 called us as "WS1", we are WS01: refused' });
	t.match(queueing.state.problems[0]?.explanation, { cameBack: /1\/1\/7/, do: [/"WS01" with port 11113/] });
	const evil = {
		...CALLED,
		calling: 'A\u001b[31m',
		refused: [{ abstractSyntax: '1.2\u001b]0;x', transferSyntaxes: [], result: 3 }],
	};
	queueing.heard({ type: 'receiver', event: evil });
	t.notMatch(JSON.stringify(queueing.state.problems), /\\u001b/, 'sanitised');
});

t.test('copy, report and explain', async (t) => {
	const queueing = incomplete();
	queueing.effects.length = 0;
	queueing.press('copy');
	t.match(queueing.done('copy'), [
		{ text: `${refused(1).sopInstanceUid}\n${refused(2).sopInstanceUid}\n`, what: '2 UIDs' },
	]);
	queueing.press('export');
	const [file] = queueing.done('export');
	t.match(file, { path: /^retrieve-\d{8}-\d{6}\.txt$/, overwrite: false });
	t.match(file?.text, /^# SMITH\^JOHN .*: 610\/612 arrived, 610 .*|2 missing/);
	t.match(file?.text, /^StudyInstanceUID\tSeriesInstanceUID\tSOPInstanceUID\tSOPClassUID\tReason$/m);
	queueing.press('explain');
	t.match(queueing.state.overlays.at(-1), { kind: 'explain' });
	t.match(plainText(frameOf(queueing.state)), /main: 2 of 612 instances are missing/);
});

t.test('the filter shows some of the jobs, and keys are of what is shown', async (t) => {
	const queueing = three().press('filter');
	t.equal(placeOf(queueing.state), 'text', 'letters are typed');
	queueing.type('jane').press('accept');
	t.equal(placeOf(queueing.state), 'queue');
	t.match(plainText(frameOf(queueing.state)), /filter: jane/);
	t.notMatch(plainText(frameOf(queueing.state)), /SMITH\^JOHN/);
	queueing.press('pause');
	t.equal(queueing.job(3).state, 'paused');
	queueing.press('back');
	t.equal(queueing.state.queue.filter, '');
	queueing.press('back');
	t.equal(queueing.state.screen, 'browse');
});

t.test('rows that come later have the marks of their jobs', async (t) => {
	const queueing = incomplete();
	const level = queueing.state.browse.levels[0];
	const mark = (row: number) => level?.rows[row] && queueing.state.browse.levels[0]?.rows[row];
	t.match(mark(1), { retrieve: 'complete', percent: 100 });
	t.match(mark(0), { retrieve: 'partial', percent: 99 });
	t.match(mark(2), { retrieve: 'running' });
});

t.test('what was cancelled before anything came leaves no mark, and that of another job', async (t) => {
	const queueing = choosing(begun(), 'get').press('retrieveAgain', 'queue');
	const mark = () => queueing.state.browse.levels[0]?.rows[0]?.retrieve;
	const end = result(0, { verdict: 'cancelled', arrived: 0, expected: 612, missingCount: 612, claimed: {} });
	planned(queueing, 1);
	t.equal(mark(), 'running');
	queueing.press('cancelJob').event(1, { kind: 'unit-settled', unit: 0, result: end }).ended(1, outcome(end));
	t.equal(queueing.job(1).state, 'cancelled');
	t.equal(mark(), undefined);
	t.equal(queueing.state.browse.levels[0]?.rows[0]?.percent, undefined);
	choosing(queueing, 'get')
		.press('retrieveAgain', 'queue')
		.ended(2, outcome(result(0)));
	t.equal(mark(), 'complete');
	choosing(queueing, 'get').press('retrieveAgain', 'queue', 'last', 'cancelJob').ended(3, outcome(end));
	t.equal(queueing.job(3).state, 'cancelled');
	t.equal(mark(), 'complete', 'it is here all the same');
});

t.test('a thousand arrivals a second are taken in well under a second', async (t) => {
	const queueing = choosing(begun(), 'get').press('retrieveAgain');
	planned(queueing, 1);
	const startedAt = performance.now();
	arrivals(queueing, 1, 0, `${STUDY}.1`, 2000, [0, 2000]);
	const took = performance.now() - startedAt;
	t.equal(queueing.job(1).arrived, 2000);
	t.ok(took < 1000, `${took.toFixed(0)} ms for 2000`);
	const job: Job = queueing.job(1);
	t.equal(
		job.rates.reduce((sum, one) => sum + one, 0),
		2000,
	);
});

t.test(
	'associations: what waits begins first, then what runs has more; taken back they leave one to each',
	async (t) => {
		const queueing = choosing(begun(), 'get', 1).press('retrieveAgain', 'down', 'retrieveAgain', 'queue');
		const counts = () => queueing.state.queue.jobs.map(({ state, choice }) => `${state} ${choice.atOnce}`);
		queueing.press('wider');
		t.strictSame(counts(), ['running 1', 'running 1']);
		t.match(queueing.state.status?.text, /^2 at once: SMITH\^JOHN .* begins$/);
		queueing.press('wider');
		t.match(queueing.state.status?.text, /no more requests/, 'nobody knows of more than one each');
		const { unit } = queueing.job(1);
		queueing.event(1, { kind: 'planned', units: [unit, unit, unit], states: ['waiting', 'waiting', 'waiting'] });
		queueing.press('wider');
		t.strictSame(counts(), ['running 3', 'running 1']);
		t.strictSame(queueing.done('at-once').at(-1), { do: 'at-once', job: 1, count: 3 });
		queueing.press('narrower', 'narrower', 'narrower');
		t.strictSame(counts(), ['running 1', 'running 1']);
		t.match(queueing.state.status?.text, /^1 at once: the 2 that run keep one association each/);
	},
);

t.test('what is late is late of all requests together', async (t) => {
	const queueing = choosing(begun(), 'move-here').press('retrieveAgain');
	const { unit } = queueing.job(1);
	queueing.event(1, { kind: 'planned', units: [unit, unit], states: ['waiting', 'waiting'] });
	queueing.event(1, { kind: 'waiting', unit: 0, missing: 20, until: 60_000 });
	queueing.event(1, { kind: 'waiting', unit: 1, missing: 7, until: 61_000 });
	t.match(queueing.job(1).waitingFor, { text: 'waiting for 27 more that may come late', until: 61_000 });
	const end = result(1, { verdict: 'claimed-not-arrived', arrived: 0, missingCount: 7 });
	queueing.event(1, { kind: 'unit-settled', unit: 1, result: end });
	t.match(queueing.job(1).waitingFor, { text: 'waiting for 20 more that may come late' });
});

t.test('a peer that dies before it has said anything is waited for too, if it was there at all', async (t) => {
	const failure = {
		blame: 'connect',
		code: 'ECONNREFUSED',
		phase: 'connect',
		address: '127.0.0.1',
		port: 104,
		afterMs: 1,
	} as const;
	const explanation = { title: 'main: connection refused', means: [], do: [] };
	for (const hasConnected of [true, false]) {
		const queueing = choosing(begun(), 'get').press('retrieveAgain');
		planned(queueing, 1);
		if (hasConnected)
			queueing.event(1, { kind: 'association-opened', association: 3, purpose: 'query', accepted: 1, refused: [] });
		queueing.heard({ type: 'retrieve-ended', job: 1, failure, explanation }).press('queue');
		t.equal(queueing.job(1).state, hasConnected ? 'running' : 'failed');
		const text = plainText(frameOf(queueing.state));
		t.match(text, hasConnected ? /waiting to reconnect, 1st try/ : /in the end +failed, .*main: connection refused/);
	}
});
