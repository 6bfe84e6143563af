/** `dimse receive`: a Storage SCP that writes what it is sent into a folder (PS3.4 Annex B). */

import { LONGEST_PDU, TLS, TRACING } from '../cli/association-options.ts';
import { defineCommand, type OptionTable } from '../cli/command.ts';
import type { ExitStatus } from '../cli/exit-statuses.ts';
import { GENERAL, PROGRESS } from '../cli/option-groups.ts';
import { RECEIVING } from '../cli/retrieve-options.ts';
import { RECEIVE_OLD } from './receive/old-spellings.ts';
import { receive } from './receive/run.ts';

/** Who is listened to, and for how long. */
const SERVING = {
	aet: {
		type: 'string',
		value: 'AET',
		otherwise: 'STORESCP, and a call to any other title is taken as well',
		variable: 'DIMSE_AET',
		group: 'Common',
		help: 'our AE title',
		old: ['-aet', '--aetitle', '--ae-title', '--calling'],
	},
	'bind-address': {
		type: 'string',
		value: 'ADDRESS',
		otherwise: 'all interfaces',
		group: 'Common',
		help: 'listen on this address only',
		old: ['-ba', '--bind'],
	},
	count: {
		type: 'number',
		short: 'c',
		value: 'N',
		min: 1,
		whole: true,
		group: 'Common',
		help: 'end when so many instances have come',
	},
	'until-idle': {
		type: 'number',
		value: 'SECONDS',
		min: 0.001,
		group: 'Common',
		help: 'end when for so long no association has stood',
	},
	'require-called': {
		type: 'boolean',
		group: 'Association',
		help: 'reject who calls us by another AE title (1/1/7); needs -aet',
	},
	allow: {
		type: 'string',
		value: 'AET[@ADDRESS[/BITS]]',
		many: true,
		otherwise: 'everybody',
		group: 'Association',
		help: 'accept only these callers; * and ? in AET',
	},
	'max-associations': {
		type: 'number',
		value: 'N',
		default: 200,
		min: 1,
		max: 10_000,
		whole: true,
		group: 'Association',
		help: 'so many associations at once; more are rejected for the moment (2/3/2)',
	},
	'max-pdu': { ...LONGEST_PDU, default: 65_536 },
	'acse-timeout': {
		type: 'number',
		value: 'SECONDS',
		default: 30,
		min: 0,
		group: 'Association',
		help: 'from the connection to the association request; 0 waits for ever, here and below',
		old: ['-ta'],
	},
	'network-timeout': {
		type: 'number',
		value: 'SECONDS',
		default: 60,
		min: 0,
		group: 'Association',
		help: 'without a byte from the peer',
		old: ['-tn', '-ts', '--socket-timeout', '-td', '--dimse-timeout'],
	},
} as const satisfies OptionTable;

/** Of a server. */
const SECURED = {
	tls: { type: 'boolean', group: 'TLS', help: 'speak TLS; needs --tls-cert and --tls-key' },
	'tls-cert': TLS['tls-cert'],
	'tls-key': TLS['tls-key'],
	'tls-ca': { ...TLS['tls-ca'], help: 'callers need a certificate of these authorities (PEM)' },
	'tls-min': TLS['tls-min'],
	'tls-passphrase': TLS['tls-passphrase'],
} as const satisfies OptionTable;

export const RECEIVE_OPTIONS = {
	...SERVING,
	...RECEIVING,
	out: { ...RECEIVING.out, otherwise: 'the current folder' },
	layout: { ...RECEIVING.layout, otherwise: 'STUDY/SERIES/INSTANCE.dcm, each by its UID' },
	...SECURED,
	...TRACING,
	format: {
		type: 'string',
		short: 'F',
		value: 'FORMAT',
		choices: ['name', 'json'],
		group: 'Output',
		help: 'print on stdout the path of each instance when it is safe, or a document at the end',
		sets: { '--json': 'json' },
	},
	...PROGRESS,
	...GENERAL,
} as const satisfies OptionTable;

export default defineCommand({
	name: 'receive',
	aliases: ['storescp'],
	summary: 'take instances in and write them into a folder (Storage SCP)',
	description: [
		'Listens for C-STORE and C-ECHO and writes each instance as it came, bit for bit. Success is answered when it is whole and on the disk under its name; until then it is a .part file, which the next start takes away if this one dies.',
		'Every storage class of the standard and every transfer syntax is taken; --accept any takes private and unknown classes too. Who calls, what was offered and refused, and what could not be kept is told on stderr as it happens.',
		'Paths are made of attributes (--layout). What stands in them can never lead out of the folder: characters that a path could take for something else are replaced, a UID that is none is hashed, an attribute that is not there gives no-KEYWORD. Links in the folder are not followed.',
		'An instance whose file is there: skip keeps that one if its dataset is as long, overwrite the new one, keep-both both. Two that differ in length are both kept by skip, and two different instances that a layout gives the same name always are: as NAME-2.dcm. An instance that has another SOP Instance UID or class in it than it was announced with is refused (A900).',
		'SIGTERM or Ctrl-C ends it: nobody is listened to any more, instances in hand are finished and answered. A second one aborts them, and nothing of them is left.',
	],
	positionals: [{ name: 'PORT', help: '[ADDRESS:]PORT to listen on; 11113, or 2762 with --tls; 0 takes a free one' }],
	options: RECEIVE_OPTIONS,
	oldSpellings: RECEIVE_OLD,
	aliasDefaults: { storescp: { layout: '{SOPInstanceUID}.dcm', exists: 'overwrite' } },
	examples: [
		{ line: 'dimse receive -o ./incoming', says: 'everything that is sent to port 11113' },
		{ line: 'dimse receive 104 -aet WS1 --require-called --allow PACS@10.1.2.3', says: 'from one archive only' },
		{ line: "dimse receive --layout '{PatientID}/{StudyDate}_{Modality}/{SOPInstanceUID}.dcm'", says: 'other paths' },
		{ line: 'dimse receive --until-idle 30 -F name > received.txt', says: 'end when nothing comes any more' },
		{ line: 'dimse receive --ignore -v', says: 'see what a peer proposes and sends, and keep nothing' },
		{ line: 'dimse storescp -od in -aet STORESCP +xa 11112', says: 'as with the tools you know' },
	],
	run: (options, positionals, env): Promise<ExitStatus> => receive(options, positionals, env),
});
