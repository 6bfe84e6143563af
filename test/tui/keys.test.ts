/** The key table: no key has two meanings anywhere, and every action is told of and does something. */
import t from 'tap';
import type { Effect } from '../../src/tui/actions.ts';
import { ACTIONS, type ActionName, actionOf, KEYS, type KeyBinding, type Place, withPick } from '../../src/tui/keys.ts';
import { placeOf } from '../../src/tui/place-of.ts';
import { reduce } from '../../src/tui/reduce.ts';
import type { State } from '../../src/tui/state.ts';
import { nodeNamed, Reducing, series, studies } from '../support/reducing.ts';

const PLACES = [...new Set(KEYS.flatMap(({ places }) => places))];

const TABLES: Readonly<Record<string, readonly KeyBinding[]>> = { always: KEYS, '--pick': withPick(KEYS) };

const unambiguous = (t: Pick<typeof import('tap').t, 'equal'>, name: string, table: readonly KeyBinding[]): void => {
	for (const place of PLACES) {
		const meanings = new Map<string, ActionName>();
		for (const { keys, action, places } of table)
			if (places.includes(place))
				for (const key of keys) {
					t.equal(meanings.get(key), undefined, `${key} in ${place} is ${action} alone (${name})`);
					meanings.set(key, action);
				}
	}
};

t.test('no key has two meanings in a place', async (t) => {
	for (const [name, table] of Object.entries(TABLES)) unambiguous(t, name, table);
});

t.test('every action has a key and a help text', async (t) => {
	for (const action of Object.keys(ACTIONS) as ActionName[]) {
		t.ok(
			withPick(KEYS).some((binding) => binding.action === action),
			`${action} has a key`,
		);
		t.match(ACTIONS[action], /^\S.{2,60}$/, action);
	}
});

t.test('where text is typed, letters are text', async (t) => {
	for (const place of ['form', 'text', 'fields', 'pick'] satisfies readonly Place[])
		for (const key of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789*?/:=.')
			t.equal(actionOf(key, place), undefined, `${key} in ${place}`);
});

t.test('Esc, Ctrl+C, Ctrl+L and Ctrl+Z do something in every place', async (t) => {
	for (const place of PLACES)
		for (const key of ['Esc', 'Ctrl+C', 'Ctrl+L', 'Ctrl+Z']) t.ok(actionOf(key, place), `${key} in ${place}`);
});

/** States in which keys are pressed: what an action needs is in one of them. */
const situations = (): readonly State[] => {
	const nodes = [nodeNamed('main'), nodeNamed('vna')];
	const wide = { columns: 120, rows: 40 };
	const full = () => new Reducing(nodes, wide).ask({ keys: { PatientName: 'X*' } }).rows(studies(1, 60));
	const ended = () => full().end('cut-off');
	const inList = () => ended().press('j', 'j', 'j', 'Space', 'Space');
	const empty = () => new Reducing(nodes, wide).ask({ keys: { PatientName: 'X' } }).end();
	const troubled = () =>
		ended().act({ type: 'said', kind: 'bad', text: 'bad', explanation: EXPLANATION, node: 'main' });
	const failed = () => {
		const asked = new Reducing(nodes, wide).ask();
		const { queryId } = asked.level;
		return asked.act({
			type: 'query-ended',
			queryId,
			node: 'main',
			end: 'failed',
			warnings: [],
			explanation: EXPLANATION,
		});
	};
	const retrieving = () => inList().press('d', 'Enter').press('1', 'j', '.', '2');
	const opened = [
		full(),
		inList(),
		inList().press('v', 'j'),
		ended()
			.press('Enter')
			.rows([series(1), series(2)])
			.end(),
		ended().press('/').type('5'),
		ended().press('/').type('5').press('Enter'),
		empty(),
		failed(),
		...['f', 'F', 'n', ':', '?', 'y', 'e', 's', 'c', 'i', 'x', 'D', 'd', '=', 'p', 'Ctrl+O', 't'].map((key) =>
			troubled().press('j', 'j', 'Space', 'Space').press(key),
		),
		...['f'].flatMap((key) => [inList().press(key).type('abc').press('Down'), inList().press(key, 'Ctrl+O')]),
		...['2', '3', '4', '5'].flatMap((key) => [troubled().press(key), troubled().press(key).press('j', 'j', 'Space')]),
		...['a', 'e', 'X', '/', 'C', 'D'].map((key) => troubled().press('3', key)),
		...['/', 'w', 'W'].map((key) => ended().press('4', key)),
		retrieving(),
		retrieving().press('Tab'),
		troubled().press('i', '/').type('x'),
		traced(ended()).press('4'),
		traced(ended()).press('4', 'Enter'),
		traced(ended()).press('4', 'g', 'm', 'G'),
	];
	return opened.map(({ state }) => state);
};

const EXPLANATION = { title: 'bad', cameBack: 'nothing', means: ['it is bad'], do: ['be good'] };

const traced = (browsing: Reducing): Reducing =>
	browsing.act({
		type: 'traced',
		keptBytes: 100,
		events: [1, 2, 3].map((index) => ({
			index,
			event: { event: 'timer', at: index, association: 1, timer: 'ARTIM', action: 'expired', timeoutMs: 1000 },
		})),
	});

t.test('every action does something in some state, in each place that it has a key in', async (t) => {
	const states = situations();
	const seen = new Set(states.map(placeOf));
	for (const place of PLACES) t.ok(seen.has(place), `a state in ${place}`);
	for (const place of PLACES)
		for (const action of new Set(
			KEYS.filter(({ places }) => places.includes(place)).map((binding) => binding.action),
		)) {
			const does = states.filter((state) => placeOf(state) === place).some((state) => isHandled(state, action));
			t.ok(does, `${action} in ${place}`);
		}
});

const isHandled = (state: State, action: ActionName): boolean => {
	const reduced = reduce(state, { type: 'key', action, at: state.now });
	const effects: readonly Effect[] = reduced.effects;
	return effects.length > 0 || reduced.state !== state;
};
