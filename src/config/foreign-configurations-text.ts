/** Peers in text: dcmqrscp's HostTable, INI sections, LDIF entries, `AET@host:port` lines, tables with a heading. */
import { NODE_KEYS, type NodeKey } from './address-book.ts';
import type { ForeignPeer, Found } from './foreign-configurations.ts';
import { filled } from './foreign-configurations-json.ts';
import { parseIni } from './ini.ts';

const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/);

/** `name = (AET, host, port)` between HostTable BEGIN and END; a name that stands for others is none. */
export const readDcmqrscp = (text: string): Found | undefined => {
	const body = /^\s*HostTable\s+BEGIN\s*$([\s\S]*?)^\s*HostTable\s+END\s*$/m.exec(text)?.[1];
	if (body === undefined) return undefined;
	const peers: ForeignPeer[] = [];
	for (const line of linesOf(body)) {
		const [, name, inside] = /^\s*([^#=\s]+)\s*=\s*\(([^)]*)\)/.exec(line) ?? [];
		if (name === undefined || inside === undefined) continue;
		const [aeTitle, host, port] = inside.split(',').map((part) => part.trim().replace(/^"(.*)"$/, '$1'));
		peers.push({ name, values: filled({ ae_title: aeTitle, address: host, port }) });
	}
	return { peers, notes: ownNote(text) };
};

/** The archive whose configuration it is does not stand in its own HostTable. */
const ownNote = (text: string): readonly string[] => {
	const port = /^\s*NetworkTCPPort\s*=\s*(\d+)/m.exec(text)?.[1];
	const areas = /^\s*AETable\s+BEGIN\s*$([\s\S]*?)^\s*AETable\s+END\s*$/m.exec(text)?.[1] ?? '';
	const titles = linesOf(areas).flatMap((line) => /^\s*([^#\s]+)\s+\S+/.exec(line)?.[1] ?? []);
	if (port === undefined || titles[0] === undefined) return [];
	return [`the archive itself is ${titles.join(', ')}: dimse node add NAME ${titles[0]}@HOST:${port}`];
};

/** pynetdicom's move destinations (address and port), or an address book of ours. */
export const readIni = (text: string): Found | undefined => {
	if (!/^\s*\[[^\]]+\]/m.test(text)) return undefined;
	let document: ReturnType<typeof parseIni>;
	try {
		document = parseIni(text, '');
	} catch {
		return undefined;
	}
	const sections = [...document.sections.values()].filter(({ entries }) => entries.has('address'));
	if (sections.length === 0) return undefined;
	const peers = sections.map(({ name, entries }) => {
		const own = [...entries.values()].filter(({ key }) => isNodeKey(key)).map(({ key, value }) => [key, value]);
		const values: Partial<Record<NodeKey, string>> = Object.fromEntries(own);
		return { name, values: filled({ ae_title: name, ...values }) };
	});
	const others = document.sections.size - sections.length;
	return { peers, notes: others === 0 ? [] : [`${others} sections without an address are left out`] };
};

const isNodeKey = (key: string): key is NodeKey => Object.hasOwn(NODE_KEYS, key);

/** Entries of dicomNetworkAE and the dicomNetworkConnection that each refers to (PS3.15 H.1.4). */
export const readLdif = (text: string): Found | undefined => {
	if (!/^dn::?\s/m.test(text) || !/dicomAETitle/i.test(text)) return undefined;
	// A line that begins with a blank goes on with the one before (RFC 2849).
	const entries = text
		.replaceAll(/\r\n/g, '\n')
		.replaceAll(/\n[ ]/g, '')
		.split(/\n\s*\n/)
		.map(ldifEntry);
	const connections = new Map(
		entries.filter((entry) => entry.has('dicomhostname')).map((entry) => [nameOfDn(entry.get('dn')?.[0]), entry]),
	);
	const peers: ForeignPeer[] = [];
	for (const entry of entries) {
		const aeTitle = entry.get('dicomaetitle')?.[0];
		const references = entry.get('dicomnetworkconnectionreference');
		if (aeTitle === undefined || references === undefined) continue;
		const own = references.map((dn) => connections.get(nameOfDn(dn))).find((one) => one !== undefined);
		peers.push({
			name: aeTitle,
			values: filled({
				ae_title: aeTitle,
				address: own?.get('dicomhostname')?.[0],
				port: own?.get('dicomport')?.[0],
				tls: own?.has('dicomtlsciphersuite') === true ? 'yes' : '',
				note: entry.get('dicomdescription')?.[0],
			}),
		});
	}
	return { peers };
};

const ldifEntry = (text: string): ReadonlyMap<string, readonly string[]> => {
	const entry = new Map<string, string[]>();
	for (const line of text.split('\n')) {
		const [, name, isEncoded, value] = /^([\w.;-]+):(:?)\s*(.*)$/.exec(line) ?? [];
		if (name === undefined || value === undefined) continue;
		const plain = isEncoded === ':' ? Buffer.from(value, 'base64').toString() : value.trim();
		const key = name.toLowerCase();
		entry.set(key, [...(entry.get(key) ?? []), plain]);
	}
	return entry;
};

const nameOfDn = (dn: string | undefined): string => (dn ?? '').toLowerCase().replaceAll(/\s*([,=])\s*/g, '$1');

/** `AET@host:port` or dcm4che's `AET=host:port`, one a line; what follows a third colon are its cipher suites. */
export const readAeList = (text: string): Found | undefined => {
	const peers: ForeignPeer[] = [];
	for (const line of linesOf(text)) {
		const content = line.replace(/^\s*#.*/, '').trim();
		if (content === '') continue;
		const [, aeTitle, , bracketed, plain, port, suites] =
			/^([^@=]{1,16}?)\s*([@=])\s*(?:\[([^\]]+)\]|([^\s:@=]+)):(\d+)(:\S+)?$/.exec(content) ?? [];
		const host = bracketed ?? plain;
		if (aeTitle === undefined || host === undefined || port === undefined) return undefined;
		peers.push({
			name: aeTitle.trim(),
			values: filled({ ae_title: aeTitle.trim(), address: host, port, tls: suites === undefined ? '' : 'yes' }),
		});
	}
	return peers.length === 0 ? undefined : { peers };
};

/** What the columns of a table may be called. */
const HEADINGS: Readonly<Record<string, NodeKey | 'name'>> = {
	...Object.fromEntries(Object.keys(NODE_KEYS).map((key) => [key.replaceAll('_', ''), key as NodeKey])),
	name: 'name',
	alias: 'name',
	description: 'note',
	aet: 'ae_title',
	aetitle: 'ae_title',
	called: 'ae_title',
	calledaet: 'ae_title',
	calling: 'calling_ae_title',
	host: 'address',
	hostname: 'address',
	ip: 'address',
	ipaddress: 'address',
};

/** A heading with an AE title and a host, then a row for each peer; commas, semicolons or tabs between cells. */
export const readCsv = (text: string): Found | undefined => {
	const [heading = '', ...lines] = linesOf(text).filter((line) => line.trim() !== '');
	const separator = [',', ';', '\t'].find((one) => heading.includes(one));
	if (separator === undefined) return undefined;
	const columns = cellsOf(heading, separator).map((cell) => HEADINGS[cell.toLowerCase().replaceAll(/[\s_-]/g, '')]);
	if (!columns.includes('ae_title') || !columns.includes('address')) return undefined;
	const peers = lines.map((line) => {
		const cells = cellsOf(line, separator);
		const of = (key: NodeKey | 'name'): string => cells[columns.indexOf(key)] ?? '';
		const keys = columns.filter((key) => key !== undefined && key !== 'name');
		const values: Partial<Record<NodeKey, string>> = Object.fromEntries(keys.map((key) => [key, of(key as NodeKey)]));
		return { name: of('name') || of('ae_title'), values: filled(values) };
	});
	return { peers };
};

const cellsOf = (line: string, separator: string): string[] => {
	const cells: string[] = [];
	const pattern = new RegExp(`(?:"((?:[^"]|"")*)"|([^${separator}]*))(${separator}|$)`, 'gy');
	for (const [, quoted, plain = '', end] of line.matchAll(pattern)) {
		cells.push((quoted?.replaceAll('""', '"') ?? plain).trim());
		if (end === '') break;
	}
	return cells;
};
