/** What was learned of peers, kept from run to run: $XDG_STATE_HOME/dimse/capabilities.json. Nothing in it is of a patient. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DicomError } from '../errors.ts';
import { filePlace } from '../file-place.ts';
import { makeFolder } from '../make-folder.ts';
import type { Surroundings } from './settings-file.ts';

/** What a peer accepts, as asked by one of our AE titles: transfer syntaxes by SOP class. */
export interface KnownOffer {
	/** ISO 8601. */
	readonly at: string;
	readonly implementation?: string;
	readonly accepted: Readonly<Record<string, readonly string[]>>;
}

/** How it matches keys: by keyword, facts as `services/matching-probe.ts` names them. */
export interface KnownMatching {
	readonly at: string;
	readonly facts: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
}

/** What the doctor came to last, as checks by name. */
export interface KnownExamination {
	readonly at: string;
	readonly failed: readonly string[];
	readonly warned: readonly string[];
	readonly ok: readonly string[];
}

export interface KnownPeer {
	/** By our AE title: what is offered may depend on who asks. */
	readonly offers?: Readonly<Record<string, KnownOffer>>;
	readonly matching?: KnownMatching;
	/** How many matches it seems to give at most. */
	readonly limit?: { readonly at: string; readonly matches: number };
	readonly examination?: KnownExamination;
}

/** Whom it is about, whatever the address book calls it. */
export interface PeerIdentity {
	readonly calledAeTitle: string;
	readonly host: string;
	readonly port: number;
}

const SCHEMA = 'dimse.capabilities/1';

const keyOf = ({ calledAeTitle, host, port }: PeerIdentity): string =>
	`${calledAeTitle}@${host.includes(':') ? `[${host}]` : host}:${port}`;

/** By the base directory specification, where a relative path is to be ignored. */
export const capabilitiesPath = ({ variables, homeFolder }: Omit<Surroundings, 'cwd'>): string => {
	const base = variables['XDG_STATE_HOME'];
	const folder = base?.startsWith('/') ? base : resolve(homeFolder, '.local', 'state');
	return resolve(folder, 'dimse', 'capabilities.json');
};

/** What is known of a peer; nothing where there is no file, or none that can be read: it is a memory, and no configuration. */
export const knownPeer = (peer: PeerIdentity, surroundings: Omit<Surroundings, 'cwd'>): KnownPeer =>
	readPeers(capabilitiesPath(surroundings))[keyOf(peer)] ?? {};

/**
 * Changes what is known of a peer: read and written at a stretch, so that several peers may be asked side by side. The file appears whole or
 * not at all, mode 0600 in folders of 0700. A symbolic link stays one.
 *
 * @throws DicomError io
 */
export const rememberPeer = (
	peer: PeerIdentity,
	surroundings: Omit<Surroundings, 'cwd'>,
	change: (known: KnownPeer) => KnownPeer,
): void => {
	const path = capabilitiesPath(surroundings);
	const peers = readPeers(path);
	const key = keyOf(peer);
	const text = `${JSON.stringify({ schema: SCHEMA, peers: { ...peers, [key]: change(peers[key] ?? {}) } }, undefined, '\t')}\n`;
	try {
		makeFolder(dirname(path));
		const place = filePlace(path);
		const part = `${place.path}.${crypto.randomUUID()}.part`;
		try {
			writeFileSync(part, text, { mode: 0o600, flag: 'wx' });
			renameSync(part, place.path);
		} catch (error) {
			rmSync(part, { force: true });
			throw error;
		}
	} catch (error) {
		if (error instanceof DicomError) throw error;
		const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
		throw new DicomError({ blame: 'io', code, message, path }, { cause: error });
	}
};

const readPeers = (path: string): Readonly<Record<string, KnownPeer>> => {
	let document: unknown;
	try {
		document = JSON.parse(readFileSync(path, 'utf8'));
	} catch {
		return {};
	}
	if (!isRecord(document) || document['schema'] !== SCHEMA || !isRecord(document['peers'])) return {};
	const peers: Record<string, KnownPeer> = {};
	for (const [key, value] of Object.entries(document['peers'])) if (isRecord(value)) peers[key] = peerOf(value);
	return peers;
};

/** Whatever somebody made of the file: what has the wrong shape is not known. */
const peerOf = ({ offers, matching, limit, examination }: Readonly<Record<string, unknown>>): KnownPeer => {
	const known: Record<string, KnownOffer> = {};
	for (const [calling, offer] of Object.entries(isRecord(offers) ? offers : {})) {
		if (!isRecord(offer) || typeof offer['at'] !== 'string' || !isRecord(offer['accepted'])) continue;
		const { implementation } = offer;
		known[calling] = {
			at: offer['at'],
			...(typeof implementation === 'string' ? { implementation } : {}),
			accepted: mapped(offer['accepted'], (uids) => (Array.isArray(uids) ? textsOf(uids) : undefined)),
		};
	}
	return {
		...(Object.keys(known).length === 0 ? {} : { offers: known }),
		...(isRecord(matching) && typeof matching['at'] === 'string' && isRecord(matching['facts'])
			? {
					matching: {
						at: matching['at'],
						facts: mapped(matching['facts'], (facts) => (isRecord(facts) ? mapped(facts, booleanOf) : undefined)),
					},
				}
			: {}),
		...(isRecord(limit) && typeof limit['at'] === 'string' && Number.isSafeInteger(limit['matches'])
			? { limit: { at: limit['at'], matches: Number(limit['matches']) } }
			: {}),
		...(isRecord(examination) && typeof examination['at'] === 'string' && !Number.isNaN(Date.parse(examination['at']))
			? {
					examination: {
						at: examination['at'],
						failed: textsOf(examination['failed']),
						warned: textsOf(examination['warned']),
						ok: textsOf(examination['ok']),
					},
				}
			: {}),
	};
};

const textsOf = (value: unknown): readonly string[] =>
	Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

const booleanOf = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

const mapped = <T>(
	record: Readonly<Record<string, unknown>>,
	read: (value: unknown) => T | undefined,
): Readonly<Record<string, T>> =>
	Object.fromEntries(
		Object.entries(record).flatMap(([key, value]) => {
			const got = read(value);
			return got === undefined ? [] : [[key, got]];
		}),
	);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
