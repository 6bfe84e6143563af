/** Bytes to datasets (PS3.5 7): lenient with what ends too soon, strict about what a container says of its length. */
import type { Dataset, Element } from './dataset.ts';
import type { Layout } from './element-header.ts';
import { ElementHeader, IMPLICIT_LAYOUT, knownVr, shownLayout, UNDEFINED_LENGTH } from './element-header.ts';
import { inflated } from './inflate.ts';
import { EncapsulatedElement, EncodedElement } from './received-element.ts';
import { ITEM, ITEM_DELIMITATION, printedTag, SEQUENCE_DELIMITATION, tagNumber, tagText } from './tags.ts';
import { layoutOf } from './transfer-syntaxes.ts';
import type { Scope } from './values.ts';
import { readTexts, Source } from './values.ts';
import type { VrProperties } from './vr.ts';
import { VRS } from './vr.ts';

/** Sequences inside sequences, as DCMTK's limit. */
export const MAX_NESTING = 64;
const MAX_ELEMENTS = 1_000_000;
const MAX_INFLATED_BYTES = 64 * 1024 * 1024;
const MAX_PROBLEMS = 100;

export interface DecodeOptions {
	/** Stop before the first element of the dataset (not of an item) with this tag or a higher one. */
	readonly untilTag?: string;
	/** Of a deflated dataset no more than this is inflated; 64 MiB unless said. */
	readonly maxInflatedBytes?: number;
	/** Terms to read all text in, whatever (0008,0005) says. */
	readonly characterSet?: readonly string[];
	/** Elements and items, nested ones included; 1,000,000 unless said. */
	readonly maxElements?: number;
	/** Leave UN as it is where the dictionary knows the element's VR. Sequences are read all the same. */
	readonly keepUnknown?: boolean;
	/** (0028,0103) of a dataset that these bytes are a later part of. */
	readonly pixelRepresentation?: number;
}

export interface Decoded {
	readonly dataset: Dataset;
	/** What was wrong, in sentences without values: at most 100. */
	readonly problems: readonly string[];
	/** The bytes end in the middle of something. What stands before it is in the dataset, what was cut is not. */
	readonly truncated: boolean;
	/** Everything that the bytes say is in the dataset; there may be problems all the same (odd lengths, say). */
	readonly complete: boolean;
	/** The first of the problems that leave something out; undefined where the dataset is complete. */
	readonly loss: string | undefined;
	/** Where reading ended, in the inflated bytes if they were deflated: of the element `untilTag` stopped at, or the end. */
	readonly endOffset: number;
}

/**
 * Never throws, whatever the bytes are. The dataset holds views of `bytes` (of its own copy if they were deflated): they
 * must not change while it is in use. An unknown transfer syntax is read as explicit little endian.
 */
export const decodeDataset = (bytes: Uint8Array, transferSyntaxUid: string, options: DecodeOptions = {}): Decoded => {
	const syntax = layoutOf(transferSyntaxUid);
	if (!syntax.deflated) return new Decoder(bytes, options).decode(syntax.explicit, !syntax.bigEndian);
	const result = inflated(bytes, options.maxInflatedBytes ?? MAX_INFLATED_BYTES);
	const decoder = new Decoder(result.bytes, options);
	if (result.problem !== undefined) decoder.lose(result.problem);
	return decoder.decode(syntax.explicit, !syntax.bigEndian);
};

/** A stretch of bytes that holds elements or items. */
interface Container {
	readonly end: number;
	/** Ends by a delimiter, not by its length. */
	readonly isDelimited: boolean;
	/** `end` is only where the bytes stop: going beyond it is a cut, not a lie about a length. */
	readonly isOpen: boolean;
}

/** What (0008,0005) and (0028,0103) say for a dataset, in whatever order they come, or else for the one around it. */
class DatasetScope implements Scope {
	pixelRepresentation: number;
	/** The terms of (0008,0005) in this dataset, undefined where it has none. */
	ownTerms: readonly string[] | undefined = undefined;
	readonly #outer: Scope | undefined;
	readonly #override: readonly string[] | undefined;

