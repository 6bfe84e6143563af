/** `find --why` and what was learned of a peer, as a user sees them, against our own archive made to match in odd ways. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Dataset, textOf } from '../../src/dicom/dataset.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { CT, image } from '../interop/instances.ts';
import { findPeer } from '../support/odd-peers.ts';
import { startQrscp } from '../support/qrscp.ts';
import { dimse, scratch } from '../support/run.ts';

t.setTimeout(120_000);

const FOLDER = join(scratch, 'why');
mkdirSync(FOLDER);
for (const [index, [name, date]] of [
	['SMITH^JOHN', '20240301'],
	['DOE^JANE', '20250301'],
].entries())
	writeFileSync(
		join(FOLDER, `${index}.dcm`),
		encodeFile(
			image(CT, `1.2.3.${index}.1.1`, {
				StudyInstanceUID: `1.2.3.${index}`,
				SeriesInstanceUID: `1.2.3.${index}.1`,
				PatientName: String(name),
				PatientID: `P${index}`,
				StudyDate: String(date),
				StudyTime: '101500',
				Modality: 'CT',
			}),
			EXPLICIT_LITTLE,
		),
	);

/** An archive with both studies, and a place of its own for what is learned of it. */
const archive = async (t: Test, name: string, ...faults: readonly string[]) => {
	const peer = await startQrscp({ args: faults.flatMap((fault) => ['--simulate', fault]) });
	t.teardown(() => peer.stop());
	const stored = await dimse(['store', peer.at, FOLDER]);
	t.equal(stored.status, 0, stored.stderr);
	const variables = { XDG_STATE_HOME: join(scratch, `state-${name}`) };
	return { at: peer.at, run: (...args: readonly string[]) => dimse(args, { variables }) };
};

