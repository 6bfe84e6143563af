/** Peers as people spell them: a node's name, AET@host:port, host:port, host port, dicom:// and dicoms:// (one or two arguments). */
import { type AddressBook, DICOM_PORT, DICOM_TLS_PORT, type Node, readAddressBook } from '../config/address-book.ts';
import { nearest } from '../config/nearest.ts';
import { DicomError } from '../errors.ts';
import type { Environment } from './environment.ts';

/** Whom to call and as whom. File names are as given. */
export interface Peer {
	/** As shown, and as it may be given again: `main`, or AET@host:port. */
	readonly label: string;
	/** Its name in the address book. */
	readonly node?: string;
	readonly host: string;
	readonly port: number;
	readonly calledAeTitle: string;
	readonly callingAeTitle: string;
	/** There where the peer is to be spoken to in TLS. */
	readonly tls?: PeerTls;
	readonly charset?: string;
	readonly matchLimit?: number;
}

export interface PeerTls {
	readonly ca?: readonly string[];
	readonly cert?: string;
	readonly key?: string;
	readonly serverName?: string;
	readonly minimum?: '1.2' | '1.3';
	readonly isInsecure?: boolean;
}

interface PeerOptions {
	readonly called: string | undefined;
	readonly calling: string | undefined;
	readonly config: string | undefined;
	readonly 'no-config': boolean;
	readonly quiet: number;
	readonly tls: boolean;
}

/** What a spelling says by itself. */
interface Spelt {
	readonly node?: Node;
	readonly aeTitle?: string;
	readonly host: string;
	readonly port?: number;
	readonly tls?: boolean;
}

const ANY_SCP = 'ANY-SCP';

/**
 * The peer that the first argument names, or the first two where the second is a number; what is left are the items. Without one, and with
 * a default node, all arguments are items.
 *
 * @throws DicomError usage
 */
export const takePeer = async (
	args: readonly string[],
	options: PeerOptions,
	env: Environment,
	builtIn: { readonly calling: string },
): Promise<{ readonly peer: Peer; readonly rest: readonly string[] }> => {
	const book = await readAddressBook(options, env);
	const [first = '', second] = args;
	const isItem = first === '' || first.includes('=') || first.startsWith('@');
	if (isItem) {
		const node = book.defaultNode;
		if (node === undefined) throw new DicomError({ blame: 'usage', message: 'no peer is named', hint: PEERS });
		return { peer: await peerOf(node, undefined, book, options, env, builtIn), rest: args };
	}
	const port = second !== undefined && isPort(second) ? second : undefined;
	const peer = await peerOf(first, port, book, options, env, builtIn);
	return { peer, rest: args.slice(port === undefined ? 1 : 2) };
};

/** All arguments are peers. @throws DicomError usage */
export const takePeers = async (
	args: readonly string[],
	options: PeerOptions,
	env: Environment,
	builtIn: { readonly calling: string },
): Promise<{ readonly peers: readonly Peer[] }> => {
	const book = await readAddressBook(options, env);
	const peers: Peer[] = [];
	const named = args.length > 0 ? args : book.defaultNode === undefined ? [] : [book.defaultNode];
	for (let i = 0; i < named.length; i++) {
		const port = named[i + 1] !== undefined && isPort(named[i + 1] ?? '') ? named[++i] : undefined;
		peers.push(await peerOf(named[port === undefined ? i : i - 1] ?? '', port, book, options, env, builtIn));
	}
	if (peers.length === 0) throw new DicomError({ blame: 'usage', message: 'no peer is named', hint: PEERS });
	return { peers };
};

const PEERS = 'a peer is NAME, AET@HOST:PORT, HOST:PORT, HOST PORT or dicom://HOST; dimse node add gives one a name';

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text);

