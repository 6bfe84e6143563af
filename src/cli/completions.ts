/** Completion scripts for bash, zsh and fish, made from the option tables. Node names are asked for when TAB is pressed. */
import type { Command, OptionSpec } from './command.ts';
import { optionWords, shownOptions } from './option-text.ts';
import { optionsOf, takesValue } from './spellings.ts';
import { TOPICS } from './topics.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Prints the names of the address book, one a line; nothing where there is none. */
const NODES = 'dimse node list -F name 2>/dev/null';

/** What may follow a command that takes no peer and no file. */
const itemsOf = (command: Command, commands: readonly Command[]): readonly string[] => {
	if (command.name === 'help') return [...commands.map(({ name }) => name), ...Object.keys(TOPICS)];
	if (command.name === 'completion') return SHELLS;
	// `list, show NAME, add NAME ...`: the actions of a command that has several.
	const [first] = command.positionals;
	return first?.name === 'ACTION' ? first.help.split(', ').map((usage) => usage.split(' ')[0] ?? '') : [];
};

const takesNodes = ({ name, positionals }: Command): boolean =>
	name === 'node' || positionals.some(({ completes }) => completes === 'node');

const takesFiles = ({ positionals }: Command): boolean =>
	positionals.some(({ completes }) => completes === 'file' || completes === 'folder');

/** Flags of other tools that have become habits are offered too, where they are one letter. */
const wordsOf = (command: Command): readonly string[] =>
	shownOptions(optionsOf(command)).flatMap(([name, spec]) => [
		...optionWords(name, spec).words,
		...Object.keys(spec.sets ?? {}).filter((token) => /^-[A-Z]$|^--[a-z-]+$/.test(token)),
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
_dimse() {
	local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=
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
	const items = [...itemsOf(command, commands), ...(takesNodes(command) ? [`$(${NODES})`] : [])].join(' ');
	const fall = takesFiles(command) ? `; compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$word"))` : '';
	return `	${[command.name, ...command.aliases].join('|')})
		case "$before" in
${arms.join('\n')}
		esac
		case "$word" in
			-*) words='${wordsOf(command).join(' ')}'; COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
			*) words="${items}"; COMPREPLY=($(compgen -W "$words" -- "$word"))${fall} ;;
		esac ;;`;
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
	const items = itemsOf(command, commands);
	const action = takesNodes(command) && items.length === 0 ? '_dimse_nodes' : `(${items.join(' ')})`;
	if (command.positionals.length > 0) lines.push(`'1:${zshText(command.positionals[0]?.name ?? '')}:${action}'`);
	if (takesFiles(command)) lines.push(`'*:file:_files'`);
	else if (takesNodes(command)) lines.push(`'*:node:_dimse_nodes'`);
	return `				${[command.name, ...command.aliases].join('|')})
					_arguments -S ${lines.join(' \\\n\t\t\t\t\t\t')} ;;`;
};

const fishText = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;

const fish = (commands: readonly Command[]): string => {
	const lines = [
		'# fish completion for dimse: dimse completion fish | source',
		'complete -c dimse -f',
		...commands.map(
			({ name, summary }) => `complete -c dimse -n __fish_use_subcommand -a ${name} -d ${fishText(summary)}`,
		),
	];
	for (const command of commands) {
		const here = `-n ${fishText(`__fish_seen_subcommand_from ${[command.name, ...command.aliases].join(' ')}`)}`;
		const items = [...itemsOf(command, commands), ...(takesNodes(command) ? [`(${NODES})`] : [])].join(' ');
		if (items !== '') lines.push(`complete -c dimse ${here} -a ${fishText(items)}`);
		if (takesFiles(command)) lines.push(`complete -c dimse ${here} -F`);
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
