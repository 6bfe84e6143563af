/** The attributes that have a column of their own, or are computed from the rows: where they are, and how they are matched. */
import { byKeyword } from '../../dicom/dictionary.ts';
import type { EntityLevel } from '../index/attribute-levels.ts';

export interface Column {
	readonly level: EntityLevel;
	/** What is answered, as SQL: p, s, e and i are patient, study, series and instance. */
	readonly value: string;
	/** `text` compares `value` itself; `date` and `time` compare `key`; `integer` compares the number's plain text. */
	readonly by: 'text' | 'date' | 'time' | 'name' | 'names' | 'integer' | 'count' | 'below';
	/** Of dates and times: the column that sorts. */
	readonly key?: string;
	/** Of `below`: the rows that the values are in, and which column of theirs. */
	readonly rows?: string;
	readonly each?: string;
	/** How few rows a value leaves, where an index knows: `one`, a handful, or a stretch of any length. */
	readonly index?: 'one' | 'few' | 'stretch';
}

/** A study's modalities and classes, each once, in order. */
const collected = (each: string, rows: string): string =>
	`(SELECT group_concat(v, '\\') FROM (SELECT DISTINCT ${each} AS v FROM ${rows} AND ${each} <> '' ORDER BY 1))`;

const below = (each: string, rows: string): Column => ({
	level: 'STUDY',
	value: collected(each, rows),
	by: 'below',
	rows,
	each,
});

const count = (level: EntityLevel, rows: string): Column => ({
	level,
	value: `(SELECT count(*) FROM ${rows})`,
	by: 'count',
});

const SERIES_OF_STUDY = 'series AS x WHERE x.study_pk = s.pk';
const INSTANCES_OF_STUDY = 'series AS x CROSS JOIN instance AS y ON y.series_pk = x.pk WHERE x.study_pk = s.pk';
const STUDIES_OF_PATIENT = 'study AS w WHERE w.patient_pk = p.pk';
const SERIES_OF_PATIENT = 'study AS w CROSS JOIN series AS x ON x.study_pk = w.pk WHERE w.patient_pk = p.pk';
const INSTANCES_OF_PATIENT =
	'study AS w CROSS JOIN series AS x ON x.study_pk = w.pk CROSS JOIN instance AS y ON y.series_pk = x.pk WHERE w.patient_pk = p.pk';

const BY_KEYWORD: Readonly<Record<string, Column>> = {
	PatientID: { level: 'PATIENT', value: 'p.id', by: 'text', index: 'few' },
	IssuerOfPatientID: { level: 'PATIENT', value: 'p.issuer', by: 'text' },
	PatientName: { level: 'PATIENT', value: 'p.name', by: 'names', index: 'stretch' },
	PatientBirthDate: { level: 'PATIENT', value: 'p.birth_date', by: 'date', key: 'p.birth_date_key' },
	PatientSex: { level: 'PATIENT', value: 'p.sex', by: 'text' },
	NumberOfPatientRelatedStudies: count('PATIENT', STUDIES_OF_PATIENT),
	NumberOfPatientRelatedSeries: count('PATIENT', SERIES_OF_PATIENT),
	NumberOfPatientRelatedInstances: count('PATIENT', INSTANCES_OF_PATIENT),

	StudyInstanceUID: { level: 'STUDY', value: 's.uid', by: 'text', index: 'one' },
	StudyDate: { level: 'STUDY', value: 's.date', by: 'date', key: 's.date_key', index: 'stretch' },
	StudyTime: { level: 'STUDY', value: 's.time', by: 'time', key: 's.time_key' },
	AccessionNumber: { level: 'STUDY', value: 's.accession', by: 'text', index: 'few' },
	StudyID: { level: 'STUDY', value: 's.id', by: 'text' },
	StudyDescription: { level: 'STUDY', value: 's.description', by: 'text' },
	ReferringPhysicianName: { level: 'STUDY', value: 's.referring', by: 'name' },
	ModalitiesInStudy: below('x.modality', SERIES_OF_STUDY),
	SOPClassesInStudy: below('y.class', INSTANCES_OF_STUDY),
	NumberOfStudyRelatedSeries: count('STUDY', SERIES_OF_STUDY),
	NumberOfStudyRelatedInstances: count('STUDY', INSTANCES_OF_STUDY),

	SeriesInstanceUID: { level: 'SERIES', value: 'e.uid', by: 'text', index: 'one' },
	Modality: { level: 'SERIES', value: 'e.modality', by: 'text' },
	SeriesNumber: { level: 'SERIES', value: 'e.number', by: 'integer' },
	SeriesDescription: { level: 'SERIES', value: 'e.description', by: 'text' },
	BodyPartExamined: { level: 'SERIES', value: 'e.body_part', by: 'text' },
	NumberOfSeriesRelatedInstances: count('SERIES', 'instance AS y WHERE y.series_pk = e.pk'),

	SOPInstanceUID: { level: 'IMAGE', value: 'i.uid', by: 'text', index: 'one' },
	SOPClassUID: { level: 'IMAGE', value: 'i.class', by: 'text' },
	InstanceNumber: { level: 'IMAGE', value: 'i.number', by: 'integer' },
	AvailableTransferSyntaxUID: { level: 'IMAGE', value: 'i.syntax', by: 'text' },
};

let columns: ReadonlyMap<string, Column> | undefined;

/** @param tag eight upper-case hex digits */
export const columnOf = (tag: string): Column | undefined => {
	columns ??= new Map(
		Object.entries(BY_KEYWORD).flatMap(([keyword, column]): [string, Column][] => {
			const found = byKeyword(keyword)?.tag;
			return found === undefined ? [] : [[found, column]];
		}),
	);
	return columns.get(tag);
};
