/** A worklist folder: what is found by which keys, what is read again, what is passed over. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { WorklistFolder } from '../../src/archive/worklist/worklist-folder.ts';
import { type Dataset, type Element, itemsOf, textOf } from '../../src/dicom/dataset.ts';
import { toJsonModel } from '../../src/dicom/json-model.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { MODALITY_WORKLIST_FIND, UPS_PULL } from '../../src/dicom/sop-classes.ts';
import type { Vr } from '../../src/dicom/vr.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const root = mkdtempSync(join(tmpdir(), 'dimse-worklist-'));
t.teardown(() => rmSync(root, { recursive: true, force: true }));

const text = (vr: Vr, ...values: string[]): Element => ({ vr, Value: values });

/** One worklist item; `step` is its Scheduled Procedure Step. */
const item = (id: string, name: string, step: Dataset, more: Dataset = {}): Dataset => ({
	'00080005': text('CS', 'ISO_IR 192'),
	'00080050': text('SH', `A${id}`),
	'00100010': text('PN', name),
	'00100020': text('LO', id),
	'0020000D': text('UI', `1.2.3.${id}`),
	'00400100': { vr: 'SQ', Value: [step] },
	...more,
});

const step = (modality: string, station: string, date: string, time: string, physician = ''): Dataset => ({
	'00080060': text('CS', modality),
	'00400001': text('AE', station),
	'00400002': text('DA', date),
	'00400003': text('TM', time),
	'00400006': text('PN', physician),
});

const ITEMS: Readonly<Record<string, Dataset>> = {
	'1.wl': item('1', 'MÜLLER^ÄNNE', step('CT', 'CT01', '20240705', '1000', 'HOUSE^GREGORY')),
	'2.wl': item('2', 'Wang^XiaoDong=王^小东', step('MR', 'MR01', '20240706', '093000.5', 'WILSON^JAMES')),
	'3.wl': item('3', 'Wangler^Eva', step('CT', 'CT02', '20240707', '1830', 'CHASE')),
	'4.wl': item('4', 'Nobody^Known', step('US', 'US01', '20240707', '')),
};

const folderOf = (name: string, files: Readonly<Record<string, string | Uint8Array>>): string => {
	const folder = join(root, name);
	mkdirSync(folder, { recursive: true });
	for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
	return folder;
};

const part10 = (dataset: Dataset): Uint8Array =>
	encodeFile({ '00080016': text('UI', '1.2'), '00080018': text('UI', '1.3'), ...dataset }, EXPLICIT);

const ids = async (worklist: WorklistFolder, keys: Dataset, sopClassUid = MODALITY_WORKLIST_FIND) => {
	const found: string[] = [];
	for await (const one of worklist.search(keys, { sopClassUid, signal: new AbortController().signal }))
		found.push(
			'refusal' in one
				? `refused ${one.refusal.offendingElements ?? one.refusal.errorComment}`
				: textOf(one.item, '00100020'),
		);
	return found.join(' ');
};

const inStep = (keys: Dataset): Dataset => ({ '00400100': { vr: 'SQ', Value: [keys] } });

