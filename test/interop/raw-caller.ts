/** A caller who writes bytes by hand to a real server, and what it hears. */
import { connect, type Socket } from 'node:net';
import { STUDY_ROOT_FIND, STUDY_ROOT_GET, STUDY_ROOT_MOVE, VERIFICATION } from '../../src/dicom/sop-classes.ts';
import { Assembler } from '../../src/dimse/assembler.ts';
import { encodeCommand } from '../../src/dimse/command-set.ts';
import { fragmentMessage } from '../../src/dimse/fragmenter.ts';
import type { KnownMessage, Message } from '../../src/dimse/messages.ts';
import { type AssociateRq, encodePdu } from '../../src/upper-layer/pdu/index.ts';
import { PduDecoder } from '../../src/upper-layer/pdu-decoder.ts';
import { CT } from './instances.ts';

export const IMPLICIT = '1.2.840.10008.1.2';
export const EXPLICIT = '1.2.840.10008.1.2.1';

/** What these callers propose, as contexts 1, 3, 5, 7 and 9. */
export const CLASSES = [VERIFICATION, CT, STUDY_ROOT_FIND, STUDY_ROOT_GET, STUDY_ROOT_MOVE] as const;
export const STORE_CONTEXT = 3;

/** Contexts 1, 3, 5 ... for these classes. */
export const associateRq = (
	classes: readonly string[],
	more: Partial<AssociateRq> = {},
	transferSyntaxes: readonly string[] = [IMPLICIT],
): AssociateRq => ({
	type: 'A-ASSOCIATE-RQ',
	protocolVersion: 1,
	calledAeTitle: 'ARCHIVE',
	callingAeTitle: 'RAW',
	applicationContextName: '1.2.840.10008.3.1.1.1',
	presentationContexts: classes.map((abstractSyntax, index) => ({
		id: 2 * index + 1,
		abstractSyntax,
		transferSyntaxes,
	})),
	userInformation: {
		maximumLength: 16_384,
		implementationClassUid: '1.2.3',
		roleSelections: [],
		extendedNegotiations: [],
		commonExtendedNegotiations: [],
	},
	...more,
});

/** A message in P-DATA-TFs. */
export const messageBytes = (contextId: number, command: Message | Uint8Array, dataset?: Uint8Array): Uint8Array =>
	fragmentMessage(contextId, command instanceof Uint8Array ? command : encodeCommand(command), dataset, 16_384);

/** An A-ASSOCIATE-RQ that is fine. */
export const RQ = encodePdu(associateRq(CLASSES));

export const echoRq = (messageId = 1): Message => ({
	type: 'C-ECHO-RQ',
	messageId,
	affectedSopClassUid: VERIFICATION,
	hasDataset: false,
});

export const storeRq = (uid: string, messageId = 1, sopClassUid = CT): KnownMessage => ({
	type: 'C-STORE-RQ',
	messageId,
	affectedSopClassUid: sopClassUid,
	affectedSopInstanceUid: uid,
	priority: 0,
	hasDataset: true,
});

export class RawCaller {
	readonly socket: Socket;
	/** In their order: `A-ASSOCIATE-AC`, `A-ABORT 2/6`, `C-ECHO-RSP 0000` ... and `end` when it is closed. */
	readonly heard: string[] = [];
	readonly messages: Message[] = [];
	readonly #decoder = new PduDecoder(0);
	readonly #assembler = new Assembler();
	/** Who waits for something to be heard. */
	#waiting: (() => void)[] = [];

	constructor(port: number) {
		this.socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
		this.socket.on('error', () => {});
		this.socket.setTimeout(60_000, () => this.socket.destroy()); // a test that has failed must not hang, too
		this.socket.on('data', (bytes: Buffer) => this.#received(bytes));
		this.socket.once('end', () => this.socket.end());
		this.socket.once('close', () => this.#hear('end'));
	}

	/** Settles when the association stands, or is refused. */
	static async associated(port: number, rq: AssociateRq): Promise<RawCaller> {
		const caller = new RawCaller(port);
		caller.say(encodePdu(rq));
		await caller.hears(1);
		return caller;
	}

	say(...bytes: readonly Uint8Array[]): this {
		for (const one of bytes) if (!this.socket.destroyed) this.socket.write(one);
		return this;
	}

	/** Settles when so many things have been heard, or it is over. @throws Error when it takes longer than a while */
	async hears(count: number, ms = 15_000): Promise<readonly string[]> {
		const timeout = AbortSignal.timeout(ms);
		while (this.heard.length < count && this.heard.at(-1) !== 'end') {
			const { promise, resolve, reject } = Promise.withResolvers<void>();
			const late = () => reject(new Error(`heard only ${this.heard.join(', ') || 'nothing'} within ${ms} ms`));
			this.#waiting.push(resolve);
			timeout.addEventListener('abort', late, { once: true });
			try {
				await promise;
			} finally {
				timeout.removeEventListener('abort', late);
			}
		}
		return this.heard;
	}

	/** Settles when it is over, with all that was heard. */
	over(ms?: number): Promise<readonly string[]> {
		return this.hears(Number.POSITIVE_INFINITY, ms);
	}

	/** RST instead of FIN. */
	reset(): void {
		// One that is being closed already cannot be reset any more.
		if (this.socket.writableEnded) this.socket.destroy();
		else this.socket.resetAndDestroy();
	}

	#received(bytes: Uint8Array): void {
		for (const item of this.#decoder.push(bytes)) {
			if (item.type === 'A-ABORT') {
				this.#hear(`A-ABORT ${item.source}/${item.reason}`);
				this.socket.end(); // who was aborted closes (PS3.8 9.2.3, AA-3)
			} else if (item.type === 'A-ASSOCIATE-RJ')
				this.#hear(`A-ASSOCIATE-RJ ${item.result}/${item.source}/${item.reason}`);
			else if (item.type === 'invalid') this.#hear(item.fault.detail);
			else if (item.type !== 'P-DATA') this.#hear(item.type);
			else
				for (const one of this.#assembler.push(item.fragment)) if (one.type === 'command') this.#answered(one.message);
		}
	}

	#answered(message: Message): void {
		this.messages.push(message);
		const status = 'status' in message && message.status !== undefined ? hex(message.status) : 'no status';
		const name = message.type === 'unknown' ? hex(message.commandField) : message.type;
		this.#hear(`${name} ${status}`);
	}

	#hear(what: string): void {
		this.heard.push(what);
		for (const heard of this.#waiting.splice(0)) heard();
	}
}

const hex = (number: number): string => number.toString(16).toUpperCase().padStart(4, '0');
