/** `node caps` and its matching probe against real archives: what they accept, and how they match keys. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { encodeFile } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { missing, startDcmqrscp, startOrthanc } from '../support/peers.ts';
import { startQrscp } from '../support/qrscp.ts';
import { dimse, scratch } from '../support/run.ts';
import { CT, image } from './instances.ts';

t.setTimeout(180_000);

const NAME = 'SMITH^JOHN';
const FILE = join(scratch, 'smith.dcm');
mkdirSync(scratch, { recursive: true });
writeFileSync(
	FILE,
	encodeFile(
		image(CT, '1.2.3.4.1.1', {
			StudyInstanceUID: '1.2.3.4',
			SeriesInstanceUID: '1.2.3.4.1',
			PatientName: NAME,
			PatientID: 'P001',
			StudyDate: '20240301',
			StudyTime: '101500',
			Modality: 'CT',
		}),
		EXPLICIT_LITTLE,
	),
);

const STATE = join(scratch, 'state');
const run = (...args: readonly string[]) => dimse(args, { variables: { XDG_STATE_HOME: STATE } });

/** The lines of the probe by key, and that nothing of the patient is kept. */
const probed = async (t: Test, at: string): Promise<Record<string, string>> => {
	const stored = await run('store', at, FILE);
	t.equal(stored.status, 0, stored.stderr);
	const ran = await run('node', 'caps', at, '--matching');
	t.equal(ran.status, 0, ran.stderr);
	const [heading = '', ...lines] = ran.stdout.trimEnd().split('\n');
	t.match(heading, / {2}matching +\d{4}-\d\d-\d\d$/);
	const kept = readFileSync(join(STATE, 'dimse', 'capabilities.json'), 'utf8');
	t.notMatch(kept, /SMITH|JOHN|P001|20240301|1\.2\.3\.4"/, 'nothing of the patient is remembered');
	// The longest key and two blanks.
	return Object.fromEntries(
		lines.map((line) => [
			line.slice(0, 19).trim(),
			line
				.slice(19)
				.split(/\s{3,}/)
				.join('; '),
		]),
	);
};

const accepted = async (t: Test, at: string): Promise<Record<string, string>> => {
	const ran = await run('node', 'caps', at, '-F', 'tsv');
	t.equal(ran.status, 0, ran.stderr);
	return Object.fromEntries(
		ran.stdout
			.trimEnd()
			.split('\n')
			.map((line) => [line.split('\t')[1], line.split('\t')[3]]),
	);
};

t.test('dcmqrscp', { skip: missing('dcmqrscp') }, async (t) => {
	const peer = await startDcmqrscp();
	t.teardown(() => peer.stop());
	const at = `${peer.aeTitle}@127.0.0.1:${peer.port}`;
	t.strictSame(await probed(t, at), {
		PatientName: 'case-sensitive; no implicit *; * and ? anywhere; components: whole value',
		PatientID: 'exact; * works',
		StudyDate: 'range, open range',
		ModalitiesInStudy: 'IGNORED as a key, not returned',
		StudyTime: 'range; apart from the date',
		'UID list': 'works',
		StudyInstanceUID: 'an empty one means any',
	});
	const classes = await accepted(t, at);
	t.match(classes, {
		'Study Root FIND': 'implicit explicit',
		'Study Root MOVE': 'implicit explicit',
		'Study Root GET': 'implicit explicit',
		'CT Image Storage': 'implicit explicit explicit-big',
	});
	t.notOk('Modality Worklist FIND' in classes);
	t.match((await run('node', 'caps', at, '-F', 'table')).stdout, /\nchanges {5}none since /);
	// [lab] A10
	t.match(
		(await run('find', at, 'PatientName=smith*', '--why')).stderr,
		/-> 1\+ rows {2}this key excludes everything; upper case SMITH\* matches/,
	);
	t.match((await run('find', at, '--name', 'smith', '-F', 'name')).stdout, /^1\.2\.3\.4\n$/);
});

t.test('Orthanc', { skip: missing('Orthanc') }, async (t) => {
	const peer = await startOrthanc();
	t.teardown(() => peer.stop());
	const at = `${peer.aeTitle}@127.0.0.1:${peer.port}`;
	t.match(await probed(t, at), {
		PatientName: /^case does not matter; .*\* and \? anywhere; components: whole value/,
		PatientID: 'exact; * works',
		StudyDate: 'range, open range',
		ModalitiesInStudy: 'matched; several values mean one of them',
		'UID list': 'works',
	});
	t.match(await accepted(t, at), {
		'Study Root FIND': /explicit/,
		'Study Root GET': /explicit/,
		'CT Image Storage': /jpeg-lossless.*j2k.*rle/,
	});
});

t.test('qrscp that does it wrong on purpose', async (t) => {
	const peer = await startQrscp({
		args: ['case-sensitive', 'ignore-key:ModalitiesInStudy', 'ignore-key:PatientID', 'no-get'].flatMap((fault) => [
			'--simulate',
			fault,
		]),
	});
	t.teardown(() => peer.stop());
	t.match(await probed(t, peer.at), {
		PatientName: /^case-sensitive; no implicit \*; \* and \? anywhere; components: the family name alone finds it/,
		PatientID: 'IGNORED as a key',
		StudyDate: 'range, open range',
		ModalitiesInStudy: 'IGNORED as a key',
	});
	t.match((await run('node', 'caps', peer.at, '-F', 'table')).stdout, /\nextended {4}relational, datetime\n/);
	const classes = await accepted(t, peer.at);
	t.ok('Study Root MOVE' in classes);
	t.notOk('Study Root GET' in classes);
});

t.test('an archive upgrade that dropped C-GET is seen', async (t) => {
	const before = await startQrscp();
	await run('node', 'caps', before.at);
	const { port } = before;
	await before.stop();
	const after = await startQrscp({ args: ['--simulate', 'no-get', '--port', String(port)] });
	t.teardown(() => after.stop());
	t.equal(after.port, port);
	const ran = await run('node', 'caps', after.at, '-F', 'table');
	t.match(ran.stderr, /^warning: \S+ changed since \S+: lost .*Study Root GET/);
});
