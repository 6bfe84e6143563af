/** Jobs and nodes: ranges of marks, keys that are for all that are marked, sorting, and a cursor that stays on what it is on. */
import t from 'tap';
import { withPick } from '../../src/tui/keys.ts';
import { shownNodes } from '../../src/tui/nodes/shown-nodes.ts';
import { jobAt, shownJobs } from '../../src/tui/queue/shown-jobs.ts';
import type { State } from '../../src/tui/state.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { matchesGolden } from '../support/golden-frames.ts';
import { Reducing, studies } from '../support/reducing.ts';
import { NODES, sampleState } from '../support/sample-state.ts';
import { hear, press } from './pressing.ts';
import { choosing, outcome, type Queueing, result, three } from './queueing.ts';

const frame = (state: State, columns = 120): string =>
	frameOf({ ...state, size: { columns, rows: 40 } })
		.map((line) => line.map(({ text }) => text).join(''))
		.join('\n');

/** One done, one running with 171 instances here, two that wait. */
const four = (): Queueing => {
	const queueing = choosing(three(), 'move-here').press('up', 'retrieveAgain', 'queue', 'first');
	t.strictSame(
		queueing.state.queue.jobs.map(({ state }) => state),
		['complete', 'running', 'waiting', 'waiting'],
	);
	return queueing;
};

const states = ({ state }: Queueing): readonly string[] => state.queue.jobs.map((job) => job.state);
const at = ({ state }: Queueing): number | undefined => jobAt(state)?.id;

t.test('a range of jobs: v begins, Space or v ends it, Esc forgets it', async (t) => {
	const queueing = four().press('range', 'down', 'down');
	t.equal(frame(queueing.state).match(/^ {1,2}●/gm)?.length, 3, 'it is seen before it ends');
	t.equal(queueing.state.queue.marked.size, 0);
	queueing.press('range');
	t.strictSame([...queueing.state.queue.marked], [1, 2, 3]);
	t.strictSame([...four().press('last', 'range', 'up', 'mark').state.queue.marked].sort(), [3, 4], 'upwards too');
	const forgotten = four().press('range', 'down', 'back');
	t.equal(forgotten.state.queue.rangeFrom, undefined);
	t.equal(forgotten.state.screen, 'queue');
	t.equal(forgotten.press('back').state.screen, 'browse');
});

t.test('what a range began at is a job, not a place', async (t) => {
	const queueing = four().press('last', 'range', 'filter').type('wait').press('accept', 'first', 'range');
	t.strictSame([...queueing.state.queue.marked], [3, 4]);
});

t.test('cancel is for all that are marked, and asks once', async (t) => {
	const waiting = four().press('last', 'range', 'up', 'range', 'cancelJob');
	t.strictSame(states(waiting), ['complete', 'running', 'cancelled', 'cancelled']);
	t.match(waiting.state.status?.text, '2 retrieves: cancelled');

	const all = four().press('markAll', 'cancelJob');
	t.match(all.state.overlays.at(-1), { kind: 'confirm', text: ['Cancel 3 retrieves?', /171/] });
	t.strictSame(states(all), ['complete', 'running', 'waiting', 'waiting'], 'nothing yet');
	all.type('c');
	t.strictSame(states(all), ['complete', 'stopping', 'cancelled', 'cancelled']);
	t.strictSame(all.done('stop-retrieve'), [{ do: 'stop-retrieve', job: 2, isAbort: false }]);
	t.strictSame(all.done('retrieve').length, 2, 'what waited was not begun instead');
	all.press('cancelJob');
	t.match(all.done('stop-retrieve').at(-1), { job: 2, isAbort: true });
});

t.test('pause holds all that are marked; where all are held they go on', async (t) => {
	const queueing = four().press('last', 'range', 'up', 'range', 'pause');
	t.strictSame(states(queueing), ['complete', 'running', 'paused', 'paused']);
	queueing.press('pause');
	t.strictSame(states(queueing), ['complete', 'running', 'waiting', 'waiting']);
	const mixed = four().press('last', 'pause', 'markAll', 'pause');
	t.strictSame(states(mixed), ['complete', 'stopping', 'paused', 'paused']);
	t.ok(mixed.job(2).isPausing);
	t.match(four().press('pause').state.status?.text, 'nothing to hold');
});

