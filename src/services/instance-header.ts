/** The attributes of a stored instance up to its Pixel Data, read no further than that. */
import type { Dataset } from '../dicom/dataset.ts';
import { HeaderReader } from '../dicom/header-reader.ts';
import type { StoredInstance } from './stored-instance.ts';

const PIECE_BYTES = 65_536;
/** Sequences of functional groups are long; what is longer than this is passed over. */
const MAX_BYTES = 67_108_864;

/** @throws DicomError io */
export const instanceHeader = (instance: StoredInstance): Dataset => {
	const { transferSyntaxUid } = instance;
	const reader = new HeaderReader({ transferSyntaxUid, maxBytes: MAX_BYTES, maxValueBytes: MAX_BYTES });
	const source = instance.open();
	try {
		for (let left = source.length; left > 0; ) {
			const piece = new Uint8Array(Math.min(left, PIECE_BYTES));
			const reading = source.read([piece]);
			if (reading !== undefined) {
				reading.catch(() => {}); // asked for whole instead
				reader.push(instance.readWhole().subarray(source.length - left));
				break;
			}
			left -= piece.length;
			if (reader.push(piece) === 'done') break;
		}
	} finally {
		source.close();
	}
	return reader.dataset;
};
