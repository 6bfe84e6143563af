/** Queries as effects: rows as they come, the association kept for the next one, cancel, abort, peers that lie, leave or never answer. */
import t from 'tap';
import { listen } from '../../src/association/acceptor.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { textOf } from '../../src/dicom/dataset.ts';
import { TAG } from '../../src/dicom/tags.ts';
import type { CFindRq } from '../../src/dimse/messages.ts';
import { answerFind } from '../../src/services/query-scp.ts';
import type { Action } from '../../src/tui/actions.ts';
import type { QuerySpec } from '../../src/tui/browse/browse-state.ts';
import { NodeLine } from '../../src/tui/effects/line.ts';
import { NodeQuery } from '../../src/tui/effects/query.ts';
import { findPeer, tcpPeer, wirePeer } from '../support/odd-peers.ts';
import { SERVER } from '../support/tls.ts';
import { type Browsing, browsing, until } from './browsing.ts';

const studies = (keys: Readonly<Record<string, string>> = {}): QuerySpec => ({ level: 'study', model: 'study', keys });

const study = (number: number, more: Readonly<Record<string, string>> = {}) => ({
	[TAG.QueryRetrieveLevel]: { vr: 'CS' as const, Value: ['STUDY'] },
	[TAG.PatientName]: { vr: 'PN' as const, Value: [{ Alphabetic: more['name'] ?? `SMITH^${number}` }] },
	[TAG.StudyInstanceUID]: { vr: 'UI' as const, Value: [`1.2.3.${number}`] },
	[TAG.StudyDate]: { vr: 'DA' as const, Value: [more['date'] ?? '20240101'] },
	[TAG.ModalitiesInStudy]: { vr: 'CS' as const, Value: [more['modality'] ?? 'CT'] },
});

/** An archive of so many studies; `between` is waited for after so many. */
const archive = (count: number, between?: { readonly after: number; wait(): Promise<void> }) =>
	findPeer(async function* (_, { signal }) {
		for (let number = 0; number < count && !signal.aborted; number++) {
			if (number === between?.after) await between.wait();
			yield { match: study(number) };
		}
	});

const rowsOf = ({ all }: Browsing, queryId: number) =>
	all('rows').flatMap((action) => (action.queryId === queryId ? action.rows : []));
const ended = ({ seen }: Browsing, queryId: number, node = 'main') =>
	seen('query-ended', (action) => action.queryId === queryId && action.node === node);

t.test('rows come in batches, then the end; the association waits for the next query', async (t) => {
	const peer = await archive(300);
	t.teardown(() => peer.stop());
	const own = browsing(t, { main: { port: peer.port } });
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: studies({ PatientName: 'SMITH*' }) });
	const end = await ended(own, 1);
	t.equal(end.end, 'cut-off', 'a round number of matches is suspect');
	t.equal(rowsOf(own, 1).length, 300);
	t.ok(own.all('rows').length < 60, 'many rows a batch');
	t.equal(textOf(rowsOf(own, 1)[7]?.dataset ?? {}, TAG.StudyInstanceUID), '1.2.3.7');
	const connections = () => own.all('connection').map(({ connection }) => connection.state);
	t.strictSame(connections(), ['connecting', 'connecting', 'open', 'open'], 'TCP, the answer, at work, idle');
	t.match(own.all('learned')[0]?.learned, { canFind: true });

	own.run({ do: 'query', queryId: 2, nodes: ['main'], query: studies({ PatientName: 'SMITH*' }) });
	await ended(own, 2);
	const associations = new Set(own.all('traced').flatMap(({ events }) => events.map(({ event }) => event.association)));
	await until(() => own.all('traced').length > 0, 'the trace is told');
	t.ok(associations.size <= 1, 'one association for both');
	t.equal(connections().filter((state) => state === 'connecting').length, 2, 'not opened anew');
});

t.test('an idle association ends with a release, also when the program ends', async (t) => {
	const peer = await archive(3);
	t.teardown(() => peer.stop());
	const own = browsing(t, { main: { port: peer.port } });
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: studies() });
	await ended(own, 1);
	t.strictSame(peer.failures, []);
	await own.close();
	t.strictSame(peer.failures, [], 'it ends with a release');
});

