/** `dimse doctor`: the ordered checks of one peer or of all nodes, each result with what to do (diagnose/doctor). */
import { asking, canAsk } from '../cli/asking.ts';
import { defineCommand } from '../cli/command.ts';
import { EXIT, type ExitStatus, exitStatusOf, exitStatusOfAll } from '../cli/exit-statuses.ts';
import { takePeers } from '../cli/peer.ts';
import { readAddressBook } from '../config/address-book.ts';
import { DicomError } from '../errors.ts';
import { sayNotes } from './connecting.ts';
import { deadline } from './deadline.ts';
import { DOCTOR_OPTIONS } from './doctor/options.ts';
import { DoctorRun } from './doctor/run.ts';

export default defineCommand({
	name: 'doctor',
	aliases: [],
	summary: 'check a peer step by step and say what to change',
	description: [
		'Runs ordered checks against a peer: the configuration, its name, TCP, what speaks on the port, the association, the echo, what it offers, whether queries work, whether it knows us as a destination. A check that fails skips those that need it. Each result is one line, with what to do below it where something is wrong.',
		'By default at most four associations are opened, nothing is retrieved, and no patient value is shown. --move tests the way back with a receiver of our own: who called, from where, under which title. --probe-aets asks first on a terminal, unless --yes is given.',
		'Without a peer all nodes of the address book are checked, a line each. The exit status is that of the first check that failed, of several peers 3 where some are well; warnings are 0, with --strict 3.',
	],
	positionals: [
		{
			name: 'PEER',
			help: 'NAME, AET@HOST:PORT, HOST:PORT, HOST PORT, dicom:// or dicoms://; all nodes without one',
			many: true,
			completes: 'node',
		},
	],
	options: DOCTOR_OPTIONS,
	examples: [
		{ line: 'dimse doctor main', says: 'the usual checks' },
		{ line: 'dimse doctor main --move', says: 'with the way back: can it send to us?' },
		{ line: 'dimse doctor main --report > main.md', says: 'for the ticket' },
		{ line: 'dimse doctor', says: 'all nodes, a line each' },
	],
	async run(options, positionals, env): Promise<ExitStatus> {
		if (options.report && options.format !== undefined)
			throw new DicomError({
				blame: 'usage',
				message: `doctor: --report and --format ${options.format} cannot both be had`,
				hint: 'run it twice: --report for a ticket, --json for a program',
			});
		const book = await readAddressBook(options, env);
		const names = positionals.length > 0 || book.nodes.size === 0 ? positionals : [...book.nodes.keys()];
		if (names.length === 0)
			throw new DicomError({
				blame: 'usage',
				message: 'doctor: which peer?',
				hint: 'dimse doctor NODE, or AET@HOST:PORT; without one all nodes of the address book are checked',
			});
		const peers = await takePeers(names, options, book, 'DOCTOR');
		for (const peer of peers) sayNotes(peer, options, env);
		const questions = !options.yes && canAsk(env) ? asking(env) : undefined;
		const end = deadline(options.timeout, env);
		try {
			const isOverview = positionals.length === 0 && peers.length > 1;
			const runs = peers.map((peer) => new DoctorRun(peer, options, env, book, end, questions?.isConfirmed));
			if (isOverview) await Promise.all(runs.map((run) => run.overview()));
			else for (const run of runs) await run.told();
			if (end.hasExpired) throw end.failure();
			if (env.interrupt.aborted) return exitStatusOf({ blame: 'interrupted', signal: String(env.interrupt.reason) });
			return exitStatusOfAll(runs.map((run) => statusOf(run, options.strict)));
		} finally {
			questions?.close();
			end.clear();
		}
	},
});

const statusOf = (run: DoctorRun, isStrict: boolean): ExitStatus => {
	const { failure } = run;
	if (failure !== undefined) return exitStatusOf(failure);
	return isStrict && run.hasWarnings ? EXIT.partial : EXIT.ok;
};
