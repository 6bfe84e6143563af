/** A qrscp configuration: pynetdicom's own file as it is, what may stand in ours beyond it, and every mistake named with its place. */
import t from 'tap';
import { allowedServices, isAeTitle, parseAccessRule, plainAddress, SERVICES } from '../../src/config/access-rules.ts';
import { addressBookOf } from '../../src/config/address-book.ts';
import { byteSizeOf } from '../../src/config/byte-size.ts';
import { qrscpFileOf, readQrscpFile } from '../../src/config/qrscp-file.ts';
import type { DicomError } from '../../src/errors.ts';

const WHERE = { variables: {}, homeFolder: '/home/me', cwd: '/work' };
const read = (text: string) => qrscpFileOf(text, 'q.ini', WHERE);

/** pynetdicom 3.0.4, apps/qrscp/default.ini, with its comments, indentation and empty values. */
const PYNETDICOM = `# Default configuration file for qrscp.py

[DEFAULT]
# Our AE Title
ae_title: QRSCP
# Our listen port
port: 11112
# Our maximum PDU size; 0 for unlimited
max_pdu: 16382
# The ACSE, DIMSE and network timeouts (in seconds)
acse_timeout: 30
dimse_timeout: 30
network_timeout: 30
# The address of the network interface to listen on
# If unset, listen on all interfaces
bind_address:
# Directory where SOP Instances received from Storage SCUs will be stored
#   This directory contains the QR service's managed SOP Instances
instance_location: instances
# Location of sqlite3 database for the QR service's managed SOP Instances
database_location: instances.sqlite
# Log identifier
log_identifier:

;; Move Destinations
# The AE title of the move destination, as ASCII
[STORESCP]
    # The IP address and listen port of the destination AE
    address: 127.0.0.1
    port: 11113
`;

t.test("pynetdicom's default.ini", async (t) => {
	const { values, destinations } = read(PYNETDICOM);
	t.strictSame(values, {
		ae_title: 'QRSCP',
		port: 11112,
		max_pdu: 16382,
		acse_timeout: 30,
		dimse_timeout: 30,
		network_timeout: 30,
		instance_location: 'instances',
		database_location: 'instances.sqlite',
	});
	t.match(destinations, [{ name: 'STORESCP', calledAeTitle: 'STORESCP', host: '127.0.0.1', port: 11113, tls: false }]);
	t.equal(destinations.length, 1);
});

t.test('= for :, case of keys, values of several lines, a file of the other systems', async (t) => {
	const { values, destinations, lineOf } = read(
		[
			'[DEFAULT]',
			'AE_Title = ARCHIVE 1',
			'port=104',
			'acse_timeout = 2.5',
			'max_pdu = 0',
			'require_called = Yes',
			'no_get: off',
			'durability: FULL',
			'max_instance_size: 4 GiB',
			'instance_location: ~/store',
			'allow:',
			'  CT1@10.0.0.0/8=echo,store',
			'',
			'  MY WS',
			'[A B]',
			'address = host.example.org',
			'port = 1',
			'tls = yes',
			'ae_title = OTHER',
			'[X]',
			'address: ::1',
			'port: 2',
		].join('\r\n'),
	);
	t.strictSame(values, {
		ae_title: 'ARCHIVE 1',
		port: 104,
		acse_timeout: 2.5,
		max_pdu: 0,
		require_called: true,
		no_get: false,
		durability: 'full',
		max_instance_size: 4 * 1024 ** 3,
		instance_location: '/home/me/store',
		allow: ['CT1@10.0.0.0/8=echo,store', 'MY WS'],
	});
	t.match(destinations, [
		{ name: 'A B', calledAeTitle: 'OTHER', host: 'host.example.org', port: 1, tls: true },
		{ name: 'X', calledAeTitle: 'X', host: '::1', port: 2, tls: false },
	]);
	t.equal(lineOf('allow'), 11);
	t.equal(lineOf('worklist'), undefined);
});

