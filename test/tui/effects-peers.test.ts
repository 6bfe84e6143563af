/** Browse's effects against real archives, and against our own that misbehaves in each of its ways. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { textOf } from '../../src/dicom/dataset.ts';
import { TAG } from '../../src/dicom/tags.ts';
import type { QuerySpec } from '../../src/tui/browse/browse-state.ts';
import { writeInstances } from '../support/files.ts';
import { missing, startDcmqrscp, startOrthanc } from '../support/peers.ts';
import { startQrscp } from '../support/qrscp.ts';
import { dimse } from '../support/run.ts';
import { type Browsing, browsing, until } from './browsing.ts';

/** Studies, of two instances each. */
const COUNT = 20;
const files = mkdtempSync(join(tmpdir(), 'dimse-browsed-'));
t.teardown(() => rmSync(files, { recursive: true, force: true }));
writeInstances(files, 2 * COUNT);

const ask = (own: Browsing, queryId: number, query: Partial<QuerySpec> & Pick<QuerySpec, 'keys'>) => {
	own.run({ do: 'query', queryId, nodes: ['main'], query: { level: 'study', model: 'study', ...query } });
	return own.seen('query-ended', (action) => action.queryId === queryId, 30_000);
};
const rowsOf = ({ all }: Browsing, queryId: number) =>
	all('rows').flatMap((action) => (action.queryId === queryId ? action.rows : []));
const uids = (own: Browsing, queryId: number, tag: string) =>
	rowsOf(own, queryId).map(({ dataset }) => textOf(dataset, tag));

/** Down to the instances and their attributes, with a preview on the way. */
const drilled = async (t: Test, own: Browsing, expected: number): Promise<void> => {
	const end = await ask(own, 1, { keys: {} });
	t.match(end, { end: /complete|cut-off/ }, JSON.stringify(end.explanation ?? ''));
	const studies = uids(own, 1, TAG.StudyInstanceUID);
	t.equal(new Set(studies).size, expected, 'studies');
	const [study = ''] = studies;
	own.run({
		do: 'preview',
		node: 'main',
		uid: study,
		query: { level: 'series', model: 'study', keys: { StudyInstanceUID: study } },
	});
	await ask(own, 2, { level: 'series', keys: { StudyInstanceUID: study } });
	const [series = ''] = uids(own, 2, TAG.SeriesInstanceUID);
	t.not(series, '', 'series');
	await ask(own, 3, { level: 'instance', keys: { StudyInstanceUID: study, SeriesInstanceUID: series } });
	t.ok(uids(own, 3, TAG.SOPInstanceUID).length > 0, 'instances');
	t.match(await own.seen('preview', undefined, 30_000), { uid: study, state: 'here', rows: Array });
	t.notOk(own.all('query-ended').some(({ end: how }) => how === 'failed'));
	t.equal(own.all('connection').filter(({ connection: { state } }) => state === 'open').length, 6, 'one association');
};

t.test('Orthanc', { skip: missing('Orthanc') }, async (t) => {
	const peer = await startOrthanc();
	t.teardown(() => peer.stop());
	await dimse(['store', `ORTHANC@127.0.0.1:${peer.port}`, files]);
	const own = browsing(t, { main: { port: peer.port, aeTitle: 'ORTHANC' } });
	await drilled(t, own, COUNT);
	t.match(own.all('learned')[0], { learned: { canFind: true, canGet: true, canMove: true }, words: /^it is / });
	own.run({ do: 'echo', node: 'main' });
	t.match(await own.seen('echoed', ({ echo }) => echo !== 'asking'), { echo: 'ok' });
	t.match(await ask(own, 4, { level: 'patient', model: 'patient', keys: { PatientName: '*' } }), {
		end: /complete|cut-off/,
	});
	t.ok(rowsOf(own, 4).length > 0, 'patient root');
	t.match(await ask(own, 5, { keys: { PatientName: 'NOBODY^AT ALL' } }), { end: 'complete' });
	own.run({
		do: 'why',
		node: 'main',
		query: { level: 'study', model: 'study', keys: { PatientName: 'NOBODY^AT ALL' } },
	});
	t.match(await own.seen('said', (action) => action.explanation !== undefined), { text: /PatientName/ });
});

t.test('dcmqrscp', { skip: missing('dcmqrscp') }, async (t) => {
	const peer = await startDcmqrscp();
	t.teardown(() => peer.stop());
	await dimse(['store', `ARCHIVE@127.0.0.1:${peer.port}`, files]);
	const own = browsing(t, { main: { port: peer.port } });
	await drilled(t, own, COUNT);
	t.match(await ask(own, 6, { keys: { ModalitiesInStudy: 'CT,MR' } }), { end: /complete|cut-off/ });
	own.run({ do: 'capabilities', node: 'main' });
	t.match((await own.seen('capabilities', undefined, 30_000)).lines.join('\n'), /storage/);
	await own.close();
	t.notMatch(peer.log(), /abort/i, 'it ends with releases');
});

