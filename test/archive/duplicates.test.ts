/** A SOP Instance UID that comes twice: the same bytes are kept once, other bytes by the policy, and there is one row whose file is right. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { Archive, type ArchiveEvent } from '../../src/archive/archive.ts';
import { FOLDER_LOCK } from '../../src/archive/database-lock.ts';
import { compareDatasets } from '../../src/archive/duplicates.ts';
import { InstanceFileSource } from '../../src/archive/files/instance-file.ts';
import { stringsOf } from '../../src/dicom/dataset.ts';
import { TAG } from '../../src/dicom/tags.ts';
import {
	bytesOf,
	contentsOf,
	datasetOf,
	folderOf,
	openArchive,
	requestOf,
	store,
	storeInstance,
} from './archive-fixture.ts';

const filesIn = (folder: string): string[] =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name !== FOLDER_LOCK)
		.map((entry) => join(entry.parentPath, entry.name));

const outcomesOf = (events: readonly ArchiveEvent[]): string[] =>
	events.flatMap((event) =>
		event.kind === 'stored' ? [event.outcome] : event.kind === 'not-stored' ? ['refused'] : [],
	);

const OLD = { sop: '1.2.3.1', fill: 1, bytes: 300_000 };
const OTHER = { ...OLD, fill: 2 };

t.test('the same bytes', async (t) => {
	for (const duplicates of ['replace', 'keep', 'reject'] as const) {
		const { archive, settings, events } = await openArchive(t, { duplicates });
		for (let times = 0; times < 3; times++) t.same(await storeInstance(archive, OLD), { status: 0 });
		t.same(outcomesOf(events), ['new', 'same', 'same'], duplicates);
		t.equal(filesIn(settings.instanceFolder).length, 1);
	}
});

t.test('other bytes', async (t) => {
	const expected = {
		replace: { status: 0, outcome: 'replaced', kept: OTHER },
		keep: { status: 0, outcome: 'kept', kept: OLD },
		reject: { status: 0xc111, outcome: 'refused', kept: OLD },
	} as const;
	for (const duplicates of ['replace', 'keep', 'reject'] as const) {
		const { archive, settings, events } = await openArchive(t, { duplicates });
		await storeInstance(archive, OLD);
		const { status, outcome, kept } = expected[duplicates];
		t.equal((await storeInstance(archive, OTHER)).status, status, duplicates);
		t.same(outcomesOf(events), ['new', outcome]);
		t.same((await contentsOf(archive, [OLD.sop])).get(OLD.sop), bytesOf(datasetOf(kept)));
		t.equal(filesIn(settings.instanceFolder).length, 1, 'one file');
		t.match(await archive.counts(), { instances: 1, series: 1, studies: 1 });
	}
});

t.test('shorter and longer ones', async (t) => {
	const { archive, events } = await openArchive(t);
	for (const bytes of [300_000, 100, 300_002]) await storeInstance(archive, { ...OLD, bytes });
	t.same(outcomesOf(events), ['new', 'replaced', 'replaced']);
	t.same((await contentsOf(archive, [OLD.sop])).get(OLD.sop), bytesOf(datasetOf({ ...OLD, bytes: 300_002 })));
});

t.test('in another study: what is left empty is gone', async (t) => {
	const { archive } = await openArchive(t);
	await storeInstance(archive, { ...OLD, study: '1.2', series: '1.2.1' });
	await storeInstance(archive, { ...OLD, study: '1.3', series: '1.3.1', patientId: 'P2' });
	t.match(await archive.counts(), { patients: 1, instances: 1, series: 1, studies: 1 });
	const identifier = {
		[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
		[TAG.StudyInstanceUID]: { vr: 'UI', Value: [] },
	} as const;
	const found = await Array.fromAsync(archive.search(identifier, { model: 'study-root' }));
	t.same(
		found.map((one) => ('match' in one ? stringsOf(one.match, TAG.StudyInstanceUID) : one)),
		[['1.3']],
	);
});

t.test('what is found after it is what --reindex would find', async (t) => {
	const { archive, settings } = await openArchive(t);
	const anonymous = { ...datasetOf(OLD), [TAG.PatientName]: { vr: 'PN', Value: [] } } as const;
	await storeInstance(archive, OLD);
	await store(archive, bytesOf(anonymous), requestOf(OLD.sop));
	const identifier = {
		[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
		[TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'DOE*' }] },
	} as const;
	t.same(await Array.fromAsync(archive.search(identifier, { model: 'study-root' })), []);
	await archive.close();
	await Archive.reindex(settings);
	const again = await openArchive(t, {}, dirname(settings.databasePath));
	t.same(await Array.fromAsync(again.archive.search(identifier, { model: 'study-root' })), []);
});

t.test('a file that is gone is never what is kept', async (t) => {
	for (const duplicates of ['replace', 'keep', 'reject'] as const) {
		const { archive, settings } = await openArchive(t, { duplicates });
		await storeInstance(archive, OLD);
		for (const path of filesIn(settings.instanceFolder)) rmSync(path);
		t.same(await storeInstance(archive, OLD), { status: 0 }, duplicates);
		t.same((await contentsOf(archive, [OLD.sop])).get(OLD.sop), bytesOf(datasetOf(OLD)));
	}
});

t.test('a retrieve that has the old one open sends it to its end', async (t) => {
	const { archive } = await openArchive(t);
	await storeInstance(archive, OLD);
	const located = await archive.instancesByUid([OLD.sop]);
	if ('refusal' in located) return t.fail('refused');
	const source = located.instances[0]?.open();
	const half = new Uint8Array(100_000);
	source?.read([half]);
	await storeInstance(archive, OTHER);
	const rest = new Uint8Array((source?.length ?? 0) - half.length);
	source?.read([rest]);
	source?.close();
	t.same(Buffer.concat([half, rest]), Buffer.from(bytesOf(datasetOf(OLD))));
	t.ok(source instanceof InstanceFileSource);
	t.same((await contentsOf(archive, [OLD.sop])).get(OLD.sop), bytesOf(datasetOf(OTHER)));
	return undefined;
});

t.test('a retrieve that has the old one still to open finds the new one', async (t) => {
	const { archive, settings } = await openArchive(t);
	await storeInstance(archive, OLD);
	const located = await archive.instancesByUid([OLD.sop]);
	if ('refusal' in located) return t.fail('refused');
	const [old] = located.instances;
	t.equal(await old?.present(), undefined, 'it has not been replaced');
	await storeInstance(archive, OTHER);
	t.throws(() => old?.open(), /ENOENT/);
	const now = await old?.present();
	t.same(now?.readWhole(), bytesOf(datasetOf(OTHER)));
	for (const path of filesIn(settings.instanceFolder)) rmSync(path);
	t.equal(await now?.present(), undefined, 'what is gone is nowhere');
	return undefined;
});

t.test('eight at once', async (t) => {
	for (const duplicates of ['replace', 'keep', 'reject'] as const) {
		const { archive, settings, events } = await openArchive(t, { duplicates });
		for (let round = 0; round < 5; round++) {
			const stores = Array.from({ length: 8 }, (_, fill) =>
				storeInstance(archive, { ...OLD, sop: `1.2.${round}`, fill }),
			);
			const statuses = (await Promise.all(stores)).map(({ status }) => status);
			t.ok(statuses.includes(0) && statuses.every((status) => status === 0 || status === 0xc111));
		}
		t.equal((await archive.counts()).instances, 5, `one row each (${duplicates})`);
		t.equal(filesIn(settings.instanceFolder).length, 5, 'one file each');
		const contents = await contentsOf(
			archive,
			[0, 1, 2, 3, 4].map((round) => `1.2.${round}`),
		);
		t.equal(contents.size, 5);
		for (const [sop, bytes] of contents) {
			const isOne = Array.from({ length: 8 }, (_, fill) => bytesOf(datasetOf({ ...OLD, sop, fill }))).some(
				(one) => bytes instanceof Uint8Array && Buffer.compare(one, bytes) === 0,
			);
			t.ok(isOne, 'and it is one of those that came');
		}
		t.equal(outcomesOf(events).filter((outcome) => outcome === 'new').length, 5);
	}
});

t.test('datasets against each other', async (t) => {
	const folder = folderOf(t);
	const file = (name: string, bytes: Uint8Array) => {
		writeFileSync(join(folder, name), bytes);
		return join(folder, name);
	};
	const body = Uint8Array.from({ length: 600_000 }, (_, at) => at % 251);
	const changed = body.slice();
	changed[599_999] = 0;
	const left = { path: file('left', Buffer.concat([Buffer.alloc(10), body])), offset: 10, length: body.length };
	const right = (name: string, bytes: Uint8Array) => ({
		path: file(name, Buffer.concat([Buffer.alloc(300, 7), bytes])),
		offset: 300,
		length: bytes.length,
	});
	t.equal(compareDatasets(left, right('same', body)), 'same');
	t.equal(compareDatasets(left, right('changed', changed)), 'other');
	t.equal(compareDatasets(left, right('shorter', body.subarray(1))), 'other');
	t.equal(compareDatasets({ ...left, length: 5 }, right('same', body)), 'missing', 'not as long as its row says');
	t.equal(compareDatasets({ ...left, path: join(folder, 'none') }, right('same', body)), 'missing');
});
