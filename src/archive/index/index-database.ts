/** The database of the index: made, opened, checked, or refused with what helps (SQLite in WAL mode). */
import { closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DicomError } from '../../errors.ts';
import { FUNCTIONS } from '../query/query-sql.ts';
import type { IndexSettings } from './index-protocol.ts';
import { SCHEMA, SCHEMA_VERSION } from './schema.ts';
import type { Statement } from './sql.ts';
import { databaseError } from './sqlite-errors.ts';

/** In KiB. */
const CACHE = 16_384;
/** Pages of the log that are written back into the database at a time. */
const CHECKPOINT_PAGES = 4000;
const MAX_STATEMENTS = 200;

export class IndexDatabase {
	/** The last run did not end in order. */
	readonly isUnclean: boolean;
	readonly path: string;
	readonly #db: DatabaseSync;
	readonly #statements = new Map<string, Statement>();
	readonly #file: FileIdentity;
	readonly #log: FileIdentity | undefined;

	/** @throws DicomError io */
	constructor(settings: IndexSettings) {
		this.path = settings.databasePath;
		const isNew = isMade(this.path);
		// SQLite takes its log away when it closes in order.
		this.isUnclean = (sizeOf(`${this.path}-wal`) ?? 0) > 0;
		try {
			this.#db = new DatabaseSync(this.path, { timeout: settings.busyTimeoutMs });
		} catch (error) {
			throw databaseError(error, this.path);
		}
		try {
			this.#prepareItself(settings);
			if (isNew) syncNames(dirname(this.path));
			this.#file = new FileIdentity(this.path);
			this.#log = settings.isRebuild === true ? undefined : new FileIdentity(`${this.path}-wal`);
		} catch (error) {
			this.#db.close();
			throw databaseError(error, this.path);
		}
	}

	#prepareItself({ isDurable, isRebuild = false }: IndexSettings): void {
		const db = this.#db;
		requireIndex(db, this.path);
		db.exec(`PRAGMA cache_size = -${CACHE}; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF`);
		if (isRebuild) db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
		else {
			const { journal_mode: mode } = db.prepare('PRAGMA journal_mode = WAL').get() ?? {};
			if (mode !== 'wal')
				throw new DicomError({
					blame: 'io',
					code: 'NO_WAL',
					message: `the file system of ${this.path} cannot hold a database that is safe; use a local one`,
					path: this.path,
				});
			// NORMAL never leaves a damaged database behind either, only an older one.
			db.exec(
				`PRAGMA synchronous = ${isDurable ? 'FULL' : 'NORMAL'}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = 67108864`,
			);
		}
		for (const { name, call } of FUNCTIONS) db.function(name, { deterministic: true, directOnly: true }, call);
		// Also in a database that has its tables: to know now, and not at the first store, that it cannot be written to.
		db.exec(`BEGIN IMMEDIATE; ${SCHEMA}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
		db.exec('PRAGMA busy_timeout = 0');
	}

	/** Reads all of it. @throws DicomError io CORRUPT */
	check(): void {
		let says: unknown;
		try {
			says = this.#db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
		} catch (error) {
			throw databaseError(error, this.path);
		}
		if (says !== 'ok') throw databaseError({ errcode: 11, message: says }, this.path);
	}

	/** A statement that gives rows as arrays; the same one for the same text. */
	prepare(text: string): Statement {
		const known = this.#statements.get(text);
		if (known !== undefined) return known;
		if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
		const statement = this.#db.prepare(text);
		statement.setReturnArrays(true);
		this.#statements.set(text, statement);
		return statement;
	}

	/** In bytes. */
	get size(): number {
		return sizeOf(this.path) ?? 0;
	}

	exec(text: string): void {
		this.#db.exec(text);
	}

	get isTransaction(): boolean {
		return this.#db.isTransaction;
	}

	/**
	 * Somebody has taken the files away or put others in their place: SQLite would go on writing into what nobody will find again.
	 *
	 * @throws DicomError io
	 */
	requireItsFiles(): void {
		if (this.#file.isThere && this.#log?.isThere !== false) return;
		throw new DicomError({
			blame: 'io',
			code: 'DATABASE_GONE',
			message: `the database ${this.path} was removed or replaced while it was in use`,
			path: this.path,
		});
	}

	close(): void {
		if (this.#db.isOpen) this.#db.close();
	}
}

/**
 * Nothing is done to a database that is no index; one that has nothing in it may become one.
 *
 * @param isAnyVersion an index of another schema will do
 * @throws DicomError io: code FOREIGN_DATABASE, NEWER_SCHEMA, OLDER_SCHEMA
 */
export const requireIndex = (db: DatabaseSync, path: string, isAnyVersion = false): void => {
	const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
	const names = db.prepare('SELECT name FROM sqlite_schema').all();
	const isOurs = version === 0 ? names.length === 0 : names.some(({ name }) => name === OUR_TABLE);
	if (isOurs && (isAnyVersion || version === 0 || version === SCHEMA_VERSION)) return;
	const [code, message] =
		version > SCHEMA_VERSION
			? ['NEWER_SCHEMA', `was written by a newer version of dimse; use that, or rebuild it with --reindex`]
			: isOurs
				? ['OLDER_SCHEMA', `was written by an older version of dimse; rebuild it with --reindex`]
				: [
						'FOREIGN_DATABASE',
						"is another program's database; name another, or build one from the files with --reindex",
					];
	throw new DicomError({ blame: 'io', code, message: `the database ${path} ${message}`, path });
};

/** Every version has it, and no other program. */
const OUR_TABLE = 'series_common';

/** A file, whatever name it has meanwhile. */
class FileIdentity {
	readonly #path: string;
	readonly #is: string | undefined;

	constructor(path: string) {
		this.#path = path;
		this.#is = identityOf(path);
	}

	get isThere(): boolean {
		return identityOf(this.#path) === this.#is;
	}
}

const identityOf = (path: string): string | undefined => {
	const stat = statSync(path, { throwIfNoEntry: false });
	return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
};

/** Makes the file where there is none, for nobody else to read: there are names of people in it. What SQLite lays beside it is likewise. */
const isMade = (path: string): boolean => {
	try {
		closeSync(openSync(path, 'wx', 0o600));
		return true;
	} catch {
		return false; // it is there, or SQLite says what is wrong
	}
};

const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size;

/** @throws what Node throws */
export const syncNames = (folder: string): void => {
	const fd = openSync(folder, 'r');
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
};
