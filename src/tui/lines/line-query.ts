/** A query as it is typed in line mode: `smith* date=2024 mod=CT`, and everything that `:find` takes. */
import { byKeyword } from '../../dicom/dictionary.ts';
import { EVERYDAY_WORDS } from '../../dicom/everyday-words.ts';
import { type Asking, type PaletteQuery, queryOfWordList } from '../overlays/palette-query.ts';
import { wordsOf } from '../overlays/palette-words.ts';

/**
 * What is neither a key nor a node is a name, as `--name` has it; of several such words the first is the family name.
 *
 * @returns what is wrong, in words, where it is no query
 */
export const queryOfLine = (text: string, state: Asking): PaletteQuery | string => {
	const words = wordsOf(text);
	if (words.length === 0) return 'What to ask for? As in: f smith* date=2024 mod=CT. f all asks for everything.';
	const names: string[] = [];
	const others: string[] = [];
	for (let at = 0; at < words.length; at++) {
		const word = words[at] ?? '';
		if (word.startsWith('-')) {
			others.push(word);
			if (TAKES_NEXT.test(word) && at + 1 < words.length) others.push(words[++at] ?? '');
		} else if (word.includes('=')) others.push(asOption(word));
		else if ((at === 0 && state.nodes.some(({ name }) => name === word)) || byKeyword(word) !== undefined)
			others.push(word);
		else if (word.toLowerCase() !== 'all' || names.length > 0) names.push(word);
	}
	return queryOfWordList(names.length === 0 ? others : [...others, `--name=${names.join('^')}`], state);
};

/** An option whose value is a word of its own. */
const TAKES_NEXT = /^(?:--(?!keep-case$|study$|patient$)[\w-]+|-[^SP])$/;

/** Everyday words are the friendly options that make the same key. */
const FLAGS: Readonly<Record<string, string>> = {
	PatientName: '--name',
	PatientID: '--id',
	AccessionNumber: '--acc',
	StudyDate: '--date',
	StudyTime: '--time',
	PatientBirthDate: '--birth',
	ModalitiesInStudy: '--modality',
	StudyDescription: '--desc',
	StudyInstanceUID: '--study-uid',
};

const asOption = (word: string): string => {
	const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
	const keyword = EVERYDAY_WORDS.get(key.toLowerCase());
	if (keyword === undefined) return word;
	return `${FLAGS[keyword] ?? `--key=${keyword}`}=${value}`;
};
