/** Our own receiver of a retrieve: where instances go, where it listens, and what is said at once of calls that are not as they should be. */
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_LAYOUT, parseLayout } from '../../archive/files/layout.ts';
import { ReceiveFolder } from '../../archive/files/receive-folder.ts';
import { MONOTONIC } from '../../association/clock.ts';
import type { Conversation } from '../../cli/conversation.ts';
import type { Environment } from '../../cli/environment.ts';
import { checkAeTitle, type Peer } from '../../cli/peer.ts';
import type { AddressBook, Node } from '../../config/address-book.ts';
import { DicomError } from '../../errors.ts';
import { countText } from '../../output/quantities.ts';
import { uidName } from '../../output/uid-names.ts';
import { Arrivals } from '../../retrieve/arrivals.ts';
import { type Receiver, type ReceiverEvent, startReceiver } from '../../retrieve/receiver.ts';
import { ignoring, type Keep } from '../../retrieve/receiving.ts';
import { portHolder } from '../port-holder.ts';
import { proposedTransferSyntaxes } from '../proposing.ts';
import { type TracingOptions, tracing } from '../tracing.ts';
import { callTeller, isNoStorage } from './callers.ts';

export interface FolderOptions {
	readonly out: string | undefined;
	readonly layout: string | undefined;
	readonly exists: 'skip' | 'overwrite' | 'keep-both';
	readonly ignore: boolean;
	readonly durability: 'full' | 'data' | 'off';
}

export interface ReceiverOptions extends TracingOptions {
	readonly listen: string | undefined;
	readonly 'listen-aet': string | undefined;
	readonly 'listen-tls': boolean;
	readonly accept: readonly string[];
	readonly 'prefer-ts': readonly string[];
	readonly 'max-pdu': number;
	readonly 'acse-timeout': number;
}

export interface Place {
	/** Absolute; where nothing is kept, it is not made. */
	readonly folder: string;
	readonly keep: Keep;
}

const usage = (message: string, hint?: string): DicomError =>
	new DicomError({ blame: 'usage', message, ...(hint === undefined ? {} : { hint }) });

export const nodeOf = (book: AddressBook, peer: Peer): Node | undefined =>
	peer.node === undefined ? undefined : book.nodes.get(peer.node);

/** @throws DicomError usage */
export const checkFolder = ({ out }: Pick<FolderOptions, 'out'>): void => {
	if (out === '') throw usage('-o: no folder is named', 'where it stands for a variable, that is not set');
};

/** What can be told before anything is sent. @throws DicomError usage */
export const checkFiles = (
	options: Pick<FolderOptions, 'out' | 'ignore'> & {
		readonly missing: string | undefined;
		readonly journal: string | undefined;
	},
): void => {
	checkFolder(options);
	if (options.missing === '-')
		throw usage('--missing: the list is a file, not standard output', '--missing FILE, or a folder');
	if (options.ignore && options.journal !== undefined)
		throw usage('--journal: with --ignore nothing is kept that it could vouch for', 'leave one of them out');
};

/**
 * Where instances go: a folder that is there and can be written into.
 *
 * @throws DicomError usage for a layout, io
 */
export const placeOf = async (
	options: FolderOptions,
	node: Node | undefined,
	talk: Conversation,
	env: Environment,
): Promise<Place> => {
	checkFolder(options);
	const folder = resolve(env.cwd, options.out ?? node?.outputDirectory ?? '.');
	const layout = parseLayout(options.layout ?? node?.layout ?? DEFAULT_LAYOUT);
	if (options.ignore) return { folder, keep: ignoring };
	const { exists, durability } = options;
	const place = new ReceiveFolder({ folder, layout, exists, durability });
	await place.open();
	const swept = await place.sweep();
	if (swept.removed.length > 0)
		talk.note(
			`${countText(swept.removed.length, 'file')} that an earlier run left half-written removed from ${folder}`,
		);
	return { folder, keep: (arriving, kept) => place.receiver(arriving, kept) };
};

