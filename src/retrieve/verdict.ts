/** What came of a unit: what was expected, what the peer claims and what arrived are three numbers, and only the first and the last decide. */
import { statusOf } from '../dimse/status.ts';
import type { Failure } from '../errors.ts';
import type { Counts, FinalStatus, MissingCause, MissingInstance, Verdict } from './events.ts';
import type { Expected } from './expected.ts';
import type { Unit } from './unit.ts';

/** One request's final response. */
export interface RequestEnd {
	readonly final: FinalStatus;
	readonly counts: Counts;
}

export interface RefusedHere {
	readonly sopClassUid: string;
	readonly status?: number;
	readonly error: string;
}

/** All that is known of a unit when it is judged. */
export interface Facts {
	readonly unit: Unit;
	readonly expected: Expected;
	/** SOP Instance UIDs at the destination. */
	readonly arrived: ReadonlySet<string>;
	/** `unseen`: the destination is another's, and cannot be looked into. */
	readonly destination: 'seen' | 'unseen';
	/** In the order in which they came. */
	readonly ends: readonly RequestEnd[];
	/** All failed lists. */
	readonly failedThere: ReadonlySet<string>;
	readonly refusedHere: ReadonlyMap<string, RefusedHere>;
	/** Who has left a SOP class without a presentation context, if anybody. */
	readonly unaccepted: (sopClassUid: string) => 'us' | 'peer' | 'caller' | undefined;
	/** It did not come to its own end. */
	readonly ended?: 'cancelled' | Failure;
}

export interface Judgement {
	readonly verdict: Verdict;
	readonly verified: boolean;
	readonly claimed: Counts;
	readonly missingCount: number;
	readonly missing: readonly MissingInstance[];
	/** In words, where what the peer says contradicts what is here. */
	readonly contradiction?: string;
}

/** Counts are 16 bits wide: at this one they may mean more. */
const SATURATED = 0xffff;

/** Of all requests together; a count that no response had is absent. */
export const claimedOf = (ends: readonly RequestEnd[]): Counts => {
	const sums: { -readonly [K in keyof Counts]: Counts[K] } = {};
	for (const { counts } of ends)
		for (const name of ['completed', 'failed', 'warning'] as const) {
			const count = counts[name];
			if (count !== undefined) sums[name] = (sums[name] ?? 0) + count;
		}
	const remaining = ends.at(-1)?.counts.remaining;
	return remaining === undefined ? sums : { ...sums, remaining };
};

/** Instances that the peer says it has delivered; undefined where it does not say. */
export const deliveredOf = ({ completed, warning }: Counts): number | undefined =>
	completed === undefined && warning === undefined ? undefined : (completed ?? 0) + (warning ?? 0);

const isSaturated = (ends: readonly RequestEnd[]): boolean =>
	ends.some(({ counts }) => Object.values(counts).includes(SATURATED));

/** What counts as expected: what the peer adds up itself while it sends is a claim. */
const countOf = ({ from, count }: Expected): number | undefined => (from === 'first-response' ? undefined : count);

/** The instances that are expected by name; where an answer lists some of them, those. */
const isListed = ({ instances, isWhole }: Expected): boolean => isWhole && instances.size > 0;

/** Expected by name, or named by the peer or our receiver as failed, and not here. */
const namedMissing = (facts: Facts): readonly MissingInstance[] => {
	const { expected, arrived, failedThere, refusedHere } = facts;
	const uids = new Set([...expected.instances.keys(), ...failedThere, ...refusedHere.keys()]);
	return [...uids].filter((uid) => !arrived.has(uid)).map((uid) => missingInstance(facts, uid));
};

