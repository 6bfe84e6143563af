/** `dimse node` as a user runs it: the file it changes, what it prints, what it refuses. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { findPeer, rejectingPeer, servingPeer, tcpPeer } from '../support/odd-peers.ts';
import { startQrscp } from '../support/qrscp.ts';
import { dimse, type RunOptions, scratch } from '../support/run.ts';

t.jobs = 4;
t.setTimeout(120_000);

let folders = 0;
/** An address book of its own. */
const book = (text?: string) => {
	const folder = join(scratch, `book${++folders}`);
	mkdirSync(folder);
	const path = join(folder, 'config.ini');
	if (text !== undefined) writeFileSync(path, text);
	const variables = { XDG_STATE_HOME: join(folder, 'state') };
	return {
		path,
		folder,
		node: (args: readonly string[], options: RunOptions = {}) =>
			dimse(['node', ...args, '--config', path], { ...options, variables: { ...variables, ...options.variables } }),
		dimse: (args: readonly string[], options: RunOptions = {}) =>
			dimse([...args, '--config', path], { ...options, variables: { ...variables, ...options.variables } }),
		text: () => readFileSync(path, 'utf8'),
	};
};

const MAIN = '[main]\nae_title: PACS\naddress: 10.1.2.3\nport: 104\n';

t.test('add, set, show, rename, rm', async (t) => {
	const { node, text } = book();
	t.equal((await node(['add', 'main', 'PACS@10.1.2.3:104', '--calling', 'WS01'])).status, 0);
	t.equal(text(), '[main]\nae_title: PACS\naddress: 10.1.2.3\nport: 104\ncalling_ae_title: WS01\n');
	t.equal((await node(['set', 'main', 'charset=ISO_IR 100', 'match_limit=500'])).status, 0);
	t.equal((await node(['set', 'main', 'note', 'a = b'])).status, 0, 'KEY VALUE too');
	t.match(text(), /charset: ISO_IR 100\nmatch_limit: 500\nnote: a = b\n$/);
	t.equal((await node(['set', 'main', 'note='])).status, 0);
	const shown = await node(['show', 'main']);
	t.equal(
		shown.stdout,
		'[main]\nae_title: PACS\naddress: 10.1.2.3\nport: 104\ncalling_ae_title: WS01\ncharset: ISO_IR 100\nmatch_limit: 500\n',
	);
	t.match((await node(['rename', 'main', 'vna'])).stderr, /^main is vna now in /);
	t.match((await node(['list', '-F', 'name'])).stdout, /^vna\n$/);
	t.equal((await node(['rm', 'vna'])).status, 0);
	t.equal(text(), '');
	t.equal((await node(['list'])).status, 1);
});

t.test('rename keeps what the node is, and what stands around it', async (t) => {
	const { node, text } = book(
		`# top\n[DEFAULT]\ndefault_node = STORESCP\n\n[STORESCP] ; the old one\naddress: h\n# tail\n\n${MAIN}`,
	);
	t.equal((await node(['rename', 'STORESCP', 'new'])).status, 0);
	t.equal(
		text(),
		`# top\n[DEFAULT]\ndefault_node: new\n\n[new] ; the old one\naddress: h\nae_title: STORESCP\n# tail\n\n${MAIN}`,
	);
	const before = text();
	for (const args of [
		['rename', 'new', 'main'],
		['rename', 'new', 'a]b'],
		['rename', 'new', 'a=b'],
		['rename', 'nobody', 'x'],
		['rename', 'new'],
		['add', 'DEFAULT', 'A@h:1'],
		['add', 'two words', 'A@h:1'],
		['add', 'a\tb', 'A@h:1'],
		['add', 'a\u001b[31mb', 'A@h:1'],
		['add', 'a@b', 'A@h:1'],
		['add', '', 'A@h:1'],
		['add', 'x', 'A@h:1', 'note=a\raddress: evil'],
		['set', 'main', 'note=\u001b[31mred'],
	]) {
		t.equal((await node(args)).status, 2, args.join(' '));
		t.equal(text(), before);
	}
	for (const name of ['keys', 'DEFAULT'])
		t.match((await node(['add', name, 'A@h:1'])).stderr, /^dimse: "\w+" cannot be the name of a node: it is reserved/);
});