/** A listening receiver, and what it has seen. */
export interface OwnReceiver {
	readonly aeTitle: string;
	/** As listened on: all addresses where it is undefined. */
	readonly host: string | undefined;
	readonly port: number;
	readonly arrivals: Arrivals;
	/** Associations accepted and calls turned away so far, and classes that no context was accepted for. */
	readonly calls: number;
	readonly turnedAway: number;
	/** Connections that did not become an association. */
	readonly strays: number;
	readonly refusedClasses: readonly string[];
	/** The host and port that the peer should have for us. */
	place(localAddress: string | undefined): string;
	close(): Promise<void>;
	abort(): Promise<void>;
}

const DEFAULT_PORT = 11113;
/** So long a peer has to release its associations when all is done. */
const LEAVING_MS = 1_000;

/** @param remoteAddress what is known of the peer's address by the time somebody calls */
export const startOwnReceiver = async (
	options: ReceiverOptions,
	peer: Peer,
	node: Node | undefined,
	keep: Keep,
	env: Environment,
	seen: {
		readonly talk: Conversation;
		readonly remoteAddress: () => string | undefined;
		readonly on: (event: ReceiverEvent) => void;
		/** Every class is taken for now, whatever the options say. */
		readonly takesAny?: () => boolean;
	},
): Promise<OwnReceiver> => {
	const { host, port } = listenPlace(options.listen ?? node?.listen ?? String(DEFAULT_PORT));
	const aeTitle = checkAeTitle(options['listen-aet'] ?? peer.callingAeTitle, 'receiving');
	const arrivals = new Arrivals();
	const state = { calls: 0, turnedAway: 0, strays: 0, isOver: false };
	const refused = new Set<string>();
	const tell = callTeller(aeTitle, peer.label, seen.talk, seen.remoteAddress);
	const seconds = options['acse-timeout'];
	const { trace, traceWhole } = await tracing(options, env);
	const tls = options['listen-tls'] ? tlsOf(peer) : undefined;
	const accepted = acceptedClasses(options.accept);
	const receiver = await listening(host, port, () =>
		startReceiver({
			...(host === undefined ? {} : { host }),
			port,
			aeTitle,
			accept: () => (seen.takesAny?.() === true ? 'any' : accepted),
			...(options['prefer-ts'].length === 0 ? {} : { preferTs: proposedTransferSyntaxes(options['prefer-ts'], []) }),
			store: arrivals.watching(keep),
			...(tls === undefined ? {} : { tls }),
			trace,
			traceWhole,
			clock: { ...MONOTONIC, now: () => env.now() },
			maximumLength: options['max-pdu'],
			timeouts: { associateMs: seconds * 1000, artimMs: seconds * 1000, idleMs: 0 },
			on: (event) => {
				if (event.kind === 'called') {
					state.calls++;
					for (const { abstractSyntax } of event.refused)
						if (!isNoStorage(abstractSyntax)) refused.add(uidName(abstractSyntax));
				} else if (event.kind === 'rejected') state.turnedAway++;
				else if (event.kind === 'no-association') state.strays++;
				// How the peer takes its leave, or is made to, is its own affair.
				if (!state.isOver) tell(event);
				arrivals.push(event);
				seen.on(event);
			},
		}),
	);
	return {
		aeTitle,
		host,
		port: receiver.port,
		arrivals,
		get calls() {
			return state.calls;
		},
		get turnedAway() {
			return state.turnedAway;
		},
		get strays() {
			return state.strays;
		},
		get refusedClasses() {
			return [...refused];
		},
		place: (localAddress) => endpointText(host ?? localAddress ?? ownAddresses()[0] ?? 'this machine', receiver.port),
		close: async () => {
			state.isOver = true;
			const closed = receiver.close();
			const isPolite = await Promise.race([closed.then(() => true), delay(LEAVING_MS, false, { ref: false })]);
			if (!isPolite) await receiver.finish();
			await closed;
		},
		abort: async () => {
			state.isOver = true;
			await receiver.abort();
		},
	};
};

