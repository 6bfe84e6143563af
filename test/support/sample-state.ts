/** A state of browse with something in every screen: six nodes, ten studies, a trace, a log. */
import type { Dataset } from '../../src/dicom/dataset.ts';
import type { LevelState, Row } from '../../src/tui/browse/browse-state.ts';
import { rowKey } from '../../src/tui/browse/row-key.ts';
import { emptyLevel, initialState } from '../../src/tui/initial-state.ts';
import type { NodeState } from '../../src/tui/nodes/nodes-state.ts';
import type { State } from '../../src/tui/state.ts';
import type { TraceRow } from '../../src/tui/trace/trace-state.ts';

const node = (
	name: string,
	calledAeTitle: string,
	host: string,
	port: number,
	more: Partial<NodeState> = {},
): NodeState => ({
	name,
	calledAeTitle,
	callingAeTitle: 'WS01',
	host,
	port,
	tls: false,
	echo: 'unknown',
	connection: { state: 'none' },
	learned: [],
	...more,
});

export const NODES: readonly NodeState[] = [
	node('main', 'PACS_MAIN', '10.20.1.5', 11112, {
		echo: 'ok',
		echoMs: 12,
		canFind: true,
		canGet: true,
		canMove: true,
		matchLimit: 500,
		charset: 'UTF-8',
		learned: ['names: letter case counts', 'ignores ModalitiesInStudy', 'C-MOVE to WS01: arrived'],
		connection: { state: 'open', ms: 12, busy: false },
	}),
	node('research', 'ORTHANC', '10.20.4.9', 4242, {
		echo: 'ok',
		echoMs: 3.2,
		canFind: true,
		canGet: true,
		canMove: true,
		note: 'anonymised copies only',
	}),
	node('vna', 'VNA_QR', 'vna.radiology.example.org', 2762, {
		tls: true,
		echo: 'ok',
		echoMs: 41,
		canFind: true,
		canMove: true,
	}),
	node('ct1', 'CT01', '10.20.8.31', 104, {
		echo: 'bad',
		echoText: 'refused',
		canFind: false,
		canGet: false,
		canMove: false,
	}),
	node('old', 'OLDPACS', '10.20.1.2', 104, { echo: 'bad', echoText: 'RJ 1/1/3' }),
	node('night', 'NIGHT', '10.20.1.77', 11112, { echo: 'asking' }),
];

const study = (
	name: string,
	id: string,
	date: string,
	mod: string,
	what: string,
	series: string,
	count: string,
): Row => ({
	uid: `1.2.840.113619.2.55.3.2831.${id.replaceAll(/\D/g, '')}.${date}`,
	node: 'main',
	doubtful: false,
	dataset: dataset({
		'00080005': ['CS', 'ISO_IR 192'],
		'00080020': ['DA', date],
		'00080050': ['SH', `A${id}`],
		'00080052': ['CS', 'STUDY'],
		'00080061': ['CS', ...mod.split('/')],
		'00081030': ['LO', what],
		'00100010': ['PN', name],
		'00100020': ['LO', id],
		'0020000D': ['UI', `1.2.840.113619.2.55.3.2831.${id.replaceAll(/\D/g, '')}.${date}`],
		'00201206': ['IS', series],
		'00201208': ['IS', count],
	}),
});

const dataset = (elements: Readonly<Record<string, readonly [vr: string, ...values: string[]]>>): Dataset =>
	Object.fromEntries(
		Object.entries(elements).map(([tag, [vr, ...values]]) => [
			tag,
			{
				vr,
				Value: values.filter((value) => value !== '').map((value) => (vr === 'PN' ? { Alphabetic: value } : value)),
			},
		]),
	) as Dataset;