t.test('blanks around an AE title are no part of it', async (t) => {
	const { destinations, lineOf } = read('[ S2 ]\naddress: h\nport: 1\ntls_ca: x\n');
	t.match(destinations, [{ name: 'S2', calledAeTitle: 'S2' }]);
	t.equal(lineOf('tls_ca', 'S2'), 4);
});

t.test('an empty file is a server with the defaults and no destination', async (t) => {
	t.strictSame([read('').values, read('').destinations], [{}, []]);
});

t.test('mistakes name file and line', async (t) => {
	const cases: readonly (readonly [text: string, message: RegExp, hint?: RegExp])[] = [
		['[A]\nport: 1\naddress: x y', /^q\.ini:3: \[A\] address: "x y" has blanks in it/],
		['[A]\naddress: h\nport: 1\n[A ]\naddress: h\nport: 1', /^q\.ini:4: section \[A\] stands here a second time; .* 1/],
		['[DEFAULT]\nae_titel: X', /^q\.ini:2: unknown key "ae_titel"/, /did you mean ae_title\?/],
		['[DEFAULT]\nport: x', /^q\.ini:2: port: "x" is no whole number from 0 to 65535/],
		['[DEFAULT]\n\nport: 65536', /^q\.ini:3: port:/],
		['[DEFAULT]\nport: 104.5', /^q\.ini:2: port:/],
		['[DEFAULT]\nmax_pdu: 100', /^q\.ini:2: max_pdu: .*, or 0/],
		['[DEFAULT]\nacse_timeout: -1', /^q\.ini:2: acse_timeout/],
		['[DEFAULT]\nacse_timeout: thirty', /^q\.ini:2: acse_timeout/],
		['[DEFAULT]\nrequire_called: maybe', /^q\.ini:2: require_called: "maybe" is neither yes nor no/],
		['[DEFAULT]\ndurability: most', /^q\.ini:2: durability: "most" is none of full, data, off/],
		['[DEFAULT]\nmin_free_space: lots', /^q\.ini:2: min_free_space: "lots" is no size/],
		['[DEFAULT]\nae_title: THIS IS TOO LONG FOR ONE', /^q\.ini:2: .* is no AE title/],
		['[DEFAULT]\nport: 1\nae_title:', /^q\.ini:3: "" is no AE title/, /1 to 16/],
		['[DEFAULT\nport: 1', /^q\.ini:1: the bracket of "\[DEFAULT" is not closed/],
		['[A]\naddress: h', /^q\.ini:1: \[A\] port: this is missing/, /our own/],
		['[DEFAULT]\nport: 104\n[A]\naddress: h', /^q\.ini:3: \[A\] port: this is missing/],
		['[A]\nport: 1', /^q\.ini:1: \[A\] address: this is missing/],
		['[A]\naddress: h\nport: 0', /^q\.ini:3: \[A\] port/],
		['[A]\naddress: h\nport: 1\ninstance_location: x', /^q\.ini:4: unknown key "instance_location"/],
		['[AETITLE OF 17 CHR]\naddress: h\nport: 1', /^q\.ini:1: "AETITLE OF 17 CHR" is no AE title/],
		['[A]\naddress: h\nport: 1\nae_title: B\\C', /^q\.ini:4: "B\\C" is no AE title/],
		['[A]\naddress: h\nport: 1\n[A]', /^q\.ini:4: section \[A\] stands here a second time/],
		['port: 1', /^q\.ini:1: no section before this line/],
		['NetworkTCPPort = 104\nHostTable BEGIN', /dcmqrscp/, /INI/],
	];
	for (const [text, message, hint] of cases) {
		try {
			read(text);
			t.fail(`taken: ${text}`);
		} catch (error) {
			const { failure } = error as DicomError;
			t.equal(failure.blame, 'usage', text);
			t.match(failure.blame === 'usage' ? failure.message : '', message);
			if (hint !== undefined) t.match(failure.blame === 'usage' ? failure.hint : '', hint);
		}
	}
	await t.rejects(
		readQrscpFile('/nowhere/q.ini', WHERE),
		new Error('cannot read the configuration /nowhere/q.ini: it is not there'),
	);
});

