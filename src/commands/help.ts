/** `dimse help`: the overview, a command's help, or a topic. */
import { type Command, defineCommand } from '../cli/command.ts';
import { EXIT, type ExitStatus } from '../cli/exit-statuses.ts';
import { commandHelp, overview } from '../cli/help.ts';
import { TOPICS } from '../cli/topics.ts';
import { DicomError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { CommandEntry } from './index.ts';

/** @param entries the table of commands: it imports this file, so that it cannot be imported here */
export const helpOn = (entries: readonly CommandEntry[]): Command =>
	defineCommand({
		name: 'help',
		aliases: [],
		summary: 'explain a command or a topic',
		description: ['Prints the help of a command, or a text about what concerns several.'],
		positionals: [{ name: 'TOPIC', help: `a command, or ${Object.keys(TOPICS).join(', ')}` }],
		options: {},
		examples: [
			{ line: 'dimse help find', says: 'the same as dimse find --help' },
			{ line: 'dimse help exit-codes', says: 'what a script can tell from the exit status' },
		],
		async run(_, [word], env): Promise<ExitStatus> {
			const columns = env.stdout.columns ?? 80;
			await env.stdout.write(word === undefined ? overview(entries, columns) : await textOf(entries, word, columns));
			return EXIT.ok;
		},
	});

const textOf = async (entries: readonly CommandEntry[], word: string, columns: number): Promise<string> => {
	const entry = entries.find(({ name, aliases }) => name === word || aliases.includes(word));
	if (entry !== undefined) return commandHelp((await entry.load()).default, columns);
	const topic = Object.hasOwn(TOPICS, word) ? TOPICS[word] : undefined;
	if (topic !== undefined) return topic.text(await loadCommands(entries), Math.min(columns, 100));
	const words = [...entries.map(({ name }) => name), ...Object.keys(TOPICS)];
	throw new DicomError({
		blame: 'usage',
		message: `help: there is nothing about "${word}"`,
		suggestions: nearest(word, words),
		hint: `there is help about ${words.join(', ')}`,
	});
};

/** The tables of all commands, for what is printed from them together. */
const loadCommands = (entries: readonly CommandEntry[]): Promise<readonly Command[]> =>
	Promise.all(entries.map(async (entry) => (await entry.load()).default));
