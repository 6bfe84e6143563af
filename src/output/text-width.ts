/** How many columns of a terminal a sanitised text takes, and cutting and padding it to a number of columns (Unicode Annex 11). */

/**
 * Ranges that terminals draw two columns wide: Wide and Fullwidth of EastAsianWidth.txt, neighbours joined where nothing but
 * unassigned code points lies between. Our own because string-width, measured on names that are not ASCII, takes 15 to 80 times
 * as long (it segments graphemes and strips ANSI codes, which a sanitised text has none of), and the release of it that cli-table3
 * brings has the widths of 2019. Code point by code point the two agree but for what joins.
 */
const WIDE: readonly (readonly [first: number, last: number])[] = [
	[0x1100, 0x115f],
	[0x231a, 0x231b],
	[0x2329, 0x232a],
	[0x23e9, 0x23ec],
	[0x23f0, 0x23f0],
	[0x23f3, 0x23f3],
	[0x25fd, 0x25fe],
	[0x2614, 0x2615],
	[0x2630, 0x2637],
	[0x2648, 0x2653],
	[0x267f, 0x267f],
	[0x268a, 0x268f],
	[0x2693, 0x2693],
	[0x26a1, 0x26a1],
	[0x26aa, 0x26ab],
	[0x26bd, 0x26be],
	[0x26c4, 0x26c5],
	[0x26ce, 0x26ce],
	[0x26d4, 0x26d4],
	[0x26ea, 0x26ea],
	[0x26f2, 0x26f3],
	[0x26f5, 0x26f5],
	[0x26fa, 0x26fa],
	[0x26fd, 0x26fd],
	[0x2705, 0x2705],
	[0x270a, 0x270b],
	[0x2728, 0x2728],
	[0x274c, 0x274c],
	[0x274e, 0x274e],
	[0x2753, 0x2755],
	[0x2757, 0x2757],
	[0x2795, 0x2797],
	[0x27b0, 0x27b0],
	[0x27bf, 0x27bf],
	[0x2b1b, 0x2b1c],
	[0x2b50, 0x2b50],
	[0x2b55, 0x2b55],
	[0x2e80, 0x303e],
	[0x3041, 0x3247],
	[0x3250, 0x4dbf],
	[0x4dc0, 0xa4cf],
	[0xa960, 0xa97c],
	[0xac00, 0xd7a3],
	[0xf900, 0xfaff],
	[0xfe10, 0xfe19],
	[0xfe30, 0xfe6b],
	[0xff01, 0xff60],
	[0xffe0, 0xffe6],
	[0x16fe0, 0x18dff],
	[0x1aff0, 0x1b2fb],
	[0x1d300, 0x1d376],
	[0x1f004, 0x1f004],
	[0x1f0cf, 0x1f0cf],
	[0x1f18e, 0x1f18e],
	[0x1f191, 0x1f19a],
	[0x1f200, 0x1f320],
	[0x1f32d, 0x1f335],
	[0x1f337, 0x1f37c],
	[0x1f37e, 0x1f393],
	[0x1f3a0, 0x1f3ca],
	[0x1f3cf, 0x1f3d3],
	[0x1f3e0, 0x1f3f0],
	[0x1f3f4, 0x1f3f4],
	[0x1f3f8, 0x1f43e],
	[0x1f440, 0x1f440],
	[0x1f442, 0x1f4fc],
	[0x1f4ff, 0x1f53d],
	[0x1f54b, 0x1f54e],
	[0x1f550, 0x1f567],
	[0x1f57a, 0x1f57a],
	[0x1f595, 0x1f596],
	[0x1f5a4, 0x1f5a4],
	[0x1f5fb, 0x1f64f],
	[0x1f680, 0x1f6c5],
	[0x1f6cc, 0x1f6cc],
	[0x1f6d0, 0x1f6d2],
	[0x1f6d5, 0x1f6df],
	[0x1f6eb, 0x1f6ec],
	[0x1f6f4, 0x1f6fc],
	[0x1f7e0, 0x1f7f0],
	[0x1f90c, 0x1f93a],
	[0x1f93c, 0x1f945],
	[0x1f947, 0x1f9ff],
	[0x1fa70, 0x1faff],
	[0x20000, 0x3fffd],
];

const PLAIN = /^[\x20-\x7e]*$/;
const COMBINING = /[\p{Mn}\p{Me}]/u;

/** Hangul vowels and final consonants join the syllable before them, skin tones the emoji. */
const joins = (codePoint: number): boolean =>
	(codePoint >= 0x1160 && codePoint <= 0x11ff) ||
	(codePoint >= 0xd7b0 && codePoint <= 0xd7fb) ||
	(codePoint >= 0x1f3fb && codePoint <= 0x1f3ff);

const isWide = (codePoint: number): boolean => {
	let low = 0;
	let high = WIDE.length - 1;
	while (low <= high) {
		const middle = (low + high) >> 1;
		const range = WIDE[middle];
		if (range === undefined || codePoint < range[0]) high = middle - 1;
		else if (codePoint > range[1]) low = middle + 1;
		else return true;
	}
	return false;
};

const characterWidth = (character: string): number => {
	const codePoint = character.codePointAt(0) ?? 0;
	if (codePoint < 0x300) return 1;
	if (joins(codePoint) || COMBINING.test(character)) return 0;
	return codePoint >= 0x1100 && isWide(codePoint) ? 2 : 1;
};

/** @param text sanitised: it holds no control character and no line break. */
export const textWidth = (text: string): number => {
	if (PLAIN.test(text)) return text.length;
	let width = 0;
	for (const character of text) width += characterWidth(character);
	return width;
};

/** The longest beginning of `text` that takes no more than `width` columns, its combining marks with it. */
const beginning = (text: string, width: number): string => {
	let taken = 0;
	let end = 0;
	for (const character of text) {
		taken += characterWidth(character);
		if (taken > width) break;
		end += character.length;
	}
	return text.slice(0, end);
};

const ending = (text: string, width: number): string => {
	const characters = [...text];
	let taken = 0;
	let start = characters.length;
	let whole = start;
	while (start > 0) {
		const own = characterWidth(characters[start - 1] ?? '');
		taken += own;
		if (taken > width) break;
		start--;
		if (own > 0) whole = start;
	}
	return characters.slice(whole).join('');
};

/** Cuts at the end, where prose can be cut; `…` stands for the rest. */
export const cutEnd = (text: string, width: number): string => {
	if (textWidth(text) <= width) return text;
	return width < 1 ? '' : `${beginning(text, width - 1)}…`;
};

/** Cuts in the middle: the ends of a UID or a path tell it from its neighbours. */
export const cutMiddle = (text: string, width: number): string => {
	if (textWidth(text) <= width) return text;
	if (width < 1) return '';
	const after = (width - 1) >> 1;
	return `${beginning(text, width - 1 - after)}…${ending(text, after)}`;
};

export type Alignment = 'left' | 'right';

/** A text wider than `width` is left as it is. */
export const pad = (text: string, width: number, alignment: Alignment): string => {
	const room = width - textWidth(text);
	if (room <= 0) return text;
	return alignment === 'left' ? text + ' '.repeat(room) : ' '.repeat(room) + text;
};
