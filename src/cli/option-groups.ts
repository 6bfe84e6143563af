/** Options that several commands share, to be spread into their tables. What other tools call them stands beside each. */
import type { OptionTable } from './command.ts';

/** Every command has these; the parser adds them itself where a command does not spread them. */
export const GENERAL = {
	help: { type: 'boolean', short: 'h', group: 'General', help: 'show this help' },
	version: { type: 'boolean', short: 'V', group: 'General', help: 'show the version' },
	quiet: {
		type: 'count',
		short: 'q',
		group: 'General',
		help: 'print data only: no warnings, no summary; errors stay, and -qq hides them too',
	},
	verbose: { type: 'count', short: 'v', group: 'General', help: 'tell on stderr how the association goes' },
	debug: {
		type: 'boolean',
		short: 'd',
		group: 'General',
		help: 'tell every PDU and message, decoded; errors with their stack',
	},
	'log-level': {
		type: 'string',
		value: 'LEVEL',
		choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace'],
		synonyms: { critical: 'fatal', warning: 'warn' },
		otherwise: 'warn',
		variable: 'DIMSE_LOG',
		group: 'General',
		help: 'how much is told: as -qq, -q, nothing, -v, -d',
		old: ['-ll'],
	},
	color: {
		type: 'string',
		value: 'WHEN',
		choices: ['auto', 'always', 'never'],
		default: 'auto',
		group: 'General',
		help: 'colour in tables and messages; NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE are honoured',
		sets: { '--no-color': 'never' },
	},
	config: {
		type: 'string',
		value: 'FILE',
		otherwise: '~/.config/dimse/config.ini',
		variable: 'DIMSE_CONFIG',
		completes: 'file',
		group: 'General',
		help: 'the address book and settings',
	},
	'no-config': { type: 'boolean', group: 'General', help: 'read no configuration file' },
} as const satisfies OptionTable;

/** Of queries and retrieves alike. */
export const QUERY_LEVEL = {
	type: 'string',
	short: 'L',
	value: 'LEVEL',
	choices: ['patient', 'study', 'series', 'instance'],
	synonyms: { image: 'instance' },
	group: 'Common',
} as const;

/** How rows are printed. */
export const OUTPUT = {
	format: {
		type: 'string',
		short: 'F',
		value: 'FORMAT',
		choices: ['table', 'wide', 'expanded', 'tsv', 'csv', 'json', 'jsonl', 'dicom-json', 'name', 'dump'],
		otherwise: 'table on a terminal, tsv elsewhere',
		variable: 'DIMSE_FORMAT',
		group: 'Output',
		help: 'how the result is printed (dimse help formats)',
		sets: { '--json': 'json', '--jsonl': 'jsonl', '--csv': 'csv', '--tsv': 'tsv' },
	},
	header: { type: 'boolean', group: 'Output', help: 'a header line in tsv too' },
} as const satisfies OptionTable;

export const PROGRESS = {
	progress: {
		type: 'string',
		value: 'KIND',
		choices: ['auto', 'bar', 'plain', 'none'],
		default: 'auto',
		variable: 'DIMSE_PROGRESS',
		group: 'Output',
		help: 'progress on stderr: a bar on a terminal, else a plain line now and then',
	},
	events: { type: 'boolean', group: 'Output', help: 'typed JSON lines on stdout instead of results' },
} as const satisfies OptionTable;

/** Keys, as they stand and in friendly words. */
export const MATCHING = {
	key: {
		type: 'string',
		short: 'k',
		value: 'KEY[=VALUE]',
		many: true,
		group: 'Common',
		help: 'match KEY against VALUE as it stands, or ask for KEY (dimse help keys)',
		old: ['--keyword'],
	},
	file: {
		type: 'string',
		short: 'f',
		value: 'FILE',
		many: true,
		completes: 'file',
		group: 'Query',
		help: 'identifier from a DICOM, DICOM JSON or KEY=VALUE file, or - for stdin; -k comes after it',
	},
	name: { type: 'string', value: 'TEXT', group: 'Common', help: "patient's name: smith, john becomes SMITH^JOHN*" },
	id: { type: 'string', value: 'ID', group: 'Common', help: 'Patient ID' },
	acc: { type: 'string', value: 'NUMBER', group: 'Common', help: 'Accession Number' },
	date: {
		type: 'string',
		value: 'WHEN',
		group: 'Common',
		help: 'Study Date: today, yesterday, -7d, 2024-01-31, 2024-01, 2024, a..b, a.., ..b',
	},
	time: { type: 'string', value: 'WHEN', group: 'Query', help: 'Study Time: 08:00..12:00' },
	birth: { type: 'string', value: 'WHEN', group: 'Query', help: "patient's birth date" },
	modality: { type: 'string', short: 'm', value: 'CT[,MR]', many: true, group: 'Common', help: 'modality' },
	desc: { type: 'string', value: 'TEXT', group: 'Query', help: 'part of the study or series description' },
	'study-uid': { type: 'string', value: 'UID', many: true, group: 'Query', help: 'Study Instance UID' },
	'series-uid': { type: 'string', value: 'UID', many: true, group: 'Query', help: 'Series Instance UID' },
	'sop-uid': { type: 'string', value: 'UID', many: true, group: 'Query', help: 'SOP Instance UID' },
	'keep-case': { type: 'boolean', group: 'Query', help: 'do not upper-case --name' },
} as const satisfies OptionTable;

