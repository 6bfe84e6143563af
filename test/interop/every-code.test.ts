/** Every rejection and every status of the standard, sent by `qrscp --simulate`, and what the commands make of it: exit status, first line, advice. */
import t from 'tap';
import type { Command } from '../../src/cli/command.ts';
import { EXIT, exitStatusOf } from '../../src/cli/exit-statuses.ts';
import { parse } from '../../src/cli/parse.ts';
import { reportFailure } from '../../src/cli/report.ts';
import { COMMANDS } from '../../src/commands/index.ts';
import { explainReject, explainStatus } from '../../src/diagnose/explain.ts';
import { textOf } from '../../src/dicom/dataset.ts';
import { syntheticStudies } from '../../src/dicom/synthetic.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { type Service, STATUSES, statusOf } from '../../src/dimse/status.ts';
import { surroundings } from '../support/environment.ts';
import { writeInstances } from '../support/files.ts';
import { startQrscp } from '../support/qrscp.ts';
import { scratch } from '../support/run.ts';

/** A command as `main` runs it, in this process. */
const ran = async (...argv: readonly string[]): Promise<{ status: number; stderr: string }> => {
	const [name = '', ...rest] = argv;
	const { env, stderr } = surroundings({ cwd: scratch, homeFolder: scratch });
	const entry = COMMANDS.find((one) => one.name === name);
	if (entry === undefined) throw new Error(name);
	const command: Command = (await entry.load()).default;
	try {
		const { options, positionals } = parse(command, [...rest, '--no-config'], {}, name);
		return { status: await command.run(options as never, positionals, env), stderr: stderr() };
	} catch (error) {
		const status = await reportFailure(error, { command: name, options: { debug: false, quiet: 0 } }, env);
		return { status, stderr: stderr() };
	}
};

const hex = (code: number): string => code.toString(16).toUpperCase().padStart(4, '0');

/** PS3.8 Table 9-21, and three that it reserves. */
const TRIPLES = [
	'1/1/1',
	'1/1/2',
	'1/1/3',
	'1/1/7',
	'1/2/1',
	'1/2/2',
	'2/3/1',
	'2/3/2',
	'2/1/1',
	'1/1/9',
	'1/3/0',
	'2/2/5',
];

t.test('every rejection', async (t) => {
	const faults = TRIPLES.flatMap((triple, index) => ['--simulate', `reject:${triple}@RJ${index}`]);
	const archive = await startQrscp({ args: faults });
	t.teardown(() => archive.stop());
	for (const [index, triple] of TRIPLES.entries()) {
		const [result = 0, source = 0, reason = 0] = triple.split('/').map(Number);
		const { status, stderr } = await ran('echo', archive.at, '-aet', `RJ${index}`);
		t.equal(status, EXIT.rejected, `${triple}: exit status`);
		const { title, practice } = explainReject(result, source, reason);
		t.ok(
			stderr.startsWith(`dimse: ${archive.at}: association rejected: ${title} (${triple})\n`),
			`${triple}: ${stderr.split('\n')[0]}`,
		);
		t.ok(
			practice.length > 0 && /^ {2}means/m.test(stderr) && /^ {2}do/m.test(stderr),
			`${triple}: what it means, what to do`,
		);
	}
});

/** PS3.8 Table 9-26, and one that it reserves. */
const ABORTS = ['0/0', '2/0', '2/1', '2/2', '2/4', '2/5', '2/6', '1/9'];

