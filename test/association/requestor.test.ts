/** The requestor against peers that are none, that break the rules, and that go away; over real sockets. */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import t, { type Test } from 'tap';
import { listen } from '../../src/association/acceptor.ts';
import type { Clock } from '../../src/association/clock.ts';
import type { DataSource } from '../../src/association/outgoing.ts';
import { type Connected, type ConnectOptions, connect, requireContext } from '../../src/association/requestor.ts';
import type { Timeouts } from '../../src/association/timeouts.ts';
import type { TlsSettings } from '../../src/association/tls.ts';
import { Assembler } from '../../src/dimse/assembler.ts';
import { DicomError } from '../../src/errors.ts';
import { store } from '../../src/services/storage-scu.ts';
import { answerEcho, echo, VERIFICATION } from '../../src/services/verification.ts';
import { encodePdu, type Pdu } from '../../src/upper-layer/pdu/index.ts';
import { CA, CLIENT, ELSEWHERE, OTHER_CA, SERVER } from '../support/tls.ts';
import { accepting, dicomPeer, echoRsp, hear, message, type RawPeer, rawPeer, serverPeer } from './raw-peer.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const ECHO_CONTEXT = 1;
const CT_CONTEXT = 3;

/** Several of them wait for a second until the peer closes. */
t.jobs = 12;

const optionsFor = (port: number, more: Partial<ConnectOptions> = {}): ConnectOptions => ({
	address: { host: '127.0.0.1', port, calledAeTitle: 'SCP', callingAeTitle: 'SCU' },
	contexts: [
		{ abstractSyntax: VERIFICATION, transferSyntaxes: [EXPLICIT] },
		{ abstractSyntax: CT, transferSyntaxes: [EXPLICIT] },
	],
	...more,
});

/** What comes of it: a failure, or what `use` returns. */
const outcome = async (options: ConnectOptions, use: (connected: Connected) => Promise<unknown>): Promise<unknown> => {
	let connected: Connected | undefined;
	try {
		connected = await connect(options);
		return await use(connected);
	} catch (error) {
		if (error instanceof DicomError) return error.failure;
		throw error;
	} finally {
		await connected?.association.abort();
	}
};

const echoing = async ({ association }: Connected): Promise<unknown> => {
	const { status } = await echo(association, ECHO_CONTEXT);
	await association.release();
	return status;
};

/** `length` bytes of nothing, and how many were asked for. */
const endless = (length: number): DataSource & { readonly given: number } => {
	const source = {
		length,
		given: 0,
		read: (views: readonly Uint8Array[]) => {
			for (const view of views) source.given += view.length;
		},
	};
	return source;
};

const storing =
	(dataset: Uint8Array | DataSource) =>
	async ({ association }: Connected): Promise<unknown> =>
		(await store(association, CT_CONTEXT, { sopClassUid: CT, sopInstanceUid: '1.2', dataset })).status;

const afterRq = (say: (socket: Socket) => void) => (socket: Socket) => {
	socket.once('data', () => say(socket));
};
const pdu = (one: Pdu) => encodePdu(one);
const ABORT = (source: number, reason: number) => pdu({ type: 'A-ABORT', source, reason });

interface Case {
	readonly peer: (t: Test) => Promise<RawPeer>;
	readonly gives: unknown;
	readonly timeouts?: Partial<Timeouts>;
	readonly use?: (connected: Connected) => Promise<unknown>;
}

const saying = (bytes: Uint8Array | string, ends = false): Case['peer'] => {
	const say = (socket: Socket) => (ends ? socket.end(bytes) : socket.write(bytes));
	return (t) => rawPeer(t, afterRq(say));
};

