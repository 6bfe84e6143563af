/** Looks at what is on the other end of a port without an association: for who asks why there is none. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TlsSettings } from './tls.ts';
import type { Endpoint } from './transport.ts';

/** What came of one TCP connect. `code` is Node's, or ETIMEDOUT where our own time ran out. Times in milliseconds. */
export type Reached =
	| { readonly isOpen: true; readonly ms: number; readonly local: Endpoint }
	| { readonly isOpen: false; readonly ms: number; readonly code: string };

/** Connects and closes again. */
export const reach = (address: string, port: number, timeoutMs: number): Promise<Reached> =>
	within(address, port, timeoutMs, (socket, done, startedAt) => {
		const { localAddress = '', localPort = 0 } = socket;
		done({ isOpen: true, ms: performance.now() - startedAt, local: { address: localAddress, port: localPort } });
	});

const within = <T>(
	address: string,
	port: number,
	timeoutMs: number,
	connected: (socket: Socket, done: (result: T) => void, startedAt: number) => void,
): Promise<T | { isOpen: false; ms: number; code: string }> =>
	new Promise((resolve) => {
		const startedAt = performance.now();
		const failed = (code: string) => done({ isOpen: false, ms: performance.now() - startedAt, code });
		const timer = setTimeout(() => failed('ETIMEDOUT'), timeoutMs);
		const socket = connect({ host: address, port });
		const done = (result: T | { isOpen: false; ms: number; code: string }) => {
			clearTimeout(timer);
			socket.destroy();
			resolve(result);
		};
		socket.once('connect', () => connected(socket, done, startedAt));
		socket.on('error', (error: Error & { code?: string }) => failed(error.code ?? 'ERROR'));
		socket.once('close', () => failed('CLOSED'));
	});

/** What is to be heard on a port. `code` is Node's, or CLOSED for an end without an error. */
export type Heard =
	| { readonly kind: 'bytes'; readonly bytes: Uint8Array }
	| { readonly kind: 'silence' }
	/** It took the connection and ended it, without a byte. */
	| { readonly kind: 'ended'; readonly code: string }
	| { readonly kind: 'unreachable'; readonly code: string };

/** The first bytes that come within the time, after `said` was sent where there is something to say. */
export const listenTo = async (address: string, port: number, waitMs: number, said = ''): Promise<Heard> => {
	const heard = await within<Heard>(address, port, waitMs + 10_000, (socket, done) => {
		const timer = setTimeout(() => ended({ kind: 'silence' }), waitMs);
		const ended = (how: Heard) => {
			clearTimeout(timer);
			done(how);
		};
		socket.removeAllListeners('error').removeAllListeners('close');
		socket.on('error', (error: Error & { code?: string }) => ended({ kind: 'ended', code: error.code ?? 'ERROR' }));
		socket.once('close', () => ended({ kind: 'ended', code: 'CLOSED' }));
		socket.once('data', (bytes: Buffer) => ended({ kind: 'bytes', bytes: Uint8Array.from(bytes.subarray(0, 512)) }));
		if (said !== '') socket.write(said);
	});
	return 'kind' in heard ? heard : { kind: 'unreachable', code: heard.code };
};

/** PEM texts. */
export type OwnCertificate = Pick<TlsSettings, 'certificate' | 'key' | 'passphrase'>;

/** What a TLS hello brought. Nothing is verified here: it only looks. */
export type TlsSeen =
	| {
			readonly speaksTls: true;
			readonly protocol: string;
			readonly cipher: string;
			readonly subject: string;
			readonly issuer: string;
			/** Empty, as what stands above it, where it hung up before it showed its certificate. */
			readonly validTo: string;
			/** It asked for a certificate of ours. */
			readonly wantsCertificate: boolean;
	  }
	| { readonly speaksTls: false; readonly code: string };

/** @param own our certificate, for who shows nothing to those without one */
export const tlsHello = (
	address: string,
	port: number,
	serverName: string,
	timeoutMs: number,
	own: OwnCertificate = {},
): Promise<TlsSeen> =>
	new Promise((resolve) => {
		const socket = connectTls({
			host: address,
			port,
			rejectUnauthorized: false,
			...(own.certificate === undefined ? {} : { cert: own.certificate }),
			...(own.key === undefined ? {} : { key: own.key }),
			...(own.passphrase === undefined ? {} : { passphrase: own.passphrase }),
			...(/^[\d.:]+$/.test(serverName) ? {} : { servername: serverName }),
		});
		let seen: TlsSeen | undefined;
		const done = (result: TlsSeen) => {
			clearTimeout(timer);
			socket.destroy();
			resolve(result);
		};
		const timer = setTimeout(() => done(seen ?? { speaksTls: false, code: 'ETIMEDOUT' }), timeoutMs);
		socket.once('secureConnect', () => {
			const { subject, issuer, valid_to: validTo } = socket.getPeerCertificate();
			seen = {
				speaksTls: true,
				protocol: socket.getProtocol() ?? '',
				cipher: socket.getCipher().name,
				subject: commonName(subject),
				issuer: commonName(issuer),
				validTo: validTo ?? '',
				wantsCertificate: false,
			};
			// With TLS 1.3 a certificate that is missed is told only on the first read.
			const found = seen;
			setTimeout(() => done(found), 150);
		});
		socket.on('error', (error: Error & { code?: string }) => {
			const code = error.code ?? 'ERROR';
			const isAboutUs = /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE/.test(code);
			if (seen?.speaksTls === true) done({ ...seen, wantsCertificate: isAboutUs });
			else if (isAboutUs)
				done({
					speaksTls: true,
					protocol: '',
					cipher: '',
					subject: '',
					issuer: '',
					validTo: '',
					wantsCertificate: true,
				});
			else done({ speaksTls: false, code });
		});
		socket.once('close', () => done(seen ?? { speaksTls: false, code: 'CLOSED' }));
	});

const commonName = (name: { readonly CN?: string | string[]; readonly O?: string | string[] } | undefined): string => {
	const text = name?.CN ?? name?.O ?? '';
	return typeof text === 'string' ? text : text.join(', ');
};