t.test('which key it is, and what would have matched', async (t) => {
	const { at, run } = await archive(t, 'why', 'case-sensitive');
	const one = await run('find', at, 'PatientName=smith*', '--date', '2024', '--why');
	t.equal(one.status, 1);
	t.equal(one.stdout, '');
	t.equal(
		one.stderr,
		[
			'no match. Without each key in turn:',
			'  PatientName=smith*           -> 1+ rows  this key excludes everything; upper case SMITH* matches',
			'  StudyDate=20240101-20241231  -> 0',
			'(3 more queries)',
			'',
		].join('\n'),
	);
	const together = await run('find', at, 'PatientName=SMITH*', 'PatientID=P1', '--date', '2024', '--why');
	t.match(together.stderr, /PatientID=P1 +-> 1\+ rows {2}this key excludes everything\n/);
	const three = await run('find', at, 'PatientName=SMITH*', 'PatientID=P1', 'AccessionNumber=NONE', '--why');
	t.match(three.stderr, /no single key excludes everything\. Each key alone:/);
	t.match(three.stderr, /AccessionNumber=NONE +-> 0 +matches nothing, whatever else is asked\n/);
	const series = await run('find', at, '-L', 'series', '--study-uid', '9.9', '-m', 'CT', '--why');
	t.match(
		series.stderr,
		/nothing comes for StudyInstanceUID=9\.9 alone: the peer has nothing of that, or does not show it to us\n/,
	);
	const modality = await run('find', at, '-L', 'series', '--study-uid', '1.2.3.0', '-m', 'MR,US', '--why');
	t.match(
		modality.stderr,
		/^no match \(of the first of 2 queries\)\. Without each key in turn:\n {2}Modality=MR {2}-> 1\+ rows/,
	);
	const found = await run('find', at, 'PatientName=SMITH*', '--why', '-F', 'name');
	t.strictSame(
		[found.status, found.stdout, found.stderr],
		[0, '1.2.3.0\n', ''],
		'nothing is asked where something matches',
	);
	const json = JSON.parse((await run('find', at, 'PatientName=smith*', '--why', '--json')).stdout);
	t.match(json.why, {
		keys: [{ key: 'PatientName', value: 'smith*', without: 'some', instead: 'SMITH*' }],
		queries: 2,
	});
	const events = (await run('find', at, 'PatientName=smith*', '--why', '--events')).stdout.split('\n');
	t.match(
		events.find((line) => line.includes('"why"')),
		/^\{"type":"why","keys":\[\{"key":"PatientName"/,
	);
	t.equal((await run('find', at, 'PatientName=x', '--why', '-q')).stderr, '');
});

t.test('every query is cancelled at its first match', async (t) => {
	const state = { rows: 0, longest: 0 };
	const peer = await findPeer(async function* (identifier, { signal }) {
		let rows = 0;
		if (textOf(identifier, TAG.PatientName) !== '') return;
		while (!signal.aborted && rows < 100_000) {
			rows++;
			const match: Dataset = { [TAG.StudyInstanceUID]: { vr: 'UI', Value: [`1.2.${rows}`] } };
			yield { match };
			state.longest = Math.max(state.longest, rows);
		}
	});
	t.teardown(() => peer.stop());
	const ran = await dimse(['find', `A@127.0.0.1:${peer.port}`, 'PatientName=x', '--why']);
	t.equal(ran.status, 1, ran.stderr);
	t.match(ran.stderr, /this key excludes everything/);
	t.ok(state.longest < 100_000, `cancelled after ${state.longest}`);
});

t.test('--name goes by what the probe has found', async (t) => {
	const { at, run } = await archive(t, 'sensitive', 'case-sensitive');
	const before = await run('find', at, '--name', 'smith', '-F', 'name');
	t.strictSame([before.stdout, before.stderr], ['1.2.3.0\n', ''], 'upper case, as most archives keep names');
	const probe = await run('node', 'caps', at, '--matching');
	t.match(probe.stdout, /\nPatientName +case-sensitive/);
	const after = await run('find', at, '--name', 'smith', '-F', 'name');
	t.equal(after.stdout, '1.2.3.0\n');
	t.match(
		after.stderr,
		/^note: names at \S+ are case-sensitive \(seen \d{4}-\d\d-\d\d\): asking for SMITH\*; --keep-case asks as typed\n$/,
	);
	t.equal((await run('find', at, '--name', 'SMITH', '-F', 'name')).stderr, '', 'typed in upper case anyway');
	t.equal((await run('find', at, '--name', 'smith', '--keep-case')).status, 1);
	const easy = await archive(t, 'easy');
	await easy.run('node', 'caps', easy.at, '--matching');
	const sent = await easy.run('find', easy.at, '--name', 'smith', '--json');
	t.match(JSON.parse(sent.stdout).query.sent, [{ PatientName: 'smith*' }], 'as typed, where case does not matter');
	const ignoring = await archive(t, 'ignoring', 'ignore-key:PatientName');
	await ignoring.run('node', 'caps', ignoring.at, '--matching');
	const all = await ignoring.run('find', ignoring.at, '--name', 'smith', '-F', 'name');
	t.equal(all.stdout, '1.2.3.0\n');
	t.match(all.stderr, /ignores PatientName as a key \(seen \S+\): its rows are narrowed here/);
});

t.test('a proven limit is remembered, and what the doctor finds', async (t) => {
	const { at, run } = await archive(t, 'limit', 'limit:1', 'case-sensitive');
	t.equal((await run('find', at, '-F', 'name')).stderr, '', 'one is no round number');
	const all = await run('find', at, '--all', '-F', 'name');
	t.equal(all.stdout, '1.2.3.0\n1.2.3.1\n');
	t.match((await run('find', at, '-F', 'name')).stderr, /^warning: 1 matches: the limit of this archive; --all asks/);
	await run('doctor', at, '--deep');
	const note = (await run('find', at, '--name', 'smith', '-F', 'name')).stderr;
	t.match(note, /^note: names at \S+ are case-sensitive/);
});
