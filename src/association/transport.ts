/** A byte stream to a peer (the transport service of PS3.8 9.1): TCP, TLS, or in tests a wire in memory. */

export interface Endpoint {
	readonly address: string;
	readonly port: number;
}

/** What a transport tells its association. */
export interface TransportEvents {
	/**
	 * Bytes have arrived; they are the transport's and valid until this returns or the promise it returns is settled. Nothing more is
	 * delivered before that: waiting here is the back-pressure inward.
	 */
	received(bytes: Uint8Array): void | Promise<void>;
	/** Once, and the last event: nothing more will come. `code` is Node's for a connection that was lost, none for an orderly end. */
	closed(code?: string, message?: string): void;
}

export interface Transport {
	readonly local: Endpoint;
	readonly remote: Endpoint;
	/** Begins delivery; called once. */
	start(events: TransportEvents): void;
	/**
	 * Takes the bytes, which must stay as they are until `written` is called.
	 *
	 * @returns false where the caller should wait for `drained` before it writes more.
	 */
	write(bytes: Uint8Array, written?: () => void): boolean;
	/** Settles when there is room again, or at the end of the transport. */
	drained(): Promise<void>;
	/** Sends what is queued, then closes (PS3.8: transport connection close). */
	close(): void;
	/** Closes at once; what is queued is lost. */
	destroy(): void;
}