t.test('a node that is changed is another peer: no association of the one before is used again', async (t) => {
	const asked: string[] = [];
	const called = (name: string) =>
		findPeer(async function* () {
			asked.push(name);
			yield { match: study(1) };
		});
	const before = await called('before');
	const after = await called('after');
	t.teardown(() => Promise.all([before.stop(), after.stop()]));
	const own = browsing(t, { main: { port: before.port } });
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: studies() });
	await ended(own, 1);
	own.run({ do: 'save-node', name: 'main', fields: { port: String(after.port) }, isNew: false });
	await own.seen('nodes-read');
	t.equal(own.all('connection').at(-1)?.connection.state, 'none');
	own.run({ do: 'query', queryId: 2, nodes: ['main'], query: studies() });
	t.equal((await ended(own, 2)).end, 'complete');
	t.strictSame(asked, ['before', 'after']);
	t.strictSame(before.failures, [], 'the one before is left with a release');
	t.match(own.all('connection').at(-1)?.connection, { state: 'open', busy: false });
});

t.test('a query that runs while its node is changed ends on its own, and tells nothing of the other one', async (t) => {
	const { promise: all, resolve } = Promise.withResolvers<void>();
	const peer = await archive(3, { after: 1, wait: () => all });
	t.teardown(() => peer.stop());
	const own = browsing(t, { main: { port: peer.port } });
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: studies() });
	await until(() => rowsOf(own, 1).length === 1, 'a row');
	own.run({ do: 'save-node', name: 'main', fields: { port: '4242' }, isNew: false });
	await own.seen('nodes-read');
	resolve();
	t.equal((await ended(own, 1)).end, 'complete');
	t.equal(rowsOf(own, 1).length, 3);
	t.equal(own.all('connection').at(-1)?.connection.state, 'none');
	await until(() => own.all('traced').length > 0, 'the trace is told');
	t.strictSame(peer.failures, [], 'and is not kept');
});

t.test('a peer that left the idle association is called again, and nobody is told', async (t) => {
	const peer = await archive(3);
	const own = browsing(t, { main: { port: peer.port } });
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: studies() });
	await ended(own, 1);
	await peer.stop();
	await own.seen('connection', ({ connection }) => connection.state === 'none');
	t.notOk(
		own.all('said').some(({ kind }) => kind === 'bad'),
		'that is no error',
	);
	own.run({ do: 'query', queryId: 2, nodes: ['main'], query: studies() });
	const end = await ended(own, 2);
	t.equal(end.end, 'failed');
	t.match(end.explanation?.title, /nothing listens|refused/i);
});

t.test('Esc: a C-CANCEL, what came is kept, and the association too', async (t) => {
	const { promise: cancelled, resolve } = Promise.withResolvers<void>();
	const peer = await findPeer(async function* (_, { signal }) {
		for (let number = 0; number < 20; number++) yield { match: study(number) };
		signal.addEventListener('abort', () => resolve(), { once: true });
		await cancelled;
		yield { match: study(1000) };
	});
	t.teardown(() => peer.stop());
	const own = browsing(t, { main: { port: peer.port } });
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: studies() });
	await until(() => rowsOf(own, 1).length === 20, 'twenty rows');
	own.run({ do: 'stop-query', queryId: 1, isAbort: false });
	const end = await ended(own, 1);
	t.equal(end.end, 'stopped');
	t.equal(rowsOf(own, 1).length, 20);
	t.match(own.all('connection').at(-1)?.connection, { state: 'open', busy: false });
	t.strictSame(peer.failures, []);
});

t.test('the second time: an A-ABORT, whatever the peer does', async (t) => {
	const peer = await archive(1_000_000, { after: 20, wait: () => new Promise(() => {}) });
	t.teardown(() => peer.stop());
	const own = browsing(t, { main: { port: peer.port } });
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: studies() });
	await until(() => rowsOf(own, 1).length === 20, 'twenty rows');
	own.run({ do: 'stop-query', queryId: 1, isAbort: false });
	own.run({ do: 'stop-query', queryId: 1, isAbort: true });
	t.equal((await ended(own, 1)).end, 'stopped');
	t.equal(own.all('connection').at(-1)?.connection.state, 'none');
});

t.test('Esc while connecting', async (t) => {
	const peer = await tcpPeer(() => {});
	t.teardown(() => peer.stop());
	const own = browsing(t, { main: { port: peer.port } });
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: studies() });
	await own.seen(
		'connection',
		({ connection }) => connection.state === 'connecting' && connection.waitingFor === 'association answer',
	);
	own.run({ do: 'stop-query', queryId: 1, isAbort: false });
	t.equal((await ended(own, 1)).end, 'stopped');
	t.equal(own.all('connection').at(-1)?.connection.state, 'none');
});

