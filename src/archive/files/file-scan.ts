/** Which files a list of paths means: files, folders, DICOMDIRs (PS3.10 8); one after the other, never a list of all. */
import { opendirSync, readFileSync, realpathSync, statSync } from 'node:fs';
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
			throw ioError(error, path);
		}
		if (isFolder) yield* folder(path, recurse);
		else if (isDicomdir(path)) yield* referenced(path);
		else yield { path, isNamed: true };
	}
}

/** Links to files are followed, links to folders are not: they may lead round in a circle. */
function* folder(path: string, recurse: boolean): Generator<Candidate> {
	const names: { readonly name: string; readonly isFolder: boolean; readonly isLink: boolean }[] = [];
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
	names.sort((a, b) => (a.name < b.name ? -1 : 1));
	for (const { name, isFolder, isLink } of names) {
		const below = join(path, name);
		if (!isFolder) {
			if (!isLink || leadsToFile(below)) yield { path: below, isNamed: false };
		} else if (recurse) yield* folder(below, recurse);
	}
}

const leadsToFile = (link: string): boolean => {
	try {
		return statSync(link).isFile();
	} catch {
		return false; // a link to nowhere
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
