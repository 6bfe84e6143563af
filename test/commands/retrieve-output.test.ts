/** What a run of get and move shows on a terminal and in a log, event by event. */
import t from 'tap';
import { missingOf, statusOfAll } from '../../src/commands/retrieve/conclusion.ts';
import { RetrieveOutput } from '../../src/commands/retrieve/output.ts';
import type { RetrieveEvent, UnitResult } from '../../src/retrieve/events.ts';
import type { Unit } from '../../src/retrieve/unit.ts';
import { surroundings } from '../support/environment.ts';

const PEER = {
	label: 'main',
	host: '127.0.0.1',
	port: 104,
	calledAeTitle: 'ARCHIVE',
	callingAeTitle: 'ME',
	notes: [],
};
const OPTIONS = { quiet: 0, verbose: 0, debug: false, events: false, format: undefined, progress: 'none' } as const;
const UNITS: readonly Unit[] = [
	{ level: 'STUDY', studyUid: '1.2.3', label: 'SMITH^JOHN\u001b[2J 2024-02-15 CT' },
	{ level: 'SERIES', studyUid: '1.2.3', seriesUid: '1.2.3.4' },
	{ level: 'IMAGE', studyUid: '1.2.3', seriesUid: '1.2.3.4', sopUids: ['1.2.3.4.5', '1.2.3.4.6'] },
];

const result = (unit: number, more: Partial<UnitResult> = {}): UnitResult => ({
	unit,
	verdict: 'complete',
	verified: true,
	expected: 3,
	expectedFrom: 'instances',
	claimed: { completed: 3 },
	arrived: 3,
	bytes: 1_000,
	missingCount: 0,
	missing: [],
	elapsedMs: 1_000,
	attempts: 1,
	...more,
});

const EVENTS: readonly RetrieveEvent[] = [
	{ at: 0, kind: 'planned', units: UNITS, states: ['waiting', 'waiting', 'waiting'] },
	{ at: 0, kind: 'expected', unit: 0, from: 'instances', count: 3, series: [] },
	{ at: 0, kind: 'unit-started', unit: 0, attempt: 1, service: 'C-MOVE', destination: 'ME', association: 1 },
	{ at: 0, kind: 'response', unit: 0, status: 0xff00, counts: { completed: 1, remaining: 2 } },
	{ at: 0, kind: 'note', code: 'no-progress', text: 'the peer sends no progress; counting arrivals', unit: 0 },
	{ at: 0, kind: 'note', code: 'role-unanswered', text: 'nobody needs to know' },
	{ at: 0, kind: 'waiting', unit: 0, missing: 2, until: 5_000 },
	{ at: 0, kind: 'waiting', unit: 0, missing: 1, until: 6_000 },
	{
		at: 0,
		kind: 'not-stored',
		unit: 0,
		sopInstanceUid: '1.2.3.4.5',
		sopClassUid: '1.2',
		status: 0xa700,
		error: 'disk\u001b full',
	},
	{
		at: 0,
		kind: 'not-stored',
		unit: 0,
		sopInstanceUid: '1.2.3.4.6',
		sopClassUid: '1.2',
		status: 0xa700,
		error: 'again',
	},
	{ at: 0, kind: 'unit-settled', unit: 0, result: result(0) },
	{ at: 0, kind: 'unit-settled', unit: 1, result: result(1, { verdict: 'not-begun', arrived: 0 }) },
	{ at: 0, kind: 'unit-settled', unit: 2, result: result(2, { verdict: 'incomplete', arrived: 1, missingCount: 2 }) },
];

const shown = (columns: number | undefined, more: Partial<typeof OPTIONS> | { quiet: 1 } | { events: true } = {}) => {
	const world = surroundings(columns === undefined ? {} : { columns });
	const output = new RetrieveOutput('move', PEER, { ...OPTIONS, ...more }, world.env);
	for (const event of EVENTS) output.on(event);
	output.stop();
	return world;
};

t.test('a log has no patient in it', async (t) => {
	t.strictSame(shown(undefined).stderr().split('\n'), [
		'note: 1.2.3: the peer sends no progress; counting arrivals',
		'note: 1.2.3: the final response is here, and 2 instances not: waiting 5 s, longer while they come',
		'warning: an instance could not be kept here: disk· full',
		'ok    1.2.3  3 instances  1.0 kB  1.0 s',
		'part  2 of 1.2.3.4  1/3 instances  2 missing  1.0 kB  1.0 s',
		'',
	]);
});

t.test('a terminal has, and nothing else of a peer', async (t) => {
	const text = shown(100).stderr();
	t.match(text, /^ok {4}SMITH\^JOHN·\[2J 2024-02-15 CT {2}3 instances/m);
	t.notMatch(text, /\p{Cc}(?<!\n)/u);
});

t.test('a peer that counts nothing: nobody knows how many are waited for', async (t) => {
	const world = surroundings({});
	const output = new RetrieveOutput('move', PEER, OPTIONS, world.env);
	for (const event of EVENTS) output.on(event.kind === 'waiting' ? { ...event, missing: 0 } : event);
	output.stop();
	t.match(world.stderr(), /the final response is here, and nobody says how many instances there are: waiting 5 s/);
	t.notMatch(world.stderr(), /0 instances not/);
});

t.test('-q is quiet', async (t) => {
	t.equal(shown(undefined, { quiet: 1 }).stderr(), '');
});

t.test('events are lines of JSON, each of a unit', async (t) => {
	const lines = shown(undefined, { events: true })
		.stdout()
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => JSON.parse(line) as Record<string, unknown>);
	t.strictSame(
		lines.map(({ type }) => type),
		[
			...['unit', 'unit', 'unit', 'expected', 'request', 'suboperations', 'warning', 'warning', 'waiting', 'waiting'],
			...['failed', 'failed', 'settled', 'settled', 'settled'],
		],
	);
	t.match(lines[2], { level: 'IMAGE', study: '1.2.3', series: '1.2.3.4', instances: 2 });
	t.notMatch(JSON.stringify(lines), /SMITH/);
});

t.test('nothing of what was named is not done; nothing of what a query found is no fault', async (t) => {
	const named: Unit = { level: 'STUDY', studyUid: '1.2.3' };
	const found: Unit = { ...named, isFound: true };
	const results = [result(0), result(1, { verdict: 'nothing-matched' })];
	for (const [second, allowEmpty, status, count] of [
		[named, false, 3, 1],
		[found, false, 0, 0],
		[named, true, 0, 0],
	] as const) {
		t.equal(statusOfAll([named, second], results, undefined, allowEmpty), status);
		t.equal(missingOf([named, second], results, allowEmpty).length, count);
	}
	const nothing = [0, 1].map((unit) => result(unit, { verdict: 'nothing-matched' }));
	t.equal(statusOfAll([named, named], nothing, undefined, false), 1);
	t.strictSame(missingOf([named, named], nothing, false), []);
});
