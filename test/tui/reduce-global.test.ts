/** Screens, masking, news of nodes, problems, leaving. */
import t from 'tap';
import type { Job } from '../../src/tui/queue/queue-state.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { nodeNamed, Reducing, studies } from '../support/reducing.ts';

t.test('1 to 5 are the screens, Esc and q lead back', async (t) => {
	const browsing = new Reducing();
	for (const [key, screen] of [
		['2', 'queue'],
		['3', 'nodes'],
		['4', 'trace'],
		['5', 'log'],
		['1', 'browse'],
	] as const) {
		browsing.press(key);
		t.equal(browsing.state.screen, screen);
	}
	for (const key of ['2', '3', '4', '5']) {
		browsing.press(key, 'q');
		t.equal(browsing.state.screen, 'browse', `q on ${key}`);
		browsing.press(key, 'Esc');
		t.equal(browsing.state.screen, 'browse', `Esc on ${key}`);
	}
});

t.test('M masks and unmasks', async (t) => {
	const browsing = new Reducing().press('M');
	t.equal(browsing.state.look.masked, true);
	browsing.press('3', 'M');
	t.equal(browsing.state.look.masked, false);
});

t.test('redraw and suspend are effects wherever one is', async (t) => {
	for (const keys of [[], ['f'], ['?'], ['3'], ['/']]) {
		const browsing = new Reducing().press(...keys);
		browsing.take();
		browsing.press('Ctrl+L', 'Ctrl+Z');
		t.match(browsing.take(), [{ do: 'redraw' }, { do: 'suspend' }], keys.join(' '));
	}
});

t.test('nodes read again keep what was seen of them; the first is asked where none was chosen', async (t) => {
	const browsing = new Reducing([nodeNamed('main'), nodeNamed('vna')]);
	t.strictSame(browsing.state.current, ['main']);
	browsing
		.act({ type: 'echoed', node: 'vna', echo: 'ok', ms: 7 })
		.act({ type: 'learned', node: 'vna', learned: { canGet: true, matchLimit: 500 }, words: 'names: any case' })
		.act({ type: 'learned', node: 'vna', learned: {}, words: 'names: any case' })
		.act({ type: 'connection', node: 'vna', connection: { state: 'open', ms: 3, busy: false } })
		.act({ type: 'nodes-read', nodes: [nodeNamed('vna', { note: 'upstairs' }), nodeNamed('old')], saved: [] });
	t.match(browsing.state.nodes[0], {
		name: 'vna',
		note: 'upstairs',
		echo: 'ok',
		echoMs: 7,
		canGet: true,
		learned: ['names: any case'],
		connection: { state: 'open' },
	});
	t.strictSame(browsing.state.current.length, 1);
});

t.test('what was emptied in the address book is gone', async (t) => {
	const full = nodeNamed('main', {
		note: 'upstairs',
		charset: 'ISO_IR 100',
		matchLimit: 500,
		folder: '/tmp',
		layout: 'x',
	});
	const { state } = new Reducing([full]).act({ type: 'nodes-read', nodes: [nodeNamed('main')], saved: [] });
	t.strictSame(state.nodes, [nodeNamed('main')]);
});

t.test('a node that is called otherwise is another peer: nothing was seen of it', async (t) => {
	const seen = () =>
		new Reducing()
			.act({ type: 'echoed', node: 'main', echo: 'ok', ms: 7 })
			.act({ type: 'learned', node: 'main', learned: { canGet: true }, words: 'names: any case' })
			.act({ type: 'connection', node: 'main', connection: { state: 'open', ms: 3, busy: false } });
	for (const more of [
		{ port: 4242 },
		{ host: '10.0.0.9' },
		{ tls: true },
		{ calledAeTitle: 'OTHER' },
		{ callingAeTitle: 'WS02' },
	]) {
		const read = nodeNamed('main', { ...more, canFind: true });
		const { state } = seen().act({ type: 'nodes-read', nodes: [read], saved: [] });
		t.strictSame(state.nodes, [{ ...read, settledAt: state.now }], Object.keys(more).join());
	}
});

t.test('a node that was removed is nowhere any more; another is asked, and that is said', async (t) => {
	const ofTwo = () =>
		new Reducing([nodeNamed('main'), nodeNamed('vna')]).ask({ keys: { PatientName: 'SMITH*' } }).press('3');
	const read = (...names: readonly string[]) =>
		({ type: 'nodes-read', nodes: names.map((name) => nodeNamed(name)), saved: [] }) as const;
	const walk = ofTwo();
	walk.take();
	const { state } = walk.act(read('vna'));
	t.match(walk.take(), [{ do: 'stop-query' }, { do: 'stop-preview' }]);
	t.strictSame(
		[state.nodes.map(({ name }) => name), state.current, state.screen, state.recentNodes],
		[['vna'], ['vna'], 'nodes', []],
	);
	t.strictSame(state.status, { kind: 'note', text: 'main was removed; vna: r asks the same there' });
	t.strictSame(walk.level.query.keys, { PatientName: 'SMITH*' }, 'the query stays');
	walk.press('1', 'r');
	t.match(walk.take(), [{ do: 'query', nodes: ['vna'] }]);

	const other = ofTwo().rows(studies(1, 2)).end().act(read('main'));
	t.equal(other.state.status?.text, 'vna was removed');
	t.strictSame([other.state.current, other.shown.length], [['main'], 2], 'what another answered stays');
	const none = ofTwo().act(read());
	t.equal(none.state.status?.text, 'main, vna were removed, and no node is left');
	t.strictSame(none.state.current, []);
	const both = ofTwo().ask({}, ['main', 'vna']).act(read('main'));
	t.equal(both.state.status?.text, 'vna was removed; main: r asks the same there');
});