/** What is asked for, and how its rows are narrowed. */
export const QUERY = {
	level: {
		...QUERY_LEVEL,
		otherwise: 'study',
		help: 'Query/Retrieve level; -k QueryRetrieveLevel=... wins',
	},
	model: {
		type: 'string',
		short: 'M',
		value: 'MODEL',
		choices: ['study', 'patient', 'psonly', 'worklist', 'ups'],
		synonyms: {
			studyroot: 'study',
			patientroot: 'patient',
			patientstudyonly: 'psonly',
			mwl: 'worklist',
			upspull: 'ups',
		},
		otherwise: 'study; patient at patient level',
		group: 'Query',
		help: 'information model: study root, patient root, patient/study only, modality worklist, UPS pull',
		sets: {
			'-S': 'study',
			'--study': 'study',
			'-P': 'patient',
			'--patient': 'patient',
			'-O': 'psonly',
			'--psonly': 'psonly',
			'-W': 'worklist',
			'--worklist': 'worklist',
			'--mwl': 'worklist',
			'-U': 'ups',
			'--ups': 'ups',
		},
	},
	...MATCHING,
	fields: {
		type: 'string',
		value: 'LIST',
		group: 'Output',
		help: 'the keys to ask for and print; +A,B adds to the usual ones, -A takes away',
	},
	limit: {
		type: 'number',
		value: 'N',
		min: 1,
		whole: true,
		group: 'Common',
		help: 'stop after N rows, by C-CANCEL',
		old: ['--cancel'],
	},
	'strict-match': { type: 'boolean', group: 'Query', help: 'drop rows that contradict the query' },
	charset: {
		type: 'string',
		value: 'TERM',
		group: 'Query',
		help: 'character set of the answers, whatever they say, as ISO_IR 100',
	},
	ext: {
		type: 'string',
		value: 'LIST',
		many: true,
		group: 'Query',
		help: 'extended negotiation: relational, datetime, fuzzy, timezone, enhanced',
		sets: {
			'--relational-query': 'relational',
			'--dt-matching': 'datetime',
			'--fuzzy-names': 'fuzzy',
			'--timezone-adj': 'timezone',
			'--enhanced-conversion': 'enhanced',
		},
	},
} as const satisfies OptionTable;

/** Matches as files (find). */
export const EXTRACT = {
	write: {
		type: 'boolean',
		short: 'w',
		group: 'Files',
		help: 'write each match as a DICOM file too: rsp0001.dcm, rsp0002.dcm, ...',
		old: ['-X', '--extract'],
	},
	out: {
		type: 'string',
		short: 'o',
		value: 'DIR',
		default: '.',
		completes: 'folder',
		group: 'Files',
		help: 'where files go; made if it is not there',
		old: ['-od', '--output-directory'],
	},
} as const satisfies OptionTable;

/** What is sent, and how many associations send it (store). */
export const SENDING = {
	'no-recurse': { type: 'boolean', group: 'Files', help: 'only the files that lie in a folder itself' },
	recurse: {
		type: 'boolean',
		short: 'r',
		group: 'Files',
		hidden: true,
		help: 'search folders in folders (always on)',
		old: ['+r'],
	},
	'files-from': {
		type: 'string',
		value: 'FILE',
		completes: 'file',
		group: 'Files',
		help: 'read the paths from FILE, one a line, or - for stdin',
	},
	jobs: {
		type: 'number',
		short: 'j',
		value: 'N',
		default: 1,
		min: 1,
		max: 64,
		whole: true,
		group: 'Common',
		help: 'so many associations at once',
	},
} as const satisfies OptionTable;

/** Round trips (echo). */
export const REPEATING = {
	count: {
		type: 'number',
		short: 'c',
		value: 'N',
		default: 1,
		min: 1,
		whole: true,
		group: 'Common',
		help: 'so many echoes on one association',
		old: ['--repeat'],
	},
	interval: {
		type: 'number',
		value: 'SECONDS',
		default: 0,
		min: 0,
		group: 'Common',
		help: 'between two of them',
	},
	stats: { type: 'boolean', group: 'Output', help: 'minimum, average and maximum of the times, and loss' },
} as const satisfies OptionTable;
