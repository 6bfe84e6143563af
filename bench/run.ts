/** Measures `dimse` beside its peers, in turn in the same run: medians and ratios. See README.md here. */
import { missing } from '../test/support/peers.ts';
import { queries, retrieves, stores } from './archive.ts';
import { idle } from './idle.ts';
import { million } from './million.ts';
import { receive } from './receive.ts';
import { get, move } from './retrieve.ts';
import { echo, find, store } from './scu.ts';
import { settings } from './timing.ts';
import { tui } from './tui.ts';

const lacking = missing('echoscu', 'storescu', 'storescp', 'findscu', 'getscu', 'movescu', 'dcmqrscp');
if (lacking !== false) throw new Error(lacking);
const hasOrthanc = missing('Orthanc') === false;
console.log('| what | who | median ms | best ms | speed | peak MiB |\n| --- | --- | ---: | ---: | ---: | ---: |');
const measurements = {
	echo,
	store,
	find,
	receive,
	get,
	move,
	'archive-store': stores,
	'archive-find': queries,
	'archive-retrieve': retrieves,
	idle,
	million,
	tui,
};
for (const [name, measure] of Object.entries(measurements))
	if (settings.wants(name) && (hasOrthanc || !name.startsWith('archive'))) await measure();
