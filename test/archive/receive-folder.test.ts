/** What is received lies where the layout says, once, whole, and nothing that was there is lost by it. */
import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	existsSync,
	globSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readInstanceFile } from '../../src/archive/files/instance-file.ts';
import { parseLayout } from '../../src/archive/files/layout.ts';
import {
	type Arriving,
	type Kept,
	ReceiveFolder,
	type ReceiveFolderOptions,
} from '../../src/archive/files/receive-folder.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { DicomError } from '../../src/errors.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';

const folderOf = (t: Test): string => {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-'));
	t.teardown(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
};

const receiveFolder = (
	folder: string,
	options: Partial<Omit<ReceiveFolderOptions, 'layout'>> & { layout?: string } = {},
) =>
	new ReceiveFolder({
		folder,
		exists: 'skip',
		durability: 'off',
		...options,
		layout: parseLayout(options.layout ?? '{StudyInstanceUID}/{SOPInstanceUID}.dcm'),
	});

const arriving = (sopInstanceUid: string, transferSyntaxUid = EXPLICIT_LITTLE): Arriving => ({
	sopClassUid: CT,
	sopInstanceUid,
	transferSyntaxUid,
	sourceAeTitle: 'CT1',
});

interface Instance {
	readonly uid: string;
	readonly study?: string;
	readonly patient?: string;
	readonly fill?: number;
	readonly length?: number;
}

const bytesOf = ({ uid, study = '1.2', patient = 'P1', fill = 0, length = 100 }: Instance): Uint8Array =>
	encodeDataset(
		{
			[TAG.SOPClassUID]: { vr: 'UI', Value: [CT] },
			[TAG.SOPInstanceUID]: { vr: 'UI', Value: [uid] },
			[TAG.PatientID]: { vr: 'LO', Value: [patient] },
			[TAG.StudyInstanceUID]: { vr: 'UI', Value: [study] },
			[TAG.SeriesInstanceUID]: { vr: 'UI', Value: ['1.2.1'] },
			[TAG.PixelData]: { vr: 'OW', Value: [new Uint8Array(length).fill(fill)] },
		},
		EXPLICIT_LITTLE,
	);

/** @returns the status, and what was told of it */
const receive = async (
	into: ReceiveFolder,
	instance: Arriving,
	bytes: Uint8Array,
): Promise<{ readonly status: number; readonly kept?: Kept }> => {
	let kept: Kept | undefined;
	const receiver = into.receiver(instance, (one) => {
		kept = one;
	});
	if ('refusal' in receiver) return { status: receiver.refusal };
	for (let at = 0; at < bytes.length; at += 1000) receiver.write(bytes.subarray(at, at + 1000));
	const outcome = await receiver.commit();
	const status = typeof outcome === 'number' ? outcome : outcome.status;
	return kept === undefined ? { status } : { status, kept };
};

const take = (into: ReceiveFolder, instance: Instance) => receive(into, arriving(instance.uid), bytesOf(instance));

const filesOf = (folder: string): string[] =>
	globSync('**', { cwd: folder, withFileTypes: true })
		.filter((entry) => !entry.isDirectory())
		.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
		.sort();

for (const durability of ['full', 'data', 'off'] as const)
	t.test(`an instance is where the layout says: ${durability}`, async (t) => {
		const folder = folderOf(t);
		const into = receiveFolder(join(folder, 'new', 'folder'), { durability });
		await into.open();
		const { status, kept } = await take(into, { uid: '1.2.3' });
		t.equal(status, 0x0000);
		const file = join(folder, 'new', 'folder', '1.2', '1.2.3.dcm');
		t.same(kept, {
			studyInstanceUid: '1.2',
			seriesInstanceUid: '',
			bytes: bytesOf({ uid: '1.2.3' }).length,
			file,
			outcome: 'new',
		});
		t.match(readInstanceFile(file), { sopInstanceUid: '1.2.3', sopClassUid: CT, transferSyntaxUid: EXPLICIT_LITTLE });
		t.same(filesOf(folder), ['new/folder/1.2/1.2.3.dcm'], 'and nothing else');
	});

t.test('the same again', async (t) => {
	const cases: readonly {
		readonly exists: ReceiveFolderOptions['exists'];
		readonly second: Instance;
		readonly outcome: Kept['outcome'];
		readonly files: Readonly<Record<string, number>>;
	}[] = [
		{ exists: 'skip', second: { uid: '1.2.3', fill: 2 }, outcome: 'skipped', files: { '1.2/1.2.3.dcm': 1 } },
		{
			exists: 'skip',
			second: { uid: '1.2.3', fill: 2, length: 102 },
			outcome: 'kept-both',
			files: { '1.2/1.2.3.dcm': 1, '1.2/1.2.3-2.dcm': 2 },
		},
		{ exists: 'overwrite', second: { uid: '1.2.3', fill: 2 }, outcome: 'overwritten', files: { '1.2/1.2.3.dcm': 2 } },
		{
			exists: 'keep-both',
			second: { uid: '1.2.3', fill: 2 },
			outcome: 'kept-both',
			files: { '1.2/1.2.3.dcm': 1, '1.2/1.2.3-2.dcm': 2 },
		},
	];
	for (const { exists, second, outcome, files } of cases)
		for (const durability of ['full', 'off'] as const) {
			const folder = folderOf(t);
			const into = receiveFolder(folder, { exists, durability });
			await take(into, { uid: '1.2.3', fill: 1 });
			const { status, kept } = await take(into, second);
			t.equal(status, 0x0000);
			t.equal(kept?.outcome, outcome);
			t.ok(kept !== undefined && existsSync(kept.file));
			t.same(filesOf(folder), Object.keys(files).sort());
			for (const [file, fill] of Object.entries(files))
				t.equal(readFileSync(join(folder, file)).at(-1), fill, `${exists}: ${file}`);
		}
});

t.test('a third time', async (t) => {
	const folder = folderOf(t);
	const skipping = receiveFolder(folder);
	const lengths = [100, 102, 104, 102, 100];
	const outcomes = [];
	for (const length of lengths) outcomes.push((await take(skipping, { uid: '1.2.3', length })).kept?.outcome);
	t.same(outcomes, ['new', 'kept-both', 'kept-both', 'skipped', 'skipped']);
	t.same(filesOf(folder), ['1.2/1.2.3-2.dcm', '1.2/1.2.3-3.dcm', '1.2/1.2.3.dcm']);
});

t.test('two instances that share a name are both kept, whatever --exists says', async (t) => {
	for (const exists of ['skip', 'overwrite', 'keep-both'] as const) {
		const folder = folderOf(t);
		const into = receiveFolder(folder, { exists, layout: '{PatientID}.dcm' });
		await take(into, { uid: '1.2.3', fill: 1 });
		t.equal((await take(into, { uid: '1.2.4', fill: 2 })).kept?.outcome, 'kept-both');
		t.same(filesOf(folder), ['P1-2.dcm', 'P1.dcm']);
		t.equal(readFileSync(join(folder, 'P1.dcm')).at(-1), 1);
	}
});

t.test('eight times the same at once: one file, and nobody is told what is not so', async (t) => {
	for (const durability of ['full', 'off'] as const) {
		const folder = folderOf(t);
		const into = receiveFolder(folder, { durability });
		const results = await Promise.all(Array.from({ length: 8 }, () => take(into, { uid: '1.2.3' })));
		t.same(results.map(({ kept }) => kept?.outcome).sort(), ['new', ...Array.from({ length: 7 }, () => 'skipped')]);
		t.same(filesOf(folder), ['1.2/1.2.3.dcm']);
	}
});

t.test('what is in the way is neither followed nor replaced by another instance', async (t) => {
	const outer = folderOf(t);
	const folder = join(outer, 'inside');
	for (const path of [folder, join(folder, '1.2'), join(outer, 'outside')]) mkdirSync(path);
	symlinkSync('../../outside/victim', join(folder, '1.2', '1.2.3.dcm'));
	writeFileSync(join(folder, '1.2', '1.2.4.dcm'), 'my notes');
	symlinkSync('../outside', join(folder, '1.3'));
	const into = receiveFolder(folder, { exists: 'overwrite' });
	t.equal((await take(into, { uid: '1.2.3' })).kept?.outcome, 'kept-both');
	t.equal((await take(into, { uid: '1.2.4' })).kept?.outcome, 'kept-both');
	t.equal(readFileSync(join(folder, '1.2', '1.2.4.dcm'), 'utf8'), 'my notes');
	await t.rejects(take(into, { uid: '1.2.5', study: '1.3' }), {
		message: `${join(folder, '1.3')} is a link or a file, not a folder`,
	});
	t.same(readdirSync(join(outer, 'outside')), []);
});

t.test('hostile values, everywhere: nothing outside the folder', async (t) => {
	const outer = folderOf(t);
	const folder = join(outer, 'inside');
	const into = receiveFolder(folder, { layout: '{StudyInstanceUID}/{PatientID}/{SOPInstanceUID}.dcm' });
	await into.open();
	let number = 0;
	for (const value of HOSTILE_NAMES) {
		if (value.length > 60_000) continue;
		const text = value.toWellFormed().replaceAll('\\', '/');
		const uid = `1.2.${++number}`;
		const element = (vr: 'UI' | 'LO') => ({ vr, Value: [text] });
		let bytes: Uint8Array;
		try {
			bytes = encodeDataset(
				{
					[TAG.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] },
					[TAG.SOPClassUID]: { vr: 'UI', Value: [CT] },
					[TAG.SOPInstanceUID]: { vr: 'UI', Value: [uid] },
					[TAG.PatientID]: element('LO'),
					[TAG.StudyInstanceUID]: element('UI'),
				},
				EXPLICIT_LITTLE,
			);
		} catch {
			continue; // our own encoder refuses to say it
		}
		t.equal((await receive(into, arriving(uid), bytes)).status, 0x0000, uid);
	}
	t.ok(number > 20);
	t.same(readdirSync(outer), ['inside']);
	t.equal(
		filesOf(folder).every((file) => /\/1\.2\.\d+\.dcm$/.test(file)),
		true,
	);
});

