/** What a query of the form is as a command, what is said beside its keys, and what is said of how it went. */
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { queryOfSpec } from '../../src/commands/browse/query.ts';
import { sentKeys as identifierKeys } from '../../src/commands/find/words.ts';
import type { QuerySpec } from '../../src/tui/browse/browse-state.ts';
import { completenessText, countsText, progressText } from '../../src/tui/browse/progress-words.ts';
import { findWords, sameAs, sentKeys } from '../../src/tui/browse/query-command.ts';
import { emptyHints, hintOf, nodeHint } from '../../src/tui/browse/query-words.ts';
import { plainText } from '../../src/tui/frame.ts';
import { endSentences } from '../../src/tui/lines/query-sentences.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { surroundings } from '../support/environment.ts';
import { nodeNamed, Reducing, studies } from '../support/reducing.ts';
import { sampleState } from '../support/sample-state.ts';

const TODAY = new Date(2026, 10, 21, 12);
const asks = (keys: Readonly<Record<string, string>>, more: Partial<QuerySpec> = {}): QuerySpec => ({
	level: 'study',
	model: 'study',
	keys,
	...more,
});

const SAME: readonly (readonly [query: QuerySpec, line: string])[] = [
	[asks({}), 'dimse find main'],
	[
		asks({ PatientName: 'SMITH*', StudyDate: '2024-01-01..2024-12-31', ModalitiesInStudy: 'CT' }),
		"dimse find main --name 'SMITH*' --date 2024-01-01..2024-12-31 -m CT",
	],
	[asks({ PatientName: 'SMITH' }), 'dimse find main PatientName=SMITH'],
	[asks({ PatientName: 'smith*' }), "dimse find main 'PatientName=smith*'"],
	[asks({ PatientName: "O'NEIL*" }), "dimse find main --name 'O'\\''NEIL*'"],
	[asks({ StudyDate: '31.12.2024' }), 'dimse find main --date 2024-12-31'],
	[asks({ StudyDate: '-7d' }), 'dimse find main --date=-7d'],
	[asks({ ModalitiesInStudy: 'ct, mr' }), 'dimse find main -m CT,MR'],
	[asks({ PatientID: '-5' }), 'dimse find main --id=-5'],
	[asks({ StudyDescription: '*HEAD*' }), "dimse find main --desc '*HEAD*'"],
	[asks({ StudyDescription: 'HEAD' }), 'dimse find main StudyDescription=HEAD'],
	[asks({ StudyInstanceUID: '1.2.3 1.2.4' }), 'dimse find main --study-uid 1.2.3,1.2.4'],
	[asks({ StudyInstanceUID: '1.2*' }), "dimse find main 'StudyInstanceUID=1.2*'"],
	[asks({ StationName: '' }), 'dimse find main StationName'],
	[asks({ Modality: 'CT' }, { level: 'series' }), 'dimse find main -L series -m CT'],
	[asks({ PatientID: 'P1' }, { level: 'patient', model: 'patient' }), 'dimse find main -L patient --id P1'],
	[asks({ PatientID: 'P1' }, { model: 'patient' }), 'dimse find main -M patient --id P1'],
];

const MAIN = sampleState();

for (const [query, line] of SAME) t.equal(sameAs(MAIN, query), line);

t.test('several nodes are a loop', async (t) => {
	t.equal(
		sameAs({ ...MAIN, current: ['main', 'vna'] }, asks({ PatientID: '1' })),
		'for node in main vna; do dimse find "$node" --id 1; done',
	);
});

t.test('options that browse was given are in the line, and what a node alone needs', async (t) => {
	const given = { connection: ['-aet WS01', "--charset 'ISO_IR 100'"], receiving: ['--flat'], accept: [] };
	const nodes = MAIN.nodes.map((node) => (node.name === 'vna' ? { ...node, words: ['--tls'] } : node));
	const line = (...current: readonly string[]) => sameAs({ current, given, nodes }, asks({ PatientID: '1' }));
	t.equal(line('main'), "dimse find main --id 1 -aet WS01 --charset 'ISO_IR 100'");
	t.equal(line('vna'), "dimse find vna --id 1 -aet WS01 --charset 'ISO_IR 100' --tls");
	t.notMatch(line('vna', 'main'), '--tls');
});

