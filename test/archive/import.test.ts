/** Files from elsewhere: taken in as they are, told apart from what is none, and shared where that is asked for and can be. */
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { ImportProgress } from '../../src/archive/archive.ts';
import { FOLDER_LOCK } from '../../src/archive/database-lock.ts';
import { stringsOf } from '../../src/dicom/dataset.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { encodeFile, readFileMeta } from '../../src/dicom/part10.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { bytesOf, CT, contentsOf, datasetOf, folderOf, openArchive, rejectionOf } from './archive-fixture.ts';
import { mountTmpfs, withoutMounts } from './mounts.ts';

const filesIn = (folder: string): string[] =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name !== FOLDER_LOCK)
		.map((entry) => join(entry.parentPath, entry.name));

/** Ten good files of two studies, and what lies about. */
const writeFolder = (folder: string): string => {
	const from = join(folder, 'from');
	mkdirSync(join(from, 'deep', 'er'), { recursive: true });
	for (let at = 0; at < 10; at++)
		writeFileSync(
			join(from, at < 5 ? `${at}.dcm` : `deep/er/${at}`),
			encodeFile(
				datasetOf({ sop: `1.2.3.${at}`, study: `1.${at % 2}`, series: `1.${at % 2}.1`, bytes: 100 + 2 * at }),
				EXPLICIT_LITTLE,
			),
		);
	writeFileSync(join(from, 'notes.txt'), 'no instance');
	writeFileSync(join(from, 'empty.dcm'), '');
	writeFileSync(join(from, '.DS_Store'), 'no instance');
	writeFileSync(join(from, 'no-study.dcm'), encodeFile(datasetOf({ sop: '1.2.3.99', study: '' }), EXPLICIT_LITTLE));
	const twoSeries = { [TAG.SeriesInstanceUID]: { vr: 'UI', Value: ['1.2.3', '1.2.4'] } } as const;
	writeFileSync(
		join(from, 'two-series.dcm'),
		encodeFile({ ...datasetOf({ sop: '1.2.3.98' }), ...twoSeries }, EXPLICIT_LITTLE),
	);
	return from;
};

t.test('a folder, and what in it is no instance', async (t) => {
	const folder = folderOf(t);
	const from = writeFolder(folder);
	const { archive, settings } = await openArchive(t, {}, folder);
	const progress: ImportProgress[] = [];
	const report = await archive.import([from], { on: (one) => progress.push(one) });
	t.match(report, { files: 14, imported: 10, replaced: 0, duplicates: 0, failed: 4, missing: 2 });
	t.same(report.failures.map(({ path }) => path.slice(from.length + 1)).sort(), [
		'empty.dcm',
		'no-study.dcm',
		'notes.txt',
		'two-series.dcm',
	]);
	for (const { reason } of report.failures) t.match(reason, /^.{5,}$/);
	t.equal(progress.length, 14);
	t.same(progress.at(-1), { files: 14, imported: 10, replaced: 0, duplicates: 0, failed: 4 });
	t.match(await archive.counts(), { instances: 10, studies: 2 });
	const contents = await contentsOf(archive, ['1.2.3.7']);
	t.same(contents.get('1.2.3.7'), bytesOf(datasetOf({ sop: '1.2.3.7', study: '1.1', series: '1.1.1', bytes: 114 })));
	t.equal(filesIn(settings.instanceFolder).length, 10);

	t.match(await archive.import([from]), { imported: 0, duplicates: 10, failed: 4 }, 'the second time nothing is new');
	t.equal(filesIn(settings.instanceFolder).length, 10);
});

t.test('what takes the place of another is no new one, and a SOP class may be refused', async (t) => {
	const folder = folderOf(t);
	const { archive } = await openArchive(t, {}, folder);
	const paths = [1, 2].map((fill) => {
		const path = join(folder, String(fill));
		writeFileSync(path, encodeFile(datasetOf({ sop: '1.2.3.1', fill }), EXPLICIT_LITTLE));
		return path;
	});
	const refusalOf = (sopClassUid: string) => `not ${sopClassUid}`;
	t.match(await archive.import(paths, { refusalOf }), {
		...{ imported: 0, failed: 2, missing: 2 },
		failures: paths.map((path) => ({ path, reason: `not ${CT}` })),
	});
	t.match(await archive.import(paths), { imported: 1, replaced: 1, duplicates: 0, failed: 0, missing: 0 });
	t.match(await archive.counts(), { instances: 1 });
});

t.test('studies that go over to another patient are named', async (t) => {
	const folder = folderOf(t);
	const { archive } = await openArchive(t, {}, folder);
	for (const patientId of ['A', 'B']) {
		const path = join(folder, patientId);
		writeFileSync(
			path,
			encodeFile(
				datasetOf({ sop: `1.2.${path.length}${patientId.charCodeAt(0)}`, study: '1.9', patientId }),
				EXPLICIT_LITTLE,
			),
		);
		t.match(await archive.import([path]), { imported: 1, movedStudies: patientId === 'A' ? [] : ['1.9'] });
	}
});

