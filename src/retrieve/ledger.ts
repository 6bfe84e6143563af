/** Everything that is known of one unit while it is retrieved, from whichever side it comes. */
import type { QueryModelName } from '../dicom/sop-classes.ts';
import { QUERY_MODELS } from '../dicom/sop-classes.ts';
import type { Failure } from '../errors.ts';
import type { Counts, FinalStatus, MissingInstance, UnitResult, Verdict } from './events.ts';
import { type Expected, expectedUnasked, NOTHING_EXPECTED } from './expected.ts';
import type { JournalUnit } from './journal.ts';
import { isByWord } from './planning.ts';
import type { StoreEvent } from './receiving.ts';
import { isFailure } from './setbacks.ts';
import { instancesUnit, MAX_UIDS, split, type Unit } from './unit.ts';
import { claimedOf, type Facts, type Judgement, type RefusedHere, type RequestEnd } from './verdict.ts';

export class Ledger {
	readonly index: number;
	readonly unit: Unit;
	expected: Expected;
	/** The peer was asked for them, whatever came of it. */
	isAsked = false;
	/** What the journal has of it. */
	readonly before: JournalUnit | undefined;
	/** Complete by the journal, and nobody knows that it has grown. */
	isCompleteBefore: boolean;
	/** SOP Instance UIDs that are at the destination. */
	arrived: Set<string>;
	bytes = 0;
	readonly ends: RequestEnd[] = [];
	readonly failedThere = new Set<string>();
	readonly refusedHere = new Map<string, RefusedHere>();
	/** Message IDs of its C-MOVE-RQs. */
	readonly messageIds = new Set<number>();
	/** SOP classes that C-GET has proposed for it, with whether the peer accepted any context of each. */
	readonly proposed = new Map<string, boolean>();
	/** The transfer syntaxes of the contexts that were accepted, by SOP class. */
	readonly accepted = new Map<string, Set<string>>();
	/** SOP classes refused where the peer seems to accept so many contexts and no more. */
	readonly crowdedOut = new Set<string>();
	/** SOP classes of what came, each with its transfer syntaxes. */
	readonly seen = new Map<string, Set<string>>();
	ended: 'cancelled' | Failure | undefined;
	attempts = 0;
	/** How often its association was lost, could not be opened, was refused for want of resources; how often the missing were asked for again. */
	losses = 0;
	openings = 0;
	refusals = 0;
	retries = 0;
	startedAt: number | undefined;
	/** When something was last heard of it. */
	lastSignAt = 0;
	result: UnitResult | undefined;
	/** Wakes who waits for arrivals, when so many are here. */
	#due = Number.POSITIVE_INFINITY;
	#wake: (() => void) | undefined;

	constructor(index: number, unit: Unit, before?: JournalUnit) {
		this.index = index;
		this.unit = unit;
		this.expected = expectedUnasked(unit);
		this.before = before;
		this.arrived = new Set(before?.arrived);
		this.isCompleteBefore = before?.state === 'complete';
	}

	/** Instances are asked for one by one from here on, where that can be. */
	get isBegun(): boolean {
		return this.arrived.size > 0 || this.retries > 0;
	}

	/** Its association ended in the middle, when some of it had come. */
	get isCutOff(): boolean {
		return typeof this.ended === 'object' && this.ended.blame === 'aborted' && this.arrived.size > 0;
	}

