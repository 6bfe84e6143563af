/** `[keys]` of the configuration: what is pressed, shown in the key line and told by the help follows it; what cannot be is an error with its line. */
import t from 'tap';
import { addressBookOf } from '../../src/config/address-book.ts';
import { DicomError } from '../../src/errors.ts';
import { initialState } from '../../src/tui/initial-state.ts';
import { actionOfPress, pressesOf } from '../../src/tui/input.ts';
import { boundKeys } from '../../src/tui/key-settings.ts';
import { ACTION_WORDS, actionOf, KEYS, type KeyBinding, withPick } from '../../src/tui/keys.ts';
import { keyEntries } from '../../src/tui/overlays/help-entries.ts';
import { frameOf } from '../../src/tui/views/screen.ts';

const PATH = '/home/me/config.ini';
const SURROUNDINGS = { variables: {}, homeFolder: '/home/me', cwd: '/' };

const bound = (lines: string, isPicking = false): readonly KeyBinding[] => {
	const text = `[main]\naddress = 10.0.0.1\n\n[keys]\n${lines}\n`;
	const { path, keyEntries: entries = [], nodes } = addressBookOf(text, PATH, SURROUNDINGS);
	t.strictSame([...nodes.keys()], ['main'], 'the section is no node');
	return boundKeys({ path, entries }, isPicking);
};

const told = (lines: string): string => {
	try {
		bound(lines);
	} catch (error) {
		if (error instanceof DicomError && error.failure.blame === 'usage')
			return `${error.failure.message} / ${error.failure.hint ?? ''}`;
		throw error;
	}
	return 'nothing is wrong';
};

t.test('nothing given is the table itself', async (t) => {
	t.strictSame(boundKeys({ path: PATH, entries: [] }), KEYS);
	t.strictSame(boundKeys({ path: PATH, entries: [] }, true), withPick(KEYS));
});

t.test('--pick has Enter, whatever it opens else, or the keys it is given', async (t) => {
	for (const keys of [bound('', true), bound('open = Enter o', true)]) {
		t.equal(actionOf('Enter', 'browse', keys), 'pick');
		t.equal(actionOf('Enter', 'queue', keys), 'open', 'elsewhere it is what it was');
	}
	t.equal(actionOf('Right', 'browse', bound('', true)), 'open');
	t.equal(actionOf('o', 'browse', bound('open = Enter o', true)), 'open');
	t.equal(actionOf('Enter', 'browse', bound('open = Enter o')), 'open', 'without --pick nothing is taken');
	const given = bound('pick = Ctrl+P', true);
	t.equal(actionOf('Ctrl+P', 'browse', given), 'pick');
	t.equal(actionOf('Enter', 'browse', given), 'open');
	t.match(told('pick = d'), /pick: d is retrieve already/, 'told of without --pick too');
});

t.test('an action is done by the keys it is given, and by its own no more', async (t) => {
	const keys = bound('retrieve = d Ctrl+R\nmark_all: pgdown+ \npage-down = Ctrl+F'.replace('pgdown+', 'Shift+PgDn'));
	t.equal(actionOf('Ctrl+R', 'browse', keys), 'retrieve');
	t.equal(actionOf('d', 'browse', keys), 'retrieve');
	t.equal(actionOf('Shift+PgDn', 'browse', keys), 'markAll');
	t.equal(actionOf('a', 'browse', keys), undefined);
	t.equal(actionOf('a', 'nodes', keys), 'addNode', 'other actions keep theirs');
	t.equal(actionOf('PgDn', 'trace', keys), undefined);
	t.equal(actionOf('Ctrl+F', 'trace', keys), 'pageDown');
	const [press] = pressesOf('r', flags('ctrl'));
	t.strictSame(press && actionOfPress(press, 'browse', 5, keys), { at: 5, type: 'key', action: 'retrieve' });
});

t.test('two actions change their keys', async (t) => {
	const keys = bound('explain = d\nretrieve = x');
	t.equal(actionOf('d', 'browse', keys), 'explain');
	t.equal(actionOf('x', 'browse', keys), 'retrieve');
});

