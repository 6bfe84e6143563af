/** What is said at once of who calls our own receiver: each thing once, with what to do about it, and nothing that steers a terminal. */
import t from 'tap';
import { converse } from '../../src/cli/conversation.ts';
import { callTeller } from '../../src/commands/retrieve/callers.ts';
import { listenPlace } from '../../src/commands/retrieve/receiver.ts';
import { DicomError } from '../../src/errors.ts';
import type { ReceiverEvent } from '../../src/retrieve/receiver.ts';
import { surroundings } from '../support/environment.ts';

const called = (more: Partial<Extract<ReceiverEvent, { kind: 'called' }>> = {}): ReceiverEvent => ({
	kind: 'called',
	association: 1,
	from: { address: '::ffff:10.20.1.5', port: 40112 },
	calling: 'PACS_MAIN',
	called: 'WS01',
	accepted: 17,
	refused: [],
	expectedTitle: true,
	...more,
});

const refused = (abstractSyntax: string) => ({ abstractSyntax, transferSyntaxes: ['1.2.840.10008.1.2'], result: 3 });

const said = (events: readonly ReceiverEvent[], remote = '10.20.1.5'): string => {
	const { env, stderr } = surroundings();
	const tell = callTeller(
		'WS01',
		'main',
		converse({ quiet: 0, verbose: 0, debug: false }, env),
		() => remote || undefined,
	);
	for (const event of events) tell(event);
	return stderr();
};

const CASES: readonly (readonly [what: string, event: ReceiverEvent, line: RegExp])[] = [
	[
		'another title',
		called({ called: 'WS02', expectedTitle: false }),
		/^warning: PACS_MAIN at 10\.20\.1\.5 called here as "WS02", and we are "WS01": taken all the same\..* --listen-aet WS02\n$/,
	],
	[
		'from elsewhere',
		called({ from: { address: '10.20.1.9', port: 1 } }),
		/^note: PACS_MAIN at 10\.20\.1\.9 called here, and main is at 10\.20\.1\.5: taken all the same\./,
	],
	[
		'classes that we do not take',
		called({
			refused: [refused('1.3.12.2.1107.5.9.1'), refused('1.3.12.2.1107.5.9.1'), refused('1.2.840.10008.5.1.4.1.1.2')],
		}),
		/^warning: 2 SOP classes of PACS_MAIN refused here: 1\.3\.12\.2\.1107\.5\.9\.1, CT Image Storage \(1\.2\.840\.\S+\)\. Instances of them cannot come; --accept any/,
	],
	[
		'who wants something else',
		called({ refused: [refused('1.2.840.10008.5.1.4.1.2.2.1'), refused('1.2.840.10008.5.1.4.1.2.2.2')] }),
		/^note: PACS_MAIN at 10\.20\.1\.5 called here for something else than to store: Study Root .*\. Nothing else is to be had here/,
	],
	[
		'turned away',
		{
			kind: 'rejected',
			from: { address: '10.20.1.5', port: 1 },
			calling: 'PACS_MAIN',
			called: 'WS01',
			triple: { result: 2, source: 3, reason: 2 },
			why: 'too-many',
		},
		/^warning: PACS_MAIN at 10\.20\.1\.5 called here as "WS01" and was rejected \(2\/3\/2\): too many associations/,
	],
	[
		'no association',
		{
			kind: 'no-association',
			from: { address: '10.20.1.5', port: 1 },
			error: new DicomError({ blame: 'protocol', message: 'PDU type 16', phase: 'associate' }),
		},
		/^warning: a connection from 10\.20\.1\.5 came here and did not become an association \(PDU type 16\): is the peer to speak TLS/,
	],
	[
		'no TLS',
		{
			kind: 'no-association',
			from: { address: '10.20.1.5', port: 1 },
			error: new DicomError({
				blame: 'tls',
				code: 'ERR_SSL_WRONG_VERSION_NUMBER',
				message:
					'0089F0:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../ssl/tls.c:80:\n',
			}),
		},
		/^warning: a connection from 10\.20\.1\.5 came here and did not become an association \(TLS: ERR_SSL_WRONG_VERSION_NUMBER: wrong version number\): we speak TLS here/,
	],
	[
		'a bad end',
		{
			kind: 'ended',
			association: 1,
			calling: 'PACS_MAIN',
			failure: { blame: 'aborted', phase: 'established', source: 0 },
		},
		/^warning: the association of PACS_MAIN to our receiver ended badly: A-ABORT 0\/0\n$/,
	],
];

t.test('a bad end, of whom and from where', async (t) => {
	const end: ReceiverEvent = {
		kind: 'ended',
		association: 1,
		calling: 'PACS_MAIN',
		failure: { blame: 'aborted', phase: 'established', source: 0 },
	};
	t.equal(
		said([called(), end]),
		'warning: the association of PACS_MAIN at 10.20.1.5 to our receiver ended badly: A-ABORT 0/0\n',
	);
});

t.test('what is not as it should be', async (t) => {
	for (const [what, event, line] of CASES) {
		t.match(said([event]), line, what);
		t.equal(said([event, event]), said([event]), `${what}: once`);
	}
});

t.test('what is as it should be', async (t) => {
	t.equal(said([called()]), '');
	t.equal(said([called({ from: { address: '10.9.9.9', port: 1 } })], ''), '', 'nobody knows where the peer is');
	t.equal(said([called({ from: { address: '::1', port: 1 } })], '127.0.0.1'), '', 'this machine is this machine');
	t.equal(said([{ kind: 'ended', association: 1, calling: 'PACS_MAIN' }]), '');
});

t.test('a caller that wants to be seen', async (t) => {
	const calls = Array.from({ length: 100 }, (_, index) =>
		called({ called: `\u001b[2J${index}`, expectedTitle: false }),
	);
	const text = said(calls);
	t.ok(text.split('\n').length <= 21, 'it is not told for ever');
	t.notMatch(text, /\p{Cc}(?<!\n)/u);
});

t.test('[HOST:]PORT', async (t) => {
	for (const [text, host, port] of [
		['11113', undefined, 11113],
		[':11113', undefined, 11113],
		['0', undefined, 0],
		['10.20.9.14:104', '10.20.9.14', 104],
		['[::1]:104', '::1', 104],
		['ws01.example.org:104', 'ws01.example.org', 104],
	] as const)
		t.strictSame(listenPlace(text), { host, port }, text);
	for (const text of ['', 'x', '::1:104', '65536', '-1', '1e3', 'host:', '104 105'])
		t.throws(() => listenPlace(text), /--listen: .* is no \[HOST:\]PORT/, text);
});
