/** Effects on nodes and files: echo, the address book, the card, what is accepted, the doctor, copies, exports, traces. */
import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { earlierQueries } from '../../src/commands/browse/saved.ts';
import { readTraceLines } from '../../src/trace/json-lines.ts';
import { readPcap } from '../../src/trace/pcap.ts';
import { findPeer, rejectingPeer, servingPeer, statusPeer, tcpPeer } from '../support/odd-peers.ts';
import { startQrscp } from '../support/qrscp.ts';
import { type Browsing, browsing, until } from './browsing.ts';

const echoed = ({ seen }: Browsing, node: string) =>
	seen('echoed', (action) => action.node === node && action.echo !== 'asking');

t.test('echo: who answers, who refuses, who is not there', async (t) => {
	const well = await statusPeer(0x0000);
	const rejecting = await rejectingPeer({ result: 1, source: 1, reason: 7 });
	const failing = await statusPeer(0x0122);
	const foreign = await tcpPeer((socket) => void socket.write('SSH-2.0-OpenSSH_9.6\r\n'));
	const gone = await statusPeer(0x0000);
	await gone.stop();
	t.teardown(() => Promise.all([well, rejecting, failing, foreign].map((peer) => peer.stop())));
	const ports = { well, rejecting, failing, foreign, gone };
	const own = browsing(t, Object.fromEntries(Object.entries(ports).map(([name, { port }]) => [name, { port }])));
	for (const node of Object.keys(ports)) own.run({ do: 'echo', node });
	t.match(await echoed(own, 'well'), { echo: 'ok', ms: Number });
	t.match(await echoed(own, 'rejecting'), { echo: 'bad', text: 'RJ 1/1/7' });
	t.match(await echoed(own, 'failing'), { echo: 'bad', text: '0122' });
	t.match(await echoed(own, 'foreign'), { echo: 'bad', text: 'no DICOM' });
	t.match(await echoed(own, 'gone'), { echo: 'bad', text: 'refused' });
	const { explanation } = await own.seen('said', ({ node }) => node === 'rejecting');
	t.ok((explanation?.do.length ?? 0) > 0, 'x explains it');
});

t.test('four at a time, each once', async (t) => {
	let most = 0;
	let now = 0;
	const { promise: all, resolve } = Promise.withResolvers<void>();
	const peer = await servingPeer(async ({ message, respond }) => {
		most = Math.max(most, ++now);
		if (now === 4) resolve();
		await all;
		now--;
		const { messageId, affectedSopClassUid } = message;
		await respond({
			type: 'C-ECHO-RSP',
			messageIdBeingRespondedTo: messageId,
			affectedSopClassUid: affectedSopClassUid ?? '',
			hasDataset: false,
			status: 0,
		});
	});
	t.teardown(() => peer.stop());
	const names = Array.from({ length: 10 }, (_, number) => `n${number}`);
	const own = browsing(t, Object.fromEntries(names.map((name) => [name, { port: peer.port }])));
	for (const node of [...names, ...names]) own.run({ do: 'echo', node });
	for (const name of names) t.equal((await echoed(own, name)).echo, 'ok');
	t.equal(most, 4);
	t.equal(own.all('echoed').filter(({ echo }) => echo === 'asking').length, 10);
});

t.test('the answer of a node that was changed meanwhile is for nobody', async (t) => {
	const silent = await tcpPeer(() => {});
	const well = await statusPeer(0x0000);
	t.teardown(() => Promise.all([silent.stop(), well.stop()]));
	const own = browsing(t, { main: { port: silent.port } });
	own.run({ do: 'echo', node: 'main' });
	await own.seen('echoed', ({ echo }) => echo === 'asking');
	own.run({ do: 'save-node', name: 'main', fields: { port: String(well.port) }, isNew: false });
	await own.seen('nodes-read');
	own.run({ do: 'echo', node: 'main' });
	await own.seen('echoed', ({ echo }) => echo === 'ok');
	t.strictSame(
		own.all('echoed').map(({ echo }) => echo),
		['asking', 'unknown', 'asking', 'ok'],
	);
	t.strictSame(own.all('said'), []);
});