t.test('linked where that can be', async (t) => {
	const folder = folderOf(t);
	const from = writeFolder(folder);
	const { archive, settings } = await openArchive(t, {}, folder);
	t.match(await archive.import([from], { mode: 'link' }), { imported: 10, sharing: 10, failed: 4 });
	const inodes = new Set(filesIn(from).map((path) => statSync(path).ino));
	t.ok(filesIn(settings.instanceFolder).every((path) => inodes.has(statSync(path).ino)));
	t.equal(
		(
			await contentsOf(
				archive,
				Array.from({ length: 10 }, (_, at) => `1.2.3.${at}`),
			)
		).size,
		10,
	);
	t.match(await archive.import([from], { mode: 'link' }), { imported: 0, duplicates: 10 });
	t.equal(filesIn(settings.instanceFolder).length, 10);
	t.equal(filesIn(from).length, 15, 'what was linked is still there');
});

t.test('copied from another file system, whatever was asked', { skip: withoutMounts }, async (t) => {
	const folder = folderOf(t);
	mkdirSync(join(folder, 'other'));
	mountTmpfs(t, join(folder, 'other'), '4m');
	const from = writeFolder(join(folder, 'other'));
	const { archive } = await openArchive(t, {}, folder);
	t.match(await archive.import([from], { mode: 'link' }), { imported: 10, sharing: 0 });
});

t.test('files that are bare, damaged, in another transfer syntax, a link', async (t) => {
	const folder = folderOf(t);
	const { archive, settings } = await openArchive(t, {}, folder);
	const bare = join(folder, 'bare');
	writeFileSync(bare, encodeDataset(datasetOf({ sop: '1.2.3.1' }), IMPLICIT_LITTLE));
	const implicit = join(folder, 'implicit.dcm');
	writeFileSync(implicit, encodeFile(datasetOf({ sop: '1.2.3.2' }), IMPLICIT_LITTLE));
	const link = join(folder, 'link.dcm');
	symlinkSync(implicit, link);
	const cut = join(folder, 'cut.dcm');
	writeFileSync(cut, encodeFile(datasetOf({ sop: '1.2.3.3' }), EXPLICIT_LITTLE));
	truncateSync(cut, 400);
	const report = await archive.import([bare, implicit, link, cut]);
	t.match(report, { files: 4, imported: 2, duplicates: 1, failed: 1 });
	t.same(
		report.failures.map(({ path }) => path),
		[cut],
	);
	const contents = await contentsOf(archive, ['1.2.3.1', '1.2.3.2']);
	t.same(contents.get('1.2.3.1'), encodeDataset(datasetOf({ sop: '1.2.3.1' }), IMPLICIT_LITTLE));
	for (const path of filesIn(settings.instanceFolder))
		t.match(
			readFileMeta(readFileSync(path)),
			{ kind: 'part10', transferSyntaxUid: IMPLICIT_LITTLE },
			'all have file meta information',
		);
});

t.test('paths that are not there', async (t) => {
	const folder = folderOf(t);
	const { archive } = await openArchive(t, {}, folder);
	t.equal(await rejectionOf(archive.import([join(folder, 'none')])), 'ENOENT');
});

t.test('called off between two files', async (t) => {
	const folder = folderOf(t);
	const from = writeFolder(folder);
	const { archive } = await openArchive(t, {}, folder);
	const called = new AbortController();
	const report = await archive.import([from], { signal: called.signal, on: () => called.abort() });
	t.ok(report.files < 13, `${report.files} files`);
	t.equal((await archive.counts()).instances, report.imported, 'what was begun is whole');
});

t.test('a long file keeps nobody waiting', async (t) => {
	const folder = folderOf(t);
	const long = join(folder, 'long.dcm');
	writeFileSync(long, encodeFile(datasetOf({ sop: '1.2.3.1', bytes: 80_000_000 }), EXPLICIT_LITTLE));
	const { archive } = await openArchive(t, { durability: 'off' }, folder);
	let turns = 0;
	const timer = setInterval(() => turns++, 1);
	t.match(await archive.import([long]), { imported: 1 });
	clearInterval(timer);
	t.ok(turns >= 3, `${turns} turns of others`);
	const found = await archive.instancesByUid(['1.2.3.1']);
	if ('refusal' in found) return t.fail('refused');
	t.ok((found.instances[0]?.datasetLength ?? 0) > 80_000_000);
	t.same(stringsOf(datasetOf({ sop: '1.2.3.1' }), TAG.SOPInstanceUID), ['1.2.3.1']);
	return undefined;
});
