/** The mouse: what the terminal tells of it, and that it does what keys do on the row that is pointed at. */
import t from 'tap';
import type { Action } from '../../src/tui/actions.ts';
import type { Line } from '../../src/tui/frame.ts';
import { initialState } from '../../src/tui/initial-state.ts';
import { placeOf } from '../../src/tui/place-of.ts';
import { type Pointer, pointed, pointersIn } from '../../src/tui/pointer.ts';
import { reduce } from '../../src/tui/reduce.ts';
import type { State } from '../../src/tui/state.ts';
import { Store } from '../../src/tui/store.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { NODES, sampleState } from '../support/sample-state.ts';
import { openEmulated } from '../support/screen.ts';
import { press } from './pressing.ts';

const SIZE = { columns: 120, rows: 40 };

t.test('presses of the left button and the wheel are heard, as xterm tells of them', async (t) => {
	t.strictSame(pointersIn('\x1b[<0;12;5M'), [{ kind: 'click', column: 11, line: 4 }]);
	t.strictSame(pointersIn('j\x1b[<64;1;1M\x1b[<65;300;1Mk\x1b[<0;300;1M\x1b[<0;300;1m'), [
		{ kind: 'wheel', action: 'up' },
		{ kind: 'wheel', action: 'down' },
		{ kind: 'click', column: 299, line: 0 },
	]);
	for (const other of [
		'\x1b[<0;12;5m',
		'\x1b[<1;12;5M',
		'\x1b[<2;12;5M',
		'\x1b[<35;12;5M',
		'',
		'j',
		'\x1b[<',
		'[<0;1;1M',
	])
		t.strictSame(pointersIn(other), [], JSON.stringify(other));
	const pasted = '\x1b[200~\x1b[<0;1;1M\n\x1b[<0;2;2M\x1b[201~';
	t.strictSame(pointersIn(`${pasted}\x1b[<65;1;1M`), [{ kind: 'wheel', action: 'down' }]);
	t.strictSame(pointersIn(pasted), []);
});

/** What happens to a state. */
const after = (state: State, ...pointers: readonly Pointer[]): { readonly state: State; readonly keys: string[] } => {
	const keys: string[] = [];
	const store = {
		state: { ...state, size: SIZE },
		dispatch(action: Action) {
			if (action.type === 'key') keys.push(action.action);
			store.state = reduce(store.state, action).state;
		},
	};
	for (const pointer of pointers) pointed(pointer, store, state.now, frameOf);
	return { state: store.state, keys };
};

const textOf = (line: Line | undefined): string => (line ?? []).map(({ text }) => text).join('');

/** Where it stands, below the place. @throws Error where it does not */
const lineWith = (state: State, text: string): number => {
	const at = frameOf({ ...state, size: SIZE }).findIndex((line, at) => at > 2 && textOf(line).includes(text));
	if (at < 0) throw new Error(`${text} is not on the screen`);
	return at;
};

const click = (line: number, column = 20): Pointer => ({ kind: 'click', column, line });
const atCursor = (state: State): string =>
	textOf(frameOf(state).find((line) => line.some(({ style }) => style === 'cursor')));

const nodes = (): State => press({ ...sampleState(), size: SIZE }, '3').state;

t.test('a click goes to the row, whichever way, and the next opens it', async (t) => {
	const [first = '', last = ''] = [NODES[0]?.name, NODES.at(-1)?.name];
	const down = after(nodes(), click(lineWith(nodes(), ` ${last} `)));
	t.match(atCursor(down.state), last);
	t.ok(down.keys.length > 0 && down.keys.every((key) => key === 'down'));
	const up = after(down.state, click(lineWith(down.state, ` ${first} `)));
	t.match(atCursor(up.state), first);
	t.equal(up.state.screen, 'nodes');
	t.strictSame(after(up.state, click(lineWith(up.state, ` ${first} `))).keys, ['useNode']);
});

t.test('clicks beside the rows do nothing', async (t) => {
	const state = nodes();
	const frame = frameOf(state);
	const heading = frame.findIndex((line) => line.some(({ style }) => style === 'heading'));
	const blank = frame.findIndex((line, at) => at > heading && textOf(line).trim() === '');
	for (const [what, line] of Object.entries({ context: 0, place: 1, rule: 2, heading, blank, keys: SIZE.rows - 1 })) {
		t.ok(line >= 0, `there is a line: ${what}`);
		const { keys, state: still } = after(state, click(line));
		t.strictSame(keys, [], what);
		t.equal(atCursor(still), atCursor(state), what);
	}
	t.strictSame(after(state, click(500)).keys, [], 'below the screen');
});

t.test('a click in the pane beside the list moves nothing in the list', async (t) => {
	const state = { ...sampleState(), size: SIZE };
	const rows = frameOf(state).flatMap((line, at) => (line.some(({ style }) => style === 'cursor') ? [at] : []));
	const line = (rows[0] ?? 0) + 1;
	t.equal(after(state, click(line, 10)).keys.length, 1, 'the list itself');
	t.strictSame(after(state, click(line, SIZE.columns - 4)).keys, [], 'the preview');
});

t.test('the wheel moves three rows, also in what lies on top; where text is typed neither does anything', async (t) => {
	const wheel = (action: 'up' | 'down'): Pointer => ({ kind: 'wheel', action });
	t.strictSame(after(nodes(), wheel('down'), wheel('up')).keys, [...Array(3).fill('down'), ...Array(3).fill('up')]);
	const help = press(nodes(), '?').state;
	t.equal(placeOf(help), 'help');
	t.equal(after(help, wheel('down')).keys.length, 3);
	t.strictSame(after(help, click(10)).keys, []);
	const form = press({ ...sampleState(), size: SIZE }, 'f').state;
	t.equal(placeOf(form), 'form');
	t.strictSame(after(form, wheel('down'), click(10)).keys, []);
});

t.test('it is asked for only where it is wanted, and given back whenever the screen is', async (t) => {
	const opened = (mouse: boolean) => {
		const store = new Store({ ...initialState({ size: SIZE, look: sampleState().look, now: 0 }) }, () => 0);
		const screen = openEmulated(store, SIZE, () => performance.now(), { mouse });
		t.teardown(() => screen.close());
		return { store, screen };
	};
	const without = opened(false).screen;
	await without.until('a frame', (text) => text.at(-1)?.includes('? help') === true);
	t.equal(without.mouse(), 'none');
	const { screen, store } = opened(true);
	await screen.until('a frame', (text) => text.at(-1)?.includes('? help') === true);
	t.equal(screen.mouse(), 'vt200');
	const seen: string[] = [];
	await screen.app.lend(async () => {
		await screen.until('the screen of before', () => !screen.isAlternate());
		seen.push(screen.mouse());
	});
	t.strictSame(seen, ['none'], 'lent without it');
	await screen.until('the frame again', () => screen.isAlternate() && screen.mouse() === 'vt200');
	const heard: string[] = [];
	const dispatch = store.dispatch.bind(store);
	Object.defineProperty(store, 'dispatch', {
		value: (action: Action) => {
			heard.push(action.type === 'key' ? action.action : action.type);
			dispatch(action);
		},
	});
	screen.type('\x1b[<65;5;5M\x1b[<0;5;5M\x1b[<0;5;5m3');
	await screen.until('the nodes', () => store.state.screen === 'nodes');
	t.strictSame(heard, ['down', 'down', 'down', 'nodes'], 'each once, and nothing of it is text or Esc');
	await screen.close();
	t.equal(screen.mouse(), 'none');
});
