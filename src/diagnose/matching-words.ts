/** How an attribute is matched in a query, and at which level it is a key (PS3.4 C.2.2.2, Tables C.6-1 to C.6-5). */
import { TAG } from '../dicom/tags.ts';

/** R: the SCP shall match it, U: unique key, O: optional. */
const LEVELS: Readonly<Record<string, string>> = {
	[TAG.PatientName]: 'required at PATIENT level, and at STUDY level of study root',
	[TAG.PatientID]: 'unique key of PATIENT level; required at STUDY level of study root',
	[TAG.StudyDate]: 'required at STUDY level',
	[TAG.StudyTime]: 'required at STUDY level',
	[TAG.AccessionNumber]: 'required at STUDY level',
	'00200010': 'required at STUDY level',
	[TAG.StudyInstanceUID]: 'unique key of STUDY level',
	[TAG.ModalitiesInStudy]: 'optional at STUDY level: some archives return it and do not match it',
	'00080060': 'required at SERIES level',
	'00200011': 'required at SERIES level',
	[TAG.SeriesInstanceUID]: 'unique key of SERIES level',
	'00200013': 'required at IMAGE level',
	[TAG.SOPInstanceUID]: 'unique key of IMAGE level',
	'00080052': 'the level of every query and retrieve: PATIENT, STUDY, SERIES or IMAGE',
	'00080058': 'in the last response of a C-MOVE or C-GET: the instances that did not make it',
	'00080054': 'in answers: the AE title that the instances can be retrieved from',
	'00080056': 'in answers: ONLINE, NEARLINE, OFFLINE or UNAVAILABLE',
	'00080005': 'the character set of the text in this dataset; in a query and in each answer',
};

const WILDCARDS: ReadonlySet<string> = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);
const RANGES: ReadonlySet<string> = new Set(['DA', 'TM', 'DT']);

/** Lines for people. */
export const matchingOf = (tag: string, vr: string): readonly string[] => {
	const level = LEVELS[tag];
	return [...(level === undefined ? [] : [level]), ...matching(vr)];
};

const matching = (vr: string): readonly string[] => {
	if (vr === 'PN')
		return [
			'matches a single value or wildcards (* and ?), family^given; archives differ in letter case and in names without ^',
		];
	if (WILDCARDS.has(vr)) return ['matches a single value, letter case included, or wildcards (* and ?)'];
	if (RANGES.has(vr)) return ['matches a single value or a range: a-b, a-, -b'];
	if (vr === 'UI') return ['matches one UID or a list of them, with \\ between them'];
	if (vr === 'SQ') return ['matches by one item with keys in it'];
	return ['matches a single value'];
};