/** What a shell makes of a line. */
const words = (line: string): readonly string[] =>
	execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })
		.slice(0, -1)
		.split('\n');

const VALUES: readonly string[] = [
	'SMITH*',
	'smith',
	'SMITH^JOHN?',
	'SMITH, JOHN*',
	'SMITH ^J*',
	'=SMITH*',
	"O'NEIL; rm -rf /",
	'$(id) `id` "x"',
	'Müller*',
	'*',
	'-1',
	'--name',
	'@file',
	'a=b',
	'1.2.840',
	'20240101-20240131',
	'2024-02',
	'today',
	'..2024',
	'CT\\MR',
	'ct,mr',
	'C*',
];
const KEYWORDS = [
	'PatientName',
	'PatientID',
	'AccessionNumber',
	'StudyDate',
	'StudyTime',
	'PatientBirthDate',
	'ModalitiesInStudy',
	'Modality',
	'StudyDescription',
	'SeriesDescription',
	'ReferringPhysicianName',
	'StudyInstanceUID',
	'SeriesInstanceUID',
] as const;

t.test('the line, through a shell, asks for what the form says it sends', async (t) => {
	const { env } = surroundings();
	const peer = {
		label: 'main',
		node: 'main',
		host: '127.0.0.1',
		port: 104,
		calledAeTitle: 'X',
		callingAeTitle: 'Y',
		notes: [],
	};
	for (const keyword of KEYWORDS)
		for (const value of VALUES)
			for (const level of ['study', 'series'] as const) {
				const query = asks({ [keyword]: value }, { level });
				t.strictSame(words(sameAs(MAIN, query)), ['dimse', 'find', 'main', ...findWords(query)], value);
				const { identifiers } = await queryOfSpec(query, peer, env);
				const sent = identifiers.map((identifier) => identifierKeys(identifier)[keyword]);
				const [[, said = ''] = []] = sentKeys(query, env.today());
				const expected = /^Modal/.test(keyword) && sent.length > 1 ? said.split(' | ') : [said];
				if (!/^Modal/.test(keyword) || level === (keyword === 'Modality' ? 'series' : 'study'))
					t.strictSame(sent, expected, `${level} ${keyword} ${value}`);
			}
});

t.test('an empty query is one as well', async (t) => {
	const { env } = surroundings();
	const peer = {
		label: 'main',
		node: 'main',
		host: '127.0.0.1',
		port: 104,
		calledAeTitle: 'X',
		callingAeTitle: 'Y',
		notes: [],
	};
	const { identifiers, level } = await queryOfSpec(asks({}), peer, env);
	t.equal(identifiers.length, 1);
	t.equal(level, 'study');
});