const cases: Record<string, Case> = {
	'accepts and closes': {
		peer: (t) => rawPeer(t, (socket) => socket.resume().end()),
		gives: { blame: 'connect', code: 'CLOSED', phase: 'associate', address: '127.0.0.1' },
	},
	'accepts and resets': {
		peer: (t) => rawPeer(t, (socket) => socket.resetAndDestroy()),
		gives: { blame: 'connect', code: /^(ECONNRESET|EPIPE)$/, phase: /^(connect|associate)$/ },
	},
	'resets after the A-ASSOCIATE-RQ': {
		peer: (t) =>
			rawPeer(
				t,
				afterRq((socket) => socket.resetAndDestroy()),
			),
		gives: { blame: 'connect', code: 'ECONNRESET', phase: 'associate' },
	},
	'is silent': {
		peer: (t) => rawPeer(t, (socket) => socket.resume()),
		timeouts: { associateMs: 50 },
		gives: { blame: 'timeout', waitingFor: 'associate-answer', timeoutMs: 50 },
	},
	'is a web server': {
		peer: (t) => serverPeer(t, createHttpServer()),
		gives: { blame: 'protocol', phase: 'associate', firstBytes: Buffer.from('HTTP/1.1 400') },
	},
	'speaks first, as SSH': {
		peer: (t) => rawPeer(t, (socket) => socket.resume().write('SSH-2.0-OpenSSH_9.2p1\r\n')),
		gives: { blame: 'protocol', phase: 'associate', firstBytes: Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n') },
	},
	'is a TLS server of Node, which closes without an alert': {
		peer: (t) => serverPeer(t, createTlsServer({ cert: SERVER.certificate, key: SERVER.key })),
		gives: { blame: 'connect', code: /^(CLOSED|ECONNRESET)$/, phase: 'associate' },
	},
	'answers with a TLS alert': {
		peer: saying(Uint8Array.of(0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46), true),
		gives: { blame: 'tls', code: 'PEER_SPEAKS_TLS' },
	},
	'answers with noise': {
		peer: saying(Uint8Array.from({ length: 300 }, (_, i) => (i * 37 + 200) & 0xff)),
		gives: { blame: 'protocol', phase: 'associate', message: /./ },
	},
	'cuts a PDU in the middle and closes': {
		peer: saying(ABORT(0, 0).subarray(0, 7), true),
		gives: { blame: 'aborted', code: 'CLOSED', phase: 'associate' },
	},
	'announces a PDU of 4 GB': {
		peer: saying(Uint8Array.of(2, 0, 0xff, 0xff, 0xff, 0xff)),
		gives: { blame: 'protocol', phase: 'associate', message: /4294967295/ },
	},
	'answers with an A-ASSOCIATE-RQ': {
		peer: (t) =>
			rawPeer(t, (socket) => hear(socket, (one, bytes) => one.type === 'A-ASSOCIATE-RQ' && socket.write(bytes))),
		gives: { blame: 'protocol', phase: 'associate', message: /A-ASSOCIATE-RQ in Sta5/ },
	},
	'never answers a C-ECHO-RQ': {
		peer: (t) => dicomPeer(t, () => {}),
		timeouts: { dimseMs: 50 },
		gives: { blame: 'timeout', waitingFor: 'response', timeoutMs: 50 },
	},
	'answers what was not asked, then nothing': {
		peer: (t) => dicomPeer(t, (socket) => socket.write(echoRsp(4711))),
		timeouts: { dimseMs: 50 },
		gives: { blame: 'timeout', waitingFor: 'response', timeoutMs: 50 },
	},
	'answers what was not asked, then what was': {
		peer: (t) =>
			dicomPeer(t, (socket, { type }) => {
				if (type === 'P-DATA-TF') socket.write(Buffer.concat([echoRsp(4711), echoRsp(1), echoRsp(1)]));
				else socket.end(pdu({ type: 'A-RELEASE-RP' }));
			}),
		gives: 0,
	},
	'answers on a context that was never accepted': {
		peer: (t) => dicomPeer(t, (socket) => socket.write(echoRsp(1, 9))),
		gives: { blame: 'protocol', phase: 'established', message: /C-ECHO-RSP on presentation context 9/ },
	},
	'answers on the context of something else': {
		peer: (t) => dicomPeer(t, (socket) => socket.write(echoRsp(1, CT_CONTEXT))),
		gives: {
			blame: 'protocol',
			phase: 'established',
			message: /on presentation context 3 where C-ECHO-RSP on 1 is due/,
		},
	},
	'answers with another response': {
		peer: (t) =>
			dicomPeer(t, (socket) =>
				socket.write(message(1, { type: 'C-FIND-RSP', messageIdBeingRespondedTo: 1, hasDataset: false, status: 0 })),
			),
		gives: { blame: 'protocol', phase: 'established', message: /C-FIND-RSP .* where C-ECHO-RSP .* is due/ },
	},
	'answers with a command set that is none': {
		peer: (t) => dicomPeer(t, (socket) => socket.write(Uint8Array.of(4, 0, 0, 0, 0, 8, 0, 0, 0, 4, 1, 3, 9, 9))),
		gives: { blame: 'protocol', phase: 'established', message: /invalid command set/ },
	},
	'releases instead of answering': {
		peer: (t) =>
			dicomPeer(t, (socket, { type }) =>
				type === 'P-DATA-TF' ? socket.write(pdu({ type: 'A-RELEASE-RQ' })) : socket.end(),
			),
		gives: { blame: 'aborted', code: 'RELEASED', phase: 'established', afterMessage: 'C-ECHO-RQ' },
	},
	'closes instead of answering': {
		peer: (t) => dicomPeer(t, (socket) => socket.end()),
		gives: { blame: 'aborted', code: 'CLOSED', phase: 'established', afterMessage: 'C-ECHO-RQ' },
	},
	'resets instead of answering': {
		peer: (t) => dicomPeer(t, (socket) => socket.resetAndDestroy()),
		gives: { blame: 'aborted', code: 'ECONNRESET', phase: 'established', afterMessage: 'C-ECHO-RQ' },
	},
	'closes in the middle of a response': {
		peer: (t) => dicomPeer(t, (socket) => socket.end(echoRsp(1).subarray(0, 40))),
		gives: { blame: 'aborted', code: 'CLOSED', phase: 'established' },
	},
	'closes instead of answering the release': {
		peer: (t) => dicomPeer(t, (socket, { type }) => (type === 'P-DATA-TF' ? socket.write(echoRsp(1)) : socket.end())),
		gives: 0,
	},
	'resets instead of answering the release': {
		peer: (t) =>
			dicomPeer(t, (socket, { type }) => (type === 'P-DATA-TF' ? socket.write(echoRsp(1)) : socket.resetAndDestroy())),
		gives: 0,
	},
	'never answers the release': {
		peer: (t) => dicomPeer(t, (socket, { type }) => type === 'P-DATA-TF' && socket.write(echoRsp(1))),
		timeouts: { releaseMs: 50 },
		gives: { blame: 'timeout', waitingFor: 'release-answer', timeoutMs: 50 },
	},
	'answers the release with an A-ABORT': {
		peer: (t) =>
			dicomPeer(
				t,
				(socket, { type }) => type !== 'A-ABORT' && socket.write(type === 'P-DATA-TF' ? echoRsp(1) : ABORT(2, 1)),
			),
		gives: { blame: 'aborted', phase: 'release', source: 2, reason: 1 },
	},
	'asks for the release at the same time': {
		peer: (t) =>
			dicomPeer(t, (socket, { type }) => {
				if (type === 'P-DATA-TF') socket.write(echoRsp(1));
				else if (type === 'A-RELEASE-RQ') socket.write(pdu({ type: 'A-RELEASE-RQ' }));
				else if (type === 'A-RELEASE-RP') socket.write(pdu({ type: 'A-RELEASE-RP' }));
			}),
		gives: 0,
	},
	'aborts during a long C-STORE': {
		peer: (t) => dicomPeer(t, (socket, _, messages) => messages === 5 && socket.write(ABORT(0, 0))),
		use: storing(endless(2 ** 30)),
		gives: { blame: 'aborted', phase: 'established', source: 0, reason: 0, afterMessage: 'C-STORE-RQ' },
	},
	'refuses a long C-STORE before all of it is there': {
		peer: (t) =>
			dicomPeer(t, (socket, _, messages) => {
				if (messages !== 5) return;
				const rsp = { type: 'C-STORE-RSP', messageIdBeingRespondedTo: 1, hasDataset: false, status: 0xa700 } as const;
				socket.write(message(CT_CONTEXT, rsp));
			}),
		use: storing(endless(30_000_000)),
		gives: 0xa700,
	},
	'goes away while an A-ASSOCIATE-AC is in the same bytes': {
		peer: (t) =>
			rawPeer(t, (socket) =>
				hear(socket, (one) => {
					if (one.type === 'A-ASSOCIATE-RQ') socket.write(Buffer.concat([pdu(accepting(one)), ABORT(2, 0)]));
				}),
			),
		gives: { blame: 'aborted', source: 2, reason: 0, phase: 'established' },
	},
	'releases with an A-ASSOCIATE-AC in the same bytes': {
		peer: (t) =>
			rawPeer(t, (socket) =>
				hear(socket, (one) => {
					if (one.type === 'A-ASSOCIATE-RQ')
						socket.write(Buffer.concat([pdu(accepting(one)), pdu({ type: 'A-RELEASE-RQ' })]));
				}),
			),
		gives: { blame: 'aborted', phase: 'release' },
	},
	'asks something with an A-ASSOCIATE-AC in the same bytes': {
		peer: (t) =>
			rawPeer(t, (socket) =>
				hear(socket, (one) => {
					const rq = { type: 'C-ECHO-RQ', messageId: 7, affectedSopClassUid: VERIFICATION, hasDataset: false } as const;
					if (one.type === 'A-ASSOCIATE-RQ') socket.write(Buffer.concat([pdu(accepting(one)), message(1, rq)]));
					else if (one.type === 'P-DATA-TF') socket.write(echoRsp(1));
					else socket.end(pdu({ type: 'A-RELEASE-RP' }));
				}),
			),
		gives: 0,
	},
};

for (const [source, reasons] of [
	[1, [1, 2, 3, 7]],
	[2, [1, 2]],
	[3, [1, 2]],
] as const)
	for (const reason of reasons)
		for (const result of [1, 2])
			cases[`rejects ${result}/${source}/${reason}`] = {
				peer: saying(pdu({ type: 'A-ASSOCIATE-RJ', result, source, reason })),
				gives: { blame: 'rejected', result, source, reason },
			};
for (const [source, reason] of [
	[0, 0],
	[2, 0],
	[2, 1],
	[2, 2],
	[2, 4],
	[2, 5],
	[2, 6],
] as const) {
	cases[`aborts with ${source}/${reason} at once`] = {
		peer: saying(ABORT(source, reason)),
		gives: { blame: 'aborted', phase: 'associate', source, reason },
	};
	cases[`aborts with ${source}/${reason} instead of answering`] = {
		peer: (t) => dicomPeer(t, (socket, { type }) => type === 'P-DATA-TF' && socket.write(ABORT(source, reason))),
		gives: { blame: 'aborted', phase: 'established', source, reason, afterMessage: 'C-ECHO-RQ' },
	};
}

for (const [name, { peer, timeouts = {}, use = echoing, gives }] of Object.entries(cases))
	t.test(`a peer that ${name}`, { buffered: true }, async (t) => {
		const { port, gone } = await peer(t);
		t.match(await outcome(optionsFor(port, { timeouts }), use), gives);
		await gone();
	});

t.test('a port that nobody listens on', { buffered: true }, async (t) => {
	const server = createServer();
	const port = await new Promise<number>((resolve) =>
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
		}),
	);
	const failure = { blame: 'connect', code: 'ECONNREFUSED', phase: 'connect', address: '127.0.0.1', port };
	t.match(await outcome(optionsFor(port), echoing), failure);
});

