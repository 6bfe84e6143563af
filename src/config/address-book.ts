/** The address book: the nodes of the configuration file, a section each, inheriting from [DEFAULT]. */
import { DicomError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import {
	type IniDocument,
	type IniEntry,
	type IniSection,
	iniError,
	parseIni,
	withDefault,
	withoutSection,
	withSection,
	withSectionRenamed,
} from './ini.ts';
import { QRSCP_KEYS } from './qrscp-keys.ts';
import { changeSettings, expandHome, readSettings, type Surroundings, settingsPath } from './settings-file.ts';

/** A peer that has a name. Paths are absolute or relative to the working directory, `~` is expanded. */
export interface Node {
	readonly name: string;
	readonly line: number;
	readonly calledAeTitle: string;
	readonly callingAeTitle?: string;
	readonly host: string;
	/** By default 104, or 2762 with TLS. */
	readonly port: number;
	readonly tls: boolean;
	readonly tlsCa?: string;
	readonly tlsCertificate?: string;
	readonly tlsKey?: string;
	readonly tlsServerName?: string;
	readonly tlsMinimum?: '1.2' | '1.3';
	readonly tlsInsecure: boolean;
	readonly retrieve?: 'get' | 'move';
	readonly charset?: string;
	readonly matchLimit?: number;
	readonly maxAssociations?: number;
	readonly web?: string;
	readonly listen?: string;
	readonly outputDirectory?: string;
	readonly layout?: string;
	readonly tags: readonly string[];
	readonly note?: string;
}

export interface AddressBook {
	readonly path: string;
	readonly nodes: ReadonlyMap<string, Node>;
	/** The node that is meant where none is named: DIMSE_NODE, else `default_node`. */
	readonly defaultNode?: string;
	/** `calling_ae_title` of [DEFAULT], for peers that are no nodes. */
	readonly callingAeTitle?: string;
	/** Of `[keys]`, as they stand there: what they may be is known to browse alone. */
	readonly keyEntries?: readonly IniEntry[];
}

/** The section that is no node: which keys do what in browse. */
export const KEYS_SECTION = 'keys';

export const DICOM_PORT = 104;
export const DICOM_TLS_PORT = 2762;

/** The keys of a node, in the order in which they are shown, each with what dimse-nodes(5) says of it. */
export const NODE_KEYS = {
	ae_title: "the peer's AE title; by default the name of the section",
	address: 'host name or address',
	port: 'by default 104, or 2762 with TLS',
	calling_ae_title: 'what we call ourselves there',
	tls: 'yes to speak TLS',
	tls_ca: 'file of certificates that may vouch for it',
	tls_cert: 'our certificate',
	tls_key: 'the key to it',
	tls_servername: 'the name it has to prove',
	tls_min: '1.2 or 1.3',
	tls_insecure: 'yes to accept any certificate',
	retrieve: 'get or move',
	charset: 'character set of its answers, whatever they say',
	match_limit: 'how many matches it gives at most',
	max_associations: 'how many associations it takes at once',
	web: 'its DICOMweb root',
	listen: '[HOST:]PORT where we receive what it sends',
	output_directory: 'where instances go',
	layout: 'how their paths are made',
	tags: 'words to find it by, separated by commas',
	note: 'free text',
} as const;
export type NodeKey = keyof typeof NODE_KEYS;

/** Those that may stand in [DEFAULT] only. A qrscp configuration is an address book too: its keys are the server's own. */
export const DEFAULT_KEYS = {
	default_node: 'in DEFAULT only: the node that is meant where none is named',
} as const;

/**
 * Reads the address book that the options and the environment name.
 *
 * @throws DicomError usage naming file and line: no such file where one was named, bad syntax, an unknown key, a bad value
 */
export const readAddressBook = async (
	options: { readonly config?: string | undefined; readonly 'no-config'?: boolean },
	surroundings: Surroundings,
): Promise<AddressBook> => {
	const settings = settingsPath(options.config, surroundings);
	const text = options['no-config'] ? '' : await readSettings(settings);
	return addressBookOf(text, settings.path, surroundings);
};

/** As `readAddressBook`, of a text. */
export const addressBookOf = (text: string, path: string, { variables, homeFolder }: Surroundings): AddressBook => {
	const document = parseIni(text, path);
	checkKeys(document);
	const sections = [...document.sections].filter(([name]) => name !== KEYS_SECTION);
	const nodes = new Map(sections.map(([name, section]) => [name, nodeOf(document, section, homeFolder)]));
	const own = document.defaults.entries.get('default_node');
	const callingAeTitle = document.defaults.entries.get('calling_ae_title')?.value;
	const named = variables['DIMSE_NODE'] || own?.value;
	if (own !== undefined && !variables['DIMSE_NODE'] && !nodes.has(own.value))
		throw iniError(path, own.line, `default_node: there is no node "${own.value}"`);
	return {
		path,
		nodes,
		keyEntries: [...(document.sections.get(KEYS_SECTION)?.entries.values() ?? [])],
		...(named === undefined ? {} : { defaultNode: named }),
		...(callingAeTitle === undefined ? {} : { callingAeTitle }),
	};
};

const checkKeys = ({ path, defaults, sections }: IniDocument): void => {
	const known = Object.keys(NODE_KEYS);
	for (const section of [defaults, ...sections.values()]) {
		if (section.name === KEYS_SECTION) continue;
		const allowed = section === defaults ? [...known, ...Object.keys(DEFAULT_KEYS), ...Object.keys(QRSCP_KEYS)] : known;
		for (const { key, line } of section.entries.values()) {
			if (allowed.includes(key)) continue;
			const [guess] = nearest(key, allowed, 1);
			const hint = guess === undefined ? `the keys are ${allowed.join(', ')}` : `did you mean ${guess}?`;
			throw iniError(path, line, `unknown key "${key}"`, hint);
		}
	}
};

/** A section as a node. @throws DicomError usage naming file and line */
export const nodeOf = ({ path, defaults }: IniDocument, section: IniSection, homeFolder: string): Node => {
	const entry = (key: NodeKey): IniEntry | undefined => section.entries.get(key) ?? defaults.entries.get(key);
	const text = (key: NodeKey): string | undefined => entry(key)?.value || undefined;
	const wrong = (key: NodeKey, what: string): DicomError =>
		iniError(path, entry(key)?.line ?? section.line, `[${section.name}] ${key}: ${what}`);
	const number = (key: NodeKey, min: number, max: number): number | undefined => {
		const value = text(key);
		if (value === undefined) return undefined;
		if (!/^\d{1,9}$/.test(value) || Number(value) < min || Number(value) > max)
			throw wrong(key, `"${value}" is no number from ${min} to ${max}`);
		return Number(value);
	};
	const choice = <const C extends string>(key: NodeKey, choices: readonly C[]): C | undefined => {
		const value = text(key)?.toLowerCase();
		const found = choices.find((one) => one === value);
		if (value !== undefined && found === undefined) throw wrong(key, `"${value}" is none of ${choices.join(', ')}`);
		return found;
	};
	const yes = (key: NodeKey): boolean =>
		['1', 'yes', 'true', 'on'].includes(choice(key, ['1', 'yes', 'true', 'on', '0', 'no', 'false', 'off']) ?? 'no');
	const file = (key: NodeKey): string | undefined => {
		const value = text(key);
		return value === undefined ? undefined : expandHome(value, homeFolder);
	};
	const host = text('address');
	if (host === undefined) throw wrong('address', 'this is missing');
	if (/\s/.test(host)) throw wrong('address', `"${host}" has blanks in it`);
	const tls = yes('tls');
	const calledAeTitle = section.entries.get('ae_title')?.value || section.name;
	return {
		name: section.name,
		line: section.line,
		calledAeTitle,
		host: host.replace(/^\[(.*)\]$/, '$1'),
		port: number('port', 1, 65535) ?? (tls ? DICOM_TLS_PORT : DICOM_PORT),
		tls,
		tlsInsecure: yes('tls_insecure'),
		tags: (text('tags') ?? '').split(/[,\s]+/).filter((tag) => tag !== ''),
		...present({
			callingAeTitle: text('calling_ae_title'),
			tlsCa: file('tls_ca'),
			tlsCertificate: file('tls_cert'),
			tlsKey: file('tls_key'),
			tlsServerName: text('tls_servername'),
			tlsMinimum: choice('tls_min', ['1.2', '1.3']),
			retrieve: choice('retrieve', ['get', 'move']),
			charset: text('charset'),
			matchLimit: number('match_limit', 1, 999_999_999),
			maxAssociations: number('max_associations', 1, 1000),
			web: text('web'),
			listen: text('listen'),
			outputDirectory: file('output_directory'),
			layout: text('layout'),
			note: text('note'),
		}),
	};
};

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that are undefined. */
const present = <T extends object>(fields: T): Present<T> =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;

/** A node as it is to be written: keys that it has already and that are not here stay. */
export interface NodeEntry {
	readonly name: string;
	readonly values: Partial<Record<NodeKey, string>>;
	/** A node that is there is not changed. */
	readonly isNew?: boolean;
}

type Named = { readonly config?: string | undefined };

/**
 * Adds a node to the file, or changes the keys given of one that is there, unless it has to be new; makes the file where there is none.
 *
 * @throws DicomError usage where the result would not be an address book; io
 */
export const writeNode = (
	options: Named,
	surroundings: Surroundings,
	name: string,
	values: NodeEntry['values'],
	isNew = false,
): Promise<string> => writeNodes(options, surroundings, [{ name, values, isNew }]);

/** As `writeNode`, of several: all of them or none. */
export const writeNodes = async (
	options: Named,
	surroundings: Surroundings,
	entries: readonly NodeEntry[],
): Promise<string> => {
	const { path } = settingsPath(options.config, surroundings);
	await changeSettings({ path, isNamed: false }, (before) => {
		let text = before;
		for (const { name, values, isNew } of entries) {
			if (isNew === true && parseIni(text, path).sections.has(name)) throw isThere(name);
			text = withNode(text, path, name, values);
		}
		return checked(text, path, surroundings);
	});
	return path;
};

const isThere = (name: string): DicomError =>
	new DicomError({
		blame: 'usage',
		message: `there is a node "${name}" already`,
		hint: `dimse node rm ${name} takes it out`,
	});

/** The text of a file with a node added or changed. @throws DicomError usage for a name that none can have */
export const withNode = (text: string, path: string, name: string, values: NodeEntry['values']): string => {
	checkName(name);
	const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
	for (const [key, value] of given)
		if (/[^\P{Cc}\n\t]/u.test(value))
			throw new DicomError({ blame: 'usage', message: `${key} of the node "${name}" has a control character in it` });
	return withSection(text, path, name, Object.fromEntries(given));
};

const checked = (text: string, path: string, surroundings: Surroundings): string => {
	addressBookOf(text, path, surroundings);
	return text;
};

/** Takes nodes out of the file. Those that are not there are not missed. */
export const removeNodes = async (
	options: Named,
	surroundings: Surroundings,
	names: readonly string[],
): Promise<void> => {
	const { path } = settingsPath(options.config, surroundings);
	await changeSettings({ path, isNamed: true }, (text) =>
		names.reduce((rest, name) => withoutSection(rest, path, name), text),
	);
};

/**
 * Gives a node another name. It stays what it is: where the name was its AE title too, the title is written down, and `default_node` follows.
 *
 * @throws DicomError usage where the new name is taken, or none can have it; io
 */
export const renameNode = async (
	options: Named,
	surroundings: Surroundings,
	node: Pick<Node, 'name' | 'calledAeTitle'>,
	name: string,
): Promise<string> => {
	checkName(name);
	const { path } = settingsPath(options.config, surroundings);
	await changeSettings({ path, isNamed: true }, (text) => {
		const { defaults, sections } = parseIni(text, path);
		const own = sections.get(node.name)?.entries.get('ae_title')?.value;
		if (sections.has(name)) throw isThere(name);
		let renamed = withSectionRenamed(text, path, node.name, name);
		if (!own) renamed = withSection(renamed, path, name, { ae_title: node.calledAeTitle });
		const isDefault = defaults.entries.get('default_node')?.value === node.name;
		if (isDefault) renamed = withDefault(renamed, path, 'default_node', name);
		return checked(renamed, path, surroundings);
	});
	return path;
};

/** What a heading, a command line and a list of names can hold. @throws DicomError usage */
const checkName = (name: string): void => {
	if (name === 'DEFAULT' || name === KEYS_SECTION)
		throw new DicomError({
			blame: 'usage',
			message: `"${name}" cannot be the name of a node: it is reserved, its section means something else`,
			hint: 'another word, as main or ct1',
		});
	if (/^[^-[\]=@,\s\p{C}][^[\]=@,\s\p{C}]*$/u.test(name)) return;
	throw new DicomError({
		blame: 'usage',
		message: `"${name}" cannot be the name of a node`,
		hint: 'one word without blanks, brackets, commas, @ and =, as main or ct1',
	});
};
