/** `dimse node add`, `set`, `rename` and `rm`: changes to the address book. */
import { resolve } from 'node:path';
import type { OptionSpec } from '../../cli/command.ts';
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus } from '../../cli/exit-statuses.ts';
import { isTlsMeant, takePeer } from '../../cli/peer.ts';
import {
	type AddressBook,
	NODE_KEYS,
	type NodeKey,
	readAddressBook,
	removeNodes,
	renameNode,
	writeNode,
} from '../../config/address-book.ts';
import { DicomError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import { quoted } from '../../output/shell-words.ts';
import { optionWords } from '../option-words.ts';
import { knownNode } from './list.ts';
import { NODE_OPTIONS, type NodeOptions } from './options.ts';

type Values = Partial<Record<NodeKey, string>>;

const usage = (message: string, hint?: string): DicomError =>
	new DicomError({ blame: 'usage', message, ...(hint === undefined ? {} : { hint }) });

export const addNode = async (
	[name, ...rest]: readonly string[],
	options: NodeOptions,
	env: Environment,
): Promise<ExitStatus> => {
	const spelling = 'dimse node add NAME AET@HOST:PORT';
	if (name === undefined || name === '') throw usage('node add takes a name', spelling);
	checkKept('add', options, env);
	// A file that is named and not there yet is made; one that is wrong is told by writeNode.
	const book = await readAddressBook(options, env).catch(() => undefined);
	const spelled = rest.filter((word) => !word.includes('='));
	const values: Values = {
		...(spelled.length === 0 ? {} : await peerKeys(spelled, options)),
		...optionKeys(options, env),
		...pairs(rest.filter((word) => word.includes('='))),
	};
	if (Object.keys(values).length === 0) throw usage(`node add ${name}: nothing is said of it`, spelling);
	if (book?.nodes.has(name) === true) {
		const words = Object.entries(values).map(([key, value]) => ` ${quoted(`${key}=${value}`)}`);
		throw usage(
			`there is a node "${name}" already, and it stays as it is`,
			`dimse node set ${quoted(name)}${words.join('')}`,
		);
	}
	const path = await writeNode(options, env, name, values, true);
	if (options.quiet === 0) await env.stderr.write(`added ${name} in ${path}\n`);
	return EXIT.ok;
};

/** Of a node that is there. `KEY VALUE` is understood too. */
export const setKeys = async (
	[name, ...rest]: readonly string[],
	options: NodeOptions,
	env: Environment,
): Promise<ExitStatus> => {
	const spelling = 'dimse node set NAME KEY=VALUE';
	if (name === undefined) throw usage('node set takes the name of a node', spelling);
	checkKept('set', options, env);
	knownNode(await readAddressBook(options, env), name);
	const [key = '', value] = rest;
	const isApart = rest.length === 2 && isNodeKey(key.toLowerCase());
	const values: Values = { ...optionKeys(options, env), ...pairs(isApart ? [`${key}=${value}`] : rest) };
	if (Object.keys(values).length === 0) throw usage(`node set ${name}: nothing is said of it`, spelling);
	const path = await writeNode(options, env, name, values);
	if (options.quiet === 0) await env.stderr.write(`changed ${name} in ${path}\n`);
	return EXIT.ok;
};

export const rename = async (
	[from, to, ...more]: readonly string[],
	options: NodeOptions,
	env: Environment,
): Promise<ExitStatus> => {
	if (from === undefined || to === undefined || more.length > 0)
		throw usage('node rename takes two names', 'dimse node rename NAME NEW');
	const path = await renameNode(options, env, knownNode(await readAddressBook(options, env), from), to);
	if (options.quiet === 0) await env.stderr.write(`${from} is ${to} now in ${path}\n`);
	return EXIT.ok;
};

export const remove = async (names: readonly string[], options: NodeOptions, env: Environment): Promise<ExitStatus> => {
	if (names.length === 0) throw usage('node rm takes names');
	const book = await readAddressBook(options, env);
	for (const name of names) knownNode(book, name);
	await removeNodes(options, env, names);
	if (options.quiet === 0) await env.stderr.write(`removed ${names.join(', ')} from ${book.path}\n`);
	return EXIT.ok;
};

/** The options that a node keeps, under the names it has for them. Files may be asked for from any folder later. */
const optionKeys = (options: NodeOptions, env: Environment): Values => {
	const { called, calling, listen } = options;
	const [authority, ...others] = options['tls-ca'];
	if (others.length > 0) throw usage('a node keeps one --tls-ca', 'several certificates may stand in one file');
	const values = {
		ae_title: called,
		calling_ae_title: calling,
		...(isTlsMeant(options) ? { tls: 'yes' } : {}),
		tls_ca: authority && resolve(env.cwd, authority),
		tls_cert: options['tls-cert'] && resolve(env.cwd, options['tls-cert']),
		tls_key: options['tls-key'] && resolve(env.cwd, options['tls-key']),
		tls_servername: options['tls-servername'],
		tls_min: options['tls-min'] === NODE_OPTIONS['tls-min'].default ? undefined : options['tls-min'],
		tls_insecure: options['tls-insecure'] ? 'yes' : undefined,
		listen: listen === env.variables[NODE_OPTIONS.listen.variable] ? undefined : listen,
	};
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Values;
};

const KEPT: ReadonlySet<string> = new Set([
	...['called', 'calling', 'listen'],
	...['tls', 'tls-ca', 'tls-cert', 'tls-key', 'tls-servername', 'tls-min', 'tls-insecure'],
]);
/** Of the command that is running, and not of the node. */
const PASSING: ReadonlySet<string> = new Set(['General', 'Output']);

/** Nobody is to think that a node has what was left out. @throws DicomError usage */
const checkKept = (action: string, options: NodeOptions, { variables }: Environment): void => {
	for (const [name, spec] of Object.entries<OptionSpec>(NODE_OPTIONS)) {
		const value = options[name as keyof NodeOptions];
		const isOfVariable = spec.variable !== undefined && value === variables[spec.variable];
		if (KEPT.has(name) || PASSING.has(spec.group) || isOfVariable || optionWords(name, value, spec).length === 0)
			continue;
		throw usage(
			`node ${action}: a node does not keep --${name}`,
			`what it keeps: ${Object.keys(NODE_KEYS).join(', ')}`,
		);
	}
};

/** `KEY=VALUE` each. @throws DicomError usage */
const pairs = (words: readonly string[]): Values => {
	const values: Values = {};
	for (const word of words) {
		const at = word.indexOf('=');
		if (at < 0) throw usage(`node: "${word}" is no KEY=VALUE`);
		const key = word.slice(0, at).toLowerCase();
		if (!isNodeKey(key))
			throw new DicomError({
				blame: 'usage',
				message: `node: unknown key "${key}"`,
				suggestions: nearest(key, Object.keys(NODE_KEYS)),
				hint: `the keys are ${Object.keys(NODE_KEYS).join(', ')}`,
			});
		values[key] = word.slice(at + 1);
	}
	return values;
};

const isNodeKey = (key: string): key is NodeKey => Object.hasOwn(NODE_KEYS, key);

/** What the spelling of a peer says. */
const peerKeys = async (words: readonly string[], options: NodeOptions): Promise<Values> => {
	const { called: _called, calling: _calling, ...tls } = options;
	const { peer, rest } = await takePeer(words, tls, NO_NODES, 'DIMSE');
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
