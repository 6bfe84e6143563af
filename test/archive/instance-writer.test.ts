/** An instance becomes a file whole or not at all, below its folder or nowhere. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import t, { type Test } from 'tap';
import { FolderTree, syncFolder } from '../../src/archive/files/folders.ts';
import { InstanceWriter, type WriterOptions } from '../../src/archive/files/instance-writer.ts';
import { newPartName, sweepParts } from '../../src/archive/files/part-sweep.ts';
import { textOf } from '../../src/dicom/dataset.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { readFileMeta } from '../../src/dicom/part10.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { DicomError } from '../../src/errors.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';

const options = (folder: WriterOptions['folder'], more: Partial<WriterOptions> = {}): WriterOptions => ({
	folder,
	sopClassUid: CT,
	sopInstanceUid: '1.2.3',
	transferSyntaxUid: EXPLICIT_LITTLE,
	durability: 'off',
	...more,
});

const DATASET = encodeDataset(
	{
		[TAG.SOPClassUID]: { vr: 'UI', Value: [CT] },
		[TAG.SOPInstanceUID]: { vr: 'UI', Value: ['1.2.3'] },
		[TAG.StudyInstanceUID]: { vr: 'UI', Value: ['1.2'] },
		[TAG.PixelData]: { vr: 'OW', Value: [Uint8Array.from({ length: 200_000 }, (_, at) => (at * 7) % 251)] },
	},
	EXPLICIT_LITTLE,
);

const folderOf = (t: Test): string => {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-'));
	t.teardown(() => rmSync(folder, { recursive: true }));
	return folder;
};

const codeOf = (error: unknown): string => {
	if (!(error instanceof DicomError)) return String(error);
	return error.failure.blame === 'io' ? error.failure.code : error.failure.blame;
};

const failed = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', codeOf);

const thrown = (work: () => unknown): string => {
	try {
		work();
		return 'done';
	} catch (error) {
		return codeOf(error);
	}
};

for (const durability of ['full', 'data', 'off'] as const)
	for (const size of [1, 100, 16_383, 16_384, 70_000, DATASET.length])
		t.test(`${durability}, in stretches of ${size}`, async (t) => {
			const folder = folderOf(t);
			const writer = new InstanceWriter(
				options(folder, { durability, headerUntil: TAG.PixelData, digest: true, sourceAeTitle: 'CT1' }),
			);
			// The same memory for every stretch, as a transport has it.
			const lent = new Uint8Array(size);
			const length = size === 1 ? 3000 : DATASET.length;
			for (let at = 0; at < length; at += size) {
				const part = DATASET.subarray(at, Math.min(at + size, length));
				lent.set(part);
				writer.write(lent.subarray(0, part.length));
			}
			lent.fill(0xff);
			t.match(readdirSync(folder), [/^\.dimse-.*\.part$/], 'nothing but the part');
			await writer.finish();
			await writer.moveTo(join(folder, 'a', 'b', 'c.dcm'));
			t.same(readdirSync(folder), ['a']);
			const file = readFileSync(join(folder, 'a', 'b', 'c.dcm'));
			const meta = readFileMeta(file);
			if (meta.kind !== 'part10') return t.fail('no DICOM file');
			t.same(
				[meta.mediaStorageSopClassUid, meta.mediaStorageSopInstanceUid, meta.transferSyntaxUid],
				[CT, '1.2.3', EXPLICIT_LITTLE],
			);
			t.equal(textOf(meta.meta, TAG.SourceApplicationEntityTitle), 'CT1');
			const dataset = file.subarray(meta.datasetOffset);
			t.ok(dataset.equals(DATASET.subarray(0, length)), 'bit for bit');
			t.equal(writer.datasetLength, length);
			t.same(Buffer.from(writer.digest ?? []), createHash('sha256').update(dataset).digest());
			t.equal(textOf(writer.header, TAG.StudyInstanceUID), '1.2');
			t.equal(lstatSync(join(folder, 'a', 'b', 'c.dcm')).mode & 0o777, 0o600);
			return undefined;
		});

t.test('a name is never taken from another file', async (t) => {
	const folder = folderOf(t);
	writeFileSync(join(folder, 'a.dcm'), 'old');
	symlinkSync(join(folder, 'nowhere'), join(folder, 'b.dcm'));
	for (const durability of ['full', 'off'] as const) {
		const writer = new InstanceWriter(options(folder, { durability }));
		writer.write(DATASET);
		await writer.finish();
		t.equal(await writer.linkTo(join(folder, 'a.dcm')), false);
		t.equal(await writer.linkTo(join(folder, 'b.dcm')), false, 'nor from a link that leads nowhere');
		t.equal(readFileSync(join(folder, 'a.dcm'), 'utf8'), 'old');
		t.equal(await writer.linkTo(join(folder, `${durability}.dcm`)), true);
	}
	t.same(readdirSync(folder).sort(), ['a.dcm', 'b.dcm', 'full.dcm', 'off.dcm']);
	const writer = new InstanceWriter(options(folder));
	await writer.finish();
	await writer.moveTo(join(folder, 'b.dcm'));
	t.ok(lstatSync(join(folder, 'b.dcm')).isFile(), 'the link itself is replaced');
	t.notOk(existsSync(join(folder, 'nowhere')));
});

t.test('nothing is left of what is discarded', async (t) => {
	const folder = folderOf(t);
	const early = new InstanceWriter(options(folder));
	await early.discard();
	const midway = new InstanceWriter(options(folder));
	midway.write(DATASET);
	await midway.discard();
	await midway.discard();
	const late = new InstanceWriter(options(folder, { durability: 'full' }));
	late.write(DATASET);
	await late.finish();
	await late.discard();
	t.same(readdirSync(folder), []);
	const kept = new InstanceWriter(options(folder));
	await kept.finish();
	await kept.moveTo(join(folder, 'a.dcm'));
	await kept.discard();
	t.same(readdirSync(folder), ['a.dcm'], 'what has its name stays');
});

t.test('no way leads out of the folder', async (t) => {
	const outer = folderOf(t);
	for (const name of ['inside', 'outside']) mkdirSync(join(outer, name));
	const folder = join(outer, 'inside');
	symlinkSync('../outside', join(folder, 'link'));
	writeFileSync(join(folder, 'file'), '');
	const writer = new InstanceWriter(options(folder));
	await writer.finish();
	t.equal(await failed(writer.moveTo(join(folder, 'link', 'a.dcm'))), 'ENOTDIR');
	t.equal(await failed(writer.linkTo(join(folder, 'link', 'deeper', 'a.dcm'))), 'ENOTDIR');
	t.equal(await failed(writer.linkTo(join(folder, 'file', 'a.dcm'))), 'ENOTDIR');
	await t.rejects(writer.moveTo(join(folder, '..', 'outside', 'a.dcm')), { name: 'LocalMisuse' });
	await writer.discard();
	t.same(readdirSync(join(outer, 'outside')), []);
});

t.test('a folder that was taken away is made again', async (t) => {
	const folder = folderOf(t);
	const tree = new FolderTree(folder);
	for (const name of ['1', '2']) {
		const writer = new InstanceWriter(options(tree));
		await writer.finish();
		await writer.moveTo(join(folder, 'a', 'b', name));
		if (name === '1') execFileSync('rm', ['-r', join(folder, 'a')]);
	}
	t.same(readdirSync(join(folder, 'a', 'b')), ['2']);
});

t.test('what cannot be written is told as io', async (t) => {
	const missing = join(folderOf(t), 'missing');
	t.equal(
		thrown(() => new InstanceWriter(options(missing))),
		'ENOENT',
	);
	t.equal(
		thrown(() => new InstanceWriter(options(folderOf(t), { sopInstanceUid: '1'.repeat(65) }))),
		'usage',
	);
	// The size of files is limited in another process, since it stays so for the whole of it.
	const script = `
		import { InstanceWriter } from ${JSON.stringify(new URL('../../src/archive/files/instance-writer.ts', import.meta.url).href)};
		process.on('SIGXFSZ', () => {});
		const writer = new InstanceWriter(${JSON.stringify(options(folderOf(t)))});
		try {
			for (let i = 0; i < 8; i++) writer.write(new Uint8Array(100_000));
			console.log('written');
		} catch (error) {
			console.log(error.failure.code);
		}
		await writer.discard();`;
	const told = execFileSync(
		'bash',
		['-c', 'ulimit -f 300; exec "$0" --input-type=module -e "$1"', process.execPath, script],
		{
			encoding: 'utf8',
		},
	);
	t.equal(told.trim(), 'EFBIG', 'a write that took less than it was given is gone on with');
});

t.test('the sweep takes what dead processes left, and nothing else', async (t) => {
	const folder = folderOf(t);
	for (const name of ['a.dcm', '.dimse-of-somebody.part', 'x.part']) writeFileSync(join(folder, name), '');
	mkdirSync(join(folder, 'below'));
	const url = new URL('../../src/archive/files/part-sweep.ts', import.meta.url).href;
	const script = `import { newPartName } from ${JSON.stringify(url)}; console.log(newPartName());`;
	const dead = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim();
	const child = spawn(process.execPath, ['--input-type=module', '-e', `${script} setInterval(() => {}, 1000);`]);
	t.teardown(() => child.kill('SIGKILL'));
	const living = await new Promise<string>((resolve) => {
		child.stdout.once('data', (text: Buffer) => resolve(text.toString().trim()));
	});
	const own = newPartName();
	const elsewhere = dead.replace(/^\.dimse-.{8}/, '.dimse-00000000');
	const stale = elsewhere.replace('.part', '0.part');
	for (const name of [dead, living, own, elsewhere, stale]) writeFileSync(join(folder, name), 'half');
	utimesSync(join(folder, stale), 0, 0);
	mkdirSync(join(folder, dead.replace('.part', '9.part')));
	const { removed, left } = await sweepParts(folder);
	t.same([...removed].sort(), [dead, stale].sort());
	t.same([...left].sort(), [living, elsewhere, dead.replace('.part', '9.part')].sort());
	t.ok(existsSync(join(folder, own)));
	t.same(
		readdirSync(folder)
			.filter((name) => !name.startsWith('.dimse-') || name === '.dimse-of-somebody.part')
			.sort(),
		['.dimse-of-somebody.part', 'a.dcm', 'below', 'x.part'],
	);
	t.equal(await failed(sweepParts(join(folder, 'nowhere'))), 'ENOENT');
});

t.test('part names are unique', (t) => {
	const names = new Set(Array.from({ length: 1000 }, newPartName));
	t.equal(names.size, 1000);
	t.equal(basename([...names][0] ?? ''), [...names][0]);
	t.end();
});

t.test('syncing a folder: all who ask are told, also of a failure', async (t) => {
	const folder = folderOf(t);
	await Promise.all(Array.from({ length: 20 }, () => syncFolder(folder)));
	const missing = join(folder, 'missing');
	const results = await Promise.allSettled(Array.from({ length: 5 }, () => syncFolder(missing)));
	t.same(
		results.map((result) => (result.status === 'rejected' ? codeOf(result.reason) : result.status)),
		Array.from({ length: 5 }, () => 'ENOENT'),
	);
	await syncFolder(folder);
});
