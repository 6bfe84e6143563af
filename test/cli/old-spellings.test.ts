/** Every option of the manuals of DCMTK and pynetdicom is mapped, ignored or refused with an alternative; none is unknown or eats a positional. */
import { spawnSync } from 'node:child_process';
import t from 'tap';
import type { Command } from '../../src/cli/command.ts';
import { parse } from '../../src/cli/parse.ts';
import { oldSpellingsOf, optionsOf, spellingsOf } from '../../src/cli/spellings.ts';
import echo from '../../src/commands/echo.ts';
import find from '../../src/commands/find.ts';
import get from '../../src/commands/get.ts';
import move from '../../src/commands/move.ts';
import store from '../../src/commands/store.ts';
import { DicomError } from '../../src/errors.ts';
import { missing } from '../support/peers.ts';
import { manualOf, TOOLS } from './manuals.ts';

const COMMANDS: Readonly<Record<string, Command>> = { echo, find, get, move, store };
const commandOf = (name: string): Command => COMMANDS[name] ?? echo;

const outcome = (command: Command, argv: readonly string[], calledBy?: string) => {
	try {
		return parse(command, argv, {}, calledBy);
	} catch (error) {
		if (error instanceof DicomError && error.failure.blame === 'usage') return error.failure;
		throw error;
	}
};

for (const tool of TOOLS) {
	const command = commandOf(tool);
	t.test(`the manuals of ${tool}scu`, async (t) => {
		for (const { spellings, values } of manualOf(tool))
			for (const spelling of spellings)
				for (const argv of [
					[spelling, ...values, 'host', '104'],
					['host', spelling, ...values, '104'],
					['host', '104', spelling, ...values],
				]) {
					const said = outcome(command, argv, `${tool}scu`);
					if ('positionals' in said) t.strictSame(said.positionals, ['host', '104'], argv.join(' '));
					else {
						t.match(said.message, /is not supported$/, argv.join(' '));
						t.match(said.hint, /./, 'an alternative is named');
					}
				}
	});

	t.test(`what the ${tool}scu installed here prints`, { skip: missing(`${tool}scu`) }, async (t) => {
		const { stdout } = spawnSync(`${tool}scu`, ['--help'], { encoding: 'utf8' });
		const known = new Map(
			manualOf(tool).flatMap(({ spellings, values }) => spellings.map((one) => [one, values.length])),
		);
		const lines = [...stdout.matchAll(/^ +([-+]\S+)?(?: +(--\S+))? {2,}(\[.*)?/gm)].filter(([, a, b]) => a ?? b);
		t.ok(lines.length > 40, 'the manual was read');
		for (const [, short, long, rest = ''] of lines)
			for (const one of [short, long])
				if (one !== undefined)
					t.equal(known.get(one), [...(rest.split(':')[0]?.matchAll(/\[\w\]/g) ?? [])].length, `${one} ${rest}`);
	});

	t.test(`the table of ${tool} has no two meanings for one word`, async (t) => {
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
		for (const old of oldSpellingsOf(command))
			for (const token of old.spellings) {
				if (old.alias === undefined) t.notOk(own.has(token), `${token} is an option of ours too`);
				if (!('to' in old)) continue;
				for (const to of old.to)
					t.equal(
						spellingsOf(command).get(to.split('=')[0] ?? '')?.kind,
						'option',
						`${token} becomes ${to}, which there is`,
					);
			}
	});
}

const MEANINGS: readonly (readonly [string, string, readonly string[], Readonly<Record<string, unknown>>])[] = [
	[
		'find',
		'find',
		['-aet', 'ME', '-aec', 'PEER', '-to', '1.5', '-ta', '2', '-td', '.5', '-pdu', '16384'],
		{
			calling: 'ME',
			called: 'PEER',
			'connect-timeout': 1.5,
			'acse-timeout': 2,
			'dimse-timeout': 0.5,
			'max-pdu': 16384,
		},
	],
	[
		'find',
		'find',
		['-P', '-X', '-od', 'out', '--cancel', '3'],
		{ model: 'patient', write: true, out: 'out', limit: 3 },
	],
	['find', 'find', ['-x='], { ts: ['explicit,explicit-big,implicit'] }],
	[
		'find',
		'find',
		['+tls', 'key', 'cert', '+cf', 'ca1', '+cf', 'ca2', '-ic'],
		{ tls: true, 'tls-key': 'key', 'tls-cert': 'cert', 'tls-ca': ['ca1', 'ca2'], 'tls-insecure': true },
	],
	['find', 'find', ['--relational-query', '--fuzzy-names'], { ext: ['relational', 'fuzzy'] }],
	['find', 'findscu', ['--timeout', '7'], { 'connect-timeout': 7, timeout: 0 }],
	['find', 'find', ['--timeout', '7'], { 'connect-timeout': 10, timeout: 7 }],
	['echo', 'echo', ['--repeat', '3', '-i6'], { count: 3, family: '6' }],
	['echo', 'echo', ['-ll', 'debug'], { debug: true, quiet: 0, verbose: 0 }],
	['echo', 'echo', ['-ll', 'critical'], { debug: false, quiet: 2, verbose: 0 }],
	['echo', 'echo', ['-v', '-ll', 'error'], { quiet: 0, verbose: 1 }],
	['store', 'store', ['-usr', 'me', '-epw', '-rsp'], { user: 'me', password: '', 'positive-response': true }],
	['store', 'store', ['-xi', '--max-send-pdu', '32768'], { ts: ['implicit'], 'max-send-pdu': 32768 }],
	['store', 'store', ['+v', '-nh', '+sd', '+r'], { verbose: 1, recurse: true }],
	[
		'move',
		'movescu',
		['-aem', 'ME', '+P', '11113', '+B', '+xv', '-od', 'out', '--cancel', '3'],
		{
			'to-me': true,
			'move-aet': 'ME',
			listen: '11113',
			'prefer-ts': ['1.2.840.10008.1.2.4.90'],
			out: 'out',
			cancel: 3,
			dest: undefined,
		},
	],
	[
		'move',
		'move',
		['--store', '--store-port', '11113', '--store-aet', 'STORESCP', '-P', '--ignore'],
		{ 'to-me': true, listen: '11113', 'listen-aet': 'STORESCP', model: 'patient', ignore: true },
	],
	['move', 'movescu', ['--timeout', '7', '-x='], { 'connect-timeout': 7, ts: ['explicit,explicit-big,implicit'] }],
	['get', 'getscu', ['+xs', '-O', '-od', 'out', '+v'], { model: 'psonly', out: 'out', verbose: 1 }],
	['get', 'get', ['--relational-retrieval', '--no-bulk'], { ext: ['relational'], model: 'no-bulk' }],
];

t.test('what they become', async (t) => {
	for (const [name, calledBy, argv, expected] of MEANINGS) {
		const said = outcome(commandOf(name), argv, calledBy);
		t.match('options' in said ? said.options : said, expected, `${calledBy} ${argv.join(' ')}`);
	}
});

t.test('what is ignored is said with -v, and a secret on the line is warned of', async (t) => {
	const { notes } = parse(store, ['-nh', '-pwd', 'x'], {});
	t.match(notes, [
		{ isWarning: false, text: /^-nh is ignored: / },
		{ isWarning: true, text: /^-pwd: / },
	]);
});

t.test('--abort is of those that end so when asked to', async (t) => {
	for (const command of [echo, find, store])
		t.match(outcome(command, ['--abort', 'host', '104']), { options: { abort: true } }, command.name);
	for (const command of [get, move])
		t.match(outcome(command, ['--abort', 'host', '104']), { message: '--abort is not supported' }, command.name);
});
