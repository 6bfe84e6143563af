/** A peer over a loopback socket that does byte by byte what a test says, and knows when its callers have gone. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Test } from 'tap';
import { encodeCommand } from '../../src/dimse/command-set.ts';
import { fragmentMessage } from '../../src/dimse/fragmenter.ts';
import type { Message } from '../../src/dimse/messages.ts';
import { type AssociateAc, type AssociateRq, decodePdu, encodePdu, type Pdu } from '../../src/upper-layer/pdu/index.ts';

export interface RawPeer {
	readonly port: number;
	/** Settles when every caller's socket is closed. */
	gone(): Promise<void>;
}

export const serverPeer = async (t: Test, server: Server): Promise<RawPeer> => {
	const sockets = new Map<Socket, Promise<void>>();
	server.on('connection', (socket: Socket) => {
		socket.on('error', () => {});
		sockets.set(socket, new Promise((resolve) => socket.once('close', () => resolve())));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => {
		server.close();
		for (const socket of sockets.keys()) socket.destroy();
	});
	const address = server.address();
	return {
		port: typeof address === 'object' && address !== null ? address.port : 0,
		gone: async () => {
			for (const socket of sockets.keys()) socket.resume();
			await Promise.all(sockets.values());
		},
	};
};

export const rawPeer = (t: Test, called: (socket: Socket) => void): Promise<RawPeer> =>
	serverPeer(t, createServer(called));

/** Calls `heard` with every whole PDU. */
export const hear = (socket: Socket, heard: (pdu: Pdu, bytes: Uint8Array) => void): void => {
	let kept = Buffer.alloc(0);
	socket.on('data', (bytes: Buffer) => {
		kept = Buffer.concat([kept, bytes]);
		while (kept.length >= 6 && kept.length >= 6 + kept.readUInt32BE(2)) {
			const whole = new Uint8Array(kept.subarray(0, 6 + kept.readUInt32BE(2)));
			kept = kept.subarray(whole.length);
			heard(decodePdu(whole), whole);
		}
	});
};

/** Accepts what is proposed in its first transfer syntax, then does as it is told with every further PDU. */
export const dicomPeer = (
	t: Test,
	act: (socket: Socket, pdu: Pdu, messages: number) => void,
	answer: (ac: AssociateAc) => AssociateAc = (ac) => ac,
): Promise<RawPeer> =>
	rawPeer(t, (socket) => {
		let messages = 0;
		hear(socket, (pdu) => {
			if (pdu.type === 'A-ASSOCIATE-RQ') socket.write(encodePdu(answer(accepting(pdu))));
			else act(socket, pdu, pdu.type === 'P-DATA-TF' ? ++messages : messages);
		});
	});

export const accepting = (rq: AssociateRq, maximumLength = 16_384): AssociateAc => ({
	...rq,
	type: 'A-ASSOCIATE-AC',
	presentationContexts: rq.presentationContexts.map(({ id, transferSyntaxes }) => ({
		id,
		result: 0,
		transferSyntax: transferSyntaxes[0] ?? '',
	})),
	userInformation: {
		maximumLength,
		implementationClassUid: '1.2.3',
		roleSelections: [],
		extendedNegotiations: [],
		commonExtendedNegotiations: [],
	},
});

export const message = (contextId: number, command: Message, dataset?: Uint8Array): Uint8Array =>
	fragmentMessage(contextId, encodeCommand(command), dataset, 16_384);

export const echoRsp = (messageId: number, contextId = 1): Uint8Array =>
	message(contextId, {
		type: 'C-ECHO-RSP',
		messageIdBeingRespondedTo: messageId,
		affectedSopClassUid: '1.2.840.10008.1.1',
		hasDataset: false,
		status: 0,
	});
