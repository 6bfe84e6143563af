/** One instance on its way to a file (PS3.10 7): a `.part` that nobody takes for an instance, which has its name only when it is whole. */
import { createHash, type Hash } from 'node:crypto';
import {
	close,
	closeSync,
	fdatasync,
	link,
	linkSync,
	lstatSync,
	openSync,
	rename,
	renameSync,
	unlink,
	unlinkSync,
	writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Dataset } from '../dicom/dataset.ts';
import { HeaderReader } from '../dicom/header-reader.ts';
import { encodeFileMeta, IMPLEMENTATION } from '../dicom/part10.ts';
import { DicomError, LocalMisuse } from '../errors.ts';
import { FolderTree, syncFolder } from './folders.ts';
import { ioError } from './instance-file.ts';
import { newPartName } from './part-sweep.ts';

/**
 * What has to be on the disk before an instance counts as kept: `full` its bytes and its name, so that a power cut takes nothing; `data` its
 * bytes; `off` nothing, it is left to the operating system.
 */
export type Durability = 'full' | 'data' | 'off';

export interface WriterOptions {
	/** Where the `.part` is made, and below which the file ends: a path, or a tree that many writers share. */
	readonly folder: string | FolderTree;
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	/** Of the dataset as it will be written. */
	readonly transferSyntaxUid: string;
	readonly sourceAeTitle?: string | undefined;
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

const asyncClose = promisify(close);
const asyncFdatasync = promisify(fdatasync);
const asyncRename = promisify(rename);
const asyncLink = promisify(link);
const asyncUnlink = promisify(unlink);

/** Everything that fails throws DicomError io; then, and whenever the instance is not to be kept, `discard`. */
export class InstanceWriter {
	readonly partPath: string;
	readonly #tree: FolderTree;
	readonly #durability: Durability;
	readonly #reader: HeaderReader | undefined;
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
		this.#hash = options.digest === true ? createHash('sha256') : undefined;
		const buffer = spare.pop() ?? new Uint8Array(GATHERED_BYTES);
		this.#gathered = writeHead(options, buffer);
		this.partPath = join(this.#tree.root, newPartName());
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
		this.#flush();
		this.#giveBack();
		this.#digest = this.#hash?.digest();
		const fd = this.#fd;
		if (fd === undefined) return;
		try {
			if (this.#durability !== 'off') await asyncFdatasync(fd);
			this.#fd = undefined;
			if (this.#durability === 'off') closeSync(fd);
			else await asyncClose(fd);
		} catch (error) {
			throw ioError(error, this.partPath);
		}
	}

	/** Gives the file its name, a path below the folder, whatever had that name before; after `finish`. */
	async moveTo(path: string): Promise<void> {
		const isSync = this.#durability === 'off';
		const changed = await this.#named(path, async () => {
			if (isSync) renameSync(this.partPath, path);
			else await asyncRename(this.partPath, path);
		});
		this.#isPart = false;
		await this.#syncNames(changed, path);
	}

	/**
	 * Gives the file its name if nothing has that name, not even a link; after `finish`.
	 *
	 * @returns false where something has it: the `.part` is then still there, to be moved elsewhere or discarded
	 */
	async linkTo(path: string): Promise<boolean> {
		const isSync = this.#durability === 'off';
		let changed: readonly string[];
		try {
			changed = await this.#named(path, async () => {
				if (isSync) linkSync(this.partPath, path);
				else await asyncLink(this.partPath, path);
			});
		} catch (error) {
			const code = codeOf(error);
			if (code === 'EEXIST') return false;
			if (!LINKLESS.has(code) || isThere(path)) throw error;
			await this.moveTo(path);
			return true;
		}
		this.#isPart = false;
		try {
			if (isSync) unlinkSync(this.partPath);
			else await asyncUnlink(this.partPath);
		} catch {
			// The instance has its name; the next start sweeps the other one.
		}
		await this.#syncNames(changed, path);
		return true;
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

	/** A folder that has gone since it was made is made again, once. @returns the folders made, as `makeFolderOf` */
	async #named(path: string, give: () => Promise<void>): Promise<readonly string[]> {
		for (let isAgain = false; ; isAgain = true) {
			try {
				const changed = this.#tree.makeFolderOf(path);
				await give();
				return changed;
			} catch (error) {
				if (error instanceof LocalMisuse) throw error;
				if (isAgain || codeOf(error) !== 'ENOENT') throw error instanceof DicomError ? error : ioError(error, path);
				this.#tree.forget();
			}
		}
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

/** Preamble to the end of group 0002, with room for a SOP Instance UID of one length, which is all that tells the next head from this one. */
interface Head {
	readonly bytes: Uint8Array;
	readonly uidAt: number;
	readonly uidLength: number;
}

const MAX_HEADS = 256;
const heads = new Map<string, Head>();

/** Writes the head to the buffer's beginning. @returns its length */
const writeHead = (options: WriterOptions, buffer: Uint8Array): number => {
	const { sopInstanceUid } = options;
	const { bytes, uidAt, uidLength } = headFor(options);
	buffer.set(bytes);
	for (let at = 0; at < sopInstanceUid.length; at++) buffer[uidAt + at] = sopInstanceUid.charCodeAt(at);
	buffer.fill(0, uidAt + sopInstanceUid.length, uidAt + uidLength);
	return bytes.length;
};

const headFor = (options: WriterOptions): Head => {
	const { sopClassUid, sopInstanceUid, transferSyntaxUid, sourceAeTitle = '' } = options;
	for (const uid of [sopClassUid, sopInstanceUid, transferSyntaxUid])
		if (!UID.test(uid)) throw new DicomError({ blame: 'usage', message: `no UID, of ${uid.length} characters` });
	const uidLength = sopInstanceUid.length + (sopInstanceUid.length % 2);
	const key = `${sopClassUid}|${transferSyntaxUid}|${uidLength}|${sourceAeTitle}`;
	const known = heads.get(key);
	if (known !== undefined) return known;
	const bytes = encodeFileMeta({
		sopClassUid,
		sopInstanceUid: '9'.repeat(uidLength),
		transferSyntaxUid,
		...IMPLEMENTATION,
		...(PLAIN_AE_TITLE.test(sourceAeTitle) ? { sourceAeTitle } : {}),
	});
	const uidTag = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(MEDIA_STORAGE_SOP_INSTANCE_UID);
	const head = { bytes, uidAt: uidTag + MEDIA_STORAGE_SOP_INSTANCE_UID.length + 2, uidLength };
	if (heads.size >= MAX_HEADS) heads.clear();
	heads.set(key, head);
	return head;
};

/** (0002,0003) UI; nothing before it in a head can be the same bytes. */
const MEDIA_STORAGE_SOP_INSTANCE_UID = Uint8Array.of(0x02, 0x00, 0x03, 0x00, 0x55, 0x49);

const UID = /^[0-9.]{1,64}$/;
const PLAIN_AE_TITLE = /^[\x20-\x5b\x5d-\x7e]{1,16}$/;

/** What is said where the file system knows no second name for a file. */
const LINKLESS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const codeOf = (error: unknown): string | undefined => {
	if (error instanceof DicomError) return error.failure.blame === 'io' ? error.failure.code : undefined;
	return (error as NodeJS.ErrnoException).code;
};
