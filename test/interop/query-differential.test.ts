/** The same questions to qrscp, dcmqrscp and Orthanc: they find the same, but for what is listed here with its reason. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { requireContext, withAssociation } from '../../src/association/requestor.ts';
import { type Dataset, textOf } from '../../src/dicom/dataset.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { parseKey, setKey } from '../../src/dicom/identifier-path.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { STUDY_ROOT_FIND } from '../../src/dicom/sop-classes.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { store } from '../../src/services/storage-scu.ts';
import { missing, startDcmqrscp, startOrthanc } from '../support/peers.ts';
import { startQrscp } from '../support/qrscp.ts';
import { query, SECONDARY_CAPTURE, toPeer } from './instances.ts';

t.setTimeout(180_000);

const folder = mkdtempSync(join(tmpdir(), 'dimse-differential-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const datasetOf = (keys: readonly string[]): Dataset =>
	keys.reduce((dataset, key) => setKey(dataset, parseKey(key)), {} as Dataset);

/** Name, ID, date, time, accession number, description, modality; in studies 0, 1, 2 ... */
const STUDIES: readonly (readonly [string, string, string, string, string, string, string])[] = [
	['SMITH^JOHN', 'P1', '20200101', '080000', 'A1', 'CT HEAD', 'CT'],
	['SMITH^JANE', 'P2', '20200115', '101500', 'A2', 'MR HEAD', 'MR'],
	['Smith^Jane', 'P3', '20200131', '101559', 'A12', 'ct head', 'CT'],
	['SMITHSON^A', 'P4', '20200201', '101600', 'B1', 'A_B', 'US'],
	['BLACK^J', 'p1', '20191231', '235959', 'B2', 'AXB', 'CT'],
	['MUELLER^J', 'P 5', '20200229', '000000', 'a1', 'A%B', 'MR'],
	['SMITH^JOHN', 'P1', '20210101', '090000', 'A1B', '[A]', 'CR'],
	['ABC', 'P6', '', '', '', '', 'OT'],
];

const instances = STUDIES.map(([name, id, date, time, accession, description, modality], number) =>
	datasetOf([
		'SOPClassUID=1.2.840.10008.5.1.4.1.1.7',
		`SOPInstanceUID=1.2.826.0.1.3680043.9.1.${number}.1.1`,
		`StudyInstanceUID=1.2.826.0.1.3680043.9.1.${number}`,
		`SeriesInstanceUID=1.2.826.0.1.3680043.9.1.${number}.1`,
		`PatientName=${name}`,
		`PatientID=${id}`,
		`StudyDate=${date}`,
		`StudyTime=${time}`,
		`AccessionNumber=${accession}`,
		`StudyDescription=${description}`,
		`StudyID=S${number}`,
		`Modality=${modality}`,
		'SeriesNumber=1',
		'InstanceNumber=1',
	]),
);
const files = join(folder, 'files');
mkdirSync(files);
for (const [number, instance] of instances.entries())
	writeFileSync(join(files, `${number}.dcm`), encodeFile(instance, EXPLICIT_LITTLE));

type Server = 'dcmqrscp' | 'Orthanc';

/** A key, the studies it finds, and what others find instead where they do. */
type Question = readonly [key: string, found: readonly number[], others?: Partial<Record<Server, readonly number[]>>];

const ALL = STUDIES.map((_, number) => number);

