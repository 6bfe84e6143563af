/** The transport over TCP and TLS sockets of Node. */
import { connect, type Socket } from 'node:net';
import type { Endpoint, Transport, TransportEvents } from './transport.ts';

/** One read takes at most so much; the buffer is used again for the next. */
const READ_BYTES = 262_144;

/** What `connectTcp` settles with. */
export interface OpenSocket {
	readonly socket: Socket;
	readonly transport: Transport;
}

/**
 * Opens a TCP connection for a requestor. Reads go into one buffer that is used again and again (`onread`), which the association allows:
 * it waits for the sink of the bytes it was given before it asks for more.
 *
 * @throws the socket's own error (`code`), or an `AbortError` when the signal ends it
 */
export const connectTcp = (endpoint: Endpoint, signal: AbortSignal): Promise<Transport> =>
	new Promise((resolve, reject) => {
		if (signal.aborted) {
			reject(abortError());
			return;
		}
		const reading: { events?: TransportEvents; held?: Promise<void>; chunk?: (bytes: Uint8Array) => boolean } = {};
		const socket = connect({
			host: endpoint.address,
			port: endpoint.port,
			noDelay: true,
			keepAlive: true,
			onread: {
				buffer: new Uint8Array(READ_BYTES),
				callback: (length: number, buffer: Uint8Array) => reading.chunk?.(buffer.subarray(0, length)) ?? true,
			},
		});
		const abort = () => {
			socket.destroy();
			reject(abortError());
		};
		signal.addEventListener('abort', abort, { once: true });
		socket.once('error', reject);
		socket.once('connect', () => {
			signal.removeEventListener('abort', abort);
			socket.off('error', reject);
			const transport = new SocketTransport(socket);
			reading.chunk = (bytes) => transport.deliver(bytes);
			resolve(transport);
		});
	});

const abortError = (): Error => Object.assign(new Error('aborted'), { name: 'AbortError', code: 'ABORT_ERR' });

/** The transport over a socket that is already open: an accepted one, or a TLS one. */
export const socketTransport = (socket: Socket): Transport => {
	const transport = new SocketTransport(socket);
	socket.on('data', (bytes: Uint8Array) => transport.deliver(bytes));
	return transport;
};

class SocketTransport implements Transport {
	readonly local: Endpoint;
	readonly remote: Endpoint;
	readonly #socket: Socket;
	#events: TransportEvents | undefined;
	#isDelivering = false;
	#isClosed = false;
	#isEnded = false;
	#error: (Error & { code?: string }) | undefined;
	#drain: { promise: Promise<void>; resolve: () => void } | undefined;

	constructor(socket: Socket) {
		this.#socket = socket;
		this.local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
		this.remote = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
		socket.pause();
		socket.on('error', (error: Error & { code?: string }) => {
			this.#error ??= error;
		});
		socket.on('end', () => {
			this.#isEnded = true;
			this.#tellClosed();
		});
		socket.on('close', () => {
			this.#isClosed = true;
			this.#settleDrain();
			this.#tellClosed();
		});
		socket.on('drain', () => this.#settleDrain());
	}

	start(events: TransportEvents): void {
		this.#events = events;
		if (this.#isClosed || this.#isEnded) this.#tellClosed();
		else this.#socket.resume();
	}

	/** @returns whether the socket may go on reading (what `onread` asks of its callback). */
	deliver(bytes: Uint8Array): boolean {
		const held = this.#events?.received(bytes);
		if (held === undefined) return true;
		this.#isDelivering = true;
		this.#socket.pause();
		const go = () => {
			this.#isDelivering = false;
			if (this.#isClosed || this.#isEnded) this.#tellClosed();
			else this.#socket.resume();
		};
		held.then(go, go);
		return false;
	}

	write(bytes: Uint8Array, written?: () => void): boolean {
		if (this.#socket.destroyed || this.#socket.writableEnded) {
			written?.();
			return true;
		}
		return this.#socket.write(bytes, () => written?.());
	}

	drained(): Promise<void> {
		if (this.#isClosed || !this.#socket.writableNeedDrain) return Promise.resolve();
		if (this.#drain === undefined) {
			const { promise, resolve } = Promise.withResolvers<void>();
			this.#drain = { promise, resolve };
		}
		return this.#drain.promise;
	}

	close(): void {
		this.#socket.end();
	}

	destroy(): void {
		this.#socket.destroy();
	}

	#settleDrain(): void {
		this.#drain?.resolve();
		this.#drain = undefined;
	}

	#tellClosed(): void {
		const events = this.#events;
		if (events === undefined || this.#isDelivering) return;
		// A reset shows as an error and a close; an orderly end as an end, with the close long after.
		if (!this.#isClosed && !this.#isEnded) return;
		this.#events = undefined;
		events.closed(this.#error?.code ?? (this.#error === undefined ? undefined : 'ERROR'), this.#error?.message);
		this.#socket.resume();
	}
}
