/** Data element tags as text, as numbers, and the few that the code itself names (PS3.6 6). */

/** Tags by keyword, as the keys of a `Dataset`. */
export const TAG = {
	FileMetaInformationGroupLength: '00020000',
	FileMetaInformationVersion: '00020001',
	MediaStorageSOPClassUID: '00020002',
	MediaStorageSOPInstanceUID: '00020003',
	TransferSyntaxUID: '00020010',
	ImplementationClassUID: '00020012',
	ImplementationVersionName: '00020013',
	SourceApplicationEntityTitle: '00020016',
	DirectoryRecordSequence: '00041220',
	ReferencedFileID: '00041500',
	SpecificCharacterSet: '00080005',
	SOPClassUID: '00080016',
	SOPInstanceUID: '00080018',
	StudyDate: '00080020',
	StudyTime: '00080030',
	AccessionNumber: '00080050',
	QueryRetrieveLevel: '00080052',
	RetrieveAETitle: '00080054',
	InstanceAvailability: '00080056',
	FailedSOPInstanceUIDList: '00080058',
	Modality: '00080060',
	ModalitiesInStudy: '00080061',
	StudyDescription: '00081030',
	SeriesDescription: '0008103E',
	TimezoneOffsetFromUTC: '00080201',
	PatientName: '00100010',
	PatientID: '00100020',
	PatientBirthDate: '00100030',
	PatientSex: '00100040',
	StudyInstanceUID: '0020000D',
	SeriesInstanceUID: '0020000E',
	StudyID: '00200010',
	SeriesNumber: '00200011',
	InstanceNumber: '00200013',
	NumberOfStudyRelatedSeries: '00201206',
	NumberOfStudyRelatedInstances: '00201208',
	NumberOfSeriesRelatedInstances: '00201209',
	PixelRepresentation: '00280103',
	PixelData: '7FE00010',
} as const;

/** Items and their delimiters (PS3.5 7.5), as numbers. */
export const ITEM = 0xfffee000;
export const ITEM_DELIMITATION = 0xfffee00d;
export const SEQUENCE_DELIMITATION = 0xfffee0dd;

/** Recently met tags and their text, one slot a hash: bounded, whatever a peer sends. */
const SLOTS = 4096;
const slotTags = new Uint32Array(SLOTS);
const slotTexts: string[] = new Array<string>(SLOTS).fill('00000000');

/** The key of a `Dataset` for a tag as a number (group * 65536 + element): eight upper-case hex digits. */
export const tagText = (tag: number): string => {
	const slot = (tag ^ (tag >>> 16) ^ (tag >>> 7)) & (SLOTS - 1);
	if (slotTags[slot] === tag) return slotTexts[slot] ?? '';
	const text = tag.toString(16).toUpperCase().padStart(8, '0');
	slotTags[slot] = tag;
	slotTexts[slot] = text;
	return text;
};

const digitOf = (code: number): number => {
	if (code >= 0x30 && code <= 0x39) return code - 0x30;
	return code >= 0x41 && code <= 0x46 ? code - 0x37 : -1;
};

/** The number of a `Dataset` key, or -1 where the text is not eight upper-case hex digits. */
export const tagNumber = (text: string): number => {
	if (text.length !== 8) return -1;
	let tag = 0;
	for (let index = 0; index < 8; index++) {
		const digit = digitOf(text.charCodeAt(index));
		if (digit < 0) return -1;
		tag = tag * 16 + digit;
	}
	return tag;
};

/** As printed in the standard and in messages: (0028,0010). */
export const printedTag = (tag: number | string): string => {
	const text = typeof tag === 'number' ? tagText(tag) : tag;
	return `(${text.slice(0, 4)},${text.slice(4)})`;
};
