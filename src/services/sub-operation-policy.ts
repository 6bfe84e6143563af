/** How a retrieve SCP departs from the truth on purpose (`--simulate`): everything is left out by default. */
import type { StoredInstance } from './stored-instance.ts';

export interface SubOperationPolicy {
	/** False: no pending responses. */
	readonly sendPending?: boolean;
	/** False: no response has counts. */
	readonly sendCounts?: boolean;
	/** Which instances are sent, of those that match. Nothing is said of the others, unless `lie`. */
	select?(instances: readonly StoredInstance[]): readonly StoredInstance[];
	/** What is counted for an instance instead of sending it; undefined to send it. `index` from 0, in the order of sending. */
	statusFor?(index: number, instance: StoredInstance): number | undefined;
	/** Success is answered first, for all; what is to be sent is sent so long afterwards. */
	readonly finalFirst?: { readonly delayMs: number };
	/** What `select` leaves out is counted as completed. Without `select` nothing is sent. */
	readonly lie?: boolean;
}
