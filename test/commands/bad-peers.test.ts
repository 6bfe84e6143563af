/** What echo, find and store say of peers that are none, turn us away, go away or fail: exit status, three parts, no stack trace. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { encodePdu } from '../../src/upper-layer/pdu/index.ts';
import { writeInstances } from '../support/files.ts';
import {
	type OddPeer,
	rejectingPeer,
	servingPeer,
	statusPeer,
	tcpPeer,
	tlsPeer,
	wirePeer,
} from '../support/odd-peers.ts';
import { dimse, type Ran, scratch } from '../support/run.ts';
import { ELSEWHERE, SERVER } from '../support/tls.ts';

t.jobs = 4;
t.setTimeout(120_000);

const [instance = ''] = writeInstances(join(scratch, 'instances'), 1);
const tls = (name: string) => fileURLToPath(new URL(`../support/tls/${name}`, import.meta.url));

const SERVICES = {
	echo: (peer: string) => ['echo', peer],
	find: (peer: string) => ['find', peer, '-k', 'PatientID=1'],
	store: (peer: string) => ['store', peer, instance],
} as const;
type Service = keyof typeof SERVICES;
const ALL = Object.keys(SERVICES) as Service[];

interface Case {
	readonly name: string;
	readonly peer: () => Promise<OddPeer>;
	readonly status: number;
	/** After `dimse: PACS@127.0.0.1:PORT: `; times are T, and SERVICE is C-ECHO and so on. */
	readonly says: string;
	readonly services?: readonly Service[];
	readonly args?: readonly string[];
	/** What has to be among the advice, for who reads it. */
	readonly advises?: RegExp;
}

const closedPort = (): Promise<OddPeer> =>
	new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const address = server.address();
			const port = typeof address === 'object' && address !== null ? address.port : 0;
			server.close(() => resolve({ port, stop: async () => {} }));
		});
	});

const saying = (text: string | Uint8Array, ends = false) =>
	tcpPeer((socket) => {
		socket.once('data', () => (ends ? socket.end(text) : socket.write(text)));
	});

const ABORT = encodePdu({ type: 'A-ABORT', source: 2, reason: 1 });
const NOISE = Uint8Array.from({ length: 300 }, (_, at) => 0x80 + ((at * 37) % 128));

/** PS3.8 Table 9-21: result, source, reason, and the words of `diagnose`. */
const REJECTS: readonly (readonly [number, number, number, string])[] = [
	[1, 1, 1, 'no reason given'],
	[1, 1, 2, 'application context not supported'],
	[1, 1, 3, 'calling AE title not recognized'],
	[1, 1, 7, 'called AE title not recognized'],
	[1, 2, 1, 'no reason given by the ACSE provider'],
	[1, 2, 2, 'protocol version not supported'],
	[2, 3, 1, 'temporary congestion'],
	[2, 3, 2, 'local limit exceeded'],
	[1, 3, 7, 'a reason that the standard does not list'],
	[9, 9, 9, 'a reason that the standard does not list'],
];