const GROUP_2 = encodeDataset({ '00020010': { vr: 'UI', Value: ['1.2.840.10008.1.2.2'] } }, EXPLICIT_LITTLE);

t.test('an instance is kept under its own UID or not at all', async (t) => {
	const folder = folderOf(t);
	const into = receiveFolder(folder);
	const cases: readonly (readonly [what: string, instance: Arriving, bytes: Uint8Array, status: number])[] = [
		['another instance', arriving('1.2.9'), bytesOf({ uid: '1.2.3' }), 0xa900],
		[
			'another class',
			{ ...arriving('1.2.3'), sopClassUid: '1.2.840.10008.5.1.4.1.1.4' },
			bytesOf({ uid: '1.2.3' }),
			0xa900,
		],
		['nothing', arriving('1.2.3'), new Uint8Array(0), 0xc000],
		['no dataset', arriving('1.2.3'), new Uint8Array(5000).fill(0xff), 0xc000],
		['a group 0002', arriving('1.2.3'), Buffer.concat([GROUP_2, bytesOf({ uid: '1.2.3' })]), 0xc000],
		['a padded UID', arriving('1.2.3'), bytesOf({ uid: '1.2.3 ' }), 0x0000],
		['a private transfer syntax', arriving('1.2.4', '1.2.3.4.5'), new Uint8Array(5000).fill(0xff), 0x0000],
	];
	for (const [what, instance, bytes, status] of cases)
		t.equal((await receive(into, instance, bytes)).status, status, what);
	t.same(filesOf(folder), ['1.2/1.2.3.dcm', 'no-StudyInstanceUID/1.2.4.dcm']);
});

