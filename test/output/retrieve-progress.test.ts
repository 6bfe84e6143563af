/** Lines of a retrieve, as a person reads them while it runs and afterwards. */
import t from 'tap';
import { startMeter } from '../../src/output/progress.ts';
import {
	eraseLines,
	measuredUnit,
	paintedLines,
	type RunningUnit,
	runningLine,
	type SettledUnit,
	settledUnitLine,
	waitText,
} from '../../src/output/retrieve-progress.ts';

const running = (more: Partial<RunningUnit> = {}): RunningUnit => ({
	verb: 'move',
	label: 'SMITH^JOHN 2024-11-03 CT',
	expected: 612,
	claimed: { completed: 171, failed: 2, warning: 0, remaining: 439 },
	arrived: 171,
	bytes: 96_000_000,
	startedAt: 0,
	lastResponseAt: 9_600,
	lastSignAt: 9_600,
	meter: startMeter(0),
	...more,
});

const at = (unit: RunningUnit, now: number): RunningUnit => ({ ...unit, meter: measuredUnit(unit, now) });

const RUNNING: readonly (readonly [what: string, unit: RunningUnit, now: number, line: string])[] = [
	[
		'all that is known',
		at(running(), 10_000),
		10_000,
		'move  SMITH^JOHN 2024-11-03 CT  171/612  27%  ok 171 fail 2 left 439  17.1/s  9.6 MB/s  0:26',
	],
	[
		'no estimate in the first three seconds',
		at(running({ lastResponseAt: 2_000, lastSignAt: 2_000 }), 2_000),
		2_000,
		'move  SMITH^JOHN 2024-11-03 CT  171/612  27%  ok 171 fail 2 left 439  85.5/s  48.0 MB/s  -',
	],
	[
		'a peer without counts, nobody knows how many',
		{
			verb: 'get',
			label: '1.2.3',
			claimed: {},
			arrived: 12,
			bytes: 1_200_000,
			startedAt: 0,
			lastSignAt: 900,
			meter: startMeter(1_000),
		},
		1_000,
		'get  1.2.3  12  ok - fail - warn - left -',
	],
	[
		'instances go elsewhere',
		(() => {
			const { arrived: _, ...elsewhere } = running({ bytes: 0 });
			return at(elsewhere, 10_000);
		})(),
		10_000,
		'move  SMITH^JOHN 2024-11-03 CT  173/612  28%  ok 171 fail 2 left 439  17.3/s  0:26',
	],
	[
		'nothing comes any more',
		at(running({ lastResponseAt: 10_000, lastSignAt: 10_000 }), 50_000),
		50_000,
		'move  SMITH^JOHN 2024-11-03 CT  171/612  27%  ok 171 fail 2 left 439  stalled 40 s  ! last response 40 s ago',
	],
	[
		'the final response is here, and not all else',
		running({ waiting: { missing: 55, until: 65_000 } }),
		17_000,
		'move  SMITH^JOHN 2024-11-03 CT  171/612  27%  ok 171 fail 2 left 439  waiting for 55 more, 48 s',
	],
	[
		'what a peer calls a patient does nothing to a terminal',
		running({ label: 'EVIL\u001b[2J\u202e', waiting: { missing: 1, until: 0 } }),
		0,
		'move  EVIL·[2J·  171/612  27%  ok 171 fail 2 left 439  waiting for 1 more, 0 ms',
	],
];

t.test('a unit that runs', async (t) => {
	for (const [what, unit, now, line] of RUNNING) t.equal(runningLine(unit, now), line, what);
});

t.test('a long name is cut, not the numbers', async (t) => {
	const line = runningLine(running({ label: 'X'.repeat(200) }), 0, 90);
	t.ok(line.length <= 90, line);
	t.match(line, /ok 171 fail 2 left 439/);
});

const UID = '1.2.840.113619.2.55.3.604688119.971.1448374';

