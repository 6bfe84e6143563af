import t, { type Test } from 'tap';
import { type Explanation, explainFailure, type FailureContext } from '../../src/diagnose/explain.ts';
import { STORAGE_SOP_CLASSES } from '../../src/dicom/uids.ts';
import type { Blame, Failure } from '../../src/errors.ts';

const CONTEXT: FailureContext = {
	peer: {
		label: 'main',
		host: 'pacs.example.org',
		port: 11112,
		calledAeTitle: 'PACS_MAIN',
		callingAeTitle: 'WS01',
		node: 'main',
	},
	localAddress: '10.20.9.14',
	remoteAddress: '10.20.1.5',
	service: 'C-FIND',
	command: 'find',
};
const OVER_TLS: FailureContext = { ...CONTEXT, tls: true };

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const connect = (code: string, phase: 'connect' | 'associate', afterMs = 2): Failure => ({
	blame: 'connect',
	code,
	phase,
	address: '10.20.1.5',
	port: 11112,
	afterMs,
});
const timeout = (waitingFor: Extract<Failure, { blame: 'timeout' }>['waitingFor'], timeoutMs = 30_000): Failure => ({
	blame: 'timeout',
	waitingFor,
	timeoutMs,
});
const CERTIFICATE = {
	subject: 'CN=pacs.example.org',
	issuer: 'CN=Hospital CA',
	validFrom: 'Jan  1 00:00:00 2024 GMT',
	validTo: 'Jan  1 00:00:00 2026 GMT',
	names: 'DNS:pacs.example.org, DNS:pacs',
};
const tls = (code: string): Failure => ({ blame: 'tls', code, message: 'no', certificate: CERTIFICATE });
const rejected = (result: number, source: number, reason: number): Failure => ({
	blame: 'rejected',
	result,
	source,
	reason,
	afterMs: 4,
});
const aborted = (source: number, reason: number): Failure => ({
	blame: 'aborted',
	phase: 'established',
	source,
	reason,
	afterMessage: 'C-FIND-RQ',
});
const protocol = (firstBytes: string): Failure => ({
	blame: 'protocol',
	message: 'PDU type 0x48',
	phase: 'associate',
	firstBytes: bytes(firstBytes),
});
const status = (service: string, code: number): Failure => ({ blame: 'status', service, status: code });
const io = (code: string, message: string, path?: string): Failure => ({
	blame: 'io',
	code,
	message,
	...(path === undefined ? {} : { path }),
});
const QUERY_CLASS = '1.2.840.10008.5.1.4.1.2.2.1';
const IMPLICIT = '1.2.840.10008.1.2';

const LOST = { blame: 'aborted', phase: 'established', afterMessage: 'C-FIND-RQ' } as const;

