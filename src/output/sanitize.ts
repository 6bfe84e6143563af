/** The one sanitiser: what a peer wrote is made harmless here before it reaches a terminal, a log or a pipe of text. */

const PLAIN = /^[\x20-\x7e]*$/;

/** Cc holds C0, DEL and C1; Cf the bidirectional overrides and isolates, zero-width characters and tags; Zl and Zp the line and paragraph separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Replaces what could steer a terminal or hide in a line: control and format characters and line separators become `·`, halves of
 * surrogate pairs become U+FFFD. Sanitising twice is the same as once.
 */
export const sanitize = (text: string): string => (PLAIN.test(text) ? text : text.toWellFormed().replace(UNSAFE, '·'));

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };

/** A cell of tab-separated text: tab, line ends and backslash are escaped so that they can be had back, the rest is sanitised. */
export const sanitizeTsv = (text: string): string =>
	sanitize(/[\t\n\r\\]/.test(text) ? text.replace(/[\t\n\r\\]/g, (character) => ESCAPES[character] ?? '·') : text);

/**
 * A value as JSON on one line. Beyond what JSON asks for, every character that `sanitize` would replace is escaped, so that a document
 * printed on a terminal is as harmless as a table, and nothing is lost.
 *
 * @param value holds nothing that JSON cannot say: no bigint, no cycle.
 */
export const jsonText = (value: unknown): string => {
	const json = JSON.stringify(value);
	return PLAIN.test(json) ? json : json.replace(UNSAFE, escapeUnits);
};

const escapeUnits = (character: string): string => {
	let escaped = '';
	for (let unit = 0; unit < character.length; unit++)
		escaped += `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
	return escaped;
};
