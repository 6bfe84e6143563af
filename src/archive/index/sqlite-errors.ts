/** What SQLite's result codes mean for an archive (sqlite.org/rescode.html). */
import { DicomError } from '../../errors.ts';

/** The primary result code: the low byte of what node:sqlite gives as `errcode`. */
const resultOf = (error: unknown): number | undefined => {
	const { errcode } = error as { readonly errcode?: unknown };
	return typeof errcode === 'number' ? errcode & 0xff : undefined;
};

/** SQLITE_BUSY, SQLITE_LOCKED: somebody else has it now. */
export const isBusy = (error: unknown): boolean => resultOf(error) === 5 || resultOf(error) === 6;

interface Meaning {
	readonly code: string;
	readonly says: (path: string) => string;
}

const REBUILD = 'rebuild it from the files with --reindex';

const MEANINGS: Readonly<Record<number, Meaning>> = {
	5: { code: 'BUSY', says: (path) => `the database ${path} is held by another program` },
	6: { code: 'BUSY', says: (path) => `the database ${path} is held by another program` },
	8: { code: 'EROFS', says: (path) => `the database ${path} cannot be written to` },
	10: { code: 'EIO', says: (path) => `the database ${path} cannot be read or written` },
	11: { code: 'CORRUPT', says: (path) => `the database ${path} is damaged; ${REBUILD}` },
	13: { code: 'ENOSPC', says: (path) => `no space left for the database ${path}` },
	14: { code: 'CANTOPEN', says: (path) => `the database ${path} cannot be opened` },
	26: { code: 'NOT_A_DATABASE', says: (path) => `${path} is not a database; remove it, or ${REBUILD}` },
};

/** What SQLite says of a database, as a failure that names it. A DicomError stays as it is. */
export const databaseError = (error: unknown, path: string): DicomError => {
	if (error instanceof DicomError) return error;
	const meaning = MEANINGS[resultOf(error) ?? -1];
	const message = error instanceof Error ? error.message : String(error);
	return new DicomError(
		meaning === undefined
			? { blame: 'io', code: 'DATABASE', message: `the database ${path}: ${message}`, path }
			: { blame: 'io', code: meaning.code, message: meaning.says(path), path },
		{ cause: error },
	);
};
