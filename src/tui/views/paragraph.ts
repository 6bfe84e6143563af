/** Prose in a view: broken between words, so that nothing of it is cut. */
import { textWidth } from '../../output/text-width.ts';

/** A word longer than a line is broken where the line ends. */
export const wrapped = (text: string, width: number): readonly string[] => {
	const room = Math.max(1, width);
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ').flatMap((whole) => pieces(whole, room))) {
		if (line === '') line = word;
		else if (textWidth(line) + 1 + textWidth(word) <= room) line += ` ${word}`;
		else {
			lines.push(line);
			line = word;
		}
	}
	return [...lines, line];
};

const pieces = (word: string, width: number): readonly string[] => {
	if (textWidth(word) <= width) return [word];
	const all: string[] = [];
	let piece = '';
	for (const character of word) {
		if (piece !== '' && textWidth(piece + character) > width) {
			all.push(piece);
			piece = '';
		}
		piece += character;
	}
	return [...all, piece];
};
