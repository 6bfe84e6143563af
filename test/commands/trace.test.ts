/** `--trace FILE` and `dimse trace` as a user runs them, against an archive of ours: when it began, what went wrong, what cannot be read. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import trace from '../../src/commands/trace.ts';
import { writeInstances } from '../support/files.ts';
import { startQrscp } from '../support/qrscp.ts';
import { dimse, scratch } from '../support/run.ts';

const folder = join(scratch, 'traces');
mkdirSync(folder);
writeInstances(join(folder, 'in'), 8);
const at = (name: string): string => join(folder, name);
const startedOf = (name: string): number =>
	Date.parse(JSON.parse(readFileSync(at(name), 'utf8').split('\n')[0] ?? '').started);

t.test('--redact and --trace-full alone: nobody is to take what is on the screen for redacted', async (t) => {
	const archive = await startQrscp({ args: ['--import', join(folder, 'in')] });
	t.teardown(() => archive.stop());
	for (const option of ['--redact', '--trace-full'])
		for (const command of ['find', 'echo', 'doctor']) {
			const { status, stdout, stderr } = await dimse([command, archive.at, option]);
			t.equal(status, 2, `${command} ${option}`);
			t.ok(stderr.includes(`${option} is about the file of --trace, and there is none`), stderr);
			t.equal(stdout, '', 'and nothing is told of anybody');
		}
});

t.test('a recorded query', async (t) => {
	const archive = await startQrscp({ args: ['--import', join(folder, 'in')] });
	t.teardown(() => archive.stop());
	const before = Date.now();
	t.equal((await dimse(['find', archive.at, '--trace', at('q.jsonl')])).status, 0);
	const after = Date.now();

	await t.test('says when it began, and a copy says the same', async (t) => {
		const started = startedOf('q.jsonl');
		t.ok(before <= started && started <= after, `${before} <= ${started} <= ${after}`);
		for (const options of [[], ['--filter', 'cmd ~ FIND'], ['--redact']]) {
			t.equal((await dimse(['trace', 'convert', at('q.jsonl'), at('copy.jsonl'), ...options])).status, 0);
			t.equal(startedOf('copy.jsonl'), started, options.join(' '));
		}
		t.equal((await dimse(['trace', 'convert', at('q.jsonl'), at('q.txt')])).status, 0);
		t.equal(Date.parse(readFileSync(at('q.txt'), 'utf8').split(' ', 1)[0] ?? ''), started);
	});

	await t.test('damaged lines are said and left out, and no bug of this program', async (t) => {
		const lines = readFileSync(at('q.jsonl'), 'utf8').split('\n');
		const event = '"at":1,"association":1,"event":"message","direction"';
		for (const [bad, says] of [
			[[`{${event}:"sent","message":null}`], /: line 3 is damaged and left out/],
			[[`{${event}:"up"}`, 'x'], /: 2 lines, of which line 3 is the first, are damaged and left out/],
		] as const) {
			writeFileSync(at('damaged.jsonl'), lines.toSpliced(2, 0, ...bad).join('\n'));
			for (const args of [
				['show', at('damaged.jsonl')],
				['stats', at('damaged.jsonl')],
				['convert', at('damaged.jsonl'), at('x.pcap')],
			]) {
				const ran = await dimse(['trace', ...args]);
				t.equal(ran.status, 0, args.join(' '));
				t.match(ran.stderr, says);
			}
		}
		const { stdout } = await dimse(['trace', 'show', at('damaged.jsonl')]);
		t.equal(stdout, (await dimse(['trace', 'show', at('q.jsonl')])).stdout);
	});

	await t.test('a file that is cut off is said too, of either kind', async (t) => {
		t.equal((await dimse(['trace', 'convert', at('q.jsonl'), at('q.pcap')])).status, 0);
		for (const [name, says] of [
			['q.jsonl', /: line \d+ is damaged and left out\n/],
			['q.pcap', /: record \d+ is cut off, or its length is wrong: it is left out, and what may follow it\n/],
		] as const) {
			const cut = at(`cut-${name}`);
			writeFileSync(cut, readFileSync(at(name)).subarray(0, -5));
			for (const args of [
				['show', cut],
				['stats', cut],
				['convert', cut, at('x.txt')],
			]) {
				const ran = await dimse(['trace', ...args]);
				t.equal(ran.status, 0, args.join(' '));
				t.match(ran.stderr, says);
			}
			t.equal((await dimse(['trace', 'show', at(name)])).stderr, '', 'of a whole one nothing');
		}
	});

	await t.test('show --json', async (t) => {
		const shown = await dimse(['trace', 'show', at('q.jsonl'), '--json']);
		t.strictSame([shown.status, shown.stdout], [0, readFileSync(at('q.jsonl'), 'utf8')], 'as it was written');
		const found = await dimse(['trace', 'show', at('q.jsonl'), '--json', '--filter', 'cmd = C-FIND-RQ']);
		const [head, event, ...more] = found.stdout.trimEnd().split('\n');
		t.match(JSON.parse(head ?? ''), { schema: 'dimse.trace/1' });
		t.match(JSON.parse(event ?? ''), { event: 'message', message: { type: 'C-FIND-RQ' } });
		t.strictSame(more, []);
	});

	await t.test('stats --json', async (t) => {
		const { status, stdout } = await dimse(['trace', 'stats', at('q.jsonl'), '--json']);
		const [head = ''] = readFileSync(at('q.jsonl'), 'utf8').split('\n');
		const { epoch_ms } = JSON.parse(head) as { readonly epoch_ms: number };
		t.equal(status, 0);
		t.match(JSON.parse(stdout), { schema: 'dimse.trace-stats/1', epoch_ms }, 'the times count from the same moment');
	});

	await t.test('pending answers are not what went wrong', async (t) => {
		const [, example = ''] = /--filter '([^']*)'/.exec(trace.examples.map(({ line }) => line).join('\n')) ?? [];
		t.not(example, '');
		const well = await dimse(['trace', 'show', at('q.jsonl'), '--filter', example]);
		t.strictSame([well.status, well.stdout], [1, '']);
		const full = await startQrscp({ args: ['--import', join(folder, 'in'), '--simulate', 'limit-refuse:1'] });
		t.teardown(() => full.stop());
		t.equal((await dimse(['find', full.at, '--trace', at('refused.jsonl')])).status, 4);
		const wrong = await dimse(['trace', 'show', at('refused.jsonl'), '--filter', example]);
		t.equal(wrong.status, 0);
		t.match(wrong.stdout, /C-FIND-RSP.*A700/);
		t.notMatch(wrong.stdout, /FF00/);
	});
});

t.test('what is no trace for programs', async (t) => {
	writeFileSync(at('t.txt'), '2026-11-21T12:00:00.000Z  times are local\n12:00:00.000  #1 >  A-ASSOCIATE-RQ\n');
	writeFileSync(at('ng.pcap'), Buffer.from('0a0d0d0a1c0000004d3c2b1a', 'hex'));
	writeFileSync(at('empty.jsonl'), '');
	for (const [args, hint] of [
		[['show', at('t.txt')], /\.txt is for people/],
		[['stats', at('t.txt')], /\.txt is for people/],
		[['convert', at('t.txt'), at('t.jsonl')], /\.txt is for people/],
		[['show', at('ng.pcap')], /editcap -F pcap/],
		[['show', at('empty.jsonl')], /record with --trace/],
	] as const) {
		const ran = await dimse(['trace', ...args]);
		t.equal(ran.status, 2, args.join(' '));
		t.equal(ran.stdout, '');
		t.match(ran.stderr, hint);
	}
	t.notOk(existsSync(at('t.jsonl')), 'nothing is made of it');
});
