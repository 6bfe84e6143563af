/** Transcripts on disk: what a program printed once and a person has read. `DIMSE_GOLDEN=write` writes them anew; read the diff. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ESCAPED = /[^\P{C}\n]/gu;

/** Control and format characters stand as `\u{1b}`, so that an editor or a diff does not hide them. */
const readable = (text: string): string =>
	text.replace(ESCAPED, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/** @returns what was printed and what was expected of `golden/<name>.txt`, both made readable. */
export const golden = (name: string, printed: string): { readonly found: string; readonly wanted: string } => {
	const path = fileURLToPath(new URL(`golden/${name}.txt`, import.meta.url));
	const found = readable(printed);
	if (process.env['DIMSE_GOLDEN'] === 'write') writeFileSync(path, found);
	return { found, wanted: existsSync(path) ? readFileSync(path, 'utf8') : '' };
};
