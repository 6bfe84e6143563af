/** A folder of one's own among the temporary ones. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DicomError } from '../errors.ts';

/** @throws DicomError io where there is no place for one */
export const temporaryFolder = async (prefix: string): Promise<string> => {
	const path = tmpdir();
	try {
		return await mkdtemp(join(path, prefix));
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : 'ERROR';
		const message = `cannot make a temporary folder in ${path} (${code})`;
		throw new DicomError({ blame: 'io', code, message, path }, { cause: error });
	}
};