const peerOf = async (
	text: string,
	port: string | undefined,
	book: AddressBook,
	options: PeerOptions,
	env: Environment,
	builtIn: { readonly calling: string },
): Promise<Peer> => {
	const spelt = spell(text, port, book);
	const { node } = spelt;
	const isTls = options.tls || spelt.tls === true;
	const calledAeTitle = aeTitle(options.called ?? spelt.aeTitle ?? node?.calledAeTitle ?? ANY_SCP, 'called');
	const calling = options.calling ?? node?.callingAeTitle ?? book.callingAeTitle ?? builtIn.calling;
	const whole = spelt.port ?? (isTls ? DICOM_TLS_PORT : DICOM_PORT);
	if (spelt.port === undefined && options.quiet === 0)
		await env.stderr.write(`note: ${spelt.host}: no port is given, trying ${whole}\n`);
	return {
		label:
			node !== undefined && spelt.aeTitle === undefined
				? node.name
				: `${calledAeTitle}@${shownHost(spelt.host)}:${whole}`,
		host: spelt.host,
		port: whole,
		calledAeTitle,
		callingAeTitle: aeTitle(calling, 'calling'),
		...(node === undefined ? {} : { node: node.name }),
		...(isTls ? { tls: node === undefined ? {} : tlsOf(node) } : {}),
		...(node?.charset === undefined ? {} : { charset: node.charset }),
		...(node?.matchLimit === undefined ? {} : { matchLimit: node.matchLimit }),
	};
};

const shownHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

const tlsOf = (node: Node): PeerTls => ({
	...(node.tlsCa === undefined ? {} : { ca: [node.tlsCa] }),
	...(node.tlsCertificate === undefined ? {} : { cert: node.tlsCertificate }),
	...(node.tlsKey === undefined ? {} : { key: node.tlsKey }),
	...(node.tlsServerName === undefined ? {} : { serverName: node.tlsServerName }),
	...(node.tlsMinimum === undefined ? {} : { minimum: node.tlsMinimum }),
	isInsecure: node.tlsInsecure,
});

const spell = (text: string, port: string | undefined, book: AddressBook): Spelt => {
	const url = /^(dicoms?):\/\/(?:([^@/]*)@)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/i.exec(text);
	if (url !== null) {
		const [, scheme = '', title, host = '', number] = url;
		return { ...place(host, number ?? port, text), ...titled(title), tls: scheme.toLowerCase() === 'dicoms' };
	}
	if (/^[a-z][a-z+.-]*:\/\//i.test(text))
		throw new DicomError({
			blame: 'usage',
			message: `"${text}": only dicom:// and dicoms:// can be spoken to in this release`,
		});
	const at = text.lastIndexOf('@');
	const title = at < 0 ? undefined : text.slice(0, at);
	const where = at < 0 ? text : text.slice(at + 1);
	const node = port === undefined ? book.nodes.get(where) : undefined;
	if (node !== undefined) return { node, host: node.host, port: node.port, tls: node.tls, ...titled(title) };
	const address = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d+))?$/.exec(where);
	if (address !== null) {
		const [, host = '', number] = address;
		const isHost = /[.[]/.test(host) || host === 'localhost' || number !== undefined || port !== undefined;
		if (isHost) return { ...place(host, number ?? port, text), ...titled(title) };
	} else if (/^[\da-f:.]+$/i.test(where) && where.split(':').length > 2)
		return { ...place(where, port, text), ...titled(title) };
	const suggestions = nearest(where, book.nodes.keys());
	throw new DicomError({
		blame: 'usage',
		message: `unknown node "${where}"`,
		...(suggestions.length > 0 ? { suggestions } : {}),
		hint: PEERS,
	});
};

const titled = (title: string | undefined): { readonly aeTitle?: string } =>
	title === undefined || title === '' ? {} : { aeTitle: title };

const place = (
	host: string,
	port: string | undefined,
	text: string,
): { readonly host: string; readonly port?: number } => {
	const bare = host.replace(/^\[(.*)\]$/, '$1');
	if (port === undefined) return { host: bare };
	if (Number(port) < 1 || Number(port) > 65_535)
		throw new DicomError({ blame: 'usage', message: `"${text}": ${port} is no port (1 to 65535)` });
	return { host: bare, port: Number(port) };
};

/** PS3.5 AE: 1 to 16 characters of the default repertoire without backslash; blanks around it do not count. */
const aeTitle = (text: string, which: 'called' | 'calling'): string => {
	const title = text.trim();
	const problem =
		title === ''
			? 'is empty'
			: title.length > 16
				? `has ${title.length} characters, and AE titles have at most 16`
				: /^[\x20-\x5b\x5d-\x7e]+$/.test(title)
					? undefined
					: 'has a character that AE titles may not have (backslash, control or non-ASCII)';
	if (problem !== undefined)
		throw new DicomError({ blame: 'usage', message: `the ${which} AE title "${text}" ${problem}` });
	return title;
};
