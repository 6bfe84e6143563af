/** Opening an archive, and taking it away: one process to a database, whatever lies where it should be, what an earlier run has left. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t, { type Test } from 'tap';
import { Archive } from '../../src/archive/archive.ts';
import { DatabaseLock, FOLDER_LOCK } from '../../src/archive/database-lock.ts';
import { newPartName } from '../../src/archive/files/part-sweep.ts';
import { codeOf, folderOf, openArchive, rejectionOf, storeInstance } from './archive-fixture.ts';

const filesOf = (folder: string): string[] =>
	existsSync(folder)
		? readdirSync(folder, { recursive: true, withFileTypes: true })
				.filter((entry) => entry.isFile() && entry.name !== FOLDER_LOCK)
				.map((entry) => join(entry.parentPath, entry.name))
		: [];

t.test('one process to a database', async (t) => {
	const { settings } = await openArchive(t);
	const again = Archive.open(settings);
	const error = await again.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	t.equal(codeOf(error), 'LOCKED');
	t.match((error as Error).message, `in use by process ${process.pid}`);
	const script = `import { Archive } from '${new URL('../../src/archive/archive.ts', import.meta.url)}';
		await Archive.open(${JSON.stringify(settings)}).catch((error) => { console.log(error.failure.code, error.message); });`;
	const other = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
	t.match(other.stdout, new RegExp(`^LOCKED .* in use by process ${process.pid}\\n$`), other.stderr);
	t.equal(await rejectionOf(Archive.reindex(settings)), 'LOCKED');
	t.equal(await rejectionOf(Archive.clean(settings)), 'LOCKED');
});

t.test('a link to a database is that database, and the lock is as private', async (t) => {
	const { settings } = await openArchive(t);
	const elsewhere = folderOf(t);
	const databasePath = join(elsewhere, 'link.sqlite');
	symlinkSync(settings.databasePath, databasePath);
	const linked = { ...settings, databasePath, instanceFolder: join(elsewhere, 'i') };
	t.equal(await rejectionOf(Archive.open(linked)), 'LOCKED');
	t.equal(await rejectionOf(Archive.reindex(linked)), 'LOCKED');
	t.equal(await rejectionOf(Archive.clean(linked)), 'LOCKED');
	t.same(readdirSync(elsewhere).sort(), ['i', 'link.sqlite'], 'nor is another lock made');
	t.equal(statSync(`${settings.databasePath}.lock`).mode & 0o777, 0o600);
	t.equal(statSync(join(settings.instanceFolder, FOLDER_LOCK)).mode & 0o777, 0o600);
	symlinkSync(join(elsewhere, 'real.sqlite'), join(elsewhere, 'dangling.sqlite'));
	const first = await openArchive(t, { ...linked, databasePath: join(elsewhere, 'dangling.sqlite') });
	const second = Archive.open({
		...linked,
		databasePath: join(elsewhere, 'real.sqlite'),
		instanceFolder: join(elsewhere, 'j'),
	});
	t.equal(await rejectionOf(second), 'LOCKED', 'also where the link came first');
	await first.archive.close();
	chmodSync(join(elsewhere, 'real.sqlite.lock'), 0o644);
	await Archive.open(first.settings).then((archive) => archive.close());
	t.equal(statSync(join(elsewhere, 'real.sqlite.lock')).mode & 0o777, 0o600, 'one of an earlier version too');
});

t.test('one process to a folder of instances, whatever the database', async (t) => {
	const { settings, archive } = await openArchive(t);
	const elsewhere = folderOf(t);
	symlinkSync(settings.instanceFolder, join(elsewhere, 'link'));
	const other = { ...settings, databasePath: join(elsewhere, 'index.sqlite') };
	for (const instanceFolder of [settings.instanceFolder, join(elsewhere, 'link')]) {
		const error: unknown = await Archive.open({ ...other, instanceFolder }).catch((reason: unknown) => reason);
		t.equal(codeOf(error), 'LOCKED');
		t.match((error as Error).message, `the instance folder ${instanceFolder} is in use by process ${process.pid}`);
		t.equal(await rejectionOf(Archive.reindex({ ...other, instanceFolder })), 'LOCKED');
		t.equal(await rejectionOf(Archive.clean({ ...other, instanceFolder })), 'LOCKED');
	}
	await archive.close();
	t.equal(await rejectionOf(Archive.open(other).then((next) => next.close())), 'none', 'it is free then');
});

t.test('of some that start at once on an empty folder one serves', async (t) => {
	const held = folderOf(t);
	const lock = new DatabaseLock(join(held, 'index.sqlite'), process.pid);
	t.equal(await rejectionOf(openArchive(t, {}, held)), 'LOCKED');
	t.notOk(existsSync(join(held, 'instances', FOLDER_LOCK)), 'who is refused has not been in the way of another');
	lock.release();
	for (let round = 0; round < 4; round++) {
		const folder = folderOf(t);
		const opened = await Promise.allSettled([1, 2, 3].map(() => openArchive(t, {}, folder)));
		t.equal(opened.filter(({ status }) => status === 'fulfilled').length, 1);
		for (const one of opened) if (one.status === 'rejected') t.equal(codeOf(one.reason), 'LOCKED');
	}
});

t.test('a folder where none can be made', { skip: !existsSync('/proc/self') }, async (t) => {
	const folder = folderOf(t);
	const open = (more: { readonly databasePath?: string; readonly instanceFolder?: string }) =>
		Archive.open({
			databasePath: join(folder, 'db'),
			instanceFolder: join(folder, 'i'),
			retrieveAeTitle: 'A',
			...more,
		});
	for (const settings of [{ instanceFolder: '/proc/x/y' }, { databasePath: '/proc/x/y/db' }]) {
		const error: unknown = await open(settings).catch((reason: unknown) => reason);
		t.equal(codeOf(error), 'UNMAKEABLE');
		t.match((error as Error).message, '/proc/x cannot be made: /proc takes no new folders');
	}
});

t.test('a lock does not outlive its process', async (t) => {
	const folder = folderOf(t);
	const settings = {
		databasePath: join(folder, 'index.sqlite'),
		instanceFolder: join(folder, 'i'),
		retrieveAeTitle: 'A',
	};
	const script = `import { Archive } from '${new URL('../../src/archive/archive.ts', import.meta.url)}';
		await Archive.open(${JSON.stringify(settings)}); process.kill(process.pid, 'SIGKILL');`;
	t.equal(spawnSync(process.execPath, ['--input-type=module', '-e', script]).signal, 'SIGKILL');
	t.equal(await rejectionOf(Archive.open(settings).then((archive) => archive.close())), 'none');
});

const sqlite = (path: string, sql: string): void => {
	const database = new DatabaseSync(path);
	database.exec(sql);
	database.close();
};

t.test('databases that are none, or not ours', async (t) => {
	const open = async (make: (path: string) => void): Promise<{ code: string; message: string }> => {
		const folder = folderOf(t);
		const databasePath = join(folder, 'index.sqlite');
		make(databasePath);
		const settings = { databasePath, instanceFolder: join(folder, 'i'), retrieveAeTitle: 'A' };
		try {
			const archive = await Archive.open(settings);
			await archive.ready.finally(() => archive.close());
			return { code: 'none', message: '' };
		} catch (error) {
			return { code: codeOf(error), message: (error as Error).message };
		}
	};
	t.match(await open((path) => writeFileSync(path, '')), { code: 'none' }, 'an empty file is fine');
	t.match(await open(() => {}), { code: 'none' }, 'none is fine');
	t.match(await open((path) => sqlite(path, 'PRAGMA user_version = 0; VACUUM')), { code: 'none' });
	t.match(await open((path) => writeFileSync(path, 'not a database'.repeat(100))), {
		code: 'NOT_A_DATABASE',
		message: '--reindex',
	});
	t.match(await open((path) => sqlite(path, 'CREATE TABLE instance (patient_id TEXT)')), {
		code: 'FOREIGN_DATABASE',
		message: /another program.*--reindex/,
	});
	t.match(await open((path) => sqlite(path, 'CREATE TABLE a (b); PRAGMA user_version = 999')), {
		code: 'NEWER_SCHEMA',
		message: '--reindex',
	});
	t.match(await open((path) => sqlite(path, 'CREATE TABLE series_common (b); PRAGMA user_version = 1')), {
		code: 'OLDER_SCHEMA',
		message: '--reindex',
	});
	t.match(await open((path) => mkdirSync(path)), { code: 'CANTOPEN' });
});

t.test('a folder that cannot be one', async (t) => {
	const folder = folderOf(t);
	writeFileSync(join(folder, 'file'), '');
	const settings = { databasePath: join(folder, 'db'), instanceFolder: join(folder, 'file'), retrieveAeTitle: 'A' };
	t.equal(await rejectionOf(Archive.open(settings)), 'ENOTDIR');
	t.equal(await rejectionOf(Archive.open({ ...settings, instanceFolder: join(folder, 'file', 'i') })), 'ENOTDIR');
	t.equal(
		await rejectionOf(Archive.open({ ...settings, instanceFolder: join(folder, 'i') }).then((a) => a.close())),
		'none',
		'and the lock is free',
	);
});

/** The name of a `.part` of a child that has ended and whose parent, which stopped, has not noticed; where there is /proc. */
const zombiePart = (t: Test, machine: string): string | undefined => {
	if (!existsSync('/proc/self/stat')) return undefined;
	const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 100'], { stdio: ['ignore', 'pipe', 'ignore'] });
	t.teardown(() => parent.kill('SIGKILL'));
	const statOf = (child: string) => readFileSync(`/proc/${child}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
	const children = `/proc/${parent.pid}/task/${parent.pid}/children`;
	for (let turns = 0; turns < 5000; turns++) {
		const [child = ''] = existsSync(children) ? readFileSync(children, 'latin1').trim().split(' ') : [];
		if (child === '') continue;
		const fields = statOf(child);
		if (fields[0] === 'Z') return `.dimse-${machine}-${child}-${fields[19]}-abc.part`;
	}
	return undefined;
};

t.test('half-written files of a run that died are swept', async (t) => {
	const folder = folderOf(t);
	const instanceFolder = join(folder, 'instances');
	mkdirSync(instanceFolder);
	const partPath = join(instanceFolder, 'unknown.part');
	writeFileSync(partPath, '');
	// Of a process that was, on this machine.
	const [, machine] = /^\.dimse-([0-9a-f]+)-/.exec(newPartName()) ?? [];
	const dead = `.dimse-${machine}-${execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim()}-1-abc.part`;
	writeFileSync(join(instanceFolder, dead), 'x');
	// Before the machine was started anew, or in another container: nobody else has the folder.
	const elsewhere = '.dimse-00000000-1-1-abc.part';
	writeFileSync(join(instanceFolder, elsewhere), 'x');
	// Killed, and nobody has asked yet how it ended.
	const zombie = zombiePart(t, machine ?? '');
	if (zombie !== undefined) writeFileSync(join(instanceFolder, zombie), 'x');
	const { events } = await openArchive(t, {}, folder);
	const [swept] = events;
	t.same(
		swept?.kind === 'swept' ? [...swept.files].sort() : events,
		[dead, elsewhere, ...(zombie === undefined ? [] : [zombie])].sort(),
	);
	t.same(readdirSync(instanceFolder), [FOLDER_LOCK, 'unknown.part'], 'and nothing else is');
});

t.test('whole files without rows are told after a run that was cut short, and stay', async (t) => {
	const folder = folderOf(t);
	const first = await openArchive(t, {}, folder);
	await storeInstance(first.archive, { sop: '1.2.3.1' });
	await first.archive.close();
	const [path = ''] = filesOf(first.settings.instanceFolder);
	rmSync(first.settings.databasePath);
	const file = path.slice(first.settings.instanceFolder.length + 1);
	// In a folder that nothing is written to any more.
	mkdirSync(join(first.settings.instanceFolder, '00002'));
	const told = async (what: string) => {
		const { archive, events } = await openArchive(t, {}, folder);
		await archive.ready;
		for (let turns = 0; turns < 100_000 && events.length === 0; turns++)
			await new Promise((done) => setImmediate(done));
		t.match(events, [{ kind: 'unindexed', count: 1, files: [file] }], what);
		await storeInstance(archive, { sop: `1.2.3.${what.length}` });
		await archive.close();
	};
	await told('by a new database');
	await told('after an end in order, too');
	t.ok(existsSync(path));
});

t.test('clean leaves nothing of the archive, and what is not its own', async (t) => {
	const folder = folderOf(t);
	const { archive, settings } = await openArchive(t, {}, folder);
	for (const sop of ['1.2.3.1', '1.2.3.2']) await storeInstance(archive, { sop });
	await archive.close();
	const [path = ''] = filesOf(settings.instanceFolder);
	writeFileSync(`${path.slice(0, path.lastIndexOf('/'))}/1.2.3.9-0123456789abcdef.dcm`, 'has no row');
	t.same(await Archive.clean(settings), { files: 3 });
	t.same(readdirSync(folder), []);
	t.same(await Archive.clean(settings), { files: 0 }, 'nor does it mind');

	const again = await openArchive(t, {}, folder);
	await storeInstance(again.archive, { sop: '1.2.3.1' });
	await again.archive.close();
	writeFileSync(join(settings.instanceFolder, 'notes.txt'), '');
	t.same(await Archive.clean(settings), { files: 1 });
	t.same(filesOf(folder), [join(settings.instanceFolder, 'notes.txt')]);
});

t.test('clean takes nothing away where the database is something else', async (t) => {
	const folder = folderOf(t);
	const { archive, settings } = await openArchive(t, {}, folder);
	await storeInstance(archive, { sop: '1.2.3.1' });
	await archive.close();
	const others: readonly (readonly [name: string, code: string, make: (path: string) => void])[] = [
		['notes.txt', 'NOT_A_DATABASE', (path) => writeFileSync(path, 'thoughts'.repeat(1000))],
		['short.txt', 'NOT_A_DATABASE', (path) => writeFileSync(path, 'a thought')],
		['instances.sqlite', 'FOREIGN_DATABASE', (path) => sqlite(path, 'CREATE TABLE instance (patient_id TEXT)')],
		['app.sqlite', 'FOREIGN_DATABASE', (path) => sqlite(path, 'CREATE TABLE a (b); PRAGMA user_version = 1')],
		['places.sqlite', 'NEWER_SCHEMA', (path) => sqlite(path, 'CREATE TABLE a (b); PRAGMA user_version = 80')],
		['folder', 'CANTOPEN', (path) => mkdirSync(path)],
	];
	for (const [name, , make] of others) make(join(folder, name));
	const files = filesOf(folder);
	for (const [name, code] of others)
		t.equal(await rejectionOf(Archive.clean({ ...settings, databasePath: join(folder, name) })), code, name);
	t.same(filesOf(folder), files);
	const [, , , app = ['']] = others;
	t.equal(await rejectionOf(Archive.open({ ...settings, databasePath: join(folder, app[0]) })), 'FOREIGN_DATABASE');

	sqlite(settings.databasePath, 'PRAGMA user_version = 999');
	t.same(await Archive.clean(settings), { files: 1 }, 'an index of a later version is one');
	t.notOk(existsSync(settings.databasePath));
});
