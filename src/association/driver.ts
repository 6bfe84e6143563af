/** Does what the pure core says (PS3.8 9.2) with a transport and ARTIM, and tells it what happened to them. */
import type { Pdu } from '../upper-layer/pdu/index.ts';
import { type Indication, type Output, type Role, type State, UpperLayer } from '../upper-layer/upper-layer.ts';
import type { Clock } from './clock.ts';
import { PduRecorder, RECORDED_BYTES } from './recorder.ts';
import type { Untimed } from './trace.ts';
import type { Transport } from './transport.ts';

/** What the association is told, in the order things happened. */
export interface DriverEvents {
	/** Bytes came from the peer, so many, or the transport took some of ours. */
	alive(received: number): void;
	/** @returns what the read loop waits for. */
	indicated(primitive: Indication): void | Promise<void>;
	/** The peer broke PS3.8 before there was an association, which the standard has no indication for. */
	refused(fault: { readonly detail: string; readonly firstBytes?: Uint8Array }): void;
	artimExpired(timeoutMs: number): void;
	/** Last. `code` is Node's; none for an orderly end. */
	closed(code: string | undefined, message: string | undefined): void;
}

export interface DriverOptions {
	/** Our Maximum Length Received (PS3.8 D.1), in bytes; 0 for no limit. */
	readonly maximumLength: number;
	readonly artimMs: number;
	readonly clock: Clock;
	readonly trace: ((event: Untimed) => void) | undefined;
	/** Record P-DATA-TF PDUs whole, not only their beginnings. */
	readonly traceWhole: boolean;
}

/** How long an end that nobody wants to wait for waits for the peer to close. */
const LINGER_MS = 1_000;

export class Driver {
	readonly #transport: Transport;
	readonly #options: DriverOptions;
	readonly #events: DriverEvents;
	readonly #core: UpperLayer;
	readonly #recorders: { readonly sent: PduRecorder; readonly received: PduRecorder } | undefined;
	#cancelArtim: (() => void) | undefined;
	#cancelClose: (() => void) | undefined;
	#isOver = false;
	#isHeld = false;
	#isHurried = false;
	#lastReceivedAt: number | undefined;

	constructor(role: Role, transport: Transport, options: DriverOptions, events: DriverEvents) {
		this.#transport = transport;
		this.#options = options;
		this.#events = events;
		this.#core = new UpperLayer(role, { maximumLength: options.maximumLength });
		const { trace } = options;
		if (trace !== undefined) {
			const recorder = (direction: 'sent' | 'received') =>
				new PduRecorder(
					(bytes, length) => trace({ event: 'pdu', direction, bytes, length }),
					options.traceWhole ? Number.MAX_SAFE_INTEGER : RECORDED_BYTES,
				);
			this.#recorders = { sent: recorder('sent'), received: recorder('received') };
		}
	}

	/** The transport is closed. */
	get isOver(): boolean {
		return this.#isOver;
	}

	/** The read loop waits for a sink or a reader: it is us who keep the peer from being heard. */
	get isHeld(): boolean {
		return this.#isHeld;
	}

	/** A PDU of the peer has begun and has not come whole. */
	get isMidPdu(): boolean {
		return this.#core.isMidPdu;
	}

	/** When the last bytes of the peer came; undefined before the first. */
	get lastReceivedAt(): number | undefined {
		return this.#lastReceivedAt;
	}

