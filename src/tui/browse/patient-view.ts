/** The patient view: studies grouped by (Patient ID, Issuer), since many archives refuse the patient root. Nothing is asked for it. */

import type { Dataset } from '../../dicom/dataset.ts';
import { textOf } from '../../dicom/dataset.ts';
import { TAG } from '../../dicom/tags.ts';
import type { Reduced } from '../actions.ts';
import type { Size } from '../frame.ts';
import { emptyLevel } from '../initial-state.ts';
import type { State } from '../state.ts';
import type { LevelState, Row } from './browse-state.ts';
import { ISSUER, titleOf } from './levels.ts';
import { keyAt, withAppended, withOrder } from './row-view.ts';

const STUDIES = '00201200';

/** A patient is another at another node and under another issuer. */
const patientOf = ({ dataset, node }: Row): string =>
	`${textOf(dataset, TAG.PatientID)}\\${textOf(dataset, ISSUER)}\\${node}`;

/** What a derived level has taken in of the rows it is made of. */
interface Taken {
	readonly of: readonly Row[];
	count: number;
	readonly places: Map<string, number>;
	/** Where the studies of each stand, for a level of patients. */
	readonly studies: Map<string, number[]>;
}

/** Rows have to be decoded for it: so many are taken in before a key is answered, the rest after it (`go-on`). */
const AT_ONCE = 2_000;

/** Studies are here that are not grouped yet. */
export const isGrouping = ({ browse }: State): boolean => {
	const studies = studiesIn(browse.levels);
	return (
		studies !== undefined &&
		browse.levels.some(({ isDerived, rows }) => {
			const known = isDerived ? taken.get(rows) : undefined;
			return known !== undefined && known.of === studies.rows && known.count < studies.rows.length;
		})
	);
};

const studiesIn = (levels: readonly LevelState[]): LevelState | undefined =>
	levels.find(({ isDerived, level }) => !isDerived && level === 'study');

/** Says that studies wait to be grouped, once. */
export const withGrouping = (reduced: Reduced): Reduced => {
	const { state, effects } = reduced;
	if (state.browse.isGrouping === true || !isGrouping(state)) return reduced;
	return { state: { ...state, browse: { ...state.browse, isGrouping: true } }, effects: [...effects, { do: 'go-on' }] };
};

export const groupedOn = (state: State): State => {
	const { isGrouping: _, ...browse } = state.browse;
	return withDerived({ ...state, browse });
};

const taken = new WeakMap<readonly Row[], Taken>();

/** Puts the patients of the studies that are shown on top of them, and takes them away again. */
export const patientViewToggled = (state: State): State => {
	const { browse } = state;
	const index = browse.levels.findIndex(({ isDerived }) => isDerived);
	if (index >= 0) {
		const levels = browse.levels.slice(0, index);
		return { ...state, browse: { ...browse, levels, patientView: false, isFiltering: false } };
	}
	const studies = browse.levels.at(-1);
	if (studies === undefined || studies.level !== 'study')
		return { ...state, status: { kind: 'note', text: 'studies are grouped by patient: go up to them first' } };
	const patients: LevelState = {
		...derivedLevel(studies),
		level: 'patient',
		title: 'by patient',
	};
	const levels = [...browse.levels, { ...grown(patients, studies, undefined, state.size) }];
	return { ...state, browse: { ...browse, levels, patientView: true, isFiltering: false } };
};

const derivedLevel = (studies: LevelState): LevelState => ({
	...emptyLevel(studies.query, ''),
	progress: studies.progress,
	nodes: studies.nodes,
	isDerived: true,
	rows: [],
	shown: [],
});

/** The studies of one patient, out of those that are here. */
export const openedPatient = (state: State, row: Row): State => {
	const studies = studiesIn(state.browse.levels);
	if (studies === undefined) return state;
	const derived: LevelState = { ...derivedLevel(studies), level: 'study', title: titleOf(row, 'patient'), of: row };
	const known = knownOf(state, studies);
	const level = known === undefined ? derived : beginning(derived, known, row, state.size);
	const levels = [...state.browse.levels, grown(level, studies, row, state.size)];
	return { ...state, browse: { ...state.browse, levels, isFiltering: false } };
};

/** What the grouping has found of the patient so far, so that it need not be looked for once more. */
const beginning = (level: LevelState, known: Taken, patient: Row, size: Size): LevelState => {
	const rows: Row[] = [];
	taken.set(rows, { of: known.of, count: known.count, places: new Map(), studies: new Map() });
	const own = (known.studies.get(patientOf(patient)) ?? []).flatMap((place) => known.of[place] ?? []);
	return withAppended({ ...level, rows, shown: [] }, own, size);
};

/** Of the grouping of these studies. */
const knownOf = ({ browse }: State, studies: LevelState): Taken | undefined => {
	const patients = browse.levels.find(({ isDerived, level }) => isDerived && level === 'patient');
	const known = patients === undefined ? undefined : taken.get(patients.rows);
	return known?.of === studies.rows ? known : undefined;
};

