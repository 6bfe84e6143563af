/** An explanation as the lines of a view: what came back, what it means, what to do. */
import type { Explanation } from '../../diagnose/explanation.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { Line, Style } from '../frame.ts';
import { segment } from '../frame.ts';
import { wrapped } from './paragraph.ts';

/** From here on the words stand beside their headings. */
const WIDE = 64;
const BESIDE = 20;
const INDENT = 3;

export const explanationLines = (explanation: Explanation, columns: number): readonly Line[] => {
	const { title, cameBack, means, do: steps } = explanation;
	return [
		...wrapped(sanitize(title), columns - 2 * INDENT).map((line): Line => [blank(INDENT), segment(line, 'strong')]),
		...(cameBack === undefined ? [] : [[], ...part('What came back', [cameBack], columns)]),
		...(means.length === 0 ? [] : [[], ...part('What it means', means, columns)]),
		[],
		...part('What to do', steps.length === 1 ? steps : numbered(steps), columns, steps.length === 1 ? 0 : 3),
	];
};

const numbered = (steps: readonly string[]): readonly string[] => steps.map((step, index) => `${index + 1}  ${step}`);

/** @param hanging by how much the second line of a paragraph stands further in */
const part = (heading: string, paragraphs: readonly string[], columns: number, hanging = 0): readonly Line[] => {
	const isWide = columns >= WIDE;
	const from = isWide ? BESIDE : INDENT + 2;
	const lines = paragraphs.flatMap((paragraph) =>
		wrapped(sanitize(paragraph), columns - from - hanging - 2).map((line, index) =>
			index === 0 ? line : ' '.repeat(hanging) + line,
		),
	);
	const told = (line: string): Line => [blank(from), segment(line)];
	if (!isWide) return [[blank(INDENT), segment(heading, 'heading')], ...lines.map(told)];
	return lines.map((line, index) =>
		index === 0
			? [blank(INDENT), segment(heading.padEnd(BESIDE - INDENT), 'heading' satisfies Style), segment(line)]
			: told(line),
	);
};

const blank = (width: number) => segment(' '.repeat(width));
