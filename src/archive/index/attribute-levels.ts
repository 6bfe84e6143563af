/** Which attributes are of the patient, the study, the series; all others are of the instance (PS3.3 A.1.2, PS3.4 C.6.1.1). */
import { byKeyword } from '../../dicom/dictionary.ts';
import type { QueryLevel } from '../../dicom/sop-classes.ts';

/** The levels that entities are kept at, the highest first. */
export const ENTITY_LEVELS = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'] as const satisfies readonly QueryLevel[];
export type EntityLevel = (typeof ENTITY_LEVELS)[number];

/** What of group 0010 is of the patient at the time of the study (PS3.3 C.7.2.2), or of the study. */
const OF_THE_VISIT = `PatientAge PatientSize PatientWeight PatientBodyMassIndex MeasuredAPDimension MeasuredLateralDimension
	PatientSizeCodeSequence MedicalAlerts Allergies SmokingStatus PregnancyStatus LastMenstrualDate Occupation
	AdditionalPatientHistory PatientSexNeutered`;

const OF_STUDY = `StudyInstanceUID StudyDate StudyTime StudyID AccessionNumber IssuerOfAccessionNumberSequence StudyDescription
	ReferringPhysicianName ReferringPhysicianIdentificationSequence ReferringPhysicianAddress ReferringPhysicianTelephoneNumbers
	ConsultingPhysicianName ConsultingPhysicianIdentificationSequence PhysiciansOfRecord PhysiciansOfRecordIdentificationSequence
	NameOfPhysiciansReadingStudy PhysiciansReadingStudyIdentificationSequence ReasonForPerformedProcedureCodeSequence
	ProcedureCodeSequence ReferencedStudySequence AdmittingDiagnosesDescription AdmittingDiagnosesCodeSequence OtherStudyNumbers
	ModalitiesInStudy SOPClassesInStudy AnatomicRegionsInStudyCodeSequence NumberOfStudyRelatedSeries
	NumberOfStudyRelatedInstances ClinicalTrialTimePointID ClinicalTrialTimePointDescription
	ConsentForClinicalTrialUseSequence ReasonForVisit ReasonForVisitCodeSequence ${OF_THE_VISIT}`;

const OF_PATIENT = `NumberOfPatientRelatedStudies NumberOfPatientRelatedSeries NumberOfPatientRelatedInstances
	ReferencedPatientSequence PatientIdentityRemoved DeidentificationMethod DeidentificationMethodCodeSequence
	ClinicalTrialSponsorName ClinicalTrialProtocolID ClinicalTrialProtocolName ClinicalTrialSiteID ClinicalTrialSiteName
	ClinicalTrialSubjectID ClinicalTrialSubjectReadingID ClinicalTrialProtocolEthicsCommitteeName
	ClinicalTrialProtocolEthicsCommitteeApprovalNumber`;

const OF_SERIES = `SeriesInstanceUID Modality SeriesNumber SeriesDate SeriesTime SeriesDescription SeriesDescriptionCodeSequence
	Laterality BodyPartExamined PatientPosition ProtocolName PerformingPhysicianName PerformingPhysicianIdentificationSequence
	OperatorsName OperatorIdentificationSequence RelatedSeriesSequence ReferencedPerformedProcedureStepSequence
	RequestAttributesSequence PerformedProcedureStepID PerformedProcedureStepStartDate PerformedProcedureStepStartTime
	PerformedProcedureStepEndDate PerformedProcedureStepEndTime PerformedProcedureStepDescription
	PerformedProtocolCodeSequence CommentsOnThePerformedProcedureStep PerformedStationAETitle PerformedStationName
	PerformedLocation PerformedProcedureTypeDescription Manufacturer InstitutionName InstitutionAddress
	InstitutionCodeSequence InstitutionalDepartmentName InstitutionalDepartmentTypeCodeSequence StationName
	ManufacturerModelName DeviceSerialNumber SoftwareVersions GantryID DeviceUID NumberOfSeriesRelatedInstances
	ClinicalTrialCoordinatingCenterName ClinicalTrialSeriesID ClinicalTrialSeriesDescription PresentationIntentType
	FrameOfReferenceUID PositionReferenceIndicator SynchronizationFrameOfReferenceUID TreatmentSessionUID`;

/** Those of group 0010 that are of neither. */
const OF_INSTANCE = 'SubjectRelativePositionInImage ExaminedBodyThickness';

let levels: ReadonlyMap<string, EntityLevel> | undefined;

const levelsByTag = (): ReadonlyMap<string, EntityLevel> => {
	const rows: readonly [EntityLevel, string][] = [
		['PATIENT', OF_PATIENT],
		['STUDY', OF_STUDY],
		['SERIES', OF_SERIES],
		['IMAGE', OF_INSTANCE],
	];
	levels ??= new Map(
		rows.flatMap(([level, keywords]) =>
			keywords.split(/\s+/).flatMap((keyword): [string, EntityLevel][] => {
				const tag = byKeyword(keyword)?.tag;
				return tag === undefined ? [] : [[tag, level]];
			}),
		),
	);
	return levels;
};

/** Groups that are of one level but for what is named above: patients, and what was requested and admitted for a study. */
const GROUPS: Readonly<Record<string, EntityLevel>> = { '0010': 'PATIENT', '0032': 'STUDY', '0038': 'STUDY' };

/** @param tag eight upper-case hex digits */
export const levelOf = (tag: string): EntityLevel => levelsByTag().get(tag) ?? GROUPS[tag.slice(0, 4)] ?? 'IMAGE';

/** 0 is the highest. */
export const depthOf = (level: QueryLevel): number => (level === 'FRAME' ? 3 : ENTITY_LEVELS.indexOf(level));