const missingInstance = (facts: Facts, sopInstanceUid: string): MissingInstance => {
	const { unit, expected, refusedHere } = facts;
	const about = expected.instances.get(sopInstanceUid);
	const sopClassUid = about?.sopClassUid ?? refusedHere.get(sopInstanceUid)?.sopClassUid;
	const studyUid = about?.studyUid ?? single(unit.studyUid);
	const seriesUid = about?.seriesUid ?? single(unit.seriesUid);
	return {
		sopInstanceUid,
		...(sopClassUid === undefined ? {} : { sopClassUid }),
		...(unit.patientId === undefined ? {} : { patientId: unit.patientId }),
		...(studyUid === undefined ? {} : { studyUid }),
		...(seriesUid === undefined ? {} : { seriesUid }),
		why: causeOf(facts, sopInstanceUid, sopClassUid),
	};
};

const single = (uids: string | undefined): string | undefined => (uids?.includes('\\') === true ? undefined : uids);

const causeOf = (facts: Facts, uid: string, sopClassUid: string | undefined): MissingCause => {
	const refused = facts.refusedHere.get(uid);
	if (refused !== undefined) {
		const { status, error } = refused;
		return { cause: 'refused-here', error, ...(status === undefined ? {} : { status }) };
	}
	const by = sopClassUid === undefined ? undefined : facts.unaccepted(sopClassUid);
	if (by !== undefined && sopClassUid !== undefined) return { cause: 'no-context', by, sopClassUid };
	if (facts.failedThere.has(uid)) return { cause: 'failed-there' };
	if (facts.expected.unlisted.has(uid)) return { cause: 'not-there' };
	return { cause: facts.ended === undefined ? 'never-came' : 'ended' };
};

/** How many are missing where they are not all known by name. */
const missingCountOf = (facts: Facts, named: number, claimed: Counts): number => {
	const { expected, arrived, ends } = facts;
	if (isListed(expected)) return named;
	const here = arrived.size;
	const count = countOf(expected) ?? 0;
	const byClaim = isSaturated(ends) ? 0 : (deliveredOf(claimed) ?? 0) - here;
	// As many are here as there are: what the peer says that failed is here as well.
	const failed = count > 0 && here >= count ? 0 : unnamedFailures(facts);
	return Math.max(named, count - here, byClaim, failed, 0);
};

/** The last request's failures of which it gave no list. */
const unnamedFailures = ({ ends, failedThere }: Facts): number =>
	failedThere.size > 0 ? 0 : (ends.at(-1)?.counts.failed ?? 0);

/** Judges a unit that nothing more is waited for. */
export const judge = (facts: Facts): Judgement => {
	const { arrived, destination, ends, expected } = facts;
	const claimed = claimedOf(ends);
	if (destination === 'unseen') return judgeUnseen(facts, claimed);
	const missing = namedMissing(facts);
	const missingCount = missingCountOf(facts, missing.length, claimed);
	const count = countOf(expected);
	const verified = isListed(expected) || count === 0 || count === arrived.size;
	const judged = { verified, claimed, missingCount, missing };
	const contradiction = contradictionOf(facts, claimed, missingCount);
	const verdict = verdictOf(facts, missingCount, claimed);
	// What is not there is not missing: asking again would not bring it.
	if (verdict === 'nothing-matched' && missingCount > 0)
		return { verdict, verified: expected.unlisted.size > 0, claimed, missingCount: 0, missing: [] };
	return { verdict, ...judged, ...contradiction };
};

const kindOf = ({ ends }: Facts): 'success' | 'warning' | 'failure' | 'cancel' | 'pending' | undefined => {
	const last = ends.at(-1)?.final;
	return last === undefined ? undefined : statusOf(last.service, last.status).class;
};

