/** The requests of the peer while they are answered: their handlers, their cancellation, and what happens when a handler fails. */
import type { CCancelRq, Message } from '../dimse/messages.ts';
import { isPending } from '../dimse/status.ts';
import { DicomError, type Failure } from '../errors.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';
import type { Association } from './association.ts';
import type { RequestMessage, ResponseMessage } from './exchange.ts';
import { type DatasetSink, IncomingDataset, type RequestHandler } from './incoming.ts';
import type { DataSource } from './outgoing.ts';

/** More requests of the peer than this at once are harm: nobody negotiates such a window. */
const MAX_AT_ONCE = 100;
/** So many responses of one handler go out before the socket is read again. */
const RESPONSES_A_TURN = 64;

/** What answering needs of the association. */
export interface Answering {
	readonly association: Association;
	send(contextId: number, message: Message, dataset?: Uint8Array | DataSource): void | Promise<void>;
	fail(failure: Failure): void;
	/** Why nothing may be answered any more. */
	over(): DicomError | undefined;
}

export class Serving {
	readonly #answering: Answering;
	readonly #serve: RequestHandler;
	readonly #unanswered = new Map<
		number,
		{ readonly controller: AbortController; readonly dataset: IncomingDataset | undefined }
	>();
	/** Handlers at work, also those whose last response the peer does not take: what it asks without reading is bounded by this. */
	#atWork = 0;

	constructor(answering: Answering, serve: RequestHandler = refuse) {
		this.#answering = answering;
		this.#serve = serve;
	}

	get isWorking(): boolean {
		return this.#atWork > 0;
	}

	/**
	 * Hands a request to the handler.
	 *
	 * @returns who takes its dataset, or in words why it is one too many.
	 */
	begin(context: AcceptedContext, message: RequestMessage): DatasetSink | string | undefined {
		const { messageId } = message;
		if (this.#unanswered.has(messageId)) {
			const problem = this.answer(context.id, duplicateInvocation(message));
			return problem ?? (message.hasDataset ? () => {} : undefined);
		}
		if (this.#atWork >= MAX_AT_ONCE) return TOO_MANY;
		const controller = new AbortController();
		const dataset = message.hasDataset ? new IncomingDataset() : undefined;
		this.#unanswered.set(messageId, { controller, dataset });
		let responses = 0;
		const respond = async (response: ResponseMessage, data?: Uint8Array | DataSource): Promise<void> => {
			const over = this.#answering.over();
			if (over !== undefined) throw over;
			// The peer may use the Message ID again as soon as it has this.
			if (!isPending(response.status)) this.#unanswered.delete(messageId);
			await this.#answering.send(context.id, response, data);
			// A handler that never waits would keep the C-CANCEL-RQ from being read.
			if (++responses % RESPONSES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
		};
		const answered = async () => {
			try {
				const { association } = this.#answering;
				await this.#serve({ association, context, message, dataset, signal: controller.signal, respond });
			} finally {
				if (this.#unanswered.get(messageId)?.controller === controller) this.#unanswered.delete(messageId);
				dataset?.ignore();
			}
		};
		this.#working(answered(), message.type);
		return dataset === undefined ? undefined : (bytes, isLast) => dataset.push(bytes, isLast);
	}

	/** Sends the one answer of a request that no handler sees. @returns in words why it is one too many. */
	answer(contextId: number, message: Message): string | undefined {
		if (this.#atWork >= MAX_AT_ONCE) return TOO_MANY;
		const sent = this.#answering.send(contextId, message);
		if (sent !== undefined) this.#working(sent, message.type);
		return undefined;
	}

	/** A C-CANCEL-RQ for what is answered already, or never was asked, is ignored (PS3.7 9.3.2.3). */
	cancel({ messageIdBeingRespondedTo }: CCancelRq): void {
		this.#unanswered.get(messageIdBeingRespondedTo)?.controller.abort('C-CANCEL-RQ');
	}

	/** Nothing can be answered any more. */
	end(error: DicomError): void {
		for (const { controller, dataset } of this.#unanswered.values()) {
			dataset?.fail(error);
			controller.abort(error);
		}
		this.#unanswered.clear();
	}

	#working(work: Promise<void>, what: string): void {
		this.#atWork++;
		work
			.catch((error: unknown) => {
				if (this.#answering.over() === undefined) this.#answering.fail(handlerFailure(error, what));
			})
			.finally(() => {
				this.#atWork--;
			});
	}
}

/** 0x0210 (PS3.7 C.5.6): the one that is outstanding goes on. */
const duplicateInvocation = (message: RequestMessage): ResponseMessage => ({
	type: message.type.replace('-RQ', '-RSP') as ResponseMessage['type'],
	messageIdBeingRespondedTo: message.messageId,
	affectedSopClassUid: message.affectedSopClassUid,
	...(message.type === 'C-STORE-RQ' ? { affectedSopInstanceUid: message.affectedSopInstanceUid } : {}),
	hasDataset: false,
	status: 0x0210,
	errorComment: `Message ID ${message.messageId} is outstanding`,
	offendingElements: ['00000110'],
});

const TOO_MANY = `over ${MAX_AT_ONCE} requests at once`;

const handlerFailure = (error: unknown, what: string): Failure => {
	// A dataset that was too long, a disk: what a handler met elsewhere is no failure of this association.
	if (error instanceof DicomError && (error.failure.blame === 'protocol' || error.failure.blame === 'io'))
		return error.failure;
	const text = error instanceof Error ? error.message : String(error);
	return { blame: 'io', code: 'HANDLER', message: `the handler of ${what} failed: ${text}` };
};

/** The handler of who offers no service: 0x0211, unrecognized operation (PS3.7 C.5.17). */
const refuse: RequestHandler = ({ message: { type, messageId, affectedSopClassUid }, respond }) =>
	respond({
		type: type.replace('-RQ', '-RSP') as ResponseMessage['type'],
		messageIdBeingRespondedTo: messageId,
		affectedSopClassUid,
		hasDataset: false,
		status: 0x0211,
	});
