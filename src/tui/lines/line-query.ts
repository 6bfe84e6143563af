/** A query as it is typed in line mode: `smith* date=2024 mod=CT`, and everything that `:find` takes. */
import { byKeyword } from '../../dicom/dictionary.ts';
import { EVERYDAY_WORDS } from '../../dicom/everyday-words.ts';
import { type PaletteQuery, queryOfWordList } from '../overlays/palette-query.ts';
import { wordsOf } from '../overlays/palette-words.ts';

/**
 * What is neither a key nor a node is a name; of several such words the first is the family name.
 *
 * @returns what is wrong, in words, where it is no query
 */
export const queryOfLine = (text: string, nodes: readonly string[]): PaletteQuery | string => {
	const words = wordsOf(text);
	if (words.length === 0) return 'What to ask for? As in: f smith* date=2024 mod=CT. f all asks for everything.';
	const names: string[] = [];
	const others: string[] = [];
	for (let at = 0; at < words.length; at++) {
		const word = words[at] ?? '';
		if (word.startsWith('-')) {
			others.push(word);
			if (!word.includes('=') && at + 1 < words.length) others.push(words[++at] ?? '');
		} else if (word.includes('=')) others.push(withKeyword(word));
		else if ((at === 0 && nodes.includes(word)) || byKeyword(word) !== undefined) others.push(word);
		else if (word.toLowerCase() !== 'all' || names.length > 0) names.push(word);
	}
	return queryOfWordList(names.length === 0 ? others : [...others, `PatientName=${names.join('^')}`], nodes);
};

const withKeyword = (word: string): string => {
	const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
	return `${EVERYDAY_WORDS.get(key.toLowerCase()) ?? key}=${value}`;
};
