/** Instances in files as they lie: what their heads say, and their datasets read straight into the PDUs that carry them (PS3.10 7). */
import { closeSync, fstatSync, openSync, readSync, readvSync } from 'node:fs';
import { stringsOf } from '../../dicom/dataset.ts';
import { HeaderReader } from '../../dicom/header-reader.ts';
import { readFileMeta } from '../../dicom/part10.ts';
import { TAG } from '../../dicom/tags.ts';
import { DicomError } from '../../errors.ts';

/** One instance in a file; the dataset is the file from `datasetOffset` to its end. Lengths in bytes. */
export interface InstanceFile {
	readonly path: string;
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	readonly transferSyntaxUid: string;
	readonly datasetOffset: number;
	readonly datasetLength: number;
}

/** A file that is no instance, and why in a few words. */
export interface NoInstance {
	readonly path: string;
	readonly reason: string;
	/** It says it is DICOM (PS3.10 7.1), and has an instance in it or has lost one. */
	readonly isDicom?: boolean;
}

const HEAD_BYTES = 4096;
const MAX_HEAD_BYTES = 1_114_112;
/** The UIDs stand in group 0008, before any pixel data; a header longer than this is none. */
const MAX_SEARCH_BYTES = 1_048_576;
const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';

/** Reads the same buffer for every file: one file is looked at at a time. */
let head = new Uint8Array(HEAD_BYTES);

/**
 * Looks at the beginning of a file, never at its pixel data. SOP Class and Instance UID are the dataset's own where the file meta
 * information does not say.
 *
 * @param look is given what was found while the file is open, and as much of its beginning as was read
 * @throws DicomError io where the file cannot be read
 */
export const readInstanceFile = (
	path: string,
	look?: (file: InstanceFile, fd: number, beginning: Uint8Array) => void,
): InstanceFile | NoInstance => {
	return withFile(path, (fd) => {
		const stat = fstatSync(fd);
		if (!stat.isFile()) return { path, reason: 'not a file' };
		let length = readSync(fd, head, 0, head.length, 0);
		let meta = readFileMeta(head.subarray(0, length), length >= stat.size);
		while (meta.kind === 'more') {
			const wanted = Math.min(Math.max(meta.bytes, 2 * head.length), MAX_HEAD_BYTES);
			if (wanted <= head.length) return { path, reason: 'file meta information of over a megabyte' };
			head = new Uint8Array(wanted);
			length = readSync(fd, head, 0, head.length, 0);
			meta = readFileMeta(head.subarray(0, length), length >= stat.size || head.length >= MAX_HEAD_BYTES);
		}
		if (meta.kind === 'not-dicom') return { path, reason: meta.reason };
		const found =
			meta.kind === 'part10' && meta.mediaStorageSopClassUid !== '' && meta.mediaStorageSopInstanceUid !== ''
				? { sopClassUid: meta.mediaStorageSopClassUid, sopInstanceUid: meta.mediaStorageSopInstanceUid }
				: uidsOf(fd, meta.datasetOffset, meta.transferSyntaxUid);
		if (found === undefined)
			return { path, reason: 'no SOP Class UID or no SOP Instance UID', isDicom: meta.kind === 'part10' };
		if (found.sopClassUid === MEDIA_STORAGE_DIRECTORY) return { path, reason: 'a DICOMDIR, not an instance' };
		const { transferSyntaxUid, datasetOffset } = meta;
		const file = { path, ...found, transferSyntaxUid, datasetOffset, datasetLength: stat.size - datasetOffset };
		look?.(file, fd, head.subarray(0, length));
		return file;
	});
};

const uidsOf = (
	fd: number,
	offset: number,
	transferSyntaxUid: string,
): { readonly sopClassUid: string; readonly sopInstanceUid: string } | undefined => {
	const reader = new HeaderReader({ transferSyntaxUid, untilTag: '00080019', maxBytes: MAX_SEARCH_BYTES });
	const part = new Uint8Array(65_536);
	for (let position = offset; ; ) {
		const length = readSync(fd, part, 0, part.length, position);
		position += length;
		if (length === 0 || reader.push(part.slice(0, length)) === 'done') break;
	}
	const [sopClassUid = ''] = stringsOf(reader.dataset, TAG.SOPClassUID);
	const [sopInstanceUid = ''] = stringsOf(reader.dataset, TAG.SOPInstanceUID);
	return sopClassUid === '' || sopInstanceUid === '' ? undefined : { sopClassUid, sopInstanceUid };
};

/**
 * The dataset of a file, read while it is sent. The reads are synchronous: on local files that is faster than the thread pool, and they
 * are at most a block of PDUs long.
 */
export class InstanceFileSource {
	readonly isImmediate = true;
	readonly length: number;
	readonly #path: string;
	readonly #fd: number;
	#position: number;
	#isClosed = false;

	/** @throws DicomError io where the file cannot be opened, or has another size than when it was looked at */
	constructor({ path, datasetOffset, datasetLength }: InstanceFile) {
		this.#path = path;
		this.#fd = opened(path);
		this.#position = datasetOffset;
		this.length = datasetLength;
		if (fstatSync(this.#fd).size !== datasetOffset + datasetLength) {
			this.close();
			throw changed(path);
		}
	}

	/** @throws DicomError io */
	read(views: readonly Uint8Array[]): void {
		const wanted = views.reduce((sum, { length }) => sum + length, 0);
		if (wanted === 0) return;
		let got: number;
		try {
			got = readvSync(this.#fd, views, this.#position);
		} catch (error) {
			throw ioError(error, this.#path);
		}
		if (got !== wanted) throw changed(this.#path);
		this.#position += got;
	}

	/** The whole dataset in memory. @throws DicomError io */
	readWhole(): Uint8Array {
		const bytes = new Uint8Array(this.length);
		this.read([bytes]);
		return bytes;
	}

	/** May be called again. */
	close(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		closeSync(this.#fd);
	}
}

/** @throws DicomError io where the file cannot be opened or read */
export const withFile = <T>(path: string, look: (fd: number) => T): T => {
	const fd = opened(path);
	try {
		return look(fd);
	} catch (error) {
		throw ioError(error, path);
	} finally {
		closeSync(fd);
	}
};

const opened = (path: string): number => {
	try {
		return openSync(path, 'r');
	} catch (error) {
		throw ioError(error, path);
	}
};

const changed = (path: string): DicomError =>
	new DicomError({ blame: 'io', code: 'CHANGED', message: `${path} has changed while it was being sent`, path });

/** What Node says of a file, as a failure that names it; one that is a failure already stays. */
export const ioError = (error: unknown, path: string): DicomError => {
	if (error instanceof DicomError) return error;
	const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
	return new DicomError({ blame: 'io', code, message, path }, { cause: error });
};
