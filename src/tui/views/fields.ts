/** Lines of a form: a label, what is in the field, and what may be in it; the one at the cursor is edited. */
import { sanitize } from '../../output/sanitize.ts';
import { cutEnd, pad, textWidth } from '../../output/text-width.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import type { FormField } from '../overlays/overlay-state.ts';
import type { Look } from '../state.ts';
import { signsOf } from '../theme.ts';
import { caretLine } from './caret.ts';

const LEAST_VALUE = 16;
const MOST_VALUE = 34;
/** From here on hints stand beside the fields. */
const WIDE = 70;

export const fieldLines = (fields: readonly FormField[], at: number, columns: number, look: Look): readonly Line[] => {
	const label = Math.max(...fields.map((field) => textWidth(sanitize(field.label))), 0) + 2;
	const free = columns - 3 - label;
	const value = Math.max(LEAST_VALUE, Math.min(MOST_VALUE, columns >= WIDE ? free >> 1 : free - 1));
	return fields.flatMap((field, index): readonly Line[] => {
		const isAt = index === at;
		const text = sanitize(field.value);
		const head = [
			segment(` ${isAt ? signsOf(look).cursor : ' '} `, isAt ? 'selected' : 'plain'),
			segment(pad(sanitize(field.label), label, 'left'), isAt ? 'selected' : 'plain'),
		];
		const edited = isAt ? caretLine(text, field.caret, value) : [segment(pad(cutEnd(text, value), value, 'left'))];
		const hint = segment(`  ${sanitize(field.hint)}`, 'faint');
		if (columns >= WIDE) return [[...head, ...edited, hint]];
		return isAt && field.hint !== ''
			? [
					[...head, ...edited],
					[segment('   '), hint],
				]
			: [[...head, ...edited]];
	});
};