const HINTS: readonly (readonly [keyword: string, value: string, hint: RegExp])[] = [
	['PatientName', '', /^PN {2}\* \? wildcards$/],
	['PatientName', 'SMITH', /exact name only; add \*/],
	['PatientName', 'SMITH*', /^PN {2}wildcards$/],
	['PatientName', 'smith*', /as typed: many archives keep upper case/],
	['PatientID', '', /^LO {2}exact, \* \? wildcards$/],
	['AccessionNumber', '', /^SH {2}exact, \* \? wildcards$/],
	['AccessionNumber', 'A2345678901234567', /longer than 16/],
	['StudyDate', '', /^DA {2}range: a\.\.b {2}a\.\. {2}\.\.b$/],
	['StudyDate', '2024-01', /sent as 20240101-20240131/],
	['StudyDate', '31.12.2024', /2024-12-31, sent as 20241231/],
	['StudyDate', '2020..', /some archives refuse > 1 year/],
	['StudyDate', 'soon', /"soon" is not a date/],
	['ModalitiesInStudy', '', /optional key: may be ignored/],
	['ModalitiesInStudy', 'CT,MR', /two queries, merged/],
	['ModalitiesInStudy', 'ct', /sent as CT/],
	['StudyInstanceUID', '', /^UI {2}exact or list, no \* \?$/],
	['StudyInstanceUID', '1.2*', /no wildcards in UIDs: this would match nothing/],
	['StudyInstanceUID', '1.2,1.3', /list of 2/],
	['StudyInstanceUID', '1.2.x', /not a UID/],
	['StudyDescription', 'HEAD', /\*HEAD\* finds it within/],
	['StudyTime', '08..12', /sent as 08-12/],
	['NoSuchKeyword', 'x', /unknown keyword/],
];

for (const [keyword, value, hint] of HINTS)
	t.match(hintOf(keyword, value, 'study', TODAY), hint, `${keyword}=${value}`);

t.test('what is known of the node is told for the keys that are asked', async (t) => {
	const node = nodeNamed('main', {
		matchLimit: 500,
		learned: ['names: case-sensitive', 'ModalitiesInStudy is ignored'],
	});
	t.equal(nodeHint(asks({ PatientName: 'X*' }), node), 'names: case-sensitive');
	t.equal(nodeHint(asks({ ModalitiesInStudy: 'CT' }), node), 'ModalitiesInStudy is ignored');
	t.equal(nodeHint(asks({ PatientID: '1' }), node), 'this peer answers with 500 matches at most');
	t.equal(nodeHint(asks({ PatientID: '1' }), undefined), '');
});

t.test('three things to try at most where nothing matched', async (t) => {
	const node = nodeNamed('main', { learned: ['names: case-sensitive'] });
	t.strictSame(emptyHints(asks({ PatientName: 'smith', StudyDate: '2020..2024' }), node, TODAY), [
		'the name is matched exactly: try smith*',
		'main is case-sensitive: try SMITH',
		'w finds out which key excludes everything',
	]);
	t.strictSame(emptyHints(asks({ StudyInstanceUID: '1.*' }), node, TODAY), [
		'UIDs match no wildcards: StudyInstanceUID',
		'w asks without the key',
	]);
	t.match(emptyHints(asks({}), node, TODAY), [/shows this AE title nothing/]);
	t.match(emptyHints(asks({}, { level: 'series' }), node, TODAY), [/without Study Instance UID/]);
	for (const [query] of SAME) t.ok(emptyHints(query, undefined, TODAY).length <= 3);
});

t.test('the states of a query, in words', async (t) => {
	const browsing = new Reducing([nodeNamed('main')]).ask();
	const said = () => progressText(browsing.level, browsing.state.nodes, browsing.state.now);
	browsing.after(1000).act({
		type: 'connection',
		node: 'main',
		connection: { state: 'connecting', since: 0, waitingFor: 'association answer' },
	});
	t.equal(said(), 'connecting to main');
	browsing.after(1500);
	t.equal(said(), 'connecting to main, 2 s: waiting for the answer to the association request');
	browsing.act({ type: 'connection', node: 'main', connection: { state: 'open', ms: 3, busy: true } }).after(2000);
	t.equal(said(), 'waiting for the first match, 4 s');
	browsing.after(6000);
	t.equal(said(), 'waiting for the first match, 10 s; some archives prepare the whole answer first');
	browsing.rows(studies(1, 82)).after(2000);
	t.equal(said(), 'receiving 13 s, 41 rows/s');
	t.equal(completenessText(browsing.level, browsing.state.nodes), '', 'nobody knows yet');
	browsing.press('Esc');
	t.equal(said(), 'stopping…');
	browsing.after(6000);
	t.equal(said(), 'main ignores the cancel, Ctrl+C aborts the association');
	browsing.end('stopped');
	t.equal(completenessText(browsing.level, browsing.state.nodes), 'stopped by you');
	t.match(said(), /^done in 19 s$/);
});

