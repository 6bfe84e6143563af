/** `dimse find`: query a peer and print its matches as they come (C-FIND, PS3.4 C.4.1, K.4.1, CC.2.8). */
import { requireContext, withAssociation } from '../association/requestor.ts';
import { ABORT, associationOptions } from '../cli/association-options.ts';
import { defineCommand } from '../cli/command.ts';
import { converse } from '../cli/conversation.ts';
import { EXIT, type ExitStatus, exitStatusOf } from '../cli/exit-statuses.ts';
import { EXTRACT, GENERAL, OUTPUT, PROGRESS, QUERY } from '../cli/option-groups.ts';
import { takePeer } from '../cli/peer.ts';
import { readAddressBook } from '../config/address-book.ts';
import { textOf } from '../dicom/dataset.ts';
import { TAG } from '../dicom/tags.ts';
import { DicomError } from '../errors.ts';
import { connecting, failureContext, type Route, sayNotes } from './connecting.ts';
import { deadline } from './deadline.ts';
import { extendedNegotiation, grantedText } from './extended-negotiation.ts';
import { askInParts, requireParts } from './find/all.ts';
import { queryOf } from './find/query-identifier.ts';
import { FindRun } from './find/run.ts';
import { askWhy, whyDocument, whyLines } from './find/why.ts';
import { forgetLimit, nameHabit, rememberLimit, withKnownLimit } from './peer-memory.ts';
import { proposedTransferSyntaxes } from './proposing.ts';