t.test('over TLS each step of the way is told; a certificate that nobody knows is explained', async (t) => {
	const listener = await listen({
		port: 0,
		address: '127.0.0.1',
		tls: { certificate: SERVER.certificate, key: SERVER.key, minimumVersion: 'TLSv1.2' },
		decide: () => ({
			supported: () => ['*'],
			serve: (request) =>
				answerFind(request as IncomingRequest<CFindRq>, async function* () {
					yield { match: study(1) };
				}),
		}),
	});
	t.teardown(() => listener.abort());
	const { port } = listener;
	const own = browsing(t, { main: { port, more: 'tls: yes\ntls_insecure: yes' }, strict: { port, more: 'tls: yes' } });
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: studies() });
	t.equal((await ended(own, 1)).end, 'complete');
	t.strictSame(
		own
			.all('connection')
			.map(({ connection }) => ('waitingFor' in connection ? connection.waitingFor : connection.state)),
		['TCP', 'TLS', 'association answer', 'open', 'open'],
	);
	own.run({ do: 'query', queryId: 2, nodes: ['strict'], query: studies() });
	const { end, explanation } = await ended(own, 2, 'strict');
	t.equal(end, 'failed');
	t.match(explanation?.title, /certificate/i);
});

t.test('several nodes at once, one of which is not there', async (t) => {
	const [one, other] = [await archive(3), await archive(4)];
	t.teardown(() => Promise.all([one.stop(), other.stop()]));
	const gone = await archive(1);
	await gone.stop();
	const own = browsing(t, { main: { port: one.port }, vna: { port: other.port }, old: { port: gone.port } });
	own.run({ do: 'query', queryId: 1, nodes: ['main', 'vna', 'old'], query: studies() });
	t.equal((await ended(own, 1, 'main')).end, 'complete');
	t.equal((await ended(own, 1, 'vna')).end, 'complete');
	t.equal((await ended(own, 1, 'old')).end, 'failed');
	t.equal(rowsOf(own, 1).length, 7);
});

t.test(
	'rows that contradict a key are doubtful, and it is said which key; what comes twice is there once',
	async (t) => {
		const peer = await findPeer(async function* () {
			yield { match: study(1) };
			yield { match: study(2, { modality: 'MR' }) };
			yield { match: study(1) };
		});
		t.teardown(() => peer.stop());
		const own = browsing(t, { main: { port: peer.port } });
		own.run({ do: 'query', queryId: 1, nodes: ['main'], query: studies({ ModalitiesInStudy: 'CT' }) });
		const { end, warnings } = await ended(own, 1);
		t.equal(end, 'complete');
		t.strictSame(
			rowsOf(own, 1).map(({ doubtful }) => doubtful),
			[false, true],
		);
		t.match(warnings, [/1 row does not match ModalitiesInStudy=CT: main ignores that key/, /more than once/]);
	},
);

t.test('a failure status, an FE00 that nobody asked for, a value that cannot be', async (t) => {
	const refusing = await findPeer(async function* () {
		yield { refusal: { status: 0xa700, errorComment: 'too many' } };
	});
	const cutting = await findPeer(async function* () {
		yield { match: study(1) };
		yield { refusal: { status: 0xfe00 } };
	});
	t.teardown(() => Promise.all([refusing.stop(), cutting.stop()]));
	const own = browsing(t, { main: { port: refusing.port }, vna: { port: cutting.port } });
	own.run({ do: 'query', queryId: 1, nodes: ['main', 'vna'], query: studies() });
	const failed = await ended(own, 1);
	t.equal(failed.end, 'failed');
	t.match(failed.explanation?.cameBack, /A700/i);
	const cut = await ended(own, 1, 'vna');
	t.equal(cut.end, 'cut-off');
	t.match(cut.warnings[0], /FE00/);
	own.run({ do: 'query', queryId: 2, nodes: ['main'], query: studies({ NoSuchKeyword: '1' }) });
	const wrong = await ended(own, 2);
	t.equal(wrong.end, 'failed');
	t.match(wrong.explanation?.title, /NoSuchKeyword/);
});

t.test('a peer that dies half-way: rows stay, the way is told', async (t) => {
	let pdus = 0;
	const peer = await wirePeer((socket) => {
		if (++pdus === 1) socket.destroy();
	});
	t.teardown(() => peer.stop());
	const own = browsing(t, { main: { port: peer.port } });
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: studies() });
	const end = await ended(own, 1);
	t.equal(end.end, 'failed');
	t.ok((end.explanation?.do.length ?? 0) > 0);
	t.equal(own.all('connection').at(-1)?.connection.state, 'none');
});