t.test('problems: the newest first, the same one once', async (t) => {
	const browsing = new Reducing()
		.act({ type: 'said', kind: 'bad', text: 'first', node: 'main' })
		.act({ type: 'said', kind: 'warning', text: 'second' })
		.act({ type: 'said', kind: 'bad', text: 'first', node: 'main' })
		.act({ type: 'said', kind: 'good', text: 'done' });
	t.strictSame(
		browsing.state.problems.map(({ text }) => text),
		['first', 'second'],
	);
	t.strictSame(browsing.state.status, { kind: 'good', text: 'done' });
	for (let count = 0; count < 500; count++) browsing.act({ type: 'said', kind: 'bad', text: `no ${count}` });
	t.ok(browsing.state.problems.length <= 100);
});

t.test('what was said is over when it is asked again: the note, and what went wrong with that node', async (t) => {
	const frame = ({ state }: Reducing): string =>
		frameOf(state)
			.map((line) => line.map(({ text }) => text).join(''))
			.join('\n');
	const walk = new Reducing([nodeNamed('main'), nodeNamed('vna')]).ask();
	walk.now += 10;
	walk.act({ type: 'query-ended', queryId: 1, node: 'main', end: 'failed', warnings: [], explanation: EXPLANATION });
	walk.press('Esc');
	t.match(frame(walk), /FAIL this key/);
	walk.now += 10;
	walk.press('r');
	t.notMatch(frame(walk), /this key/);
	walk.rows(studies(1, 2)).end();
	for (const key of ['1', '3', '1']) t.notMatch(frame(walk.press(key)), /this key/, 'on no screen');
	t.equal(walk.press('x').state.overlays.at(-1)?.kind, 'explain', 'it can be read all the same');
	walk.press('Esc').act({ type: 'said', kind: 'warning', text: 'vna: refused', node: 'vna' });
	walk
		.act({ type: 'said', kind: 'bad', text: 'a file' })
		.act({ type: 'said', kind: 'warning', text: 'main: refused', node: 'main' });
	walk.now += 10;
	walk.press('r').end().press('3');
	t.match(frame(walk), /a file/, 'what is of no question to that node stays');
	t.match(walk.press('x').state.overlays, [{ kind: 'explain', at: 1 }], 'and is what x explains');
	walk.press('Esc', '1', 'n', 'Down', 'Enter');
	t.match(frame(walk), /r asks the same there/);
	walk.press('r').rows(studies(1, 2), 'vna').end('complete', 'vna');
	t.notMatch(frame(walk), /asks the same/);
	walk.press('R');
	t.match(walk.state.status?.text, /every 30 s/);
	walk.after(31_000);
	t.match(walk.state.status?.text, /every 30 s/, 'a query that nobody pressed anything for leaves the note');
});

t.test('an answer with an explanation can be explained', async (t) => {
	const browsing = new Reducing().act({ type: 'said', kind: 'note', text: 'this key', explanation: EXPLANATION });
	t.match(browsing.state.problems, [{ kind: 'warning', text: 'this key', explanation: EXPLANATION }]);
	browsing.press('x');
	t.equal(browsing.state.overlays.at(-1)?.kind, 'explain');
});

const EXPLANATION = { title: 'this key', means: ['it excludes everything'], do: ['leave it out'] };

const job = (state: Job['state']): Job =>
	({
		id: 1,
		label: 'x',
		node: 'main',
		how: 'GET',
		to: 'here',
		unit: { level: 'STUDY', studyUid: '1.2' },
		folder: '/tmp',
		state,
	}) as unknown as Job;

t.test('quitting while jobs run asks: cancel, keep, stay', async (t) => {
	const started = (): Reducing => {
		const browsing = new Reducing();
		const { queue } = browsing.state;
		browsing.state = {
			...browsing.state,
			queue: { ...queue, jobs: [job('running'), job('waiting'), job('complete')] },
		};
		return browsing.press('q');
	};
	const asked = started();
	t.match(asked.state.overlays.at(-1), { kind: 'confirm', text: ['1 job running, 1 job waiting.'] });
	t.strictSame(asked.take(), []);
	asked.press('Esc');
	t.equal(asked.state.overlays.length, 0);
	t.equal(asked.state.quitting, false);
	t.match(started().press('c').take(), [{ do: 'quit', keepJournal: false }]);
	t.match(started().press('k').take(), [{ do: 'quit', keepJournal: true }]);
	t.equal(started().press('Enter').state.quitting, false, 'what is proposed is to stay');
});
