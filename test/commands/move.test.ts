/** `dimse move` as a process: to a receiver of our own and to a third party, against archives in memory that tell the truth or do not. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { ends, folder, rowsOf } from '../interop/command-line.ts';
import { filesUnder, readPart10, same } from '../interop/instances.ts';
import { respond } from '../support/odd-peers.ts';
import { freePort } from '../support/peers.ts';
import { SERVER } from '../support/tls.ts';
import { type PeerOptions, startPeer } from './retrieve-peer.ts';

t.setTimeout(240_000);

let counter = 0;
const fresh = (): string => {
	const path = join(folder, `move-${++counter}`);
	mkdirSync(path);
	return path;
};

/** Short waits: nothing that is tested here comes late. */
const QUICK = ['--settle', '0.1', '--late', '0.1'];

/** An archive that knows us, and the arguments that make us what it knows. */
const knowing = async (t: Parameters<typeof startPeer>[0], options: PeerOptions = {}) => {
	const port = await freePort();
	const peer = await startPeer(t, { destinations: { ME: port }, ...options });
	const out = fresh();
	const toMe = ['--to-me', '-aet', 'ME', '--listen', `127.0.0.1:${port}`, '-o', out];
	return { peer, port, out, toMe };
};

t.test('to a receiver of our own', async (t) => {
	const { peer, port, out, toMe } = await knowing(t);
	const { stderr } = await ends(t, 0, ['move', peer.place, '1.2.3.1', '1.2.3.2', ...toMe]);
	t.match(
		stderr,
		new RegExp(`^note: listening on 127\\.0\\.0\\.1:${port} as "ME"; ARCHIVE@\\S+ must have that registered\n`),
		'before anything else',
	);
	t.match(stderr, /^ok {4}1\.2\.3\.1 {2}3 instances {2}/m);
	const files = filesUnder(out);
	t.equal(files.length, 4);
	for (const { sopInstanceUid, bytes } of peer.instances.slice(0, 4)) {
		const file = files.find((path) => path.endsWith(`${sopInstanceUid}.dcm`)) ?? '';
		t.ok(same(readPart10(file).body, bytes), sopInstanceUid);
	}
	t.notMatch(stderr, /^warning/m);
});

t.test('as with movescu', async (t) => {
	const { peer, port, out } = await knowing(t);
	const old = ['-S', '-aem', 'ME', '-aec', 'ARCHIVE', '-od', out, '+B', '+xa'];
	const keys = ['-k', '0008,0052=STUDY', '-k', 'StudyInstanceUID=1.2.3.1'];
	await ends(t, 0, ['movescu', ...old, '+P', String(port), ...keys, '127.0.0.1', String(peer.port)]);
	t.equal(filesUnder(out).length, 3);
});

t.test('over TLS, both ways', async (t) => {
	const port = await freePort();
	const peer = await startPeer(t, { destinations: { ME: port }, tlsToDestination: true });
	const own = ['--to-me', '-aet', 'ME', '--listen', `127.0.0.1:${port}`, '--listen-tls', '-o', fresh()];
	const bare = await ends(t, 2, ['move', peer.place, '1.2.3.1', ...own]);
	t.match(bare.stderr, /--listen-tls: a receiver needs a certificate and its key/);
	const files = { certificate: join(fresh(), 'cert'), key: join(fresh(), 'key') };
	writeFileSync(files.certificate, SERVER.certificate);
	writeFileSync(files.key, SERVER.key);
	const secure = await startPeer(t, { destinations: { ME: port }, tlsToDestination: true, isSecure: true });
	const out = fresh();
	const tls = ['--tls', '--tls-insecure', '--tls-cert', files.certificate, '--tls-key', files.key];
	await ends(t, 0, ['move', secure.place, '1.2.3.1', ...own, ...tls, '-o', out]);
	t.equal(filesUnder(out).length, 3);
});

