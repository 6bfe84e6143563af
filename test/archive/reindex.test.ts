/** The index built anew from the files: the same answers as before, whatever the old one was; and nothing is deleted for it. */
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { Archive } from '../../src/archive/archive.ts';
import { FOLDER_LOCK } from '../../src/archive/database-lock.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import {
	bytesOf,
	contentsOf,
	datasetOf,
	folderOf,
	openArchive,
	rejectionOf,
	storeInstance,
} from './archive-fixture.ts';

const filesIn = (folder: string): string[] =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name !== FOLDER_LOCK)
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();

/** Everything but keys and times. */
const rowsIn = (databasePath: string): unknown => {
	const database = new DatabaseSync(databasePath, { readOnly: true });
	try {
		return database
			.prepare(
				`SELECT p.id, p.name, s.uid AS study, e.uid AS series, e.modality, i.uid, i.class, i.syntax, i.file, i.dataset_offset, i.dataset_length
				FROM instance AS i JOIN series AS e ON e.pk = i.series_pk JOIN study AS s ON s.pk = e.study_pk JOIN patient AS p ON p.pk = s.patient_pk
				ORDER BY i.uid`,
			)
			.all();
	} finally {
		database.close();
	}
};

t.test('the same rows as before', async (t) => {
	const folder = folderOf(t);
	const { archive, settings } = await openArchive(t, {}, folder);
	for (let at = 0; at < 60; at++)
		await storeInstance(archive, {
			sop: `1.2.${at}`,
			study: `1.3.${at % 7}`,
			series: `1.4.${at % 14}`,
			patientId: `P${(at % 7) % 3}`,
			bytes: 100 + at * 10,
		});
	await archive.close();
	const before = rowsIn(settings.databasePath);
	const files = filesIn(settings.instanceFolder);
	const progress: number[] = [];
	const report = await Archive.reindex(settings, { on: (count) => progress.push(count) });
	t.same(report, { instances: 60, failures: [], failed: 0, superseded: [], rowsWithoutFile: 0 });
	t.equal(progress.at(-1), 60);
	t.same(rowsIn(settings.databasePath), before);
	t.same(filesIn(settings.instanceFolder), files);
	t.same(readdirSync(folder).sort(), ['index.sqlite', 'index.sqlite.lock', 'instances']);

	const again = await openArchive(t, {}, folder);
	t.equal((await again.archive.counts()).instances, 60);
	t.same(
		await storeInstance(again.archive, { sop: '1.2.0', study: '1.3.0', series: '1.4.0', patientId: 'P0', bytes: 100 }),
		{
			status: 0,
		},
	);
	t.match(again.events.at(-1), { outcome: 'same' }, 'and what is there is known to be the same');
});

t.test('whatever the old database is, it is kept and not in the way', async (t) => {
	const spoilers: Record<string, (path: string) => void> = {
		'none at all': (path) => rmSync(path),
		empty: (path) => writeFileSync(path, ''),
		'not a database': (path) => writeFileSync(path, 'something else'.repeat(1000)),
		'of another program': (path) => {
			rmSync(path);
			const database = new DatabaseSync(path);
			database.exec('CREATE TABLE instance (patient_id TEXT)');
			database.close();
		},
		'of a newer schema': (path) => {
			const database = new DatabaseSync(path);
			database.exec('PRAGMA user_version = 4711');
			database.close();
		},
		'with a log that is none': (path) => {
			writeFileSync(path, 'damaged'.repeat(1000));
			writeFileSync(`${path}-wal`, 'damaged'.repeat(1000));
		},
	};
	for (const [says, spoil] of Object.entries(spoilers)) {
		const folder = folderOf(t);
		const { archive, settings } = await openArchive(t, {}, folder);
		await storeInstance(archive, { sop: '1.2.3.1' });
		await archive.close();
		spoil(settings.databasePath);
		const spoiled = existsSync(settings.databasePath) ? readFileSync(settings.databasePath) : undefined;
		const report = await Archive.reindex(settings);
		t.match(report, { instances: 1, failed: 0 }, says);
		if (spoiled !== undefined && spoiled.length > 0) {
			t.match(report.keptAside, new RegExp(`^${settings.databasePath}\\.corrupt-\\d{8}T\\d{6}Z$`));
			if (!says.includes('schema')) t.same(readFileSync(report.keptAside ?? ''), spoiled, 'as it was');
		} else t.equal(report.keptAside, undefined);
		const again = await openArchive(t, {}, folder);
		await again.archive.ready;
		t.same([...(await contentsOf(again.archive, ['1.2.3.1'])).values()], [bytesOf(datasetOf({ sop: '1.2.3.1' }))]);
		await again.archive.close();
	}
});

