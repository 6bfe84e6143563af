/** The folder of instances: a `.part` for what arrives, a place for what is whole; numbered folders, so that stores share what is synced. */
import { randomBytes } from 'node:crypto';
import { constants, lstatSync, type StatsFs, statfsSync } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pid } from 'node:process';
import { DicomError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';
import { FolderLock } from '../database-lock.ts';
import { FOLDER_NAME } from './file-names.ts';
import { FolderTree } from './folders.ts';
import { ioError } from './instance-file.ts';
import { type Durability, InstanceWriter, type WriterOptions } from './instance-writer.ts';
import { sweepParts } from './part-sweep.ts';

export interface InstanceStoreSettings {
	readonly folder: string;
	readonly durability: Durability;
	/** In bytes; the lesser of 1 GiB and a hundredth of the file system unless said. */
	readonly minFreeBytes?: number | undefined;
}

/** Where an instance will lie. */
export interface Place {
	readonly path: string;
	/** Relative to the store's folder, with `/`. */
	readonly file: string;
}

/** A folder with more names is slower to read and to sync. */
const FOLDER_FILES = 4096;
const PAGE_FILES = 512;
const GIBIBYTE = 1_073_741_824;

export class InstanceStore {
	readonly #settings: InstanceStoreSettings;
	readonly #tree: FolderTree;
	#lock: FolderLock | undefined;
	#arriving = 0;
	#folderNumber = 1;
	#filesInFolder = 0;

	constructor(settings: InstanceStoreSettings) {
		this.#settings = settings;
		this.#tree = new FolderTree(settings.folder);
	}

	get folder(): string {
		return this.#settings.folder;
	}

	get durability(): Durability {
		return this.#settings.durability;
	}

	/**
	 * Makes the folder where it is not there, locks it, and looks where the last run has come to.
	 *
	 * @param locked settles when this process has the other lock: all take them in one order, so that of two that start at once one gets both
	 * @returns the names of half-written files that are gone now
	 * @throws DicomError io: LOCKED where another process has the folder
	 */
	async open(locked?: Promise<void>): Promise<readonly string[]> {
		const { folder } = this.#settings;
		makeFolder(folder);
		try {
			await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
			await locked;
			this.#lock = new FolderLock(folder, pid);
			const numbers = (await readdir(folder)).filter((name) => FOLDER_NAME.test(name)).map(Number);
			this.#folderNumber = numbers.reduce((highest, number) => Math.max(highest, number), 1);
			if (numbers.length > 0) this.#filesInFolder = (await readdir(this.#currentFolder)).length;
		} catch (error) {
			throw ioError(error, folder);
		}
		return (await sweepParts(folder, true)).removed;
	}

	/** Another may have the folder. May be called again. */
	close(): void {
		this.#lock?.release();
	}

	/** @throws DicomError io ENOSPC where there is less room than is to be kept free */
	requireRoom(): void {
		const { folder, minFreeBytes } = this.#settings;
		let room: StatsFs;
		try {
			room = statfsSync(folder);
		} catch (error) {
			throw ioError(error, folder);
		}
		const floor = minFreeBytes ?? Math.min(GIBIBYTE, (room.blocks * room.bsize) / 100);
		if (room.bavail * room.bsize >= floor) return;
		throw new DicomError({ blame: 'io', code: 'ENOSPC', message: 'not enough free disk space', path: folder });
	}

	/** @param durability the store's own, unless who writes brings it to the disk in another way @throws DicomError io */
	create(options: Omit<WriterOptions, 'folder' | 'durability'>, durability = this.durability): InstanceWriter {
		return new InstanceWriter({ ...options, folder: this.#tree, durability });
	}

	/** One more is on its way. @returns true where it is the only one; say `left` when it has arrived or is given up */
	entered(): boolean {
		this.#arriving++;
		return this.#arriving === 1;
	}

	left(): void {
		this.#arriving--;
	}

	/** A place that nothing else has. @param sopInstanceUid one that `isUid` @throws DicomError io */
	place(sopInstanceUid: string): Place {
		if (this.#filesInFolder >= FOLDER_FILES) {
			this.#folderNumber++;
			this.#filesInFolder = 0;
		}
		this.#filesInFolder++;
		const name = `${sopInstanceUid}-${uniqueness()}.dcm`;
		const path = join(this.#currentFolder, name);
		this.#tree.makeFolderOf(path);
		return { path, file: `${folderName(this.#folderNumber)}/${name}` };
	}

	/** A file could not be put in its place: perhaps somebody has taken folders away. */
	forgetFolders(): void {
		this.#tree.forget();
	}

	/** Names of files, relative, so many at a time. @throws DicomError io */
	async *files(): AsyncGenerator<readonly string[], void, undefined> {
		const { folder } = this.#settings;
		try {
			for (const name of (await readdir(folder)).filter((one) => FOLDER_NAME.test(one)).sort()) {
				if (lstatSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() !== true) continue;
				const files = (await readdir(join(folder, name))).map((file) => `${name}/${file}`);
				for (let at = 0; at < files.length; at += PAGE_FILES) yield files.slice(at, at + PAGE_FILES);
			}
		} catch (error) {
			throw ioError(error, folder);
		}
	}

	/** @param file relative */
	has(file: string): boolean {
		return lstatSync(join(this.#settings.folder, file), { throwIfNoEntry: false }) !== undefined;
	}

	get #currentFolder(): string {
		return join(this.#settings.folder, folderName(this.#folderNumber));
	}
}

const folderName = (number: number): string => String(number).padStart(5, '0');

let prefix: string | undefined;
let count = 0;

/** Sixteen hexadecimal digits; random for the process, counted in it. */
const uniqueness = (): string => {
	if (prefix === undefined || count === 0xffff) {
		prefix = randomBytes(6).toString('hex');
		count = 0;
	}
	count++;
	return prefix + count.toString(16).padStart(4, '0');
};
