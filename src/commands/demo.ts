/** `dimse demo`: the main job, shown step by step on an archive of this machine that is made for it and goes with it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../archive/archive.ts';
import type { StoreRequest } from '../archive/store-receiver.ts';
import { type Command, defineCommand } from '../cli/command.ts';
import { logLevelOf } from '../cli/conversation.ts';
import type { Environment, Terminal } from '../cli/environment.ts';
import { EXIT, type ExitStatus, exitStatusOf } from '../cli/exit-statuses.ts';
import { GENERAL } from '../cli/option-groups.ts';
import { parse } from '../cli/parse.ts';
import { reportFailure } from '../cli/report.ts';
import { DicomError } from '../errors.ts';
import type { Operation, ServerEvent } from '../output/audit-event.ts';
import { bytesText, countText, durationText } from '../output/quantities.ts';
import { loadPaint, type Paint, wantsColor } from '../output/theme.ts';
import { fillArchive } from './demo/filling.ts';
import { DEMO_STEPS } from './demo/steps.ts';
import type { CommandEntry } from './index.ts';
import { type ConsoleOptions, openConsole } from './qrscp/operator-console.ts';
import { QRSCP_OPTIONS } from './qrscp/options.ts';
import { QrscpServer } from './qrscp/server.ts';
import { type QrscpOptions, type QrscpSettings, readSettings } from './qrscp/settings.ts';
import { temporaryFolder } from './temporary-folder.ts';

const AE_TITLE = 'DEMO';

/** @param commands those that are shown */
export const demoOf = (commands: readonly CommandEntry[]): Command =>
	defineCommand({
		name: 'demo',
		aliases: [],
		summary: 'show what this does, on an archive made up for it',
		description: [
			'Starts an archive on a free port of this machine, in a temporary folder, fills it with synthetic studies of several modalities and scripts, and shows the main job on it: echo, find, get. Nothing leaves the machine, and nothing is left of it.',
			'On a terminal it goes on in dimse browse, on the same archive; with --stay the archive stays up instead, for commands of your own from another terminal, until Ctrl-C.',
		],
		positionals: [],
		options: {
			...GENERAL,
			port: {
				type: 'number',
				value: 'PORT',
				default: 0,
				min: 0,
				max: 65_535,
				whole: true,
				group: 'Common',
				help: 'where the archive listens; 0 takes a free one',
			},
			studies: {
				type: 'number',
				value: 'N',
				default: 24,
				min: 6,
				max: 100_000,
				whole: true,
				group: 'Common',
				help: 'so many studies',
			},
			once: { type: 'boolean', group: 'Common', help: 'end after the tour, on a terminal too' },
			stay: { type: 'boolean', group: 'Common', help: 'leave the archive up after the tour, for other programs' },
		},
		examples: [
			{ line: 'dimse demo', says: 'the tour' },
			{ line: 'dimse demo --once', says: 'the tour, and end' },
			{ line: 'dimse demo --port 11112 --studies 1000', says: 'an archive to play with' },
		],
		async run(options, _positionals, env): Promise<ExitStatus> {
			if (options.once && options.stay)
				throw new DicomError({
					blame: 'usage',
					message: '--once and --stay: one of the two, the first ends after the tour',
				});
			const folder = await temporaryFolder('dimse-demo-');
			try {
				const paint = await loadPaint(wantsColor(options.color, env.stdout.isTty, env.variables));
				return await shown(options, folder, commands, paint, env);
			} finally {
				await rm(folder, { recursive: true, force: true, maxRetries: 3 });
			}
		},
	});

interface Options extends ConsoleOptions {
	readonly port: number;
	readonly studies: number;
	readonly once: boolean;
	readonly stay: boolean;
}

const shown = async (
	options: Options,
	folder: string,
	commands: readonly CommandEntry[],
	paint: Paint,
	env: Environment,
): Promise<ExitStatus> => {
	const settings = await settingsOf(options.port, folder, env);
	const { Archive } = await import('../archive/archive.ts');
	const storing = new WeakMap<StoreRequest, Operation>();
	let watched: ((event: ServerEvent) => void) | undefined;
	const archive = await Archive.open({
		databasePath: settings.databasePath,
		instanceFolder: settings.instanceFolder,
		retrieveAeTitle: settings.aeTitle,
		durability: settings.durability,
		minFreeBytes: settings.minFreeBytes ?? 0,
	});
	const server = new QrscpServer(settings, {
		archive,
		storing,
		now: () => env.now(),
		on: (event) => watched?.(event),
	});
	try {
		const startedAt = env.now();
		const filled = await fillArchive(archive, { studies: options.studies, today: env.today(), signal: env.interrupt });
		await server.listen();
		const took = env.now() - startedAt;
		await say(
			env,
			paint.strong(`An archive of this machine: ${AE_TITLE} on port ${server.port}, for as long as this runs.`),
			`${countText(filled.studies, 'study', 'studies')} of ${countText(filled.patients, 'patient')}, ${countText(filled.instances, 'instance')}, ${bytesText(filled.bytes)}, made up just now in ${durationText(took)}.`,
		);
		const at = `${AE_TITLE}@127.0.0.1:${server.port}`;
		const status = await tour(at, folder, filled.studyInstanceUid, commands, paint, env);
		if (env.interrupt.aborted) return interrupted(env) ?? status;
		const terminal = options.stay || options.once ? undefined : env.terminal?.();
		if (terminal !== undefined) {
			await say(env, '', paint.strong('Enter opens it in dimse browse; q there ends all of it.'));
			await lineTyped(terminal, env);
			if (env.interrupt.aborted) return interrupted(env) ?? status;
			return await typed(['browse', at, 'PatientName=', '-o', join(folder, 'got')], commands, secluded(folder, env));
		}
		const stays = options.stay || (!options.once && env.stdout.isTty && env.stderr.isTty);
		if (!stays) {
			await say(
				env,
				'',
				'That was it; the archive goes now. On a terminal this goes on in dimse browse; with --stay the archive stays up.',
			);
			return status;
		}
		await say(env, '', paint.strong(`${at} stays up until Ctrl-C. In another terminal:`), ...suggestions(at), '');
		await watch(options, settings, server, archive, env, (on) => {
			watched = on;
		});
		// Ctrl-C is how it is meant to end.
		return env.interrupt.reason === 'SIGINT' ? status : (interrupted(env) ?? status);
	} finally {
		await server.stop(0);
		await archive.close();
	}
};

