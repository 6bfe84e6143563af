/** Browsing: rows as they come, going down and up, marks, stopping, asking again. */
import t from 'tap';
import { chosenRows, instancesMarked, markedRows } from '../../src/tui/browse/marks.ts';
import { ofKey } from '../../src/tui/browse/row-key.ts';
import { plainText } from '../../src/tui/frame.ts';
import { copied } from '../../src/tui/overlays/copy-texts.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { nodeNamed, Reducing, series, studies, study } from '../support/reducing.ts';
import { only } from './pressing.ts';

t.test('a query starts, its rows are shown as they come, its end is told', async (t) => {
	const browsing = new Reducing().ask({ keys: { PatientName: 'SMITH*' } });
	t.match(browsing.take(), [{ do: 'query', queryId: 1, nodes: ['main'], query: { keys: { PatientName: 'SMITH*' } } }]);
	t.equal(browsing.level.progress.state, 'waiting');
	browsing.rows(studies(1, 3));
	t.strictSame(browsing.shown, ['1.2.1', '1.2.2', '1.2.3']);
	t.equal(browsing.level.progress.state, 'receiving');
	browsing.rows(studies(4, 5)).end();
	t.equal(browsing.shown.length, 5);
	t.match(browsing.level.progress, { state: 'done', end: 'complete' });
});

t.test('the cursor stays on its row while others come', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 30)).press('j', 'j', 'j');
	t.equal(browsing.row?.uid, '1.2.4');
	browsing.rows(studies(31, 60));
	t.equal(browsing.row?.uid, '1.2.4');
	browsing.press('G');
	t.equal(browsing.row?.uid, '1.2.60');
	browsing.rows(studies(61, 90));
	t.equal(browsing.row?.uid, '1.2.60', 'also at the end');
});

t.test('appending costs what comes, not what there is', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 100));
	const { rows, shown, version } = browsing.level;
	browsing.rows(studies(101, 110));
	t.equal(browsing.level.rows, rows, 'the same array');
	t.equal(browsing.level.shown, shown, 'the same order');
	t.ok(browsing.level.version > version);
});

t.test('100,000 rows in batches', async (t) => {
	const browsing = new Reducing().ask();
	const batches = Array.from({ length: 100 }, (_, index) => studies(index * 1000 + 1, index * 1000 + 1000));
	const startedAt = performance.now();
	for (const batch of batches) browsing.rows(batch).press('j');
	t.equal(browsing.shown.length, 100_000);
	t.ok(performance.now() - startedAt < 5000, `${Math.round(performance.now() - startedAt)} ms`);
});

t.test('more than 200,000 rows are not taken', async (t) => {
	const browsing = new Reducing().ask();
	const many = studies(1, 40_000);
	for (let batch = 0; batch < 5; batch++) browsing.rows(many);
	t.match(browsing.take(), [{ do: 'query' }, { do: 'remember-query' }, { do: 'stop-query', isAbort: false }]);
	browsing.rows(many);
	t.equal(browsing.level.rows.length, 200_000);
	t.strictSame(browsing.take(), []);
	browsing.end('stopped');
	t.match(browsing.level.progress, { state: 'done', end: 'too-many' });
});

t.test('down to the series and the instances, and up again as it was left', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 50)).end().press('j', 'Space', 'j', 'j');
	const before = browsing.level;
	t.equal(browsing.row?.uid, '1.2.5');
	browsing.take();
	browsing.press('Enter');
	t.match(browsing.take(), [
		{ do: 'query', nodes: ['main'], query: { level: 'series', keys: { StudyInstanceUID: '1.2.5' } } },
	]);
	t.equal(browsing.level.title, 'SMITH^0005 2024-01-01');
	browsing
		.rows([series(1), series(2)])
		.end()
		.press('j', 'l');
	t.match(browsing.take(), [
		{
			do: 'query',
			query: { level: 'instance', keys: { StudyInstanceUID: '1.2.5', SeriesInstanceUID: '1.2.1.2' } },
		},
	]);
	t.equal(browsing.level.title, '2 CT AXIAL');
	browsing.press('h');
	t.match(browsing.take(), [{ do: 'stop-query' }], 'what nobody waits for is stopped');
	t.equal(browsing.row?.uid, '1.2.1.2');
	browsing.press('Esc');
	t.strictSame(browsing.level, before);
});

