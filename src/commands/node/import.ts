/** `dimse node import`: the peers of another program's configuration as nodes. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { converse } from '../../cli/conversation.ts';
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus } from '../../cli/exit-statuses.ts';
import { type AddressBook, type NodeEntry, readAddressBook, withNode, writeNodes } from '../../config/address-book.ts';
import { readForeignConfiguration } from '../../config/foreign-configurations.ts';
import { DicomError } from '../../errors.ts';
import { countText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { NodeOptions } from './options.ts';

export const importNodes = async (
	files: readonly string[],
	options: NodeOptions,
	env: Environment,
): Promise<ExitStatus> => {
	const [file, ...more] = files;
	if (file === undefined || more.length > 0)
		throw new DicomError({ blame: 'usage', message: 'node import takes one file', hint: '- is stdin' });
	const talk = converse(options, env);
	const { kind, entries, notes } = readForeignConfiguration(await textOf(file, env), file);
	for (const note of notes) talk.note(note);
	// A file that is named and not there yet is made; one that is wrong is told by writeNodes.
	const book = await readAddressBook(options, env).catch(() => NO_NODES);
	const taken = entries.filter(({ name }) => book.nodes.has(name));
	const wanted = options.replace ? entries : entries.filter(({ name }) => !book.nodes.has(name));
	if (options['dry-run']) {
		let text = '';
		for (const { name, values } of wanted) text = withNode(text, book.path, name, values);
		await env.stdout.write(text.split('\n').map(sanitize).join('\n'));
	} else if (wanted.length > 0) {
		const path = await writeNodes(options, env, wanted);
		for (const entry of wanted) talk.say(`${book.nodes.has(entry.name) ? 'changed' : 'added'}  ${shown(entry)}`);
		talk.say(`${countText(wanted.length, 'node')} from ${kind} in ${path}`);
	}
	for (const entry of options.replace ? [] : taken)
		talk.say(`there already  ${shown(entry)}${differs(entry, book) ? '; --replace takes it over' : ''}`);
	if (entries.length === 0) talk.say(`${kind}: no peers in ${file}`);
	return wanted.length > 0 || taken.length > 0 ? EXIT.ok : EXIT.nothing;
};

const NO_NODES: AddressBook = { path: '', nodes: new Map() };

const shown = ({ name, values }: NodeEntry): string =>
	`${name}  ${values.ae_title ?? name}@${values.address}${values.port === undefined ? '' : `:${values.port}`}${values.tls === undefined ? '' : '  TLS'}`;

/** What the file says of it is not what the address book says. */
const differs = ({ name, values }: NodeEntry, { nodes }: AddressBook): boolean => {
	const node = nodes.get(name);
	return (
		node === undefined ||
		node.host !== values.address ||
		node.calledAeTitle !== (values.ae_title ?? name) ||
		(values.port !== undefined && node.port !== Number(values.port))
	);
};

/** More than any list of peers has. */
const MOST_BYTES = 16 * 1024 * 1024;

const textOf = async (file: string, env: Environment): Promise<string> => {
	if (file === '-') {
		const parts: Uint8Array[] = [];
		let bytes = 0;
		for await (const part of env.stdin.bytes()) {
			parts.push(part);
			bytes += part.length;
			if (bytes > MOST_BYTES) throw new DicomError({ blame: 'usage', message: 'node import: stdin has no end' });
		}
		return Buffer.concat(parts).toString();
	}
	try {
		return readFileSync(isAbsolute(file) ? file : join(env.cwd, file), 'utf8');
	} catch (error) {
		const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
		throw new DicomError({ blame: 'io', code, message, path: file }, { cause: error });
	}
};
