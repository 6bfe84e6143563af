/** `dimse help TOPIC`: what concerns several commands, made from the tables wherever there is one. */
import type { Command } from './command.ts';
import { EXIT, type ExitName, MEANINGS } from './exit-statuses.ts';
import { definition, wrapped } from './option-text.ts';
import { oldSpellingsOf, optionsOf } from './spellings.ts';

export interface Topic {
	readonly summary: string;
	text(commands: readonly Command[], columns: number): string;
}

const table = (rows: readonly (readonly [string, string])[], columns: number, at = 20): string =>
	rows.map(([left, text]) => definition(`  ${left}`, text, columns, at)).join('');

/** Name by name, so that the man page and the tests have them too. */
export const exitRows = (): readonly (readonly [string, string])[] =>
	Object.entries(EXIT).map(([name, status]) => [
		`${status} ${name.replace('noContext', 'no-context')}`,
		MEANINGS[name as ExitName],
	]);

const KEYS = [
	['PatientName=SMITH*', 'match: as it stands, wildcards and all; the same as -k'],
	['PatientName', 'ask for it: a return key'],
	['00100010=...', 'by tag; (0010,0010)=..., 0010,0010=... and 10,10=... are the same'],
	['Seq[0].Modality=CT', 'inside a sequence: items up to the index are made'],
	['@query.dcm', 'an identifier from a file: DICOM, DICOM JSON or KEY=VALUE lines; @- is stdin'],
] as const;

const FORMATS = [
	['table', 'for people: aligned, cut to the width of the terminal; the default there'],
	['wide', 'the same with all columns and nothing cut'],
	['expanded', 'a block for each row: KEY  value'],
	['tsv', 'for pipes: whole values; \\t \\n \\\\ stand for tab, newline and backslash; --header for a first line'],
	['csv', 'for spreadsheets: RFC 4180 with a header line; --csv-safe for cells that begin with = + - @'],
	['json', 'one document with what was asked, the results, warnings and times'],
	['jsonl', 'one result a line, as it arrives'],
	['dicom-json', 'an array in the DICOM JSON model (PS3.18 Annex F)'],
	['name', 'the unique key of the level, one a line; -0 ends each with NUL'],
	['dump', '(gggg,eeee) VR [value], as other tools print it'],
] as const;

const TLS = [
	['dimse echo --tls main', 'a peer whose certificate a public authority vouches for'],
	['dimse echo dicoms://PACS@host', 'the same, port 2762'],
	['--tls-ca FILE', "the hospital's own authority, PEM"],
	['--tls-cert FILE --tls-key FILE', 'our own certificate, where the peer wants one'],
	['--tls-servername NAME', "the name in the peer's certificate, where it is not the host"],
	['--tls-insecure', 'accept any certificate: to find out what is wrong, not to stay'],
] as const;

const paragraphs = (columns: number, ...texts: readonly string[]): string =>
	texts.map((text) => `${wrapped(text, columns).join('\n')}\n`).join('');

/** Variables that are no option's. */
export const OTHER_VARIABLES = [
	[
		'DIMSE_NODE',
		'the peer that is meant where none is named: where the first word is KEY=VALUE, @FILE, a UID that cannot be an IPv4 address, or for store a path that is there; any other first word is taken for the peer',
	],
	['NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE', 'no colour, or colour in any case'],
	['XDG_CONFIG_HOME', 'the configuration is dimse/config.ini in it; by default ~/.config'],
	[
		'XDG_STATE_HOME',
		'what was learned of peers, and the journals, queries and clipboard of browse are in dimse/ in it; by default ~/.local/state',
	],
] as const;

export const variableRows = (commands: readonly Command[]): readonly (readonly [string, string])[] => {
	const rows = new Map<string, string>();
	for (const command of commands)
		for (const [name, spec] of Object.entries(optionsOf(command)))
			if (spec.variable !== undefined && !rows.has(spec.variable))
				rows.set(
					spec.variable,
					spec.hidden ? spec.help.replace(/, for all to see$/, '') : `as --${name}: ${spec.help}`,
				);
	return [...[...rows].sort(([a], [b]) => (a < b ? -1 : 1)), ...OTHER_VARIABLES];
};

