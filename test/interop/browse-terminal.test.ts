/** `dimse browse` and the terminal it is in: sizes, Ctrl+Z, signals, a crash, quitting; what is left on the screen afterwards. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { missing } from '../support/peers.ts';
import type { TerminalSession } from '../support/tmux.ts';
import { nameOf, namesOf, STUDIES, startShown } from './browse-archive.ts';

t.setTimeout(600_000);

const skip = missing('tmux');
if (skip !== false) {
	t.pass(skip);
	process.exit(0);
}

const shown = await startShown(t, { slow: ['slow:300ms'] });

const browsing = async (terminal: TerminalSession, ...words: readonly string[]): Promise<void> => {
	await terminal.dimse('browse', 'main', 'PatientName=SMITH*', ...words);
	await terminal.until('the rows', (text) => text.includes(`${STUDIES} rows`));
};

/** The shell is as it was: its own screen, echo and lines, and nobody's name. */
const restored = async (t: Tap, terminal: TerminalSession, status: number): Promise<void> => {
	const lines = await terminal.until('the shell', (text) => text.includes(`ended with ${status}`));
	t.notOk(await terminal.isAlternate());
	t.strictSame(namesOf(lines), []);
	t.notMatch(lines.join('\n'), 'SMITH^N');
	await terminal.type('stty -a; echo "over"');
	await terminal.keys('Enter');
	const settings = await terminal.until('what stty says', (text) => /^over/m.test(text));
	t.match(settings.join(' '), / icanon.* echo /s, 'keys are lines again, and seen');
};
type Tap = Pick<typeof t, 'notOk' | 'strictSame' | 'notMatch' | 'match'>;

t.test('it fits every size, and is what it was when the size is', async (t) => {
	const terminal = await shown.terminal(t);
	await browsing(terminal);
	const before = await terminal.lines();
	t.match(before.join('\n'), 'PATIENT NAME');
	await terminal.resize(48, 12);
	const narrow = await terminal.until(
		'48x12',
		(_, lines) => lines[0]?.includes('main') === true && lines.length <= 13 && !lines.join('').includes('PATIENT ID'),
	);
	t.ok(namesOf(narrow).length >= 5, 'rows are still seen');
	t.ok(narrow.every((line) => line.length <= 48));
	await terminal.resize(20, 8);
	await terminal.until('20x8', (text) => text.replaceAll('\n', '').includes('terminal too small'));
	await terminal.keys('Down');
	await terminal.resize(120, 40);
	await terminal.until('120x40', (text) => text.includes('PATIENT NAME') && text.includes('SERIES IN THIS STUDY'));
	await terminal.keys('Up');
	await terminal.until('what was there', (_, lines) => namesOf(lines).join() === namesOf(before).join());
});

t.test('q leaves the shell as it was', async (t) => {
	const terminal = await shown.terminal(t);
	await browsing(terminal);
	t.ok(await terminal.isAlternate());
	await terminal.keys('q');
	await restored(t, terminal, 0);
});

for (const [signal, status] of [
	['SIGTERM', 143],
	['SIGHUP', 143],
] as const)
	t.test(`${signal} ends it in good order`, async (t) => {
		const terminal = await shown.terminal(t);
		await browsing(terminal);
		process.kill(await terminal.foreground(), signal);
		await restored(t, terminal, status);
	});

t.test('a crash gives the screen back before it is told, and says where the log is', async (t) => {
	const terminal = await shown.terminal(
		t,
		{ columns: 160, rows: 40 },
		{
			NODE_OPTIONS: `--import=data:text/javascript,process.once('SIGUSR2',()=>{throw(new(TypeError)('boom'))})`,
		},
	);
	await browsing(terminal);
	process.kill(await terminal.foreground(), 'SIGUSR2');
	await terminal.until('the error', (text) => text.includes('TypeError: boom'));
	const lines = await terminal.lines();
	const path = /the log of this session: (\S+)/.exec(lines.join('\n'))?.[1] ?? '';
	t.match(readFileSync(path, 'utf8'), /boom[\s\S]*main: associated/);
	await restored(t, terminal, 70);
});

/** From SIGUSR2 on. Who tells of the crash pads no text. */
const VIEWS_THROW = `process.on('SIGUSR2',()=>{String.prototype.padEnd=()=>{throw(new(TypeError)('boom'))}})`;
const BUILT = fileURLToPath(new URL('../../bin/dimse.js', import.meta.url));

t.test(
	'so does a view that throws, in the program as it was built',
	{ skip: !existsSync('dist/main.js') },
	async (t) => {
		const variables = { NODE_OPTIONS: `--import=data:text/javascript,${VIEWS_THROW}` };
		const terminal = await shown.terminal(t, { columns: 160, rows: 40 }, variables, BUILT);
		await browsing(terminal);
		process.kill(await terminal.foreground(), 'SIGUSR2');
		await terminal.keys('Down');
		await terminal.until('the error', (text) => text.includes('TypeError: boom'));
		const lines = await terminal.lines();
		const path = /the log of this session: (\S+)/.exec(lines.join('\n'))?.[1] ?? '';
		t.match(readFileSync(path, 'utf8'), /boom[\s\S]*main: associated/);
		await restored(t, terminal, 70);
	},
);

