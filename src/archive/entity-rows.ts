/** An instance's header made into the rows of its patient, study, series and of itself (PS3.4 C.6). */
import type { Dataset } from '../dicom/dataset.ts';
import { textOf } from '../dicom/dataset.ts';
import { TAG } from '../dicom/tags.ts';

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

/**
 * Never throws: what cannot be read is '' or has U+FFFD in it, what is too long is cut. Without a Study or Series Instance UID there is no
 * place for an instance: `study.uid` or `series.uid` is '' then, and the rows are not to be written.
 */
export const rowsOf = (header: Dataset, facts: InstanceFacts): EntityRows => {
	const text = (tag: string): string => textOf(header, tag);
	return {
		patient: {
			id: text(TAG.PatientID),
			issuer: '',
			apart: '',
			name: text(TAG.PatientName),
			name1: '',
			name2: '',
			name3: '',
			birthDate: '',
			birthDateKey: '',
			sex: '',
			attributes: '{}',
		},
		study: {
			uid: text(TAG.StudyInstanceUID),
			date: '',
			dateKey: '',
			time: '',
			timeKey: '',
			accession: '',
			id: '',
			description: '',
			referring: '',
			attributes: '{}',
		},
		series: {
			uid: text(TAG.SeriesInstanceUID),
			modality: '',
			number: '',
			description: '',
			bodyPart: '',
			attributes: '{}',
		},
		instance: { ...facts, number: '', attributes: '{}' },
	};
};
