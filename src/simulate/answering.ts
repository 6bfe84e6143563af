/** A handler of requests made into one that answers late, wrongly, or not at all. */
import type { Association } from '../association/association.ts';
import { type Clock, Watchdog } from '../association/clock.ts';
import type { ResponseMessage } from '../association/exchange.ts';
import type { IncomingRequest, RequestHandler } from '../association/incoming.ts';
import { isPending } from '../dimse/status.ts';
import { type Fault, type FaultKind, type Moment, REQUESTS, type ServiceWord } from './fault.ts';

/** One association as its faults see it. */
export class FaultyAnswers {
	readonly #faults: readonly Fault[];
	readonly #clock: Clock;
	readonly #association: Association;
	/** Counts C-STOREs on all associations: most clients open one for each. */
	readonly #statusOfNextStore: () => number | undefined;
	readonly #idle: Watchdog | undefined;
	/** Responses that were sent. */
	readonly #responses = new Map<ServiceWord, number>();
	#requests = 0;

	constructor(
		faults: readonly Fault[],
		clock: Clock,
		association: Association,
		statusOfNextStore: () => number | undefined,
	) {
		this.#faults = faults;
		this.#clock = clock;
		this.#association = association;
		this.#statusOfNextStore = statusOfNextStore;
		const idle = faultOf(faults, 'idle-abort');
		if (idle === undefined) return;
		const watchdog = new Watchdog(clock, idle.ms, () => {
			if (this.#requests === 0) void abortAssociation(association, 'idle-abort');
			else watchdog.restart();
		});
		this.#idle = watchdog;
		watchdog.restart();
		void association.closed.then(() => watchdog.end());
	}

	/** What is asked for on this association, answered by `handler` as far as the faults leave it anything to do. */
	serve(handler: RequestHandler): RequestHandler {
		return async (request) => {
			this.#requests++;
			try {
				await this.#serve(request, handler);
			} finally {
				this.#requests--;
				if (this.#association.isOpen) this.#idle?.restart();
			}
		};
	}

	async #serve(request: IncomingRequest, handler: RequestHandler): Promise<void> {
		const { message, dataset } = request;
		const service = serviceOf(message.type);
		if (this.#isDueAt('abort-after', service)) {
			await dataset?.discard();
			return abortAssociation(this.#association, 'abort-after');
		}
		const abort = faultOf(this.#faults, 'abort');
		if (abort !== undefined) {
			await dataset?.discard();
			return this.#association.abort({ blame: 'interrupted', signal: '--simulate abort' }, abort);
		}
		if (this.#isDueAt('drop-after', service)) {
			await dataset?.discard();
			return this.#association.drop();
		}
		if (this.#isDueAt('silent', service)) {
			await dataset?.discard();
			return this.#association.closed;
		}
		const refused = faultOf(this.#faults, 'status', (one) => one.service === service);
		const status = refused?.status ?? (service === 'store' ? this.#statusOfNextStore() : undefined);
		const signal = this.#signalOf(request);
		const respond = this.#respondTo(request, service, signal);
		if (status === undefined) return handler({ ...request, respond, signal });
		await dataset?.discard();
		return respond(responseTo(message, status, refused?.comment));
	}

	#respondTo(request: IncomingRequest, service: ServiceWord, signal: AbortSignal): IncomingRequest['respond'] {
		let responses = 0;
		// A C-GET or C-MOVE goes on while a pending response waits: no other, and not the final one, may overtake it.
		let before: Promise<unknown> = Promise.resolve();
		const answer: IncomingRequest['respond'] = async (response, data) => {
			const isRow = isPending(response.status);
			await this.#pause(this.#delayMs(service, isRow, responses++ === 0), signal);
			if (this.#isDueAfter('silent', service)) return this.#association.closed;
			await request.respond(isRow ? response : this.#final(response, service), data);
			this.#responses.set(service, (this.#responses.get(service) ?? 0) + 1);
			if (this.#isDueAfter('abort-after', service)) await abortAssociation(this.#association, 'abort-after');
			if (this.#isDueAfter('drop-after', service)) this.#association.drop();
			return undefined;
		};
		return (response, data) => {
			const answered = before.then(() => answer(response, data));
			before = answered.catch(() => {});
			return answered;
		};
	}

	#isDueAt(name: 'abort-after' | 'drop-after' | 'silent', service: ServiceWord): boolean {
		return faultOf(this.#faults, name, ({ moment }) => 'at' in moment && moment.at === service) !== undefined;
	}

	/** What was sent is enough, whatever comes. */
	#isDueAfter(name: 'abort-after' | 'drop-after' | 'silent', answering: ServiceWord): boolean {
		const isEnough = ({ moment }: { readonly moment: Moment }) => {
			if ('at' in moment || (moment.service ?? answering) !== answering) return false;
			const counts =
				moment.service === undefined ? [...this.#responses.values()] : [this.#responses.get(answering) ?? 0];
			return counts.reduce((sum, count) => sum + count, 0) >= moment.after;
		};
		return faultOf(this.#faults, name, isEnough) !== undefined;
	}

	#delayMs(service: ServiceWord, isRow: boolean, isFirst: boolean): number {
		const slow = faultOf(this.#faults, 'slow', ({ rowsOnly }) => isRow || !rowsOnly)?.ms ?? 0;
		const isLong = service === 'find' || service === 'get' || service === 'move';
		return slow + (isFirst && isLong ? (faultOf(this.#faults, 'first-row')?.ms ?? 0) : 0);
	}

	/** Shorter where the peer cancels or goes. */
	async #pause(ms: number, signal: AbortSignal): Promise<void> {
		if (ms === 0 || signal.aborted) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		const over = () => resolve();
		const cancel = this.#clock.after(ms, over);
		signal.addEventListener('abort', over, { once: true });
		await promise;
		signal.removeEventListener('abort', over);
		cancel();
	}

	#final(response: ResponseMessage, service: ServiceWord): ResponseMessage {
		const status = faultOf(this.#faults, 'final-status', (one) => one.service === service)?.status;
		const judged = status === undefined ? response : { ...response, status };
		const counts = faultOf(this.#faults, 'counts');
		if (counts === undefined || (judged.type !== 'C-GET-RSP' && judged.type !== 'C-MOVE-RSP')) return judged;
		const { numberOfRemainingSuboperations: _, ...rest } = judged;
		return {
			...rest,
			numberOfCompletedSuboperations: counts.completed,
			numberOfFailedSuboperations: counts.failed,
			numberOfWarningSuboperations: counts.warning,
			...(counts.remaining === undefined ? {} : { numberOfRemainingSuboperations: counts.remaining }),
		};
	}

	/** Under ignore-cancel the end of the association is all that stops what is going on. */
	#signalOf({ signal }: IncomingRequest): AbortSignal {
		if (faultOf(this.#faults, 'ignore-cancel') === undefined) return signal;
		const controller = new AbortController();
		const end = () => controller.abort(this.#association.failure ?? signal.reason);
		signal.addEventListener('abort', () => {
			if (signal.reason !== 'C-CANCEL-RQ') end();
		});
		void this.#association.closed.then(end);
		return controller.signal;
	}
}

/** The first fault of a name that is so. */
export const faultOf = <Name extends FaultKind['name']>(
	faults: readonly Fault[],
	name: Name,
	isMeant: (fault: FaultNamed<Name>) => boolean = () => true,
): FaultNamed<Name> | undefined => {
	for (const fault of faults) if (isNamed(fault, name) && isMeant(fault)) return fault;
	return undefined;
};

type FaultNamed<Name, Kind = Fault> = Kind extends { readonly name: infer N } ? (Name extends N ? Kind : never) : never;

const isNamed = <Name extends FaultKind['name']>(fault: Fault, name: Name): fault is FaultNamed<Name> & Fault =>
	fault.name === name;

/** A-ABORT, told in our own log as what it is. */
export const abortAssociation = (association: Association, name: FaultKind['name']): Promise<void> =>
	association.abort({ blame: 'interrupted', signal: `--simulate ${name}` });

const serviceOf = (type: IncomingRequest['message']['type']): ServiceWord => {
	for (const [word, request] of Object.entries(REQUESTS)) if (request === type) return word as ServiceWord;
	return 'echo';
};

const responseTo = (message: IncomingRequest['message'], status: number, comment: string | undefined) =>
	({
		type: message.type.replace('-RQ', '-RSP') as ResponseMessage['type'],
		messageIdBeingRespondedTo: message.messageId,
		affectedSopClassUid: message.affectedSopClassUid,
		...(message.type === 'C-STORE-RQ' ? { affectedSopInstanceUid: message.affectedSopInstanceUid } : {}),
		hasDataset: false,
		status,
		...(comment === undefined ? {} : { errorComment: comment }),
	}) as ResponseMessage;
