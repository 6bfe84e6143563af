/** The palette: what its commands do, what it completes, and that what is wrong is said. */
import t from 'tap';
import { textOf } from '../../src/dicom/dataset.ts';
import { shownColumns } from '../../src/tui/browse/shown-columns.ts';
import { KEYS } from '../../src/tui/keys.ts';
import { PALETTE_COMMANDS } from '../../src/tui/overlays/palette-commands.ts';
import { actionCommands, completionsOf, ranCommand } from '../../src/tui/overlays/palette-completion.ts';
import { queryOfWords } from '../../src/tui/overlays/palette-query.ts';
import type { State } from '../../src/tui/state.ts';
import { sampleState } from '../support/sample-state.ts';
import { only, press, top } from './pressing.ts';

const run = (line: string, from = sampleState()) => press(from, ':', `type:${line}`, 'Enter');

t.test('commands do what their names say', async (t) => {
	t.same(run('node vna').state.current, ['vna']);
	t.same([...run('node vna research').state.current], ['vna', 'research']);
	t.same(only(run('find PatientName=SMITH*').effects, 'query').query.keys, { PatientName: 'SMITH*' });
	t.same(only(run("find vna --name 'DOE^J*' -m CT,MR -L series").effects, 'query'), {
		do: 'query',
		queryId: only(run("find vna --name 'DOE^J*' -m CT,MR -L series").effects, 'query').queryId,
		nodes: ['vna'],
		query: { level: 'series', model: 'study', keys: { PatientName: 'DOE^J*', Modality: 'CT,MR' } },
	});
	t.equal(only(run('level series').effects, 'query').query.level, 'series');
	t.equal(only(run('level patient').effects, 'query').query.model, 'patient');
	t.equal(only(run('doctor old').effects, 'doctor').node, 'old');
	t.same(only(run('doctor --move').effects, 'doctor'), { do: 'doctor', node: 'main', also: ['move'] });
	t.same(only(run('doctor old --deep --get').effects, 'doctor').also, ['get', 'deep']);
	t.same(run('doctor --mvoe').effects, []);
	t.equal(only(run('echo ct1').effects, 'echo').node, 'ct1');
	t.match(only(run('trace save x.pcap').effects, 'write-trace'), { path: 'x.pcap', redact: false, overwrite: false });
	t.match(only(run('trace redact x.jsonl').effects, 'write-trace'), { path: 'x.jsonl', redact: true });
	t.equal(run('trace').state.screen, 'trace');
	t.match(run('trace filter assoc 8').state, { screen: 'trace', trace: { filter: 'assoc 8' } });
	t.equal(run('set mask on').state.look.masked, true);
	t.equal(run('set preview off').state.browse.previewWidth, 0);
	t.equal(run('theme mono').state.look.theme, 'mono');
	t.match(run('sort StudyDate desc').state.browse.levels[0]?.sort, { keyword: 'StudyDate', descending: true });
	t.equal(only(run('save smiths').effects, 'save-query').query.name, 'smiths');
	t.same(only(run('saved today').effects, 'query').query.keys, { StudyDate: 'today' });
	t.equal(only(run('quit').effects, 'quit').do, 'quit');
});

t.test('sort takes a heading of the table or a keyword, in any letters, on any list', async (t) => {
	const sort = (line: string) => run(line).state.browse.levels[0]?.sort;
	for (const [line, keyword, descending] of [
		['sort DATE', 'StudyDate', false],
		['sort date desc', 'StudyDate', true],
		['sort patient name d', 'PatientName', true],
		['sort "Patient ID" asc', 'PatientID', false],
		['sort studydate', 'StudyDate', false],
		['sort StudyID', 'StudyID', false],
		['sort node', 'node', false],
	] as const)
		t.same(sort(line), { keyword, descending }, line);
	t.equal(sort('sort none'), undefined);
	const on = (key: string, line: string) => press(sampleState(), key, ':', `type:${line}`, 'Enter').state;
	t.same(on('3', 'sort ae title desc').nodesScreen.sort, { keyword: 'AE TITLE', descending: true });
	t.same(on('2', 'sort patient').queue.sort, { keyword: 'PATIENT', descending: false });
	t.match(on('3', 'sort StudyDate').status, { text: 'no such column: StudyDate' });
	t.same(
		completionsOf(on('3', 'sort none'), 'sort A').map(({ text }) => text),
		['sort AE TITLE', 'sort ADDRESS', 'sort NAME'],
	);
});

