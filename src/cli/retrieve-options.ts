/** The options of what receives and retrieves instances: `get`, `move`, and of `receive` those of where they go. */
import type { OptionTable } from './command.ts';
import { MATCHING, QUERY_LEVEL } from './option-groups.ts';

/** Where instances go that come from outside, and which are taken. */
export const RECEIVING = {
	out: {
		type: 'string',
		short: 'o',
		value: 'DIR',
		otherwise: "the node's output_directory, else the current folder",
		completes: 'folder',
		group: 'Common',
		help: 'where instances go; made if it is not there',
		old: ['-od', '--output-directory'],
	},
	layout: {
		type: 'string',
		value: 'TEMPLATE',
		otherwise: "the node's layout, else STUDY/SERIES/INSTANCE.dcm, each by its UID",
		group: 'Files',
		help: 'how their paths are made, of attributes in braces; what comes from a peer can never lead out of the folder',
		sets: { '--flat': '{SOPInstanceUID}.dcm' },
	},
	exists: {
		type: 'string',
		value: 'WHAT',
		choices: ['skip', 'overwrite', 'keep-both'],
		default: 'skip',
		group: 'Files',
		help: 'what becomes of an instance whose file is there already',
	},
	ignore: { type: 'boolean', group: 'Files', help: 'take everything and keep nothing: to measure, or to test a peer' },
	accept: {
		type: 'string',
		value: 'CLASSES',
		many: true,
		otherwise: 'storage',
		group: 'Files',
		help: 'SOP classes that are taken: storage (all of the standard), any (private ones too), or UIDs',
	},
	'prefer-ts': {
		type: 'string',
		value: 'LIST',
		many: true,
		group: 'Files',
		help: 'transfer syntaxes to prefer where the sender offers several, by name or UID; all are taken as they come',
	},
	durability: {
		type: 'string',
		value: 'KIND',
		choices: ['full', 'data', 'off'],
		default: 'full',
		group: 'Files',
		help: 'what is on the disk before success is answered: file and folder, the file only, or whatever the system has written',
	},
} as const satisfies OptionTable;

/** The receiver of `move --to-me`, and of `get` where it falls back to that. */
const LISTENING = {
	listen: {
		type: 'string',
		value: '[HOST:]PORT',
		otherwise: "the node's listen, else 11113 on all addresses",
		variable: 'DIMSE_LISTEN',
		group: 'Retrieve',
		help: 'where our receiver listens; the peer must have our AE title registered with this port',
	},
	'listen-aet': {
		type: 'string',
		value: 'AET',
		otherwise: 'our calling AE title',
		group: 'Retrieve',
		help: 'the AE title of our receiver: the destination that is named to the peer',
		old: ['--store-aet'],
	},
	'listen-tls': {
		type: 'boolean',
		group: 'TLS',
		help: 'our receiver speaks TLS too, with the certificate and key of --tls-cert and --tls-key',
	},
} as const satisfies OptionTable;

const RETRIEVE_EXT = {
	type: 'string',
	value: 'LIST',
	many: true,
	group: 'Query',
	help: 'extended negotiation: relational, enhanced; for the query also datetime, fuzzy, timezone',
	sets: {
		'--relational-retrieval': 'relational',
		'--relational-query': 'relational',
		'--dt-matching': 'datetime',
		'--fuzzy-names': 'fuzzy',
		'--timezone-adj': 'timezone',
		'--enhanced-conversion': 'enhanced',
	},
} as const;

const MODEL_FLAGS = {
	'-S': 'study',
	'--study': 'study',
	'-P': 'patient',
	'--patient': 'patient',
	'-O': 'psonly',
	'--psonly': 'psonly',
	'--composite': 'composite',
} as const;

const MODEL_WORDS = {
	studyroot: 'study',
	patientroot: 'patient',
	patientstudyonly: 'psonly',
	compositeinstanceroot: 'composite',
} as const;

