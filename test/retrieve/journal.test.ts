/** The journal of a retrieve: what it remembers, what a crash costs, and that it is never taken for another's. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { DicomError } from '../../src/errors.ts';
import type { UnitResult, Verdict } from '../../src/retrieve/events.ts';
import { Journal, type JournalHead, journalKey, readJournal } from '../../src/retrieve/journal.ts';
import type { Unit } from '../../src/retrieve/unit.ts';

const folder = mkdtempSync(join(tmpdir(), 'dimse-journal-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const fresh = (): string => join(folder, `${files++}.jsonl`);

const HEAD: JournalHead = { node: 'main', model: 'study-root', service: 'C-GET', destination: '/data' };
const ONE: Unit = { level: 'STUDY', studyUid: '1.1' };
const TWO: Unit = { level: 'SERIES', studyUid: '1.1', seriesUid: '1.1.1', label: 'SMITH^JOHN' };

const result = (verdict: Verdict, arrived: number): UnitResult => ({
	unit: 0,
	verdict,
	verified: true,
	expected: 3,
	expectedFrom: 'instances',
	claimed: { completed: arrived },
	arrived,
	bytes: 0,
	missingCount: 3 - arrived,
	missing: [],
	elapsedMs: 1,
	attempts: 1,
});

const failureOf = async (use: Promise<unknown>): Promise<unknown> => {
	try {
		return await use;
	} catch (error) {
		return error instanceof DicomError ? error.failure : error;
	}
};

/** Begins ONE and TWO; ONE is complete, of TWO one instance came. */
const written = async (path: string): Promise<void> => {
	const journal = await Journal.open(path, HEAD);
	await journal.begun(ONE);
	for (const uid of ['a', 'b', 'c']) journal.arrived(ONE, uid);
	await journal.settled(ONE, result('complete', 3));
	await journal.begun(TWO);
	journal.arrived(TWO, 'd');
	await journal.close();
};

t.test('what is complete and what has arrived is known in the next run', async (t) => {
	const path = fresh();
	await written(path);
	const journal = await Journal.open(path, HEAD);
	t.match(journal.before(ONE), { state: 'complete', verdict: 'complete', expected: 3 });
	t.strictSame([...(journal.before(ONE)?.arrived ?? [])], ['a', 'b', 'c']);
	t.equal(journal.before(TWO)?.state, 'begun');
	t.strictSame([...(journal.before({ ...TWO, label: 'another' })?.arrived ?? [])], ['d']);
	t.equal(journal.before({ level: 'STUDY', studyUid: '9' }), undefined);
	journal.arrived(TWO, 'e');
	await journal.settled(TWO, result('incomplete', 2));
	await journal.close();
	const again = await Journal.open(path, HEAD);
	t.equal(again.before(TWO)?.state, 'not-complete');
	t.strictSame([...(again.before(TWO)?.arrived ?? [])], ['d', 'e']);
	await again.close();
	t.equal(statSync(path).mode & 0o077, 0, 'nobody else may read it');
});

t.test('cut off at every byte it loses the torn line alone, and goes on', async (t) => {
	const path = fresh();
	await written(path);
	const whole = readFileSync(path);
	const text = whole.toString();
	for (let length = 0; length <= whole.length; length += length < 200 ? 1 : 7) {
		const cut = fresh();
		writeFileSync(cut, whole.subarray(0, length));
		const journal = await Journal.open(cut, HEAD);
		const lines = text.slice(0, length).split('\n').slice(0, -1);
		const claims = lines.filter((line) => /"arrived":\["[abc]"\]/.test(line)).length;
		t.equal(journal.before(ONE)?.arrived.size ?? 0, claims, `${length} bytes`);
		journal.arrived(TWO, 'z');
		await journal.close();
		const after = readFileSync(cut, 'utf8');
		t.ok(
			after.endsWith('\n') &&
				after
					.split('\n')
					.slice(0, -1)
					.every((line) => JSON.parse(line) !== null),
			`${length} bytes: whole lines`,
		);
		const next = await Journal.open(cut, HEAD);
		t.ok(next.before(TWO)?.arrived.has('z'));
		await next.close();
		rmSync(cut);
	}
});

