/** The messages of an established association, both ways (PS3.7 6.3): fragments in and to whom they belong, messages out whole. */
import { type Assembled, Assembler } from '../dimse/assembler.ts';
import { encodeCommand } from '../dimse/command-set.ts';
import { type Message, unrecognizedOperation } from '../dimse/messages.ts';
import { isPending } from '../dimse/status.ts';
import { DicomError, type Failure, LocalMisuse } from '../errors.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';
import type { Fragment } from '../upper-layer/pdu-decoder.ts';
import type { Association } from './association.ts';
import type { Clock } from './clock.ts';
import type { Outstanding, RequestMessage, ResponseMessage } from './exchange.ts';
import { type DatasetSink, joined, type RequestHandler } from './incoming.ts';
import { type DataSource, Outgoing, type PduWriter, type Staged } from './outgoing.ts';
import { OutstandingRequests } from './outstanding.ts';
import { Serving } from './serving.ts';
import { SharedBlocks } from './shared-blocks.ts';
import type { Untimed } from './trace.ts';

/** A response's dataset (an identifier) longer than this is not collected. */
const MAX_RESPONSE_DATASET = 16_777_216;

/** What messages need of their association. */
export interface Carrier extends PduWriter {
	readonly association: Association;
	/** Ends the association with an A-ABORT, by the service user where no other source and reason is given. */
	fail(failure: Failure, abort?: { readonly source: number; readonly reason: number }): void;
	/** The association is ending or has ended: what whoever still wants something of it is told. */
	over(): DicomError | undefined;
	/** Nothing has come for what is outstanding; called only while the peer has been given the chance. */
	unanswered(): void;
	/** We keep the peer from being heard: the read loop waits for a sink or a reader. */
	isHeld(): boolean;
	/** There only where there is a trace. */
	readonly trace: ((event: Untimed) => void) | undefined;
}

export class Messenger {
	readonly contexts: ReadonlyMap<number, AcceptedContext>;
	readonly outstanding: OutstandingRequests;
	readonly serving: Serving;
	readonly #carrier: Carrier;
	readonly #assembler = new Assembler();
	readonly #outgoing: Outgoing;
	/** Identifiers: those of a long answer come by the thousand. */
	readonly #blocks = new SharedBlocks();
	#receiver: DatasetSink | undefined;
	#lastMessage: string | undefined;
	#lastEncoded: { readonly message: Message; readonly command: Uint8Array } | undefined;
	#commands = 0;

	constructor(
		carrier: Carrier,
		agreed: { readonly contexts: readonly AcceptedContext[]; readonly peerMaximumLength: number },
		serve: RequestHandler | undefined,
		timing: { readonly clock: Clock; readonly dimseMs: number },
	) {
		this.#carrier = carrier;
		this.contexts = new Map(agreed.contexts.map((context) => [context.id, context]));
		this.#outgoing = new Outgoing(carrier, agreed.peerMaximumLength);
		this.outstanding = new OutstandingRequests(timing.clock, timing.dimseMs, () => {
			// A reader that dawdles or a disk that is slow is not the peer's silence; what the peer does not take has a timer of its own.
			const isOurs = carrier.isHeld() || this.#outgoing.isBusy;
			if (!isOurs) carrier.unanswered();
			return isOurs;
		});
		const { association, fail, over } = carrier;
		this.serving = new Serving({ association, send: this.send.bind(this), fail, over }, serve);
	}

	/** The last message sent or received, as `C-FIND-RQ`. */
	get lastMessage(): string | undefined {
		return this.#lastMessage;
	}

	/** Commands of the peer that have arrived. */
	get commands(): number {
		return this.#commands;
	}

	/** A message of the peer has begun and is not here whole. */
	get isMidMessage(): boolean {
		return this.#assembler.isMidMessage;
	}

	// ---- inward -----------------------------------------------------------------------------------------------------

	/** @returns what the read loop waits for. */
	push(fragment: Fragment): void | Promise<void> {
		const [item] = this.#assembler.push(fragment); // never more than one
		return item === undefined ? undefined : this.#arrived(item);
	}