t.test('add adds: a node that is there is changed by set', async (t) => {
	const { node, text } = book(MAIN);
	const again = await node(['add', 'main', 'OTHER@10.9.9.9:11112', 'note=a b']);
	t.equal(again.status, 2);
	t.equal(text(), MAIN);
	t.match(again.stderr, /there is a node "main" already/);
	const [, hint = ''] = /dimse node (set main .*)/.exec(again.stderr) ?? [];
	t.equal(hint, "set main ae_title=OTHER address=10.9.9.9 port=11112 'note=a b'");
	t.equal((await node(['set', 'main', 'ae_title=OTHER', 'address=10.9.9.9', 'port=11112', 'note=a b'])).status, 0);
	t.match(text(), /ae_title: OTHER\naddress: 10\.9\.9\.9\nport: 11112\nnote: a b\n/);
});

t.test('several at once: nothing of it is lost', async (t) => {
	const { node, path, text } = book(MAIN);
	const names = ['a', 'b', 'c', 'd', 'e', 'f'];
	const added = await Promise.all(names.map((name) => node(['add', name, `X@${name}:104`])));
	t.strictSame(new Set(added.map(({ status }) => status)), new Set([0]));
	const there = () => (text().match(/^\[.*\]$/gm) ?? []).toSorted();
	t.strictSame(there(), [...names.map((name) => `[${name}]`), '[main]']);
	const changed = [
		node(['rm', 'a']),
		node(['rename', 'b', 'bb']),
		node(['set', 'c', 'note=x']),
		node(['rm', 'd', 'e']),
	];
	t.strictSame(new Set((await Promise.all(changed)).map(({ status }) => status)), new Set([0]));
	t.strictSame(there(), ['[bb]', '[c]', '[f]', '[main]']);
	t.match(text(), /note: x/);
	const same = await Promise.all([1, 2, 3].map((port) => node(['add', 'x', `X@x:${port}`])));
	t.strictSame(same.map(({ status }) => status).toSorted(), [0, 2, 2], 'one of them added it');
	t.notOk(existsSync(`${path}.lock`));
});

t.test('the lock of a process that died is taken over, that of one that lives is waited for', async (t) => {
	const { node, path, text } = book(MAIN);
	const dead = spawnSync(process.execPath, ['-e', '']).pid;
	writeFileSync(`${path}.lock`, `${dead} ${hostname()}\n`);
	t.equal((await node(['set', 'main', 'note=one'])).status, 0);
	t.match(text(), /note: one/);
	writeFileSync(`${path}.lock`, `${process.pid} ${hostname()}\n`);
	const refused = await node(['set', 'main', 'note=two']);
	t.equal(refused.status, 12);
	t.match(refused.stderr, /is being changed by another process\n.*two changes at once would lose one/);
	t.match(text(), /note: one/);
	t.ok(existsSync(`${path}.lock`), 'it is not ours');
});

t.test('the options of TLS are kept, and others that a node does not keep are refused', async (t) => {
	const { node, folder, text } = book();
	const files = ['ca.pem', 'c.pem', 'k.pem'].map((name) => join(folder, name));
	for (const file of files) writeFileSync(file, '');
	const own = ['--tls-cert', 'c.pem', '--tls-key', 'k.pem'];
	const more = [...own, '--tls-servername', 'pacs', '--tls-min', '1.3'];
	const ran = await node(['add', 'a', 'PACS@10.1.2.3', '--tls', '--tls-ca', 'ca.pem', ...more], { cwd: folder });
	t.equal(ran.status, 0, ran.stderr);
	const [ca, certificate, key] = files;
	const tls = `tls: yes\ntls_ca: ${ca}\ntls_cert: ${certificate}\ntls_key: ${key}\ntls_servername: pacs\ntls_min: 1.3\n`;
	t.equal(text(), `[a]\nae_title: PACS\naddress: 10.1.2.3\nport: 2762\n${tls}`);
	t.equal((await node(['add', 'b', 'PACS@10.1.2.3:104', '--tls-insecure', '--listen', '11200'])).status, 0);
	t.match(text(), /\[b\]\n.*\n.*\nport: 104\ntls: yes\ntls_insecure: yes\nlisten: 11200\n$/);
	t.equal((await node(['add', 'c', 'PACS@10.1.2.3'])).status, 0);
	t.equal((await node(['set', 'c', '--tls'])).status, 0);
	t.match(text(), /\[c\]\n.*\n.*\nport: 104\ntls: yes\n$/);
	const before = text();
	for (const args of [
		['add', 'd', 'X@h:1', '--user', 'me'],
		['set', 'c', '--max-pdu', '4096'],
		['set', 'c', '--tls-passphrase', 'x'],
		['add', 'd', 'X@h:1', '--replace'],
	]) {
		const refused = await node(args);
		t.equal(refused.status, 2);
		t.match(refused.stderr, new RegExp(`a node does not keep ${args.find((word) => word.startsWith('--'))}`));
	}
	t.match((await node(['set', 'c', '--tls-ca', 'a', '--tls-ca', 'b'])).stderr, /a node keeps one --tls-ca/);
	t.equal(text(), before);
	const variables = { DIMSE_PASSWORD: 'x', DIMSE_LISTEN: '11300', DIMSE_FORMAT: 'csv' };
	t.equal((await node(['set', 'c', 'note=x'], { variables })).status, 0, 'the environment is not meant');
	t.notMatch(text(), /11300/);
});

