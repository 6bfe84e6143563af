/** `dimse get --journal` killed without warning, again and again: what the journal claims is on disk and whole, and in the end nothing is missing. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { readFileMeta } from '../../src/dicom/part10.ts';
import { dimse } from '../support/run.ts';
import { CT, held, STUDY, startArchive } from './archive.ts';

t.setTimeout(180_000);

const SERIES = 8;
const INSTANCES = Array.from({ length: SERIES * 25 }, (_, i) => held(`${STUDY}.${1 + (i % SERIES)}.${i}`, CT));
const BYTES = new Map(INSTANCES.map(({ sopInstanceUid, bytes }) => [sopInstanceUid, bytes]));

/** Every UID that the journal says has arrived. */
const claimed = (journal: string): readonly string[] =>
	existsSync(journal)
		? readFileSync(journal, 'utf8')
				.split('\n')
				.slice(0, -1)
				.flatMap((line) => {
					const { arrived } = JSON.parse(line) as { arrived?: unknown };
					return Array.isArray(arrived) ? (arrived as string[]) : [];
				})
		: [];

const kept = (folder: string): readonly string[] =>
	existsSync(folder)
		? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dcm'))
		: [];

t.test('killed until it is done', async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-killed-'));
	t.teardown(() => rmSync(folder, { recursive: true, force: true }));
	const archive = await startArchive(t, { instances: INSTANCES });
	const [journal, out] = [join(folder, 'journal.jsonl'), join(folder, 'out')];
	const command = [
		'get',
		'-aec',
		'ARCHIVE',
		'127.0.0.1',
		String(archive.port),
		STUDY,
		'--unit',
		'series',
		'-j',
		'2',
		'--events',
	];
	const get = (killAfter: number) =>
		dimse([...command, '--journal', journal, '-o', out], {
			meanwhile: (child) => {
				let stored = 0;
				child.stdout.on('data', (text: Buffer) => {
					stored += text.toString().split('"type":"stored"').length - 1;
					if (stored >= killAfter) child.kill('SIGKILL');
				});
			},
		});
	let claims = 0;
	let kills = 0;
	for (const killAfter of [1, 60, 45, 30]) {
		const { status } = await get(killAfter);
		t.equal(status, null, `killed after ${killAfter}`);
		const files = new Map(
			kept(out).map((name) => [
				name
					.split('/')
					.at(-1)
					?.replace(/\.dcm$/, ''),
				join(out, name),
			]),
		);
		for (const uid of claimed(journal)) {
			const file = readFileSync(files.get(uid) ?? '/none');
			const meta = readFileMeta(file, true);
			const body = meta.kind === 'part10' ? file.subarray(meta.datasetOffset) : Buffer.alloc(0);
			if (Buffer.compare(body, BYTES.get(uid) ?? Buffer.alloc(1)) !== 0) t.fail(`${uid} is not what was sent`);
		}
		const uids = new Set(claimed(journal));
		t.ok(uids.size >= claims, `${uids.size} claimed of ${files.size} kept`);
		// Between the name of a file and its line in the journal stands one instance of either association.
		t.ok(uids.size >= files.size - 2 * (1 + kills++), `${uids.size} claimed of ${files.size} kept`);
		claims = uids.size;
	}
	t.ok(claims > 0, 'something was claimed before it was killed');
	const asked = archive.asked.length;
	const { status, stderr } = await get(Number.POSITIVE_INFINITY);
	t.equal(status, 0, stderr);
	t.equal(kept(out).length, INSTANCES.length);
	t.ok(archive.asked.length > asked);
	t.notOk(
		readdirSync(out, { recursive: true, encoding: 'utf8' }).some((name) => name.includes('.part')),
		'nothing half-written is left',
	);
});