/** What is retrieved, by how many at once, and how it is made sure that all of it is there (get, move). */
const RETRIEVE = {
	level: {
		...QUERY_LEVEL,
		otherwise:
			'study for bare UIDs, else the lowest level that a key names; in the composite models, instance where no study has the UID',
		help: 'what the UIDs are of; -k QueryRetrieveLevel=... wins',
	},
	...MATCHING,
	'strict-match': { type: 'boolean', group: 'Query', help: 'leave out matches that contradict the query' },
	charset: {
		type: 'string',
		value: 'TERM',
		group: 'Query',
		help: 'character set of the matches, whatever they say, as ISO_IR 100',
	},
	ext: RETRIEVE_EXT,
	from: {
		type: 'string',
		value: 'FILE',
		many: true,
		completes: 'file',
		group: 'Common',
		help: 'retrieve what FILE lists, or - for stdin: rows of find (jsonl, json, csv, tsv with header, name) or a missing list',
	},
	frames: {
		type: 'string',
		value: 'LIST',
		group: 'Retrieve',
		help: 'only these frames of the instances, as 1,5-9; the peer makes new instances of them (composite instance root)',
	},
	unit: {
		type: 'string',
		value: 'UNIT',
		choices: ['study', 'series', 'instance'],
		synonyms: { image: 'instance' },
		otherwise: 'what was asked for; series with --journal',
		group: 'Retrieve',
		help: 'one request for each study, for each series, or for the instances of a series',
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
		help: 'so many associations at once, each with a unit of its own; fewer where the peer does not take them',
	},
	'no-verify': {
		type: 'boolean',
		group: 'Retrieve',
		help: 'do not ask beforehand which instances there are, but where get has to know what to propose: what arrived is compared with the counts of the peer',
	},
	verify: { type: 'boolean', group: 'Retrieve', hidden: true, help: 'compare what arrives with a query (always on)' },
	settle: {
		type: 'number',
		value: 'SECONDS',
		default: 5,
		min: 0,
		group: 'Retrieve',
		help: 'quiet time after the final response before what has not come is called missing',
	},
	late: {
		type: 'number',
		value: 'SECONDS',
		default: 60,
		min: 0,
		group: 'Retrieve',
		help: 'the same where the peer claims to have sent more than came, counted from the last arrival',
	},
	'retry-missing': {
		type: 'number',
		value: 'N',
		default: 0,
		min: 0,
		max: 100,
		whole: true,
		group: 'Retrieve',
		help: 'ask again for what is missing, and only for that, up to N times',
	},
	missing: {
		type: 'string',
		value: 'FILE',
		otherwise: 'missing-DATE-TIME.txt where the instances go',
		completes: 'file',
		group: 'Retrieve',
		help: 'where the list of missing instances is written, if there are any: a file, or a folder; --from takes it',
	},
	journal: {
		type: 'string',
		value: 'FILE',
		completes: 'file',
		group: 'Retrieve',
		help: 'note what is done in FILE; run again with it, only the rest is retrieved (files that were removed since are not noticed)',
	},
	'allow-empty': { type: 'boolean', group: 'Retrieve', help: 'exit with 0 also when nothing matched' },
	cancel: {
		type: 'number',
		value: 'N',
		min: 1,
		whole: true,
		group: 'Retrieve',
		help: 'send C-CANCEL after N responses, to see what a peer makes of it',
	},
	format: {
		type: 'string',
		short: 'F',
		value: 'FORMAT',
		choices: ['json'],
		group: 'Output',
		help: 'print a document on stdout that says what became of each unit',
		sets: { '--json': 'json' },
	},
} as const satisfies OptionTable;

export const GET = {
	...RETRIEVE,
	model: {
		type: 'string',
		short: 'M',
		value: 'MODEL',
		choices: ['study', 'patient', 'psonly', 'composite', 'no-bulk'],
		synonyms: { ...MODEL_WORDS, compositeinstancewithoutbulkdata: 'no-bulk', withoutbulkdata: 'no-bulk' },
		otherwise: 'study; patient at patient level',
		group: 'Query',
		help: 'information model: study root, patient root, patient/study only, composite instance root, without bulk data',
		sets: { ...MODEL_FLAGS, '--no-bulk': 'no-bulk', '--without-bulk-data': 'no-bulk' },
	},
	contexts: {
		type: 'string',
		value: 'WHICH',
		many: true,
		otherwise: 'auto',
		group: 'Retrieve',
		help: 'storage classes to propose: auto (those of the instances, by a query first), all, or UIDs',
	},
	'no-fallback': {
		type: 'boolean',
		group: 'Retrieve',
		help: 'do not go on with C-MOVE to our own receiver where the peer has no C-GET',
	},
	...LISTENING,
} as const satisfies OptionTable;

export const MOVE = {
	...RETRIEVE,
	model: {
		type: 'string',
		short: 'M',
		value: 'MODEL',
		choices: ['study', 'patient', 'psonly', 'composite'],
		synonyms: MODEL_WORDS,
		otherwise: 'study; patient at patient level',
		group: 'Query',
		help: 'information model: study root, patient root, patient/study only, composite instance root',
		sets: MODEL_FLAGS,
	},
	dest: {
		type: 'string',
		value: 'AET',
		group: 'Common',
		help: 'send it to this AE title, which the peer must know; one that is a node of ours is asked afterwards what arrived',
	},
	'to-me': {
		type: 'boolean',
		group: 'Common',
		help: 'send it here: our own receiver listens before the request goes out',
		old: ['--store'],
	},
	...LISTENING,
	'move-aet': {
		type: 'string',
		value: 'AET',
		group: 'Retrieve',
		hidden: true,
		help: 'the destination: our receiver with --to-me, another one without',
		old: ['-aem', '--move'],
	},
} as const satisfies OptionTable;
