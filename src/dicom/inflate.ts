/** Raw inflate of a deflated dataset (PS3.5 A.5) with a cap on what comes out. */
import { deflateRawSync, inflateRawSync, constants as zlib } from 'node:zlib';

/** Deflate makes at most 1,032 bytes of one. */
const HIGHEST_RATIO = 1032;

export interface Inflated {
	readonly bytes: Uint8Array;
	/** What kept it from being the whole, or undefined. */
	readonly problem: string | undefined;
}

/** zlib gives Buffers, whose `slice` is none. */
const plain = ({ buffer, byteOffset, length }: Uint8Array): Uint8Array => new Uint8Array(buffer, byteOffset, length);

const inflatedWithin = (bytes: Uint8Array, maxBytes: number): Uint8Array =>
	plain(inflateRawSync(bytes, { maxOutputLength: Math.max(maxBytes, 1), finishFlush: zlib.Z_SYNC_FLUSH }));

const isTooLarge = (error: unknown): boolean =>
	error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';

/** Never throws: of a stream that is damaged or inflates past `maxBytes` a beginning is given. */
export const inflated = (bytes: Uint8Array, maxBytes: number): Inflated => {
	try {
		return { bytes: inflatedWithin(bytes, maxBytes), problem: undefined };
	} catch (error) {
		if (isTooLarge(error)) {
			const safe = bytes.subarray(0, Math.floor(maxBytes / HIGHEST_RATIO));
			return { bytes: longestBeginning(safe, maxBytes), problem: `inflates to more than ${maxBytes} bytes` };
		}
		return { bytes: longestBeginning(bytes, maxBytes), problem: 'the deflated bytes are damaged' };
	}
};

/** What inflates of the longest beginning without damage, within a few bytes in a thousand. */
const longestBeginning = (bytes: Uint8Array, maxBytes: number): Uint8Array => {
	let best: Uint8Array = new Uint8Array(0);
	let good = 0;
	let bad = bytes.length + 1;
	for (let step = 0; step < 10 && bad - good > 1; step++) {
		const middle = step === 0 ? bytes.length : (good + bad) >>> 1;
		try {
			best = inflatedWithin(bytes.subarray(0, middle), maxBytes);
			good = middle;
		} catch {
			bad = middle;
		}
	}
	return best;
};

export const deflated = (bytes: Uint8Array): Uint8Array => {
	const stream = plain(deflateRawSync(bytes));
	if (stream.length % 2 === 0) return stream;
	// An odd stream is padded with one NUL (PS3.5 A.5).
	const padded = new Uint8Array(stream.length + 1);
	padded.set(stream);
	return padded;
};
