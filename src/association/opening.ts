/** The way to a peer: its name, its addresses in turn, TCP, TLS; and whom it blames when there is none. */
import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { type CertificateFacts, DicomError, type Failure } from '../errors.ts';
import type { Clock } from './clock.ts';
import { connectTcp } from './tcp.ts';
import type { TlsSettings } from './tls.ts';
import type { Untimed } from './trace.ts';
import type { Endpoint, Transport } from './transport.ts';

export interface Opening {
	readonly host: string;
	readonly port: number;
	readonly tls: TlsSettings | undefined;
	/** 4 or 6 for addresses of that family only. */
	readonly family: 0 | 4 | 6;
	/** For everything together; 0 for ever. */
	readonly timeoutMs: number;
	readonly clock: Clock;
	readonly trace: (event: Untimed) => void;
	readonly signal: AbortSignal | undefined;
}

/**
 * Opens a transport. The addresses of a name are tried in turn, the time shared among them.
 *
 * @throws DicomError resolve, connect, tls, timeout, interrupted
 */
export const openTransport = async (opening: Opening): Promise<Transport> => {
	const { host, clock, timeoutMs } = opening;
	const startedAt = clock.now();
	const addresses = await resolved(opening);
	if (addresses[0] !== host) opening.trace({ event: 'resolved', host, addresses });
	let last = new DicomError({ blame: 'resolve', host, code: 'ENOTFOUND' });
	for (const [index, address] of addresses.entries()) {
		const left = timeoutMs - (clock.now() - startedAt);
		const attempt = limited(opening, timeoutMs === 0 ? 0 : Math.max(1, left / (addresses.length - index)));
		try {
			return await attempted(opening, address, attempt);
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			last = error;
			// Whoever has answered with TCP is the peer that was meant.
			if (opening.signal?.aborted === true || attempt.phase === 'tls') break;
		} finally {
			attempt.end();
		}
	}
	throw last;
};

const attempted = async (opening: Opening, address: string, attempt: Attempt): Promise<Transport> => {
	const { host, port, tls, clock, trace, timeoutMs } = opening;
	const startedAt = clock.now();
	const connected = (local: Endpoint, remote: Endpoint) =>
		trace({ event: 'connected', local, remote, afterMs: clock.now() - startedAt, role: 'requestor' });
	try {
		if (tls === undefined) {
			const transport = await connectTcp({ address, port }, attempt.signal);
			connected(transport.local, transport.remote);
			return transport;
		}
		const { connectSecured } = await import('./tls.ts');
		const { transport, secured } = await connectSecured(
			{ address, port },
			host,
			tls,
			attempt.signal,
			(local, remote) => {
				attempt.phase = 'tls';
				connected(local, remote);
			},
		);
		trace({ event: 'secured', ...secured });
		return transport;
	} catch (error) {
		const { phase } = attempt;
		const facts = { address, port, afterMs: clock.now() - startedAt };
		throw new DicomError(
			attempt.endedBy === 'signal'
				? { blame: 'interrupted' }
				: attempt.endedBy === 'time'
					? { blame: 'timeout', waitingFor: phase, timeoutMs }
					: phase === 'tls'
						? tlsFailure(error)
						: { blame: 'connect', code: codeOf(error), phase, ...facts },
			{ cause: error },
		);
	}
};

/** A resolver that does not answer keeps its own time (a minute, often); we keep ours. */
const resolved = (opening: Opening): Promise<readonly string[]> => {
	const { host, family, timeoutMs } = opening;
	if (isIP(host) > 0) return Promise.resolve([host]);
	return new Promise((resolve, reject) => {
		const attempt = limited(opening, timeoutMs);
		const fail = (failure: Failure) => {
			attempt.end();
			reject(new DicomError(failure));
		};
		const stopped = () =>
			fail(attempt.endedBy === 'signal' ? { blame: 'interrupted' } : { blame: 'resolve', host, code: 'ETIMEOUT' });
		attempt.signal.addEventListener('abort', stopped, { once: true });
		if (attempt.signal.aborted) stopped();
		lookup(host, { all: true, family }, (error, found) => {
			if (error !== null) fail({ blame: 'resolve', host, code: error.code ?? 'ENOTFOUND' });
			attempt.end();
			resolve(found?.map(({ address }) => address) ?? []);
		});
	});
};

interface Attempt {
	readonly signal: AbortSignal;
	readonly endedBy: 'signal' | 'time' | undefined;
	phase: 'connect' | 'tls';
	end(): void;
}

const limited = ({ signal: outer, clock }: Opening, ms: number): Attempt => {
	const controller = new AbortController();
	let endedBy: Attempt['endedBy'];
	const stop = (by: 'signal' | 'time') => {
		endedBy ??= by;
		controller.abort();
	};
	const interrupt = () => stop('signal');
	const cancel = ms === 0 ? () => {} : clock.after(ms, () => stop('time'));
	outer?.addEventListener('abort', interrupt, { once: true });
	if (outer?.aborted === true) interrupt();
	return {
		signal: controller.signal,
		get endedBy() {
			return endedBy;
		},
		phase: 'connect',
		end: () => {
			cancel();
			outer?.removeEventListener('abort', interrupt);
		},
	};
};

const tlsFailure = (error: unknown): Failure => {
	const { message, certificate } = error as Error & { certificate?: CertificateFacts };
	return { blame: 'tls', code: codeOf(error), message, ...(certificate === undefined ? {} : { certificate }) };
};

const codeOf = (error: unknown): string =>
	error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'ERROR';