/** In the menu of orders. */
const sorted = (queueing: Queueing, downs: number): Queueing =>
	queueing.press('sort', 'first', ...Array.from({ length: downs }, () => 'down' as const), 'accept');

t.test('jobs are sorted as they are shown, and begun in their own order', async (t) => {
	const queueing = sorted(four(), 1);
	t.strictSame(
		shownJobs(queueing.state).map(({ id }) => id),
		[2, 3, 4, 1],
	);
	t.equal(at(queueing), 1, 'the cursor is where it was');
	t.match(frame(queueing.state), /ST↑/);
	t.match(queueing.state.status?.text, 'sorted by ST');
	t.strictSame(
		queueing.state.queue.jobs.map(({ id }) => id),
		[1, 2, 3, 4],
	);
	t.strictSame(shownJobs(sorted(queueing, 1).state)[0]?.id, 1, 'the same again turns it round');
	queueing.press('raise');
	t.match(queueing.state.status?.text, 'as they are queued');
	t.strictSame(
		shownJobs(sorted(queueing, 0).state).map(({ id }) => id),
		[1, 2, 3, 4],
	);
});

t.test('jobs of several nodes are sorted by their node', async (t) => {
	const { state } = four();
	const jobs = state.queue.jobs.map((job) => ({ ...job, node: job.id % 2 === 0 ? 'archive' : 'vna' }));
	const byNode = press({ ...state, queue: { ...state.queue, jobs } }, ':', 'type:sort node', 'Enter').state;
	t.strictSame(
		shownJobs(byNode).map(({ id }) => id),
		[2, 4, 1, 3],
	);
	t.match(frame(byNode, 160), / NODE↑/);
});

t.test('a job that moves takes the cursor along', async (t) => {
	const queueing = sorted(four(), 1).press('first');
	t.equal(at(queueing), 2);
	queueing.event(2, { kind: 'unit-settled', unit: 0, result: result(0) }).ended(2, outcome(result(0)));
	t.equal(queueing.job(2).state, 'complete');
	t.equal(at(queueing), 2);
	t.ok(queueing.state.queue.at > 0);
});

const entered = (): State => press(sampleState(), '3').state;

t.test('a range of nodes is used at once', async (t) => {
	const marked = press(entered(), 'v', 'Down', 'Down').state;
	t.equal(marked.nodesScreen.marked.size, 0);
	const names = NODES.slice(0, 3).map(({ name }) => name);
	t.strictSame([...press(marked, 'v').state.nodesScreen.marked], names);
	t.strictSame(press(marked, 'Space', 'Enter').state.current, names);
	t.equal(press(marked, 'Esc').state.nodesScreen.rangeFrom, undefined);
});

t.test('nodes are sorted: who does not answer comes last, and the cursor stays on its node', async (t) => {
	let state = entered();
	for (const [name, ms] of [
		['main', 30],
		['research', 20],
		['vna', 10],
	] as const)
		state = hear(state, { type: 'echoed', at: state.now, node: name, echo: 'ok', ms }).state;
	state = press(state, 's', 'Down', 'Down', 'Down', 'Down', 'Enter').state;
	t.strictSame(
		shownNodes(state)
			.slice(0, 3)
			.map(({ name }) => name),
		['vna', 'research', 'main'],
	);
	t.equal(shownNodes(state)[state.nodesScreen.at]?.name, 'main');
	t.match(frame(state), /ECHO↑/);
	state = hear(state, { type: 'echoed', at: state.now, node: 'main', echo: 'ok', ms: 1 }).state;
	t.equal(state.nodesScreen.at, 0);
	t.equal(shownNodes(state)[0]?.name, 'main');
	t.strictSame(press(state, 'Down', 'Enter').state.current, ['vna'], 'a key is for what is seen');
});

process.env['TZ'] = 'UTC';

t.test('frames', async (t) => {
	const queueing = sorted(four(), 1);
	matchesGolden(t, 'queue-sorted', queueing.press('first', 'range', 'down').state);
	matchesGolden(t, 'queue-sort', four().press('sort').state);
	matchesGolden(t, 'nodes-sorted', press(entered(), 's', 'Down', 'Down', 'Enter', 'v', 'Down').state);
	const { state } = new Reducing().ask().rows(studies(1, 9)).end();
	matchesGolden(t, 'browse-pick', { ...state, keys: withPick(state.keys) });
});
