/** Words on a masked screen: what was typed of a patient stands in none of them. */
import t from 'tap';
import type { State } from '../../src/tui/state.ts';
import { toldWords } from '../../src/tui/views/masked-words.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { levelOfStudies, sampleState } from '../support/sample-state.ts';
import { hear, press } from './pressing.ts';

const KEYS = { PatientName: 'QUIXOTE*', PatientID: 'QX-4711', AccessionNumber: 'AXX9', PatientBirthDate: '2.1.1957' };
const SECRET = /quixote|QX-4711|AXX9|1957/i;
const text = (state: State): string =>
	frameOf(state)
		.map((line) => line.map((one) => one.text).join(''))
		.join('\n');

const state = (masked: boolean): State => {
	const before = sampleState();
	const query = { level: 'study', model: 'study', keys: KEYS } as const;
	const said = 'no match for PatientName=QUIXOTE* (QUIXOTE) and PatientID=QX-4711, acc AXX9, PatientBirthDate=19570102';
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
		t.notMatch(text(shown), SECRET, keys.join(' '));
	}
});

t.test('what is typed into the form is seen while it is, and not what the last query has left there', async (t) => {
	const typed = press(state(true), 'f', 'Down', 'type:X').state;
	const at = (one: State): string => /▸ .*/.exec(text(one))?.[0] ?? '';
	t.match(at(typed), /Patient ID +QX-4711X /);
	t.notMatch(text(typed).replace(/▸ .*/, ''), SECRET, 'nor in what is sent, nor in the command');
	t.notMatch(text(press(typed, 'Down').state), SECRET);
	t.notMatch(at(press(state(true), 'f', 'Down', 'Left').state), SECRET, 'the caret alone is moved');
	const born = { level: 'study', model: 'study', keys: { PatientBirthDate: '2.1.1957' } } as const;
	const shown = { ...state(true), browse: { ...state(true).browse, levels: [{ ...levelOfStudies(), query: born }] } };
	t.notMatch(text({ ...press(shown, 'f').state, size: { columns: 120, rows: 40 } }), /1957/);
	t.match(text({ ...press(shown, 'f').state, look: state(false).look, size: { columns: 120, rows: 40 } }), /1957/);
});

t.test('a retrieve of a patient calls nobody by name', async (t) => {
	const opened = press({ ...state(true), size: { columns: 120, rows: 40 } }, ':', 'type:level patient', 'Enter').state;
	const { queryId = 0 } = opened.browse.levels.at(-1) ?? {};
	const patient = { doubtful: false, dataset: { '00100020': { vr: 'LO', Value: ['P001'] } } } as const;
	const rows = hear(opened, { type: 'rows', at: 0, queryId, node: 'main', rows: [patient] }).state;
	const dialog = press(rows, 'd').state;
	t.equal(dialog.overlays.at(-1)?.kind, 'retrieve');
	t.match(text(dialog), /PatientID=ID-/);
	t.notMatch(text(dialog), /P001/);
});

t.test('once more, when another query was asked', async (t) => {
	const before = state(true);
	const other = { ...before, browse: { ...before.browse, levels: [levelOfStudies()] } };
	t.notMatch(text(press(other, '5').state), SECRET);
});

t.test('however long a name is and however many there are, they stand nowhere', async (t) => {
	const before = state(true);
	const long = `QUIXOTE${'^(.*'.repeat(20_000)}`;
	const names = Array.from({ length: 5_000 }, (_, index) => `QUIXOTE^N${index}`);
	const asked = [long, ...names].map(
		(name) => ({ level: 'study', model: 'study', keys: { PatientName: name } }) as const,
	);
	const told = `no match for ${long.toUpperCase()}; QUIXOTE^N4321 QUIXOTE^N43210, QUIXOTE^N7: QUI NO`;
	const problems = [{ at: before.now, kind: 'bad', text: told } as const];
	const shown = { ...before, history: asked, problems };
	t.match(
		toldWords(shown, told),
		/^no match for PATIENT\^\w{6}; PATIENT\^\w{6} PATIENT\^\w{6}0, PATIENT\^\w{6}: QUI NO$/,
		'the longest that stands there',
	);
	t.notMatch(text(press(shown, '5').state), SECRET);
	const newest = { level: 'study', model: 'study', keys: { PatientID: 'NEW1' } } as const;
	t.notMatch(toldWords({ ...shown, history: [newest, ...asked] }, 'NEW1'), 'NEW1');
	t.equal(toldWords(shown, 'NEW1'), 'NEW1', 'what is not known is not looked for');
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
