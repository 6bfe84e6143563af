/** Answers written straight from their rows, where all that was asked has a column: most of what finding many studies costs is saved. */
import { ByteWriter } from '../../dicom/byte-writer.ts';
import type { Layout } from '../../dicom/element-header.ts';
import { TAG, tagNumber } from '../../dicom/tags.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts';
import type { VrProperties } from '../../dicom/vr.ts';
import { VRS } from '../../dicom/vr.ts';
import type { Row } from '../index/sql.ts';

/** An element of every answer: in that column of the row, or always the same. */
export interface AnswerField {
	readonly tag: string;
	readonly vr: keyof typeof VRS;
	readonly column: number;
	/** Where `column` is -1. */
	readonly text: string;
}

interface Field {
	readonly tag: number;
	readonly properties: VrProperties;
	readonly column: number;
	readonly text: string;
}

const LAYOUTS: Readonly<Record<string, Layout>> = {
	[EXPLICIT_LITTLE]: { explicit: true, littleEndian: true },
	[IMPLICIT_LITTLE]: { explicit: false, littleEndian: true },
};

const UTF_8 = 'ISO_IR 192';
const CHARACTER_SET = tagNumber(TAG.SpecificCharacterSet);
const utf8 = new TextEncoder();

/** One for a plan and a transfer syntax. */
export class AnswerEncoder {
	readonly #fields: readonly Field[];
	readonly #terms: string | undefined;
	readonly #layout: Layout;
	readonly #writer = new ByteWriter();

	/**
	 * @param fields in ascending order of their tags, of text VRs or empty
	 * @param terms what (0008,0005) says of answers in ASCII; undefined where it is left out
	 */
	private constructor(fields: readonly AnswerField[], terms: string | undefined, layout: Layout) {
		this.#fields = fields.map(({ tag, vr, column, text }) => ({
			tag: tagNumber(tag),
			properties: VRS[vr],
			column,
			text,
		}));
		this.#terms = terms;
		this.#layout = layout;
	}

	/** Undefined for a transfer syntax that is not one of the two that queries come in. */
	static of(
		fields: readonly AnswerField[],
		terms: readonly string[] | undefined,
		transferSyntaxUid: string,
	): AnswerEncoder | undefined {
		const layout = LAYOUTS[transferSyntaxUid];
		return layout && new AnswerEncoder(fields, terms?.join('\\'), layout);
	}

	/** Undefined where what is in the row needs more thought: a character set of the query's own. */
	encode(row: Row): Uint8Array | undefined {
		if (this.#write(row, this.#terms, false)) return this.#writer.bytes.slice();
		if (this.#terms !== undefined && this.#terms !== UTF_8) return undefined;
		return this.#write(row, UTF_8, true) ? this.#writer.bytes.slice() : undefined;
	}

	/** False where a text is not ASCII and may not be UTF-8. */
	#write(row: Row, terms: string | undefined, isUtf8: boolean): boolean {
		this.#writer.rewind(0);
		let isDeclared = terms === undefined;
		for (const { tag, properties, column, text } of this.#fields) {
			if (!isDeclared && tag > CHARACTER_SET) {
				this.#element(CHARACTER_SET, VRS.CS, terms ?? '', false);
				isDeclared = true;
			}
			const value = column < 0 ? text : String(row[column] ?? '');
			if (!this.#element(tag, properties, value, isUtf8)) return false;
		}
		return true;
	}

	#element(tag: number, properties: VrProperties, text: string, isUtf8: boolean): boolean {
		const writer = this.#writer;
		writer.elementHeader(tag, properties, this.#layout);
		const start = writer.length;
		if (!writer.ascii(text)) {
			if (!isUtf8 || !properties.inCharacterSet) return false;
			writer.raw(utf8.encode(text));
		}
		if ((writer.length - start) % 2 === 1) writer.uint8(properties.padding);
		writer.closeLength(start, this.#layout.explicit && !properties.longLength, true);
		return true;
	}
}
