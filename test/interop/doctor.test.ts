/** `dimse doctor` against peers with one thing wrong each: it names that thing, skips what hangs on it, and exits with its status. */

import { X509Certificate } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import t, { type Test } from 'tap';
import { listenTo, type OwnCertificate } from '../../src/association/probes.ts';
import { parse } from '../../src/cli/parse.ts';
import doctor from '../../src/commands/doctor.ts';
import { knownPeer } from '../../src/config/capabilities-file.ts';
import { emptyMemory, examine, type Subject } from '../../src/diagnose/doctor/examination.ts';
import { PATH_CHECKS } from '../../src/diagnose/doctor/path-checks.ts';
import { textOf } from '../../src/dicom/dataset.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { syntheticStudies } from '../../src/dicom/synthetic.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { DicomError } from '../../src/errors.ts';
import { answerFind } from '../../src/services/query-scp.ts';
import { surroundings } from '../support/environment.ts';
import { writeInstances } from '../support/files.ts';
import { respond, servingPeer, tcpPeer, tlsPeer } from '../support/odd-peers.ts';
import { freePort, missing, startDcmqrscp, startOrthanc } from '../support/peers.ts';
import { startQrscp } from '../support/qrscp.ts';
import { dimse, scratch } from '../support/run.ts';
import { CA, CLIENT, SERVER } from '../support/tls.ts';

const acceptsOn = (host: string, port: number): Promise<Server> =>
	new Promise((resolve, reject) => {
		const server = createTcpServer((socket) => socket.on('error', () => {}).resume());
		server.once('error', reject);
		server.listen(port, host, () => resolve(server));
	});

/** Ports below 1024 are not for everybody. */
const cannotListen = (): string | false =>
	process.getuid?.() === 0 && process.platform === 'linux' ? false : 'needs root';

interface Examined {
	readonly status: number | null;
	readonly checks: readonly {
		readonly id: string;
		readonly status: string;
		readonly summary: string;
		readonly next: readonly string[];
	}[];
	readonly of: (id: string) => { readonly status: string; readonly summary: string; readonly next: readonly string[] };
}

const examined = async (peer: string, ...options: readonly string[]): Promise<Examined> => {
	const ran = await dimse(['doctor', peer, '--json', '-ta', '1', ...options]);
	const document: unknown = JSON.parse(ran.stdout);
	const { checks, schema } = document as Pick<Examined, 'checks'> & { readonly schema: string };
	if (schema !== 'dimse.doctor/1') throw new Error(ran.stderr);
	const none = { status: 'absent', summary: '', next: [] };
	return { status: ran.status, checks, of: (id) => checks.find((check) => check.id === id) ?? none };
};

/** An archive with a study in it. */
const filled = async (t: Test, ...args: readonly string[]) => {
	const folder = join(scratch, `instances-${t.name.replaceAll(/\W/g, '-')}`);
	mkdirSync(folder, { recursive: true });
	writeInstances(folder, 3);
	const archive = await startQrscp({ args: ['--import', folder, ...args] });
	t.teardown(() => archive.stop());
	return archive;
};

/** The one check that fails; everything that hangs on it is skipped, nothing is said twice. */
const failsAt = (t: Test, { checks }: Examined, id: string, summary: RegExp): void => {
	const failed = checks.filter(({ status }) => status === 'fail');
	t.equal(failed[0]?.id, id);
	t.match(failed[0]?.summary, summary);
	t.ok((failed[0]?.next.length ?? 0) > 0, 'it says what to do');
};

