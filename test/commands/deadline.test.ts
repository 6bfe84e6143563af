/** What ends a command before it is done: what is asked of its associations at first, and when they are aborted. */
import t, { type Test } from 'tap';
import type { Association } from '../../src/association/association.ts';
import { type Deadline, deadline } from '../../src/commands/deadline.ts';
import { DicomError, type Failure } from '../../src/errors.ts';
import { surroundings } from '../support/environment.ts';

/** Longer than any test runs. */
const FOR_EVER = 1_000_000;

const SIGINT: Failure = { blame: 'interrupted', signal: 'SIGINT' };
const SIGTERM: Failure = { blame: 'interrupted', signal: 'SIGTERM' };

/** An association whose peer gave its last sign of life so long ago, each time that is asked; the last answer stands. */
const held = (...silences: number[]) => {
	const closed = Promise.withResolvers<void>();
	const aborted = Promise.withResolvers<Failure | undefined>();
	const association = {
		looks: 0,
		get silentMs() {
			return silences[this.looks++] ?? silences.at(-1) ?? 0;
		},
		closed: closed.promise,
		aborted: aborted.promise,
		isAborted: false,
		async abort(failure?: Failure) {
			this.isAborted = true;
			aborted.resolve(failure);
			closed.resolve();
		},
		close: () => closed.resolve(),
	};
	return association;
};

const holding = (end: Deadline, ...associations: readonly object[]) => {
	for (const one of associations) end.holds(one as Association);
};

const ending = (t: Test, seconds: number, silenceMs?: number) => {
	const world = surroundings();
	let now = 0;
	const end = deadline(seconds, { ...world.env, now: () => (now += FOR_EVER) }, silenceMs);
	t.teardown(() => end.clear());
	return { ...world, end };
};

t.test('the first signal cancels; a peer that has been silent for long enough is aborted', async (t) => {
	const { end, interrupt } = ending(t, 0, 10);
	const silent = held(FOR_EVER);
	holding(end, silent);
	interrupt.abort('SIGTERM');
	t.equal(end.signal.aborted, true);
	t.same(await silent.aborted, SIGTERM);
	t.equal(end.abort.aborted, true);
	t.equal(end.hasExpired, false);
	t.same(end.failure().failure, SIGTERM);
});

t.test('as long as anything comes on one of them, none is aborted', async (t) => {
	const { end, interrupt } = ending(t, 0, 10);
	const silent = held(FOR_EVER);
	const alive = held(0, 1, 2, 0, 5, FOR_EVER);
	holding(end, silent, alive);
	interrupt.abort('SIGINT');
	t.same(await alive.aborted, SIGINT);
	t.equal(alive.looks, 6, 'only when it was silent too');
	t.same(await silent.aborted, SIGINT);
});

t.test('what is closed by itself is not aborted, and what is opened too late is', async (t) => {
	const { end, interrupt, abort } = ending(t, 0, 10);
	const gone = held(FOR_EVER);
	holding(end, gone);
	gone.close();
	await gone.closed;
	interrupt.abort('SIGINT');
	abort.abort('SIGINT');
	const late = held(0);
	holding(end, late);
	t.same(await late.aborted, SIGINT);
	t.equal(gone.isAborted, false);
});

t.test('the second signal aborts at once', async (t) => {
	const { end, interrupt, abort } = ending(t, 0);
	const one = held(0);
	holding(end, one);
	interrupt.abort('SIGINT');
	t.equal(one.isAborted, false);
	abort.abort('SIGTERM');
	t.equal(one.isAborted, true);
	t.same(await one.aborted, SIGTERM);
});

t.test('when --timeout has run out the peer has a short while, whatever it sends', async (t) => {
	const { end } = ending(t, 0.01);
	const alive = held(0);
	holding(end, alive);
	t.match(await alive.aborted, { blame: 'timeout', timeoutMs: 10 });
	t.equal(end.signal.aborted, true);
	t.equal(end.hasExpired, true);
	const lost = new DicomError({ blame: 'aborted', phase: 'established', code: 'CLOSED' });
	t.match(end.told(lost).failure, { blame: 'timeout', waitingFor: 'command-end' });
});

t.test(
	'--timeout after a signal: what is told is the signal, and the peer has no more time than without one',
	async (t) => {
		const { end, interrupt } = ending(t, 0.01);
		const alive = held(0);
		holding(end, alive);
		interrupt.abort('SIGINT');
		t.same(await alive.aborted, SIGINT);
		t.equal(end.hasExpired, false);
	},
);

t.test('an error that says no more than that it was interrupted is told as the signal', async (t) => {
	const { end, interrupt } = ending(t, 0);
	const bare = new DicomError({ blame: 'interrupted' });
	const other = new DicomError({ blame: 'resolve', host: 'pacs', code: 'ENOTFOUND' });
	const second = new DicomError({ blame: 'interrupted', signal: 'SIGINT' });
	t.equal(end.told(bare), bare);
	interrupt.abort('SIGTERM');
	t.same(end.told(bare).failure, SIGTERM);
	t.equal(end.told(other), other);
	t.equal(end.told(second), second);
});

t.test('a signal that was there before', async (t) => {
	const { env, interrupt, abort } = surroundings();
	interrupt.abort('SIGINT');
	abort.abort('SIGINT');
	const end = deadline(0, env);
	t.teardown(() => end.clear());
	t.ok(end.signal.aborted && end.abort.aborted);
});