t.test('a name that is none', { buffered: true }, async (t) => {
	const address = { host: 'host.invalid', port: 104, calledAeTitle: 'A', callingAeTitle: 'B' };
	t.match(await outcome(optionsFor(0, { address }), echoing), {
		blame: 'resolve',
		host: 'host.invalid',
		code: /^(ENOTFOUND|EAI_AGAIN)$/,
	});
});

/** Every timer has run out as soon as it is set. */
const HASTY: Clock = {
	now: () => 0,
	after: (_, expired) => {
		let isOff = false;
		queueMicrotask(() => isOff || expired());
		return () => {
			isOff = true;
		};
	},
};

t.test('no time to connect', { buffered: true }, async (t) => {
	const { port, gone } = await rawPeer(t, (socket) => socket.resume());
	const options = optionsFor(port, { connectTimeoutMs: 7000, clock: HASTY });
	t.match(await outcome(options, echoing), { blame: 'timeout', waitingFor: 'connect', timeoutMs: 7000 });
	const address = { ...options.address, host: 'localhost' };
	t.match(await outcome({ ...options, address }, echoing), { blame: 'resolve', code: 'ETIMEOUT' });
	await gone();
});

t.test('a caller who gives up', { buffered: true }, async (t) => {
	const { port, gone } = await rawPeer(t, (socket) => socket.resume());
	t.match(await outcome(optionsFor(port, { signal: AbortSignal.abort() }), echoing), { blame: 'interrupted' });
	const controller = new AbortController();
	const { port: other, gone: otherGone } = await rawPeer(
		t,
		afterRq(() => controller.abort()),
	);
	t.match(await outcome(optionsFor(other, { signal: controller.signal }), echoing), { blame: 'interrupted' });
	await Promise.all([gone(), otherGone()]);
});

