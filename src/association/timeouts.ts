/** How long an association waits for what (PS3.8 9.1.4 for ARTIM; the others are ours). */

/** All in milliseconds; 0 waits for ever. */
export interface Timeouts {
	/** For the answer to our A-ASSOCIATE-RQ. */
	readonly associateMs: number;
	/** PS3.8 9.1.4: for the A-ASSOCIATE-RQ of who connected to us, and for the peer to close after an end. */
	readonly artimMs: number;
	/** For the next response to an outstanding request, counted from the last sign of life. */
	readonly dimseMs: number;
	/** With nothing at all arriving while we owe nothing. */
	readonly idleMs: number;
	/** In the middle of a message or PDU the peer has to send 1 KiB a second, averaged over so long. */
	readonly paceMs: number;
	/** For the A-RELEASE-RP. */
	readonly releaseMs: number;
	/** For the peer to take bytes that wait to be sent. */
	readonly writeMs: number;
}

export const TIMEOUTS: Timeouts = {
	associateMs: 30_000,
	artimMs: 30_000,
	dimseMs: 30_000,
	idleMs: 0,
	paceMs: 0,
	releaseMs: 30_000,
	writeMs: 60_000,
};
