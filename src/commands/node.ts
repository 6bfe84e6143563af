/** `dimse node`: the address book, a section of the configuration file for each peer, and what is known of them. */
import { defineCommand } from '../cli/command.ts';
import type { Environment } from '../cli/environment.ts';
import type { ExitStatus } from '../cli/exit-statuses.ts';
import { NODE_KEYS } from '../config/address-book.ts';
import { STANZA_NAMES } from '../config/node-card.ts';
import { DicomError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { NODE_OPTIONS, type NodeOptions } from './node/options.ts';

type Act = (args: readonly string[], options: NodeOptions, env: Environment) => Promise<ExitStatus>;

/** What can be done; each is loaded when it is. */
export const NODE_ACTIONS: Readonly<Record<string, { readonly usage: string; load(): Promise<Act> }>> = {
	list: { usage: 'list', load: async () => (await import('./node/list.ts')).listNodes },
	show: { usage: 'show NAME', load: async () => (await import('./node/list.ts')).showNode },
	add: { usage: 'add NAME [PEER] [KEY=VALUE...]', load: async () => (await import('./node/changes.ts')).addNode },
	set: { usage: 'set NAME KEY=VALUE...', load: async () => (await import('./node/changes.ts')).setKeys },
	edit: { usage: 'edit [NAME]', load: async () => (await import('./node/edit.ts')).editBook },
	rename: { usage: 'rename NAME NEW', load: async () => (await import('./node/changes.ts')).rename },
	rm: { usage: 'rm NAME...', load: async () => (await import('./node/changes.ts')).remove },
	test: { usage: 'test [PEER...]', load: async () => (await import('./node/test.ts')).testNodes },
	card: { usage: 'card [PEER]', load: async () => (await import('./node/stanzas.ts')).printCard },
	export: { usage: 'export [PEER] --as FORMAT', load: async () => (await import('./node/stanzas.ts')).printStanza },
	import: { usage: 'import FILE', load: async () => (await import('./node/import.ts')).importNodes },
	caps: { usage: 'caps [PEER...]', load: async () => (await import('./node/caps.ts')).printCapabilities },
};

export default defineCommand({
	name: 'node',
	aliases: [],
	summary: 'keep the address book of peers',
	description: [
		'A node is a peer with a name: a section of the configuration file. list prints all of them, show one; add makes a new one, set changes one that is there (KEY= takes a value away), rename and rm do what they say. edit opens the file in $EDITOR and takes it over if it can be read.',
		'add takes the peer as it is spelled elsewhere, and KEY=VALUE for anything else that the file may hold: ' +
			`${Object.keys(NODE_KEYS).join(', ')}. ` +
			'Both add and set keep what --called, --calling, --listen and the options of TLS say, and refuse others.',
		'test sends each a C-ECHO; without names to all of them.',
		'card prints what the administrator of the peer has to enter for us, in words, as configuration of several archives, and for the firewall: one screen, made for an e-mail. ' +
			`export prints one of these stanzas alone (--as ${STANZA_NAMES.join(', ')}). Our address is the one that this machine would use towards the peer.`,
		'import takes the peers out of the configuration of another program, which is recognised by what is in it: Orthanc JSON, dcmqrscp.cfg, pynetdicom INI, dcm4che devices or AEs as JSON or LDIF, AET@HOST:PORT lines, CSV with a heading; - is stdin.',
		'caps asks which services, SOP classes and transfer syntaxes each peer accepts, in about four associations, and says what changed since the last time. caps --matching finds out how it matches keys, with about thirty queries for one study; find --name goes by the result afterwards. Both are kept in $XDG_STATE_HOME/dimse/capabilities.json, without anything of a patient.',
	],
	positionals: [
		{
			name: 'ACTION',
			help: Object.values(NODE_ACTIONS)
				.map(({ usage }) => usage)
				.join(', '),
		},
		{ name: 'NAME', help: 'the name of a node, and for add what is to be known of it', many: true, completes: 'node' },
	],
	options: NODE_OPTIONS,
	examples: [
		{ line: 'dimse node add main PACS_MAIN@10.20.1.5:11112 --calling WS01', says: 'remember a peer' },
		{ line: 'dimse node set main charset="ISO_IR 100" match_limit=500', says: 'say more of it' },
		{ line: 'dimse node card main', says: 'what they have to enter for us' },
		{ line: 'dimse node import /etc/orthanc/orthanc.json', says: 'take over the peers of an archive' },
		{ line: 'dimse node caps --all -F csv', says: 'what each accepts, as a table' },
		{ line: 'dimse node caps main --matching', says: 'wildcards, letter case, keys that are ignored' },
	],
	async run(options, positionals, env): Promise<ExitStatus> {
		const [action = 'list', ...args] = positionals;
		const found = Object.hasOwn(NODE_ACTIONS, action) ? NODE_ACTIONS[action] : undefined;
		if (found === undefined)
			throw new DicomError({
				blame: 'usage',
				message: `node: unknown action "${action}"`,
				suggestions: nearest(action, Object.keys(NODE_ACTIONS)),
				hint: `the actions are ${Object.keys(NODE_ACTIONS).join(', ')}`,
			});
		const act = await found.load();
		return act(args, options, env);
	},
});
