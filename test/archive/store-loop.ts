/**
 * Stores as fast as it can until it is killed, and says on stdout what was acknowledged, a line for each: its SOP Instance UID and fill.
 *
 *     node store-loop.ts FOLDER DURABILITY LANES [FIRST]
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { Archive } from '../../src/archive/archive.ts';
import type { Durability } from '../../src/archive/instance-writer.ts';
import { storeInstance } from './archive-fixture.ts';

const [folder = '', durability = 'full', lanes = '8', first = '0'] = process.argv.slice(2);
const archive = await Archive.open({
	databasePath: join(folder, 'index.sqlite'),
	instanceFolder: join(folder, 'instances'),
	retrieveAeTitle: 'A',
	durability: durability as Durability,
	minFreeBytes: 0,
});
let at = Number(first);
const lane = async (): Promise<void> => {
	for (;;) {
		at++;
		// Every fifth replaces one that came before.
		const number = at % 5 === 0 ? at - 3 : at;
		const sop = `1.2.${number}`;
		const fill = at % 251;
		// What is begun is said too: a replacement that was not acknowledged may have been made all the same.
		writeSync(1, `begun ${sop} ${fill}\n`);
		const { status } = await storeInstance(archive, {
			sop,
			study: `1.9.${number >> 4}`,
			series: `1.9.${number >> 4}.1`,
			fill,
			bytes: 500 + (number % 7) * 9000,
		});
		if (status !== 0) throw new Error(`status ${status.toString(16)}`);
		writeSync(1, `stored ${sop} ${fill}\n`);
	}
};
await Promise.all(Array.from({ length: Number(lanes) }, lane));
