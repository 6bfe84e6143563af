/** One instance on its way to a file (PS3.10 7): a `.part` that nobody takes for an instance, which has its name only when it is whole. */
import { createHash, type Hash } from 'node:crypto';
import {
	closeSync,
	fdatasync,
	linkSync,
	lstatSync,
	openSync,
	renameSync,
	unlink,
	unlinkSync,
	writeSync,
} from 'node:fs';
import { dirname, sep } from 'node:path';
import { promisify } from 'node:util';
import type { Dataset } from '../../dicom/dataset.ts';
import { HeaderReader } from '../../dicom/header-reader.ts';
import { DicomError, LocalMisuse } from '../../errors.ts';
import { DatasetEnd } from './dataset-end.ts';
import { type HeadFields, writeHead } from './file-head.ts';
import { FolderTree, syncFolder } from './folders.ts';
import { ioError } from './instance-file.ts';
import { newPartName } from './part-sweep.ts';

/**
 * What has to be on the disk before an instance counts as kept: `full` its bytes and its name, so that a power cut takes nothing; `data` its
 * bytes; `off` nothing, it is left to the operating system.
 */
export type Durability = 'full' | 'data' | 'off';

export interface WriterOptions extends HeadFields {
	/** Where the `.part` is made, and below which the file ends: a path, or a tree that many writers share. */
	readonly folder: string | FolderTree;
	readonly durability: Durability;
	/** The elements before this tag are read on the way; none where it is left out. */
	readonly headerUntil?: string | undefined;
	/** SHA-256 of the dataset. */
	readonly digest?: boolean | undefined;
}

const GATHERED_BYTES = 65_536;
/** Stretches from this size on are written as they are: to copy them would cost more than a call. */
const LARGE_BYTES = 16_384;
/** Buffers to gather in, used again. */
const spare: Uint8Array[] = [];
const MAX_SPARE = 64;
const NOTHING: Dataset = {};

const asyncFdatasync = promisify(fdatasync);
const asyncUnlink = promisify(unlink);

/**
 * Everything that fails throws DicomError io; then, and whenever the instance is not to be kept, `discard`. Names are given at once, as bytes
 * are written: only what waits for the disk, the syncs, goes through the thread pool, where each way there and back costs more than a name.
 */
export class InstanceWriter {
	readonly partPath: string;
	readonly #tree: FolderTree;
	readonly #durability: Durability;
	readonly #reader: HeaderReader | undefined;
	readonly #end: DatasetEnd | undefined;
	readonly #hash: Hash | undefined;
	#isHeaderRead: boolean;
	#length = 0;
	#fd: number | undefined;
	#buffer: Uint8Array | undefined;
	#gathered: number;
	#digest: Uint8Array | undefined;
	/** The `.part` has its name still. */
	#isPart = true;

	/** @throws DicomError io where the file cannot be made, usage for UIDs that cannot be written */
	constructor(options: WriterOptions) {
		const { folder, transferSyntaxUid, headerUntil: untilTag } = options;
		this.#tree = typeof folder === 'string' ? new FolderTree(folder) : folder;
		this.#durability = options.durability;
		this.#reader = untilTag === undefined ? undefined : new HeaderReader({ transferSyntaxUid, untilTag });
		this.#isHeaderRead = this.#reader === undefined;
		this.#end = untilTag === undefined ? undefined : new DatasetEnd(transferSyntaxUid);
		this.#hash = options.digest === true ? createHash('sha256') : undefined;
		const buffer = spare.pop() ?? new Uint8Array(GATHERED_BYTES);
		this.#gathered = writeHead(options, buffer);
		this.partPath = this.#tree.root + sep + newPartName();
		try {
			this.#fd = openSync(this.partPath, 'wx', 0o600);
		} catch (error) {
			throw ioError(error, this.partPath);
		}
		this.#buffer = buffer;
	}

	/** What has been read of the header so far. */
	get header(): Dataset {
		return this.#reader?.dataset ?? NOTHING;
	}

	/** In bytes. */
	get datasetLength(): number {
		return this.#length;
	}

	/** Why the dataset is not whole, once all of it should have come; known where its header is read, and it is not deflated. */
	get shortfall(): string | undefined {
		return this.#end?.shortfall;
	}

	/** There after `finish`, where it was asked for. */
	get digest(): Uint8Array | undefined {
		return this.#digest;
	}