export default defineCommand({
	name: 'find',
	aliases: ['findscu'],
	summary: 'query a peer and print its matches (C-FIND)',
	description: [
		'Sends C-FIND requests and prints each match as it arrives: a table on a terminal, tab-separated values elsewhere.',
		'Without keys it asks for all studies. KEY=VALUE after the peer is the same as -k KEY=VALUE: sent as it stands. The friendly flags (--name, --date, -m ...) write the keys for you; -v shows what was sent.',
		'Exit status 0 means that something matched, 1 that nothing did; --allow-empty makes it 0.',
	],
	positionals: [
		{
			name: 'PEER',
			help: 'NAME, AET@HOST:PORT, HOST:PORT, HOST PORT, dicom:// or dicoms://',
			required: true,
			completes: 'node',
		},
		{ name: 'KEY[=VALUE]', help: 'match or return key; @FILE reads an identifier', many: true },
	],
	options: {
		...QUERY,
		all: {
			type: 'boolean',
			group: 'Common',
			help: 'get past a limit of the archive: ask in parts of the study date until nothing looks cut off',
			old: ['--past-limit'],
		},
		'max-queries': {
			type: 'number',
			value: 'N',
			default: 500,
			min: 1,
			whole: true,
			group: 'Query',
			help: 'with --all: ask at most so many times',
		},
		why: {
			type: 'boolean',
			group: 'Common',
			help: 'where nothing matches: ask again without each key in turn, and say which one excludes everything',
		},
		'allow-empty': { type: 'boolean', group: 'Query', help: 'exit with 0 also when nothing matched' },
		'no-filter': { type: 'boolean', group: 'Query', help: 'show also rows that contradict --name, --date, -m ...' },
		...EXTRACT,
		nul: { type: 'boolean', short: '0', group: 'Output', help: 'with -F name: NUL after each, for xargs -0' },
		raw: { type: 'boolean', group: 'Output', help: 'with json and jsonl: numbers as the texts that came' },
		'csv-safe': {
			type: 'boolean',
			group: 'Output',
			help: 'with csv: a quote before cells that a spreadsheet would run',
		},
		...associationOptions({ calling: 'FINDSCU', dimseTimeout: 600 }),
		...ABORT,
		...OUTPUT,
		...PROGRESS,
		...GENERAL,
	},
	examples: [
		{ line: "dimse find main --name 'smith*' --date 2024 -m CT", says: 'CT studies of 2024 of everybody called Smith' },
		{ line: 'dimse find main -L series --study-uid 1.2.840.113619.2.5', says: 'the series of one study' },
		{
			line: 'dimse find -S -k QueryRetrieveLevel=STUDY -k PatientID=P001 pacs 11112',
			says: 'as with the tools you know',
		},
		{ line: 'dimse find main --date 2015.. --all -F csv', says: 'more than the archive answers with at once' },
		{ line: 'dimse find main PatientName=smith -m CT --why', says: 'which of the two finds nothing?' },
		{ line: 'dimse find main --date -30d -F name', says: 'Study Instance UIDs, one a line' },
		{ line: 'dimse find ris -W --date today -m MR', says: "today's worklist of the MR scanners" },
	],
	async run(options, positionals, env): Promise<ExitStatus> {
		const taken = await takePeer(positionals, options, await readAddressBook(options, env), 'FINDSCU');
		const peer = withKnownLimit(taken.peer, env);
		sayNotes(peer, options, env);
		const habit = nameHabit(peer, options, env);
		const query = await queryOf(options, taken.rest, env, options['keep-case'] || habit.keepsCase);
		const [name] = query.identifiers.map((identifier) => textOf(identifier, TAG.PatientName));
		const note = habit.note(name ?? '');
		if (note !== undefined) converse(options, env).note(note);
		if (options.all) requireParts(query);
		const end = deadline(options.timeout, env);
		const route: Route = {};
		const run = await FindRun.create(query, options, peer, env);
		let why: readonly string[] = [];
		let hasLimit = false;
		try {
			const open = {
				...(await connecting(options, peer, env, route, end)),
				contexts: [
					{
						abstractSyntax: query.model.sopClassUid,
						transferSyntaxes: proposedTransferSyntaxes(options.ts, ['explicit', 'implicit']),
					},
				],
				extendedNegotiations: extendedNegotiation(query.model, options.ext),
			};
			await withAssociation(open, async (connected) => {
				run.connected(connected, grantedText(query.model, options.ext, connected.answer));
				const context = requireContext(connected, query.model.sopClassUid);
				try {
					const { association } = connected;
					const isOver = () => end.signal.aborted || run.isSatisfied || run.failure !== undefined;
					for (const identifier of query.identifiers)
						if (isOver()) break;
						else if (!options.all) await run.ask(association, context, identifier, end.signal);
						else {
							const report = await askInParts(identifier, {
								peer,
								env,
								maxQueries: options['max-queries'],
								ask: (part) => run.askPart(association, context, part, identifier, end.signal),
								isOver,
								says: (text) => converse(options, env).info(text),
							});
							run.partsAsked(report);
							if (report.limit !== undefined) {
								hasLimit = true;
								rememberLimit(peer, options, env, report.limit);
							}
						}
					const [first, ...more] = query.identifiers;
					if (options.why && first !== undefined && run.matches === 0 && !isOver()) {
						const ablation = await askWhy(association, context, first, query, end.signal);
						run.why = whyDocument(ablation);
						why = whyLines(ablation, more.length);
					}
				} finally {
					if (!hasLimit) forgetLimit(peer, options, env, run.mostAtOnce);
				}
				if (options.abort) await connected.association.abort();
			}).catch((error: unknown) => {
				// Asked for, and after the last response.
				if (!(options.abort && run.isComplete)) throw error;
			});
			if (end.hasExpired) throw end.failure();
			if (env.interrupt.aborted)
				return await run.finish(exitStatusOf({ blame: 'interrupted', signal: String(env.interrupt.reason) }));
			if (run.failure !== undefined) throw new DicomError(run.failure);
			const empty = options['allow-empty'] ? EXIT.ok : EXIT.nothing;
			const status = await run.finish(run.rows === 0 ? empty : run.isCutOff ? EXIT.partial : EXIT.ok);
			if (!options.events) for (const line of why) converse(options, env).say(line);
			return status;
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			return await run.failed(end.told(error), failureContext(peer, 'find', 'C-FIND', route));
		} finally {
			end.clear();
		}
	},
});
