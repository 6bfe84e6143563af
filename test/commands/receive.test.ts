/** `dimse receive` as it is called: by its own words and those of other tools, and what is wrong before anybody calls. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Command } from '../../src/cli/command.ts';
import { parse } from '../../src/cli/parse.ts';
import { optionsOf, spellingsOf } from '../../src/cli/spellings.ts';
import receive from '../../src/commands/receive.ts';
import { DicomError } from '../../src/errors.ts';
import { missing } from '../support/peers.ts';
import { dimse } from '../support/run.ts';

t.setTimeout(120_000);
const command: Command = receive;

const folderOf = (t: Test): string => {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-receive-'));
	t.teardown(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
};

const outcome = (argv: readonly string[]) => {
	try {
		return parse(command, argv, {}, 'storescp');
	} catch (error) {
		if (error instanceof DicomError && error.failure.blame === 'usage') return error.failure;
		throw error;
	}
};

/** Of the manual of pynetdicom 3.0.4. */
const PYNETDICOM = [
	'-q --quiet',
	'-v --verbose',
	'-d --debug',
	'-ll --log-level | warn',
	'-lc --log-config | log.cfg',
	'-aet --ae-title | ME',
	'-ta --acse-timeout | 30',
	'-td --dimse-timeout | 30',
	'-tn --network-timeout | 30',
	'-pdu --max-pdu | 16384',
	'-ba --bind-address | 127.0.0.1',
	'-x= --prefer-uncompr',
	'-xe --prefer-little',
	'-xb --prefer-big',
	'-xi --implicit',
	'-od --output-directory | out',
	'--ignore',
	'--no-echo',
];

const told = (t: Test, spelling: string, values: readonly string[]): void => {
	for (const argv of [
		[spelling, ...values, '11112'],
		['11112', spelling, ...values],
	]) {
		const said = outcome(argv);
		if ('positionals' in said) t.strictSame(said.positionals, ['11112'], argv.join(' '));
		else {
			t.match(said.message, /is not supported$/, argv.join(' '));
			t.match(said.hint, /./, 'an alternative is named');
		}
	}
};

t.test("every option of pynetdicom's storescp", (t) => {
	for (const line of PYNETDICOM) {
		const [spellings = '', values = ''] = line.split(' | ');
		for (const spelling of spellings.split(' ')) told(t, spelling, values === '' ? [] : values.split(' '));
	}
	t.end();
});