t.test('series and instances stand in their own order once they are all here', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 2)).end().press('Enter');
	browsing.rows([series(10), series(2), series(1)]);
	t.strictSame(browsing.shown, ['1.2.1.10', '1.2.1.2', '1.2.1.1']);
	browsing.end();
	t.strictSame(browsing.shown, ['1.2.1.1', '1.2.1.2', '1.2.1.10']);
	t.equal(browsing.level.at, 0);
	browsing
		.press('h', 'Enter')
		.rows([series(10), series(2), series(1)])
		.press('j')
		.end();
	t.equal(browsing.row?.uid, '1.2.1.2', 'a cursor that was moved stays on its row');
});

t.test('rows of a level that was left are dropped', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 2)).end().press('Enter');
	const { queryId } = browsing.level;
	browsing.press('h').rows([series(1)], 'main', queryId);
	t.equal(browsing.level.rows.length, 2);
	browsing.press('Enter').rows([series(7)], 'main', queryId);
	t.equal(browsing.level.rows.length, 0, 'nor of the same level opened again');
});

t.test('the level above goes on growing', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 2));
	const { queryId } = browsing.level;
	browsing.press('Enter').rows(studies(3, 4), 'main', queryId).end('complete', 'main', queryId);
	t.equal(browsing.level.rows.length, 0);
	browsing.press('h');
	t.equal(browsing.level.rows.length, 4);
});

t.test('a row without its unique key cannot be opened, and it is said why', async (t) => {
	const browsing = new Reducing()
		.ask()
		.rows([study(1, { uid: '' })])
		.end();
	browsing.take();
	browsing.press('Enter');
	t.strictSame(browsing.take(), []);
	t.match(browsing.state.status, { kind: 'warning', text: 'main gave no study UID for this row' });
});

t.test('patient root: the Patient ID goes with every query below', async (t) => {
	const browsing = new Reducing().ask({ level: 'patient', model: 'patient' });
	browsing.rows([study(7)]).end();
	browsing.take();
	browsing.press('Enter');
	t.match(browsing.take(), [{ query: { level: 'study', model: 'patient', keys: { PatientID: 'P7' } } }]);
	browsing
		.rows([study(7)])
		.end()
		.press('Enter');
	t.match(browsing.take(), [
		{ query: { level: 'series', model: 'patient', keys: { PatientID: 'P7', StudyInstanceUID: '1.2.7' } } },
	]);
});

t.test('Enter on an instance shows its attributes', async (t) => {
	const browsing = new Reducing().ask({ level: 'instance' });
	browsing
		.rows([study(1)])
		.end()
		.press('Enter');
	t.equal(browsing.state.overlays.at(-1)?.kind, 'inspect');
});

const uidsMarked = ({ level }: Reducing): readonly string[] => [...level.marked].map((key) => ofKey(key).uid);

t.test('marks: one, a range, all that are shown, none', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 10)).end().press('Space', 'Space');
	t.strictSame(uidsMarked(browsing), ['1.2.1', '1.2.2']);
	t.equal(browsing.level.at, 2, 'and one down each time');
	t.equal(instancesMarked(browsing.level), 3);
	browsing.press('k', 'Space');
	t.strictSame(uidsMarked(browsing), ['1.2.1']);
	browsing.press('A', 'g', 'j', 'v', 'j', 'j', 'v');
	t.strictSame(uidsMarked(browsing), ['1.2.2', '1.2.3', '1.2.4']);
	browsing.press('v', 'Esc');
	t.equal(browsing.level.rangeFrom, undefined, 'a range is given up first');
	browsing.press('/').type('0010').press('Enter', 'a');
	t.equal(markedRows(browsing.level).length, 4, 'what the filter hides stays marked');
	browsing.press('Esc');
	t.strictSame(uidsMarked(browsing), ['1.2.2', '1.2.3', '1.2.4', '1.2.10']);
	t.strictSame(
		chosenRows(browsing.state).map(({ uid }) => uid),
		['1.2.2', '1.2.3', '1.2.4', '1.2.10'],
	);
	browsing.press('A');
	t.equal(browsing.level.marked.size, 0);
	t.strictSame(
		chosenRows(browsing.state).map(({ uid }) => uid),
		[browsing.row?.uid],
		'without marks it is the row at the cursor',
	);
});

