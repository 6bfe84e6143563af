/** `dimse browse` line by line in a real terminal that cannot draw: what is typed, what is said, and that nothing but text and line ends is written. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { missing } from '../support/peers.ts';
import type { TerminalSession } from '../support/tmux.ts';
import { INSTANCES, nameOf, STUDIES, startShown } from './browse-archive.ts';
import { filesUnder } from './instances.ts';

t.setTimeout(600_000);

const skip = missing('tmux');
if (skip !== false) {
	t.pass(skip);
	process.exit(0);
}

const shown = await startShown(t, { slow: ['slow:40ms/row', 'slow:300ms'], getless: ['no-get'] });

/** Ends the program where Ink or React is asked for. */
const NO_INK =
	"--import=data:text/javascript,import{registerHooks}from'node:module';registerHooks({resolve(s,c,n){if(s==='ink'||s==='react')throw(new(Error)(s));return(n(s,c))}})";
const MOST_MS = 60_000;

/** One who types and listens. */
class Talk {
	readonly terminal: TerminalSession;
	readonly #recorded: () => string;
	#heard = 0;

	constructor(terminal: TerminalSession, recorded: () => string) {
		this.terminal = terminal;
		this.#recorded = recorded;
	}

	/** @returns what was said until then, since the last time */
	async until(what: string | RegExp): Promise<string> {
		for (const end = performance.now() + MOST_MS; performance.now() < end; await passing(20)) {
			const news = this.transcript.slice(this.#heard);
			const found = typeof what === 'string' ? news.indexOf(what) : news.search(what);
			if (found < 0) continue;
			const length = typeof what === 'string' ? what.length : (what.exec(news)?.[0].length ?? 0);
			this.#heard += found + length;
			return news.slice(0, found + length);
		}
		throw new Error(`${what}: never said\n${this.transcript}`);
	}

	async type(line: string): Promise<void> {
		await this.terminal.type(line);
		await this.terminal.keys('Enter');
	}

	/** Its prompt stands there. */
	async says(line: string, prompt = /\n\w+> /): Promise<string> {
		await this.type(line);
		return this.until(prompt);
	}

	/** The terminal makes CR LF of each LF. */
	get transcript(): string {
		return this.#recorded().replaceAll('\r\n', '\n');
	}
}

const talking = async (
	t: Test,
	words: readonly string[],
	variables: Readonly<Record<string, string>> = { TERM: 'dumb' },
): Promise<Talk> => {
	const terminal = await shown.terminal(t, undefined, { NODE_OPTIONS: NO_INK, ...variables });
	const talk = new Talk(terminal, await terminal.record());
	await terminal.dimse(...words);
	await talk.until('ended with $?"');
	return talk;
};

const endsWith = async (t: Test, talk: Talk, status: number): Promise<string> => {
	const rest = await talk.until(`ended with ${status}`);
	// What the shell writes before and after is its own.
	const said = /^.*?(?<own>(?:Browse|Asking) .*?)ended with \d/s.exec(talk.transcript)?.groups?.['own'] ?? '';
	t.match(said, '> ');
	t.notMatch(said, /\r/, 'no carriage return');
	// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
	t.notMatch(said, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/, 'nothing that steers a terminal');
	return rest;
};

t.test('ask, list, open, up, filter, and get some rows', async (t) => {
	const talk = await talking(t, ['browse', 'main', '-o', 'got']);
	const greeting = await talk.until('studies> ');
	t.match(greeting, `main, ARCHIVE at 127.0.0.1, port ${shown.archive.port}`);
	t.match(greeting, '? tells all commands');
	t.match(await talk.says('?'), /\ng ROWS: .*\n[\s\S]*\nq: /);

	const first = await talk.says('f smith*');
	t.match(first, 'Asking main for studies, PatientName SMITH*.');
	t.match(first, `\n${STUDIES} studies: a round number, possibly cut off: m gets the rest.\n`);
	t.match(first, /\n1\. SMITH\^N\d{3}, ID P0\d{3}, 2024-\d\d-15, 10:11, (?:CT|MR)[^\n]*, accession A\d+\.\n/);
	t.match(first, `Studies 1 to 20 of ${STUDIES}. Enter tells more, a number opens one`);
	t.match(await talk.says(''), `\nStudies 21 to 40 of ${STUDIES}.`);
	t.match(await talk.says('b'), `Studies 1 to 20 of ${STUDIES}.`);
	t.match(await talk.says('999'), `There is no row 999: they go from 1 to ${STUDIES}.`);

	t.match(await talk.says(`f ${nameOf(1)} date=2024`), /\n1 study in .*\n1\. SMITH\^N001, .*3 series, 30 instances/);
	const series = await talk.says('1');
	t.match(series, 'Asking main for the series of SMITH^N001 2024-02-15.');
	t.match(series, /\n1\. series 1, CT.*\n2\. series 2, CT.*\n3\. series 3, MR.*\n3 series in all\./);
	t.match(await talk.says('2'), /\n10 instances in .*\n1\. instance 1, CT Image.*/);
	t.match(
		await talk.says('1'),
		/\nSOPInstanceUID: 1\.2\.3\.1\.2\.1\n[\s\S]*\d+ attributes in all; u leaves them\.\nattributes> $/,
	);
	t.match(await talk.says('u'), /10 instances of 2 CT.*\nYou were at 1\. instance 1/);
	t.match(await talk.says('u'), /3 series of SMITH\^N001 2024-02-15\.\nYou were at 2\. series 2/);
	t.match(await talk.says('/mr'), /1 of 3 series of .*, those with "mr"\.\n1\. series 3, MR/);
	t.match(await talk.says('/'), /3 series of [\s\S]*\n3\. series 3/);

	const question = await talk.says('g 1,3', /y or n: /);
	t.match(question, /Get 2 series, 20 instances, from main by C-GET into \S+\/got\. Type/);
	t.match(await talk.says('n'), 'Nothing is retrieved.');
	await talk.says('g 1,3', /y or n: /);
	await talk.type('y');
	// Side by side: either may be over first.
	for (const _ of [1, 2]) await talk.until(/Retrieve [12], SMITH\^N001 .*: complete, 10 of 10 arrived.*\nseries> /);
	t.equal(filesUnder(join(talk.terminal.folder, 'got')).filter((path) => path.endsWith('.dcm')).length, 20);
	t.match(await talk.says('j'), /Retrieve 1, [\s\S]*complete[\s\S]*Retrieve 2, [\s\S]*complete/);

	await talk.says('u');
	t.match(await talk.says('l'), /1\. SMITH\^N001, /);
	await talk.type('q');
	t.match(await endsWith(t, talk, 0), /2 retrieves: 2 done\n[\s\S]*files are in/);
});

t.test('a peer that is not there is explained in three parts, another is asked instead', async (t) => {
	const talk = await talking(t, ['browse', 'NOBODY@127.0.0.1:1', '--name', 'smith^x']);
	const said = await talk.until('studies> ');
	t.match(said, ' for studies, PatientName SMITH^X*.');
	t.match(said, /\nProblem: .*\nWhat came back: .*\nWhat it means: .*\nWhat to do, 1: /);
	t.match(await talk.says('x'), /\nProblem: /);
	t.match(await talk.says('n'), /1\. NOBODY@127\.0\.0\.1:1, .*asked now\.\n2\. main, /);
	await talk.says('n main');
	t.match(await talk.says(`f ${nameOf(2)}`), /\n1\. SMITH\^N002, /);
	t.match(await talk.says('f nobody^here'), /No studies match, [\s\S]*To try: /);
	t.match(await talk.says('sing'), '"sing" is no command. ? tells them');
	await talk.terminal.keys('C-d');
	await endsWith(t, talk, 0);
});

t.test('what takes long is told every 10 s; Ctrl+C stops it, then asks, then quits', async (t) => {
	const talk = await talking(t, ['browse', 'slow', 'PatientName=SMITH*', '-o', 'got']);
	await talk.until(/Still receiving .*, \d+ studies so far, list tells them; stop stops it\./);
	await talk.type('list');
	await talk.until('and more are on their way');
	await talk.terminal.keys('C-c');
	const ended = await talk.until('studies> ');
	t.match(ended, /\nStopping; what came stays\.\n[\s\S]*Stopped after .*: \d+ studies have come\.\n1\. /);

	await talk.says(`f ${nameOf(1)}`);
	await talk.says('g 1', /y or n: /);
	await talk.type('y');
	await talk.until('studies> ');
	await talk.terminal.keys('C-c');
	await talk.until(/Retrieve 1, .*: stopping/);
	await talk.until(/Retrieve 1, .*, cancelled/);
	await talk.until('studies> ');
	await talk.terminal.keys('C-c');
	await talk.until('Quit? Type q quit, s stay: ');
	await talk.says('s');
	await talk.terminal.keys('C-c');
	await talk.until('Quit? Type q quit, s stay: ');
	await talk.terminal.keys('C-c');
	await endsWith(t, talk, 0);
});

t.test('quitting while a retrieve runs asks; what is not complete is kept', async (t) => {
	const talk = await talking(t, ['browse', 'slow', `PatientName=${nameOf(1)}`, '-o', 'got']);
	await talk.until('studies> ');
	await talk.says('g all', /y or n: /);
	await talk.type('y');
	await talk.until('studies> ');
	t.match(
		await talk.says('q', /stay: /),
		'1 job running. Type c cancel and quit, k keep in the journal and quit, s stay:',
	);
	await talk.says('s');
	await talk.says('q', /stay: /);
	await talk.type('k');
	t.match(await endsWith(t, talk, 0), /1 retrieve: 1 held\n[\s\S]*go on with: dimse get slow /);
	const count = filesUnder(join(talk.terminal.folder, 'got')).filter((path) => path.endsWith('.dcm')).length;
	t.ok(count < INSTANCES, `${count} are there`);
});

t.test('masked: neither names nor IDs, in rows, questions and what is told of retrieves', async (t) => {
	const talk = await talking(t, ['browse', 'main', 'PatientID=P0001', '--mask-phi', '--a11y', '-o', 'got'], {});
	const from = talk.transcript.length;
	await talk.until('studies> ');
	await talk.says('1');
	await talk.says('u');
	await talk.says('i 1');
	await talk.says('g 1', /y or n: /);
	await talk.type('y');
	await talk.until(/: complete, 30 of 30 arrived/);
	t.match(talk.transcript.slice(from), 'PATIENT^');
	t.notMatch(talk.transcript.slice(from), /SMITH|P0001/);
	process.kill(await talk.terminal.foreground(), 'SIGTERM');
	await endsWith(t, talk, 143);
});

t.test('an archive without C-GET is asked by C-MOVE to us, and the question says so when that is known', async (t) => {
	const talk = await talking(t, ['browse', 'getless', `PatientName=${nameOf(1)}`, '-o', 'got']);
	await talk.until('studies> ');
	await talk.says('1');
	await talk.says('g 1', /y or n: /);
	await talk.type('y');
	await talk.until(/: complete, 10 of 10 arrived.*\nseries> /);
	const question = await talk.says('g 2', /y or n: /);
	t.match(question, /by C-MOVE to us into .*\. getless must have GETLESS = .*\. Type/);
	await talk.type('yes');
	await talk.until(/: complete, 10 of 10 arrived.*\nseries> /);
	t.equal(filesUnder(join(talk.terminal.folder, 'got')).filter((path) => path.endsWith('.dcm')).length, 20);
	await talk.type('q');
	await endsWith(t, talk, 0);
});

t.test('--pick: numbers are taken, and printed when it is left', async (t) => {
	const talk = await talking(t, ['browse', 'main', `PatientName=${nameOf(1)}`, '--pick', '>', 'picked']);
	t.match(await talk.until('studies> '), 'p and numbers take rows and quit');
	await talk.type('p 1');
	await endsWith(t, talk, 0);
	t.equal(readFileSync(join(talk.terminal.folder, 'picked'), 'utf8'), '1.2.3.1\n');
});
