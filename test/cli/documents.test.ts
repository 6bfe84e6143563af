/** Everything that is printed from the tables: help, topics, man pages, completions; and that what lies in the tree is not stale. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { documents, staleDocuments } from '../../scripts/docs.ts';
import { completionScript, SHELLS } from '../../src/cli/completions.ts';
import { commandHelp, overview, unknownCommand } from '../../src/cli/help.ts';
import { TOPICS } from '../../src/cli/topics.ts';
import { COMMANDS } from '../../src/commands/index.ts';
import { missing, program } from '../support/peers.ts';
import { golden } from './golden.ts';

const commands = await Promise.all(COMMANDS.map(async (entry) => (await entry.load()).default));

t.test('man/ and completions/ are what the tables say', async (t) => {
	t.strictSame(await staleDocuments(), [], 'npm run docs makes them anew');
	const { man } = JSON.parse(readFileSync('package.json', 'utf8')) as { man?: readonly string[] };
	const pages = [...(await documents()).keys()].filter((path) => path.startsWith('man/'));
	t.strictSame([...(man ?? [])].sort(), pages.map((path) => `./${path}`).sort(), 'package.json installs every page');
});

t.test('the page of the address book has every key of [DEFAULT] too', async (t) => {
	t.match((await documents()).get('man/dimse-nodes.5'), /^\\fBdefault_node\\fR$/m);
});

t.test('the table of commands says what the commands say', async (t) => {
	for (const [i, { name, aliases, summary }] of COMMANDS.entries())
		t.match(commands[i], { name, aliases, summary }, name);
});

t.test('help', async (t) => {
	t.equal(overview(COMMANDS), golden('help', overview(COMMANDS)));
	for (const command of commands) {
		const text = commandHelp(command);
		t.equal(text, golden(`help-${command.name}`, text));
		for (const line of text.split('\n'))
			t.ok(line.length <= 80 || line.startsWith('  dimse') || line.startsWith('usage'), line);
		const [examples, options] = ['\nexamples:\n', ' options:\n'].map((heading) => text.indexOf(heading));
		t.ok(
			command.examples.length > 0 && (examples ?? -1) > 0 && (examples ?? 0) < (options ?? 0),
			'examples come first',
		);
	}
	t.ok(
		commandHelp(commands[1] ?? t.context, 200)
			.split('\n')
			.every((line) => line.length <= 100),
		'a wide terminal is not filled',
	);
});

t.test('topics', async (t) => {
	for (const [name, topic] of Object.entries(TOPICS)) {
		const text = topic.text(commands, 80);
		t.equal(text, golden(`topic-${name}`, text));
		t.match(text, /\S\n$/);
		t.notMatch(text, /(?<!--length-)undefined/);
	}
});

t.test('did you mean', async (t) => {
	t.match(unknownCommand('fidn', COMMANDS).failure, {
		blame: 'usage',
		message: 'unknown command "fidn"',
		suggestions: ['find'],
	});
	t.match(unknownCommand('stroescu', COMMANDS).failure, { suggestions: ['storescu'] });
	t.match(unknownCommand('--json', COMMANDS).failure, { message: 'the command comes first, and --json is none' });
	t.notOk('suggestions' in unknownCommand('xyzzy', COMMANDS).failure);
});

t.test('the man pages are good groff', { skip: missing('groff') }, async (t) => {
	for (const [path, text] of await documents()) {
		if (!path.startsWith('man/')) continue;
		const { stdout, stderr, status } = spawnSync('groff', ['-man', '-ww', '-Tutf8'], { input: text, encoding: 'utf8' });
		t.match({ stderr, status }, { stderr: '', status: 0 }, path);
		t.ok(stdout.length > 500, path);
		t.notMatch(text, /^[.'](?!\\"|TH|SH|SS|TP|PP|BR|nf|fi)/m, `${path} has no request that is none`);
	}
});

for (const shell of SHELLS)
	t.test(`the ${shell} script is good ${shell}`, { skip: missing(shell) }, async (t) => {
		const { stderr, status } = spawnSync(shell, ['-n'], { input: completionScript(shell, commands), encoding: 'utf8' });
		t.match({ stderr, status }, { stderr: '', status: 0 });
	});

t.test('what bash offers', { skip: missing('bash') }, async (t) => {
	const script = completionScript('bash', commands);
	const offered = (...words: readonly string[]): readonly string[] => {
		const line = words.map((word) => `'${word}'`).join(' ');
		const { stdout, stderr } = spawnSync(
			program('bash') ?? 'bash',
			[
				'-c',
				`dimse() { echo main; echo vna; }\n${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _dimse; printf '%s\\n' "\${COMPREPLY[@]}"`,
			],
			{ encoding: 'utf8' },
		);
		t.equal(stderr, '');
		return stdout.split('\n').filter((word) => word !== '');
	};
	t.strictSame(offered('dimse', 'fi'), ['find']);
	t.strictSame(offered('dimse', 'find', '--form'), ['--format']);
	t.strictSame(offered('dimse', 'find', '-F', 'json'), ['json', 'jsonl']);
	t.strictSame(offered('dimse', 'find', '-L', 's'), ['study', 'series']);
	t.strictSame(offered('dimse', 'echo', 'v'), ['vna'], 'nodes');
	t.strictSame(offered('dimse', 'findscu', '-aet', ''), [], 'nothing is known of a title');
	t.strictSame(offered('dimse', 'help', 'exit'), ['exit-codes']);
	t.ok(offered('dimse', 'store', 'package.j').includes('package.json'), 'files');
	t.strictSame(offered('dimse', 'store', 'm').slice(0, 1), ['main'], 'or a peer');
	t.strictSame(offered('dimse', 'store', '-aet', 'ME', 'main', 'package.j'), ['package.json'], 'files alone');
	for (const words of [['main'], ['--json', 'main'], ['-L', 'series', 'main'], ['--level', '=', 'series', 'main']])
		t.strictSame(offered('dimse', 'find', ...words, ''), [], 'the peer is there');
	t.strictSame(offered('dimse', 'find', '-L', 'series', 'm'), ['main'], 'it is not');
	t.strictSame(offered('dimse', 'echo', 'main', 'v'), ['vna'], 'several peers');
	t.strictSame(offered('dimse', 'node', 's'), ['show', 'set'], 'actions');
	t.strictSame(offered('dimse', 'node', 'show', ''), ['main', 'vna']);
	t.strictSame(offered('dimse', 'node', 'rm', 'main', 'v'), ['vna']);
	for (const words of [['add'], ['set', 'main'], ['rename', 'main']])
		t.strictSame(offered('dimse', 'node', ...words, ''), [], words.join(' '));
	t.ok(offered('dimse', 'node', 'import', 'package.j').includes('package.json'));
	t.strictSame(offered('dimse', 'trace', 's'), ['show', 'stats']);
	t.ok(offered('dimse', 'trace', 'show', 'package.j').includes('package.json'));
	t.strictSame(offered('dimse', 'echo', '--ip'), ['--ip-auto', '--ipv4', '--ipv6']);
});