	/** Begins to read; a requestor's A-ASSOCIATE-RQ goes out. */
	start(): void {
		void this.#perform(this.#core.transportConnected());
		this.#transport.start({
			received: (bytes) => this.#received(bytes),
			closed: (code, message) => this.#closed(code, message),
		});
	}

	/** Whether Table 9-10 has a cell for this primitive now. */
	may(type: Pdu['type']): boolean {
		return this.#core.mayRequest(type);
	}

	/** @throws LocalMisuse where Table 9-10 has no cell, and for what cannot be encoded: then nothing has happened. */
	request(pdu: Parameters<UpperLayer['request']>[0]): void {
		void this.#perform(this.#core.request(pdu));
	}

	/** @param pdus whole P-DATA-TF PDUs. @returns false where the caller should wait for `drained`. */
	write(pdus: Uint8Array, written?: () => void): boolean {
		let hasRoom = true;
		for (const output of this.#core.requestData(pdus))
			if (output.do === 'send') {
				this.#recorders?.sent.push(output.bytes);
				hasRoom = this.#transport.write(output.bytes, () => {
					this.#events.alive(0);
					written?.();
				});
			}
		return hasRoom;
	}

	/** The association has failed: from now on the peer is given no more than a second to close. */
	hurry(): void {
		this.#isHurried = true;
	}

	/** Sends what is queued and closes; a peer that does not close its side must not keep us. */
	close(): void {
		if (this.#isOver || this.#cancelClose !== undefined) return;
		this.#transport.close();
		this.#cancelClose = this.#options.clock.after(LINGER_MS, () => this.#transport.destroy());
	}

	#received(bytes: Uint8Array): void | Promise<void> {
		this.#lastReceivedAt = this.#options.clock.now();
		this.#events.alive(bytes.length);
		this.#recorders?.received.push(bytes);
		const before: State = this.#core.state;
		const outputs = this.#core.receive(bytes);
		const after: State = this.#core.state;
		if (before === 'Sta2' && after === 'Sta13') this.#events.refused(this.#core.fault ?? WRONG_VERSION);
		const held = this.#perform(outputs);
		if (held === undefined) return undefined;
		this.#isHeld = true;
		return held.then(() => {
			this.#isHeld = false;
			this.#events.alive(0);
		});
	}

	/** In the core's order; waits where a sink does. */
	#perform(outputs: readonly Output[], from = 0): void | Promise<void> {
		for (let i = from; i < outputs.length; i++) {
			const held = this.#step(outputs[i] as Output);
			if (held !== undefined) return held.then(() => this.#perform(outputs, i + 1));
		}
		return undefined;
	}

	#step(output: Output): void | Promise<void> {
		switch (output.do) {
			case 'connect': // the transport was opened before
				return undefined;
			case 'send':
				this.#recorders?.sent.push(output.bytes);
				this.#transport.write(output.bytes);
				return undefined;
			case 'indicate':
				return this.#events.indicated(output.primitive);
			case 'startArtim':
				this.#startArtim();
				return undefined;
			case 'stopArtim':
				this.#stopArtim();
				return undefined;
			case 'closeTransport':
				this.close();
				return undefined;
		}
	}

	#startArtim(): void {
		this.#stopArtim();
		const { artimMs, clock } = this.#options;
		const ms = this.#isHurried ? Math.min(artimMs || LINGER_MS, LINGER_MS) : artimMs;
		if (ms > 0) this.#cancelArtim = clock.after(ms, () => this.#artimExpired(ms));
	}

	#stopArtim(): void {
		this.#cancelArtim?.();
		this.#cancelArtim = undefined;
	}

	#artimExpired(timeoutMs: number): void {
		this.#cancelArtim = undefined;
		this.#events.artimExpired(timeoutMs);
		void this.#perform(this.#core.artimExpired());
		this.#transport.destroy();
	}

	#closed(code: string | undefined, message: string | undefined): void {
		this.#isOver = true;
		this.#recorders?.received.end();
		void this.#perform(this.#core.transportClosed());
		this.#stopArtim();
		this.#cancelClose?.();
		this.#transport.destroy();
		this.#events.closed(code, message);
	}
}

/** The core rejects it by itself, with 1/2/2 (AE-6). */
const WRONG_VERSION = { detail: 'A-ASSOCIATE-RQ of a protocol version other than 1, rejected with 1/2/2' };