t.test('the address book: read, added to, changed, taken from', async (t) => {
	const own = browsing(t, { main: { port: 11112, aeTitle: 'PACS_MAIN', more: 'match_limit: 500\nnote: downstairs' } });
	own.run({ do: 'read-nodes' });
	const first = await own.seen('nodes-read');
	t.match(first.nodes, [
		{
			name: 'main',
			calledAeTitle: 'PACS_MAIN',
			callingAeTitle: 'WS01',
			port: 11112,
			tls: false,
			matchLimit: 500,
			note: 'downstairs',
			echo: 'unknown',
			connection: { state: 'none' },
		},
	]);
	own.run({ do: 'save-node', name: 'vna', fields: { address: 'vna.example.org', ae_title: 'VNA' }, isNew: true });
	const second = await own.seen('nodes-read', ({ nodes }) => nodes.length === 2);
	t.match(second.nodes[1], { name: 'vna', port: 104, calledAeTitle: 'VNA' });
	own.run({ do: 'save-node', name: 'vna', fields: { port: '4242' }, isNew: false });
	await own.seen('nodes-read', ({ nodes }) => nodes[1]?.port === 4242);
	own.run({ do: 'save-node', name: 'vna', fields: { address: 'x' }, isNew: true });
	await own.seen('said', ({ kind, text }) => kind === 'bad' && /"vna" already/.test(text));
	own.run({ do: 'save-node', name: 'vna', fields: { port: 'ninety' }, isNew: false });
	await own.seen('said', ({ kind, text }) => kind === 'bad' && /ninety/.test(text));
	own.run({ do: 'remove-node', name: 'vna' });
	await own.seen('nodes-read', (action) => action.nodes.length === 1 && action !== first);
	const query = { name: 'mine', level: 'study' as const, model: 'study' as const, keys: { PatientName: 'SMITH*' } };
	own.run({ do: 'save-query', query, says: 'saved as mine' });
	await own.seen('said', ({ kind, text }) => kind === 'good' && text === 'saved as mine');
	t.strictSame((await own.seen('nodes-read', ({ saved }) => saved.length > 0)).saved, [query]);
	t.equal(statSync(join(own.folder, 'dimse', 'queries.json')).mode & 0o777, 0o600);
	own.run({ do: 'save-query', query: { ...query, node: 'main' }, says: 'for main' });
	await own.seen('nodes-read', ({ saved }) => saved[0]?.node === 'main');
	own.run({ do: 'remove-query', name: 'mine' });
	const before = own.all('nodes-read').length;
	await until(
		() =>
			own
				.all('nodes-read')
				.slice(before)
				.some(({ saved }) => saved.length === 0),
		'it is gone',
	);
	const { name: _, ...asked } = query;
	own.run({ do: 'remember-query', query: { level: 'series', model: 'study', keys: {} } });
	const folder = join(own.folder, 'dimse');
	await until(() => earlierQueries(folder).length === 1, 'the first is kept');
	own.run({ do: 'remember-query', query: asked });
	await until(() => earlierQueries(folder).length === 2, 'and the second');
	t.strictSame(earlierQueries(folder)[0], asked, 'the newest first');
	t.equal(statSync(join(folder, 'query-history.json')).mode & 0o777, 0o600);
	own.run({ do: 'copy-card', node: 'main' });
	await until(() => own.copied.length > 0, 'the card is copied');
	t.match(own.copied[0], /WS01/);
});

t.test('a book that cannot be read is said', async (t) => {
	const own = browsing(t, { main: { port: 1 } });
	writeFileSync(join(own.folder, 'dimse', 'config.ini'), '[main\n');
	own.run({ do: 'read-nodes' });
	t.match(await own.seen('said'), { kind: 'bad', explanation: { title: String } });
});

t.test('what is accepted, and the doctor, at our own archive', async (t) => {
	const archive = await startQrscp({ aeTitle: 'ARCHIVE' });
	t.teardown(() => archive.stop());
	const own = browsing(t, { main: { port: archive.port }, gone: { port: 1 } });
	own.run({ do: 'capabilities', node: 'main' });
	const { lines } = await own.seen('capabilities', undefined, 30_000);
	t.match(lines.join('\n'), /find +Study Root FIND|find +.*study/i);
	own.run({ do: 'capabilities', node: 'gone' });
	t.match((await own.seen('said', ({ kind }) => kind === 'bad')).explanation?.title, /gone/);
	own.run({ do: 'doctor', node: 'main' });
	await own.seen('doctor', ({ isOver }) => isOver, 60_000);
	const told = own.all('doctor').map(({ line }) => line);
	t.ok(told.length > 8, 'line by line');
	t.match(told.join('\n'), /ok +echo +3 of 3/);
	own.run({ do: 'doctor', node: 'gone' });
	await own.seen('doctor', ({ isOver, node }) => isOver && node === 'gone', 60_000);
	own.run({ do: 'read-nodes' });
	const { nodes } = await own.seen('nodes-read');
	t.match(nodes[0], { canFind: true, canGet: true, canMove: true }, 'remembered');
});

