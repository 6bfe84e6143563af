/** One process to a database and to a folder of instances: locks which the operating system takes back from a process that dies, however it dies. */
import { accessSync, chmodSync, closeSync, constants, openSync, readlinkSync, realpathSync, unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DicomError } from '../errors.ts';
import { ioError } from './files/instance-file.ts';
import { isBusy } from './index/sqlite-errors.ts';

/** In a folder of instances. */
export const FOLDER_LOCK = '.dimse.lock';

const MAX_LINKS = 40;
/** To read who has a lock takes no longer. */
const READING_MS = 2000;

/** What a path leads to through links, also where the last of them leads to nothing yet: one database has one real path. */
export const realPathOf = (path: string): string => {
	let at = resolve(path);
	for (let links = 0; links < MAX_LINKS; links++) {
		try {
			return realpathSync(at);
		} catch {
			const target = linkTarget(at);
			if (target === undefined) break;
			at = resolve(dirname(at), target);
		}
	}
	try {
		return join(realpathSync(dirname(at)), basename(at));
	} catch {
		return at; // there is no folder either: whoever opens it says so
	}
};

const linkTarget = (path: string): string | undefined => {
	try {
		return readlinkSync(path);
	} catch {
		return undefined;
	}
};

/**
 * SQLite's own RESERVED lock on a small database: it is refused to everybody else, but lets them read who has it. Nothing but SQLite may open
 * that file, in this process: to close any descriptor of it would give the lock up (POSIX fcntl).
 */
class ProcessLock {
	readonly #path: string;
	readonly #lock: DatabaseSync;

	/**
	 * @param what is locked, as a message names it
	 * @param whose its path
	 * @throws DicomError io: LOCKED where another process has it, named as far as it is known
	 */
	constructor(path: string, what: string, whose: string, processId: number) {
		this.#path = path;
		const lock = opened(path);
		this.#lock = lock;
		try {
			// Nothing in it has to outlive a power cut.
			lock.exec('PRAGMA synchronous = OFF; PRAGMA busy_timeout = 0; BEGIN IMMEDIATE');
			// Whoever is refused reads who has it, which is no reason to refuse this one too.
			lock.exec(`PRAGMA busy_timeout = ${READING_MS}`);
			lock.exec(
				'CREATE TABLE IF NOT EXISTS holder (process INTEGER NOT NULL, machine TEXT NOT NULL); DELETE FROM holder',
			);
			lock.prepare('INSERT INTO holder VALUES (?, ?)').run(processId, hostname());
			lock.exec('COMMIT; PRAGMA busy_timeout = 0; BEGIN IMMEDIATE');
		} catch (error) {
			const holder = isBusy(error) ? holderOf(lock) : undefined;
			lock.close();
			throw isBusy(error) ? held(`${what} ${whose}`, whose, holder) : lockError(error, path);
		}
	}

	/** @param isLast there will be nothing to be locked: the file goes too */
	release(isLast = false): void {
		if (!this.#lock.isOpen) return;
		if (isLast) unlinkSync(this.#path);
		this.#lock.close();
	}
}

export class DatabaseLock extends ProcessLock {
	/** @throws DicomError io: LOCKED */
	constructor(databasePath: string, processId: number) {
		super(`${realPathOf(databasePath)}.lock`, 'the database', databasePath, processId);
	}
}

/** In the folder, not beside it: who may write into a folder may not be allowed to write beside it, as where it is a disk of its own. */
export class FolderLock extends ProcessLock {
	/** @param folder is there @throws DicomError io: LOCKED */
	constructor(folder: string, processId: number) {
		super(join(folder, FOLDER_LOCK), 'the instance folder', folder, processId);
	}
}

const opened = (path: string): DatabaseSync => {
	onlyForUs(path);
	try {
		return new DatabaseSync(path, { timeout: 0 });
	} catch (error) {
		throw lockError(error, path);
	}
};

/** Where the file is there it is not opened, for the reason above. */
const onlyForUs = (path: string): void => {
	try {
		closeSync(openSync(path, 'wx', 0o600));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return; // SQLite says what is wrong
		try {
			chmodSync(path, 0o600);
		} catch {
			// of another user, who may have let us in on purpose
		}
	}
};

/** `process 4711`, with the machine where it is another one. */
const holderOf = (lock: DatabaseSync): string | undefined => {
	try {
		const row = lock.prepare('SELECT process, machine FROM holder').get();
		if (row === undefined) return undefined;
		const { process, machine } = row;
		return `process ${String(process)}${machine === hostname() ? '' : ` on ${String(machine)}`}`;
	} catch {
		return undefined; // it is being written this moment
	}
};

const held = (what: string, path: string, holder: string | undefined): DicomError =>
	new DicomError({
		blame: 'io',
		code: 'LOCKED',
		message: `${what} is in use by ${holder ?? 'another process'}`,
		path,
	});

const lockError = (error: unknown, path: string): DicomError =>
	unwritable(path) ??
	new DicomError(
		{
			blame: 'io',
			code: 'LOCK_FAILED',
			message: `${path} cannot be locked: ${(error as Error).message}`,
			path,
		},
		{ cause: error },
	);

/** SQLite says only that it cannot: what the file system says of the file, or of its folder where there is none, is more. */
const unwritable = (path: string): DicomError | undefined => {
	for (const one of [path, dirname(path)]) {
		try {
			accessSync(one, constants.W_OK);
			return undefined;
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			if (code === 'EROFS' || code === 'EACCES') return ioError(error, path);
		}
	}
	return undefined;
};
