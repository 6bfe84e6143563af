/** Whether a file holds all of its dataset. Long values are passed over, not read; a deflated dataset is inflated for it, piece by piece. */
import { createReadStream, type ReadStream, readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';
import { EXPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts';
import { DatasetEnd } from './dataset-end.ts';
import { type InstanceFile, ioError, type NoInstance, readInstanceFile, withFile } from './instance-file.ts';

const STRETCH_BYTES = 8192;
/** Sequence Delimitation Item in little endian, which all encapsulated transfer syntaxes are. */
const DELIMITER = Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0);
/** What a deflated dataset is inflated to at most: of a longer one only so much is looked at. */
const MAX_INFLATED_BYTES = 1_073_741_824;

const NOTHING = new Uint8Array(0);
const stretch = new Uint8Array(STRETCH_BYTES);

/** @returns why the dataset is not whole; a deflated one is not looked into. @throws DicomError io */
export const shortfallOf = (file: InstanceFile): string | undefined =>
	withFile(file.path, (fd) => shortfallIn(file, fd, NOTHING));

export interface LookedAt {
	readonly file: InstanceFile;
	/** As of `shortfallOf`. */
	readonly shortfall: string | undefined;
}

/** As `readInstanceFile`, with a look at the end while the file is open. @throws DicomError io */
export const lookAtFile = (path: string): LookedAt | NoInstance => {
	let shortfall: string | undefined;
	const file = readInstanceFile(path, (found, fd, beginning) => {
		shortfall = shortfallIn(found, fd, beginning);
	});
	return 'reason' in file ? file : { file, shortfall };
};

/** @param beginning what is known of the file without being read again */
const shortfallIn = (
	{ datasetOffset, datasetLength, transferSyntaxUid }: InstanceFile,
	fd: number,
	beginning: Uint8Array,
): string | undefined => {
	const end = new DatasetEnd(transferSyntaxUid);
	const length = datasetOffset + datasetLength;
	end.push(beginning.subarray(datasetOffset, length));
	for (let at = Math.max(datasetOffset, Math.min(beginning.length, length)); at < length; ) {
		const passed = Math.min(end.idle, length - at);
		end.skip(passed);
		at += passed;
		if (at === length) break;
		if (end.isEncapsulated && isDelimited(fd, length)) return undefined;
		const got = readSync(fd, stretch, 0, Math.min(STRETCH_BYTES, length - at), at);
		if (got === 0) break;
		end.push(stretch.subarray(0, got));
		at += got;
	}
	return end.shortfall;
};

/** Fragments need not be counted where their end stands at the end of the file. */
const isDelimited = (fd: number, length: number): boolean => {
	const got = readSync(fd, stretch, 0, DELIMITER.length, length - DELIMITER.length);
	return got === DELIMITER.length && DELIMITER.every((byte, at) => stretch[at] === byte);
};

/**
 * For a file that ends with a deflated dataset.
 *
 * @param datasetLength in bytes, as it lies in the file
 * @returns why the dataset is not whole
 * @throws DicomError io
 */
export const deflatedShortfallOf = async (path: string, datasetLength: number): Promise<string | undefined> => {
	const end = new DatasetEnd(EXPLICIT_LITTLE);
	const inflate = createInflateRaw();
	let deflated: ReadStream | undefined;
	try {
		deflated = createReadStream(path, { start: (await stat(path)).size - datasetLength });
		deflated.on('error', (error) => inflate.destroy(error)).pipe(inflate);
		let length = 0;
		for await (const bytes of inflate) {
			end.push(bytes);
			length += bytes.length;
			if (length > MAX_INFLATED_BYTES) return undefined;
		}
	} catch (error) {
		const { code = '' } = error as NodeJS.ErrnoException;
		if (code === 'Z_BUF_ERROR') return 'the deflated dataset ends too early';
		// Damaged bytes are another matter: the index takes what can be read of them.
		if (code.startsWith('Z_')) return undefined;
		throw ioError(error, path);
	} finally {
		// What stands behind the deflated bytes is left.
		deflated?.destroy();
	}
	return end.shortfall;
};
