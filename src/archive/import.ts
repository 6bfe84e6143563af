/** DICOM files that lie elsewhere, taken into the archive: copied, or shared with where they lie by file systems that can. */
import { close, closeSync, constants, copyFileSync, fdatasync, linkSync, open, openSync, readSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { HeaderReader } from '../dicom/header-reader.ts';
import { DicomError } from '../errors.ts';
import { candidates } from './files/file-scan.ts';
import { type InstanceFile, ioError, readInstanceFile } from './files/instance-file.ts';
import { newPartName } from './files/part-sweep.ts';
import { shortfallOf } from './files/whole-file.ts';
import {
	commitPart,
	HEADER_UNTIL,
	type NotStored,
	type ReceiverParts,
	refusalOf,
	type Stored,
	StoreReceiver,
	type StoreRequest,
} from './store-receiver.ts';

export interface ImportOptions {
	/** `link` makes a second name of the same file where both lie on one file system, so that it takes no space; `copy` unless said. */
	readonly mode?: 'copy' | 'link';
	/** Why instances of a SOP class are not taken in; all are unless said. */
	readonly refusalOf?: (sopClassUid: string) => string | undefined;
	readonly signal?: AbortSignal;
	/** After each file. */
	readonly on?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
	/** Looked at. */
	readonly files: number;
	/** New ones. */
	readonly imported: number;
	/** Taken in, in the place of another one with the same SOP Instance UID, which a file before it may have brought. */
	readonly replaced: number;
	/** There already: the same, or what the policy for duplicates keeps. */
	readonly duplicates: number;
	readonly failed: number;
}

export interface ImportFailure {
	readonly path: string;
	readonly reason: string;
}

export interface ImportReport extends ImportProgress {
	/** Of the failed those that are DICOM, or could not be looked at: instances are missing. */
	readonly missing: number;
	/** How many of those taken in take no space of their own: linked, or cloned by a file system that can (Btrfs, XFS). */
	readonly sharing: number;
	/** The first thousand; `failed` counts all. */
	readonly failures: readonly ImportFailure[];
	/** UIDs of the studies that went over to another patient. The first thousand. */
	readonly movedStudies: readonly string[];
}

const MAX_NAMED = 1000;
/** At a time: syncs to the disk wait for each other's company. */
const IN_FLIGHT = 8;
const STRETCH_BYTES = 1_048_576;
/** Other work has a turn after so much of a file. */
const TURN_BYTES = 16 * STRETCH_BYTES;
const IMPORTED: Pick<StoreRequest, 'callingAeTitle'> = { callingAeTitle: '' };

const asyncOpen = promisify(open);
const asyncFdatasync = promisify(fdatasync);
const asyncClose = promisify(close);

export class Import {
	readonly #parts: ReceiverParts;
	readonly #options: ImportOptions;
	readonly #failures: ImportFailure[] = [];
	readonly #movedStudies = new Set<string>();
	#files = 0;
	#imported = 0;
	#replaced = 0;
	#duplicates = 0;
	#failed = 0;
	#missing = 0;
	#sharing = 0;
	#canLink: boolean;
	/** Until it is known that it cannot be done here. */
	#canClone = true;
	/** For reading; one for each that is in flight. */
	readonly #buffers: Uint8Array[] = [];

	constructor(parts: ReceiverParts, options: ImportOptions) {
		this.#parts = parts;
		this.#options = options;
		this.#canLink = options.mode === 'link';
	}

	/** @throws DicomError io for a path that is not there or cannot be read; what came before it is in */
	async run(paths: readonly string[]): Promise<ImportReport> {
		const { signal, on } = this.#options;
		const running = new Set<Promise<void>>();
		try {
			for (const { path, isNamed, problem } of candidates(paths, true)) {
				if (signal?.aborted === true) break;
				if (!isNamed && isIgnored(path)) continue;
				const one = this.#one(path, problem).finally(() => {
					running.delete(one);
					on?.(this.#progress());
				});
				running.add(one);
				if (running.size >= IN_FLIGHT) await Promise.race(running);
			}
		} finally {
			await Promise.all(running);
		}
		return {
			...this.#progress(),
			missing: this.#missing,
			sharing: this.#sharing,
			failures: this.#failures,
			movedStudies: [...this.#movedStudies],
		};
	}

	#progress(): ImportProgress {
		return {
			files: this.#files,
			imported: this.#imported,
			replaced: this.#replaced,
			duplicates: this.#duplicates,
			failed: this.#failed,
		};
	}

	/** Never rejects. */
	async #one(path: string, problem: string | undefined): Promise<void> {
		this.#files++;
		if (problem !== undefined) return this.#fail(path, problem);
		let outcome: Stored | NotStored;
		try {
			const file = readInstanceFile(path);
			if ('reason' in file) return this.#fail(path, file.reason, file.isDicom === true);
			const refusal = this.#options.refusalOf?.(file.sopClassUid);
			if (refusal !== undefined) return this.#fail(path, refusal);
			const request: StoreRequest = { ...IMPORTED, ...file };
			outcome = refusalOf(request) ?? (await this.#taken(file, request));
		} catch (error) {
			return this.#fail(path, error instanceof Error ? error.message : String(error));
		}
		if (!('outcome' in outcome)) return this.#fail(path, outcome.errorComment);
		if (outcome.outcome === 'new') this.#imported++;
		else if (outcome.outcome === 'replaced') this.#replaced++;
		else this.#duplicates++;
		const { movedStudy } = outcome;
		if (movedStudy !== undefined && this.#movedStudies.size < MAX_NAMED) this.#movedStudies.add(movedStudy);
		return undefined;
	}

	#fail(path: string, reason: string, isMissing = true): void {
		this.#failed++;
		if (isMissing) this.#missing++;
		if (this.#failures.length < MAX_NAMED) this.#failures.push({ path, reason });
	}

	async #taken(file: InstanceFile, request: StoreRequest): Promise<Stored | NotStored> {
		// A dataset without file meta information gets some, which takes a copy.
		const shared = file.datasetOffset > 0 ? this.#shared(file.path) : undefined;
		if (shared === undefined) return this.#copied(file, request);
		const outcome = await commitPart(
			this.#parts,
			request,
			{
				partPath: shared,
				header: headerOf(file),
				shortfall: shortfallOf(file),
				datasetLength: file.datasetLength,
				discard: () => unlink(shared).catch(() => {}),
			},
			() => (this.#parts.store.durability === 'off' ? Promise.resolve() : synced(shared)),
		);
		if ('outcome' in outcome && (outcome.outcome === 'new' || outcome.outcome === 'replaced')) this.#sharing++;
		return outcome;
	}

	/** @returns the path of a `.part` that shares its bytes with the file, where the file systems can do that */
	#shared(path: string): string | undefined {
		const part = join(this.#parts.store.folder, newPartName());
		if (this.#canLink && this.#tried(() => linkSync(path, part))) return part;
		this.#canLink = false;
		const clone = () => copyFileSync(path, part, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
		if (this.#canClone && this.#tried(clone)) return part;
		this.#canClone = false;
		return undefined;
	}

	#tried(share: () => void): boolean {
		try {
			share();
			return true;
		} catch {
			return false; // another file system, or one that cannot: what is wrong with the file itself the copy says
		}
	}

	async #copied(file: InstanceFile, request: StoreRequest): Promise<Stored | NotStored> {
		const receiver = new StoreReceiver(request, this.#parts);
		const buffer = this.#buffers.pop() ?? new Uint8Array(STRETCH_BYTES);
		try {
			await copy(file, buffer, (bytes) => receiver.write(bytes));
		} catch (error) {
			await receiver.discard();
			throw error;
		} finally {
			this.#buffers.push(buffer);
		}
		return receiver.commit();
	}
}

/** What lies about in folders of instances and is none. */
const isIgnored = (path: string): boolean => /^(\..*|dicomdir|thumbs\.db|desktop\.ini)$/i.test(basename(path));

/** @throws DicomError io */
const copy = async (
	{ path, datasetOffset, datasetLength }: InstanceFile,
	buffer: Uint8Array,
	write: (bytes: Uint8Array) => void,
): Promise<void> => {
	const fd = opened(path);
	try {
		for (let done = 0; done < datasetLength; ) {
			const length = readSync(fd, buffer, 0, Math.min(buffer.length, datasetLength - done), datasetOffset + done);
			if (length === 0)
				throw new DicomError({ blame: 'io', code: 'CHANGED', message: `${path} has changed while it was read`, path });
			write(buffer.subarray(0, length));
			done += length;
			if (done % TURN_BYTES < length) await turn();
		}
	} finally {
		closeSync(fd);
	}
};

const opened = (path: string): number => {
	try {
		return openSync(path, 'r');
	} catch (error) {
		throw ioError(error, path);
	}
};

/** What the index takes from a file, read from it. @throws DicomError io */
export const headerOf = ({ path, datasetOffset, transferSyntaxUid }: InstanceFile): HeaderReader['dataset'] => {
	const reader = new HeaderReader({ transferSyntaxUid, untilTag: HEADER_UNTIL });
	const fd = opened(path);
	try {
		const part = new Uint8Array(16_384);
		for (let position = datasetOffset; ; ) {
			const length = readSync(fd, part, 0, part.length, position);
			position += length;
			const bytes = part.subarray(0, length);
			if (length === 0 || reader.push(bytes) === 'done') return reader.dataset;
		}
	} catch (error) {
		throw ioError(error, path);
	} finally {
		closeSync(fd);
	}
};

/** @throws DicomError io */
const synced = async (path: string): Promise<void> => {
	try {
		const fd = await asyncOpen(path, 'r');
		try {
			await asyncFdatasync(fd);
		} finally {
			await asyncClose(fd);
		}
	} catch (error) {
		throw ioError(error, path);
	}
};