t.test('a folder that cannot be written into', async (t) => {
	const folder = folderOf(t);
	writeFileSync(join(folder, 'file'), '');
	const codeOf = async (path: string): Promise<unknown> => {
		try {
			await receiveFolder(path).open();
			return 'opened';
		} catch (error) {
			return error instanceof DicomError && error.failure.blame === 'io'
				? [error.failure.code, error.failure.path]
				: error;
		}
	};
	t.same(await codeOf(join(folder, 'file')), ['ENOTDIR', join(folder, 'file')]);
	t.same(await codeOf(join(folder, 'file', 'x')), ['ENOTDIR', join(folder, 'file', 'x')]);
	t.same(await codeOf('/proc/nothing'), ['UNMAKEABLE', '/proc/nothing']);
	// Root may write anywhere: somebody else tries.
	chmodSync(folder, 0o755);
	const url = new URL('../../src/archive/files/receive-folder.ts', import.meta.url).href;
	const script = `
		process.setuid?.(65534);
		const { ReceiveFolder } = await import(${JSON.stringify(url)});
		const { parseLayout } = await import(${JSON.stringify(url.replace('receive-folder', 'layout'))});
		await new ReceiveFolder({ folder: ${JSON.stringify(folder)}, exists: 'skip', durability: 'off', layout: parseLayout('x') })
			.open()
			.then(() => console.log('opened'), ({ failure }) => console.log(failure.code, failure.path));`;
	if (process.getuid?.() === 0) {
		// Without the NODE_OPTIONS that every child of a test gets: their hooks write where nobody may.
		const program = ['-u', 'NODE_OPTIONS', process.execPath, '--input-type=module', '-e', script];
		const told = execFileSync('env', program, { encoding: 'utf8' });
		t.equal(told.trim(), `EACCES ${folder}`);
	}
});

t.test('a floor of free space', async (t) => {
	const folder = folderOf(t);
	t.equal((await take(receiveFolder(folder, { minFreeBytes: 1 }), { uid: '1.2.3' })).status, 0x0000);
	t.equal(
		(await take(receiveFolder(folder, { minFreeBytes: Number.MAX_SAFE_INTEGER }), { uid: '1.2.4' })).status,
		0xa700,
	);
	t.same(filesOf(folder), ['1.2/1.2.3.dcm']);
});

t.test('a dataset that ends within its Pixel Data is not kept', async (t) => {
	const folder = folderOf(t);
	const into = receiveFolder(folder);
	await into.open();
	const whole = bytesOf({ uid: '1.2.3', length: 5000 });
	const receiver = into.receiver(arriving('1.2.3'), () => t.fail('kept'));
	if ('refusal' in receiver) return;
	// In pieces that cut every header somewhere.
	for (let at = 0; at < whole.length - 4000; at++) receiver.write(whole.subarray(at, at + 1));
	t.same(await receiver.commit(), { status: 0xc000, errorComment: 'the dataset ends within (7FE0,0010)' });
	t.same(readdirSync(folder), []);
	t.equal((await receive(into, arriving('1.2.3'), Uint8Array.of(...whole, 0xfc, 0xff))).status, 0x0000);
	// Private syntaxes nobody can read.
	const cut = whole.subarray(0, whole.length - 1);
	t.equal((await receive(into, arriving('1.2.3', '1.2.3.4.5'), cut)).status, 0x0000);
});