t.test('an archive that is well', async (t) => {
	const archive = await startQrscp({ args: ['--move-dest', 'WS01=127.0.0.1:11113'] });
	t.teardown(() => archive.stop());
	const { status, checks, of } = await examined(`QRSCP@127.0.0.1:${archive.port}`, '-aet', 'WS01');
	t.equal(status, 0);
	t.strictSame(
		checks.filter(({ status: one }) => one !== 'ok').map(({ id, summary }) => `${id}: ${summary}`),
		['clock: there is no study of today to compare with'],
	);
	t.strictSame(
		checks.map(({ id }) => id),
		[
			...['config', 'dns', 'tcp', 'banner', 'associate', 'echo', 'capabilities', 'big-rq'],
			...['find', 'find-today', 'clock', 'dest'],
		],
		'in this order',
	);
	t.match(of('capabilities').summary, 'find P S O   move P S O   get P S O   worklist yes   commitment no');
	const human = await dimse(['doctor', `QRSCP@127.0.0.1:${archive.port}`, '-aet', 'WS01']);
	t.match(human.stdout, /^ ok {4}associate/m);
	t.match(human.stderr, /11 ok, 1 skipped\./);
	const peer = { calledAeTitle: 'QRSCP', host: '127.0.0.1', port: archive.port };
	const { examination } = knownPeer(peer, {
		variables: { XDG_STATE_HOME: join(scratch, 'state') },
		homeFolder: scratch,
	});
	t.match(examination, { failed: [], warned: [] }, 'kept for the screen');
	t.equal(examination?.ok.length, 11);
});

t.test('a wrong port', async (t) => {
	const port = await freePort();
	const examination = await examined(`PACS@127.0.0.1:${port}`);
	t.equal(examination.status, 7);
	failsAt(t, examination, 'tcp', /connection refused/);
	t.equal(examination.of('associate').status, 'skip');
	t.match(examination.of('clock'), { status: 'skip', summary: /^needs / }, 'what hangs on it is listed too');
	t.equal(examination.of('dest').status, 'skip');
});

t.test('a wrong called title', { skip: missing('dcmqrscp') }, async (t) => {
	const archive = await startDcmqrscp();
	t.teardown(() => archive.stop());
	const examination = await examined(`ARCHIVO@127.0.0.1:${archive.port}`);
	t.equal(examination.status, 5);
	failsAt(t, examination, 'associate', /called AE title not recognized \(1\/1\/7\)/);
	const book = await examined(`archive@127.0.0.1:${archive.port}`, '--probe-aets');
	t.equal(book.of('config').status, 'warn', 'lower case is said before');
	t.match(book.of('probe-aets').summary, /it answers to ARCHIVE/);
	const [advice = ''] = book.of('probe-aets').next;
	t.equal(advice, `dimse echo ARCHIVE@127.0.0.1:${archive.port}`);
	t.equal((await dimse(advice.split(' ').slice(1))).status, 0, 'what is advised works');
	t.equal(book.of('associate').next[0]?.endsWith(`: TITLE@127.0.0.1:${archive.port}`), true);
	const config = join(scratch, 'probe.ini');
	writeFileSync(config, `[main]\nae_title: archive\naddress: 127.0.0.1\nport: ${archive.port}\n`);
	const node = await examined('main', '--probe-aets', '--config', config);
	t.strictSame(node.of('probe-aets').next, ['dimse node set main ae_title=ARCHIVE']);
	t.match(node.of('associate').next[0], /: dimse node set main ae_title=TITLE, or TITLE@main once$/);
	const known = await examined(`ARCHIVE@127.0.0.1:${archive.port}`, '--probe-aets');
	t.match(known.of('probe-aets'), { status: 'skip', summary: 'ARCHIVE is accepted' }, 'nobody is bothered for nothing');
});

t.test('a peer with one place is not turned down for the place that the check before it took', async (t) => {
	const archive = await startQrscp({ args: ['--max-associations', '1', '--move-dest', 'DOCTOR=127.0.0.1:11113'] });
	t.teardown(() => archive.stop());
	const idle = await examined(archive.at, '--soak', '0.2s');
	t.equal(idle.status, 0);
	t.match(idle.of('soak').summary, /^alive after /);
	if (missing('dcmqrscp') !== false) return;
	// It counts an association until it looks for children that have ended.
	const dcmtk = await startDcmqrscp({ maxAssociations: 1 });
	t.teardown(() => dcmtk.stop());
	const { status, checks } = await examined(`ARCHIVE@127.0.0.1:${dcmtk.port}`);
	t.equal(status, 0);
	t.strictSame(
		checks.filter((check) => check.status === 'fail').map(({ id, summary }) => `${id}: ${summary}`),
		[],
	);
});

