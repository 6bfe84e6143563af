/** Peers that no archive would admit to: what listens on a loopback port and answers as a test says. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { listen } from '../../src/association/acceptor.ts';
import type { ResponseMessage } from '../../src/association/exchange.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';

import { DicomError } from '../../src/errors.ts';
import { answerFind, type Search } from '../../src/services/query-scp.ts';
import type { AssociateRj } from '../../src/upper-layer/pdu/index.ts';
import { type AssociateAc, type AssociateRq, decodePdu, encodePdu } from '../../src/upper-layer/pdu/index.ts';

export interface OddPeer {
	readonly port: number;
	stop(): Promise<void>;
}

const opened = (server: Server): Promise<OddPeer> => {
	const sockets = new Set<Socket>();
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.on('error', () => {}); // how a client leaves is its own affair
		socket.once('close', () => sockets.delete(socket));
	});
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			resolve({
				port: typeof address === 'object' && address !== null ? address.port : 0,
				stop: () =>
					new Promise((stopped) => {
						server.close(() => stopped());
						for (const socket of sockets) socket.destroy();
					}),
			});
		});
	});
};

/** A TCP server that knows nothing of DICOM. */
export const tcpPeer = (called: (socket: Socket) => void): Promise<OddPeer> => opened(createServer(called));

/** A TLS server that never says a word inside. */
export const tlsPeer = ({ certificate, key }: { certificate: string; key: string }): Promise<OddPeer> => {
	const server = createTlsServer({ cert: certificate, key }, () => {});
	server.on('tlsClientError', () => {}); // it is the client that is tested
	return opened(server);
};

/** Speaks the upper layer by hand: accepts every context in its first transfer syntax, then does as it is told with the next PDUs. */
export const wirePeer = (
	act: (socket: Socket, pdu: Uint8Array) => void,
	accepted: (ac: AssociateAc, rq: AssociateRq) => AssociateAc = (ac) => ac,
): Promise<OddPeer> =>
	tcpPeer((socket) => {
		let kept = Buffer.alloc(0);
		socket.on('data', (bytes: Buffer) => {
			kept = Buffer.concat([kept, bytes]);
			while (kept.length >= 6 && kept.length >= 6 + kept.readUInt32BE(2)) {
				const whole = new Uint8Array(kept.subarray(0, 6 + kept.readUInt32BE(2)));
				kept = kept.subarray(whole.length);
				if (whole[0] !== 0x01) act(socket, whole);
				else {
					const rq = decodePdu(whole) as AssociateRq;
					socket.write(encodePdu(accepted(yes(rq), rq)));
				}
			}
		});
	});

const yes = (rq: AssociateRq): AssociateAc => ({
	...rq,
	type: 'A-ASSOCIATE-AC',
	presentationContexts: rq.presentationContexts.map(({ id, transferSyntaxes }) => ({
		id,
		result: 0,
		transferSyntax: transferSyntaxes[0] ?? '',
	})),
	userInformation: {
		maximumLength: 16_384,
		implementationClassUid: '1.2.3.4',
		implementationVersionName: 'ODD_PEER',
		roleSelections: [],
		extendedNegotiations: [],
		commonExtendedNegotiations: [],
	},
});

/** A peer of our own making, and what it saw of how its associations ended. */
export interface ServingPeer extends OddPeer {
	/** Errors of associations that did not end with a release. */
	readonly failures: readonly DicomError[];
}

export const servingPeer = async (
	serve: (request: IncomingRequest) => Promise<void>,
	supported: (abstractSyntax: string) => readonly string[] | undefined = () => ['*'],
): Promise<ServingPeer> => {
	const failures: DicomError[] = [];
	const listener = await listen({
		port: 0,
		address: '127.0.0.1',
		decide: () => ({ supported, serve }),
		failed: (error) => failures.push(error),
	});
	return { port: listener.port, failures, stop: () => listener.abort() };
};

export const rejectingPeer = async (reject: Pick<AssociateRj, 'result' | 'source' | 'reason'>): Promise<OddPeer> => {
	const listener = await listen({ port: 0, address: '127.0.0.1', decide: () => ({ reject }) });
	return { port: listener.port, stop: () => listener.abort() };
};

/** A response to any request, without a dataset. */
export const respond = (
	{ message, respond: send }: IncomingRequest,
	status: number,
	more: { readonly errorComment?: string; readonly offendingElements?: readonly string[] } = {},
): Promise<void> => {
	const { messageId, affectedSopClassUid } = message;
	return send({
		type: message.type.replace('RQ', 'RSP'),
		messageIdBeingRespondedTo: messageId,
		affectedSopClassUid,
		...(message.type === 'C-STORE-RQ' ? { affectedSopInstanceUid: message.affectedSopInstanceUid } : {}),
		hasDataset: false,
		status,
		...more,
	} as ResponseMessage);
};

/** Answers every request with this status, its dataset read and dropped. */
export const statusPeer = (
	status: number,
	more: { readonly errorComment?: string; readonly offendingElements?: readonly string[] } = {},
): Promise<ServingPeer> =>
	servingPeer(async (request) => {
		await request.dataset?.discard();
		await respond(request, status, more);
	});

/** An archive of one query. */
export const findPeer = (search: Search): Promise<ServingPeer> =>
	servingPeer((request) => {
		if (request.message.type !== 'C-FIND-RQ')
			throw new DicomError({ blame: 'protocol', message: 'C-FIND only', phase: 'established' });
		return answerFind({ ...request, message: request.message }, search);
	});
