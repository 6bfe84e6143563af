/** Takes an archive away: its database, and the files that are the archive's. */
import { lstatSync } from 'node:fs';
import { readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pid } from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { DicomError } from '../errors.ts';
import { DatabaseLock, FolderLock } from './database-lock.ts';
import { isBelow, isOwnName } from './files/file-names.ts';
import { ioError } from './files/instance-file.ts';
import { sweepParts } from './files/part-sweep.ts';
import { requireIndex } from './index/index-database.ts';
import { InstanceIndex } from './index/instance-index.ts';
import { databaseError } from './index/sqlite-errors.ts';
import { type ReindexSettings, removeDatabase } from './reindex.ts';

const FILES_PAGE = 1000;

/**
 * Removes the database with all that was kept beside it, every file that has a row or a name that only the archive gives, and the folders
 * that are empty then. Files of others stay; where the database is something else, everything does.
 *
 * @returns how many files of instances are gone
 * @throws DicomError io LOCKED, NOT_A_DATABASE, FOREIGN_DATABASE, or of a path
 */
export const clean = async (settings: ReindexSettings): Promise<{ readonly files: number }> => {
	const { databasePath, instanceFolder } = settings;
	const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
	if (!isThere(dirname(databasePath))) return { files: 0 };
	requireOurs(databasePath);
	const lock = new DatabaseLock(databasePath, pid);
	let folderLock: FolderLock | undefined;
	try {
		let files = 0;
		if (isThere(instanceFolder)) {
			folderLock = new FolderLock(instanceFolder, pid);
			files += await removeIndexed(settings);
			files += await removeOwn(instanceFolder);
			folderLock.release(true);
			await rmdir(instanceFolder).catch(() => {}); // something of others is in it
		}
		await removeDatabase(databasePath);
		await removeDatabase(`${databasePath}.new`);
		await removeAside(databasePath);
		lock.release(true);
		return { files };
	} catch (error) {
		throw error instanceof DicomError ? error : ioError(error, databasePath);
	} finally {
		folderLock?.release();
		lock.release();
	}
};

/** What was named by mistake may be anything. @throws DicomError io */
const requireOurs = (databasePath: string): void => {
	if (sizeOf(databasePath) === 0) return;
	try {
		const database = new DatabaseSync(databasePath);
		try {
			requireIndex(database, databasePath, true);
		} finally {
			database.close();
		}
	} catch (error) {
		throw databaseError(error, databasePath);
	}
};

const sizeOf = (path: string): number => lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Those that have a row; of a database that cannot be read none. */
const removeIndexed = async ({ databasePath, instanceFolder }: ReindexSettings): Promise<number> => {
	if (sizeOf(databasePath) === 0) return 0;
	const index = new InstanceIndex({
		databasePath,
		instanceFolder,
		isDurable: false,
		busyTimeoutMs: 5000,
		isLockHeld: true,
	});
	let removed = 0;
	try {
		for (let after = 0; ; ) {
			const { files, last } = await index.files(after, FILES_PAGE);
			if (files.length === 0) break;
			for (const file of files) if (isBelow(file)) removed += await removeFile(join(instanceFolder, file));
			after = last;
		}
		await index.close();
	} catch {
		await index.close().catch(() => {});
	}
	return removed;
};

/** By their names: what has no row. */
const removeOwn = async (instanceFolder: string): Promise<number> => {
	let removed = 0;
	for (const folder of await readdir(instanceFolder)) {
		if (!isOwnName(folder) || !lstatSync(join(instanceFolder, folder)).isDirectory()) continue;
		for (const name of await readdir(join(instanceFolder, folder)))
			if (isOwnName(`${folder}/${name}`)) removed += await removeFile(join(instanceFolder, folder, name));
		await rmdir(join(instanceFolder, folder)).catch(() => {}); // something of others is in it
	}
	await sweepParts(instanceFolder);
	return removed;
};

const removeFile = async (path: string): Promise<number> => {
	try {
		await unlink(path);
		return 1;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
		throw ioError(error, path);
	}
};

/** Databases that --reindex kept. */
const removeAside = async (databasePath: string): Promise<void> => {
	const folder = dirname(databasePath);
	const prefix = `${basename(databasePath)}.corrupt-`;
	for (const name of await readdir(folder)) if (name.startsWith(prefix)) await rm(join(folder, name), { force: true });
};
