/** TLS under an association: PS3.15 B.12, the BCP 195 TLS profile, over `node:tls`. Loaded only where TLS is asked for. */
import { connect as connectTls, createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import type { CertificateFacts } from '../errors.ts';
import { socketTransport } from './tcp.ts';
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
	connected: () => void,
): Promise<{ transport: Transport; secured: Secured }> =>
	new Promise((resolve, reject) => {
		const name = settings.serverName ?? host;
		const socket = connectTls({
			...shared(settings),
			host: endpoint.address,
			port: endpoint.port,
			...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
			rejectUnauthorized: settings.isInsecure !== true,
			...(settings.isInsecure === true ? { checkServerIdentity: () => undefined } : {}),
		});
		socket.setNoDelay(true);
		socket.setKeepAlive(true);
		const fail = (error: TlsError) => {
			signal.removeEventListener('abort', abort);
			const certificate = certificateOf(socket);
			socket.destroy();
			reject(certificate === undefined ? error : Object.assign(error, { certificate }));
		};
		const abort = () => fail(Object.assign(new Error('aborted'), { name: 'AbortError', code: 'ABORT_ERR' }));
		signal.addEventListener('abort', abort, { once: true });
		socket.once('connect', connected);
		socket.once('error', fail);
		socket.once('end', () => fail(Object.assign(new Error('closed during the TLS handshake'), { code: 'ECONNRESET' })));
		socket.once('secureConnect', () => {
			signal.removeEventListener('abort', abort);
			socket.off('error', fail);
			socket.removeAllListeners('end');
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

/** A listening socket that speaks TLS; with a CA, clients must have a certificate of it. */
export const secureServer = (
	settings: TlsSettings,
	options: TlsOptions,
	accepted: (socket: TLSSocket) => void,
): Server =>
	createServer(
		{
			...shared(settings),
			...options,
			...(settings.ca === undefined ? {} : { requestCert: true, rejectUnauthorized: true }),
		},
		accepted,
	);

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