export const STUDIES: readonly Row[] = [
	study('SMITH^JOHN', 'P001', '20241103', 'CT', 'CT CHEST W CONTRAST', '4', '612'),
	study('SMITH^JOHN', 'P001', '20240215', 'CT/SR', 'CT ABDOMEN', '3', '240'),
	study('SMITH^JANE', 'P017', '20240211', 'CT', 'CT HEAD WO', '2', '64'),
	study('SMITHERS^W', 'H-4471', '20240202', 'CT', 'CT SINUS', '1', '88'),
	study('SMITHSON^ANNA', 'P002', '20240130', 'CT', 'CT ABD/PELVIS', '5', '903'),
	study('松原^太郎', 'P311', '20240112', 'MR', '頭部 MR 造影', '2', '301'),
	study('SMITH^K', 'P313', '20240105', 'CT', 'CT CHEST', '', ''),
];

export const levelOfStudies = (rows: readonly Row[] = STUDIES): LevelState => ({
	...emptyLevel({ level: 'study', model: 'study', keys: { PatientName: 'SMITH*', StudyDate: '2024' } }, 'Studies'),
	rows,
	shown: rows.map((_, index) => index),
	version: 1,
	marked: new Set(rows.slice(1, 3).map(rowKey)),
	progress: { state: 'done', tookMs: 90, end: 'complete' },
});

const traced = (
	index: number,
	at: number,
	direction: TraceRow['direction'],
	what: string,
	ids: string,
	summary: string,
): TraceRow => {
	const [messageId = '', contextId = ''] = ids.split(' ');
	return {
		index,
		at: 1000 + at,
		association: index < 2 ? 7 : 8,
		direction,
		what,
		messageId,
		contextId,
		summary,
		event: { event: 'resolved', at: 1000 + at, association: 7, host: 'main', addresses: [] },
	};
};

const TRACE: readonly TraceRow[] = [
	traced(0, 0, '>', 'A-ASSOCIATE-RQ', '', 'WS01 > PACS_MAIN, 20 contexts, 9.1 kB'),
	traced(1, 12.1, '<', 'A-ASSOCIATE-AC', '', '17 accepted, 3 not, PDU 16384'),
	traced(2, 12.7, '>', 'C-MOVE-RQ', '1 5', 'STUDY to WS01, 1.2.840.113619.2.55.3.2831.4471.2024'),
	traced(3, 231, '<', 'C-MOVE-RSP', '1 5', 'FF00 remaining 611 completed 1 failed 0 warning 0'),
	traced(4, 300, '<', 'C-MOVE-RSP', '1 5', 'FF00 remaining 610 completed 2 failed 0 warning 0'),
	traced(5, 340, '<', 'C-MOVE-RSP', '1 5', 'FF00 remaining 609 completed 3 failed 0 warning 0'),
	{ ...traced(6, 8992, '<', 'C-MOVE-RSP', '1 5', 'B000 warning: completed 610, failed 2'), mark: 'warning' },
];

const DETAIL = [
	'C-MOVE-RQ  message 1, context 5 (Study Root MOVE, Implicit VR LE), 2 PDVs, 214 bytes',
	'command set',
	'  (0000,0002) UI AffectedSOPClassUID      1.2.840.10008.5.1.4.1.2.2.2  Study Root Q/R MOVE',
	'  (0000,0100) US CommandField             0x0021  C-MOVE-RQ',
	'  (0000,0110) US MessageID                1',
	'  (0000,0600) AE MoveDestination          WS01',
	'  (0000,0700) US Priority                 0  MEDIUM',
	'identifier',
	'  (0008,0052) CS QueryRetrieveLevel       STUDY',
	'  (0020,000D) UI StudyInstanceUID         1.2.840.113619.2.55.3.2831.4471.2024',
];

const BYTES = [
	'0000  04 00 00 00 00 5a 00 00  00 56 05 03 00 00 00 00   .....Z...V......     command fragment, last',
	'0010  04 00 00 00 4a 00 00 00  00 00 02 00 1c 00 00 00   ....J...........',
	'0020  31 2e 32 2e 38 34 30 2e  31 30 30 30 38 2e 35 2e   1.2.840.10008.5.',
	'0030  31 2e 34 2e 31 2e 32 2e  32 2e 32 00 00 00 00 01   1.4.1.2.2.2.....',
];

