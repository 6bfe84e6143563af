/** Line mode without a terminal: what a typed line means, what is said of rows, retrieves and questions, and a session on a store. */
import t from 'tap';
import type { Action, Effect } from '../../src/tui/actions.ts';
import { attributeSentences } from '../../src/tui/lines/attribute-sentences.ts';
import { jobSentence } from '../../src/tui/lines/job-sentences.ts';
import { commandOf, helpSentences, placesOf } from '../../src/tui/lines/line-commands.ts';
import { queryOfLine } from '../../src/tui/lines/line-query.ts';
import { LineSession } from '../../src/tui/lines/line-session.ts';
import { rowSentence } from '../../src/tui/lines/row-sentences.ts';
import { explanationSentences } from '../../src/tui/lines/sentences.ts';
import { Store } from '../../src/tui/store.ts';
import { dataset, nodeNamed, Reducing, series, studies, study } from '../support/reducing.ts';
import { sampleState } from '../support/sample-state.ts';
import { incomplete, three } from './queueing.ts';

t.test('a line is a command', async (t) => {
	for (const [line, verb, rest] of [
		['', 'list', ''],
		['  12 ', 'open', '12'],
		['g 1,3-5', 'get', '1,3-5'],
		['g1,3', 'get', '1,3'],
		['GET all', 'get', 'all'],
		['f smith* date=2024', 'find', 'smith* date=2024'],
		['/', 'filter', ''],
		['/ct chest', 'filter', 'ct chest'],
		['m', 'past', ''],
		['M', 'mask', ''],
		['?', 'help', ''],
		['queue', 'queue', ''],
		['q', 'quit', ''],
	] as const)
		t.strictSame(commandOf(line, false), { verb, rest }, line);
	for (const line of ['smith*', 'gsmith', 'f*', '-1', 'p 1']) t.equal(commandOf(line, false), undefined, line);
	t.strictSame(commandOf('p 1', true), { verb: 'take', rest: '1' }, 'with --pick');
	t.equal(helpSentences(true).length, helpSentences(false).length + 1);
});

t.test('numbers are places, each once', async (t) => {
	t.strictSame(placesOf('1,3-5', 6), [0, 2, 3, 4]);
	t.strictSame(placesOf('5 2,2-3', 6), [1, 2, 4]);
	t.strictSame(placesOf('all', 2), [0, 1]);
	t.equal(placesOf('7', 6), 'There is no row 7: they go from 1 to 6.');
	t.equal(placesOf('0', 6), 'There is no row 0: they go from 1 to 6.');
	t.equal(placesOf('2-9', 6), 'There is no row 9: they go from 1 to 6.');
	t.match(placesOf('x', 6), '"x" is no number');
	t.equal(placesOf('1', 0), 'There is no row.');
	t.match(placesOf('', 3, 'node'), 'Which node?');
});

t.test('a query: friendly words, keywords, options of find, and what is none of them is a name', async (t) => {
	const keys = (text: string) => {
		const asked = queryOfLine(text, sampleState());
		return typeof asked === 'string' ? asked : [asked.node, asked.query.level, asked.query.keys];
	};
	t.strictSame(keys('smith* date=2024 mod=CT'), [
		undefined,
		'study',
		{ PatientName: 'SMITH*', StudyDate: '2024', ModalitiesInStudy: 'CT' },
	]);
	t.strictSame(keys('smith john'), [undefined, 'study', { PatientName: 'SMITH^JOHN*' }]);
	t.strictSame(keys('vna id=P1 -m MR'), ['vna', 'study', { PatientID: 'P1', ModalitiesInStudy: 'MR' }]);
	t.strictSame(keys('main all'), ['main', 'study', {}]);
	t.strictSame(keys('-L patient "van der meer"'), [undefined, 'patient', { PatientName: 'VAN DER MEER*' }]);
	t.strictSame(keys('name=ALL InstitutionName'), [undefined, 'study', { PatientName: 'ALL*', InstitutionName: '' }]);
	t.strictSame(keys('mod=CT mod=MR desc=chest sex=F -L series --keep-case van'), [
		undefined,
		'series',
		{ PatientName: 'van*', SeriesDescription: '*chest*', Modality: 'CT,MR', PatientSex: 'F' },
	]);
	t.equal(keys('date=2021-02-30'), '"2021-02-30" is not a date');
	t.match(keys(''), 'What to ask for?');
	t.match(keys('dat=2024'), 'unknown keyword "dat"');
});