t.test('several at once', async (t) => {
	const { peer, out, toMe } = await knowing(t);
	await ends(t, 0, ['move', peer.place, '-j', '3', ...toMe, '--id', 'P*', '--unit', 'series']);
	t.equal(filesUnder(out).length, 5);
});

t.test('a call under another title is said at once', async (t) => {
	const { peer, toMe } = await knowing(t, { callsAs: 'OTHER' });
	const { stderr } = await ends(t, 0, ['move', peer.place, '1.2.3.1', ...toMe]);
	t.match(stderr, /^warning: ARCHIVE at 127\.0\.0\.1 called here as "OTHER", and we are "ME": taken all the same/m);
	t.match(stderr, /have "ME" registered there, or give --listen-aet OTHER$/m);
	t.equal(stderr.match(/called here as/g)?.length, 1, 'and once');
	const { peer: hostile, toMe: again } = await knowing(t, { callsAs: "O'K;$(id)" });
	const said = await ends(t, 0, ['move', hostile.place, '1.2.3.1', ...again]);
	t.match(said.stderr, "or give --listen-aet 'O'\\''K;$(id)'\n", 'to be pasted into a shell, whatever it is');
});

t.test('classes that we do not take are said at once', async (t) => {
	const { peer, toMe } = await knowing(t, { alsoProposes: ['1.3.12.2.1107.5.9.1'] });
	const { stderr } = await ends(t, 0, ['move', peer.place, '1.2.3.1', ...toMe]);
	t.match(stderr, /^warning: 1 SOP class of ARCHIVE refused here: 1\.3\.12\.2\.1107\.5\.9\.1\. .*--accept any/m);
	const { peer: other, toMe: withAny } = await knowing(t, { alsoProposes: ['1.3.12.2.1107.5.9.1'] });
	const { stderr: quiet } = await ends(t, 0, ['move', other.place, '1.2.3.1', ...withAny, '--accept', 'any']);
	t.notMatch(quiet, /^warning/m);
});

t.test('a class that we do not take is the cause', async (t) => {
	const { peer, toMe } = await knowing(t);
	const ran = await ends(t, 3, [
		'move',
		peer.place,
		'1.2.3.1',
		'1.2.3.2',
		...toMe,
		...QUICK,
		'--accept',
		'1.2.840.10008.5.1.4.1.1.2',
	]);
	t.match(ran.stderr, /^warning: 1 SOP class of ARCHIVE refused here: MR Image Storage/m);
	t.match(ran.stderr, /MR Image Storage: --accept any takes every class/);
});

t.test('an unknown destination', async (t) => {
	const peer = await startPeer(t);
	const port = await freePort();
	const toMe = ['--to-me', '-aet', 'ME', '--listen', `127.0.0.1:${port}`, '-o', fresh()];
	const { stderr } = await ends(t, 4, ['move', peer.place, '1.2.3.1', ...toMe]);
	t.match(stderr, /^dimse: ARCHIVE@\S+: move to ME: refused: move destination unknown \(A801\)$/m);
	t.match(stderr, new RegExp(`ask for "ME" = 127\\.0\\.0\\.1:${port} to be registered as a move destination`));
	const { stderr: third } = await ends(t, 4, ['move', peer.place, '1.2.3.1', '--dest', 'NOBODY']);
	t.match(third, /move to NOBODY: refused: move destination unknown/);
	t.match(third, /dimse node list/);
});

t.test('an abort after the request', async (t) => {
	const { peer, toMe } = await knowing(t, {
		answer: (request) => (request.message.type === 'C-MOVE-RQ' ? request.association.abort() : undefined),
	});
	const { stderr } = await ends(t, 8, ['move', peer.place, '1.2.3.1', ...toMe]);
	t.match(stderr, /^dimse: ARCHIVE@\S+: association aborted: by the application \(0\/0\)$/m);
	t.match(stderr, /^ {2}do {9}ask for "ME" = 127\.0\.0\.1:\d+ to be registered as a move destination/m);
});

