/** `dimse browse --pick` between pipes: the screen and the keys are those of /dev/tty, stdout has what was taken, and get fetches it. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { missing } from '../support/peers.ts';
import { INSTANCES, nameOf, namesOf, SERIES, STUDIES, startShown, uidOf } from './browse-archive.ts';

t.setTimeout(600_000);

const skip = missing('tmux');
if (skip !== false) {
	t.pass(skip);
	process.exit(0);
}

const PROGRAM = fileURLToPath(new URL('../support/dimse.ts', import.meta.url));
const shown = await startShown(t);

/** With a query of the whole archive. */
const PICKED = ['browse', 'main', '--pick', 'PatientName=SMITH*'];

t.test('the marked studies go into a file, the screen does not', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse(...PICKED, '< /dev/null', '> uids 2> said');
	const before = await terminal.until(
		'the rows',
		(text) => text.includes(`${STUDIES} rows`) && text.includes('Enter take'),
	);
	const uids = namesOf(before).map((name) => uidOf(Number(name.slice(-3))));
	t.ok(await terminal.isAlternate());
	await terminal.keys('Space', 'Space', 'Down', 'Enter');
	const lines = await terminal.until('the shell', (text) => text.includes('ended with 0'));
	t.notOk(await terminal.isAlternate());
	t.strictSame(namesOf(lines), []);
	t.equal(readFileSync(join(terminal.folder, 'uids'), 'utf8'), `${uids[0]}\n${uids[1]}\n`);
	// Ink shows the cursor there at the end, whatever it is.
	t.equal(readFileSync(join(terminal.folder, 'said'), 'utf8').replace('\x1b[?25h', ''), '');
	await terminal.type('clear; stty -a; echo "over"');
	await terminal.keys('Enter');
	const settings = await terminal.until('what stty says', (text) => /^over/m.test(text));
	t.match(settings.join(' '), / icanon.* echo /s, 'keys are lines again, and seen');
});

t.test('its size follows the terminal', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse(...PICKED, '> uids');
	await terminal.until('the rows', (text) => text.includes(`${STUDIES} rows`));
	await terminal.resize(60, 16);
	await terminal.until(
		'its new size',
		(_, lines) => lines.length <= 17 && namesOf(lines).length > 3 && lines[1]?.startsWith(' Studies') === true,
	);
	await terminal.keys('q');
	await terminal.until('the shell', (text) => text.includes('ended with 1'));
	t.equal(readFileSync(join(terminal.folder, 'uids'), 'utf8'), '', 'nothing was taken');
});

t.test('get fetches the series that was taken', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse(
		'browse',
		'main',
		'--pick',
		`PatientName=${nameOf(1)}`,
		'|',
		process.execPath,
		PROGRAM,
		'get',
		'main',
		'--from',
		'-',
		'-o',
		'got',
	);
	await terminal.until('the study', (text) => text.includes('1 row') && text.includes('done in'));
	await terminal.keys('Right');
	await terminal.until('its series', (text) => text.includes(`${SERIES} rows`));
	await terminal.keys('Down', 'Enter');
	await terminal.until('the shell', (text) => text.includes('ended with 0'));
	const files = readdirSync(join(terminal.folder, 'got'), { recursive: true, withFileTypes: true });
	t.equal(files.filter((file) => file.isFile()).length, INSTANCES / SERIES);
});

t.test('what is told at the end goes to stderr; SIGTERM takes nothing', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse('browse', 'main', '--pick', `PatientName=${nameOf(2)}`, '-o', 'got', '> uids', '2> said');
	await terminal.until('the study', (text) => text.includes('1 row') && text.includes('done in'));
	await terminal.keys('d');
	await terminal.until('the dialog', (text) => text.includes('C-GET here'));
	await terminal.keys('Enter');
	await terminal.until('it is here', (text) => /queue.*done/.test(text) || text.includes('arrived'));
	await terminal.keys('Space');
	process.kill(await terminal.foreground(), 'SIGTERM');
	await terminal.until('the shell', (text) => text.includes('ended with 143'));
	t.notOk(await terminal.isAlternate());
	t.equal(readFileSync(join(terminal.folder, 'uids'), 'utf8'), '');
	t.match(readFileSync(join(terminal.folder, 'said'), 'utf8'), /^1 retrieve: /);
});

t.test('in a session without a terminal it says what to do instead', async (t) => {
	const { status, stdout, stderr } = spawnSync(
		'/usr/bin/setsid',
		['--wait', process.execPath, PROGRAM, '--no-config', ...PICKED],
		{
			encoding: 'utf8',
		},
	);
	t.equal(status, 2);
	t.equal(stdout, '');
	t.match(stderr, /--pick needs a terminal \(\/dev\/tty\)[\s\S]*dimse find main/);
});
