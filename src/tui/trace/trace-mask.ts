/** The tree of a message on a masked screen: names of people and everything of the patient's group are pseudonyms or blank. */
import { masked, maskKindOf } from '../mask.ts';

const ELEMENT = /^((\s*)\(([\da-f]{4}),([\da-f]{4})\) (\w\w) )(.*?)(\s*)$/i;

/** A line of the tree, as dumps have it: tag, VR, the value, and last the keyword. */
export const maskedTreeLine = (lines: readonly string[], index: number): string => {
	const line = lines[index] ?? '';
	const [, head = '', , group = '', element = '', vr = '', rest = ''] = ELEMENT.exec(line) ?? [];
	if (vr === '' || vr === 'SQ' || vr === 'na') return line;
	const kind = maskKindOf([...tagsAbove(lines, index), `${group}${element}`.toUpperCase()], vr);
	if (kind === undefined) return line;
	const [, value = '', gap = '', keyword = ''] = /^(.*?)(\s+)(\S+)$/.exec(rest) ?? ['', rest];
	if (value.trim() === '') return line;
	return `${head}${masked(value.trim(), kind).padEnd(value.length)}${gap}${keyword}`;
};

/** Of the sequences around a line, which are indented less. */
const tagsAbove = (lines: readonly string[], index: number): readonly string[] => {
	const tags: string[] = [];
	let margin = marginOf(lines[index]);
	for (let at = index - 1; at >= 0 && margin > OWN_MARGIN; at--) {
		const [, , before = '', group = '', element = '', vr] = ELEMENT.exec(lines[at] ?? '') ?? [];
		if (vr === undefined || before.length >= margin) continue;
		margin = before.length;
		if (vr === 'SQ') tags.unshift(`${group}${element}`.toUpperCase());
	}
	return tags;
};

/** Of what stands in no sequence. */
const OWN_MARGIN = 4;

const marginOf = (line = ''): number => /^ */.exec(line)?.[0].length ?? 0;