t.test('the peer has another port for us', async (t) => {
	const peer = await startPeer(t, { destinations: { ME: await freePort() } });
	const port = await freePort();
	const toMe = ['--to-me', '-aet', 'ME', '--listen', `127.0.0.1:${port}`, '-o', fresh()];
	const { stderr } = await ends(t, 4, ['move', peer.place, '1.2.3.1', ...toMe, ...QUICK]);
	t.match(
		stderr,
		/^ {2}means {6}nobody called our receiver: the peer has another host or port for "ME" than 127\.0\.0\.1:/m,
	);
	t.match(stderr, new RegExp(`has for "ME": it has to be 127\\.0\\.0\\.1:${port}`));
	t.match(stderr, new RegExp(`TCP 127\\.0\\.0\\.1 -> 127\\.0\\.0\\.1 port ${port} to be opened`));
});

t.test('success first, sending later', async (t) => {
	const { peer, out, toMe } = await knowing(t, { policy: { finalFirst: { delayMs: 300 } } });
	const { stderr } = await ends(t, 0, ['move', peer.place, '1.2.3.1', ...toMe]);
	t.equal(filesUnder(out).length, 3);
	t.match(stderr, /^note: 1\.2\.3\.1: the final response is here, and 3 instances not: waiting/m);
});

t.test('success, and nothing is ever sent', async (t) => {
	const { peer, port, out, toMe } = await knowing(t, { policy: { lie: true } });
	const { stderr } = await ends(t, 3, ['move', peer.place, '1.2.3.1', ...toMe, ...QUICK]);
	t.match(stderr, /move to ME: the peer reports 3 completed, nothing arrived here after/);
	t.match(stderr, /asynchronous C-MOVE/);
	const list = readdirSync(out).find((name) => name.startsWith('missing-')) ?? '';
	t.equal(rowsOf(readFileSync(join(out, list), 'utf8')).filter((row) => row.startsWith('1.2.3.1\t')).length, 3);
	const again = `dimse move ${peer.place} --to-me --settle 0.1 --late 0.1 --listen 127.0.0.1:${port} -aet ME --from ${join(out, list)} -o ${out}`;
	t.match(stderr, new RegExp(`^ .*${again}`, 'm'), 'complete, and on one line');
	t.match(readFileSync(join(out, list), 'utf8'), again);
});

t.test('Ctrl-C while waiting for late arrivals: nobody failed', async (t) => {
	const { peer, toMe } = await knowing(t, { policy: { lie: true, select: (all) => all.slice(0, 1) } });
	const { stderr } = await ends(t, 130, ['move', peer.place, '1.2.3.1', ...toMe, '--settle', '60'], {
		meanwhile: (child) => {
			let told = '';
			const look = (text: string) => {
				told += text;
				if (!/not: waiting/.test(told)) return;
				child.stderr.off('data', look);
				child.kill('SIGINT'); // once: a second one, while it ends, would kill it
			};
			child.stderr.on('data', look);
		},
	});
	t.match(stderr, /^stop {2}1\.2\.3\.1 /m);
	t.match(stderr, /^dimse: .*: move to ME: interrupted while waiting for late arrivals$/m);
	t.match(stderr, /the peer had answered, and 2 instances had not come yet/);
	t.notMatch(stderr, /the peer reports|asynchronous/);
});

t.test('half of it', async (t) => {
	const { peer, toMe } = await knowing(t, { policy: { lie: true, select: (all) => all.slice(0, 1) } });
	const { stderr } = await ends(t, 3, ['move', peer.place, '1.2.3.1', ...toMe, ...QUICK]);
	t.match(stderr, /the peer reports 3 completed, 1 arrived here/);
	t.match(stderr, /2 instances: never came, and the peer says nothing of it/);
});