	constructor(outer: Scope | undefined, override: readonly string[] | undefined, pixelRepresentation: number) {
		this.#outer = outer;
		this.#override = override;
		this.pixelRepresentation = pixelRepresentation;
	}

	get declaredTerms(): readonly string[] {
		return this.ownTerms ?? this.#outer?.declaredTerms ?? NO_TERMS;
	}

	get terms(): readonly string[] {
		return this.#override ?? this.declaredTerms;
	}
}

const NO_TERMS: readonly string[] = [];
const DEFAULT_SCOPE: Scope = { terms: NO_TERMS, declaredTerms: NO_TERMS };

class Decoder {
	readonly #source: Source;
	readonly #untilTag: number;
	readonly #override: readonly string[] | undefined;
	readonly #keepUnknown: boolean;
	readonly #header = new ElementHeader();
	readonly #problems: string[] = [];
	readonly #scope: DatasetScope;
	#elementsLeft: number;
	#truncated = false;
	#loss: string | undefined;
	/** Set where nothing that follows can be made sense of: everything returns. */
	#halted = false;

	constructor(bytes: Uint8Array, options: DecodeOptions) {
		this.#source = new Source(bytes);
		const until = options.untilTag === undefined ? -1 : tagNumber(options.untilTag);
		this.#untilTag = until < 0 ? Number.POSITIVE_INFINITY : until;
		this.#override = options.characterSet;
		this.#scope = new DatasetScope(undefined, options.characterSet, options.pixelRepresentation ?? 0);
		this.#elementsLeft = options.maxElements ?? MAX_ELEMENTS;
		this.#keepUnknown = options.keepUnknown ?? false;
	}

	decode(explicit: boolean, littleEndian: boolean): Decoded {
		const declared: Layout = { explicit, littleEndian };
		const layout = shownLayout(this.#source.view, declared);
		if (layout !== declared) {
			this.#note(`the dataset is in ${layout.explicit ? 'explicit' : 'implicit'} VR, not as its transfer syntax says`);
		}
		const dataset: Record<string, Element> = {};
		const container: Container = { end: this.#source.bytes.length, isDelimited: false, isOpen: true };
		const endOffset = this.#readElements(dataset, 0, container, layout, this.#scope, 0);
		return {
			dataset,
			problems: this.#problems,
			truncated: this.#truncated,
			complete: this.#loss === undefined,
			loss: this.#loss,
			endOffset,
		};
	}

	/** Notes a problem that leaves something out of the dataset. */
	lose(problem: string): void {
		this.#loss ??= problem;
		this.#note(problem);
	}

	#note(problem: string): void {
		if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
	}

	#cut(problem: string): void {
		this.#truncated = true;
		this.lose(problem);
	}

	/** False when there have been too many elements, after which nothing is read. */
	#count(): boolean {
		if (--this.#elementsLeft >= 0) return true;
		this.#halted = true;
		this.lose('too many elements');
		return false;
	}