t.test('80 columns: bytes, estimate and age stay, and the end of a UID', async (t) => {
	const unit = running({ label: UID, claimed: { completed: 171, failed: 0, warning: 0, remaining: 441 } });
	const lines: readonly (readonly [unit: RunningUnit, now: number, line: string])[] = [
		[at(unit, 10_000), 10_000, 'move  1.2.840.113619.2.…88119.971.1448374  171/612  27%  17.1/s  9.6 MB/s  0:26'],
		[
			at({ ...unit, lastResponseAt: 2_000 }, 10_000),
			10_000,
			'move  1.2.840.1136…971.1448374  171/612  17.1/s  9.6 MB/s  0:26  last 8.0 s ago',
		],
		[
			running({ label: UID, waiting: { missing: 10, until: 60_000 } }),
			12_000,
			'move  1.2.840.1136…971.1448374  171/612  27%  fail 2  waiting for 10 more, 48 s',
		],
	];
	for (const [one, now, line] of lines) {
		t.equal(runningLine(one, now, 79), line);
		t.ok(line.length <= 79, line);
	}
	const narrow = runningLine(running({ label: UID, waiting: { missing: 10, until: 60_000 } }), 12_000, 60);
	t.match(narrow, /waiting for 10 more, 48 s$/);
});

t.test('how long something is waited for', async (t) => {
	t.equal(waitText(999), '1 s');
	t.equal(waitText(4_999), '5 s');
	t.equal(waitText(59_990), '1 min 0 s');
	t.equal(waitText(100), '100 ms');
	t.equal(waitText(-1), '0 ms');
});

const settled = (more: Partial<SettledUnit>): SettledUnit => ({
	label: 'SMITH^JOHN 2024-02-15 CT',
	verdict: 'complete',
	claimed: { completed: 240, failed: 0, warning: 0 },
	expected: 240,
	arrived: 240,
	bytes: 131_000_000,
	missingCount: 0,
	elapsedMs: 11_000,
	isElsewhere: false,
	...more,
});

const SETTLED: readonly (readonly [more: Partial<SettledUnit>, line: string])[] = [
	[{}, 'ok    SMITH^JOHN 2024-02-15 CT  240 instances  131 MB  11 s'],
	[{ arrived: 1, expected: 1 }, 'ok    SMITH^JOHN 2024-02-15 CT  1 instance  131 MB  11 s'],
	[
		{ verdict: 'incomplete', arrived: 238, missingCount: 2 },
		'part  SMITH^JOHN 2024-02-15 CT  238/240 instances  2 missing  131 MB  11 s',
	],
	[
		{ verdict: 'claimed-not-arrived', arrived: 0, bytes: 0 },
		'FAIL  SMITH^JOHN 2024-02-15 CT  240 instances claimed  none arrived  11 s',
	],
	[
		{ verdict: 'nothing-matched', arrived: 0, bytes: 0, elapsedMs: 12 },
		'none  SMITH^JOHN 2024-02-15 CT  nothing matched  12 ms',
	],
	[
		{ verdict: 'unverifiable', arrived: 0, bytes: 0, claimed: { completed: 239, warning: 1 } },
		'sent  SMITH^JOHN 2024-02-15 CT  240 instances, says the peer  1 with a warning  not verified  11 s',
	],
	[{ verdict: 'complete', bytes: 0, isElsewhere: true }, 'ok    SMITH^JOHN 2024-02-15 CT  240 instances there  11 s'],
	[{ verdict: 'refused', arrived: 0, bytes: 0 }, 'FAIL  SMITH^JOHN 2024-02-15 CT  refused  11 s'],
	[
		{ verdict: 'complete-before', bytes: 0 },
		'ok    SMITH^JOHN 2024-02-15 CT  240 instances  complete before, by the journal',
	],
	[
		{ verdict: 'more-than-expected', arrived: 242 },
		'ok    SMITH^JOHN 2024-02-15 CT  242 instances  more than expected: it has grown meanwhile  131 MB  11 s',
	],
	[{ verdict: 'cancelled', arrived: 3 }, 'stop  SMITH^JOHN 2024-02-15 CT  3/240 instances  cancelled  131 MB  11 s'],
	[{ verdict: 'failed', arrived: 0, bytes: 0 }, 'FAIL  SMITH^JOHN 2024-02-15 CT  not retrieved  11 s'],
];

t.test('a unit that is settled', async (t) => {
	for (const [more, line] of SETTLED) t.equal(settledUnitLine(settled(more)), line, more.verdict ?? 'complete');
});

t.test('lines painted together are taken away together', async (t) => {
	t.equal(eraseLines(0), '');
	t.equal(eraseLines(1), '\r\u001b[J');
	t.equal(eraseLines(3), '\r\u001b[2A\u001b[J');
	const many = paintedLines(
		Array.from({ length: 64 }, (_, index) => `line ${index}`),
		40,
	);
	t.equal(many.length, 8);
	t.equal(many.at(-1), '      and 57 more');
	t.strictSame(paintedLines(['x'.repeat(100)], 40)[0]?.length, 39);
});
