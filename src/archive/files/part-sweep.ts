/** What a run that died has left half-written: `.part` files, told from those of processes that live by their names. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { opendir, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ioError } from './instance-file.ts';

/** `.dimse-<machine>-<process>-<start>-<random>.part` */
const NAME = /^\.dimse-([0-9a-f]{8})-(\d+)-(\d+)-[0-9a-z]+\.part$/;

/** Of a process that cannot be asked after: it has written nothing for so long. */
const STALE_MS = 3_600_000;

interface Self {
	/** Machine, boot and process namespace: within them a process ID and a start time mean one process. */
	readonly machine: string;
	readonly process: string;
	readonly start: string;
}

let self: Self | undefined;

const theSelf = (): Self => {
	self ??= { machine: machineTag(), ...processOf('self') };
	return self;
};

const tag = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

const machineTag = (): string => {
	try {
		return tag(readFileSync('/proc/sys/kernel/random/boot_id', 'latin1') + readlinkSync('/proc/self/ns/pid'));
	} catch {
		return tag(hostname());
	}
};

const NO_PROCESS = { process: '0', start: '0' } as const;

/** From /proc; where there is none, age alone decides (`0`). */
const processOf = (which: string): { readonly process: string; readonly start: string } => {
	try {
		const stat = readFileSync(`/proc/${which}/stat`, 'latin1');
		// The second field is the program's name in parentheses, with whatever is in it; the 22nd is the start time.
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		// A zombie is dead: nobody has asked yet how it ended.
		if (fields[0] === 'Z' || fields[0] === 'X') return NO_PROCESS;
		return { process: stat.slice(0, stat.indexOf(' ')), start: fields[19] ?? '0' };
	} catch {
		return NO_PROCESS;
	}
};

let count = 0;
let prefix: string | undefined;

/** A name that no other file has, and that says whose it is. */
export const newPartName = (): string => {
	if (prefix === undefined) {
		const { machine, process, start } = theSelf();
		prefix = `.dimse-${machine}-${process}-${start}-${randomBytes(6).toString('hex')}`;
	}
	count++;
	return `${prefix}${count.toString(36)}.part`;
};

/** Names of files in a folder. */
export interface SweptParts {
	/** Half-written by a process that is no more; taken away. */
	readonly removed: readonly string[];
	/** Perhaps still being written, by another process or another machine, or not ours to take away. */
	readonly left: readonly string[];
}

/**
 * Takes away what an earlier run left half-written in a folder, not in those below it, where no `.part` is made. Nothing of a process that
 * lives is touched; of another machine, or before this one was started anew, only what has not been written to for an hour.
 *
 * @param isOurs nobody else may write into the folder: what is of another machine is of a dead process too
 * @throws DicomError io where the folder cannot be read
 */
export const sweepParts = async (folder: string, isOurs = false): Promise<SweptParts> => {
	const removed: string[] = [];
	const left: string[] = [];
	try {
		for await (const { name } of await opendir(folder, { bufferSize: 1024 })) {
			const parsed = NAME.exec(name);
			if (parsed === null) continue;
			const [, machine = '', process = '', start = ''] = parsed;
			if (machine === theSelf().machine && process === theSelf().process && start === theSelf().start) continue;
			if (isDead({ machine, process, start }, join(folder, name), isOurs) && (await isRemoved(join(folder, name))))
				removed.push(name);
			else left.push(name);
		}
	} catch (error) {
		throw ioError(error, folder);
	}
	return { removed, left };
};

const isDead = ({ machine, process, start }: Self, path: string, isOurs: boolean): boolean => {
	if (machine === theSelf().machine && process !== '0') return processOf(process).start !== start;
	if (isOurs) return true;
	try {
		return Date.now() - statSync(path).mtimeMs > STALE_MS;
	} catch {
		return false; // gone, or not ours to look at
	}
};

const isRemoved = async (path: string): Promise<boolean> => {
	try {
		await unlink(path);
		return true;
	} catch {
		return false;
	}
};