/** What is made of the rows of another level follows them. */
export const withDerived = (state: State): State => {
	const { levels } = state.browse;
	if (!levels.some(({ isDerived }) => isDerived)) return state;
	let studies: LevelState | undefined;
	const next = levels.map((level) => {
		if (!level.isDerived) {
			if (level.level === 'study') studies = level;
			return level;
		}
		return studies === undefined ? level : grown(level, studies, level.of, state.size);
	});
	return { ...state, browse: { ...state.browse, levels: next } };
};

/** With the studies it has not seen; made anew where those are others. Without a patient it has patients, with one his studies. */
const grown = (level: LevelState, studies: LevelState, patient: Row | undefined, size: Size): LevelState => {
	const known = taken.get(level.rows);
	if (known === undefined || known.of !== studies.rows) return rebuilt(level, studies, patient, size);
	const same = { ...level, progress: studies.progress };
	if (known.count === studies.rows.length) return same;
	const rows = taking(known, level.rows as Row[], studies.rows, patient);
	return level.sort === undefined || level.progress.state !== 'done' || known.count < studies.rows.length
		? withAppended(same, rows, size)
		: withOrder(withAppended(same, rows, size), size);
};

const rebuilt = (level: LevelState, studies: LevelState, patient: Row | undefined, size: Size): LevelState => {
	const rows: Row[] = [];
	const known: Taken = { of: studies.rows, count: 0, places: new Map(), studies: new Map() };
	taken.set(rows, known);
	const fresh = withAppended(
		{
			...level,
			progress: studies.progress,
			rows,
			shown: [],
			at: 0,
			top: 0,
			rangeFrom: undefined,
			wantedKey: keyAt(level, level.at),
		},
		taking(known, rows, studies.rows, patient),
		size,
	);
	return withOrder({ ...fresh, wantedKey: undefined }, size);
};

/** Rows to append; those of patients that are there already are replaced in place. */
const taking = (known: Taken, own: Row[], studies: readonly Row[], patient: Row | undefined): readonly Row[] => {
	const fresh: Row[] = [];
	const wanted = patient === undefined ? undefined : patientOf(patient);
	const end = Math.min(studies.length, known.count + AT_ONCE);
	for (; known.count < end; known.count++) {
		const study = studies[known.count];
		if (study === undefined) continue;
		const key = patientOf(study);
		if (wanted !== undefined) {
			if (key === wanted) fresh.push(study);
			continue;
		}
		const its = known.studies.get(key);
		if (its === undefined) known.studies.set(key, [known.count]);
		else its.push(known.count);
		const place = known.places.get(key);
		if (place === undefined) {
			known.places.set(key, own.length + fresh.length);
			fresh.push(patientRow(study));
		} else if (place < own.length) own[place] = withStudy(own[place] ?? study);
		else fresh[place - own.length] = withStudy(fresh[place - own.length] ?? study);
	}
	return fresh;
};

/** What the study says of its patient. */
const patientRow = (study: Row): Row => {
	const dataset: Record<string, Dataset[string]> = { [STUDIES]: { vr: 'IS', Value: [1] } };
	for (const tag of PATIENT_TAGS) {
		const element = study.dataset[tag];
		if (element !== undefined) dataset[tag] = element;
	}
	return { uid: patientOf(study), node: study.node, dataset, doubtful: false };
};

const PATIENT_TAGS = [TAG.PatientName, TAG.PatientID, ISSUER, '00100030', '00100040'] as const;

const withStudy = (patient: Row): Row => {
	const count = patient.dataset[STUDIES]?.Value[0];
	return {
		...patient,
		dataset: { ...patient.dataset, [STUDIES]: { vr: 'IS', Value: [typeof count === 'number' ? count + 1 : 1] } },
	};
};

/** Studies of the patients, which is what can be retrieved of them. */
export const studiesOf = (state: State, patients: readonly Row[]): readonly Row[] => {
	const studies = studiesIn(state.browse.levels);
	if (studies !== undefined && !isGrouping(state) && knownOf(state, studies) !== undefined)
		return groupedStudies(state, patients);
	const wanted = new Set(patients.map(patientOf));
	return studies?.rows.filter((row) => wanted.has(patientOf(row))) ?? [];
};

/** The same, as far as studies are grouped: for who draws. */
export const groupedStudies = (state: State, patients: readonly Row[]): readonly Row[] => {
	const studies = studiesIn(state.browse.levels);
	const known = studies === undefined ? undefined : knownOf(state, studies);
	if (studies === undefined || known === undefined) return [];
	return patients
		.flatMap((patient) => known.studies.get(patientOf(patient)) ?? [])
		.sort((a, b) => a - b)
		.flatMap((place) => studies.rows[place] ?? []);
};
