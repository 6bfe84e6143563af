/** What qrscp keeps: instances in files, their rows in an index. What it has acknowledged stays (PS3.4 B.2.3, C.4). */
import { dirname } from 'node:path';
import type { Dataset } from '../dicom/dataset.ts';
import { DicomError } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import { ArchivedInstance, type Whereabouts } from './archived-instance.ts';
import { realPathOf } from './database-lock.ts';
import type { DuplicatePolicy } from './duplicates.ts';
import { isOwnName } from './files/file-names.ts';
import { InstanceStore } from './files/instance-store.ts';
import type { Durability } from './files/instance-writer.ts';
import type { ImportOptions, ImportReport } from './import.ts';
import type { IndexCounts } from './index/index-protocol.ts';
import { InstanceIndex } from './index/instance-index.ts';
import type { Row } from './index/sql.ts';
import { answerOf } from './query/query-answer.ts';
import { type PlanRefusal, type PlanTerms, planQuery, type QueryPlan } from './query/query-plan.ts';
import type { Place } from './query/query-sql.ts';
import { planInstances, planRetrieve, type RetrieveRow, retrieveRow } from './query/retrieve-plan.ts';
import type { ReindexOptions, ReindexReport, ReindexSettings } from './reindex.ts';
import {
	type NotStored,
	OUT_OF_RESOURCES,
	outOfResources,
	type ReceiverParts,
	refusalOf,
	type Stored,
	StoreReceiver,
	type StoreRequest,
} from './store-receiver.ts';

export type { DuplicatePolicy, StoreOutcome } from './duplicates.ts';
export type { Durability } from './files/instance-writer.ts';
export type { ImportOptions, ImportProgress, ImportReport } from './import.ts';
export type { IndexCounts as ArchiveCounts } from './index/index-protocol.ts';
export type { ReindexOptions, ReindexReport, ReindexSettings } from './reindex.ts';
export type { StoreRequest } from './store-receiver.ts';

export interface ArchiveSettings {
	/** A file; made where there is none. */
	readonly databasePath: string;
	/** A folder; made where there is none. */
	readonly instanceFolder: string;
	/** Of this archive, as answers name it. */
	readonly retrieveAeTitle: string;
	/** `full` unless said. */
	readonly durability?: Durability;
	/** `replace` unless said. */
	readonly duplicates?: DuplicatePolicy;
	/** With less free space nothing is taken in; 1 GiB or a hundredth of the file system, whichever is less, unless said. */
	readonly minFreeBytes?: number;
	/** How long a store waits for a database that another process holds, in milliseconds; 5000 unless said. */
	readonly busyTimeoutMs?: number;
	readonly on?: (event: ArchiveEvent) => void;
}

/** For the operator and the audit log. None holds a name of a person. */
export type ArchiveEvent =
	| (Stored & {
			readonly kind: 'stored';
			readonly request: StoreRequest;
			/** From the first byte to the acknowledgement. */
			readonly durationMs: number;
	  })
	| (NotStored & { readonly kind: 'not-stored'; readonly request: StoreRequest })
	/** Files that an earlier run left half-written are gone: they had not been acknowledged. */
	| { readonly kind: 'swept'; readonly files: readonly string[] }
	/** The last run did not end in order; the database is looked over, which takes its time where it is large. */
	| { readonly kind: 'checking' }
	/** It was checked and is sound. */
	| { readonly kind: 'checked'; readonly durationMs: number }
	/** Whole files without a row, relative: a run came no further, or the database is a new one. They stay; --reindex takes them in. */
	| {
			readonly kind: 'unindexed';
			readonly count: number /** The first thousand. */;
			readonly files: readonly string[];
	  };

/** Where one instance goes: services/storage-scp's InstanceReceiver. */
export interface ArchiveReceiver {
	/** Throws a DicomError io where the disk takes no more. */
	write(bytes: Uint8Array): void;
	/** Settles when the instance is safe, or says why it is not taken; then nothing of it is left. Never rejects. */
	commit(): Promise<number | NotStored>;
	/** Leaves nothing of it. */
	discard(error: unknown): Promise<void>;
}

export interface QueryTerms extends PlanTerms {
	readonly signal?: AbortSignal;
}

/** A failure status with what may be said about it. */
export type ArchiveRefusal = PlanRefusal['refusal'];

/** One match, or the end by a refusal. */
export type ArchiveMatch =
	| { readonly match: Dataset; readonly status: 0xff00 | 0xff01 }
	| { readonly refusal: ArchiveRefusal };

/** Rows of a query that are read at a time; the first of them are answered while the next are read. */
const QUERY_PAGE = 200;
const RETRIEVE_PAGE = 1000;
/** Refused: out of resources, unable to calculate the number of matches (PS3.4 C.4.2, C.4.3). */
const CANNOT_COUNT = 0xa701;
const BUSY_TIMEOUT_MS = 5000;
const MAX_NAMED = 1000;

