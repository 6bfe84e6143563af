/** What a person and a program are told of each kind of failure, and the exit status of each. */
import t from 'tap';
import {
	BY_BLAME,
	EXIT,
	type ExitStatus,
	exitStatusOf,
	exitStatusOfAll,
	MEANINGS,
} from '../../src/cli/exit-statuses.ts';
import { reportFailure } from '../../src/cli/report.ts';
import { type Blame, DicomError, type Failure } from '../../src/errors.ts';
import { surroundings } from '../support/environment.ts';
import { golden } from './golden.ts';

const FAILURES: { readonly [B in Blame]: readonly [Extract<Failure, { blame: B }>, ExitStatus] } = {
	usage: [
		{
			blame: 'usage',
			message: 'unknown keyword "PatientNmae"',
			suggestions: ['PatientName', 'PatientMotherBirthName'],
		},
		2,
	],
	resolve: [{ blame: 'resolve', host: 'pacs.example.org', code: 'ENOTFOUND' }, 6],
	connect: [
		{ blame: 'connect', code: 'ECONNREFUSED', phase: 'connect', address: '10.20.1.5', port: 11112, afterMs: 1 },
		7,
	],
	tls: [{ blame: 'tls', code: 'DEPTH_ZERO_SELF_SIGNED_CERT', message: 'self-signed certificate' }, 10],
	timeout: [{ blame: 'timeout', waitingFor: 'connect', timeoutMs: 10_000 }, 28],
	rejected: [{ blame: 'rejected', result: 1, source: 1, reason: 7, afterMs: 4 }, 5],
	'no-context': [
		{
			blame: 'no-context',
			refused: [{ abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: ['1.2.840.10008.1.2'], result: 3 }],
		},
		9,
	],
	aborted: [{ blame: 'aborted', phase: 'established', source: 2, reason: 0, afterMessage: 'C-FIND-RQ' }, 8],
	protocol: [
		{
			blame: 'protocol',
			message: 'this is no PDU',
			phase: 'associate',
			firstBytes: new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\n'),
		},
		11,
	],
	status: [
		{
			blame: 'status',
			service: 'C-FIND',
			status: 0xa900,
			errorComment: 'bad\u001b[31m level',
			offendingElements: ['00080052'],
		},
		4,
	],
	io: [{ blame: 'io', code: 'ENOSPC', message: 'no space left on device', path: '/data/rsp0001.dcm' }, 12],
	auth: [{ blame: 'auth', message: 'the peer did not accept the user identity' }, 13],
	interrupted: [{ blame: 'interrupted', signal: 'SIGINT' }, 130],
};

const CONTEXT = {
	peer: {
		label: 'main',
		node: 'main',
		host: '10.20.1.5',
		port: 11112,
		calledAeTitle: 'PACS_MAIN',
		callingAeTitle: 'WS01',
	},
	command: 'find',
	service: 'C-FIND',
};

for (const [blame, [failure, status]] of Object.entries(FAILURES))
	t.test(blame, async (t) => {
		const person = surroundings();
		t.equal(await reportFailure(new DicomError(failure), CONTEXT, person.env), status);
		t.equal(person.stderr(), golden(`report-${blame}`, person.stderr()));
		t.match(person.stderr(), /^dimse: .*\n(?: {2}(?:came back|means|do| {9}) {2,}\S.*\n)*$/);
		t.match(person.stderr(), /^ {2}do {9}\S/m, 'says what to do');
		t.notMatch(person.stderr(), /^ +at /m, 'no stack');
		t.notMatch(person.stderr(), '\u001b', 'no control character of the peer');
		t.equal(person.stdout(), '', 'stdout is data');

		const script = surroundings();
		await reportFailure(new DicomError(failure), { ...CONTEXT, options: { format: 'json', quiet: 1 } }, script.env);
		t.equal(script.stderr(), '', '-q leaves it to the document');
		const document: unknown = JSON.parse(script.stdout());
		t.match(document, { schema: 'dimse.error/1', error: { kind: blame, exit: status } });

		const silent = surroundings();
		t.equal(await reportFailure(new DicomError(failure), { ...CONTEXT, options: { quiet: 2 } }, silent.env), status);
		t.equal(silent.stderr() + silent.stdout(), '', '-qq hides errors, and not the status');

		const debugging = surroundings();
		await reportFailure(new DicomError(failure), { ...CONTEXT, options: { debug: true } }, debugging.env);
		t.match(debugging.stderr(), /^ +at /m, '-d has the stack');
	});

t.test('what is no failure of ours is a bug', async (t) => {
	const { env, stderr, stdout } = surroundings();
	t.equal(await reportFailure(new TypeError('x is not a function'), {}, env), EXIT.bug);
	t.match(stderr(), /^dimse: .*bug.*report.*: TypeError: x is not a function\n$/);
	t.equal(stdout(), '');
});

t.test('a reader that has gone is told nothing', async (t) => {
	const { env, stderr, stdout } = surroundings();
	const gone = new DicomError({ blame: 'interrupted', signal: 'EPIPE' });
	t.equal(await reportFailure(gone, { ...CONTEXT, options: { format: 'json' } }, env), EXIT.ok);
	t.equal(stderr() + stdout(), '');
});

t.test('the exit statuses', async (t) => {
	t.strictSame(EXIT, {
		...{
			ok: 0,
			nothing: 1,
			usage: 2,
			partial: 3,
			status: 4,
			rejected: 5,
			resolve: 6,
			connect: 7,
			lost: 8,
			noContext: 9,
		},
		...{ tls: 10, protocol: 11, io: 12, auth: 13, timeout: 28, bug: 70, interrupted: 130, terminated: 143 },
	});
	t.strictSame(Object.keys(MEANINGS).sort(), Object.keys(EXIT).sort());
	t.strictSame(Object.keys(BY_BLAME).sort(), Object.keys(FAILURES).sort());
	for (const [signal, status] of [
		['SIGINT', 130],
		['SIGTERM', 143],
		['SIGHUP', 143],
		['EPIPE', 0],
	] as const)
		t.equal(exitStatusOf({ blame: 'interrupted', signal }), status, signal);
});

t.test('one status for several', async (t) => {
	const cases: readonly (readonly [readonly ExitStatus[], ExitStatus])[] = [
		[[], 0],
		[[0, 0], 0],
		[[0, 1], 0],
		[[1, 1], 1],
		[[0, 7], 3],
		[[7, 0], 3],
		[[7, 5], 7],
		[[1, 5], 3],
	];
	for (const [statuses, one] of cases) t.equal(exitStatusOfAll(statuses), one, statuses.join(' '));
});
