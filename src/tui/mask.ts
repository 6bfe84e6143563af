/** Stable pseudonyms for what identifies a patient, so that a screen can be shown to others. */

export type MaskKind = 'name' | 'id' | 'date';

/** Which attributes name a patient, or lead to one. */
export const MASKED: Readonly<Record<string, MaskKind>> = {
	PatientName: 'name',
	PatientID: 'id',
	PatientBirthDate: 'date',
	AccessionNumber: 'id',
	StudyID: 'id',
	OtherPatientIDs: 'id',
	OtherPatientNames: 'name',
	PatientBirthName: 'name',
	PatientMotherBirthName: 'name',
	PatientBirthTime: 'date',
	PatientAddress: 'id',
	PatientTelephoneNumbers: 'id',
	MilitaryRank: 'id',
	AdmissionID: 'id',
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
	const code = codeOf(`${kind}\n${text}`);
	return kind === 'name' ? `PATIENT^${code}` : `ID-${code}`;
};

/** The value of an attribute, a pseudonym where it names a patient. */
export const maskedValue = (keyword: string, value: string): string => {
	const kind = MASKED[keyword];
	return kind === undefined ? value : masked(value, kind);
};

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
