/** Peers as people spell them, what the options and the address book add, and what is refused. */
import { join } from 'node:path';
import t from 'tap';
import { checkAeTitle, type Peer, type PeerOptions, takePeer, takePeers } from '../../src/cli/peer.ts';
import { addressBookOf } from '../../src/config/address-book.ts';
import { DicomError } from '../../src/errors.ts';

const BOOK = `[DEFAULT]
calling_ae_title: BOOK

[main]
ae_title: PACS_MAIN
address: 10.20.1.5
port: 11112
calling_ae_title: WS01
charset: ISO_IR 100
match_limit: 500
max_associations: 2

[safe]
address: pacs.example.org
tls: yes
tls_min: 1.3
tls_servername: pacs
`;
const book = (variables = {}) => addressBookOf(BOOK, 'c.ini', { variables, homeFolder: '/', cwd: '/' });

const NO_OPTIONS: PeerOptions = {
	tls: false,
	'tls-ca': [],
	'tls-cert': undefined,
	'tls-key': undefined,
	'tls-servername': undefined,
	'tls-min': '1.2',
	'tls-insecure': false,
	'tls-passphrase': undefined,
};

const take = (text: string, options: Partial<PeerOptions> = {}, variables = {}) =>
	takePeer(text.split(' ').filter(Boolean), { ...NO_OPTIONS, ...options }, book(variables), 'FINDSCU');

/** Label, host, port, called AE title, and what is left over. */
type Taken = readonly [string, string, number, string, ...string[]];

const SPELLINGS: Readonly<Record<string, Taken>> = {
	main: ['main', '10.20.1.5', 11112, 'PACS_MAIN'],
	'main PatientName=X': ['main', '10.20.1.5', 11112, 'PACS_MAIN', 'PatientName=X'],
	'main 00000001': ['main', '10.20.1.5', 11112, 'PACS_MAIN', '00000001'],
	'OTHER@main': ['main', '10.20.1.5', 11112, 'OTHER'],
	safe: ['safe', 'pacs.example.org', 2762, 'safe'],
	'PACS@10.0.0.1:104': ['PACS@10.0.0.1:104', '10.0.0.1', 104, 'PACS'],
	'PACS@10.0.0.1:104 00000001': ['PACS@10.0.0.1:104', '10.0.0.1', 104, 'PACS', '00000001'],
	'PACS@archive:4242 a b': ['PACS@archive:4242', 'archive', 4242, 'PACS', 'a', 'b'],
	'PACS@archive 4242 a': ['PACS@archive:4242', 'archive', 4242, 'PACS', 'a'],
	'PACS@archive': ['PACS@archive:104', 'archive', 104, 'PACS'],
	'A@B@host:104': ['A@B@host:104', 'host', 104, 'A@B'],
	'10.0.0.1:11112': ['ANY-SCP@10.0.0.1:11112', '10.0.0.1', 11112, 'ANY-SCP'],
	'archive:11112': ['ANY-SCP@archive:11112', 'archive', 11112, 'ANY-SCP'],
	'archive 11112': ['ANY-SCP@archive:11112', 'archive', 11112, 'ANY-SCP'],
	'archive 11112 x y': ['ANY-SCP@archive:11112', 'archive', 11112, 'ANY-SCP', 'x', 'y'],
	'main:105': ['ANY-SCP@main:105', 'main', 105, 'ANY-SCP'],
	localhost: ['ANY-SCP@localhost:104', 'localhost', 104, 'ANY-SCP'],
	'pacs.example.org': ['ANY-SCP@pacs.example.org:104', 'pacs.example.org', 104, 'ANY-SCP'],
	'[2001:db8::5]:104': ['ANY-SCP@[2001:db8::5]:104', '2001:db8::5', 104, 'ANY-SCP'],
	'P@[::1]:4242': ['P@[::1]:4242', '::1', 4242, 'P'],
	'[::1] 4242': ['ANY-SCP@[::1]:4242', '::1', 4242, 'ANY-SCP'],
	'::1 4242': ['ANY-SCP@[::1]:4242', '::1', 4242, 'ANY-SCP'],
	'fe80::1%eth0 104': ['ANY-SCP@[fe80::1%eth0]:104', 'fe80::1%eth0', 104, 'ANY-SCP'],
	'dicom://PACS@archive:4242': ['PACS@archive:4242', 'archive', 4242, 'PACS'],
	'dicom://archive/': ['ANY-SCP@archive:104', 'archive', 104, 'ANY-SCP'],
	'DICOMS://P%20A@archive': ['P A@archive:2762', 'archive', 2762, 'P A'],
	'dicoms://P@[::1]:5': ['P@[::1]:5', '::1', 5, 'P'],
};

t.test('spellings', async (t) => {
	for (const [text, [label, host, port, calledAeTitle, ...rest]] of Object.entries(SPELLINGS)) {
		const taken = await take(text);
		t.match(taken.peer, { label, host, port, calledAeTitle }, text);
		t.strictSame(taken.rest, rest, text);
		t.equal(taken.peer.tls !== undefined, /^dicoms|^safe/i.test(text), text);
	}
});

