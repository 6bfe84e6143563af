/** Whom a command line means: a node of the address book, or one of the spellings of AE title, host and port. */
import { readFile } from 'node:fs/promises';
import { type AddressBook, DICOM_PORT, DICOM_TLS_PORT, type Node } from '../config/address-book.ts';
import { DicomError } from '../errors.ts';
import { nearest } from '../nearest.ts';

/** PEM texts and how far to trust the other side. */
export interface PeerTls {
	readonly ca?: string;
	readonly certificate?: string;
	readonly key?: string;
	readonly passphrase?: string;
	readonly serverName?: string;
	readonly minimumVersion: 'TLSv1.2' | 'TLSv1.3';
	readonly isInsecure: boolean;
}

export interface Peer {
	/** As messages name it: the node, or AET@host:port. */
	readonly label: string;
	/** Its name in the address book. */
	readonly node?: string;
	readonly host: string;
	readonly port: number;
	readonly calledAeTitle: string;
	readonly callingAeTitle: string;
	readonly tls?: PeerTls;
	readonly charset?: string;
	readonly matchLimit?: number;
	readonly maxAssociations?: number;
	/** To be said on stderr before anything is done. */
	readonly notes: readonly string[];
}

/** The options that say more of a peer than its spelling; every table with `associationOptions` has them. */
export interface PeerOptions {
	readonly calling?: string | undefined;
	readonly called?: string | undefined;
	readonly charset?: string | undefined;
	readonly tls: boolean;
	readonly 'tls-ca': readonly string[];
	readonly 'tls-cert': string | undefined;
	readonly 'tls-key': string | undefined;
	readonly 'tls-servername': string | undefined;
	readonly 'tls-min': '1.2' | '1.3';
	readonly 'tls-insecure': boolean;
	readonly 'tls-passphrase': string | undefined;
}

/**
 * The peer that begins the positionals, and the items after it. Where the first cannot be one (it has a `=`, begins with `@`, or is a UID) or
 * there is none, the default node is meant.
 *
 * @param builtInCalling the calling AE title where nobody says another
 * @param isOwnItem an item of the command's, as far as it can see: where there is a default node, and no node of that name
 * @throws DicomError usage; io for a certificate or key that cannot be read
 */
export const takePeer = async (
	positionals: readonly string[],
	options: PeerOptions,
	book: AddressBook,
	builtInCalling: string,
	isOwnItem: (text: string) => boolean = () => false,
): Promise<{ readonly peer: Peer; readonly rest: readonly string[] }> => {
	const [first = ''] = positionals;
	const isOwn = isUidLike(first) || (isOwnItem(first) && isForDefault(positionals, book, isOwnItem));
	const { place, rest } =
		isOwn && !book.nodes.has(first)
			? { place: defaultPlace(book, first), rest: positionals }
			: takePlace(positionals, book);
	return { peer: await peerOf(place, options, book, builtInCalling), rest };
};

/** As `takePeer`, where all positionals are peers; at least one comes back. */
export const takePeers = async (
	positionals: readonly string[],
	options: PeerOptions,
	book: AddressBook,
	builtInCalling: string,
): Promise<readonly Peer[]> => {
	const item = positionals.find(isItem);
	if (item !== undefined) throw usage(`"${item}" is no peer`, SPELLINGS);
	const places: Place[] = [];
	for (let rest = positionals; places.length === 0 || rest.length > 0; ) {
		const taken = takePlace(rest, book);
		places.push(taken.place);
		rest = taken.rest;
	}
	return Promise.all(places.map((place) => peerOf(place, options, book, builtInCalling)));
};

/** What a spelling says, before the options are asked. */
interface Place {
	readonly node?: Node;
	readonly aeTitle?: string;
	readonly host: string;
	readonly port?: number;
	readonly tls: boolean;
	/** As the other tools have it, whose users know of ANY-SCP. */
	readonly isHostAndPort?: true;
}

const usage = (message: string, hint?: string, suggestions?: readonly string[]): DicomError =>
	new DicomError({
		blame: 'usage',
		message,
		...(hint === undefined ? {} : { hint }),
		...(suggestions === undefined || suggestions.length === 0 ? {} : { suggestions }),
	});

const SPELLINGS = 'a peer is a node of the address book (dimse node list), AET@HOST:PORT, HOST:PORT or HOST PORT';

const takePlace = (
	positionals: readonly string[],
	book: AddressBook,
): { readonly place: Place; readonly rest: readonly string[] } => {
	const [first, second] = positionals;
	if (first === undefined || isItem(first)) return { place: defaultPlace(book), rest: positionals };
	if (second === undefined || !isPort(first, second, book))
		return { place: placeOf(first, book), rest: positionals.slice(1) };
	const { aeTitle, host } = split(first);
	return {
		place: { ...named(aeTitle), host, port: portOf(second), tls: false, isHostAndPort: true },
		rest: positionals.slice(2),
	};
};

