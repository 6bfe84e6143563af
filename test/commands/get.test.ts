/** `dimse get` as a process against archives in memory: what is written, what is told, and how it ends. */
import { execFile } from 'node:child_process';
import {
	appendFileSync,
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { textOf } from '../../src/dicom/dataset.ts';
import { PATIENT_ROOT_FIND, PATIENT_ROOT_GET, STUDY_ROOT_FIND, STUDY_ROOT_GET } from '../../src/dicom/sop-classes.ts';
import { TAG } from '../../src/dicom/tags.ts';
import type { SubOperationPolicy } from '../../src/services/sub-operation-policy.ts';
import { ends, folder, rowsOf } from '../interop/command-line.ts';
import { CT, filesUnder, MR, readPart10, same } from '../interop/instances.ts';
import { respond, servingPeer } from '../support/odd-peers.ts';
import { INSTANCES, startPeer } from './retrieve-peer.ts';

t.setTimeout(240_000);

/** Short waits: nothing that is tested here comes late. */
const QUICK = ['--settle', '0.1', '--late', '0.1'];

let counter = 0;
/** A folder of its own for every run. */
const fresh = (): string => {
	const path = join(folder, `get-${++counter}`);
	mkdirSync(path);
	return path;
};
const listOf = (out: string): string =>
	join(out, readdirSync(out).find((name) => /^missing-\d{8}-\d{6}\.txt$/.test(name)) ?? 'no list');
/** These are never sent. */
const failing = (...uids: readonly string[]): SubOperationPolicy => ({
	statusFor: (_, { sopInstanceUid }) => (uids.includes(sopInstanceUid) ? 0xa700 : undefined),
});
const events = (text: string) => rowsOf(text).map((line) => JSON.parse(line) as Record<string, unknown>);

t.test('a study, as it was sent', async (t) => {
	const peer = await startPeer(t);
	const out = fresh();
	const ran = await ends(t, 0, ['get', peer.place, '1.2.3.1', '-o', out]);
	const files = filesUnder(out);
	t.equal(files.length, 3);
	for (const { sopInstanceUid, bytes } of peer.instances.slice(0, 3)) {
		const file = files.find((path) => path.endsWith(`${sopInstanceUid}.dcm`)) ?? '';
		t.ok(same(readPart10(file).body, bytes), sopInstanceUid);
	}
	t.equal(ran.stdout, '');
	t.match(ran.stderr, /^ok {4}1\.2\.3\.1 {2}3 instances {2}/m);
	t.notMatch(ran.stderr, /DOE/, 'no patient in a log');
	const again = await ends(t, 0, ['get', peer.place, '1.2.3.1', '-o', out]);
	t.match(again.stderr, /^ok /m);
	t.equal(filesUnder(out).length, 3, 'what is here is skipped');
});

t.test('find, then get each match', async (t) => {
	const peer = await startPeer(t);
	const out = fresh();
	const ran = await ends(t, 0, ['get', peer.place, '--name', 'doe', '-o', out]);
	t.equal(filesUnder(out).length, 4);
	t.match(ran.stderr, /2 units from .*: 2 complete; 4 instances/);
	const none = await ends(t, 1, ['get', peer.place, '--name', 'nobody', '-o', fresh()]);
	t.match(none.stderr, /nothing to retrieve: no match at ARCHIVE/);
	await ends(t, 0, ['get', peer.place, '--name', 'nobody', '-o', fresh(), '--allow-empty']);
});

t.test('find had no match: the list is empty', async (t) => {
	// Nobody listens there: a list that is empty is no reason to call.
	const place = 'ARCHIVE@127.0.0.1:1';
	for (const [exit, ...more] of [
		[1],
		[0, '--allow-empty'],
		[1, '--unit', 'series'],
		[1, '-P'],
		[1, '--no-bulk'],
	] as const) {
		const { stderr } = await ends(t, exit, ['get', place, '--from', '-', ...more]);
		t.match(stderr, /^nothing to retrieve: the list is empty \(standard input\)$/m);
	}
	const { stdout } = await ends(t, 1, ['get', place, '--from', '-', '--json', '-q']);
	t.match(JSON.parse(stdout), { units: [], arrived: 0, exit: 1 });
});

t.test('what was named and is not there is missing, beside what is', async (t) => {
	const peer = await startPeer(t);
	const out = fresh();
	const ran = await ends(t, 3, ['get', peer.place, '1.2.3.1', '1.2.3.98', '1.2.3.99', '-o', out]);
	t.match(ran.stderr, /empty {6}StudyInstanceUID=1\.2\.3\.98\n {13}StudyInstanceUID=1\.2\.3\.99\n/);
	t.match(ran.stderr, /3 units from .*: 1 complete, 2 empty; 3 instances/);
	t.match(readFileSync(listOf(out), 'utf8'), /\n1\.2\.3\.98\tthe peer does not have it\n1\.2\.3\.99\t/);
	const again = await ends(t, 1, ['get', peer.place, '--from', listOf(out), '-o', fresh()]);
	t.notMatch(again.stderr, /list of what is missing/, 'of nothing at all there is no list');
	const allowed = fresh();
	await ends(t, 0, ['get', peer.place, '1.2.3.1', '1.2.3.99', '--allow-empty', '-o', allowed]);
	t.notOk(readdirSync(allowed).some((name) => name.startsWith('missing')));
});

t.test('what was named and is not there, where its series are asked for first', async (t) => {
	const peer = await startPeer(t);
	const out = fresh();
	const { stdout, stderr } = await ends(t, 3, [
		...['get', peer.place, '1.2.3.1', '1.2.3.99', '--unit', 'series', '-o', out, '--json'],
	]);
	t.match(JSON.parse(stdout), {
		units: [{ verdict: 'complete' }, { level: 'STUDY', study: '1.2.3.99', verdict: 'nothing-matched' }],
		missing_file: /missing-/,
	});
	t.match(stderr, /get: nothing matched$/m);
	const none = await ends(t, 1, ['get', peer.place, '1.2.3.99', '--unit', 'series', '-o', fresh()]);
	t.match(none.stderr, /nothing to retrieve: no match/);
});

t.test('keys above a UID are looked up', async (t) => {
	const peer = await startPeer(t);
	for (const [args, count] of [
		[['-L', 'series', '1.2.3.1.1'], 3],
		[['-L', 'instance', '1.2.3.1.1.2', '1.2.3.2.1.1'], 2],
		[['-P', '1.2.3.1'], 3],
		[['-P', '-L', 'patient', 'P1'], 4],
		[['--study-uid', '1.2.3.1', '--unit', 'instance'], 3],
		[['--composite', '-L', 'instance', '1.2.3.1.1.2'], 1],
		[['--no-bulk', '1.2.3.2.1.1'], 1],
		[['--no-bulk', '1.2.3.1', '1.2.3.2.1.1'], 4],
		[['--composite', '1.2.3.1'], 3],
	] as const) {
		const out = fresh();
		await ends(t, 0, ['get', peer.place, ...args, '-o', out]);
		t.equal(filesUnder(out).length, count, args.join(' '));
	}
	const unknown = await ends(t, 2, ['get', peer.place, '-L', 'series', '9.9.9', '-o', fresh()]);
	t.match(unknown.stderr, /which study the series 9\.9\.9 is of is not known, and ARCHIVE.* does not say/);
	t.match(unknown.stderr, /--study-uid UID; or pipe rows of find/);
	const strict = await startPeer(t, {
		answer: (request) =>
			request.message.type === 'C-FIND-RQ'
				? (async () => {
						await request.dataset?.discard();
						await respond(request, 0xa900);
					})()
				: undefined,
	});
	const refused = await ends(t, 4, ['get', strict.place, '-L', 'series', '1.2.3.1.1', '-o', fresh()]);
	t.match(refused.stderr, /^dimse: ARCHIVE\S+ C-FIND failed: .*\(A900\)/m);
	t.match(refused.stderr, /refuses to be asked: give it: --study-uid UID;/);
	const instance = await ends(t, 4, ['get', strict.place, '-L', 'instance', '1.2.3.1.1.1', '-o', fresh()]);
	t.match(instance.stderr, /give it: --study-uid UID --series-uid UID;/);
	const asked = await ends(t, 4, ['get', strict.place, '--name', 'doe', '-o', fresh()]);
	t.match(asked.stderr, /C-FIND failed: .*\(A900\)/, 'it is the query that was refused');
});

const STATUSES: readonly (readonly [status: number, exit: number])[] = [
	[0xa701, 4],
	[0xa702, 4],
	[0xa900, 4],
	[0xaa00, 4],
	[0xc000, 4],
	[0xc413, 4],
	[0x0110, 4],
	[0x0122, 4],
	[0x0210, 4],
	[0x0124, 13],
];

t.test('every final status is explained in three parts', async (t) => {
	for (const [status, exit] of STATUSES) {
		const peer = await startPeer(t, {
			answer: (request) =>
				request.message.type === 'C-GET-RQ' ? respond(request, status, { errorComment: 'no\u001b[2J way' }) : undefined,
		});
		const { stderr } = await ends(t, exit, ['get', peer.place, '1.2.3.1', '-o', fresh(), '--no-fallback']);
		const code = status.toString(16).padStart(4, '0').toUpperCase();
		t.match(stderr, new RegExp(`^dimse: ARCHIVE.*${code}`, 'm'));
		t.match(stderr, new RegExp(`^ {2}came back {2}status ${code} \\(failure\\), comment "no.\\[2J way"`, 'm'));
		t.match(stderr, /^ {2}means {6}\S/m);
		t.match(stderr, /^ {2}do {9}\S/m);
		t.notMatch(stderr, /\p{Cc}(?<!\n)/u, 'nothing of the peer steers the terminal');
	}
});

t.test('what failed is listed, and the list fetches it', async (t) => {
	const broken = await startPeer(t, { policy: failing('1.2.3.1.1.2') });
	const out = fresh();
	const lists = fresh();
	await ends(t, 3, ['get', broken.place, '1.2.3.1', '-o', fresh(), '--missing', lists]);
	t.ok(existsSync(listOf(lists)), 'a folder makes a name of its own');
	const ran = await ends(t, 3, ['get', broken.place, '1.2.3.1', '-o', out]);
	t.match(ran.stderr, /1 of 3 instances is missing/);
	t.match(
		ran.stderr,
		/came back {2}status (B000|A702) \(\w+\), comment ".*", 2 completed, 1 failed; 2 arrived here of 3 expected/,
	);
	t.match(ran.stderr, /^ {2}missing {4}1\.2\.3\.1\.1\.\d {2}.*failed at the peer/m);
	const list = listOf(out);
	t.match(ran.stderr, `--from ${list}`);
	t.match(readFileSync(list, 'utf8'), /^StudyInstanceUID\tSeriesInstanceUID\tSOPInstanceUID\t/m);
	const whole = await startPeer(t);
	await ends(t, 0, ['get', whole.place, '--from', list, '-o', out]);
	t.equal(filesUnder(out).filter((path) => path.endsWith('.dcm')).length, 3);
	t.same(whole.requests.filter((type) => type === 'C-GET-RQ').length, 1);
});

t.test('the command that fetches it is whole, and without secrets', async (t) => {
	const peer = await startPeer(t, { policy: failing('1.2.3.1.1.2') });
	const cwd = fresh();
	writeFileSync(join(cwd, 'my book.ini'), `[main]\nae_title: ARCHIVE\naddress: 127.0.0.1\nport: ${peer.port}\n`);
	const how = ['-aet', 'WS 1', '-aec', 'OTHER', '--config', 'my book.ini', '--flat', '--journal', 'j.jsonl'];
	const secret = ['--user', 'me', '--password', 'hush', '-q', '--progress', 'none'];
	const { stderr } = await ends(t, 3, ['get', 'main', '--study-uid', '1.2.3.1', ...how, ...secret, '-o', '.'], { cwd });
	const again =
		/^ .*dimse get main -aec OTHER (.*) --from (missing-[-\d]+\.txt) -o \. {4}asks again for what is missing$/m.exec(
			stderr,
		);
	t.ok(again, stderr);
	for (const words of [
		"-aet 'WS 1'",
		"--config 'my book.ini'",
		"--layout '{SOPInstanceUID}.dcm'",
		'--journal j.jsonl',
		'--user me',
	])
		t.match(again?.[1], words);
	t.notMatch(again?.[1], /hush|study-uid|progress/);
	t.match(readFileSync(join(cwd, again?.[2] ?? ''), 'utf8'), `dimse get main -aec OTHER ${again?.[1]} --from`);
});

t.test('missing instances are asked for again', async (t) => {
	let count = 0;
	const peer = await startPeer(t, { policy: { statusFor: () => (count++ === 1 ? 0xa700 : undefined) } });
	const out = fresh();
	const ran = await ends(t, 0, ['get', peer.place, '1.2.3.1', '-o', out, '--retry-missing', '2']);
	t.equal(filesUnder(out).length, 3, 'and no list');
	t.match(ran.stderr, /^note: .*1 is missing: asking for it again/m);
});

t.test('more than ten missing: ten are named', async (t) => {
	const instances = Array.from({ length: 14 }, (_, index) => ({
		...INSTANCES[0],
		'00080018': { vr: 'UI' as const, Value: [`1.2.3.1.1.${index + 1}`] },
	}));
	const peer = await startPeer(t, {
		instances,
		policy: failing(...instances.slice(1).map((one) => textOf(one, TAG.SOPInstanceUID))),
	});
	const out = fresh();
	const named = join(out, 'my list.txt');
	const { stderr } = await ends(t, 3, ['get', peer.place, '1.2.3.1', '-o', out, '--missing', named]);
	t.equal(stderr.match(/failed at the peer, which lists it$/gm)?.length, 11, 'ten, and once as a cause');
	t.match(stderr, /^ +and 3 more$/m);
	t.match(stderr, `--from '${named}'`, 'to be pasted into a shell');
	t.equal(rowsOf(readFileSync(named, 'utf8')).length, 2 + 1 + 13);
});

t.test('success and nothing there', async (t) => {
	const peer = await startPeer(t);
	const { stderr } = await ends(t, 1, ['get', peer.place, '1.2.3.99', '-o', fresh()]);
	t.match(stderr, /finished with status 0000 \(success\), but nothing matched: 0 sub-operations/);
	t.match(stderr, /do {9}dimse find ARCHIVE@\S+ StudyInstanceUID=1\.2\.3\.99/);
	const { stderr: quiet } = await ends(t, 0, ['get', peer.place, '1.2.3.99', '-o', fresh(), '--allow-empty', '-q']);
	t.equal(quiet, '');
});

t.test('a peer that says less than it might', async (t) => {
	for (const policy of [{ sendPending: false }, { sendCounts: false }, { sendPending: false, sendCounts: false }]) {
		const peer = await startPeer(t, { policy });
		const out = fresh();
		await ends(t, 0, ['get', peer.place, '1.2.3.1', '-o', out]);
		t.equal(filesUnder(out).length, 3, JSON.stringify(policy));
	}
});

t.test('a peer that says more than is true', async (t) => {
	const peer = await startPeer(t, { policy: { lie: true } });
	const out = fresh();
	const { stderr } = await ends(t, 3, ['get', peer.place, '1.2.3.1', '-o', out, '--settle', '0.1', '--late', '0.1']);
	t.match(stderr, /the peer reports 3 completed, nothing arrived here/);
	t.match(stderr, /^FAIL {2}1\.2\.3\.1 {2}3 instances claimed {2}none arrived/m);
	t.ok(existsSync(listOf(out)));
});

t.test('a class that the peer does not send', async (t) => {
	const peer = await startPeer(t, { without: [CT] });
	const { stderr } = await ends(t, 3, ['get', peer.place, '1.2.3.1', '1.2.3.2', '-o', fresh()]);
	t.match(stderr, /no presentation context for CT Image Storage: the peer accepted none/);
});

t.test('bare UIDs in the composite models: studies where the peer has such, else instances', async (t) => {
	const peer = await startPeer(t);
	for (const model of ['--composite', '--no-bulk']) {
		const none = await ends(t, 1, ['get', peer.place, model, '1.2.3.99', '-o', fresh()]);
		t.match(none.stderr, /nothing matched/);
		await ends(t, 0, ['get', peer.place, model, '1.2.3.99', '-o', fresh(), '--allow-empty']);
		const out = fresh();
		await ends(t, 3, ['get', peer.place, model, '1.2.3.1', '1.2.3.99', '-o', out]);
		t.equal(filesUnder(out).filter((path) => path.endsWith('.dcm')).length, 3);
		t.match(readFileSync(listOf(out), 'utf8'), /\n1\.2\.3\.99\t/);
	}
	// Nobody says what there is.
	const mute = await startPeer(t, { without: [STUDY_ROOT_FIND, PATIENT_ROOT_FIND] });
	const out = fresh();
	const { stderr } = await ends(t, 0, ['get', mute.place, '--composite', '1.2.3.1.1.2', '-o', out]);
	t.match(stderr, /^note: whether the UIDs are of studies cannot be asked .*: they are taken for instances$/m);
	t.equal(filesUnder(out).length, 1);
});

t.test('--accept: other classes are not proposed, and told as left out', async (t) => {
	const patient = ['-P', '-L', 'patient', 'P1', '--accept', CT];
	for (const more of [[], ['--contexts', 'all'], ['--contexts', `${CT},${MR}`], ['--retry-missing', '2']]) {
		const peer = await startPeer(t);
		const out = fresh();
		const { stderr } = await ends(t, 3, ['get', peer.place, ...patient, ...more, '-o', out]);
		t.equal(filesUnder(out).filter((path) => path.endsWith('.dcm')).length, 3, more.join(' '));
		t.match(stderr, /1 of 4 instances is missing/);
		// Some end it at the first instance that has no context.
		t.match(stderr, /status 0000 \(success\), 3 completed; 3 arrived here of 4 expected/);
		t.match(stderr, /means {6}1 instance: left out by --accept: MR Image Storage$/m);
		t.match(stderr, /without --accept they come too$/m);
		t.match(readFileSync(listOf(out), 'utf8'), /\t1\.2\.3\.2\.1\.1\t.*left out by --accept/);
		t.equal(peer.requests.filter((type) => type === 'C-GET-RQ').length, 1, 'and not asked for again');
	}
	const peer = await startPeer(t);
	for (const more of [[], ['--contexts', 'all'], ['--unit', 'series'], ['-L', 'instance', '1.2.3.2.1.1']]) {
		const items = more.includes('-L') ? more : ['1.2.3.2', ...more];
		const out = fresh();
		const { stdout } = await ends(t, 3, ['get', peer.place, ...items, '--accept', CT, '-o', out, '--json']);
		t.match(JSON.parse(stdout).units, [
			{ arrived: 0, missing: [{ cause: 'no-context', why: /left out by --accept/ }] },
		]);
	}
	t.notOk(peer.requests.includes('C-GET-RQ'), 'there was nothing to ask for');
	const blind = await ends(t, 4, ['get', peer.place, '1.2.3.2', '--accept', CT, '--no-verify', '-o', fresh()]);
	t.match(blind.stderr, /left out by --accept: MR Image Storage/);
	await ends(t, 0, ['get', peer.place, '1.2.3.2', '--accept', `${CT},${MR}`, '-o', fresh()]);
	const wrong = await ends(t, 2, ['get', peer.place, '1.2.3.2', '--accept', 'MR', '-o', fresh()]);
	t.match(wrong.stderr, /--accept: "MR" is no SOP class/);
});

t.test('a peer without C-GET', async (t) => {
	const peer = await startPeer(t, { without: [STUDY_ROOT_GET, PATIENT_ROOT_GET] });
	const { stderr } = await ends(t, 9, ['get', peer.place, '1.2.3.1', '-o', fresh(), '--no-fallback']);
	t.match(stderr, /^dimse: /m);
	const refused = await ends(t, 4, [
		'get',
		peer.place,
		'1.2.3.1',
		'-o',
		fresh(),
		'--listen',
		'127.0.0.1:0',
		'-aet',
		'ME',
	]);
	t.match(refused.stderr, /^note: .*C-MOVE/m, 'it is said that C-MOVE is used');
	t.match(refused.stderr, /listening on 127\.0\.0\.1:\d+ as "ME"/);
	t.match(refused.stderr, /ask for "ME" = 127\.0\.0\.1:\d+ to be registered as a move destination/);
});

t.test('for programs: a document', async (t) => {
	const peer = await startPeer(t, {
		policy: failing('1.2.3.1.1.2'),
	});
	const out = fresh();
	const { stdout } = await ends(t, 3, ['get', peer.place, '1.2.3.1', '1.2.3.99', '-o', out, '--json']);
	t.match(JSON.parse(stdout), {
		schema: 'dimse.get/1',
		node: { called: 'ARCHIVE', calling: 'GETSCU' },
		folder: out,
		service: 'C-GET',
		units: [
			{
				level: 'STUDY',
				study: '1.2.3.1',
				verdict: 'incomplete',
				verified: true,
				expected: 3,
				claimed: { completed: 2, failed: 1 },
				arrived: 2,
				missing_count: 1,
				missing: [{ sop: /^1\.2\.3\.1\.1\./, cause: 'failed-there' }],
				status: /^(B000|A702)$/,
				explain: { came_back: /^status / },
			},
			{ study: '1.2.3.99', verdict: 'nothing-matched' },
		],
		arrived: 2,
		missing_file: /missing-/,
		exit: 3,
	});
});

t.test('for programs: events', async (t) => {
	const peer = await startPeer(t);
	const { stdout, stderr } = await ends(t, 0, ['get', peer.place, '1.2.3.1', '-o', fresh(), '--events', '-q']);
	const all = events(stdout);
	t.equal(stderr, '');
	t.equal(all[0]?.['type'], 'start');
	t.match(all.at(-1), { type: 'summary', arrived: 3, expected: 3, failed: 0, exit: 0 });
	const types = all.map(({ type }) => type);
	t.same([...new Set(types)].sort(), [
		'expected',
		'request',
		'settled',
		'start',
		'stored',
		'suboperations',
		'summary',
		'unit',
	]);
	t.equal(types.filter((type) => type === 'stored').length, 3);
	for (const { file } of all.filter(({ type }) => type === 'stored')) t.ok(existsSync(String(file)));
	const failed = await ends(t, 7, ['get', 'X@127.0.0.1:1', '1.2.3', '-o', fresh(), '--events']);
	t.same(
		events(failed.stdout)
			.map(({ type }) => type)
			.filter((type) => type !== 'warning' && type !== 'unit'),
		['start', 'error', 'summary'],
	);
});

t.test('Ctrl-C: a C-CANCEL, the final response, a summary', async (t) => {
	const cancelled = Promise.withResolvers<void>();
	const asked = Promise.withResolvers<void>();
	const peer = await startPeer(t, {
		answer: (request) => {
			if (request.message.type !== 'C-GET-RQ') return undefined;
			return (async () => {
				await request.dataset?.discard();
				asked.resolve();
				await new Promise<void>((resolve) => request.signal.addEventListener('abort', () => resolve()));
				if (request.signal.reason === 'C-CANCEL-RQ') cancelled.resolve();
				await respond(request, 0xfe00);
			})();
		},
	});
	const { stderr } = await ends(t, 130, ['get', peer.place, '1.2.3.1', '1.2.3.2', '-o', fresh()], {
		meanwhile: (child) => void asked.promise.then(() => child.kill('SIGINT')),
	});
	await cancelled.promise;
	t.match(stderr, /^stop {2}1\.2\.3\.1 {2}/m);
	t.match(stderr, /1 cancelled, 1 not begun/);
});

t.test('all failed, and are named: there is a list', async (t) => {
	const peer = await startPeer(t, { policy: failing('1.2.3.1.1.1', '1.2.3.1.1.2', '1.2.3.1.1.3') });
	const out = fresh();
	const { stderr } = await ends(t, 4, ['get', peer.place, '1.2.3.1', '-o', out]);
	t.match(stderr, `list of what is missing: ${listOf(out)}`);
	t.equal(rowsOf(readFileSync(listOf(out), 'utf8')).filter((row) => row.startsWith('1.2.3.1\t')).length, 3);
});

t.test('Ctrl-C twice, at a peer that does not care: an abort', async (t) => {
	const asked = Promise.withResolvers<void>();
	const cancelled = Promise.withResolvers<void>();
	const peer = await startPeer(t, {
		answer: (request) => {
			if (request.message.type !== 'C-GET-RQ') return undefined;
			return (async () => {
				await request.dataset?.discard();
				request.signal.addEventListener('abort', () => cancelled.resolve(), { once: true });
				asked.resolve();
				await request.association.closed;
			})();
		},
	});
	const out = fresh();
	const { stderr } = await ends(t, 130, ['get', peer.place, '1.2.3.1', '-o', out], {
		meanwhile: (child) => {
			void asked.promise.then(() => child.kill('SIGINT'));
			void cancelled.promise.then(() => child.kill('SIGINT'));
		},
	});
	t.match(stderr, /^(stop|FAIL) {2}1\.2\.3\.1 {2}/m);
	t.equal(rowsOf(readFileSync(listOf(out), 'utf8')).filter((row) => row.startsWith('1.2.3.1\t')).length, 3);
});

t.test('--timeout is of the whole command, and ends it in good order', async (t) => {
	let reason: unknown;
	const peer = await startPeer(t, {
		answer: (request) => {
			if (request.message.type !== 'C-GET-RQ') return undefined;
			return (async () => {
				await request.dataset?.discard();
				await new Promise<void>((resolve) => request.signal.addEventListener('abort', () => resolve()));
				reason = request.signal.reason;
				await respond(request, 0xfe00);
			})();
		},
	});
	await ends(t, 28, ['get', peer.place, '1.2.3.1', '-o', fresh(), '--timeout', '1.5']);
	t.equal(reason, 'C-CANCEL-RQ');
});

t.test('a named instance that does not exist is nothing, beside one that does it is missing', async (t) => {
	const peer = await startPeer(t);
	const under = ['-L', 'instance', '--study-uid', '1.2.3.1', '--series-uid', '1.2.3.1.1'];
	for (const args of [
		['--composite', '-L', 'instance', '1.2.3.1.1.99'],
		[...under, '1.2.3.1.1.98', '1.2.3.1.1.99'],
	]) {
		const { stderr } = await ends(t, 1, ['get', peer.place, ...args, '-o', fresh(), ...QUICK]);
		t.match(stderr, /but nothing matched: 0 sub-operations$/m);
		t.notMatch(stderr, /missing/, 'a list would never be filled');
	}
	const beside = await ends(t, 3, [
		'get',
		peer.place,
		...under,
		'1.2.3.1.1.1',
		'1.2.3.1.1.99',
		'-o',
		fresh(),
		...QUICK,
	]);
	t.match(beside.stderr, /^ {2}missing {4}1\.2\.3\.1\.1\.99 {2}the peer does not have it$/m);
});

t.test('--cancel N is for seeing what a peer makes of it', async (t) => {
	const peer = await startPeer(t);
	const { stderr } = await ends(t, 3, ['get', peer.place, '1.2.3.3', '1.2.3.1', '-o', fresh(), '--cancel', '1']);
	t.match(stderr, /cancelled|not begun/);
});

t.test('a journal', async (t) => {
	const broken = await startPeer(t, {
		policy: { select: (all) => all.filter(({ sopInstanceUid }) => !sopInstanceUid.startsWith('1.2.3.2')) },
	});
	const out = fresh();
	const journal = join(out, 'j');
	writeFileSync(join(out, 'uids'), '1.2.3.1\n1.2.3.2\n');
	const args = (place: string) => ['get', place, '--from', join(out, 'uids'), '-o', out, '--journal', journal];
	const config = join(out, 'config.ini');
	const node = (port: number) =>
		writeFileSync(config, `[main]\nae_title: ARCHIVE\naddress: 127.0.0.1\nport: ${port}\n`);
	node(broken.port);
	const quick = ['--settle', '0.1', '--late', '0.1', '--config', config];
	await ends(t, 3, [...args('main'), ...quick]);
	const whole = await startPeer(t);
	node(whole.port);
	const ran = await ends(t, 0, [...args('main'), ...quick]);
	t.match(ran.stderr, /complete before, by the journal/);
	t.equal(filesUnder(out).filter((path) => path.endsWith('.dcm')).length, 4);
	t.equal(whole.requests.filter((type) => type === 'C-GET-RQ').length, 1);
});

t.test('a journal that cannot be written: that is said once, and what was done before', async (t) => {
	const peer = await startPeer(t);
	const [out, home] = [fresh(), fresh()];
	const journal = join(home, 'j');
	const config = join(home, 'config.ini');
	writeFileSync(config, `[main]\nae_title: ARCHIVE\naddress: 127.0.0.1\nport: ${peer.port}\n`);
	const args = ['get', 'main', '--config', config, '-o', out, '--journal', journal];
	await ends(t, 0, [...args, '1.2.3.3']);
	// Room for the first of two units, as far as this process may write.
	const limit = 16 * 1024;
	const line = (label: string) => `${JSON.stringify({ unit: 'other', state: 'begun', label })}\n`;
	const room = limit - readFileSync(journal).length - line('').length - 600;
	appendFileSync(journal, line('x'.repeat(room)));
	// Without the NODE_OPTIONS of a test: their hooks end a process at the signal of a file that grows too big.
	const script = 'unset NODE_OPTIONS; ulimit -f 32; exec "$@"';
	const program = new URL('../support/dimse.ts', import.meta.url).pathname;
	const words = ['-c', script, 'sh', process.execPath, program, ...args, '1.2.3.1', '1.2.3.2'];
	const ran = await new Promise<{ readonly status: unknown; readonly stderr: string }>((resolve) =>
		execFile('sh', words, { env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' } }, (error, _, stderr) =>
			resolve({ status: error?.code ?? 0, stderr }),
		),
	);
	t.equal(ran.status, 12, ran.stderr);
	t.equal(ran.stderr.match(/^dimse: .*: the file would be too big$/gm)?.length, 1, ran.stderr);
	t.match(ran.stderr, /^2 units from main: (2 complete|1 complete, 1 not begun); [34] instances/m);
});

t.test('a journal is of a folder, however that is spelled, and of files that are kept', async (t) => {
	const peer = await startPeer(t);
	const out = fresh();
	const journal = join(fresh(), 'j');
	const config = `${out}.ini`;
	writeFileSync(config, `[main]\nae_title: ARCHIVE\naddress: 127.0.0.1\nport: ${peer.port}\n`);
	const args = (folder: string) => ['get', 'main', '1.2.3.1', '-o', folder, '--journal', journal, '--config', config];
	await ends(t, 0, args(out));
	t.match((await ends(t, 0, args(`${out}/`))).stderr, /complete before, by the journal/);
	rmSync(join(out, '1.2.3.1'), { recursive: true });
	t.match((await ends(t, 0, args(out))).stderr, /^warning: \S+ is empty, and 1 unit of it complete by the journal /m);
	for (const [args, says] of [
		[['--ignore', '--journal', journal], /--journal: with --ignore nothing is kept/],
		[['-o', ''], /-o: no folder is named/],
		[['--missing', '-'], /--missing: the list is a file/],
	] as const)
		t.match((await ends(t, 2, ['get', peer.place, '1.2.3.1', ...args])).stderr, says);
});

t.test('this machine does not do what is asked', async (t) => {
	const peer = await startPeer(t);
	const file = join(fresh(), 'file');
	writeFileSync(file, '');
	const onFile = await ends(t, 12, ['get', peer.place, '1.2.3.1', '-o', file]);
	t.match(onFile.stderr, /^dimse: .*file/m);
	t.equal(peer.requests.filter((type) => type === 'C-GET-RQ').length, 0, 'nothing was asked for');
	const blocked = fresh();
	writeFileSync(join(blocked, '1.2.3.1'), 'a file where the folder of the study is to be');
	const full = await ends(t, 12, ['get', peer.place, '1.2.3.1', '-o', blocked, ...QUICK]);
	t.match(full.stderr, /^warning: an instance could not be kept here: .*1\.2\.3\.1/m);
	t.match(full.stderr, /get: instances came and could not be kept here$/m);
	t.match(full.stderr, /use another folder: -o DIR/);
	const locked = fresh();
	chmodSync(locked, 0o500);
	if (process.getuid?.() !== 0) await ends(t, 12, ['get', peer.place, '1.2.3.1', '-o', locked]);
});

const MISUSE: readonly (readonly [args: readonly string[], message: RegExp])[] = [
	[[], /nothing to retrieve is named/],
	[['x'], /"x" is no UID and no KEY=VALUE/],
	[['1.2.3', '--contexts', 'most'], /--contexts: "most" is no SOP class/],
	[['1.2.3', '--layout', '../{SOPInstanceUID}'], /layout/],
	[['1.2.3', '--listen', 'x', '--contexts', 'all'], /./],
	[['-S', '-L', 'patient', 'P1'], /level "patient" does not exist in the study root model/],
	[['-O', '-L', 'series', '1.2.3.4'], /level "series" does not exist in the patient\/study only model/],
	[['--frames', '1-3', '-L', 'instance', '1.2.3'], /--frames is of the composite instance root model/],
	[['--composite', '--frames', '0', '-L', 'instance', '1.2.3'], /"0" is no frame number/],
	[['--from', '/nowhere/list'], /no such file/],
	[['1.2.3', '--prefer-ts', 'foo'], /unknown transfer syntax "foo"[\s\S]*--prefer-ts takes/],
	[['1.2.3', '--charset', 'KLINGON'], /nobody knows the character set/],
];

t.test('usage', async (t) => {
	const peer = await servingPeer((request) => respond(request, 0xa900));
	t.teardown(() => peer.stop());
	for (const [args, message] of MISUSE) {
		if (args.includes('--listen')) continue;
		const isIo = args.includes('/nowhere/list');
		const { stderr } = await ends(t, isIo ? 12 : 2, ['get', `A@127.0.0.1:${peer.port}`, ...args, '-o', fresh()]);
		t.match(stderr, message, args.join(' '));
	}
});
