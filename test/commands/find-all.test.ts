/** `dimse find --all` as a user runs it against an archive that stops early: what it says of its queries, and each row counted once. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { syntheticStudies } from '../../src/dicom/synthetic.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { startQrscp } from '../support/qrscp.ts';
import { dimse, scratch } from '../support/run.ts';

const STUDIES = 12;

/** So many studies, an instance each, with something changed in each. */
const studies = (name: string, changed: (index: number) => Dataset): string => {
	const folder = join(scratch, name);
	mkdirSync(folder);
	const seen = new Set<unknown>();
	for (const { dataset } of syntheticStudies({ studies: STUDIES, imageSide: 8, instancesPerSeries: 1 })) {
		const [uid] = dataset[TAG.StudyInstanceUID]?.Value ?? [];
		if (seen.has(uid)) continue;
		const file = encodeFile({ ...dataset, ...changed(seen.size) }, EXPLICIT_LITTLE);
		seen.add(uid);
		writeFileSync(join(folder, `${seen.size}.dcm`), file);
	}
	return folder;
};

const archive = async (folder: string, ...faults: readonly string[]) => {
	const started = await startQrscp({ args: ['--import', folder, ...faults.flatMap((fault) => ['--simulate', fault])] });
	t.teardown(() => started.stop());
	return started;
};

t.test('says how many queries it made, also into a pipe', async (t) => {
	const { at } = await archive(
		studies('plain', () => ({})),
		'limit:5',
	);
	const { status, stdout, stderr } = await dimse(['find', at, '--all', '-F', 'name']);
	t.equal(status, 0);
	t.equal(stdout.trim().split('\n').length, STUDIES);
	t.match(stderr, /^note: \d+ queries, 12 studies$/m);
	const quiet = await dimse(['find', at, '--all', '-F', 'name', '-q']);
	t.notMatch(quiet.stderr, /queries/);
	const config = join(scratch, 'all.ini');
	writeFileSync(config, `[main]\nae_title: QRSCP\naddress: 127.0.0.1\nport: ${at.split(':')[1]}\n`);
	const variables = { XDG_STATE_HOME: join(scratch, 'state-of-nobody') };
	const node = await dimse(['find', 'main', '--all', '--config', config], { variables });
	t.match(node.stderr, /; dimse node set main match_limit=5 remembers it$/m);
});

t.test('a hidden row is one row, however many keys it contradicts', async (t) => {
	const folder = studies('ids', (index) => ({
		[TAG.PatientID]: { vr: 'LO', Value: [`P${index}`] },
		[TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: index === 0 ? 'DOE' : 'ROE' }] },
	}));
	const { at } = await archive(folder, 'ignore-key:PatientID', 'ignore-key:PatientName');
	for (const more of [[], ['--all']]) {
		const { stderr, stdout } = await dimse(['find', at, '--id', 'P1', '--name', 'DOE', '-F', 'jsonl', ...more]);
		t.equal(stdout.split('\n').filter((line) => line.includes('"match"')).length, 0);
		const hidden = [...stderr.matchAll(/^warning: (\d+) rows? hidden: no match for (\S+(?: and \S+)?) \(/gm)];
		t.equal(
			hidden.reduce((sum, [, count]) => sum + Number(count), 0),
			STUDIES,
		);
		t.strictSame(hidden.map(([, , keys]) => keys?.replaceAll(/=\S+/g, '')).sort(), [
			'PatientID',
			'PatientName',
			'PatientName and PatientID',
		]);
	}
});

t.test('--strict-match holds rows against what was asked, and not against the parts it was asked in', async (t) => {
	const folder = studies('same-time', (index) => ({
		[TAG.StudyDate]: { vr: 'DA', Value: ['20240102'] },
		[TAG.StudyTime]: { vr: 'TM', Value: ['101112'] },
		[TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: `${'ABCDEFGHIJKLMNOP'[index]}NAME` }] },
	}));
	const { at } = await archive(folder, 'limit:5', 'ignore-key:ModalitiesInStudy');
	const config = join(scratch, 'strict.ini');
	writeFileSync(config, `[main]\nae_title: QRSCP\naddress: 127.0.0.1\nport: ${at.split(':')[1]}\nmatch_limit: 5\n`);
	const options = ['--strict-match', '--max-queries', '60', '-F', 'name', '--config', config];
	const { stdout, stderr } = await dimse(['find', 'main', '--all', ...options]);
	t.equal(stdout.trim().split('\n').length, STUDIES, stderr);
	t.notMatch(stderr, /hidden/);
});

