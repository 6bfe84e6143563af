/** Sentences that name a key name the one that is bound. */
import t from 'tap';
import { emptyHints } from '../../src/tui/browse/query-words.ts';
import { keyFor } from '../../src/tui/key-hints.ts';
import { boundKeys } from '../../src/tui/key-settings.ts';
import { ACTION_WORDS, KEYS } from '../../src/tui/keys.ts';
import type { State } from '../../src/tui/state.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { nodeNamed, Reducing, studies } from '../support/reducing.ts';
import { begun, incomplete, three } from './queueing.ts';

/** Every action that is told of in a sentence has a key that no sentence has by chance. */
const SIGNS = 'äëïöüÿÄËÏÖÜåæçèêìîñòôõøùûý';
const REBOUND = [
	...['retrieve', 'retry', 'pause', 'cancel-job', 'explain', 'past-limit', 'again', 'switch-node', 'nodes', 'add-node'],
	...['query', 'saved', 'queue', 'browse', 'mark', 'why', 'doctor', 'back', 'mark-event', 'follow', 'quit', 'copy'],
];
const entries = REBOUND.map((key, index) => ({
	key,
	value: [...SIGNS][index] ?? '',
	line: index,
	lastLine: index,
	lines: [index],
}));
const keys = boundKeys({ path: 'config.ini', entries });
const bound = (word: string): string => entries.find(({ key }) => key === word)?.value ?? '?';

const walk = (): Reducing => {
	const made = new Reducing([nodeNamed('main')], { columns: 120, rows: 40 });
	made.state = { ...made.state, keys };
	return made;
};
const frame = (state: State): string =>
	frameOf({ ...state, keys, size: { columns: 120, rows: 40 } })
		.map((line) => line.map(({ text }) => text).join(''))
		.join('\n');

t.test('the key of an action in a place, or its command', async (t) => {
	t.ok(REBOUND.every((word) => ACTION_WORDS.includes(word)));
	t.equal(keyFor({ keys: KEYS }, 'accept', 'pick'), 'Enter');
	t.equal(keyFor({ keys: KEYS }, 'again', 'browse'), 'r');
	t.equal(keyFor({ keys }, 'retrieve'), bound('retrieve'));
	t.equal(
		keyFor(
			{ keys: boundKeys({ path: '', entries: [{ key: 'past_limit', value: '', line: 1, lastLine: 1, lines: [1] }] }) },
			'pastLimit',
		),
		':past-limit',
	);
});

t.test('browse', async (t) => {
	t.match(frame(walk().state), new RegExp(`${bound('query')} +query form[\\s\\S]*${bound('saved')} +saved`));
	t.match(frame(walk().ask().state), `${bound('back')}       stops`);
	t.match(frame(walk().ask().end('failed').state), `${bound('explain')} explains it, ${bound('again')} asks again`);
	t.match(frame(walk().ask().rows(studies(1, 50)).end('cut-off').state), `${bound('past-limit')} gets the rest`);
	const { state } = walk().ask().rows(studies(1, 5)).end().press(bound('retrieve'), 'Enter');
	t.match(state.status?.text, `(${bound('queue')} shows it)`);
	const query = { level: 'study', model: 'study', keys: { PatientID: 'X' } } as const;
	t.match(emptyHints(query, undefined, new Date(0), keys).at(-1), `${bound('why')} asks without`);
	const none = new Reducing([]);
	t.match(frame(none.state), `${bound('nodes')}       nodes: ${bound('add-node')} adds one`);
	t.match(frame(none.state), `${bound('switch-node')} chooses one`);
});

t.test('queue', async (t) => {
	const empty = { ...begun().press('queue').state, keys };
	t.match(frame(empty), `browse: ${bound('mark')} marks rows, ${bound('retrieve')} retrieves them`);
	t.match(frame(incomplete().state), `${bound('copy')} copy   ${bound('retry')} retry these`);
	const running = three();
	running.state = { ...running.state, keys };
	t.match(frame(running.at(90_000).state), `${bound('cancel-job')} cancels`);
	running.press('cancelJob');
	t.match(running.state.overlays.at(-1), {
		text: [/./, /./, `What is here stays; ${bound('retry')} fetches the rest later.`],
	});
	running.type('c');
	t.match(running.state.status?.text, `${bound('cancel-job')} again aborts`);
});

t.test('nodes and trace', async (t) => {
	t.match(walk().press(bound('nodes'), bound('follow')).state.status?.text, `${bound('follow')} stops it`);
	t.match(walk().press('4', "'").state.status?.text, `${bound('mark-event')} marks`);
});
