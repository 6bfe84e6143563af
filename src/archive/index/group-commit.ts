/** All stores that wait, made safe together: files to their places, their folders synced, rows in one transaction (group commit). */
import { closeSync, fdatasyncSync, openSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DicomError } from '../../errors.ts';
import { compareDatasets } from '../duplicates.ts';
import { isBelow } from '../files/file-names.ts';
import { ioError } from '../files/instance-file.ts';
import type { EntityRows } from './entity-rows.ts';
import { EntityWriter, type KeptInstance } from './entity-writer.ts';
import { type IndexDatabase, syncNames } from './index-database.ts';
import type { IndexSettings, Placement, StoreOrder, StoreResult } from './index-protocol.ts';
import { databaseError, isBusy } from './sqlite-errors.ts';

/** Another program is writing: to be tried again. */
export class DatabaseBusy extends Error {}

export type Settled = { readonly value: StoreResult } | { readonly error: DicomError };

export class GroupCommit {
	readonly #database: IndexDatabase;
	readonly #settings: IndexSettings;
	readonly #writer: EntityWriter;
	/** Done since the transaction began, to be undone when it fails. */
	#placed: Placement[] = [];
	/** Of instances that were replaced: gone when their successors are safe. */
	#obsolete: string[] = [];
	/** Folders whose own names are on the disk. */
	readonly #syncedFolders = new Set<string>();
	#dataVersion: number | undefined;
	/** Parts whose bytes could not be brought to the disk, and why. */
	readonly #unsynced = new Map<string, DicomError>();

	constructor(database: IndexDatabase, settings: IndexSettings) {
		this.#database = database;
		this.#settings = settings;
		this.#writer = new EntityWriter((text) => database.prepare(text));
	}

	/** Brings the bytes of a part to the disk; what goes wrong is told when it is stored. */
	sync(part: string): void {
		try {
			syncBytes(part);
		} catch (error) {
			this.#unsynced.set(part, ioError(error, part));
		}
	}

