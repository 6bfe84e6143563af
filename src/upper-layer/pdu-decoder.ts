/** The bytes of one connection -> the PDUs they hold (PS3.8 9.3), as they arrive; P-DATA is never collected. */
import { ByteReader } from './pdu/byte-reader.ts';
import { decodePdu, type PDataTf, type Pdu, PduError, pduTypeOf } from './pdu/index.ts';
import {
	ASSOCIATE_FIXED_LENGTH,
	MAX_ASSOCIATE_LENGTH,
	MAX_UNLIMITED_P_DATA_LENGTH,
	PDU_HEADER_LENGTH,
	PDV_HEADER_LENGTH,
	TOLERATED_P_DATA_LENGTH,
} from './pdu/limits.ts';
import { readPdvHeader } from './pdu/p-data-tf.ts';
import { invalidValue } from './pdu/pdu-error.ts';

/**
 * A stretch of one PDV's fragment. A PDV that arrives in pieces yields several; only its final piece carries the PDV's "last fragment"
 * bit as `isLast`. `bytes` is a view of the chunk that was pushed: who keeps it longer than the chunk lives, copies it.
 */
export interface Fragment {
	readonly contextId: number;
	readonly isCommand: boolean;
	readonly isLast: boolean;
	readonly bytes: Uint8Array;
}

/** What was wrong with the bytes (Evt19) or with their time. `reason` is that of an A-ABORT by the service-provider. */
export interface Fault {
	readonly reason: number;
	readonly detail: string;
	/** A copy of what came first on the connection, up to 64 bytes, where already that is no DICOM: a TLS, HTTP or SSH peer. */
	readonly firstBytes?: Uint8Array;
}

export type Decoded =
	| { readonly type: 'P-DATA'; readonly fragment: Fragment }
	| Exclude<Pdu, PDataTf>
	| { readonly type: 'invalid'; readonly fault: Fault };

const FIRST_BYTES = 64;

const NO_BYTES = new Uint8Array(0);

/** Bytes first kept of a PDU whose length is not yet there; what is kept grows with what arrives. */
const BODY_START = 256;

/**
 * Kept from one chunk to the next are an incomplete header (6 bytes) and the beginning of a PDU other than P-DATA-TF (at most 1 MiB).
 * After an `invalid` nothing more is read: where the next PDU would begin is not known.
 */
export class PduDecoder {
	/** The longest P-DATA-TF body that is taken. */
	readonly #longest: number;
	#expects: 'PDU header' | 'PDU body' | 'PDV header' | 'fragment' | 'nothing' = 'PDU header';
	#isFirst = true;
	/** Of a PDU or of a PDV, as far as it has come. Both are 6 bytes long. */
	readonly #header = new Uint8Array(PDU_HEADER_LENGTH);
	#headerLength = 0;
	/** A PDU other than P-DATA-TF, header included: what it will be long, and what has come. */
	#pduLength = 0;
	#pdu = NO_BYTES;
	#arrived = 0;
	/** Of a P-DATA-TF: bytes after the present PDV, and of it. */
	#laterLength = 0;
	#fragmentLength = 0;
	#contextId = 0;
	#isCommand = false;
	#isLast = false;

	/** @param maximumLength the longest P-DATA-TF body that we announced (51H), in bytes; 0 for no limit. One of 1 MiB is borne anyway. */
	constructor(maximumLength: number) {
		this.#longest =
			maximumLength === 0 ? MAX_UNLIMITED_P_DATA_LENGTH : Math.max(maximumLength, TOLERATED_P_DATA_LENGTH);
	}

	/** A PDU has begun, its header at least in part, and has not come whole. */
	get isMidPdu(): boolean {
		return this.#expects === 'PDU header' ? this.#headerLength > 0 : this.#expects !== 'nothing';
	}

