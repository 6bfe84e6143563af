/** States of browse as they come about: rows on their way, none, a level below, several nodes, patients masked. */
import type { Dataset } from '../../src/dicom/dataset.ts';
import type { BrowseState, LevelState, Row } from '../../src/tui/browse/browse-state.ts';
import { openedPatient, patientViewToggled } from '../../src/tui/browse/patient-view.ts';
import { openedForm } from '../../src/tui/browse/reduce-form.ts';
import { rowKey } from '../../src/tui/browse/row-key.ts';
import { emptyLevel } from '../../src/tui/initial-state.ts';
import type { Look, State } from '../../src/tui/state.ts';
import { levelOfStudies, NODES, REJECTED, STUDIES, sampleState } from '../support/sample-state.ts';

const quiet = (): State => ({ ...sampleState(), problems: [] });

const browsing = (more: Partial<BrowseState>, state: State = quiet()): State => ({
	...state,
	browse: { ...state.browse, ...more },
});

const at = (level: Partial<LevelState>, more: Partial<BrowseState> = {}, state: State = quiet()): State =>
	browsing({ levels: [{ ...levelOfStudies(), ...level }], ...more }, state);

const looking = (state: State, look: Partial<Look>): State => ({ ...state, look: { ...state.look, ...look } });

type Texts = Readonly<Record<string, readonly [vr: string, ...values: string[]]>>;

const dataset = (texts: Texts): Dataset =>
	Object.fromEntries(
		Object.entries(texts).map(([tag, [vr, ...values]]) => [
			tag,
			{ vr, Value: values.map((value) => (vr === 'PN' ? { Alphabetic: value } : value)) },
		]),
	) as Dataset;

const series = (number: string, modality: string, what: string, count: string): Dataset =>
	dataset({
		'00080060': ['CS', modality],
		'0008103E': ['LO', what],
		'00080021': ['DA', '20241103'],
		'00080031': ['TM', '101502'],
		'00180015': ['CS', 'CHEST'],
		'0020000E': ['UI', `1.2.840.113619.2.55.3.2831.4471.2024.${number}`],
		'00200011': ['IS', number],
		'00201209': ['IS', count],
	});

const SERIES: readonly Dataset[] = [
	series('1', 'CT', 'SCOUT', '2'),
	series('2', 'CT', 'AXIAL 1.25', '305'),
	series('3', 'CT', 'CORONAL 2', '244'),
	series('4', 'CT', 'SAGITTAL 2', '61'),
];

const instance = (number: number): Dataset =>
	dataset({
		'00080016': ['UI', '1.2.840.10008.5.1.4.1.1.2'],
		'00080018': ['UI', `1.2.840.113619.2.55.3.2831.4471.2024.2.${number}`],
		'00080023': ['DA', '20241103'],
		'00080033': ['TM', '101733'],
		'00200013': ['IS', String(number)],
		'00280010': ['US', '512'],
		'00280011': ['US', '512'],
	});

const rowsOf = (datasets: readonly Dataset[], tag: string): readonly Row[] =>
	datasets.map((one) => ({ uid: String(one[tag]?.Value[0]), node: 'main', dataset: one, doubtful: false }));

const level = (
	query: LevelState['query'],
	title: string,
	rows: readonly Row[],
	more: Partial<LevelState>,
): LevelState => ({
	...emptyLevel(query, title),
	rows,
	shown: rows.map((_, index) => index),
	version: 1,
	nodes: ['main'],
	progress: { state: 'done', tookMs: 31, end: 'complete' },
	...more,
});

const FIRST = STUDIES[0];

const seriesLevel = level(
	{ level: 'series', model: 'study', keys: { StudyInstanceUID: '1.2.840.113619.2.55.3.2831.4471.2024' } },
	'SMITH^JOHN 2024-11-03',
	rowsOf(SERIES, '0020000E'),
	{ at: 1, of: FIRST },
);

const instanceLevel = level(
	{ level: 'instance', model: 'study', keys: {} },
	'2 CT AXIAL 1.25',
	rowsOf(
		Array.from({ length: 305 }, (_, index) => instance(index + 1)),
		'00080018',
	),
	{ at: 200, top: 195, of: seriesLevel.rows[1] },
);