t.test('Esc stops, then clears the filter, then goes up, and never quits', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 20)).end().press('Enter');
	browsing
		.rows([series(1), series(2)])
		.press('/')
		.type('axial')
		.press('Enter');
	browsing.take();
	browsing.press('Esc');
	t.match(browsing.take(), [{ do: 'stop-query', isAbort: false }]);
	t.equal(browsing.level.progress.state, 'stopping');
	browsing.rows([series(3)]);
	t.equal(browsing.level.rows.length, 3, 'what comes until the peer obeys is kept');
	browsing.end('stopped');
	t.match(browsing.level.progress, { state: 'done', end: 'stopped' });
	browsing.press('Esc');
	t.equal(browsing.level.filter, '');
	browsing.press('Esc');
	t.equal(browsing.level.level, 'study');
	browsing.press('Esc', 'Esc', 'Esc');
	t.equal(browsing.state.quitting, false);
	t.strictSame(browsing.take(), []);
});

t.test('Ctrl+C cancels, twice aborts, at rest asks whether to quit', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 2));
	browsing.take();
	browsing.press('Ctrl+C');
	t.match(browsing.take(), [{ do: 'stop-query', isAbort: false }]);
	browsing.after(500).press('Ctrl+C');
	t.match(browsing.take(), [{ do: 'stop-query', isAbort: true }]);
	browsing.end('stopped').after(500).press('Ctrl+C', 'Ctrl+C');
	t.equal(browsing.state.overlays.length, 0, 'it had ended just before');
	t.equal(browsing.state.quitting, false);
	browsing.after(5000).press('Ctrl+C');
	t.equal(browsing.state.overlays.at(-1)?.kind, 'confirm');
	browsing.press('Esc');
	t.equal(browsing.state.overlays.length, 0);
	t.equal(browsing.state.quitting, false);
	browsing.after(5000).act({ type: 'interrupted' }).press('q');
	t.match(browsing.take(), [{ do: 'quit', keepJournal: false }]);
	t.equal(browsing.state.quitting, true);
});

t.test('q goes back, and quits at the top', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 2)).end().press('Enter').end().press('3', 'q');
	t.equal(browsing.state.screen, 'browse');
	browsing.press('q');
	t.equal(browsing.level.level, 'study');
	browsing.take();
	browsing.press('q');
	t.match(browsing.take(), [{ do: 'quit', keepJournal: false }]);
});

t.test('asked again, the cursor finds its row, the marks stay', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 10)).end().press('Space', 'j', 'j');
	t.equal(browsing.row?.uid, '1.2.4');
	browsing.press('r');
	t.equal(browsing.level.rows.length, 0);
	browsing.rows([study(20), ...studies(1, 3)]);
	t.equal(browsing.level.at, 0);
	browsing.rows(studies(4, 10)).end();
	t.equal(browsing.row?.uid, '1.2.4');
	t.strictSame([...browsing.level.marked], ['main\n1.2.1']);
	browsing.press('r').rows(studies(1, 2)).press('j').rows(studies(3, 10));
	t.equal(browsing.row?.uid, '1.2.2', 'but who moved it wants it there');
});

t.test('follow mode asks again after 30 s, and what is new is marked', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 3)).end().press('j', 'R');
	browsing.take();
	browsing.after(29_000);
	t.strictSame(browsing.take(), []);
	browsing.after(2000);
	t.match(browsing.take(), [{ do: 'query' }]);
	browsing.rows([study(9), ...studies(2, 3)]);
	t.strictSame(browsing.shown, ['1.2.1', '1.2.2', '1.2.3'], 'what there was is shown until all is here');
	browsing.end();
	t.strictSame(browsing.shown, ['1.2.9', '1.2.2', '1.2.3']);
	t.equal(browsing.row?.uid, '1.2.2');
	t.strictSame(
		browsing.level.rows.map(({ isNew }) => isNew === true),
		[true, false, false],
	);
	browsing.after(31_000);
	t.match(browsing.take(), [{ do: 'query' }]);
	browsing.end('failed');
	t.equal(browsing.shown.length, 3, 'a query that failed takes nothing away');
	browsing.press('R').after(60_000);
	t.strictSame(browsing.take(), []);
});

