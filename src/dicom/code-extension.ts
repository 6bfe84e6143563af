/** Text in single-byte sets and under code extension: ISO 2022 as PS3.5 6.1.2.4 and 6.1.2.5 restrict it. */
import type { GraphicSet } from './graphic-sets.ts';
import { ASCII, designationAt } from './graphic-sets.ts';
import type { Vr } from './vr.ts';
import { VRS } from './vr.ts';

/** What the terms of (0008,0005) come to. */
export interface Repertoire {
	/** In use at the beginning and behind each delimiter. */
	readonly g0: GraphicSet;
	readonly g1: GraphicSet | undefined;
	/** Read where nothing was designated and `g1` is missing: no standard text needs it. */
	readonly assumedG1: GraphicSet | undefined;
	/** Those that escape sequences may designate when writing, in order of preference. */
	readonly designated: readonly GraphicSet[];
}

const ESC = 0x1b;
const BACKSLASH = 0x5c;
const REPLACEMENT = '\ufffd';

/**
 * What brings back the sets of the beginning: control characters, backslashes between values, and in names the parts'
 * delimiters (PS3.5 6.1.2.5.3). As bytes and as code points the same.
 */
const isDelimiter = (code: number, vr: Vr): boolean => {
	if (code < 0x20) return code !== ESC;
	if (code === BACKSLASH) return VRS[vr].multiple;
	return vr === 'PN' && (code === 0x5e || code === 0x3d);
};

const isOfG0 = (byte: number): boolean => byte >= 0x21 && byte <= 0x7e;

/** Never throws: what is not in the sets is U+FFFD. Escape sequences count whether the terms announced their sets or not. */
export const decodeExtended = (bytes: Uint8Array, repertoire: Repertoire, vr: Vr): string => {
	const firstG1 = repertoire.g1 ?? repertoire.assumedG1;
	let g0 = repertoire.g0;
	let g1 = firstG1;
	let text = '';
	let offset = 0;
	while (offset < bytes.length) {
		const byte = bytes[offset] ?? 0;
		if (byte === ESC) {
			const designation = designationAt(bytes, offset + 1);
			if (designation === undefined) {
				text += REPLACEMENT;
				offset++;
				continue;
			}
			if (designation.set.half === 'G0') g0 = designation.set;
			else g1 = designation.set;
			offset += 1 + designation.designator.length;
			continue;
		}
		const set: GraphicSet | undefined = byte < 0x80 ? g0 : g1;
		if (set?.bytesPerCharacter === 2 && (byte >= 0xa1 || isOfG0(byte))) {
			const second = bytes[offset + 1] ?? 0;
			if (byte < 0x80 ? isOfG0(second) : second >= 0xa1) {
				text += set.character(byte * 0x100 + second) || REPLACEMENT;
				offset += 2;
				continue;
			}
		}
		offset++;
		// Under a two-byte set these bytes are halves of characters, unless there is no other half.
		if (isDelimiter(byte, vr)) {
			g0 = repertoire.g0;
			g1 = firstG1;
			text += String.fromCharCode(byte);
		} else if (byte === 0x20 || byte === 0x7f) text += String.fromCharCode(byte);
		else text += (set?.bytesPerCharacter === 1 ? set.character(byte) : '') || REPLACEMENT;
	}
	return text;
};

/** The bytes being written, and the sets in use there. */
class ExtendedWriter {
	readonly bytes: number[] = [];
	readonly #repertoire: Repertoire;
	#g0: GraphicSet;
	#g1: GraphicSet | undefined;

	constructor(repertoire: Repertoire) {
		this.#repertoire = repertoire;
		this.#g0 = repertoire.g0;
		this.#g1 = repertoire.g1;
	}

	/** Brings back what is in use at the beginning. A second half that was not in use then needs no end. */
	reset(): void {
		const { g0, g1 } = this.#repertoire;
		if (this.#g0 !== g0) this.designate(g0);
		if (g1 !== undefined && this.#g1 !== g1) this.designate(g1);
		this.#g1 = g1;
	}

	designate(set: GraphicSet): void {
		if (set.half === 'G0') this.#g0 = set;
		else this.#g1 = set;
		this.bytes.push(ESC, ...set.designator);
	}

	/** False where no set has the character with a code that is not read as a delimiter, as that of the yen sign is. */
	write(codePoint: number, vr: Vr): boolean {
		const { g0, g1, designated } = this.#repertoire;
		for (const set of [this.#g0, this.#g1, g0, g1, ...designated]) {
			const code = set?.codeOf(codePoint);
			if (set === undefined || code === undefined) continue;
			if (set.bytesPerCharacter === 1 && isDelimiter(code, vr)) continue;
			if (set !== this.#g0 && set !== this.#g1) this.designate(set);
			if (set.bytesPerCharacter === 2) this.bytes.push(code >> 8);
			this.bytes.push(code & 0xff);
			return true;
		}
		return false;
	}

	/** Spaces and control characters, which only single-byte sets stand beside. */
	writeControl(code: number): void {
		if (this.#g0.bytesPerCharacter === 2) this.designate(this.#repertoire.g0);
		this.bytes.push(code);
	}
}

/** Undefined where the text has a character that none of the sets has. */
export const encodeExtended = (text: string, repertoire: Repertoire, vr: Vr): Uint8Array | undefined => {
	const writer = new ExtendedWriter(repertoire);
	for (const character of text) {
		const point = character.codePointAt(0) ?? 0;
		if (isDelimiter(point, vr)) {
			writer.reset();
			writer.bytes.push(point);
		} else if (point === 0x20) writer.writeControl(point);
		// An escape of the text's own would be taken for a designation.
		else if (point === ESC || point === 0x7f || !writer.write(point, vr)) return undefined;
	}
	writer.reset();
	return Uint8Array.from(writer.bytes);
};

/** The repertoire of no term at all (PS3.5 6.1.2.1). */
export const DEFAULT_REPERTOIRE: Repertoire = { g0: ASCII, g1: undefined, assumedG1: undefined, designated: [] };
