/** Disks that are full, databases that are locked, damaged or gone, folders that are: never success for what is not safe, and it goes on after. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
	existsSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t, { type Test } from 'tap';
import { Archive } from '../../src/archive/archive.ts';
import { FOLDER_LOCK } from '../../src/archive/database-lock.ts';
import {
	bytesOf,
	codeOf,
	contentsOf,
	datasetOf,
	folderOf,
	type InstanceOf,
	openArchive,
	rejectionOf,
	storeInstance,
} from './archive-fixture.ts';
import { mountReadOnly, mountTmpfs, resizeTmpfs, withoutMounts } from './mounts.ts';

const partsIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.part'));

const filesIn = (folder: string): string[] =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name !== FOLDER_LOCK)
		.map((entry) => join(entry.parentPath, entry.name));

/** What was acknowledged is there as it was; the rest has left nothing. */
const holds = async (t: Test, archive: Archive, acknowledged: readonly InstanceOf[], instanceFolder: string) => {
	const contents = await contentsOf(
		archive,
		acknowledged.map(({ sop }) => sop),
	);
	const isThere = (instance: InstanceOf) => {
		const bytes = contents.get(instance.sop);
		return bytes instanceof Uint8Array && Buffer.compare(bytes, bytesOf(datasetOf(instance))) === 0;
	};
	t.ok(acknowledged.every(isThere), 'what was acknowledged is there');
	t.equal((await archive.counts()).instances, acknowledged.length, 'and nothing else');
	t.equal(filesIn(instanceFolder).length, acknowledged.length, 'nor a file');
};

t.test('no space left for a file', { skip: withoutMounts }, async (t) => {
	const folder = folderOf(t);
	mkdirSync(join(folder, 'instances'));
	mountTmpfs(t, join(folder, 'instances'), '2m');
	const { archive, settings, events } = await openArchive(t, {}, folder);
	const acknowledged: InstanceOf[] = [];
	let refused = 0;
	for (let at = 0; at < 12; at++) {
		const instance = { sop: `1.2.3.${at}`, bytes: 300_000 };
		const { status } = await storeInstance(archive, instance);
		if (status === 0) acknowledged.push(instance);
		else {
			t.equal(status, 0xa700);
			refused++;
		}
	}
	t.ok(acknowledged.length >= 4 && refused >= 4, `${acknowledged.length} stored, ${refused} refused`);
	t.match(events.at(-1), { kind: 'not-stored', errorComment: 'not enough free disk space' });
	t.same(partsIn(settings.instanceFolder), []);
	await holds(t, archive, acknowledged, settings.instanceFolder);

	const [lost] = acknowledged.splice(0, 1);
	for (const path of filesIn(settings.instanceFolder)) if (path.includes(`/${lost?.sop}-`)) rmSync(path);
	const again = { sop: '1.2.3.99', bytes: 200_000 };
	t.same(await storeInstance(archive, again), { status: 0 }, 'space is back');
});

t.test('no space left for the index', { skip: withoutMounts }, async (t) => {
	const folder = folderOf(t);
	mkdirSync(join(folder, 'index'));
	mountTmpfs(t, join(folder, 'index'), '1m');
	const { archive, settings } = await openArchive(t, { databasePath: join(folder, 'index', 'db') }, folder);
	const acknowledged: InstanceOf[] = [];
	let refused = 0;
	const attempt = async (at: number) => {
		const instance = { sop: `1.2.3.${at}`, study: `1.${at}`, series: `1.${at}.1`, patientId: 'P'.repeat(60) };
		const { status, comment } = await storeInstance(archive, instance);
		if (status === 0) acknowledged.push(instance);
		else {
			t.match({ status, comment }, { status: 0xa700, comment: 'not enough free disk space' });
			refused++;
		}
		return status;
	};
	for (let at = 0; at < 3000 && refused < 5; at++) await attempt(at);
	t.ok(acknowledged.length > 10 && refused === 5, `${acknowledged.length} stored, ${refused} refused`);
	await holds(t, archive, acknowledged, settings.instanceFolder);

	resizeTmpfs(t, join(folder, 'index'), '8m');
	t.equal(await attempt(5000), 0, 'space is back');
	await holds(t, archive, acknowledged, settings.instanceFolder);
	await archive.close();
	const reopened = await openArchive(t, { databasePath: settings.databasePath }, folder);
	await reopened.archive.ready;
	await holds(t, reopened.archive, acknowledged, settings.instanceFolder);
});