t.test('a peer that accepts nothing', { buffered: true }, async (t) => {
	const { port, gone } = await dicomPeer(
		t,
		(socket) => socket.end(pdu({ type: 'A-RELEASE-RP' })),
		(ac) => ({
			...ac,
			presentationContexts: [{ id: 1, result: 3, transferSyntax: '' }],
		}),
	);
	const connected = await connect(optionsFor(port));
	const refusal = (abstractSyntax: string) =>
		outcome(optionsFor(port), async (one) => requireContext(one, abstractSyntax));
	t.match(await refusal(VERIFICATION), {
		blame: 'no-context',
		refused: [{ abstractSyntax: VERIFICATION, result: 3 }],
	});
	t.match(await refusal(CT), { blame: 'no-context', refused: [{ abstractSyntax: CT, result: 'absent' }] });
	await connected.association.release();
	await gone();
});

t.test('a peer that does not read a long C-STORE', { buffered: true }, async (t) => {
	const { port, gone } = await rawPeer(t, (socket) =>
		hear(socket, (one) => {
			if (one.type !== 'A-ASSOCIATE-RQ') return;
			socket.write(pdu(accepting(one)));
			socket.pause();
		}),
	);
	const source = endless(2 ** 32);
	const before = process.memoryUsage().arrayBuffers;
	const failure = await outcome(optionsFor(port, { timeouts: { writeMs: 200, dimseMs: 100 } }), storing(source));
	t.match(failure, { blame: 'timeout', waitingFor: 'write', timeoutMs: 200 });
	t.ok(source.given < 20_000_000, `${source.given} bytes were read: what the kernel takes and three blocks`);
	t.ok(process.memoryUsage().arrayBuffers - before < 100_000_000, 'and no more is kept');
	await gone();
});

