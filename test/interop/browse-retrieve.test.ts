/** `dimse browse` retrieving in a real terminal: the three ways, failures and their retry, a peer that dies, from an archive of ours, Orthanc and dcmqrscp. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { freePort, missing, startDcmqrscp, startOrthanc, startStorescp } from '../support/peers.ts';
import { dimse } from '../support/run.ts';
import { openTerminal, type TerminalSession } from '../support/tmux.ts';
import { INSTANCES, nameOf, startShown, uidOf } from './browse-archive.ts';
import { filesUnder } from './instances.ts';

t.setTimeout(600_000);

const skip = missing('tmux', 'storescp');
if (skip !== false) {
	t.pass(skip);
	process.exit(0);
}

const storescp = await startStorescp();
t.teardown(() => storescp.stop());
const shown = await startShown(
	t,
	{ lossy: ['fail-every:29:A700'], dying: ['slow:200ms'], silent: ['no-pending', 'slow:100ms'] },
	['--move-dest', `ELSEWHERE=127.0.0.1:${storescp.port}`],
);

const instancesIn = (folder: string): number => filesUnder(folder).filter((path) => path.endsWith('.dcm')).length;

/** The first study is asked for, and its retrieve dialog opened. */
const asked = async (terminal: TerminalSession, node: string, query = `PatientName=${nameOf(1)}`): Promise<void> => {
	await terminal.dimse('browse', node, query, '-o', 'got');
	await terminal.until('the row', (text) => text.includes('1 row') && text.includes('done in'));
	await terminal.keys('d');
	await terminal.until('the dialog', (text) => text.includes('C-GET here') && text.includes('[ Start ]'));
};

const WAYS = ['C-GET here', 'C-MOVE to me', 'C-MOVE to another'];

/** The cursor is on Start, and comes by the other two buttons to the ways at the top. */
const choose = async (terminal: TerminalSession, way: string): Promise<void> => {
	await terminal.keys(...Array.from({ length: 3 + WAYS.indexOf(way) }, () => 'Down'), 'Space');
	await terminal.until(way, (text) => text.includes(`(●) ${way}`));
};

t.test('C-GET here: what arrived, series by series, and the mark in the list', async (t) => {
	const terminal = await shown.terminal(t);
	await asked(terminal, 'main');
	await terminal.keys('Enter');
	await terminal.until(
		'its end',
		(text) => text.includes(`${INSTANCES}/${INSTANCES} arrived`) && /ok +SMITH/.test(text),
	);
	await terminal.keys('2');
	const lines = await terminal.until('the queue', (text) => text.includes('peer says'));
	t.match(lines.join('\n'), new RegExp(`completed ${INSTANCES} +failed 0`), 'as the peer says');
	t.match(lines.join('\n'), new RegExp(`arrived +${INSTANCES} here`), 'as we saw');
	t.match(lines.join('\n'), new RegExp(`expected +${INSTANCES} instances \\(IMAGE-level query\\)`));
	t.equal(lines.filter((line) => / 10 +10 +0 +complete/.test(line)).length, 3, 'three series');
	t.equal(instancesIn(join(terminal.folder, 'got')), INSTANCES);
});

t.test('C-MOVE to me: our receiver listens, and says who came', async (t) => {
	const terminal = await shown.terminal(t);
	await asked(terminal, 'main');
	await choose(terminal, 'C-MOVE to me');
	await terminal.until('where it listens', (text) => text.includes(String(shown.ownPort)));
	await terminal.keys('Enter');
	await terminal.until('its end', (text) => text.includes(`${INSTANCES}/${INSTANCES} arrived`));
	await terminal.keys('2');
	const lines = await terminal.until('the queue', (text) => text.includes('peer says'));
	t.match(lines.join('\n'), /arrived +30 here, from .*ARCHIVE/);
	t.match(lines.join('\n'), 'C-MOVE');
	t.equal(instancesIn(join(terminal.folder, 'got')), INSTANCES);
});

t.test('C-MOVE to another AE: the peer says so, and that nobody saw it', async (t) => {
	const before = readdirSync(storescp.folder).length;
	const terminal = await shown.terminal(t);
	await asked(terminal, 'main');
	await choose(terminal, 'C-MOVE to another');
	await terminal.keys('Down');
	await terminal.type('ELSEWHERE');
	await terminal.until('the title', (text) => text.includes('ELSEWHERE'));
	await terminal.keys('Enter');
	await terminal.until('its end', (text) => text.includes('not verified'));
	t.equal(readdirSync(storescp.folder).length - before, INSTANCES);
});