const PREVIEW = { node: 'main', uid: FIRST?.uid ?? '', state: 'here', rows: SERIES } as const;
const DETAILED: Row | undefined = FIRST && {
	...FIRST,
	dataset: {
		...FIRST.dataset,
		...dataset({
			'00080054': ['AE', 'PACS_MAIN'],
			'00080056': ['CS', 'ONLINE'],
			'00080090': ['PN', 'DOE^A'],
			'00100030': ['DA', '19570102'],
			'00200010': ['SH', '1'],
		}),
	},
};

const WARNING = '3 rows do not match ModalitiesInStudy=CT: peer ignored that key';

const job = (label: string, state: 'running' | 'waiting'): State['queue']['jobs'][number] =>
	({
		id: 1,
		label,
		patient: 'SMITH^JOHN',
		date: '2024-11-03',
		what: 'CT',
		unit: { level: 'study', studyInstanceUid: '1.2' },
		state,
	}) as unknown as State['queue']['jobs'][number];

export const many = (count: number): readonly Row[] =>
	Array.from({ length: count }, (_, index) => {
		const row = STUDIES[index % STUDIES.length] ?? ({} as Row);
		return { ...row, uid: `${row.uid}.${index}` };
	});

export const wide = (name: string, id: string, what: string): Row => ({
	uid: id,
	node: 'main',
	doubtful: false,
	dataset: dataset({
		'00080020': ['DA', '20240112'],
		'00080061': ['CS', 'MR'],
		'00081030': ['LO', what],
		'00100010': ['PN', name],
		'00100020': ['LO', id],
		'0020000D': ['UI', '1.2.3'],
		'00201206': ['IS', '2'],
		'00201208': ['IS', '301'],
	}),
});

const WIDE: readonly Row[] = [
	wide('松原^太郎', 'P311', '頭部 MR 造影、拡散強調画像、灌流画像、MRA'),
	wide('김^희중', '홍-17', '복부 초음파'),
	wide('كوهين^سارة', 'ش-12', 'صدر'),
	wide('כהן^שרה', 'P8', 'בית חזה'),
	wide('Sørensen^Øjvind', 'Ä1', 'Thorax a.p. im Liegen'),
	wide('e\u0301cole^Zoe\u0308', 'P9', 'combining marks'),
	wide('👍🏽^EMOJI', 'P10', '👨‍👩‍👧 family'),
	wide('EVIL\u001b[31m\u202eNAME', 'P\u0000X', 'line\r\nbreak\ttab'),
];

const ofSeveralNodes = STUDIES.map((row, index) => ({ ...row, node: ['main', 'vna', 'research'][index % 3] ?? '' }));

const severalNodes = at(
	{
		nodes: ['main', 'vna', 'research'],
		rows: ofSeveralNodes,
		marked: new Set(ofSeveralNodes.slice(1, 3).map(rowKey)),
		asking: ['vna'],
		progress: { state: 'receiving', since: 9_100, firstAt: 9_200 },
	},
	{},
	{ ...quiet(), current: ['main', 'vna', 'research'] },
);