export const REJECTED = {
	title: 'old: association rejected: calling AE title not recognized',
	cameBack: 'A-ASSOCIATE-RJ  result 1 permanent, source 1 service-user, reason 3, after 4 ms, from 10.20.1.2:104',
	means: [
		'The archive does not know the AE title WS01, or not from this address.',
		'Its list may pair AE titles with addresses: both have to be entered.',
	],
	do: [
		'Ask for "WS01" at 10.20.9.14 to be added; dimse node card old makes the text for the administrator',
		'Check the letters of the AE title, case included: --aet',
		'Run all checks: dimse doctor old',
	],
};

/** At 12:04:11 UTC; tests that show it set TZ to UTC. */
export const sampleState = (): State => {
	const first = initialState({
		size: { columns: 80, rows: 24 },
		look: { unicode: true, theme: 'dark', masked: false },
		now: 11_000,
		epochMs: Date.UTC(2024, 10, 3, 12, 4, 0),
		current: ['main'],
		nodes: NODES,
	});
	return {
		...first,
		recentNodes: ['main', 'vna'],
		browse: { ...first.browse, levels: [levelOfStudies()] },
		trace: {
			...first.trace,
			rows: TRACE,
			lines: [0, 1, 2]
				.map((row) => ({ row, folded: 0, last: row }))
				.concat([
					{ row: 3, folded: 2, last: 5 },
					{ row: 6, folded: 0, last: 6 },
				]),
			version: 1,
			at: 2,
			firstAt: 1000,
			live: false,
			detailOf: 2,
			detail: DETAIL,
			bytes: BYTES,
			keptBytes: 2_100_000,
			marks: new Set([1]),
			associations: [
				{ number: 6, direction: '>', peer: 'main', purpose: 'echo', state: 'released', since: 500 },
				{ number: 7, direction: '>', peer: 'main', purpose: 'find', state: 'open', since: 9000 },
				{ number: 8, direction: '>', peer: 'main', purpose: 'move', state: 'open', since: 1700 },
				{ number: 9, direction: '<', peer: '10.20.1.5', purpose: 'store', state: 'aborted', since: 2000 },
			],
		},
		log: {
			...first.log,
			at: 3,
			lines: [
				{
					at: 2000,
					level: 'I',
					text: 'incoming association from 10.20.1.5:40112  PACS_MAIN > WS01  18 contexts, 17 accepted',
				},
				{ at: 2000, level: 'W', text: 'refused context 35: 1.3.12.2.1107.5.9.1 (private; --accept-any would take it)' },
				{ at: 3100, level: 'I', text: 'stored CT 1.2.840.113619.2.55.3.88.14 (530 kB, JPEG Lossless)' },
				{ at: 10_400, level: 'E', text: '10.20.1.5 called us as "WS1", we are WS01: refused' },
			],
		},
		problems: [
			{
				at: 10_900,
				kind: 'bad',
				text: 'old: calling AE title "WS01" not recognized there',
				node: 'old',
				explanation: REJECTED,
			},
			{ at: 9000, kind: 'warning', text: '3 rows do not match ModalitiesInStudy=CT: peer ignored that key' },
		],
		receiver: { state: 'listening', aeTitle: 'WS01', port: 11113, addresses: ['10.20.9.14'], problem: undefined },
		savedQueries: [
			{
				name: 'CT of the night',
				level: 'study',
				model: 'study',
				node: 'main',
				count: 41,
				keys: { ModalitiesInStudy: 'CT', StudyDate: 'yesterday', StudyTime: '20:00..' },
			},
			{ name: 'Priors of P001', level: 'study', model: 'patient', keys: { PatientID: 'P001' } },
		],
		history: [
			{ level: 'study', model: 'study', keys: { PatientName: 'SMITH*', StudyDate: '2024' } },
			{ level: 'series', model: 'study', keys: { StudyInstanceUID: '1.2.840.113619.2.55.3.2831.4471.2024' } },
			{ level: 'study', model: 'study', keys: { StudyDate: 'today', ModalitiesInStudy: 'MR' } },
		],
	};
};
