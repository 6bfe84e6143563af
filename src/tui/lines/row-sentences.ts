/** A row as one sentence: its number first, then its cells, those with their heading that would not be understood without. */
import { shownCell } from '../../output/cell.ts';
import type { LevelState, Row } from '../browse/browse-state.ts';
import { rowAt } from '../browse/levels.ts';
import { shownColumns } from '../browse/shown-columns.ts';
import type { State } from '../state.ts';
import { cellOf } from '../views/browse-columns.ts';

/** Rows that are listed at a time. */
export const PAGE = 20;

/** `3. SMITH^JOHN, ID P3, 2024-02-15, CT, CT CHEST, 4 series, 612 instances`; sanitised. @param place counted from 0 */
export const rowSentence = (state: State, level: LevelState, place: number): string => {
	const row = rowAt(level, place);
	return row === undefined ? '' : `${place + 1}. ${cellsOf(state, level, row).join(', ')}.`;
};

const cellsOf = (state: State, level: LevelState, row: Row): readonly string[] => {
	const cells = shownColumns(state, level.level)
		.filter(({ priority, form }) => priority > 0 && form !== 'uid')
		.flatMap((column) => {
			const text = shownCell(row.dataset, column);
			if (text === '' || (column.form === 'number' && text === '-')) return [];
			const shown = cellOf(row.dataset, column, state.look);
			const says = SAYS[column.keyword];
			return [says === undefined ? `${column.keyword} ${shown}` : says(shown)];
		});
	return [
		// What has nothing else is called by its UID.
		...(cells.length === 0 ? [shownUid(row)] : cells),
		...(level.nodes.length > 1 ? [`at ${row.node}`] : []),
		...(row.doubtful ? ['contradicts what was asked for'] : []),
		...(row.retrieve === undefined ? [] : [RETRIEVED[row.retrieve]]),
	];
};

const shownUid = ({ uid }: Row): string => (uid === '' ? 'nothing is said of it' : `UID ${uid}`);

const plain = (text: string): string => text;
const counted =
	(one: string, many = `${one}s`) =>
	(text: string): string =>
		`${text} ${text === '1' ? one : many}`;
const headed =
	(heading: string) =>
	(text: string): string =>
		`${heading} ${text}`;

const SAYS: Readonly<Record<string, (text: string) => string>> = {
	PatientName: plain,
	PatientID: headed('ID'),
	PatientBirthDate: headed('born'),
	PatientSex: headed('sex'),
	StudyDate: plain,
	StudyTime: plain,
	ModalitiesInStudy: plain,
	StudyDescription: plain,
	AccessionNumber: headed('accession'),
	NumberOfPatientRelatedStudies: counted('study', 'studies'),
	NumberOfPatientRelatedInstances: counted('instance'),
	NumberOfStudyRelatedSeries: counted('series', 'series'),
	NumberOfStudyRelatedInstances: counted('instance'),
	NumberOfSeriesRelatedInstances: counted('instance'),
	SeriesNumber: headed('series'),
	Modality: plain,
	SeriesDescription: plain,
	BodyPartExamined: plain,
	SeriesDate: plain,
	SeriesTime: plain,
	InstanceNumber: headed('instance'),
	SOPClassUID: plain,
	ContentDate: plain,
	ContentTime: plain,
	NumberOfFrames: counted('frame'),
	Rows: counted('row'),
	Columns: counted('column'),
};

const RETRIEVED: Readonly<Record<NonNullable<Row['retrieve']>, string>> = {
	waiting: 'waits to be retrieved',
	running: 'is being retrieved',
	complete: 'retrieved',
	sent: 'sent elsewhere, as the archive says',
	partial: 'retrieved in part',
	failed: 'could not be retrieved',
};