t.test('where letters are text they stay text, and there is a way out', async (t) => {
	const keys = bound('down = ~ Ctrl+N\ncancel = Q\nquit = Ctrl+Q\naccept = Enter Left');
	t.equal(actionOf('~', 'browse', keys), 'down');
	t.equal(actionOf('~', 'text', keys), undefined);
	t.equal(actionOf('Ctrl+N', 'form', keys), 'down');
	t.equal(actionOf('Q', 'pager', keys), 'cancel');
	t.equal(actionOf('Esc', 'form', keys), 'cancel', 'Q is text there');
	t.equal(actionOf('Left', 'form', keys), undefined, 'moves the caret');
	t.equal(actionOf('Enter', 'form', keys), 'accept');
});

t.test('the keys of an action are taken away', async (t) => {
	const keys = bound('saved =');
	t.equal(actionOf('F', 'browse', keys), undefined);
	t.notOk(keyEntries(keys, 'browse').some(({ action }) => action === 'saved'));
});

t.test('every way that a key can be spelled', async (t) => {
	for (const [spelled, key] of [
		['escape', 'Esc'],
		['RETURN', 'Enter'],
		['ctrl+space', 'Ctrl+Space'],
		['ctrl-k', 'Ctrl+K'],
		['Shift+Up', 'Shift+Up'],
		['é', 'é'],
		['=', '='],
	] as const)
		t.equal(
			actionOf(key, 'copy', bound(`back =\ncopy-row = ${spelled}\ncancel = q\nquit = Q\naccept = i\ncopy-patient = o`)),
			'copyRow',
			spelled,
		);
});

t.test('what cannot be is told with file and line', async (t) => {
	t.equal(told('\nretreive = d'), `${PATH}:6: [keys]: there is no action "retreive" / did you mean retrieve?`);
	t.match(told('zzzzz = d'), /:5: .*no action "zzzzz".*browse --help/s);
	for (const key of ['F1', 'Alt+x', 'Ctrl+I', 'Ctrl+1', 'dd', 'Shift+a'])
		t.match(
			told(`retrieve = ${key}`),
			new RegExp(`^${PATH}:5: \\[keys\\] retrieve: "${key.replace('+', '\\+')}" is no key`),
		);
	t.match(told('retrieve = x'), /:5: \[keys\] retrieve: x is explain already \(where: browse\)/);
	t.match(told('explain = Ctrl+T\nretrieve = Ctrl+T'), /:6: \[keys\] retrieve: Ctrl\+T is explain already/);
	t.match(told('retrieve = Ctrl+T\nexplain = Ctrl+T'), /:6: \[keys\] explain: Ctrl\+T is retrieve already/);
	t.match(told('retrieve = d\nretrieve = e'), /:6: retrieve stands in \[keys\] twice/);
});

t.test('every action of the table can be named', async (t) => {
	t.ok(ACTION_WORDS.length > 60);
	for (const word of ACTION_WORDS) t.doesNotThrow(() => bound(`${word} = Ctrl+T`), word);
});

t.test('key line and help show them', async (t) => {
	const state = initialState({
		size: { columns: 120, rows: 24 },
		look: { unicode: true, theme: 'dark', masked: false },
		now: 0,
		keys: bound('retrieve = Ctrl+R\nquit = Q'),
	});
	const line =
		frameOf(state)
			.at(-1)
			?.map(({ text }) => text)
			.join('') ?? '';
	t.match(line, 'Ctrl+R retrieve');
	t.match(line, 'Q quit');
	t.notMatch(line, / d retrieve/);
	const troubled = { ...state, problems: [{ at: 0, kind: 'bad' as const, text: 'trouble' }] };
	const lines = frameOf({ ...troubled, screen: 'log', keys: bound('explain = Ctrl+E') });
	t.match(lines.map((one) => one.map(({ text }) => text).join('')).join('\n'), /trouble +\(Ctrl\+E explain\)/);
	t.match(
		keyEntries(state.keys, 'browse').find(({ action }) => action === 'retrieve'),
		{ keys: 'Ctrl+R' },
	);
});

const flags = (...names: readonly string[]) => {
	const none = {
		...{ upArrow: false, downArrow: false, leftArrow: false, rightArrow: false, pageDown: false, pageUp: false },
		...{ home: false, end: false, return: false, escape: false, ctrl: false, shift: false, tab: false },
		...{ backspace: false, delete: false, meta: false },
	};
	return { ...none, ...Object.fromEntries(names.map((name) => [name, true])) };
};
