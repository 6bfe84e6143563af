/** `dimse node caps`: what each peer accepts, compared with the last time; with --matching how it matches keys. */
import { connect, requireContext, withAssociation } from '../../association/requestor.ts';
import { converse } from '../../cli/conversation.ts';
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus, exitStatusOf, exitStatusOfAll } from '../../cli/exit-statuses.ts';
import { type Peer, takePeers } from '../../cli/peer.ts';
import { reportFailure } from '../../cli/report.ts';
import { readAddressBook } from '../../config/address-book.ts';
import { knownPeer } from '../../config/capabilities-file.ts';
import { STUDY_ROOT_FIND } from '../../dicom/sop-classes.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts';
import { DicomError } from '../../errors.ts';
import { askCapabilities, offerChanges } from '../../services/capabilities.ts';
import {
	type ConnectingOptions,
	connecting,
	type Ending,
	failureContext,
	type Route,
	sayNotes,
} from '../connecting.ts';
import { type Deadline, deadline } from '../deadline.ts';
import { remember, rememberMatching } from '../peer-memory.ts';
import { type CapsResult, type MatchingResult, printCaps, printMatching } from './caps-output.ts';
import { findProbe, probeOn } from './matching-questions.ts';
import type { NodeOptions } from './options.ts';

export const printCapabilities = async (
	names: readonly string[],
	options: NodeOptions,
	env: Environment,
): Promise<ExitStatus> => {
	const book = await readAddressBook(options, env);
	const given = { ...options, calling: options.calling ?? (env.variables['DIMSE_AET'] || undefined) };
	if (options.all && book.nodes.size === 0) {
		converse(options, env).say(`no nodes in ${book.path}; dimse node add NAME AET@HOST:PORT makes one`);
		return EXIT.nothing;
	}
	const peers = await takePeers(options.all ? [...book.nodes.keys()] : names, given, book, 'DIMSE');
	for (const peer of peers) sayNotes(peer, options, env);
	const end = deadline(options.timeout, env);
	try {
		const results = options.matching
			? await oneByOne(peers, (peer, route) => matchingOf(peer, route, given, env, end))
			: await Promise.all(peers.map((peer) => settled(peer, (route) => capsOf(peer, route, given, env, end))));
		if (options.matching) await printMatching(results as readonly Settled<MatchingResult>[], options, env);
		else await printCaps(results as readonly Settled<CapsResult>[], options, env);
		const statuses: ExitStatus[] = [];
		for (const { peer, route, failure } of results)
			statuses.push(
				failure === undefined
					? EXIT.ok
					: await reportFailure(
							end.told(failure),
							{ ...failureContext(peer, 'node', 'C-FIND', route), options: { ...options, format: undefined } },
							env,
						),
			);
		return env.interrupt.aborted
			? exitStatusOf({ blame: 'interrupted', signal: String(env.interrupt.reason) })
			: exitStatusOfAll(statuses);
	} finally {
		end.clear();
	}
};

/** What came of one peer: a result, or why there is none. */
export interface Settled<T> {
	readonly peer: Peer;
	readonly route: Route;
	readonly result?: T;
	readonly failure?: DicomError;
}

const settled = async <T>(peer: Peer, ask: (route: Route) => Promise<T>): Promise<Settled<T>> => {
	const route: Route = {};
	try {
		return { peer, route, result: await ask(route) };
	} catch (error) {
		if (!(error instanceof DicomError)) throw error;
		return { peer, route, failure: error };
	}
};

const oneByOne = async <T>(
	peers: readonly Peer[],
	ask: (peer: Peer, route: Route) => Promise<T>,
): Promise<readonly Settled<T>[]> => {
	const results: Settled<T>[] = [];
	for (const peer of peers) results.push(await settled(peer, (route) => ask(peer, route)));
	return results;
};

export const capsOf = async (
	peer: Peer,
	route: Route,
	options: ConnectingOptions,
	env: Environment,
	end: Ending,
): Promise<CapsResult> => {
	const open = await connecting(options, peer, env, route, end);
	const offer = await askCapabilities((contexts, extendedNegotiations) =>
		connect({ ...open, contexts, extendedNegotiations }),
	);
	const before = knownPeer(peer, env).offers?.[peer.callingAeTitle];
	const at = env.today().toISOString();
	const { accepted, implementation, isComplete } = offer;
	// What was not asked for to the end would look lost the next time.
	if (isComplete)
		remember(peer, options, env, (known) => ({
			...known,
			offers: {
				...known.offers,
				[peer.callingAeTitle]: { at, accepted, ...(implementation === undefined ? {} : { implementation }) },
			},
		}));
	const isComparable = before !== undefined && isComplete;
	return { at, offer, ...(isComparable ? { since: before.at, changes: offerChanges(before.accepted, accepted) } : {}) };
};

const matchingOf = async (
	peer: Peer,
	route: Route,
	options: NodeOptions,
	env: Environment,
	end: Deadline,
): Promise<MatchingResult> => {
	const open = {
		...(await connecting(options, peer, env, route, end)),
		contexts: [{ abstractSyntax: STUDY_ROOT_FIND, transferSyntaxes: [EXPLICIT_LITTLE, IMPLICIT_LITTLE] }],
	};
	const at = env.today().toISOString();
	return withAssociation(open, async (connected) => {
		const context = requireContext(connected, STUDY_ROOT_FIND);
		const questions = { association: connected.association, context, signal: end.signal, today: env.today() };
		const study = await findProbe(questions, options['study-uid']);
		if (study === undefined) return { at, facts: [], queries: 0 };
		const { facts, queries } = await probeOn(questions, study);
		rememberMatching(peer, options, env, facts);
		return { at, facts, queries };
	});
};
