/** The SOP classes that Query/Retrieve itself speaks, and what each query model allows (PS3.4 A, C, K, Y, Z, CC, HH). */
import { TAG } from './tags.ts';

export const VERIFICATION = '1.2.840.10008.1.1';

export const PATIENT_ROOT_FIND = '1.2.840.10008.5.1.4.1.2.1.1';
export const PATIENT_ROOT_MOVE = '1.2.840.10008.5.1.4.1.2.1.2';
export const PATIENT_ROOT_GET = '1.2.840.10008.5.1.4.1.2.1.3';

export const STUDY_ROOT_FIND = '1.2.840.10008.5.1.4.1.2.2.1';
export const STUDY_ROOT_MOVE = '1.2.840.10008.5.1.4.1.2.2.2';
export const STUDY_ROOT_GET = '1.2.840.10008.5.1.4.1.2.2.3';

/** Retired since 2004, still spoken by some. */
export const PATIENT_STUDY_ONLY_FIND = '1.2.840.10008.5.1.4.1.2.3.1';
export const PATIENT_STUDY_ONLY_MOVE = '1.2.840.10008.5.1.4.1.2.3.2';
export const PATIENT_STUDY_ONLY_GET = '1.2.840.10008.5.1.4.1.2.3.3';

export const COMPOSITE_INSTANCE_ROOT_MOVE = '1.2.840.10008.5.1.4.1.2.4.2';
export const COMPOSITE_INSTANCE_ROOT_GET = '1.2.840.10008.5.1.4.1.2.4.3';
export const COMPOSITE_INSTANCE_WITHOUT_BULK_DATA_GET = '1.2.840.10008.5.1.4.1.2.5.3';

export const MODALITY_WORKLIST_FIND = '1.2.840.10008.5.1.4.31';
/** The UPS class that a performer finds its work with; C-FIND is one of its messages. */
export const UPS_PULL = '1.2.840.10008.5.1.4.34.6.3';
export const REPOSITORY_QUERY = '1.2.840.10008.5.1.4.1.1.201.6';

/** Values of Query/Retrieve Level (0008,0052). FRAME is of Composite Instance Root alone (PS3.4 Y.3.1). */
export type QueryLevel = 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE' | 'FRAME';

/** The tag of the unique key of each level (PS3.4 C.6.1.1). Frames are numbered within their instance. */
export const UNIQUE_KEYS: Readonly<Record<QueryLevel, string>> = {
	PATIENT: TAG.PatientID,
	STUDY: TAG.StudyInstanceUID,
	SERIES: TAG.SeriesInstanceUID,
	IMAGE: TAG.SOPInstanceUID,
	FRAME: TAG.SOPInstanceUID,
};

export type QueryModelName =
	| 'patient-root'
	| 'study-root'
	| 'patient-study-only'
	| 'composite-instance-root'
	| 'composite-instance-without-bulk-data'
	| 'worklist'
	| 'ups'
	| 'repository';

export interface QueryModel {
	readonly name: QueryModelName;
	/** SOP class UIDs; undefined where the model has no such service. */
	readonly find: string | undefined;
	readonly move: string | undefined;
	readonly get: string | undefined;
	/** The levels it allows, the highest first; none where queries have no Query/Retrieve Level. */
	readonly levels: readonly QueryLevel[];
}

export const QUERY_MODELS: Readonly<Record<QueryModelName, QueryModel>> = {
	'patient-root': {
		name: 'patient-root',
		find: PATIENT_ROOT_FIND,
		move: PATIENT_ROOT_MOVE,
		get: PATIENT_ROOT_GET,
		levels: ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'],
	},
	'study-root': {
		name: 'study-root',
		find: STUDY_ROOT_FIND,
		move: STUDY_ROOT_MOVE,
		get: STUDY_ROOT_GET,
		levels: ['STUDY', 'SERIES', 'IMAGE'],
	},
	'patient-study-only': {
		name: 'patient-study-only',
		find: PATIENT_STUDY_ONLY_FIND,
		move: PATIENT_STUDY_ONLY_MOVE,
		get: PATIENT_STUDY_ONLY_GET,
		levels: ['PATIENT', 'STUDY'],
	},
	'composite-instance-root': {
		name: 'composite-instance-root',
		find: undefined,
		move: COMPOSITE_INSTANCE_ROOT_MOVE,
		get: COMPOSITE_INSTANCE_ROOT_GET,
		levels: ['STUDY', 'SERIES', 'IMAGE', 'FRAME'],
	},
	'composite-instance-without-bulk-data': {
		name: 'composite-instance-without-bulk-data',
		find: undefined,
		move: undefined,
		get: COMPOSITE_INSTANCE_WITHOUT_BULK_DATA_GET,
		levels: ['IMAGE'],
	},
	worklist: { name: 'worklist', find: MODALITY_WORKLIST_FIND, move: undefined, get: undefined, levels: [] },
	ups: { name: 'ups', find: UPS_PULL, move: undefined, get: undefined, levels: [] },
	repository: {
		name: 'repository',
		find: REPOSITORY_QUERY,
		move: undefined,
		get: undefined,
		levels: ['STUDY', 'SERIES', 'IMAGE'],
	},
};
