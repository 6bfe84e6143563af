/** Elements that came from bytes: a stretch of them, made into values when asked (PS3.5 7.1). */
import type { Element, ReceivedElement, Value } from './dataset.ts';
import { personName, personNameText } from './dataset.ts';
import type { Scope, Source } from './values.ts';
import { byteSwapped, readNumbers, readTags, readTexts, textValue } from './values.ts';
import type { Vr, VrProperties } from './vr.ts';
import { VRS } from './vr.ts';

/** Anything but sequences and encapsulated Pixel Data. Holds the bytes it came from, not a copy. */
export class EncodedElement implements ReceivedElement {
	readonly vr: Vr;
	readonly #source: Source;
	readonly #start: number;
	readonly #end: number;
	readonly #isLittle: boolean;
	readonly #scope: Scope;
	#values: readonly Value[] | undefined;

	constructor(vr: Vr, source: Source, start: number, end: number, isLittle: boolean, scope: Scope) {
		this.vr = vr;
		this.#source = source;
		this.#start = start;
		this.#end = end;
		this.#isLittle = isLittle;
		this.#scope = scope;
	}

	get Value(): readonly Value[] {
		this.#values ??= this.#decoded();
		return this.#values;
	}

	/** The value field as it came, padding and byte order included: a view. */
	get bytes(): Uint8Array {
		return this.#source.bytes.subarray(this.#start, this.#end);
	}

	get byteLength(): number {
		return this.#end - this.#start;
	}

	get isLittleEndian(): boolean {
		return this.#isLittle;
	}

	get scope(): Scope {
		return this.#scope;
	}

	texts(): readonly string[] {
		const properties = VRS[this.vr];
		switch (properties.kind) {
			case 'text': {
				const texts = readTexts(this.#source, this.#start, this.#end, properties, this.#scope);
				// Empty groups at the end of a name say nothing.
				return this.vr === 'PN' ? texts.map(withoutEmptyGroups) : texts;
			}
			case 'number':
			case 'tag':
				return this.Value.map(String);
			default:
				return [];
		}
	}

	readIn(terms: readonly string[]): EncodedElement {
		const scope = { terms, declaredTerms: this.#scope.declaredTerms };
		return new EncodedElement(this.vr, this.#source, this.#start, this.#end, this.#isLittle, scope);
	}

	#decoded(): readonly Value[] {
		const properties = VRS[this.vr];
		if (this.#start === this.#end) return [];
		switch (properties.kind) {
			case 'text': {
				const texts = readTexts(this.#source, this.#start, this.#end, properties, this.#scope);
				// Most are one text that is its own value: the array serves as it is.
				if (texts.length === 1 && this.vr !== 'PN' && this.vr !== 'DS' && this.vr !== 'IS') return texts;
				return texts.map((text) => textValue(text, this.vr));
			}
			case 'number':
				return readNumbers(this.#source, this.#start, this.#end, properties, this.#isLittle);
			case 'tag':
				return readTags(this.#source, this.#start, this.#end, this.#isLittle);
			default:
				return [this.#littleEndianBytes(properties)];
		}
	}

	#littleEndianBytes(properties: VrProperties): Uint8Array {
		return this.#isLittle ? this.bytes : byteSwapped(this.bytes, properties.unit);
	}
}

const withoutEmptyGroups = (text: string): string => (text.endsWith('=') ? personNameText(personName(text)) : text);

/**
 * Pixel Data of undefined length: items of compressed bytes, the first the Basic Offset Table (PS3.5 A.4). Holds them as
 * they came, item headers included and the closing delimiter not.
 */
export class EncapsulatedElement implements Element {
	readonly vr: Vr;
	readonly #source: Source;
	readonly #start: number;
	readonly #end: number;
	#values: readonly Uint8Array[] | undefined;

	constructor(vr: Vr, source: Source, start: number, end: number) {
		this.vr = vr;
		this.#source = source;
		this.#start = start;
		this.#end = end;
	}

	get Value(): readonly Uint8Array[] {
		this.#values ??= this.#fragments();
		return this.#values;
	}

	/** All items with their headers, always little endian: a view. */
	get bytes(): Uint8Array {
		return this.#source.bytes.subarray(this.#start, this.#end);
	}

	#fragments(): Uint8Array[] {
		const fragments: Uint8Array[] = [];
		let offset = this.#start;
		while (offset + 8 <= this.#end) {
			const length = this.#source.view.getUint32(offset + 4, true);
			fragments.push(this.#source.bytes.subarray(offset + 8, offset + 8 + length));
			offset += 8 + length;
		}
		return fragments;
	}
}
