/** Which files a list of paths means: files, folders, DICOMDIRs (PS3.10 8); one after the other, never a list of all. */
import { lstatSync, opendirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { itemsOf, stringsOf } from '../../dicom/dataset.ts';
import { decodeDataset } from '../../dicom/decode.ts';
import { readFileMeta } from '../../dicom/part10.ts';
import { TAG } from '../../dicom/tags.ts';
import { DicomError } from '../../errors.ts';
import { ioError } from './instance-file.ts';

/** A file to look at. `isNamed`: the user named it, so it has to be an instance; others are what a folder holds. */
export interface Candidate {
	readonly path: string;
	readonly isNamed: boolean;
	/** Why it cannot even be looked at, whatever it is. */
	readonly problem?: string;
}

/** A DICOMDIR longer than this is not read. */
const MAX_DICOMDIR_BYTES = 268_435_456;

/**
 * The files behind the paths, in the order of the paths and, within folders, of their names.
 *
 * @throws DicomError io for a path that is not there or cannot be read, protocol for a DICOMDIR that points out of its folder
 */
export function* candidates(paths: Iterable<string>, recurse: boolean): Generator<Candidate> {
	for (const path of paths) {
		let isFolder: boolean;
		try {
			const stat = statSync(path);
			isFolder = stat.isDirectory();
			// To open a pipe would wait for somebody to write into it.
			if (!isFolder && !stat.isFile())
				throw new DicomError({
					blame: 'io',
					code: 'NOT_A_FILE',
					message: `${path} is neither a file nor a folder`,
					path,
				});
		} catch (error) {
			throw isUnreadable(path, path) ? notUtf8(path) : ioError(error, path);
		}
		if (isFolder) yield* new FolderWalk(path, recurse).files(path);
		else if (isDicomdir(path)) yield* referenced(path);
		else yield { path, isNamed: true };
	}
}

/** A folder with those below it, where links lead too: each folder once, and under its own name where it has one here. */
class FolderWalk {
	readonly #recurse: boolean;
	readonly #root: string;
	/** Real paths of the folders that were gone through. */
	readonly #seen = new Set<string>();

	/** @throws DicomError io */
	constructor(path: string, recurse: boolean) {
		this.#recurse = recurse;
		try {
			this.#root = realpathSync(path);
		} catch (error) {
			throw ioError(error, path);
		}
	}

	/** @throws DicomError io for a folder that cannot be read */
	*files(path: string, realPath: string = this.#root): Generator<Candidate> {
		if (this.#seen.has(realPath)) return;
		this.#seen.add(realPath);
		for (const { name, isFolder, isLink } of entriesOf(path)) {
			const below = join(path, name);
			if (isFolder && !this.#recurse) continue;
			const leadsTo = isLink ? targetOf(below) : isFolder ? { folder: join(realPath, name) } : 'file';
			if (isUnreadable(name, below)) yield { path: below, isNamed: false, problem: NOT_UTF8 };
			else if (leadsTo === 'file') yield { path: below, isNamed: false };
			else if (leadsTo !== undefined && this.#recurse && !(isLink && this.#isRound(leadsTo.folder)))
				yield* this.files(below, leadsTo.folder);
		}
	}

	/** Such a link leads to what is gone through anyway, or back to what this folder lies in. */
	#isRound(realPath: string): boolean {
		return isWithin(realPath, this.#root) || isWithin(this.#root, realPath);
	}
}

const isWithin = (path: string, folder: string): boolean =>
	path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

interface Entry {
	readonly name: string;
	readonly isFolder: boolean;
	readonly isLink: boolean;
}

/** In the order of their names. @throws DicomError io */
const entriesOf = (path: string): readonly Entry[] => {
	const names: Entry[] = [];
	try {
		const entries = opendirSync(path);
		try {
			for (let entry = entries.readSync(); entry !== null; entry = entries.readSync())
				if (entry.isDirectory() || entry.isFile() || entry.isSymbolicLink())
					names.push({ name: entry.name, isFolder: entry.isDirectory(), isLink: entry.isSymbolicLink() });
		} finally {
			entries.closeSync();
		}
	} catch (error) {
		throw ioError(error, path);
	}
	return names.sort((a, b) => (a.name < b.name ? -1 : 1));
};

const targetOf = (link: string): 'file' | { readonly folder: string } | undefined => {
	try {
		const stat = statSync(link);
		if (stat.isDirectory()) return { folder: realpathSync(link) };
		return stat.isFile() ? 'file' : undefined;
	} catch {
		return undefined; // a link to nowhere
	}
};

const NOT_UTF8 = 'its name is not UTF-8';

/** For who has only the text of it. */
export const notUtf8 = (path: string): DicomError =>
	new DicomError({ blame: 'io', code: 'NOT_UTF8', message: `${path}: ${NOT_UTF8}`, path });

/** What has been decoded with a U+FFFD may have another name. */
const isUnreadable = (name: string, path: string): boolean => {
	if (!name.includes('\ufffd')) return false;
	try {
		return lstatSync(path, { throwIfNoEntry: false }) === undefined;
	} catch {
		return false; // whoever opens it says what is wrong
	}
};

const isDicomdir = (path: string): boolean => /(^|[\\/])dicomdir$/i.test(path);

/** The files a DICOMDIR refers to, all of which have to lie under its own folder, links resolved. */
function* referenced(path: string): Generator<Candidate> {
	let bytes: Uint8Array;
	let root: string;
	try {
		if (statSync(path).size > MAX_DICOMDIR_BYTES)
			throw new DicomError({ blame: 'io', code: 'EFBIG', message: `${path}: too long for a DICOMDIR`, path });
		bytes = readFileSync(path);
		root = realpathSync(dirname(path));
	} catch (error) {
		throw ioError(error, path);
	}
	const meta = readFileMeta(bytes, true);
	if (meta.kind !== 'part10')
		throw new DicomError({ blame: 'io', code: 'NOT_DICOM', message: `${path} is not a DICOMDIR`, path });
	const { dataset } = decodeDataset(bytes.subarray(meta.datasetOffset), meta.transferSyntaxUid);
	for (const record of itemsOf(dataset, TAG.DirectoryRecordSequence)) {
		const components = stringsOf(record, TAG.ReferencedFileID).filter((component) => component !== '');
		if (components.length === 0) continue;
		const file = below(root, components);
		if (file === undefined)
			throw new DicomError({
				blame: 'io',
				code: 'OUTSIDE',
				message: `${path} refers to a file outside its folder: ${components.join('\\')}`,
				path,
			});
		yield { path: file, isNamed: true };
	}
}

const below = (root: string, components: readonly string[]): string | undefined => {
	if (components.some((one) => one === '.' || one === '..' || /[/\\\0]/.test(one))) return undefined;
	const path = join(root, ...components);
	try {
		return realpathSync(path).startsWith(root.endsWith(sep) ? root : root + sep) ? path : undefined;
	} catch {
		return path; // not there: opening it says so
	}
};