/** Enter, or a signal. */
const lineTyped = ({ stdin }: Terminal, env: Environment): Promise<void> =>
	new Promise((resolve) => {
		const done = () => {
			stdin.off('data', done);
			env.interrupt.removeEventListener('abort', done);
			stdin.pause();
			resolve();
		};
		stdin.on('data', done);
		env.interrupt.addEventListener('abort', done, { once: true });
	});

const say = (env: Environment, ...lines: readonly string[]): Promise<void> => env.stdout.write(`${lines.join('\n')}\n`);

const suggestions = (at: string): readonly string[] => [
	`  dimse find ${at} -m CT --date 2020..2024`,
	`  dimse find ${at} -L patient`,
	`  dimse store ${at} YOUR.dcm`,
	`  findscu -S -k QueryRetrieveLevel=STUDY -k PatientName -aec ${AE_TITLE} 127.0.0.1 ${at.slice(at.lastIndexOf(':') + 1)}`,
];

/** Each step as a user would type it, with its own output. @returns the status of the first that failed */
const tour = async (
	at: string,
	folder: string,
	studyInstanceUid: string,
	commands: readonly CommandEntry[],
	paint: Paint,
	env: Environment,
): Promise<ExitStatus> => {
	let status: ExitStatus = EXIT.ok;
	for (const { says, line } of DEMO_STEPS) {
		if (env.interrupt.aborted) break;
		const args = line({ at, folder, studyInstanceUid });
		await say(
			env,
			'',
			paint.faint(`# ${says}`),
			`${paint.good('$')} ${paint.strong(`dimse ${args.map(quoted).join(' ')}`)}`,
		);
		const ended = await typed(args, commands, secluded(folder, env));
		if (status === EXIT.ok && ended !== EXIT.nothing) status = ended;
	}
	return status;
};

const quoted = (arg: string): string => (/^[\w@:./=,+\p{L}-]+$/u.test(arg) ? arg : `'${arg}'`);

/** Nobody's address book, and none of the variables that would change what is shown; tables, also where this is read from a pipe. */
const secluded = (folder: string, env: Environment): Environment => ({
	...env,
	variables: {
		...Object.fromEntries(Object.entries(env.variables).filter(([name]) => !name.startsWith('DIMSE_'))),
		XDG_CONFIG_HOME: join(folder, 'config'),
		XDG_STATE_HOME: join(folder, 'state'),
		DIMSE_FORMAT: 'table',
	},
});

const typed = async (
	[name = '', ...rest]: readonly string[],
	commands: readonly CommandEntry[],
	env: Environment,
): Promise<ExitStatus> => {
	try {
		const entry = commands.find((one) => one.name === name);
		if (entry === undefined) return EXIT.usage;
		const command = (await entry.load()).default;
		const { options, positionals } = parse(command, rest, env.variables, name);
		return await command.run(options as never, positionals, env);
	} catch (error) {
		return reportFailure(error, { command: name }, env);
	}
};

/** What others ask of it, until a signal. */
const watch = async (
	options: Options,
	settings: QrscpSettings,
	server: QrscpServer,
	archive: Archive,
	env: Environment,
	listenTo: (on: (event: ServerEvent) => void) => void,
): Promise<void> => {
	const screen = await openConsole(options, settings, env);
	listenTo((event) => screen.on(event));
	const { aeTitle, bindAddress: address } = settings;
	if (logLevelOf(options) === 'warn')
		screen.on({ kind: 'listening', aeTitle, address, port: server.port, isTls: false });
	await archive.ready;
	await new Promise<void>((resolve) => {
		if (env.interrupt.aborted) resolve();
		env.interrupt.addEventListener('abort', () => resolve(), { once: true });
	});
	screen.end();
};

const interrupted = (env: Environment): ExitStatus | undefined =>
	env.interrupt.aborted ? exitStatusOf({ blame: 'interrupted', signal: String(env.interrupt.reason) }) : undefined;

/** Those of `dimse qrscp` with these arguments. */
const settingsOf = (port: number, folder: string, env: Environment): Promise<QrscpSettings> => {
	const given = ['--ae-title', AE_TITLE, '--bind-address', '127.0.0.1', '--port', String(port), '--accept', 'any'];
	const kept = ['--instance-location', join(folder, 'instances'), '--database-location', join(folder, 'index.sqlite')];
	const spelled = { name: 'qrscp', options: QRSCP_OPTIONS, positionals: [] };
	// Where browse listens, so that C-MOVE to it can be tried.
	const more = ['--move-dest', 'DIMSE=127.0.0.1:11113', '--durability', 'off', '--min-free-space', '0'];
	const { options } = parse(spelled, [...given, ...kept, ...more], {});
	return readSettings(options as QrscpOptions, env);
};
