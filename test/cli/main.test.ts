/** The program as a process: exit statuses, signals, a reader that goes away, and what is loaded to start. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, normalize } from 'node:path';
import type { Readable } from 'node:stream';
import t, { type Test } from 'tap';
import { COMMANDS } from '../../src/commands/index.ts';
import { freePort } from '../support/peers.ts';

// A process each, and most of its time is its start.
t.jobs = 4;

const MAIN = new URL('../../src/main.ts', import.meta.url).href;
const PROGRAM = `const { main } = await import(${JSON.stringify(MAIN)}); await main(process.argv.slice(1));`;

const missingFull = existsSync('/dev/full') ? false : 'there is no /dev/full here';

type Child = ChildProcessByStdio<null, Readable, Readable>;

const start = (args: readonly string[], before = ''): Child =>
	spawn(process.execPath, ['--input-type=module', '-e', before + PROGRAM, '--', ...args], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
	});

const finished = async (child: Child) => {
	const texts = { stdout: '', stderr: '' };
	child.stdout.on('data', (data: Buffer) => {
		texts.stdout += data.toString();
	});
	child.stderr.on('data', (data: Buffer) => {
		texts.stderr += data.toString();
	});
	const [status, signal]: unknown[] = await once(child, 'close');
	return { ...texts, status, signal };
};

const run = (...args: readonly string[]) => finished(start(args));

/** A port that takes connections and says nothing; resolves with each connection. */
const silent = async (t: Test) => {
	const server = createServer((socket) => socket.on('error', () => {}));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => server.close());
	const { port } = server.address() as AddressInfo;
	return { server, peer: `PEER@127.0.0.1:${port}` };
};

t.test('without a command', async (t) => {
	t.match(await run(), { status: 0, stdout: /^usage: dimse COMMAND/, stderr: '' });
	t.match(await run('--help'), { status: 0, stdout: /^usage: dimse COMMAND/, stderr: '' });
	t.match(await run('-V'), { status: 0, stdout: /^dimse \d\S+\n$/, stderr: '' });
	t.match(await run('fidn'), {
		status: 2,
		stdout: '',
		stderr: /^dimse: unknown command "fidn"\. Did you mean find\?\n {2}do /,
	});
});

t.test('what stdout has no room for is told, once, and is no success', { skip: missingFull }, async (t) => {
	for (const args of [['--version'], ['explain', 'A700'], ['explain', '-F', 'json', 'A700']]) {
		const full = openSync('/dev/full', 'w');
		const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, '--', ...args], {
			stdio: ['ignore', full, 'pipe'],
			env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
		});
		closeSync(full);
		let stderr = '';
		child.stderr?.on('data', (data: Buffer) => {
			stderr += data.toString();
		});
		const [status]: unknown[] = await once(child, 'close');
		t.equal(status, 12, args.join(' '));
		t.equal(stderr.match(/dimse: stdout could not be written: ENOSPC/g)?.length, 1, stderr);
	}
});

t.test('help wins anywhere, and after -- it is no option', async (t) => {
	t.match(await run('find', '--nonsense', '-h'), { status: 0, stdout: /^usage: dimse find /, stderr: '' });
	t.match(await run('findscu', '--version'), { status: 0, stdout: /^dimse \d/ });
	t.match(await run('echo', '--', '--help'), { status: 2, stdout: '' });
});

t.test('a line that is not understood', async (t) => {
	t.match(await run('find', '--jsno', 'x'), {
		status: 2,
		stdout: '',
		stderr: /^dimse: unknown option --jsno\. Did you mean --json\?/,
	});
	const { stdout, status } = await run('find', '--json', '--nonsense', 'x');
	t.equal(status, 2);
	t.match(JSON.parse(stdout), { schema: 'dimse.error/1', error: { kind: 'usage', exit: 2 } });
	const closed = `PEER@127.0.0.1:${await freePort()}`;
	t.match(await run('echo', '-lc', 'x', '-v', '--no-config', closed), { stderr: /^-lc is ignored: /m, status: 7 });
});

for (const [signal, status] of [
	['SIGINT', 130],
	['SIGTERM', 143],
] as const)
	t.test(`${signal} while it waits`, async (t) => {
		const { server, peer } = await silent(t);
		const child = start(['echo', peer]);
		const end = finished(child);
		await once(server, 'connection');
		child.kill(signal);
		t.match(await end, { status, signal: null });
	});

t.test('an error that nobody waited for', async (t) => {
	const { server, peer } = await silent(t);
	const child = start(['echo', peer], 'process.once("SIGUSR2", () => { throw new TypeError("boom"); });');
	const end = finished(child);
	await once(server, 'connection');
	child.kill('SIGUSR2');
	t.match(await end, { status: 70, stdout: '', stderr: /^dimse: .*bug.*TypeError: boom\n$/ });
});

t.test('a reader that has gone is no failure', async (t) => {
	const child = start(['help', 'compat']);
	child.stdout.destroy();
	t.match(await finished(child), { status: 0, stderr: '' });
});

t.test('echo starts with neither the dictionary nor the explanations nor a terminal library', async (t) => {
	const hook = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { if (url.startsWith('file:')) process.stderr.write(url + '\\n'); return next(url, context); } });`;
	const { server, peer } = await silent(t);
	const child = start(['echo', peer], hook);
	const end = finished(child);
	await once(server, 'connection');
	child.kill('SIGKILL');
	const { stderr } = await end;
	t.match(stderr, '/src/commands/echo.ts');
	t.notMatch(
		stderr,
		/dictionary|uids-data|dcmjs|\/ink\/|react|diagnose|chalk|cli-table3|output\/trace-text|src\/trace|commands\/(?!index|echo|connecting|deadline|proposing|tracing)/,
	);
});

t.test('Ink is browse alone, and that only on a terminal', async (t) => {
	const hook = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { if (url.startsWith('file:')) process.stderr.write(url + '\\n'); return next(url, context); } });`;
	const { stderr, status } = await finished(start(['browse', 'main', 'PatientName=A*'], hook));
	t.equal(status, 2);
	t.match(stderr, "dimse find main 'PatientName=A*'", 'what to do without one');
	t.match(stderr, '/src/commands/browse.ts');
	t.notMatch(
		stderr,
		/\/ink\/|react|\/src\/tui\/(?!keys\.ts)/,
		'nothing but the table of keys, whose names [keys] may hold',
	);
	// What any other command can ever come to load.
	for (const { name } of COMMANDS.filter((one) => one.name !== 'browse')) {
		const reached = importsOf(`src/commands/${name}.ts`, new Set());
		t.notOk(
			[...reached].find((path) => path.startsWith('src/tui/')),
			name,
		);
	}
	t.ok(importsOf('src/commands/browse.ts', new Set()).has('src/tui/app.ts'));
});

/** Every file of ours that can be loaded after this one. */
const importsOf = (path: string, reached: Set<string>): ReadonlySet<string> => {
	if (reached.has(path)) return reached;
	reached.add(path);
	const code = readFileSync(path, 'utf8');
	for (const [, type, from = ''] of code.matchAll(/\bimport(?:\s+(type)\b)?[^;'"]*?\(?'(\.+\/[^']+\.ts)'/g))
		if (type === undefined) importsOf(normalize(`${dirname(path)}/${from}`), reached);
	return reached;
};