t.test('statuses', async (t) => {
	for (const [status, exit] of [
		[0xa701, 4],
		[0xa702, 4],
		[0xa900, 4],
		[0xc000, 4],
		[0xc515, 4],
		[0x0122, 4],
		[0x0211, 4],
		[0x0124, 13],
	] as const) {
		const { peer, toMe } = await knowing(t, {
			answer: (request) => (request.message.type === 'C-MOVE-RQ' ? respond(request, status) : undefined),
		});
		const { stderr } = await ends(t, exit, ['move', peer.place, '1.2.3.1', ...toMe, ...QUICK]);
		t.match(
			stderr,
			new RegExp(`came back {2}status ${status.toString(16).padStart(4, '0').toUpperCase()} \\(failure\\)`),
		);
		t.match(stderr, /^ {2}means {6}\S[\s\S]*^ {2}do {9}\S/m);
	}
});

t.test('nothing matches', async (t) => {
	const { peer, toMe } = await knowing(t);
	const { stderr } = await ends(t, 1, ['move', peer.place, '1.2.3.99', ...toMe]);
	t.match(stderr, /move to ME: finished with status 0000 \(success\), but nothing matched/);
});

t.test('a third party', async (t) => {
	const received: string[] = [];
	const third = await startPeer(t, {
		instances: [],
		answer: (request) => {
			if (request.message.type !== 'C-STORE-RQ') return undefined;
			received.push(request.message.affectedSopInstanceUid);
			return (async () => {
				await request.dataset?.discard();
				await respond(request, 0);
			})();
		},
	});
	const peer = await startPeer(t, { destinations: { THIRD: third.port } });
	const { stderr } = await ends(t, 0, ['move', peer.place, '1.2.3.1', '--dest', 'THIRD']);
	t.equal(received.length, 3);
	t.match(stderr, /^sent {2}1\.2\.3\.1 {2}3 instances, says the peer {2}not verified/m);

	const unseen = await ends(t, 0, ['move', peer.place, '1.2.3.1', '--dest', 'THIRD', '--json']);
	t.equal(JSON.parse(unseen.stdout).units[0].arrived, null, 'nobody knows');

	const known = join(fresh(), 'config.ini');
	writeFileSync(known, `[third]\nae_title: THIRD\naddress: 127.0.0.1\nport: ${third.port}\n`);
	const lost = await ends(t, 3, ['move', peer.place, '1.2.3.1', '--dest', 'THIRD', '--config', known, ...QUICK], {
		cwd: fresh(),
	});
	t.match(
		lost.stderr,
		/^dimse: ARCHIVE@\S+: move to THIRD: the peer reports 3 completed, nothing is at THIRD after /m,
		'it says that it has them, and a query there does not',
	);

	const keeper = await startPeer(t, {
		answer: (request) =>
			request.message.type === 'C-STORE-RQ'
				? (async () => {
						await request.dataset?.discard();
						await respond(request, 0);
					})()
				: undefined,
	});
	const honest = await startPeer(t, { destinations: { THIRD: keeper.port } });
	writeFileSync(known, `[third]\nae_title: THIRD\naddress: 127.0.0.1\nport: ${keeper.port}\n`);
	const verified = await ends(t, 0, ['move', honest.place, '1.2.3.1', '--dest', 'THIRD', '--config', known]);
	t.match(verified.stderr, /^ok {4}1\.2\.3\.1 {2}3 instances there/m);
	const byName = await ends(t, 0, ['move', honest.place, '1.2.3.1', '--dest', 'third', '--config', known]);
	t.match(byName.stderr, /^note: third is THIRD: sent to that AE title$/m);
	t.match(byName.stderr, /^ok {4}1\.2\.3\.1 {2}3 instances there/m);
	t.notMatch(verified.stderr, /^note: .*sent to that/m);
});

t.test('Ctrl-C: a C-CANCEL, the final response, a summary', async (t) => {
	const asked = Promise.withResolvers<void>();
	let reason: unknown;
	const { peer, toMe } = await knowing(t, {
		answer: (request) => {
			if (request.message.type !== 'C-MOVE-RQ') return undefined;
			return (async () => {
				await request.dataset?.discard();
				asked.resolve();
				await new Promise<void>((resolve) => request.signal.addEventListener('abort', () => resolve()));
				reason = request.signal.reason;
				await respond(request, 0xfe00);
			})();
		},
	});
	const { stderr } = await ends(t, 143, ['move', peer.place, '1.2.3.1', ...toMe, ...QUICK], {
		meanwhile: (child) => void asked.promise.then(() => child.kill('SIGTERM')),
	});
	t.equal(reason, 'C-CANCEL-RQ');
	t.match(stderr, /^stop {2}1\.2\.3\.1 {2}/m);
});