t.test('Ctrl+Z gives the terminal to the shell, fg takes it back', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse('browse', 'main', 'PatientName=SMITH*', ';true');
	await terminal.until('the rows', (text) => text.includes(`${STUDIES} rows`));
	for (let time = 1; time <= 2; time++) {
		await terminal.keys('C-z');
		const stopped = await terminal.until('the shell', (text) => text.includes('Stopped'));
		t.notMatch(stopped.join('\n'), 'SMITH^N');
		t.notOk(await terminal.isAlternate());
		await terminal.type('clear; fg');
		await terminal.keys('Enter');
		await terminal.until('the rows again', (_, lines) => namesOf(lines).length > 10);
		t.ok(await terminal.isAlternate());
		await terminal.keys('Down');
		await terminal.until('it hears keys', (_, lines) =>
			lines.some((line) => line.includes('▸') && namesOf([line])[0] === namesOf(lines)[time]),
		);
	}
	await terminal.keys('C-z');
	await terminal.until('the shell', (text) => text.includes('Stopped'));
	await terminal.resize(80, 24);
	await terminal.type('clear; fg');
	await terminal.keys('Enter');
	await terminal.until('its new size', (_, lines) => lines.length <= 25 && lines[23]?.includes('q quit') === true);
	await terminal.keys('q');
	await terminal.until('its end', (_, lines) => namesOf(lines).length === 0);
	t.notOk(await terminal.isAlternate());
});

t.test('quitting while a retrieve runs asks: stay, then keep the journal', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse('browse', 'slow', `PatientName=${nameOf(1)}`, '-o', 'got');
	await terminal.until('the row', (text) => text.includes('1 row') && text.includes('done in'));
	await terminal.keys('d');
	await terminal.until('the dialog', (text) => text.includes('C-GET here'));
	await terminal.keys('Enter');
	await terminal.until('the queue', (text) => text.includes('queue 1 running'));
	await terminal.keys('q');
	await terminal.until('the question', (text) => text.includes('1 job running'));
	await terminal.keys('Escape');
	await terminal.until('it goes on', (text) => !text.includes('keep in the journal'));
	await terminal.keys('q');
	await terminal.until('the question', (text) => text.includes('keep in the journal'));
	await terminal.type('k');
	const lines = await terminal.until('the shell', (text) => text.includes('ended with 0'));
	t.match(lines.join('\n'), /1 retrieve/);
	t.notMatch(lines.join('\n'), /SMITH\^N001\S* 2024/);
});

t.test('without a terminal it says what to do instead', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse('browse', 'main', '</dev/null');
	await terminal.until('the refusal', (text) => text.includes('dimse find main') && text.includes('ended with 2'));
});

t.test('dimse alone opens it where there are nodes', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse();
	await terminal.until(
		'the screen',
		(_, lines) => lines[0]?.includes('main') === true && lines[0].includes('ARCHIVE@'),
	);
	await terminal.keys('q');
	await restored(t, terminal, 0);
	t.ok(readFileSync(join(terminal.folder, 'config.ini'), 'utf8').includes('[main]'));
});

t.test('the demo ends in it, on its own archive', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse('demo', '--studies', '9');
	await terminal.until('the end of the tour', (text) => text.includes('Enter opens it in dimse browse'));
	await terminal.keys('Enter');
	await terminal.until('its studies', (text) => text.includes('9 rows') && text.includes('DEMO@127.0.0.1'));
	await terminal.keys('Enter');
	// Esc stops a query that runs, and goes up only then.
	await terminal.until('a level below', (text) => text.includes('Series >') && text.includes('done in'));
	const written = await terminal.record();
	await terminal.keys('C-l');
	// What is pressed while the screen is given back and taken again is for nobody.
	await terminal.until('that it is drawn anew', () => written().includes('\x1b[?1049h'));
	await terminal.keys('Escape');
	await terminal.until('the studies', (_, lines) => lines[1]?.includes('Studies >') === true);
	await terminal.keys('q');
	await terminal.until('its end', (text) => text.includes('ended with 0'));
	t.notOk(await terminal.isAlternate());
});

/** A terminal that nobody is the session of: it closes, and no SIGHUP comes. */
const CLOSED_TERMINAL = `
import os, pty, select, subprocess, sys, time
ours, theirs = pty.openpty()
browse = subprocess.Popen(sys.argv[1:], stdin=theirs, stdout=theirs, start_new_session=True)
os.close(theirs)
shown = b""
until = time.monotonic() + 30
while b"\\x1b[?1049h" not in shown and time.monotonic() < until:
    if select.select([ours], [], [], 0.2)[0]: shown += os.read(ours, 65536)
os.close(ours)
try: sys.exit(browse.wait(30))
except subprocess.TimeoutExpired:
    browse.kill()
    sys.exit("it goes on without a terminal")
`;

t.test('a terminal that is gone without a word ends it', async (t) => {
	const program = new URL('../support/dimse.ts', import.meta.url).pathname;
	const { CI: _ci, ...variables } = process.env;
	const home = mkdtempSync(join(tmpdir(), 'dimse-closed-'));
	t.teardown(() => rmSync(home, { recursive: true, force: true }));
	const { status, stderr } = spawnSync(
		'/usr/bin/python3',
		['-c', CLOSED_TERMINAL, process.execPath, program, '--no-config', 'browse', 'NONE@127.0.0.1:1'],
		{ encoding: 'utf8', env: { ...variables, TERM: 'xterm', HOME: home, XDG_STATE_HOME: home } },
	);
	t.equal(status, 143, stderr);
});
