/** `dimse find` and `dimse echo` against an archive that does wrong on purpose (`dimse qrscp --simulate`): exit status, rows, what is said. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { encodeFile } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { dimse, type Ran } from '../support/run.ts';
import { startArchive } from './archive-process.ts';
import { folder, inTurns, rowsOf } from './command-line.ts';
import { CT, image } from './instances.ts';

t.setTimeout(240_000);

const PEOPLE = ['DOE^JANE', 'Doe^John', 'Müller^Jörg', 'Yamada^Tarou=山田^太郎'];
const files = join(folder, 'stored');
mkdirSync(files);
for (const [index, name] of PEOPLE.entries()) {
	const study = `1.2.3.${index + 1}`;
	const dataset = image(CT, `${study}.1.1`, {
		...{ SpecificCharacterSet: 'ISO_IR 192', PatientName: name, PatientID: `P${index + 1}` },
		...{ StudyInstanceUID: study, SeriesInstanceUID: `${study}.1`, Modality: 'CT' },
	});
	writeFileSync(join(files, `${index}.dcm`), encodeFile(dataset, EXPLICIT_LITTLE));
}

interface Case {
	readonly faults: readonly string[];
	/** What is asked beside `find`; `echo` for that. */
	readonly args?: readonly string[];
	readonly status: number;
	/** Names or UIDs of the rows, as many as are known. */
	readonly rows?: number;
	readonly stdout?: RegExp;
	/** Of the first line that begins with `dimse:`; none where it ends well. */
	readonly says?: RegExp;
	readonly also?: RegExp;
}

const NAMES = ['-F', 'tsv', '--fields', 'PatientName'];
const UIDS = ['-F', 'name'];

