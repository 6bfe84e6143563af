/** Two instances under one SOP Instance UID: whether they are the same, and what is done when they are not (PS3.4 B.2.3 leaves it open). */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What becomes of other bytes under a SOP Instance UID that is there already. The same bytes are always acknowledged and kept once. */
export type DuplicatePolicy = 'replace' | 'keep' | 'reject';

/** What became of an instance that was acknowledged: `same`: these bytes were there already; `kept`: others were, and stay. */
export type StoreOutcome = 'new' | 'same' | 'replaced' | 'kept';

/** Stretches that are held against each other at a time. */
const STRETCH_BYTES = 262_144;
let left: Uint8Array | undefined;
let right: Uint8Array | undefined;

/** A dataset as the end of a file. */
export interface DatasetInFile {
	readonly path: string;
	readonly offset: number;
	readonly length: number;
}

/**
 * Byte by byte, so that nothing has to be computed of every instance for the few that come twice.
 *
 * @returns `missing` where the first is not there, not to be read, or not as long as it should be
 */
export const compareDatasets = (kept: DatasetInFile, arrived: DatasetInFile): 'same' | 'other' | 'missing' => {
	let keptFd: number;
	try {
		keptFd = openSync(kept.path, 'r');
	} catch {
		return 'missing';
	}
	try {
		if (fstatSync(keptFd).size !== kept.offset + kept.length) return 'missing';
		if (kept.length !== arrived.length) return 'other';
		const arrivedFd = openSync(arrived.path, 'r');
		try {
			return compared(keptFd, kept, arrivedFd, arrived);
		} finally {
			closeSync(arrivedFd);
		}
	} finally {
		closeSync(keptFd);
	}
};

const compared = (
	keptFd: number,
	kept: DatasetInFile,
	arrivedFd: number,
	arrived: DatasetInFile,
): 'same' | 'other' | 'missing' => {
	left ??= new Uint8Array(STRETCH_BYTES);
	right ??= new Uint8Array(STRETCH_BYTES);
	for (let done = 0; done < kept.length; ) {
		const wanted = Math.min(STRETCH_BYTES, kept.length - done);
		if (!isFilled(keptFd, left, wanted, kept.offset + done)) return 'missing';
		if (!isFilled(arrivedFd, right, wanted, arrived.offset + done)) return 'other';
		if (Buffer.compare(left.subarray(0, wanted), right.subarray(0, wanted)) !== 0) return 'other';
		done += wanted;
	}
	return 'same';
};

const isFilled = (fd: number, into: Uint8Array, wanted: number, position: number): boolean => {
	try {
		for (let got = 0; got < wanted; ) {
			const length = readSync(fd, into, got, wanted - got, position + got);
			if (length === 0) return false;
			got += length;
		}
		return true;
	} catch {
		return false;
	}
};