t.test('every abort', async (t) => {
	const faults = ABORTS.flatMap((pair, index) => ['--simulate', `abort:${pair}@AB${index}`]);
	const archive = await startQrscp({ args: faults });
	t.teardown(() => archive.stop());
	for (const [index, pair] of ABORTS.entries())
		for (const command of ['echo', 'find'] as const) {
			const { status, stderr } = await ran(command, archive.at, '-aet', `AB${index}`);
			const [source = 0, reason = 0] = pair.split('/').map(Number);
			t.equal(status, EXIT.lost, `${pair}: exit status`);
			t.match(stderr.split('\n')[0], /abort/, `${pair}: first line`);
			t.match(
				stderr,
				new RegExp(`A-ABORT.*${source === 0 ? 'service-user' : `reason ${reason}|${pair}`}`),
				`${pair}: ${stderr}`,
			);
			t.match(stderr, /^ {2}means/m, `${pair}: what it means`);
			t.match(stderr, /^ {2}do/m, `${pair}: what to do`);
		}
});

const [STORED] = syntheticStudies({ studies: 1, imageSide: 8, instancesPerSeries: 1 });
/** The one study that the archive has: of one that is not there some of the codes say no more than that. */
const STUDY = textOf(STORED?.dataset ?? {}, TAG.StudyInstanceUID);

/** What each service is asked by. */
const ASKED: Readonly<Record<Service, { readonly word: string; readonly argv: (at: string) => readonly string[] }>> = {
	'C-ECHO': { word: 'echo', argv: (at) => ['echo', at] },
	'C-STORE': { word: 'store', argv: (at) => ['store', at, `${scratch}/codes/001.dcm`] },
	'C-FIND': { word: 'find', argv: (at) => ['find', at] },
	'C-GET': { word: 'get', argv: (at) => ['get', at, STUDY, '-o', `${scratch}/got`, '--no-verify', '--no-fallback'] },
	'C-MOVE': { word: 'move', argv: (at) => ['move', at, STUDY, '--dest', 'STORESCP', '--no-verify'] },
};

/** One code of every row: of a masked row one that no exact row has. */
const codesOf = (service: Service): readonly number[] => [
	...new Set(
		STATUSES.filter(({ services }) => services?.includes(service) ?? true)
			.map(({ status, mask }) => (mask === 0xffff ? status : status | (0x00aa & ~mask)))
			.concat(PYNETDICOM[service])
			.filter((code) => ['failure', 'warning', 'cancel'].includes(statusOf(service, code).class)),
	),
];

const PYNETDICOM: Readonly<Record<Service, readonly number[]>> = {
	'C-ECHO': [],
	'C-STORE': [0xc210, 0xc211],
	'C-FIND': [0xc001, 0xc002, 0xc310, 0xc311, 0xc312],
	'C-GET': [0xc410, 0xc411, 0xc412, 0xc413],
	'C-MOVE': [0xc510, 0xc511, 0xc512, 0xc513, 0xc514, 0xc515],
};

for (const service of Object.keys(ASKED) as Service[])
	t.test(`every status of ${service}`, async (t) => {
		writeInstances(`${scratch}/codes`, 1);
		const { word, argv } = ASKED[service];
		const codes = codesOf(service);
		const faults = codes.flatMap((code, index) => ['--simulate', `status:${word}:${hex(code)}:because@ST${index}`]);
		const archive = await startQrscp({ args: [...faults, '--import', `${scratch}/codes`] });
		t.teardown(() => archive.stop());
		for (const [index, code] of codes.entries()) {
			const { status, stderr } = await ran(...argv(archive.at), '-aet', `ST${index}`, '-q');
			const { class: kind } = statusOf(service, code);
			const { practice } = explainStatus(service, code);
			const about = `${service} ${hex(code)} (${kind}): exit ${status}\n${stderr}`;
			t.ok(practice.length > 0, `${hex(code)} is explained`);
			if (kind === 'failure') {
				const blamed = exitStatusOf(
					code === 0x0124 ? { blame: 'auth', message: '' } : { blame: 'status', service, status: code },
				);
				t.equal(status, blamed, about);
				t.match(stderr, new RegExp(`${hex(code)}|not authorized`), about);
				t.match(stderr, /^ {2}means/m, about);
				t.match(stderr, /^ {2}do/m, about);
			} else t.not(status, EXIT.bug, about);
			t.notMatch(stderr, /\bbug\b|TypeError/, about);
		}
	});
