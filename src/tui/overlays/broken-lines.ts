/** Lines to be read, broken to the width of the screen: what is scrolled and what is drawn are the same lines. */
import { sanitize } from '../../output/sanitize.ts';
import { textWidth } from '../../output/text-width.ts';
import { wrapped } from '../views/paragraph.ts';

/** Here what stands far in is moved out. */
const NARROW = 60;

/** Of a line that is too long the rest goes on below it, as far in as its text began. */
export const brokenLines = (lines: readonly string[], columns: number): readonly string[] =>
	lines.flatMap((line) => {
		const whole = sanitize(line);
		const text = columns < NARROW ? narrowed(whole) : whole;
		if (textWidth(text) < columns) return [text];
		const indent = indentOf(text, columns);
		const kept = text.slice(0, indent);
		return wrapped(text.slice(indent), columns - textWidth(kept) - 1).map(
			(part, index) => (index === 0 ? kept : ' '.repeat(textWidth(kept))) + part,
		);
	});

/** Without tags, which two marked rows have before each keyword. */
const narrowed = (line: string): string =>
	line.replace(/^ {8,}/, '    ').replace(/^([<>] )\([\dA-F]{4},[\dA-F]{4}\) (\S+) +/, '$1$2  ');

/** Where the last column of the line begins, as far as enough room is left behind it, and the word that says what follows. */
const indentOf = (text: string, columns: number): number => {
	const most = columns * (columns < NARROW ? 0.45 : 0.65);
	const columnsEnd = [...text.matchAll(/ {2,}|^ +/g)].map(({ 0: blanks, index }) => index + blanks.length);
	const column = columnsEnd.filter((end) => end <= most).at(-1) ?? 0;
	const word = /^(?:means|do): /.exec(text.slice(column))?.[0].length ?? 0;
	return column + word <= most ? column + word : column;
};