t.test('failures: which and why, and only those again', async (t) => {
	const terminal = await shown.terminal(t);
	await asked(terminal, 'lossy');
	await terminal.keys('Enter');
	await terminal.until('its end', (text) => /\b1 missing|\b1 failed/.test(text) && /part +SMITH/.test(text));
	t.equal(instancesIn(join(terminal.folder, 'got')), INSTANCES - 1);
	await terminal.keys('2');
	await terminal.until('what failed', (text) => /FAILED|Failed/.test(text) && /A700|out of resources/i.test(text));
	await terminal.keys('T');
	await terminal.until('all of it', (text) => /ok +SMITH/.test(text));
	t.equal(instancesIn(join(terminal.folder, 'got')), INSTANCES);
});

t.test('a peer that sends no pending responses is said to send none', async (t) => {
	const terminal = await shown.terminal(t);
	await asked(terminal, 'silent');
	await terminal.keys('Enter');
	await terminal.until('its end', (text) => text.includes(`${INSTANCES}/${INSTANCES} arrived`));
});

t.test('a retrieve is cancelled and what came stays', async (t) => {
	const terminal = await shown.terminal(t);
	await asked(terminal, 'dying');
	await terminal.keys('Enter');
	await terminal.until('the queue', (text) => text.includes('queue 1 running'));
	await terminal.keys('2');
	await terminal.until('some of it', (text) => /\[█+/.test(text));
	await terminal.keys('c');
	await terminal.until('its end', (text) => /canc +SMITH/.test(text));
	const count = instancesIn(join(terminal.folder, 'got'));
	t.ok(count > 0 && count < INSTANCES, `${count} stay`);
});

t.test('the peer is killed half-way: it is told, it is waited for, and what came is safe', async (t) => {
	const dying = await startShown(t, { dying: ['slow:200ms'] });
	const terminal = await dying.terminal(t);
	await asked(terminal, 'dying');
	await terminal.keys('Enter');
	await terminal.keys('2');
	await terminal.until('some of it', (text) => /\[█+/.test(text));
	dying.archive.signal('SIGKILL');
	await terminal.until('that it is lost', (text) => /reconnect|connection|lost|refused/i.test(text));
	await terminal.keys('c');
	await terminal.until('its end', (text) => /(?:canc|FAIL|part) +SMITH/.test(text));
	t.ok(instancesIn(join(terminal.folder, 'got')) > 0);
	t.same(
		filesUnder(join(terminal.folder, 'got')).filter((path) => path.endsWith('.part')),
		[],
		'nothing half',
	);
	await terminal.keys('q');
	await terminal.keys('q');
	await terminal.until('the shell', (text) => text.includes('ended with 0'));
});

for (const [name, start] of [
	['Orthanc', (port: number) => startOrthanc({ DicomModalities: { me: ['DIMSE', '127.0.0.1', port] } })],
	['dcmqrscp', (port: number) => startDcmqrscp({ destinations: { DIMSE: port } })],
] as const)
	t.test(`${name}: browsed, and retrieved both ways`, { skip: missing(name) }, async (t) => {
		const ownPort = await freePort();
		const peer = await start(ownPort);
		t.teardown(() => peer.stop());
		const terminal = await openTerminal({
			config: `[peer]\nae_title: ${peer.aeTitle}\naddress: 127.0.0.1\nport: ${peer.port}\n`,
			variables: { DIMSE_LISTEN: `127.0.0.1:${ownPort}` },
		});
		t.teardown(() => terminal.close());
		const files = join(terminal.folder, 'files');
		mkdirSync(files);
		const fetched = await dimse(['get', shown.archive.at, uidOf(1), '-o', files, '-aet', 'MAIN']);
		t.equal(fetched.status, 0, fetched.stderr);
		const stored = await dimse(['store', `${peer.aeTitle}@127.0.0.1:${peer.port}`, files]);
		t.equal(stored.status, 0, stored.stderr);
		await asked(terminal, 'peer', "'PatientName=SMITH*'");
		await terminal.keys('Enter');
		await terminal.until('its end', (text) => text.includes(`${INSTANCES}/${INSTANCES} arrived`));
		t.equal(instancesIn(join(terminal.folder, 'got')), INSTANCES);
		await terminal.keys('Enter');
		await terminal.until('the series', (text) => text.includes('Series >') && text.includes('3 rows'));
		await terminal.keys('Enter');
		await terminal.until('the instances', (text) => text.includes('Instances >') && text.includes('10 rows'));
		await terminal.keys('Escape');
		await terminal.until('the series', (text) => text.includes('Series >'));
		await terminal.keys('Escape');
		await terminal.until('the study', (_, lines) => lines[1]?.includes('Studies >') === true);
		await terminal.keys('d');
		await terminal.until('the dialog', (text) => text.includes('[ Start ]'));
		await choose(terminal, 'C-MOVE to me');
		await terminal.keys('Enter');
		await terminal.keys('2');
		await terminal.until('both', (text) => text.includes('2 jobs: 2 done'));
	});
