/** A line across the screen, joined with the lines from top to bottom that begin or end at it. */
import { textWidth } from '../../output/text-width.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import type { State } from '../state.ts';
import { signsOf } from '../theme.ts';

/** @param line what is drawn below or above it */
export const ruleBeside = (line: Line = [], { look, size }: State, where: 'above' | 'below'): Line => {
	const { across, down, teeDown, teeUp } = signsOf(look);
	const rule = Array.from({ length: size.columns }, () => across);
	let column = 0;
	for (const { text, style } of line) {
		const at = column + text.length - text.trimStart().length;
		if (style === 'rule' && text.trim() === down) rule[at] = where === 'below' ? teeDown : teeUp;
		column += textWidth(text);
	}
	return [segment(rule.join(''), 'rule')];
};
