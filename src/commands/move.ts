/** `dimse move`: a peer sends instances to a third AE, or to a receiver of our own (C-MOVE, PS3.4 C.4.2, Y.4). */

import { associationOptions } from '../cli/association-options.ts';
import { defineCommand } from '../cli/command.ts';
import type { ExitStatus } from '../cli/exit-statuses.ts';
import { GENERAL, PROGRESS } from '../cli/option-groups.ts';
import { MOVE, RECEIVING } from '../cli/retrieve-options.ts';
import { DicomError } from '../errors.ts';
import type { By } from './retrieve/how.ts';
import { retrieve } from './retrieve/run.ts';

export default defineCommand({
	name: 'move',
	aliases: ['movescu'],
	summary: 'have a peer send instances here or to another AE (C-MOVE)',
	description: [
		'Asks a peer to send patients, studies, series or instances to an AE title that it knows: to a third party with --dest, or here with --to-me, where a receiver listens before the request goes out.',
		'What to move is said as for get: UIDs, KEY=VALUE and friendly flags, or a list with --from.',
		'What the peer claims, what arrived and what a query says there is are three numbers, compared for every unit: here by our receiver, at a --dest that is a node of the address book by a query there. What is missing is listed with its cause and written to a file that --from takes.',
		'A peer sends to the host and port that it has for an AE title, not to where the request came from: --to-me says at once where it listens, and who calls it under another title, from elsewhere, or with SOP classes that it does not take.',
		'Files are named {StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}.dcm below the folder unless --layout says otherwise, and appear whole or not at all.',
		'Exit status 0 means that all is there, 3 that something is missing or that a UID which was named is not there, 1 that nothing matched, 4 that the peer refused. The first Ctrl-C sends C-CANCEL and waits for the end in good order, the second aborts.',
	],
	positionals: [
		{
			name: 'PEER',
			help: 'NAME, AET@HOST:PORT, HOST:PORT, HOST PORT, dicom:// or dicoms://',
			required: true,
			completes: 'node',
		},
		{ name: 'UID|KEY=VALUE', help: 'what to move; @FILE reads an identifier', many: true },
	],
	options: {
		...MOVE,
		...RECEIVING,
		...associationOptions({ calling: 'MOVESCU', dimseTimeout: 600 }),
		...PROGRESS,
		...GENERAL,
	},
	examples: [
		{ line: 'dimse move main 1.2.840.113619.2.5 --to-me -o ~/dicom', says: 'one study to a receiver of our own' },
		{ line: 'dimse move main 1.2.840.113619.2.5 --dest ARCHIVE2', says: 'from one archive to another' },
		{ line: "dimse move main --name 'smith*' -m CT --dest ARCHIVE2 -j 2", says: 'every study that matches' },
		{
			line: 'dimse move main --to-me --from missing-20261121-120601.txt',
			says: 'what was missing, and only that',
		},
		{
			line: 'dimse movescu -S -aem ME +P 11113 -k QueryRetrieveLevel=STUDY -k StudyInstanceUID=1.2.3 pacs 11112',
			says: 'as with the tools you know',
		},
	],
	async run(options, positionals, env): Promise<ExitStatus> {
		const { dest, 'to-me': isToMe, 'move-aet': moveAeTitle, 'listen-aet': listenAeTitle } = options;
		const by = byOf(
			isToMe,
			dest,
			moveAeTitle,
			options.listen !== undefined && env.variables['DIMSE_LISTEN'] === undefined,
		);
		// -aem names the destination: with a receiver of our own that is the receiver.
		const listen = listenAeTitle ?? (isToMe ? moveAeTitle : undefined);
		return retrieve(by, { ...options, 'listen-aet': listen }, positionals, env);
	},
});

/** @throws DicomError usage where it is not said whereto, or said twice */
const byOf = (
	isToMe: boolean,
	dest: string | undefined,
	moveAeTitle: string | undefined,
	isListenGiven: boolean,
): By => {
	const other = dest ?? (isToMe ? undefined : moveAeTitle);
	if (isToMe && other === undefined) return { kind: 'to-me' };
	if (isToMe)
		throw usage(
			'--dest and --to-me: one of the two',
			`--dest ${other ?? 'AET'} sends it to that AE title, --to-me here`,
		);
	if (other === undefined)
		throw usage(
			'move: it is not said where to',
			`--to-me${isListenGiven ? '' : ' [--listen PORT]'} for here, --dest AET for an AE title that the peer knows`,
		);
	if (isListenGiven)
		throw usage('--listen is of our own receiver, and --dest sends it elsewhere', 'leave out one of the two');
	return { kind: 'to', aeTitle: other };
};

const usage = (message: string, hint: string): DicomError => new DicomError({ blame: 'usage', message, hint });