t.test(
	'whatever length a peer takes, no PDU is longer, and what arrives is what was sent',
	{ buffered: true },
	async (t) => {
		const dataset = Uint8Array.from({ length: 3001 }, (_, i) => (i * 7) & 0xff);
		let position = 0;
		const source = (): DataSource => {
			position = 0;
			return {
				length: dataset.length,
				read: async (views) => {
					for (const view of views) {
						view.set(dataset.subarray(position, position + view.length));
						position += view.length;
					}
				},
			};
		};
		for (const maximumLength of [1, 7, 8, 9, 13, 14, 100, 101, 1023, 16_383, 0]) {
			let longest = 0;
			const parts: Uint8Array[] = [];
			const assembler = new Assembler();
			const { port } = await dicomPeer(
				t,
				(socket, one) => {
					if (one.type === 'A-RELEASE-RQ') socket.end(pdu({ type: 'A-RELEASE-RP' }));
					if (one.type !== 'P-DATA-TF') return;
					longest = Math.max(longest, encodePdu(one).length - 6);
					for (const { contextId, isCommand, isLast, bytes } of one.pdvs)
						for (const item of assembler.push({ contextId, isCommand, isLast, bytes }))
							if (item.type === 'data') {
								parts.push(item.bytes.slice());
								const rsp = { type: 'C-STORE-RSP', hasDataset: false, status: 0 } as const;
								if (item.isLast) socket.write(message(CT_CONTEXT, { ...rsp, messageIdBeingRespondedTo: next++ }));
							}
				},
				(ac) => ({ ...ac, userInformation: { ...ac.userInformation, maximumLength } }),
			);
			let next = 1;
			t.equal(
				await outcome(optionsFor(port), async (connected) => {
					await storing(dataset)(connected);
					await storing(source())(connected);
					await connected.association.release();
					return 'done';
				}),
				'done',
			);
			const sent = Buffer.concat([dataset, Uint8Array.of(0), dataset, Uint8Array.of(0)]);
			t.ok(Buffer.concat(parts).equals(sent), `maximum length ${maximumLength}: the bytes`);
			t.ok(longest <= (maximumLength === 0 ? 131_072 : Math.max(8, maximumLength)), `the longest is ${longest}`);
		}
	},
);

// ---- TLS -----------------------------------------------------------------------------------------------------------

const overTls = (port: number, tls: TlsSettings, host = 'localhost'): ConnectOptions =>
	optionsFor(port, { address: { host, port, calledAeTitle: 'SCP', callingAeTitle: 'SCU', tls } });