t.test('less space than is to be kept free', async (t) => {
	const { archive, settings, events } = await openArchive(t, { minFreeBytes: 2 ** 60 });
	t.match(await storeInstance(archive, { sop: '1.2.3.1' }), { status: 0xa700, comment: 'not enough free disk space' });
	t.same(filesIn(settings.instanceFolder), [], 'nothing was begun');
	t.match(events, [{ kind: 'not-stored', status: 0xa700 }]);
});

t.test('a limit on the length of files', async (t) => {
	const folder = folderOf(t);
	const fixture = new URL('./archive-fixture.ts', import.meta.url);
	const script = join(folder, 'store.ts');
	writeFileSync(
		script,
		`import { Archive } from '${new URL('../../src/archive/archive.ts', import.meta.url)}';
		import { contentsOf, storeInstance } from '${fixture}';
		process.on('SIGXFSZ', () => {});
		const folder = ${JSON.stringify(folder)};
		const archive = await Archive.open({ databasePath: folder + '/db', instanceFolder: folder + '/i', retrieveAeTitle: 'A', minFreeBytes: 0 });
		const long = await storeInstance(archive, { sop: '1.2.3.1', bytes: 3_000_000 });
		const short = await storeInstance(archive, { sop: '1.2.3.2', bytes: 1000 });
		const there = (await contentsOf(archive, ['1.2.3.1', '1.2.3.2'])).keys().toArray();
		await archive.close();
		console.log(JSON.stringify({ long, short, there }));`,
	);
	// In blocks of 512 or 1024 bytes, as the shell counts.
	const child = spawnSync('sh', ['-c', `ulimit -f 2000; exec "${process.execPath}" "${script}"`], { encoding: 'utf8' });
	t.match(
		JSON.parse(child.stdout || '{}'),
		{
			long: { status: 0xa700 },
			short: { status: 0 },
			there: ['1.2.3.2'],
		},
		child.stderr,
	);
	t.equal(filesIn(join(folder, 'i')).length, 1);
});

t.test('a folder that is read-only, or gone', { skip: withoutMounts }, async (t) => {
	const folder = folderOf(t);
	const { archive, settings } = await openArchive(t, {}, folder);
	t.equal((await storeInstance(archive, { sop: '1.2.3.1' })).status, 0);
	const writable = mountReadOnly(t, settings.instanceFolder);
	t.match(await storeInstance(archive, { sop: '1.2.3.2' }), { status: 0xa700 });
	writable();
	t.equal((await storeInstance(archive, { sop: '1.2.3.2' })).status, 0);

	const aside = join(folder, 'aside');
	renameSync(settings.instanceFolder, aside);
	t.match(await storeInstance(archive, { sop: '1.2.3.3' }), { status: 0xa700 });
	t.equal((await contentsOf(archive, ['1.2.3.1'])).get('1.2.3.1'), 'ENOENT');
	renameSync(aside, settings.instanceFolder);
	t.equal((await storeInstance(archive, { sop: '1.2.3.3' })).status, 0);
	// The numbered folder alone.
	rmSync(join(settings.instanceFolder, '00001'), { recursive: true });
	await storeInstance(archive, { sop: '1.2.3.4' });
	t.equal((await storeInstance(archive, { sop: '1.2.3.4' })).status, 0, 'it is made again');
	t.equal(typeof (await contentsOf(archive, ['1.2.3.4'])).get('1.2.3.4'), 'object');
});