t.test('what was asked in parts is followed in parts: no row and no mark goes without a word', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 10)).end('cut-off').act({ type: 'key', action: 'pastLimit' });
	browsing.rows(studies(1, 99)).end().press('a', 'R');
	browsing.take();
	browsing.after(31_000);
	const [again] = browsing.take();
	t.match(again, { do: 'past-limit', node: 'main', queryId: browsing.level.queryId });
	browsing.rows(studies(2, 100));
	t.equal(browsing.shown.length, 99, 'what there was is shown until all is here');
	browsing.end();
	t.equal(browsing.shown.length, 99);
	t.equal(browsing.level.marked.size, 98, 'but of what is gone');
	browsing.after(31_000);
	t.match(browsing.take(), [{ do: 'past-limit' }], 'once more');
	browsing.end('failed').press('R', 'r');
	t.match(browsing.take(), [{ do: 'query' }], 'asked again by hand it is one query');
	browsing.rows(studies(1, 10)).end('cut-off').press('R').after(31_000);
	t.match(browsing.take(), [{ do: 'query' }]);
});

t.test('a study that several nodes have is marked at one of them alone', async (t) => {
	const nodes = ['main', 'vna'];
	const browsing = new Reducing(
		nodes.map((name) => nodeNamed(name)),
		{ columns: 160, rows: 40 },
	);
	const answered = () => {
		for (const node of nodes) browsing.rows(studies(1, 12), node).end('complete', node);
	};
	browsing.ask({}, nodes);
	answered();
	const marked = () => markedRows(browsing.level).map(({ node, uid }) => `${node} ${uid}`);
	browsing.press('Space');
	t.strictSame(marked(), ['main 1.2.1']);
	const signs = () => (plainText(frameOf(browsing.state)).match(/^ {1,2}●/gm) ?? []).length;
	t.equal(signs(), 1, 'and is seen so');
	browsing.press('Space', 'r');
	answered();
	t.strictSame(marked(), ['main 1.2.1', 'main 1.2.2'], 'asked again too');
	browsing.press('A', '/').type('node:vna').press('Enter', 'v', 'j', 'v');
	t.strictSame(marked(), ['vna 1.2.1', 'vna 1.2.2'], 'a range');
	browsing.press('a');
	t.equal(browsing.level.marked.size, 12);
	t.equal(marked().length, 12, 'none that the filter hides');
	t.equal(instancesMarked(browsing.level), 78);
	const before = browsing.state;
	t.match(browsing.press('d').state.overlays.at(-1), { wanted: { length: 12 } });
	browsing.state = before;
	browsing.press('/').type('x').press('Esc', 'R').after(31_000);
	answered();
	t.equal(marked().length, 12, 'followed');
	t.ok(marked().every((one) => one.startsWith('vna ')));
	browsing.press('A', 'g', 'Space');
	browsing.press('G', 'Space', '=');
	t.equal(browsing.state.overlays.at(-1)?.kind, 'compare');
	browsing.press('Esc', 'a');
	t.equal(browsing.level.marked.size, browsing.level.shown.length);
	const uids = copied(browsing.state, 'copyMarked');
	t.equal(typeof uids === 'string' ? 0 : uids.text.split('\n').length, new Set(browsing.shown).size, 'each UID once');
});

t.test('several nodes: rows are merged, and it is over when all are', async (t) => {
	const browsing = new Reducing([nodeNamed('main'), nodeNamed('vna')]).ask({}, ['main', 'vna']);
	t.match(browsing.take(), [{ do: 'query', nodes: ['main', 'vna'] }]);
	browsing.rows(studies(1, 2), 'main').rows(studies(2, 3), 'vna').end('complete', 'main');
	t.strictSame(
		browsing.level.rows.map(({ node, uid }) => `${node} ${uid}`),
		['main 1.2.1', 'main 1.2.2', 'vna 1.2.2', 'vna 1.2.3'],
	);
	t.equal(browsing.level.progress.state, 'receiving');
	browsing.end('failed', 'vna');
	t.match(browsing.level.progress, { state: 'done', end: 'failed' });
	t.match(browsing.state.problems[0], { kind: 'bad', node: 'vna' });
	browsing.press('G');
	browsing.take();
	browsing.press('Enter');
	t.match(browsing.take(), [{ do: 'query', nodes: ['vna'] }], 'what is below a row is asked of its node');
});

