/** `dimse node list` and `show`: what the address book holds. */
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus } from '../../cli/exit-statuses.ts';
import { type AddressBook, type Node, type NodeKey, readAddressBook } from '../../config/address-book.ts';
import { DicomError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import type { NodeOptions } from './options.ts';

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

export const listNodes = async (_: readonly string[], options: NodeOptions, env: Environment): Promise<ExitStatus> => {
	const book = await readAddressBook(options, env);
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
	const { sanitize, sanitizeTsv } = await import('../../output/sanitize.ts');
	const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
	const line = (row: readonly string[]) =>
		`${format === 'tsv' ? row.map(sanitizeTsv).join('\t') : row.map((cell) => quoted(sanitize(cell))).join(',')}\n`;
	const rows = nodes.map(cells);
	await env.stdout.write((header || format === 'csv' ? [FIELDS, ...rows] : rows).map(line).join(''));
};

const printTable = async (nodes: readonly Node[], options: NodeOptions, env: Environment): Promise<void> => {
	const [{ wholeTable }, { loadPaint, wantsColor }] = await Promise.all([
		import('../../output/table.ts'),
		import('../../output/theme.ts'),
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

export const showNode = async (
	[name, ...more]: readonly string[],
	options: NodeOptions,
	env: Environment,
): Promise<ExitStatus> => {
	if (name === undefined || more.length > 0)
		throw new DicomError({ blame: 'usage', message: 'node show takes one name' });
	const node = knownNode(await readAddressBook(options, env), name);
	if (options.format === 'json' || options.format === 'jsonl') {
		await env.stdout.write(`${JSON.stringify(node)}\n`);
		return EXIT.ok;
	}
	const { sanitize } = await import('../../output/sanitize.ts');
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

/** @throws DicomError usage */
export const knownNode = (book: AddressBook, name: string): Node => {
	const node = book.nodes.get(name);
	if (node !== undefined) return node;
	throw new DicomError({
		blame: 'usage',
		message: `unknown node "${name}"`,
		suggestions: nearest(name, book.nodes.keys()),
		hint: 'dimse node list prints all of them',
	});
};
