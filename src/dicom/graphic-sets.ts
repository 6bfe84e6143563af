/** The sets of graphic characters that code extension switches between, and how each is designated (PS3.3 C.12.1.1.2, ISO 2022). */

/** One set, of 94 or 96 characters or of 94 x 94. Codes are those of the half it is used in: 0x21.. in G0, 0xA1.. in G1; both bytes of a pair. */
export interface GraphicSet {
	/** In which half of the code table it is used: G0 is GL, 0x21 to 0x7E, G1 is GR, 0xA0 to 0xFF. */
	readonly half: 'G0' | 'G1';
	readonly bytesPerCharacter: 1 | 2;
	/** Behind the ESC. */
	readonly designator: readonly number[];
	/** The character of a code, '' where the set has none. */
	character(code: number): string;
	/** The code of a code point, undefined where the set has none. */
	codeOf(codePoint: number): number | undefined;
}

const bytesOf = (text: string): readonly number[] => [...text].map((character) => character.charCodeAt(0));

/** The characters of codes, as a decoder of the platform has them; '' for what it does not. Private use is no answer. */
export const decodedBy = (label: string, codes: readonly (readonly number[])[]): readonly string[] => {
	const bytes: number[] = [];
	// Each on its own line, so that a wrong one does not reach into the next.
	for (const code of codes) bytes.push(...code, 0x0a);
	const lines = new TextDecoder(label).decode(Uint8Array.from(bytes)).split('\n');
	return codes.map((_, index) => {
		const line = lines[index] ?? '';
		const point = line.codePointAt(0) ?? 0;
		const isOne = line.length === (point > 0xffff ? 2 : 1);
		return isOne && point >= 0x80 && point !== 0xfffd && !(point >= 0xe000 && point <= 0xf8ff) ? line : '';
	});
};

interface Table {
	readonly characters: ReadonlyMap<number, string>;
	readonly codes: ReadonlyMap<number, number>;
}

/** A set whose table is made when it is first used. */
class TableSet implements GraphicSet {
	readonly half: 'G0' | 'G1';
	readonly bytesPerCharacter: 1 | 2;
	readonly designator: readonly number[];
	readonly #build: () => Table;
	#table: Table | undefined;

	constructor(half: 'G0' | 'G1', bytesPerCharacter: 1 | 2, designator: string, build: () => Table) {
		this.half = half;
		this.bytesPerCharacter = bytesPerCharacter;
		this.designator = bytesOf(designator);
		this.#build = build;
	}

	character(code: number): string {
		this.#table ??= this.#build();
		return this.#table.characters.get(code) ?? '';
	}

	codeOf(codePoint: number): number | undefined {
		this.#table ??= this.#build();
		return this.#table.codes.get(codePoint);
	}
}

/** A set that is ASCII but for a few characters. */
const roman = (designator: string, different: Readonly<Record<number, string>>): GraphicSet =>
	new TableSet('G0', 1, designator, () => {
		const characters = new Map<number, string>();
		for (let code = 0x21; code <= 0x7e; code++) characters.set(code, different[code] ?? String.fromCharCode(code));
		return { characters, codes: codesOf(characters) };
	});

const codesOf = (characters: ReadonlyMap<number, string>): Map<number, number> => {
	const codes = new Map<number, number>();
	for (const [code, character] of characters) {
		const point = character.codePointAt(0) ?? 0;
		if (!codes.has(point)) codes.set(point, code);
	}
	return codes;
};

/** The right half of an 8-bit set. `later` are codes that the platform's newer edition has and ISO's registration has not: read, not written. */
const rightHalf = (designator: string, label: string, later: readonly number[] = []): GraphicSet =>
	new TableSet('G1', 1, designator, () => {
		const first = 0xa0;
		const characters = new Map<number, string>();
		const decoded = decodedBy(
			label,
			Array.from({ length: 96 }, (_, index) => [first + index]),
		);
		for (const [index, character] of decoded.entries()) if (character !== '') characters.set(first + index, character);
		const codes = codesOf(characters);
		for (const code of later) codes.delete(characters.get(code)?.codePointAt(0) ?? 0);
		return { characters, codes };
	});

interface DoubleByte {
	readonly label: string;
	/** Before each pair, for the decoder. */
	readonly prefix?: number;
	/** Whether the standard's set has the pair: decoders know later additions, which are read and not written. Row and cell from 1 to 94. */
	readonly has: (row: number, cell: number) => boolean;
	/** Row and cell of characters that the decoder maps in another way than the standard's tables. */
	readonly different?: readonly (readonly [row: number, cell: number, character: string])[];
}

const doubleByte = (
	half: 'G0' | 'G1',
	designator: string,
	{ label, prefix, has, different = [] }: DoubleByte,
): GraphicSet =>
	new TableSet(half, 2, designator, () => {
		const high = half === 'G0' ? 0 : 0x8080;
		const pairs: number[][] = [];
		for (let row = 1; row <= 94; row++) {
			for (let cell = 1; cell <= 94; cell++) {
				const pair = [row + 0xa0, cell + 0xa0];
				pairs.push(prefix === undefined ? pair : [prefix, ...pair]);
			}
		}
		const characters = new Map<number, string>();
		const codes = new Map<number, number>();
		const add = (row: number, cell: number, character: string): void => {
			const code = (((row + 0x20) << 8) | (cell + 0x20)) + high;
			characters.set(code, character);
			const point = character.codePointAt(0) ?? 0;
			if (has(row, cell) && !codes.has(point)) codes.set(point, code);
		};
		for (const [index, character] of decodedBy(label, pairs).entries()) {
			if (character !== '') add(Math.floor(index / 94) + 1, (index % 94) + 1, character);
		}
		// Both ways of writing them are taken; the standard's is what is read.
		for (const [row, cell, character] of different) add(row, cell, character);
		return { characters, codes };
	});