/** PS3.4 C.2.2.2 and K.6: keys and the patients of the items they find. */
const CASES: readonly [name: string, keys: Dataset, found: string][] = [
	['universal', { '00100010': text('PN') }, '1 2 3 4'],
	['a star', { '00100020': text('LO', '*') }, '1 2 3 4'],
	['an empty sequence', { '00400100': { vr: 'SQ', Value: [] } }, '1 2 3 4'],
	['a sequence of empty keys', inStep(step('', '', '', '')), '1 2 3 4'],
	['Patient ID', { '00100020': text('LO', '2') }, '2'],
	['Patient ID that begins so', { '00100020': text('LO', '2?') }, ''],
	['Accession Number, wildcard', { '00080050': text('SH', 'A*') }, '1 2 3 4'],
	['Accession Number, another case', { '00080050': text('SH', 'a1') }, ''],
	['a UID, and a list of them', { '0020000D': text('UI', '1.2.3.4', '1.2.3.1') }, '1 4'],
	['no wildcards in UIDs', { '0020000D': text('UI', '1.2.3.*') }, ''],
	['name without case and accents', { '00100010': text('PN', 'muller^anne') }, '1'],
	['family name', { '00100010': text('PN', 'wang') }, '2'],
	['family name, begun', { '00100010': text('PN', 'wang*') }, '2 3'],
	['ideographic group', { '00100010': text('PN', '王') }, '2'],
	['each group', { '00100010': text('PN', '=王^*') }, '2'],
	['a family name and any others, of who has none', inStep({ '00400006': text('PN', 'chase^*') }), '3'],
	['station', inStep({ '00400001': text('AE', 'CT01') }), '1'],
	['station, in its own case', inStep({ '00400001': text('AE', 'ct01') }), ''],
	['modality', inStep({ '00080060': text('CS', 'CT') }), '1 3'],
	['modalities', inStep({ '00080060': text('CS', 'MR', 'US') }), '2 4'],
	['performing physician', inStep({ '00400006': text('PN', 'house') }), '1'],
	['a date', inStep({ '00400002': text('DA', '20240707') }), '3 4'],
	['a range of dates', inStep({ '00400002': text('DA', '20240705-20240706') }), '1 2'],
	['from a date on', inStep({ '00400002': text('DA', '20240706-') }), '2 3 4'],
	['up to a date', inStep({ '00400002': text('DA', '-20240706') }), '1 2'],
	['a time', inStep({ '00400003': text('TM', '100000') }), '1'],
	['an hour', inStep({ '00400003': text('TM', '09') }), '2'],
	['a range of times', inStep({ '00400003': text('TM', '0900-1015') }), '1 2'],
	['date and range of times', inStep({ '00400002': text('DA', '20240705'), '00400003': text('TM', '0900-1015') }), '1'],
	[
		'ranges of both are one stretch (K.6.1.2.2)',
		inStep({ '00400002': text('DA', '20240705-20240707'), '00400003': text('TM', '1030-1900') }),
		'2 3',
	],
	[
		'which excludes what lies before and after',
		inStep({ '00400002': text('DA', '20240705-20240707'), '00400003': text('TM', '0930-1800') }),
		'1 2',
	],
	['overnight', inStep({ '00400002': text('DA', '20240705-20240706'), '00400003': text('TM', '2200-0930') }), '2'],
	[
		'a time that is reversed, of one day',
		inStep({ '00400002': text('DA', '20240705-20240705'), '00400003': text('TM', '2200-0930') }),
		'refused 00400003',
	],
	['alone', inStep({ '00400003': text('TM', '2200-0930') }), 'refused 00400003'],
	['all keys together', { ...inStep({ '00080060': text('CS', 'CT') }), '00100010': text('PN', 'wang*') }, '3'],
	['what items do not have', { '00401001': text('SH', 'X') }, ''],
	['an attribute in the step that they do not have', inStep({ '00400010': text('SH', 'X') }), ''],
	['how to read is no key', { '00080005': text('CS', 'ISO_IR 100'), '00080052': text('CS', 'STUDY') }, '1 2 3 4'],
	['no date', inStep({ '00400002': text('DA', 'today') }), 'refused 00400002'],
	['no range', { '00400002': text('DA', '20240705-x') }, 'refused 00400002'],
];

t.test('matching, from DICOM files and from DICOM JSON alike', async (t) => {
	const files = Object.entries(ITEMS);
	const dicom = folderOf('dicom', Object.fromEntries(files.map(([name, dataset]) => [name, part10(dataset)])));
	const json = folderOf(
		'json',
		Object.fromEntries(
			files.map(([name, dataset]) => [name.replace('wl', 'json'), JSON.stringify(toJsonModel(dataset))]),
		),
	);
	const all = folderOf('all', { 'all.json': `\n ${JSON.stringify(files.map(([, dataset]) => toJsonModel(dataset)))}` });
	for (const folder of [dicom, json, all]) {
		const worklist = new WorklistFolder({ folder, skipped: ({ path, reason }) => t.fail(`${path}: ${reason}`) });
		for (const [name, keys, found] of CASES) t.equal(await ids(worklist, keys), found, name);
	}
});