t.test('a failure: the error screen where nothing came, else a line', async (t) => {
	const explanation = { title: 'Association rejected', means: ['x'], do: ['y'] };
	const failing = new Reducing().ask();
	const { queryId } = failing.level;
	failing.act({ type: 'query-ended', queryId, node: 'main', end: 'failed', warnings: [], explanation });
	t.match(failing.state.overlays.at(-1), { kind: 'error', node: 'main', explanation });
	t.match(failing.state.problems[0], { explanation });
	const later = new Reducing().ask().rows(studies(1, 3));
	later.act({ type: 'query-ended', queryId, node: 'main', end: 'failed', warnings: [], explanation });
	t.equal(later.state.overlays.length, 0);
	t.match(later.state.status, { kind: 'bad', text: 'Association rejected' });
	t.equal(later.shown.length, 3);
});

t.test('warnings of a query are problems that x explains', async (t) => {
	const browsing = new Reducing().ask();
	browsing.act({
		type: 'query-ended',
		queryId: 1,
		node: 'main',
		end: 'complete',
		warnings: ['3 rows do not match ModalitiesInStudy'],
	});
	t.match(browsing.state.problems, [{ kind: 'warning', text: '3 rows do not match ModalitiesInStudy', node: 'main' }]);
	t.strictSame(browsing.level.warnings, ['3 rows do not match ModalitiesInStudy']);
});

t.test('the patient view groups, counts, follows what comes, and leads down', async (t) => {
	const browsing = new Reducing().ask();
	browsing.rows([study(1, { id: 'A' }), study(2, { id: 'B' }), study(3, { id: 'A' })]).press('p');
	t.equal(browsing.state.browse.patientView, true);
	t.equal(browsing.level.level, 'patient');
	const counts = () => browsing.level.rows.map(({ dataset: row }) => row['00201200']?.Value[0]);
	t.strictSame(counts(), [2, 1]);
	browsing.press('Enter');
	t.strictSame(browsing.shown, ['1.2.1', '1.2.3']);
	browsing.rows([study(4, { id: 'A' }), study(5, { id: 'C' })]).end();
	t.strictSame(browsing.shown, ['1.2.1', '1.2.3', '1.2.4']);
	browsing.press('h');
	t.strictSame(counts(), [3, 1, 1]);
	browsing.take();
	browsing.press('Enter', 'j', 'Enter');
	t.match(browsing.take(), [{ do: 'query', query: { level: 'series', keys: { StudyInstanceUID: '1.2.3' } } }]);
	browsing.press('h', 'h');
	t.strictSame(
		chosenRows(browsing.state).map(({ uid }) => uid),
		['1.2.1', '1.2.3', '1.2.4'],
		'what is done with a patient is done with his studies',
	);
	browsing.press('d');
	t.match(
		browsing.state.overlays.at(-1),
		{ kind: 'retrieve', wanted: [1, 3, 4].map((study) => ({ unit: { level: 'STUDY', studyUid: `1.2.${study}` } })) },
		'study root retrieves no patients',
	);
	browsing.press('Esc', 'p');
	t.equal(browsing.state.browse.patientView, false);
	t.equal(browsing.shown.length, 5);
});

t.test('patients of another node or issuer are others', async (t) => {
	const issued = { ...study(2, { id: 'A' }), '00100021': { vr: 'LO', Value: ['OTHER'] } } as const;
	const browsing = new Reducing([nodeNamed('main'), nodeNamed('vna')]).ask({}, ['main', 'vna']);
	browsing
		.rows([study(1, { id: 'A' }), issued])
		.rows([study(3, { id: 'A' })], 'vna')
		.press('p');
	t.equal(browsing.shown.length, 3);
});

