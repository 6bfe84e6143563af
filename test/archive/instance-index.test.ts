/** The index's thread: what waits is committed together, reads and writes take turns, and nobody is left waiting when it ends. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t, { type Test } from 'tap';
import { rowsOf } from '../../src/archive/index/entity-rows.ts';
import type { IndexSettings, StoreOrder } from '../../src/archive/index/index-protocol.ts';
import { InstanceIndex } from '../../src/archive/index/instance-index.ts';
import { planQuery } from '../../src/archive/query/query-plan.ts';
import type { Place } from '../../src/archive/query/query-sql.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { CT, datasetOf, folderOf, rejectionOf } from './archive-fixture.ts';

const openIndex = (t: Test, more: Partial<IndexSettings> = {}, folder = folderOf(t)) => {
	const databasePath = join(folder, 'index.sqlite');
	const index = new InstanceIndex({
		databasePath,
		instanceFolder: folder,
		isDurable: true,
		busyTimeoutMs: 5000,
		...more,
	});
	t.teardown(() => index.close().catch(() => {}));
	return { index, databasePath };
};

/** A row alone, of a file that lies in its place. */
const orderOf = (at: number, more: Partial<StoreOrder> = {}): StoreOrder => ({
	rows: rowsOf(datasetOf({ sop: `1.2.${at}`, study: `1.3.${at >> 2}`, series: `1.4.${at >> 1}` }), {
		sopClassUid: CT,
		sopInstanceUid: `1.2.${at}`,
		transferSyntaxUid: EXPLICIT_LITTLE,
		file: `00001/${at}`,
		datasetOffset: 0,
		datasetLength: 10,
		digest: new Uint8Array(0),
		storedAt: 1,
		callingAeTitle: 'SCU',
	}),
	duplicates: 'newest',
	...more,
});

const PLAN = planQuery(
	{
		[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
		[TAG.StudyInstanceUID]: { vr: 'UI', Value: [] },
	},
	{ model: 'study-root' },
);

/** Frames of the log that end a transaction (sqlite.org/fileformat2.html#walformat). */
const commitsIn = (databasePath: string): number => {
	const log = readFileSync(`${databasePath}-wal`);
	const pageBytes = log.readUInt32BE(8);
	const salt = log.subarray(16, 24);
	let commits = 0;
	for (let at = 32; at + 24 + pageBytes <= log.length; at += 24 + pageBytes)
		if (log.subarray(at + 8, at + 16).equals(salt) && log.readUInt32BE(at + 4) > 0) commits++;
	return commits;
};

t.test('requests that are made before it is open wait for it', async (t) => {
	const { index } = openIndex(t);
	const [stored, counts] = await Promise.all([index.store(orderOf(1)), index.counts()]);
	t.same(stored, { outcome: 'new' });
	t.equal(typeof counts.instances, 'number');
	t.same(await index.ready, { announces: 'ready' });
});

t.test('all stores that wait are one transaction', async (t) => {
	const { index, databasePath } = openIndex(t);
	await index.ready;
	const before = commitsIn(databasePath);
	await index.store(orderOf(0));
	t.equal(commitsIn(databasePath), before + 1);
	const other = new DatabaseSync(databasePath);
	t.teardown(() => other.close());
	other.exec('BEGIN IMMEDIATE');
	const stores = Array.from({ length: 100 }, (_, at) => index.store(orderOf(at + 1)));
	await index.counts(); // they are all there, and wait
	other.exec('ROLLBACK');
	t.same(new Set((await Promise.all(stores)).map(({ outcome }) => outcome)), new Set(['new']));
	t.equal(commitsIn(databasePath), before + 2, 'a hundred of them in one');
	t.match(await index.counts(), { patients: 1, instances: 101, series: 51, studies: 26 });
});

t.test('one that fails takes no other with it', async (t) => {
	const { index } = openIndex(t);
	const missing = { part: '/nowhere/a.part', path: '/nowhere/a' };
	const settled = await Promise.allSettled(
		[1, 2, 9, 4].map((at) => index.store(orderOf(at, at === 9 ? { placement: missing } : {}))),
	);
	t.same(
		settled.map(({ status }) => status),
		['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
	);
	t.match(await index.counts(), { instances: 3, series: 3, studies: 2 }, 'nor does it leave parents without children');
});

t.test('stores and queries take turns', async (t) => {
	const { index } = openIndex(t, { isDurable: false });
	if ('refusal' in PLAN) return t.fail('refused');
	const plan = PLAN;
	for (let at = 0; at < 8000; at += 500)
		await Promise.all(Array.from({ length: 500 }, (_, more) => index.store(orderOf(at + more))));
	let isOver = false;
	let stored = 0;
	let pages = 0;
	const storing = (async () => {
		for (let at = 10_000; !isOver; at++) {
			await index.store(orderOf(at));
			stored++;
		}
	})();
	const query = async () => {
		for (let round = 0; round < 5; round++)
			for (let place: Place | undefined, isFirst = true; isFirst || place !== undefined; isFirst = false) {
				const page = await index.page(plan, place, 50);
				place = page.next;
				pages++;
			}
	};
	await Promise.all([query(), query(), query()]);
	isOver = true;
	await storing;
	t.ok(pages >= 3 * 5 * 40, `${pages} pages`);
	t.ok(stored > pages / 20, `${stored} stores meanwhile`);
	return undefined;
});

t.test('a page at a time, each of them whole', async (t) => {
	const { index } = openIndex(t, { isDurable: false });
	if ('refusal' in PLAN) return t.fail('refused');
	await Promise.all(Array.from({ length: 1000 }, (_, at) => index.store(orderOf(at))));
	const seen: unknown[] = [];
	let place: Place | undefined;
	do {
		const page = await index.page(PLAN, place, 30);
		t.ok(page.rows.length <= 30);
		seen.push(...page.rows);
		place = page.next;
	} while (place !== undefined);
	t.equal(seen.length, 250);
	return undefined;
});

t.test('of two files the newer one', async (t) => {
	const { index } = openIndex(t);
	const order = orderOf(1);
	const of = (storedAt: number, file: string): StoreOrder => ({
		...order,
		rows: { ...order.rows, instance: { ...order.rows.instance, storedAt, file } },
	});
	t.same(await index.store(of(100, 'a')), { outcome: 'new' });
	t.match(await index.store(of(50, 'b')), { outcome: 'kept', otherFile: 'a' });
	t.match(await index.store(of(200, 'c')), { outcome: 'replaced', otherFile: 'a' });
	t.same(await index.files(0, 10), { files: ['c'], last: 1 });
	t.same(await index.known(['a', 'b', 'c', 'd']), ['c']);
});

t.test('closed, it answers nobody and keeps nobody', async (t) => {
	const { index } = openIndex(t);
	const stores = [1, 2, 3].map((at) => index.store(orderOf(at)));
	const closing = index.close();
	t.equal((await Promise.all(stores)).length, 3, 'what was asked before is done');
	await closing;
	t.equal(await rejectionOf(index.store(orderOf(4))), 'INDEX_GONE');
	await index.close();
});

t.test('a database that cannot be had', async (t) => {
	const { index } = openIndex(t, { databasePath: '/nowhere/index.sqlite' });
	t.equal(await rejectionOf(index.opened), 'LOCK_FAILED');
	t.equal(await rejectionOf(index.ready), 'LOCK_FAILED');
	t.equal(await rejectionOf(index.counts()), 'LOCK_FAILED');
	await index.close();
});