	/**
	 * One result for each order, in their order. When an order fails the others are done without it; what failed has left nothing, and its
	 * `.part` is where it was, if it is anywhere.
	 *
	 * @throws DatabaseBusy when nothing was done
	 */
	run(orders: readonly StoreOrder[]): Settled[] {
		try {
			return this.#commit(orders).map((value) => ({ value }));
		} catch (error) {
			this.#undo();
			if (error instanceof DatabaseBusy) throw error;
			const [only] = orders;
			if (only !== undefined && orders.length === 1) {
				this.#unsynced.delete(only.placement?.part ?? '');
				return [{ error: databaseError(error, this.#database.path) }];
			}
		}
		return orders.flatMap((order) => this.#alone(order));
	}

	#alone(order: StoreOrder): Settled[] {
		try {
			return this.run([order]);
		} catch (error) {
			return [{ error: databaseError(error, this.#database.path) }];
		}
	}

	#commit(orders: readonly StoreOrder[]): StoreResult[] {
		const database = this.#database;
		this.#placed = [];
		this.#obsolete = [];
		database.requireItsFiles();
		try {
			database.exec('BEGIN IMMEDIATE');
		} catch (error) {
			throw isBusy(error) ? new DatabaseBusy(databaseError(error, database.path).message) : error;
		}
		this.#noticeOthers();
		const results = orders.map((order) => this.#store(order));
		if (this.#settings.isDurable) this.#syncFolders();
		database.exec('COMMIT');
		for (const path of this.#obsolete) remove(path);
		return results;
	}

	/** What the writer remembers does not hold after somebody else has written. */
	#noticeOthers(): void {
		const row = this.#database.prepare('PRAGMA data_version').get();
		const version = Array.isArray(row) ? Number(row[0]) : 0;
		if (version !== this.#dataVersion) this.#writer.forget();
		this.#dataVersion = version;
	}

	#store({ rows, placement, duplicates }: StoreOrder): StoreResult {
		const unsynced = placement === undefined ? undefined : this.#unsynced.get(placement.part);
		if (unsynced !== undefined) throw unsynced;
		const arrived = placement === undefined ? rows : measured(rows, placement.part);
		const kept = this.#writer.find(rows.instance.sopInstanceUid);
		if (kept !== undefined) {
			const stays =
				duplicates === 'newest' ? this.#isNewer(arrived) : this.#stays(kept, arrived, placement, duplicates);
			if (stays !== undefined) return { outcome: stays, otherFile: kept.file };
		}
		if (placement !== undefined) this.#place(placement);
		const { movedStudy } = this.#writer.put(arrived);
		if (kept !== undefined && placement !== undefined && isBelow(kept.file))
			this.#obsolete.push(this.#pathOf(kept.file));
		return {
			outcome: kept === undefined ? 'new' : 'replaced',
			...(kept === undefined ? {} : { otherFile: kept.file }),
			...(movedStudy === undefined ? {} : { movedStudy }),
		};
	}

	/** What is done with an instance whose UID has a row, where that stays; a row whose file is gone or cut never does. */
	#stays(
		kept: KeptInstance,
		{ instance }: EntityRows,
		placement: Placement | undefined,
		policy: Exclude<StoreOrder['duplicates'], 'newest'>,
	): 'same' | 'kept' | 'rejected' | undefined {
		const compared = compareDatasets(
			{ path: this.#pathOf(kept.file), offset: kept.datasetOffset, length: kept.datasetLength },
			{
				path: placement?.part ?? this.#pathOf(instance.file),
				offset: instance.datasetOffset,
				length: instance.datasetLength,
			},
		);
		if (compared === 'missing') return undefined;
		if (compared === 'same' && kept.transferSyntaxUid === instance.transferSyntaxUid) return 'same';
		if (policy === 'replace') return undefined;
		return policy === 'keep' ? 'kept' : 'rejected';
	}

	/** Of two files of one instance. */
	#isNewer({ instance }: EntityRows): 'kept' | undefined {
		const row = this.#database.prepare('SELECT stored_at FROM instance WHERE uid = ?').get(instance.sopInstanceUid);
		const storedAt = Array.isArray(row) ? Number(row[0]) : 0;
		return instance.storedAt > storedAt ? undefined : 'kept';
	}

	#pathOf(file: string): string {
		return join(this.#settings.instanceFolder, file);
	}

	#place(placement: Placement): void {
		try {
			renameSync(placement.part, placement.path);
		} catch (error) {
			throw ioError(error, placement.path);
		}
		this.#placed.push(placement);
	}

	#syncFolders(): void {
		for (const folder of new Set(this.#placed.map(({ path }) => dirname(path)))) {
			try {
				syncNames(folder);
				// The folder's own name: once is enough, unless somebody has taken it away since.
				if (!this.#syncedFolders.has(folder)) syncNames(dirname(folder));
			} catch (error) {
				throw ioError(error, folder);
			}
			this.#syncedFolders.add(folder);
		}
	}

	/** As if it had not begun. Some failures of SQLite have rolled back by themselves. */
	#undo(): void {
		this.#writer.forget();
		this.#syncedFolders.clear();
		try {
			if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
		} catch {
			// a database that cannot even do that is told of by the next BEGIN
		}
		for (const { part, path } of this.#placed.splice(0)) {
			try {
				renameSync(path, part);
			} catch {
				remove(path);
			}
		}
		this.#obsolete = [];
	}
}

/** The rows with the offset at which the dataset begins: what the file has before it. */
const measured = (rows: EntityRows, part: string): EntityRows => {
	let size: number;
	try {
		({ size } = statSync(part));
	} catch (error) {
		throw ioError(error, part);
	}
	const datasetOffset = size - rows.instance.datasetLength;
	if (datasetOffset < 0)
		throw new DicomError({
			blame: 'io',
			code: 'CHANGED',
			message: `${part} is shorter than what was written`,
			path: part,
		});
	return { ...rows, instance: { ...rows.instance, datasetOffset } };
};

const syncBytes = (path: string): void => {
	const fd = openSync(path, 'r');
	try {
		fdatasyncSync(fd);
	} finally {
		closeSync(fd);
	}
};

const remove = (path: string): void => {
	try {
		unlinkSync(path);
	} catch {
		// a file without a row: --reindex names it
	}
};
