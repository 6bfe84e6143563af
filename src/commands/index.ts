/** The table of subcommands: all that is known of one without loading it. */
import type { Command } from '../cli/command.ts';

export interface CommandEntry {
	readonly name: string;
	readonly aliases: readonly string[];
	/** The same line as in the command's own table. */
	readonly summary: string;
	load(): Promise<{ readonly default: Command }>;
}

export const COMMANDS: readonly CommandEntry[] = [
	{
		name: 'echo',
		aliases: ['echoscu'],
		summary: 'verify that a peer answers (C-ECHO)',
		load: () => import('./echo.ts'),
	},
	{
		name: 'find',
		aliases: ['findscu'],
		summary: 'query a peer and print its matches (C-FIND)',
		load: () => import('./find.ts'),
	},
	{
		name: 'get',
		aliases: ['getscu'],
		summary: 'fetch instances into files, on our own association (C-GET)',
		load: () => import('./get.ts'),
	},
	{
		name: 'move',
		aliases: ['movescu'],
		summary: 'have a peer send instances here or to another AE (C-MOVE)',
		load: () => import('./move.ts'),
	},
	{
		name: 'browse',
		aliases: ['tui'],
		summary: 'browse archives and watch retrievals on the whole terminal',
		load: () => import('./browse.ts'),
	},
	{
		name: 'store',
		aliases: ['storescu'],
		summary: 'send files and folders to a peer (C-STORE)',
		load: () => import('./store.ts'),
	},
	{
		name: 'receive',
		aliases: ['storescp'],
		summary: 'take instances in and write them into a folder (Storage SCP)',
		load: () => import('./receive.ts'),
	},
	{
		name: 'qrscp',
		aliases: ['dcmqrscp'],
		summary: 'run an archive: store, query and retrieve (SCP)',
		load: () => import('./qrscp.ts'),
	},
	{
		name: 'demo',
		aliases: [],
		summary: 'show what this does, on an archive made up for it',
		load: async () => ({ default: (await import('./demo.ts')).demoOf(COMMANDS) }),
	},
	{
		name: 'doctor',
		aliases: [],
		summary: 'check a peer step by step and say what to change',
		load: () => import('./doctor.ts'),
	},
	{
		name: 'explain',
		aliases: [],
		summary: 'say what a code, a UID, a tag or a line of a log means',
		load: () => import('./explain.ts'),
	},
	{
		name: 'trace',
		aliases: [],
		summary: 'read, convert and count recorded traces',
		load: () => import('./trace.ts'),
	},
	{
		name: 'node',
		aliases: [],
		summary: 'keep the address book of peers',
		load: () => import('./node.ts'),
	},
	{
		name: 'completion',
		aliases: [],
		summary: 'print a completion script for a shell',
		load: async () => ({ default: (await import('./completion.ts')).completionOf(COMMANDS) }),
	},
	{
		name: 'help',
		aliases: [],
		summary: 'explain a command or a topic',
		load: async () => ({ default: (await import('./help.ts')).helpOn(COMMANDS) }),
	},
];
