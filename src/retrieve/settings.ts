/** What a retrieve is given: what to fetch and how, and the functions through which it reaches peers and files. */
import type { Clock } from '../association/clock.ts';
import type { RequestHandler } from '../association/incoming.ts';
import type { Connected } from '../association/requestor.ts';
import type { QueryModelName } from '../dicom/sop-classes.ts';
import type { Priority } from '../dimse/messages.ts';
import type { UserInformation } from '../upper-layer/pdu/index.ts';
import type { Arrivals } from './arrivals.ts';
import type { AtOnce } from './at-once.ts';
import type { Journal } from './journal.ts';
import type { Keep } from './receiving.ts';
import type { Unit } from './unit.ts';

/** What an association of the retrieve proposes. */
export interface OpenOptions {
	readonly contexts: readonly { readonly abstractSyntax: string; readonly transferSyntaxes: readonly string[] }[];
	readonly roleSelections?: UserInformation['roleSelections'];
	readonly extendedNegotiations?: UserInformation['extendedNegotiations'];
	/** Answers the C-STORE-RQs of C-GET. */
	readonly serve?: RequestHandler;
	/** Ends the attempt: either signal of the caller's. */
	readonly signal?: AbortSignal;
}

/** `connect` of association/requestor.ts with everything but this. @throws DicomError as `connect` does */
export type Open = (options: OpenOptions) => Promise<Connected>;

/** C-MOVE: `moveTo` is the destination's AE title; `arrivals` is there when that is our own receiver, which listens already. */
export interface ByMove {
	readonly moveTo: string;
	readonly arrivals?: Arrivals;
}

export interface RetrieveSettings {
	readonly by: 'get' | ByMove;
	readonly model: QueryModelName;
	readonly units: readonly Unit[];
	/** Associations at once, at least 1. */
	readonly jobs: number;
	/** What C-GET proposes: what a query says will come, the most frequent storage classes, or these SOP class UIDs. */
	readonly contexts: 'auto' | 'all' | readonly string[];
	/** SOP classes that C-GET takes, whatever there is; all of them where it is left out. */
	readonly accept?: readonly string[];
	/** Transfer syntaxes to propose for them, the preferred first; every one of PS3.6 where it is left out. */
	readonly transferSyntaxes?: readonly string[];
	/** Transfer syntaxes of queries and requests themselves. */
	readonly identifierSyntaxes?: readonly string[];
	/**
	 * Ask for the expected instances and compare. Without it what the peer claims is what is compared, but for what C-GET asks all the same,
	 * to know its contexts.
	 */
	readonly verify: boolean;
	/** Instances that must come, whatever a query says (`--expect`), by SOP Instance UID, for all units together. */
	readonly expect?: readonly string[];
	/** Quiet time after the final response before the verdict. */
	readonly settleMs: number;
	/** So long after the last arrival the rest of what was claimed is waited for. */
	readonly lateMs: number;
	/** How often what is missing is asked for again, instance by instance. */
	readonly retryMissing: number;
	/** Extended negotiation of the retrieve class: relational retrieve, enhanced multi-frame image conversion (PS3.4 C.5.3). */
	readonly relational?: boolean;
	readonly enhanced?: boolean;
	readonly priority?: Priority;
	/** Opened by `Journal.open`; closed by the caller. */
	readonly journal?: Journal;
	/** For C-GET that the peer does not do: starts our receiver. */
	readonly fallback?: () => Promise<ByMove>;
	readonly open: Open;
	/** A third-party destination that answers queries. */
	readonly findOn?: Open;
	/** Where the instances of C-GET go. Needed for C-GET. */
	readonly store?: Keep;
	/** The peer's AE title: that of the sender of C-GET's instances. */
	readonly peerAeTitle: string;
	readonly clock?: Clock;
}

export interface RetrieveSignals {
	/** First: C-CANCEL for what runs; nothing more is begun. */
	readonly interrupt: AbortSignal;
	/** Then: A-ABORT. */
	readonly abort: AbortSignal;
	/** From the first change on, instead of `jobs`. */
	readonly atOnce?: AtOnce;
}
