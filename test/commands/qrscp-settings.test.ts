/** What `dimse qrscp` is told: options over configuration over defaults, and the same things under the same names in both. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { OptionSpec } from '../../src/cli/command.ts';
import { parse } from '../../src/cli/parse.ts';
import { QRSCP_OPTIONS } from '../../src/commands/qrscp/options.ts';
import { type QrscpOptions, readSettings } from '../../src/commands/qrscp/settings.ts';
import qrscp from '../../src/commands/qrscp.ts';
import { QRSCP_KEYS, type QrscpKey } from '../../src/config/qrscp-keys.ts';
import type { DicomError } from '../../src/errors.ts';
import { surroundings } from '../support/environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'dimse-qrscp-settings-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const settingsOf = (line: string, calledBy = 'qrscp') => {
	const argv = line === '' ? [] : line.split(' ');
	const { options } = parse(qrscp, argv, {}, calledBy);
	return readSettings(options as unknown as QrscpOptions, surroundings({ cwd: '/work', homeFolder: '/home/me' }).env);
};

const file = (text: string): string => {
	const path = join(folder, 'q.ini');
	writeFileSync(path, text);
	return path;
};

t.test('every key of the configuration is an option of the same name, with the same bounds', async (t) => {
	for (const [key, spec] of Object.entries(QRSCP_KEYS) as [string, QrscpKey][]) {
		if (spec.type === 'ignored') continue;
		const option: OptionSpec | undefined = (QRSCP_OPTIONS as Record<string, OptionSpec>)[key.replaceAll('_', '-')];
		if (option === undefined) {
			t.fail(`no option for ${key}`);
			continue;
		}
		if (spec.type === 'number') {
			t.equal(option.type, 'number', key);
			t.equal(option.min, spec.min, `${key} min`);
			t.ok(option.max === spec.max || option.value === 'SECONDS', `${key} max`);
			t.equal(option.orZero ?? false, spec.orZero ?? false, `${key} or zero`);
			t.equal(option.whole ?? false, spec.whole ?? false, `${key} whole`);
		} else if (spec.type === 'choice') t.strictSame(option.choices, spec.choices, key);
		else if (spec.type === 'yes') t.equal(option.type, 'boolean', key);
		else t.equal(option.many ?? false, spec.type === 'lines', key);
		t.equal(option.default, undefined, `${key}: a default would hide the configuration`);
	}
});

t.test(
	"without anything: QRSCP on 11112, all interfaces, the current folder, pynetdicom's move destination",
	async (t) => {
		t.match(await settingsOf(''), {
			aeTitle: 'QRSCP',
			port: 11112,
			bindAddress: undefined,
			instanceFolder: '/work/instances',
			databasePath: '/work/instances.sqlite',
			acseTimeoutMs: 30_000,
			dimseTimeoutMs: 30_000,
			networkTimeoutMs: 30_000,
			durability: 'full',
			duplicates: 'replace',
			requireCalled: false,
			tls: undefined,
		});
		const { destinations } = await settingsOf('');
		t.match(
			[...destinations.values()],
			[{ name: 'STORESCP', host: '127.0.0.1', port: 11113, callingAeTitle: 'QRSCP' }],
		);
	},
);

t.test("the options of pynetdicom's qrscp, each in all its spellings", async (t) => {
	const cases: readonly (readonly [line: string, expected: object])[] = [
		['--port 104', { port: 104 }],
		['-aet ARC', { aeTitle: 'ARC' }],
		['--ae-title=ARC', { aeTitle: 'ARC' }],
		['-aet=ARC', { aeTitle: 'ARC' }],
		['-ta 1.5 -td 2 -tn 0', { acseTimeoutMs: 1500, dimseTimeoutMs: 2000, networkTimeoutMs: 0 }],
		[
			'--acse-timeout 1 --dimse-timeout 2 --network-timeout 3',
			{ acseTimeoutMs: 1000, dimseTimeoutMs: 2000, networkTimeoutMs: 3000 },
		],
		['-pdu 4096', { maximumLength: 4096 }],
		['--max-pdu 0', { maximumLength: 0 }],
		['-ba 127.0.0.1', { bindAddress: '127.0.0.1' }],
		['--bind-address [::1]', { bindAddress: '::1' }],
		['--database-location /x/db --instance-location rel', { databasePath: '/x/db', instanceFolder: '/work/rel' }],
		['--instance-location ~/i', { instanceFolder: '/home/me/i' }],
		['-q -v -d -ll debug', {}],
	];
	for (const [line, expected] of cases) t.match(await settingsOf(line), expected, line);
});

t.test('the line wins over the configuration, which wins over the defaults', async (t) => {
	const path = file(
		[
			'[DEFAULT]',
			'ae_title: FILE',
			'port: 1234',
			'bind_address: 127.0.0.1',
			'allow: A',
			' B',
			'max_associations: 0',
			'simulate: slow:1s',
			'[WS]',
			'address: ws.example.org',
			'port: 104',
			'calling_ae_title: OTHER',
		].join('\n'),
	);
	const read = await settingsOf(`-c ${path}`);
	t.match(read, { aeTitle: 'FILE', port: 1234, bindAddress: '127.0.0.1' });
	t.strictSame(
		read.access.map(({ callingAeTitle }) => callingAeTitle),
		['A', 'B'],
	);
	t.equal(read.limits.associations, Number.POSITIVE_INFINITY);
	t.match(read.faults, [{ name: 'slow', ms: 1000 }]);
	t.strictSame([...read.destinations.keys()], ['WS'], 'with a configuration its destinations are all there are');
	t.match(read.destinations.get('WS'), { host: 'ws.example.org', port: 104, callingAeTitle: 'OTHER' });
	const given = await settingsOf(`-c ${path} -aet LINE --port 0 --allow C --move-dest X=[::1]:5 --move-dest WS=h:6`);
	t.match(given, { aeTitle: 'LINE', port: 0 });
	t.strictSame(
		given.access.map(({ callingAeTitle }) => callingAeTitle),
		['C'],
	);
	t.match(given.destinations.get('X'), { host: '::1', port: 5, callingAeTitle: 'LINE' });
	t.match(given.destinations.get('WS'), { host: 'h', port: 6, callingAeTitle: 'LINE' });
});

t.test('mistakes', async (t) => {
	const cases: readonly (readonly [line: string, message: RegExp])[] = [
		['--move-dest WS', /^--move-dest: "WS" is no AET=HOST:PORT/],
		['--move-dest WS=h:0', /^--move-dest/],
		['--move-dest =h:1', /^--move-dest/],
		['--move-dest WS=h:1:2', /^--move-dest/],
		['--move-dest WS=h\ti:1', /^--move-dest/],
		['--allow A=fly', /^--allow: "A=fly" names no service/],
		['--simulate fly', /^--simulate: there is no fault "fly"/],
		['--min-free-space lots', /^--min-free-space: "lots" is no size/],
		['-aet AETITLE_OF_17_CHR', /own AE title/],
		['--tls', /TLS needs a certificate/],
		['--tls-ca ca.pem', /TLS needs a certificate/],
		['--simulate limit:x', /^--simulate: limit:x is not limit:N/],
	];
	const configurations: readonly (readonly [text: string, message: RegExp])[] = [
		['[DEFAULT]\nallow:\n A\n B@x', /q\.ini:4: allow: "B@x" names no address/],
		['[DEFAULT]\nallow: A\n # no\n\n\tB@x\n', /q\.ini:5: allow: "B@x" names no address/],
		['[DEFAULT]\nsimulate:\n move-lie\n limit:x', /q\.ini:4: simulate: limit:x is not limit:N/],
		[`[DEFAULT]\ntls_ca: ${join(folder, '0q.ini')}\n nofile`, /q\.ini:3: tls_ca: cannot read \/work\/nofile/],
		['[DEFAULT]\nsimulate: limit:x', /q\.ini:2: simulate: limit:x is not limit:N/],
		[
			'[DEFAULT]\nport: 1\nbind_address: nowhere.invalid',
			/q\.ini:3: bind_address: cannot listen on "nowhere\.invalid"/,
		],
		['[DEFAULT]\nbind_address: 203.0.113.7', /q\.ini:2: bind_address: cannot listen on "203\.0\.113\.7" \(EADDR/],
		['[DEFAULT]\nport: 1\ntls: yes', /q\.ini:3: tls: TLS needs a certificate/],
		['[DEFAULT]\ntls_cert: nofile', /q\.ini:2: tls_cert: cannot read \/work\/nofile \(ENOENT\)/],
		['[A]\naddress: h\nport: 1\ntls: yes\ntls_ca: nofile', /q\.ini:5: tls_ca: cannot read .*nofile \(ENOENT\)/],
	];
	const ofConfiguration = configurations.map(([text, message], at) => {
		const path = join(folder, `${at}q.ini`);
		writeFileSync(path, text);
		return [`-c ${path}`, message] as const;
	});
	for (const [line, message] of [...cases, ...ofConfiguration]) {
		try {
			await settingsOf(line);
			t.fail(`taken: ${line}`);
		} catch (error) {
			t.equal((error as DicomError).failure?.blame, 'usage', line);
			t.match((error as Error).message, message);
		}
	}
});

t.test('TLS: a certificate is enough of a wish', async (t) => {
	const { tls } = await settingsOf('--tls-cert c.pem --tls-key /k.pem --tls-ca a.pem --tls-ca b.pem --tls-min 1.3');
	t.match(tls, {
		certificate: '/work/c.pem',
		key: '/k.pem',
		ca: ['/work/a.pem', '/work/b.pem'],
		minimumVersion: 'TLSv1.3',
	});
	const pem = join(folder, 'c.pem');
	writeFileSync(pem, '');
	const read = await settingsOf(`-c ${file(`[DEFAULT]\ntls: yes\ntls_cert: ${pem}\ntls_key: ${pem}`)}`);
	t.match(read.tls, { certificate: pem, minimumVersion: 'TLSv1.2', ca: [] });
});

/** dcmqrscp 3.6.7 --help: every option it has, with how many values follow. */
const DCMQRSCP: readonly (readonly [values: number, ...spellings: readonly string[]])[] = [
	[0, '-q', '--quiet', '-v', '--verbose', '-d', '--debug', '--arguments', '-s', '--single-process', '--fork'],
	[1, '-ll', '--log-level', '-lc', '--log-config', '-c', '--config', '-to', '--timeout', '-ta', '--acse-timeout'],
	[1, '-td', '--dimse-timeout', '-pdu', '--max-pdu', '+C', '--convert-to-charset', '+cl', '--compression-level'],
	[0, '--require-find', '--no-parallel-store', '--disable-get', '--allow-shutdown', '-XF', '--check-find'],
	[0, '--no-check-find', '-XM', '--check-move', '--no-check-move', '--move-unrestricted', '-ZA', '--move-aetitle'],
	[0, '-ZH', '--move-host', '-ZV', '--move-vendor', '-QP', '--no-patient-root', '-QS', '--no-study-root', '-QO'],
	[0, '--no-patient-study', '+x=', '+xe', '+xb', '+xs', '+xy', '+xx', '+xv', '+xw', '+xt', '+xu', '+xm', '+xh'],
	[0, '+xn', '+xl', '+x2', '+x3', '+xo', '+x4', '+x5', '+xr', '+xd', '+xi', '-x=', '-xe', '-xb', '-xi', '-xs', '-xy'],
	[0, '-xx', '-xv', '-xw', '-xt', '-xu', '-xm', '-xh', '-xn', '-xl', '-x2', '-x3', '-xo', '-x4', '-x5', '-xr', '-xd'],
	[0, '-ac', '--access-full', '+ac', '--access-control', '-dhl', '--disable-host-lookup', '--refuse', '--reject'],
	[0, '--ignore', '-up', '--uid-padding', '+Cr', '-Cr', '+A7', '+U8', '+L1', '-Ct', '-Cd', '-B', '+B', '+F', '-F'],
	[0, '+t=', '+te', '+tb', '+ti', '+td', '+u', '-u', '+g=', '+g', '-g', '+e', '-e', '-p'],
	[2, '+p', '--padding-create', '-xf', '--assoc-config-file'],
];

t.test("dcmqrscp's options are taken, ignored, or refused with what to do instead", async (t) => {
	const values: Readonly<Record<string, string>> = {
		'-ll': 'info',
		'--log-level': 'info',
		'-pdu': '16384',
		'--max-pdu': '16384',
	};
	for (const [count, ...spellings] of DCMQRSCP)
		for (const spelling of spellings) {
			const given = Array.from({ length: count }, () => values[spelling] ?? '1');
			try {
				parse(qrscp, [spelling, ...given], {}, 'dcmqrscp');
				t.pass(spelling);
			} catch (error) {
				const { failure } = error as DicomError;
				const isRefused = failure?.blame === 'usage' && /is not supported/.test(failure.message);
				t.ok(isRefused && (failure.hint ?? '').length > 10, `${spelling}: ${(error as Error).message}`);
			}
		}
	t.match(await settingsOf('-QP --refuse', 'dcmqrscp'), {
		faults: [{ name: 'no-patient-root' }, { name: 'reject', reason: 1 }],
	});
	t.match(await settingsOf('--disable-get'), { hasGet: false });
});
