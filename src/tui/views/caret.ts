/** A line of text that is edited, with its caret. */
import { textWidth } from '../../output/text-width.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';

/** Exactly `width` columns; of a text too long the part before the caret is shown. @param caret in code points */
export const caretLine = (text: string, caret: number, width: number): Line => {
	const characters = [...text];
	const at = Math.min(caret, characters.length);
	const under = characters[at] ?? ' ';
	let room = width - textWidth(under);
	const take = (character: string | undefined): boolean => {
		const own = textWidth(character ?? '');
		if (character === undefined || own > room) return false;
		room -= own;
		return true;
	};
	let from = at;
	while (from > 0 && take(characters[from - 1])) from--;
	let until = at + 1;
	while (take(characters[until])) until++;
	return [
		segment(characters.slice(from, at).join(''), 'field'),
		segment(under, 'cursor'),
		segment(characters.slice(at + 1, until).join('') + ' '.repeat(Math.max(0, room)), 'field'),
	];
};