t.test('an item with several steps is one for each', async (t) => {
	const two = { ...item('1', 'A', step('CT', 'CT01', '20240705', '10')) };
	const folder = folderOf('steps', {
		'1.dcm': part10({
			...two,
			'00400100': { vr: 'SQ', Value: [step('CT', 'CT01', '20240705', '10'), step('MR', 'MR01', '20240705', '11')] },
		}),
	});
	const worklist = new WorklistFolder({ folder });
	const stations = async (keys: Dataset) => {
		const found: string[] = [];
		const request = { sopClassUid: MODALITY_WORKLIST_FIND, signal: new AbortController().signal };
		for await (const one of worklist.search(keys, request))
			if ('item' in one)
				found.push(
					itemsOf(one.item, '00400100')
						.map((one) => textOf(one, '00400001'))
						.join('+'),
				);
		return found;
	};
	t.same(await stations({ '00100020': text('LO') }), ['CT01', 'MR01']);
	t.same(await stations(inStep({ '00080060': text('CS', 'MR') })), ['MR01']);
});

t.test('procedure steps are found by UPS, worklist items by Modality Worklist', async (t) => {
	const folder = folderOf('kinds', {
		'1.dcm': part10(item('1', 'A', step('CT', 'CT01', '20240705', '10'))),
		'2.dcm': part10({
			'00080016': text('UI', '1.2.840.10008.5.1.4.34.6.1'),
			'00100020': text('LO', '2'),
			'00404005': text('DT', '20240705103000+0200'),
			'00741000': text('CS', 'SCHEDULED'),
		}),
		'3.json': JSON.stringify({
			'00100020': { vr: 'LO', Value: ['3'] },
			'00741000': { vr: 'CS', Value: ['IN PROGRESS'] },
		}),
	});
	const worklist = new WorklistFolder({ folder });
	t.equal(await ids(worklist, { '00100020': text('LO') }), '1');
	t.equal(await ids(worklist, { '00100020': text('LO') }, UPS_PULL), '2 3');
	t.equal(await ids(worklist, { '00741000': text('CS', 'SCHEDULED') }, UPS_PULL), '2');
	t.equal(await ids(worklist, { '00404005': text('DT', '20240705082900+0000-20240705083100+0000') }, UPS_PULL), '2');
});

t.test('no folder, an empty one, and one that comes later', async (t) => {
	const folder = join(root, 'later');
	const worklist = new WorklistFolder({ folder, skipped: () => t.fail('there is nothing to skip') });
	t.equal(await ids(worklist, { '00100020': text('LO') }), '');
	mkdirSync(folder);
	t.equal(await ids(worklist, { '00100020': text('LO') }), '');
	mkdirSync(join(folder, 'below'));
	writeFileSync(join(folder, 'below', '1.wl'), part10(item('1', 'A', step('CT', 'CT01', '20240705', '10'))));
	writeFileSync(join(folder, 'lockfile'), '');
	writeFileSync(join(folder, '.half.wl'), 'half');
	t.equal(
		await ids(worklist, { '00100020': text('LO') }),
		'1',
		'folders in it count, lock files and hidden ones do not',
	);
});

t.test('files are read again when they change, and only then', async (t) => {
	const folder = folderOf('changes', { '1.wl': part10(item('1', 'A', step('CT', 'CT01', '20240705', '10'))) });
	const path = join(folder, '1.wl');
	const worklist = new WorklistFolder({ folder });
	const found = async () => {
		const request = { sopClassUid: MODALITY_WORKLIST_FIND, signal: new AbortController().signal };
		for await (const one of worklist.search({ '00100020': text('LO') }, request)) if ('item' in one) return one.item;
		return undefined;
	};
	const first = await found();
	t.equal(await found(), first, 'the same object: not read again');
	writeFileSync(path, part10(item('77', 'A', step('CT', 'CT01', '20240705', '10'))));
	utimesSync(path, 1, 1);
	t.equal(await ids(worklist, { '00100020': text('LO') }), '77');
	writeFileSync(join(folder, '2.wl'), part10(item('2', 'B', step('CT', 'CT01', '20240705', '10'))));
	t.equal(await ids(worklist, { '00100020': text('LO') }), '77 2');
	rmSync(path);
	t.equal(await ids(worklist, { '00100020': text('LO') }), '2');
});