t.test('what is refused, and changes nothing', async (t) => {
	const { node, text } = book(MAIN);
	for (const [args, wanted] of [
		[['set', 'main', 'chrset=x'], /unknown key "chrset". Did you mean charset\?/],
		[['set', 'mian', 'port=1'], /unknown node "mian". Did you mean main\?/],
		[['set', 'main', 'port=zero'], /\[main\] port: "zero" is no number/],
		[['set', 'main'], /nothing is said of it/],
		[['set', 'main', 'word'], /"word" is no KEY=VALUE/],
		[['set'], /takes the name of a node/],
		[['imprt', 'x'], /unknown action "imprt". Did you mean import\?/],
		[['export'], /for which archive\?/],
		[['card', 'main', 'x'], /take one peer, and no "x"/],
		[['import'], /takes one file/],
	] as const) {
		const ran = await node(args);
		t.equal(ran.status, 2, args.join(' '));
		t.match(ran.stderr, wanted);
		t.equal(text(), MAIN);
	}
	t.equal((await node(['import', 'not-there.json'])).status, 12);
});

t.test('edit', async (t) => {
	const { node, path, folder, text } = book(`${MAIN}[b]\naddress: h\n`);
	const editor = join(folder, 'my editor');
	const make = (script: string) => {
		writeFileSync(editor, `#!/bin/sh\nprintf '%s ' "$@" > '${folder}/args'\nfor file; do :; done\n${script}\n`);
		chmodSync(editor, 0o755);
	};
	const variables = { EDITOR: `'${editor}' --wait`, VISUAL: '' };
	make(`echo 'note: edited' >> "$file"`);
	const changed = await node(['edit', 'b'], { variables });
	t.equal(changed.status, 0, changed.stderr);
	t.match(text(), /note: edited\n$/);
	t.match(readFileSync(join(folder, 'args'), 'utf8'), /^--wait \/\S+config\.ini $/);
	make(':');
	t.match((await node(['edit'], { variables })).stderr, /is as it was/);
	const before = text();
	make(`echo 'chrset: x' >> "$file"`);
	const wrong = await node(['edit'], { variables });
	t.equal(wrong.status, 2);
	t.match(wrong.stderr, /stays as it was: .*unknown key "chrset"/);
	t.equal(text(), before);
	const kept = /what you wrote lies in (\S+)/.exec(wrong.stderr)?.[1] ?? '';
	t.match(readFileSync(kept, 'utf8'), /chrset: x/, 'nothing typed is lost');
	make(`echo 'tags: mine' >> "$file"; echo '[c]\naddress: h' >> '${path}'`);
	const late = await node(['edit'], { variables });
	t.equal(late.status, 2);
	t.match(late.stderr, /stays as it was: somebody else has changed it meanwhile/);
	t.equal(text(), `${before}[c]\naddress: h\n`);
	t.match(readFileSync(/what you wrote lies in (\S+)/.exec(late.stderr)?.[1] ?? '', 'utf8'), /tags: mine/);
	make(`echo 'tags: mine' >> "$file"`);
	writeFileSync(`${path}.lock`, `${process.pid} ${hostname()}\n`);
	const locked = await node(['edit'], { variables });
	rmSync(`${path}.lock`);
	t.equal(locked.status, 12);
	t.match(locked.stderr, /is being changed by another process; what you wrote lies in \/\S+config\.ini/);
	make('exit 3');
	t.match((await node(['edit'], { variables })).stderr, /ended with 3; nothing is changed/);
	t.match((await node(['edit'], { variables: { EDITOR: '/not/there' } })).stderr, /is not there; nothing is changed/);
	make(`cp "$file" '${folder}/seen'`);
	const none = book();
	t.equal((await none.node(['edit'], { variables })).status, 0);
	t.match(readFileSync(join(folder, 'seen'), 'utf8'), /# \[main\]/, 'a template to begin with');
	t.notOk(existsSync(none.path));
	t.ok(existsSync(path));
});

t.test('import and list', async (t) => {
	const { node, text, path } = book(MAIN);
	const file = '{"DicomModalities":{"main":["PACS","10.9.9.9",104],"ct\\u001b[31m":["CT01","10.0.0.1",104]}}';
	const dry = await node(['import', '-', '--dry-run'], { stdin: file });
	t.equal(dry.stdout, '[ct_31m]\nae_title: CT01\naddress: 10.0.0.1\nport: 104\n');
	t.equal(text(), MAIN);
	const ran = await node(['import', '-'], { stdin: file });
	t.equal(ran.status, 0);
	t.match(
		ran.stderr,
		/added {2}ct_31m {2}CT01@10\.0\.0\.1:104\n1 node from Orthanc in .*\nthere already {2}main {2}PACS@10\.9\.9\.9:104; --replace takes it over/,
	);
	t.ok(text().startsWith(MAIN));
	t.match((await node(['import', '-', '--replace'], { stdin: file })).stderr, /changed {2}main/);
	t.match(text(), /address: 10\.9\.9\.9/);
	const csv = await node(['list', '-F', 'csv']);
	const other = book();
	t.equal((await other.node(['import', '-'], { stdin: csv.stdout })).status, 0, 'our own table comes back');
	t.equal((await other.node(['list', '-F', 'csv'])).stdout, csv.stdout);
	const copy = book();
	t.equal((await copy.node(['import', path])).status, 0, 'and our own file');
	t.equal((await copy.node(['list', '-F', 'csv'])).stdout, csv.stdout);
	t.equal((await node(['import', '-'], { stdin: 'nonsense' })).status, 2);
});

t.test('card and export', async (t) => {
	const { node } = book(
		`[DEFAULT]\ncalling_ae_title: WS01\nlisten: 11200\n[main]\nae_title: PACS\naddress: 127.0.0.1\nport: 104\n`,
	);
	const card = await node(['card', 'main']);
	t.equal(card.status, 0);
	t.match(card.stdout, /^Please enter for us at PACS \(127\.0\.0\.1 port 104\):/);
	t.match(card.stdout, /address {4}127\.0\.0\.1/, 'the address that this machine would use towards it');
	t.match(card.stdout, /port {7}11200/);
	t.equal(card.stderr, '');
	t.equal((await node(['export', 'main', '--as', 'pynetdicom'])).stdout, '[WS01]\naddress: 127.0.0.1\nport: 11200\n');
	t.match(
		(await node(['export', 'main', '--as', 'orthanc', '--listen', '10.1.1.1:104', '--calling', 'X'])).stdout,
		/\["X", "10\.1\.1\.1", 104\]/,
	);
	t.match((await node(['card'])).stdout, /^Please enter for us:\n/, 'for anybody');
	t.match((await node(['card'], { variables: { DIMSE_NODE: 'main' } })).stdout, /^Please enter for us at PACS/);
	const json = JSON.parse((await node(['card', 'A@h.invalid:1', '--json'])).stdout);
	t.match(json, {
		schema: 'dimse.card/1',
		peer: { calledAeTitle: 'A', host: 'h.invalid', port: 1 },
		us: { aeTitle: 'WS01' },
	});
	t.match(
		(await book(MAIN).node(['card', 'main'])).stderr,
		/warning: no AE title of ours is set.*dimse node set main calling_ae_title=WS01/,
	);
});

const verifying = () =>
	servingPeer(
		async () => {},
		(uid) => (uid === '1.2.840.10008.1.1' ? ['*'] : undefined),
	);

t.test('test', async (t) => {
	const peer = await rejectingPeer({ result: 1, source: 1, reason: 3 });
	t.teardown(() => peer.stop());
	const { node } = book(`[pacs]\naddress: 127.0.0.1\nport: ${peer.port}\n`);
	const ran = await node(['test']);
	t.equal(ran.status, 5);
	t.match(ran.stderr, /pacs: association rejected: calling AE title not recognized \(1\/1\/3\)/);
	t.equal((await book('').node(['test'])).status, 1);
});

t.test('caps: what is offered, and what changed', async (t) => {
	const state = { isOld: true };
	const old = new Set([
		'1.2.840.10008.1.1',
		'1.2.840.10008.5.1.4.1.2.2.1',
		'1.2.840.10008.5.1.4.1.2.2.3',
		'1.2.840.10008.5.1.4.1.1.2',
	]);
	const peer = await servingPeer(
		async () => {},
		(uid) =>
			uid === '1.2.840.10008.5.1.4.1.2.2.3' && !state.isOld
				? undefined
				: uid === '1.2.840.10008.5.1.4.1.1.4' && !state.isOld
					? [IMPLICIT_LITTLE]
					: old.has(uid)
						? state.isOld
							? [IMPLICIT_LITTLE, '1.2.840.10008.1.2.5']
							: [IMPLICIT_LITTLE]
						: undefined,
	);
	t.teardown(() => peer.stop());
	const { node } = book(`[a]\naddress: 127.0.0.1\nport: ${peer.port}\n`);
	const first = await node(['caps', 'a', '-F', 'table']);
	t.equal(first.status, 0, first.stderr);
	t.match(first.stdout, /\nfind {8}study root\nmove {8}no\nget {9}study root\nextended {4}no\nworklist {4}no\n/);
	t.match(first.stdout, /storage {5}1 of \d+ classes\n {12}CT: implicit rle\nchanges {5}asked for the first time/);
	t.equal(first.stderr, '');
	const same = await node(['caps', 'a', '-F', 'table']);
	t.match(same.stdout, /changes {5}none since \d{4}-\d\d-\d\d/);
	t.equal(same.stderr, '');
	state.isOld = false;
	const other = await node(['caps', '--all', '-F', 'csv']);
	t.equal(other.status, 0);
	t.match(other.stdout, /^node,sop_class,sop_class_uid,transfer_syntaxes,change\n/);
	t.match(other.stdout, /\na,CT Image Storage,1\.2\.840\.10008\.5\.1\.4\.1\.1\.2,implicit,-rle\n/);
	t.match(other.stdout, /\na,MR Image Storage,1\.2\.840\.10008\.5\.1\.4\.1\.1\.4,implicit,new\n/);
	t.match(other.stdout, /\na,Study Root GET,1\.2\.840\.10008\.5\.1\.4\.1\.2\.2\.3,,lost\n/);
	t.match(
		other.stderr,
		/^warning: a changed since \d{4}-\d\d-\d\d: lost Study Root GET; new MR Image Storage; .*CT Image Storage: lost rle/,
	);
	const again = JSON.parse((await node(['caps', 'a', '--json'])).stdout);
	t.match(again, {
		schema: 'dimse.caps/1',
		nodes: [{ name: 'a', complete: true, changes: { lost: [], gained: [], syntaxes: [] } }],
	});
	const asked = await node(['caps', 'a', '--calling', 'ELSE', '-F', 'table']);
	t.match(asked.stdout, /asked for the first time/, 'another caller may be offered something else');
});

t.test('caps of peers that take few contexts at a time', async (t) => {
	const limited = await startQrscp({ args: ['--simulate', 'max-contexts:20'] });
	t.teardown(() => limited.stop());
	const { node } = book('');
	const ran = await node(['caps', limited.at, '-F', 'table']);
	const [, accepted, all] = /storage {5}(\d+) of (\d+)/.exec(ran.stdout) ?? [];
	t.ok(accepted !== undefined && accepted === all, 'all of them all the same');
});

t.test('caps of several, of which some fail', async (t) => {
	const [good, bad, silent] = [
		await verifying(),
		await rejectingPeer({ result: 1, source: 1, reason: 7 }),
		await tcpPeer((socket) => socket.end()),
	];
	for (const peer of [good, bad, silent]) t.teardown(() => peer.stop());
	const { node } = book(
		[good, bad, silent].map(({ port }, index) => `[n${index}]\naddress: 127.0.0.1\nport: ${port}\n`).join('\n'),
	);
	const ran = await node(['caps', '--all', '-F', 'table']);
	t.equal(ran.status, 3);
	t.match(ran.stdout, /^NODE .*\nn0 +no +no +no +no +no +no +0 of \d+ +first time\nn1 +rejected\nn2 +connect\n$/);
	t.match(ran.stderr, /n1: association rejected/);
	t.equal((await book('').node(['caps', '--all'])).status, 1);
	t.equal((await book('').node(['caps'])).status, 2, 'whose?');
});

t.test('caps --matching without a study, and without queries', async (t) => {
	const empty = await findPeer(async function* () {});
	const deaf = await verifying();
	for (const peer of [empty, deaf]) t.teardown(() => peer.stop());
	const { node } = book('');
	const none = await node(['caps', `A@127.0.0.1:${empty.port}`, '--matching']);
	t.strictSame([none.status, none.stdout], [0, '']);
	t.match(none.stderr, /there is no study to try it on/);
	t.equal((await node(['caps', `A@127.0.0.1:${deaf.port}`, '--matching'])).status, 9);
	const named = await node(['caps', `A@127.0.0.1:${empty.port}`, '--matching', '--study-uid', '1.2.3']);
	t.equal(named.status, 2);
	t.match(named.stderr, /the peer has no study 1\.2\.3/);
});