/** One on a database, and on a folder of instances: a second one refuses, in this process or another. */
export class Archive {
	/** Settles when the database is known to be sound. Rejects with a DicomError io CORRUPT; stores are refused then. */
	readonly ready: Promise<void>;
	readonly #settings: ArchiveSettings;
	readonly #store: InstanceStore;
	readonly #index: InstanceIndex;
	readonly #parts: ReceiverParts;
	readonly #whereabouts: Whereabouts;

	/**
	 * Settles when stores and queries can be given; after a run that did not end in order they wait until the database is checked.
	 *
	 * @throws DicomError io: code LOCKED where another process has the database or the folder, NOT_A_DATABASE, CORRUPT, FOREIGN_DATABASE, NEWER_SCHEMA,
	 *   OLDER_SCHEMA (the message says what helps), or Node's of a path
	 */
	static async open(settings: ArchiveSettings): Promise<Archive> {
		const { databasePath } = settings;
		makeFolder(dirname(databasePath));
		const archive = new Archive({ ...settings, databasePath: realPathOf(databasePath) });
		try {
			const [index, store] = [archive.#index, archive.#store];
			// Where both have something against it, what the database says is the more telling.
			const [indexed, opened] = await Promise.allSettled([index.opened, store.open(index.locked)]);
			if (indexed.status === 'rejected') throw indexed.reason;
			if (opened.status === 'rejected') throw opened.reason;
			if (opened.value.length > 0) settings.on?.({ kind: 'swept', files: opened.value });
		} catch (error) {
			await archive.close().catch(() => {});
			throw error;
		}
		return archive;
	}

	private constructor(settings: ArchiveSettings) {
		const { databasePath, instanceFolder, durability = 'full', minFreeBytes, busyTimeoutMs } = settings;
		const { duplicates = 'replace' } = settings;
		this.#settings = settings;
		// First: its thread starts while the folders are looked at.
		this.#index = new InstanceIndex({
			databasePath,
			instanceFolder,
			isDurable: durability === 'full',
			busyTimeoutMs: busyTimeoutMs ?? BUSY_TIMEOUT_MS,
		});
		this.#store = new InstanceStore({ folder: instanceFolder, durability, minFreeBytes });
		this.#parts = { store: this.#store, index: this.#index, duplicates };
		this.#whereabouts = { folder: instanceFolder, rowOf: (uid) => this.#rowOf(uid) };
		this.ready = this.#checked();
		this.ready.catch(() => {}); // stores and queries say it too
	}

	async #checked(): Promise<void> {
		const { isUnclean } = await this.#index.opened;
		if (isUnclean) this.#settings.on?.({ kind: 'checking' });
		const { checkedMs } = await this.#index.ready;
		if (checkedMs !== undefined) this.#settings.on?.({ kind: 'checked', durationMs: checkedMs });
		// That much is not worth a refusal to work.
		this.#tellUnindexed().catch(() => {});
	}

	/** At every start, as long as there are some; folder by folder, while other work is done. */
	async #tellUnindexed(): Promise<void> {
		const files: string[] = [];
		let count = 0;
		for await (const page of this.#store.files()) {
			const own = page.filter(isOwnName);
			if (own.length === 0) continue;
			const known = new Set(await this.#index.known(own));
			for (const file of own) {
				// One that went meanwhile was replaced.
				if (known.has(file) || !this.#store.has(file)) continue;
				count++;
				if (files.length < MAX_NAMED) files.push(file);
			}
		}
		if (count > 0) this.#settings.on?.({ kind: 'unindexed', count, files });
	}

	/** Begins to take an instance in, or says at once why not. */
	receiver(request: StoreRequest): ArchiveReceiver | { readonly refusal: number; readonly errorComment: string } {
		const since = performance.now();
		const refused = (why: NotStored): { readonly refusal: number; readonly errorComment: string } => {
			this.#tellNotStored(request, why);
			return { refusal: why.status, errorComment: why.errorComment };
		};
		const why = refusalOf(request);
		if (why !== undefined) return refused(why);
		let receiver: StoreReceiver;
		try {
			receiver = new StoreReceiver(request, this.#parts);
		} catch (error) {
			return refused(outOfResources(error));
		}
		return {
			write: (bytes) => receiver.write(bytes),
			commit: async () => {
				const outcome = await receiver.commit();
				if (!('outcome' in outcome)) {
					this.#tellNotStored(request, outcome);
					return outcome;
				}
				this.#settings.on?.({ kind: 'stored', ...outcome, request, durationMs: performance.now() - since });
				return 0x0000;
			},
			discard: async (error) => {
				await receiver.discard();
				this.#tellNotStored(request, outOfResources(error));
			},
		};
	}

	#tellNotStored(request: StoreRequest, why: NotStored): void {
		this.#settings.on?.({ kind: 'not-stored', ...why, request });
	}

	/** The matches of an identifier, in no order. A refusal comes as the last thing. */
	async *search(identifier: Dataset, terms: QueryTerms): AsyncGenerator<ArchiveMatch, void, undefined> {
		const plan = planQuery(identifier, terms);
		if ('refusal' in plan) {
			yield plan;
			return;
		}
		const { retrieveAeTitle } = this.#settings;
		try {
			for await (const rows of this.#pages(plan, QUERY_PAGE, terms.signal))
				for (const row of rows) yield answerOf(plan, row, { retrieveAeTitle });
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			yield { refusal: unanswered(error, OUT_OF_RESOURCES) };
		}
	}

	/** The instances that a retrieve asks for (PS3.4 C.4.2, C.4.3). */
	instances(
		identifier: Dataset,
		terms: QueryTerms,
	): Promise<{ readonly instances: readonly ArchivedInstance[] } | { readonly refusal: ArchiveRefusal }> {
		const plan = planRetrieve(identifier, terms);
		return 'refusal' in plan ? Promise.resolve(plan) : this.#located(plan, terms.signal);
	}

	/** The instances of these UIDs, in no order: for Composite Instance Root Retrieve (PS3.4 Y). */
	instancesByUid(
		sopInstanceUids: readonly string[],
		signal?: AbortSignal,
	): Promise<{ readonly instances: readonly ArchivedInstance[] } | { readonly refusal: ArchiveRefusal }> {
		return this.#located(planInstances(sopInstanceUids), signal);
	}

	async #located(
		plan: QueryPlan,
		signal: AbortSignal | undefined,
	): Promise<{ readonly instances: readonly ArchivedInstance[] } | { readonly refusal: ArchiveRefusal }> {
		const instances: ArchivedInstance[] = [];
		try {
			for await (const rows of this.#pages(plan, RETRIEVE_PAGE, signal))
				for (const row of rows) instances.push(new ArchivedInstance(this.#whereabouts, retrieveRow(row)));
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			return { refusal: unanswered(error, CANNOT_COUNT) };
		}
		return { instances };
	}

	async #rowOf(sopInstanceUid: string): Promise<RetrieveRow | undefined> {
		for await (const [row] of this.#pages(planInstances([sopInstanceUid]), 1, undefined))
			if (row !== undefined) return retrieveRow(row);
		return undefined;
	}

	/** One page is read ahead. An aborted signal ends it without a word. */
	async *#pages(
		plan: QueryPlan,
		limit: number,
		signal: AbortSignal | undefined,
	): AsyncGenerator<readonly Row[], void, undefined> {
		const read = (place?: Place) => {
			const page = this.#index.page(plan, place, limit);
			page.catch(() => {}); // whoever leaves early does not wait for it
			return page;
		};
		for (let page = read(); ; ) {
			const { rows, next } = await page;
			if (signal?.aborted) return;
			if (next !== undefined) page = read(next);
			if (rows.length > 0) yield rows;
			if (next === undefined) return;
		}
	}

	counts(): Promise<IndexCounts> {
		return this.#index.counts();
	}

	/** Takes DICOM files, and those of folders, in. @throws DicomError io for a path that is not there */
	async import(paths: readonly string[], options: ImportOptions = {}): Promise<ImportReport> {
		const { Import } = await import('./import.ts');
		return new Import(this.#parts, options).run(paths);
	}

	/**
	 * Builds the index anew from the files, in a new database that takes the place of the old one when it is whole. No archive may be open on it.
	 *
	 * @throws DicomError io LOCKED, or of a path; interrupted
	 */
	static async reindex(settings: ReindexSettings, options: ReindexOptions = {}): Promise<ReindexReport> {
		const { reindex } = await import('./reindex.ts');
		return reindex({ ...settings, databasePath: realPathOf(settings.databasePath) }, options);
	}

	/**
	 * Takes the archive away: its database, its files, and the folders that are empty then. No archive may be open on it.
	 *
	 * @throws DicomError io LOCKED, or of a path
	 */
	static async clean(settings: ReindexSettings): Promise<{ readonly files: number }> {
		const { clean } = await import('./clean.ts');
		return clean({ ...settings, databasePath: realPathOf(settings.databasePath) });
	}

	/** Finishes the stores in hand, writes the database's log into it and lets it go. May be called again. */
	async close(): Promise<void> {
		try {
			await this.#index.close();
		} finally {
			this.#store.close();
		}
	}
}

const unanswered = (error: DicomError, status: number): ArchiveRefusal => ({
	status,
	errorComment: outOfResources(error).errorComment,
});