t.test('filter shows what has the text, whatever the screen, in the place of the filter before', async (t) => {
	const shown = (state: State) =>
		state.browse.levels[0]?.shown.map((place) =>
			textOf(state.browse.levels[0]?.rows[place]?.dataset ?? {}, '00080061'),
		);
	const first = run('filter mod:MR').state;
	t.match(first.browse, { isFiltering: false, levels: [{ filter: 'mod:MR' }] });
	t.ok(shown(first)?.length);
	t.ok(shown(first)?.every((modalities) => modalities.includes('MR')));
	const second = press(first, ':', 'type:filter  "chest" !mr', 'Enter').state;
	t.match(second.browse, { isFiltering: false, levels: [{ filter: '"chest" !mr' }] });
	t.match(press(first, ':', 'type:filter', 'Enter').state.browse, {
		isFiltering: true,
		levels: [{ filter: 'mod:MR' }],
	});
	const on = (key: string) => press(sampleState(), key, ':', 'type:filter main', 'Enter').state;
	t.match(on('2').queue, { isFiltering: false, filter: 'main' });
	t.match(on('3').nodesScreen, { isFiltering: false, filter: 'main' });
	t.match(on('4').trace, { isFiltering: false, filter: 'main' });
	t.match(on('5').log, { isFiltering: false, filter: 'main' });
});

t.test('columns are taken away and added; what is new is asked for the next time', async (t) => {
	const { state } = run('columns +InstitutionName,-StudyTime');
	const keywords = shownColumns(state, 'study').map(({ keyword }) => keyword);
	t.ok(keywords.includes('InstitutionName'));
	t.notOk(keywords.includes('StudyTime'));
	t.equal(state.browse.levels[0]?.query.keys['InstitutionName'], '');
	t.equal(run('columns').state.overlays.at(-1)?.kind, 'columns');
	const priorities = (from: State) =>
		Object.fromEntries(shownColumns(from, 'study').map(({ keyword, priority }) => [keyword, priority]));
	const sex = run('columns +PatientSex').state;
	t.match(priorities(sex), { PatientSex: 45, StudyID: 0 }, 'what the level has and hides is shown');
	const without = run('columns -PatientName', sex).state;
	t.match(priorities(without), { PatientName: undefined, PatientSex: 45 }, 'and stays when another goes');
	t.match(priorities(run('columns +PatientName', without).state), { PatientName: 100, PatientSex: 45 }, 'as it was');
});

t.test('what a key does can be typed, on the screen that has it', async (t) => {
	t.equal(run('mark-all').state.browse.levels[0]?.marked.size, 7);
	t.equal(run('queue').state.screen, 'queue');
	const names = actionCommands('browse').map(([name]) => name);
	t.ok(names.includes('past-limit'));
	t.notOk(names.includes('retry'), 'that is of the queue');
	t.equal(
		new Set([...names, ...PALETTE_COMMANDS.map(({ name }) => name)]).size,
		names.length + PALETTE_COMMANDS.length,
	);
	t.ok(KEYS.length > 0);
});

t.test('a beginning that only one command has is enough', async (t) => {
	t.equal(run('them light').state.look.theme, 'light');
	t.match(run('s').state.status?.text, /^s may be /);
});