	/** Takes the next bytes of the dataset, whose owner may use them again when it returns. */
	write(bytes: Uint8Array): void {
		const buffer = this.#buffer;
		if (buffer === undefined) throw new Error('written after its end');
		this.#length += bytes.length;
		this.#hash?.update(bytes);
		this.#end?.push(bytes);
		if (!this.#isHeaderRead) this.#isHeaderRead = this.#reader?.push(bytes) === 'done';
		if (this.#gathered + bytes.length > GATHERED_BYTES || bytes.length >= LARGE_BYTES) this.#flush();
		if (bytes.length >= LARGE_BYTES) this.#writeWhole(bytes);
		else {
			buffer.set(bytes, this.#gathered);
			this.#gathered += bytes.length;
		}
	}

	/** The dataset is whole: its bytes go to the disk, as far as the durability asks for. */
	async finish(): Promise<void> {
		if (this.#durability === 'off') return this.finishNow();
		const fd = this.#written();
		if (fd === undefined) return;
		try {
			await asyncFdatasync(fd);
		} catch (error) {
			throw ioError(error, this.partPath);
		}
		this.#closeFile(fd);
	}

	/** As `finish` where nothing is synced: without promises, of which a small instance has too many else. Here and below. */
	finishNow(): void {
		const fd = this.#written();
		if (fd !== undefined) this.#closeFile(fd);
	}

	/** Gives the file its name, a path below the folder, whatever had that name before; after `finish`. */
	async moveTo(path: string): Promise<void> {
		await this.#syncNames(this.#moved(path), path);
	}

	/**
	 * Gives the file its name if nothing has that name, not even a link; after `finish`.
	 *
	 * @returns false where something has it: the `.part` is then still there, to be moved elsewhere or discarded
	 */
	async linkTo(path: string): Promise<boolean> {
		const changed = this.#linked(path);
		if (changed !== undefined) await this.#syncNames(changed, path);
		return changed !== undefined;
	}

	linkNow(path: string): boolean {
		return this.#linked(path) !== undefined;
	}

	/** Leaves nothing of it, if it has no name yet. May be called at any time; never throws. */
	async discard(): Promise<void> {
		this.#giveBack();
		const fd = this.#fd;
		this.#fd = undefined;
		try {
			if (fd !== undefined) closeSync(fd);
		} catch {
			// what could not be written to the disk is of no use anyway
		}
		if (!this.#isPart) return;
		this.#isPart = false;
		await asyncUnlink(this.partPath).catch(() => {}); // the next start sweeps it
	}

	/** What is gathered is written too. @returns the file, where it is open still */
	#written(): number | undefined {
		this.#flush();
		this.#giveBack();
		this.#digest = this.#hash?.digest();
		return this.#fd;
	}

	#closeFile(fd: number): void {
		this.#fd = undefined;
		try {
			closeSync(fd);
		} catch (error) {
			throw ioError(error, this.partPath);
		}
	}

	/** @returns the folders made, as `makeFolderOf` */
	#moved(path: string): readonly string[] {
		const changed = this.#named(path, () => renameSync(this.partPath, path));
		this.#isPart = false;
		return changed;
	}

	/** @returns the folders made; nothing where something has the name */
	#linked(path: string): readonly string[] | undefined {
		let changed: readonly string[];
		try {
			changed = this.#named(path, () => linkSync(this.partPath, path));
		} catch (error) {
			return this.#mustMove(error, path) ? this.#moved(path) : undefined;
		}
		this.#isPart = false;
		try {
			unlinkSync(this.partPath);
		} catch {
			// the instance has its name; the next start sweeps the other one
		}
		return changed;
	}

	#named(path: string, give: () => void): readonly string[] {
		for (let isAgain = false; ; isAgain = true) {
			try {
				const changed = this.#tree.makeFolderOf(path);
				give();
				return changed;
			} catch (error) {
				this.#goOnIfGone(error, path, isAgain);
			}
		}
	}

	/** A folder that has gone since it was made is made again, once. */
	#goOnIfGone(error: unknown, path: string, isAgain: boolean): void {
		if (error instanceof LocalMisuse) throw error;
		if (isAgain || codeOf(error) !== 'ENOENT') throw ioError(error, path);
		this.#tree.forget();
	}

	/** Why it could not be linked: something has the name (false), or the file system knows no links (true). */
	#mustMove(error: unknown, path: string): boolean {
		const code = codeOf(error);
		if (code === 'EEXIST') return false;
		if (!LINKLESS.has(code) || isThere(path)) throw error;
		return true;
	}

	async #syncNames(changed: readonly string[], path: string): Promise<void> {
		if (this.#durability !== 'full') return;
		await Promise.all([...new Set([...changed, dirname(path)])].map(syncFolder));
	}

	#flush(): void {
		const length = this.#gathered;
		this.#gathered = 0;
		if (length > 0 && this.#buffer !== undefined) this.#writeWhole(this.#buffer.subarray(0, length));
	}

	/** A write may take less than it was given, and say why only the next time. */
	#writeWhole(bytes: Uint8Array): void {
		const fd = this.#fd;
		if (fd === undefined) return;
		try {
			for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
		} catch (error) {
			throw ioError(error, this.partPath);
		}
	}

	#giveBack(): void {
		if (this.#buffer !== undefined && spare.length < MAX_SPARE) spare.push(this.#buffer);
		this.#buffer = undefined;
		this.#gathered = 0;
	}
}

/** What is said where the file system knows no second name for a file. */
const LINKLESS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const codeOf = (error: unknown): string | undefined => {
	if (error instanceof DicomError) return error.failure.blame === 'io' ? error.failure.code : undefined;
	return (error as NodeJS.ErrnoException).code;
};