	#arrived(item: Assembled): void | Promise<void> {
		switch (item.type) {
			case 'command':
				return this.#commandArrived(item.contextId, item.message);
			case 'deficient':
				return this.#deficientArrived(item.contextId, item.response);
			case 'data': {
				const receiver = this.#receiver;
				if (item.isLast) this.#receiver = undefined;
				return receiver?.(item.bytes, item.isLast);
			}
			case 'violation':
				return this.#violated(item.problem, item.abort);
		}
	}

	#commandArrived(contextId: number, message: Message): void | Promise<void> {
		const context = this.contexts.get(contextId);
		if (context === undefined)
			return this.#violated(`${message.type} on presentation context ${contextId}, which was not accepted`);
		this.#lastMessage = message.type;
		this.#commands++;
		this.#receiver = undefined;
		switch (message.type) {
			case 'C-ECHO-RSP':
			case 'C-STORE-RSP':
			case 'C-FIND-RSP':
			case 'C-GET-RSP':
			case 'C-MOVE-RSP':
				return this.#responseArrived(context, message);
			case 'C-CANCEL-RQ':
				this.#trace('received', context, message);
				this.serving.cancel(message);
				return undefined;
			case 'unknown': {
				this.#trace('received', context, message);
				const answer = unrecognizedOperation(message);
				const problem = answer === undefined ? undefined : this.serving.answer(contextId, answer);
				return problem === undefined ? undefined : this.#violated(problem);
			}
			default: {
				this.#trace('received', context, message);
				const receiver = this.serving.begin(context, message);
				if (typeof receiver === 'string') return this.#violated(receiver);
				this.#receiver = receiver;
				return undefined;
			}
		}
	}

	/** A request that lacks something: no handler sees it, and its dataset is dropped. */
	#deficientArrived(contextId: number, response: Message): void {
		if (!this.contexts.has(contextId)) {
			this.#violated(`a request on presentation context ${contextId}, which was not accepted`);
			return;
		}
		this.#lastMessage = response.type.replace('-RSP', '-RQ');
		this.#commands++;
		this.#receiver = undefined;
		const problem = this.serving.answer(contextId, response);
		if (problem !== undefined) this.#violated(problem);
	}

	#responseArrived(context: AcceptedContext, message: ResponseMessage): void | Promise<void> {
		const request = this.outstanding.get(message.messageIdBeingRespondedTo);
		if (request !== undefined && (request.contextId !== context.id || request.answeredBy !== message.type))
			return this.#violated(
				`${message.type} on presentation context ${context.id} where ${request.answeredBy} on ${request.contextId} is due`,
			);
		if (request === undefined || !message.hasDataset) {
			this.#trace('received', context, message);
			return this.outstanding.deliver({ message });
		}
		let parts: Uint8Array[] = [];
		let length = 0;
		this.#receiver = (bytes, isLast) => {
			length += bytes.length;
			if (length > MAX_RESPONSE_DATASET)
				return this.#violated(`an identifier of over ${MAX_RESPONSE_DATASET} bytes in ${message.type}`);
			parts.push(this.#blocks.copyOf(bytes));
			if (!isLast) return undefined;
			const dataset = joined(parts);
			parts = [];
			this.#trace('received', context, message, dataset);
			return this.outstanding.deliver({ message, dataset });
		};
		return undefined;
	}

	#violated(message: string, abort?: { readonly source: number; readonly reason: number }): void {
		this.#carrier.fail({ blame: 'protocol', message, phase: 'established' }, abort);
	}

	// ---- outward ----------------------------------------------------------------------------------------------------

	/** Sends a request that waits for its response from here on. */
	request(message: RequestMessage, dataset: Uint8Array | DataSource | Staged | undefined, waiting: Outstanding): void {
		const over = this.#carrier.over();
		if (over !== undefined) {
			waiting.fail(over);
			return;
		}
		this.#contextOf(waiting.contextId, message);
		this.outstanding.add(message.messageId, waiting);
		void this.send(waiting.contextId, message, dataset);
	}

	/** Lays a request out now, to be sent with `request` later; as `Outgoing.stage`. */
	stage(contextId: number, message: RequestMessage, dataset: Uint8Array | DataSource): Staged | undefined {
		return this.#outgoing.stage(contextId, encodeCommand(message), dataset);
	}

	/** Takes back what was staged and will not be sent. */
	unstage(staged: Staged): void {
		this.#outgoing.unstage(staged);
	}

	/** Settles when the message is handed over and there is room; a source that fails takes the association with it. */
	send(contextId: number, message: Message, dataset?: Uint8Array | DataSource | Staged): void | Promise<void> {
		const context = this.#contextOf(contextId, message);
		this.#lastMessage = message.type;
		this.#trace('sent', context, message, dataset instanceof Uint8Array ? dataset : undefined);
		return this.#sent(contextId, message, dataset)?.catch((error: unknown) => {
			this.#carrier.fail(
				error instanceof DicomError
					? error.failure
					: { blame: 'io', code: codeOf(error), message: error instanceof Error ? error.message : String(error) },
			);
		});
	}

	#sent(
		contextId: number,
		message: Message,
		dataset: Uint8Array | DataSource | Staged | undefined,
	): undefined | Promise<void> {
		if (dataset === undefined || !('pdus' in dataset)) {
			const command = this.#encoded(message);
			// The matches of a query come by the thousand: those of one turn are one write.
			return message.type === 'C-FIND-RSP' && isPending(message.status) && dataset instanceof Uint8Array
				? this.#outgoing.sendSoon(contextId, command, dataset)
				: this.#outgoing.send(contextId, command, dataset);
		}
		return this.#outgoing.sendStaged(dataset);
	}

	/** Of many responses that are one value the command set is encoded once. */
	#encoded(message: Message): Uint8Array {
		if (this.#lastEncoded?.message !== message) this.#lastEncoded = { message, command: encodeCommand(message) };
		return this.#lastEncoded.command;
	}

	/** Ends everything that waits. */
	end(error: DicomError): void {
		this.#receiver = undefined;
		void this.#outgoing.flush();
		this.outstanding.fail(error);
		this.serving.end(error);
	}

	#contextOf(contextId: number, message: Message): AcceptedContext {
		const context = this.contexts.get(contextId);
		if (context !== undefined) return context;
		throw new LocalMisuse(`${message.type} on presentation context ${contextId}, which was not accepted`);
	}

	#trace(direction: 'sent' | 'received', context: AcceptedContext, message: Message, dataset?: Uint8Array): void {
		const { trace } = this.#carrier;
		if (trace === undefined) return;
		const { id: contextId, abstractSyntax, transferSyntax } = context;
		const event = { event: 'message', direction, contextId, abstractSyntax, transferSyntax, message } as const;
		trace(dataset !== undefined && IDENTIFIED.has(message.type) ? { ...event, identifier: dataset } : event);
	}
}

/** Messages whose dataset is an identifier (PS3.4 C.4), shown in a trace with them. */
const IDENTIFIED: ReadonlySet<string> = new Set([
	'C-FIND-RQ',
	'C-FIND-RSP',
	'C-GET-RQ',
	'C-GET-RSP',
	'C-MOVE-RQ',
	'C-MOVE-RSP',
]);

const codeOf = (error: unknown): string =>
	error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'ERROR';
