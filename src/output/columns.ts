/** Which attributes a row shows at each level of each information model, and how (PS3.4 C.6, K.6.1.2, CC.2.5). */
import { UNIQUE_KEYS as LEVEL_KEYS } from '../dicom/sop-classes.ts';
import { TAG } from '../dicom/tags.ts';
import type { Alignment } from './text-width.ts';

/** How a value is shown to people; data formats show it as it came. `codes` are joined by a slash, a `class` is a UID shown by its name. */
export type Form = 'text' | 'uid' | 'date' | 'time' | 'datetime' | 'number' | 'codes' | 'class';

export interface Column {
	/** As for `-k`, and the heading of tsv and csv: `PatientID`, `ScheduledProcedureStepSequence[0].Modality`. */
	readonly keyword: string;
	/** The tags to it, outermost first; of a sequence the first item is shown. */
	readonly path: readonly string[];
	readonly heading: string;
	/** In columns of the terminal: below `minimum` it vanishes, and more than `preferred` is given only where room is left. */
	readonly minimum: number;
	readonly preferred: number;
	/** The smaller, the sooner it vanishes from a table too narrow for all; 0: only wide and data formats show it. */
	readonly priority: number;
	readonly alignment: Alignment;
	readonly form: Form;
}

export type Level = 'patient' | 'study' | 'series' | 'instance' | 'worklist' | 'ups';

/** A column with the widths its form needs. */
export const column = (
	keyword: string,
	path: string | readonly string[],
	heading: string,
	priority: number,
	form: Form = 'text',
	widths: readonly [minimum: number, preferred: number] = WIDTHS[form],
): Column => ({
	keyword,
	path: typeof path === 'string' ? [path] : path,
	heading,
	// A heading is never cut: it would say something else.
	minimum: Math.max(heading.length, widths[0]),
	preferred: Math.max(heading.length, widths[1]),
	priority,
	alignment: form === 'number' ? 'right' : 'left',
	form,
});

const WIDTHS: Readonly<Record<Form, readonly [minimum: number, preferred: number]>> = {
	text: [8, 16],
	uid: [20, 40],
	class: [12, 24],
	date: [10, 10],
	time: [5, 5],
	datetime: [16, 16],
	number: [4, 4],
	codes: [4, 5],
};

const STEP = '00400100';
const step = (keyword: string): string => `ScheduledProcedureStepSequence[0].${keyword}`;

const PATIENT_NAME = column('PatientName', '00100010', 'PATIENT NAME', 100, 'text', [12, 20]);
const PATIENT_ID = column('PatientID', '00100020', 'PATIENT ID', 90, 'text', [10, 12]);
const ACCESSION = column('AccessionNumber', '00080050', 'ACCESSION', 40, 'text', [9, 12]);
const STUDY_UID = column('StudyInstanceUID', '0020000D', 'STUDY INSTANCE UID', 10, 'uid');
const SERIES_UID = column('SeriesInstanceUID', '0020000E', 'SERIES INSTANCE UID', 10, 'uid');
const INSTANCE_UID = column('SOPInstanceUID', '00080018', 'SOP INSTANCE UID', 80, 'uid');
const MODALITY = column('Modality', '00080060', 'MOD', 90, 'codes');

/** Only in wide and data formats. */
const hidden = (shown: Column): Column => ({ ...shown, priority: 0 });