t.test('why nothing matches, and past a limit', async (t) => {
	const all = Array.from({ length: 30 }, (_, number) =>
		study(number, { date: `202401${String(number + 1).padStart(2, '0')}`, name: 'SMITH^JOHN' }),
	);
	const peer = await findPeer(async function* (identifier) {
		const [from = '', to = from] = textOf(identifier, TAG.StudyDate).split('-');
		const name = textOf(identifier, TAG.PatientName);
		let count = 0;
		for (const match of all) {
			const date = textOf(match, TAG.StudyDate);
			if (name !== '' && name !== 'SMITH*') continue;
			if (date < from || date > (to || '99999999')) continue;
			if (++count > 10) return;
			yield { match };
		}
	});
	t.teardown(() => peer.stop());
	const own = browsing(t, { main: { port: peer.port, more: 'match_limit: 10' } });
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: studies() });
	t.equal((await ended(own, 1)).end, 'cut-off', 'as many as the node gives');
	own.run({ do: 'past-limit', queryId: 2, node: 'main', query: studies() });
	const end = await ended(own, 2);
	t.equal(end.end, 'complete', end.warnings.join('; '));
	t.equal(rowsOf(own, 2).length, 30);
	t.match(own.all('said')[0]?.text, /query 1/);

	own.run({ do: 'why', node: 'main', query: studies({ PatientName: 'Jones', StudyDate: '2024' }) });
	const { text, explanation } = await own.seen('said', (action) => action.explanation !== undefined);
	t.match(text, /PatientName=Jones .*excludes everything/);
	t.match(explanation?.title, /no match/);
	own.run({
		do: 'count-queries',
		node: 'main',
		queries: [{ name: 'one day', ...studies({ StudyDate: '2024-01-05' }) }],
	});
	t.match(await own.seen('counted'), { name: 'one day', count: 1 });
});

t.test('after a while nobody needs it: the association is released', async (t) => {
	const peer = await archive(3);
	t.teardown(() => peer.stop());
	const { world } = browsing(t, { main: { port: peer.port } });
	const states: string[] = [];
	const watch = { connection: ({ state }: { state: string }) => void states.push(state), negotiated: () => {} };
	const line = new NodeLine(world, 'main', watch, 30);
	const asked = await world.asked('main', studies());
	const first = await line.take(asked, new AbortController().signal);
	line.give(first);
	const second = await line.take(asked, new AbortController().signal);
	t.equal(second.connected, first.connected, 'kept');
	line.give(second);
	await until(() => states.at(-1) === 'none', 'it is released');
	await first.connected.association.closed;
	t.strictSame(peer.failures, []);
	const third = await line.take(asked, new AbortController().signal);
	t.not(third.connected, first.connected, 'opened anew');
	line.give(third);
	await line.close();
});

t.test('more rows than memory is for: the query ends, also at a peer that ignores the cancel', async (t) => {
	for (const limits of [{ mostRows: 50 }, { mostBytes: 3_000 }]) {
		const isOver = Promise.withResolvers<void>();
		const peer = await findPeer(async function* () {
			for (let number = 0; number < 60; number++) yield { match: study(number) };
			await isOver.promise;
		});
		const { world } = browsing(t, { main: { port: peer.port } });
		const actions: Action[] = [];
		const line = new NodeLine(world, 'main');
		const parts = { world, line, dispatch: (action: Action) => void actions.push(action), endingMs: 50, ...limits };
		await new NodeQuery(1, 'main', studies(), false, parts).run();
		t.match(actions.at(-1), { type: 'query-ended', end: 'too-many' });
		const rows = actions.reduce((sum, action) => sum + (action.type === 'rows' ? action.rows.length : 0), 0);
		t.ok(rows >= 20 && rows <= 50, `${rows} rows`);
		isOver.resolve();
		await line.close();
		await peer.stop();
	}
});

t.test('after the end nothing is told, and it comes soon', async (t) => {
	const peer = await archive(1_000_000, { after: 5, wait: () => new Promise(() => {}) });
	t.teardown(() => peer.stop());
	const own = browsing(t, { main: { port: peer.port } });
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query: studies() });
	await until(() => rowsOf(own, 1).length === 5, 'five rows');
	const startedAt = performance.now();
	const before = own.actions.length;
	await own.close();
	t.ok(performance.now() - startedAt < 5_000);
	t.ok(own.actions.length <= before + 1);
});
