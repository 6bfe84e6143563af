/** Text as bytes and back, in every Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 6.1). */
import { encodeChinese } from './chinese-encodings.ts';
import type { Repertoire } from './code-extension.ts';
import { DEFAULT_REPERTOIRE, decodeExtended, encodeExtended } from './code-extension.ts';
import type { GraphicSet } from './graphic-sets.ts';
import { ASCII, CHINESE, JIS_KANJI, JIS_ROMAN, JIS_SUPPLEMENT, KOREAN, RIGHT_HALVES } from './graphic-sets.ts';
import type { Vr } from './vr.ts';

/** Those that stand alone: no escape sequences, ASCII within them always ASCII. */
type WholeEncoding = 'utf-8' | 'gb18030' | 'gbk';

/** What one term stands for; sets of G0 and G1. */
interface Meaning {
	readonly g0?: GraphicSet;
	readonly g1?: GraphicSet;
	readonly whole?: WholeEncoding;
}

/** By what is left of a term without `ISO`, `2022`, `IR` and anything but letters and digits. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
	['', { g0: ASCII }],
	['6', { g0: ASCII }],
	...Object.entries(RIGHT_HALVES).map(([number, g1]): [string, Meaning] => [
		number,
		{ g0: number === '13' ? JIS_ROMAN : ASCII, g1 },
	]),
	['87', { g0: JIS_KANJI }],
	['159', { g0: JIS_SUPPLEMENT }],
	['149', { g1: KOREAN }],
	['58', { g1: CHINESE }],
	['192', { whole: 'utf-8' }],
	['GB18030', { whole: 'gb18030' }],
	['GBK', { whole: 'gbk' }],
	// Never in the standard, met in files.
	['UTF8', { whole: 'utf-8' }],
	['GB2312', { whole: 'gbk' }],
	['LATIN1', { g0: ASCII, g1: RIGHT_HALVES['100'] ?? ASCII }],
	['88591', { g0: ASCII, g1: RIGHT_HALVES['100'] ?? ASCII }],
]);

const SINGLE_BYTE = ['100', '101', '109', '110', '144', '127', '126', '138', '148', '203', '13', '166'];

/** The defined terms, and `ISO_IR 6`, which the standard leaves out and everybody understands. */
const DEFINED_TERMS: ReadonlySet<string> = new Set([
	'',
	'ISO_IR 6',
	'ISO 2022 IR 6',
	...SINGLE_BYTE.flatMap((number) => [`ISO_IR ${number}`, `ISO 2022 IR ${number}`]),
	...['87', '159', '149', '58'].map((number) => `ISO 2022 IR ${number}`),
	'ISO_IR 192',
	'GB18030',
	'GBK',
]);

/** True for the defined terms of PS3.3 C.12.1.1.2, and for the empty one. Others are read as well as can be. */
export const isKnown = (term: string): boolean => DEFINED_TERMS.has(term.trim());

/** True also for what is no defined term but can only mean one, as UTF8 or `ISO-IR 100`. Text in others has to be guessed. */
export const isUnderstood = (term: string): boolean => meaningOf(term) !== undefined;

const meaningOf = (term: string): Meaning | undefined => {
	const core = term
		.toUpperCase()
		.replace(/[^A-Z0-9]/g, '')
		.replace(/^ISO/, '')
		.replace(/^2022/, '')
		.replace(/^IR/, '');
	return MEANINGS.get(core);
};

/** How text in a list of terms is laid out. `guess` for terms that mean nothing: UTF-8 where it is that, else Latin-1. */
type Coding =
	| { readonly kind: 'extended'; readonly repertoire: Repertoire }
	| { readonly kind: WholeEncoding | 'guess' };

const LATIN_1: Coding = {
	kind: 'extended',
	repertoire: { g0: ASCII, g1: RIGHT_HALVES['100'], assumedG1: undefined, designated: [] },
};

/** Sets of two bytes are never in use at the beginning (PS3.5 6.1.2.5.4): G0 starts as ASCII there. */
const firstG0 = (meaning: Meaning): GraphicSet => (meaning.g0?.bytesPerCharacter === 1 ? meaning.g0 : ASCII);

