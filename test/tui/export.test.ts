/** Exports: which rows, in which form; lists that `--from` takes; no file written over without asking. */
import t from 'tap';
import { parseList } from '../../src/commands/retrieve/list.ts';
import type { Action, Effect } from '../../src/tui/actions.ts';
import { EXPORT_FORMATS, exportText } from '../../src/tui/overlays/export-texts.ts';
import type { State } from '../../src/tui/state.ts';
import { levelOfStudies, STUDIES, sampleState } from '../support/sample-state.ts';
import { hear, only, press, top } from './pressing.ts';

type Export = Extract<Effect, { do: 'export' }>;

t.test('marked rows are proposed where some are, else those that a filter leaves, else all', async (t) => {
	t.equal(top(press(sampleState(), 'e').state, 'export').what, 'marked');
	t.equal(top(press(sampleState(), 'A', 'e').state, 'export').what, 'all');
	t.equal(top(press(sampleState(), 'A', '/', 'type:chest', 'Enter', 'e').state, 'export').what, 'filtered');
});

t.test('by keys: rows, format, and the name follows until it is typed', async (t) => {
	const { state } = press(sampleState(), 'e');
	t.equal(top(state, 'export').path, 'studies-main.csv');
	const json = press(state, 'Up', 'Right').state;
	t.equal(top(json, 'export').format, 'json');
	t.equal(top(json, 'export').path, 'studies-main.json');
	const named = press(json, 'Down', 'Ctrl+X', 'type:out/x.json', 'Up', 'Space').state;
	t.equal(top(named, 'export').path, 'out/x.json');
	const { effects } = press(named, 'Enter');
	const effect = only(effects, 'export');
	t.equal(effect.path, 'out/x.json');
	t.equal(effect.overwrite, false);
	t.equal(effect.text.trim().split('\n').length, 2, 'jsonl of the two marked ones');
});

t.test('each format has each row', async (t) => {
	const state = sampleState();
	const level = levelOfStudies();
	for (const format of EXPORT_FORMATS) {
		const text = exportText(state, level, 'all', format);
		for (const { uid } of STUDIES) t.ok(text.includes(uid), `${format} has ${uid}`);
	}
	const [header] = exportText(state, level, 'all', 'csv').split('\n');
	t.match(header, /^PatientName,PatientID,/);
	t.equal(JSON.parse(exportText(state, level, 'all', 'json')).count, STUDIES.length);
});

t.test('a list is read by --from, with the keys above it', async (t) => {
	const series = {
		...levelOfStudies([
			{ uid: '1.2.3', node: 'main', doubtful: false, dataset: { '0020000E': { vr: 'UI', Value: ['1.2.3'] } } },
		]),
		level: 'series',
		query: { level: 'series', model: 'study', keys: { StudyInstanceUID: '1.2' } },
	} as const;
	const { rows } = parseList(exportText(sampleState(), series, 'all', 'list'), 'list');
	t.match(rows, [{ StudyInstanceUID: '1.2', SeriesInstanceUID: '1.2.3' }]);
});

t.test('a file that is there is written over when that is wanted only', async (t) => {
	const { state, effects } = press(sampleState(), 'e', 'Enter');
	const effect: Export = only(effects, 'export');
	const exists: Action = { type: 'file-exists', at: 0, path: effect.path, effect };
	const asked = hear(state, exists).state;
	t.match(top(asked, 'confirm').text[0], /studies-main\.csv is there already/);
	t.same(press(asked, 'Esc').effects, []);
	t.same(press(asked, 'o').effects, [{ ...effect, overwrite: true }]);
});

t.test('what cannot be is said, and the form stays', async (t) => {
	const empty = press(sampleState(), 'e', 'Ctrl+X', 'Enter');
	t.same(empty.effects, []);
	t.match(top(empty.state, 'export').problem, /which file/);
	const unmarked = press(sampleState(), 'A', 'e', 'Up', 'Up', 'Left', 'Enter');
	t.match(top(unmarked.state, 'export').problem, /no row is marked/);
	const none: State = { ...sampleState(), browse: { ...sampleState().browse, levels: [levelOfStudies([])] } };
	t.same(press(none, 'e').state.overlays, []);
});

t.test('a masked screen asks before real names are written', async (t) => {
	const state: State = { ...sampleState(), look: { unicode: true, theme: 'dark', masked: true } };
	const asked = press(state, 'e', 'Enter');
	t.same(asked.effects, []);
	t.match(only(press(asked.state, 'y').effects, 'export').text, /SMITH\^/);
});

t.test('rows of several nodes say whose they are, in each format', async (t) => {
	const level = { ...levelOfStudies(), nodes: ['main', 'vna'] };
	const rows = level.rows.map((row, index) => (index === 1 ? { ...row, node: 'vna' } : row));
	const text = (format: (typeof EXPORT_FORMATS)[number]) =>
		exportText(sampleState(), { ...level, rows }, 'all', format);
	const [header, first, second] = text('csv').split('\n');
	t.match(header, /^node,PatientName,/);
	t.match([first, second], [/^main,/, /^vna,/]);
	t.match(text('tsv').split('\n')[2], /^vna\t/);
	t.equal(JSON.parse(text('jsonl').split('\n')[1] ?? '').node, 'vna');
	t.match(JSON.parse(text('json')), { nodes: ['main', 'vna'], results: [{ node: 'main' }, { node: 'vna' }] });
	t.match(parseList(text('list'), 'list').rows[1], { StudyInstanceUID: String }, 'and --from still reads the list');
	t.notMatch(exportText(sampleState(), levelOfStudies(), 'all', 'csv'), /node/, 'of one node nothing is said');
});