t.test(
	'an archive that refuses what is too much is asked in parts until it answers, and no limit of 0 is learned',
	async (t) => {
		const { at } = await archive(
			studies('refused', () => ({})),
			'limit-refuse:5',
		);
		const asked = await dimse(['find', at, '--all', '-F', 'name']);
		t.equal(asked.status, 0);
		t.equal(new Set(asked.stdout.trim().split('\n')).size, STUDIES);
		t.notMatch(asked.stderr, /at most, proven|still cut off|stopped after/);
		const [, queries = ''] = /^note: (\d+) queries, 12 studies$/m.exec(asked.stderr) ?? [];
		t.ok(Number(queries) > 3 && Number(queries) < 60, `${queries} queries`);
		const once = await dimse(['find', at, '--date', '1901', '-F', 'name']);
		t.notMatch(once.stderr, /0 matches: the limit/);
	},
);

t.test(
	'a limit that was learned is forgotten once the archive gives more; one that is configured is left alone',
	async (t) => {
		const { at } = await archive(studies('unlimited', () => ({})));
		const state = join(scratch, 'state-of-limits');
		const path = join(state, 'dimse', 'capabilities.json');
		mkdirSync(join(state, 'dimse'), { recursive: true });
		const learned = (matches: number) => {
			const peers = { [at]: { limit: { at: '2026-01-01T00:00:00.000Z', matches } } };
			writeFileSync(path, JSON.stringify({ schema: 'dimse.capabilities/1', peers }));
		};
		const known = () => JSON.parse(readFileSync(path, 'utf8')).peers[at].limit?.matches;
		const find = (...more: readonly string[]) =>
			dimse(['find', ...more, '-F', 'name'], { variables: { XDG_STATE_HOME: state } });
		learned(STUDIES);
		t.match((await find(at)).stderr, /12 matches: the limit of this archive/);
		t.equal(known(), STUDIES);
		for (const more of [[], ['--all']]) {
			learned(5);
			t.notMatch((await find(at, ...more)).stderr, /limit/);
			t.equal(known(), undefined);
		}
		const config = join(scratch, 'limits.ini');
		const text = `[main]\nae_title: QRSCP\naddress: 127.0.0.1\nport: ${at.split(':')[1]}\nmatch_limit: 5\n`;
		writeFileSync(config, text);
		t.notMatch((await find('main', '--config', config)).stderr, /limit/);
		t.equal(readFileSync(config, 'utf8'), text);
	},
);

t.test('what is said of studies without a date or a time depends on what was asked in parts', async (t) => {
	const plain = await archive(
		studies('days', (index) => ({ [TAG.StudyDate]: { vr: 'DA', Value: [`202401${10 + index}`] } })),
		'limit:5',
	);
	const days = await dimse(['find', plain.at, '--all', '-F', 'name']);
	t.match(days.stderr, /: studies without a date cannot be listed this way: a range of dates never matches them$/m);
	const folder = studies('one-day', (index) => ({
		[TAG.StudyDate]: { vr: 'DA', Value: ['20240102'] },
		[TAG.StudyTime]: { vr: 'TM', Value: index === 11 ? [] : [`10${10 + index}00`] },
	}));
	const { at } = await archive(folder, 'limit:5');
	const all = await dimse(['find', at, '--all', '-F', 'name']);
	t.match(
		all.stderr,
		/: studies without a date and, on days that were split, without a time cannot be listed this way/,
	);
	const day = await dimse(['find', at, '--all', '--date', '20240102', '-F', 'name']);
	t.match(day.stderr, /: studies without a time, on days that were split, cannot be listed this way/);
});
