/** The filter of a list in its line of place: while it is typed with its caret, afterwards as it stands. */
import { sanitize } from '../../output/sanitize.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import { caretLine } from './caret.ts';

const WIDTH = 26;

export const filterPart = (
	{ filter, isFiltering }: { readonly filter: string; readonly isFiltering: boolean },
	isWrong = false,
): Line => {
	const text = sanitize(filter);
	if (isFiltering) {
		const field = caretLine(text, [...text].length, WIDTH);
		return [
			segment('   / '),
			...field.map((part) => (isWrong && part.style === 'field' ? segment(part.text, 'bad') : part)),
		];
	}
	return text === '' ? [] : [segment('   filter: '), segment(text, isWrong ? 'bad' : 'strong')];
};