export const BROWSE: Readonly<Record<string, State>> = {
	streaming: {
		...at({
			rows: many(78).map((row, index) => (index % 9 === 4 ? { ...row, doubtful: true } : row)),
			shown: Array.from({ length: 78 }, (_, index) => index),
			at: 3,
			progress: { state: 'receiving', since: 9_100, firstAt: 9_200 },
			warnings: [WARNING],
			asking: ['main'],
			nodes: ['main'],
		}),
		queue: { ...quiet().queue, jobs: [job('SMITH^JOHN 2024-11-03 CT', 'running')] },
	},
	done: at(
		{ rows: STUDIES.map((row, index) => (index === 0 && DETAILED !== undefined ? DETAILED : row)), nodes: ['main'] },
		{ preview: PREVIEW, tracePane: true },
	),
	waiting: at({
		rows: [],
		shown: [],
		marked: new Set(),
		asking: ['main'],
		progress: { state: 'waiting', since: 0 },
	}),
	stopping: at({ asking: ['main'], progress: { state: 'stopping', since: 1_000 } }),
	empty: at({
		rows: [],
		shown: [],
		marked: new Set(),
		nodes: ['main'],
		query: { level: 'study', model: 'study', keys: { PatientName: 'Smith', StudyDate: '2020-01-01..2024-12-31' } },
	}),
	nothing: at({ rows: [], shown: [], marked: new Set(), progress: { state: 'none' } }),
	filtering: at({ filter: 'chest !mr', shown: [0, 6] }, { isFiltering: true }),
	filtered: at({ filter: 'thorax', shown: [], marked: new Set() }),
	'cut-off': at({
		rows: many(500),
		shown: Array.from({ length: 500 }, (_, index) => index),
		at: 499,
		marked: new Set(),
		progress: { state: 'done', tookMs: 4200, end: 'cut-off' },
		sort: { keyword: 'StudyDate', descending: true },
		nodes: ['main'],
	}),
	nodes: severalNodes,
	retrieves: {
		...at({
			rows: STUDIES.map((row, index) => {
				const states = ['running', 'complete', 'partial', 'failed', 'waiting'] as const;
				const retrieve = states[index];
				return retrieve === undefined ? row : { ...row, retrieve, ...(index === 0 ? { percent: 12.4 } : {}) };
			}),
			nodes: ['main'],
		}),
		queue: {
			...quiet().queue,
			jobs: [job('SMITH^JOHN 2024-11-03 CT', 'running'), job('SMITH^JANE 2024-02-11 CT', 'waiting')],
		},
		status: { kind: 'good', text: 'SMITH^JOHN CT: 612/612 arrived, 1.2 GB, 31 s' },
	},
	series: browsing({
		levels: [levelOfStudies(), seriesLevel],
		// More than there is room for, and the last first.
		preview: {
			node: seriesLevel.rows[1]?.node ?? '',
			uid: seriesLevel.rows[1]?.uid ?? '',
			state: 'here',
			rows: Array.from({ length: 305 }, (_, index) => instance(305 - index)),
		},
	}),
	instances: browsing({ levels: [levelOfStudies(), seriesLevel, instanceLevel] }),
	patients: patientViewToggled(at({ nodes: ['main'], marked: new Set() })),
	patient: (() => {
		const patients = patientViewToggled(at({ nodes: ['main'], marked: new Set() }));
		const first = patients.browse.levels.at(-1)?.rows[0];
		return first === undefined ? patients : openedPatient(patients, first);
	})(),
	masked: looking(browsing({ levels: [levelOfStudies(), seriesLevel] }), { masked: true }),
	ascii: looking(
		at(
			{ rows: WIDE, shown: WIDE.map((_, index) => index), marked: new Set(['main\nP311']) },
			{ preview: PREVIEW, tracePane: true },
		),
		{
			unicode: false,
			theme: 'mono',
		},
	),
	wide: at({ rows: WIDE, shown: WIDE.map((_, index) => index), marked: new Set(['main\nP311']) }),
	'no-node': { ...at({ rows: [], shown: [], marked: new Set(), progress: { state: 'none' } }), nodes: [], current: [] },
	connecting: {
		...at({ rows: [], shown: [], marked: new Set(), asking: ['main'], progress: { state: 'waiting', since: 8_000 } }),
		nodes: NODES.map((node) => ({
			...node,
			connection: { state: 'connecting', since: 8_000, waitingFor: 'association answer' } as const,
		})),
	},
};

const SMITH = {
	level: 'study',
	model: 'study',
	keys: { PatientName: 'SMITH*', StudyDate: '2024-01-01..2024-12-31', ModalitiesInStudy: 'CT,MR' },
} as const;

const form = (at: number, more: Readonly<Record<string, string>> = {}): State => {
	const { state } = openedForm(quiet(), { ...SMITH, keys: { ...SMITH.keys, ...more } });
	const overlay = state.overlays.at(-1);
	return overlay?.kind === 'form' ? { ...state, overlays: [{ ...overlay, at }] } : state;
};

/** The query form and the error screen. */
export const OVERLAID: Readonly<Record<string, State>> = {
	form: form(0),
	'form-level': form(-2),
	'form-long': form(7, {
		StudyInstanceUID: Array.from({ length: 200 }, (_, index) => `1.2.840.113619.2.55.3.2831.${index}`).join(','),
		StationName: 'CT01',
		InstitutionName: 'GENERAL*',
		BodyPartExamined: 'CHEST',
		PatientSex: 'F',
		StudyTime: '08:00..12:00',
	}),
	error: {
		...sampleState(),
		nodes: NODES.map((node) => ({ ...node, connection: { state: 'failed', text: 'rejected' } as const })),
		overlays: [{ kind: 'error', node: 'old', explanation: REJECTED }],
	},
};