t.test('refused, with what to do', async (t) => {
	const cases: readonly (readonly [string, RegExp, Partial<PeerOptions>?])[] = [
		['', /no peer is given/],
		['PatientName=X', /no peer is given/],
		['@query.json', /no peer is given/],
		['mian', /no node is called "mian"/],
		['nobody', /no node is called "nobody"/],
		['104', /no node is called "104"/],
		['PACS@', /has no host/],
		['PACS@:104', /has no host/],
		['dicom://', /has no host/],
		['host:', /"" is no port/],
		['host:0', /"0" is no port/],
		['host:65536', /"65536" is no port/],
		['host:dicom', /"dicom" is no port/],
		['host 0', /"0" is no port/],
		['host 123456', /"123456" is no port/],
		['dicom://%zz@host', /no AE title/],
		['https://host/dicom-web', /DICOMweb/],
		['https://host', /DICOMweb/],
		['dicom://P@host:104/studies', /has a path/],
		['ftp://host', /unknown scheme "ftp:\/\/"/],
		['a/b.dcm', /no host name/],
		['@host:104', /no peer is given/],
		['A_TITLE_THAT_IS_TOO_LONG@host:104', /has 24 characters/],
		['A\\B@host:104', /a character that none may have/],
		['main', /the calling AE title is empty/, { calling: ' ' }],
		['main', /the called AE title "ÄRZTE" has a character/, { called: 'ÄRZTE' }],
		['main', /certificate of ours needs its key/, { 'tls-cert': 'c.pem' }],
	];
	for (const [text, message, options] of cases)
		try {
			await take(text, options);
			t.fail(`taken: ${text}`);
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			t.match(error.failure, { blame: 'usage', message }, text);
		}
	await t.rejects(take('main', { 'tls-ca': ['/nowhere/ca.pem'] }), { message: 'cannot read /nowhere/ca.pem' });
});

t.test('a first word that can be no peer leaves the default node', async (t) => {
	const DEFAULT = { DIMSE_NODE: 'main' };
	const UID = '2.25.189305333290417104200253641268494859767';
	for (const text of [UID, '1.2.840.113619.2.5', '1.2.3.300', `${UID} 1.2.3.4`, `${UID} 104`]) {
		const { peer, rest } = await take(text, {}, DEFAULT);
		t.equal(peer.node, 'main', text);
		t.strictSame(rest, text.split(' '), text);
		await t.rejects(take(text), { message: /is a UID or no address, and no peer is given$/ });
	}
	for (const text of ['10.0.0.1', '1.2.3.4 11112', '10.1']) {
		const { peer } = await take(text, {}, DEFAULT);
		t.equal(peer.node, undefined, `${text} may be an address`);
		const isSaid = peer.notes.some((note) =>
			/taken for the peer: where main is meant, write main before it/.test(note),
		);
		t.equal(isSaid, peer.port === 104, text);
	}
	t.notOk((await take('10.0.0.1')).peer.notes.some((note) => /first word/.test(note)));
	const error = await take('P1', {}, DEFAULT).catch((thrown: unknown) => thrown);
	t.match(error, { failure: { hint: /^the first word is taken for the peer: where main is/ } });

	const here =
		(...there: readonly string[]) =>
		(text: string) =>
			there.includes(text);
	const store = async (words: readonly string[], isPath: (text: string) => boolean, variables = DEFAULT) => {
		const { peer, rest } = await takePeer(words, NO_OPTIONS, book(variables), 'STORESCU', isPath);
		return [peer.node ?? peer.host, ...rest];
	};
	t.strictSame(await store(['x1'], here('x1')), ['main', 'x1']);
	t.strictSame(await store(['x1', '00000001'], here('x1', '00000001')), ['main', 'x1', '00000001']);
	t.strictSame(await store(['safe', 'x1'], here('safe', 'x1')), ['safe', 'x1'], 'a node is a node');
	t.strictSame(await store(['localhost', '104', 'x1'], here('localhost', 'x1')), ['localhost', 'x1'], 'a port says it');
	await t.rejects(store(['x2'], here('x1')), { message: /no node is called "x2"/ });
	await t.rejects(
		takePeer(['x1'], NO_OPTIONS, book(), 'STORESCU', here('x1')),
		{ message: /no node is called "x1"/ },
		'there is no default',
	);
});

t.test('did you mean', async (t) => {
	const error = await take('mian').catch((error: unknown) => error);
	t.match(error, { failure: { suggestions: ['main'] } });
});