t.test('files without rows, rows without files, two files of one instance, files that are none', async (t) => {
	const folder = folderOf(t);
	const { archive, settings } = await openArchive(t, {}, folder);
	for (const at of [1, 2, 3]) await storeInstance(archive, { sop: `1.2.3.${at}` });
	await archive.close();
	const { instanceFolder } = settings;
	const [gone = '', , third = ''] = filesIn(instanceFolder);
	rmSync(gone);
	// What a run leaves that was cut short between the commit and taking the old file away.
	const older = join(instanceFolder, '00001', '1.2.3.3-0000000000000000.dcm');
	writeFileSync(older, encodeFile(datasetOf({ sop: '1.2.3.3', fill: 9 }), EXPLICIT_LITTLE));
	utimesSync(older, 1, 1);
	// What somebody has put there, as pynetdicom names them.
	mkdirSync(join(instanceFolder, 'by', 'hand'), { recursive: true });
	writeFileSync(
		join(instanceFolder, 'by', 'hand', '1.2.3.4'),
		encodeFile(datasetOf({ sop: '1.2.3.4' }), EXPLICIT_LITTLE),
	);
	writeFileSync(join(instanceFolder, 'notes.txt'), 'no instance');
	writeFileSync(
		join(instanceFolder, 'no-study.dcm'),
		encodeFile(datasetOf({ sop: '1.2.3.5', study: '' }), EXPLICIT_LITTLE),
	);
	writeFileSync(join(instanceFolder, '.hidden'), 'no instance');
	symlinkSync(folder, join(instanceFolder, 'round'));
	writeFileSync(join(folder, 'outside.dcm'), encodeFile(datasetOf({ sop: '1.2.3.6' }), EXPLICIT_LITTLE));
	symlinkSync(join(folder, 'outside.dcm'), join(instanceFolder, 'link.dcm'));
	const files = filesIn(instanceFolder);

	const report = await Archive.reindex(settings);
	t.match(report, {
		instances: 3,
		failed: 2,
		rowsWithoutFile: 1,
		superseded: ['00001/1.2.3.3-0000000000000000.dcm'],
	});
	t.same(report.failures.map(({ path }) => path).sort(), [
		join(instanceFolder, 'no-study.dcm'),
		join(instanceFolder, 'notes.txt'),
	]);
	t.same(filesIn(instanceFolder), files, 'nothing was deleted');
	const again = await openArchive(t, {}, folder);
	const contents = await contentsOf(again.archive, ['1.2.3.1', '1.2.3.2', '1.2.3.3', '1.2.3.4', '1.2.3.5', '1.2.3.6']);
	t.same([...contents.keys()].sort(), ['1.2.3.2', '1.2.3.3', '1.2.3.4']);
	t.same(contents.get('1.2.3.3'), bytesOf(datasetOf({ sop: '1.2.3.3' })), 'the newer one');
	t.ok(third.includes('1.2.3.3'));
});

t.test('called off, it leaves everything as it was', async (t) => {
	const folder = folderOf(t);
	const { archive, settings } = await openArchive(t, {}, folder);
	for (let at = 0; at < 10; at++) await storeInstance(archive, { sop: `1.2.3.${at}` });
	await archive.close();
	const before = rowsIn(settings.databasePath);
	for (const path of filesIn(settings.instanceFolder).slice(0, 3)) rmSync(path);
	await Archive.open(settings).then((again) => again.close());
	const listed = readdirSync(folder).sort();
	t.equal(await rejectionOf(Archive.reindex(settings, { signal: AbortSignal.abort() })), 'interrupted');
	t.same(readdirSync(folder).sort(), listed);
	t.same(rowsIn(settings.databasePath), before);
	t.equal(await rejectionOf(Archive.reindex(settings)), 'none', 'and the lock is free');
});

t.test('what an earlier one left half-built is not in the way', async (t) => {
	const folder = folderOf(t);
	const { archive, settings } = await openArchive(t, {}, folder);
	await storeInstance(archive, { sop: '1.2.3.1' });
	await archive.close();
	writeFileSync(`${settings.databasePath}.new`, 'half of it');
	writeFileSync(`${settings.databasePath}.new-wal`, 'half of it');
	t.match(await Archive.reindex(settings), { instances: 1 });
	t.same(readdirSync(folder).sort(), ['index.sqlite', 'index.sqlite.lock', 'instances']);
});

t.test('a log that lies beside the old database is not taken for the new one', async (t) => {
	const folder = folderOf(t);
	const { archive, settings } = await openArchive(t, {}, folder);
	await storeInstance(archive, { sop: '1.2.3.1' });
	copyFileSync(`${settings.databasePath}-wal`, join(folder, 'log'));
	await storeInstance(archive, { sop: '1.2.3.2' });
	await archive.close();
	writeFileSync(settings.databasePath, '');
	renameSync(join(folder, 'log'), `${settings.databasePath}-wal`);
	t.match(await Archive.reindex(settings), { instances: 2 });
	const again = await openArchive(t, {}, folder);
	await again.archive.ready;
	t.equal((await again.archive.counts()).instances, 2);
});

t.test('without a folder there is nothing to index', async (t) => {
	const folder = folderOf(t);
	const settings = { databasePath: join(folder, 'db'), instanceFolder: join(folder, 'none') };
	t.match(await Archive.reindex(settings), { instances: 0, failed: 0 });
});

t.test('the database in the folder of the instances', async (t) => {
	const folder = folderOf(t);
	const more = { databasePath: join(folder, 'index.sqlite'), instanceFolder: folder };
	const { archive } = await openArchive(t, more, folder);
	await storeInstance(archive, { sop: '1.2.3.1' });
	await archive.close();
	copyFileSync(more.databasePath, join(folder, 'other.dcm'));
	renameSync(join(folder, 'other.dcm'), join(folder, 'index.sqlite.corrupt-20260101T000000Z'));
	t.match(await Archive.reindex(more), { instances: 1, failed: 0 });
});
