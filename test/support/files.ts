/** Instances on disk for tests, the same every time. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeFile } from '../../src/dicom/part10.ts';
import { syntheticStudies } from '../../src/dicom/synthetic.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';

/** Writes so many instances as 001.dcm, 002.dcm ... @returns their paths */
export const writeInstances = (folder: string, count: number): string[] => {
	mkdirSync(folder, { recursive: true });
	const paths: string[] = [];
	for (const { dataset } of syntheticStudies({ studies: count, imageSide: 8, instancesPerSeries: 1 })) {
		if (paths.length === count) break;
		const path = join(folder, `${String(paths.length + 1).padStart(3, '0')}.dcm`);
		writeFileSync(path, encodeFile(dataset, EXPLICIT_LITTLE));
		paths.push(path);
	}
	return paths;
};
