/** `--timeout` and signals against an archive that falls silent (`dimse qrscp --simulate`): the command ends, and says why. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { dimse, type Ran } from '../support/run.ts';
import { startArchive } from './archive-process.ts';
import { folder, inTurns, writeStudies } from './command-line.ts';

t.setTimeout(240_000);

const files = writeStudies('stored');

interface Case {
	readonly fault: string;
	readonly args: readonly [command: string, ...rest: string[]];
	/** Sent when the request is on its way; without it there is a --timeout. */
	readonly signal?: 'SIGINT' | 'SIGTERM';
	readonly status: number;
	/** Of stderr and stdout, whatever the machine had got done by then. */
	readonly says?: RegExp;
}

const RAN_OUT = /^dimse: .*not done in 1 s: --timeout ran out$/m;

const CASES: readonly Case[] = [
	{ fault: 'silent:find', args: ['find'], status: 28, says: RAN_OUT },
	{ fault: 'silent:find:2', args: ['find', '-F', 'json'], status: 28, says: /"code": ?"command-end"/ },
	{
		fault: 'silent:find:2',
		args: ['find', '-F', 'name'],
		status: 28,
		says: /^ {2}came back {2}(2 studies had come|no match had come|no association was open yet)$/m,
	},
	{ fault: 'silent:echo', args: ['echo'], status: 28, says: RAN_OUT },
	{ fault: 'silent:store', args: ['store', files], status: 28, says: RAN_OUT },
	{ fault: 'silent:find', args: ['get', '1.2.3.1', '-o', join(folder, 'asked')], status: 28, says: RAN_OUT },
	{ fault: 'silent:find', args: ['get', '1.2.3.1', '--json'], status: 28, says: /"code": ?"command-end"/ },
	{
		fault: 'silent:find',
		args: ['get', '1.2.3.1', '--events'],
		status: 28,
		says: /"type":"error".*"code":"command-end"/,
	},
	{ fault: 'silent:get', args: ['get', '1.2.3.1', '-o', join(folder, 'got')], status: 28, says: RAN_OUT },
	{ fault: 'silent:find', args: ['get', '--id', 'P1', '-o', join(folder, 'found')], status: 28, says: RAN_OUT },
	{ fault: 'silent:move', args: ['move', '1.2.3.1', '--dest', 'STORESCP'], status: 28, says: RAN_OUT },
	{ fault: 'silent:echo', args: ['doctor'], status: 28, says: RAN_OUT },
	{ fault: 'silent:find', args: ['find'], signal: 'SIGINT', status: 130 },
	{
		fault: 'slow:5s/row',
		args: ['get', '1.2.3.1', '-o', join(folder, 'interrupted')],
		signal: 'SIGINT',
		status: 130,
		says: /^interrupted by SIGINT before the unit was begun: run it again; with --journal FILE/m,
	},
	{ fault: 'silent:echo', args: ['echo'], signal: 'SIGTERM', status: 143 },
	{ fault: 'silent', args: ['find'], signal: 'SIGTERM', status: 143, says: /^dimse: interrupted by SIGTERM$/m },
	{ fault: 'silent', args: ['get', '1.2.3.1'], signal: 'SIGTERM', status: 143 },
	{ fault: 'silent', args: ['store', files], signal: 'SIGTERM', status: 143 },
	{ fault: 'silent:store', args: ['store', files], signal: 'SIGTERM', status: 143 },
	{
		fault: 'silent:echo',
		args: ['doctor'],
		signal: 'SIGTERM',
		status: 143,
		says: /^ skip {2}echo +ended before its answer came/m,
	},
];

const titleOf = (index: number): string => `CASE${index}`;
const archive = await startArchive(t, [
	...['--import', files],
	...CASES.flatMap(({ fault }, index) => ['--simulate', `${fault}@${titleOf(index)}`]),
]);

/** With -d the messages are told as they go. */
const whenAsked = (signal: NodeJS.Signals, asked: RegExp) => (child: ChildProcessWithoutNullStreams) => {
	let said = '';
	child.stderr.on('data', (text: Buffer) => {
		const before = said;
		said += text.toString();
		if (asked.test(said) && !asked.test(before)) child.kill(signal);
	});
};
const ASKED = /C-(FIND|ECHO|STORE)-RQ/;
const CALLED = /A-ASSOCIATE-RQ/;

const runs = new Map<Case, Ran>();
await inTurns([...CASES.entries()], async ([index, one]) => {
	const { fault, args, signal } = one;
	const [command, ...rest] = args;
	const more = signal === undefined ? ['--timeout', '1'] : ['-d'];
	runs.set(
		one,
		await dimse([command, archive.at, '-aet', titleOf(index), '-td', '0', ...more, ...rest], {
			...(signal === undefined ? {} : { meanwhile: whenAsked(signal, fault === 'silent' ? CALLED : ASKED) }),
		}),
	);
});

for (const one of CASES)
	t.test(`${one.fault}: ${one.args[0]}, ${one.signal ?? '--timeout'}`, async (t) => {
		const { status = null, stdout = '', stderr = '' } = runs.get(one) ?? {};
		t.equal(status, one.status, 'exit status', { stderr });
		if (one.says !== undefined) t.match(`${stderr}${stdout}`, one.says);
		if (one.signal === undefined) t.notMatch(stderr, /^ {4}at /m, 'no stack');
	});
