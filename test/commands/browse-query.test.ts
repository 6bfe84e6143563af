/** What browse asks is what the command line asks that its form shows. */
import t from 'tap';
import { parse } from '../../src/cli/parse.ts';
import { takePeer } from '../../src/cli/peer.ts';
import { queryOfSpec } from '../../src/commands/browse/query.ts';
import { type QueryOptions, queryOf } from '../../src/commands/find/query-identifier.ts';
import { sentKeys } from '../../src/commands/find/words.ts';
import find from '../../src/commands/find.ts';
import type { QuerySpec } from '../../src/tui/browse/browse-state.ts';
import { sameAs } from '../../src/tui/browse/query-command.ts';
import { NO_OPTIONS } from '../../src/tui/given.ts';
import { queryOfWordList } from '../../src/tui/overlays/palette-query.ts';
import { surroundings } from '../support/environment.ts';

const { env } = surroundings();
const OPTIONS = parse(find, [], {}).options as unknown as Parameters<typeof takePeer>[1];
const peer = async () =>
	(await takePeer(['PACS@127.0.0.1:104'], OPTIONS, { path: '', nodes: new Map() }, 'DIMSE')).peer;

const query = (keys: Readonly<Record<string, string>>, more: Partial<QuerySpec> = {}): QuerySpec => ({
	level: 'study',
	model: 'study',
	keys,
	...more,
});

t.test('keys as typed, dates and modalities as find reads them', async (t) => {
	const keys = { PatientName: 'SMITH*', StudyDate: '2024-01-01..2024-12-31', ModalitiesInStudy: 'ct,mr', StudyID: '' };
	const { identifiers, promised, level } = await queryOfSpec(query(keys), await peer(), env);
	t.equal(level, 'study');
	t.strictSame(
		identifiers.map((identifier) => sentKeys(identifier)['ModalitiesInStudy']),
		['CT', 'MR'],
		'one query each',
	);
	t.match(sentKeys(identifiers[0] ?? {}), { PatientName: 'SMITH*', StudyDate: '20240101-20241231' });
	const since = await queryOfSpec(query({ StudyDate: '2024..today' }), await peer(), env);
	t.match(sentKeys(since.identifiers[0] ?? {})['StudyDate'], /^20240101-\d{8}$/);
	t.ok(promised.size >= 3);
});

t.test('the line of the form asks the very same', async (t) => {
	for (const spec of [
		query({}),
		query({ PatientName: 'Smith' }),
		query({ PatientName: 'SMITH^J?HN*', PatientID: '007', AccessionNumber: 'A1' }),
		query({ StudyInstanceUID: '1.2.3, 1.2.4' }),
		query({ StudyDate: '2024..today', PatientBirthDate: 'today..2090' }),
		query({ StudyInstanceUID: '1.2.3', Modality: 'CT' }, { level: 'series' }),
		query({ StudyInstanceUID: '1.2.3', SeriesInstanceUID: '1.2.3.4' }, { level: 'instance' }),
		query({ PatientName: '*', IssuerOfPatientID: '' }, { level: 'patient', model: 'patient' }),
		query({ StudyDate: '-7d', StudyTime: '08:00..10:00', StudyDescription: '*CHEST*' }),
	]) {
		const [, , , ...words] = sameAs({ current: ['main'], given: NO_OPTIONS, nodes: [] }, spec).split(
			/ (?=(?:[^']*'[^']*')*[^']*$)/,
		);
		const bare = words.map((word) => word.replaceAll("'", ''));
		const { options, positionals } = parse(find, bare, {});
		const typed = await queryOf(options as unknown as QueryOptions, positionals, env);
		const own = await queryOfSpec(spec, await peer(), env);
		t.strictSame(own.identifiers, typed.identifiers, bare.join(' '));
		t.equal(own.model.sopClassUid, typed.model.sopClassUid);
	}
});

t.test('words of the palette and of line mode ask what they ask as words of find', async (t) => {
	for (const words of [
		['--name', 'willow, grace'],
		['--name', '=Willow', '--id', '007'],
		['-m', 'CR', '-m', 'MR', '--date', '2024..today'],
		['-mct,mr', '--time=08:00..10:00', '--birth', '1957'],
		['--study-uid', '1.2.3', '--study-uid', '1.2.4'],
		['-L', 'series', '--desc', 'chest', '-m', 'CT', '--study-uid', '1.2.3,1.2.4'],
		['-L', 'image', '--sop-uid=1.2', '--desc', 'chest', '--acc', 'A1'],
		['-L', 'patient', '--keep-case', '--name', 'Willow*', '-k', 'IssuerOfPatientID'],
		['-P', '--date', '-7d', '--name', 'x', 'PatientName=Y'],
		['QueryRetrieveLevel=SERIES', '-L', 'study', '-m', 'CT'],
	]) {
		const typed = queryOfWordList(words, { nodes: [], current: [], epochMs: env.today().getTime(), now: 0 });
		if (typeof typed === 'string') return t.fail(typed);
		const { options, positionals } = parse(find, words, {});
		const asked = await queryOf(options as unknown as QueryOptions, positionals, env);
		const own = await queryOfSpec(typed.query, await peer(), env);
		t.strictSame(own.identifiers, asked.identifiers, words.join(' '));
		t.equal(own.model.sopClassUid, asked.model.sopClassUid);
	}
	return undefined;
});

t.test('what cannot be is said', async (t) => {
	await t.rejects(async () => queryOfSpec(query({ NoSuchKeyword: '1' }), await peer(), env), /NoSuchKeyword/);
});