	/** Never throws. Fragments in the result are views of `chunk`; everything else is in memory of its own. */
	push(chunk: Uint8Array): Decoded[] {
		const decoded: Decoded[] = [];
		let at = 0;
		try {
			while (at < chunk.length && this.#expects !== 'nothing') {
				switch (this.#expects) {
					case 'fragment':
						at = this.#takeFragment(chunk, at, decoded);
						break;
					case 'PDU body':
						at = this.#takeBody(chunk, at, decoded);
						break;
					default:
						at = this.#takeHeader(chunk, at);
						if (this.#headerLength === PDU_HEADER_LENGTH) {
							this.#headerLength = 0;
							if (this.#expects === 'PDV header') this.#beginPdv(decoded);
							else this.#beginPdu();
						}
				}
			}
		} catch (error) {
			if (!(error instanceof PduError)) throw error;
			decoded.push({ type: 'invalid', fault: this.#fault(error, chunk, at) });
			this.#expects = 'nothing';
			this.#pdu = NO_BYTES;
		}
		return decoded;
	}

	#takeHeader(chunk: Uint8Array, start: number): number {
		let at = start;
		while (this.#headerLength < PDU_HEADER_LENGTH && at < chunk.length) {
			this.#header[this.#headerLength++] = chunk[at++] ?? 0;
		}
		return at;
	}

	/** Everything that can be judged by the header is judged before a byte of the body is kept. */
	#beginPdu(): void {
		const header = new ByteReader('PDU header', this.#header);
		const type = pduTypeOf(header.u8());
		header.skip(1);
		const length = header.u32();
		switch (type) {
			case 'P-DATA-TF':
				requireLength(type, length, PDV_HEADER_LENGTH, this.#longest);
				this.#laterLength = length;
				this.#expects = 'PDV header';
				break;
			case 'A-ASSOCIATE-RQ':
			case 'A-ASSOCIATE-AC':
				requireLength(type, length, ASSOCIATE_FIXED_LENGTH, MAX_ASSOCIATE_LENGTH);
				this.#beginBody(length);
				break;
			default:
				requireLength(type, length, 4, 4);
				this.#beginBody(length);
		}
		this.#isFirst = false;
	}

	#beginBody(length: number): void {
		this.#pduLength = PDU_HEADER_LENGTH + length;
		this.#pdu = new Uint8Array(Math.min(this.#pduLength, BODY_START));
		this.#pdu.set(this.#header);
		this.#arrived = PDU_HEADER_LENGTH;
		this.#expects = 'PDU body';
	}

	#takeBody(chunk: Uint8Array, at: number, decoded: Decoded[]): number {
		const end = Math.min(chunk.length, at + this.#pduLength - this.#arrived);
		const arrived = this.#arrived + end - at;
		if (arrived > this.#pdu.length) {
			const larger = new Uint8Array(Math.min(this.#pduLength, Math.max(arrived, 2 * this.#pdu.length)));
			larger.set(this.#pdu);
			this.#pdu = larger;
		}
		this.#pdu.set(chunk.subarray(at, end), this.#arrived);
		this.#arrived = arrived;
		if (arrived === this.#pduLength) {
			const pdu = decodePdu(this.#pdu);
			this.#pdu = NO_BYTES;
			this.#expects = 'PDU header';
			// P-DATA-TF takes the other way, see beginPdu.
			if (pdu.type !== 'P-DATA-TF') decoded.push(pdu);
		}
		return end;
	}

	#beginPdv(decoded: Decoded[]): void {
		const { contextId, isCommand, isLast, fragmentLength } = readPdvHeader(
			new ByteReader('PDV header', this.#header),
			this.#laterLength,
		);
		this.#laterLength -= PDV_HEADER_LENGTH + fragmentLength;
		this.#fragmentLength = fragmentLength;
		this.#contextId = contextId;
		this.#isCommand = isCommand;
		this.#isLast = isLast;
		if (fragmentLength > 0) this.#expects = 'fragment';
		else this.#endPdv(NO_BYTES, decoded);
	}

	#takeFragment(chunk: Uint8Array, at: number, decoded: Decoded[]): number {
		const left = chunk.length - at;
		if (left < this.#fragmentLength) {
			this.#fragmentLength -= left;
			decoded.push(this.#fragment(chunk.subarray(at), false));
			return chunk.length;
		}
		const end = at + this.#fragmentLength;
		this.#endPdv(chunk.subarray(at, end), decoded);
		return end;
	}

	#endPdv(bytes: Uint8Array, decoded: Decoded[]): void {
		decoded.push(this.#fragment(bytes, this.#isLast));
		this.#expects = this.#laterLength > 0 ? 'PDV header' : 'PDU header';
	}

	#fragment(bytes: Uint8Array, isLast: boolean): Decoded {
		return {
			type: 'P-DATA',
			fragment: { contextId: this.#contextId, isCommand: this.#isCommand, isLast, bytes },
		};
	}

	/** `firstBytes` only where no PDU has begun: later bytes may be a passcode or patient data, which no log should hold. */
	#fault(error: PduError, chunk: Uint8Array, at: number): Fault {
		const { reason, message: detail } = error;
		if (!this.#isFirst) return { reason, detail };
		const following = chunk.subarray(at, at + FIRST_BYTES - PDU_HEADER_LENGTH);
		const firstBytes = new Uint8Array(PDU_HEADER_LENGTH + following.length);
		firstBytes.set(this.#header);
		firstBytes.set(following, PDU_HEADER_LENGTH);
		return { reason, detail, firstBytes };
	}
}

const requireLength = (type: Pdu['type'], length: number, least: number, most: number): void => {
	if (length < least) throw invalidValue(`${type} of length ${length}, less than ${least}`);
	if (length > most) throw invalidValue(`${type} of length ${length}, more than ${most}`);
};
