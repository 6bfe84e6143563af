/** Real peers for tests and the demo: DCMTK's servers and Orthanc, each in a folder and on a loopback port of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The path of a program, or nothing where it is not installed. */
export const program = (name: string): string | undefined => {
	const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin'];
	return folders
		.map((folder) => join(folder, name))
		.find((path) => {
			try {
				accessSync(path, constants.X_OK);
				return true;
			} catch {
				return false;
			}
		});
};

/** For `skip` of a test: false, or what is missing. */
export const missing = (...names: readonly string[]): false | string => {
	const absent = names.filter((name) => program(name) === undefined);
	return absent.length === 0 ? false : `not installed: ${absent.join(', ')}`;
};

/** A port that nothing listens on just now. */
export const freePort = (): Promise<number> =>
	new Promise((resolve, reject) => {
		const server = createServer().once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
		});
	});

/** A running peer. `folder` is its own and goes with it. */
export interface RunningPeer {
	readonly port: number;
	readonly aeTitle: string;
	readonly folder: string;
	/** What it has written to stdout and stderr so far. */
	log(): string;
	/** Ends it by its process id and removes its folder. */
	stop(): Promise<void>;
}

interface Start {
	readonly aeTitle: string;
	readonly files?: Readonly<Record<string, string>>;
	readonly command: (port: number, folder: string) => readonly [string, ...(readonly string[])];
	readonly writeFiles?: (port: number, folder: string) => void;
}

const start = async ({ aeTitle, command, writeFiles }: Start): Promise<RunningPeer> => {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-peer-'));
	const port = await freePort();
	writeFiles?.(port, folder);
	const [name, ...args] = command(port, folder);
	const child = spawn(name, args, {
		cwd: folder,
		// DCMTK leaves Nagle's algorithm on, which costs 40 ms a message with delayed acknowledgements.
		env: { ...process.env, TCP_NODELAY: '1' },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let log = '';
	for (const stream of [child.stdout, child.stderr])
		stream.on('data', (text: Buffer) => {
			log = (log + text.toString('latin1')).slice(-200_000);
		});
	const stop = async () => {
		await ended(child);
		rmSync(folder, { recursive: true, force: true });
	};
	try {
		await listening(port, child);
	} catch (error) {
		await stop();
		throw new Error(`${name} did not start: ${(error as Error).message}\n${log}`);
	}
	return { port, aeTitle, folder, log: () => log, stop };
};

const ended = (child: ChildProcess): Promise<void> =>
	new Promise((resolve) => {
		if (child.exitCode !== null || child.signalCode !== null) return resolve();
		const kill = setTimeout(() => child.kill('SIGKILL'), 3_000);
		child.once('exit', () => {
			clearTimeout(kill);
			resolve();
		});
		child.kill('SIGTERM');
	});

/** Settles when something answers on the port. */
const listening = async (port: number, child: ChildProcess): Promise<void> => {
	for (const until = Date.now() + 20_000; Date.now() < until; ) {
		if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
		const answers = await new Promise<boolean>((resolve) => {
			const socket = connect(port, '127.0.0.1');
			// Closed before anything else is done: a server of one process serves nobody else until then.
			socket.once('connect', () => socket.destroy()).once('error', () => {});
			socket.once('close', (failed) => resolve(!failed));
		});
		if (answers) return;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	throw new Error('nothing listens after 20 s');
};

/** DCMTK's archive; `destinations` are the ports on this machine that a C-MOVE may send to, by AE title. */
export const startDcmqrscp = (
	options: {
		readonly aeTitle?: string;
		readonly args?: readonly string[];
		readonly destinations?: Readonly<Record<string, number>>;
		readonly maxAssociations?: number;
	} = {},
): Promise<RunningPeer> => {
	const aeTitle = options.aeTitle ?? 'ARCHIVE';
	const { maxAssociations = 32 } = options;
	const hosts = Object.entries(options.destinations ?? {}).map(
		([title, port], index) => `host${index} = (${title}, localhost, ${port})\n`,
	);
	return start({
		aeTitle,
		writeFiles: (port, folder) => {
			mkdirSync(join(folder, 'db'));
			writeFileSync(
				join(folder, 'dcmqrscp.cfg'),
				`NetworkTCPPort = ${port}\nMaxPDUSize = 131072\nMaxAssociations = ${maxAssociations}\nHostTable BEGIN\n${hosts.join('')}HostTable END\nVendorTable BEGIN\nVendorTable END\nAETable BEGIN\n${aeTitle} ${join(folder, 'db')} RW (500, 8000mb) ANY\nAETable END\n`,
			);
		},
		command: (_, folder) => ['dcmqrscp', '-c', join(folder, 'dcmqrscp.cfg'), ...(options.args ?? ['-v'])],
	});
};

/** DCMTK's receiver; what it got lies in `folder`. */
export const startStorescp = (args: readonly string[] = ['-v', '+xa', '+B']): Promise<RunningPeer> =>
	start({ aeTitle: 'STORESCP', command: (port, folder) => ['storescp', '-od', folder, ...args, String(port)] });

/** DCMTK's worklist server, answering from dumps made into files by dump2dcm. */
export const startWlmscpfs = (fill: (folder: string) => void, args: readonly string[] = []): Promise<RunningPeer> =>
	start({
		aeTitle: 'WORKLIST',
		writeFiles: (_, folder) => {
			const own = join(folder, 'WORKLIST');
			mkdirSync(own);
			writeFileSync(join(own, 'lockfile'), '');
			fill(own);
		},
		command: (port, folder) => ['wlmscpfs', '-v', '-dfr', '-dfp', folder, ...args, String(port)],
	});

/** Orthanc with its own storage; takes everything from everybody. */
export const startOrthanc = async (
	settings: Readonly<Record<string, unknown>> = {},
): Promise<RunningPeer & { readonly httpPort: number }> => {
	const httpPort = await freePort();
	const peer = await start({
		aeTitle: 'ORTHANC',
		writeFiles: (port, folder) =>
			writeFileSync(
				join(folder, 'orthanc.json'),
				JSON.stringify({
					Name: 'test',
					DicomAet: 'ORTHANC',
					DicomPort: port,
					HttpPort: httpPort,
					RemoteAccessAllowed: false,
					AuthenticationEnabled: false,
					StorageDirectory: join(folder, 'storage'),
					IndexDirectory: join(folder, 'storage'),
					Plugins: [],
					DicomAlwaysAllowFind: true,
					DicomAlwaysAllowGet: true,
					DicomAlwaysAllowMove: true,
					DicomCheckCalledAet: false,
					UnknownSopClassAccepted: true,
					...settings,
				}),
			),
		command: (_, folder) => [program('Orthanc') ?? 'Orthanc', join(folder, 'orthanc.json')],
	});
	return { ...peer, httpPort };
};
