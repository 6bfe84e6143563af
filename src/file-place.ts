/** Where a file goes that takes the place of another: behind the links that lead there, and never where something stands that is no file. */
import { lstatSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DicomError } from './errors.ts';

export interface FilePlace {
	/** Without links: what is renamed to it leaves them as they are. */
	readonly path: string;
	/** The permissions of the file that is there; nothing where none is. */
	readonly mode: number | undefined;
}

/** @throws DicomError io: EISDIR for a folder, NO_FILE for a device, a pipe or a socket, which a file in their place would take away */
export const filePlace = (path: string): FilePlace => {
	try {
		const there = statSync(path, { throwIfNoEntry: false });
		if (there === undefined) return { path: ledTo(path), mode: undefined };
		if (there.isDirectory()) throw noPlace(path, 'EISDIR', `${path}: this is a folder`);
		if (!there.isFile()) throw noPlace(path, 'NO_FILE', `${path}: this is no file but a ${kindOf(there)}`);
		return { path: realpathSync(path), mode: there.mode & 0o777 };
	} catch (error) {
		if (error instanceof DicomError) throw error;
		const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
		throw noPlace(path, code, message, error);
	}
};

/** What a link names that leads to nothing yet; links in circles have failed before. */
const ledTo = (path: string): string =>
	lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
		? ledTo(resolve(realpathSync(dirname(path)), readlinkSync(path)))
		: path;

const kindOf = (there: Stats): string => (there.isFIFO() ? 'pipe' : there.isSocket() ? 'socket' : 'device');

const noPlace = (path: string, code: string, message: string, cause?: unknown): DicomError =>
	new DicomError({ blame: 'io', code, message, path }, { cause });
