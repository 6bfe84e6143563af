/** The exit statuses of the program: one table for the code, the man pages, `help exit-codes` and the tests. */
import type { Blame, Failure } from '../errors.ts';

export const EXIT = {
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
	tls: 10,
	protocol: 11,
	io: 12,
	auth: 13,
	timeout: 28,
	bug: 70,
	interrupted: 130,
	terminated: 143,
} as const;

export type ExitName = keyof typeof EXIT;
export type ExitStatus = (typeof EXIT)[ExitName];

export const BY_BLAME = {
	usage: EXIT.usage,
	resolve: EXIT.resolve,
	connect: EXIT.connect,
	tls: EXIT.tls,
	timeout: EXIT.timeout,
	rejected: EXIT.rejected,
	'no-context': EXIT.noContext,
	aborted: EXIT.lost,
	protocol: EXIT.protocol,
	status: EXIT.status,
	io: EXIT.io,
	auth: EXIT.auth,
	interrupted: EXIT.interrupted,
} satisfies Record<Blame, ExitStatus>;

/** The status a failure ends the program with. A reader of stdout that has gone is no failure: `| head` had what it wanted. */
export const exitStatusOf = (failure: Failure): ExitStatus => {
	if (failure.blame !== 'interrupted') return BY_BLAME[failure.blame];
	if (failure.signal === 'EPIPE') return EXIT.ok;
	return failure.signal === 'SIGTERM' || failure.signal === 'SIGHUP' ? EXIT.terminated : EXIT.interrupted;
};

/**
 * One status for several nodes, files or units: all fine 0, some fine and some not 3, none fine the status of the first that was not.
 * A single "nothing" among results that are fine is no failure.
 */
export const exitStatusOfAll = (statuses: readonly ExitStatus[]): ExitStatus => {
	const failed = statuses.filter((status) => status !== EXIT.ok && status !== EXIT.nothing);
	if (failed[0] !== undefined) return failed.length === statuses.length ? failed[0] : EXIT.partial;
	return statuses.length > 0 && statuses.every((status) => status === EXIT.nothing) ? EXIT.nothing : EXIT.ok;
};

/** What each status means, as the man pages and `dimse help exit-codes` print it. */
export const MEANINGS: Readonly<Record<ExitName, string>> = {
	ok: 'done: find has at least one row, get and move have every instance, store and echo succeeded for all (warnings allowed)',
	nothing:
		'a negative answer and no error: find matched nothing, get and move found nothing to send, store had no instance to send, nothing came to receive, explain knows nothing of it, browse --pick was left without a choice',
	usage: 'the command line, a key, a level, a node or a configuration file is wrong; nothing was sent',
	partial: 'some of it was done and some failed, or did not arrive',
	status: 'the peer answered with a failure status for the whole operation (A700, A702, A801, A900, Cxxx, 01xx)',
	rejected: 'the peer rejected the association (A-ASSOCIATE-RJ)',
	resolve: 'the host name has no address',
	connect: 'no connection: refused, unreachable, or closed before there was an association',
	lost: 'the peer aborted, or the connection was lost during the association',
	noContext: 'the peer accepts no presentation context for what was asked',
	tls: 'TLS: handshake, certificate, or a peer that does not speak it where we do; the other way round it is 7',
	protocol: 'the peer does not speak DICOM, or breaks its rules',
	io: 'a file, folder or port of this machine cannot be used',
	auth: 'not authorised: status 0124, or the user identity was not accepted',
	timeout: 'a timeout: connecting, associating, waiting for an answer, or --timeout',
	bug: 'a bug of the program',
	interrupted: 'ended by SIGINT (Ctrl-C), in an orderly way',
	terminated: 'ended by SIGTERM or SIGHUP, in an orderly way',
};
