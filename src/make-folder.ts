/** Folders made, with those above them: Node's own recursive mkdir never ends where a folder takes no new ones, as /proc. */
import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DicomError } from './errors.ts';

/**
 * Makes a folder, for the user alone, and those above it, which may be links; nothing where it is there.
 *
 * @throws DicomError io
 */
export const makeFolder = (path: string): void => {
	try {
		const there = statSync(path, { throwIfNoEntry: false });
		if (there?.isDirectory() === true) return;
		if (there !== undefined) throw unmakeable(path, 'ENOTDIR', `${path}: this is not a folder but a file`);
		const above = dirname(path);
		if (above !== path) makeFolder(above);
		if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
			throw unmakeable(path, 'DANGLING', `${path}: this is a link to something that is not there`);
		try {
			mkdirSync(path, 0o700);
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			// Another process was quicker.
			if (code === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
			// The folder above is there: it is one of the system's own.
			if (code !== 'ENOENT') throw error;
			throw unmakeable(path, 'UNMAKEABLE', `${path} cannot be made: ${above} takes no new folders`, error);
		}
	} catch (error) {
		if (error instanceof DicomError) throw error;
		const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
		throw unmakeable(path, code, message, error);
	}
};

const unmakeable = (path: string, code: string, message: string, cause?: unknown): DicomError =>
	new DicomError({ blame: 'io', code, message, path }, { cause });
