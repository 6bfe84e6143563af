/** DICOM files: preamble, prefix, file meta information, dataset (PS3.10 7). */
import { DicomError } from '../errors.ts';
import type { Dataset, Element } from './dataset.ts';
import { stringsOf, textOf } from './dataset.ts';
import { decodeDataset } from './decode.ts';
import { ElementHeader, EXPLICIT_LAYOUT, IMPLICIT_LAYOUT, knownVr, shownLayout } from './element-header.ts';
import { encodeDataset } from './encode.ts';
import { TAG } from './tags.ts';
import { EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from './transfer-syntaxes.ts';
import { VRS } from './vr.ts';

const PREAMBLE_BYTES = 128;
const PREFIX = [0x44, 0x49, 0x43, 0x4d];
/** File meta information beyond this is none. */
const MAX_META_BYTES = 1024 * 1024;

export type FileMeta =
	| {
			readonly kind: 'part10';
			/** Group 0002. */
			readonly meta: Dataset;
			/** As (0002,0010) says, or as the dataset shows where it is absent. */
			readonly transferSyntaxUid: string;
			/** '' where absent. */
			readonly mediaStorageSopClassUid: string;
			/** '' where absent. */
			readonly mediaStorageSopInstanceUid: string;
			/** Where the dataset begins, in bytes from the start of the file. */
			readonly datasetOffset: number;
	  }
	/** A dataset alone, as some archives keep them; its transfer syntax is guessed from its first elements. */
	| { readonly kind: 'bare'; readonly transferSyntaxUid: string; readonly datasetOffset: 0 }
	| { readonly kind: 'not-dicom'; readonly reason: string }
	/** Cannot be told from so little: `bytes` from the start of the file are needed. */
	| { readonly kind: 'more'; readonly bytes: number };

/**
 * What a file is, by its first bytes. Never throws.
 *
 * @param head the beginning of the file; 1 KiB is enough for most
 * @param isWhole there is no more of the file, so that the answer is never `more`
 */
export const readFileMeta = (head: Uint8Array, isWhole = false): FileMeta => {
	if (hasPrefix(head, PREAMBLE_BYTES)) return readMeta(head, PREAMBLE_BYTES + 4, isWhole);
	if (head.length < PREAMBLE_BYTES + 4 && !isWhole) return { kind: 'more', bytes: 1024 };
	// Files without a preamble or even a prefix are met.
	if (hasPrefix(head, 0)) return readMeta(head, 4, isWhole);
	if (head.length >= 8 && head[0] === 0x02 && head[1] === 0 && head[3] === 0 && head[4] === 0x55) {
		return readMeta(head, 0, isWhole);
	}
	const transferSyntaxUid = guessedTransferSyntax(head);
	if (transferSyntaxUid !== undefined) return { kind: 'bare', transferSyntaxUid, datasetOffset: 0 };
	if (head.length === 0) return { kind: 'not-dicom', reason: 'the file is empty' };
	return { kind: 'not-dicom', reason: 'no DICM prefix at byte 128, and no dataset at byte 0' };
};

const hasPrefix = (head: Uint8Array, offset: number): boolean =>
	PREFIX.every((byte, index) => head[offset + index] === byte);

/** Group 0002 at `start`. It is in explicit VR little endian (PS3.10 7.1); some writers used implicit VR. */
const readMeta = (head: Uint8Array, start: number, isWhole: boolean): FileMeta => {
	const { end, isSeenToEnd } = endOfMeta(head.subarray(start));
	if (end > MAX_META_BYTES) return { kind: 'not-dicom', reason: 'the file meta information has no end' };
	if (!isSeenToEnd && !isWhole) return { kind: 'more', bytes: Math.max(2 * head.length, start + end + 1024) };
	const { dataset: meta } = decodeDataset(head.subarray(start, start + end), EXPLICIT_LITTLE);
	if (Object.keys(meta).length === 0)
		return { kind: 'not-dicom', reason: 'a DICM prefix and no file meta information' };
	const datasetOffset = Math.min(start + end, head.length);
	const said = textOf(meta, TAG.TransferSyntaxUID);
	return {
		kind: 'part10',
		meta,
		transferSyntaxUid: said === '' ? (guessedTransferSyntax(head.subarray(datasetOffset)) ?? IMPLICIT_LITTLE) : said,
		mediaStorageSopClassUid: textOf(meta, TAG.MediaStorageSOPClassUID),
		mediaStorageSopInstanceUid: textOf(meta, TAG.MediaStorageSOPInstanceUID),
		datasetOffset,
	};
};

/**
 * Where group 0002 ends: at the first element of another group, whatever (0002,0000) says, for that is wrong in some files; but where it says
 * too, and the tags begin again, that is a dataset with a group 0002 of its own.
 */
const endOfMeta = (bytes: Uint8Array): { readonly end: number; readonly isSeenToEnd: boolean } => {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const layout = shownLayout(view, EXPLICIT_LAYOUT);
	const header = new ElementHeader();
	let [end, said, lastTag] = [0, 0, -1];
	while (end + 8 <= bytes.length) {
		if (view.getUint16(end, true) !== 0x0002) return { end, isSeenToEnd: true };
		if (!header.read(view, end, bytes.length, layout)) break;
		const { tag, valueStart, length } = header;
		if (end === said && tag <= lastTag) return { end, isSeenToEnd: true };
		end = valueStart + length;
		lastTag = tag;
		if (tag === GROUP_LENGTH && length === 4 && end <= bytes.length) said = end + view.getUint32(valueStart, true);
	}
	return { end, isSeenToEnd: false };
};

/** (0002,0000) */
const GROUP_LENGTH = 0x00020000;

/** Where a dataset may begin: identification (0008), or what is allowed in front of it. */
const isFirstGroup = (group: number): boolean => group >= 0x0002 && group <= 0x0020 && group % 2 === 0;

/** The transfer syntax that the first elements of a dataset show, or undefined where they show none. */
const guessedTransferSyntax = (head: Uint8Array): string | undefined => {
	if (head.length < 8) return undefined;
	const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
	const header = new ElementHeader();
	const littleGroup = view.getUint16(0, true);
	const bigGroup = view.getUint16(0, false);
	if (isFirstGroup(littleGroup) && header.read(view, 0, head.length, EXPLICIT_LAYOUT) && header.strangeVr === '') {
		return EXPLICIT_LITTLE;
	}
	const bigLayout = { explicit: true, littleEndian: false };
	if (isFirstGroup(bigGroup) && header.read(view, 0, head.length, bigLayout) && header.strangeVr === '') {
		return EXPLICIT_BIG;
	}
	if (!isFirstGroup(littleGroup)) return undefined;
	header.read(view, 0, head.length, IMPLICIT_LAYOUT);
	const isKnown = knownVr(header.tag, 0) !== VRS.UN;
	return isKnown && header.length <= 0xffff && isFollowed(view, header) ? IMPLICIT_LITTLE : undefined;
};

/** True where the next element's tag is higher, or not to be seen. */
const isFollowed = (view: DataView, header: ElementHeader): boolean => {
	const next = header.valueStart + header.length;
	if (next + 4 > view.byteLength) return true;
	return view.getUint16(next, true) * 0x10000 + view.getUint16(next + 2, true) > header.tag;
};

export interface FileMetaFields {
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	readonly transferSyntaxUid: string;
	readonly implementationClassUid: string;
	/** At most 16 characters. */
	readonly implementationVersionName: string;
	readonly sourceAeTitle?: string;
}

/**
 * An empty preamble, the prefix and group 0002, to be followed by the dataset in the transfer syntax named in it.
 *
 * @throws DicomError of usage for a UID or a name that cannot be written
 */
export const encodeFileMeta = (fields: FileMetaFields): Uint8Array => {
	const text = (vr: 'UI' | 'SH' | 'AE', value: string): Element => ({ vr, Value: [value] });
	const group = encodeDataset(
		{
			[TAG.FileMetaInformationVersion]: { vr: 'OB', Value: [new Uint8Array([0x00, 0x01])] },
			[TAG.MediaStorageSOPClassUID]: text('UI', fields.sopClassUid),
			[TAG.MediaStorageSOPInstanceUID]: text('UI', fields.sopInstanceUid),
			[TAG.TransferSyntaxUID]: text('UI', fields.transferSyntaxUid),
			[TAG.ImplementationClassUID]: text('UI', fields.implementationClassUid),
			[TAG.ImplementationVersionName]: text('SH', fields.implementationVersionName),
			...(fields.sourceAeTitle === undefined
				? {}
				: { [TAG.SourceApplicationEntityTitle]: text('AE', fields.sourceAeTitle) }),
		},
		EXPLICIT_LITTLE,
	);
	const groupLength = encodeDataset(
		{ [TAG.FileMetaInformationGroupLength]: { vr: 'UL', Value: [group.length] } },
		EXPLICIT_LITTLE,
	);
	const head = new Uint8Array(PREAMBLE_BYTES + PREFIX.length + groupLength.length + group.length);
	head.set(PREFIX, PREAMBLE_BYTES);
	head.set(groupLength, PREAMBLE_BYTES + PREFIX.length);
	head.set(group, PREAMBLE_BYTES + PREFIX.length + groupLength.length);
	return head;
};

/** Who writes files where nobody says otherwise: a UID derived from a UUID (PS3.5 B.2). */
export const IMPLEMENTATION = {
	implementationClassUid: '2.25.187353418204276533197404283217116431207',
	implementationVersionName: 'DIMSE',
};

/** The group of command sets or of file meta information in a dataset, which has neither (PS3.5 7.1); undefined where it has none. */
export const groupOutOfPlace = (dataset: Dataset): string | undefined =>
	Object.keys(dataset).find(isOutOfPlace)?.slice(0, 4);

const isOutOfPlace = (tag: string): boolean => tag.startsWith('0000') || tag.startsWith('0002');

/**
 * A whole file of a dataset. Its groups 0000 and 0002 are left out, the class and instance UIDs for the file meta
 * information are taken from it.
 *
 * @throws DicomError of usage where the dataset has no SOP Class or Instance UID or cannot be encoded
 */
export const encodeFile = (
	dataset: Dataset,
	transferSyntaxUid: string,
	implementation: Pick<FileMetaFields, 'implementationClassUid' | 'implementationVersionName'> = IMPLEMENTATION,
): Uint8Array => {
	const [sopClassUid] = stringsOf(dataset, TAG.SOPClassUID);
	const [sopInstanceUid] = stringsOf(dataset, TAG.SOPInstanceUID);
	if (sopClassUid === undefined || sopInstanceUid === undefined) {
		throw new DicomError({ blame: 'usage', message: 'a file needs a SOP Class UID and a SOP Instance UID' });
	}
	const meta = encodeFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid, ...implementation });
	const kept = Object.entries(dataset).filter(([tag]) => !isOutOfPlace(tag));
	const body = encodeDataset(Object.fromEntries(kept), transferSyntaxUid);
	const file = new Uint8Array(meta.length + body.length);
	file.set(meta);
	file.set(body, meta.length);
	return file;
};
