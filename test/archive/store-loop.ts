/**
 * Stores as fast as it can until it is killed, and says on stdout what it begins and what was acknowledged, a line for each: the SOP Instance
 * UID and what it is filled with (ledger.ts).
 *
 *     node store-loop.ts FOLDER DURABILITY LANES FIRST
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { Archive } from '../../src/archive/archive.ts';
import type { Durability } from '../../src/archive/files/instance-writer.ts';
import { storeInstance } from './archive-fixture.ts';
import { loopInstance } from './ledger.ts';

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
		// Every fifth replaces one that came before, or is on its way still.
		const number = at % 5 === 0 && at > 3 ? at - 3 : at;
		const instance = loopInstance(number, at % 251);
		writeSync(1, `begun ${instance.sop} ${instance.fill}\n`);
		const { status } = await storeInstance(archive, instance);
		if (status !== 0) throw new Error(`status ${status.toString(16)}`);
		writeSync(1, `stored ${instance.sop} ${instance.fill}\n`);
	}
};
await Promise.all(Array.from({ length: Number(lanes) }, lane));
