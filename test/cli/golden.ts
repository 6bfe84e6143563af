/** Transcripts on disk, under test/golden/cli. `DIMSE_GOLDEN=write` writes them anew; read the diff. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What stands in the file now; after it was written, where that was asked for. */
export const golden = (name: string, printed: string): string => {
	const path = fileURLToPath(new URL(`../golden/cli/${name}.txt`, import.meta.url));
	if (process.env['DIMSE_GOLDEN'] === 'write') writeFileSync(path, printed);
	return existsSync(path) ? readFileSync(path, 'utf8') : '';
};
