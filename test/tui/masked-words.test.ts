/** Words on a masked screen: what was typed of a patient stands in none of them. */
import t from 'tap';
import type { State } from '../../src/tui/state.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { levelOfStudies, sampleState } from '../support/sample-state.ts';
import { press } from './pressing.ts';

const KEYS = { PatientName: 'QUIXOTE*', PatientID: 'QX-4711', AccessionNumber: 'AXX9' };
const SECRET = /quixote|QX-4711|AXX9/i;
const text = (state: State): string =>
	frameOf(state)
		.map((line) => line.map((one) => one.text).join(''))
		.join('\n');

const state = (masked: boolean): State => {
	const before = sampleState();
	const query = { level: 'study', model: 'study', keys: KEYS } as const;
	const said = 'no match for PatientName=QUIXOTE* (QUIXOTE) and PatientID=QX-4711, acc AXX9';
	const explanation = { title: said, cameBack: said, means: [said], do: [said] } as never;
	return {
		...before,
		look: { ...before.look, masked },
		browse: { ...before.browse, levels: [{ ...levelOfStudies(), query }] },
		history: [query],
		savedQueries: [{ ...query, name: 'mine' }],
		status: { kind: 'warning', text: said },
		problems: [{ at: before.now, kind: 'bad', text: said, explanation }],
		log: { ...before.log, lines: [{ at: 0, level: 'W', text: said }] },
	};
};

const WAYS = [[], ['f', 'Down'], ['F', 'End'], ['Ctrl+O'], ['x'], ['5']];

t.test('where names are shown they stand everywhere', async (t) => {
	for (const keys of WAYS) t.match(text(press(state(false), ...keys).state), SECRET, keys.join(' '));
});

t.test('masked they stand nowhere', async (t) => {
	for (const keys of WAYS) {
		const shown = press(state(true), ...keys).state;
		// The field that is edited is seen by who types.
		const lines = text(shown)
			.split('\n')
			.filter((line) => !/▸ +(Accession|Patient)/.test(line));
		t.notMatch(lines.join('\n'), SECRET, keys.join(' '));
	}
});

t.test('once more, when another query was asked', async (t) => {
	const before = state(true);
	const other = { ...before, browse: { ...before.browse, levels: [levelOfStudies()] } };
	t.notMatch(text(press(other, '5').state), SECRET);
});

t.test('a problem that has to be cut still says that there is more to read of it', async (t) => {
	const before = state(false);
	const text80 =
		'ignore ignores that key, or matches it in another way than the standard has it, as rows show that should not be';
	const problem = { at: before.now, kind: 'warning', text: text80 } as const;
	t.match(
		text({ ...before, size: { columns: 80, rows: 24 }, status: undefined, problems: [problem] }),
		/….*\(x explain\)/,
	);
});
