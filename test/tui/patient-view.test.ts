/** The patient view over more studies than are grouped in one step: keys and answers are taken between the steps. */
import t from 'tap';
import type { Action } from '../../src/tui/actions.ts';
import type { Row } from '../../src/tui/browse/browse-state.ts';
import { reduce } from '../../src/tui/reduce.ts';
import type { State } from '../../src/tui/state.ts';
import { levelOfStudies, sampleState } from '../support/sample-state.ts';

const study = (number: number): Row => ({
	uid: `1.2.${number}`,
	node: 'main',
	doubtful: false,
	dataset: {
		'00100020': { vr: 'LO', Value: [`P${number % 7}`] },
		'0020000D': { vr: 'UI', Value: [`1.2.${number}`] },
	},
});

const many = (count: number): State => {
	const state = sampleState();
	const rows = Array.from({ length: count }, (_, index) => study(index));
	return { ...state, problems: [], browse: { ...state.browse, levels: [levelOfStudies(rows)] } };
};

const open: Action = { type: 'key', at: 0, action: 'open' };
const level = (state: State) => state.browse.levels.at(-1);
const studies = (state: State): number =>
	(level(state)?.rows ?? []).reduce((sum, { dataset }) => sum + Number(dataset['00201200']?.Value[0]), 0);

t.test('step by step until all are there, one step asked for at a time', async (t) => {
	let { state, effects } = reduce(many(9_000), { type: 'key', at: 0, action: 'patientView' });
	t.ok(studies(state) < 9_000, 'not in one step');
	t.same(reduce(state, { type: 'key', at: 0, action: 'down' }).effects, [], 'a key asks for no second one');
	let steps = 0;
	for (; effects.some((effect) => effect.do === 'go-on'); steps++)
		({ state, effects } = reduce(state, { type: 'go-on', at: 0 }));
	t.ok(steps > 1);
	t.equal(level(state)?.rows.length, 7);
	t.equal(studies(state), 9_000);
	const opened = reduce(state, open);
	t.equal(level(opened.state)?.rows.length, Math.ceil(9_000 / 7), 'who was grouped need not be looked for');
	t.same(
		opened.effects.filter((effect) => effect.do === 'go-on'),
		[],
	);
});

t.test('opened meanwhile, a patient gets the rest of his studies; left meanwhile, nothing is left to do', async (t) => {
	const begun = reduce(many(9_000), { type: 'key', at: 0, action: 'patientView' }).state;
	let { state } = reduce(begun, open);
	t.ok((level(state)?.rows.length ?? 0) < 9_000 / 7);
	for (let step = 0; step < 9; step++) ({ state } = reduce(state, { type: 'go-on', at: 0 }));
	t.equal(level(state)?.rows.length, Math.ceil(9_000 / 7));
	const left = reduce(begun, { type: 'key', at: 0, action: 'patientView' }).state;
	const after = reduce(left, { type: 'go-on', at: 0 });
	t.same(after.effects, []);
	t.equal(after.state.browse.levels.length, 1);
});
