/** `dimse node`: the address book, a section of the configuration file for each peer. */
import { defineCommand } from '../cli/command.ts';
import type { Environment } from '../cli/environment.ts';
import { EXIT, type ExitStatus } from '../cli/exit-statuses.ts';
import { GENERAL, OUTPUT } from '../cli/option-groups.ts';
import { takePeer } from '../cli/peer.ts';
import {
	type AddressBook,
	NODE_KEYS,
	type Node,
	type NodeKey,
	readAddressBook,
	removeNodes,
	writeNode,
} from '../config/address-book.ts';
import { nearest } from '../config/nearest.ts';
import { DicomError } from '../errors.ts';

const ACTIONS = ['list', 'show', 'add', 'rm'] as const;

export default defineCommand({
	name: 'node',
	aliases: [],
	summary: 'keep the address book of peers',
	description: [
		'A node is a peer with a name: a section of the configuration file. list prints all of them, show one, add makes or changes one, rm takes them out.',
		'add takes the peer as it is spelled elsewhere, and KEY=VALUE for anything else that the file may hold: ' +
			`${Object.keys(NODE_KEYS).join(', ')}.`,
	],
	positionals: [
		{ name: 'ACTION', help: 'list, show NAME, add NAME [PEER] [KEY=VALUE...], rm NAME...' },
		{ name: 'NAME', help: 'the name of a node, and for add what is to be known of it', many: true, completes: 'node' },
	],
	options: {
		calling: {
			type: 'string',
			value: 'AET',
			group: 'Common',
			help: 'with add: what we call ourselves there',
			old: ['-aet'],
		},
		called: { type: 'string', value: 'AET', group: 'Common', help: "with add: the peer's AE title", old: ['-aec'] },
		...OUTPUT,
		...GENERAL,
	},
	examples: [
		{ line: 'dimse node add main PACS_MAIN@10.20.1.5:11112 --calling WS01', says: 'remember a peer' },
		{ line: 'dimse node add main charset="ISO_IR 100" match_limit=500', says: 'say more of it' },
		{ line: 'dimse node list', says: 'all of them' },
		{ line: 'dimse node rm main', says: 'forget it' },
	],
	async run(options, positionals, env): Promise<ExitStatus> {
		const [action = 'list', ...args] = positionals;
		switch (action) {
			case 'list':
				return list(await readAddressBook(options, env), options, env);
			case 'show':
				return show(await readAddressBook(options, env), args, options, env);
			case 'add':
				return add(args, options, env);
			case 'rm':
				return remove(await readAddressBook(options, env), args, options, env);
			default:
				throw new DicomError({
					blame: 'usage',
					message: `node: unknown action "${action}"`,
					suggestions: nearest(action, ACTIONS),
					hint: 'the actions are list, show, add and rm',
				});
		}
	},
});

interface Options {
	readonly calling: string | undefined;
	readonly called: string | undefined;
	readonly format: string | undefined;
	readonly header: boolean;
	readonly color: 'auto' | 'always' | 'never';
	readonly quiet: number;
	readonly config: string | undefined;
	readonly 'no-config': boolean;
}

const FIELDS = ['name', 'called', 'host', 'port', 'calling', 'tls', 'tags', 'note'] as const;

const cells = (node: Node): readonly string[] => [
	node.name,
	node.calledAeTitle,
	node.host,
	String(node.port),
	node.callingAeTitle ?? '',
	node.tls ? 'yes' : '',
	node.tags.join(','),
	node.note ?? '',
];

const list = async (book: AddressBook, options: Options, env: Environment): Promise<ExitStatus> => {
	const nodes = [...book.nodes.values()];
	const format = options.format ?? (env.stdout.isTty ? 'table' : 'tsv');
	if (format === 'json')
		await env.stdout.write(`${JSON.stringify({ schema: 'dimse.nodes/1', path: book.path, nodes })}\n`);
	else if (format === 'jsonl') await env.stdout.write(nodes.map((node) => `${JSON.stringify(node)}\n`).join(''));
	else if (format === 'name') await env.stdout.write(nodes.map(({ name }) => `${name}\n`).join(''));
	else if (format === 'tsv' || format === 'csv') await printDelimited(nodes, format, options.header, env);
	else await printTable(nodes, options, env);
	if (nodes.length === 0 && options.quiet === 0)
		await env.stderr.write(`no nodes in ${book.path}; dimse node add NAME AET@HOST:PORT makes one\n`);
	return nodes.length === 0 ? EXIT.nothing : EXIT.ok;
};

const printDelimited = async (
	nodes: readonly Node[],
	format: 'tsv' | 'csv',
	header: boolean,
	env: Environment,
): Promise<void> => {
	const { sanitize, sanitizeTsv } = await import('../output/sanitize.ts');
	const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
	const line = (row: readonly string[]) =>
		`${format === 'tsv' ? row.map(sanitizeTsv).join('\t') : row.map((cell) => quoted(sanitize(cell))).join(',')}\n`;
	const rows = nodes.map(cells);
	await env.stdout.write((header || format === 'csv' ? [FIELDS, ...rows] : rows).map(line).join(''));
};

const printTable = async (nodes: readonly Node[], options: Options, env: Environment): Promise<void> => {
	const [{ wholeTable }, { loadPaint, wantsColor }] = await Promise.all([
		import('../output/table.ts'),
		import('../output/theme.ts'),
	]);
	const priorities = [100, 90, 95, 85, 60, 50, 30, 20];
	const fields = FIELDS.map((name, index) => ({
		heading: name.toUpperCase(),
		priority: priorities[index] ?? 0,
		...(name === 'port' ? { alignment: 'right' as const } : {}),
	}));
	const paint = await loadPaint(wantsColor(options.color, env.stdout.isTty, env.variables));
	const width = env.stdout.isTty && options.format !== 'wide' ? env.stdout.columns : undefined;
	await env.stdout.write(await wholeTable(fields, nodes.map(cells), { width, paint }));
};

