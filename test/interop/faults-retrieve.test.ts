/** `dimse get` and `dimse move` against an archive that does wrong on purpose (`dimse qrscp --simulate`): exit status, first line, files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { encodeFile } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { freePort } from '../support/peers.ts';
import { dimse, type Ran } from '../support/run.ts';
import { startArchive } from './archive-process.ts';
import { folder, inTurns } from './command-line.ts';
import { CT, filesUnder, image, MR } from './instances.ts';

t.setTimeout(240_000);

/** One study of three CT instances and an MR one. */
const STUDY = '1.2.3.1';
const files = join(folder, 'stored');
mkdirSync(files);
for (let number = 1; number <= 4; number++) {
	const sopClass = number === 4 ? MR : CT;
	const series = `${STUDY}.${number === 4 ? 2 : 1}`;
	const more = { SeriesInstanceUID: series, Modality: number === 4 ? 'MR' : 'CT', InstanceNumber: String(number) };
	writeFileSync(
		join(files, `${number}.dcm`),
		encodeFile(image(sopClass, `${STUDY}.9.${number}`, more), EXPLICIT_LITTLE),
	);
}

interface Case {
	readonly name: string;
	/** What is simulated for this one's calling AE title. */
	readonly faults: readonly string[];
	readonly command: 'get' | 'move' | 'get --no-fallback' | 'move --dest CLOSED';
	readonly status: number;
	/** Of stderr, its notes and lines of units left out; none where it ends well. */
	readonly says?: RegExp;
	/** Anywhere on stderr. */
	readonly also?: RegExp;
	readonly files: number;
}

/** The archive of these tests, under any name. */
const at = 'ARCHIVE@127\\.0\\.0\\.1:\\d+';
const line = (text: string): RegExp => new RegExp(`^dimse: ${at}: ${text}$`);