const QUESTIONS: readonly Question[] = [
	['StudyInstanceUID', ALL],
	['StudyInstanceUID=1.2.826.0.1.3680043.9.1.3', [3]],
	['StudyInstanceUID=1.2.826.0.1.3680043.9.1.3\\1.2.826.0.1.3680043.9.1.5', [3, 5]],
	['StudyInstanceUID=1.2.826.0.1.3680043.9.1.99', []],
	['PatientID=P1', [0, 6]],
	['PatientID=p1', [4]],
	['PatientID=P 5', [5]],
	['PatientID=P?', [0, 1, 2, 3, 6, 7]],
	['PatientID=*1', [0, 4, 6]],
	['PatientID=*', ALL],
	['AccessionNumber=A1', [0]],
	['AccessionNumber=A1*', [0, 2, 6]],
	['AccessionNumber=a*', [5]],
	['AccessionNumber=?1', [0, 3, 5]],
	['AccessionNumber=*1*', [0, 2, 3, 5, 6]],
	['StudyDate=20200101', [0]],
	['StudyDate=20200101-20200131', [0, 1, 2]],
	['StudyDate=20200131-', [2, 3, 5, 6]],
	// Orthanc takes an absent date for an early one.
	['StudyDate=-20200101', [0, 4], { Orthanc: [0, 4, 7] }],
	['StudyDate=20220101-', []],
	['StudyTime=101500', [1]],
	['StudyTime=080000-101500', [0, 1, 6]],
	['StudyTime=235959-', [4]],
	['StudyDescription=CT HEAD', [0]],
	['StudyDescription=* HEAD', [0, 1]],
	['StudyDescription=A_B', [3]],
	['StudyDescription=A%*', [5]],
	['StudyDescription=[A]', [6]],
	['PatientName=SMITH^JOHN', [0, 6]],
	// To dcmqrscp names are as they are written (C.2.2.2.1.1 leaves it to the server).
	['PatientName=smith^john', [0, 6], { dcmqrscp: [] }],
	['PatientName=SMITH^JANE', [1, 2], { dcmqrscp: [1] }],
	['PatientName=SMITH*', [0, 1, 2, 3, 6], { dcmqrscp: [0, 1, 3, 6] }],
	['PatientName=*J', [4, 5]],
	// A family name alone finds its given names here, as with dcm4chee.
	['PatientName=SMITH', [0, 1, 2, 6], { dcmqrscp: [], Orthanc: [] }],
	['PatientName=ABC', [7]],
	// dcmqrscp leaves out what it does not know, and matches by nothing instead.
	['ModalitiesInStudy=CT', [0, 2, 4], { dcmqrscp: ALL }],
	['ModalitiesInStudy=CT\\MR', [0, 1, 2, 4, 5], { dcmqrscp: ALL }],
];

/** What a server finds by a key, and its final status. */
const asked = async (
	peer: Parameters<typeof toPeer>[0],
	key: string,
): Promise<{ readonly found: readonly number[]; readonly status: number }> => {
	const unique = key.startsWith('StudyInstanceUID') ? [] : ['StudyInstanceUID'];
	const identifier = datasetOf(['QueryRetrieveLevel=STUDY', ...unique, key]);
	const { matches, final } = await query(toPeer(peer), STUDY_ROOT_FIND, identifier);
	const uids = new Set(matches.map(({ dataset }) => textOf(dataset, TAG.StudyInstanceUID)));
	return { found: [...uids].map((uid) => Number(uid.split('.').at(-1))).sort((a, b) => a - b), status: final.status };
};

/** One association for all. */
const send = (peer: Parameters<typeof toPeer>[0]): Promise<void> =>
	withAssociation(
		{ address: toPeer(peer), contexts: [{ abstractSyntax: SECONDARY_CAPTURE, transferSyntaxes: [EXPLICIT_LITTLE] }] },
		async (connected) => {
			const context = requireContext(connected, SECONDARY_CAPTURE);
			for (const instance of instances) {
				const sopInstanceUid = textOf(instance, TAG.SOPInstanceUID);
				const dataset = encodeDataset(instance, EXPLICIT_LITTLE);
				const { status } = await store(connected.association, context.id, {
					sopClassUid: SECONDARY_CAPTURE,
					sopInstanceUid,
					dataset,
				});
				if (status !== 0) throw new Error(`${sopInstanceUid}: ${status.toString(16)}`);
			}
		},
	);

t.test('qrscp', async (t) => {
	const server = await startQrscp({ args: ['--import', files] });
	t.teardown(() => server.stop());
	for (const [key, found] of QUESTIONS) t.strictSame(await asked(server, key), { found, status: 0 }, key);
});

for (const [name, start] of [
	['dcmqrscp', startDcmqrscp],
	['Orthanc', startOrthanc],
] as const) {
	t.test(name, { skip: missing(name) }, async (t) => {
		const peer = await start();
		t.teardown(() => peer.stop());
		await send(peer);
		for (const [key, found, others = {}] of QUESTIONS) {
			const answer = await asked(peer, key);
			t.strictSame(answer.found, others[name] ?? found, `${key} ${answer.status.toString(16)}`);
		}
	});
}
