/** The tree of a message on a masked screen: names of people and everything of the patient's group are pseudonyms or blank. */
import { type MaskKind, masked } from '../mask.ts';

const ELEMENT = /^(\s*\(([\da-f]{4}),([\da-f]{4})\) (\w\w) )(.*?)(\s*)$/i;
const PATIENT_GROUP = '0010';
const KINDS: Readonly<Record<string, MaskKind>> = { '0020': 'id', '1000': 'id', '0030': 'date' };

/** A line of the tree, as dumps have it: tag, VR, the value, and last the keyword. */
export const maskedTreeLine = (line: string): string => {
	const [, head = '', group = '', element = '', vr = '', rest = ''] = ELEMENT.exec(line) ?? [];
	if (group !== PATIENT_GROUP && vr !== 'PN') return line;
	const [, value = '', gap = '', keyword = ''] = /^(.*?)(\s+)(\S+)$/.exec(rest) ?? ['', rest];
	if (value.trim() === '') return line;
	const kind = vr === 'PN' ? 'name' : KINDS[element];
	const shown = kind === undefined ? '****' : masked(value.trim(), kind);
	return `${head}${shown.padEnd(value.length)}${gap}${keyword}`;
};