	/** @returns whether it is one more */
	arrive(
		{ sopInstanceUid, sopClassUid, transferSyntaxUid, bytes }: StoreEvent & { readonly kind: 'stored' },
		now: number,
	): boolean {
		this.lastSignAt = now;
		this.refusedHere.delete(sopInstanceUid);
		if (this.arrived.has(sopInstanceUid)) return false;
		this.arrived.add(sopInstanceUid);
		this.bytes += bytes;
		this.seen.set(sopClassUid, (this.seen.get(sopClassUid) ?? new Set()).add(transferSyntaxUid));
		if (this.arrived.size >= this.#due) this.#wake?.();
		return true;
	}

	refuse({ sopInstanceUid, sopClassUid, status, error }: StoreEvent & { readonly kind: 'not-stored' }): void {
		if (this.arrived.has(sopInstanceUid)) return;
		this.refusedHere.set(sopInstanceUid, { sopClassUid, error, ...(status === undefined ? {} : { status }) });
	}

	answered(final: FinalStatus, counts: Counts, failed: readonly string[]): void {
		this.ends.push({ final, counts });
		for (const uid of failed) this.failedThere.add(uid);
	}

	/** So many that failed are asked for again: what the peer counts as failed from here on stands for them. */
	supersede(again: number): void {
		let left = again;
		for (const [index, { final, counts }] of [...this.ends.entries()].reverse()) {
			const taken = Math.min(left, counts.failed ?? 0);
			if (taken > 0) this.ends[index] = { final, counts: { ...counts, failed: (counts.failed ?? 0) - taken } };
			left -= taken;
		}
	}

	/** Calls `wake` once when so many more have arrived. @returns what takes that back */
	whenArrived(more: number, wake: () => void): () => void {
		this.#due = this.arrived.size + more;
		this.#wake = wake;
		return () => {
			this.#due = Number.POSITIVE_INFINITY;
			this.#wake = undefined;
		};
	}

	facts(
		destination: Facts['destination'],
		unaccepted: (sopClassUid: string) => 'us' | 'caller' | undefined = () => undefined,
	): Facts {
		const { unit, expected, arrived, ends, failedThere, refusedHere, ended } = this;
		return {
			unit,
			expected,
			arrived,
			destination,
			ends,
			failedThere,
			refusedHere,
			unaccepted: (uid) => unaccepted(uid) ?? (this.proposed.get(uid) === false ? 'peer' : undefined),
			...(ended === undefined ? {} : { ended }),
		};
	}

	/**
	 * What to ask for: the whole unit at first; later, where it is known by name, only what is missing. Never what the peer does not list,
	 * unless that is all: some refuse the rest with it.
	 */
	requests(model: QueryModelName): readonly Unit[] {
		const { instances, isWhole, unlisted } = this.expected;
		const isNamed = this.isBegun || unlisted.size > 0;
		if (!isNamed || !isWhole || instances.size === unlisted.size) return split(this.unit);
		return this.requestsFor(
			[...instances.keys()].filter((uid) => !this.arrived.has(uid) && !this.expected.unlisted.has(uid)),
			model,
		);
	}

	/** The same of some instances; the whole unit where the model, or what is known of them, does not allow to name them. */
	requestsFor(uids: readonly string[], model: QueryModelName): readonly Unit[] {
		if (uids.length === 0) return [];
		if (!QUERY_MODELS[model].levels.includes('IMAGE') || this.unit.level === 'FRAME') return [this.unit];
		const isFlat = QUERY_MODELS[model].find === undefined;
		const bySeries = new Map<string, string[]>();
		for (const uid of uids) {
			const { studyUid = this.unit.studyUid, seriesUid = this.unit.seriesUid } = this.expected.instances.get(uid) ?? {};
			if (!isFlat && (studyUid === undefined || seriesUid === undefined) && this.unit.level !== 'IMAGE')
				return [this.unit];
			const key = isFlat ? '' : `${studyUid ?? ''}\\${seriesUid ?? ''}`;
			const some = bySeries.get(key);
			if (some === undefined) bySeries.set(key, [uid]);
			else some.push(uid);
		}
		return [...bySeries.values()].flatMap((some) =>
			split(instancesUnit(this.unit, this.expected.instances.get(some[0] ?? '') ?? {}, some), this.#most),
		);
	}

	/** Instances to a request. Some peers give all of it up at the first that they cannot send: then that one is to be singled out. */
	get #most(): number {
		if (this.retries === 0 || !this.ends.some(({ final }) => isFailure(final))) return MAX_UIDS;
		return this.retries === 1 ? 10 : 1;
	}

	/** Ends it, and lets go of what may be large. */
	settle(verdict: Verdict, judged: Omit<Judgement, 'verdict'> | undefined, now: number): UnitResult {
		const last = this.ends.at(-1)?.final;
		// What the peer added up at first and did not keep to: nobody expects it any more.
		const isTakenBack = this.expected.from === 'first-response' && verdict === 'complete';
		const { count, from } = isTakenBack ? NOTHING_EXPECTED : this.expected;
		const missing: readonly MissingInstance[] = judged?.missing ?? [];
		const before = verdict === 'complete-before' ? (this.before?.count ?? 0) : 0;
		const isSaid = verdict === 'complete-before' && isByWord(this.before);
		this.result = {
			unit: this.index,
			verdict,
			verified: judged?.verified ?? false,
			...(count === undefined ? {} : { expected: count }),
			expectedFrom: from,
			claimed: judged?.claimed ?? (isSaid ? { completed: before } : claimedOf(this.ends)),
			arrived: isSaid ? 0 : Math.max(this.arrived.size, before),
			bytes: this.bytes,
			missingCount: judged?.missingCount ?? 0,
			missing,
			...(last === undefined ? {} : { final: last }),
			...(this.ended === undefined || this.ended === 'cancelled' ? {} : { failure: this.ended }),
			elapsedMs: this.startedAt === undefined ? 0 : now - this.startedAt,
			attempts: this.attempts,
		};
		this.expected = NOTHING_EXPECTED;
		this.arrived = new Set();
		this.failedThere.clear();
		this.refusedHere.clear();
		return this.result;
	}
}
