/** INI text as Python's configparser reads it (RawConfigParser: no interpolation), and changes to it that keep comments and order. */
import { DicomError } from '../errors.ts';

export interface IniEntry {
	/** In lower case: keys are told apart without regard to case. */
	readonly key: string;
	/** Its lines joined by newlines, without indentation. */
	readonly value: string;
	/** Number of its first line, from 1, and of its last one. */
	readonly line: number;
	readonly lastLine: number;
	/** Numbers of the lines of the value: there may be comments between them. */
	readonly lines: readonly number[];
}

export interface IniSection {
	readonly name: string;
	/** Of its heading; 0 for [DEFAULT], which may have several. */
	readonly line: number;
	readonly entries: ReadonlyMap<string, IniEntry>;
}

export interface IniDocument {
	readonly path: string;
	/** `[DEFAULT]`; empty where there is none. */
	readonly defaults: IniSection;
	/** All other sections, in their order. */
	readonly sections: ReadonlyMap<string, IniSection>;
}

const DEFAULT_SECTION = 'DEFAULT';

/** A mistake in a file, told with its place: `path:line: what`. */
export const iniError = (path: string, line: number, message: string, hint?: string): DicomError =>
	new DicomError({
		blame: 'usage',
		message: `${path}:${line}: ${message}`,
		...(hint === undefined ? {} : { hint }),
	});

interface OpenEntry {
	readonly key: string;
	readonly line: number;
	lastLine: number;
	readonly parts: string[];
	readonly lines: number[];
}

interface OpenSection {
	readonly name: string;
	readonly line: number;
	readonly entries: Map<string, OpenEntry>;
}

/**
 * Reads a file's text. Lines are comments (`#`, `;`), `[section]`, `key: value`, `key = value`, or go on with the value above where they
 * are indented deeper than its key.
 *
 * @param path for messages only
 * @throws DicomError usage, naming path and line, where configparser would refuse it
 */
export const parseIni = (text: string, path: string): IniDocument => {
	const defaults: OpenSection = { name: DEFAULT_SECTION, line: 0, entries: new Map() };
	const sections = new Map<string, OpenSection>();
	let section: OpenSection | undefined;
	let entry: OpenEntry | undefined;
	let indent = 0;
	for (const [at, content] of linesOf(text).entries()) {
		const line = at + 1;
		const trimmed = content.trim();
		if (trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
		if (trimmed === '') {
			entry?.parts.push('');
			entry?.lines.push(line);
			continue;
		}
		const depth = content.search(/\S/);
		if (entry !== undefined && depth > indent) {
			entry.parts.push(trimmed);
			entry.lines.push(line);
			entry.lastLine = line;
			continue;
		}
		indent = depth;
		const name = /^\[(.+)\]/.exec(trimmed)?.[1];
		if (name !== undefined) {
			if (sections.has(name)) throw iniError(path, line, `section [${name}] stands here a second time`);
			section = name === DEFAULT_SECTION ? defaults : { name, line, entries: new Map() };
			if (section !== defaults) sections.set(name, section);
			entry = undefined;
			continue;
		}
		const [, key, value] = /^(.*?)\s*[=:]\s*(.*)$/.exec(trimmed) ?? [];
		if (trimmed.startsWith('[') && !trimmed.includes(']') && (section === undefined || value === undefined))
			throw iniError(path, line, `the bracket of "${trimmed}" is not closed`, 'a section is [NAME]');
		if (section === undefined)
			throw iniError(path, line, 'no section before this line', 'begin with [DEFAULT], or the [NAME] of a node');
		if (key === undefined || value === undefined || key === '')
			throw iniError(path, line, `neither "key: value" nor "[section]": ${trimmed}`);
		entry = { key: key.toLowerCase(), line, lastLine: line, parts: [value], lines: [line] };
		const earlier = section.entries.get(entry.key);
		if (earlier !== undefined)
			throw iniError(path, line, `${entry.key} stands in [${section.name}] twice; first in line ${earlier.line}`);
		section.entries.set(entry.key, entry);
	}
	return {
		path,
		defaults: closed(defaults),
		sections: new Map([...sections].map(([name, open]) => [name, closed(open)])),
	};
};

const closed = ({ name, line, entries }: OpenSection): IniSection => ({
	name,
	line,
	entries: new Map(
		[...entries].map(([key, { parts, line, lastLine, lines }]) => [
			key,
			{ key, value: parts.join('\n').trimEnd(), line, lastLine, lines },
		]),
	),
});

const linesOf = (text: string): string[] => text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);

/**
 * The text with the section's keys set: those it has are replaced in their place, others follow its last one, and a section that is not there
 * is added at the end. Everything else stays as it is.
 */
export const withSection = (
	text: string,
	path: string,
	name: string,
	values: Readonly<Record<string, string>>,
): string => {
	const section = parseIni(text, path).sections.get(name);
	const lines = linesOf(text);
	while (lines.at(-1) === '') lines.pop();
	if (section === undefined) {
		const apart = lines.length === 0 ? [] : [''];
		return joined(text, [...lines, ...apart, `[${name}]`, ...written(values)]);
	}
	const added = Object.entries(values).filter(([key]) => !section.entries.has(key.toLowerCase()));
	lines.splice(lastLineOf(section), 0, ...written(Object.fromEntries(added)));
	const replaced = [...section.entries.values()].filter(({ key }) => values[key] !== undefined);
	for (const { key, line, lastLine } of replaced.sort((a, b) => b.line - a.line))
		lines.splice(line - 1, lastLine - line + 1, ...written({ [key]: values[key] ?? '' }));
	return joined(text, lines);
};

/** The text without the section. Comments above its heading stay; they may be about more than it. */
export const withoutSection = (text: string, path: string, name: string): string => {
	const section = parseIni(text, path).sections.get(name);
	if (section === undefined) return text;
	const lines = linesOf(text);
	let end = lastLineOf(section);
	while (end < lines.length && lines[end]?.trim() === '') end++;
	lines.splice(section.line - 1, end - section.line + 1);
	while (lines.at(-1)?.trim() === '') lines.pop();
	return joined(text, lines);
};

/** The text with another name in the section's heading; all else stays, a comment behind the heading too. */
export const withSectionRenamed = (text: string, path: string, from: string, to: string): string => {
	const section = parseIni(text, path).sections.get(from);
	if (section === undefined) return text;
	const lines = linesOf(text);
	const at = section.line - 1;
	lines[at] = (lines[at] ?? '').replace(`[${from}]`, () => `[${to}]`);
	while (lines.at(-1) === '') lines.pop();
	return joined(text, lines);
};

/** The text with a key of [DEFAULT] that it has set to another value. */
export const withDefault = (text: string, path: string, key: string, value: string): string => {
	const entry = parseIni(text, path).defaults.entries.get(key);
	if (entry === undefined) return text;
	const lines = linesOf(text);
	while (lines.at(-1) === '') lines.pop();
	lines.splice(entry.line - 1, entry.lastLine - entry.line + 1, ...written({ [key]: value }));
	return joined(text, lines);
};

const lastLineOf = (section: IniSection): number =>
	Math.max(section.line, ...[...section.entries.values()].map(({ lastLine }) => lastLine));

const written = (values: Readonly<Record<string, string>>): string[] =>
	Object.entries(values).flatMap(([key, value]) => `${key}: ${value.replaceAll('\n', '\n\t')}`.trimEnd().split('\n'));

const joined = (text: string, lines: readonly string[]): string =>
	lines.length === 0 ? '' : lines.join(text.includes('\r\n') ? '\r\n' : '\n') + (text.includes('\r\n') ? '\r\n' : '\n');
