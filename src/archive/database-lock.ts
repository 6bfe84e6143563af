/** One process to a database: a lock beside it, which the operating system takes back from a process that dies, however it dies. */
import { unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { DicomError } from '../errors.ts';
import { isBusy } from './sqlite-errors.ts';

export const lockPathOf = (databasePath: string): string => `${databasePath}.lock`;

/**
 * SQLite's own RESERVED lock on a small database: it is refused to everybody else, but lets them read who has it. Nothing but SQLite may open
 * that file, in this process: to close any descriptor of it would give the lock up (POSIX fcntl).
 */
export class DatabaseLock {
	readonly #path: string;
	readonly #lock: DatabaseSync;

	/** @throws DicomError io: LOCKED where another process has it, named as far as it is known */
	constructor(databasePath: string, processId: number) {
		this.#path = lockPathOf(databasePath);
		const lock = opened(this.#path);
		this.#lock = lock;
		try {
			// Nothing in it has to outlive a power cut.
			lock.exec('PRAGMA synchronous = OFF; PRAGMA busy_timeout = 0; BEGIN IMMEDIATE');
			lock.exec(
				'CREATE TABLE IF NOT EXISTS holder (process INTEGER NOT NULL, machine TEXT NOT NULL); DELETE FROM holder',
			);
			lock.prepare('INSERT INTO holder VALUES (?, ?)').run(processId, hostname());
			lock.exec('COMMIT; BEGIN IMMEDIATE');
		} catch (error) {
			const holder = isBusy(error) ? holderOf(lock) : undefined;
			lock.close();
			throw isBusy(error) ? held(databasePath, holder) : lockError(error, this.#path);
		}
	}

	/** @param isLast there will be no database: the file goes too */
	release(isLast = false): void {
		if (!this.#lock.isOpen) return;
		if (isLast) unlinkSync(this.#path);
		this.#lock.close();
	}
}

const opened = (path: string): DatabaseSync => {
	try {
		return new DatabaseSync(path, { timeout: 0 });
	} catch (error) {
		throw lockError(error, path);
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

const held = (databasePath: string, holder: string | undefined): DicomError =>
	new DicomError({
		blame: 'io',
		code: 'LOCKED',
		message: `the database ${databasePath} is in use by ${holder ?? 'another process'}`,
		path: databasePath,
	});

const lockError = (error: unknown, path: string): DicomError =>
	new DicomError(
		{
			blame: 'io',
			code: 'LOCK_FAILED',
			message: `${path} cannot be locked: ${(error as Error).message}`,
			path,
		},
		{ cause: error },
	);