t.test('copies and exports', async (t) => {
	const own = browsing(t, {});
	own.run({ do: 'copy', text: '1.2.3\n', what: '1 UID' });
	t.match(await own.seen('said'), { kind: 'good', text: 'copied (1 UID)' });
	t.strictSame(own.copied, ['1.2.3\n']);
	const clipboard = join(own.folder, 'dimse', 'clipboard');
	t.equal(readFileSync(clipboard, 'utf8'), '1.2.3\n');
	t.equal(statSync(clipboard).mode & 0o777, 0o600);
	const effect = { do: 'export' as const, path: 'rows.csv', text: 'a,b\n', overwrite: false };
	own.run(effect);
	await own.seen('said', ({ text }) => text === 'written: rows.csv');
	t.equal(readFileSync(join(own.folder, 'rows.csv'), 'utf8'), 'a,b\n');
	own.run({ ...effect, text: 'other' });
	t.match(await own.seen('file-exists'), { path: 'rows.csv' });
	t.equal(readFileSync(join(own.folder, 'rows.csv'), 'utf8'), 'a,b\n', 'nothing is written over');
	own.run({ ...effect, text: 'other', overwrite: true });
	await until(() => readFileSync(join(own.folder, 'rows.csv'), 'utf8') === 'other', 'it is, when it is meant');
	own.run({ ...effect, path: '~/home.csv' });
	await own.seen('said', ({ text }) => text === 'written: ~/home.csv');
	t.equal(readFileSync(join(own.folder, 'home', 'home.csv'), 'utf8'), 'a,b\n');
});

t.test('what a file is written over, and what not', async (t) => {
	const own = browsing(t, {});
	const at = (name: string): string => join(own.folder, name);
	const effect = { do: 'export' as const, path: '', text: 'new\n', overwrite: true };
	const written = (path: string) => {
		own.run({ ...effect, path });
		return own.seen('said', ({ text }) => text === `written: ${path}`);
	};
	await t.test('a file keeps its permissions, a link its name', async (t) => {
		writeFileSync(at('own.csv'), 'old');
		chmodSync(at('own.csv'), 0o664);
		symlinkSync('own.csv', at('link.csv'));
		symlinkSync('link.csv', at('link of link.csv'));
		await written('link of link.csv');
		t.equal(readFileSync(at('own.csv'), 'utf8'), 'new\n');
		t.equal(statSync(at('own.csv')).mode & 0o777, 0o664);
		t.equal(readlinkSync(at('link.csv')), 'own.csv');
		t.equal(readlinkSync(at('link of link.csv')), 'link.csv');
	});
	await t.test('what a link names is made', async (t) => {
		symlinkSync('new.csv', at('ahead.csv'));
		own.run({ ...effect, path: 'ahead.csv', overwrite: false });
		await own.seen('said', ({ text }) => text === 'written: ahead.csv');
		t.equal(readlinkSync(at('ahead.csv')), 'new.csv');
		t.equal(readFileSync(at('new.csv'), 'utf8'), 'new\n');
		t.equal(statSync(at('new.csv')).mode & 0o777, 0o600);
	});
	const socket = createServer();
	await new Promise<void>((resolve) => void socket.listen(at('socket.txt'), resolve));
	t.teardown(() => socket.close());
	mkdirSync(at('folder.txt'));
	execFileSync('sh', ['-c', `mkfifo '${at('pipe.txt')}'`]);
	const trace = { do: 'write-trace' as const, redact: false, filter: '' };
	for (const [path, says] of [
		['folder.txt', /folder\.txt: this is a folder$/],
		['pipe.txt', /pipe\.txt: this is no file but a pipe$/],
		['socket.txt', /socket\.txt: this is no file but a socket$/],
		['nowhere/x.txt', /^there is no folder .*nowhere$/],
	] as const)
		for (const one of [
			{ ...effect, path },
			{ ...trace, path, overwrite: true },
		])
			for (const overwrite of [true, false])
				await t.test(`${one.do}: ${path} is refused, meant or not: ${overwrite}`, async (t) => {
					const before = own.actions.length;
					own.run({ ...one, overwrite });
					await until(() => own.actions.length > before, 'an answer');
					t.match(own.actions[before], { type: 'said', kind: 'bad', explanation: { title: says } });
				});
	t.ok(statSync(at('folder.txt')).isDirectory() && statSync(at('pipe.txt')).isFIFO(), 'all is as it was');
	t.ok(statSync(at('socket.txt')).isSocket());
	t.notOk(existsSync(at('nowhere')));
	t.strictSame(
		readdirSync(own.folder).filter((name) => name.endsWith('.part')),
		[],
	);
});

