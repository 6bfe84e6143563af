/** What an association lets be seen of itself: one union of events, recorded above TLS. Sinks format, the association does not. */
import type { Message } from '../dimse/messages.ts';
import type { Failure, Phase } from '../errors.ts';

/** `at`: milliseconds on the monotonic clock of the process. `association`: a number, unique in the process. */
export type TraceEvent = { readonly at: number; readonly association: number } & (
	| { readonly event: 'resolved'; readonly host: string; readonly addresses: readonly string[] }
	| {
			readonly event: 'connected';
			readonly local: { readonly address: string; readonly port: number };
			readonly remote: { readonly address: string; readonly port: number };
			readonly afterMs: number;
			readonly role: 'requestor' | 'acceptor';
	  }
	| { readonly event: 'secured'; readonly protocol: string; readonly cipher: string; readonly subject?: string }
	/**
	 * One whole PDU as it went over the wire, header included. `bytes` is a copy; P-DATA-TF beyond the recorder's limit is cut, and `length`
	 * (PDU length field + 6) then says how long it was.
	 */
	| {
			readonly event: 'pdu';
			readonly direction: 'sent' | 'received';
			readonly bytes: Uint8Array;
			readonly length: number;
	  }
	/** A command set was sent or has arrived. `identifier` is there with a C-FIND, C-GET or C-MOVE dataset, encoded in `transferSyntax`. */
	| {
			readonly event: 'message';
			readonly direction: 'sent' | 'received';
			readonly contextId: number;
			readonly abstractSyntax: string;
			readonly transferSyntax: string;
			readonly message: Message;
			readonly identifier?: Uint8Array;
	  }
	| { readonly event: 'timer'; readonly timer: string; readonly action: 'expired'; readonly timeoutMs: number }
	| { readonly event: 'closed'; readonly phase: Phase; readonly failure?: Failure }
);

/** An event before it is told when it was, and of which association. */
export type Untimed = TraceEvent extends infer E
	? E extends TraceEvent
		? Omit<E, 'at' | 'association'>
		: never
	: never;

/** Where trace events go; called in the order things happened, never awaited. */
export type TraceSink = (event: TraceEvent) => void;