t.test('one study at two nodes: each is asked for what it has of it', async (t) => {
	const nodes = [nodeNamed('main'), nodeNamed('vna')];
	const browsing = new Reducing(nodes, { columns: 120, rows: 40 }).ask({}, ['main', 'vna']);
	browsing.rows(studies(1, 1)).rows(studies(1, 1), 'vna');
	t.match(only(browsing.take(), 'preview'), { node: 'main', uid: '1.2.1' });
	browsing.act({ type: 'preview', node: 'main', uid: '1.2.1', rows: [series(1), series(2)], state: 'here' });
	t.match(only(browsing.press('j').take(), 'preview'), { node: 'vna', uid: '1.2.1' });
	browsing.act({ type: 'preview', node: 'main', uid: '1.2.1', rows: [series(1)], state: 'here' });
	t.match(browsing.state.browse.preview, { node: 'vna', state: 'asking' }, 'what the other has is not its');
	browsing.act({ type: 'preview', node: 'vna', uid: '1.2.1', rows: [series(1)], state: 'here' });
	t.equal(browsing.state.browse.preview?.rows.length, 1);
});

t.test('the preview is asked for the row at the cursor, from 110 columns on', async (t) => {
	const browsing = new Reducing(undefined, { columns: 120, rows: 40 }).ask();
	browsing.take();
	browsing.rows(studies(1, 3));
	t.match(browsing.take(), [{ do: 'preview', node: 'main', uid: '1.2.1', query: { level: 'series' } }]);
	t.equal(browsing.state.browse.preview?.state, 'asking');
	browsing.rows(studies(4, 5));
	t.strictSame(browsing.take(), [], 'once for a row');
	browsing.press('j').act({ type: 'preview', node: 'main', uid: '1.2.1', rows: [series(1)], state: 'here' });
	t.match(browsing.state.browse.preview, { uid: '1.2.2', state: 'asking' }, 'what is late is dropped');
	browsing.act({ type: 'preview', node: 'main', uid: '1.2.2', rows: [series(1)], state: 'here' });
	t.match(browsing.state.browse.preview, { uid: '1.2.2', state: 'here' });
	browsing.take();
	browsing.act({ type: 'resized', size: { columns: 80, rows: 24 } });
	t.match(browsing.take(), [{ do: 'stop-preview' }]);
	t.equal(browsing.state.browse.preview, undefined);
	browsing.press('j');
	t.strictSame(browsing.take(), []);
});

t.test('past the limit in parts, and why nothing matches', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 500)).end('cut-off').press('j');
	browsing.take();
	browsing.press('w');
	t.strictSame(browsing.take(), [], 'there are matches');
	browsing.press('m');
	t.match(browsing.take(), [{ do: 'past-limit', node: 'main', queryId: 2 }]);
	browsing.rows(studies(1, 700)).end();
	t.equal(browsing.row?.uid, '1.2.2');
	browsing.ask({ keys: { PatientName: 'NOBODY' } }).end();
	browsing.take();
	browsing.press('w');
	t.match(browsing.take(), [{ do: 'why', node: 'main', query: { keys: { PatientName: 'NOBODY' } } }]);
});

t.test('queries are remembered once each, the newest first', async (t) => {
	const browsing = new Reducing()
		.ask({ keys: { PatientID: '1' } })
		.ask({ keys: { PatientID: '2' } })
		.ask({ keys: { PatientID: '1' } });
	t.strictSame(
		browsing.state.history.map(({ keys }) => keys),
		[{ PatientID: '1' }, { PatientID: '2' }],
	);
	t.equal(browsing.level.progress.state, 'waiting');
});

t.test('without a node nothing is asked', async (t) => {
	const browsing = new Reducing([]).ask();
	t.strictSame(browsing.take(), []);
	t.match(browsing.state.status, { kind: 'warning' });
});

t.test('a resize keeps the cursor in view', async (t) => {
	const browsing = new Reducing(undefined, { columns: 120, rows: 40 })
		.ask()
		.rows(studies(1, 100))
		.press('PgDn', 'PgDn');
	const { at } = browsing.level;
	browsing.act({ type: 'resized', size: { columns: 48, rows: 12 } });
	t.equal(browsing.level.at, at);
	t.ok(browsing.level.top <= at && at < browsing.level.top + 12);
});
