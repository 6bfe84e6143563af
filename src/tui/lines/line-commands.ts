/** What can be typed in line mode: one table of commands, from which a line is read and the help is told. */

export type Verb =
	| 'find'
	| 'list'
	| 'back'
	| 'open'
	| 'inspect'
	| 'up'
	| 'filter'
	| 'get'
	| 'take'
	| 'queue'
	| 'retry'
	| 'stop'
	| 'nodes'
	| 'again'
	| 'past'
	| 'why'
	| 'explain'
	| 'mask'
	| 'quit'
	| 'help';

interface LineCommand {
	readonly verb: Verb;
	/** The one that the help tells comes first; the letters are those of the screen's keys where it has such. */
	readonly words: readonly string[];
	readonly argument: string;
	readonly says: string;
	/** Only there with `--pick`. */
	readonly isPick?: true;
}

const COMMANDS: readonly LineCommand[] = [
	{
		verb: 'find',
		words: ['f', 'find'],
		argument: 'WHAT',
		says: 'ask for studies, as in: f smith* date=2024 mod=CT. Keys are name, id, acc, date, time, birth, mod, desc or any DICOM keyword; f all asks for everything',
	},
	{ verb: 'list', words: ['l', 'list'], argument: '', says: 'the next 20 rows; Enter alone does the same' },
	{ verb: 'back', words: ['b', 'back'], argument: '', says: 'the 20 rows before' },
	{ verb: 'open', words: ['o', 'open'], argument: 'NUMBER', says: 'open a row; its number alone does the same' },
	{ verb: 'inspect', words: ['i', 'inspect'], argument: 'NUMBER', says: 'every attribute of a row' },
	{ verb: 'up', words: ['u', 'up', 'h'], argument: '', says: 'one level up' },
	{ verb: 'filter', words: ['/'], argument: 'TEXT', says: 'only the rows with this text; / alone shows all again' },
	{
		verb: 'get',
		words: ['g', 'get', 'd'],
		argument: 'ROWS',
		says: 'retrieve rows into the folder, as in: g 1,3-5, or g all; it asks first',
	},
	{ verb: 'take', words: ['p', 'pick'], argument: 'ROWS', says: 'print these rows and quit', isPick: true },
	{ verb: 'queue', words: ['j', 'jobs', 'queue'], argument: '', says: 'how the retrieves stand' },
	{ verb: 'retry', words: ['t', 'retry'], argument: 'NUMBER', says: 'ask again for what failed of a retrieve' },
	{
		verb: 'stop',
		words: ['s', 'stop', 'c'],
		argument: '[NUMBER]',
		says: 'stop the query, else the retrieve; again aborts. Ctrl+C does the same',
	},
	{
		verb: 'nodes',
		words: ['n', 'nodes', 'node'],
		argument: '[NUMBERS]',
		says: 'the nodes; with a number ask that one from now on, with 1,2 both',
	},
	{ verb: 'again', words: ['r', 'again'], argument: '', says: 'ask the same again' },
	{ verb: 'past', words: ['m', 'more'], argument: '', says: 'get past the limit of an archive that cuts answers off' },
	{ verb: 'why', words: ['w', 'why'], argument: '', says: 'find out which key excludes everything' },
	{
		verb: 'explain',
		words: ['x', 'explain'],
		argument: '[NUMBER]',
		says: 'explain the newest problem, or an earlier one',
	},
	{ verb: 'mask', words: ['M', 'mask'], argument: '', says: 'pseudonyms instead of patients, or patients again' },
	{ verb: 'quit', words: ['q', 'quit', 'exit'], argument: '', says: 'quit; Ctrl+D does the same without asking' },
	{ verb: 'help', words: ['?', 'help'], argument: '', says: 'these commands' },
];

export interface Typed {
	readonly verb: Verb;
	/** What follows the word, without the blanks around it. */
	readonly rest: string;
}

/** Undefined where the line is none of them. Letter case tells only `M` from `m`. */
export const commandOf = (line: string, isPicking: boolean): Typed | undefined => {
	const text = line.trim();
	if (text === '') return { verb: 'list', rest: '' };
	if (/^\d+$/.test(text)) return { verb: 'open', rest: text };
	if (text.startsWith('/')) return { verb: 'filter', rest: text.slice(1).trim() };
	// The number may follow the letter at once: g1,3-5.
	const [, word = '', rest = ''] = /^([A-Za-z]+|\?)\s*(.*)$/s.exec(text) ?? [];
	const there = COMMANDS.filter(({ isPick }) => isPicking || isPick === undefined);
	const found =
		there.find(({ words }) => words.includes(word)) ?? there.find(({ words }) => words.includes(word.toLowerCase()));
	const isWhole = text === word || /^\s/.test(text.slice(word.length)) || /^\d/.test(rest);
	return found === undefined || !isWhole ? undefined : { verb: found.verb, rest: rest.trim() };
};

/** One sentence each. */
export const helpSentences = (isPicking: boolean): readonly string[] =>
	COMMANDS.filter(({ isPick }) => isPicking || isPick === undefined).map(
		({ words: [word = ''], argument, says }) => `${argument === '' ? word : `${word} ${argument}`}: ${says}.`,
	);

/**
 * `1,3-5` as places counted from 0, each once, in their order; `all` are all of them.
 *
 * @param count how many there are
 * @returns what is wrong, in words, where it is no such list
 */
export const placesOf = (text: string, count: number, what = 'row'): readonly number[] | string => {
	if (count === 0) return `There is no ${what}.`;
	if (text.toLowerCase() === 'all') return Array.from({ length: count }, (_, place) => place);
	const places = new Set<number>();
	for (const part of text.split(/[\s,]+/).filter((one) => one !== '')) {
		const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part) ?? [];
		if (first === undefined) return `"${part}" is no number: type numbers of ${what}s as 1,3-5, or all.`;
		const [from, to] = [Number(first), Number(last)];
		if (from < 1 || to < from || to > count)
			return `There is no ${what} ${from < 1 || from > count ? from : to}: they go from 1 to ${count}.`;
		for (let number = from; number <= to; number++) places.add(number - 1);
	}
	return places.size === 0 ? `Which ${what}? Type its number behind the command.` : [...places].sort((a, b) => a - b);
};
