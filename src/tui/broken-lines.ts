/** Lines to be read, broken to the width of the screen: what is scrolled and what is drawn are the same lines. */
import { sanitize } from '../output/sanitize.ts';
import { textWidth } from '../output/text-width.ts';
import { wrapped } from './views/paragraph.ts';

/** Of a line that is too long the rest goes on below it, as far in as its text began. */
export const brokenLines = (lines: readonly string[], columns: number): readonly string[] =>
	lines.flatMap((line) => {
		const text = sanitize(line);
		if (textWidth(text) < columns) return [text];
		const indent = /^ *(?:(?:ok|warn|FAIL|skip) +\S+ +)?(?:means: |do: )?/.exec(text)?.[0].length ?? 0;
		const kept = indent < columns / 2 ? text.slice(0, indent) : text.slice(0, indent).trimStart();
		return wrapped(text.slice(indent), columns - kept.length - 1).map(
			(part, index) => (index === 0 ? kept : ' '.repeat(kept.length)) + part,
		);
	});
