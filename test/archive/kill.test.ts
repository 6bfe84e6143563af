/**
 * kill -9 at any moment of eight stores at a time, again and again on the same archive: nothing that was acknowledged is lost, nothing torn is
 * shown, and it is back at once. DIMSE_KILLS says how often.
 */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import t from 'tap';
import { Archive } from '../../src/archive/archive.ts';
import { folderOf, openArchive } from './archive-fixture.ts';
import { heardUntil, Ledger, randomFrom, startLoop } from './ledger.ts';

const KILLS = Number(process.env['DIMSE_KILLS'] ?? 6);

t.setTimeout(60_000 + KILLS * 10_000);

t.test(`${KILLS} kills`, async (t) => {
	const folder = folderOf(t);
	const random = randomFrom(1);
	const ledger = new Ledger();
	let slowest = 0;
	let swept = 0;
	let unindexed = 0;
	for (let kill = 0; kill < KILLS; kill++) {
		// After a number of acknowledgements that falls where it falls: between any two steps of the other seven.
		const wanted = ledger.acknowledgements + 1 + Math.floor(random() * 120);
		ledger.newProcess();
		const loop = startLoop(folder, kill % 3 === 2 ? 'off' : 'full', kill % 4 === 3 ? 1 : 8, kill * 1000);
		const closed = once(loop, 'close');
		await heardUntil(loop, ledger, wanted);
		loop.kill('SIGKILL');
		await closed;
		const since = performance.now();
		const { archive, settings, events } = await openArchive(t, {}, folder);
		slowest = Math.max(slowest, performance.now() - since);
		await archive.ready;
		const { lost, torn } = await ledger.check(archive);
		t.same({ lost, torn }, { lost: [], torn: [] }, `kill ${kill + 1}`);
		await archive.close();
		t.same(
			readdirSync(settings.instanceFolder).filter((name) => name.endsWith('.part')),
			[],
			'nothing half-written',
		);
		for (const event of events) {
			if (event.kind === 'swept') swept += event.files.length;
			if (event.kind === 'unindexed') unindexed = event.count;
		}
	}
	t.comment(
		`${KILLS} kills, ${ledger.acknowledgements} stores acknowledged, 0 lost; ${swept} half-written files swept, ${unindexed} whole ones without a row told; slowest start ${slowest.toFixed(0)} ms`,
	);
	t.ok(slowest < 2000, 'it is back within two seconds');

	// Every file is an instance; those without a row come in, and take nothing away that was acknowledged and not replaced.
	const settings = { databasePath: `${folder}/index.sqlite`, instanceFolder: `${folder}/instances` };
	const report = await Archive.reindex(settings);
	t.match(report, { failed: 0, rowsWithoutFile: 0 });
	const { archive } = await openArchive(t, {}, folder);
	const { lost, torn } = await ledger.check(archive);
	t.same({ lost, torn }, { lost: [], torn: [] }, 'after --reindex too');
});
