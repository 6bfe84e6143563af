/** The transport over TCP and TLS sockets of Node. */
import { connect, type Socket } from 'node:net';
import type { Endpoint, Transport, TransportEvents } from './transport.ts';

/** One read takes at most so much; the buffer is used again for the next. */
const READ_BYTES = 262_144;
/** There may be thousands of these. */
const ACCEPTED_READ_BYTES = 131_072;
/** What Node reads at once, by itself. */
const BULK_READ_BYTES = 65_536;
/** Reads so long follow one another at a stretch, and so long they may. */
const STRETCH_BYTES = 16_384;
const STRETCH_MS = 10;

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
		let transport: SocketTransport | undefined;
		const socket = connect({
			host: endpoint.address,
			port: endpoint.port,
			noDelay: true,
			keepAlive: true,
			onread: {
				buffer: new Uint8Array(READ_BYTES),
				callback: (length: number, buffer: Uint8Array) => transport?.deliver(buffer.subarray(0, length)) ?? true,
			},
		});
		const settled = () => {
			signal.removeEventListener('abort', abort);
			socket.off('error', fail);
		};
		const fail = (error: Error) => {
			settled();
			socket.destroy();
			reject(error);
		};
		const abort = () => fail(abortError());
		signal.addEventListener('abort', abort, { once: true });
		socket.once('error', fail);
		socket.once('connect', () => {
			settled();
			transport = new SocketTransport(socket);
			resolve(transport);
		});
	});

export const abortError = (): Error => Object.assign(new Error('aborted'), { name: 'AbortError', code: 'ABORT_ERR' });

/** The transport over a socket that was accepted, in the turn of the event loop in which it was. */
export const acceptedTransport = (socket: Socket): Transport => {
	const transport = new SocketTransport(socket);
	// A buffer of its own costs each association its size: only those get one that send in bulk.
	const deliver = (bytes: Uint8Array) => {
		const goesOn = transport.deliver(bytes);
		if (!goesOn || bytes.length < BULK_READ_BYTES) return;
		const buffer = new Uint8Array(ACCEPTED_READ_BYTES);
		if (readInto(socket, buffer, (length) => transport.deliver(buffer.subarray(0, length))))
			socket.off('data', deliver);
	};
	socket.on('data', deliver);
	return transport;
};

/**
 * Has Node read into one buffer again and again, as `onread` does for sockets that connect; for accepted ones it has no option, so this
 * sets what that option would. A fifth of the time of receiving, and half the memory. Where Node is built otherwise, nothing is done.
 *
 * @returns whether it will
 */
const readInto = (socket: Socket, buffer: Uint8Array, callback: (length: number) => boolean): boolean => {
	const inside = socket as unknown as Record<symbol, unknown> & { readonly _handle?: unknown };
	const { _handle: handle } = inside;
	const symbols = Object.getOwnPropertySymbols(socket);
	const [kBuffer, kBufferCb] = ['kBuffer', 'kBufferCb'].map((name) =>
		symbols.find(({ description }) => description === name),
	);
	if (kBuffer === undefined || kBufferCb === undefined || inside[kBuffer] !== null) return false;
	if (typeof handle !== 'object' || handle === null || !('useUserBuffer' in handle)) return false;
	const { useUserBuffer: readsInto } = handle;
	if (typeof readsInto !== 'function') return false;
	readsInto.call(handle, buffer);
	inside[kBuffer] = buffer;
	inside[kBufferCb] = callback;
	return true;
};

/** The transport over a TLS socket that is open. */
export const socketTransport = (socket: Socket): Transport => {
	const transport = new SocketTransport(socket);
	socket.on('data', (bytes: Uint8Array) => transport.deliver(bytes));
	return transport;
};

export const localEnd = ({ localAddress, localPort }: Socket): Endpoint => ({
	address: localAddress ?? '',
	port: localPort ?? 0,
});

export const remoteEnd = ({ remoteAddress, remotePort }: Socket): Endpoint => ({
	address: remoteAddress ?? '',
	port: remotePort ?? 0,
});

class SocketTransport implements Transport {
	readonly local: Endpoint;
	readonly remote: Endpoint;
	readonly #socket: Socket;
	#events: TransportEvents | undefined;
	#isDelivering = false;
	#stretchBeganAt: number | undefined;
	#isOver = false;
	#isDestroyed = false;
	#error: (Error & { code?: string }) | undefined;
	#drain: PromiseWithResolvers<void> | undefined;

	/** The socket is paused from here on until `start`. */
	constructor(socket: Socket) {
		this.#socket = socket;
		this.local = localEnd(socket);
		this.remote = remoteEnd(socket);
		socket.pause();
		socket.on('error', (error: Error & { code?: string }) => {
			this.#error ??= error;
		});
		// A reset shows as an error and a close; an orderly end as an end, with the close long after.
		socket.on('end', () => this.#over());
		socket.on('close', () => {
			this.#settleDrain();
			this.#over();
		});
		socket.on('drain', () => this.#settleDrain());
	}

	start(events: TransportEvents): void {
		this.#events = events;
		this.#goOn();
	}

	/** @returns whether the socket may go on reading (what `onread` asks of its callback). */
	deliver(bytes: Uint8Array): boolean {
		const held = this.#events?.received(bytes) ?? this.#breath(bytes.length);
		if (held === undefined) return true;
		this.#isDelivering = true;
		// Of both kinds of reading this stops the next chunk, and with `onread` the reuse of the buffer.
		this.#socket.pause();
		void held.then(() => {
			this.#isDelivering = false;
			this.#goOn();
		});
		return false;
	}

	/** While there is more to read libuv reads 32 times at a stretch: timers, keys and other associations would wait for all that is made of it. */
	#breath(length: number): Promise<void> | undefined {
		if (length < STRETCH_BYTES) return undefined;
		const now = performance.now();
		if (this.#stretchBeganAt === undefined) {
			this.#stretchBeganAt = now;
			setImmediate(() => {
				this.#stretchBeganAt = undefined;
			});
		}
		return now - this.#stretchBeganAt < STRETCH_MS ? undefined : new Promise((resolve) => setImmediate(resolve));
	}

	write(bytes: Uint8Array, written?: () => void): boolean {
		if (this.#socket.destroyed || this.#socket.writableEnded) {
			written?.();
			return true;
		}
		return this.#socket.write(bytes, () => written?.());
	}

	drained(): Promise<void> {
		if (this.#socket.destroyed || !this.#socket.writableNeedDrain) return Promise.resolve();
		this.#drain ??= Promise.withResolvers<void>();
		return this.#drain.promise;
	}

	close(): void {
		this.#socket.end();
	}

	destroy(): void {
		this.#isDestroyed = true;
		this.#socket.destroy();
	}

	#goOn(): void {
		if (this.#isOver) this.#tellClosed();
		else this.#socket.resume();
	}

	#over(): void {
		this.#isOver = true;
		// What is being delivered comes first, unless it was us who ended it: then nobody waits for a sink any more.
		if (!this.#isDelivering || this.#isDestroyed) this.#tellClosed();
	}

	#settleDrain(): void {
		this.#drain?.resolve();
		this.#drain = undefined;
	}

	#tellClosed(): void {
		const events = this.#events;
		this.#events = undefined;
		events?.closed(this.#error === undefined ? undefined : (this.#error.code ?? 'ERROR'), this.#error?.message);
		this.#socket.resume(); // a socket that nobody reads does not close
	}
}