const codingOf = (terms: readonly string[]): Coding => {
	const meanings = terms.map(meaningOf).filter((meaning) => meaning !== undefined);
	if (terms.length > 0 && meanings.length === 0) return { kind: 'guess' };
	const [first] = meanings;
	if (first === undefined) return { kind: 'extended', repertoire: DEFAULT_REPERTOIRE };
	// One of these has no company; where it has, it counts if nothing before it says more than ASCII.
	const whole = first.g1 === undefined ? meanings.find((meaning) => meaning.whole !== undefined)?.whole : undefined;
	if (whole !== undefined) return { kind: whole };
	const g1 = first.g1?.bytesPerCharacter === 1 ? first.g1 : undefined;
	const isExtended = terms.length > 1 || /2022/.test(terms[0] ?? '');
	const sets = meanings.flatMap((meaning) => [meaning.g0, meaning.g1]).filter((set) => set !== undefined);
	return {
		kind: 'extended',
		repertoire: {
			g0: firstG0(first),
			g1,
			assumedG1: sets.find((set) => set.half === 'G1'),
			designated: isExtended ? [...new Set(sets)] : [],
		},
	};
};

/** By the list itself: one list serves a whole dataset. */
const codings = new WeakMap<readonly string[], Coding>();

const codingFor = (terms: readonly string[]): Coding => {
	let coding = codings.get(terms);
	if (coding === undefined) {
		coding = codingOf(terms);
		codings.set(terms, coding);
	}
	return coding;
};

const decoders = new Map<string, TextDecoder>();

const decodeWhole = (bytes: Uint8Array, label: WholeEncoding): string => {
	let decoder = decoders.get(label);
	if (decoder === undefined) {
		decoder = new TextDecoder(label, { ignoreBOM: true });
		decoders.set(label, decoder);
	}
	return decoder.decode(bytes);
};

const decodeGuessed = (bytes: Uint8Array, vr: Vr): string => {
	const text = decodeWhole(bytes, 'utf-8');
	return text.includes('\ufffd') ? decodeText(bytes, LATIN_1_TERMS, vr) : text;
};

const LATIN_1_TERMS: readonly string[] = ['ISO_IR 100'];
codings.set(LATIN_1_TERMS, LATIN_1);

/**
 * The text of a whole value field, its values still parted by backslashes: no character of two bytes gives a false one.
 * Never throws. Bytes that are no character become U+FFFD; a list with no known term is read as UTF-8, or else Latin-1.
 *
 * @param terms the values of (0008,0005), '' for an empty one; none is the default repertoire, ASCII
 * @param vr of the element: it decides which characters bring back the set of the first term (PS3.5 6.1.2.5.3)
 */
export const decodeText = (bytes: Uint8Array, terms: readonly string[], vr: Vr): string => {
	const coding = codingFor(terms);
	switch (coding.kind) {
		case 'extended':
			return decodeExtended(bytes, coding.repertoire, vr);
		case 'guess':
			return decodeGuessed(bytes, vr);
		default:
			return decodeWhole(bytes, coding.kind);
	}
};

/**
 * The bytes of a whole value field, without padding; undefined where a character is in none of the terms' sets, and for
 * anything but ASCII in terms that mean nothing.
 *
 * @param text values parted by backslashes where the VR takes several
 */
export const encodeText = (text: string, terms: readonly string[], vr: Vr): Uint8Array | undefined => {
	const coding = codingFor(terms);
	switch (coding.kind) {
		case 'extended':
			return encodeExtended(text, coding.repertoire, vr);
		case 'utf-8':
			return text.isWellFormed() ? new TextEncoder().encode(text) : undefined;
		case 'guess':
			return encodeExtended(text, DEFAULT_REPERTOIRE, vr);
		default:
			return encodeChinese(text, coding.kind);
	}
};

const SMALLEST: readonly (readonly string[])[] = [[], ...SINGLE_BYTE.map((number) => [`ISO_IR ${number}`])];

/**
 * The terms with the fewest characters that hold all texts: none for ASCII, a single-byte set that has them all, else
 * UTF-8. Peers that read little read Latin-1 (ISO_IR 100): it comes first.
 */
export const smallestCharacterSetFor = (texts: readonly string[]): readonly string[] =>
	SMALLEST.find((terms) => texts.every((text) => encodeText(text, terms, 'LO') !== undefined)) ?? ['ISO_IR 192'];
