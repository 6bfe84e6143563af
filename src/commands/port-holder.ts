/** Which process of this machine listens on a port: Linux says it in /proc, as far as one may look. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Processes that are looked at; a machine that has more of them is not searched to the end. */
const MOST_PROCESSES = 5_000;
/** State of a socket that listens (include/net/tcp_states.h). */
const LISTEN = '0A';

/** `pid 4711 (storescp)`; undefined where that cannot be known. */
export const portHolder = (port: number): string | undefined => {
	try {
		const inodes = new Set([...inodesOf('/proc/net/tcp', port), ...inodesOf('/proc/net/tcp6', port)]);
		if (inodes.size === 0) return undefined;
		const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
		const pid = pids.slice(-MOST_PROCESSES).find((one) => holds(one, inodes));
		return pid === undefined ? undefined : `pid ${pid} (${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()})`;
	} catch {
		return undefined;
	}
};

/** Of the sockets that listen on the port. */
const inodesOf = (table: string, port: number): readonly string[] => {
	const wanted = port.toString(16).toUpperCase().padStart(4, '0');
	return readFileSync(table, 'utf8')
		.split('\n')
		.slice(1)
		.map((line) => line.trim().split(/\s+/))
		.filter(([, local = '', , state]) => state === LISTEN && local.endsWith(`:${wanted}`))
		.map((fields) => fields[9] ?? '');
};

const holds = (pid: string, inodes: ReadonlySet<string>): boolean => {
	try {
		const folder = `/proc/${pid}/fd`;
		return readdirSync(folder).some((name) => {
			const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`)) ?? [];
			return inode !== undefined && inodes.has(inode);
		});
	} catch {
		return false; // somebody else's, or gone by now
	}
};
