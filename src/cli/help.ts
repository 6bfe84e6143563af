/** `--help`: examples first, then the options that most people need, then all of them in their groups. Made from the tables. */
import { DicomError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { Command } from './command.ts';
import {
	definition,
	groupedOptions,
	type Listed,
	optionSentence,
	optionWords,
	synopsis,
	wrapped,
} from './option-text.ts';
import { TOPICS } from './topics.ts';

const DEFAULT_COLUMNS = 80;
const MOST_COLUMNS = 100;

/** What `dimse` says of itself. */
export const overview = (commands: readonly Listed[], columns = DEFAULT_COLUMNS): string => {
	const width = Math.min(columns, MOST_COLUMNS);
	return [
		'usage: dimse COMMAND [OPTION...] PEER [ITEM...]\n\n',
		'A terminal toolkit for DICOM Query/Retrieve.\n\n',
		'examples:\n',
		'  dimse demo\n',
		'  dimse node add main PACS@10.20.1.5:11112\n',
		'  dimse doctor main\n',
		"  dimse find main --name 'smith*' --date -30d\n",
		'  dimse get main 1.2.840.113619.2.5 -o ~/dicom\n',
		'  dimse store main ./incoming\n\n',
		'commands:\n',
		...commands.map(({ name, summary, aliases }) =>
			definition(`  ${name}`, `${summary}${aliases.length === 0 ? '' : `; also ${aliases.join(', ')}`}`, width, 16),
		),
		'\ntopics:\n',
		...Object.entries(TOPICS).map(([name, { summary }]) => definition(`  ${name}`, summary, width, 16)),
		'\ndimse COMMAND --help, dimse help TOPIC, dimse --version\n',
	].join('');
};

/** @param columns of the terminal, if there is one */
export const commandHelp = (command: Command, columns = DEFAULT_COLUMNS): string => {
	const width = Math.min(columns, MOST_COLUMNS);
	const { aliases, summary, examples, positionals } = command;
	const lines = [
		`usage: ${synopsis(command)}\n\n`,
		...wrapped(`${summary}${aliases.length === 0 ? '' : `; also called ${aliases.join(', ')}`}`, width).map(
			(line) => `${line}\n`,
		),
	];
	if (examples.length > 0) lines.push('\nexamples:\n');
	for (const { line, says } of examples) lines.push(`  ${line}\n      ${says}\n`);
	if (positionals.length > 0) lines.push('\narguments:\n');
	for (const { name, help } of positionals) lines.push(definition(`  ${name}`, help, width));
	for (const [group, options] of groupedOptions(command)) {
		lines.push(`\n${group === 'TLS' ? group : group.toLowerCase()} options:\n`);
		for (const [name, spec] of options) {
			const { words, value } = optionWords(name, spec);
			const left = `  ${words.length === 1 ? '    ' : ''}${words.join(', ')}${value === '' ? '' : ` ${value}`}`;
			lines.push(definition(left, optionSentence(spec), width));
		}
	}
	lines.push(`\nmore: dimse help ${Object.keys(TOPICS).join(' | ')}\n`);
	return lines.join('');
};

export const unknownCommand = (word: string, commands: readonly Listed[]): DicomError => {
	const words = commands.flatMap(({ name, aliases }) => [name, ...aliases]);
	const suggestions = nearest(word, words);
	return new DicomError({
		blame: 'usage',
		message: word.startsWith('-') ? `the command comes first, and ${word} is none` : `unknown command "${word}"`,
		...(suggestions.length === 0 ? {} : { suggestions }),
		hint: `the commands are ${commands.map(({ name }) => name).join(', ')}`,
	});
};