/** The attributes asked for at each level when nothing else is said, in the order they are shown. */
export const COLUMNS: Readonly<Record<Level, readonly Column[]>> = {
	patient: [
		PATIENT_NAME,
		PATIENT_ID,
		column('PatientBirthDate', '00100030', 'BIRTH DATE', 70, 'date'),
		column('PatientSex', '00100040', 'SEX', 60, 'text', [3, 3]),
		column('NumberOfPatientRelatedStudies', '00201200', 'STUDIES', 50, 'number'),
		column('NumberOfPatientRelatedSeries', '00201202', 'SERIES', 0, 'number'),
		column('NumberOfPatientRelatedInstances', '00201204', 'INSTANCES', 40, 'number'),
		column('IssuerOfPatientID', '00100021', 'ISSUER', 0),
	],
	study: [
		PATIENT_NAME,
		PATIENT_ID,
		column('StudyDate', '00080020', 'DATE', 95, 'date'),
		column('StudyTime', '00080030', 'TIME', 50, 'time'),
		column('ModalitiesInStudy', '00080061', 'MOD', 85, 'codes', [5, 6]),
		column('StudyDescription', '00081030', 'DESCRIPTION', 80, 'text', [11, 20]),
		column('NumberOfStudyRelatedSeries', '00201206', 'SER', 60, 'number', [3, 3]),
		column('NumberOfStudyRelatedInstances', '00201208', 'INST', 70, 'number', [4, 5]),
		ACCESSION,
		hidden(column('PatientBirthDate', '00100030', 'BIRTH DATE', 0, 'date')),
		hidden(column('PatientSex', '00100040', 'SEX', 0, 'text', [3, 3])),
		hidden(column('ReferringPhysicianName', '00080090', 'REFERRING PHYSICIAN', 0)),
		hidden(column('StudyID', '00200010', 'STUDY ID', 0)),
		hidden(STUDY_UID),
	],
	series: [
		column('SeriesNumber', '00200011', 'SERIES', 85, 'number'),
		MODALITY,
		column('SeriesDescription', '0008103E', 'DESCRIPTION', 80, 'text', [11, 28]),
		column('BodyPartExamined', '00180015', 'BODY PART', 50, 'text', [9, 12]),
		column('SeriesDate', '00080021', 'DATE', 60, 'date'),
		column('SeriesTime', '00080031', 'TIME', 40, 'time'),
		column('NumberOfSeriesRelatedInstances', '00201209', 'INST', 70, 'number', [4, 5]),
		{ ...SERIES_UID, priority: 75 },
		hidden(STUDY_UID),
	],
	instance: [
		column('InstanceNumber', '00200013', 'INSTANCE', 90, 'number'),
		INSTANCE_UID,
		column('SOPClassUID', '00080016', 'CLASS', 60, 'class'),
		column('ContentDate', '00080023', 'DATE', 50, 'date'),
		column('ContentTime', '00080033', 'TIME', 40, 'time'),
		column('NumberOfFrames', '00280008', 'FRAMES', 55, 'number'),
		column('Rows', '00280010', 'ROWS', 30, 'number'),
		column('Columns', '00280011', 'COLS', 30, 'number'),
		hidden(SERIES_UID),
		hidden(STUDY_UID),
	],
	worklist: [
		column(step('ScheduledProcedureStepStartDate'), [STEP, '00400002'], 'DATE', 95, 'date'),
		column(step('ScheduledProcedureStepStartTime'), [STEP, '00400003'], 'TIME', 90, 'time'),
		PATIENT_NAME,
		{ ...PATIENT_ID, priority: 85 },
		column(step('Modality'), [STEP, '00080060'], 'MOD', 80, 'codes'),
		column(step('ScheduledStationAETitle'), [STEP, '00400001'], 'STATION', 70, 'text', [8, 16]),
		column(step('ScheduledProcedureStepDescription'), [STEP, '00400007'], 'DESCRIPTION', 60, 'text', [11, 24]),
		{ ...ACCESSION, priority: 75 },
		hidden(column(step('ScheduledProcedureStepID'), [STEP, '00400009'], 'STEP ID', 0)),
		hidden(column(step('ScheduledPerformingPhysicianName'), [STEP, '00400006'], 'PHYSICIAN', 0)),
		hidden(column('RequestedProcedureID', '00401001', 'PROCEDURE ID', 0)),
		hidden(column('RequestedProcedureDescription', '00321060', 'PROCEDURE', 0)),
		hidden(column('PatientBirthDate', '00100030', 'BIRTH DATE', 0, 'date')),
		hidden(column('PatientSex', '00100040', 'SEX', 0, 'text', [3, 3])),
		hidden(STUDY_UID),
	],
	ups: [
		column('ScheduledProcedureStepStartDateTime', '00404005', 'START', 95, 'datetime'),
		column('ProcedureStepState', '00741000', 'STATE', 90, 'text', [9, 11]),
		column('ScheduledProcedureStepPriority', '00741200', 'PRIORITY', 60, 'text', [8, 8]),
		PATIENT_NAME,
		{ ...PATIENT_ID, priority: 85 },
		column('ProcedureStepLabel', '00741204', 'LABEL', 80, 'text', [10, 24]),
		column('WorklistLabel', '00741202', 'WORKLIST', 50, 'text', [8, 16]),
		{ ...INSTANCE_UID, priority: 40 },
		hidden(STUDY_UID),
	],
};

/** The attribute that names a row of a level: what `-F name` prints. */
export const UNIQUE_KEYS: Readonly<Record<Level, string>> = {
	patient: LEVEL_KEYS.PATIENT,
	study: LEVEL_KEYS.STUDY,
	series: LEVEL_KEYS.SERIES,
	instance: LEVEL_KEYS.IMAGE,
	worklist: TAG.StudyInstanceUID,
	ups: TAG.SOPInstanceUID,
};
