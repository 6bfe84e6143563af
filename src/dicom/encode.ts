/** Datasets to bytes (PS3.5 7): tags ascending, even lengths, values checked. */
import { DicomError } from '../errors.ts';
import { ByteWriter } from './byte-writer.ts';
import type { Dataset, Element } from './dataset.ts';
import { isItem, stringsOf } from './dataset.ts';
import { MAX_NESTING } from './decode.ts';
import type { Layout } from './element-header.ts';
import { knownVr, UNDEFINED_LENGTH } from './element-header.ts';
import { deflated } from './inflate.ts';
import { EncapsulatedElement, EncodedElement } from './received-element.ts';
import { ITEM, ITEM_DELIMITATION, SEQUENCE_DELIMITATION, TAG, tagNumber } from './tags.ts';
import { transferSyntax } from './transfer-syntaxes.ts';
import { cannotEncode, writeText, writeValues } from './value-writer.ts';
import { swapInPlace } from './values.ts';
import type { VrProperties } from './vr.ts';
import { isVr, VRS } from './vr.ts';

export interface EncodeOptions {
	/** Write sequences and items with undefined lengths and delimiters, as some peers and most files do. */
	readonly undefinedLengths?: boolean;
}

/**
 * The bytes of a dataset in a transfer syntax. Text is written in the dataset's own (0008,0005), an item's in its own or
 * that of the dataset around it. Elements that came from bytes keep theirs, whatever is in them. Group lengths are left out
 * but in group 0002. Values of a short VR that are longer than 65,534 bytes are written as UN (PS3.5 6.2.2). In a transfer
 * syntax for encapsulated Pixel Data, each value of (7FE0,0010) is written as one fragment, the first of them the Basic
 * Offset Table; to another transfer syntax, encapsulated Pixel Data cannot be written.
 *
 * @throws DicomError of usage, which names the tag, for what cannot be encoded
 */
export const encodeDataset = (dataset: Dataset, transferSyntaxUid: string, options: EncodeOptions = {}): Uint8Array => {
	const syntax = transferSyntax(transferSyntaxUid);
	if (syntax === undefined) {
		throw new DicomError({ blame: 'usage', message: `${transferSyntaxUid} is not a transfer syntax of PS3.6` });
	}
	const layout: Layout = { explicit: syntax.explicit, littleEndian: !syntax.bigEndian };
	const encoder = new Encoder(layout, syntax.encapsulated, options.undefinedLengths ?? false);
	encoder.elements(dataset, [], 0);
	return syntax.deflated ? deflated(encoder.writer.bytes) : encoder.writer.bytes;
};

class Encoder {
	readonly writer = new ByteWriter();
	readonly #layout: Layout;
	readonly #encapsulated: boolean;
	readonly #undefinedLengths: boolean;

	constructor(layout: Layout, encapsulated: boolean, undefinedLengths: boolean) {
		this.#layout = layout;
		this.#encapsulated = encapsulated;
		this.#undefinedLengths = undefinedLengths;
	}

	elements(dataset: Dataset, outerTerms: readonly string[], depth: number): void {
		const terms = dataset[TAG.SpecificCharacterSet] === undefined ? outerTerms : termsOf(dataset);
		for (const key of Object.keys(dataset).sort()) {
			const element = dataset[key];
			const tag = tagNumber(key);
			if (tag < 0 || tag >= 0xfffe0000) {
				throw new DicomError({ blame: 'usage', message: `${JSON.stringify(key)} is not the tag of a data element` });
			}
			if (element === undefined || ((tag & 0xffff) === 0 && tag !== 0x00020000)) continue;
			this.#element(tag, element, terms, depth);
		}
	}

