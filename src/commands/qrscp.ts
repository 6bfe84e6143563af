/** `dimse qrscp`: the archive, a Query/Retrieve SCP (PS3.4 B, C, K, Y, Z). Everything of it is joined here. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ArchiveEvent } from '../archive/archive.ts';
import type { StoreRequest } from '../archive/store-receiver.ts';
import { TRACING } from '../cli/association-options.ts';
import { defineCommand } from '../cli/command.ts';
import { converse, logLevelOf } from '../cli/conversation.ts';
import type { Environment } from '../cli/environment.ts';
import { EXIT, type ExitStatus, exitStatusOf } from '../cli/exit-statuses.ts';
import { GENERAL } from '../cli/option-groups.ts';
import { DicomError } from '../errors.ts';
import type { Operation, ServerEvent } from '../output/audit-event.ts';
import { countText, durationText } from '../output/quantities.ts';
import type { Search } from '../services/query-scp.ts';
import { QRSCP_OLD } from './qrscp/old-spellings.ts';
import { openConsole } from './qrscp/operator-console.ts';
import { QRSCP_OPTIONS } from './qrscp/options.ts';
import { QrscpServer } from './qrscp/server.ts';
import { type QrscpOptions, type QrscpSettings, readSettings } from './qrscp/settings.ts';
import { cleanArchive, importFiles, movedText, reindexArchive } from './qrscp/upkeep.ts';
import { type Tracing, type TracingOptions, tracing } from './tracing.ts';

/** What is being done when the server is told to end has so long. */
const GRACE_MS = 10_000;