/** @throws DicomError usage where there is none */
const defaultPlace = (book: AddressBook, first = ''): Place => {
	if (book.defaultNode === undefined)
		throw usage(
			isUidLike(first) ? `"${first}" is a UID or no address, and no peer is given` : 'no peer is given',
			SPELLINGS,
		);
	return placeOf(book.defaultNode, book);
};

/** A key or a file of keys (`@query.json`), which no peer looks like. */
const isItem = (text: string): boolean => text === '' || text.includes('=') || text.startsWith('@');

/** A UID that cannot be an IPv4 address: of more than four components, or with one that is too big. Host names are not of digits alone. */
const isUidLike = (text: string): boolean =>
	/^\d+(\.\d+)+$/.test(text) && (text.split('.').length > 4 || text.split('.').some((part) => Number(part) > 255));

/** Nothing says that it is the peer all the same: a port behind it would. */
const isForDefault = (
	[first = '', second]: readonly string[],
	book: AddressBook,
	isOwnItem: (text: string) => boolean,
): boolean =>
	book.defaultNode !== undefined && (second === undefined || isOwnItem(second) || !isPort(first, second, book));

/** A file may be called 00000001, so digits are a port only where one is missing. */
const isPort = (first: string, second: string, book: AddressBook): boolean =>
	/^\d+$/.test(second) && mayLackPort(first, book);

const mayLackPort = (spelling: string, book: AddressBook): boolean => {
	if (spelling.includes('//') || book.nodes.has(spelling)) return false;
	const { host, port } = split(spelling);
	return port === undefined && host !== '' && !book.nodes.has(host);
};

const placeOf = (spelling: string, book: AddressBook): Place => {
	const url = /^(\w+):\/\/([^/]*)\/?(.*)$/.exec(spelling);
	if (url !== null) return urlPlace(url[1]?.toLowerCase() ?? '', url[2] ?? '', url[3] ?? '');
	const whole = book.nodes.get(spelling);
	if (whole !== undefined) return nodePlace(whole);
	const { aeTitle, host, port } = split(spelling);
	const node = port === undefined && aeTitle !== undefined ? book.nodes.get(host) : undefined;
	if (node !== undefined) return { ...nodePlace(node), ...named(aeTitle) };
	if (host === '') throw usage(`"${spelling}" has no host`, SPELLINGS);
	if (port !== undefined) return { ...named(aeTitle), host, port, tls: false };
	if (aeTitle === undefined && !looksLikeHost(host)) {
		const near = nearest(spelling, book.nodes.keys());
		const { defaultNode = spelling } = book;
		const hint = defaultNode === spelling ? SPELLINGS : `${firstWord(defaultNode)}; ${SPELLINGS}`;
		throw usage(`no node is called "${spelling}"`, near.length === 0 ? hint : undefined, near);
	}
	return { ...named(aeTitle), host, tls: false };
};

/** There is a default node, and something stands where a peer would. */
const firstWord = (defaultNode: string): string =>
	`the first word is taken for the peer: where ${defaultNode} is meant, write ${defaultNode} before it`;

const nodePlace = (node: Node): Place => ({ node, host: node.host, port: node.port, tls: node.tls });

const named = (aeTitle: string | undefined): { readonly aeTitle?: string } =>
	aeTitle === undefined ? {} : { aeTitle };

const urlPlace = (scheme: string, authority: string, path: string): Place => {
	if (scheme === 'http' || scheme === 'https')
		throw usage(`${scheme}: DICOMweb is not supported; a DICOM peer has an AE title, a host and a port`, SPELLINGS);
	if (scheme !== 'dicom' && scheme !== 'dicoms') throw usage(`unknown scheme "${scheme}://"`, 'dicom:// or dicoms://');
	if (path !== '') throw usage(`"${scheme}://${authority}/${path}" has a path, and a DICOM peer has none`, SPELLINGS);
	const { aeTitle, host, port } = split(authority);
	if (host === '') throw usage(`"${scheme}://${authority}" has no host`, SPELLINGS);
	return {
		...named(aeTitle === undefined ? undefined : decoded(aeTitle)),
		host,
		...(port === undefined ? {} : { port }),
		tls: scheme === 'dicoms',
	};
};

const decoded = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		throw usage(`"${text}" is no AE title as an address has it: write % as %25`);
	}
};

const looksLikeHost = (host: string): boolean => host === 'localhost' || host.includes('.') || host.includes(':');

/** `[AET@]host[:port]`; an IPv6 address with a port stands in brackets. */
const split = (spelling: string): { aeTitle: string | undefined; host: string; port: number | undefined } => {
	const at = spelling.lastIndexOf('@');
	const aeTitle = at < 0 ? undefined : spelling.slice(0, at);
	const place = spelling.slice(at + 1);
	const bracketed = /^\[(.*)\](?::(.*))?$/.exec(place);
	if (bracketed !== null) return { aeTitle, host: bracketed[1] ?? '', port: portUnless(bracketed[2]) };
	const colons = place.split(':').length - 1;
	if (colons !== 1) return { aeTitle, host: place, port: undefined };
	const [host = '', port] = place.split(':');
	return { aeTitle, host, port: portUnless(port) };
};

const portUnless = (text: string | undefined): number | undefined => (text === undefined ? undefined : portOf(text));

