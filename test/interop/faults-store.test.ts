/** `dimse store` to an archive that does wrong on purpose (`dimse qrscp --simulate`): exit status, what is said, what is kept. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { encodeFile } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { dimse, type Ran } from '../support/run.ts';
import { startArchive } from './archive-process.ts';
import { folder, inTurns, rowsOf } from './command-line.ts';
import { CT, image, MR } from './instances.ts';

t.setTimeout(120_000);

interface Case {
	readonly faults: readonly string[];
	readonly status: number;
	/** Anywhere on stderr. */
	readonly says?: RegExp;
	/** Of six instances of a study of its own, five of them CT. */
	readonly kept: number;
}

const CASES: readonly Case[] = [
	{ faults: [], status: 0, kept: 6 },
	{ faults: ['fail-every:3:A700'], status: 3, says: /A700/, kept: 4 },
	{ faults: ['fail-every:1:C001'], status: 4, says: /C001/, kept: 0 },
	{ faults: ['status:store:A700:the disk is full'], status: 4, says: /the disk is full/, kept: 0 },
	{ faults: ['status:store:B000'], status: 0, says: /B000/, kept: 0 },
	{ faults: ['status:store:0124'], status: 13, says: /0124|not authorized/, kept: 0 },
	{ faults: ['final-status:store:B007'], status: 0, says: /B007/, kept: 6 },
	{ faults: ['refuse-class:MRImageStorage'], status: 3, says: /MR Image Storage/, kept: 5 },
	{
		faults: ['refuse-class:CTImageStorage', 'refuse-class:MRImageStorage'],
		status: 9,
		says: /no presentation context/,
		kept: 0,
	},
	{ faults: ['abort-after:store'], status: 8, says: /association aborted: by the application \(0\/0\)/, kept: 0 },
	{ faults: ['abort-after:store:2'], status: 3, says: /6\.dcm: the peer aborted \(0\/0\) before the answer/, kept: 4 },
	{ faults: ['silent:store'], status: 28, says: /no response to C-STORE in 2 s/, kept: 0 },
	{ faults: ['pdu:4096'], status: 0, kept: 6 },
	{ faults: ['slow:50ms'], status: 0, kept: 6 },
	{ faults: ['reject:1/1/3'], status: 5, says: /\(1\/1\/3\)/, kept: 0 },
];

const titleOf = (index: number): string => `CASE${index}`;
const studyOf = (index: number): string => `1.2.3.${index + 1}`;

const archive = await startArchive(
	t,
	CASES.flatMap(({ faults }, index) =>
		faults.flatMap((fault) => ['--simulate', fault.startsWith('pdu') ? fault : `${fault}@${titleOf(index)}`]),
	),
);

const runs = new Map<Case, { readonly ran: Ran; readonly found: Ran }>();
await inTurns([...CASES.entries()], async ([index, one]) => {
	const study = studyOf(index);
	const files = join(folder, `study${index}`);
	mkdirSync(files);
	for (let number = 1; number <= 6; number++) {
		const sopClass = number === 6 ? MR : CT;
		const more = { StudyInstanceUID: study, SeriesInstanceUID: `${study}.${number === 6 ? 2 : 1}` };
		writeFileSync(
			join(files, `${number}.dcm`),
			encodeFile(image(sopClass, `${study}.9.${number}`, more, 64), EXPLICIT_LITTLE),
		);
	}
	const ran = await dimse(['store', archive.at, files, '-aet', titleOf(index), '-td', '2', '--progress', 'none']);
	const found = await dimse([
		'find',
		archive.at,
		'-L',
		'instance',
		'--study-uid',
		study,
		'-F',
		'name',
		'--ext',
		'relational',
	]);
	runs.set(one, { ran, found });
});

for (const one of CASES)
	t.test(one.faults.join(', ') || 'no fault', async (t) => {
		const { ran, found } = runs.get(one) ?? {};
		const { status, stderr = '' } = ran ?? {};
		t.equal(status, one.status, 'exit status', { stderr });
		if (one.says !== undefined) t.match(stderr, one.says);
		t.notMatch(stderr, /^ {4}at /m, 'no stack');
		t.equal(rowsOf(found?.stdout ?? '').length, one.kept, 'what is kept', { stderr: found?.stderr });
	});
