/** `dimse browse` in a real terminal on an archive of ours: rows that stream, levels, cancelling, nodes, masking, a trace, and a long list pasted. */
import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { missing, program } from '../support/peers.ts';
import { atCursor, INSTANCES, nameOf, namesOf, STUDIES, startShown, uidOf } from './browse-archive.ts';

t.setTimeout(600_000);

const skip = missing('tmux');
if (skip !== false) {
	t.pass(skip);
	process.exit(0);
}

const shown = await startShown(t, {
	slow: ['slow:8ms/row'],
	stubborn: ['slow:20ms/row', 'ignore-cancel'],
	other: ['limit:7'],
});

t.test('500 rows stream in while the cursor moves, and it stays on its row', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse('browse', 'slow', 'PatientName=SMITH*');
	const isFull = (lines: readonly string[]) => namesOf(lines).length > 10;
	const first = namesOf(
		await terminal.until('the first rows', (text, now) => isFull(now) && text.includes('receiving')),
	);
	await terminal.keys('Down', 'Down', 'Down');
	await terminal.until('the cursor', (_, now) => atCursor(now).includes(first[3] ?? '?'));
	await terminal.type('jj');
	const lines = await terminal.until('the cursor again', (_, now) => atCursor(now).includes(first[5] ?? '?'));
	t.match(lines.join('\n'), 'receiving', 'rows still come');
	const done = await terminal.until('all', (text) => text.includes(`${STUDIES} rows`) && text.includes('done in'));
	t.match(atCursor(done), first[5], 'where it was');
	await terminal.keys('G');
	const last = await terminal.until('the last', (_, now) => !namesOf(now).includes(first[0] ?? '?'));
	t.equal(namesOf(last).at(-1), namesOf([atCursor(last)])[0], 'the last line is that of the cursor');
	await terminal.keys('g');
	await terminal.until('the first', (_, now) => atCursor(now).includes(first[0] ?? '?'));
});

t.test('down through the levels to the attributes, and up again to the same row', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse('browse', 'main', 'PatientName=SMITH*');
	await terminal.until('the rows', (text) => text.includes(`${STUDIES} rows`));
	await terminal.keys('/');
	await terminal.type('N00');
	await terminal.keys('Enter');
	await terminal.until('those of the filter', (text) => text.includes(`9 of ${STUDIES} rows`));
	await terminal.keys('Escape');
	await terminal.until('all of them', (text) => !text.includes('9 of'));
	await terminal.keys('Enter');
	await terminal.until('the series', (text) => text.includes('Series >') && text.includes('3 rows'));
	await terminal.keys('Down', 'Enter');
	await terminal.until(
		'the instances',
		(text) => text.includes('Instances >') && text.includes(`${INSTANCES / 3} rows`),
	);
	await terminal.keys('Enter');
	await terminal.until('the attributes', (text) => text.includes('SOPInstanceUID') && text.includes(`${uidOf(1)}.2.1`));
	await terminal.keys('Escape');
	await terminal.until('the instances again', (text) => text.includes('Instances >'));
	await terminal.keys('h');
	const lines = await terminal.until('the series again', (text) => text.includes('Series >'));
	t.match(atCursor(lines), /▸ +2 /, 'the second, as before');
	await terminal.keys('h');
	await terminal.until(
		'the studies again',
		(_, now) => now[1]?.includes('Studies >') === true && atCursor(now).includes(nameOf(1)),
	);
});

t.test('Esc stops a query by C-CANCEL and keeps what came', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse('browse', 'slow', 'PatientName=SMITH*');
	await terminal.until('some rows', (text) => text.includes('receiving') && /\D[2-9]\d rows(?!\/)/.test(text));
	await terminal.keys('Escape');
	const lines = await terminal.until('its end', (text) => text.includes('stopped by you'));
	const rows = Number(/(\d+) rows/.exec(lines.join('\n'))?.[1]);
	t.ok(rows >= 20 && rows < STUDIES, `${rows} rows stay`);
	t.match(shown.archive.log(), /C-CANCEL|FE00|cancel/i, 'the archive was told');
});

