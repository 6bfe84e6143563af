/** Tables 9-6 to 9-9 of PS3.8: what each action of Table 9-10 does, and the state after it. */
import {
	ABORT_REASON,
	ABORT_SOURCE,
	type Abort,
	type AssociateAc,
	type AssociateRj,
	type AssociateRq,
	encodePdu,
	type PDataTf,
	type Pdu,
	type ReleaseRp,
	type ReleaseRq,
} from './pdu/index.ts';
import type { Fault, Fragment } from './pdu-decoder.ts';
import type { Action, State } from './transitions.ts';

/** Who asked for the transport connection. Told apart by the release collision (AR-8) only. */
export type Role = 'requestor' | 'acceptor';

/** What the upper layer tells its user: indications and confirmations of PS3.8 section 7, in the words of the PDUs that bring them. */
export type Indication =
	| AssociateRq
	| AssociateAc
	| AssociateRj
	| { readonly type: 'P-DATA'; readonly fragment: Fragment }
	| ReleaseRq
	| ReleaseRp
	/** The peer aborted: A-ABORT for source 0, A-P-ABORT for source 2. */
	| Abort
	/** A-P-ABORT by ourselves: the peer broke PS3.8, and an A-ABORT of source 2 tells it so (AA-8). */
	| ({ readonly type: 'provider-abort' } & Fault)
	/** A-P-ABORT because the connection was lost (AA-4). */
	| { readonly type: 'transport-closed' };

/** What the caller must do next, in this order. `startArtim` restarts a timer that runs already; `stopArtim` may find none. */
export type Output =
	| { readonly do: 'connect' }
	/** One or more whole PDUs. `pdu` is there but for P-DATA. */
	| { readonly do: 'send'; readonly bytes: Uint8Array; readonly pdu?: Exclude<Pdu, PDataTf> }
	| { readonly do: 'indicate'; readonly primitive: Indication }
	| { readonly do: 'startArtim' }
	| { readonly do: 'stopArtim' }
	| { readonly do: 'closeTransport' };

/** What an action knows of the event that brought it about. */
export interface Cause {
	readonly role: Role;
	readonly state: State;
	/** The primitive for what arrived; an event without a PDU is the loss of the connection. */
	readonly indication: Indication;
	/** What the user asked to send, or asked for while the transport was not there yet. Unasked, it is an A-ABORT by the service-user. */
	readonly sending: Output;
	/** What was wrong with the bytes; with a PDU that could be read, the wrong thing is its time. */
	readonly fault: Fault | undefined;
}

export interface Step {
	readonly next: State;
	readonly outputs: Output[];
}

const to = (next: State, ...outputs: Output[]): Step => ({ next, outputs });

const indicate = (primitive: Indication): Output => ({ do: 'indicate', primitive });

/** @throws {LocalMisuse} as `encodePdu` does. */
export const send = (pdu: Exclude<Pdu, PDataTf>): Output => ({ do: 'send', bytes: encodePdu(pdu), pdu });

const startArtim: Output = { do: 'startArtim' };
const stopArtim: Output = { do: 'stopArtim' };
const closeTransport: Output = { do: 'closeTransport' };

/** The A-ABORT of AA-1 where a peer that is no DICOM peer, or none yet, brought it about. */
export const userAbort: Output = send({ type: 'A-ABORT', source: ABORT_SOURCE.serviceUser, reason: 0 });

const providerAbort = ({ reason }: Fault): Output =>
	send({ type: 'A-ABORT', source: ABORT_SOURCE.serviceProvider, reason });

/** Rejected-permanent by the ACSE provider: protocol-version-not-supported (PS3.8 Table 9-21). */
const versionRefused = (): Output => send({ type: 'A-ASSOCIATE-RJ', result: 1, source: 2, reason: 2 });

/** Only bit 0 is tested (PS3.8 Table 9-11). */
const speaksVersion1 = (primitive: Indication): boolean =>
	primitive.type === 'A-ASSOCIATE-RQ' && (primitive.protocolVersion & 1) === 1;

/** Why a PDU that arrived is wrong here. */
export const faultOf = ({ fault, indication, state }: Cause): Fault =>
	fault ?? { reason: ABORT_REASON.unexpectedPdu, detail: `${nameOf(indication)} in ${state}` };

const nameOf = ({ type }: Indication): string => (type === 'P-DATA' ? 'P-DATA-TF' : type);

export const ACTIONS = {
	// Table 9-6, association establishment
	'AE-1': () => to('Sta4', { do: 'connect' }),
	'AE-2': ({ sending }) => to('Sta5', sending),
	'AE-3': ({ indication }) => to('Sta6', indicate(indication)),
	'AE-4': ({ indication }) => to('Sta1', indicate(indication), closeTransport),
	'AE-5': () => to('Sta2', startArtim),
	'AE-6': ({ indication }) =>
		speaksVersion1(indication)
			? to('Sta3', stopArtim, indicate(indication))
			: to('Sta13', stopArtim, versionRefused(), startArtim),
	'AE-7': ({ sending }) => to('Sta6', sending),
	'AE-8': ({ sending }) => to('Sta13', sending, startArtim),

	// Table 9-7, data transfer
	'DT-1': ({ sending }) => to('Sta6', sending),
	'DT-2': ({ indication }) => to('Sta6', indicate(indication)),

	// Table 9-8, association release
	'AR-1': ({ sending }) => to('Sta7', sending),
	'AR-2': ({ indication }) => to('Sta8', indicate(indication)),
	'AR-3': ({ indication }) => to('Sta1', indicate(indication), closeTransport),
	'AR-4': ({ sending }) => to('Sta13', sending, startArtim),
	'AR-5': () => to('Sta1', stopArtim),
	'AR-6': ({ indication }) => to('Sta7', indicate(indication)),
	'AR-7': ({ sending }) => to('Sta8', sending),
	'AR-8': ({ indication, role }) => to(role === 'requestor' ? 'Sta9' : 'Sta10', indicate(indication)),
	'AR-9': ({ sending }) => to('Sta11', sending),
	'AR-10': ({ indication }) => to('Sta12', indicate(indication)),

	// Table 9-9, association abort. A-ABORT and A-P-ABORT (AA-3) are told apart by the source in the primitive.
	'AA-1': ({ sending }) => to('Sta13', sending, startArtim),
	'AA-2': () => to('Sta1', stopArtim, closeTransport),
	'AA-3': ({ indication }) => to('Sta1', indicate(indication), closeTransport),
	'AA-4': ({ indication }) => to('Sta1', indicate(indication)),
	'AA-5': () => to('Sta1', stopArtim),
	'AA-6': () => to('Sta13'),
	'AA-7': (cause) => to('Sta13', providerAbort(faultOf(cause))),
	'AA-8': (cause) => {
		const fault = faultOf(cause);
		return to('Sta13', providerAbort(fault), indicate({ type: 'provider-abort', ...fault }), startArtim);
	},
} as const satisfies Record<Action, (cause: Cause) => Step>;
