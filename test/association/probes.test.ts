import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { listenTo, reach } from '../../src/association/probes.ts';
import { freePort } from '../support/peers.ts';

/** A peer in a thread of its own that resets what it accepts, and counts it where a blocked thread can see. */
const RESETS = `
	const { createServer } = require('node:net');
	const { parentPort, workerData } = require('node:worker_threads');
	const server = createServer((socket) => {
		socket.on('close', () => { Atomics.add(workerData, 0, 1); Atomics.notify(workerData, 0); });
		socket.resetAndDestroy();
	});
	server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

t.test('a reset that is here before the news of the connect: the port opened all the same', async (t) => {
	const resets = new Int32Array(new SharedArrayBuffer(4));
	const worker = new Worker(RESETS, { eval: true, workerData: resets });
	t.teardown(() => worker.terminate());
	const [port]: number[] = await once(worker, 'message');
	const overtaken = <T>(probe: Promise<T>): Promise<T> => {
		const before = resets[0] ?? 0;
		// The connect begins in a tick of its own: after it this thread sees nothing until the reset is here.
		const block = () => t.not(Atomics.wait(resets, 0, before, 10_000), 'timed-out');
		process.nextTick(() => process.nextTick(block));
		return probe;
	};
	const reached = await overtaken(reach('127.0.0.1', port ?? 0, 10_000));
	t.match(reached, { isOpen: true, local: { address: '127.0.0.1', port: Number } });
	t.match(await overtaken(listenTo('127.0.0.1', port ?? 0, 1_000)), { kind: 'ended', code: 'ECONNRESET' });
});

t.test('a port that nobody has', async (t) => {
	const port = await freePort();
	t.match(await reach('127.0.0.1', port, 1_000), { isOpen: false, code: 'ECONNREFUSED' });
	t.match(await listenTo('127.0.0.1', port, 1_000), { kind: 'unreachable', code: 'ECONNREFUSED' });
});
