/** What commands learned of a peer and go by later: how it matches names, how many matches it gives (config/capabilities-file.ts). */
import { converse, type LogOptions } from '../cli/conversation.ts';
import type { Environment } from '../cli/environment.ts';
import type { Peer } from '../cli/peer.ts';
import { type KnownPeer, knownPeer, type PeerIdentity, rememberPeer } from '../config/capabilities-file.ts';
import type { Surroundings } from '../config/settings-file.ts';
import { DicomError } from '../errors.ts';
import type { MatchingFact } from '../services/matching-probe.ts';

/** A home that cannot be written into is no reason to do less. */
export const remember = (
	peer: PeerIdentity,
	options: LogOptions,
	env: Environment,
	change: (known: KnownPeer) => KnownPeer,
): void => {
	try {
		rememberPeer(peer, env, change);
	} catch (error) {
		if (!(error instanceof DicomError)) throw error;
		converse(options, env).warn(`this cannot be remembered: ${error.message}`);
	}
};

export const rememberMatching = (
	peer: PeerIdentity,
	options: LogOptions,
	env: Environment,
	found: readonly MatchingFact[],
): void => {
	const facts = Object.fromEntries(found.map(({ key, facts: known }) => [key, known]));
	remember(peer, options, env, (known) => ({ ...known, matching: { at: env.today().toISOString(), facts } }));
};

export const rememberLimit = (peer: PeerIdentity, options: LogOptions, env: Environment, matches: number): void =>
	remember(peer, options, env, (known) => ({ ...known, limit: { at: env.today().toISOString(), matches } }));

/** A limit that was learned is forgotten once the peer has given more at once. */
export const forgetLimit = (peer: Peer, options: LogOptions, env: Environment, matches: number): void => {
	if (peer.matchLimit === undefined || matches <= peer.matchLimit) return;
	const { limit: learned } = knownPeer(peer, env);
	if (learned !== undefined && matches > learned.matches)
		remember(peer, options, env, ({ limit: _, ...known }) => known);
};

/** What the checks of the doctor came to. */
export const rememberExamination = (
	peer: PeerIdentity,
	options: LogOptions,
	env: Environment,
	results: readonly { readonly id: string; readonly status: string }[],
): void => {
	const of = (status: string) => results.filter((one) => one.status === status).map(({ id }) => id);
	const at = env.today().toISOString();
	remember(peer, options, env, (known) => ({
		...known,
		examination: { at, failed: of('fail'), warned: of('warn'), ok: of('ok') },
	}));
};

/** With the limit that was found out, where the address book says none. */
export const withKnownLimit = (peer: Peer, env: Environment): Peer => {
	const { limit } = peer.matchLimit === undefined ? knownPeer(peer, env) : {};
	return limit === undefined || limit.matches < 1 ? peer : { ...peer, matchLimit: limit.matches };
};

/** How `--name` is to be written for a peer. */
export interface NameHabit {
	readonly keepsCase: boolean;
	/** What is to be said of it, given the key that is sent. */
	note(sent: string): string | undefined;
}

const AS_USUAL: NameHabit = { keepsCase: false, note: () => undefined };

/**
 * Upper case is what most archives keep, so that is how names are asked for where nothing is known. One that does not mind the case gets what
 * was typed; so does one that minds it and keeps names in another.
 */
export const nameHabit = (
	peer: Peer,
	{ name, 'keep-case': keepsCase }: { readonly name: string | undefined; readonly 'keep-case': boolean },
	env: Surroundings,
): NameHabit => {
	if (name === undefined) return AS_USUAL;
	const { matching } = knownPeer(peer, env);
	const facts = matching?.facts['PatientName'];
	if (matching === undefined || facts === undefined) return AS_USUAL;
	const seen = `(seen ${matching.at.slice(0, 10)})`;
	if (facts['ignored'] === true)
		return {
			keepsCase: false,
			note: () => `${peer.label} ignores PatientName as a key ${seen}: its rows are narrowed here`,
		};
	if (facts['anyCase'] === true) return { ...AS_USUAL, keepsCase: true };
	if (facts['anyCase'] === undefined || keepsCase || !/\p{L}/u.test(name)) return AS_USUAL;
	if (facts['upper'] === false)
		return {
			keepsCase: true,
			note: (sent) => `names at ${peer.label} are case-sensitive and not all in upper case ${seen}: ${sent} as typed`,
		};
	return name === name.toUpperCase()
		? AS_USUAL
		: {
				keepsCase: false,
				note: (sent) =>
					`names at ${peer.label} are case-sensitive ${seen}: asking for ${sent}; --keep-case asks as typed`,
			};
};