t.test('for programs', async (t) => {
	const { peer, port, toMe } = await knowing(t);
	const { stdout } = await ends(t, 0, ['move', peer.place, '1.2.3.1', ...toMe, '--events']);
	const events = rowsOf(stdout).map((line) => JSON.parse(line) as Record<string, unknown>);
	t.match(events[0], { type: 'start', command: 'move' });
	const types = events.map(({ type }) => type);
	t.ok(types.indexOf('listening') < types.indexOf('request'), 'it listens before it asks');
	t.match(
		events.find(({ type }) => type === 'listening'),
		{ port, aet: 'ME' },
	);
	t.match(
		events.find(({ type }) => type === 'incoming'),
		{ calling: 'ARCHIVE', called: 'ME', refused: 0 },
	);
	t.match(events.at(-1), { type: 'summary', arrived: 3, exit: 0 });
	const document = await ends(t, 0, ['move', peer.place, '1.2.3.2', ...toMe, '-F', 'json', '-q']);
	t.match(JSON.parse(document.stdout), {
		schema: 'dimse.move/1',
		receiver: { aet: 'ME', port },
		service: 'C-MOVE',
		units: [{ study: '1.2.3.2', verdict: 'complete', verified: true }],
		exit: 0,
	});
	t.equal(document.stderr, '');
});

t.test('the port is in use', async (t) => {
	const server = createServer();
	t.teardown(() => server.close());
	const port = await new Promise<number>((resolve) => {
		server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
	});
	const peer = await startPeer(t);
	const { stderr } = await ends(t, 12, [
		'move',
		peer.place,
		'1.2.3.1',
		'--to-me',
		'--listen',
		`127.0.0.1:${port}`,
		'-o',
		fresh(),
	]);
	t.match(stderr, new RegExp(`^dimse: cannot listen on 127\\.0\\.0\\.1:${port}: the port is in use`, 'm'));
	t.notOk(peer.requests.includes('C-MOVE-RQ'), 'nothing was asked for');
});

const MISUSE: readonly (readonly [args: readonly string[], message: RegExp])[] = [
	[['1.2.3'], /it is not said where to[\s\S]*--to-me .* --dest AET/],
	[['1.2.3', '--to-me', '--dest', 'X'], /--dest and --to-me: one of the two/],
	[['1.2.3', '--dest', 'X'.repeat(17)], /destination AE title .* has 17 characters/],
	[['1.2.3', '--dest', 'X', '--listen', '11113'], /--listen is of our own receiver/],
	[['1.2.3', '--to-me', '--listen', 'host:port'], /"host:port" is no \[HOST:\]PORT/],
	[['1.2.3', '--to-me', '--prefer-ts', 'foo'], /unknown transfer syntax "foo"[\s\S]*--prefer-ts takes/],
	[['1.2.3', '--to-me', '--accept', 'some'], /--accept: "some" is no SOP class/],
	[['1.2.3', '--dest', 'X', '--events', '--json'], /--events and --json: one of the two/],
	[['1.2.3', '--dest', 'X', '--no-bulk'], /unknown option --no-bulk/],
];

t.test('usage', async (t) => {
	const peer = await startPeer(t);
	for (const [args, message] of MISUSE) {
		const { stderr } = await ends(t, 2, ['move', peer.place, ...args], { cwd: fresh() });
		t.match(stderr, message, args.join(' '));
	}
	t.strictSame(
		peer.requests.filter((type) => type !== 'C-FIND-RQ'),
		[],
		'nothing was asked for',
	);
});