t.test('a peer that is gone in the middle of everything', async (t) => {
	const archive = await startQrscp({ aeTitle: 'ARCHIVE', args: ['--import', files, '--simulate', 'slow:20ms/row'] });
	t.teardown(() => archive.stop());
	const own = browsing(t, { main: { port: archive.port } });
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: { level: 'study', model: 'study', keys: {} } });
	await until(() => rowsOf(own, 1).length >= 3, 'rows');
	archive.signal('SIGKILL');
	const end = await own.seen('query-ended');
	t.equal(end.end, 'failed');
	t.match(end.explanation?.title, /main/);
	t.equal((await ask(own, 2, { keys: {} })).end, 'failed');
	t.match(own.all('connection').at(-1), { connection: { state: 'failed', text: String } });
});

const simulated = async (t: Test, ...faults: readonly string[]): Promise<Browsing> => {
	const args = faults.flatMap((fault) => ['--simulate', fault]);
	const archive = await startQrscp({ aeTitle: 'ARCHIVE', args: ['--import', files, ...args] });
	t.teardown(() => archive.stop());
	return browsing(t, { main: { port: archive.port } });
};

t.test('our own archive, as it should be', async (t) => drilled(t, await simulated(t), COUNT));

t.test('slow rows: seen as they come, cancelled half-way', async (t) => {
	const own = await simulated(t, 'slow:20ms/row');
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: { level: 'study', model: 'study', keys: {} } });
	await until(() => rowsOf(own, 1).length >= 5, 'five rows');
	own.run({ do: 'stop-query', queryId: 1, isAbort: false });
	const { end } = await own.seen('query-ended');
	t.equal(end, 'stopped');
	t.ok(rowsOf(own, 1).length < COUNT);
});

t.test('a cancel that is ignored, then an abort', async (t) => {
	const own = await simulated(t, 'slow:50ms/row', 'ignore-cancel');
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: { level: 'study', model: 'study', keys: {} } });
	await until(() => rowsOf(own, 1).length >= 2, 'rows');
	own.run({ do: 'stop-query', queryId: 1, isAbort: false });
	const kept = rowsOf(own, 1).length;
	own.run({ do: 'query', queryId: 2, nodes: ['main'], query: { level: 'study', model: 'study', keys: {} } });
	await until(() => rowsOf(own, 2).length >= 2, 'the next query is not kept waiting');
	t.equal(rowsOf(own, 1).length, kept, 'what comes after the cancel is not shown');
	for (const queryId of [1, 2]) own.run({ do: 'stop-query', queryId, isAbort: true });
	for (const queryId of [1, 2])
		t.equal((await own.seen('query-ended', (action) => action.queryId === queryId)).end, 'stopped');
});

t.test('it ends an idle association: that is no error', async (t) => {
	const own = await simulated(t, 'idle-abort:100ms');
	await ask(own, 1, { keys: {} });
	await own.seen('connection', ({ connection }) => connection.state === 'none');
	t.match(await ask(own, 2, { keys: {} }), { end: /complete|cut-off/ });
	t.notOk(own.all('said').some(({ kind }) => kind === 'bad'));
});

for (const [fault, end, rows] of [
	['abort-after:find:5', 'failed', 5],
	// What was on its way is lost with the connection.
	['drop-after:find:5', 'failed', undefined],
	['status:find:C001:no disk', 'failed', 0],
	['limit-refuse:10', 'failed', 0],
	['limit:7', 'complete', 7],
	['dup-rows', 'complete', COUNT],
	['escape-names', 'complete', COUNT],
	['no-charset', 'complete', COUNT],
	['missing-keys', 'complete', COUNT],
	['max-contexts:1', 'complete', COUNT],
	['reject:1/1/7', 'failed', 0],
	['abort-after:rq', 'failed', 0],
	['drop-after:rq', 'failed', 0],
	['pdu:128', 'complete', COUNT],
] as const)
	t.test(fault, async (t) => {
		const own = await simulated(t, fault);
		const ended = await ask(own, 1, { keys: { PatientName: '*' } });
		t.equal(ended.end, end);
		if (rows !== undefined) t.equal(rowsOf(own, 1).length, rows);
		if (end === 'failed') t.ok((ended.explanation?.do.length ?? 0) > 0, 'with what to do');
		if (fault === 'dup-rows') t.match(ended.warnings.join(), /more than once/);
		own.run({ do: 'read-nodes' });
		await own.seen('nodes-read');
	});