t.test('who wins: option, node, book, built-in', async (t) => {
	const calling = async (text: string, options = {}) => (await take(text, options)).peer.callingAeTitle;
	t.equal(await calling('main', { calling: 'ME' }), 'ME');
	t.equal(await calling('main'), 'WS01');
	t.equal(await calling('safe'), 'BOOK', 'inherited');
	t.equal(await calling('h:1'), 'BOOK', 'also where the peer is no node');
	const empty = addressBookOf('', 'c.ini', { variables: {}, homeFolder: '/', cwd: '/' });
	t.equal((await takePeer(['h:1'], NO_OPTIONS, empty, 'FINDSCU')).peer.callingAeTitle, 'FINDSCU');
	t.equal((await take('main', { called: ' X ' })).peer.calledAeTitle, 'X', 'blanks do not count');
	const { calledAeTitle, notes } = (await take('P@h:1', { called: 'X' })).peer;
	t.equal(calledAeTitle, 'P', 'the spelling is nearer than -aec');
	t.match(notes, [/the called AE title is P, .* not X/]);
	t.match((await take('main')).peer, { node: 'main', charset: 'ISO_IR 100', matchLimit: 500, maxAssociations: 2 });
	t.equal((await take('main', { charset: 'ISO_IR 192' })).peer.charset, 'ISO_IR 192');
});

t.test('what is decided for the user is said', async (t) => {
	t.strictSame((await take('main')).peer.notes, []);
	t.strictSame((await take('P@h:1')).peer.notes, []);
	t.match((await take('h.example:1')).peer.notes, [/no called AE title given: ANY-SCP/]);
	t.strictSame((await take('h.example 1')).peer.notes, [], 'as with the tools that one knows');
	t.match((await take('P@h.example')).peer.notes, [/no port given for h\.example: 104/]);
});

t.test('a default node', async (t) => {
	const variables = { DIMSE_NODE: 'main' };
	for (const items of ['', 'PatientName=X', '@query.json', 'PatientName=X Y']) {
		const { peer, rest } = await take(items, {}, variables);
		t.equal(peer.node, 'main', items);
		t.equal(rest.join(' '), items);
	}
	t.equal((await take('safe', {}, variables)).peer.node, 'safe');
	t.equal((await take('', {}, { DIMSE_NODE: 'P@h:1' })).peer.label, 'P@h:1', 'it may be any spelling');
});

t.test('TLS is on where anything of it is asked for', async (t) => {
	const pem = t.testdir({ 'ca.pem': 'CA', 'c.pem': 'CERT', 'k.pem': 'KEY' });
	const file = (name: string) => join(pem, name);
	const tls = async (text: string, options: Partial<PeerOptions>): Promise<Peer['tls']> =>
		(await take(text, options)).peer.tls;
	t.strictSame(await tls('safe', {}), { serverName: 'pacs', minimumVersion: 'TLSv1.3', isInsecure: false });
	t.strictSame(await tls('P@h:1', { tls: true }), { minimumVersion: 'TLSv1.2', isInsecure: false });
	t.strictSame(await tls('P@h:1', { 'tls-insecure': true }), { minimumVersion: 'TLSv1.2', isInsecure: true });
	t.match(await tls('P@h:1', { 'tls-servername': 'x' }), { serverName: 'x' });
	t.match(await tls('P@h:1', { 'tls-ca': [file('ca.pem'), file('c.pem')] }), { ca: 'CA\nCERT' });
	const own = { 'tls-cert': file('c.pem'), 'tls-key': file('k.pem'), 'tls-passphrase': 'secret' };
	t.match(await tls('P@h:1', own), { certificate: 'CERT', key: 'KEY', passphrase: 'secret' });
	t.equal((await take('P@h.example', { tls: true })).peer.port, 2762);
});

t.test('several peers', async (t) => {
	const labels = async (text: string, variables = {}) =>
		(await takePeers(text.split(' ').filter(Boolean), NO_OPTIONS, book(variables), 'ECHOSCU')).map(
			({ label }) => label,
		);
	t.strictSame(await labels('main archive 104 P@h:1 safe'), ['main', 'ANY-SCP@archive:104', 'P@h:1', 'safe']);
	t.strictSame(await labels('', { DIMSE_NODE: 'main' }), ['main']);
	await t.rejects(labels(''), { message: /no peer is given/ });
	await t.rejects(labels('main x=y', { DIMSE_NODE: 'main' }), { message: /"x=y" is no peer/ });
	await t.rejects(labels('x=y', { DIMSE_NODE: 'main' }), { message: /"x=y" is no peer/ });
});

t.test('AE titles', async (t) => {
	t.equal(checkAeTitle('  A B  ', 'called'), 'A B');
	t.equal(checkAeTitle('SIXTEEN_LETTERS_', 'called'), 'SIXTEEN_LETTERS_');
	t.equal(checkAeTitle('SIXTEEN_LETTERS_  ', 'called'), 'SIXTEEN_LETTERS_', 'blanks around it do not count');
	for (const bad of ['', '   ', 'SEVENTEEN_LETTERS', 'A\\B', 'A\u0007', 'A\tB', 'Ä'])
		t.throws(() => checkAeTitle(bad, 'called'), { message: /^the called AE title/ });
});
