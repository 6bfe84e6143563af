/** The index built anew from the files: a new database beside the old one, which takes its place when it is whole. */
import { existsSync, lstatSync, statSync } from 'node:fs';
import { link, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pid } from 'node:process';
import { DicomError } from '../errors.ts';
import { DatabaseLock, FolderLock } from './database-lock.ts';
import { isUid } from './files/file-names.ts';
import { ioError, readInstanceFile } from './files/instance-file.ts';
import { headerOf } from './import.ts';
import { rowsOf } from './index/entity-rows.ts';
import type { StoreResult } from './index/index-protocol.ts';
import { InstanceIndex } from './index/instance-index.ts';

export interface ReindexSettings {
	readonly databasePath: string;
	readonly instanceFolder: string;
}

export interface ReindexOptions {
	readonly signal?: AbortSignal;
	/** Files looked at so far. */
	readonly on?: (files: number) => void;
}

export interface ReindexReport {
	readonly instances: number;
	/** Files that are no instances or cannot be read; they stay where they are. The first thousand. */
	readonly failures: readonly { readonly path: string; readonly reason: string }[];
	/** All of those. */
	readonly failed: number;
	/** Files of an instance that another, newer file holds as well, relative; they stay where they are. The first thousand. */
	readonly superseded: readonly string[];
	/** Rows of the old index whose files are gone; absent where it could not be read. */
	readonly rowsWithoutFile?: number;
	/** Where a database that was not sound, or not ours, is kept. */
	readonly keptAside?: string;
}

const MAX_NAMED = 1000;
const IN_FLIGHT = 128;
const FILES_PAGE = 1000;
const NO_DIGEST = new Uint8Array(0);
/** Beside a database: what SQLite makes of its name. */
const COMPANIONS = ['', '-wal', '-shm', '-journal'] as const;

/**
 * No archive may be open on the database. An aborted signal leaves everything as it was.
 *
 * @throws DicomError io LOCKED, or of a path; interrupted
 */
export const reindex = async (settings: ReindexSettings, options: ReindexOptions = {}): Promise<ReindexReport> => {
	const { databasePath, instanceFolder } = settings;
	const lock = new DatabaseLock(databasePath, pid);
	let folderLock: FolderLock | undefined;
	try {
		// There is no folder yet where nothing was ever stored.
		if (existsSync(instanceFolder)) folderLock = new FolderLock(instanceFolder, pid);
		return await new Reindexing(settings, options).run();
	} finally {
		folderLock?.release();
		lock.release();
	}
};

class Reindexing {
	readonly #settings: ReindexSettings;
	readonly #options: ReindexOptions;
	readonly #newPath: string;
	readonly #failures: { path: string; reason: string }[] = [];
	readonly #superseded: string[] = [];
	#instances = 0;
	#failed = 0;
	#files = 0;

	constructor(settings: ReindexSettings, options: ReindexOptions) {
		this.#settings = settings;
		this.#options = options;
		this.#newPath = `${settings.databasePath}.new`;
	}