export default defineCommand({
	name: 'qrscp',
	aliases: ['dcmqrscp'],
	summary: 'run an archive: store, query and retrieve (SCP)',
	description: [
		'Listens for Verification, Storage, Query/Retrieve (FIND, MOVE and GET of Patient Root, Study Root and Patient/Study Only), Composite Instance Root Retrieve, Modality Worklist and UPS Pull. Instances are kept as files, as they came; a C-STORE is answered with success when the file and its row in the index are on the disk.',
		"Reads pynetdicom's qrscp configuration and takes its options. Relative paths of instances and index are under the current folder. C-MOVE goes to the destinations of the configuration and of --move-dest only.",
		'In a configuration [DEFAULT] holds ae_title, port, bind_address, max_pdu, acse_timeout, dimse_timeout, network_timeout, instance_location, database_location, and any option of this page as a key; allow, simulate and tls_ca have an entry a line. Every other section is a move destination: its name is the AE title, address and port say where it is, ae_title, calling_ae_title and tls_* how it is called. What the line says goes before what the file says.',
		'On a terminal a live table shows who is associated, from where and doing what, and who was rejected lately; elsewhere stderr has a line for each association and operation, and with -v for each request. SIGTERM or Ctrl-C lets the operations in hand be finished, for ten seconds at most; a second one aborts.',
		'With --simulate it does wrong on purpose, as a test double for those who have to live with such archives.',
	],
	positionals: [{ name: 'PORT', help: 'as --port' }],
	options: { ...GENERAL, ...TRACING, ...QRSCP_OPTIONS },
	oldSpellings: QRSCP_OLD,
	examples: [
		{ line: 'dimse qrscp', says: 'QRSCP on port 11112, instances in ./instances' },
		{ line: 'dimse qrscp -c archive.ini -v', says: "pynetdicom's configuration; say what is asked" },
		{
			line: 'dimse qrscp --bind-address 127.0.0.1 --port 4242 --import ./studies --move-dest WS1=127.0.0.1:11113',
			says: 'serve a folder of files to this machine',
		},
		{
			line: "dimse qrscp --allow 'CT*@10.1.0.0/16=echo,store' --allow WS1@10.1.2.3 --audit-log audit.jsonl",
			says: 'modalities may store, one workstation may do everything',
		},
		{ line: 'dimse qrscp --simulate move-lie --simulate slow:200ms/row', says: 'a test double that misbehaves' },
	],
	async run(options, positionals, env): Promise<ExitStatus> {
		if (options.simulate.some((fault) => fault.toLowerCase() === 'help')) return listFaults(env);
		const settings = await readSettings(withPort(options, positionals[0]), env);
		const log = { ...options, 'json-log': settings.isJsonLog };
		const conversation = converse(log, env);
		const { Archive } = await import('../archive/archive.ts');
		if (options.clean) return cleanArchive(Archive.clean, settings, options.yes, conversation, env);
		if (options.reindex) await reindexArchive(Archive.reindex, settings, conversation, env);
		const screen = await openConsole(options, settings, env);
		const storing = new WeakMap<StoreRequest, Operation>();
		const notice = (text: string, isWarning = false): void => screen.on({ kind: 'notice', isWarning, text });
		const archive = await Archive.open({
			databasePath: settings.databasePath,
			instanceFolder: settings.instanceFolder,
			retrieveAeTitle: settings.aeTitle,
			durability: settings.durability,
			duplicates: settings.duplicates,
			...(settings.minFreeBytes === undefined ? {} : { minFreeBytes: settings.minFreeBytes }),
			on: (event) => archived(event, storing, notice),
		});
		let wasListening = false;
		try {
			await sound(archive.ready, env);
			const paths = options.import.map((path) => resolve(env.cwd, path));
			const imported = paths.length === 0 ? EXIT.ok : await importFiles(archive, paths, settings, conversation, env);
			if (options.exit || env.interrupt.aborted) return interrupted(env) ?? imported;
			const server = new QrscpServer(settings, {
				archive,
				storing,
				now: () => env.now(),
				on: (event) => screen.on(event),
				tracing: await tracesOf(log, env),
				worklist: await worklistOf(settings, notice),
				simulation: await simulationOf(settings),
			});
			await server.listen();
			wasListening = true;
			if (isOpenToAll(settings))
				notice(
					`whoever reaches port ${server.port} may store, query and retrieve: --allow AET@ADDRESS, --bind-address 127.0.0.1 or --tls-ca`,
					true,
				);
			return await serving(server, archive, env, screen.on, notice, settings);
		} finally {
			await archive.close();
			if (wasListening) screen.on({ kind: 'stopped' });
			screen.end();
		}
	},
});

const withPort = (options: QrscpOptions, text: string | undefined): QrscpOptions => {
	if (text === undefined) return options;
	if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
		throw new DicomError({ blame: 'usage', message: `qrscp: "${text}" is no port: a number from 0 to 65535` });
	return { ...options, port: Number(text) };
};

/** Before it listens; a check is waited for until a signal. */
const sound = async (ready: Promise<void>, { interrupt }: Environment): Promise<void> => {
	const interrupted = Promise.withResolvers<void>();
	interrupt.addEventListener('abort', () => interrupted.resolve(), { once: true });
	if (!interrupt.aborted) await Promise.race([ready, interrupted.promise]);
};

/** Until a signal, or until the index turns out not to be sound. */
const serving = async (
	server: QrscpServer,
	archive: { readonly ready: Promise<void>; counts(): Promise<{ studies: number; instances: number }> },
	env: Environment,
	on: (event: ServerEvent) => void,
	notice: (text: string) => void,
	{ instanceFolder }: QrscpSettings,
): Promise<ExitStatus> => {
	const ended = Promise.withResolvers<void>();
	env.interrupt.addEventListener('abort', () => ended.resolve(), { once: true });
	if (env.interrupt.aborted) ended.resolve();
	archive.ready
		.then(() => archive.counts())
		.then(
			({ studies, instances }) =>
				notice(`${countText(instances, 'instance')} of ${countText(studies, 'study', 'studies')} in ${instanceFolder}`),
			(error: unknown) => {
				if (!env.interrupt.aborted) ended.reject(error);
			},
		);
	try {
		await ended.promise;
		on({ kind: 'stopping', signal: String(env.interrupt.reason), operations: server.operations });
		return interrupted(env) ?? EXIT.ok;
	} finally {
		await server.stop(env.abort.aborted ? 0 : GRACE_MS, env.abort);
	}
};

