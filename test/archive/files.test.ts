/** Which files are instances, what their heads say, and their datasets as sources. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { candidates } from '../../src/archive/files/file-scan.ts';
import { InstanceFileSource, readInstanceFile } from '../../src/archive/files/instance-file.ts';
import type { Dataset, Element, Value, Vr } from '../../src/dicom/dataset.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { encodeFile, encodeFileMeta } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { DicomError } from '../../src/errors.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const element = (vr: Vr, ...values: readonly Value[]): Element => ({ vr, Value: values });
const instance = (uid: string, more: Dataset = {}): Dataset => ({
	'00080016': element('UI', CT),
	'00080018': element('UI', uid),
	'00100010': element('PN', { Alphabetic: 'DOE^JANE' }),
	...more,
});
const root = mkdtempSync(join(tmpdir(), 'dimse-files-'));
t.teardown(() => rmSync(root, { recursive: true, force: true }));

const put = (name: string, bytes: Uint8Array): string => {
	const path = join(root, name);
	mkdirSync(join(path, '..'), { recursive: true });
	writeFileSync(path, bytes);
	return path;
};
const failure = (use: () => unknown) => {
	try {
		use();
		return undefined;
	} catch (error) {
		return error instanceof DicomError ? error.failure : error;
	}
};

t.test('a Part 10 file: class, instance, syntax and where the dataset lies', async (t) => {
	const dataset = encodeDataset(instance('1.2.3'), EXPLICIT_LITTLE);
	const path = put('a.dcm', encodeFile(instance('1.2.3'), EXPLICIT_LITTLE));
	const found = readInstanceFile(path);
	t.match(found, {
		sopClassUid: CT,
		sopInstanceUid: '1.2.3',
		transferSyntaxUid: EXPLICIT_LITTLE,
		datasetLength: dataset.length,
	});
	if ('reason' in found) return t.fail(found.reason);
	const source = new InstanceFileSource(found);
	t.strictSame(source.readWhole(), dataset);
	t.match(
		failure(() => source.read([new Uint8Array(1)])),
		{ blame: 'io', code: 'CHANGED' },
		'past the end',
	);
	source.close();
	source.close();
});

t.test('what the file meta information leaves out is in the dataset', async (t) => {
	const bare = put('bare', encodeDataset(instance('1.2.4'), IMPLICIT_LITTLE));
	t.match(readInstanceFile(bare), { sopInstanceUid: '1.2.4', transferSyntaxUid: IMPLICIT_LITTLE, datasetOffset: 0 });
	const meta = encodeFileMeta({
		sopClassUid: '',
		sopInstanceUid: '',
		transferSyntaxUid: EXPLICIT_LITTLE,
		implementationClassUid: '1.2',
		implementationVersionName: 'X',
	});
	const path = put('sparse.dcm', Buffer.concat([meta, encodeDataset(instance('1.2.5'), EXPLICIT_LITTLE)]));
	t.match(readInstanceFile(path), { sopClassUid: CT, sopInstanceUid: '1.2.5', datasetOffset: meta.length });
});

t.test('what is no instance says why', async (t) => {
	t.match(readInstanceFile(put('text.txt', Buffer.from('hello, this is no DICOM at all, only text of some length'))), {
		reason: /./,
	});
	t.match(readInstanceFile(put('empty', new Uint8Array())), { reason: /empty/ });
	t.match(readInstanceFile(put('no-uid.dcm', encodeDataset({ '00080060': element('CS', 'CT') }, EXPLICIT_LITTLE))), {
		reason: /./,
	});
	t.match(readInstanceFile(root), { reason: 'not a file' });
	t.match(
		failure(() => readInstanceFile(join(root, 'absent'))),
		{ blame: 'io', code: 'ENOENT' },
	);
});

t.test('a file that changes between looking and sending is not sent', async (t) => {
	const path = put('growing.dcm', encodeFile(instance('1.2.6'), EXPLICIT_LITTLE));
	const found = readInstanceFile(path);
	if ('reason' in found) return t.fail(found.reason);
	appendFileSync(path, 'more');
	t.match(
		failure(() => new InstanceFileSource(found)),
		{ blame: 'io', code: 'CHANGED', path },
	);
});

t.test('folders in the order of their names, links followed but not round in a circle', async (t) => {
	put('tree/b/2.dcm', new Uint8Array(1));
	put('tree/a.dcm', new Uint8Array(1));
	put('tree/b/1.dcm', new Uint8Array(1));
	symlinkSync(join(root, 'tree'), join(root, 'tree/b/loop'));
	symlinkSync(join(root, 'a.dcm'), join(root, 'tree/link.dcm'));
	symlinkSync(join(root, 'nowhere'), join(root, 'tree/dead'));
	const names = (recurse: boolean) =>
		[...candidates([join(root, 'tree')], recurse)].map(({ path, isNamed }) => [path.slice(root.length + 6), isNamed]);
	t.strictSame(names(true), [
		['a.dcm', false],
		['b/1.dcm', false],
		['b/2.dcm', false],
		['link.dcm', false],
	]);
	t.strictSame(names(false), [
		['a.dcm', false],
		['link.dcm', false],
	]);
	put('beside/deep/4.dcm', new Uint8Array(1));
	put('beside/3.dcm', new Uint8Array(1));
	symlinkSync(join(root, 'beside'), join(root, 'tree/c'));
	symlinkSync(join(root, 'beside/deep'), join(root, 'tree/d'));
	symlinkSync(join(root, 'beside'), join(root, 'beside/deep/round'));
	symlinkSync(join(root, 'tree'), join(root, 'beside/deep/back'));
	symlinkSync(root, join(root, 'tree/above'));
	t.strictSame(
		names(true).map(([name]) => name),
		['a.dcm', 'b/1.dcm', 'b/2.dcm', 'c/3.dcm', 'c/deep/4.dcm', 'link.dcm'],
		'each folder once',
	);
	t.equal(names(false).length, 2);
	t.strictSame([...candidates([join(root, 'a.dcm')], true)], [{ path: join(root, 'a.dcm'), isNamed: true }]);
	t.match(
		failure(() => [...candidates([join(root, 'absent')], true)]),
		{ blame: 'io', code: 'ENOENT' },
	);
});

t.test('a DICOMDIR stands for the files it refers to, none of them outside its folder', async (t) => {
	const dicomdir = (folder: string, ...files: readonly (readonly string[])[]): string => {
		const records = files.map(
			(file): Dataset => ({ '00041430': element('CS', 'IMAGE'), '00041500': element('CS', ...file) }),
		);
		const directory: Dataset = {
			'00041130': element('CS', 'TEST'),
			'00041220': element('SQ', { '00041430': element('CS', 'PATIENT') }, ...records),
		};
		const meta = encodeFileMeta({
			sopClassUid: '1.2.840.10008.1.3.10',
			sopInstanceUid: '1.2.9',
			transferSyntaxUid: EXPLICIT_LITTLE,
			implementationClassUid: '1.2',
			implementationVersionName: 'X',
		});
		return put(`${folder}/DICOMDIR`, Buffer.concat([meta, encodeDataset(directory, EXPLICIT_LITTLE)]));
	};
	put('media/IMAGES/ONE', new Uint8Array(1));
	const good = dicomdir('media', ['IMAGES', 'ONE'], ['IMAGES', 'ABSENT']);
	t.strictSame(
		[...candidates([good], true)].map(({ path }) => path.slice(root.length)),
		['/media/IMAGES/ONE', '/media/IMAGES/ABSENT'],
	);
	t.match(readInstanceFile(good), { reason: /DICOMDIR/ });
	mkdirSync(join(root, 'outside'));
	put('outside/SECRET', new Uint8Array(1));
	mkdirSync(join(root, 'linked'));
	symlinkSync(join(root, 'outside'), join(root, 'linked/OUT'));
	for (const bad of [
		dicomdir('evil', ['..', 'outside', 'SECRET']),
		dicomdir('evil2', ['../outside/SECRET']),
		dicomdir('linked', ['OUT', 'SECRET']),
	])
		t.match(
			failure(() => [...candidates([bad], true)]),
			{ blame: 'io', code: 'OUTSIDE' },
			bad,
		);
	t.match(
		failure(() => [...candidates([put('fake/DICOMDIR', Buffer.from('x'))], true)]),
		{ blame: 'io', code: 'NOT_DICOM' },
	);
});