const CASES: readonly Case[] = [
	{ name: 'nothing wrong', faults: [], command: 'get', status: 0, files: 4 },
	{ name: 'nothing wrong', faults: [], command: 'move', status: 0, files: 4 },

	// Destinations
	{
		name: 'a destination that is unknown',
		faults: ['move-unknown'],
		command: 'move',
		status: 4,
		says: line('move to ME\\d: refused: move destination unknown \\(A801\\)'),
		files: 0,
	},
	{
		name: 'a destination that is closed',
		faults: [],
		command: 'move --dest CLOSED',
		status: 4,
		says: line('move to CLOSED: refused: out of resources, unable to perform sub-operations \\(A702\\)'),
		also: /not reachable \(ECONNREFUSED\)/,
		files: 0,
	},

	// What is claimed and what arrives
	{
		name: 'success, and nothing sent',
		faults: ['move-lie'],
		command: 'move',
		status: 3,
		says: line('move to ME\\d: the peer reports 4 completed, nothing arrived here after [\\d.]+ s'),
		also: /list of what is missing/,
		files: 0,
	},
	{ name: 'success first, sending later', faults: ['move-async:300ms'], command: 'move', status: 0, files: 4 },
	{
		name: 'success first, sending too late',
		faults: ['move-async:1h'],
		command: 'move',
		status: 3,
		says: line('move to ME\\d: the peer reports 4 completed, nothing arrived here after [\\d.]+ s'),
		files: 0,
	},
	{
		name: 'half sent, and said so',
		faults: ['move-half'],
		command: 'move',
		status: 3,
		says: line('move to ME\\d: 2 of 4 instances are missing'),
		files: 2,
	},
	{
		name: 'half sent, all claimed',
		faults: ['move-half', 'move-lie'],
		command: 'move',
		status: 3,
		says: line('move to ME\\d: the peer reports 4 completed, 2 arrived here after [\\d.]+ s'),
		files: 2,
	},
	{
		name: 'half sent, and said so',
		faults: ['move-half'],
		command: 'get',
		status: 3,
		says: line('get: 2 of 4 instances are missing'),
		files: 2,
	},

	// Counts and pending responses
	...(['get', 'move'] as const).flatMap((command): Case[] => [
		{ name: 'no counts', faults: ['no-counts'], command, status: 0, files: 4 },
		{ name: 'no pending responses', faults: ['no-pending'], command, status: 0, files: 4 },
		{ name: 'neither', faults: ['no-counts', 'no-pending'], command, status: 0, files: 4 },
		{ name: 'counts that are wrong', faults: ['counts:4/0/0/7'], command, status: 0, files: 4 },
		{ name: 'every row of the query twice', faults: ['dup-rows'], command, status: 0, files: 4 },
		{ name: 'rows without what was asked', faults: ['missing-keys'], command, status: 0, files: 4 },
		{
			name: 'a status that nobody knows in the end, when all is here',
			faults: [`final-status:${command}:1234`],
			command,
			status: 0,
			also: /warning: the peer says that some failed, and everything expected is here/,
			files: 4,
		},

		// The operation as a whole
		{
			name: 'refused for want of resources',
			faults: [`status:${command}:A701:no memory`],
			command,
			status: 4,
			says: line(`${command === 'get' ? 'get' : 'move to ME\\d'}: refused: .* \\(A701\\)`),
			also: /comment "no memory"/,
			files: 0,
		},
		{
			name: 'cannot be processed',
			faults: [`status:${command}:C000`],
			command,
			status: 4,
			says: line(`${command === 'get' ? 'get' : 'move to ME\\d'}: failed: unable to process \\(C000\\)`),
			files: 0,
		},
		{
			name: 'the query before it is refused',
			faults: ['status:find:A700'],
			command,
			status: 0,
			also: /A700/,
			files: 4,
		},

		// The association
		{
			name: 'rejected',
			faults: ['reject:1/1/7'],
			command,
			status: 5,
			says: line('association rejected: called AE title not recognized \\(1/1/7\\)'),
			files: 0,
		},
		{
			name: 'aborted at the request',
			faults: [`abort-after:${command}`],
			command,
			status: 8,
			says: line('association aborted: by the application \\(0/0\\)'),
			files: 0,
		},
		{
			name: 'silent at the request',
			faults: [`silent:${command}`],
			command,
			status: 28,
			says: line('no response to .* in 2 s'),
			files: 0,
		},
	]),
	{
		name: 'not authorized: a C-MOVE may be',
		faults: ['status:get:0124'],
		command: 'get',
		status: 0,
		also: /using C-MOVE/,
		files: 4,
	},
	...(['get --no-fallback', 'move'] as const).map(
		(command): Case => ({
			name: 'not authorized',
			faults: ['status:get:0124', 'status:move:0124'],
			command,
			status: 13,
			says: /^dimse: .*not authori[sz]ed.*\(0124\)$/i,
			files: 0,
		}),
	),
	{
		// Four instances: two come before the first abort, and the rest when it is tried once more.
		name: 'aborted half-way, and done the second time',
		faults: ['abort-after:get:2'],
		command: 'get',
		status: 0,
		also: /the association was lost \(A-ABORT 0\/0\): trying once more/,
		files: 4,
	},
	{
		name: 'aborted at once, twice',
		faults: ['abort-after:get'],
		command: 'get',
		status: 8,
		says: line('association aborted: by the application \\(0/0\\)'),
		files: 0,
	},

	// Classes
	{
		name: 'a class that is refused',
		faults: ['refuse-class:MRImageStorage'],
		command: 'get',
		status: 3,
		says: line('get: 1 of 4 instances is missing'),
		also: /no presentation context for MR Image Storage/,
		files: 3,
	},
	{
		name: 'no C-GET: a C-MOVE does it',
		faults: ['no-get'],
		command: 'get',
		status: 0,
		also: /using C-MOVE to ME\d/,
		files: 4,
	},
	{
		name: 'no C-GET',
		faults: ['no-get'],
		command: 'get --no-fallback',
		status: 9,
		says: line('associated, but no presentation context was accepted for C-GET'),
		files: 0,
	},
	{
		name: 'no C-MOVE',
		faults: ['refuse-class:StudyRootQueryRetrieveInformationModelMove'],
		command: 'move',
		status: 9,
		says: line('associated, but no presentation context was accepted for C-MOVE'),
		files: 0,
	},

	// Single instances
	{
		name: 'every third sub-operation fails',
		faults: ['fail-every:3:A700'],
		command: 'move',
		status: 3,
		says: line('move to ME\\d: 1 of 4 instances is missing'),
		also: /1 instance: failed at the peer, which lists it/,
		files: 3,
	},
	{
		name: 'every sub-operation fails, and success is claimed',
		faults: ['fail-every:1:C001', 'final-status:move:0000'],
		command: 'move',
		status: 3,
		says: line('move to ME\\d: 4 of 4 instances are missing'),
		also: /the peer says success, and that 4 failed/,
		files: 0,
	},
	{
		name: 'every sub-operation fails',
		faults: ['fail-every:1:C001'],
		command: 'move',
		status: 4,
		says: line('move to ME\\d: refused: out of resources, unable to perform sub-operations \\(A702\\)'),
		also: /4 of 4 failed/,
		files: 0,
	},
];

