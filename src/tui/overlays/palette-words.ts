/** The words of a command line as a shell parts them: blanks between, quotes around what has some. */

export const wordsOf = (text: string): readonly string[] =>
	[...text.matchAll(/(?:[^\s'"]+|'[^']*'?|"[^"]*"?)+/g)].map(([word]) =>
		word.replaceAll(/'([^']*)'?|"([^"]*)"?/g, '$1$2'),
	);

/** The first word, and all that follows it as it stands. */
export const commandAndRest = (text: string): readonly [command: string, rest: string] => {
	const [, command = '', rest = ''] = /^\s*(\S*)(?:\s+(.*))?$/s.exec(text) ?? [];
	return [command, rest];
};
