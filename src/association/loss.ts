/** What a connection that was lost, or bytes that break PS3.8, say of the peer: the end of an association as a Failure. */
import type { Failure, Phase } from '../errors.ts';
import type { Fault, Role } from '../upper-layer/upper-layer.ts';
import type { Endpoint } from './transport.ts';

/** What is known of an association when it ends. */
export interface Circumstances {
	readonly role: Role;
	readonly phase: Phase;
	readonly remote: Endpoint;
	readonly hasReceived: boolean;
	readonly afterMessage: string | undefined;
	/** Since the last byte of the peer. */
	readonly idleMs: number;
	/** Since the A-ASSOCIATE-RQ. */
	readonly afterMs: number;
}

/** The peer broke PS3.8. `15 03` is a TLS alert: the other end speaks TLS, and did not understand us. */
export const protocolFailure = ({ detail, firstBytes }: Omit<Fault, 'reason'>, phase: Phase): Failure =>
	phase === 'associate' && firstBytes?.[0] === 0x15 && firstBytes[1] === 0x03
		? { blame: 'tls', code: 'PEER_SPEAKS_TLS', message: 'the peer answered with a TLS alert' }
		: { blame: 'protocol', message: detail, phase, ...(firstBytes === undefined ? {} : { firstBytes }) };

/** The peer ended an association that stood, or was about to stand. */
export const abortedFailure = (
	how: { readonly source: number; readonly reason: number } | { readonly code: string },
	{ phase, idleMs, afterMessage }: Circumstances,
): Failure => ({
	blame: 'aborted',
	phase,
	...how,
	idleMs,
	...(afterMessage === undefined ? {} : { afterMessage }),
});

/**
 * The connection is gone and nobody had released it.
 *
 * @param code Node's; none for an orderly end
 */
export const lossFailure = (
	code: string | undefined,
	message: string | undefined,
	circumstances: Circumstances,
): Failure => {
	const { role, phase, remote, hasReceived, afterMs } = circumstances;
	// In TLS 1.3 a client certificate is refused after the handshake, as far as the client can tell.
	if (code?.startsWith('ERR_SSL') === true || code?.startsWith('ERR_TLS') === true)
		return { blame: 'tls', code, message: message ?? code };
	if (phase === 'associate' && role === 'requestor' && !hasReceived)
		return { blame: 'connect', code: code ?? 'CLOSED', phase, ...remote, afterMs };
	return abortedFailure({ code: code ?? 'CLOSED' }, circumstances);
};
