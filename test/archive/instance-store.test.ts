/** The folder of instances: a name for each that no other has, folders of bounded size, going on where the last run stopped. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import t from 'tap';
import { isBelow, isOwnName, isUid } from '../../src/archive/files/file-names.ts';
import { InstanceStore } from '../../src/archive/files/instance-store.ts';
import { codeOf, folderOf } from './archive-fixture.ts';

const thrown = (run: () => unknown): string => {
	try {
		run();
		return 'none';
	} catch (error) {
		return codeOf(error);
	}
};

t.test('every place is another, in folders of bounded size', async (t) => {
	const folder = folderOf(t);
	const store = new InstanceStore({ folder, durability: 'off' });
	t.same(await store.open(), []);
	const paths = Array.from({ length: 9000 }, () => store.place('1.2.3').path);
	t.equal(new Set(paths).size, 9000);
	t.same(
		readdirSync(folder)
			.filter((name) => !name.startsWith('.'))
			.sort(),
		['00001', '00002', '00003'],
	);
	const sizes = Map.groupBy(paths, dirname).values();
	t.ok([...sizes].every(({ length }) => length <= 4096));
	t.ok(paths.every((path) => isOwnName(path.slice(folder.length + 1))));
});

t.test('it goes on where it stopped', async (t) => {
	const folder = folderOf(t);
	mkdirSync(join(folder, '00007'));
	mkdirSync(join(folder, '00003'));
	mkdirSync(join(folder, 'another'));
	for (let at = 0; at < 4095; at++) writeFileSync(join(folder, '00007', String(at)), '');
	const store = new InstanceStore({ folder, durability: 'off' });
	await store.open();
	t.same(
		[1, 2, 3].map(() => basename(dirname(store.place('1.2').path))),
		['00007', '00008', '00008'],
	);
});

t.test('a folder that somebody takes away is made again', async (t) => {
	const folder = folderOf(t);
	const store = new InstanceStore({ folder: join(folder, 'deep', 'below'), durability: 'off' });
	await store.open();
	const { path } = store.place('1.2');
	rmSync(dirname(path), { recursive: true });
	store.place('1.2');
	t.notOk(existsSync(dirname(path)), 'it does not look each time');
	store.forgetFolders();
	store.place('1.2');
	t.ok(existsSync(dirname(path)));
});

t.test('room', async (t) => {
	const folder = folderOf(t);
	t.equal(
		thrown(() => new InstanceStore({ folder, durability: 'off', minFreeBytes: 2 ** 60 }).requireRoom()),
		'ENOSPC',
	);
	t.equal(
		thrown(() => new InstanceStore({ folder, durability: 'off', minFreeBytes: 1 }).requireRoom()),
		'none',
	);
	t.equal(
		thrown(() => new InstanceStore({ folder: join(folder, 'none'), durability: 'off' }).requireRoom()),
		'ENOENT',
	);
});

t.test('the names of all files', async (t) => {
	const folder = folderOf(t);
	const store = new InstanceStore({ folder, durability: 'off' });
	await store.open();
	t.same(await Array.fromAsync(store.files()), []);
	const files = Array.from({ length: 4200 }, () => {
		const { path, file } = store.place('1.2');
		writeFileSync(path, '');
		return file;
	});
	const pages = await Array.fromAsync(store.files());
	t.same(pages.flat().sort(), files.sort());
	t.ok(pages.every(({ length }) => length <= 512));
	t.ok(store.has(files[0] ?? '') && !store.has('00001/none'));
	store.close();
});

t.test('names and UIDs', async (t) => {
	for (const name of ['00001', '00001/1.2-0123456789abcdef.dcm', '123456/0-0123456789abcdef.dcm'])
		t.ok(isOwnName(name), name);
	for (const name of [
		'',
		'1',
		'../00001',
		'00001/x',
		'00001/1.2-0123456789abcdef.dcm/x',
		'a/1.2-0123456789abcdef.dcm',
		'/00001',
	])
		t.notOk(isOwnName(name), name);
	for (const file of ['a', '00001/a', 'a/b/c.d', '...']) t.ok(isBelow(file), file);
	for (const file of ['', '/a', '../a', 'a/..', 'a//b', './a', 'a/']) t.notOk(isBelow(file), JSON.stringify(file));
	for (const uid of ['1.2', '0', '1'.repeat(64), '1.2.']) t.ok(isUid(uid), uid);
	for (const uid of ['', '.', '..', '1'.repeat(65), '1/2', '1.2\n', 'a', '1.2 '])
		t.notOk(isUid(uid), JSON.stringify(uid));
});
