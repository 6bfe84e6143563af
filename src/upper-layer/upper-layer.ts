/** The DICOM upper layer of one association (PS3.8 9.2) as a function of what happened: no socket, no clock, no promise. */
import { LocalMisuse } from '../errors.ts';
import { ACTIONS, type Cause, faultOf, type Indication, type Output, type Role, send, userAbort } from './actions.ts';
import type { PDataTf, Pdu } from './pdu/index.ts';
import { type Decoded, type Fault, PduDecoder } from './pdu-decoder.ts';
import { type Action, actionFor, type State, type UpperLayerEvent } from './transitions.ts';

export type { Indication, Output, Role } from './actions.ts';
export type { Fault } from './pdu-decoder.ts';
export type { State } from './transitions.ts';

/** The row of Table 9-10 that a request or response primitive of the user is. */
const REQUESTED = {
	'A-ASSOCIATE-RQ': 'A-ASSOCIATE request',
	'A-ASSOCIATE-AC': 'A-ASSOCIATE response (accept)',
	'A-ASSOCIATE-RJ': 'A-ASSOCIATE response (reject)',
	'P-DATA-TF': 'P-DATA request',
	'A-RELEASE-RQ': 'A-RELEASE request',
	'A-RELEASE-RP': 'A-RELEASE response',
	'A-ABORT': 'A-ABORT request',
} as const satisfies Record<Pdu['type'], UpperLayerEvent>;

const CONNECTION_LOST: Indication = { type: 'transport-closed' };

/** Actions that answer what a peer may not do. */
const BLAMING: ReadonlySet<Action> = new Set(['AA-1', 'AA-7', 'AA-8']);

/**
 * One object serves one association. Every call returns what is to be done, in order; there is nothing to drain or subscribe to.
 *
 * Inputs: `transportConnected`, `transportClosed`, `artimExpired`, `receive` report what happened and never throw, whatever the peer
 * does. `request` and `requestData` are the user's primitives and throw LocalMisuse where Table 9-10 has no cell for them: ask
 * `mayRequest` where the peer may have been faster. An event of the transport or timer that comes too late is ignored.
 *
 * An acceptor begins with `transportConnected`, a requestor with `request` of an A-ASSOCIATE-RQ, which returns `connect`.
 */
export class UpperLayer {
	readonly role: Role;
	readonly #decoder: PduDecoder;
	#state: State = 'Sta1';
	/** The A-ASSOCIATE-RQ, held from AE-1 until the transport is connected. */
	#associateRq: Output | undefined;
	/** Back in Sta1: what is still on its way means nothing. */
	#ended = false;
	#fault: Fault | undefined;

	/** @param limits maximumLength: the longest P-DATA-TF body that we announce (51H), in bytes; 0 for no limit. */
	constructor(role: Role, limits: { readonly maximumLength: number }) {
		this.role = role;
		this.#decoder = new PduDecoder(limits.maximumLength);
	}

	/** A PDU of the peer has begun and has not come whole. */
	get isMidPdu(): boolean {
		return this.#decoder.isMidPdu;
	}

	get state(): State {
		return this.#state;
	}

	/** Back in Sta1 after having left it: nothing more can happen. */
	get ended(): boolean {
		return this.#ended;
	}

	/**
	 * The first thing that the peer did wrong. Where there was no association yet (AA-1 in Sta2), this is the only place that tells it,
	 * because the standard has no indication for it.
	 */
	get fault(): Fault | undefined {
		return this.#fault;
	}

	/** The connection that `connect` asked for is there, or, for an acceptor, one has come in. */
	transportConnected(): Output[] {
		if (this.role === 'acceptor') return this.#happened('transport accepted');
		return this.#happened('transport connected', this.#associateRq === undefined ? {} : { sending: this.#associateRq });
	}

	/** The connection was closed by the peer, was lost, could not be made, or has been closed as asked. */
	transportClosed(): Output[] {
		return this.#happened('transport closed');
	}

	/** The timer that `startArtim` asked for ran out. */
	artimExpired(): Output[] {
		return this.#happened('ARTIM expired');
	}

	/**
	 * Bytes from the peer, as they came. P-DATA is indicated in stretches that are views of `bytes`, at most one for each PDV in them;
	 * an association that ended, or bytes before the connection, give nothing.
	 */
	receive(bytes: Uint8Array): Output[] {
		if (this.#state === 'Sta1' || this.#state === 'Sta4') return [];
		const outputs: Output[] = [];
		for (const decoded of this.#decoder.push(bytes)) outputs.push(...this.#received(decoded));
		return outputs;
	}

	/**
	 * A request or response primitive. An A-ABORT goes out with the source and reason given, of which a user's are 0 and 0.
	 * @throws {LocalMisuse} if Table 9-10 has no cell for it now, or if it cannot be encoded.
	 */
	request(pdu: Exclude<Pdu, PDataTf>): Output[] {
		this.#requireCell(pdu.type);
		const sending = send(pdu);
		if (pdu.type === 'A-ASSOCIATE-RQ') this.#associateRq = sending;
		return this.#happened(REQUESTED[pdu.type], { sending });
	}

	/**
	 * P-DATA request: `bytes` is one or more whole P-DATA-TF PDUs, laid out by the caller within the peer's maximum. They are handed on
	 * as they are.
	 * @throws {LocalMisuse} if Table 9-10 has no cell for it now.
	 */
	requestData(bytes: Uint8Array): Output[] {
		this.#requireCell('P-DATA-TF');
		return this.#happened('P-DATA request', { sending: { do: 'send', bytes } });
	}

	/** Whether Table 9-10 has a cell for this primitive of the user now. */
	mayRequest(type: Pdu['type']): boolean {
		if (this.#ended || (type === 'A-ASSOCIATE-RQ' && this.role === 'acceptor')) return false;
		return actionFor(REQUESTED[type], this.#state) !== null;
	}

	#requireCell(type: Pdu['type']): void {
		if (!this.mayRequest(type)) {
			throw new LocalMisuse(`${REQUESTED[type]} by the ${this.role} in ${this.#state}: no cell in PS3.8 Table 9-10`);
		}
	}

	#received(decoded: Decoded): readonly Output[] {
		if (decoded.type === 'invalid') return this.#happened('invalid PDU received', { fault: decoded.fault });
		if (decoded.type === 'P-DATA') return this.#happened('P-DATA-TF received', { indication: decoded });
		return this.#happened(`${decoded.type} received`, { indication: decoded });
	}

	#happened(event: UpperLayerEvent, given: Partial<Cause> = {}): Output[] {
		const action = this.#ended ? null : actionFor(event, this.#state);
		if (action === null) return [];
		const cause: Cause = {
			role: this.role,
			state: this.#state,
			indication: given.indication ?? CONNECTION_LOST,
			sending: given.sending ?? userAbort,
			fault: given.fault,
		};
		if (event !== 'A-ABORT request' && BLAMING.has(action)) this.#fault ??= faultOf(cause);
		const { next, outputs } = ACTIONS[action](cause);
		this.#state = next;
		this.#ended = next === 'Sta1';
		return outputs;
	}
}