/** Every other spelling of a command with what becomes of it; not the short words of our own. */
export const compatRows = (command: Command): readonly (readonly [string, string])[] => {
	const rows: [string, string][] = [];
	for (const [name, spec] of Object.entries(optionsOf(command))) {
		if (spec.old !== undefined) rows.push([spec.old.join(' '), spec.hidden ? spec.help : `--${name}`]);
		if (spec.group === 'Output' || name === 'color') continue;
		for (const value of new Set(Object.values(spec.sets ?? {})))
			rows.push([tokensFor(value, spec.sets ?? {}).join(' '), `--${name} ${value}`]);
	}
	for (const old of oldSpellingsOf(command)) {
		const left = old.spellings.join(' ');
		const called = old.alias === undefined ? '' : `, where called as ${old.alias}`;
		if ('refused' in old) rows.push([left, `not supported: ${old.refused}`]);
		else if ('ignored' in old) rows.push([left, `ignored: ${old.ignored}`]);
		else rows.push([left, `${old.to.join(' ').replaceAll(/\$[12]/g, 'VALUE')}${called}`]);
	}
	return rows;
};

const tokensFor = (value: string | number, sets: Readonly<Record<string, string | number>>): readonly string[] =>
	Object.keys(sets).filter((token) => sets[token] === value);

/** Spellings that do not fit on one line have several, and what becomes of them stands beside the last. */
const compatRow = (lines: readonly string[], text: string, columns: number): string =>
	lines
		.map((line, at) => (at < lines.length - 1 ? `  ${line}\n` : definition(`  ${line}`, text, columns, 32)))
		.join('');

/** What all have in common once, then what each has besides. */
const compatText = (commands: readonly Command[], columns: number): string => {
	const lists = commands
		.filter((command) => oldSpellingsOf(command).length > 0)
		.map((command) => ({ command, rows: compatRows(command) }));
	const isIn = (rows: readonly (readonly [string, string])[], [left, text]: readonly [string, string]) =>
		rows.some((row) => row[0] === left && row[1] === text);
	const common = (lists[0]?.rows ?? []).filter((row) => lists.every(({ rows }) => isIn(rows, row)));
	const listed = (title: string, rows: readonly (readonly [string, string])[]) =>
		`\n${title}:\n${rows.map(([left, text]) => compatRow(wrapped(left, columns - 2), text, columns)).join('')}`;
	return [
		listed('all', common),
		...lists.map(({ command, rows }) =>
			listed(
				`${command.name} (${command.aliases.join(', ')})`,
				rows.filter((row) => !isIn(common, row)),
			),
		),
	].join('');
};

export const TOPICS: Readonly<Record<string, Topic>> = {
	'exit-codes': {
		summary: 'what the exit statuses mean',
		text: (_, columns) =>
			`${paragraphs(columns, 'Exit statuses. With several peers or files: all fine 0, some fine and some not 3, none fine the status of the first that was not.')}\n${table(exitRows(), columns)}`,
	},
	keys: {
		summary: 'how keys of a query are written',
		text: (_, columns) =>
			`Keys stand after the peer, or with -k:\n\n${table(KEYS, columns, 24)}\n${paragraphs(columns, 'A later key overrides an earlier one; -f and @FILE go first. Quotes in a value are part of it.', 'The friendly options (--name, --date, -m ...) write keys for you; -v shows what was sent.')}`,
	},
	formats: {
		summary: 'how results are printed',
		text: (_, columns) =>
			`-F FORMAT; --json, --jsonl, --csv and --tsv for short:\n\n${table(FORMATS, columns)}\n${paragraphs(columns, 'stdout holds data only; messages, progress and the summary go to stderr. With json formats a failure is a document on stdout as well.')}`,
	},
	compat: {
		summary: 'what the options of DCMTK and pynetdicom become',
		text: (commands, columns) =>
			paragraphs(
				columns,
				"Options of DCMTK's and pynetdicom's tools that are spelled differently here. Exit statuses are ours: dimse help exit-codes.",
			) + compatText(commands, columns),
	},
	environment: {
		summary: 'environment variables',
		text: (commands, columns) =>
			`An option wins over a variable, a variable over the address book.\n\n${table(variableRows(commands), columns, 26)}`,
	},
	tls: {
		summary: 'how to speak TLS, and what can go wrong',
		text: (_, columns) =>
			`${table(TLS, columns, 34)}
${paragraphs(
	columns,
	'The versions are 1.2 and 1.3 (--tls-min 1.3), the suites those of BCP 195 (PS3.15 B.12).',
	'A node of the address book keeps all this: tls, tls_ca, tls_cert, tls_key, tls_servername, tls_min, tls_insecure.',
	'The passphrase of the key comes from DIMSE_TLS_PASSPHRASE. Exit status 10 is a failure of TLS.',
)}`,
	},
};
