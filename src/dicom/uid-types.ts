/** What the UIDs of PS3.6 A stand for. */

/** All of DICOM's own begin with it. */
export const ROOT = '1.2.840.10008.';

/** The types of PS3.6 Tables by the letters that the table in `uids-data.ts` has for them. `S` is a storage SOP class. */
export const TYPE_LETTERS = {
	A: 'Application Context Name',
	C: 'SOP Class',
	D: 'DICOM UIDs as a Coding Scheme',
	F: 'Well-known frame of reference',
	H: 'Application Hosting Model',
	I: 'Well-known SOP Instance',
	L: 'LDAP OID',
	M: 'Meta SOP Class',
	O: 'Coding Scheme',
	R: 'Mapping Resource',
	S: 'SOP Class',
	T: 'Transfer Syntax',
	V: 'Service Class',
	Y: 'Synchronization Frame of Reference',
} as const;

export type UidType = (typeof TYPE_LETTERS)[keyof typeof TYPE_LETTERS];
