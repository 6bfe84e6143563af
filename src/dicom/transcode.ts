/** Datasets from one uncompressed transfer syntax into another (PS3.5 Annex A), private elements and all. */
import { DicomError } from '../errors.ts';
import { ByteWriter } from './byte-writer.ts';
import type { Decoded } from './decode.ts';
import { decodeDataset } from './decode.ts';
import type { Layout } from './element-header.ts';
import { knownVr, UNDEFINED_LENGTH } from './element-header.ts';
import { ElementWalk } from './element-walk.ts';
import { encodeDataset } from './encode.ts';
import { TAG } from './tags.ts';
import type { TransferSyntax } from './transfer-syntaxes.ts';
import { transferSyntax } from './transfer-syntaxes.ts';
import { swapInPlace } from './values.ts';
import type { VrProperties } from './vr.ts';
import { VRS } from './vr.ts';

/** A deflated dataset that inflates to more is not transcoded. */
const MAX_INFLATED_BYTES = 1024 * 1024 * 1024;

const usage = (message: string): DicomError => new DicomError({ blame: 'usage', message });

const uncompressed = (uid: string): TransferSyntax => {
	const syntax = transferSyntax(uid);
	if (syntax === undefined || syntax.encapsulated) {
		throw usage(
			`${syntax?.name ?? uid} is not among the uncompressed transfer syntaxes, and pixel data is not converted`,
		);
	}
	return syntax;
};

/** Whether `transcode` can go from the one to the other. */
export const isTranscodable = (fromUid: string, toUid: string): boolean =>
	[fromUid, toUid].every((uid) => transferSyntax(uid)?.encapsulated === false);

const checked = (decoded: Decoded): Decoded => {
	if (decoded.complete) return decoded;
	throw usage(`the dataset is damaged, it cannot be put into another transfer syntax: ${decoded.problems.join('; ')}`);
};

/**
 * The dataset in another transfer syntax, in one piece: needs about three times its size in memory. Values stay byte for
 * byte but for their order; text is not touched; group lengths are left out. Larger instances: `DatasetTranscoder`.
 *
 * @throws DicomError of usage for a transfer syntax that is not uncompressed, or a dataset that cannot be read to its end
 */
export const transcode = (bytes: Uint8Array, fromUid: string, toUid: string): Uint8Array => {
	uncompressed(fromUid);
	uncompressed(toUid);
	const options = { keepUnknown: true, maxInflatedBytes: MAX_INFLATED_BYTES };
	return encodeDataset(checked(decodeDataset(bytes, fromUid, options)).dataset, toUid);
};

/** Values that are longer flow through, others are collected with the elements around them. */
const LONG_VALUE_BYTES = 64 * 1024;

/**
 * `transcode` for a dataset that comes in pieces and is too large to hold. Collects elements up to a long value (Pixel Data),
 * which then flows through. Memory: all elements before, between and behind the long values, and of sequences every one as a
 * whole. Not for deflated datasets.
 *
 * What `push` and `end` give is to be sent in that order; it holds none of the bytes pushed. Both throw a DicomError of usage
 * where the dataset cannot be read.
 */
export class DatasetTranscoder {
	readonly #fromUid: string;
	readonly #toUid: string;
	readonly #to: Layout;
	readonly #walk: ElementWalk;
	#collected = new ByteWriter();
	/** The long value that is flowing through. */
	#flow: { readonly unit: VrProperties['unit']; readonly padding: number | undefined } | undefined;
	/** The beginning of a number of the long value that was cut. */
	#carry: Uint8Array = new Uint8Array(0);
	/** (0028,0103), which decides the VR of elements behind a long value too. */
	#pixelRepresentation = 0;

	constructor(fromUid: string, toUid: string) {
		const from = uncompressed(fromUid);
		const to = uncompressed(toUid);
		if (from.deflated || to.deflated) throw usage('a deflated dataset is transcoded in one piece only');
		this.#fromUid = fromUid;
		this.#toUid = toUid;
		this.#to = { explicit: to.explicit, littleEndian: !to.bigEndian };
		this.#walk = new ElementWalk({ explicit: from.explicit, littleEndian: !from.bigEndian });
	}

	push(bytes: Uint8Array): Uint8Array {
		const walk = this.#walk;
		const base = walk.position;
		const output = new ByteWriter();
		for (;;) {
			const from = walk.position - base;
			const step = walk.next(bytes, from);
			const passed = bytes.subarray(from, walk.position - base);
			if (this.#flow === undefined) this.#collected.raw(passed);
			else this.#pour(passed, output);
			if (step === 'more') return output.bytes;
			if (step === 'lost') throw usage('the dataset is damaged: an element has no end');
			if (step === 'element' && walk.length !== UNDEFINED_LENGTH && walk.length > LONG_VALUE_BYTES) {
				this.#beginFlow(output);
			} else if (step === 'end' && this.#flow !== undefined) this.#endFlow(output);
		}
	}

	/** What is left to be sent, when all has been pushed. */
	end(): Uint8Array {
		if (this.#flow !== undefined) throw usage('the dataset is damaged: it ends inside its longest value');
		const output = new ByteWriter();
		this.#release(output, this.#collected.length);
		return output.bytes;
	}

	/** Sends what has been collected, but for the bytes behind `length`. */
	#release(output: ByteWriter, length: number): void {
		const options = { keepUnknown: true, pixelRepresentation: this.#pixelRepresentation };
		const { dataset } = checked(decodeDataset(this.#collected.bytes.slice(0, length), this.#fromUid, options));
		const signedness = dataset[TAG.PixelRepresentation]?.Value[0];
		if (typeof signedness === 'number') this.#pixelRepresentation = signedness;
		output.raw(encodeDataset(dataset, this.#toUid));
		this.#collected = new ByteWriter();
	}

	#beginFlow(output: ByteWriter): void {
		const { tag, length, headerLength, layout } = this.#walk;
		const vr = this.#walk.vr ?? knownVr(tag, this.#pixelRepresentation);
		// A sequence changes its length with its headers: it is collected.
		if (vr === VRS.SQ || (vr === VRS.UN && knownVr(tag, 0) === VRS.SQ)) return;
		this.#release(output, this.#collected.length - headerLength);
		const isLong = vr.longLength || !this.#to.explicit || length <= 0xfffe;
		output.elementHeader(tag, isLong ? vr : VRS.UN, this.#to);
		output.setLength(output.length, length + (length % 2), this.#to.littleEndian);
		const isSwapped = layout.littleEndian !== this.#to.littleEndian && isLong && vr !== VRS.UN;
		this.#flow = { unit: isSwapped ? vr.unit : 1, padding: length % 2 === 1 ? vr.padding : undefined };
	}

	#pour(bytes: Uint8Array, output: ByteWriter): void {
		const unit = this.#flow?.unit ?? 1;
		if (unit === 1) {
			output.raw(bytes);
			return;
		}
		const all = new ByteWriter();
		all.raw(this.#carry);
		all.raw(bytes);
		const whole = all.length - (all.length % unit);
		swapInPlace(output.copyOf(all.bytes.subarray(0, whole)), unit);
		this.#carry = all.bytes.slice(whole);
	}

	#endFlow(output: ByteWriter): void {
		output.raw(this.#carry);
		this.#carry = new Uint8Array(0);
		if (this.#flow?.padding !== undefined) output.uint8(this.#flow.padding);
		this.#flow = undefined;
	}
}
