/** What a retrieve tells while it goes on, each thing with the source it is known from, and what came of it (PS3.4 C.4.2, C.4.3). */
import type { Failure, RefusedContext } from '../errors.ts';
import type { Outcome } from './receiving.ts';
import type { Unit } from './unit.ts';

/** What the peer says of its sub-operations; none of it is ever relied on. Each may be absent, and none exceeds 65535. */
export interface Counts {
	readonly completed?: number;
	readonly failed?: number;
	readonly warning?: number;
	readonly remaining?: number;
}

/**
 * How the number of expected instances is known: an IMAGE level query, the UIDs that were asked for, counts in SERIES or STUDY level
 * query answers, the sum of the counts of the first response, or not at all.
 */
export type ExpectedFrom = 'instances' | 'asked' | 'series-counts' | 'study-count' | 'first-response' | 'nothing';

export interface ExpectedSeries {
	readonly seriesUid: string;
	readonly number?: string;
	readonly modality?: string;
	readonly description?: string;
	/** Instances expected in it. */
	readonly count?: number;
}

/** Why an instance is not here. */
export type MissingCause =
	/** Our own receiver answered its C-STORE with this status. */
	| { readonly cause: 'refused-here'; readonly status?: number; readonly error: string }
	/**
	 * No presentation context for its SOP class (or for none of its transfer syntaxes) was accepted; `by` us at our receiver, or by the peer.
	 * Or none was proposed: the class is not among those that the caller accepts.
	 */
	| { readonly cause: 'no-context'; readonly by: 'us' | 'peer' | 'caller'; readonly sopClassUid: string }
	/** In the peer's failed list (0008,0058). */
	| { readonly cause: 'failed-there' }
	/** Asked for by its UID, and the peer's query does not list it. */
	| { readonly cause: 'not-there' }
	/** The association ended first, or the retrieve was cancelled. */
	| { readonly cause: 'ended' }
	/** The peer said nothing of it, and it never came. */
	| { readonly cause: 'never-came' };

export interface MissingInstance {
	readonly sopInstanceUid: string;
	readonly sopClassUid?: string;
	readonly patientId?: string;
	readonly studyUid?: string;
	readonly seriesUid?: string;
	readonly why: MissingCause;
}

/** One instance that is safe here. */
export interface ArrivedInstance {
	readonly sopInstanceUid: string;
	readonly sopClassUid: string;
	readonly transferSyntaxUid: string;
	/** '' where the receiver does not know. */
	readonly studyUid: string;
	/** By the query where the receiver does not know; '' where nobody does. */
	readonly seriesUid: string;
	/** Of its dataset. */
	readonly bytes: number;
	readonly file?: string;
	readonly outcome: Outcome;
	/** Who sent it: who called our receiver, for C-MOVE. */
	readonly calling: string;
	/** The association that it came on. */
	readonly association: number;
}

/** What came of a unit. All but the first two mean that something is not as was asked. */
export type Verdict =
	/** Every expected instance is here. */
	| 'complete'
	/** As complete, and more came than were expected: it grew meanwhile. */
	| 'more-than-expected'
	/** Complete by the journal, and not asked for again. */
	| 'complete-before'
	/** Some did not come: `missing` has them where they are known. */
	| 'incomplete'
	/** The peer claims to have sent them; none came. */
	| 'claimed-not-arrived'
	/** Success, and nothing to send. */
	| 'nothing-matched'
	/** The destination cannot be looked into: only the peer's claim is known. */
	| 'unverifiable'
	/** The final status is a failure, and nothing came. */
	| 'refused'
	/** Ended by us. */
	| 'cancelled'
	/** The association could not be opened, or was lost, and again when tried anew. */
	| 'failed'
	/** Not begun: cancelled before, or given up. */
	| 'not-begun';

/** The final response of the last request of a unit. */
export interface FinalStatus {
	readonly service: 'C-GET' | 'C-MOVE';
	readonly status: number;
	readonly errorComment?: string;
	readonly offendingElements?: readonly string[];
	readonly errorId?: number;
}

export interface UnitResult {
	/** Its place in `settings.units`, from 0. */
	readonly unit: number;
	readonly verdict: Verdict;
	/** False where only the peer's claim is known. */
	readonly verified: boolean;
	/** Undefined where nobody knows. */
	readonly expected?: number;
	readonly expectedFrom: ExpectedFrom;
	/** Summed over all requests for it; absent where the peer never said. */
	readonly claimed: Counts;
	/** Different instances that are here, earlier runs of the journal included. At a third-party destination: what its query lists. */
	readonly arrived: number;
	readonly bytes: number;
	/** How many are missing; `missing` may be shorter, or empty, where they are not known by name. */
	readonly missingCount: number;
	readonly missing: readonly MissingInstance[];
	readonly final?: FinalStatus;
	/** Why it failed, where that was not a status. */
	readonly failure?: Failure;
	/** From its first request to its verdict. */
	readonly elapsedMs: number;
	readonly attempts: number;
}

