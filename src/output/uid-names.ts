/** UIDs as people call them: `Study Root FIND`, `ExplLE`, `CT Image Storage` (PS3.6 A). */
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../dicom/transfer-syntaxes.ts';
import { uidInfo } from '../dicom/uids.ts';
import { sanitize } from './sanitize.ts';

/** The uncompressed ones, which every trace is full of. */
const SHORT: Readonly<Record<string, string>> = {
	[IMPLICIT_LITTLE]: 'ImplLE',
	[EXPLICIT_LITTLE]: 'ExplLE',
	[EXPLICIT_BIG]: 'ExplBE',
	[DEFLATED]: 'Deflated',
};

/** Sanitised; a UID that is not in PS3.6 names itself. */
export const uidName = (uid: string): string => {
	const name = SHORT[uid] ?? uidInfo(uid)?.name;
	return name === undefined ? sanitize(uid) : name.replace(MODEL, ' ').replace(/ SOP Class$/, '');
};

const MODEL = / (?:Query\/Retrieve )?Information Model - /;
