/** The application on an emulated terminal: keys in, frames out, and the terminal as it was before. */
import t from 'tap';
import type { Action, Effect } from '../../src/tui/actions.ts';
import { plainText } from '../../src/tui/frame.ts';
import { initialState } from '../../src/tui/initial-state.ts';
import { actionOfPress, type KeyFlags, type Press, pressesOf } from '../../src/tui/input.ts';
import type { State } from '../../src/tui/state.ts';
import { Store } from '../../src/tui/store.ts';
import { framesPerSecond, lookOf, toClipboard } from '../../src/tui/terminal.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { sampleState } from '../support/sample-state.ts';
import { type EmulatedScreen, openEmulated } from '../support/screen.ts';

const SIZE = { columns: 80, rows: 24 };
const now = () => performance.now();

const opened = (t: Tap, size = SIZE, state?: State): { screen: EmulatedScreen; store: Store; effects: Effect[] } => {
	const all = openedOnly(size, state);
	t.teardown(() => all.screen.close());
	return all;
};
type Tap = Pick<typeof t, 'teardown'>;

/** Whoever opens it closes it. */
const openedOnly = (size = SIZE, state?: State): { screen: EmulatedScreen; store: Store; effects: Effect[] } => {
	const look = { unicode: true, theme: 'dark', masked: false } as const;
	const beginning = state === undefined ? initialState({ size, look, now: now() }) : { ...state, size };
	const store = new Store(beginning, now);
	const effects: Effect[] = [];
	store.connect((effect) => effects.push(effect));
	return { screen: openEmulated(store, size, now), store, effects };
};

const flags = (...set: readonly (keyof KeyFlags)[]): KeyFlags =>
	Object.fromEntries(
		[
			...['upArrow', 'downArrow', 'leftArrow', 'rightArrow', 'pageDown', 'pageUp', 'home', 'end', 'return', 'escape'],
			...['ctrl', 'shift', 'tab', 'backspace', 'delete', 'meta'],
		].map((name) => [name, (set as readonly string[]).includes(name)]),
	) as Omit<KeyFlags, 'eventType'>;

t.test('keys have the names of the key table', async (t) => {
	const cases: readonly (readonly [string, KeyFlags, readonly Press[]])[] = [
		['j', flags(), [{ key: 'j', text: 'j' }]],
		['jjG', flags(), ['j', 'j', 'G'].map((key) => ({ key, text: key }))],
		['G', flags('shift'), [{ key: 'G', text: 'G' }]],
		[' ', flags(), [{ key: 'Space', text: ' ' }]],
		[
			'a b\r',
			flags(),
			[{ key: 'a', text: 'a' }, { key: 'Space', text: ' ' }, { key: 'b', text: 'b' }, { key: 'Enter' }],
		],
		['', flags('downArrow'), [{ key: 'Down' }]],
		['\r', flags('return'), [{ key: 'Enter' }]],
		['', flags('escape'), [{ key: 'Esc' }]],
		['', flags('escape', 'meta'), [{ key: 'Esc' }, { key: 'Esc' }]],
		['', flags('tab', 'shift'), [{ key: 'Shift+Tab' }]],
		['d', flags('ctrl'), [{ key: 'Ctrl+D' }]],
		['x\x04', flags(), [{ key: 'x', text: 'x' }, { key: 'Ctrl+D' }]],
		['x', flags('meta'), [{ key: 'Esc' }, { key: 'x', text: 'x' }]],
		['', flags('meta', 'return'), [{ key: 'Esc' }, { key: 'Enter' }]],
		['c', flags('meta', 'ctrl'), [{ key: 'Esc' }, { key: 'Ctrl+C' }]],
		['', { ...flags('meta', 'leftArrow'), eventType: 'press' }, []],
		['', flags(), []],
		[
			'ü松',
			flags(),
			[
				{ key: 'ü', text: 'ü' },
				{ key: '松', text: '松' },
			],
		],
	];
	for (const [input, set, presses] of cases) t.strictSame(pressesOf(input, set), presses, JSON.stringify(input));
});

