/** `dimse completion`: prints the completion script of a shell. */
import { type Command, defineCommand } from '../cli/command.ts';
import { completionScript, SHELLS } from '../cli/completions.ts';
import { EXIT, type ExitStatus } from '../cli/exit-statuses.ts';
import { DicomError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { CommandEntry } from './index.ts';

/** @param entries the table of commands: it imports this file, so that it cannot be imported here */
export const completionOf = (entries: readonly CommandEntry[]): Command =>
	defineCommand({
		name: 'completion',
		aliases: [],
		summary: 'print a completion script for a shell',
		description: ['Prints a script that completes commands, options, their values and the names of nodes.'],
		positionals: [{ name: 'SHELL', help: SHELLS.join(', '), required: true }],
		options: {},
		examples: [
			{ line: 'eval "$(dimse completion bash)"', says: 'in ~/.bashrc' },
			{ line: 'eval "$(dimse completion zsh)"', says: 'in ~/.zshrc, after compinit' },
			{ line: 'dimse completion fish | source', says: 'in config.fish' },
		],
		async run(_, [word = ''], env): Promise<ExitStatus> {
			const shell = SHELLS.find((one) => one === word);
			if (shell === undefined)
				throw new DicomError({
					blame: 'usage',
					message: word === '' ? 'completion: which shell?' : `completion: there is no script for "${word}"`,
					suggestions: nearest(word, SHELLS),
					hint: `dimse completion ${SHELLS.join('|')}`,
				});
			const commands = await Promise.all(entries.map(async (entry) => (await entry.load()).default));
			await env.stdout.write(completionScript(shell, commands));
			return EXIT.ok;
		},
	});