t.test(
	'a row is a sentence, its number first; masked without the patient; nothing of a peer steers a terminal',
	async (t) => {
		const hostile = study(2, { name: 'EVIL\x1b[2J\r\nX', desc: 'a\x9bb' });
		const done = new Reducing()
			.ask()
			.rows([study(1, { desc: 'CHEST' }), hostile])
			.end();
		t.equal(rowSentence(done.state, done.level, 0), '1. SMITH^0001, ID P1, 2024-01-01, CT, CHEST, 1 instance.');
		t.match(rowSentence(done.state, done.level, 1), /^2\. EVIL·\[2J··X, .*, a·b, 2 instances\.$/);
		const state = { ...done.state, look: { ...done.state.look, masked: true } };
		t.match(rowSentence(state, done.level, 0), /^1\. PATIENT\^\w+, ID ID-\w+, 2024/);
		t.equal(rowSentence(done.state, done.level, 2), '');
		const lines = done.level.rows.slice(0, 1).flatMap((row) => attributeSentences(row, done.level, false));
		t.ok(lines.includes('StudyDate: 20240101 = 2024-01-01'));
	},
);

t.test('the attributes of a sequence say where they are, private ones are called by their tag', async (t) => {
	const item = dataset({ '00080060': ['CS', 'CT'] });
	const row = {
		uid: '1',
		node: 'main',
		doubtful: false,
		dataset: { '00400100': { vr: 'SQ', Value: [item] }, ...dataset({ '00091010': ['LO', 'x'] }) } as never,
	};
	const lines = attributeSentences(row, new Reducing().level, false);
	t.strictSame(lines.slice(0, 3), [
		'private (0009,1010): x',
		'ScheduledProcedureStepSequence: 1 item',
		'ScheduledProcedureStepSequence item 1, Modality: CT',
	]);
	t.match(lines.at(-1), /^Asked for, and not in the answer: .*PatientName/);
});

t.test('a retrieve is a sentence: what arrived of what was expected, how fast, how it ended', async (t) => {
	const whole = (folder: string) => folder;
	const { state } = three();
	const [done, running, waiting] = state.queue.jobs.map((job) => jobSentence(state, job, whole));
	t.match(done, /^Retrieve 1, .*: complete, 240 of 240 arrived, .* in \/data\/dicom\.$/);
	t.match(running, /^Retrieve 2, .*: runs, 171 of 612 instances arrived, .* a second/);
	t.match(waiting, /^Retrieve 3, .*: waits for others, /);
	const ended = incomplete().state;
	const job = ended.queue.jobs[1];
	t.match(job === undefined ? '' : jobSentence(ended, job, whole), /: not complete, 610 of 612 arrived, 2 missing/);
	t.strictSame(explanationSentences(ended, { title: 'gone', cameBack: 'RST', means: ['a', 'b'], do: ['c', 'd'] }), [
		'Problem: gone.',
		'What came back: RST.',
		'What it means: a.',
		'What it means: b.',
		'What to do, 1: c.',
		'What to do, 2: d.',
	]);
});

/** A session whose world is played by the test. */
const begun = () => {
	let now = 1000;
	const { state } = new Reducing([nodeNamed('main'), nodeNamed('vna')]);
	const store = new Store(state, () => now);
	const effects: Effect[] = [];
	store.connect((effect) => effects.push(effect));
	let text = '';
	const session = new LineSession({
		store,
		now: () => now,
		write: (piece) => {
			text += piece;
		},
		whole: (folder) => `/home/${folder}`,
	});
	const said = () => {
		const all = text;
		text = '';
		return all;
	};
	return {
		session,
		effects,
		said,
		type: (line: string) => {
			session.typed(line);
			return said();
		},
		later: (ms: number) => {
			now += ms;
			session.dispatch({ type: 'tick', at: now });
			return said();
		},
		hear: (action: Omit<Action, 'at'>) => session.dispatch({ ...action, at: now } as Action),
		rows: (rows: readonly ReturnType<typeof study>[]) =>
			session.dispatch({
				type: 'rows',
				at: now,
				queryId: store.state.browse.lastQueryId,
				node: 'main',
				rows: rows.map((row) => ({ dataset: row, doubtful: false })),
			}),
		end: (end: 'complete' | 'failed' | 'stopped', more: object = {}) =>
			session.dispatch({
				type: 'query-ended',
				at: now,
				queryId: store.state.browse.lastQueryId,
				node: 'main',
				end,
				warnings: [],
				...more,
			}),
	};
};

t.test('a session: asked, told in pages, opened, got', async (t) => {
	const talk = begun();
	t.equal(talk.type('f smith*'), 'Asking main for studies, PatientName SMITH*.\n', 'no prompt before the answer');
	t.strictSame(talk.effects.at(0)?.do, 'query');
	t.equal(talk.later(9_000), '');
	t.match(talk.later(1_000), /^Still waiting for the first match, 10 s.*; stop stops it\.\n$/);
	talk.rows(studies(1, 25));
	talk.end('complete');
	const page = talk.said();
	t.match(page, /^25 studies in 10 s, complete.*\n1\. SMITH\^0001, .*\n/);
	t.match(page, /\n20\. .*\nStudies 1 to 20 of 25\. Enter tells more, .*\nstudies> $/);
	t.match(talk.type(''), /^21\. .*\nStudies 21 to 25 of 25\. A number/s);
	t.equal(talk.type(''), 'No more: there are 25 studies. b tells those before.\nstudies> ');
	t.match(talk.type('b'), /^1\. /);
	t.match(talk.type('3'), 'Asking main for the series of SMITH^0003 2024-01-01.');
	talk.rows([series(2), series(1)]);
	talk.end('complete');
	t.match(talk.said(), /\n1\. series 1, CT, AXIAL\.\n2\. series 2/);
	t.match(talk.type('u'), /^25 studies\.\nYou were at 3\. SMITH\^0003.*\nEnter tells the first, .*\nstudies> $/);
	t.match(talk.type('g 1,3-4'), /^Get 3 studies, 8 instances, from main by C-GET into \/home\/\. Type y or n: $/);
	t.match(talk.type('what'), '"what" is no answer to this.');
	t.equal(talk.type('n'), 'Nothing is retrieved.\nstudies> ');
	t.equal(talk.session.state.browse.levels[0]?.marked.size, 0);
	talk.type('g 2');
	t.match(talk.type('y'), /^Retrieve 1, SMITH\^0002 2024-01-01 CT: runs, 0 of 2 instances arrived\.\nstudies> $/);
	t.equal(talk.effects.filter((effect) => effect.do === 'retrieve').length, 1);
	t.match(
		talk.later(10_000),
		/^\nRetrieve 1, .*: runs, no association yet, 10 s, .*\nstudies> $/,
		'on a line of its own',
	);
	talk.session.interrupted();
	t.match(talk.said(), /^\nRetrieve 1, .*: stopping, stop again aborts it/);
	t.match(talk.type('q'), /^1 job running\. Type c cancel and quit, k keep in the journal and quit, s stay: $/);
	t.match(talk.type('s'), 'studies> ');
});

t.test('a failed query is explained and the screen of it is closed; Ctrl+C at rest asks', async (t) => {
	const talk = begun();
	talk.type('f x');
	talk.end('failed', { explanation: { title: 'refused', cameBack: 'RST', means: ['m'], do: ['d'] } });
	t.match(talk.said(), /^The query failed after .*\nProblem: refused\.\nWhat came back: RST\.\n.*\n.*\nstudies> $/);
	t.strictSame(talk.session.state.overlays, []);
	t.match(talk.type('n'), /^1\. main, MAIN at 127\.0\.0\.1, port 11112, asked now\.\n2\. vna, .*\n.*\nstudies> $/);
	talk.type('n 2');
	t.strictSame(talk.session.state.current, ['vna']);
	talk.session.interrupted();
	t.equal(talk.said(), '\nQuit? Type q quit, s stay: ');
	t.match(talk.type(''), 'studies> ');
	talk.session.interrupted();
	talk.session.interrupted();
	t.ok(talk.session.state.quitting);
	t.equal(talk.effects.at(-1)?.do, 'quit');
});
