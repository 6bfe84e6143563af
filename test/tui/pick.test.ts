/** `--pick`: what is taken, in the form that `--from` of get and move reads; and leaving without it. */
import t from 'tap';
import { parseList } from '../../src/commands/retrieve/list.ts';
import { withPick } from '../../src/tui/keys.ts';
import { keyEntries } from '../../src/tui/overlays/help-entries.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { nodeNamed, Reducing, series, studies, study } from '../support/reducing.ts';

const picking = (): Reducing => {
	const picking = new Reducing([nodeNamed('main')], { columns: 120, rows: 40 });
	picking.state = { ...picking.state, keys: withPick(picking.state.keys) };
	return picking;
};
const ofStudies = (): Reducing => picking().ask().rows(studies(1, 5)).end();
const textOf = ({ state }: Reducing): string => (state.picked ?? []).join('\n');

t.test('Enter takes the study at the cursor, and it is over', async (t) => {
	const walk = ofStudies().press('j', 'Enter');
	t.strictSame(walk.state.picked, ['1.2.2']);
	t.ok(walk.state.quitting);
	t.match(walk.take().at(-1), { do: 'quit' });
	t.strictSame(parseList(textOf(walk), '-'), { rows: [], words: ['1.2.2'] });
});

t.test('the marked ones, in the order they are shown, each once', async (t) => {
	const walk = ofStudies().press('j', 'Space', 'Space', 'g', 'Enter');
	t.strictSame(walk.state.picked, ['1.2.2', '1.2.3']);
	const two = picking().ask({}, ['main', 'vna']).rows(studies(1, 2)).rows(studies(1, 2), 'vna').press('a', 'Enter');
	t.strictSame(two.state.picked, ['1.2.1', '1.2.2'], 'two archives have the same study');
});

t.test('Right opens: series and instances come with the keys above them', async (t) => {
	const walk = ofStudies()
		.press('Right')
		.rows([series(1), series(2)])
		.end();
	const taken = new Reducing();
	taken.state = walk.state;
	taken.press('a', 'Enter');
	const [first = ''] = taken.state.picked ?? [];
	t.strictSame(JSON.parse(first), { StudyInstanceUID: '1.2.1', SeriesInstanceUID: walk.row?.uid });
	t.strictSame(parseList(textOf(taken), '-').rows.length, 2);
	walk
		.press('Right')
		.rows([{ '00080018': { vr: 'UI', Value: ['1.2.1.1.9'] } }])
		.end()
		.press('Enter');
	t.strictSame(parseList(textOf(walk), '-'), {
		rows: [
			{
				StudyInstanceUID: '1.2.1',
				SeriesInstanceUID: JSON.parse(first).SeriesInstanceUID,
				SOPInstanceUID: '1.2.1.1.9',
			},
		],
		words: [],
	});
});

t.test('what is marked on the way there is not taken, and that is asked', async (t) => {
	const below = () =>
		ofStudies()
			.press('Space', 'Space', 'Right')
			.rows([series(1), series(2)])
			.end();
	const asked = below().press('Enter');
	t.notOk(asked.state.quitting);
	t.match(asked.state.overlays, [{ kind: 'confirm', text: ['Also marked, and not taken: 2 studies.'] }]);
	const stays = below().press('Enter', 'Enter');
	t.notOk(stays.state.quitting, 'a second Enter stays');
	t.strictSame([...(stays.state.browse.levels[0]?.marked ?? [])], ['main\n1.2.1', 'main\n1.2.2']);
	asked.type('q');
	t.ok(asked.state.quitting);
	t.equal(asked.state.picked?.length, 1);
	const running = below();
	running.press('d', 'Enter', 'Enter');
	t.match(running.state.overlays.at(-1), { text: ['Also marked, and not taken: 2 studies.', '1 job running.'] });
	const grouped = picking()
		.ask()
		.rows([study(1, { id: 'P1' }), study(2, { id: 'P2' })])
		.end()
		.press('a', 'p', 'a', 'Enter');
	t.ok(grouped.state.quitting, 'the studies that are marked are those of the patients that are');
	const lines = below();
	lines.act({ type: 'mark-rows', rows: [1] }).press('Enter');
	t.ok(lines.state.quitting, 'in line mode rows are named, and no others are meant');
	t.equal(lines.state.picked?.length, 1);
});

t.test('a patient is no word, which would be a study; grouped ones are their studies', async (t) => {
	const patients = picking()
		.ask({ level: 'patient', model: 'patient' })
		.rows([{ '00100020': { vr: 'LO', Value: ['P 1'] } }])
		.end()
		.press('Enter');
	t.strictSame(patients.state.picked, ['{"PatientID":"P 1"}']);
	t.strictSame(parseList(textOf(patients), '-'), { rows: [{ PatientID: 'P 1' }], words: [] });
	const grouped = picking()
		.ask()
		.rows([study(1, { id: 'P1' }), study(2, { id: 'P2' }), study(3, { id: 'P1' })])
		.end()
		.press('p', 'Enter');
	t.strictSame([...(grouped.state.picked ?? [])].sort(), ['1.2.1', '1.2.3']);
});

t.test('whoever leaves otherwise has taken nothing', async (t) => {
	for (const keys of [['q'], ['Ctrl+C', 'q'], ['Ctrl+C', 'Enter']]) {
		const walk = ofStudies().press('Space', ...keys);
		t.ok(walk.state.quitting, keys.join());
		t.strictSame(walk.state.picked ?? [], [], keys.join());
	}
	const empty = picking().ask().end().press('Enter');
	t.notOk(empty.state.quitting);
	t.match(empty.state.status?.text, /no row to take/);
});

t.test('with retrieves under way it asks; who stays has taken nothing', async (t) => {
	const walk = ofStudies().press('d', 'Enter', '1', 'Enter');
	t.equal(walk.state.overlays.at(-1)?.kind, 'confirm');
	t.notOk(walk.state.quitting);
	const left = new Reducing();
	left.state = walk.state;
	t.strictSame(left.type('c').state.picked, ['1.2.1']);
	walk.press('Esc', 'q').type('c');
	t.ok(walk.state.quitting);
	t.strictSame(walk.state.picked ?? [], []);
});

t.test('the key line and the help tell of it', async (t) => {
	const { state } = ofStudies();
	const last =
		frameOf(state)
			.at(-1)
			?.map(({ text }) => text)
			.join('') ?? '';
	t.match(last, /^ Enter take {2}l open/);
	const help = keyEntries(state.keys, 'browse');
	t.match(
		help.find(({ action }) => action === 'pick'),
		{ keys: 'Enter', says: /marked rows/ },
	);
	t.match(
		help.find(({ action }) => action === 'open'),
		{ keys: 'l  Right' },
	);
});