const portOf = (text: string): number => {
	const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
	if (port < 1 || port > 65535) throw usage(`"${text}" is no port: a number from 1 to 65535`, SPELLINGS);
	return port;
};

const peerOf = async (place: Place, options: PeerOptions, book: AddressBook, builtInCalling: string): Promise<Peer> => {
	const { node } = place;
	const notes: string[] = [];
	const tls = await tlsOf(place, options);
	const port = place.port ?? (tls === undefined ? DICOM_PORT : DICOM_TLS_PORT);
	if (place.port === undefined) notes.push(`no port given for ${place.host}: ${port}`);
	// As short as this, a UID looks like an address.
	const { defaultNode = place.host } = book;
	if (place.port === undefined && place.host !== defaultNode && /^[\d.]+$/.test(place.host))
		notes.push(firstWord(defaultNode));
	const called = place.aeTitle ?? options.called ?? node?.calledAeTitle;
	if (called === undefined && !place.isHostAndPort)
		notes.push('no called AE title given: ANY-SCP, which few peers take; -aec TITLE, or TITLE@HOST:PORT');
	if (place.aeTitle !== undefined && options.called !== undefined && options.called !== place.aeTitle)
		notes.push(`the called AE title is ${place.aeTitle}, as the peer is spelled, and not ${options.called}`);
	const calledAeTitle = checkAeTitle(called ?? 'ANY-SCP', 'called');
	const calling = options.calling ?? node?.callingAeTitle ?? book.callingAeTitle ?? builtInCalling;
	const callingAeTitle = checkAeTitle(calling, 'calling');
	const charset = options.charset ?? node?.charset;
	const host = checkHost(place.host);
	return {
		label: node?.name ?? `${calledAeTitle}@${host.includes(':') ? `[${host}]` : host}:${port}`,
		...(node === undefined ? {} : { node: node.name }),
		host,
		port,
		calledAeTitle,
		callingAeTitle,
		...(tls === undefined ? {} : { tls }),
		...(charset === undefined ? {} : { charset }),
		...(node?.matchLimit === undefined ? {} : { matchLimit: node.matchLimit }),
		...(node?.maxAssociations === undefined ? {} : { maxAssociations: node.maxAssociations }),
		notes,
	};
};

/**
 * An AE title as it goes on the wire: 1 to 16 characters of ISO 646 without backslash and controls (PS3.5 6.2), outer spaces away.
 *
 * @throws DicomError usage
 */
export const checkAeTitle = (text: string, which: string): string => {
	const title = text.trim();
	if (title === '') throw usage(`the ${which} AE title is empty`, 'it has 1 to 16 characters');
	if (title.length > 16)
		throw usage(`the ${which} AE title "${title}" has ${title.length} characters`, 'an AE title has at most 16');
	if (!/^[\x20-\x5b\x5d-\x7e]+$/.test(title))
		throw usage(`the ${which} AE title "${title}" has a character that none may have`, 'plain ASCII without backslash');
	return title;
};

const checkHost = (host: string): string => {
	if (!/^[\p{L}\p{N}._:%-]+$/u.test(host)) throw usage(`"${host}" is no host name or address`, SPELLINGS);
	return host;
};

/** Whoever names a CA, a key or a name to prove does not want an open connection. */
export const isTlsMeant = (options: PeerOptions): boolean =>
	options.tls ||
	options['tls-ca'].length > 0 ||
	options['tls-cert'] !== undefined ||
	options['tls-key'] !== undefined ||
	options['tls-servername'] !== undefined ||
	options['tls-insecure'];

const tlsOf = async ({ node, tls }: Place, options: PeerOptions): Promise<PeerTls | undefined> => {
	if (!tls && !isTlsMeant(options)) return undefined;
	const certificate = options['tls-cert'] ?? node?.tlsCertificate;
	const key = options['tls-key'] ?? node?.tlsKey;
	if ((certificate === undefined) !== (key === undefined))
		throw usage('a certificate of ours needs its key and the other way round', '--tls-cert FILE --tls-key FILE');
	const authorities = options['tls-ca'].length > 0 ? options['tls-ca'] : node?.tlsCa === undefined ? [] : [node.tlsCa];
	const serverName = options['tls-servername'] ?? node?.tlsServerName;
	const passphrase = options['tls-passphrase'];
	return {
		...(authorities.length === 0 ? {} : { ca: (await Promise.all(authorities.map(readPem))).join('\n') }),
		...(certificate === undefined ? {} : { certificate: await readPem(certificate) }),
		...(key === undefined ? {} : { key: await readPem(key) }),
		...(passphrase === undefined ? {} : { passphrase }),
		...(serverName === undefined ? {} : { serverName }),
		minimumVersion: options['tls-min'] === '1.3' || node?.tlsMinimum === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
		isInsecure: options['tls-insecure'] || (node?.tlsInsecure ?? false),
	};
};

const readPem = async (path: string): Promise<string> => {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
		throw new DicomError({ blame: 'io', code, message: `cannot read ${path}`, path }, { cause: error });
	}
};
