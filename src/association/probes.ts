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
export const reach = async (address: string, port: number, timeoutMs: number): Promise<Reached> => {
	const { code, ms, local } = await within(address, port, timeoutMs, (_, done) => done(true));
	return code === undefined || hasOpened(code) ? { isOpen: true, ms, local } : { isOpen: false, ms, code };
};

/** The port opened, and the reset was here before the news of it: one that does not open says ECONNREFUSED. */
const hasOpened = (code: string): boolean => code === 'ECONNRESET';

interface Attempt<T> {
	/** Where it connected; else there is a `code`. */
	readonly result?: T;
	readonly code?: string;
	readonly ms: number;
	readonly local: Endpoint;
}

const within = <T>(
	address: string,
	port: number,
	timeoutMs: number,
	connected: (socket: Socket, done: (result: T) => void) => void,
): Promise<Attempt<T>> =>
	new Promise((resolve) => {
		const startedAt = performance.now();
		let local: Endpoint = { address: '', port: 0 };
		const ended = (how: { readonly result: T } | { readonly code: string }) => {
			clearTimeout(timer);
			socket.destroy();
			resolve({ ...how, ms: performance.now() - startedAt, local });
		};
		const timer = setTimeout(() => ended({ code: 'ETIMEDOUT' }), timeoutMs);
		const socket = connect({ host: address, port });
		const noteLocal = () => {
			local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
		};
		socket.once('connectionAttemptFailed', noteLocal);
		socket.once('connect', () => {
			noteLocal();
			connected(socket, (result) => ended({ result }));
		});
		socket.on('error', (error: Error & { code?: string }) => ended({ code: error.code ?? 'ERROR' }));
		socket.once('close', () => ended({ code: 'CLOSED' }));
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
	const { result, code = '' } = await within<Heard>(address, port, waitMs + 10_000, (socket, done) => {
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
	return result ?? { kind: hasOpened(code) ? 'ended' : 'unreachable', code };
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