	#element(tag: number, element: Element, terms: readonly string[], depth: number): void {
		const { vr } = element;
		if (!isVr(vr)) throw cannotEncode(tag, String(vr), 'there is no such VR');
		// Elements without Value are what dcmjs and the JSON model have for empty ones.
		if (element.Value === undefined) this.#element(tag, { vr, Value: [] }, terms, depth);
		else if (vr === 'SQ') this.#sequence(tag, element, terms, depth);
		else if (element instanceof EncapsulatedElement || this.#isFragmented(tag, element, depth)) {
			this.#fragments(tag, element);
		} else this.#values(tag, element, VRS[vr], terms);
	}

	#values(tag: number, element: Element, properties: VrProperties, terms: readonly string[]): void {
		const { explicit, littleEndian } = this.#layout;
		const start = this.writer.length;
		const length = this.#field(tag, element, properties, properties, terms, littleEndian);
		if (explicit && !properties.longLength && length > 0xfffe) {
			this.writer.rewind(start);
			this.#field(tag, element, properties, VRS.UN, terms, true);
		}
	}

	/** Pixel Data of our own making in a transfer syntax whose Pixel Data are fragments. */
	#isFragmented(tag: number, element: Element, depth: number): boolean {
		return this.#encapsulated && tag === 0x7fe00010 && depth === 0 && !(element instanceof EncodedElement);
	}

	/** Writes header, value field and padding; the length of the value field. */
	#field(
		tag: number,
		element: Element,
		properties: VrProperties,
		writtenAs: VrProperties,
		terms: readonly string[],
		little: boolean,
	): number {
		const { writer } = this;
		writer.elementHeader(tag, writtenAs, this.#layout);
		const valueStart = writer.length;
		if (element instanceof EncodedElement) this.#received(element, tag, properties, terms, little);
		else writeValues(writer, element, tag, properties, terms, little);
		if ((writer.length - valueStart) % 2 === 1) writer.uint8(properties.padding);
		const isShort = this.#layout.explicit && !writtenAs.longLength;
		writer.closeLength(valueStart, isShort, this.#layout.littleEndian);
		return writer.length - valueStart;
	}

	/** Writes the value field of an element as it came, but where its text stands under another (0008,0005) now. */
	#received(
		element: EncodedElement,
		tag: number,
		properties: VrProperties,
		terms: readonly string[],
		little: boolean,
	): void {
		const { bytes, scope } = element;
		if (properties.kind !== 'text') {
			const copy = this.writer.copyOf(bytes);
			if (little !== element.isLittleEndian) swapInPlace(copy, properties.unit);
			return;
		}
		const isSame =
			!properties.inCharacterSet ||
			isSameTerms(scope.declaredTerms, terms) ||
			isSameTerms(scope.terms, terms) ||
			bytes.every((byte) => byte < 0x80 && byte !== 0x1b);
		if (isSame) this.writer.raw(bytes);
		else writeText(this.writer, element.texts().join('\\'), tag, properties, terms);
	}

	#sequence(tag: number, element: Element, terms: readonly string[], depth: number): void {
		if (depth >= MAX_NESTING) throw cannotEncode(tag, 'SQ', `is nested more than ${MAX_NESTING} deep`);
		const { writer } = this;
		const { littleEndian } = this.#layout;
		// In implicit VR nothing but an undefined length tells a private sequence from bytes.
		const isDelimited =
			(this.#undefinedLengths && element.Value.length > 0) || (!this.#layout.explicit && knownVr(tag, 0) !== VRS.SQ);
		writer.elementHeader(tag, VRS.SQ, this.#layout);
		const valueStart = writer.length;
		for (const item of element.Value) {
			if (!isItem('SQ', item)) throw cannotEncode(tag, 'SQ', 'holds something else than items');
			writer.tag(ITEM, littleEndian);
			writer.uint32(0, littleEndian);
			const itemStart = writer.length;
			this.elements(item, terms, depth + 1);
			this.#close(itemStart, this.#undefinedLengths, ITEM_DELIMITATION);
		}
		this.#close(valueStart, isDelimited, SEQUENCE_DELIMITATION);
	}

	/** Ends a sequence or an item, by its length in front or a delimiter behind. */
	#close(start: number, isDelimited: boolean, delimiter: number): void {
		const { writer } = this;
		const { littleEndian } = this.#layout;
		if (isDelimited) {
			writer.setLength(start, UNDEFINED_LENGTH, littleEndian);
			writer.tag(delimiter, littleEndian);
			writer.uint32(0, littleEndian);
		} else writer.closeLength(start, false, littleEndian);
	}

	#fragments(tag: number, element: Element): void {
		const { writer } = this;
		const { explicit, littleEndian } = this.#layout;
		if (!explicit || !littleEndian) {
			throw cannotEncode(tag, element.vr, 'encapsulated pixel data does not go into this transfer syntax');
		}
		writer.elementHeader(tag, VRS[element.vr], this.#layout);
		writer.setLength(writer.length, UNDEFINED_LENGTH, true);
		if (element instanceof EncapsulatedElement) writer.raw(element.bytes);
		else for (const fragment of element.Value) this.#fragment(tag, element.vr, fragment);
		writer.tag(SEQUENCE_DELIMITATION, true);
		writer.uint32(0, true);
	}

	#fragment(tag: number, vr: string, fragment: unknown): void {
		const { writer } = this;
		if (!(fragment instanceof Uint8Array)) throw cannotEncode(tag, vr, 'has a fragment that is not bytes');
		writer.tag(ITEM, true);
		writer.uint32(fragment.length + (fragment.length % 2), true);
		writer.raw(fragment);
		if (fragment.length % 2 === 1) writer.uint8(0);
	}
}

const termsOf = (dataset: Dataset): readonly string[] => {
	const element = dataset[TAG.SpecificCharacterSet];
	// One that came from bytes means what it meant to the elements that came with it.
	return element instanceof EncodedElement ? element.scope.declaredTerms : stringsOf(dataset, TAG.SpecificCharacterSet);
};

const isSameTerms = (some: readonly string[], others: readonly string[]): boolean =>
	some === others || (some.length === others.length && some.every((term, index) => term === others[index]));