t.test('every option that the storescp installed here prints', { skip: missing('storescp') }, (t) => {
	const { stdout } = spawnSync('storescp', ['--help'], { encoding: 'utf8' });
	const lines = [...stdout.matchAll(/^ +([-+]\S+)?(?: +(--\S+))? {2,}(\[.*)?/gm)].filter(([, a, b]) => a ?? b);
	t.ok(lines.length > 100, 'the manual was read');
	const values: Readonly<Record<string, string>> = {
		'-ll': 'warn',
		'--log-level': 'warn',
		'-pdu': '16384',
		'--max-pdu': '16384',
	};
	for (const [, short, long, rest = ''] of lines)
		for (const one of [short, long]) {
			// Of DCMTK's, -tn names files after times; pynetdicom's is a timeout, as in all our commands.
			if (one === undefined || one === '-tn') continue;
			const arity = [...(rest.split(':')[0]?.matchAll(/\[\w\]/g) ?? [])].length;
			told(
				t,
				one,
				Array.from({ length: arity }, (_, at) => values[one] ?? String(10 + at)),
			);
		}
	t.end();
});

t.test('what they become', (t) => {
	const cases: readonly (readonly [readonly string[], Readonly<Record<string, unknown>>])[] = [
		[['-aet', 'ME', '-od', 'out', '-pdu', '131072', '+xa', '+B'], { aet: 'ME', out: 'out', 'max-pdu': 131_072 }],
		[['+xs', '-pm'], { 'prefer-ts': ['1.2.840.10008.1.2.4.70'], accept: ['any'] }],
		[
			['-su', 'ST', '-ta', '5', '-ts', '7'],
			{ layout: 'ST_{StudyInstanceUID}/{SOPInstanceUID}.dcm', 'acse-timeout': 5, 'network-timeout': 7 },
		],
		[['+uf', '-fe', '.img'], { exists: 'keep-both', layout: '{SOPInstanceUID}.img' }],
		[['+tls', 'key', 'cert', '+cf', 'ca'], { tls: true, 'tls-key': 'key', 'tls-cert': 'cert', 'tls-ca': ['ca'] }],
		[[], { layout: '{SOPInstanceUID}.dcm', exists: 'overwrite' }],
	];
	for (const [argv, expected] of cases) {
		const said = outcome(argv);
		t.match('options' in said ? said.options : said, expected, argv.join(' '));
	}
	t.match(parse(command, [], {}, 'receive').options, { layout: undefined, exists: 'skip' });
	t.end();
});

t.test('no word has two meanings', (t) => {
	const own = new Map<string, string>();
	for (const [name, spec] of Object.entries(optionsOf(command)))
		for (const token of [
			`--${name}`,
			`-${spec.short ?? `-${name}`}`,
			...(spec.old ?? []),
			...Object.keys(spec.sets ?? {}),
		]) {
			t.notOk(own.has(token) && own.get(token) !== name, `${token} of ${name}`);
			own.set(token, name);
		}
	for (const old of command.oldSpellings ?? [])
		for (const token of old.spellings) {
			if (old.alias === undefined) t.notOk(own.has(token), `${token} is an option of ours too`);
			if ('to' in old)
				for (const to of old.to)
					t.equal(
						spellingsOf(command).get(to.split('=')[0] ?? '')?.kind,
						'option',
						`${token} becomes ${to}, which there is`,
					);
		}
	t.end();
});

t.test('what is wrong before anybody calls', async (t) => {
	const folder = folderOf(t);
	writeFileSync(join(folder, 'file'), '');
	const cases: readonly (readonly [args: readonly string[], status: number, stderr: RegExp])[] = [
		[['x', '-o', folder], 2, /"x" is no \[ADDRESS:\]PORT/],
		[['1', '2'], 2, /nothing that "2" could be/],
		[['70000'], 2, /"70000" is no/],
		[['0', '--layout', '../{SOPInstanceUID}'], 2, /"\.\." is no name of a folder/],
		[['0', '--layout', '{PatientNmae}'], 2, /Did you mean PatientName/],
		[['0', '--require-called'], 2, /-aet AET/],
		[['0', '--tls'], 2, /--tls-cert FILE --tls-key FILE/],
		[['0', '--tls', '--tls-cert', 'nowhere', '--tls-key', 'nowhere'], 12, /nowhere/],
		[['0', '--allow', '@'], 2, /names no AE title/],
		[['0', '--accept', 'nonsense'], 2, /nonsense/],
		[['0', '-o', join(folder, 'file')], 12, /this is not a folder but a file/],
		[['0', '-o', '/proc/nothing'], 12, /\/proc\/nothing/],
		[['192.0.2.77:0', '-o', folder], 12, /192\.0\.2\.77/],
	];
	for (const [args, status, stderr] of cases) {
		const ran = await dimse(['receive', ...args], { cwd: folder });
		t.equal(ran.status, status, args.join(' '));
		t.match(ran.stderr, stderr);
		t.notMatch(ran.stderr, /listening on/);
	}
});

t.test('nothing comes', async (t) => {
	const { status, stderr } = await dimse(['receive', '127.0.0.1:0', '--ignore', '--until-idle', '0.01']);
	t.equal(status, 1);
	t.match(stderr, /^nothing came {2}.* {2}0 associations$/m);
});

t.test('a port that is in use, and one that we may not have', async (t) => {
	const folder = folderOf(t);
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, resolve));
	t.teardown(() => server.close());
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	const ran = await dimse(['receive', String(port), '-o', join(folder, 'new')]);
	t.equal(ran.status, 12);
	t.match(ran.stderr, new RegExp(`^dimse: cannot listen on port ${port}: the port is in use\\n  means .*\\n  do `));
	t.ok(existsSync(join(folder, 'new')));
	const shut = await dimse(['receive', String(port), '-o', folder, '--allow', 'CT1=echo', '--allow', 'CT2']);
	t.match(shut.stderr, /^warning: --allow CT1=echo: lets nobody in to store/m);
	t.notMatch(shut.stderr, /CT2/);
});

t.test(
	'a folder that others may not write into',
	{ skip: process.getuid?.() === 0 ? false : 'needs root' },
	async (t) => {
		const folder = folderOf(t);
		mkdirSync(join(folder, 'closed'));
		chmodSync(folder, 0o755);
		chmodSync(join(folder, 'closed'), 0o555);
		const program = new URL('../support/dimse.ts', import.meta.url).pathname;
		const { status, stderr } = spawnSync(
			process.execPath,
			[
				'-e',
				`process.setuid(65534); process.argv.splice(1, 0, 'x'); import(${JSON.stringify(program)})`,
				'receive',
				'0',
				'-o',
				join(folder, 'closed'),
			],
			// Without NODE_OPTIONS, whose hooks write where nobody may.
			{ encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder } },
		);
		t.equal(status, 12, stderr);
		t.match(stderr, /closed: permission denied/);
	},
);
