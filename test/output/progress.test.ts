import t from 'tap';
import type { OutputEvent } from '../../src/output/events.ts';
import { eventLine, statusText, timestamp } from '../../src/output/events.ts';
import type { Meter, Progress } from '../../src/output/progress.ts';
import {
	measured,
	progressLine,
	progressStyle,
	repaint,
	settledLine,
	startMeter,
	withBar,
} from '../../src/output/progress.ts';
import { bytesText, countdownText, countText, durationText, rateText } from '../../src/output/quantities.ts';
import { loadPaint, PLAIN_PAINT, wantsColor } from '../../src/output/theme.ts';

t.test('quantities', async (t) => {
	const bytes: readonly (readonly [number, string])[] = [
		[0, '0 B'],
		[999, '999 B'],
		[1000, '1.0 kB'],
		[530112, '530 kB'],
		[999_499, '999 kB'],
		[999_500, '1.0 MB'],
		[10_240_000, '10.2 MB'],
		[131_000_000, '131 MB'],
		[1_240_000_000, '1.2 GB'],
		[5e15, '5.0 PB'],
		[5e18, '5000 PB'],
	];
	for (const [count, text] of bytes) t.equal(bytesText(count), text);
	const durations: readonly (readonly [number, string, string])[] = [
		[0, '0 ms', '0:00'],
		[0.42, '0.4 ms', '0:01'],
		[12, '12 ms', '0:01'],
		[999, '999 ms', '0:01'],
		[999.9, '1.0 s', '0:01'],
		[2400, '2.4 s', '0:03'],
		[9960, '10 s', '0:10'],
		[24_000, '24 s', '0:24'],
		[59_700, '1 min 0 s', '1:00'],
		[200_000, '3 min 20 s', '3:20'],
		[7_500_000, '2 h 5 min', '2:05:00'],
	];
	for (const [ms, text, countdown] of durations) {
		t.equal(durationText(ms), text);
		t.equal(countdownText(ms), countdown);
	}
	t.equal(rateText(18.23), '18.2/s');
	t.equal(rateText(1340.4), '1340/s');
	t.same(
		[countText(1, 'study', 'studies'), countText(0, 'study', 'studies'), countText(2, 'row')],
		['1 study', '0 studies', '2 rows'],
	);
});

const AT_173: Progress = {
	verb: 'store',
	label: 'main',
	done: 173,
	total: 612,
	failed: 2,
	bytes: 90_000_000,
	totalBytes: 320_000_000,
};

/** Looks every 100 ms at a transfer of constant speed. */
const steady = (ms: number, perMs: number, bytesEach: number, from: Meter = startMeter(0), start = 0): Meter => {
	let meter = from;
	const before = from.samples.at(-1) ?? { done: 0, bytes: 0 };
	for (let at = 100; at <= ms; at += 100) {
		const done = before.done + at * perMs;
		meter = measured(meter, start + at, { done, bytes: done * bytesEach });
	}
	return meter;
};