t.test('a key is an action where it is bound, else text or editing, else nothing', async (t) => {
	const of = (press: Press, place: Parameters<typeof actionOfPress>[1]) => actionOfPress(press, place, 1);
	t.strictSame(of({ key: 'j', text: 'j' }, 'browse'), { at: 1, type: 'key', action: 'down' });
	t.strictSame(of({ key: 'j', text: 'j' }, 'form'), { at: 1, type: 'text', text: 'j' });
	t.strictSame(of({ key: '?', text: '?' }, 'form'), { at: 1, type: 'text', text: '?' });
	t.strictSame(of({ key: 'Enter' }, 'form'), { at: 1, type: 'key', action: 'accept' });
	t.strictSame(of({ key: 'Backspace' }, 'form'), { at: 1, type: 'edit', edit: 'backspace' });
	t.strictSame(of({ key: 'Backspace' }, 'browse'), { at: 1, type: 'key', action: 'leave' });
});

t.test('what a terminal can show is read from its environment', async (t) => {
	const look = (variables: Readonly<Record<string, string>>, theme: 'auto' | 'light' = 'auto', ascii = false) =>
		lookOf({ theme, ascii, masked: false, color: 'auto' }, variables);
	t.equal(look({ LANG: 'de_DE.UTF-8' }).unicode, true);
	t.equal(look({ LANG: 'en_US.utf8' }).unicode, true);
	t.equal(look({ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }).unicode, false, 'LC_ALL wins');
	t.equal(look({}).unicode, false);
	t.equal(look({ LANG: 'C.UTF-8' }, 'auto', true).unicode, false, '--ascii');
	t.equal(look({}).theme, 'dark');
	t.equal(look({ COLORFGBG: '0;15' }).theme, 'light');
	t.equal(look({ COLORFGBG: '15;0' }).theme, 'dark');
	t.equal(look({ NO_COLOR: '1' }).theme, 'mono');
	t.equal(look({ NO_COLOR: '1' }, 'light').theme, 'light', 'an option is meant');
	t.equal(framesPerSecond({}), 60);
	t.equal(framesPerSecond({ SSH_TTY: '/dev/pts/1' }), 10);
	t.equal(toClipboard('1.2.3'), '\x1b]52;c;MS4yLjM=\x07');
});

t.test('the store tells of news now and then, of keys at once, and never of what did not change', async (t) => {
	let clock = 0;
	const look = { unicode: true, theme: 'dark', masked: false } as const;
	const store = new Store(initialState({ size: SIZE, look, now: 0 }), () => clock);
	let told = 0;
	store.subscribe(() => told++);
	const resized = (columns: number): Action => ({ at: clock, type: 'resized', size: { columns, rows: 24 } });
	store.dispatch(resized(90));
	store.dispatch(resized(100));
	t.equal(store.state.size.columns, 100);
	t.equal(store.shown().size.columns, 80, 'not in the middle of it');
	await null;
	t.equal(told, 1, 'both in one');
	t.equal(store.shown().size.columns, 100);
	for (clock = 1; clock < 20; clock++) store.dispatch({ at: clock, type: 'tick' });
	await null;
	t.equal(told, 1, 'news wait');
	await new Promise((resolve) => setTimeout(resolve, 60));
	t.equal(told, 2, 'and are told together');
	store.close();
	store.dispatch(resized(70));
	await null;
	t.equal(told, 2, 'nobody listens any more');
});

t.test('the screen is taken and given back, and nothing of it is left', async (t) => {
	const { screen } = opened(t);
	const lines = await screen.until('the key line', (text) => text.at(-1)?.includes('? help') === true);
	t.equal(lines.length, 24);
	t.ok(screen.isAlternate());
	t.ok(screen.isRaw());
	await screen.close();
	t.notOk(screen.isAlternate());
	t.notOk(screen.isRaw());
	const last = screen.written().slice(screen.written().lastIndexOf('\x1b[?2026h'));
	const has = (sequence: string) => last.includes(`\x1b[${sequence}`);
	t.ok(has('J'), 'the last frame wipes the one before');
	t.notMatch(last, 'help');
	t.ok(has('?1049l'), 'the alternate screen is left');
	t.ok(has('?25h'), 'the cursor is seen again');
	t.ok(has('?2004l'), 'pasting is as before');
});

