/** `dimse qrscp` as a process: what it says, whom it rejects, how it ends, and that what it kept is there again. */
import { spawnSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { connect, withAssociation } from '../../src/association/requestor.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { STUDY_ROOT_FIND, VERIFICATION } from '../../src/dicom/sop-classes.ts';
import { IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { DicomError } from '../../src/errors.ts';
import { type StorableInstance, store } from '../../src/services/storage-scu.ts';
import { echo } from '../../src/services/verification.ts';
import { CT, encoded, eventually, image, keys, query } from '../interop/instances.ts';
import { writeInstances } from '../support/files.ts';
import { type RunningQrscp, startQrscp } from '../support/qrscp.ts';
import { dimse } from '../support/run.ts';
import { CA, CLIENT, SERVER } from '../support/tls.ts';

// Every one of them is a process that starts, on a machine that does other things as well.
t.setTimeout(180_000);

const folder = mkdtempSync(join(tmpdir(), 'dimse-qrscp-test-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const files = join(folder, 'files');
writeInstances(files, 5);

const address = ({ port, aeTitle }: RunningQrscp, callingAeTitle = 'DIMSE', calledAeTitle = aeTitle) => ({
	host: '127.0.0.1',
	port,
	calledAeTitle,
	callingAeTitle,
});
const CONTEXTS = [VERIFICATION, STUDY_ROOT_FIND, CT].map((abstractSyntax) => ({
	abstractSyntax,
	transferSyntaxes: [IMPLICIT_LITTLE],
}));

/** How a call ends: `in`, or what it was rejected with. */
const knock = async (server: RunningQrscp, calling?: string, called?: string): Promise<string> => {
	try {
		const { association } = await connect({ address: address(server, calling, called), contexts: CONTEXTS });
		await association.release();
		return 'in';
	} catch (error) {
		if (!(error instanceof DicomError)) throw error;
		const { failure } = error;
		return failure.blame === 'rejected' ? `${failure.result}/${failure.source}/${failure.reason}` : error.message;
	}
};

const started = async (t: Test, start: Parameters<typeof startQrscp>[0] = {}): Promise<RunningQrscp> => {
	const server = await startQrscp(start);
	t.teardown(() => server.stop());
	return server;
};

const OF_SERIES = { StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '1.2.3.1.1' };
const instance = (uid: string, more: Readonly<Record<string, string>> = {}) => image(CT, uid, more);
const storeOne = (server: RunningQrscp, uid: string, more: Readonly<Record<string, string>> = {}): Promise<number> =>
	withAssociation({ address: address(server), contexts: CONTEXTS }, async ({ association }) => {
		const context = association.contextFor(CT);
		const dataset = encoded(instance(uid, more), IMPLICIT_LITTLE);
		const sent = { sopClassUid: CT, sopInstanceUid: uid, dataset };
		return (await store(association, context?.id ?? 0, sent)).status;
	});

/** An instance of four megabytes that stops after the first of them until it may go on. */
const slow = (uid: string, gate: Promise<void>): StorableInstance => {
	const bytes = encoded(image(CT, uid, {}, 2048), IMPLICIT_LITTLE);
	let at = 0;
	return {
		sopClassUid: CT,
		sopInstanceUid: uid,
		dataset: {
			length: bytes.length,
			async read(views) {
				for (const view of views) {
					if (at > 1_000_000) await gate;
					view.set(bytes.subarray(at, at + view.length));
					at += view.length;
				}
			},
		},
	};
};

t.test('what it says with -v: associations accepted and released, requests received', async (t) => {
	const server = await started(t, { args: ['-v'] });
	await dimse(['store', server.at, files, '-aet', 'CT1']);
	await dimse(['find', server.at, '-aet', 'WS1', '--id', 'SYN000001-1']);
	await eventually('both are released', () => server.log().match(/released/g)?.length === 2);
	const log = server.log();
	t.match(log, /#1 CT1 127\.0\.0\.1:\d+ {2}association accepted, \d+ contexts?, DIMSE/);
	t.match(log, /#1 CT1 .*C-STORE-RQ msg 1 {2}MR Image Storage {2}2\.25/);
	t.match(log, /#1 CT1 .*released after .*5 stored/);
	t.match(log, /#2 WS1 .*C-FIND-RQ msg 1 {2}Study Root FIND/);
	t.match(log, /#2 WS1 .*C-FIND {2}STUDY {2}by PatientID {2}1 match/);
	t.notMatch(log, /SYN000001|ALDER/, 'nothing of a patient');
	t.equal(await server.stop(), 143);
});

t.test('what it says without: a line for each association and query, and what was refused', async (t) => {
	const server = await started(t, { args: ['--allow', 'CT1', '--allow', 'WS1=find'] });
	await dimse(['store', server.at, files, '-aet', 'CT1']);
	await dimse(['find', server.at, '-aet', 'WS1']);
	t.equal(await knock(server, 'NOBODY'), '1/1/3');
	await eventually('all is told', () => /rejected/.test(server.log()) && /#2 .*released/.test(server.log()));
	const log = server.log();
	t.match(log, /#1 CT1 .*released after .*5 stored/);
	t.match(log, /#2 WS1 .*C-FIND {2}STUDY .*2 matches/);
	t.match(log, /#3 NOBODY .*rejected 1\/1\/3: no --allow for NOBODY at 127\.0\.0\.1/);
	t.notMatch(log, /C-STORE-RQ|accepted/);
});

t.test('--json-log and --audit-log: JSON lines, without a name of a patient', async (t) => {
	const audit = join(folder, 'audit.jsonl');
	const server = await started(t, { args: ['--json-log', '--audit-log', audit, '--require-called'] });
	t.equal(await storeOne(server, '1.2.3.9', { PatientName: 'SECRET^NAME', PatientID: 'SECRETID' }), 0x0000);
	await dimse(['find', server.at, '--name', 'secret', '--date', '2024']);
	t.equal(await knock(server, 'DIMSE', 'WRONG'), '1/1/7');
	t.equal(await server.stop(), 143);
	const lines = (text: string): Record<string, unknown>[] =>
		text
			.split('\n')
			.filter((line) => line !== '')
			.map((line) => JSON.parse(line) as Record<string, unknown>);
	const log = lines(server.log());
	t.strictSame(
		log.map(({ event }) => event).filter((event) => event !== 'notice'),
		[
			...['listening', 'accepted', 'request', 'finished', 'ended'],
			...['accepted', 'request', 'finished', 'ended', 'rejected', 'stopping', 'stopped'],
		],
	);
	const records = lines(readFileSync(audit, 'utf8'));
	t.strictSame(
		records.map(({ audit }) => audit),
		[
			...['application-start', 'association-opened', 'instance-received', 'association-closed'],
			...['association-opened', 'query', 'association-closed', 'security-alert', 'application-stop'],
		],
	);
	t.match(records[2], {
		calling: 'DIMSE',
		service: 'C-STORE',
		sop_instance: '1.2.3.9',
		studies: ['1.2.3.1'],
		outcome: 'new',
		status: '0000',
	});
	t.match(records[5], { level: 'STUDY', keys: ['StudyDate', 'PatientName'], matches: 1, status: '0000' });
	t.match(records[7], { reject: '1/1/7' });
	t.notMatch(`${server.log()}${readFileSync(audit, 'utf8')}`, /SECRET/i);
	t.equal(statSync(audit).mode & 0o777, 0o600);
});

t.test('a study that comes with another Patient ID is told of, without the ID', async (t) => {
	const home = join(folder, 'moved');
	mkdirSync(home);
	const server = await started(t, { folder: home, args: ['--json-log', '--audit-log', 'audit.jsonl'] });
	for (const [at, id] of ['FIRST', 'SECOND', 'SECOND'].entries())
		t.equal(await storeOne(server, `1.2.3.1.1.${at + 1}`, { ...OF_SERIES, PatientID: id }), 0x0000);
	t.equal(await server.stop(), 143);
	const told = server
		.log()
		.split('\n')
		.filter((line) => line.includes('another Patient ID'));
	t.match(told[0], /"event":"notice","level":"warning","text":"study 1\.2\.3\.1 is of another Patient ID now/);
	t.equal(told.length, 2, 'the warning, and the store that did it');
	const audit = readFileSync(join(home, 'audit.jsonl'), 'utf8').split('\n');
	const moved = audit.filter((line) => line.includes('another Patient ID'));
	t.equal(moved.length, 1);
	t.match(moved[0], /"audit":"instance-received".*"sop_instance":"1\.2\.3\.1\.1\.2"/);
	t.notMatch(server.log() + audit.join(), /FIRST|SECOND/);
});

t.test('open to all networks is said in one line', async (t) => {
	const server = await started(t, { args: ['--bind-address', '0.0.0.0'] });
	await eventually('the warning', () => /warning: /.test(server.log()));
	t.equal(server.log().match(/warning: whoever reaches port \d+ may store, query and retrieve/g)?.length, 1);
	const ruled = await started(t, { args: ['--bind-address', '0.0.0.0', '--allow', '*@127.0.0.0/8'] });
	await eventually('it is ready', () => /instances of \d+ studies in /.test(ruled.log()));
	t.notMatch(ruled.log(), /warning/);
	t.equal(await knock(ruled), 'in');
});

t.test('limits: associations are rejected, connections closed', async (t) => {
	const server = await started(t, { args: ['--max-associations', '2', '--max-connections', '4'] });
	const open = () => connect({ address: address(server), contexts: CONTEXTS });
	const standing = [await open(), await open()];
	t.equal(await knock(server), '2/3/2');
	// Connections that say nothing are no associations, but they count as connections.
	const silent: Socket[] = [];
	await eventually('a call that finds nobody', async () => {
		if ((await knock(server)) !== '2/3/2') return true;
		silent.push(connectTcp(server.port, '127.0.0.1').on('error', () => {}));
		return false;
	});
	t.ok(silent.length >= 2);
	for (const socket of silent) socket.destroy();
	await standing[0]?.association.release();
	await eventually('room for one more', async () => (await knock(server)) === 'in');
	await standing[1]?.association.release();
});

t.test('who is no DICOM peer is told of as what it is', async (t) => {
	const server = await started(t, { args: ['-ta', '1'] });
	const call = (bytes: string): Promise<void> =>
		new Promise((resolve) => {
			const socket = connectTcp(server.port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
			socket.on('error', () => {}).on('data', () => socket.destroy());
			socket.once('close', () => resolve());
		});
	await Promise.all([
		call('GET / HTTP/1.1\r\n\r\n'),
		call('\u0016\u0003\u0001\u0002\u0000\u0001\u0000'),
		call('\u0001\u0000\u0000'),
	]);
	await eventually('all are told', () => server.log().match(/no association/g)?.length === 3);
	t.match(server.log(), /no association: this is an HTTP client, not DICOM/);
	t.match(server.log(), /no association: the peer speaks TLS/);
	t.match(server.log(), /no association: no A-ASSOCIATE-RQ within 1\.0 s/);
});

t.test('a user identity is confirmed where that is asked for, extended negotiation in its own bytes', async (t) => {
	const server = await started(t);
	const text = (value: string) => new TextEncoder().encode(value);
	const userIdentity = {
		type: 2,
		positiveResponseRequested: true,
		primaryField: text('user'),
		secondaryField: text('password'),
	};
	const extendedNegotiations = [{ sopClassUid: STUDY_ROOT_FIND, information: Uint8Array.of(1, 1, 1) }];
	const { association, answer } = await connect({
		address: address(server),
		contexts: CONTEXTS,
		userIdentity,
		extendedNegotiations,
		roleSelections: [{ sopClassUid: CT, scuRole: true, scpRole: true }],
	});
	t.match(answer.userInformation, {
		userIdentityResponse: new Uint8Array(),
		extendedNegotiations: [{ sopClassUid: STUDY_ROOT_FIND, information: Uint8Array.of(1, 1, 0) }],
		roleSelections: [{ sopClassUid: CT, scuRole: true, scpRole: true }],
		maximumLength: 65_536,
	});
	await association.release();
});

t.test('SIGTERM: what is in hand is finished and answered, newcomers are rejected, idle ones end', async (t) => {
	const server = await startQrscp({ args: ['-v'] });
	const idle = await connect({ address: address(server, 'IDLE'), contexts: CONTEXTS });
	const busy = await connect({ address: address(server, 'BUSY'), contexts: CONTEXTS });
	const gate = Promise.withResolvers<void>();
	const answered = store(busy.association, busy.association.contextFor(CT)?.id ?? 0, slow('1.2.3.77', gate.promise));
	await eventually('it is under way', () => /BUSY .*C-STORE-RQ/.test(server.log()));
	server.signal('SIGTERM');
	await eventually('it ends', () => /SIGTERM: ending after 1 operation in hand/.test(server.log()));
	t.equal(await knock(server, 'LATE'), '2/3/1');
	await idle.association.closed;
	t.match(idle.association.failure?.message, /A-ABORT/, 'who does nothing is aborted');
	gate.resolve();
	t.equal((await answered).status, 0x0000);
	t.equal(await server.ended, 143);
	await busy.association.closed;
	const again = await started(t, { folder: server.folder });
	t.teardown(() => rmSync(server.folder, { recursive: true, force: true }));
	const identifier = keys({ QueryRetrieveLevel: 'IMAGE', ...OF_SERIES, SOPInstanceUID: '' });
	const { matches } = await query(address(again), STUDY_ROOT_FIND, identifier);
	t.equal(matches.length, 1, 'what was answered is there after a new start');
});

t.test('a second signal aborts; SIGINT ends with 130', async (t) => {
	const server = await started(t, { args: ['-v'] });
	const { association } = await connect({ address: address(server), contexts: CONTEXTS });
	const never = Promise.withResolvers<void>();
	const stored = store(association, association.contextFor(CT)?.id ?? 0, slow('1.2.3.78', never.promise));
	stored.catch(() => {}); // looked at below
	await eventually('it is under way', () => /C-STORE-RQ/.test(server.log()));
	server.signal('SIGINT');
	await eventually('it waits', () => /SIGINT: ending after 1 operation/.test(server.log()));
	server.signal('SIGINT');
	await t.rejects(stored, /A-ABORT/);
	t.equal(await server.ended, 130);
	never.resolve();
});

t.test('the configuration of pynetdicom, and relative paths under the current folder', async (t) => {
	const home = join(folder, 'home');
	mkdirSync(home);
	writeFileSync(
		join(home, 'q.ini'),
		'[DEFAULT]\nae_title: FROMFILE\nport: 11112\nmax_pdu: 16382\nacse_timeout: 30\ndimse_timeout: 30\nnetwork_timeout: 30\nbind_address: 127.0.0.1\ninstance_location: kept/here\ndatabase_location: db.sqlite\nrequire_called: yes\n\n[STORESCP]\n    address: 127.0.0.1\n    port: 11113\n',
	);
	// A database that is there and empty is a new one.
	writeFileSync(join(home, 'db.sqlite'), '');
	const server = await started(t, { folder: home, aeTitle: 'LINE', args: ['-c', 'q.ini'] });
	t.equal(await knock(server, 'X', 'FROMFILE'), '1/1/7', 'the line wins');
	t.equal(await storeOne(server, '1.2.3.4'), 0x0000);
	t.equal(await server.stop(), 143);
	t.ok(statSync(join(home, 'db.sqlite')).size > 0);
	t.ok(readdirSync(join(home, 'kept', 'here')).length > 0);
});

t.test('--clean asks; yes leaves nothing', async (t) => {
	const home = join(folder, 'clean');
	mkdirSync(home);
	const server = await started(t, { folder: home, args: ['--import', files] });
	await eventually('they are counted', () => /5 instances of 2 studies in \//.test(server.log()));
	t.match(server.log(), /5 instances taken in/);
	const inUse = await dimse(['qrscp', '--clean', '--yes'], { cwd: home });
	t.equal(inUse.status, 12, 'not while another has it');
	await server.stop();
	for (const stdin of ['no\n', '', 'y\n', 'YES please\n']) {
		const refused = await dimse(['qrscp', '--clean'], { cwd: home, stdin });
		t.equal(refused.status, 1);
		t.match(refused.stderr, /will delete .*\[yes\/no\]: Nothing was deleted/);
	}
	t.ok(existsSync(join(home, 'instances.sqlite')));
	const cleaned = await dimse(['qrscp', '--clean'], { cwd: home, stdin: 'yes\n' });
	t.equal(cleaned.status, 0);
	t.match(cleaned.stderr, /deleted 5 files and the index/);
	t.strictSame(readdirSync(home), []);
});

t.test('--reindex and --import, with --exit', async (t) => {
	const home = join(folder, 'upkeep');
	mkdirSync(home);
	const imported = await dimse(['qrscp', '--import', files, '--import', files, '--exit'], { cwd: home });
	t.equal(imported.status, 0);
	t.match(imported.stderr, /5 instances taken in/);
	rmSync(join(home, 'instances.sqlite'));
	const reindexed = await dimse(['qrscp', '--reindex', '--exit'], { cwd: home });
	t.equal(reindexed.status, 0);
	t.match(reindexed.stderr, /the index is built anew: 5 instances/);
	const server = await started(t, { folder: home });
	await eventually('all are here', () => /5 instances of 2 studies in \//.test(server.log()));
});

t.test('--json-log: whatever is said on stderr is a JSON line; what never listened has not stopped', async (t) => {
	const home = join(folder, 'json-upkeep');
	mkdirSync(home);
	writeFileSync(join(home, 'none.txt'), 'not DICOM');
	writeFileSync(join(home, 'archive.ini'), '[DEFAULT]\njson_log: yes\n');
	const events = (text: string): unknown[] =>
		text
			.trimEnd()
			.split('\n')
			.map((line) => (JSON.parse(line) as { readonly event: unknown }).event);
	const imports = ['--import', files, '--import', 'none.txt', '--exit'];
	const imported = await dimse(['qrscp', '-c', 'archive.ini', ...imports], { cwd: home });
	t.equal(imported.status, 0);
	t.match(imported.stderr, /"level":"info","text":"5 instances taken in[\s\S]*"level":"warning"/);
	t.strictSame(new Set(events(imported.stderr)), new Set(['notice']));
	const reindexed = await dimse(['qrscp', '--json-log', '--reindex', '--exit'], { cwd: home });
	t.strictSame(new Set(events(reindexed.stderr)), new Set(['notice']));
	const asked = await dimse(['qrscp', '--json-log', '--clean'], { cwd: home });
	t.strictSame(events(asked.stderr), ['notice', 'notice']);
	const server = await started(t, { folder: home, args: ['--json-log', '-d'] });
	t.equal(await knock(server), 'in');
	t.equal(await server.stop(), 143);
	t.ok(events(server.log()).includes('stopped'));
	t.match(server.log(), /"level":"debug","text":"[^\n]*A-ASSOCIATE-RQ/);
});

t.test('what cannot be: exit statuses', async (t) => {
	const server = await started(t);
	const port = String(server.port);
	const runs: readonly (readonly [status: number, says: RegExp, ...args: readonly string[]])[] = [
		[
			12,
			/^dimse: cannot listen on 127\.0\.0\.1:\d+: the port is in use$/m,
			'--port',
			port,
			'--bind-address',
			'127.0.0.1',
		],
		[2, /is no port/, 'http'],
		[2, /no such|not there/, '-c', '/nowhere/q.ini'],
		[12, /cannot read .*nothing\.pem/, '--port', '0', '--tls-cert', '/nothing.pem', '--tls-key', '/nothing.pem'],
		[12, /audit/, '--port', '0', '--audit-log', '/nowhere/audit'],
		[12, /./, '--port', '0', '--import', '/nowhere/at/all'],
	];
	for (const [at, [status, says, ...args]] of runs.entries()) {
		const home = join(folder, `wrong${at}`);
		mkdirSync(home);
		const { status: ended, stderr } = await dimse(['qrscp', ...args], { cwd: home });
		t.equal(ended, status, args.join(' '), { stderr });
		t.match(stderr, says);
	}
});

t.test('--import: what was taken in is told, and nothing taken in is no success', async (t) => {
	const home = join(folder, 'imports');
	mkdirSync(home);
	writeFileSync(join(home, 'none.txt'), 'not DICOM');
	const broken = await dimse(['qrscp', '--import', files, '--import', '/nothere', '--exit'], { cwd: home });
	t.equal(broken.status, 12);
	t.match(broken.stderr, /5 instances taken in[\s\S]*\/nothere/);
	const none = await dimse(['qrscp', '--import', 'none.txt', '--exit'], { cwd: home });
	t.equal(none.status, 12);
	t.match(none.stderr, /0 instances taken in, 1 not/);
	const there = await dimse(['qrscp', '--import', files, '--import', 'none.txt', '--exit'], { cwd: home });
	t.equal(there.status, 0, 'what is there already is in');
});

t.test('--import --exit: DICOM files that are not taken in end with 3, and each is told of', async (t) => {
	const home = join(folder, 'some-imports');
	const from = join(home, 'from');
	mkdirSync(from, { recursive: true });
	const [whole = ''] = writeInstances(from, 2);
	writeFileSync(join(from, 'notes.txt'), 'not DICOM');
	const good = await dimse(['qrscp', '--import', from, '--exit'], { cwd: home });
	t.equal(good.status, 0, 'what is no DICOM is not missing');
	t.match(good.stderr, /2 instances taken in, 1 not/);
	writeFileSync(join(from, 'cut.dcm'), readFileSync(whole).subarray(0, 1300));
	const cut = await dimse(['qrscp', '--import', from, '--exit'], { cwd: home });
	t.equal(cut.status, 3);
	t.match(cut.stderr, /0 instances taken in, 2 were there already, 2 not[\s\S]*cut\.dcm: the dataset ends within/);
	rmSync(join(from, 'cut.dcm'));
	writeFileSync(join(from, 'private.dcm'), encodeFile(image('1.2.3.4.5.6', '1.2.3.77', OF_SERIES), IMPLICIT_LITTLE));
	const refused = await dimse(['qrscp', '--import', from, '--exit'], { cwd: home });
	t.equal(refused.status, 3);
	t.match(refused.stderr, /private\.dcm: 1\.2\.3\.4\.5\.6 is not among the SOP classes taken in: --accept any/);
	const any = await dimse(['qrscp', '--import', from, '--accept', 'any', '--exit'], { cwd: home });
	t.equal(any.status, 0);
	t.match(any.stderr, /1 instance taken in, 2 were there already, 1 not/);
});

t.test('an index that is damaged is refused before anybody is listened to', async (t) => {
	const home = join(folder, 'damaged');
	mkdirSync(home);
	const server = await started(t, { folder: home });
	t.equal(await storeOne(server, '1.2.3.4'), 0x0000);
	await server.stop();
	const path = join(home, 'instances.sqlite');
	const pages = readFileSync(path);
	for (let at = 4096; at < pages.length; at += 8192) pages.fill(0xa5, at, at + 4096);
	for (const log of [false, true]) {
		writeFileSync(path, pages);
		if (log) writeFileSync(`${path}-wal`, 'the log of a run that was cut short');
		const { status, stderr } = await dimse(['qrscp', '--port', '0', '--bind-address', '127.0.0.1'], { cwd: home });
		t.equal(status, 12);
		t.notMatch(stderr, /listens/);
		t.match(stderr, /instances\.sqlite is damaged[\s\S]*--reindex/);
		t.notMatch(stderr, /check the path|run it again/);
	}
	t.equal((await dimse(['qrscp', '--reindex', '--exit'], { cwd: home })).status, 0);
	const again = await started(t, { folder: home });
	await eventually('it is back', () => /1 instance of 1 study in/.test(again.log()));
});

t.test('folders that cannot be', { skip: !existsSync('/proc/self') }, async (t) => {
	const home = join(folder, 'folders');
	mkdirSync(home);
	writeFileSync(join(home, 'file'), '');
	for (const args of [
		['qrscp', '--port', '0', '--instance-location', '/proc/x'],
		['receive', '0', '-o', '/proc/x'],
	]) {
		const { status, stderr } = await dimse(args, { cwd: home });
		t.equal(status, 12, args.join(' '));
		t.match(stderr, /\/proc\/x cannot be made/);
	}
	const file = await dimse(['qrscp', '--port', '0', '--instance-location', 'file'], { cwd: home });
	t.equal(file.status, 12);
	t.match(file.stderr, /file: this is not a folder but a file/);
	t.match(file.stderr, /name a folder/);
});

t.test('a second one on the same database refuses, and says who has it', async (t) => {
	const server = await started(t);
	const second = await dimse(['qrscp', '--port', '0', '--bind-address', '127.0.0.1'], { cwd: server.folder });
	t.equal(second.status, 12);
	t.match(second.stderr, /the database \S+instances\.sqlite is in use by process \d+/);
	t.match(second.stderr, /stop that process/);
	t.notMatch(second.stderr, /check the path|run it again/);
	const beside = await dimse(['qrscp', '--port', '0', '--database-location', 'other.sqlite'], { cwd: server.folder });
	t.equal(beside.status, 12);
	t.match(beside.stderr, /the instance folder \S+instances is in use by process \d+/);
	t.notMatch(beside.stderr, /--reindex/);
	t.equal(await knock(server), 'in');
});

t.test('TLS, with certificates of the callers', async (t) => {
	const paths = Object.entries({ ca: CA, cert: SERVER.certificate, key: SERVER.key }).map(([name, text]) => {
		const path = join(folder, `${name}.pem`);
		writeFileSync(path, text);
		return [`--tls-${name}`, path];
	});
	const server = await started(t, { args: paths.flat() });
	t.match(server.log(), /TLS/);
	const tls = { ca: CA, ...CLIENT, serverName: 'localhost' };
	await withAssociation({ address: { ...address(server), tls }, contexts: CONTEXTS }, async ({ association }) => {
		t.equal((await echo(association, association.contextFor(VERIFICATION)?.id ?? 0)).status, 0x0000);
	});
	await t.rejects(
		connect({ address: { ...address(server), tls: { ca: CA, serverName: 'localhost' } }, contexts: CONTEXTS }),
	);
	await eventually('it is told', () => /no association: TLS/.test(server.log()));
});

t.test('a thousand idle associations in 150 MB', { skip: !existsSync('/proc/self/status') }, async (t) => {
	const unlimited = ['--max-associations', '--max-associations-per-ae', '--max-associations-per-address'];
	const server = await started(t, { args: unlimited.flatMap((limit) => [limit, '0']) });
	const rss = (): number => {
		const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
		return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
	};
	const before = rss();
	const associations = [];
	for (let batch = 0; batch < 20; batch++)
		associations.push(
			...(await Promise.all(
				Array.from({ length: 50 }, () => connect({ address: address(server), contexts: CONTEXTS.slice(0, 1) })),
			)),
		);
	const after = rss();
	t.comment(`${before.toFixed(0)} MB, with 1,000 associations ${after.toFixed(0)} MB`);
	// The built program starts with 80 MB; the sources, which run here, with 50 more.
	t.ok(after - before < 70, `${after - before} MB more`);
	await Promise.all(associations.map(({ association }) => association.release()));
});

/** User and system time so far, in the kernel's ticks of 10 ms; infinite where it does not tell. */
const cpuMsOf = ({ child }: RunningQrscp): number => {
	const path = `/proc/${child.pid}/stat`;
	if (!existsSync(path)) return Number.POSITIVE_INFINITY;
	const [, fields = ''] = readFileSync(path, 'utf8').split(') ');
	const [utime, stime] = fields.split(' ').slice(11, 13).map(Number);
	return ((utime ?? 0) + (stime ?? 0)) * 10;
};

/** User and system time of a Node that does nothing, milliseconds. */
const emptyNodeMs = (): number => {
	const script = 'const { user, system } = process.cpuUsage(); console.log((user + system) / 1000)';
	return Number(spawnSync(process.execPath, ['--eval', script]).stdout);
};

t.test('a program that was built listens within half a second', { skip: !existsSync('dist/main.js') }, async (t) => {
	const built = new URL('../../bin/dimse.js', import.meta.url).pathname;
	if (spawnSync(process.execPath, [built, 'qrscp', '--help']).status !== 0) return t.comment('skipped: an older build');
	const starts: { readonly wallMs: number; readonly cpuMs: number; readonly emptyMs: number }[] = [];
	// Where the machine does other things as well, the work tells, beside that of an empty Node at the same time: 12 of these are 340 ms on a quiet one.
	const isQuick = (): boolean => starts.some(({ wallMs, cpuMs, emptyMs }) => wallMs < 500 || cpuMs < 12 * emptyMs);
	while (starts.length < 5 && !isQuick()) {
		const emptyMs = emptyNodeMs();
		const startedAt = performance.now();
		const server = await startQrscp({ program: built });
		starts.push({ wallMs: performance.now() - startedAt, cpuMs: cpuMsOf(server), emptyMs });
		await server.stop();
	}
	const words = starts.map(
		(one) => `${one.wallMs.toFixed(0)} ms, ${one.cpuMs} at work, an empty Node ${one.emptyMs.toFixed(0)}`,
	);
	t.comment(words.join('; '));
	t.ok(isQuick(), words.join('; '));
	return undefined;
});