t.test('a folder that is read-only at the start', { skip: withoutMounts }, async (t) => {
	const folder = folderOf(t);
	const instanceFolder = join(folder, 'instances');
	mkdirSync(instanceFolder);
	mountReadOnly(t, instanceFolder);
	const settings = { databasePath: join(folder, 'db'), instanceFolder, retrieveAeTitle: 'A' };
	t.equal(await rejectionOf(Archive.open(settings)), 'EROFS');
	const databasePath = join(instanceFolder, 'db');
	t.equal(await rejectionOf(Archive.open({ ...settings, databasePath, instanceFolder: folder })), 'EROFS');
});

t.test('a store whose file cannot take its place leaves neither', async (t) => {
	const { archive, settings } = await openArchive(t);
	await storeInstance(archive, { sop: '1.2.3.1' });
	const receiver = archive.receiver({
		...{ sopInstanceUid: '1.2.3.2', callingAeTitle: 'A' },
		sopClassUid: '1.2',
		transferSyntaxUid: '1.2.840.10008.1.2.1',
	});
	if ('refusal' in receiver) return t.fail('refused');
	const { '00080016': _, ...dataset } = datasetOf({ sop: '1.2.3.2' });
	receiver.write(bytesOf(dataset));
	for (const part of partsIn(settings.instanceFolder)) rmSync(join(settings.instanceFolder, part));
	const outcome = await receiver.commit();
	t.match(outcome, { status: 0xa700 });
	await holds(t, archive, [{ sop: '1.2.3.1' }], settings.instanceFolder);
	return undefined;
});

t.test('a database that another process holds', async (t) => {
	const { archive, settings } = await openArchive(t, { busyTimeoutMs: 300 });
	await storeInstance(archive, { sop: '1.2.3.1' });
	const other = new DatabaseSync(settings.databasePath);
	t.teardown(() => other.close());
	other.exec('BEGIN IMMEDIATE');
	const waiting = storeInstance(archive, { sop: '1.2.3.2' });
	t.same([...(await contentsOf(archive, ['1.2.3.1'])).keys()], ['1.2.3.1'], 'queries do not wait for it');
	other.exec('ROLLBACK');
	t.same(await waiting, { status: 0 }, 'a store does, for a while');

	other.exec('BEGIN IMMEDIATE');
	const refused = await Promise.all([3, 4, 5].map((at) => storeInstance(archive, { sop: `1.2.3.${at}` })));
	for (const answer of refused) t.match(answer, { status: 0xa700, comment: 'the index is locked' });
	other.exec('COMMIT');
	t.same(await storeInstance(archive, { sop: '1.2.3.5' }), { status: 0 });
	await holds(t, archive, [{ sop: '1.2.3.1' }, { sop: '1.2.3.2' }, { sop: '1.2.3.5' }], settings.instanceFolder);
});

t.test('what another program writes meanwhile does not confuse it', async (t) => {
	const { archive, settings } = await openArchive(t);
	await storeInstance(archive, { sop: '1.2.3.1' });
	const other = new DatabaseSync(settings.databasePath);
	other.exec(
		'DELETE FROM instance; DELETE FROM series_common; DELETE FROM series; DELETE FROM study; DELETE FROM patient',
	);
	other.close();
	t.equal((await storeInstance(archive, { sop: '1.2.3.2' })).status, 0);
	t.match(await archive.counts(), { patients: 1, studies: 1, series: 1, instances: 1 });
});

t.test('a database that is taken away while it is in use', async (t) => {
	for (const suffix of ['', '-wal']) {
		const { archive, settings } = await openArchive(t);
		await storeInstance(archive, { sop: '1.2.3.1' });
		renameSync(`${settings.databasePath}${suffix}`, `${settings.databasePath}${suffix}.away`);
		t.match(await storeInstance(archive, { sop: '1.2.3.2' }), { status: 0xa700, comment: 'the index is gone' });
		writeFileSync(`${settings.databasePath}${suffix}`, '');
		t.match(await storeInstance(archive, { sop: '1.2.3.2' }), { status: 0xa700 }, 'nor is another one taken for it');
		rmSync(`${settings.databasePath}${suffix}`);
		renameSync(`${settings.databasePath}${suffix}.away`, `${settings.databasePath}${suffix}`);
		t.same(await storeInstance(archive, { sop: '1.2.3.2' }), { status: 0 });
	}
});