	async run(): Promise<ReindexReport> {
		const { databasePath } = this.#settings;
		await removeDatabase(this.#newPath);
		const old = await this.#old();
		try {
			await this.#build();
			await syncFile(this.#newPath);
		} catch (error) {
			await removeDatabase(this.#newPath);
			throw error;
		}
		const keptAside = old.isUnsound ? await keepAside(databasePath) : undefined;
		// A log would be taken for the new one's. There is none after an end in order, but where another program looks on.
		for (const companion of COMPANIONS.slice(1)) await rm(`${databasePath}${companion}`, { force: true });
		await rename(this.#newPath, databasePath);
		await syncFile(dirname(databasePath));
		return {
			instances: this.#instances,
			failures: this.#failures,
			failed: this.#failed,
			superseded: this.#superseded,
			...(old.rowsWithoutFile === undefined ? {} : { rowsWithoutFile: old.rowsWithoutFile }),
			...(keptAside === undefined ? {} : { keptAside }),
		};
	}

	/** What the old database is good for. Closed in order it has no log any more, and one rename replaces it. */
	async #old(): Promise<{ readonly isUnsound: boolean; readonly rowsWithoutFile?: number }> {
		const { databasePath, instanceFolder } = this.#settings;
		if ((statSync(databasePath, { throwIfNoEntry: false })?.size ?? 0) === 0) return { isUnsound: false };
		const index = this.#opened({ databasePath, isChecked: true });
		try {
			await index.ready;
			let rowsWithoutFile = 0;
			for (let after = 0; ; ) {
				const { files, last } = await index.files(after, FILES_PAGE);
				if (files.length === 0) break;
				for (const file of files)
					if (statSync(join(instanceFolder, file), { throwIfNoEntry: false }) === undefined) rowsWithoutFile++;
				after = last;
			}
			await index.close();
			return { isUnsound: false, rowsWithoutFile };
		} catch (error) {
			await index.close().catch(() => {});
			if (error instanceof DicomError && error.failure.blame === 'io' && error.failure.code !== 'BUSY')
				return { isUnsound: true };
			throw error;
		}
	}

	#opened(more: { readonly databasePath: string; readonly isChecked?: boolean; readonly isRebuild?: boolean }) {
		const { instanceFolder } = this.#settings;
		return new InstanceIndex({ instanceFolder, isDurable: false, busyTimeoutMs: 5000, isLockHeld: true, ...more });
	}

	async #build(): Promise<void> {
		const index = this.#opened({ databasePath: this.#newPath, isRebuild: true });
		const running = new Set<Promise<void>>();
		try {
			await index.opened;
			for await (const file of this.#walk('')) {
				if (this.#options.signal?.aborted === true) throw new DicomError({ blame: 'interrupted' });
				this.#files++;
				if (this.#files % 100 === 0) this.#options.on?.(this.#files);
				const one = this.#one(index, file).finally(() => running.delete(one));
				running.add(one);
				if (running.size >= IN_FLIGHT) await Promise.race(running);
			}
			await Promise.all(running);
			this.#options.on?.(this.#files);
		} finally {
			await Promise.allSettled(running);
			await index.close();
		}
	}

	/** Every file below a folder but what is half-written and the database itself, relative. Links are not followed: they may lead out. */
	async *#walk(folder: string): AsyncGenerator<string, void, undefined> {
		const { instanceFolder, databasePath } = this.#settings;
		const path = join(instanceFolder, folder);
		let entries: { readonly name: string; isDirectory(): boolean; isFile(): boolean }[];
		try {
			entries = await readdir(path, { withFileTypes: true });
		} catch (error) {
			// There is no folder yet where nothing was ever stored.
			if (folder === '' && (error as NodeJS.ErrnoException).code === 'ENOENT') return;
			throw ioError(error, path);
		}
		entries.sort((a, b) => (a.name < b.name ? -1 : 1));
		for (const entry of entries) {
			const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
			if (entry.isDirectory()) yield* this.#walk(file);
			else if (entry.isFile() && !entry.name.startsWith('.') && !isPartOf(databasePath, join(path, entry.name)))
				yield file;
		}
	}

	async #one(index: InstanceIndex, file: string): Promise<void> {
		const path = join(this.#settings.instanceFolder, file);
		let result: StoreResult;
		try {
			const found = readInstanceFile(path);
			if ('reason' in found) return this.#fail(path, found.reason);
			const { datasetOffset, datasetLength } = found;
			const { sopClassUid, sopInstanceUid, transferSyntaxUid } = found;
			const rows = rowsOf(headerOf(found), {
				sopClassUid,
				sopInstanceUid,
				transferSyntaxUid,
				callingAeTitle: '',
				file,
				datasetOffset,
				datasetLength,
				digest: NO_DIGEST,
				storedAt: Math.round(lstatSync(path).mtimeMs),
			});
			if (![sopInstanceUid, rows.study.uid, rows.series.uid].every(isUid))
				return this.#fail(path, 'a UID of the study, series or instance is missing or none');
			result = await index.store({ rows, duplicates: 'newest' });
		} catch (error) {
			// What is wrong with one file is told; what is wrong with the new index ends it.
			if (error instanceof DicomError && error.failure.blame === 'io' && error.failure.path === path)
				return this.#fail(path, error.message);
			throw error;
		}
		if (result.outcome === 'new') this.#instances++;
		else this.#supersede(result.outcome === 'replaced' ? (result.otherFile ?? file) : file);
		return undefined;
	}

	#fail(path: string, reason: string): void {
		this.#failed++;
		if (this.#failures.length < MAX_NAMED) this.#failures.push({ path, reason });
	}

	#supersede(file: string): void {
		if (this.#superseded.length < MAX_NAMED) this.#superseded.push(file);
	}
}

const isPartOf = (databasePath: string, path: string): boolean => path.startsWith(databasePath);

export const removeDatabase = async (path: string): Promise<void> => {
	for (const companion of COMPANIONS) await rm(`${path}${companion}`, { force: true });
};

/** Another name for it, so that there never is none: a crash in between leaves a database that refuses, not an empty one. */
const keepAside = async (databasePath: string): Promise<string> => {
	const aside = `${databasePath}.corrupt-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
	try {
		await link(databasePath, aside);
		for (const companion of ['-wal', '-journal'])
			await rename(`${databasePath}${companion}`, `${aside}${companion}`).catch(() => {});
	} catch (error) {
		throw ioError(error, aside);
	}
	return aside;
};

/** @throws DicomError io */
const syncFile = async (path: string): Promise<void> => {
	try {
		const file = await open(path, 'r');
		try {
			await file.sync();
		} finally {
			await file.close();
		}
	} catch (error) {
		throw ioError(error, path);
	}
};