const LANES = 3;
const ports = await Promise.all(Array.from({ length: LANES }, freePort));
const titleOf = (index: number): string => `CASE${index}`;

const archive = await startArchive(t, [
	...['--import', files, '--move-dest', 'CLOSED=127.0.0.1:1'],
	...ports.flatMap((port, lane) => ['--move-dest', `ME${lane}=127.0.0.1:${port}`]),
	...CASES.flatMap(({ faults }, index) => faults.flatMap((fault) => ['--simulate', `${fault}@${titleOf(index)}`])),
]);

/** Each lane has a port of its own for what the archive sends. */
const lanes = [...ports.keys()];
const runs = new Map<Case, Ran & { readonly files: readonly string[] }>();
await inTurns([...CASES.entries()], async ([index, one]) => {
	const lane = lanes.pop() ?? 0;
	const [verb = '', ...options] = one.command.split(' ');
	const out = join(folder, `out${index}`);
	const isElsewhere = options.includes('--dest');
	const receiving = ['--listen', `127.0.0.1:${ports[lane]}`, '--listen-aet', `ME${lane}`, '-o', out];
	const ran = await dimse([
		...[verb, archive.at, STUDY, '-aet', titleOf(index), '-td', '2', '--progress', 'none', ...options],
		...(isElsewhere ? [] : [...receiving, '--settle', '1', '--late', '2']),
		...(verb === 'move' && !isElsewhere ? ['--to-me'] : []),
	]);
	runs.set(one, { ...ran, files: isElsewhere ? [] : filesUnder(out) });
	lanes.push(lane);
});

for (const one of CASES)
	t.test(`${one.command}: ${one.name} (${one.faults.join(', ') || 'no fault'})`, async (t) => {
		const { status = null, stderr = '', files = [] } = runs.get(one) ?? {};
		t.equal(status, one.status, 'exit status', { stderr });
		const first = stderr.split('\n').find((text) => text.startsWith('dimse: '));
		if (one.says === undefined) t.equal(first, undefined, 'nothing is wrong');
		else t.match(first ?? stderr, one.says);
		if (one.also !== undefined) t.match(stderr, one.also);
		t.notMatch(stderr, /^ {4}at /m, 'no stack');
		t.equal(files.filter((path) => path.endsWith('.dcm')).length, one.files, 'files');
		t.same(
			files.filter((path) => path.endsWith('.part')),
			[],
			'nothing half',
		);
	});

t.test('after all of it the archive is as sound as before', async (t) => {
	t.notMatch(archive.log(), /^ {4}at /m);
	const { status } = await dimse(['echo', archive.at]);
	t.equal(status, 0);
});