t.test('progress', async (t) => {
	t.test('says counts alone while there is no rate', async (t) => {
		t.equal(progressLine(AT_173, startMeter(0)), 'store  main  173/612  28%  ok 171 fail 2');
		t.equal(progressLine({ ...AT_173, warnings: 3 }, startMeter(0)), 'store  main  173/612  28%  ok 171 fail 2 warn 3');
		const { total, totalBytes, ...uncounted } = AT_173;
		t.equal(progressLine(uncounted, startMeter(0)), 'store  main  173  ok 171 fail 2');
	});

	t.test('then rates and the time left, by bytes', async (t) => {
		const meter = measured(startMeter(0), 9000, { done: 162, bytes: 90_000_000 });
		t.equal(progressLine(AT_173, meter), 'store  main  173/612  28%  ok 171 fail 2  18.0/s  10.0 MB/s  0:23');
		const { totalBytes, ...unweighed } = AT_173;
		t.equal(progressLine(unweighed, meter), 'store  main  173/612  28%  ok 171 fail 2  18.0/s  10.0 MB/s  0:25');
	});

	t.test('a stall has no end in sight', async (t) => {
		const stalled = measured(measured(startMeter(0), 500, { done: 0, bytes: 0 }), 12_000, { done: 0, bytes: 0 });
		t.equal(progressLine(AT_173, stalled), 'store  main  173/612  28%  ok 171 fail 2  0.0/s  0 B/s');
	});

	t.test('rates are those of the last ten seconds, from few samples', async (t) => {
		const slow = steady(60_000, 0.01, 1000);
		t.ok(slow.samples.length < 60, `${slow.samples.length} samples`);
		t.match(progressLine(AT_173, slow), ' 10.0/s  10.0 kB/s');
		t.match(progressLine(AT_173, steady(12_000, 0.05, 1000, slow, 60_000)), ' 50.0/s  50.0 kB/s');
	});

	t.test('settles with what it came to', async (t) => {
		const done = { ...AT_173, done: 612, failed: 0, bytes: 1_200_000_000 };
		t.equal(settledLine(done, 31_000), 'ok    main  612 instances  1.2 GB  31 s  19.7/s  38.7 MB/s');
		t.match(
			settledLine({ ...done, failed: 2, warnings: 1 }, 31_000),
			/^part {2}main {2}610 instances {2}2 failed {2}1 with a warning {2}/,
		);
		t.match(settledLine({ ...done, done: 1, failed: 1 }, 0), /^FAIL {2}main {2}0 instances {2}1 failed/);
	});

	t.test('is painted over itself, never wider than the terminal', async (t) => {
		t.equal(repaint('store  main  1/2', 80), '\r\u001b[Kstore  main  1/2');
		t.equal(repaint('store  main  1/2', 10), '\r\u001b[Kstore  m…');
		t.equal(withBar('line', AT_173, 40), 'line  [###.......]');
		t.equal(withBar('line', AT_173, 16), 'line');
	});

	t.test('its style', async (t) => {
		const terminal = { isTty: true, isQuiet: false, isDumb: false };
		t.equal(progressStyle('auto', terminal), 'bar');
		t.equal(progressStyle('auto', { ...terminal, isTty: false }), 'plain');
		t.equal(progressStyle('auto', { ...terminal, isDumb: true }), 'plain');
		t.equal(progressStyle('auto', { ...terminal, isQuiet: true }), 'none');
		t.equal(progressStyle('bar', { ...terminal, isQuiet: true }), 'bar');
	});
});

t.test('events are one line of JSON each', async (t) => {
	const events: readonly OutputEvent[] = [
		{ type: 'start', ts: timestamp(new Date()), command: 'store', node: 'ma\nin', expected: 2 },
		{ type: 'stored', sop: '1.2', class: '1.3', bytes: 12, ts_uid: '1.2.840.10008.1.2' },
		{ type: 'failed', file: 'a\u202eb', why: 'status', status: statusText(0xa700) },
		{ type: 'summary', completed: 1, failed: 1, exit: 3 },
	];
	for (const event of events) {
		const line = eventLine(event);
		t.same(JSON.parse(line), event);
		t.match(line, /^[\x20-\x7e]*\n$/);
	}
	t.equal(statusText(0x0c), '000C');
	const now = new Date();
	t.match(timestamp(now), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/);
	t.equal(new Date(timestamp(now)).getTime(), now.getTime());
});

t.test('colour', async (t) => {
	const cases: readonly (readonly ['auto' | 'always' | 'never', boolean, Record<string, string>, boolean])[] = [
		['auto', true, {}, true],
		['auto', false, {}, false],
		['auto', true, { TERM: 'dumb' }, false],
		['auto', true, { CLICOLOR: '0' }, false],
		['auto', true, { NO_COLOR: '1' }, false],
		['auto', true, { NO_COLOR: '' }, true],
		['auto', false, { FORCE_COLOR: '1' }, true],
		['auto', false, { FORCE_COLOR: '' }, true],
		['auto', true, { FORCE_COLOR: '0' }, false],
		['auto', false, { CLICOLOR_FORCE: '1' }, true],
		['auto', false, { CLICOLOR_FORCE: '0' }, false],
		['auto', false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
		['auto', false, { FORCE_COLOR: '1', TERM: 'dumb' }, true],
		['always', false, { NO_COLOR: '1', TERM: 'dumb' }, true],
		['never', true, { FORCE_COLOR: '1' }, false],
	];
	for (const [option, isTty, variables, wanted] of cases)
		t.equal(wantsColor(option, isTty, variables), wanted, JSON.stringify({ option, isTty, variables }));
	t.equal(await loadPaint(false), PLAIN_PAINT);
	t.equal((await loadPaint(true)).bad('x'), '\u001b[31mx\u001b[39m', 'whatever the environment is');
});
