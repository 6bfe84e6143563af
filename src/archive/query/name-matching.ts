/** Names of persons made comparable, for literal matching that sees past case, accent and width (PS3.4 C.2.2.2.1.1, C.2.2.2.4). */

/** Combining marks of Latin, Greek and Cyrillic, the points of Hebrew, the vowels of Arabic. Those of other scripts make other letters. */
const MARKS = new RegExp(
	[
		'[\\u0300-\\u036f\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f]',
		'[\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7]',
		'[\\u0610-\\u061a\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e4\\u06e7\\u06e8\\u06ea-\\u06ed]',
	].join('|'),
	'g',
);

/** Letters with a stroke, and two in one, that have no decomposition in Unicode but that people type in ASCII. */
const LETTERS: Readonly<Record<string, string>> = {
	Æ: 'AE',
	Đ: 'D',
	Ð: 'D',
	Ħ: 'H',
	Ł: 'L',
	Ø: 'O',
	Œ: 'OE',
	Þ: 'TH',
	Ŧ: 'T',
};
const LETTER = /[ÆĐÐĦŁØŒÞŦ]/g;

const isAscii = (text: string): boolean => {
	for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7e) return false;
	return true;
};

/** Upper case, since there ß is two letters; full width becomes narrow, half-width kana full. Composed again, so that `?` is one letter. */
const foldedText = (text: string): string => {
	if (isAscii(text)) return text.toUpperCase();
	return text
		.normalize('NFKD')
		.replace(MARKS, '')
		.toLowerCase()
		.toUpperCase()
		.replace(LETTER, (letter) => LETTERS[letter] ?? letter)
		.normalize('NFC');
};

/** One component group without its letters' finer points, blanks around its components, and empty components at its end. */
export const foldedGroup = (group: string): string => {
	const folded = foldedText(group);
	if (!folded.includes('^')) return folded.trim();
	return folded
		.split('^')
		.map((component) => component.trim())
		.join('^')
		.replace(/\^+$/, '');
};

export type NameGroups = readonly [alphabetic: string, ideographic: string, phonetic: string];

/** The three groups of a name, folded; '' for those it does not have. */
export const foldedGroups = (name: string): NameGroups => {
	if (!name.includes('=')) return [foldedGroup(name), '', ''];
	const [alphabetic = '', ideographic = '', phonetic = ''] = name.split('=');
	return [foldedGroup(alphabetic), foldedGroup(ideographic), foldedGroup(phonetic)];
};

/**
 * A name asked for: one pattern for all groups, of which any may match, or one for each, '' for those that were not given. `^*` follows
 * where nothing open stands at the end already: a family name finds all its given names, `SMITH` never `SMITHSON`.
 */
export type NamePattern =
	| { readonly of: 'any'; readonly pattern: string }
	| { readonly of: 'each'; readonly patterns: NameGroups };

/** Undefined where the name has nothing in it but delimiters: it says nothing, as an empty one. */
export const namePattern = (name: string): NamePattern | undefined => {
	const patterns = foldedGroups(name);
	if (patterns.every((pattern) => pattern === '')) return undefined;
	return name.includes('=') ? { of: 'each', patterns } : { of: 'any', pattern: patterns[0] };
};

/**
 * The patterns of which a folded group matches any. Empty components at its end are left out of a name (PS3.5 6.2.1.1), so that `ZED^*` is
 * `ZED` as well; none leaves a group that is not there.
 */
export const groupPatterns = (pattern: string): readonly string[] => {
	const patterns = [pattern];
	let rest = pattern;
	while (OPEN_END.test(rest)) {
		rest = rest.replace(OPEN_END, '');
		if (rest !== '') patterns.push(rest === '*' ? '?*' : rest);
	}
	return pattern.endsWith('*') ? patterns : [...patterns, `${pattern}^*`];
};

const OPEN_END = /(?<!\^)\^+\*+$/;
