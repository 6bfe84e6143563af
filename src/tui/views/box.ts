/** A small overlay: a frame over the middle of the screen, around which what is beneath stays in sight. */
import { textWidth } from '../../output/text-width.ts';
import type { Line, Size } from '../frame.ts';
import { fitted, segment, widthOf } from '../frame.ts';
import type { Look } from '../state.ts';
import { signsOf } from '../theme.ts';

/** On each side, between the frame and the edge of the screen. */
const MARGIN = 2;

/**
 * Lines in a frame, at most as many as `size` has. Those that do not fit are left out at the end.
 *
 * @param width columns that the lines would like; never more than there are
 */
export const boxed = (
	title: string,
	lines: readonly Line[],
	width: number,
	size: Size,
	look: Look,
): readonly Line[] => {
	const { across } = signsOf(look);
	const [leftTop, rightTop, leftBottom, rightBottom, side] = look.unicode
		? ['┌', '┐', '└', '┘', '│']
		: ['+', '+', '+', '+', '|'];
	const inner = innerWidth(width, size);
	const shown = lines.slice(0, Math.max(0, size.rows - 2));
	const head = ` ${title} `;
	const rest = Math.max(0, inner + 1 - textWidth(head));
	return [
		fitted(
			[
				segment(`${leftTop}${across}`, 'rule'),
				segment(head, 'heading'),
				segment(across.repeat(rest) + rightTop, 'rule'),
			],
			inner + 4,
		),
		...shown.map((line) => [segment(`${side} `, 'rule'), ...fitted(line, inner), segment(` ${side}`, 'rule')]),
		[segment(leftBottom + across.repeat(inner + 2) + rightBottom, 'rule')],
	];
};

/** Columns of a line within the frame. */
export const innerWidth = (wanted: number, { columns }: Size): number =>
	Math.max(1, Math.min(wanted, columns - 2 * MARGIN - 4));

/** Narrower strips beside a box say nothing: they stay blank. */
const LEAST_BESIDE = 10;

/** The box in the middle of the lowest lines of what is beneath it, a blank on each side. */
export const overlaid = (beneath: readonly Line[], box: readonly Line[], { columns, rows }: Size): readonly Line[] => {
	const from = Math.max(0, rows - box.length);
	return Array.from({ length: rows }, (_, row) => {
		const under = fitted(beneath[row] ?? [], columns);
		const over = box[row - from];
		if (row < from || over === undefined) return under;
		const width = widthOf(over);
		const left = Math.max(0, (columns - width) >> 1);
		if (left < LEAST_BESIDE) return [segment(' '.repeat(left)), ...over];
		return [...before(under, left - 1), segment(' '), ...over, segment(' '), ...after(under, left + width + 1)];
	});
};

/** The first `width` columns, without a sign that it goes on; half a wide character becomes a blank. */
const before = (line: Line, width: number): Line => {
	let left = width;
	return line.flatMap(({ text, style }) => {
		let kept = '';
		for (const character of text) {
			const own = textWidth(character);
			if (left <= 0) break;
			kept += own <= left ? character : ' '.repeat(left);
			left -= own;
		}
		return kept === '' ? [] : [segment(kept, style)];
	});
};

/** What stands behind the first `width` columns; half a wide character becomes a blank. */
const after = (line: Line, width: number): Line => {
	let left = width;
	const rest: Line[number][] = [];
	for (const { text, style } of line) {
		const own = textWidth(text);
		if (own <= left) {
			left -= own;
			continue;
		}
		let skipped = 0;
		let from = 0;
		for (const character of text) {
			if (skipped >= left && (left === 0 || textWidth(character) > 0)) break;
			skipped += textWidth(character);
			from += character.length;
		}
		rest.push(segment(' '.repeat(Math.max(0, skipped - left)) + text.slice(from), style));
		left = 0;
	}
	return rest;
};
