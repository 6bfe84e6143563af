/** Lists of peers out of the configurations of other programs, told apart by what is in them. */
import { DicomError } from '../errors.ts';
import { isAeTitle } from './access-rules.ts';
import type { NodeEntry, NodeKey } from './address-book.ts';
import { readDeviceJson, readOrthancJson } from './foreign-configurations-json.ts';
import { readAeList, readCsv, readDcmqrscp, readIni, readLdif } from './foreign-configurations-text.ts';

/** A peer as some file has it, before anybody looked whether it can be one. */
export interface ForeignPeer {
	readonly name: string;
	readonly values: Partial<Record<NodeKey, string>>;
}

/** What one reader found. */
export interface Found {
	readonly peers: readonly ForeignPeer[];
	readonly notes?: readonly string[];
}

export interface ForeignConfiguration {
	/** Whose it is: `Orthanc`, `DCMTK dcmqrscp`. */
	readonly kind: string;
	readonly entries: readonly NodeEntry[];
	/** What was left out, and why. */
	readonly notes: readonly string[];
}

/** Undefined where it is another kind of file. In this order: what can be known for sure comes first. */
const READERS: readonly (readonly [kind: string, read: (text: string) => Found | undefined])[] = [
	['Orthanc', readOrthancJson],
	['dcm4che', readDeviceJson],
	['LDAP (LDIF)', readLdif],
	['DCMTK dcmqrscp', readDcmqrscp],
	['INI (pynetdicom, dimse)', readIni],
	['CSV', readCsv],
	['list of AE titles', readAeList],
];

/**
 * The peers of a configuration of Orthanc, dcmqrscp, pynetdicom, dcm4che (device or AE list as JSON, LDIF, `AET@host:port` lines), or of a
 * table with a heading.
 *
 * @param name of the file, for messages
 * @throws DicomError usage where nothing of these is recognised
 */
export const readForeignConfiguration = (text: string, name: string): ForeignConfiguration => {
	const bare = text.replace(/^\uFEFF/, '');
	for (const [kind, read] of READERS) {
		const found = read(bare);
		if (found === undefined) continue;
		const notes = [...(found.notes ?? [])];
		const entries = new Map<string, NodeEntry>();
		for (const peer of found.peers) {
			const wrong = wrongWith(peer);
			if (wrong !== undefined) notes.push(`${peer.name || 'a peer without a name'} is left out: ${wrong}`);
			else {
				const unique = freeName(nameOf(peer.name), entries);
				entries.set(unique, { name: unique, values: peer.values });
			}
		}
		return { kind, entries: [...entries.values()], notes };
	}
	throw new DicomError({
		blame: 'usage',
		message: `${name}: no list of peers that is known here`,
		hint: 'Orthanc JSON, dcmqrscp.cfg, pynetdicom INI, dcm4che devices or AEs as JSON or LDIF, AET@HOST:PORT lines, CSV with a heading',
	});
};

const wrongWith = ({ values }: ForeignPeer): string | undefined => {
	const { ae_title = '', address = '', port = '' } = values;
	if (address === '') return 'it has no address';
	if (!/^[\p{L}\p{N}._:%-]+$/u.test(address)) return `"${address}" is no host name or address`;
	if (port !== '' && (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535))
		return `"${port}" is no port`;
	return isAeTitle(ae_title) ? undefined : `"${ae_title}" is no AE title`;
};

/** A name that a node can have. */
const nameOf = (text: string): string => {
	const name = text
		.replaceAll(/[[\]=@,\s\p{C}]+/gu, '_')
		.replaceAll(/^_+|_+$/g, '')
		.slice(0, 64);
	return name === '' || name === 'DEFAULT' ? 'node' : name;
};

const freeName = (name: string, taken: ReadonlyMap<string, unknown>): string => {
	let free = name;
	for (let number = 2; taken.has(free); number++) free = `${name}_${number}`;
	return free;
};
