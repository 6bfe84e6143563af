/** What the archive's thread and the index's thread say to each other; all of it plain data. */
import type { Failure } from '../../errors.ts';
import type { DuplicatePolicy, StoreOutcome } from '../duplicates.ts';
import type { QueryPlan } from '../query/query-plan.ts';
import type { Place } from '../query/query-sql.ts';
import type { EntityRows } from './entity-rows.ts';
import type { Row } from './sql.ts';

export interface IndexSettings {
	readonly databasePath: string;
	/** What `file` in rows is relative to. */
	readonly instanceFolder: string;
	/** A store is done when its row, and the name of its file, are on the disk; else when the operating system has them. */
	readonly isDurable: boolean;
	/** How long a store waits for a database that another process holds. */
	readonly busyTimeoutMs: number;
	/** The caller has the lock, and gives it back. */
	readonly isLockHeld?: boolean;
	/** Looks the database over even after a run that ended in order. */
	readonly isChecked?: boolean;
	/** A new database that nobody sees before it is whole: made fast, and of no use after a crash. */
	readonly isRebuild?: boolean;
}

/** From where to where a file is moved when its row is written. Absolute paths, on one file system; the folder is there. */
export interface Placement {
	readonly part: string;
	/** In a folder of the instance folder. */
	readonly path: string;
}

export interface StoreOrder {
	/** `file` is where it lies when it is stored; where there is a placement, `datasetOffset` is found out from the file. */
	readonly rows: EntityRows;
	/** None for a file that lies in its place. */
	readonly placement?: Placement;
	/** `newest`: of two files the one with the later `storedAt`, and neither is deleted. */
	readonly duplicates: DuplicatePolicy | 'newest';
}

export interface StoreResult {
	readonly outcome: StoreOutcome | 'rejected';
	/** Of the instance that the rows took the place of, or that stays: relative. */
	readonly otherFile?: string;
	readonly movedStudy?: string;
}

export interface Page {
	readonly rows: readonly Row[];
	/** Where to go on; there is no more where it is left out. */
	readonly next?: Place;
}

export interface IndexCounts {
	readonly patients: number;
	readonly studies: number;
	readonly series: number;
	readonly instances: number;
}

export type IndexRequest =
	| { readonly kind: 'store'; readonly order: StoreOrder }
	/** Of one that will be stored next: its bytes go to the disk meanwhile. Not answered; what goes wrong the store says. */
	| { readonly kind: 'sync'; readonly part: string }
	/** Without a place from the beginning, of what is stored now. */
	| { readonly kind: 'page'; readonly plan: QueryPlan; readonly place?: Place; readonly limit: number }
	| { readonly kind: 'counts' }
	/** Those of the files, relative, that have a row. */
	| { readonly kind: 'known'; readonly files: readonly string[] }
	/** The rows in the order of their keys, for who looks whether their files are there. */
	| { readonly kind: 'files'; readonly after: number; readonly limit: number }
	| { readonly kind: 'close'; readonly isLast: boolean };

export interface FilesPage {
	readonly files: readonly string[];
	/** The last key. */
	readonly last: number;
}

/** What each kind of request is answered with. */
export interface Answers {
	readonly store: StoreResult;
	readonly page: Page;
	readonly counts: IndexCounts;
	readonly known: readonly string[];
	readonly files: FilesPage;
	readonly close: null;
}

export type Asked = IndexRequest & { readonly id: number };

export type Reply =
	| { readonly id: number; readonly value: Answers[keyof Answers] }
	| { readonly id: number; readonly failure: Failure };

/** What the index's thread says of itself, once each: that it has the lock; that requests are taken; that the database is sound. */
export type Announcement =
	| { readonly announces: 'locked' }
	| { readonly announces: 'opened'; readonly isUnclean: boolean }
	| { readonly announces: 'ready'; readonly checkedMs?: number }
	| { readonly announces: 'failed'; readonly failure: Failure };

export interface WorkerSetup {
	readonly settings: IndexSettings;
	/** Counts what has been posted: the index's thread sleeps on it. */
	readonly posted: Int32Array<SharedArrayBuffer>;
}