/** Cells that GB 2312 has in the rows of symbols, which GBK filled up. */
const GB_2312_SYMBOLS: Readonly<Record<number, readonly (readonly [first: number, last: number])[]>> = {
	1: [[1, 94]],
	2: [
		[17, 66],
		[69, 78],
		[81, 92],
	],
	3: [[1, 94]],
	4: [[1, 83]],
	5: [[1, 86]],
	6: [
		[1, 24],
		[33, 56],
	],
	7: [
		[1, 33],
		[49, 81],
	],
	8: [
		[1, 26],
		[37, 73],
	],
	9: [[4, 79]],
};

const isOfGb2312 = (row: number, cell: number): boolean => {
	if (row >= 16) return row <= 87 && (row !== 55 || cell <= 89);
	return GB_2312_SYMBOLS[row]?.some(([first, last]) => cell >= first && cell <= last) ?? false;
};

export const ASCII = roman('(B', {});
/** ISO-IR 14. Its backslash and tilde are a yen sign and an overline. */
export const JIS_ROMAN = roman('(J', { 92: '¥', 126: '‾' });

/** ISO-IR 13: half-width katakana. */
export const KATAKANA: GraphicSet = new TableSet('G1', 1, ')I', () => {
	const characters = new Map<number, string>();
	for (let code = 0xa1; code <= 0xdf; code++) characters.set(code, String.fromCharCode(code + 0xfec0));
	return { characters, codes: codesOf(characters) };
});

/** JIS X 0208, ISO-IR 87. The six are where Windows, which decoders follow, differs from JIS. */
export const JIS_KANJI = doubleByte('G0', '$B', {
	label: 'euc-jp',
	has: (row) => row <= 8 || (row >= 16 && row <= 84),
	different: [
		[1, 33, '〜'],
		[1, 34, '‖'],
		[1, 61, '−'],
		[1, 81, '¢'],
		[1, 82, '£'],
		[2, 44, '¬'],
	],
});

/** JIS X 0212, ISO-IR 159. */
export const JIS_SUPPLEMENT = doubleByte('G0', '$(D', { label: 'euc-jp', prefix: 0x8f, has: (row) => row <= 77 });

/** KS X 1001, ISO-IR 149. The euro and what follows it came later. */
export const KOREAN = doubleByte('G1', '$)C', { label: 'euc-kr', has: (row, cell) => row !== 2 || cell <= 69 });

/** GB 2312, ISO-IR 58. */
export const CHINESE = doubleByte('G1', '$)A', { label: 'gbk', has: isOfGb2312 });

/** The right halves by their ISO-IR number. */
export const RIGHT_HALVES: Readonly<Record<string, GraphicSet>> = {
	100: new TableSet('G1', 1, '-A', () => {
		const characters = new Map<number, string>();
		for (let code = 0xa0; code <= 0xff; code++) characters.set(code, String.fromCharCode(code));
		return { characters, codes: codesOf(characters) };
	}),
	101: rightHalf('-B', 'iso-8859-2'),
	109: rightHalf('-C', 'iso-8859-3'),
	110: rightHalf('-D', 'iso-8859-4'),
	144: rightHalf('-L', 'iso-8859-5'),
	127: rightHalf('-G', 'iso-8859-6'),
	126: rightHalf('-F', 'iso-8859-7', [0xa4, 0xa5, 0xaa]),
	138: rightHalf('-H', 'iso-8859-8', [0xfd, 0xfe]),
	148: rightHalf('-M', 'iso-8859-9'),
	203: rightHalf('-b', 'iso-8859-15'),
	166: rightHalf('-T', 'windows-874', [0xa0]),
	13: KATAKANA,
};

/** Older designations and those of other standards that are met in files: read, never written. */
const ALSO_READ: readonly (readonly [designator: string, set: GraphicSet])[] = [
	['$@', JIS_KANJI],
	['$(@', JIS_KANJI],
	['$(B', JIS_KANJI],
];

interface Designation {
	readonly designator: readonly number[];
	readonly set: GraphicSet;
}

const DESIGNATIONS: readonly Designation[] = [
	...[ASCII, JIS_ROMAN, JIS_KANJI, JIS_SUPPLEMENT, KOREAN, CHINESE, ...Object.values(RIGHT_HALVES)].map((set) => ({
		designator: set.designator,
		set,
	})),
	...ALSO_READ.map(([designator, set]) => ({ designator: bytesOf(designator), set })),
];

/** The set that an escape sequence designates; `offset` is behind its ESC. Undefined where it is none of DICOM's. */
export const designationAt = (bytes: Uint8Array, offset: number): Designation | undefined =>
	DESIGNATIONS.find(({ designator }) => designator.every((byte, index) => bytes[offset + index] === byte));
