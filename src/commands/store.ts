/** `dimse store`: files and folders to a peer (C-STORE, PS3.4 Annex B). */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { ABORT, associationOptions } from '../cli/association-options.ts';
import { defineCommand } from '../cli/command.ts';
import type { ExitStatus } from '../cli/exit-statuses.ts';
import { GENERAL, PROGRESS, SENDING } from '../cli/option-groups.ts';
import { takePeer } from '../cli/peer.ts';
import { readAddressBook } from '../config/address-book.ts';
import { DicomError } from '../errors.ts';
import { sayNotes } from './connecting.ts';
import { deadline } from './deadline.ts';
import { proposedTransferSyntaxes } from './proposing.ts';
import { StoreRun } from './store/run.ts';

export default defineCommand({
	name: 'store',
	aliases: ['storescu'],
	summary: 'send files and folders to a peer (C-STORE)',
	description: [
		'Looks at the heads of all files, proposes exactly the SOP classes and transfer syntaxes it found, and sends every dataset as it lies on disk. Only among the uncompressed transfer syntaxes is one made into another, where the peer insists.',
		'Files in folders that are not DICOM are counted and skipped; a file that was named and is not DICOM is an error. A DICOMDIR stands for the files it refers to. Links in folders are followed, each folder once. A file that ends within an element is cut short, and is not sent.',
		'An instance that is not taken is listed with the status and its meaning; the others are sent all the same. Exit status 3 says that some failed.',
	],
	positionals: [
		{
			name: 'PEER',
			help: 'NAME, AET@HOST:PORT, HOST:PORT, HOST PORT, dicom:// or dicoms://',
			required: true,
			completes: 'node',
		},
		{ name: 'PATH', help: 'a file, a folder or a DICOMDIR', many: true, completes: 'file' },
	],
	options: {
		...SENDING,
		halt: { type: 'boolean', group: 'Files', help: 'stop at the first instance that is not taken' },
		...associationOptions({ calling: 'STORESCU', dimseTimeout: 120 }),
		...ABORT,
		'max-send-pdu': {
			type: 'number',
			value: 'BYTES',
			default: 0,
			min: 4096,
			max: 1048576,
			whole: true,
			orZero: true,
			group: 'Association',
			help: "the longest PDU we send; 0 leaves it to the peer's own limit",
		},
		format: {
			type: 'string',
			short: 'F',
			value: 'FORMAT',
			choices: ['json'],
			group: 'Output',
			help: 'print a summary document on stdout',
			sets: { '--json': 'json' },
		},
		...PROGRESS,
		...GENERAL,
	},
	examples: [
		{ line: 'dimse store main ./incoming', says: 'everything in a folder and the folders below it' },
		{ line: 'dimse store -aec STORESCP localhost 11113 a.dcm b.dcm', says: 'two files' },
		{ line: 'dimse store vna ./study -j 4', says: 'over four associations' },
		{ line: "find . -name '*.dcm' -newer last | dimse store main --files-from -", says: 'a list from another program' },
	],
	async run(options, positionals, env): Promise<ExitStatus> {
		const book = await readAddressBook(options, env);
		const isPath = (text: string) => existsSync(isAbsolute(text) ? text : join(env.cwd, text));
		const { peer, rest } = await takePeer(positionals, options, book, 'STORESCU', isPath);
		sayNotes(peer, options, env);
		const only = options.ts.length === 0 ? [] : proposedTransferSyntaxes(options.ts, []);
		if (rest.length === 0 && options['files-from'] === undefined)
			throw new DicomError({
				blame: 'usage',
				message: 'store: no file and no folder to send',
				hint: 'dimse store PEER PATH...',
			});
		const end = deadline(options.timeout, env);
		try {
			const run = new StoreRun(peer, options, env, end, only);
			return await run.sendAll(rest);
		} finally {
			end.clear();
		}
	},
});
