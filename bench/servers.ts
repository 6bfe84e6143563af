/** The archives that are measured: each empty, in a folder of its own, on a port of its own, with its fastest settings that still keep what it gets. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDcmqrscp, startOrthanc } from '../test/support/peers.ts';
import { startQrscp } from '../test/support/qrscp.ts';
import { peakOf, root, settings } from './timing.ts';

export interface Server {
	readonly port: number;
	readonly aeTitle: string;
	/** Of the process or the biggest of its children, as far as they were seen. */
	peakKiB(): number;
	stop(): Promise<unknown>;
}

/** @param destination the port of BENCH, to which C-MOVE may send */
export type Start = (destination: number) => Promise<Server>;

const childrenOf = (pid: number): readonly number[] => {
	try {
		return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
			(readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').match(/\d+/g) ?? []).map(Number),
		);
	} catch {
		return [];
	}
};

/** Watches what `start` starts: dcmqrscp is a process for each association. */
const watched = async (start: () => Promise<Omit<Server, 'peakKiB'>>): Promise<Server> => {
	process.env['TMPDIR'] = settings.archives;
	const before = new Set(childrenOf(process.pid));
	const { port, aeTitle, stop } = await start();
	const [pid = 0] = childrenOf(process.pid).filter((child) => !before.has(child));
	let peakKiB = 0;
	const look = () => {
		for (const one of [pid, ...childrenOf(pid)]) peakKiB = Math.max(peakKiB, peakOf({ pid: one }));
	};
	const watch = setInterval(look, 20);
	return {
		port,
		aeTitle,
		peakKiB: () => {
			look();
			return peakKiB;
		},
		stop: () => {
			clearInterval(watch);
			return stop();
		},
	};
};

export const dcmqrscp: Start = (destination) =>
	watched(() => startDcmqrscp({ args: [], destinations: { BENCH: destination } }));

export const orthanc: Start = (destination) =>
	watched(() =>
		startOrthanc({
			HttpServerEnabled: false,
			StorageCompression: false,
			MaximumPduLength: 131_072,
			StoreMD5ForAttachments: false,
			MaximumStorageSize: 0,
			LimitFindResults: 0,
			LimitFindInstances: 0,
			DicomModalities: { bench: ['BENCH', '127.0.0.1', destination] },
		}),
	);

export const qrscp =
	(...options: readonly string[]): Start =>
	(destination) =>
		watched(() =>
			startQrscp({
				program: join(root, 'bin/dimse.js'),
				args: ['--max-pdu', '131072', '--move-dest', `BENCH=127.0.0.1:${destination}`, ...options],
			}),
		);
