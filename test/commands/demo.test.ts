/** `dimse demo`: every step works on a real archive, names in several scripts are shown, and nothing is left of it. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import t from 'tap';
import { DEMO_STEPS } from '../../src/commands/demo/steps.ts';
import { eventually } from '../interop/instances.ts';
import { dimse } from '../support/run.ts';

t.setTimeout(120_000);

const leftovers = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('dimse-demo-'));

t.test('the tour', async (t) => {
	const before = leftovers();
	const { status, stdout, stderr } = await dimse(['demo', '--once', '--studies', '9']);
	t.equal(status, 0, stderr);
	t.match(stdout, /^An archive of this machine: DEMO on port \d+/);
	t.match(stdout, /9 studies of 6 patients, \d+ instances, [\d.]+ MB/);
	t.equal(stdout.match(/^\$ dimse /gm)?.length, DEMO_STEPS.length);
	t.match(stdout, /\$ dimse echo DEMO@127\.0\.0\.1:\d+\n[\s\S]*ok/);
	t.match(stdout, /PATIENT NAME +PATIENT ID/);
	for (const script of [/\p{Script=Han}/u, /\p{Script=Cyrillic}/u, /[öø]/]) t.match(stdout, script);
	t.match(stdout, /--name ελαιώνας\n[\s\S]*Ελαιώνας\^Νικόλαος/);
	t.match(stdout, /--name 松原\n[\s\S]*MATSUBARA/);
	t.match(stderr, /ok .* instances/, 'what get says at its end');
	t.match(stdout, /the archive goes now/);
	t.strictSame(leftovers(), before, 'its folder is gone');
});

t.test('it cannot end after the tour and stay', async (t) => {
	const { status, stdout, stderr } = await dimse(['demo', '--once', '--stay']);
	t.strictSame([status, stdout], [2, '']);
	t.match(stderr, /^dimse: --once and --stay: one of the two/);
});

t.test('it stays up when asked to, until a signal', async (t) => {
	const before = leftovers();
	const found = Promise.withResolvers<Awaited<ReturnType<typeof dimse>>>();
	const { status, stdout } = await dimse(['demo', '--stay', '--studies', '6'], {
		meanwhile: (child) => {
			let said = '';
			child.stdout.on('data', (text: Buffer) => {
				const hadAll = said.includes('stays up until');
				said += text.toString();
				if (hadAll || !said.includes('stays up until')) return;
				const [at = ''] = /DEMO@127\.0\.0\.1:\d+/.exec(said) ?? [];
				dimse(['find', at, '-F', 'name'])
					.then(found.resolve, found.reject)
					.finally(() => child.kill('SIGINT'));
			});
		},
	});
	t.equal((await found.promise).stdout.trim().split('\n').length, 6);
	t.match(stdout, /In another terminal:\n {2}dimse find/);
	t.equal(status, 0, 'Ctrl-C is how it is meant to end');
	await eventually('its folder is gone', () => leftovers().length <= before.length);
});

t.test('SIGTERM is told as what it is', async (t) => {
	const { status } = await dimse(['demo', '--stay', '--studies', '6'], {
		meanwhile: (child) => {
			let said = '';
			child.stdout.on('data', (text: Buffer) => {
				said += text.toString();
				if (said.includes('stays up until')) child.kill('SIGTERM');
			});
		},
	});
	t.equal(status, 143);
});

t.test('no folder for temporary files', async (t) => {
	const { status, stderr } = await dimse(['demo', '--once'], { variables: { TMPDIR: '/nowhere' } });
	t.equal(status, 12);
	t.match(stderr, /cannot make a temporary folder in \/nowhere \(ENOENT\)/);
	t.notMatch(stderr, /bug/);
});
