/** Completion scripts for bash, zsh and fish, made from the option tables. Node names are asked for when TAB is pressed. */
import type { Command, OptionSpec, Positional } from './command.ts';
import { optionWords, shownOptions } from './option-text.ts';
import { optionsOf, takesValue } from './spellings.ts';
import { TOPICS } from './topics.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Prints the names of the address book, one a line; nothing where there is none. */
const NODES = 'dimse node list -F name 2>/dev/null';

/** What is offered for a word: names of the address book, files, these words. */
interface Offer {
	readonly isNode: boolean;
	readonly isFile: boolean;
	readonly words: readonly string[];
}

const offer = (what: Partial<Offer>): Offer => ({ isNode: false, isFile: false, words: [], ...what });

const offerFor = ({ completes }: Positional, words: readonly string[]): Offer =>
	offer({ isNode: completes === 'node', isFile: completes === 'file' || completes === 'folder', words });

/** Words that are known beforehand: what `help` and `completion` take, the actions of a command that has several. */
const firstWords = (command: Command, commands: readonly Command[]): readonly string[] => {
	if (command.name === 'help') return [...commands.map(({ name }) => name), ...Object.keys(TOPICS)];
	if (command.name === 'completion') return SHELLS;
	return usagesOf(command).map(([action = '']) => action);
};

/** `list, show NAME, add NAME ...`: the words of each action of a command that has several. */
const usagesOf = ({ positionals: [first] }: Command): readonly (readonly string[])[] =>
	first?.name === 'ACTION' ? first.help.split(', ').map((usage) => usage.split(' ')) : [];

/** What the words after the command may be, in their order; what has no place is not offered. `after` holds for all further ones. */
interface Places {
	readonly first: Offer;
	readonly after: Offer;
}

const placesOf = (command: Command, commands: readonly Command[]): Places => {
	const [first, ...others] = command.positionals;
	if (first === undefined) return { first: offer({}), after: offer({}) };
	const last = others.at(-1) ?? first;
	const { isFile, isNode } = last.many ? offerFor(last, []) : offer({});
	const begins = offerFor(first, firstWords(command, commands));
	// Where there is a default node the peer may be left out.
	return { first: { ...begins, isFile: begins.isFile || (begins.isNode && isFile) }, after: offer({ isFile, isNode }) };
};

/** What actions of one command take: names of nodes once, names again and again, files. */
interface ActionPlaces {
	readonly actions: readonly string[];
	readonly isMany: boolean;
	readonly offered: Offer;
}

const ACTION_WORDS = [
	[/^\[?(?:NAME|PEER)\]?$/, false, offer({ isNode: true })],
	[/^\[?(?:NAME|PEER)\.{3}\]?$/, true, offer({ isNode: true })],
	[/^(?:FILE|IN)$/, true, offer({ isFile: true })],
] as const;

const actionPlaces = (command: Command): readonly ActionPlaces[] =>
	ACTION_WORDS.map(([words, isMany, offered]) => ({
		actions: usagesOf(command)
			// The name of a new node is nobody's yet.
			.filter(([action, word = '']) => action !== 'add' && words.test(word))
			.map(([action = '']) => action),
		isMany,
		offered,
	})).filter(({ actions }) => actions.length > 0);

/** Every spelling of the options that take a value: the word after one is no place. */
const valuedWords = (command: Command): readonly string[] =>
	Object.entries(optionsOf(command))
		.filter(([, spec]) => takesValue(spec))
		.flatMap(([name, spec]) => [...optionWords(name, spec).words, ...(spec.old ?? [])]);

/** Flags of other tools that have become habits are offered too, where they are one letter. */
const wordsOf = (command: Command): readonly string[] =>
	shownOptions(optionsOf(command)).flatMap(([name, spec]) => [
		...optionWords(name, spec).words,
		...Object.keys(spec.sets ?? {}).filter((token) => /^-[A-Z]$|^--[a-z\d-]+$/.test(token)),
	]);

const isPath = ({ completes }: OptionSpec): boolean => completes === 'file' || completes === 'folder';

