/** The archive: what is stored is found and sent as it came, once, under its own name or none; what is wrong is refused with the right status. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Archive } from '../../src/archive/archive.ts';
import { FOLDER_LOCK } from '../../src/archive/database-lock.ts';
import { type Dataset, stringsOf } from '../../src/dicom/dataset.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_BIG, EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import {
	bytesOf,
	CT,
	contentsOf,
	datasetOf,
	folderOf,
	type InstanceOf,
	openArchive,
	rejectionOf,
	requestOf,
	store,
	storeInstance,
} from './archive-fixture.ts';

const filesOf = (folder: string): string[] =>
	existsSync(folder)
		? readdirSync(folder, { recursive: true, withFileTypes: true })
				.filter((entry) => entry.isFile() && entry.name !== FOLDER_LOCK)
				.map((entry) => join(entry.parentPath, entry.name))
		: [];

t.test('stored, found, sent as it came, also after it was closed', async (t) => {
	const folder = folderOf(t);
	const first = await openArchive(t, {}, folder);
	const instances: InstanceOf[] = [
		{ sop: '1.2.3.1', fill: 1 },
		{ sop: '1.2.3.2', fill: 2, bytes: 600_000 },
		{ sop: '1.2.4.1', series: '1.2.4', fill: 3 },
		{ sop: '1.9.4.1', study: '1.9', series: '1.9.4', patientId: 'P2', fill: 4 },
	];
	for (const instance of instances) t.same(await storeInstance(first.archive, instance), { status: 0 });
	t.match(first.events, [
		{ kind: 'stored', outcome: 'new', studyInstanceUid: '1.2', request: { callingAeTitle: 'SCU' } },
	]);
	for (const suffix of ['', '-wal', '-shm'])
		t.equal(statSync(`${first.settings.databasePath}${suffix}`).mode & 0o077, 0, 'for nobody else to read');
	t.equal(statSync(first.settings.instanceFolder).mode & 0o077, 0);
	await first.archive.close();
	t.notOk(existsSync(`${first.settings.databasePath}-wal`), 'the log is written into the database');

	const { archive } = await openArchive(t, {}, folder);
	t.match(await archive.counts(), { patients: 2, studies: 2, series: 3, instances: 4 });
	const contents = await contentsOf(
		archive,
		instances.map(({ sop }) => sop),
	);
	for (const instance of instances) t.same(contents.get(instance.sop), bytesOf(datasetOf(instance)), instance.sop);

	const studies: string[] = [];
	const identifier = {
		[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
		[TAG.StudyInstanceUID]: { vr: 'UI', Value: [] },
		[TAG.RetrieveAETitle]: { vr: 'AE', Value: [] },
	} as const;
	for await (const found of archive.search(identifier, { model: 'study-root' }))
		if ('match' in found) {
			studies.push(...stringsOf(found.match, TAG.StudyInstanceUID));
			t.same(stringsOf(found.match, TAG.RetrieveAETitle), ['ARCHIVE']);
		}
	t.same(studies.sort(), ['1.2', '1.9']);

	const located = await archive.instances(
		{ ...identifier, [TAG.StudyInstanceUID]: { vr: 'UI', Value: ['1.2'] } },
		{ model: 'study-root' },
	);
	if ('refusal' in located) return t.fail('refused');
	t.same(located.instances.map(({ sopInstanceUid }) => sopInstanceUid).sort(), ['1.2.3.1', '1.2.3.2', '1.2.4.1']);
	return undefined;
});

t.test('what a search is refused', async (t) => {
	const { archive } = await openArchive(t);
	const found = await Array.fromAsync(archive.search({}, { model: 'study-root' }));
	t.match(found, [{ refusal: { status: 0xa900 } }]);
	t.match(await archive.instances({}, { model: 'study-root' }), { refusal: { status: 0xa900 } });
});

t.test('a search that is called off ends, and the archive goes on', async (t) => {
	const { archive } = await openArchive(t, { durability: 'off' });
	await Promise.all(
		Array.from({ length: 600 }, (_, at) =>
			storeInstance(archive, { sop: `1.${at}.9`, study: `1.${at}`, series: `1.${at}.2` }),
		),
	);
	const identifier = {
		[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
		[TAG.StudyInstanceUID]: { vr: 'UI', Value: [] },
	} as const;
	const called = new AbortController();
	let matches = 0;
	for await (const _ of archive.search(identifier, { model: 'study-root', signal: called.signal })) {
		matches++;
		if (matches === 3) called.abort('C-CANCEL-RQ');
	}
	t.ok(matches >= 3 && matches < 600, `${matches} matches`);
	for await (const _ of archive.search(identifier, { model: 'study-root' })) break;
	t.equal((await Array.fromAsync(archive.search(identifier, { model: 'study-root' }))).length, 600);
});

t.test('two studies with one Series Instance UID keep what is theirs', async (t) => {
	const { archive, settings } = await openArchive(t);
	const [series, R40, R42] = ['1.40.1', '1.40', '1.42'];
	await storeInstance(archive, { sop: '1.1', study: R40, series, patientId: 'A' });
	await storeInstance(archive, { sop: '1.2', study: R40, series, patientId: 'A' });
	await storeInstance(archive, { sop: '1.3', study: R42, series, patientId: 'B' });
	const found = async (from: Archive) => {
		const of: Record<string, readonly string[]> = {};
		for (const study of [R40, R42]) {
			const identifier: Dataset = {
				[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['SERIES'] },
				[TAG.StudyInstanceUID]: { vr: 'UI', Value: [study] },
				[TAG.SeriesInstanceUID]: { vr: 'UI', Value: [series] },
			};
			const located = await from.instances(identifier, { model: 'study-root' });
			of[study] = 'refusal' in located ? [] : located.instances.map(({ sopInstanceUid }) => sopInstanceUid).sort();
		}
		return { of, counts: await from.counts() };
	};
	const expected = {
		of: { [R40]: ['1.1', '1.2'], [R42]: ['1.3'] },
		counts: { patients: 2, studies: 2, series: 2, instances: 3 },
	};
	t.same(await found(archive), expected);
	await archive.close();
	await Archive.reindex(settings);
	const again = await Archive.open(settings);
	t.same(await found(again), expected, 'and so does the index that is built anew');
	await again.close();
});

t.test('UIDs that name nothing, or something else', async (t) => {
	const { archive, settings, events } = await openArchive(t);
	const refused = async (
		says: string,
		status: number,
		dataset: InstanceOf | ReturnType<typeof datasetOf>,
		request: Parameters<typeof requestOf>,
	) => {
		const bytes = bytesOf(
			'sop' in dataset ? datasetOf(dataset as InstanceOf) : (dataset as ReturnType<typeof datasetOf>),
		);
		const answer = await store(archive, bytes, requestOf(...request));
		t.equal(answer.status, status, says);
		t.match(answer.comment, /^.{1,64}$/, 'and why');
		t.match(events.at(-1), { kind: 'not-stored', status }, 'and told');
	};
	const without = (tag: string) => {
		const { [tag]: _, ...rest } = datasetOf({ sop: '1.2.3.1' });
		return rest;
	};
	await refused('no SOP Instance UID', 0x0117, { sop: '' }, ['']);
	await refused('65 characters', 0x0117, { sop: '1.2' }, ['1'.repeat(65)]);
	await refused('ten thousand', 0x0117, { sop: '1.2' }, ['1'.repeat(10_000)]);
	await refused('dots', 0x0117, { sop: '1.2' }, ['..']);
	await refused('one that leads out', 0x0117, { sop: '1.2' }, ['../1.2']);
	await refused("the data set's is another", 0xa900, { sop: '1.2.3.2' }, ['1.2.3.1']);
	await refused('another class', 0xa900, { sop: '1.2.3.1' }, ['1.2.3.1', { sopClassUid: '1.2.840.10008.5.1.4.1.1.4' }]);
	await refused('a class that is none', 0x0118, { sop: '1.2.3.1' }, ['1.2.3.1', { sopClassUid: '../x' }]);
	await refused('no study', 0xa900, without(TAG.StudyInstanceUID), ['1.2.3.1']);
	await refused('an empty study', 0xa900, { sop: '1.2.3.1', study: '' }, ['1.2.3.1']);
	await refused('a study that leads out', 0xa900, { sop: '1.2.3.1', study: '../../etc' }, ['1.2.3.1']);
	await refused('no series', 0xa900, without(TAG.SeriesInstanceUID), ['1.2.3.1']);
	await refused('no instance in the data set', 0xa900, without(TAG.SOPInstanceUID), ['1.2.3.1']);
	const syntax = { vr: 'UI', Value: [EXPLICIT_BIG] } as const;
	await refused("a file's group", 0xc000, { ...datasetOf({ sop: '1.2.3.1' }), '00020010': syntax }, ['1.2.3.1']);
	await refused("a command's group", 0xc000, { ...datasetOf({ sop: '1.2.3.1' }), '00000002': syntax }, ['1.2.3.1']);
	const several = (tag: string, first: string) => ({
		...datasetOf({ sop: '1.2.3.1' }),
		[tag]: { vr: 'UI', Value: [first, '1.2.9'] } as const,
	});
	await refused('two studies', 0xa900, several(TAG.StudyInstanceUID, '1.2'), ['1.2.3.1']);
	await refused('two series', 0xa900, several(TAG.SeriesInstanceUID, '1.2.3'), ['1.2.3.1']);
	await refused('two instances', 0xa900, several(TAG.SOPInstanceUID, '1.2.3.1'), ['1.2.3.1']);
	await refused('two classes', 0xa900, several(TAG.SOPClassUID, CT), ['1.2.3.1']);
	t.match(await archive.counts(), { instances: 0, studies: 0, patients: 0 });
	t.same(filesOf(settings.instanceFolder), [], 'nothing is left of them');
});

t.test('no UID of a peer becomes a path outside', async (t) => {
	const folder = folderOf(t);
	const { archive, settings } = await openArchive(t, {}, folder);
	const outside = () => filesOf(folder).filter((path) => !path.startsWith(join(settings.instanceFolder, '0000')));
	const before = outside();
	const uids = [
		...[
			'..',
			'.',
			'...',
			'../x',
			'../../x',
			'/abs',
			'/tmp/x',
			'a/../../b',
			'..\\x',
			'%2e%2e%2f',
			'1.2/../3',
			'./1.2',
			'~/x',
		],
		...[
			'1.2\0',
			'1.2\n',
			'\r\n',
			' ',
			'1.2 ',
			'CON',
			'NUL.dcm',
			'-rf',
			'$(id)',
			'`id`',
			'|id',
			'1.2;id',
			'*',
			'?',
			'é',
			'１.２',
		],
		...['.'.repeat(64), '1'.repeat(65), '1.'.repeat(5000), '.1', '1.', '1..2', '0', '00', '1'.repeat(64)],
	];
	for (const uid of uids) {
		const { status } = await store(archive, bytesOf(datasetOf({ sop: '1.2.3.1' })), requestOf(uid));
		t.ok([0x0117, 0xa900].includes(status), `${JSON.stringify(uid.slice(0, 20))}: ${status.toString(16)}`);
		// As the data set's own too, where it can be written at all.
		if (!/^[\x20-\x5b\x5d-\x7e]*$/.test(uid)) continue;
		const own = await storeInstance(archive, { sop: uid });
		t.ok([0, 0x0117, 0xa900].includes(own.status), own.status.toString(16));
		for (const level of ['study', 'series'] as const) await storeInstance(archive, { sop: '1.2.3.9', [level]: uid });
	}
	t.same(outside(), before);
	const names = filesOf(settings.instanceFolder).map((path) => path.slice(settings.instanceFolder.length));
	t.ok(
		names.every((name) => /^\/\d{5}\/[0-9.]+-[0-9a-f]{16}\.dcm$/.test(name)),
		names.join(' '),
	);
});

t.test('values beyond all measure are stored as they are', async (t) => {
	const { archive } = await openArchive(t);
	const dataset = {
		...datasetOf({ sop: '1.2.3.1' }),
		[TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'X'.repeat(10_000) }] },
		[TAG.StudyDescription]: { vr: 'LO', Value: ['\0nul\0'.repeat(10)] },
		[TAG.AccessionNumber]: { vr: 'SH', Value: ['1'.repeat(4000)] },
	} as const;
	t.same(await store(archive, bytesOf(dataset), requestOf('1.2.3.1')), { status: 0 });
	t.same((await contentsOf(archive, ['1.2.3.1'])).get('1.2.3.1'), bytesOf(dataset));
});

t.test('bytes that are no data set are refused, and the archive goes on', async (t) => {
	const { archive, settings } = await openArchive(t);
	const noise = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 7919) % 256);
	for (const bytes of [noise, new Uint8Array(0), bytesOf(datasetOf({ sop: '1.2.3.1' })).subarray(0, 40)])
		t.match(await store(archive, bytes, requestOf('1.2.3.1')), { status: 0xa900 });
	t.match(
		await store(
			archive,
			bytesOf(datasetOf({ sop: '1.2.3.1' })),
			requestOf('1.2.3.1', { transferSyntaxUid: EXPLICIT_BIG }),
		),
		{ status: 0xa900 },
		'in another transfer syntax than was said',
	);
	t.same(filesOf(settings.instanceFolder), []);
	t.same(await storeInstance(archive, { sop: '1.2.3.1' }), { status: 0 });
});

t.test('a store that is broken off leaves nothing', async (t) => {
	const { archive, settings, events } = await openArchive(t);
	const receiver = archive.receiver(requestOf('1.2.3.1'));
	if ('refusal' in receiver) return t.fail('refused');
	receiver.write(bytesOf(datasetOf({ sop: '1.2.3.1', bytes: 500_000 })));
	await receiver.discard(new Error('the peer has gone'));
	t.same(filesOf(settings.instanceFolder), []);
	t.match(events, [{ kind: 'not-stored' }]);
	return undefined;
});

t.test('files that are gone or cut fail alone', async (t) => {
	const { archive, settings } = await openArchive(t);
	const sops = ['1.2.3.1', '1.2.3.2', '1.2.3.3'];
	for (const sop of sops) await storeInstance(archive, { sop });
	const [gone = '', cut = ''] = filesOf(settings.instanceFolder).sort();
	rmSync(gone);
	truncateSync(cut, statSync(cut).size - 10);
	const contents = await contentsOf(archive, sops);
	t.equal(contents.get('1.2.3.1'), 'ENOENT');
	t.equal(contents.get('1.2.3.2'), 'CHANGED');
	t.same(contents.get('1.2.3.3'), bytesOf(datasetOf({ sop: '1.2.3.3' })));
});

t.test('a study of many instances', async (t) => {
	const count = Number(process.env['DIMSE_FUZZ'] ?? 1000) >= 100_000 ? 100_000 : 2500;
	const { archive } = await openArchive(t, { durability: 'off' });
	for (let at = 0; at < count; at += 100)
		await Promise.all(Array.from({ length: 100 }, (_, more) => storeInstance(archive, { sop: `1.2.3.${at + more}` })));
	const study = {
		[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
		[TAG.StudyInstanceUID]: { vr: 'UI', Value: ['1.2'] },
	} as const;
	const found = await archive.instances(study, { model: 'study-root' });
	if ('refusal' in found) return t.fail('refused');
	t.equal(new Set(found.instances.map(({ sopInstanceUid }) => sopInstanceUid)).size, count);
	const [one] = found.instances;
	t.same(one?.readWhole(), bytesOf(datasetOf({ sop: one?.sopInstanceUid ?? '' })));
	return undefined;
});

t.test('closed twice, used after it', async (t) => {
	const { archive } = await openArchive(t);
	await Promise.all([archive.close(), archive.close()]);
	t.match(await storeInstance(archive, { sop: '1.2.3.1' }), { status: 0xa700, comment: 'the index is closed' });
	t.match(
		await Array.fromAsync(
			archive.search(
				{ [TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] }, [TAG.StudyInstanceUID]: { vr: 'UI', Value: [] } },
				{ model: 'study-root' },
			),
		),
		[{ refusal: { status: 0xa700 } }],
	);
	t.equal(await rejectionOf(archive.counts()), 'INDEX_GONE');
});

t.test('stores in hand are finished by close', async (t) => {
	const folder = folderOf(t);
	const { archive } = await openArchive(t, {}, folder);
	const stores = Array.from({ length: 20 }, (_, at) => storeInstance(archive, { sop: `1.2.3.${at}` }));
	// Those that are past their fdatasync are with the index; the others hear that it is closed.
	await stores[0];
	await archive.close();
	const acknowledged = (await Promise.all(stores)).filter(({ status }) => status === 0).length;
	const again = await openArchive(t, {}, folder);
	t.equal((await again.archive.counts()).instances, acknowledged);
});

t.test('what the peer says of itself and cannot be written is left out', async (t) => {
	const { archive } = await openArchive(t);
	for (const [at, callingAeTitle] of ['A\\B', '\u001b[31m', 'É', ''].entries())
		t.same(
			await store(archive, bytesOf(datasetOf({ sop: `1.2.3.${at}` })), requestOf(`1.2.3.${at}`, { callingAeTitle })),
			{ status: 0 },
			JSON.stringify(callingAeTitle),
		);
	t.same(
		await store(archive, bytesOf(datasetOf({ sop: '1.2.3.9' })), {
			...requestOf('1.2.3.9'),
			sopClassUid: CT,
			transferSyntaxUid: EXPLICIT_LITTLE,
		}),
		{ status: 0 },
	);
});

t.test('a dataset that ends within its Pixel Data is no instance', async (t) => {
	const { archive, settings, events } = await openArchive(t);
	const whole = bytesOf(datasetOf({ sop: '1.2.3', bytes: 1000 }));
	for (const missing of [1, 2, 999, 1000]) {
		const cut = await store(archive, whole.subarray(0, whole.length - missing), requestOf('1.2.3'));
		t.same(cut, { status: 0xc000, comment: 'the dataset ends within (7FE0,0010)' }, `${missing} bytes missing`);
	}
	const begun = await store(archive, whole.subarray(0, 90), requestOf('1.2.3'));
	t.match(begun, { status: 0xc000, comment: /^the dataset ends within/ }, 'whatever the rest would have said');
	t.match(events.at(-1), { kind: 'not-stored', status: 0xc000 });
	t.same(filesOf(settings.instanceFolder), []);
	// What follows Pixel Data is nobody's business here.
	const trailing = Uint8Array.of(...whole, 0xfc, 0xff, 0xfc, 0xff, 0x4f, 0x42, 0, 0, 100, 0, 0, 0, 1, 2);
	t.same(await store(archive, trailing, requestOf('1.2.3')), { status: 0 });
	const jpeg = requestOf('1.2.3', { transferSyntaxUid: '1.2.840.10008.1.2.4.50' });
	const opening = whole.slice(0, whole.length - 1000);
	opening.set([0x4f, 0x42, 0, 0, 255, 255, 255, 255], opening.length - 8);
	const fragments = [0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0, 0xe0, 4, 0, 0, 0, 1, 2, 3, 4];
	const encapsulated = Uint8Array.of(...opening, ...fragments, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0);
	for (const missing of [1, 8, 9, 20, 28])
		t.match(
			await store(archive, encapsulated.subarray(0, encapsulated.length - missing), jpeg),
			{ status: 0xc000, comment: 'the dataset ends within (7FE0,0010)' },
			`${missing} bytes of fragments missing`,
		);
	t.same(await store(archive, encapsulated, jpeg), { status: 0 });

	const path = join(settings.instanceFolder, '..', 'cut.dcm');
	const [kept = ''] = filesOf(settings.instanceFolder);
	t.same(await storeInstance(archive, { sop: '1.2.4', bytes: 1000 }), { status: 0 });
	const file = filesOf(settings.instanceFolder).find((name) => name !== kept && name.includes('/1.2.4-')) ?? '';
	const bytes = readFileSync(file);
	writeFileSync(path, bytes.subarray(0, bytes.length - 10));
	for (const mode of ['copy', 'link'] as const)
		t.match(await archive.import([path], { mode }), {
			imported: 0,
			failures: [{ reason: 'the dataset ends within (7FE0,0010)' }],
		});
});
