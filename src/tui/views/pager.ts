/** Lines to be read and scrolled: what is longer than the screen is told whole below it. */
import { textWidth } from '../../output/text-width.ts';
import type { Line, Size } from '../frame.ts';
import { segment } from '../frame.ts';
import { topFor } from '../list-cursor.ts';
import { wrapped } from './paragraph.ts';

/** The lines in sight, and that there are more above or below. */
export const scrolled = (
	lines: readonly string[],
	top: number,
	{ rows }: Size,
	styled: (line: string, index: number) => Line,
): readonly Line[] => {
	const first = Math.max(0, Math.min(top, lines.length - rows));
	return lines.slice(first, first + rows).map((line, offset) => styled(line, first + offset));
};

/** The same around a cursor. */
export const scrolledTo = (
	lines: readonly string[],
	{ at, top }: { readonly at: number; readonly top: number },
	size: Size,
	styled: (line: string, index: number) => Line,
): readonly Line[] => scrolled(lines, topFor(at, top, lines.length, size.rows), size, styled);

/** `12-30 of 64`; nothing where all is seen. */
export const extentText = (count: number, top: number, rows: number): string => {
	if (count <= rows) return '';
	const first = Math.max(0, Math.min(top, count - rows));
	return `${first + 1}-${Math.min(count, first + rows)} of ${count}`;
};

/** A line that is cut above, whole, its columns moved together; nothing where it fits. */
export const wholeLines = (line: string, columns: number, isCut = textWidth(line) > columns - 5): readonly Line[] =>
	isCut ? wrapped(line.trim().replaceAll(/ {2,}/g, '  '), columns - 2).map((part) => [segment(part)]) : [];
