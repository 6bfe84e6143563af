/** The log: what gets a line, following, filter; and that no patient gets in by the news of queries. */
import t from 'tap';
import type { Action } from '../../src/tui/actions.ts';
import { shownLog } from '../../src/tui/reduce-log.ts';
import type { State } from '../../src/tui/state.ts';
import { sampleState } from '../support/sample-state.ts';
import { hear, only, press } from './pressing.ts';

const empty = (): State => {
	const state = sampleState();
	return { ...state, screen: 'log', log: { ...state.log, lines: [], at: 0 } };
};

const said = (kind: 'note' | 'warning' | 'bad', text: string): Action => ({ type: 'said', at: 1, kind, text });
const lines = (state: State): readonly string[] => state.log.lines.map(({ level, text }) => `${level} ${text}`);

t.test('what is said, refused and learned has a line, sanitised', async (t) => {
	const actions: readonly Action[] = [
		said('note', 'hello'),
		said('bad', 'went\x1b[2J wrong'),
		{ type: 'query-ended', at: 1, queryId: 1, node: 'main', end: 'cut-off', warnings: ['a key was ignored'] },
		{ type: 'learned', at: 1, node: 'main', learned: {}, words: 'letter case counts' },
		{ type: 'connection', at: 1, node: 'main', connection: { state: 'failed', text: 'refused' } },
		{ type: 'receiver-state', at: 1, state: 'failed', aeTitle: 'WS01', port: 11113, addresses: [], problem: 'in use' },
		{
			type: 'receiver',
			at: 1,
			event: {
				kind: 'rejected',
				from: { address: '10.20.1.5', port: 4000 },
				calling: 'PACS_MAIN',
				called: 'WS1',
				triple: { result: 1, source: 1, reason: 7 },
				why: 'called-title',
			},
		},
	];
	let state = empty();
	for (const action of actions) state = hear(state, action).state;
	t.match(lines(state), [
		'I hello',
		'E went·[2J wrong',
		'I main: query done, perhaps cut off by a limit',
		'W main: a key was ignored',
		'I main: letter case counts',
		'E main: refused',
		'E in use',
		'E 10.20.1.5 called us as "WS1", we are WS01: refused',
	]);
	t.equal(state.log.at, state.log.lines.length - 1, 'the newest is followed');
});

t.test('keys have no line', async (t) => {
	t.equal(press(sampleState(), 'Down', '5', 'Up', '1').state.log.lines.length, sampleState().log.lines.length);
});

t.test('going up holds still, the end follows again; the filter shows what holds it', async (t) => {
	let state = empty();
	for (let index = 0; index < 50; index++) state = hear(state, said('note', `line ${index}`)).state;
	const up = press(state, 'Up').state;
	t.equal(hear(up, said('note', 'more')).state.log.at, 48);
	t.equal(hear(press(up, 'G').state, said('note', 'more')).state.log.at, 50);
	const found = press(state, '/', 'type:line 1', 'Enter').state;
	t.equal(shownLog(found.log).length, 11);
	t.equal(only(press(found, 'g', 'y').effects, 'copy').text, 'line 1');
	t.equal(press(found, 'Esc').state.log.filter, '');
});

t.test('Enter on a problem explains it', async (t) => {
	const state = hear(empty(), said('bad', 'it broke')).state;
	t.same(press(state, 'Enter').state.overlays, [{ kind: 'explain', at: 0 }]);
});

t.test('it is bounded', async (t) => {
	let state = empty();
	for (let index = 0; index < 6000; index++) state = hear(state, said('note', `${index}`)).state;
	t.ok(state.log.lines.length <= 5000);
	t.equal(state.log.lines.at(-1)?.text, '5999');
});