/** First lines, as they stand after `dimse: `. */
const FIRST_LINES: readonly (readonly [failure: Failure, title: string, context?: FailureContext])[] = [
	[{ blame: 'usage', message: 'no such option: --foo' }, 'no such option: --foo'],
	[
		{ blame: 'usage', message: 'unknown keyword "PatientNmae"', suggestions: ['PatientName', 'PatientAge'] },
		'unknown keyword "PatientNmae". Did you mean PatientName, PatientAge?',
	],
	[{ blame: 'usage', message: 'unknown. Did you mean x?', suggestions: ['x'] }, 'unknown. Did you mean x?'],
	[{ blame: 'interrupted', signal: 'SIGINT' }, 'interrupted by SIGINT'],
	[{ blame: 'interrupted' }, 'interrupted'],

	[{ blame: 'resolve', host: 'pacs01', code: 'ENOTFOUND' }, 'main: pacs01: no such host name'],
	[{ blame: 'resolve', host: 'pacs01', code: 'EAI_AGAIN' }, 'main: pacs01: the name server does not answer'],
	[
		{ blame: 'resolve', host: 'pacs01', code: 'ENODATA' },
		'main: pacs01: the name has no address of the kind asked for',
	],
	[{ blame: 'resolve', host: 'pacs01', code: 'EAI_FAIL' }, 'main: pacs01: the name cannot be resolved (EAI_FAIL)'],

	[connect('ECONNREFUSED', 'connect'), 'main: connection refused: the host is up, nothing listens on port 11112'],
	[connect('EHOSTUNREACH', 'connect'), 'main: host unreachable: a router or firewall said no after 2 ms'],
	[connect('EHOSTUNREACH', 'connect', 3050), 'main: host unreachable: no such machine on this network (3.1 s)'],
	[connect('ENETUNREACH', 'connect'), 'main: no route to pacs.example.org'],
	[connect('ETIMEDOUT', 'connect', 130_000), 'main: no answer to TCP connect after 130 s'],
	[connect('EACCES', 'connect'), 'main: this machine does not let the connection out'],
	[connect('EMFILE', 'connect'), 'main: this machine has no room for another connection (EMFILE)'],
	[connect('ECONNRESET', 'connect'), 'main: connection reset before the association request'],
	[connect('ECONNRESET', 'associate'), 'main: connection reset after the association request'],
	[connect('ECONNRESET', 'associate'), 'main: connection reset after the association request', OVER_TLS],
	[connect('CLOSED', 'connect'), 'main: closed before the association request'],
	[connect('CLOSED', 'associate'), 'main: closed without a word: typical of a TLS port'],
	[connect('CLOSED', 'associate'), 'main: closed without a word after the TLS handshake', OVER_TLS],
	[connect('EWHATEVER', 'connect'), 'main: connection failed (EWHATEVER)'],

	[timeout('connect', 10_000), 'main: no answer to TCP connect in 10 s'],
	[timeout('tls'), 'main: connected, but no answer to the TLS hello in 30 s'],
	[timeout('associate-answer'), 'main: connected, but no answer to the association request in 30 s'],
	[timeout('response', 500), 'main: no response to C-FIND in 500 ms'],
	[timeout('data'), 'main: the peer stopped in the middle of a message: nothing more in 30 s'],
	[timeout('write'), 'main: the peer takes no more data: nothing could be sent in 30 s'],
	[timeout('release-answer', 1_500), 'main: no answer to the release request in 1.5 s'],
	[timeout('command'), 'main: nothing was asked for in 30 s'],
	[timeout('command-end'), 'main: not done in 30 s: --timeout ran out'],

	[tls('PEER_SPEAKS_TLS'), 'main: the peer speaks TLS'],
	[tls('SELF_SIGNED_CERT_IN_CHAIN'), "main: TLS: the peer's certificate is signed by itself, and not known here"],
	[tls('DEPTH_ZERO_SELF_SIGNED_CERT'), "main: TLS: the peer's certificate is signed by itself, and not known here"],
	[tls('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), "main: TLS: the issuer of the peer's certificate is not known here"],
	[tls('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), "main: TLS: the issuer of the peer's certificate is not known here"],
	[tls('CERT_HAS_EXPIRED'), "main: TLS: the peer's certificate has expired"],
	[tls('CERT_NOT_YET_VALID'), "main: TLS: the peer's certificate is not valid yet"],
	[tls('ERR_TLS_CERT_ALTNAME_INVALID'), "main: TLS: the peer's certificate is for another name than pacs.example.org"],
	[tls('CERT_REVOKED'), "main: TLS: the peer's certificate is not accepted (CERT_REVOKED)"],
	[tls('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'main: TLS: the peer demands a client certificate'],
	[
		connect('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'associate'),
		'main: TLS: the peer demands a client certificate',
		OVER_TLS,
	],
	[
		{ ...LOST, code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' },
		'main: TLS: the peer demands a client certificate',
		OVER_TLS,
	],
	[tls('ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE'), 'main: TLS: the peer demands a client certificate'],
	[tls('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'main: TLS: the peer does not accept our certificate'],
	[tls('ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE'), 'main: TLS: the peer does not accept our certificate'],
	[tls('ERR_SSL_TLSV1_UNRECOGNIZED_NAME'), 'main: TLS: the peer does not know the server name pacs.example.org'],
	[tls('ERR_SSL_WRONG_VERSION_NUMBER'), 'main: TLS: the peer answered plain text to a TLS hello'],
	[tls('ERR_SSL_PACKET_LENGTH_TOO_LONG'), 'main: TLS: the peer answered plain text to a TLS hello'],
	[tls('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), 'main: TLS: no version in common with the peer'],
	[tls('ERR_SSL_UNSUPPORTED_PROTOCOL'), 'main: TLS: no version in common with the peer'],
	[tls('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'), 'main: TLS: the handshake failed'],
	[tls('ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'), 'main: TLS: the handshake failed'],
	[tls('ERR_SSL_NO_SHARED_CIPHER'), 'main: TLS: the handshake failed'],
	[tls('ERR_SSL_EE_KEY_TOO_SMALL'), 'main: TLS: a key or signature is too weak to be safe (ERR_SSL_EE_KEY_TOO_SMALL)'],
	[tls('ERR_OSSL_X509_KEY_VALUES_MISMATCH'), 'main: TLS: our key does not belong to our certificate'],
	[
		tls('ERR_OSSL_PEM_NO_START_LINE'),
		'main: TLS: a key or certificate file cannot be read (ERR_OSSL_PEM_NO_START_LINE)',
	],
	[tls('ECONNRESET'), 'main: TLS: the peer closed during the handshake'],
	[tls('ERR_SSL_WHATEVER'), 'main: TLS failed (ERR_SSL_WHATEVER)'],

	[rejected(1, 1, 1), 'main: association rejected: no reason given (1/1/1)'],
	[rejected(1, 1, 2), 'main: association rejected: application context not supported (1/1/2)'],
	[rejected(2, 1, 2), 'main: association rejected: application context not supported (2/1/2)'],
	[rejected(1, 1, 3), 'main: association rejected: calling AE title not recognized (1/1/3)'],
	[rejected(1, 1, 7), 'main: association rejected: called AE title not recognized (1/1/7)'],
	[rejected(1, 2, 1), 'main: association rejected: no reason given by the ACSE provider (1/2/1)'],
	[rejected(1, 2, 2), 'main: association rejected: protocol version not supported (1/2/2)'],
	[rejected(2, 3, 1), 'main: association rejected: temporary congestion (2/3/1)'],
	[rejected(2, 3, 2), 'main: association rejected: local limit exceeded (2/3/2)'],
	[rejected(1, 1, 4), 'main: association rejected: a reason that the standard does not list (1/1/4)'],
	[rejected(0, 255, 255), 'main: association rejected: a reason that the standard does not list (0/255/255)'],

	[
		{ blame: 'no-context', refused: [{ abstractSyntax: QUERY_CLASS, transferSyntaxes: [IMPLICIT], result: 3 }] },
		'main: associated, but no presentation context was accepted for C-FIND',
	],
	[{ blame: 'no-context', refused: [] }, 'associated, but no presentation context was accepted for what was asked', {}],

	[aborted(0, 0), 'main: association aborted: by the application (0/0)'],
	[aborted(0, 5), 'main: association aborted: by the application (0/5)'],
	[aborted(2, 0), 'main: association aborted: no reason specified (2/0)'],
	[aborted(2, 1), 'main: association aborted: unrecognized PDU (2/1)'],
	[aborted(2, 2), 'main: association aborted: unexpected PDU (2/2)'],
	[aborted(2, 4), 'main: association aborted: unrecognized PDU parameter (2/4)'],
	[aborted(2, 5), 'main: association aborted: unexpected PDU parameter (2/5)'],
	[aborted(2, 6), 'main: association aborted: invalid PDU parameter value (2/6)'],
	[aborted(2, 3), 'main: association aborted: a reason that the standard does not list (2/3)'],
	[aborted(1, 0), 'main: association aborted: a reason that the standard does not list (1/0)'],
	[{ ...LOST, code: 'ECONNRESET' }, 'main: connection lost after C-FIND-RQ'],
	[{ ...LOST, code: 'ECONNRESET', idleMs: 60_000 }, 'main: connection lost after C-FIND-RQ, after 60 s of silence'],
	[{ ...LOST, code: 'CLOSED' }, 'main: connection closed by the peer after C-FIND-RQ'],
	[{ ...LOST, code: 'RELEASED' }, 'main: the peer released the association after C-FIND-RQ'],
	[{ blame: 'aborted', phase: 'established' }, 'main: connection closed by the peer in the middle of the association'],
	[{ blame: 'aborted', phase: 'release', code: 'EPIPE' }, 'main: connection lost during release'],

	[protocol('HTTP/1.1 400 Bad Request\r\n'), 'main: this is an HTTP server, not DICOM'],
	[protocol('<html><body>'), 'main: this is an HTTP server, not DICOM'],
	[protocol('GET / HTTP/1.1\r\n'), 'main: this is an HTTP client, not DICOM'],
	[protocol('SSH-2.0-OpenSSH_10.0\r\n'), 'main: this is an SSH server, not DICOM'],
	[protocol('220 mail.example.org ESMTP Postfix\r\n'), 'main: this is a mail server (SMTP), not DICOM'],
	[protocol('220 (vsFTPd 3.0.5)\r\n'), 'main: this is an FTP server, not DICOM'],
	[protocol('421 too many connections\r\n'), 'main: this is a mail or FTP server, not DICOM'],
	[protocol('+OK ready\r\n'), 'main: this is a mailbox server (POP3 or IMAP), not DICOM'],
	[protocol('* OK [CAPABILITY IMAP4rev1]\r\n'), 'main: this is a mailbox server (POP3 or IMAP), not DICOM'],
	[protocol('RFB 003.008\n'), 'main: this is a VNC server, not DICOM'],
	[protocol('\x0bMSH|^~\\&|'), 'main: this is an HL7 interface, not DICOM'],
	[protocol('\xff\xfd\x18\xff\xfd\x20'), 'main: this is a telnet server, not DICOM'],
	[protocol('\x15\x03\x01\x00\x02\x02\x46'), 'main: the peer speaks TLS'],
	[protocol('\x16\x03\x01\x02\x00\x01'), 'main: the peer speaks TLS'],
	[protocol('\x03\x00\x00\x13'), 'main: the answer looks like remote desktop or a cut-off DICOM reject'],
	[protocol('\x02\x00\xff\xff\xff\xff'), 'main: damaged DICOM'],
	[protocol('hello there'), 'main: the peer sends text, not DICOM'],
	[protocol('\x99\x98\x97'), 'main: not as the DICOM protocol has it: PDU type 0x48'],
	[protocol(''), 'main: not as the DICOM protocol has it: PDU type 0x48'],
	[
		{ blame: 'protocol', message: 'a dataset without a command set before it', phase: 'established' },
		'main: not as the DICOM protocol has it: a dataset without a command set before it',
	],

	[status('C-FIND', 0xa900), 'main: C-FIND failed: identifier does not match SOP class (A900)'],
	[status('C-FIND', 0xa700), 'main: C-FIND refused: out of resources (A700)'],
	[status('C-FIND', 0xc000), 'main: C-FIND failed: unable to process (C000)'],
	[status('C-FIND', 0xfe00), 'main: C-FIND was cancelled: matching terminated due to cancel request (FE00)'],
	[status('C-FIND', 0xb001), 'main: C-FIND ended with a warning: matching reached response limit (B001)'],
	[status('C-ECHO', 0x0122), 'main: C-ECHO refused: SOP class not supported (0122)'],
	[status('C-STORE', 0xb007), 'main: C-STORE ended with a warning: data set does not match SOP class (B007)'],
	[status('C-STORE', 0xa701), 'main: C-STORE refused: out of resources (A701)'],
	[status('C-MOVE', 0xa702), 'main: C-MOVE refused: out of resources, unable to perform sub-operations (A702)'],
	[status('C-MOVE', 0xa801), 'main: C-MOVE refused: move destination unknown (A801)'],
	[status('C-MOVE', 0x0000), 'main: C-MOVE ended with sub-operations complete, no failures (0000)'],
	[status('N-GET', 0x0211), 'main: N-GET failed: unrecognized operation (0211)'],
	[status('C-FIND', 0x1234), 'main: C-FIND failed: unknown status (1234)'],

	[{ blame: 'auth', message: 'user identity not accepted' }, 'main: not authorized: user identity not accepted'],
	[{ blame: 'auth', message: 'C-FIND', status: 0x0124 }, 'main: not authorized: C-FIND'],

	[io('ENOENT', "ENOENT: no such file or directory, open 'x.dcm'", 'x.dcm'), 'x.dcm: no such file or folder'],
	[io('EACCES', 'cannot listen on port 104'), 'cannot listen on port 104: permission denied'],
	[io('EISDIR', 'EISDIR: illegal operation on a directory, read', '/data'), '/data: this is a folder'],
	[io('ENOTDIR', 'ENOTDIR: not a directory', '/data/x'), '/data/x: this is not a folder'],
	[io('EEXIST', 'EEXIST: file already exists', 'x'), 'x: it exists already'],
	[io('ENOSPC', 'cannot write /data/x.dcm', '/data/x.dcm'), 'cannot write /data/x.dcm: no room left'],
	[io('EFBIG', 'cannot write x'), 'cannot write x: the file would be too big'],
	[io('EROFS', 'cannot write x'), 'cannot write x: the disk cannot be written to'],
	[io('EIO', 'cannot read x'), 'cannot read x: the disk gives errors'],
	[io('EMFILE', 'cannot read x'), 'cannot read x: too many open files'],
	[io('EADDRINUSE', 'cannot listen on port 11112'), 'cannot listen on port 11112: the port is in use'],
	[io('EADDRNOTAVAIL', 'cannot listen'), 'cannot listen: this machine does not have that address'],
	[io('ENOTFOUND', 'cannot listen on x:1'), 'cannot listen on x:1: there is no such host name'],
	[io('ENAMETOOLONG', 'cannot write x'), 'cannot write x: the path is too long or goes in circles'],
	[io('EBUSY', 'cannot write x'), 'cannot write x: it is in use'],
	[io('EPIPE', 'cannot write'), 'cannot write: nobody reads the output any more'],
	[io('NOT_DICOM', 'x.txt is not a DICOM file', 'x.txt'), 'x.txt is not a DICOM file'],
];

const LONGEST = 110;
/** Of the commands named, only these are there already; and no option but those that they have. */
const COMMANDS = ['echo', 'find', 'store', 'node', 'help'];

const lines = ({ title, cameBack, means, do: next }: Explanation): string[] => [
	title,
	...(cameBack === undefined ? [] : [cameBack]),
	...means,
	...next,
];

const wellSaid = (t: Test, explanation: Explanation): void => {
	for (const line of lines(explanation)) {
		t.ok(line.length > 0 && line.length <= LONGEST && line === line.trim(), `${line.length}: ${line}`);
		t.notMatch(line, /\{\w+\}|undefined|NaN|!$/, 'no place left open');
		for (const [, command] of line.matchAll(/\bdimse (\w+)/g)) t.ok(COMMANDS.includes(command ?? ''), line);
	}
	t.ok(explanation.do.length > 0, 'there is something to do');
};

for (const [failure, title, context] of FIRST_LINES)
	t.test(title, async (t) => {
		const explanation = explainFailure(failure, context ?? CONTEXT);
		t.equal(explanation.title, title);
		wellSaid(t, explanation);
		wellSaid(t, explainFailure(failure));
	});

t.test('every blame has a first line', async (t) => {
	const blames: Record<Blame, true> = {
		usage: true,
		resolve: true,
		connect: true,
		tls: true,
		timeout: true,
		rejected: true,
		'no-context': true,
		aborted: true,
		protocol: true,
		status: true,
		io: true,
		auth: true,
		interrupted: true,
	};
	t.same([...new Set(FIRST_LINES.map(([{ blame }]) => blame))].sort(), Object.keys(blames).sort());
});

t.test('the samples in full', async (t) => {
	t.same(explainFailure(rejected(1, 1, 7), CONTEXT), {
		title: 'main: association rejected: called AE title not recognized (1/1/7)',
		cameBack: 'A-ASSOCIATE-RJ permanent, service-user, reason 7, after 4 ms, from 10.20.1.5:11112',
		means: [
			'nothing there answers to "PACS_MAIN", or it does not accept "WS01" from 10.20.9.14',
			'(DCMTK-based servers use this code for both)',
			'or the port is forwarded to another device',
		],
		do: [
			'check the called AE title, letter case included: dimse node set main ae_title=TITLE, or TITLE@main once',
			'ask for WS01 / 10.20.9.14 to be registered at the peer, with this spelling',
		],
	});
	t.same(explainFailure(timeout('connect', 10_000), CONTEXT), {
		title: 'main: no answer to TCP connect in 10 s',
		means: ['the packet is dropped on the way (firewall), or the host is down; a wrong port would be refused at once'],
		do: ['ask for TCP 10.20.9.14 -> pacs.example.org port 11112 to be opened'],
	});
	t.same(explainFailure(timeout('command-end', 1_000), { ...CONTEXT, reached: '4 studies had come' }), {
		title: 'main: not done in 1 s: --timeout ran out',
		cameBack: '4 studies had come',
		means: ['that was the time for the whole command; what had been done until then is done'],
		do: ['allow more time: --timeout SECONDS (0 for no end), or ask for less'],
	});
	t.equal(explainFailure(timeout('response'), { ...CONTEXT, reached: '4 studies had come' }).cameBack, undefined);
});

t.test('another called title is advised as the peer is spelled: -aec would not be heeded there', async (t) => {
	const advice = (peer: { readonly label: string; readonly node?: string }): string | undefined =>
		explainFailure(rejected(1, 1, 7), { peer: { host: '10.1.2.3', port: 104, calledAeTitle: 'PACS', ...peer } }).do[0];
	const begins = 'check the called AE title, letter case included: ';
	t.equal(advice({ label: 'PACS@10.1.2.3:104' }), `${begins}TITLE@10.1.2.3:104`);
	t.equal(advice({ label: 'A@B@[::1]:104' }), `${begins}'TITLE@[::1]:104'`);
	t.equal(advice({ label: 'main', node: 'main' }), `${begins}dimse node set main ae_title=TITLE, or TITLE@main once`);
	t.equal(explainFailure(rejected(1, 1, 7), {}).do[0], `${begins}-aec TITLE, or TITLE@HOST:PORT`);
});

t.test('what came back', async (t) => {
	const came = (failure: Failure, context = CONTEXT): string | undefined => explainFailure(failure, context).cameBack;
	t.equal(came(connect('ECONNREFUSED', 'connect', 0.34)), 'ECONNREFUSED from 10.20.1.5:11112 after 0.3 ms');
	t.equal(came(connect('CLOSED', 'associate', 12)), 'end of connection from 10.20.1.5:11112 after 12 ms');
	t.equal(
		came({ ...connect('ECONNREFUSED', 'connect'), address: '::1' } as Failure),
		'ECONNREFUSED from [::1]:11112 after 2 ms',
	);
	t.equal(came(timeout('connect')), undefined);
	t.equal(came(tls('CERT_HAS_EXPIRED')), 'CERT_HAS_EXPIRED');
	t.equal(came(aborted(2, 2)), 'A-ABORT service-provider, unexpected-PDU, after C-FIND-RQ');
	t.equal(
		came({ ...LOST, source: 2, reason: 0, idleMs: 45_000 }),
		'A-ABORT service-provider, reason-not-specified, after C-FIND-RQ, after 45 s of silence',
	);
	t.equal(
		came({ blame: 'aborted', phase: 'associate', source: 0, reason: 0 }),
		'A-ABORT service-user, instead of an answer to the association request',
	);
	t.equal(came(protocol('HTTP/1.1 400 Bad Request\r\nServer: x')), '"HTTP/1.1 400 Bad Request"');
	t.equal(came(protocol('\x15\x03\x01\x00\x02\x02\x46')), '15 03 01 00 02 02 46');
	t.equal(came(protocol('\x99'.repeat(64))), `${Array(16).fill('99').join(' ')} ...`);
	t.match(
		came({
			blame: 'status',
			service: 'C-FIND',
			status: 0xa900,
			errorComment: 'bad level',
			offendingElements: ['00080052', '00091001'],
			errorId: 5,
		}),
		/^status A900 \(failure\), comment "bad level", offending \(0008,0052\).*, \(0009,1001\), error ID 5$/,
	);
	t.match(
		came({
			blame: 'no-context',
			refused: [
				{ abstractSyntax: QUERY_CLASS, transferSyntaxes: [IMPLICIT], result: 3 },
				{ abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: [IMPLICIT], result: 4 },
				{ abstractSyntax: '1.2.3', transferSyntaxes: [IMPLICIT], result: 'absent' },
			],
		}),
		'A-ASSOCIATE-AC, abstract syntax not supported (3); transfer syntaxes not supported (4); left out of the answer (absent)',
	);
});

t.test('what is told depends on when it came', async (t) => {
	const means = (failure: Failure, context = CONTEXT): string => explainFailure(failure, context).means.join('\n');
	t.match(means({ blame: 'aborted', phase: 'associate', source: 0, reason: 0 }), /^so early .*"PACS_MAIN".*"WS01"/);
	t.match(
		means({ ...LOST, source: 2, reason: 0, idleMs: 60_000 }),
		/^after so long a silence .*idle timer of the peer/,
	);
	t.match(means({ ...LOST, source: 0, reason: 0, afterMessage: 'C-MOVE-RQ' }), /unknown destination AE title/);
	const halfWay: Failure = { ...LOST, source: 0, reason: 0, afterMessage: 'C-STORE-RSP' };
	const getting = explainFailure(halfWay, { ...CONTEXT, service: 'C-GET', arrived: 3 });
	t.equal(getting.cameBack, 'A-ABORT service-user, after C-STORE-RSP');
	t.match(getting.means.join('\n'), /half-way[\s\S]*3 instances had come: the AE titles are accepted/);
	t.match(getting.do, ['ask what their log says at this time', /--journal/, /--retry-missing/]);
	t.notMatch([...getting.means, ...getting.do].join('\n'), /registered|does not know|modalities/);
	t.match(means({ ...halfWay, afterMessage: 'C-STORE-RQ' }, { ...CONTEXT, service: 'C-GET' }), /half-way/);
	t.match(means({ ...halfWay, afterMessage: 'C-GET-RQ' }, { ...CONTEXT, service: 'C-GET' }), /does not know/);
	t.match(means({ ...LOST, code: 'ECONNRESET', idleMs: 600_000 }), /^after so long a silence a firewall/);
	t.notMatch(means({ ...LOST, code: 'ECONNRESET', idleMs: 200 }), /silence/);
	t.match(means(connect('CLOSED', 'associate'), OVER_TLS), /certificate of ours/);
	t.match(explainFailure(connect('CLOSED', 'associate'), CONTEXT).do, ['dimse echo main --tls']);
	t.match(means(tls('CERT_HAS_EXPIRED')), /Jan {2}1 00:00:00 2026 GMT[\s\S]*CN=Hospital CA/);
	t.match(means(tls('ERR_TLS_CERT_ALTNAME_INVALID')), /^it is for DNS:pacs.example.org, DNS:pacs$/m);
	t.match(explainFailure({ blame: 'usage', message: 'x', hint: 'use -P' }).do, ['use -P']);
	t.match(explainFailure({ blame: 'usage', message: 'x' }, CONTEXT).do, [/^dimse find --help/]);
});

t.test('refused classes and offered transfer syntaxes are named, many only counted', async (t) => {
	const refused = Array.from({ length: 100 }, (_, i) => ({
		abstractSyntax: `1.2.3.${i}`,
		transferSyntaxes: [IMPLICIT],
		result: 4,
	}));
	const explanation = explainFailure({ blame: 'no-context', refused }, CONTEXT);
	wellSaid(t, explanation);
	t.match(
		explanation.means.join('\n'),
		/refused: 1\.2\.3\.0\nrefused: 1\.2\.3\.1\nrefused: 1\.2\.3\.2\nand 97 more classes\noffered: .*1\.2\.840\.10008\.1\.2/,
	);
});

const LONG_UIDS = ['1.2.840.10008.1.2.4.70', '1.2.840.10008.5.1.4.1.1.88.33', '1.2.840.10008.15.0.4.8'];

t.test('the name of every storage class fits the line', async (t) => {
	for (const abstractSyntax of [...STORAGE_SOP_CLASSES, ...LONG_UIDS, `1.2.${'3'.repeat(500)}`])
		wellSaid(
			t,
			explainFailure(
				{ blame: 'no-context', refused: [{ abstractSyntax, transferSyntaxes: [abstractSyntax], result: 4 }] },
				CONTEXT,
			),
		);
});

t.test('a peer that comments at length is cut short', async (t) => {
	const offendingElements = Array.from({ length: 16_000 }, () => '00080052');
	const failure: Failure = {
		blame: 'status',
		service: 'C-FIND',
		status: 0xa900,
		errorComment: 'x'.repeat(60_000),
		offendingElements,
	};
	t.ok((explainFailure(failure, CONTEXT).cameBack ?? '').length < 400);
});

t.test('a key that the peer names is what the advice of a refused query is about', async (t) => {
	const refused = (offendingElements: readonly string[], errorComment?: string, code = 0xa900) =>
		explainFailure(
			{ ...status('C-FIND', code), offendingElements, errorComment } as Extract<Failure, { blame: 'status' }>,
			CONTEXT,
		);
	const date = refused(['00080020'], 'StudyDate is no date and no range of dates');
	t.strictSame(date.means, ['the peer does not take StudyDate with this value, or at this level']);
	t.strictSame(date.do.slice(0, 2), [
		'a date is YYYYMMDD, or a range of two: StudyDate=20240101-20241231',
		'or have it written: dimse find main --date 2024',
	]);
	t.match(refused(['00080030']).do[0], /HHMMSS.*StudyTime=/);
	t.match(refused(['00080031']).do[1], /leave SeriesTime out/, 'no flag writes it');
	t.match(refused(['0040A504']).do[0], /ContentTemplateSequence\[0\]\.KEYWORD=VALUE/);
	t.match(refused(['00091001']).do[0], /\(0009,1001\)=VALUE/);
	t.match(refused(['0020000E']).do, [
		'add it: dimse find main -L instance -k StudyInstanceUID=UID -k SeriesInstanceUID=UID',
	]);
	t.match(refused(['0020000D']).do, ['add it: dimse find main -L series -k StudyInstanceUID=UID']);
	const patient = refused(['00100020']);
	t.match(patient.do, ['add it: dimse find main -P -k PatientID=ID', /leave out -P/]);
	t.match(refused([], 'Bad date in StudyDate', 0xc001).do[1], /--date 2024/, 'named in the comment only');
	t.match(refused([], 'wrong value of (0008,0020)').do[1], /--date 2024/);
	for (const levels of [refused(['00080052']), refused([], 'Modality and Level do not fit'), refused([])])
		t.match(levels.means[0], /the level is not in this model/);
	t.match(refused(['00100020'], undefined, 0xa700).means[0], /too broad/, 'not of its keys');
});

t.test('a label that is the host is not said twice', async (t) => {
	const peer = { label: 'pacs01', host: 'pacs01', port: 104, calledAeTitle: 'X' };
	t.equal(
		explainFailure({ blame: 'resolve', host: 'pacs01', code: 'ENOTFOUND' }, { peer }).title,
		'pacs01: no such host name',
	);
});
