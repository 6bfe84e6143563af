/** The nodes screen: echoes on entering, using one or several, the form of a node, the card, capabilities, removing. */
import t from 'tap';
import { plainText } from '../../src/tui/frame.ts';
import { initialState } from '../../src/tui/initial-state.ts';
import { switchedTo } from '../../src/tui/nodes/node-switching.ts';
import type { NodeState } from '../../src/tui/nodes/nodes-state.ts';
import type { Job } from '../../src/tui/queue/queue-state.ts';
import type { State } from '../../src/tui/state.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { NODES, sampleState } from '../support/sample-state.ts';
import { hear, only, press, top } from './pressing.ts';
import { begun, choosing } from './queueing.ts';

const entered = (): State => press(sampleState(), '3').state;

t.test('entering echoes every node, the cursor is on the one that is asked', async (t) => {
	const { state, effects } = press({ ...sampleState(), current: ['vna'] }, '3');
	t.equal(state.screen, 'nodes');
	t.same(
		effects.map((effect) => (effect.do === 'echo' ? effect.node : effect.do)),
		NODES.map(({ name }) => name),
	);
	t.equal(state.nodes[state.nodesScreen.at]?.name, 'vna');
	const bad = hear(state, { type: 'echoed', at: 0, node: 'vna', echo: 'bad', text: 'refused' }).state;
	t.match(
		bad.nodes.find(({ name }) => name === 'vna'),
		{ echo: 'bad', echoText: 'refused' },
	);
	t.equal(bad.nodes.find(({ name }) => name === 'vna')?.echoMs, undefined);
});

t.test('r echoes one, E all', async (t) => {
	t.same(press(entered(), 'Down', 'r').effects, [{ do: 'echo', node: 'research' }]);
	t.equal(press(entered(), 'E').effects.length, NODES.length);
});

t.test('R echoes all again every 30 s, as long as the screen is looked at', async (t) => {
	const on = press(entered(), 'R').state;
	const later = (ms: number) => ({ type: 'tick', at: on.now + ms }) as const;
	t.same(hear(on, later(29_000)).effects, []);
	const again = hear(on, later(30_000));
	t.equal(again.effects.filter((effect) => effect.do === 'echo').length, NODES.length);
	t.same(hear(again.state, later(31_000)).effects, []);
	t.notOk(hear(press(on, '1').state, later(60_000)).effects.some((effect) => effect.do === 'echo'));
	t.notOk(hear(press(on, 'R').state, later(60_000)).effects.some((effect) => effect.do === 'echo'));
});

t.test('Enter uses the one at the cursor, or those that are marked', async (t) => {
	const one = press(entered(), 'Down', 'Enter').state;
	t.equal(one.screen, 'browse');
	t.same(one.current, ['research']);
	t.same(press(entered(), 'Space', 'Space', 'Enter').state.current, ['main', 'research']);
});

t.test('the filter narrows what the keys are about', async (t) => {
	const found = press(entered(), '/', 'type:orthanc', 'Enter').state;
	t.same(press(found, 'Enter').state.current, ['research']);
	t.equal(press(found, 'Esc').state.nodesScreen.filter, '');
	t.equal(press(found, 'Esc', 'Esc').state.screen, 'browse');
});

t.test('card, capabilities, doctor', async (t) => {
	t.equal(only(press(entered(), 'y').effects, 'copy-card').node, 'main');
	t.equal(only(press(entered(), 'Down', 'D').effects, 'doctor').node, 'research');
	const asked = press(entered(), 'C');
	t.equal(only(asked.effects, 'capabilities').node, 'main');
	t.equal(top(asked.state, 'capabilities').isOver, false);
	const here = hear(asked.state, { type: 'capabilities', at: 0, node: 'main', lines: ['C-FIND yes'] }).state;
	t.match(top(here, 'capabilities'), { lines: ['C-FIND yes'], isOver: true });
});

t.test('a node that is named twice is asked once', async (t) => {
	const names = NODES.slice(0, 2).map(({ name }) => name);
	const [one = ''] = names;
	const { state } = switchedTo({ ...sampleState(), current: names }, [one, one]);
	t.strictSame(state.current, [one]);
	const again = switchedTo(state, [one, one]).state;
	t.equal(again.status?.text, `${one} is asked already`);
	t.equal(switchedTo({ ...state, current: names }, names).state.status?.text, `${names.join(', ')} are asked already`);
	const { look, size } = sampleState();
	t.strictSame(initialState({ look, size, now: 0, current: ['main', 'main'] }).current, ['main']);
});

t.test('line 1 says that there are more nodes than it has room to name', async (t) => {
	const names = NODES.slice(0, 4).map(({ name }) => name);
	for (let columns = 44; columns <= 140; columns += 4) {
		const state: State = { ...sampleState(), current: names, size: { columns, rows: 24 } };
		const first = plainText(frameOf(state)).split('\n')[0] ?? '';
		t.match(first, / 4 nodes .*connected\]$/);
		t.equal(first.includes('…'), !names.every((name) => first.includes(name)), first);
	}
});

t.test('removing asks', async (t) => {
	const { state, effects } = press(entered(), 'X');
	t.same(effects, []);
	t.same(press(state, 'Esc').effects, []);
	t.same(press(state, 'y').effects, [{ do: 'remove-node', name: 'main' }]);
});

