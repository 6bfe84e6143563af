/** Manual pages in groff's man macros, made from the command tables. */
import { DEFAULT_KEYS, NODE_KEYS } from '../config/address-book.ts';
import type { Command, Example } from './command.ts';
import { groupedOptions, optionSentence, optionWords, positionalWord } from './option-text.ts';
import { exitRows, variableRows } from './topics.ts';

/** A file of man/ and its text. */
export interface ManPage {
	readonly name: string;
	readonly text: string;
}

/** Text as groff takes it literally: no escape, no hyphen where a minus is meant, no request at the start of a line. */
const plain = (text: string): string =>
	text
		.replaceAll('\\', '\\e')
		.replaceAll('-', '\\-')
		.replaceAll("'", '\\(aq')
		.replaceAll('`', '\\(ga')
		.replaceAll('^', '\\(ha')
		.replaceAll('~', '\\(ti')
		.replace(/^\./, '\\&.');

const bold = (text: string): string => `\\fB${plain(text)}\\fR`;
const italic = (text: string): string => `\\fI${plain(text)}\\fR`;
const sentence = (text: string): string =>
	plain(`${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`);

const section = (title: string, ...lines: readonly string[]): string => `.SH ${title}\n${lines.join('\n')}\n`;
const item = (term: string, text: string): string => `.TP\n${term}\n${text}`;
const rows = (entries: readonly (readonly [string, string])[]): string =>
	entries.map(([left, text]) => item(bold(left), sentence(text))).join('\n');

const head = (title: string, volume: number, version: string): string =>
	`.\\" Made by scripts/docs.ts from the option tables.\n.TH ${title.toUpperCase().replaceAll('-', '\\-')} ${volume} "" "dimse ${version}" "${volume === 1 ? 'User commands' : 'File formats'}"\n`;

const name = (title: string, summary: string): string => section('NAME', `${plain(title)} \\- ${plain(summary)}`);

const examplesOf = (examples: readonly Example[]): string =>
	section('EXAMPLES', examples.map(({ line, says }) => item(bold(line), sentence(says))).join('\n'));

const FILES = section(
	'FILES',
	item(italic('~/.config/dimse/config.ini'), 'The address book; see\n.BR dimse\\-nodes (5).'),
);

const seeAlso = (...pages: readonly (readonly [string, number])[]): string =>
	section(
		'SEE ALSO',
		pages.map(([page, volume], i) => `.BR ${plain(page)} (${volume})${i === pages.length - 1 ? '' : ','}`).join('\n'),
	);

const commandPage = (command: Command, version: string): string => {
	const { description, positionals, examples, aliases } = command;
	const title = `dimse-${command.name}`;
	const options = groupedOptions(command).map(
		([group, entries]) =>
			`.SS ${group} options\n${entries
				.map(([option, spec]) => {
					const { words, value } = optionWords(option, spec);
					return item(
						`${words.map(bold).join(', ')}${value === '' ? '' : ` ${italic(value)}`}`,
						sentence(optionSentence(spec)),
					);
				})
				.join('\n')}`,
	);
	return [
		head(title, 1, version),
		name(title, command.summary),
		section(
			'SYNOPSIS',
			[
				bold(`dimse ${command.name}`),
				`[${italic('OPTION')}...]`,
				...positionals.map((one) => italic(positionalWord(one))),
			].join(' '),
		),
		section(
			'DESCRIPTION',
			description.map(plain).join('\n.PP\n'),
			...(aliases.length === 0 ? [] : ['.PP', `Also called ${aliases.map(bold).join(', ')}.`]),
			...positionals.map((one) => item(italic(one.name), sentence(one.help))),
		),
		section('OPTIONS', ...options),
		...(examples.length === 0 ? [] : [examplesOf(examples)]),
		section('EXIT STATUS', rows(exitRows())),
		section('ENVIRONMENT', rows(variableRows([command]))),
		FILES,
		seeAlso(['dimse', 1], ['dimse-nodes', 5]),
	].join('');
};

const overviewPage = (commands: readonly Command[], version: string): string =>
	[
		head('dimse', 1, version),
		name('dimse', 'a terminal toolkit for DICOM Query/Retrieve'),
		section(
			'SYNOPSIS',
			`${bold('dimse')} ${italic('COMMAND')} [${italic('OPTION')}...] ${italic('PEER')} [${italic('ITEM')}...]`,
		),
		section(
			'DESCRIPTION',
			'Runs and debugs DICOM archives from a terminal and from scripts. Data goes to standard output, everything else to standard error.',
		),
		section('COMMANDS', rows(commands.map(({ name: title, summary }) => [title, summary]))),
		section('EXIT STATUS', rows(exitRows())),
		section('ENVIRONMENT', rows(variableRows(commands))),
		FILES,
		seeAlso(...commands.map(({ name: title }) => [`dimse-${title}`, 1] as const), ['dimse-nodes', 5]),
	].join('');

const nodesPage = (version: string): string =>
	[
		head('dimse-nodes', 5, version),
		name('dimse-nodes', 'the address book of dimse'),
		section(
			'DESCRIPTION',
			plain(
				'A file in the dialect of Python\'s configparser: "key: value" or "key = value", comments with # or ;, indented lines that go on. A section is a node, and the section DEFAULT is inherited by all of them. A configuration of pynetdicom\'s qrscp can be read as one.',
			),
		),
		section('KEYS', rows([...Object.entries(NODE_KEYS), ...Object.entries(DEFAULT_KEYS)])),
		section(
			'KEYS OF BROWSE',
			plain(
				'The section keys is no node: it gives actions of dimse browse other keys, as "retrieve = d Ctrl+R". The keys stand with blanks between; nothing takes the keys of an action away. A key is one character (case counts), Ctrl+ and a letter, or Enter, Esc, Tab, Space, Backspace, Delete, Up, Down, Left, Right, Home, End, PgUp, PgDn, with Shift+ or Ctrl+ where the terminal tells them apart. Where letters are typed, letters stay text, and an action that is given nothing else keeps its own keys there. An unknown action and a key with two meanings in one place are errors. The key line and the help follow.',
			),
			'.PP',
			'The actions are listed in',
			'.BR dimse\\-browse (1);',
			'on the screen, ? tells what each key does.',
		),
		section(
			'EXAMPLES',
			'.nf',
			...[
				'[DEFAULT]',
				'calling_ae_title: WS01',
				'',
				'[main]',
				'ae_title: PACS_MAIN',
				'address: 10.20.1.5',
				'port: 11112',
				'',
				'[keys]',
				'retrieve = d Ctrl+R',
				'explain = x F',
				'saved =',
			].map(plain),
			'.fi',
		),
		FILES.replace('; see\n.BR dimse\\-nodes (5).', '.'),
		seeAlso(['dimse', 1], ['dimse-browse', 1], ['dimse-node', 1]),
	].join('');

/** @param version of the program, as in package.json */
export const manPages = (commands: readonly Command[], version: string): readonly ManPage[] => [
	{ name: 'dimse.1', text: overviewPage(commands, version) },
	...commands.map((command) => ({ name: `dimse-${command.name}.1`, text: commandPage(command, version) })),
	{ name: 'dimse-nodes.5', text: nodesPage(version) },
];
