/** `dimse get`: instances of a peer to files, on the association that asks for them (C-GET, PS3.4 C.4.3, Y.4, Z.4). */

import { associationOptions } from '../cli/association-options.ts';
import { defineCommand } from '../cli/command.ts';
import type { ExitStatus } from '../cli/exit-statuses.ts';
import { GENERAL, PROGRESS } from '../cli/option-groups.ts';
import { GET, RECEIVING } from '../cli/retrieve-options.ts';
import { DicomError } from '../errors.ts';
import { retrieve } from './retrieve/run.ts';

export default defineCommand({
	name: 'get',
	aliases: ['getscu'],
	summary: 'fetch instances into files, on our own association (C-GET)',
	description: [
		'Fetches patients, studies, series or instances and writes them as files. No port of this machine needs to be open: the instances come on the association that asks for them.',
		'What to fetch: UIDs after the peer, of studies unless -L or --study-uid say otherwise; KEY=VALUE and friendly flags as for find, each match of which is fetched; rows of an earlier find, or a list of missing instances, with --from.',
		'A query is asked first for the instances that are to come: their SOP classes are proposed, and what arrived is compared with it. What is missing is listed with its cause and written to a file that --from takes. Exit status 0 means that all is here, 3 that something is missing or that a UID which was named is not there, 1 that nothing matched.',
		'A peer that has no C-GET is asked to send by C-MOVE to a receiver of ours (as move --to-me does), which is said; --no-fallback forbids it.',
		'Files are named {StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}.dcm below the folder unless --layout says otherwise, and appear whole or not at all.',
		'The first Ctrl-C sends C-CANCEL and waits for the end in good order, the second aborts.',
	],
	positionals: [
		{
			name: 'PEER',
			help: 'NAME, AET@HOST:PORT, HOST:PORT, HOST PORT, dicom:// or dicoms://',
			required: true,
			completes: 'node',
		},
		{ name: 'UID|KEY=VALUE', help: 'what to fetch; @FILE reads an identifier', many: true },
	],
	options: {
		...GET,
		...RECEIVING,
		...associationOptions({ calling: 'GETSCU', dimseTimeout: 600 }),
		...PROGRESS,
		...GENERAL,
	},
	examples: [
		{ line: 'dimse get main 1.2.840.113619.2.5 -o ~/dicom', says: 'one study' },
		{ line: "dimse get main --name 'smith*' --date 2024 -m CT", says: 'every study that matches' },
		{
			line: 'dimse find main --date 2024 -F name | dimse get main --from - -o /data --journal 2024.jsonl',
			says: 'many, and after a crash only the rest of them',
		},
		{ line: 'dimse get main -L series --study-uid 1.2.3 1.2.3.4 1.2.3.5 -j 2', says: 'two series at once' },
		{
			line: 'dimse getscu -S -k QueryRetrieveLevel=STUDY -k StudyInstanceUID=1.2.3 -od out pacs 11112',
			says: 'as with the tools you know',
		},
	],
	run(options, positionals, env): Promise<ExitStatus> {
		const contexts = contextsOf(options.contexts);
		return retrieve(
			{ kind: 'get', contexts, mayFallBack: !options['no-fallback'] && options.model !== 'no-bulk' },
			options,
			positionals,
			env,
		);
	},
});

/** `--contexts`. @throws DicomError usage */
const contextsOf = (asked: readonly string[]): 'auto' | 'all' | readonly string[] => {
	const words = asked.flatMap((text) => text.split(',')).map((word) => word.trim());
	const [only] = words;
	if (only === undefined) return 'auto';
	if (words.length === 1 && (only === 'auto' || only === 'all')) return only;
	const wrong = words.find((word) => !/^[0-9]+(\.[0-9]+)+$/.test(word) || word.length > 64);
	if (wrong === undefined) return words;
	throw new DicomError({
		blame: 'usage',
		message: `--contexts: "${wrong}" is no SOP class`,
		hint: 'auto, all, or UIDs separated by commas',
	});
};
