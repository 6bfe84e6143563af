/** Our worklist beside DCMTK's: findscu asks it, and the same files under wlmscpfs give the same answers. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { WorklistFolder } from '../../src/archive/worklist/worklist-folder.ts';
import { listen } from '../../src/association/acceptor.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { type Dataset, textOf } from '../../src/dicom/dataset.ts';
import { MODALITY_WORKLIST_FIND } from '../../src/dicom/sop-classes.ts';
import type { CFindRq } from '../../src/dimse/messages.ts';
import { answerFind } from '../../src/services/query-scp.ts';
import { searchWorklist } from '../../src/services/worklist-scp.ts';
import { missing, startWlmscpfs } from '../support/peers.ts';
import { runClient } from './dcmtk-client.ts';
import { keys, query, shown, toPeer } from './instances.ts';

const root = mkdtempSync(join(tmpdir(), 'dimse-interop-'));
t.teardown(() => rmSync(root, { recursive: true, force: true }));

const ITEMS = [
	['ISO_IR 100', 'Müller^Jörg', 'W1', 'CT', 'CT01', '20240705', '1000'],
	['ISO_IR 100', 'DOE^JANE', 'W2', 'MR', 'MR01', '20240706', '093000'],
	['ISO_IR 192', 'Wang^XiaoDong=王^小東', 'W3', 'CT', 'CT02', '20240707', '1830'],
	['', 'DOE^JOHN', 'W4', 'US', 'US01', '20240707', '120000'],
] as const;

/** The items as DCMTK makes files of them. */
const fill = (into: string): void => {
	for (const [index, [terms, name, id, modality, station, date, time]] of ITEMS.entries()) {
		const dump = join(root, `${index}.dump`);
		const text = `(0008,0005) CS [${terms}]\n(0008,0050) SH [ACC${id}]\n(0010,0010) PN [${name}]\n(0010,0020) LO [${id}]
(0020,000d) UI [1.2.5.${index}]\n(0032,1060) LO [Thorax]\n(0040,0100) SQ\n(fffe,e000) -\n(0008,0060) CS [${modality}]
(0040,0001) AE [${station}]\n(0040,0002) DA [${date}]\n(0040,0003) TM [${time}]\n(0040,0006) PN [House^Gregory]
(0040,0009) SH [SPD${id}]\n(fffe,e00d) -\n(fffe,e0dd) -\n(0040,1001) SH [RP${id}]\n`;
		writeFileSync(dump, text, terms === 'ISO_IR 100' ? 'latin1' : 'utf8');
		const made = spawnSync('dump2dcm', ['-q', dump, join(into, `${index}.wl`)], { encoding: 'utf8' });
		if (made.status !== 0) throw new Error(made.stderr);
	}
};

/** Our server of the folder. */
const startOurs = async (folder: string) => {
	const worklist = new WorklistFolder({ folder, skipped: ({ path, reason }) => t.fail(`${path}: ${reason}`) });
	const search = searchWorklist((identifier, request) => worklist.search(identifier, request));
	const listener = await listen({
		port: 0,
		address: '127.0.0.1',
		decide: () => ({
			supported: (uid) => (uid === MODALITY_WORKLIST_FIND ? ['*'] : undefined),
			serve: (request) => answerFind(request as IncomingRequest<CFindRq>, search),
		}),
		failed: (error) => t.fail(error.message),
	});
	return { port: listener.port, aeTitle: 'WORKLIST', stop: () => listener.abort() };
};

const step = (values: Readonly<Record<string, string>>): readonly Dataset[] => [
	keys({ Modality: '', ScheduledProcedureStepStartDate: '', ScheduledStationAETitle: '', ...values }),
];