t.test('on a terminal it asks before it tries other titles, unless told not to', async (t) => {
	const archive = await startQrscp({ args: ['--require-called'] });
	t.teardown(() => archive.stop());
	const probed = async (answer: string, ...options: readonly string[]) => {
		const { env, stdout, stderr } = surroundings({ stdin: answer, columns: 80 });
		const atTerminal = { ...env, stdin: { ...env.stdin, isTty: true } };
		const place = `qrscp@127.0.0.1:${archive.port}`;
		const words = parse(doctor, [place, '--probe-aets', '--no-config', '--no-color', ...options], {});
		await doctor.run(words.options as unknown as Parameters<typeof doctor.run>[0], words.positionals, atTerminal);
		return { stdout: stdout(), stderr: stderr() };
	};
	const no = await probed('n\n');
	t.match(no.stderr, /: try 1 other AE title\? Each may be a rejected association in somebody's log there\. \[y\/N\] /);
	t.match(no.stdout, / skip {2}probe-aets +not wanted: QRSCP would have been tried/);
	t.match((await probed('y\n')).stdout, / warn {2}probe-aets +it answers to QRSCP/);
	const told = await probed('', '--yes');
	t.match(told.stdout, / warn {2}probe-aets +it answers to QRSCP/);
	t.notMatch(told.stderr, /\[y\/N\]/);
});

t.test('a caller who is not registered', async (t) => {
	const archive = await startQrscp({ args: ['--allow', 'SOMEBODY'] });
	t.teardown(() => archive.stop());
	const examination = await examined(`QRSCP@127.0.0.1:${archive.port}`);
	t.equal(examination.status, 5);
	failsAt(t, examination, 'associate', /calling AE title not recognized \(1\/1\/3\)/);
});

t.test('a destination that the archive does not know', async (t) => {
	const archive = await startQrscp();
	t.teardown(() => archive.stop());
	const examination = await examined(`QRSCP@127.0.0.1:${archive.port}`, '-aet', 'NOBODY');
	t.equal(examination.status, 4);
	failsAt(t, examination, 'dest', /A801: QRSCP does not know the destination NOBODY/);
	t.match(examination.of('dest').next.join('\n'), /NOBODY = 127\.0\.0\.1 port 11113/);
	const { stdout } = await dimse(['doctor', `QRSCP@127.0.0.1:${archive.port}`, '-aet', 'NOBODY', '--report']);
	for (const part of [
		'| AE title | NOBODY | QRSCP |',
		'**FAIL**',
		'## What they enter for us',
		'address: 127.0.0.1',
		'TCP  127.0.0.1 ->',
	])
		t.ok(stdout.includes(part), `the report has ${part}`);
	const [, line = ''] = examination.of('dest').next;
	t.match(line, /^dimse node card QRSCP@127\.0\.0\.1:\d+ --calling NOBODY /);
	const card = await dimse((line.split('    ')[0] ?? '').split(' ').slice(1));
	t.match(card.stdout, /AE title +NOBODY /, 'the card that is advised is about the same caller');
});

t.test('the report that is advised is of the same examination', async (t) => {
	const archive = await startQrscp();
	t.teardown(() => archive.stop());
	const place = `QRSCP@127.0.0.1:${archive.port}`;
	const given = ['-aet', 'NO BODY', '--move', '--listen', '127.0.0.1:0', '--acse-timeout', '7', '--strict', '-q'];
	const { stderr } = await dimse(['doctor', place, ...given.slice(0, -1)]);
	const [, line = ''] = /Report: (dimse doctor .*) > report\.md/.exec(stderr) ?? [];
	const words = line.replace("'NO BODY'", 'NO_BODY').split(' ').slice(1);
	t.strictSame(words.slice(0, 2), ['doctor', place]);
	t.strictSame(
		words.slice(2).sort(),
		[...['-aet', 'NO_BODY', '--move', '--listen', '127.0.0.1:0'], ...['--acse-timeout', '7', '--report']].sort(),
	);
	const config = join(scratch, 'report.ini');
	writeFileSync(config, `[main]\nae_title: OTHER\naddress: 127.0.0.1\nport: ${archive.port}\n`);
	const node = await dimse(['doctor', 'QRSCP@main', '--config', config]);
	t.match(node.stderr, `Report: dimse doctor QRSCP@main --config ${config} --report`);
	t.match(node.stdout, `dimse node card QRSCP@main --calling DOCTOR --config ${config} `);
});

t.test('the report shows the PDU that a failed check brought, and none of an earlier one', async (t) => {
	const report = async (fault: string) => {
		const archive = await startQrscp({ args: ['--simulate', fault] });
		t.teardown(() => archive.stop());
		return (await dimse(['doctor', archive.at, '--report', '-ta', '1', '-td', '1'])).stdout;
	};
	const answered = await report('status:echo:0122');
	t.match(answered, /## The last PDU of theirs in echo\n\n```\n0000 {2}04 00/, 'and not the end of the association');
	t.match(await report('silent:echo'), /## The last PDU of theirs in dest\n/, 'nothing came in echo');
});

t.test('what cannot be meant', async (t) => {
	for (const [options, wanted] of [
		[['--json', '--report'], /--report and --format json cannot both be had/],
		[['--soak', '0s'], /--soak: "0s" is no time to wait/],
		[['--soak', '0'], /--soak: "0" is no time to wait/],
		[['--soak', 'x'], /--soak: "x" is no duration/],
	] as const) {
		const { status, stderr } = await dimse(['doctor', 'PACS@127.0.0.1:1', ...options]);
		t.equal(status, 2, options.join(' '));
		t.match(stderr, wanted);
	}
});

t.test('--strict: warnings have a status', async (t) => {
	const archive = await startQrscp({ args: ['--move-dest', 'ws01=127.0.0.1:11113'] });
	t.teardown(() => archive.stop());
	const place = `QRSCP@127.0.0.1:${archive.port}`;
	const loose = await examined(place, '-aet', 'ws01');
	t.equal(loose.of('config').status, 'warn');
	t.equal(loose.status, 0);
	t.equal((await examined(place, '-aet', 'ws01', '--strict')).status, 3);
	t.equal((await examined(place, '-aet', 'NOBODY', '--strict')).status, 4, 'a failure comes first');
});

/** Six studies: of today, of twenty days ago, of a quarter of a year ago. */
const datedStudies = (folder: string): void => {
	mkdirSync(folder, { recursive: true });
	const ages = [0, 20, 20, 100, 100, 100];
	for (const { dataset } of syntheticStudies({ studies: ages.length, imageSide: 8, instancesPerSeries: 1 })) {
		const study = textOf(dataset, TAG.StudyInstanceUID);
		if (seen.has(study)) continue;
		const day = new Date(Date.now() - (ages[seen.size] ?? 0) * 86_400_000);
		seen.add(study);
		const date = day.toISOString().slice(0, 10).replaceAll('-', '');
		const dated = { ...dataset, [TAG.StudyDate]: { vr: 'DA' as const, Value: [date] } };
		writeFileSync(join(folder, `${seen.size}.dcm`), encodeFile(dated, EXPLICIT_LITTLE));
	}
};
const seen = new Set<string>();

t.test('a limit that no count by date gives away', async (t) => {
	const folder = join(scratch, 'dated');
	datedStudies(folder);
	for (const [args, status, summary] of [
		[
			['--simulate', 'limit:5'],
			'warn',
			'1 in 1 d, 1 in 7 d, 3 in 30 d, 5 in 365 d, 5 in all: it stops at 5 without a word',
		],
		[[], 'ok', '1 in 1 d, 1 in 7 d, 3 in 30 d, 6 in 365 d, 6 in all'],
	] as const) {
		const archive = await startQrscp({ args: ['--import', folder, ...args] });
		t.teardown(() => archive.stop());
		const { of } = await examined(`QRSCP@127.0.0.1:${archive.port}`, '--deep');
		t.equal(of('limits').status, status);
		t.equal(of('limits').summary.slice(0, summary.length), summary);
	}
});

t.test('what is advised for a node that is there changes it, and adds none', async (t) => {
	const archive = await startQrscp({ args: ['--max-associations', '2'] });
	t.teardown(() => archive.stop());
	const config = join(scratch, 'parallel.ini');
	writeFileSync(config, `[main]\nae_title: QRSCP\naddress: 127.0.0.1\nport: ${archive.port}\n`);
	const { of } = await examined('main', '--deep', '--config', config);
	const [advice = ''] = of('parallel').next;
	t.match(advice, /^dimse node set main max_associations=\d /);
	const words = (advice.split('    ')[0] ?? '').split(' ').slice(1);
	t.equal((await dimse([...words, '--config', config])).status, 0);
});

t.test('a proxy that accepts for a host that is down', { skip: cannotListen() }, async (t) => {
	const servers = await Promise.all([1, 9, 0].map((port) => acceptsOn('127.0.0.2', port)));
	t.teardown(() => servers.map((server) => server.close()));
	const address = servers[2]?.address();
	const { of } = await examined(`PACS@127.0.0.2:${typeof address === 'object' ? address?.port : 0}`);
	t.match(of('proxy-probe'), { status: 'warn', summary: /ports 1 and 9 open too.*transparent proxy/ });
});

t.test('the way back', async (t) => {
	const [open, closed] = [await freePort(), await freePort()];
	const archive = await filled(t, '--move-dest', `WS01=127.0.0.1:${open}`, '--move-dest', `WS02=127.0.0.1:${closed}`);
	const at = `QRSCP@127.0.0.1:${archive.port}`;
	await t.test('is open', async (t) => {
		const { status, of } = await examined(at, '-aet', 'WS01', '--move', '--get', '--listen', String(open));
		t.equal(status, 0);
		t.match(of('move'), { status: 'ok', summary: /one instance came back in .*: 127\.0\.0\.1 as QRSCP to WS01/ });
		t.match(of('get'), { status: 'ok', summary: /one instance fetched/ });
	});
	await t.test('leads to another port', async (t) => {
		const examination = await examined(at, '-aet', 'WS02', '--move', '--listen', String(open));
		t.equal(examination.status, 4);
		failsAt(t, examination, 'move', /A702, and nobody called us: the way back is blocked, or leads elsewhere/);
		t.match(examination.of('move').next.join('\n'), new RegExp(`it must be 127\\.0\\.0\\.1 port ${open}`));
	});
});

/** An archive that answers the C-MOVE of what is there with this, and the one of what is not with success. */
const movePeer = (status: number, more: object = {}) => {
	let moves = 0;
	const uids = { '0020000D': '1.2.3', '0020000E': '1.2.3.4', '00080018': '1.2.3.4.5' };
	const match = Object.fromEntries(
		Object.entries(uids).map(([tag, uid]) => [tag, { vr: 'UI', Value: [uid] } as const]),
	);
	return servingPeer(async (request) => {
		const { message } = request;
		if (message.type === 'C-FIND-RQ')
			return answerFind({ ...request, message }, async function* () {
				yield { match };
			});
		await request.dataset?.discard();
		const isMove = message.type === 'C-MOVE-RQ' && ++moves > 1;
		await respond(request, isMove ? status : 0, isMove ? more : {});
	});
};

t.test('a C-MOVE that is refused before anything was sent says nothing of the way back', async (t) => {
	const one = { numberOfFailedSuboperations: 1, numberOfCompletedSuboperations: 0 };
	for (const [status, more, summary, advice] of [
		[0xa801, {}, /^A801: PACS does not know the destination WS01$/, /ask for this entry there: WS01 = /],
		[0x0124, {}, /^not authorized: C-MOVE refused$/, /ask for WS01 .*to be given the right/],
		[0xa900, {}, /\(A900\)$/, /./],
		[0xa701, {}, /\(A701\)$/, /./],
		[0xc001, {}, /\(C001\)$/, /./],
		[0xa702, {}, /^A702, and nobody called us: the way back is blocked/, /network team/],
		[0xb000, one, /^B000, and nobody called us: the way back is blocked/, /network team/],
		[0xc001, one, /^C001, and nobody called us: the way back is blocked/, /network team/],
	] as const) {
		const peer = await movePeer(status, more);
		t.teardown(() => peer.stop());
		const { of } = await examined(`PACS@127.0.0.1:${peer.port}`, '-aet', 'WS01', '--move', '--listen', '127.0.0.1:0');
		t.match(of('move'), { status: 'fail', summary });
		const next = of('move').next.join('\n');
		t.match(next, advice);
		if (status !== 0xa702 && more !== one) t.notMatch(`${of('move').summary}\n${next}`, /blocked|network team/);
	}
});

t.test('an archive that does not say of what SOP class an instance is', async (t) => {
	const archive = await filled(t, '--simulate', 'missing-keys:SOPClassUID');
	const { of } = await examined(`QRSCP@127.0.0.1:${archive.port}`, '--get');
	t.match(of('get'), { status: 'ok', summary: /one instance fetched/ });
});

t.test(
	'Orthanc says C000 where nothing matches, which is no fault of the destination',
	{ skip: missing('Orthanc') },
	async (t) => {
		const archive = await startOrthanc();
		t.teardown(() => archive.stop());
		const { of, status } = await examined(`${archive.aeTitle}@127.0.0.1:${archive.port}`);
		t.match(of('dest'), { status: 'ok', summary: /^C000 for a study that exists nowhere: nothing is said of/ });
		t.equal(status, 0);
	},
);

t.test('claims that are lies', async (t) => {
	const open = await freePort();
	const lies = ['move-lie', 'ignore-key:StudyInstanceUID'].flatMap((fault) => ['--simulate', fault]);
	const archive = await filled(t, '--move-dest', `WS01=127.0.0.1:${open}`, ...lies);
	const { of } = await examined(`QRSCP@127.0.0.1:${archive.port}`, '-aet', 'WS01');
	t.match(of('find'), { status: 'warn', summary: /ignores the unique key/ });
});

for (const [name, start, id, summary, exit] of [
	['TLS', () => tlsPeer(SERVER), 'tls-probe', /this port wants TLS/, 7],
	['SSH', () => tcpPeer((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n')), 'banner', /SSH server/, 11],
	['silence', () => tcpPeer(() => {}), 'http-probe', /neither DICOM nor HTTP/, 28],
] as const)
	t.test(`a port of ${name}`, async (t) => {
		const peer = await start();
		t.teardown(() => peer.stop());
		const { status, of } = await examined(`PACS@127.0.0.1:${peer.port}`);
		t.match(of(id).summary, summary);
		t.match(of(id).status, /fail|warn/);
		if (name === 'TLS')
			for (const probe of ['http-probe', 'proxy-probe'])
				t.equal(of(probe).status, 'skip', `${probe} is said to be skipped`);
		if (name === 'silence') t.match(of('proxy-probe'), { status: 'ok', summary: /do not open/ });
		t.equal(status, exit);
	});

t.test('a port that ends a connection as soon as it is open is not taken for a silent one', async (t) => {
	for (const [end, summary] of [
		[(socket: Socket) => socket.end(), 'the connection is closed as soon as it is open'],
		[(socket: Socket) => socket.resetAndDestroy(), 'the connection is reset as soon as it is open'],
	] as const) {
		const peer = await tcpPeer(end);
		t.teardown(() => peer.stop());
		const { of } = await examined(`PACS@127.0.0.1:${peer.port}`);
		t.match(of('banner'), { status: 'warn', summary });
		t.match(of('banner').next[0], /TCP wrapper or an access list .*load balancer.* 127\.0\.0\.1 may connect/);
		t.equal(of('associate').status, 'fail', 'it goes on');
	}
	const port = await freePort();
	t.match(await listenTo('127.0.0.1', port, 100), { kind: 'unreachable', code: 'ECONNREFUSED' });
});

t.test('of several addresses the one that opens is asked', async (t) => {
	const peer = await tcpPeer((socket) => socket.on('data', () => socket.end('HTTP/1.0 404 None\r\n\r\n')));
	t.teardown(() => peer.stop());
	const subject = {
		...{ label: 'PACS', node: undefined, host: 'pacs.test', port: peer.port, usesTls: false, tlsServerName: undefined },
		...{ calledAeTitle: 'PACS', callingAeTitle: 'WS01', connectTimeoutMs: 1000, depth: {}, memory: emptyMemory() },
		connect: async () => {
			throw new DicomError({ blame: 'timeout', waitingFor: 'associate-answer', timeoutMs: 1000 });
		},
		// The server is on 127.0.0.1 alone.
		resolve: async () => ['::1', '127.0.0.1'],
		now: () => performance.now(),
		signal: new AbortController().signal,
	} as unknown as Subject;
	const results = await Array.fromAsync(examine(PATH_CHECKS, subject));
	const of = (id: string) => results.find((result) => result.id === id);
	t.match(of('tcp'), { status: 'warn', summary: /^3 of 6 connects.*::1: / });
	t.match(of('banner'), { status: 'ok' });
	t.match(of('http-probe'), { status: 'fail', summary: /an HTTP server answers/ });
});

t.test('a port of HTTP', async (t) => {
	const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
	await new Promise((resolve) => server.once('listening', resolve));
	t.teardown(() => server.close());
	const address = server.address();
	const { of } = await examined(`PACS@127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
	t.match(`${of('associate').summary} ${of('http-probe').summary}`, /HTTP/);
});

t.test('TLS 1.2 with certificates on both sides: ours is shown', async (t) => {
	const { certificate: cert, key } = SERVER;
	const mutual = { requestCert: true, rejectUnauthorized: true, ca: CA, maxVersion: 'TLSv1.2' } as const;
	const server = createTlsServer({ cert, key, ...mutual }, (socket) => socket.on('error', () => {}));
	server.on('tlsClientError', () => {});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => server.close());
	const address = server.address();
	const { port = 0 } = typeof address === 'object' ? (address ?? {}) : {};
	const tls = PATH_CHECKS.find(({ id }) => id === 'tls');
	const looked = (ownCertificate?: OwnCertificate, today = new Date()) => {
		const known = { host: '127.0.0.1', port, tlsServerName: 'localhost', ownCertificate, memory: emptyMemory() };
		return tls?.run({ ...known, today: () => today } as unknown as Subject);
	};
	t.match(await looked(CLIENT), { status: 'ok', summary: /^TLSv1\.2, \S+, certificate of \S+, \d+ days left$/ });
	const validTo = Date.parse(new X509Certificate(cert).validTo);
	const dayBefore = new Date(validTo - 1.5 * 86_400_000);
	t.match(await looked(CLIENT, dayBefore), { status: 'warn', summary: /, 1 day left$/ });
	t.match(await looked(), { status: 'warn', summary: /^the certificate could not be looked at \(/ });
});

t.test('at most four associations, and no value of a patient', async (t) => {
	const archive = await filled(t, '-v', '--move-dest', 'WS01=127.0.0.1:11113');
	const ran = await dimse(['doctor', `QRSCP@127.0.0.1:${archive.port}`, '-aet', 'WS01', '--json']);
	t.ok((archive.log().match(/association accepted/g) ?? []).length <= 4, archive.log());
	t.notMatch(ran.stdout + ran.stderr, /SYN0000|ACC0000|ALDER/);
});