t.test('removing says what of the queue needs the node', async (t) => {
	const asked = (...states: readonly Job['state'][]) => {
		const state = entered();
		const one = choosing(begun(), 'get').press('retrieveAgain').job(1);
		const jobs = states.map((its, index): Job => ({ ...one, id: index + 1, node: 'main', state: its }));
		const others = jobs.map((job): Job => ({ ...job, node: 'vna' }));
		return top(press({ ...state, queue: { ...state.queue, jobs: [...jobs, ...others] } }, 'X').state, 'confirm').text;
	};
	const [taken = ''] = asked();
	t.strictSame(asked('complete', 'failed'), [taken], 'what is over needs nothing');
	t.strictSame(asked('running', 'waiting', 'waiting', 'paused'), [
		taken,
		'1 retrieve from it is running.',
		'3 retrieves that wait for it will fail.',
	]);
	t.strictSame(asked('waiting'), [taken, '1 retrieve that waits for it will fail.']);
});

t.test('a node is added: the form checks it, and stays until the address book has it', async (t) => {
	const form = press(entered(), 'a').state;
	t.match(top(press(form, 'Enter').state, 'node').problem, /Name is needed/);
	const filled = press(form, 'type:ct9', 'Tab', 'type:CT09', 'Down', 'type:10.0.0.9', 'Down', 'type:99999').state;
	const wrong = press(filled, 'Enter');
	t.match(top(wrong.state, 'node'), { at: 3, problem: 'Port: a number from 1 to 65535' });
	const { state, effects } = press(wrong.state, 'Backspace', 'Enter');
	t.same(effects, [
		{ do: 'save-node', name: 'ct9', fields: { ae_title: 'CT09', address: '10.0.0.9', port: '9999' }, isNew: true },
	]);
	t.equal(top(state, 'node').isSaving, true);

	const refused = hear(state, { type: 'said', at: 0, kind: 'bad', text: 'disk full' }).state;
	t.match(top(refused, 'node'), { isSaving: false, problem: 'disk full' });

	const node: NodeState = { ...(NODES[0] as NodeState), name: 'ct9' };
	const saved = hear(state, { type: 'nodes-read', at: 0, nodes: [...NODES, node], saved: [] });
	t.same(saved.state.overlays, []);
	t.equal(saved.state.nodes[saved.state.nodesScreen.at]?.name, 'ct9');
	t.equal(only(saved.effects, 'echo').node, 'ct9');
});

t.test('a name that is taken, and values that cannot be', async (t) => {
	const problem = (...keys: readonly string[]): string | undefined =>
		top(press(press(entered(), 'a').state, ...keys, 'Enter').state, 'node').problem;
	t.match(problem('type:main', 'Down', 'Down', 'type:h'), /there is a node main already/);
	t.match(problem('type:a=b', 'Down', 'Down', 'type:h'), /Name: a word without brackets/);
	t.match(problem('type:x'), /Host is needed/);
	t.match(
		problem('type:x', 'Down', 'type:ABCDEFGHIJKLMNOPQ', 'Down', 'type:h'),
		/AE title: an AE title has at most 16/,
	);
});

t.test('changing a node tells what was changed, and what was emptied', async (t) => {
	const { state } = press(entered(), 'e');
	t.equal(top(state, 'node').fields.find(({ keyword }) => keyword === 'address')?.value, '10.20.1.5');
	t.same(press(state, 'Down', 'Down', 'Backspace', 'type:3', 'Enter').effects, [
		{ do: 'save-node', name: 'main', fields: { port: '11113' }, isNew: false },
	]);
	const limit = Array.from({ length: 6 }, () => 'Down');
	t.same(only(press(state, ...limit, 'Ctrl+X', 'Enter').effects, 'save-node').fields, { match_limit: '' });
	const same = press(state, 'Enter');
	t.same(same.effects, []);
	t.match(same.state.status?.text, /nothing changed/);
});

t.test('without any node the screen can be entered and left', async (t) => {
	const { state } = press({ ...sampleState(), nodes: [], current: [] }, '3', 'Down', 'Enter', 'X', 'y', 'r', 'C');
	t.same(state.overlays, []);
	t.equal(press(state, 'Esc').state.screen, 'browse');
});

t.test('what the doctor came to last is told, and read again when it is over', async (t) => {
	const now = Date.UTC(2026, 10, 21, 12);
	const withExamination = (examination: NonNullable<NodeState['examination']>): string => {
		const state = entered();
		const [first, ...others] = state.nodes;
		if (first === undefined) throw new Error('no node');
		const size = { columns: 120, rows: 40 };
		const nodes = [{ ...first, examination }, ...others];
		const frame = frameOf({
			...state,
			size,
			nodes,
			epochMs: now - state.now,
			nodesScreen: { ...state.nodesScreen, at: 0 },
		});
		return frame.map((line) => line.map(({ text }) => text).join('')).join('\n');
	};
	t.match(
		withExamination({ atEpochMs: now - 50 * 3_600_000, text: 'all ok', kind: 'good', moveArrived: true }),
		/last doctor run 2 d ago: all ok {3}C-MOVE to \S+: arrived/,
	);
	t.match(
		withExamination({ atEpochMs: now - 5000, text: 'echo failed', kind: 'bad' }),
		/last doctor run just now: echo failed *\n/,
	);
	const line = { type: 'doctor', at: 0, node: 'main', line: '' } as const;
	const open = press(entered(), 'D').state;
	t.strictSame(hear(open, { ...line, isOver: false }).effects, []);
	t.strictSame(hear(open, { ...line, isOver: true }).effects, [{ do: 'read-nodes' }]);
});
