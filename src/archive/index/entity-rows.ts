/** An instance's header made into the rows of its patient, study, series and of itself (PS3.4 C.6). */
import type { Dataset } from '../../dicom/dataset.ts';
import { personName, personNameText, textOf } from '../../dicom/dataset.ts';
import { TAG } from '../../dicom/tags.ts';
import { columnOf } from '../query/columns.ts';
import { dateKey } from '../query/date-matching.ts';
import { comparable, numberOf } from '../query/key-matching.ts';
import { foldedGroups } from '../query/name-matching.ts';
import { attributesOf, kept } from './attribute-json.ts';

/** What the header does not say. The UIDs are those of the C-STORE-RQ or of the file meta information. */
export interface InstanceFacts {
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	readonly transferSyntaxUid: string;
	/** Where it lies, relative to the instance folder. */
	readonly file: string;
	readonly datasetOffset: number;
	readonly datasetLength: number;
	/** Of the dataset. */
	readonly digest: Uint8Array;
	/** In milliseconds since 1970. */
	readonly storedAt: number;
	readonly callingAeTitle: string;
}

export interface PatientRow {
	readonly id: string;
	readonly issuer: string;
	readonly apart: string;
	readonly name: string;
	readonly name1: string;
	readonly name2: string;
	readonly name3: string;
	readonly birthDate: string;
	readonly birthDateKey: string;
	readonly sex: string;
	readonly attributes: string;
}

export interface StudyRow {
	readonly uid: string;
	readonly date: string;
	readonly dateKey: string;
	readonly time: string;
	readonly timeKey: string;
	readonly accession: string;
	readonly id: string;
	readonly description: string;
	readonly referring: string;
	readonly attributes: string;
}

export interface SeriesRow {
	readonly uid: string;
	readonly modality: string;
	readonly number: string;
	readonly description: string;
	readonly bodyPart: string;
	readonly attributes: string;
}

export interface InstanceRow extends InstanceFacts {
	readonly number: string;
	/** All of the instance's level; what its series has in common is taken out when it is written. */
	readonly attributes: string;
}

/** Plain data, fit to be sent to another thread. */
export interface EntityRows {
	readonly patient: PatientRow;
	readonly study: StudyRow;
	readonly series: SeriesRow;
	readonly instance: InstanceRow;
}

/** Column texts are as long as what is matched. */
const textIn = (header: Dataset, tag: string): string => comparable(kept(textOf(header, tag)));

/** Without empty groups at its end, or more than three. */
const nameIn = (header: Dataset, tag: string): string => {
	const text = textIn(header, tag);
	return text.includes('=')
		? text
				.split('\\')
				.map((name) => personNameText(personName(name)))
				.join('\\')
		: text;
};

/** The number as `InstanceNumber=7` would find it; what is none stays as it is. */
const integerIn = (header: Dataset, tag: string): string => {
	const text = textIn(header, tag);
	const number = numberOf(text, 'IS');
	return number === undefined ? text : String(number);
};

/**
 * Never throws: what cannot be read is '' or has U+FFFD in it, what is too long is cut. Without a Study or Series Instance UID there is no
 * place for an instance: `study.uid` or `series.uid` is '' then, and the rows are not to be written.
 */
export const rowsOf = (header: Dataset, facts: InstanceFacts): EntityRows => {
	const attributes = attributesOf(header, hasColumn);
	const id = textIn(header, TAG.PatientID);
	const name = nameIn(header, TAG.PatientName);
	const [name1, name2, name3] = foldedGroups(name);
	const [birthDate, date] = [textIn(header, TAG.PatientBirthDate), textIn(header, TAG.StudyDate)];
	const time = textIn(header, TAG.StudyTime);
	const studyUid = textIn(header, TAG.StudyInstanceUID);
	return {
		patient: {
			id,
			issuer: textIn(header, ISSUER_OF_PATIENT_ID),
			apart: id === '' ? studyUid : '',
			name,
			name1,
			name2,
			name3,
			birthDate,
			birthDateKey: dateKey('DA', birthDate),
			sex: textIn(header, TAG.PatientSex),
			attributes: attributes.PATIENT,
		},
		study: {
			uid: studyUid,
			date,
			dateKey: dateKey('DA', date),
			time,
			timeKey: dateKey('TM', time),
			accession: textIn(header, TAG.AccessionNumber),
			id: textIn(header, TAG.StudyID),
			description: textIn(header, TAG.StudyDescription),
			referring: nameIn(header, REFERRING_PHYSICIAN_NAME),
			attributes: attributes.STUDY,
		},
		series: {
			uid: textIn(header, TAG.SeriesInstanceUID),
			modality: textIn(header, TAG.Modality),
			number: integerIn(header, TAG.SeriesNumber),
			description: textIn(header, TAG.SeriesDescription),
			bodyPart: textIn(header, BODY_PART_EXAMINED),
			attributes: attributes.SERIES,
		},
		instance: { ...facts, number: integerIn(header, TAG.InstanceNumber), attributes: attributes.IMAGE },
	};
};

const ISSUER_OF_PATIENT_ID = '00100021';
const REFERRING_PHYSICIAN_NAME = '00080090';
const BODY_PART_EXAMINED = '00180015';

const hasColumn = (tag: string): boolean => columnOf(tag) !== undefined;