const verdictOf = (facts: Facts, missing: number, claimed: Counts): Verdict => {
	const { arrived, ended, expected, refusedHere } = facts;
	const kind = kindOf(facts);
	if (isListed(expected) && missing === 0) return grown(facts);
	if (ended === 'cancelled') return 'cancelled';
	if (ended !== undefined) return 'failed';
	if (arrived.size === 0) {
		const isKnown = isUnlisted(expected) || (expected.isWhole && expected.count === 0);
		if (isKnown && isNothing(facts)) return 'nothing-matched';
		if (isNamedInVain(facts, claimed)) return 'nothing-matched';
		// Cancelled by the peer is refused as well: nobody had asked for it.
		if (kind === 'failure' || kind === 'cancel') return 'refused';
		if ((deliveredOf(claimed) ?? 0) > 0 && refusedHere.size === 0) return 'claimed-not-arrived';
		return missing > 0 ? 'incomplete' : 'nothing-matched';
	}
	if (missing > 0 || kind === 'failure' || kind === 'cancel') return 'incomplete';
	return grown(facts);
};

/** Nothing of what was named is there, by the peer's own query. */
const isUnlisted = ({ instances, unlisted }: Expected): boolean =>
	unlisted.size > 0 && unlisted.size === instances.size;

/** A failure that some answer where there is nothing (Orthanc: C000), as their own query says there is. */
const isNothing = ({ ends }: Facts): boolean => {
	const status = ends.at(-1)?.final.status ?? 0;
	return (status & 0xf000) === 0xc000 || status === 0x0112 || status === 0xa702;
};

/** Instances were named, the peer's query lists none of them, and it says that it is done and has had none to send. */
const isNamedInVain = (facts: Facts, { completed, failed = 0, warning = 0 }: Counts): boolean => {
	const { expected, refusedHere } = facts;
	return (
		expected.from === 'asked' &&
		expected.listed.size === 0 &&
		kindOf(facts) === 'success' &&
		(completed === 0 || (completed === undefined && isUnlisted(expected))) &&
		failed + warning + refusedHere.size === 0
	);
};

const grown = ({ arrived, expected }: Facts): Verdict => {
	const count = countOf(expected) ?? 0;
	return count > 0 && arrived.size > count && expected.from !== 'asked' ? 'more-than-expected' : 'complete';
};

/** Only the peer's word: what it admits is believed, what it claims is not verified. */
const judgeUnseen = (facts: Facts, claimed: Counts): Judgement => {
	const { ended, expected, failedThere, ends } = facts;
	const kind = kindOf(facts);
	const delivered = deliveredOf(claimed);
	const failed = Math.max(unnamedFailures(facts), failedThere.size);
	const count = countOf(expected);
	const short = delivered === undefined || count === undefined || isSaturated(ends) ? 0 : count - delivered;
	const missingCount = Math.max(failed, short, 0);
	const missing = [...failedThere].map((uid) => missingInstance(facts, uid));
	const verdict = ((): Verdict => {
		if (ended === 'cancelled') return 'cancelled';
		if (ended !== undefined) return 'failed';
		if (kind === 'failure' || kind === 'cancel') return (delivered ?? 0) > 0 ? 'incomplete' : 'refused';
		if (failed > 0) return 'incomplete';
		if (delivered === 0 || (delivered === undefined && count === 0)) return 'nothing-matched';
		return missingCount > 0 ? 'incomplete' : 'unverifiable';
	})();
	return { verdict, verified: false, claimed, missingCount: verdict === 'nothing-matched' ? 0 : missingCount, missing };
};

/** Everything is here, and the peer says that something failed; or it says success, and counts failures. */
const contradictionOf = (
	facts: Facts,
	{ failed }: Counts,
	missingCount: number,
): { readonly contradiction?: string } => {
	const { ends } = facts;
	const last = ends.at(-1);
	if (last === undefined) return {};
	const kind = kindOf(facts);
	const hasAll = missingCount === 0 && facts.arrived.size > 0;
	if (kind === 'success' && (last.counts.failed ?? 0) > 0)
		return { contradiction: `the peer says success, and that ${last.counts.failed} failed` };
	if (hasAll && ends.length === 1 && (kind === 'failure' || (failed ?? 0) > 0))
		return { contradiction: 'the peer says that some failed, and everything expected is here' };
	return {};
};
