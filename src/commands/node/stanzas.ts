/** `dimse node card` and `export`: what others have to enter for us. */
import { anyLocalAddress, localAddressTowards } from '../../association/local-address.ts';
import { converse } from '../../cli/conversation.ts';
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus } from '../../cli/exit-statuses.ts';
import { type Peer, takePeer } from '../../cli/peer.ts';
import { type AddressBook, readAddressBook } from '../../config/address-book.ts';
import { type CardFacts, nodeCard, STANZA_NAMES, STANZAS } from '../../config/node-card.ts';
import { DicomError } from '../../errors.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { ConnectingOptions } from '../connecting.ts';
import { listenPlace, nodeOf } from '../retrieve/receiver.ts';
import type { NodeOptions } from './options.ts';

type Act = (args: readonly string[], options: NodeOptions, env: Environment) => Promise<ExitStatus>;

export const printCard: Act = async (args, options, env) => {
	const facts = await cardFacts(args, options, env);
	if (options.format === 'json' || options.format === 'jsonl')
		await env.stdout.write(`${JSON.stringify({ schema: 'dimse.card/1', ...facts })}\n`);
	else await env.stdout.write(harmless(nodeCard(facts)));
	return EXIT.ok;
};

export const printStanza: Act = async (args, options, env) => {
	if (options.as === undefined)
		throw new DicomError({
			blame: 'usage',
			message: 'node export: for which archive?',
			hint: `--as ${STANZA_NAMES.join(', --as ')}`,
		});
	await env.stdout.write(harmless(`${STANZAS[options.as](await cardFacts(args, options, env))}\n`));
	return EXIT.ok;
};

const harmless = (text: string): string => text.split('\n').map(sanitize).join('\n');

const BUILT_IN = 'DIMSE';
const DEFAULT_LISTEN = '11113';

type CardOptions = ConnectingOptions & { readonly listen: string | undefined };

/** For one peer, or for anybody where none is named and there is no default node. */
export const cardFacts = async (
	args: readonly string[],
	options: CardOptions,
	env: Environment,
): Promise<CardFacts> => {
	const book = await readAddressBook(options, env);
	const calling = options.calling ?? (env.variables['DIMSE_AET'] || undefined);
	const peer = await peerOf(args, { ...options, calling }, book);
	const node = peer === undefined ? undefined : nodeOf(book, peer);
	const aeTitle = peer?.callingAeTitle ?? calling ?? book.callingAeTitle ?? BUILT_IN;
	const isNamed = (calling ?? node?.callingAeTitle ?? book.callingAeTitle) !== undefined;
	if (!isNamed)
		converse(options, env).warn(
			`no AE title of ours is set, and each command has its own (FINDSCU, MOVESCU ...): ${
				node === undefined ? '--calling WS01' : `dimse node set ${node.name} calling_ae_title=WS01`
			} makes it one`,
		);
	const listen = listenPlace(options.listen ?? node?.listen ?? DEFAULT_LISTEN);
	const seen = peer === undefined ? undefined : await localAddressTowards(peer.host);
	return {
		...(peer === undefined
			? {}
			: {
					peer: {
						calledAeTitle: peer.calledAeTitle,
						host: peer.host,
						port: peer.port,
						tls: peer.tls !== undefined,
					},
				}),
		us: {
			aeTitle,
			address: isOneAddress(listen.host) ? listen.host : (seen ?? anyLocalAddress()),
			port: listen.port,
			hostName: env.hostName,
		},
	};
};

const peerOf = async (args: readonly string[], options: CardOptions, book: AddressBook): Promise<Peer | undefined> => {
	if (args.length === 0 && book.defaultNode === undefined) return undefined;
	const { peer, rest } = await takePeer(args, options, book, BUILT_IN);
	if (rest.length === 0) return peer;
	throw new DicomError({ blame: 'usage', message: `node card and export take one peer, and no "${rest[0]}"` });
};

/** A host that the receiver is bound to, and not all of them. */
const isOneAddress = (host: string | undefined): host is string =>
	host !== undefined && !/^(?:0\.0\.0\.0|::)$/.test(host);