/** Whoever calls is not asked for a certificate of its own. @throws DicomError usage */
const tlsOf = ({ tls }: Peer): NonNullable<Parameters<typeof startReceiver>[0]['tls']> => {
	if (tls?.certificate === undefined || tls.key === undefined)
		throw usage('--listen-tls: a receiver needs a certificate and its key', '--tls-cert FILE --tls-key FILE');
	const { certificate, key, passphrase, minimumVersion } = tls;
	return { certificate, key, passphrase, minimumVersion };
};

const listening = async (host: string | undefined, port: number, start: () => Promise<Receiver>): Promise<Receiver> => {
	try {
		return await start();
	} catch (error) {
		if (!(error instanceof DicomError) || error.failure.blame !== 'io') throw error;
		const where = host === undefined ? `port ${port}` : endpointText(host, port);
		const why =
			error.failure.code === 'EACCES'
				? 'permission denied (ports below 1024 need rights); --listen with a higher port, and have that registered at the peer'
				: error.failure.code === 'EADDRINUSE'
					? `the port is in use${heldBy(port)}; --listen PORT for another one, which has to be registered at the peer`
					: error.failure.message;
		throw new DicomError({ ...error.failure, message: `cannot listen on ${where}: ${why}` }, { cause: error });
	}
};

const heldBy = (port: number): string => {
	const holder = portHolder(port);
	return holder === undefined ? '' : ` by ${holder}`;
};

/** `[HOST:]PORT`; 0 for any port that is free. @throws DicomError usage */
export const listenPlace = (text: string): { readonly host: string | undefined; readonly port: number } => {
	const match = /^(?:\[([^\]]+)\]:|([^:]+):|:)?(\d{1,5})$/.exec(text.trim());
	const port = Number(match?.[3] ?? Number.NaN);
	if (match === null || port > 65535)
		throw usage(
			`--listen: "${text}" is no [HOST:]PORT`,
			'a port from 1 to 65535, 0 for any that is free; an IPv6 address stands in brackets',
		);
	return { host: match[1] ?? match[2], port };
};

/** `--accept`. @throws DicomError usage */
export const acceptedClasses = (asked: readonly string[]): 'storage' | 'any' | readonly string[] => {
	const words = asked.flatMap((text) => text.split(',')).map((word) => word.trim());
	if (words.length === 0) return 'storage';
	const [only = ''] = words;
	if (words.length === 1 && (only === 'storage' || only === 'any')) return only;
	const wrong = words.find((word) => !/^[0-9]+(\.[0-9]+)+$/.test(word) || word.length > 64);
	if (wrong !== undefined)
		throw usage(`--accept: "${wrong}" is no SOP class`, 'storage, any, or UIDs separated by commas');
	return words;
};

export const endpointText = (host: string, port: number): string =>
	host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Of this machine, those first that others can reach. */
const ownAddresses = (): readonly string[] => {
	const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
	const reachable = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80'));
	return [
		...reachable.filter(({ family }) => family === 'IPv4'),
		...reachable.filter(({ family }) => family !== 'IPv4'),
	].map(({ address }) => address);
};

/** `listening on port 11113 of all addresses (10.20.9.14) as WS01` */
export const listeningText = ({ host, port, aeTitle }: Pick<OwnReceiver, 'host' | 'port' | 'aeTitle'>): string => {
	const addresses = ownAddresses().slice(0, 3);
	const where =
		host === undefined
			? `port ${port} of all addresses${addresses.length === 0 ? '' : ` (${addresses.join(', ')})`}`
			: endpointText(host, port);
	return `listening on ${where} as "${aeTitle}"`;
};
