/** A qrscp configuration: pynetdicom's INI file, [DEFAULT] for the server and a section for each move destination. */
import { DicomError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { isAeTitle } from './access-rules.ts';
import { KEYS_SECTION, type Node, nodeOf } from './address-book.ts';
import { byteSizeOf } from './byte-size.ts';
import { type IniDocument, type IniEntry, type IniSection, iniError, parseIni } from './ini.ts';
import { QRSCP_KEYS, type QrscpKey, type QrscpKeyName, type QrscpValues } from './qrscp-keys.ts';
import { expandHome, readSettings, type Surroundings, settingsPath } from './settings-file.ts';

export interface QrscpFile {
	readonly path: string;
	readonly values: QrscpValues;
	/** Move destinations, in the order of the file; `name` is the AE title that a C-MOVE names. */
	readonly destinations: readonly Node[];
	/** The line in which a key stands, of the server or of a destination, for who finds out later that its value is wrong. */
	lineOf(key: QrscpKeyName, destination?: string): number | undefined;
	/** Those of the server's entries of a key that has one a line. */
	linesOf(key: QrscpKeyName): readonly number[];
}

/** The keys of a destination: pynetdicom's address and port, and those of a node that say how to reach it. */
const DESTINATION_KEYS = [
	...['address', 'port', 'ae_title', 'calling_ae_title', 'max_associations', 'note', 'tags'],
	...['tls', 'tls_ca', 'tls_cert', 'tls_key', 'tls_servername', 'tls_min', 'tls_insecure'],
];

/**
 * Reads the file that was named.
 *
 * @throws DicomError usage naming file and line: no such file, bad syntax, an unknown key, a bad value
 */
export const readQrscpFile = async (named: string, surroundings: Surroundings): Promise<QrscpFile> => {
	const { path } = settingsPath(named, surroundings);
	return qrscpFileOf(await readSettings({ path, isNamed: true }), path, surroundings);
};

/** As `readQrscpFile`, of a text. */
export const qrscpFileOf = (
	text: string,
	path: string,
	{ homeFolder }: Pick<Surroundings, 'homeFolder'>,
): QrscpFile => {
	if (/^\s*(?:NetworkTCPPort|AETable|HostTable)\b/m.test(text))
		throw new DicomError({
			blame: 'usage',
			message: `${path}: this is a configuration of DCMTK's dcmqrscp`,
			hint: 'qrscp reads INI: [DEFAULT] with ae_title and port, and a [NAME] with address and port for each move destination',
		});
	const document = parseIni(text, path);
	const values: Record<string, unknown> = {};
	for (const entry of document.defaults.entries.values()) {
		if (!isQrscpKey(entry.key)) throw unknownKey(path, entry, Object.keys(QRSCP_KEYS));
		const value = readValue(path, entry, QRSCP_KEYS[entry.key], homeFolder);
		if (value !== undefined) values[entry.key] = value;
	}
	const ownTitle = document.defaults.entries.get('ae_title');
	if (ownTitle !== undefined && !isAeTitle(ownTitle.value)) throw badTitle(path, ownTitle.line, ownTitle.value);
	const sections = destinationSections(document);
	return {
		path,
		values: values as QrscpValues,
		destinations: [...sections.values()].map((section) => destinationOf(document, section, homeFolder)),
		lineOf: (key, destination) =>
			(destination === undefined ? document.defaults : sections.get(destination))?.entries.get(key)?.line,
		linesOf: (key) => {
			const entry = document.defaults.entries.get(key);
			return entry === undefined ? [] : entriesOf(entry).map(({ line }) => line);
		},
	};
};

/** Of a value that has one a line. */
const entriesOf = ({
	value,
	lines,
}: Pick<IniEntry, 'value' | 'lines'>): { readonly text: string; readonly line: number }[] =>
	value
		.split('\n')
		.map((one, at) => ({ text: one.trim(), line: lines[at] ?? 0 }))
		.filter(({ text }) => text !== '');

/** By AE title: blanks around one are no part of it (PS3.5 6.2). */
const destinationSections = ({ path, sections }: IniDocument): ReadonlyMap<string, IniSection> => {
	const named = new Map<string, IniSection>();
	for (const section of sections.values()) {
		const name = section.name.trim();
		if (name === KEYS_SECTION) continue;
		const earlier = named.get(name);
		if (earlier !== undefined)
			throw iniError(path, section.line, `section [${name}] stands here a second time; first in line ${earlier.line}`);
		named.set(name, { ...section, name });
	}
	return named;
};

const isQrscpKey = (key: string): key is QrscpKeyName => Object.hasOwn(QRSCP_KEYS, key);

const unknownKey = (path: string, { key, line }: IniEntry, known: readonly string[]): DicomError => {
	const [guess] = nearest(key, known, 1);
	const hint = guess === undefined ? `the keys are ${known.join(', ')}` : `did you mean ${guess}?`;
	return iniError(path, line, `unknown key "${key}"`, hint);
};

const badTitle = (path: string, line: number, title: string): DicomError =>
	iniError(path, line, `"${title}" is no AE title`, '1 to 16 ASCII characters, no backslash');

const YES = ['1', 'yes', 'true', 'on'];
const NO = ['0', 'no', 'false', 'off'];

const readValue = (
	path: string,
	{ key, value, line, lines }: IniEntry,
	spec: QrscpKey,
	homeFolder: string,
): unknown => {
	const wrong = (what: string) => iniError(path, line, `${key}: "${value}" ${what}`);
	if (value === '') return undefined;
	switch (spec.type) {
		case 'ignored':
			return undefined;
		case 'text':
			return value;
		case 'path':
			return expandHome(value, homeFolder);
		case 'lines':
			return entriesOf({ value, lines }).map(({ text }) => text);
		case 'yes': {
			const word = value.toLowerCase();
			if (!YES.includes(word) && !NO.includes(word)) throw wrong('is neither yes nor no');
			return YES.includes(word);
		}
		case 'choice': {
			const found = spec.choices.find((choice) => choice === value.toLowerCase());
			if (found === undefined) throw wrong(`is none of ${spec.choices.join(', ')}`);
			return found;
		}
		case 'size': {
			const bytes = byteSizeOf(value);
			if (bytes === undefined) throw wrong('is no size: bytes, or with a unit as 512M, 4G');
			return bytes;
		}
		case 'number': {
			const { min, max, whole, orZero } = spec;
			const number = /^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : Number.NaN;
			const isRight = (orZero && number === 0) || (number >= min && number <= max);
			if (!isRight || (whole && !Number.isInteger(number)))
				throw wrong(`is no ${whole ? 'whole ' : ''}number from ${min} to ${max}${orZero ? ', or 0' : ''}`);
			return number;
		}
	}
};

/** [DEFAULT] is the server's own: a destination inherits nothing, least of all its port. */
const destinationOf = ({ path }: IniDocument, section: IniSection, homeFolder: string): Node => {
	for (const entry of section.entries.values())
		if (!DESTINATION_KEYS.includes(entry.key)) throw unknownKey(path, entry, DESTINATION_KEYS);
	if (!isAeTitle(section.name)) throw badTitle(path, section.line, section.name);
	const { calledAeTitle, ...node } = nodeOf(
		{ path, defaults: { name: 'DEFAULT', line: 0, entries: new Map() }, sections: new Map() },
		section,
		homeFolder,
	);
	if (!section.entries.get('port')?.value)
		throw iniError(path, section.line, `[${section.name}] port: this is missing`, 'the port of [DEFAULT] is our own');
	if (!isAeTitle(calledAeTitle))
		throw badTitle(path, section.entries.get('ae_title')?.line ?? section.line, calledAeTitle);
	return { ...node, calledAeTitle };
};
