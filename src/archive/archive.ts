/** What qrscp keeps: instances in files, their rows in an index. What it has acknowledged stays (PS3.4 B.2.3, C.4). */
import type { Dataset } from '../dicom/dataset.ts';
import type { QueryModelName } from '../dicom/sop-classes.ts';
import { DicomError } from '../errors.ts';
import type { InstanceFileSource } from './instance-file.ts';

/**
 * What is waited for before an instance is acknowledged: `full`, that its bytes, its name and its row are on the disk; `data`, that its bytes
 * are; `off`, nothing: a power cut loses some seconds.
 */
export type Durability = 'full' | 'data' | 'off';

/** What becomes of other bytes under a SOP Instance UID that is there already. The same bytes are always acknowledged and kept once. */
export type DuplicatePolicy = 'replace' | 'keep' | 'reject';

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

/** What became of an instance that was acknowledged: `same`: these bytes were there already; `kept`: others were, and stay. */
export type StoreOutcome = 'new' | 'same' | 'replaced' | 'kept';

/** For the operator and the audit log. None holds a name of a person. */
export type ArchiveEvent =
	| {
			readonly kind: 'stored';
			readonly outcome: StoreOutcome;
			readonly request: StoreRequest;
			readonly studyInstanceUid: string;
			readonly seriesInstanceUid: string;
			/** Of the dataset. */
			readonly bytes: number;
			/** From the first byte to the acknowledgement. */
			readonly durationMs: number;
	  }
	| { readonly kind: 'refused'; readonly request: StoreRequest; readonly status: number; readonly comment: string }
	/** Files that an earlier run left half-written are gone: they had not been acknowledged. */
	| { readonly kind: 'swept'; readonly files: readonly string[] }
	/** The last run did not end in order; the database was checked and is sound. */
	| { readonly kind: 'checked'; readonly durationMs: number };

/** A C-STORE-RQ, as far as it matters here. */
export interface StoreRequest {
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	readonly transferSyntaxUid: string;
	readonly callingAeTitle: string;
}

/** A failure status with what may be said about it. */
export interface ArchiveRefusal {
	readonly status: number;
	readonly errorComment?: string;
	readonly offendingElements?: readonly string[];
}

/** Where one instance goes: services/storage-scp calls `write` for each stretch, then `commit`; or `discard`. */
export interface ArchiveReceiver {
	/** Throws a DicomError io where the disk takes no more. */
	write(bytes: Uint8Array): void;
	/** Settles when the instance is safe, or says why it is not taken. Never rejects. @returns the response's status and comment */
	commit(): Promise<{ readonly status: number; readonly errorComment?: string }>;
	/** Leaves nothing of it. */
	discard(error: unknown): Promise<void>;
}

/** What a C-FIND, C-GET or C-MOVE was negotiated to mean (PS3.4 C.5.1.1). */
export interface Negotiated {
	readonly relational?: boolean;
	readonly dateTime?: boolean;
	readonly fuzzy?: boolean;
	readonly timezone?: boolean;
	readonly enhanced?: boolean;
	readonly emptyValue?: boolean;
	readonly multipleValue?: boolean;
}

export interface QueryTerms {
	readonly model: QueryModelName;
	readonly negotiated?: Negotiated;
	readonly signal?: AbortSignal;
}

/** One match, or the end by a refusal. */
export type ArchiveMatch =
	| { readonly match: Dataset; readonly status: 0xff00 | 0xff01 }
	| { readonly refusal: ArchiveRefusal };

/** An instance as it lies here, to be sent. Nothing is opened before `open`. */
export interface ArchivedInstance {
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	readonly transferSyntaxUid: string;
	/** Bytes of the dataset. */
	readonly datasetLength: number;
	/** @throws DicomError io where the file is gone or not as long as it was */
	open(): InstanceFileSource;
	/** The whole dataset in memory. @throws DicomError io */
	readWhole(): Uint8Array;
}

export interface ArchiveCounts {
	readonly patients: number;
	readonly studies: number;
	readonly series: number;
	readonly instances: number;
	/** Of their files. */
	readonly bytes: number;
}

export interface ImportProgress {
	/** Files looked at. */
	readonly files: number;
	readonly imported: number;
	/** There already, by the policy for duplicates. */
	readonly duplicates: number;
	readonly failed: number;
	/** Why a file was not taken in; only in the report of that file. */
	readonly failure?: { readonly path: string; readonly reason: string };
}

