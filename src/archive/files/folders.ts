/** Folders below a root: made without following links out of it, and synced so that the names in them survive a power cut. */
import { closeSync, fsync, lstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { DicomError, LocalMisuse } from '../../errors.ts';
import { ioError } from './instance-file.ts';

/** Folders known to be there are not looked at again; beyond so many they are forgotten and looked at anew. */
const KNOWN_FOLDERS = 4096;

export class FolderTree {
	readonly root: string;
	readonly #known = new Set<string>();

	constructor(root: string) {
		this.root = resolve(root);
	}

	/**
	 * Makes the folder of a file below the root, and those above it.
	 *
	 * @returns the folders in which something new has a name now, the highest first, to be synced: none where the folder was there
	 * @throws DicomError io, also where something on the way is no folder but a link or a file
	 */
	makeFolderOf(path: string): readonly string[] {
		const folder = dirname(path);
		if (folder === this.root || this.#known.has(folder)) return [];
		const below = relative(this.root, folder);
		if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below))
			throw new LocalMisuse(`${path} is not below ${this.root}`);
		const changed: string[] = [];
		let at = this.root;
		for (const name of below.split(sep)) {
			const above = at;
			at = join(at, name);
			if (this.#known.has(at)) continue;
			if (madeFolder(at)) changed.push(above);
			if (this.#known.size >= KNOWN_FOLDERS) this.#known.clear();
			this.#known.add(at);
		}
		return changed;
	}

	/** Somebody has taken folders away: nothing is known any more. */
	forget(): void {
		this.#known.clear();
	}
}

/** @returns false where it was there */
const madeFolder = (path: string): boolean => {
	try {
		mkdirSync(path, 0o700);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw ioError(error, path);
	}
	try {
		if (lstatSync(path).isDirectory()) return false;
	} catch (error) {
		throw ioError(error, path);
	}
	throw new DicomError({ blame: 'io', code: 'ENOTDIR', message: `${path} is a link or a file, not a folder`, path });
};

const asyncFsync = promisify(fsync);

interface Syncing {
	readonly running: Promise<void>;
	next: Promise<void> | undefined;
}

const syncing = new Map<string, Syncing>();

/**
 * Syncs the names in a folder to the disk. Calls for the same folder share: one that comes while an fsync runs waits for the next, with all
 * that come meanwhile.
 *
 * @throws DicomError io
 */
export const syncFolder = (folder: string): Promise<void> => {
	const current = syncing.get(folder);
	if (current !== undefined) {
		// The one that runs may have begun before the caller's rename.
		current.next ??= current.running.catch(() => {}).then(() => started(folder));
		return current.next;
	}
	return started(folder);
};

const started = (folder: string): Promise<void> => {
	const running = synced(folder);
	const entry: Syncing = { running, next: undefined };
	syncing.set(folder, entry);
	const over = () => {
		if (syncing.get(folder) === entry && entry.next === undefined) syncing.delete(folder);
	};
	running.then(over, over);
	return running;
};

const synced = async (folder: string): Promise<void> => {
	let fd: number | undefined;
	try {
		fd = openSync(folder, 'r');
		await asyncFsync(fd);
	} catch (error) {
		throw ioError(error, folder);
	} finally {
		if (fd !== undefined) closeSync(fd);
	}
};