/** Writes over the pages of a database from one on. */
const damage = (path: string, fromByte: number): void => {
	const file = openSync(path, 'r+');
	for (let at = fromByte; at < statSync(path).size; at += 4096) writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, at);
};

t.test('a damaged database', async (t) => {
	const folder = folderOf(t);
	const { archive, settings } = await openArchive(t, {}, folder);
	await Promise.all(
		Array.from({ length: 100 }, (_, at) => storeInstance(archive, { sop: `1.${at}.3`, study: `1.${at}` })),
	);
	await archive.close();
	damage(settings.databasePath, 4096);
	// A small one is looked over at every start.
	const again = await Archive.open(settings);
	t.equal(await rejectionOf(again.ready), 'CORRUPT');
	t.match(await storeInstance(again, { sop: '1.2.3.4' }), { status: 0xa700, comment: 'the index is damaged' });
	await again.close();

	truncateSync(settings.databasePath, 10_000);
	const cut = await Archive.open(settings).catch((error: unknown) => codeOf(error));
	if (cut instanceof Archive) {
		t.match(await storeInstance(cut, { sop: '1.2.3.4' }), { status: 0xa700 });
		await cut.close();
	} else t.equal(cut, 'CORRUPT');
	writeFileSync(settings.databasePath, readFileSync(settings.databasePath).fill(0, 0, 16));
	t.match(await rejectionOf(Archive.open(settings)), 'NOT_A_DATABASE');

	const report = await Archive.reindex(settings);
	t.match(report, { instances: 100, failed: 0 });
	t.ok(report.keptAside !== undefined && existsSync(report.keptAside), 'what is damaged is kept');
	const rebuilt = await openArchive(t, {}, folder);
	t.equal((await rebuilt.archive.counts()).instances, 100);
});

t.test('a database that was damaged in a run that did not end in order is found out', async (t) => {
	const folder = folderOf(t);
	const settings = {
		databasePath: join(folder, 'index.sqlite'),
		instanceFolder: join(folder, 'instances'),
		retrieveAeTitle: 'A',
	};
	const child = spawn(process.execPath, [new URL('./store-loop.ts', import.meta.url).pathname, folder, 'off', '2'], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let acknowledged = 0;
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		acknowledged += text.split('\n').length - 1;
		if (acknowledged > 300) child.kill('SIGKILL');
	});
	await once(child, 'close');
	const sound = await openArchive(t, {}, folder);
	await sound.archive.ready;
	t.match(
		sound.events.filter(({ kind }) => kind.startsWith('check')),
		[{ kind: 'checking' }, { kind: 'checked' }],
	);
	await sound.archive.close();

	// Again, and this time pages go bad: a row that an index does not have is what a check finds, and nothing else does.
	const database = new DatabaseSync(settings.databasePath);
	const { rootpage } = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'instance_uid'").get() as {
		rootpage: number;
	};
	database.close();
	const file = openSync(settings.databasePath, 'r+');
	writeSync(file, Buffer.alloc(4096, 0x0d), 0, 4096, (rootpage - 1) * 4096);
	writeFileSync(`${settings.databasePath}-wal`, 'the log of a run that was cut short');
	const archive = await Archive.open(settings).catch((error: unknown) => codeOf(error));
	if (archive instanceof Archive) {
		t.equal(await rejectionOf(archive.ready), 'CORRUPT');
		t.match(await storeInstance(archive, { sop: '9.9' }), { status: 0xa700, comment: 'the index is damaged' });
		await archive.close();
	} else t.equal(archive, 'CORRUPT');
});