t.test('arrivals are on disk before the verdict that rests on them', async (t) => {
	const path = fresh();
	const journal = await Journal.open(path, HEAD);
	await journal.begun(ONE);
	journal.arrived(ONE, 'a');
	await journal.settled(ONE, result('complete', 1));
	const lines = readFileSync(path, 'utf8').trim().split('\n');
	t.match(
		lines.map((line) => JSON.parse(line)),
		[{ journal: 'dimse retrieve' }, { state: 'begun' }, { arrived: ['a'] }, { state: 'complete' }],
	);
	await journal.close();
});

t.test('an arrival outlives the process from the moment it is told', async (t) => {
	const path = fresh();
	const journal = await Journal.open(path, HEAD);
	const claims = () => readJournal(readFileSync(path), path, HEAD).units.get(journalKey(ONE))?.arrived.size ?? 0;
	for (let i = 1; i <= 250; i++) {
		journal.arrived(ONE, `1.2.${i}`);
		if (claims() !== i) t.fail(`${claims()} of ${i} are in the file`);
	}
	await journal.begun(TWO);
	t.equal(readFileSync(path, 'utf8').trim().split('\n').length, 1 + 250 + 1);
	await journal.close();
});

t.test('the journal of another retrieve, and what is none', async (t) => {
	const path = fresh();
	await written(path);
	const before = readFileSync(path);
	for (const [other, word] of [
		[{ ...HEAD, node: 'other' }, /its node is main, not other/],
		[{ ...HEAD, model: 'patient-root' }, /its model/],
		[{ ...HEAD, service: 'C-MOVE' }, /its service/],
		[{ ...HEAD, destination: '/elsewhere' }, /its destination/],
	] as const)
		t.match(await failureOf(Journal.open(path, other)), { blame: 'usage', message: word });
	t.strictSame(readFileSync(path), before, 'left as it is');
	for (const text of [
		'hello',
		'hello\n',
		'{"a":1}\n',
		'[]\n',
		'null\n',
		`${readFileSync(path, 'utf8')}rubbish\n`,
		'{"journal":"dimse retriever"}\n',
	]) {
		const foreign = fresh();
		writeFileSync(foreign, text);
		t.match(await failureOf(Journal.open(foreign, HEAD)), { blame: 'usage' }, JSON.stringify(text));
		t.equal(readFileSync(foreign, 'utf8'), text, 'left as it is');
	}
	t.match(await failureOf(Journal.open(join(folder, 'none', 'x'), HEAD)), { blame: 'io', code: 'ENOENT' });
});

t.test('it is of one at a time, and free again when that one has closed it, or failed to begin', async (t) => {
	const path = fresh();
	const first = await Journal.open(path, HEAD);
	const link = `${path}.link`;
	symlinkSync(path, link);
	for (const spelled of [path, link])
		t.match(await failureOf(Journal.open(spelled, HEAD)), { blame: 'io', code: 'JOURNAL_IN_USE', path: spelled });
	await first.settled(ONE, result('complete', 3));
	await first.close();
	t.match(await failureOf(Journal.open(path, { ...HEAD, node: 'other' })), { blame: 'usage' });
	const second = await Journal.open(path, HEAD);
	t.equal(second.before(ONE)?.state, 'complete');
	await second.close();
});

t.test('what is no file is not taken for one', async (t) => {
	execFileSync('sh', ['-c', `mkfifo '${join(folder, 'fifo')}'`]);
	for (const path of ['/dev/null', '/dev/full', folder, join(folder, 'fifo')])
		t.match(await failureOf(Journal.open(path, HEAD)), { blame: 'usage', message: `${path} is no file` });
});

t.test('the key of a unit', async (t) => {
	const keys = [
		ONE,
		TWO,
		{ level: 'PATIENT', patientId: 'P1' },
		{ level: 'IMAGE', studyUid: '1.1', seriesUid: '1.1.1', sopUids: ['a', 'b'] },
		{ level: 'IMAGE', studyUid: '1.1', seriesUid: '1.1.1', sopUids: ['a'] },
		{ level: 'FRAME', sopUids: ['a'], frames: [1] },
		{ level: 'FRAME', sopUids: ['a'], frames: [2] },
	] as const satisfies readonly Unit[];
	t.equal(new Set(keys.map(journalKey)).size, keys.length);
	const many = Array.from({ length: 100 }, (_, i) => `1.2.840.${i}`);
	const key = (sopUids: readonly string[]) => journalKey({ level: 'IMAGE', sopUids });
	t.equal(key(many), key([...many].reverse()), 'in any order');
	t.ok(key(many).length < 120);
});