	/** Reads elements into `dataset` up to the end of their container; the offset behind it. */
	#readElements(
		dataset: Record<string, Element>,
		start: number,
		container: Container,
		layout: Layout,
		scope: DatasetScope,
		depth: number,
	): number {
		const header = this.#header;
		const source = this.#source;
		const { end } = container;
		let offset = start;
		let previousTag = -1;
		while (offset < end) {
			if (end - offset < 8 || !header.read(source.view, offset, end, layout)) {
				return this.#cutShort(container, offset, 'an element header');
			}
			const { tag, valueStart, length } = header;
			if (tag >= 0xfffe0000) {
				if (container.isDelimited && tag === ITEM_DELIMITATION) return offset + 8;
				if (container.isDelimited && (tag === SEQUENCE_DELIMITATION || tag === ITEM)) {
					this.#note('an item has no delimiter');
					return offset;
				}
				if (length !== 0 || tag === ITEM) {
					this.lose(`${printedTag(tag)} stands where no item is open`);
					return end;
				}
				this.#note(`${printedTag(tag)} stands where no item is open`);
				offset += 8;
				continue;
			}
			if (depth === 0 && tag >= this.#untilTag) return offset;
			if (!this.#count()) return end;
			const key = tagText(tag);
			if (tag <= previousTag) this.#noteOrder(tag, Object.hasOwn(dataset, key));
			previousTag = tag;
			const vr = this.#vrOf(tag, header.vr, length, valueStart, scope);
			// Inside of UN all is implicit little endian (PS3.5 6.2.2).
			const isUnknown = header.vr === VRS.UN && header.strangeVr === '';
			if (header.strangeVr !== '') this.#note(`${printedTag(tag)} has no VR that exists`);
			if (vr === VRS.SQ) {
				const inner = isUnknown ? IMPLICIT_LAYOUT : layout;
				const value = this.#within(valueStart, length, container, tag);
				if (value === undefined) return end;
				if (depth >= MAX_NESTING) {
					// It is passed over where its length is known. Without one there is no way to its end but through it.
					if (value.isDelimited) this.#halted = true;
					this.lose(`sequences are nested more than ${MAX_NESTING} deep`);
					offset = value.end;
					continue;
				}
				const items: Dataset[] = [];
				dataset[key] = { vr: 'SQ', Value: items };
				if (tag === 0x00080005) scope.ownTerms = NO_TERMS;
				offset = this.#readItems(items, valueStart, value, inner, scope, depth + 1);
				if (this.#halted) return end;
				continue;
			}
			if (length === UNDEFINED_LENGTH) {
				if (vr.kind !== 'bytes' || !layout.littleEndian) {
					this.lose(`${printedTag(tag)} ${vr.vr} has an undefined length`);
					return end;
				}
				const fragmentsEnd = this.#endOfFragments(valueStart, container, layout);
				dataset[key] = new EncapsulatedElement(vr.vr, source, valueStart, fragmentsEnd);
				if (tag === 0x00080005) scope.ownTerms = NO_TERMS;
				if (this.#halted) return end;
				offset = this.#behindDelimiter(fragmentsEnd, end);
				continue;
			}
			const valueEnd = valueStart + length;
			if (valueEnd > end) {
				if (container.isOpen) this.#cut(`${printedTag(tag)} is cut after ${end - valueStart} of ${length} bytes`);
				else this.lose(`${printedTag(tag)} goes beyond the end of its item`);
				return end;
			}
			if (length % 2 === 1) this.#note(`${printedTag(tag)} has an odd length, ${length}`);
			const isLittle = layout.littleEndian || isUnknown;
			dataset[key] = new EncodedElement(vr.vr, source, valueStart, valueEnd, isLittle, scope);
			if (tag === 0x00080005) scope.ownTerms = readTexts(source, valueStart, valueEnd, VRS.CS, DEFAULT_SCOPE);
			else if (tag === 0x00280103 && length >= 2) {
				scope.pixelRepresentation = source.view.getUint16(valueStart, isLittle);
			}
			offset = valueEnd;
		}
		if (container.isDelimited && !this.#halted) this.#cutShort(container, end, 'an item');
		return end;
	}

	/** The VR an element is read as, whatever stands in it. */
	#vrOf(
		tag: number,
		said: VrProperties | undefined,
		length: number,
		valueStart: number,
		scope: DatasetScope,
	): VrProperties {
		if (said !== undefined && said !== VRS.UN) return said;
		const known = knownVr(tag, scope.pixelRepresentation);
		if (length === UNDEFINED_LENGTH) {
			// Undefined lengths are for sequences and Pixel Data; in UN always a sequence (PS3.5 6.2.2).
			return said === undefined && known.kind === 'bytes' && known !== VRS.UN ? VRS.OB : VRS.SQ;
		}
		if (said === undefined) return known;
		if (known === VRS.SQ) return length === 0 || this.#isItemAt(valueStart) ? known : VRS.UN;
		return this.#keepUnknown ? VRS.UN : known;
	}

	#isItemAt(offset: number): boolean {
		const { bytes, view } = this.#source;
		return offset + 4 <= bytes.length && view.getUint32(offset, true) === 0xe000fffe;
	}

	/** The container that a sequence of this length is, or undefined where its own has no room for it. */
	#within(start: number, length: number, outer: Container, tag: number): Container | undefined {
		if (length === UNDEFINED_LENGTH) return { end: outer.end, isDelimited: true, isOpen: outer.isOpen };
		const end = start + length;
		if (end <= outer.end) return { end, isDelimited: false, isOpen: false };
		if (!outer.isOpen) {
			this.lose(`${printedTag(tag)} goes beyond the end of its ${tag === ITEM ? 'sequence' : 'item'}`);
			return undefined;
		}
		this.#cut(`${printedTag(tag)} is cut after ${outer.end - start} of ${length} bytes`);
		return { end: outer.end, isDelimited: false, isOpen: true };
	}

	/** Reads the items of a sequence; the offset behind it. */
	#readItems(
		items: Dataset[],
		start: number,
		container: Container,
		layout: Layout,
		outerScope: DatasetScope,
		depth: number,
	): number {
		const { view } = this.#source;
		const { end } = container;
		let offset = start;
		while (offset < end) {
			if (end - offset < 8) return this.#cutShort(container, offset, 'an item header');
			const group = view.getUint16(offset, layout.littleEndian);
			const tag = group * 0x10000 + view.getUint16(offset + 2, layout.littleEndian);
			const length = view.getUint32(offset + 4, layout.littleEndian);
			if (tag === SEQUENCE_DELIMITATION && container.isDelimited) return offset + 8;
			if (tag !== ITEM) {
				if (tag === SEQUENCE_DELIMITATION && offset + 8 === end) {
					this.#note('a sequence has both a length and a delimiter');
					return end;
				}
				this.lose(`${printedTag(tag)} stands where an item should`);
				return container.isDelimited ? offset : end;
			}
			if (!this.#count()) return end;
			const value = this.#within(offset + 8, length, container, ITEM);
			if (value === undefined) return end;
			const item: Record<string, Element> = {};
			const scope = new DatasetScope(outerScope, this.#override, outerScope.pixelRepresentation);
			items.push(item);
			offset = this.#readElements(item, offset + 8, value, layout, scope, depth);
			if (this.#halted) return end;
		}
		if (container.isDelimited) this.#cutShort(container, end, 'a sequence');
		return end;
	}

	/** Notes that a container ends inside of something; the offset behind it. */
	#cutShort(container: Container, offset: number, what: string): number {
		if (!container.isOpen) this.lose(`${what} goes beyond what it stands in`);
		else if (!this.#truncated) this.#cut(`the bytes end inside ${what}, at ${offset}`);
		return container.end;
	}

	#behindDelimiter(offset: number, end: number): number {
		const isThere = end - offset >= 8 && this.#source.view.getUint32(offset, true) === 0xe0ddfffe;
		return isThere ? offset + 8 : offset;
	}

	/** Where the fragments of encapsulated Pixel Data end: at their delimiter, or at the first thing that is no item. */
	#endOfFragments(start: number, container: Container, layout: Layout): number {
		const { view } = this.#source;
		let offset = start;
		while (container.end - offset >= 8) {
			const group = view.getUint16(offset, layout.littleEndian);
			const tag = group * 0x10000 + view.getUint16(offset + 2, layout.littleEndian);
			const length = view.getUint32(offset + 4, layout.littleEndian);
			if (tag === SEQUENCE_DELIMITATION) return offset;
			if (tag !== ITEM) {
				this.lose(`${printedTag(tag)} stands where a fragment should`);
				return offset;
			}
			if (length > container.end - offset - 8) break;
			offset += 8 + length;
		}
		// What is left of a fragment that was cut is not one: the rest of the container goes with it.
		this.#cutShort(container, offset, 'a fragment');
		this.#halted = true;
		return offset;
	}

	#noteOrder(tag: number, isTwice: boolean): void {
		if (isTwice) this.lose(`${printedTag(tag)} appears twice; the last one counts`);
		else this.#note(`${printedTag(tag)} is not in ascending order`);
	}
}