t.test('how complete an answer is, in words', async (t) => {
	const done = (rows: number, end: 'complete' | 'cut-off' | 'failed', matchLimit?: number): string => {
		const node = nodeNamed('main', matchLimit === undefined ? {} : { matchLimit });
		const browsing = new Reducing([node]).ask().rows(studies(1, rows)).end(end);
		return completenessText(browsing.level, browsing.state.nodes);
	};
	t.equal(done(10, 'complete'), 'complete (below limits seen)');
	t.equal(done(10, 'complete', 500), 'complete (below the limit of 500 seen on this node)');
	t.equal(done(500, 'cut-off'), '500 rows: a round number, possibly cut off: m gets the rest');
	t.equal(done(500, 'cut-off', 500), '500 rows: the limit of this archive: m gets the rest');
	t.equal(done(37, 'cut-off'), '37 rows: cut off by the archive: m gets the rest');
	t.equal(done(0, 'complete'), 'no match');
	t.equal(done(3, 'failed'), 'failed after 3 rows (x explain)');
});

t.test('of several nodes each is judged by its own rows, and a failure is told first', async (t) => {
	const nodes = [nodeNamed('main'), nodeNamed('vna', { matchLimit: 120 }), nodeNamed('old')];
	const asked = () =>
		new Reducing(nodes).ask(
			{},
			nodes.map(({ name }) => name),
		);
	const told = ({ level, state }: Reducing) => completenessText(level, state.nodes);
	const two = asked().rows(studies(1, 300), 'main').end('cut-off', 'main').rows(studies(1, 120), 'vna');
	t.equal(
		told(two.end('cut-off', 'vna').end('complete', 'old')),
		'420 rows: cut off (main at 300, vna at its limit of 120)',
	);
	const round = asked().rows(studies(1, 267), 'main').end('complete', 'main').rows(studies(1, 33), 'vna');
	t.equal(told(round.end('cut-off', 'vna').end('complete', 'old')), '300 rows: cut off (vna at 33)', '300 of nobody');
	const alike = asked().rows(studies(1, 300), 'main').rows(studies(1, 300), 'old').end('complete', 'vna');
	t.equal(told(alike.end('cut-off', 'main').end('cut-off', 'old')), '600 rows: possibly cut off (main, old at 300)');
	const failed = asked()
		.rows(studies(1, 300), 'main')
		.end('cut-off', 'main')
		.end('complete', 'vna')
		.end('failed', 'old');
	t.equal(told(failed), 'failed after 300 rows (x explain); possibly cut off (main at 300)');
	t.strictSame(endSentences(failed.state, failed.level, new Date(0)), [
		'The query failed after 300 studies, which stay.',
		'possibly cut off (main at 300).',
	]);
	failed.press('r').rows(studies(1, 5), 'main').end('complete', 'main').end('complete', 'vna');
	t.equal(told(failed.end('complete', 'old')), 'complete (below limits seen)', 'asked again nothing is left of it');
});

t.test('one row that a filter hides', async (t) => {
	const one = new Reducing().ask().rows(studies(1, 1)).end().press('/').type('HONG');
	t.match(plainText(frameOf(one.state)), 'The one row does not match the filter HONG');
	one.press('Esc', 'r').rows(studies(1, 2)).end().press('/').type('HONG');
	t.match(plainText(frameOf(one.state)), 'None of 2 rows matches the filter HONG');
});

t.test('counts', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 10)).press('Space', 'Space');
	t.equal(countsText(browsing.level, 304), '10 rows, 2 marked, 304 instances marked');
	browsing.press('/').type('0003');
	t.equal(countsText(browsing.level, undefined), '1 of 10 rows, 2 marked');
});