/** What a person should know, and no single unit's verdict says. */
export type NoteCode =
	/** The peer does not do C-GET: C-MOVE is used. */
	| 'fallback'
	/** Fewer associations from here on. */
	| 'fewer-associations'
	/** The expected instances could not be asked for. */
	| 'no-expectation'
	/** The query did not end with success: there may be more than it listed. */
	| 'query-cut-off'
	/** Some of what is to come has no presentation context; it is asked for on another association. */
	| 'second-association'
	/** The peer left the role selection unanswered: C-STORE-RQs are taken all the same. */
	| 'role-unanswered'
	/** Tried again after a lost association. */
	| 'tried-again'
	/** Only the missing are asked for again. */
	| 'retry-missing'
	/** The peer sends no pending responses: arrivals are counted, where they can be seen. */
	| 'no-progress'
	/** What the peer says contradicts what is here. */
	| 'contradiction'
	/** The third-party destination cannot be looked into. */
	| 'not-verifiable'
	/** Belongs to nothing that was asked for. */
	| 'stray-arrival'
	/** Came after the verdict on the unit that it belongs to. */
	| 'late-arrival'
	/** The journal: what was skipped or resumed. */
	| 'resumed';

export type RetrieveEvent = { /** On the settings' clock, in milliseconds. */ readonly at: number } & (
	| {
			/** First: everything that is to be done. `states` of the units as the journal has them. */
			readonly kind: 'planned';
			readonly units: readonly Unit[];
			readonly states: readonly ('waiting' | 'begun-before' | 'complete-before')[];
	  }
	| {
			readonly kind: 'association-opened';
			readonly association: number;
			readonly purpose: 'query' | 'C-GET' | 'C-MOVE' | 'verify';
			readonly accepted: number;
			readonly refused: readonly RefusedContext[];
	  }
	| { readonly kind: 'association-closed'; readonly association: number; readonly failure?: Failure }
	/** The first request of it, and of every further attempt. */
	| {
			readonly kind: 'unit-started';
			readonly unit: number;
			/** From 1. */
			readonly attempt: number;
			readonly service: 'C-GET' | 'C-MOVE';
			/** The AE title of C-MOVE. */
			readonly destination?: string;
			readonly association: number;
			/** The instances asked for by their UIDs, where it is not all of the unit. */
			readonly only?: number;
	  }
	/** Source: a query of the peer (or its first response). */
	| {
			readonly kind: 'expected';
			readonly unit: number;
			readonly from: ExpectedFrom;
			readonly count?: number;
			readonly series: readonly ExpectedSeries[];
	  }
	/** Source: the peer's pending and final responses. Counts are of the request that is running. */
	| { readonly kind: 'response'; readonly unit: number; readonly status: number; readonly counts: Counts }
	/** Source: our receiver, or our C-GET handler. `unit` is undefined where it belongs to none. `arrived`: different ones of the unit so far. */
	| {
			readonly kind: 'arrived';
			readonly unit: number | undefined;
			readonly instance: ArrivedInstance;
			readonly arrived: number;
			readonly bytes: number;
	  }
	/** Source: our receiver or C-GET handler: it was sent and not kept. */
	| {
			readonly kind: 'not-stored';
			readonly unit: number | undefined;
			readonly sopInstanceUid: string;
			readonly sopClassUid: string;
			/** What was answered, if the association still stood. */
			readonly status?: number;
			readonly error: string;
	  }
	/** Source: the peer: the final response of one request, with its failed list (0008,0058). */
	| {
			readonly kind: 'final';
			readonly unit: number;
			readonly final: FinalStatus;
			readonly counts: Counts;
			readonly failedSopInstanceUids: readonly string[];
	  }
	/** The final response is here and something still is not: waiting for late arrivals until `until` on the clock, put off by each. */
	| {
			readonly kind: 'waiting';
			readonly unit: number;
			readonly missing: number;
			readonly claimed?: number;
			readonly until: number;
	  }
	| { readonly kind: 'note'; readonly code: NoteCode; readonly text: string; readonly unit?: number }
	| { readonly kind: 'unit-settled'; readonly unit: number; readonly result: UnitResult }
);

/** Distributes over the union, so that its discriminant survives. */
type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never;
export type Untimed = WithoutTime<RetrieveEvent>;

/** What came of all of it. */
export interface RetrieveOutcome {
	/** In the order of `settings.units`. */
	readonly units: readonly UnitResult[];
	/** The caller cancelled it. */
	readonly isInterrupted: boolean;
	/** How it was done in the end: `C-MOVE` after a fallback. */
	readonly service: 'C-GET' | 'C-MOVE';
	/** Different instances that came in this run, and the bytes of their datasets. */
	readonly arrived: number;
	readonly bytes: number;
	/** Of `settings.expect`, what did not come. */
	readonly unmet: readonly string[];
	/** Arrivals that belong to nothing that was asked for, or came after the verdict on what they belong to. */
	readonly strays: number;
	/** Associations in use at the end: fewer than `settings.jobs` where the peer did not take as many. */
	readonly jobs: number;
	readonly elapsedMs: number;
}