const cases: readonly Case[] = [
	{
		name: 'a closed port',
		peer: closedPort,
		status: 7,
		says: 'connection refused: the host is up, nothing listens on port PORT',
	},
	{
		name: 'a silent port',
		peer: () => tcpPeer(() => {}),
		args: ['-ta', '0.3'],
		status: 28,
		says: 'connected, but no answer to the association request in T',
	},
	{
		name: 'a port that closes at once',
		peer: () => tcpPeer((socket) => socket.end()),
		status: 7,
		says: 'closed without a word: typical of a TLS port',
	},
	{
		name: 'a port that closes on the request',
		peer: () => saying('', true),
		status: 7,
		says: 'closed without a word: typical of a TLS port',
	},
	{
		name: 'an HTTP server',
		peer: () => saying('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', true),
		status: 11,
		says: 'this is an HTTP server, not DICOM',
	},
	{
		name: 'an SSH banner',
		peer: () => tcpPeer((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')),
		status: 11,
		says: 'this is an SSH server, not DICOM',
	},
	{ name: 'noise', peer: () => saying(NOISE), status: 11, says: 'not as the DICOM protocol has it: PDU type 80H' },
	{
		name: 'a TLS port spoken to plainly',
		peer: () => tlsPeer(SERVER),
		status: 7,
		says: 'closed without a word: typical of a TLS port',
		advises: /--tls/,
	},
	{
		name: 'a TLS port that says so',
		peer: () => saying(Uint8Array.of(0x15, 3, 1, 0, 2, 2, 10), true),
		status: 10,
		says: 'the peer speaks TLS',
		advises: /--tls/,
	},
	{
		name: 'a plain port spoken to in TLS',
		peer: () => statusPeer(0x0000),
		args: ['--tls'],
		status: 10,
		says: 'TLS: the peer answered plain text to a TLS hello',
	},
	{
		name: 'TLS of another CA',
		peer: () => tlsPeer(SERVER),
		args: ['--tls-ca', tls('other-ca.crt')],
		status: 10,
		says: "TLS: the issuer of the peer's certificate is not known here",
		advises: /--tls-ca/,
	},
	{
		name: 'TLS with the certificate of another host',
		peer: () => tlsPeer(ELSEWHERE),
		args: ['--tls-ca', tls('ca.crt')],
		status: 10,
		says: "TLS: the peer's certificate is for another name than 127.0.0.1",
		advises: /--tls-servername/,
	},
	...REJECTS.map(
		([result, source, reason, words], at): Case => ({
			name: `a reject ${result}/${source}/${reason}`,
			peer: () => rejectingPeer({ result, source, reason }),
			// One service each, in turn, and all of them for one.
			services: at === 3 ? ALL : [ALL[at % 3] ?? 'echo'],
			status: 5,
			says: `association rejected: ${words} (${result}/${source}/${reason})`,
		}),
	),
	{
		name: 'an abort right after the request',
		peer: () => saying(ABORT, true),
		status: 8,
		says: 'association aborted: unrecognized PDU (2/1)',
	},
	{
		name: 'an abort after the first message',
		peer: () => wirePeer((socket) => socket.end(ABORT)),
		status: 8,
		says: 'association aborted: unrecognized PDU (2/1)',
	},
	{
		name: 'a connection that is lost after the first message',
		peer: () => wirePeer((socket) => socket.destroy()),
		status: 8,
		says: 'connection closed by the peer after SERVICE-RQ',
	},
	{
		name: 'an answer cut short',
		peer: () => saying(encodePdu({ type: 'A-ASSOCIATE-RJ', result: 1, source: 1, reason: 1 }).subarray(0, 7), true),
		status: 8,
		says: 'connection closed by the peer instead of an answer to the association request',
	},
	{
		name: 'a message cut short',
		peer: () => wirePeer((socket) => socket.end(Uint8Array.of(4, 0, 0, 0, 0, 80, 0, 0, 0, 76, 1, 3, 0, 0))),
		status: 8,
		says: 'connection closed by the peer after SERVICE-RQ',
	},
	{
		name: 'noise in place of a response',
		peer: () => wirePeer((socket) => socket.write(NOISE)),
		status: 11,
		says: 'not as the DICOM protocol has it: PDU type 80H',
	},
	{
		name: 'a peer that never answers',
		peer: () => servingPeer(() => new Promise(() => {})),
		args: ['-td', '0.3'],
		status: 28,
		says: 'no response to SERVICE in T',
	},
	{
		name: 'no accepted context',
		peer: () =>
			servingPeer(
				async () => {},
				() => undefined,
			),
		status: 9,
		says: 'associated, but no presentation context was accepted for SERVICE',
	},
	{
		name: 'a failure status with a comment',
		peer: () => statusPeer(0x0110, { errorComment: 'disk full' }),
		status: 4,
		says: 'SERVICE failed: processing failure (0110)',
	},
	{
		name: 'a refusal',
		peer: () => statusPeer(0xa700),
		services: ['find', 'store'],
		status: 4,
		says: 'SERVICE refused: out of resources (A700)',
	},
	{
		name: 'a status of nobody',
		peer: () => statusPeer(0x1234),
		status: 4,
		says: 'SERVICE failed: unknown status (1234)',
	},
	{ name: 'not authorised', peer: () => statusPeer(0x0124), status: 13, says: 'not authorized: SERVICE refused' },
];

/** Addresses, ports and times, which differ from run to run. */
const steady = (text: string, port: number): string =>
	text
		.replaceAll(String(port), 'PORT')
		.replace(/\b\d+(?:\.\d+)? m?s\b/g, 'T')
		.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT');

/** What every one of these has to be like, whatever happened. */
const check = (
	t: Test,
	{ stderr, stdout, status }: Ran,
	one: Pick<Case, 'status' | 'advises'>,
	service: Service,
): void => {
	t.equal(status, one.status, 'exit status');
	t.match(stderr, /^ {2}means {6}\S/m, 'says what it means');
	t.match(stderr, /^ {2}do {9}\S/m, 'says what to do');
	if (one.advises !== undefined) t.match(stderr, one.advises, 'advises');
	t.notMatch(stderr, /^ {4}at /m, 'no stack trace');
	if (service === 'echo') t.match(stdout, /^PACS@[^\t\n]+\t[a-z-]+\t[^\n]*\n$/, 'stdout holds the row of the peer');
	else t.equal(stdout, '', 'stdout holds no data');
};

/** The first line of the report. */
const title = (stderr: string, port: number): string =>
	steady(stderr, port)
		.split('\n')
		.find((line) => line.startsWith('dimse: ')) ?? '';

for (const one of cases)
	t.test(one.name, { buffered: true }, async (t) => {
		const peer = await one.peer();
		t.teardown(() => peer.stop());
		for (const service of one.services ?? ALL) {
			const args = [...SERVICES[service](`PACS@127.0.0.1:${peer.port}`), ...(one.args ?? [])];
			const ran = await dimse(args);
			await t.test(service, async (t) => {
				const says = one.says.replace('SERVICE', `C-${service.toUpperCase()}`);
				t.equal(title(ran.stderr, peer.port), `dimse: PACS@127.0.0.1:PORT: ${says}`, 'first line');
				check(t, ran, one, service);
			});
		}
	});

t.test('a host that does not exist', { buffered: true }, async (t) => {
	for (const service of ALL) {
		const ran = await dimse(SERVICES[service]('PACS@nowhere.invalid:104'));
		// Where there is no name server at all, it is that which is told.
		t.match(
			ran.stderr,
			/^dimse: PACS@nowhere\.invalid:104: (nowhere\.invalid: )?(no such host name|the name server|the name cannot)/m,
		);
		check(t, ran, { status: 6 }, service);
	}
});

t.test('with -d the PDUs and the stack are on stderr, and stdout holds data only', { buffered: true }, async (t) => {
	const peer = await rejectingPeer({ result: 1, source: 1, reason: 7 });
	t.teardown(() => peer.stop());
	for (const service of ALL) {
		const { status, stdout, stderr } = await dimse([...SERVICES[service](`PACS@127.0.0.1:${peer.port}`), '-d']);
		t.equal(status, 5);
		t.match(stderr, /A-ASSOCIATE-RQ.*A-ASSOCIATE-RJ.*association rejected/s);
		if (service === 'echo') t.match(stdout, /^PACS@\S+\trejected\t[^\n]*\n$/);
		else t.equal(stdout, '');
	}
});

t.test('as JSON the error is one document', { buffered: true }, async (t) => {
	const peer = await rejectingPeer({ result: 2, source: 3, reason: 1 });
	t.teardown(() => peer.stop());
	for (const service of ALL) {
		const { status, stdout } = await dimse([...SERVICES[service](`PACS@127.0.0.1:${peer.port}`), '--json', '-q']);
		t.equal(status, 5);
		t.type(JSON.parse(stdout).schema, 'string', service);
		t.match(stdout, /"kind":"rejected"/, `${service} says why`);
	}
});