export const completionScript = (shell: Shell, commands: readonly Command[]): string => {
	switch (shell) {
		case 'bash':
			return bash(commands);
		case 'zsh':
			return zsh(commands);
		case 'fish':
			return fish(commands);
	}
};

const bash = (commands: readonly Command[]): string => `# bash completion for dimse: eval "$(dimse completion bash)"
# How many words stand before this one that are no options and no values of those named, and the first of them.
_dimse_place() {
	local at word skip=
	place=0 first=
	for ((at = 2; at < COMP_CWORD; at++)); do
		word=\${COMP_WORDS[at]}
		if [ "$word" = = ]; then skip=1
		elif [ -n "$skip" ]; then skip=
		elif [[ " $1 " == *" $word "* ]]; then skip=1
		elif [[ "$word" != -* ]]; then
			[ -n "$first" ] || first=$word
			place=$((place + 1))
		fi
	done
}
_dimse() {
	local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words= place first
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$word"))
		return
	fi
	case "\${COMP_WORDS[1]}" in
${commands.map((command) => bashCase(command, commands)).join('\n')}
	esac
}
complete -o bashdefault -F _dimse dimse
`;

const bashCase = (command: Command, commands: readonly Command[]): string => {
	const options = shownOptions(optionsOf(command)).filter(([, spec]) => takesValue(spec));
	const arms: string[] = [];
	for (const [name, spec] of options) {
		const pattern = [...optionWords(name, spec).words, ...(spec.old ?? [])].join('|');
		const reply =
			spec.choices !== undefined
				? `COMPREPLY=($(compgen -W '${spec.choices.join(' ')}' -- "$word"))`
				: isPath(spec)
					? `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen ${spec.completes === 'folder' ? '-d' : '-f'} -- "$word"))`
					: ':';
		arms.push(`\t\t\t${pattern}) ${reply}; return ;;`);
	}
	const { first, after } = placesOf(command, commands);
	const places = actionPlaces(command).map(({ actions, isMany, offered }) => {
		const before = isMany ? '*' : '1';
		return [actions.map((action) => `${before}' ${action}'`).join('|'), offered] as const;
	});
	const further = usagesOf(command).length === 0 ? [['*', after] as const] : places;
	return `	${[command.name, ...command.aliases].join('|')})
		case "$before" in
${arms.join('\n')}
		esac
		case "$word" in
			-*) words='${wordsOf(command).join(' ')}'; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;
		esac
		_dimse_place '${valuedWords(command).join(' ')}'
		case "$place $first" in
${[['0*', first] as const, ...further].map(([pattern, what]) => `\t\t\t${pattern}) ${bashOffer(what)} ;;`).join('\n')}
		esac ;;`;
};

const bashOffer = ({ isNode, isFile, words }: Offer): string => {
	const all = [...words, ...(isNode ? [`$(${NODES})`] : [])].join(' ');
	return [
		...(all === '' ? [] : [`words="${all}"; COMPREPLY=($(compgen -W "$words" -- "$word"))`]),
		...(isFile ? ['compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$word"))'] : []),
		...(all === '' && !isFile ? [':'] : []),
	].join('; ');
};

/** Inside a single-quoted word of `_arguments`. */
const zshText = (text: string): string => text.replaceAll(/[\\:[\]]/g, '\\$&').replaceAll("'", `'\\''`);

const zsh = (commands: readonly Command[]): string => `#compdef dimse
# zsh completion for dimse: eval "$(dimse completion zsh)", or as _dimse in a folder of $fpath
_dimse_nodes() {
	local -a nodes
	nodes=(\${(f)"$(${NODES})"})
	compadd -a nodes
}
_dimse() {
	local context state state_descr line
	typeset -A opt_args
	_arguments -C '1:command:->command' '*::argument:->argument'
	case $state in
		command)
			local -a commands
			commands=(
${commands.map(({ name, summary }) => `				'${name}:${zshText(summary)}'`).join('\n')}
			)
			_describe command commands ;;
		argument)
			case $line[1] in
${commands.map((command) => zshCase(command, commands)).join('\n')}
			esac ;;
	esac
}
if [ "$funcstack[1]" = _dimse ]; then
	_dimse "$@"
else
	compdef _dimse dimse
fi
`;