export interface ImportOptions {
	/** `link` makes a second name of the same file where both lie on one file system, so that it takes no space; `copy` unless said. */
	readonly mode?: 'copy' | 'link';
	readonly signal?: AbortSignal;
	readonly on?: (progress: ImportProgress) => void;
}

export interface ImportReport extends Omit<ImportProgress, 'failure'> {
	/** How many of the imported take no space of their own: linked, or cloned by a file system that can (Btrfs, XFS). */
	readonly sharing: number;
	readonly failures: readonly { readonly path: string; readonly reason: string }[];
	/** Failures beyond those that are named. */
	readonly unnamedFailures: number;
}

export interface ReindexReport {
	readonly instances: number;
	/** Files that are no instances or cannot be read; they stay where they are. */
	readonly failures: readonly { readonly path: string; readonly reason: string }[];
	readonly unnamedFailures: number;
	/** Files of an instance that another, newer file holds as well; they stay where they are. */
	readonly superseded: readonly string[];
	/** Rows of the old index whose files are gone; absent where it could not be read. */
	readonly rowsWithoutFile?: number;
	/** Where a database that was not sound is kept. */
	readonly keptAside?: string;
}

/** Opens on one database and one folder; a second one on the same database refuses, in this process or another. */
export class Archive {
	/**
	 * Settles when stores and queries can be given; they may wait for a moment while the index makes itself ready.
	 *
	 * @throws DicomError io: code LOCKED where another process has the database, NOT_A_DATABASE, CORRUPT, NEWER_SCHEMA (the message says what
	 *   helps), or Node's of a path
	 */
	static open(settings: ArchiveSettings): Promise<Archive> {
		return Promise.reject(notYet(settings.databasePath));
	}

	/** Settles when the index is ready and, after a run that did not end in order, checked. Rejects with a DicomError io CORRUPT. */
	get ready(): Promise<void> {
		return Promise.reject(notYet(''));
	}

	/** Begins to take an instance in, or says at once why not. */
	receiver(request: StoreRequest): ArchiveReceiver | { readonly refusal: number; readonly errorComment: string } {
		return { refusal: 0xa700, errorComment: request.sopInstanceUid };
	}

	/** The matches of an identifier. A refusal comes as the first and only thing, or as the last. */
	async *search(_identifier: Dataset, _terms: QueryTerms): AsyncGenerator<ArchiveMatch, void, undefined> {}

	/** The instances that a retrieve asks for (PS3.4 C.4.2, C.4.3). */
	instances(
		_identifier: Dataset,
		_terms: QueryTerms,
	): Promise<{ readonly instances: readonly ArchivedInstance[] } | { readonly refusal: ArchiveRefusal }> {
		return Promise.resolve({ instances: [] });
	}

	/** The instances of these UIDs, in no order: for Composite Instance Root Retrieve (PS3.4 Y). */
	instancesByUid(_sopInstanceUids: readonly string[]): Promise<readonly ArchivedInstance[]> {
		return Promise.resolve([]);
	}

	counts(): Promise<ArchiveCounts> {
		return Promise.reject(notYet(''));
	}

	/** Takes DICOM files, and those of folders, in. @throws DicomError io for a path that is not there */
	import(_paths: readonly string[], _options?: ImportOptions): Promise<ImportReport> {
		return Promise.reject(notYet(''));
	}

	/** Finishes the stores in hand, writes the database's log into it and lets both go. May be called again. */
	close(): Promise<void> {
		return Promise.resolve();
	}

	/**
	 * Builds the index anew from the files, in a new database that takes the place of the old one when it is whole. No archive may be open on
	 * it.
	 *
	 * @throws DicomError io LOCKED, or of a path
	 */
	static reindex(
		settings: Pick<ArchiveSettings, 'databasePath' | 'instanceFolder'>,
		_options?: { readonly signal?: AbortSignal; readonly on?: (files: number) => void },
	): Promise<ReindexReport> {
		return Promise.reject(notYet(settings.databasePath));
	}

	/**
	 * Removes the database and every file the archive made in its folder, and the folder where it is empty then.
	 *
	 * @throws DicomError io LOCKED, or of a path
	 */
	static clean(
		settings: Pick<ArchiveSettings, 'databasePath' | 'instanceFolder'>,
	): Promise<{ readonly files: number }> {
		return Promise.reject(notYet(settings.databasePath));
	}
}

const notYet = (path: string): DicomError =>
	new DicomError({ blame: 'io', code: 'ENOSYS', message: 'the archive cannot do this yet', path });
