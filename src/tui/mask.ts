/** Stable pseudonyms for what identifies a patient, so that a screen can be shown to others. */
import { vrOf } from '../dicom/dictionary.ts';
import { parseKey } from '../dicom/identifier-path.ts';
import { DicomError } from '../errors.ts';

export type MaskKind = 'name' | 'id' | 'date' | 'text';

/** Names of people (PN) and all of the patient's group (0010) are masked; these are IDs, some of other groups that lead to a patient. */
const IDS: ReadonlySet<string> = new Set([
	'00080050', // AccessionNumber
	'00100020', // PatientID
	'00101000', // OtherPatientIDs
	'00101090', // MedicalRecordLocator
	'00200010', // StudyID
	'00380010', // AdmissionID
	'00401001', // RequestedProcedureID
	'00402016', // PlacerOrderNumberImagingServiceRequest
	'00402017', // FillerOrderNumberImagingServiceRequest
]);

/** Of people beside the patient, and of a visit: free text. */
const TEXTS: ReadonlySet<string> = new Set([
	'00080092', // ReferringPhysicianAddress
	'00080094', // ReferringPhysicianTelephoneNumbers
	'00380300', // CurrentPatientLocation
	'00380400', // PatientInstitutionResidence
	'00380500', // PatientState
	'00384000', // VisitComments
]);

const PATIENT_GROUP = '0010';
const DATES: ReadonlySet<string> = new Set(['DA', 'DT', 'TM']);

/**
 * How the value of an element is masked; undefined for what identifies nobody.
 *
 * @param path tags to it, outermost first: what is within a sequence of the patient is of the patient
 * @param vr as it came, where it came
 */
export const maskKindOf = (path: readonly string[], vr?: string): MaskKind | undefined => {
	const tag = path.at(-1) ?? '';
	if (IDS.has(tag)) return 'id';
	if (vr === 'PN' || vrOf(tag) === 'PN') return 'name';
	if (TEXTS.has(tag)) return 'text';
	if (!path.some((one) => one.startsWith(PATIENT_GROUP))) return undefined;
	return DATES.has(vrOf(tag)) ? 'date' : 'text';
};

/** The same of a key as it is written: `PatientID`, `0010,0020`, `Seq[0].PatientID`. */
export const maskKindOfKey = (key: string): MaskKind | undefined => {
	try {
		return maskKindOf(parseKey(key).path.map(({ tag }) => tag));
	} catch (error) {
		if (error instanceof DicomError) return undefined;
		throw error;
	}
};

let salt = '';

/** Pseudonyms differ from one salt to the next: nobody finds a name out by trying names. The app gives each run its own. */
export const setMaskSalt = (text: string): void => {
	salt = text;
};

/** The same text becomes the same pseudonym for as long as the program runs; an empty one stays empty. */
export const masked = (text: string, kind: MaskKind): string => {
	if (text.trim() === '') return text;
	if (kind === 'date') return '****-**-**';
	if (kind === 'text') return '****';
	const code = codeOf(`${kind}\n${text}`);
	return kind === 'name' ? `PATIENT^${code}` : `ID-${code}`;
};

/** The value of a key, a pseudonym where it names a patient. */
export const maskedValue = (key: string, value: string): string => {
	const kind = maskKindOfKey(key);
	return kind === undefined ? value : masked(value, kind);
};

/** The keys of a query. */
export const maskedKeys = (keys: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
	Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, maskedValue(key, value)]));

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** 30 bits of an FNV-1a hash as six letters and digits. */
const codeOf = (text: string): string => {
	let hash = 0x811c9dc5;
	for (const character of `${salt}\n${text}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
	hash ^= hash >>> 15;
	hash = Math.imul(hash, 0x2c1b3c6d);
	hash ^= hash >>> 13;
	return Array.from({ length: 6 }, (_, digit) => ALPHABET[(hash >>> (digit * 5)) & 31]).join('');
};