t.test('several keys in one piece each count, also where the first opens a place for text', async (t) => {
	const { screen, store } = opened(t);
	await screen.until('a frame', (text) => text.at(-1)?.includes('? help') === true);
	screen.type('2');
	await screen.until('the queue', () => store.state.screen === 'queue');
	screen.type('13');
	await screen.until('the nodes', () => store.state.screen === 'nodes');
	screen.type('1fSMI');
	await screen.until('the form', () => store.state.overlays.at(-1)?.kind === 'form');
	await screen.until('the text in it', (text) => text.some((line) => line.includes('SMI')));
});

t.test('a paste is one text, and its lines are no Enter', async (t) => {
	const { screen, store } = opened(t);
	await screen.until('a frame', (text) => text.at(-1)?.includes('? help') === true);
	const seen: Action[] = [];
	const dispatch = store.dispatch.bind(store);
	Object.defineProperty(store, 'dispatch', {
		value: (action: Action) => {
			seen.push(action);
			dispatch(action);
		},
	});
	screen.type('\x1b[200~1.2.3\n1.2.4\x1b[201~');
	await screen.until('the paste', () => seen.length > 0);
	t.match(seen, [{ type: 'text', text: '1.2.3\n1.2.4' }]);
});

t.test('it follows the size of the terminal, down to one that is too small and back', async (t) => {
	const { screen } = opened(t, { columns: 120, rows: 40 });
	await screen.until('a frame', (text) => text.at(-1)?.includes('? help') === true);
	for (const [columns, rows] of [
		[48, 12],
		[20, 8],
		[160, 50],
		[80, 24],
	] as const) {
		screen.resize({ columns, rows });
		const isSmall = columns < 40;
		await screen.until(`${columns}x${rows}`, (text) => {
			const all = text.join(' ');
			return isSmall ? all.includes('too small') : all.includes('─'.repeat(columns)) && !all.includes('too small');
		});
	}
});

t.test(
	'after another size the screen is that of a frame of this size, and nothing is left of the one before',
	async (t) => {
		const size = (columns: number, rows: number) => ({ columns, rows });
		for (const [before, after] of [
			[size(120, 40), size(100, 40)],
			[size(200, 50), size(199, 50)],
			[size(160, 50), size(120, 50)],
			[size(80, 24), size(60, 24)],
			[size(60, 24), size(80, 20)],
			[size(100, 20), size(100, 30)],
		] as const) {
			const { screen, store } = opened(t, before, sampleState());
			const isDrawn = (text: readonly string[]) => text.join('\n') === plainText(frameOf(store.state));
			await screen.until('a frame', isDrawn);
			screen.resize(after);
			t.strictSame(store.state.size, after);
			await screen.until(`${before.columns}x${before.rows} to ${after.columns}x${after.rows}`, isDrawn);
		}
	},
);

t.test('the screen is lent and taken again, whole', async (t) => {
	const { screen } = opened(t);
	await screen.until('a frame', (text) => text.at(-1)?.includes('? help') === true);
	const during: boolean[] = [];
	await screen.app.lend(async () => {
		during.push(screen.isRaw());
		await screen.until('the screen of before', () => !screen.isAlternate());
	});
	t.strictSame(during, [false]);
	t.ok(screen.isRaw());
	await screen.until('the frame again', (text) => screen.isAlternate() && text.at(-1)?.includes('? help') === true);
});

t.test('a view that throws ends it, with the screen as it was before and what was thrown', async (t) => {
	const { screen, store } = openedOnly();
	await screen.until('a frame', (text) => text.at(-1)?.includes('? help') === true);
	const broken = { ...store.state };
	Object.defineProperty(broken, 'screen', {
		get: () => {
			throw new TypeError('boom');
		},
	});
	Object.defineProperty(store, 'shown', { value: () => broken });
	const ended = t.rejects(screen.app.ended, { name: 'TypeError', message: 'boom' });
	screen.type('?');
	await ended;
	t.notOk(screen.isAlternate());
	t.notOk(screen.isRaw());
	t.notMatch(screen.written(), 'boom', 'who opened it tells it');
});

t.test('after quitting is decided nothing more is drawn', async (t) => {
	const { screen, store, effects } = opened(t);
	await screen.until('a frame', (text) => text.at(-1)?.includes('? help') === true);
	screen.type('q');
	await screen.until('its end', () => effects.some((effect) => effect.do === 'quit'));
	t.equal(store.state.quitting, true);
	await screen.until('an empty screen', (text) => text.every((line) => line === ''));
});