t.test('what is wrong is said, and the line stays to be mended', async (t) => {
	const wrong = [
		['nonsense', /no command nonsense/],
		['node nowhere', /no node nowhere/],
		['find PatientNam=X', /unknown keyword "PatientNam": PatientName/],
		['find --colour red', /--colour is no option/],
		['find --name', /--name needs a value/],
		['find --date 2021-02-30', /"2021-02-30" is not a date/],
		['find --time 25:00', /"25:00" is not a time/],
		['find -S -L patient', /level "patient" does not exist in the study root model/],
		['level frame', /levels are/],
		['theme pink', /themes are/],
		['set volume 11', /set mask/],
		['sort Nonsense', /no such column/],
		['columns +Nonsense', /no attribute Nonsense/],
		['saved nothing', /no query was saved/],
		['trace sing', /trace save FILE/],
		['trace save', /into which file/],
		['mark-all CT', /nothing follows mark-all/],
	] as const;
	for (const [line, says] of wrong) {
		const { state, effects } = run(line);
		t.same(effects, [], line);
		t.match(state.status, { kind: 'bad', text: says }, line);
		t.equal(top(state, 'palette').text, line, `${line} stays`);
	}
});

t.test('completion', async (t) => {
	const shown = (text: string): readonly string[] => completionsOf(sampleState(), text).map((one) => one.shown);
	t.equal(shown('no')[0], 'node');
	t.ok(shown('').includes('retrieve'), 'all commands and actions of the place');
	t.same(shown('node v')[0], 'vna');
	t.ok(shown('find Patient').every((word, index) => index > 3 || word.startsWith('Patient')));
	t.equal(completionsOf(sampleState(), 'find StudyDate=2024 PatientI')[0]?.text, 'find StudyDate=2024 PatientID=');
	t.same(shown('set mask o').slice(0, 2), ['mask on', 'mask off']);
	t.ok(completionsOf(sampleState(), '').every(({ says }) => says !== ''));

	await t.test('Tab completes as far as it is clear, then the first', async (t) => {
		t.equal(top(press(sampleState(), ':', 'type:nod', 'Tab').state, 'palette').text, 'node');
		t.equal(top(press(sampleState(), ':', 'type:node v', 'Tab').state, 'palette').text, 'node vna');
	});
	await t.test('Down chooses, Enter runs what needs no more and completes what does', async (t) => {
		const { state } = press(sampleState(), ':', 'type:node r', 'Down', 'Enter');
		t.same(state.current, ['research']);
		t.equal(top(press(sampleState(), ':', 'type:the', 'Down', 'Enter').state, 'palette').text, 'theme ');
	});
	await t.test('Backspace on an empty line leaves it', async (t) => {
		t.same(press(sampleState(), ':', 'x', 'Backspace', 'Backspace').state.overlays, []);
	});
});

t.test('every command says what it does, and an empty line does nothing', async (t) => {
	for (const { name, says } of PALETTE_COMMANDS) t.ok(says.length > 3, name);
	t.same(ranCommand(sampleState(), '  '), { state: sampleState(), effects: [] });
});

t.test('a query of words', async (t) => {
	const asks = (text: string, state = sampleState()) => queryOfWords(text, state);
	t.same(asks('-k StudyDate=today --id="A B"'), {
		query: { level: 'study', model: 'study', keys: { StudyDate: 'today', PatientID: 'A B' } },
	});
	t.equal(asks('-M worklist'), 'worklist is no model here: study, patient');
	t.match(asks('-L image --desc x -mCT'), { query: { level: 'instance', keys: { StudyDescription: '*x*' } } });
	t.match(asks('QueryRetrieveLevel=SERIES -m ct -L study'), { query: { level: 'series', keys: { Modality: 'CT' } } });
	const before = sampleState();
	const nodes = before.nodes.map((node) => (node.name === 'vna' ? { ...node, keepsCase: true } : node));
	const name = (text: string) => {
		const asked = asks(text, { ...before, nodes });
		return typeof asked === 'string' ? asked : asked.query.keys['PatientName'];
	};
	t.strictSame(
		['--name willow', 'vna --name willow', '--keep-case --name willow'].map(name),
		['WILLOW*', 'willow*', 'willow*'],
		'as the node that is asked wants it',
	);
});
