/** What of browse is to be retrieved: its rows as units, with what a person calls them. */
import type { Dataset } from '../../dicom/dataset.ts';
import { textOf } from '../../dicom/dataset.ts';
import { TAG } from '../../dicom/tags.ts';
import { shownCell } from '../../output/cell.ts';
import { COLUMNS, type Level } from '../../output/columns.ts';
import { countText } from '../../output/quantities.ts';
import type { Unit } from '../../retrieve/unit.ts';
import type { Wanted } from '../queue/queue-state.ts';
import type { State } from '../state.ts';
import type { LevelState, Row } from './browse-state.ts';
import { chosenLevel, chosenRows } from './marks.ts';

/**
 * The marked rows, else the one at the cursor; of patients that were only grouped, their studies; instances of one series are asked for
 * together. Nothing where a row cannot be retrieved.
 */
export const wantedOf = (state: State): readonly Wanted[] => {
	const level = chosenLevel(state);
	const rows = chosenRows(state);
	if (level.level === 'instance') return bySeries(state, level, rows);
	return rows.flatMap((row) => {
		const unit = unitOf(state, level, row);
		return unit === undefined ? [] : [wanted(state, level, row, unit)];
	});
};

/** A key as the row has it, else the rows that were opened on the way to it, else the query. */
const keyOf = (state: State, { of, query }: LevelState, row: Row, keyword: Keyword): string | undefined => {
	const above = [row, of, ...state.browse.levels.map((level) => level.of).reverse()];
	for (const one of above) {
		const text = one === undefined ? '' : textOf(one.dataset, TAG[keyword]);
		if (text !== '') return text;
	}
	const asked = query.keys[keyword];
	return asked === undefined || asked === '' ? undefined : asked;
};
type Keyword = 'PatientID' | 'StudyInstanceUID' | 'SeriesInstanceUID';

const unitOf = (state: State, level: LevelState, row: Row): Unit | undefined => {
	const key = (keyword: Keyword) => keyOf(state, level, row, keyword);
	const patientId = textOf(row.dataset, TAG.PatientID) || key('PatientID');
	const studyUid = key('StudyInstanceUID');
	const patient = patientId === undefined || level.query.model !== 'patient' ? {} : { patientId };
	switch (level.level) {
		case 'patient':
			return patientId === undefined ? undefined : { level: 'PATIENT', patientId };
		case 'study':
			return row.uid === '' ? undefined : { level: 'STUDY', ...patient, studyUid: row.uid };
		case 'series':
			return studyUid === undefined || row.uid === ''
				? undefined
				: { level: 'SERIES', ...patient, studyUid, seriesUid: row.uid };
		default:
			return undefined;
	}
};

const bySeries = (state: State, level: LevelState, rows: readonly Row[]): readonly Wanted[] => {
	const groups = new Map<string, Row[]>();
	for (const row of rows) {
		const key = `${row.node}\n${keyOf(state, level, row, 'StudyInstanceUID')}\n${keyOf(state, level, row, 'SeriesInstanceUID')}`;
		groups.set(key, [...(groups.get(key) ?? []), row]);
	}
	return [...groups.values()].flatMap((some) => {
		const [first] = some;
		if (first === undefined) return [];
		const studyUid = keyOf(state, level, first, 'StudyInstanceUID');
		const seriesUid = keyOf(state, level, first, 'SeriesInstanceUID');
		const patientId = level.query.model === 'patient' ? keyOf(state, level, first, 'PatientID') : undefined;
		const unit: Unit = {
			level: 'IMAGE',
			...(patientId === undefined ? {} : { patientId }),
			...(studyUid === undefined ? {} : { studyUid }),
			...(seriesUid === undefined ? {} : { seriesUid }),
			sopUids: some.map(({ uid }) => uid),
		};
		return [{ ...wanted(state, level, first, unit, some.length), instances: some.length }];
	});
};

const COUNTS: Readonly<Partial<Record<Level, string>>> = {
	patient: 'NumberOfPatientRelatedInstances',
	study: 'NumberOfStudyRelatedInstances',
	series: 'NumberOfSeriesRelatedInstances',
};

const wanted = (state: State, level: LevelState, row: Row, unit: Unit, instances = 0): Wanted => {
	const { patient, date, what } = wordsOf(state, level, row, instances);
	const label = [patient, date, what].filter((part) => part !== '').join(' ');
	return {
		node: row.node,
		unit: { ...unit, label },
		label,
		patient,
		date,
		what,
		instances: countOf(row.dataset, level.level, COUNTS[level.level]),
		seriesCount: countOf(row.dataset, level.level, level.level === 'study' ? 'NumberOfStudyRelatedSeries' : undefined),
	};
};

/** Sanitised. What a row does not tell is of the rows above it. */
const wordsOf = (
	state: State,
	level: LevelState,
	row: Row,
	instances: number,
): Pick<Wanted, 'patient' | 'date' | 'what'> => {
	const { dataset } = row;
	const above = state.browse.levels.flatMap(({ of }) => (of === undefined ? [] : [of.dataset])).reverse();
	const study = (keyword: string): string =>
		[dataset, ...above].map((one) => cellOf(one, 'study', keyword)).find((text) => text !== '') ?? '';
	const patient = study('PatientName') || study('PatientID');
	const date = level.level === 'patient' ? '' : study('StudyDate');
	const series = level.level === 'series' ? dataset : (level.of?.dataset ?? dataset);
	const whatSeries = [
		cellOf(series, 'series', 'Modality'),
		cellOf(series, 'series', 'SeriesNumber').replace(/^-$/, ''),
		cellOf(series, 'series', 'SeriesDescription'),
	];
	const parts = {
		patient: [],
		study: [study('ModalitiesInStudy'), study('StudyDescription')],
		series: whatSeries,
		instance: [...whatSeries, countText(instances, 'instance')],
	};
	const [modality = '', ...more] = parts[level.level as keyof typeof parts] ?? [];
	// Most descriptions say what it was made with.
	const isSaid = modality !== '' && more.some((text) => text.startsWith(`${modality} `));
	const what = isSaid ? more : [modality, ...more];
	return { patient, date, what: what.filter((part) => part !== '').join(' ') };
};

const cellOf = (dataset: Dataset, level: Level, keyword: string): string => {
	const column = COLUMNS[level].find((one) => one.keyword === keyword);
	return column === undefined ? '' : shownCell(dataset, column);
};

const countOf = (dataset: Dataset, level: Level, keyword: string | undefined): number | undefined => {
	const text = keyword === undefined ? '' : cellOf(dataset, level, keyword);
	return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
};