t.test('a qrscp file is an address book too', async (t) => {
	const book = addressBookOf(
		`${PYNETDICOM}`.replace('[DEFAULT]', '[DEFAULT]\nallow: X\nmax_associations: 5'),
		'q.ini',
		WHERE,
	);
	t.match(book.nodes.get('STORESCP'), { host: '127.0.0.1', port: 11113 });
});

t.test('sizes', async (t) => {
	const cases: readonly (readonly [string, number | undefined])[] = [
		['0', 0],
		['1', 1],
		['1k', 1024],
		['512M', 512 * 1024 ** 2],
		['4 GiB', 4 * 1024 ** 3],
		['1.5t', 1.5 * 1024 ** 4],
		['10 B', 10],
		['', undefined],
		['-1', undefined],
		['1 X', undefined],
		['G', undefined],
		['1e3', undefined],
		['999999P', undefined],
	];
	for (const [text, bytes] of cases) t.equal(byteSizeOf(text), bytes, text);
});

t.test('access rules', async (t) => {
	const may = (rules: readonly string[], aet: string, from: string): string | undefined => {
		const services = allowedServices(rules.map(parseAccessRule), aet, from);
		return services === undefined ? undefined : [...services].sort().join(' ');
	};
	const all = [...SERVICES].sort().join(' ');
	const cases: readonly (readonly [
		rules: readonly string[],
		aet: string,
		from: string,
		services: string | undefined,
	])[] = [
		[[], 'ANY', '192.0.2.1', all],
		[['CT1'], 'CT1', '192.0.2.1', all],
		[['CT1'], 'ct1', '192.0.2.1', undefined],
		[['CT1'], 'CT12', '192.0.2.1', undefined],
		[['CT*'], 'CT12', '192.0.2.1', all],
		[['C?1*2'], 'CT1xx2', '192.0.2.1', all],
		[['C?1*2'], 'CT1xx3', '192.0.2.1', undefined],
		[['*'], '', '192.0.2.1', all],
		[['MY WS'], 'MY WS', '192.0.2.1', all],
		[['CT1@192.0.2.1'], 'CT1', '192.0.2.1', all],
		[['CT1@192.0.2.1'], 'CT1', '192.0.2.2', undefined],
		[['CT1@192.0.2.1'], 'CT1', '::ffff:192.0.2.1', all],
		[['*@192.0.2.0/24'], 'X', '192.0.2.200', all],
		[['*@192.0.2.0/24'], 'X', '192.0.3.1', undefined],
		[['*@2001:db8::/32'], 'X', '2001:db8::7', all],
		[['*@[2001:db8::]/32'], 'X', '2001:db9::7', undefined],
		[['*@[::1]'], 'X', '127.0.0.1', undefined],
		[['CT1=echo,store'], 'CT1', '::1', 'echo store'],
		[['CT1 = ECHO , store'], 'CT1', '::1', 'echo store'],
		[['CT1=store', '*=echo'], 'CT1', '::1', 'echo store'],
		[['CT1=store', '*=echo'], 'CT2', '::1', 'echo'],
		[['CT1@10.0.0.1=store', 'CT1@10.0.0.2=find'], 'CT1', '10.0.0.2', 'find'],
		[['*@10.0.0.0/8'], 'X', 'garbage', undefined],
	];
	for (const [rules, aet, from, services] of cases)
		t.equal(may(rules, aet, from), services, `${rules.join('; ')}  ${aet}@${from}`);
	for (const wrong of [
		'',
		'@10.0.0.1',
		'AETITLE OF 17 CHR',
		'A\\B',
		'A@',
		'A@host',
		'A@10.0.0.1/33',
		'A@[::1',
		'A@::1/129',
		'A@10.0.0',
		'A=',
		'A=fly',
		'A=echo,fly',
	])
		t.throws(() => parseAccessRule(wrong), /names no/, wrong);
	t.equal(plainAddress('::ffff:10.0.0.1'), '10.0.0.1');
	t.equal(plainAddress('fe80::1'), 'fe80::1');
	t.ok(isAeTitle('A B-c_1'));
	t.notOk(isAeTitle('   '));
	t.notOk(isAeTitle('Ä'));
});