t.test('a trace: told in batches, looked at, written whole, filtered and without patients', async (t) => {
	const peer = await findPeer(async function* () {
		yield { match: { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'SECRET^NAME' }] } } };
	});
	t.teardown(() => peer.stop());
	const own = browsing(t, { main: { port: peer.port } });
	const query = { level: 'study' as const, model: 'study' as const, keys: { PatientName: 'SECRET*' } };
	own.run({ do: 'query', queryId: 1, nodes: ['main'], query });
	await own.seen('query-ended');
	await own.seen('traced', ({ events }) =>
		events.some(
			({ event }) => event.event === 'message' && event.message.type === 'C-FIND-RSP' && event.message.status === 0,
		),
	);
	const told = own.all('traced').flatMap(({ events }) => events);
	const numbers = told.map(({ index }) => index);
	t.strictSame(
		numbers,
		[...numbers].sort((one, other) => one - other),
	);
	t.notOk(
		told.some(({ event }) => event.event === 'pdu' && event.bytes[0] === 0x04),
		'data is told as messages',
	);
	const find = (type: string) =>
		told.find(({ event }) => event.event === 'message' && event.message.type === type)?.index ?? -1;
	own.run({ do: 'trace-detail', index: find('C-FIND-RQ') });
	const request = await own.seen('trace-detail');
	t.match(request.detail.join('\n'), /C-FIND-RQ +message 1, context \d+ \(Study Root FIND, /);
	t.match(request.detail.join('\n'), /\(0000,0100\) US .*CommandField/);
	t.match(request.detail.join('\n'), /\(0010,0010\) PN SECRET\*/);
	t.match(request.bytes[0], /^0000 {2}04 00 00 00/);
	own.run({ do: 'trace-detail', index: 2 });
	t.match((await own.seen('trace-detail', ({ index }) => index === 2)).detail.join('\n'), /A-ASSOCIATE/);
	own.run({ do: 'trace-detail', index: 999_999 });
	t.match((await own.seen('trace-detail', ({ index }) => index === 999_999)).detail[0], /no longer/);

	const write = (path: string, redact = false, filter = '') => {
		own.run({ do: 'write-trace', path, redact, filter, overwrite: false });
		return own.seen('said', ({ text }) => text.includes(path));
	};
	await write('all.pcap');
	t.ok(readPcap(readFileSync(join(own.folder, 'all.pcap'))).events.length > 4);
	await write('all.jsonl');
	t.ok(readTraceLines(readFileSync(join(own.folder, 'all.jsonl'), 'utf8')).events.length >= (numbers.at(-1) ?? 0) + 1);
	await write('~/all.txt');
	t.match(readFileSync(join(own.folder, 'home', 'all.txt'), 'utf8'), /C-FIND-RQ/);
	t.notOk(existsSync(join(own.folder, '~')), 'nothing is called like the home folder');
	await write('mine.jsonl', false, 'cmd = C-FIND-RQ');
	t.equal(readTraceLines(readFileSync(join(own.folder, 'mine.jsonl'), 'utf8')).events.length, 1);
	t.match((await write('redacted.txt', true)).text, /without patients/);
	t.notMatch(readFileSync(join(own.folder, 'redacted.txt'), 'utf8'), /SECRET/);
	t.match((await write('trace.doc')).kind, 'bad');
	own.run({ do: 'write-trace', path: 'x.txt', redact: false, filter: 'cmd =', overwrite: false });
	await own.seen('said', ({ kind, text }) => kind === 'bad' && /value|expected/.test(text));
});
