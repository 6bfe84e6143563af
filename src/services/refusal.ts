/** What stands in a final response that is not success (PS3.7 Annex C): the status, and what may be said about it. */

/** A failure status with what may be said about it (PS3.7 C.4, C.5). */
export interface Refusal {
	readonly status: number;
	/** Plain words, 64 characters at most. It goes to a peer: no paths, nothing of a patient. */
	readonly errorComment?: string;
	/** Tags as 8 hex digits. */
	readonly offendingElements?: readonly string[];
}