t.test('what is no worklist item is told once and passed over', async (t) => {
	const whole = part10(item('1', 'A', step('CT', 'CT01', '20240705', '10')));
	const folder = folderOf('broken', {
		'a.wl': whole,
		'b-cut.wl': whole.subarray(0, whole.length - 7),
		'c-text.wl': 'not a file of DICOM at all, however one looks at it; quite long even, so that it cannot be a header',
		'd-empty.wl': '',
		'e.json': '{ "00100020": { "vr": "LO", "Value": ["9"] ',
		'f.json': '{ "00100020": { "vr": "LO", "Value": ["9"] } }',
		'g.json': '{ "00400100": { "vr": "SQ", "Value": [{ "00400002": { "vr": "XX" } }] } }',
		'h.json': '[1, 2]',
		'i.json': Buffer.from([0x7b, 0x22, 0xff, 0x22]),
		'j.json': `{ "00400100": { "vr": "SQ", "Value": [{}] }, "00081030": { "vr": "US", "Value": [99999999] } }`,
		'k-none.json': '{ "00400100": { "vr": "SQ" } }',
		'l-image.dcm': encodeFile({ '00080016': text('UI', '1.2'), '00080018': text('UI', '1.3') }, EXPLICIT),
		'm-long.wl': new Uint8Array(1_048_577),
		'n-deep.json': `${'{"00400100":{"vr":"SQ","Value":['.repeat(5_000)}{}${']}}'.repeat(5_000)}`,
	});
	symlinkSync(join(root, 'nowhere'), join(folder, 'z-link'));
	const skipped: string[] = [];
	const worklist = new WorklistFolder({
		folder,
		skipped: ({ path, reason }) => {
			t.ok(reason.length > 3, `${path.slice(folder.length)}: ${reason}`);
			skipped.push(path.slice(folder.length + 1));
		},
	});
	t.equal(await ids(worklist, { '00100020': text('LO') }), '1');
	t.same(skipped.map((name) => name[0]).join(''), 'bcdefghijklmn');
	t.equal(await ids(worklist, { '00100020': text('LO') }), '1');
	t.equal(skipped.length, 13, 'once');
	writeFileSync(join(folder, 'c-text.wl'), 'nor is this');
	t.equal(await ids(worklist, { '00100020': text('LO') }), '1');
	t.same(skipped.slice(13), ['c-text.wl'], 'and again when it is changed');
});

t.test('a folder that cannot be read is a failure, not an empty worklist', async (t) => {
	const file = join(root, 'a-file');
	writeFileSync(file, '');
	const worklist = new WorklistFolder({ folder: file });
	t.equal(await ids(worklist, { '00100020': text('LO') }), 'refused the worklist cannot be read');
	const closed = folderOf('closed', {});
	chmodSync(closed, 0o000);
	t.teardown(() => chmodSync(closed, 0o700));
	const mayRead = await ids(new WorklistFolder({ folder: closed }), { '00100020': text('LO') });
	t.ok(['', 'refused the worklist cannot be read'].includes(mayRead), 'root may read everything');
});

t.test('a cancelled query ends', async (t) => {
	const controller = new AbortController();
	const folder = folderOf('cancel', {
		'1.wl': part10(item('1', 'A', step('CT', 'CT01', '20240705', '10'))),
		'2.wl': part10(item('2', 'A', step('CT', 'CT01', '20240705', '10'))),
	});
	let count = 0;
	const request = { sopClassUid: MODALITY_WORKLIST_FIND, signal: controller.signal };
	for await (const _ of new WorklistFolder({ folder }).search({ '00100020': text('LO') }, request)) {
		count++;
		controller.abort('C-CANCEL-RQ');
	}
	t.equal(count, 1);
});