const CASES: readonly Case[] = [
	{ faults: [], args: UIDS, status: 0, rows: 4 },
	{ faults: ['limit:2'], args: UIDS, status: 0, rows: 2 },
	{ faults: ['limit-refuse:3'], args: UIDS, status: 4, rows: 0, says: /C-FIND refused: out of resources \(A700\)$/ },
	{ faults: ['limit-refuse:4'], args: UIDS, status: 0, rows: 4 },
	{
		faults: ['ignore-key:PatientID'],
		args: ['--id', 'P2', ...UIDS],
		status: 0,
		rows: 1,
		also: /3 rows hidden: .*ignores PatientID/,
	},
	{ faults: ['ignore-key:PatientID'], args: ['--id', 'P2', '--no-filter', ...UIDS], status: 0, rows: 4 },
	{ faults: ['case-sensitive'], args: ['--name', 'doe*', ...NAMES], status: 0, rows: 1, stdout: /^DOE\^JANE$/m },
	{ faults: ['case-sensitive'], args: ['--name', 'doe*', '--keep-case', ...NAMES], status: 1, rows: 0 },
	{ faults: ['dup-rows'], args: UIDS, status: 0, rows: 4, also: /4 rows came more than once and are shown once/ },
	{ faults: ['missing-keys'], args: UIDS, status: 0, rows: 4 },
	{
		faults: ['missing-keys:PatientName'],
		args: ['-F', 'tsv', '--fields', 'PatientName,PatientID'],
		status: 0,
		rows: 4,
		stdout: /^\tP1$/m,
	},
	{ faults: ['escape-names'], args: NAMES, status: 0, rows: 4, stdout: /·\[31mDOE\^JANE·\[0m/ },
	{ faults: ['escape-names'], args: ['-F', 'table'], status: 0, stdout: /DOE\^JANE/ },
	{ faults: ['no-charset'], args: NAMES, status: 0, rows: 4, stdout: /^M\ufffd+ller/m },
	{
		faults: ['no-charset'],
		args: [...NAMES, '--charset', 'ISO_IR 192'],
		status: 0,
		rows: 4,
		stdout: /^Müller\^Jörg$/m,
	},
	{ faults: ['wrong-charset:ISO_IR 100'], args: NAMES, status: 0, rows: 4, stdout: /^MÃ¼ller/m },
	{ faults: ['wrong-charset:ISO_IR 126'], args: NAMES, status: 0, rows: 4 },
	{ faults: ['slow:100ms/row'], args: UIDS, status: 0, rows: 4 },
	{ faults: ['first-row:1h'], args: UIDS, status: 28, rows: 0, says: /no response to C-FIND in 2 s$/ },
	{ faults: ['silent:find'], args: UIDS, status: 28, rows: 0, says: /no response to C-FIND in 2 s$/ },
	{ faults: ['silent:find:2'], args: UIDS, status: 28, rows: 2, says: /no response to C-FIND in 2 s$/ },
	{
		faults: ['abort-after:find'],
		args: UIDS,
		status: 8,
		rows: 0,
		says: /association aborted: by the application \(0\/0\)$/,
	},
	{
		faults: ['abort-after:find:2'],
		args: UIDS,
		status: 8,
		rows: 2,
		says: /association aborted: by the application \(0\/0\)$/,
	},
	{ faults: ['abort-after:rq'], args: UIDS, status: 8, rows: 0, says: /aborted/ },
	{ faults: ['silent'], args: ['-ta', '1', ...UIDS], status: 28, rows: 0, says: /1 s/ },
	{ faults: ['final-status:find:B001'], args: UIDS, status: 0, rows: 4, also: /warning: final status B001/ },
	{ faults: ['final-status:find:C123'], args: UIDS, status: 4, rows: 4, says: /C-FIND failed: .*\(C123\)$/ },
	{ faults: ['status:find:A900'], args: UIDS, status: 4, rows: 0, says: /\(A900\)$/ },
	{ faults: ['status:find:0122'], args: UIDS, status: 4, rows: 0, says: /\(0122\)$/ },
	{ faults: ['status:find:0124'], args: UIDS, status: 13, rows: 0, says: /not authorized: C-FIND refused$/ },
	{ faults: ['status:find:1234'], args: UIDS, status: 4, rows: 0, says: /unknown status \(1234\)$/ },
	{
		faults: ['no-patient-root'],
		args: ['-P', '-L', 'patient', ...UIDS],
		status: 9,
		rows: 0,
		says: /no presentation context was accepted for C-FIND$/,
	},
	{
		faults: ['refuse-class:1.2.840.10008.5.1.4.1.2.1.1', 'refuse-class:1.2.840.10008.5.1.4.1.2.2.1'],
		args: UIDS,
		status: 9,
		rows: 0,
		says: /no presentation context was accepted for C-FIND$/,
	},
	{ faults: ['status:echo:0110'], args: ['echo'], status: 4, says: /\(0110\)$/ },
	{ faults: ['silent:echo'], args: ['echo'], status: 28, says: /no response/ },
	{ faults: ['abort-after:echo'], args: ['echo'], status: 8, says: /association aborted/ },
	...(
		[
			[1, 1, 1],
			[1, 1, 2],
			[1, 1, 3],
			[1, 1, 7],
			[1, 2, 1],
			[1, 2, 2],
			[2, 3, 1],
			[2, 3, 2],
			[2, 1, 2],
			[2, 2, 9],
		] as const
	).map(
		(triple): Case => ({
			faults: [`reject:${triple.join('/')}`],
			args: ['echo'],
			status: 5,
			says: new RegExp(`association rejected: .*\\(${triple.join('/')}\\)$`),
		}),
	),
];

const titleOf = (index: number): string => `CASE${index}`;
const archive = await startArchive(t, [
	...['--import', files],
	...CASES.flatMap(({ faults }, index) => faults.flatMap((fault) => ['--simulate', `${fault}@${titleOf(index)}`])),
]);

const runs = new Map<Case, Ran>();
await inTurns([...CASES.entries()], async ([index, one]) => {
	const { args = [] } = one;
	const isEcho = args[0] === 'echo';
	runs.set(
		one,
		await dimse([
			...[isEcho ? 'echo' : 'find', archive.at, '-aet', titleOf(index), '-td', '2'],
			...(isEcho ? args.slice(1) : args),
		]),
	);
});

for (const one of CASES)
	t.test(`${one.faults.join(', ') || 'no fault'}: ${one.args?.join(' ')}`, async (t) => {
		const { status = null, stdout = '', stderr = '' } = runs.get(one) ?? {};
		t.equal(status, one.status, 'exit status', { stderr });
		if (one.rows !== undefined) t.equal(rowsOf(stdout).length, one.rows, 'rows', { stdout });
		if (one.stdout !== undefined) t.match(stdout, one.stdout);
		const first = stderr.split('\n').find((text) => text.startsWith('dimse: '));
		if (one.says === undefined) t.equal(first, undefined, 'nothing is wrong');
		else t.match(first ?? stderr, one.says);
		if (one.also !== undefined) t.match(stderr, one.also);
		t.notMatch(stderr, /^ {4}at /m, 'no stack');
		t.notOk(/\p{Cc}/u.test(`${stdout}${stderr}`.replaceAll(/[\n\t]/g, '')), 'no control character of theirs');
	});