const interrupted = (env: Environment): ExitStatus | undefined =>
	env.interrupt.aborted ? exitStatusOf({ blame: 'interrupted', signal: String(env.interrupt.reason) }) : undefined;

const archived = (
	event: ArchiveEvent,
	storing: WeakMap<StoreRequest, Operation>,
	notice: (text: string, isWarning?: boolean) => void,
): void => {
	switch (event.kind) {
		case 'stored': {
			if (event.movedStudy !== undefined) notice(movedText(event.movedStudy), true);
			const operation = storing.get(event.request);
			if (operation === undefined) return;
			operation.studies = [event.studyInstanceUid];
			operation.outcome = event.outcome;
			if (event.movedStudy !== undefined) operation.isMoved = true;
			return;
		}
		case 'not-stored':
			// Why the peer is refused stands in the line of the request; what went wrong here does not.
			if (event.error !== undefined) notice(`${event.request.sopInstanceUid}: ${messageOf(event.error)}`, true);
			return;
		case 'unindexed':
			notice(`${countText(event.count, 'file')} without a row, as after a power cut: --reindex takes them in`, true);
			return;
		case 'swept':
			notice(`${countText(event.files.length, 'file')} that an earlier run had not finished are gone`);
			return;
		case 'checking':
			notice(
				'the last run did not end in order: the index is checked before it is used, which takes long if it is large',
			);
			return;
		case 'checked':
			notice(`the index is sound (checked in ${durationText(event.durationMs)})`);
			return;
	}
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const worklistOf = async (
	{ worklistFolder }: QrscpSettings,
	notice: (text: string, isWarning?: boolean) => void,
): Promise<Search> => {
	const { searchWorklist } = await import('../services/worklist-scp.ts');
	if (worklistFolder === undefined) return searchWorklist(async function* () {});
	if (!existsSync(worklistFolder)) notice(`the worklist folder ${worklistFolder} is not there`, true);
	const { WorklistFolder } = await import('../archive/worklist/worklist-folder.ts');
	const folder = new WorklistFolder({
		folder: worklistFolder,
		skipped: ({ path, reason }) => notice(`${path}: ${reason}`, true),
	});
	return searchWorklist((identifier, request) => folder.search(identifier, request));
};

const simulationOf = async ({ faults }: QrscpSettings) => {
	if (faults.length === 0) return undefined;
	const { Simulation } = await import('../simulate/simulation.ts');
	return new Simulation(faults);
};

const listFaults = async (env: Environment): Promise<ExitStatus> => {
	const { FAULTS } = await import('../simulate/fault.ts');
	const width = Math.max(...FAULTS.map(({ usage }) => usage.length));
	for (const { usage, summary } of FAULTS) await env.stdout.write(`${usage.padEnd(width)}  ${summary}\n`);
	return EXIT.ok;
};

const ANY_ADDRESS: readonly (string | undefined)[] = [undefined, '0.0.0.0', '::'];

/** Every network that reaches the machine reaches the archive, and nobody is asked who they are. */
const isOpenToAll = ({ bindAddress, access, tls }: QrscpSettings): boolean =>
	ANY_ADDRESS.includes(bindAddress) && access.length === 0 && (tls === undefined || tls.ca.length === 0);

/** `-d` and `--trace`; with `-v` the operator's own lines say what there is to say. */
const tracesOf = (options: TracingOptions, env: Environment): Promise<Tracing> => {
	const level = logLevelOf(options);
	const debug = level === 'debug' || level === 'trace';
	return tracing({ ...options, quiet: 0, verbose: 0, debug, 'log-level': undefined }, env);
};