t.test('a peer that ignores the cancel: Ctrl+C aborts', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse('browse', 'stubborn', 'PatientName=SMITH*');
	await terminal.until('some rows', (text) => text.includes('receiving') && /\D[1-9]\d rows(?!\/)/.test(text));
	await terminal.keys('Escape');
	await terminal.until('it is told', (text) => text.includes('stopping'));
	await terminal.keys('C-c');
	await terminal.keys('C-c');
	await terminal.until('its end', (text) => text.includes('stopped by you'));
});

t.test('another node, and several at once', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse('browse', 'main', 'PatientName=SMITH*');
	await terminal.until('the rows', (text) => text.includes(`${STUDIES} rows`));
	await terminal.keys('n');
	await terminal.until('the list', (text) => text.includes('stubborn'));
	await terminal.type('oth');
	await terminal.until('what is left of it', (text) => !text.includes('stubborn'));
	await terminal.keys('Enter');
	await terminal.until('the node', (_, lines) => lines[0]?.includes('as OTHER') === true);
	await terminal.keys('r');
	await terminal.until('its rows', (text) => text.includes('7 rows'));
});

t.test('masked: no name, no ID, and the mark', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse('browse', 'main', 'PatientName=SMITH*');
	await terminal.until('the rows', (text) => text.includes(nameOf(1)) && text.includes('P0001'));
	await terminal.keys('M');
	const lines = await terminal.until('the mark', (text) => text.includes('MASKED'));
	t.notMatch(lines.slice(2).join('\n'), /SMITH\^N|P0\d\d\d/);
	await terminal.keys('Enter');
	const series = await terminal.until('the series', (text) => text.includes('Series >') && text.includes('3 rows'));
	t.notMatch(series.join('\n'), /SMITH\^N|P0\d\d\d/);
	await terminal.keys('4');
	const trace = await terminal.until('the trace', (text) => text.includes('C-FIND-RQ'));
	t.notMatch(trace.join('\n'), /SMITH\^N|P0\d\d\d/);
});

t.test('a trace is written, and tshark reads it', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse('browse', 'main', 'PatientName=SMITH^N001');
	await terminal.until('the rows', (text) => text.includes('1 row') && text.includes('done in'));
	await terminal.keys('4');
	await terminal.until('the trace', (text) => text.includes('A-ASSOCIATE-RQ'));
	await terminal.keys('w');
	await terminal.until('what it asks for', (text) => text.includes('.pcap'));
	await terminal.keys('C-x');
	await terminal.type('seen.pcap');
	await terminal.keys('Enter');
	const path = join(terminal.folder, 'seen.pcap');
	await terminal.until(
		'that it is written',
		(text) => existsSync(path) && statSync(path).size > 0 && /seen\.pcap/.test(text),
	);
	if (program('tshark') === undefined) return;
	const { stdout } = await promisify(execFile)('tshark', ['-r', path, '-d', `tcp.port==${shown.archive.port},dicom`], {
		encoding: 'utf8',
	});
	t.match(stdout, /A-ASSOCIATE request/);
	t.match(stdout, /C-FIND/i);
});

t.test('200 UIDs pasted into the form ask for 200 studies', async (t) => {
	const terminal = await shown.terminal(t);
	await terminal.dimse('browse', 'main');
	await terminal.until('the screen', (_, lines) => lines[0]?.includes('main') === true);
	await terminal.keys('f');
	const isAt = (lines: readonly string[], label: string) =>
		lines.some((line) => line.includes('▸') && line.includes(label));
	await terminal.until('the form', (text) => text.includes('Study UID'));
	for (let down = 0; down < 20 && !isAt(await terminal.lines(), 'Study UID'); down++) {
		const before = (await terminal.lines()).join('\n');
		await terminal.keys('Down');
		await terminal.until('the next field', (text) => text !== before);
	}
	await terminal.paste(Array.from({ length: 200 }, (_, index) => uidOf(index + 1)).join('\n'));
	await terminal.until('the UIDs', (text) => text.includes(uidOf(200)));
	await terminal.keys('Enter');
	await terminal.until('200 rows', (text) => text.includes('200 rows') && text.includes('done in'));
});
