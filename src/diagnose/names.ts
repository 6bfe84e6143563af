/** UIDs and tags with their names of PS3.6 beside them, where they have one. */
import { byTag } from '../dicom/dictionary.ts';
import { uidInfo } from '../dicom/uids.ts';

/** So that a word or two before it keep within a line. */
const LONGEST = 96;

/** `Verification SOP Class (1.2.840.10008.1.1)`; the name alone where both are too long, and cut where it is. */
export const nameOfUid = (uid: string): string => {
	const name = uidInfo(uid)?.name || uid;
	const both = name === uid ? uid : `${name} (${uid})`;
	if (both.length <= LONGEST) return both;
	return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 3)}...`;
};

/** @param tag 8 hex digits; `(0008,0052) QueryRetrieveLevel` */
export const nameOfTag = (tag: string): string => {
	const keyword = byTag(tag)?.keyword ?? '';
	const shown = `(${tag.slice(0, 4)},${tag.slice(4)})`;
	return keyword === '' ? shown : `${shown} ${keyword}`;
};
