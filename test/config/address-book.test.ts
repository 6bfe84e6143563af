/** The address book: what a file may say, where it lies, how it is written, and the words nearest to a wrong one. */
import {
	chmodSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { addressBookOf, readAddressBook, removeNodes, writeNode } from '../../src/config/address-book.ts';
import { expandHome, settingsPath } from '../../src/config/settings-file.ts';
import type { DicomError } from '../../src/errors.ts';
import { nearest } from '../../src/nearest.ts';

const WHERE = { variables: {}, homeFolder: '/home/me', cwd: '/work' };

t.test('where it lies: option, DIMSE_CONFIG, XDG_CONFIG_HOME, ~/.config', async (t) => {
	const cases: readonly (readonly [string | undefined, Record<string, string>, string, boolean])[] = [
		[undefined, {}, '/home/me/.config/dimse/config.ini', false],
		[undefined, { XDG_CONFIG_HOME: '/x' }, '/x/dimse/config.ini', false],
		[undefined, { XDG_CONFIG_HOME: 'relative' }, '/home/me/.config/dimse/config.ini', false],
		[undefined, { XDG_CONFIG_HOME: '' }, '/home/me/.config/dimse/config.ini', false],
		[undefined, { XDG_CONFIG_HOME: '/x', DIMSE_CONFIG: '/d.ini' }, '/d.ini', true],
		[undefined, { DIMSE_CONFIG: '' }, '/home/me/.config/dimse/config.ini', false],
		['o.ini', { DIMSE_CONFIG: '/d.ini' }, '/work/o.ini', true],
		['~/o.ini', {}, '/home/me/o.ini', true],
	];
	for (const [named, variables, path, isNamed] of cases)
		t.strictSame(settingsPath(named, { ...WHERE, variables }), { path, isNamed }, path);
	t.equal(expandHome('~other/x', '/home/me'), '~other/x');
});

t.test('a node', async (t) => {
	const book = addressBookOf(
		`[DEFAULT]
calling_ae_title: WS01
default_node: main
tags: all

[main]
ae_title: PACS_MAIN
address: 10.20.1.5
port: 11112
tags: prod, ct
match_limit: 500
charset: ISO_IR 100
note: vendor hotline
  555-0100

[STORESCP]
address: [2001:db8::5]
tls: YES
tls_ca: ~/ca.pem
tls_min: 1.3
`,
		'c.ini',
		WHERE,
	);
	t.strictSame(book.nodes.get('main'), {
		name: 'main',
		line: 6,
		calledAeTitle: 'PACS_MAIN',
		host: '10.20.1.5',
		port: 11112,
		tls: false,
		tlsInsecure: false,
		tags: ['prod', 'ct'],
		callingAeTitle: 'WS01',
		charset: 'ISO_IR 100',
		matchLimit: 500,
		note: 'vendor hotline\n555-0100',
	});
	t.match(book.nodes.get('STORESCP'), {
		calledAeTitle: 'STORESCP',
		host: '2001:db8::5',
		port: 2762,
		tls: true,
		tlsCa: '/home/me/ca.pem',
		tlsMinimum: '1.3',
		tags: ['all'],
	});
	t.equal(book.defaultNode, 'main');
	t.equal(book.callingAeTitle, 'WS01');
	const fromEnvironment = addressBookOf('[a]\naddress: h\n', 'c', { ...WHERE, variables: { DIMSE_NODE: 'A@h:104' } });
	t.equal(fromEnvironment.defaultNode, 'A@h:104');
});

t.test("a qrscp file's destinations are nodes, and its own title is not theirs", async (t) => {
	const text = `[DEFAULT]
ae_title: QRSCP
port: 11112
max_pdu: 16382
acse_timeout: 30
dimse_timeout: 30
network_timeout: 30
bind_address:
instance_location: instances
database_location: instances.sqlite

[STORESCP]
    address: 127.0.0.1
    port: 11113
`;
	const { nodes } = addressBookOf(text, 'qrscp.ini', WHERE);
	t.match(nodes.get('STORESCP'), { calledAeTitle: 'STORESCP', host: '127.0.0.1', port: 11113 });
});

t.test('mistakes are told with file and line', async (t) => {
	const cases: readonly (readonly [string, string, RegExp?])[] = [
		['[a]\naddress: h\nprot: 1\n', 'c.ini:3: unknown key "prot"', /did you mean port\?/],
		['[a]\naddress: h\nzzzzzz: 1\n', 'c.ini:3: unknown key "zzzzzz"', /the keys are ae_title, /],
		['[a]\naddress: h\nmax_pdu: 1\n', 'c.ini:3: unknown key "max_pdu"'],
		['[a]\nport: 104\n', 'c.ini:1: [a] address: this is missing'],
		['[a]\naddress: h\nport: 70000\n', 'c.ini:3: [a] port: "70000" is no number from 1 to 65535'],
		['[a]\naddress: h\nport: 1e3\n', 'c.ini:3: [a] port: "1e3" is no number from 1 to 65535'],
		['[DEFAULT]\nport: x\n[a]\naddress: h\n', 'c.ini:2: [a] port: "x" is no number from 1 to 65535'],
		['[a]\naddress: h\ntls: maybe\n', 'c.ini:3: [a] tls: "maybe" is none of 1, yes, true, on, 0, no, false, off'],
		['[a]\naddress: h\ntls_min: 1.1\n', 'c.ini:3: [a] tls_min: "1.1" is none of 1.2, 1.3'],
		['[DEFAULT]\ndefault_node: b\n[a]\naddress: h\n', 'c.ini:2: default_node: there is no node "b"'],
	];
	for (const [text, message, hint] of cases)
		try {
			addressBookOf(text, 'c.ini', WHERE);
			t.fail(`taken: ${text}`);
		} catch (error) {
			const { failure } = error as DicomError;
			t.match(failure, { blame: 'usage', message, ...(hint === undefined ? {} : { hint }) });
		}
});

t.test('files', async (t) => {
	const home = t.testdir({});
	const where = { variables: {}, homeFolder: home, cwd: home };
	t.equal((await readAddressBook({}, where)).nodes.size, 0, 'none is an empty one');
	await t.rejects(readAddressBook({ config: 'none.ini' }, where), {
		message: /none\.ini/,
	});
	t.equal((await readAddressBook({ config: 'none.ini', 'no-config': true }, where)).nodes.size, 0);

	const path = await writeNode({}, where, 'main', { address: 'h', port: '104' });
	t.equal(path, join(home, '.config/dimse/config.ini'));
	t.equal(statSync(path).mode & 0o777, 0o600);
	t.equal(statSync(join(home, '.config/dimse')).mode & 0o777, 0o700);
	chmodSync(path, 0o644);
	await writeNode({}, where, 'main', { port: '105' });
	t.equal(statSync(path).mode & 0o777, 0o600, 'also where it was open to all');
	t.match((await readAddressBook({}, where)).nodes.get('main'), { host: 'h', port: 105 });

	await t.rejects(writeNode({}, where, 'other', { port: '1' }), { message: /is missing/ });
	t.equal(readFileSync(path, 'utf8'), '[main]\naddress: h\nport: 105\n', 'a node that is none is not written');
	await removeNodes({}, where, ['main', 'nobody']);
	t.equal(readFileSync(path, 'utf8'), '');
	t.strictSame(readdirSync(join(home, '.config/dimse')), ['config.ini'], 'nothing is left over');

	mkdirSync(join(home, 'dotfiles'));
	writeFileSync(join(home, 'dotfiles/d.ini'), '# mine\n');
	symlinkSync('dotfiles/d.ini', join(home, 'link.ini'));
	await writeNode({ config: 'link.ini' }, where, 'main', { address: 'h' });
	t.ok(lstatSync(join(home, 'link.ini')).isSymbolicLink(), 'a link stays one');
	t.equal(readFileSync(join(home, 'dotfiles/d.ini'), 'utf8'), '# mine\n\n[main]\naddress: h\n');

	writeFileSync(join(home, 'file'), '');
	await t.rejects(writeNode({ config: 'file/x.ini' }, where, 'main', { address: 'h' }), {
		message: /a part of its path is no folder/,
	});
	t.notOk(existsSync(join(home, 'file/x.ini')));
});

t.test('did you mean', async (t) => {
	const words = ['find', 'echo', 'store', 'node', 'completion', 'help'];
	const cases: readonly (readonly [string, readonly string[]])[] = [
		['fnid', ['find']],
		['FIND', ['find']],
		['ecoh', ['echo']],
		['comp', ['completion']],
		['sotre', ['store']],
		['xyzzy', []],
	];
	for (const [word, near] of cases) t.strictSame(nearest(word, words), near, word);
	t.equal(nearest('a', ['b', 'c', 'd', 'e']).length, 3, 'three at most');
});
