/** The fastest sender we can make, a process of its own: every C-STORE-RQ laid out before the clock starts, one write each. */
import { globSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { readFileMeta } from '../src/dicom/part10.ts';
import { decodeCommand, encodeCommand } from '../src/dimse/command-set.ts';
import { fragmentMessage } from '../src/dimse/fragmenter.ts';
import { type AssociateAc, decodePdu, encodePdu, type Pdu } from '../src/upper-layer/pdu/index.ts';

const [port = '', folder = '', count = '1'] = process.argv.slice(2);
const associations = Number(count);

interface Instance {
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	readonly transferSyntaxUid: string;
	readonly dataset: Uint8Array;
}

const read = (path: string): Instance => {
	const bytes = readFileSync(path);
	const meta = readFileMeta(bytes);
	if (meta.kind !== 'part10') throw new Error(`${path} is no DICOM file`);
	return {
		sopClassUid: meta.mediaStorageSopClassUid,
		sopInstanceUid: meta.mediaStorageSopInstanceUid,
		transferSyntaxUid: meta.transferSyntaxUid,
		dataset: bytes.subarray(meta.datasetOffset),
	};
};

/** Answers in the order of the requests: the whole PDUs that have come, `P-DATA-TF`s each of one response. */
class Caller {
	readonly socket: Socket;
	#kept: Uint8Array = new Uint8Array();
	#heard: ((pdu: Uint8Array) => void) | undefined;

	constructor() {
		this.socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
		this.socket.on('error', (error) => {
			throw error;
		});
		this.socket.on('data', (chunk: Uint8Array) => {
			const bytes = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk]);
			const length =
				bytes.length < 6 ? Number.POSITIVE_INFINITY : 6 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(2);
			this.#kept = bytes.length >= length ? bytes.subarray(length) : bytes;
			if (bytes.length >= length) this.#heard?.(bytes.subarray(0, length));
		});
	}

	ask(bytes: Uint8Array): Promise<Uint8Array> {
		return new Promise((resolve) => {
			this.#heard = resolve;
			this.socket.write(bytes);
		});
	}
}

const associated = async (
	instances: readonly Instance[],
): Promise<{ caller: Caller; messages: readonly Uint8Array[] }> => {
	const caller = new Caller();
	const kinds = [
		...new Set(instances.map(({ sopClassUid, transferSyntaxUid }) => `${sopClassUid} ${transferSyntaxUid}`)),
	];
	const answer: Pdu = decodePdu(
		await caller.ask(
			encodePdu({
				type: 'A-ASSOCIATE-RQ',
				protocolVersion: 1,
				calledAeTitle: process.argv[5] ?? 'BENCH',
				callingAeTitle: 'SENDER',
				applicationContextName: '1.2.840.10008.3.1.1.1',
				presentationContexts: kinds.map((kind, index) => {
					const [abstractSyntax = '', transferSyntax = ''] = kind.split(' ');
					return { id: 2 * index + 1, abstractSyntax, transferSyntaxes: [transferSyntax] };
				}),
				userInformation: {
					maximumLength: 131_072,
					implementationClassUid: '1.2.3',
					roleSelections: [],
					extendedNegotiations: [],
					commonExtendedNegotiations: [],
				},
			}),
		),
	);
	if (answer.type !== 'A-ASSOCIATE-AC') throw new Error(`the association was answered with ${answer.type}`);
	return { caller, messages: instances.map((one, index) => message(one, index, kinds, answer)) };
};

const message = (one: Instance, index: number, kinds: readonly string[], ac: AssociateAc): Uint8Array =>
	fragmentMessage(
		2 * kinds.indexOf(`${one.sopClassUid} ${one.transferSyntaxUid}`) + 1,
		encodeCommand({
			type: 'C-STORE-RQ',
			messageId: 1 + (index % 65_535),
			affectedSopClassUid: one.sopClassUid,
			affectedSopInstanceUid: one.sopInstanceUid,
			priority: 0,
			hasDataset: true,
		}),
		one.dataset,
		ac.userInformation.maximumLength ?? 0,
	);

/** The response is one PDV of one PDU: short ones are. */
const statusOf = (pdu: Uint8Array): number => {
	const response = decodeCommand(pdu.subarray(12));
	return 'status' in response ? response.status : -1;
};

const all = globSync(`${folder}/*.dcm`).sort().map(read);
const callers = await Promise.all(
	Array.from({ length: associations }, (_, part) =>
		associated(all.filter((_, index) => index % associations === part)),
	),
);
let refused = 0;
const startedAt = performance.now();
await Promise.all(
	callers.map(async ({ caller, messages }) => {
		for (const one of messages) if (statusOf(await caller.ask(one)) !== 0) refused++;
	}),
);
const ms = performance.now() - startedAt;
await Promise.all(
	callers.map(async ({ caller }) => {
		await caller.ask(encodePdu({ type: 'A-RELEASE-RQ' }));
		caller.socket.destroy();
	}),
);
console.log(JSON.stringify({ ms, sent: all.length, refused }));
