/** `dimse echo`: one or many peers, one or many C-ECHOs each (PS3.4 Annex A). */
import { type Connected, type ConnectOptions, requireContext, withAssociation } from '../association/requestor.ts';
import { ABORT, associationOptions } from '../cli/association-options.ts';
import { defineCommand } from '../cli/command.ts';
import type { Environment } from '../cli/environment.ts';
import { EXIT, type ExitStatus, exitStatusOf, exitStatusOfAll } from '../cli/exit-statuses.ts';
import { GENERAL, OUTPUT, PROGRESS, REPEATING } from '../cli/option-groups.ts';
import { type Peer, takePeers } from '../cli/peer.ts';
import { reportFailure } from '../cli/report.ts';
import { readAddressBook } from '../config/address-book.ts';
import { DicomError, type Failure } from '../errors.ts';
import { statusFailure } from '../services/status-failure.ts';
import { echo, VERIFICATION } from '../services/verification.ts';
import { connecting, failureContext, type Route, sayNotes } from './connecting.ts';
import { type Deadline, deadline } from './deadline.ts';
import { type EchoResult, printEchoes } from './echo/output.ts';
import { proposedTransferSyntaxes } from './proposing.ts';

export default defineCommand({
	name: 'echo',
	aliases: ['echoscu'],
	summary: 'verify that a peer answers (C-ECHO)',
	description: [
		'Opens an association with each peer, sends C-ECHO requests and says whether they were answered, and how fast.',
		'With several peers they are asked side by side, and the result is one table.',
	],
	positionals: [
		{
			name: 'PEER',
			help: 'NAME, AET@HOST:PORT, HOST:PORT, HOST PORT, dicom:// or dicoms://',
			many: true,
			completes: 'node',
		},
	],
	options: {
		...REPEATING,
		...associationOptions({ calling: 'ECHOSCU', dimseTimeout: 30 }),
		...ABORT,
		...OUTPUT,
		...PROGRESS,
		...GENERAL,
	},
	examples: [
		{ line: 'dimse echo main', says: 'ask the node main of the address book' },
		{ line: 'dimse echo -aec PACS pacs.example.org 11112', says: 'name the peer and its AE title on the line' },
		{
			line: 'dimse echo main vna:104 -c 10 --interval 0.5 --stats',
			says: 'ten echoes to each of two peers, with times and loss',
		},
	],
	async run(options, positionals, env): Promise<ExitStatus> {
		const peers = await takePeers(positionals, options, await readAddressBook(options, env), 'ECHOSCU');
		for (const peer of peers) sayNotes(peer, options, env);
		const end = deadline(options.timeout, env, ANSWER_MS);
		try {
			const results = await Promise.all(peers.map((peer) => echoPeer(peer, options, env, end)));
			await printEchoes(results, options, env);
			const statuses: ExitStatus[] = [];
			for (const { peer, failure, route, sent, timesMs } of results)
				statuses.push(
					failure === undefined
						? EXIT.ok
						: await reportFailure(
								new DicomError(failure),
								{
									...failureContext(peer, 'echo', 'C-ECHO', route),
									reached: `${timesMs.length} of ${sent} answered`,
									options: { ...options, format: undefined },
								},
								env,
							),
				);
			return env.interrupt.aborted
				? exitStatusOf({ blame: 'interrupted', signal: String(env.interrupt.reason) })
				: exitStatusOfAll(statuses);
		} finally {
			end.clear();
		}
	},
});

/** So many milliseconds an answer may take after the first signal: there is no C-CANCEL for a C-ECHO. */
const ANSWER_MS = 1_000;

type Options = Parameters<typeof printEchoes>[1] &
	Parameters<typeof connecting>[0] & { readonly count: number; readonly interval: number; readonly abort: boolean };

const echoPeer = async (peer: Peer, options: Options, env: Environment, end: Deadline): Promise<EchoResult> => {
	const timesMs: number[] = [];
	const route: Route = {};
	const sent = { count: 0 };
	let negotiated: EchoResult['negotiated'];
	const result = (failure?: Failure): EchoResult => ({ peer, sent: sent.count, timesMs, negotiated, route, failure });
	// Files that cannot be read are not the peer's affair.
	const common = await connecting(options, peer, env, route, end);
	try {
		const open: ConnectOptions = {
			...common,
			contexts: [
				{ abstractSyntax: VERIFICATION, transferSyntaxes: proposedTransferSyntaxes(options.ts, ['implicit']) },
			],
		};
		await withAssociation(open, async (connected) => {
			const { id, transferSyntax } = requireContext(connected, VERIFICATION);
			negotiated = { ...factsOf(connected), transferSyntax };
			await repeat(connected, id, options, env, end, (ms) => timesMs.push(ms), sent);
			if (options.abort) await connected.association.abort();
		});
		return result();
	} catch (error) {
		if (!(error instanceof DicomError)) throw error;
		if (error.failure.blame === 'interrupted' && options.abort && timesMs.length === options.count) return result();
		return result(end.told(error).failure);
	}
};

const repeat = async (
	{ association }: Connected,
	contextId: number,
	{ count, interval }: Options,
	env: Environment,
	end: Deadline,
	timed: (ms: number) => void,
	sent: { count: number },
): Promise<void> => {
	for (let i = 0; i < count && !end.signal.aborted; i++) {
		if (i > 0) await pause(interval * 1000, end.signal);
		if (end.signal.aborted) break;
		const startedAt = env.now();
		sent.count++;
		const response = await echo(association, contextId);
		timed(env.now() - startedAt);
		if (response.status !== 0x0000) throw new DicomError(statusFailure('C-ECHO', response));
	}
	if (end.hasExpired) throw end.failure();
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
	new Promise((resolve) => {
		const over = () => {
			clearTimeout(timer);
			signal.removeEventListener('abort', over);
			resolve();
		};
		const timer = setTimeout(over, ms);
		signal.addEventListener('abort', over, { once: true });
	});

const factsOf = ({ answer, connectMs, associateMs }: Connected) => ({
	implementationClassUid: answer.userInformation.implementationClassUid,
	implementationVersionName: answer.userInformation.implementationVersionName,
	maximumLength: answer.userInformation.maximumLength,
	connectMs,
	associateMs,
});
