/** What C-GET and C-MOVE have in common as SCP (PS3.4 C.4.2.3, C.4.3.3): whose instances, and what an operator sees of it. */
import type { Association } from '../association/association.ts';
import type { Clock } from '../association/clock.ts';
import type { Dataset } from '../dicom/dataset.ts';
import type { Failure } from '../errors.ts';
import type { Refusal } from './refusal.ts';
import type { Access } from './request-checks.ts';
import type { StoredInstance } from './stored-instance.ts';
import type { SubOperationPolicy } from './sub-operation-policy.ts';

/** What is known of the request that an identifier came with. */
export interface RetrieveRequest {
	readonly sopClassUid: string;
	readonly service: 'C-GET' | 'C-MOVE';
	/** Aborted by a C-CANCEL-RQ (reason 'C-CANCEL-RQ') or the end of the association. */
	readonly signal: AbortSignal;
	readonly association: Association;
}

/**
 * The instances of an identifier, or why there can be none; none at all where nothing matches. Level FRAME is never asked: it is IMAGE by
 * then. What it throws is answered with 0xA701, unable to calculate the number of matches.
 */
export type Resolve = (
	identifier: Dataset,
	request: RetrieveRequest,
) => Promise<{ readonly instances: readonly StoredInstance[] } | { readonly refusal: Refusal }>;

/** Sub-operations so far, as they are; `remaining` and the others add up to all. */
export interface SubOperationCounts {
	readonly remaining: number;
	readonly completed: number;
	readonly failed: number;
	readonly warning: number;
}

/** What happens to one C-GET or C-MOVE, in its order. `ended` is the last, whatever became of it. */
export type SubOperationEvent =
	| { readonly kind: 'resolved'; readonly instances: number }
	/** An association to a move destination stands, or could not be opened. */
	| { readonly kind: 'opened'; readonly association: number; readonly contexts: number }
	| { readonly kind: 'not-opened'; readonly failure: Failure }
	/** An instance was sent and answered with this status (success or warning). */
	| {
			readonly kind: 'sent';
			readonly instance: StoredInstance;
			readonly status: number;
			readonly counts: SubOperationCounts;
	  }
	/** An instance was not sent, or not taken. */
	| {
			readonly kind: 'not-sent';
			readonly instance: StoredInstance;
			readonly failure: Failure;
			readonly counts: SubOperationCounts;
	  }
	/** `status` is the final one; none where the requester was gone before it. */
	| {
			readonly kind: 'ended';
			readonly status?: number;
			readonly errorComment?: string;
			readonly counts: SubOperationCounts;
			/** What `resolve` threw, or a bug of ours: it is told to nobody else. */
			readonly error?: unknown;
	  };

export interface RetrieveService extends Access {
	readonly resolve: Resolve;
	readonly policy?: SubOperationPolicy;
	/** Called in the order things happen, never awaited; what it throws is a bug. */
	readonly on?: (event: SubOperationEvent) => void;
	readonly clock?: Clock;
}