const zshCase = (command: Command, commands: readonly Command[]): string => {
	const lines: string[] = [];
	for (const [name, spec] of shownOptions(optionsOf(command))) {
		const { words, value } = optionWords(name, spec);
		const action =
			spec.choices !== undefined
				? `(${spec.choices.join(' ')})`
				: isPath(spec)
					? spec.completes === 'folder'
						? '_files -/'
						: '_files'
					: ' ';
		for (const word of words)
			lines.push(`'*${word}[${zshText(spec.help)}]${value === '' ? '' : `:${zshText(value)}:${action}`}'`);
	}
	const { first, after } = placesOf(command, commands);
	const action = first.isNode ? '_dimse_nodes' : `(${first.words.join(' ')})`;
	if (command.positionals.length > 0) lines.push(`'1:${zshText(command.positionals[0]?.name ?? '')}:${action}'`);
	if (after.isFile) lines.push(`'*:file:_files'`);
	else if (after.isNode) lines.push(`'*:node:_dimse_nodes'`);
	return `				${[command.name, ...command.aliases].join('|')})
					_arguments -S ${lines.join(' \\\n\t\t\t\t\t\t')} ;;`;
};

const fishText = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;

/** How many words stand before the cursor that are no options and no values of those named. */
const FISH_PLACE = `function __dimse_place
	set -l words (commandline -opc)
	set -e words[1]
	set -e words[1]
	set -l place 0
	set -l skip 0
	for word in $words
		if test $skip = 1
			set skip 0
		else if contains -- $word $argv
			set skip 1
		else if not string match -q -- '-*' $word
			set place (math $place + 1)
		end
	end
	echo $place
end`;

const fishPlaces = (command: Command, commands: readonly Command[]): readonly string[] => {
	const seen = `__fish_seen_subcommand_from ${[command.name, ...command.aliases].join(' ')}`;
	const place = `(__dimse_place ${valuedWords(command).join(' ')})`;
	const offered = (when: string, { isNode, isFile, words }: Offer): readonly string[] => {
		const all = [...words, ...(isNode ? [`(${NODES})`] : [])].join(' ');
		const here = `complete -c dimse -n ${fishText(`${seen}; and ${when}`)}`;
		return [...(all === '' ? [] : [`${here} -a ${fishText(all)}`]), ...(isFile ? [`${here} -F`] : [])];
	};
	const { first, after } = placesOf(command, commands);
	const acting = ({ actions, isMany, offered: what }: ActionPlaces) =>
		offered(`test ${place} ${isMany ? '-gt 0' : '-eq 1'}; and __fish_seen_subcommand_from ${actions.join(' ')}`, what);
	return [
		...offered(`test ${place} -eq 0`, first),
		...(usagesOf(command).length === 0 ? offered(`test ${place} -gt 0`, after) : actionPlaces(command).flatMap(acting)),
	];
};

const fish = (commands: readonly Command[]): string => {
	const lines = [
		'# fish completion for dimse: dimse completion fish | source',
		FISH_PLACE,
		'complete -c dimse -f',
		...commands.map(
			({ name, summary }) => `complete -c dimse -n __fish_use_subcommand -a ${name} -d ${fishText(summary)}`,
		),
	];
	for (const command of commands) {
		const here = `-n ${fishText(`__fish_seen_subcommand_from ${[command.name, ...command.aliases].join(' ')}`)}`;
		lines.push(...fishPlaces(command, commands));
		for (const [name, spec] of shownOptions(optionsOf(command))) {
			const short = spec.short === undefined ? '' : ` -s ${spec.short}`;
			const value = !takesValue(spec)
				? ''
				: spec.choices !== undefined
					? ` -x -a ${fishText(spec.choices.join(' '))}`
					: isPath(spec)
						? ' -r -F'
						: ' -x';
			lines.push(`complete -c dimse ${here}${short} -l ${name}${value} -d ${fishText(spec.help)}`);
		}
	}
	return `${lines.join('\n')}\n`;
};