const show = async (
	book: AddressBook,
	[name, ...more]: readonly string[],
	options: Options,
	env: Environment,
): Promise<ExitStatus> => {
	if (name === undefined || more.length > 0)
		throw new DicomError({ blame: 'usage', message: 'node show takes one name' });
	const node = known(book, name);
	if (options.format === 'json' || options.format === 'jsonl') {
		await env.stdout.write(`${JSON.stringify(node)}\n`);
		return EXIT.ok;
	}
	const { sanitize } = await import('../output/sanitize.ts');
	const facts: Readonly<Record<NodeKey, unknown>> = {
		ae_title: node.calledAeTitle,
		address: node.host,
		port: node.port,
		calling_ae_title: node.callingAeTitle,
		tls: node.tls ? 'yes' : undefined,
		tls_ca: node.tlsCa,
		tls_cert: node.tlsCertificate,
		tls_key: node.tlsKey,
		tls_servername: node.tlsServerName,
		tls_min: node.tlsMinimum,
		tls_insecure: node.tlsInsecure ? 'yes' : undefined,
		retrieve: node.retrieve,
		charset: node.charset,
		match_limit: node.matchLimit,
		max_associations: node.maxAssociations,
		web: node.web,
		listen: node.listen,
		output_directory: node.outputDirectory,
		layout: node.layout,
		tags: node.tags.length === 0 ? undefined : node.tags.join(', '),
		note: node.note,
	};
	const lines = Object.entries(facts).flatMap(([key, value]) =>
		value === undefined ? [] : [`${key}: ${sanitize(String(value))}\n`],
	);
	await env.stdout.write(`[${sanitize(node.name)}]\n${lines.join('')}`);
	return EXIT.ok;
};

const add = async ([name, ...rest]: readonly string[], options: Options, env: Environment): Promise<ExitStatus> => {
	if (name === undefined || name === '')
		throw new DicomError({
			blame: 'usage',
			message: 'node add takes a name',
			hint: 'dimse node add NAME AET@HOST:PORT',
		});
	// A file that is named and not there yet is made; one that is wrong is told by writeNode.
	const book = await readAddressBook(options, env).catch(() => undefined);
	const isNew = book?.nodes.has(name) !== true;
	const pairs = rest.filter((word) => word.includes('='));
	const spelled = rest.filter((word) => !word.includes('='));
	const values: Partial<Record<NodeKey, string>> = {
		...(spelled.length === 0 ? {} : await peerKeys(spelled)),
		...(options.called === undefined ? {} : { ae_title: options.called }),
		...(options.calling === undefined ? {} : { calling_ae_title: options.calling }),
	};
	for (const pair of pairs) {
		const key = pair.slice(0, pair.indexOf('=')).toLowerCase();
		if (!isNodeKey(key))
			throw new DicomError({
				blame: 'usage',
				message: `node add: unknown key "${key}"`,
				suggestions: nearest(key, Object.keys(NODE_KEYS)),
				hint: `the keys are ${Object.keys(NODE_KEYS).join(', ')}`,
			});
		values[key] = pair.slice(pair.indexOf('=') + 1);
	}
	if (Object.keys(values).length === 0)
		throw new DicomError({
			blame: 'usage',
			message: `node add ${name}: nothing is said of it`,
			hint: 'dimse node add NAME AET@HOST:PORT',
		});
	const path = await writeNode(options, env, name, values);
	if (options.quiet === 0) await env.stderr.write(`${isNew ? 'added' : 'changed'} ${name} in ${path}\n`);
	return EXIT.ok;
};

const isNodeKey = (key: string): key is NodeKey => Object.hasOwn(NODE_KEYS, key);

/** What the spelling of a peer says, and no more. */
const peerKeys = async (words: readonly string[]): Promise<Partial<Record<NodeKey, string>>> => {
	const { peer, rest } = await takePeer(words, NO_OPTIONS, NO_NODES, 'DIMSE');
	if (rest.length > 0)
		throw new DicomError({ blame: 'usage', message: `node add: "${rest[0]}" is neither part of a peer nor KEY=VALUE` });
	return {
		...(peer.calledAeTitle === ANY_SCP ? {} : { ae_title: peer.calledAeTitle }),
		address: peer.host,
		port: String(peer.port),
		...(peer.tls === undefined ? {} : { tls: 'yes' }),
	};
};

const ANY_SCP = 'ANY-SCP';
const NO_NODES: AddressBook = { path: '', nodes: new Map() };
const NO_OPTIONS = {
	tls: false,
	'tls-ca': [],
	'tls-cert': undefined,
	'tls-key': undefined,
	'tls-servername': undefined,
	'tls-min': '1.2',
	'tls-insecure': false,
	'tls-passphrase': undefined,
} as const;

const remove = async (
	book: AddressBook,
	names: readonly string[],
	options: Options,
	env: Environment,
): Promise<ExitStatus> => {
	if (names.length === 0) throw new DicomError({ blame: 'usage', message: 'node rm takes names' });
	for (const name of names) known(book, name);
	await removeNodes(options, env, names);
	if (options.quiet === 0) await env.stderr.write(`removed ${names.join(', ')} from ${book.path}\n`);
	return EXIT.ok;
};

/** @throws DicomError usage */
const known = (book: AddressBook, name: string): Node => {
	const node = book.nodes.get(name);
	if (node !== undefined) return node;
	throw new DicomError({
		blame: 'usage',
		message: `unknown node "${name}"`,
		suggestions: nearest(name, book.nodes.keys()),
		hint: 'dimse node list prints all of them',
	});
};
