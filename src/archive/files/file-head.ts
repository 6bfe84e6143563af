/** The head of a file that an instance is written to (PS3.10 7.1), laid out once for all that differ only in their SOP Instance UIDs. */
import { encodeFileMeta, IMPLEMENTATION } from '../../dicom/part10.ts';
import { DicomError } from '../../errors.ts';

export interface HeadFields {
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	/** Of the dataset as it will be written. */
	readonly transferSyntaxUid: string;
	readonly sourceAeTitle?: string | undefined;
}

/** Preamble to the end of group 0002, with room for a SOP Instance UID of one length, which is all that tells the next head from this one. */
interface Head {
	readonly bytes: Uint8Array;
	readonly uidAt: number;
	readonly uidLength: number;
}

const MAX_HEADS = 256;
const heads = new Map<string, Head>();

/**
 * Writes the head to the buffer's beginning.
 *
 * @returns its length
 * @throws DicomError usage for UIDs that are none
 */
export const writeHead = (fields: HeadFields, buffer: Uint8Array): number => {
	const { sopInstanceUid } = fields;
	const { bytes, uidAt, uidLength } = headFor(fields);
	buffer.set(bytes);
	for (let at = 0; at < sopInstanceUid.length; at++) buffer[uidAt + at] = sopInstanceUid.charCodeAt(at);
	buffer.fill(0, uidAt + sopInstanceUid.length, uidAt + uidLength);
	return bytes.length;
};

const headFor = (fields: HeadFields): Head => {
	const { sopClassUid, sopInstanceUid, transferSyntaxUid, sourceAeTitle = '' } = fields;
	for (const uid of [sopClassUid, sopInstanceUid, transferSyntaxUid])
		if (!UID.test(uid)) throw new DicomError({ blame: 'usage', message: `no UID, of ${uid.length} characters` });
	const uidLength = sopInstanceUid.length + (sopInstanceUid.length % 2);
	const key = `${sopClassUid}|${transferSyntaxUid}|${uidLength}|${sourceAeTitle}`;
	const known = heads.get(key);
	if (known !== undefined) return known;
	const bytes = encodeFileMeta({
		sopClassUid,
		sopInstanceUid: '9'.repeat(uidLength),
		transferSyntaxUid,
		...IMPLEMENTATION,
		...(PLAIN_AE_TITLE.test(sourceAeTitle) ? { sourceAeTitle } : {}),
	});
	const uidTag = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(MEDIA_STORAGE_SOP_INSTANCE_UID);
	const head = { bytes, uidAt: uidTag + MEDIA_STORAGE_SOP_INSTANCE_UID.length + 2, uidLength };
	if (heads.size >= MAX_HEADS) heads.clear();
	heads.set(key, head);
	return head;
};

/** (0002,0003) UI; nothing before it in a head can be the same bytes. */
const MEDIA_STORAGE_SOP_INSTANCE_UID = Uint8Array.of(0x02, 0x00, 0x03, 0x00, 0x55, 0x49);

const UID = /^[0-9.]{1,64}$/;
const PLAIN_AE_TITLE = /^[\x20-\x5b\x5d-\x7e]{1,16}$/;