/** Each asked of both. Ours minds no case and accents in names, and takes wildcards in AE titles: such are left out. */
const QUERIES: readonly [name: string, Parameters<typeof keys>[0]][] = [
	['everything', {}],
	['modality', { ScheduledProcedureStepSequence: step({ Modality: 'CT' }) }],
	['station', { ScheduledProcedureStepSequence: step({ ScheduledStationAETitle: 'MR01' }) }],
	['date', { ScheduledProcedureStepSequence: step({ ScheduledProcedureStepStartDate: '20240707' }) }],
	['dates', { ScheduledProcedureStepSequence: step({ ScheduledProcedureStepStartDate: '20240705-20240706' }) }],
	['from', { ScheduledProcedureStepSequence: step({ ScheduledProcedureStepStartDate: '20240706-' }) }],
	['time', { ScheduledProcedureStepSequence: step({ ScheduledProcedureStepStartTime: '100000' }) }],
	['times', { ScheduledProcedureStepSequence: step({ ScheduledProcedureStepStartTime: '0900-1200' }) }],
	['name', { PatientName: 'DOE^JANE' }],
	['name, begun', { PatientName: 'DOE*' }],
	['Patient ID', { PatientID: 'W3' }],
	['Accession Number', { AccessionNumber: 'ACCW?' }],
	['Requested Procedure ID', { RequestedProcedureID: 'RPW4' }],
	['physician', { ScheduledProcedureStepSequence: step({ ScheduledPerformingPhysicianName: 'House*' }) }],
	['nobody', { PatientID: 'W5' }],
];

t.test('the same answers as wlmscpfs', { skip: missing('wlmscpfs', 'dump2dcm') }, async (t) => {
	const folder = join(root, 'worklist');
	mkdirSync(folder);
	const theirs = await startWlmscpfs(
		(into) => {
			fill(into);
			cpSync(into, folder, { recursive: true });
		},
		['-csk'],
	);
	t.teardown(() => theirs.stop());
	const ours = await startOurs(folder);
	t.teardown(() => ours.stop());
	for (const [name, values] of QUERIES) {
		const found = await Promise.all(
			[theirs, ours].map(async (peer) => {
				const asked = keys({ PatientID: '', PatientName: '', ScheduledProcedureStepSequence: step({}), ...values });
				const { matches, final } = await query(toPeer(peer), MODALITY_WORKLIST_FIND, asked);
				const rows = matches.map(
					({ dataset }) =>
						`${textOf(dataset, '00100020')} ${shown(dataset, 'PatientName')} ${shown(dataset['00400100']?.Value[0] as Dataset, 'ScheduledStationAETitle')}`,
				);
				return [...rows.sort(), final.status];
			}),
		);
		t.same(found[1], found[0], `${name}: ${found[0]?.join(', ')}`);
		t.equal(found[1]?.length === 1, name === 'nobody');
	}
});

t.test('findscu', { skip: missing('findscu', 'dump2dcm') }, async (t) => {
	const folder = join(root, 'asked');
	mkdirSync(folder);
	fill(folder);
	const ours = await startOurs(folder);
	t.teardown(() => ours.stop());
	const findscu = (...args: readonly string[]) =>
		runClient('findscu', ['-v', '-W', ...args, '127.0.0.1', String(ours.port)], root);
	for (const syntax of ['-xe', '-xi', '-xb', '-xd']) {
		const { status, log } = await findscu(
			...[syntax, '-k', 'PatientName', '-k', 'PatientID', '-k', 'AdmissionID'],
			...['-k', '(0040,0100)[0].Modality=CT', '-k', '(0040,0100)[0].ScheduledStationAETitle'],
		);
		t.equal(status, 0);
		t.equal(log.match(/Find Response: \d+ \(Pending\)/g)?.length, 2, log);
		t.match(log, /Received Final Find Response \(Success\)/);
		t.match(log, /\(0008,0060\) CS \[CT\]/);
		t.match(log, /\(0040,0001\) AE \[CT02\]/);
		t.match(log, /\(0038,0010\) LO \(no value available\)/, 'asked for and not there');
	}
	const { log } = await findscu('-k', '(0040,0100)[0].ScheduledProcedureStepStartDate=soon');
	t.match(log, /Find Response \(.*(IdentifierDoesNotMatch|DataSetDoesNotMatch|Error)/i, log);
});