const tlsArchive = async (t: Test, tls: TlsSettings) => {
	const failures: unknown[] = [];
	const listener = await listen({
		port: 0,
		address: '127.0.0.1',
		tls,
		decide: () => ({ supported: () => ['*'], serve: answerEcho }),
		failed: ({ failure }) => failures.push(failure),
	});
	t.teardown(() => listener.abort());
	return { port: listener.port, failures };
};

const tlsCases: Record<
	string,
	{ server: TlsSettings; client: TlsSettings; host?: string; gives: unknown; told?: RegExp }
> = {
	'a certificate of a CA that is known': { server: SERVER, client: { ca: CA }, gives: 0 },
	'a certificate of another CA': {
		server: SERVER,
		client: { ca: OTHER_CA },
		gives: {
			blame: 'tls',
			code: /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|SELF_SIGNED_CERT_IN_CHAIN)$/,
			certificate: { subject: /./, issuer: /./, validTo: /./ },
		},
	},
	'a certificate of another CA, taken nevertheless': { server: SERVER, client: { isInsecure: true }, gives: 0 },
	'a certificate of another name': {
		server: ELSEWHERE,
		client: { ca: CA },
		gives: { blame: 'tls', code: 'ERR_TLS_CERT_ALTNAME_INVALID', certificate: { names: /./ } },
	},
	'an address that is not in the certificate': {
		server: ELSEWHERE,
		client: { ca: CA },
		host: '127.0.0.1',
		gives: { blame: 'tls', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
	},
	'a client certificate that is demanded and missing': {
		server: { ...SERVER, ca: CA },
		client: { ca: CA },
		gives: { blame: 'tls', code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' },
		told: /PEER_DID_NOT_RETURN_A_CERTIFICATE/,
	},
	'a client certificate that is demanded and given': {
		server: { ...SERVER, ca: CA },
		client: { ca: CA, ...CLIENT },
		gives: 0,
	},
};

for (const [name, { server, client, host, gives, told }] of Object.entries(tlsCases))
	t.test(`TLS: ${name}`, { buffered: true }, async (t) => {
		const { port, failures } = await tlsArchive(t, server);
		t.match(await outcome(overTls(port, client, host), echoing), gives);
		if (told !== undefined) t.match(failures, [{ blame: 'tls', code: told }]);
	});

t.test('TLS: the name that is expected instead of the host', { buffered: true }, async (t) => {
	const { port } = await tlsArchive(t, ELSEWHERE);
	const seen = await outcome(overTls(port, { ca: CA }), echoing);
	const names = (seen as { certificate: { names: string } }).certificate.names;
	const serverName = /DNS:([^,]+)/.exec(names)?.[1] ?? '';
	t.equal(await outcome(overTls(port, { ca: CA, serverName }), echoing), 0);
	t.match(await outcome(overTls(port, { ca: CA, serverName: '10.0.0.1' }), echoing), { blame: 'tls' });
});

for (const [name, says, code] of [
	['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'ERR_SSL_WRONG_VERSION_NUMBER'],
	['an archive that aborts', ABORT(2, 1), /^ERR_SSL_|^ECONNRESET$/],
	['one who closes', '', 'ECONNRESET'],
] as const)
	t.test(`TLS to a plain peer: ${name}`, { buffered: true }, async (t) => {
		const { port, gone } = await rawPeer(
			t,
			afterRq((socket) => socket.end(says)),
		);
		t.match(await outcome(overTls(port, { ca: CA }), echoing), { blame: 'tls', code });
		await gone();
	});

t.test('TLS to a peer that never answers', { buffered: true }, async (t) => {
	const { port, gone } = await rawPeer(t, (socket) => socket.resume());
	const options = { ...overTls(port, { ca: CA }), connectTimeoutMs: 100 };
	t.match(await outcome(options, echoing), { blame: 'timeout', waitingFor: 'tls', timeoutMs: 100 });
	await gone();
});

t.test('what is traced of TLS, in its order', { buffered: true }, async (t) => {
	const { port } = await tlsArchive(t, SERVER);
	const events: string[] = [];
	await outcome({ ...overTls(port, { ca: CA }), trace: ({ event }) => events.push(event) }, echoing);
	t.strictSame(events.slice(0, 4), ['resolved', 'connected', 'secured', 'pdu']);
	t.equal(events.at(-1), 'closed');
});
