/** TLS under an association: PS3.15 B.12, the BCP 195 TLS profile, over `node:tls`. Loaded only where TLS is asked for. */
import { isIP } from 'node:net';
import { checkServerIdentity, connect as connectTls, createServer, type Server, type TLSSocket } from 'node:tls';
import { type CertificateFacts, DicomError } from '../errors.ts';
import { abortError, localEnd, remoteEnd, socketTransport } from './tcp.ts';
import type { Endpoint, Transport } from './transport.ts';

/** PEM texts, not paths: whoever reads the files says which one cannot be read. */
export interface TlsSettings {
	readonly ca?: string | undefined;
	readonly certificate?: string | undefined;
	readonly key?: string | undefined;
	readonly passphrase?: string | undefined;
	/** The name the certificate must have; by default the host that was asked for. */
	readonly serverName?: string | undefined;
	readonly minimumVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
	/** Takes any certificate, of anybody. */
	readonly isInsecure?: boolean | undefined;
}

/** RFC 9325 (BCP 195) 4.2 for TLS 1.2, and all of TLS 1.3. */
const SUITES = [
	'TLS_AES_256_GCM_SHA384',
	'TLS_AES_128_GCM_SHA256',
	'TLS_CHACHA20_POLY1305_SHA256',
	'ECDHE-ECDSA-AES256-GCM-SHA384',
	'ECDHE-RSA-AES256-GCM-SHA384',
	'ECDHE-ECDSA-AES128-GCM-SHA256',
	'ECDHE-RSA-AES128-GCM-SHA256',
	'ECDHE-ECDSA-CHACHA20-POLY1305',
	'ECDHE-RSA-CHACHA20-POLY1305',
	'DHE-RSA-AES256-GCM-SHA384',
	'DHE-RSA-AES128-GCM-SHA256',
].join(':');

/** What was agreed, for the trace. */
export interface Secured {
	readonly protocol: string;
	readonly cipher: string;
	readonly subject?: string;
}

/** An error of the handshake, with the certificate that was not liked where there was one. */
export type TlsError = Error & { code?: string; certificate?: CertificateFacts };

const shared = (settings: TlsSettings) => ({
	minVersion: settings.minimumVersion ?? ('TLSv1.2' as const),
	ciphers: SUITES,
	...(settings.ca === undefined ? {} : { ca: settings.ca }),
	...(settings.certificate === undefined ? {} : { cert: settings.certificate }),
	...(settings.key === undefined ? {} : { key: settings.key }),
	...(settings.passphrase === undefined ? {} : { passphrase: settings.passphrase }),
});

/**
 * Opens TCP and TLS. The certificate must be valid for the name, unless the settings say otherwise.
 *
 * @param connected called when TCP is up, before the handshake
 * @throws TlsError
 */
export const connectSecured = (
	endpoint: Endpoint,
	host: string,
	settings: TlsSettings,
	signal: AbortSignal,
	connected: (local: Endpoint, remote: Endpoint) => void,
): Promise<{ transport: Transport; secured: Secured }> =>
	new Promise((resolve, reject) => {
		if (signal.aborted) {
			reject(abortError());
			return;
		}
		const name = settings.serverName ?? host;
		const socket = connectTls({
			...shared(settings),
			host: endpoint.address,
			port: endpoint.port,
			...(isIP(name) > 0 ? {} : { servername: name }),
			rejectUnauthorized: settings.isInsecure !== true,
			checkServerIdentity: (_, certificate) =>
				settings.isInsecure === true ? undefined : checkServerIdentity(name, certificate),
		});
		socket.setNoDelay(true);
		socket.setKeepAlive(true);
		const settled = () => {
			signal.removeEventListener('abort', abort);
			socket.off('error', fail);
			socket.off('end', ended);
		};
		const fail = (error: TlsError) => {
			settled();
			socket.on('error', () => {}); // a second one of the same handshake
			socket.destroy();
			reject(certificate === undefined ? error : Object.assign(error, { certificate }));
		};
		const abort = () => fail(abortError());
		const ended = () => fail(Object.assign(new Error('closed during the TLS handshake'), { code: 'ECONNRESET' }));
		signal.addEventListener('abort', abort, { once: true });
		// Node looks at the certificate next, and has forgotten it by the time it tells what it did not like.
		let certificate: CertificateFacts | undefined;
		socket.prependOnceListener('secure', () => {
			certificate = certificateOf(socket);
		});
		socket.once('connect', () => connected(localEnd(socket), remoteEnd(socket)));
		socket.on('error', fail);
		socket.on('end', ended);
		socket.once('secureConnect', () => {
			settled();
			resolve({ transport: socketTransport(socket), secured: securedBy(socket) });
		});
	});

export const securedBy = (socket: TLSSocket): Secured => {
	const subject = certificateOf(socket)?.subject;
	return {
		protocol: socket.getProtocol() ?? '',
		cipher: socket.getCipher()?.name ?? '',
		...(subject === undefined ? {} : { subject }),
	};
};

/** A client has so long for its handshake. */
const HANDSHAKE_MS = 10_000;

/**
 * A listening socket that speaks TLS; with a CA, clients must have a certificate of it.
 *
 * @param failed told of every handshake that came to nothing
 */
export const secureServer = (
	settings: TlsSettings,
	accepted: (socket: TLSSocket) => void,
	failed?: (error: DicomError, from: Endpoint) => void,
): Server => {
	const mustHaveCertificate = settings.ca !== undefined;
	const server = createServer(
		{
			...shared(settings),
			handshakeTimeout: HANDSHAKE_MS,
			...(mustHaveCertificate ? { requestCert: true, rejectUnauthorized: true } : {}),
		},
		accepted,
	);
	server.on('tlsClientError', (error: TlsError, socket) => {
		const { code = 'ERROR', message } = error;
		failed?.(new DicomError({ blame: 'tls', code, message }, { cause: error }), remoteEnd(socket));
		socket.destroy();
	});
	return server;
};

const certificateOf = (socket: TLSSocket): CertificateFacts | undefined => {
	const peer = socket.getPeerCertificate();
	if (peer?.subject === undefined) return undefined;
	return {
		subject: nameOf(peer.subject),
		issuer: nameOf(peer.issuer),
		validFrom: peer.valid_from,
		validTo: peer.valid_to,
		names: peer.subjectaltname ?? '',
	};
};

const nameOf = (name: object): string =>
	Object.entries(name)
		.map(([type, value]) => `${type}=${String(value)}`)
		.join(', ');
