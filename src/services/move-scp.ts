/** C-MOVE as SCP (PS3.4 C.4.2.3): the instances go out as C-STORE sub-operations on an association to the move destination. */
import type { IncomingRequest } from '../association/incoming.ts';
import type { Connected, ConnectOptions } from '../association/requestor.ts';
import type { CMoveRq } from '../dimse/messages.ts';
import { DicomError } from '../errors.ts';
import { sendInstances } from './instance-sender.ts';
import { answerRetrieve, type Carried } from './retrieve-run.ts';
import type { RetrieveService } from './retrieve-scp.ts';
import { type Proposal, sendingPlan } from './sending-plan.ts';
import type { StoredInstance } from './stored-instance.ts';
import type { SubOperations } from './sub-operations.ts';

/** @typeParam T a move destination, as `destination` and `open` know it */
export interface MoveService<T> extends RetrieveService {
	/** The one who asks: it is named in every sub-operation as the Move Originator (PS3.7 9.1.1.1.6). */
	readonly callingAeTitle: string;
	/** Undefined for one that is not known: 0xA801. */
	destination(aeTitle: string): T | undefined;
	/**
	 * Opens an association to it, proposing just these contexts; ended by the signal while it is not open.
	 *
	 * @throws DicomError
	 */
	open(destination: T, options: Required<Pick<ConnectOptions, 'contexts' | 'signal'>>): Promise<Connected>;
}

/** Answers a C-MOVE-RQ. */
export const answerMove = <T>(request: IncomingRequest<CMoveRq>, service: MoveService<T>): Promise<void> => {
	const { moveDestination } = request.message;
	const destination = service.destination(moveDestination);
	if (destination === undefined)
		return answerRetrieve(request, service, {
			refusal: {
				status: 0xa801,
				errorComment: `move destination ${moveDestination} is not known here`,
				offendingElements: ['00000600'],
			},
			about: '',
			carry: async () => ({}),
		});
	return answerRetrieve(request, service, {
		about: `${moveDestination}: `,
		carry: (run, instances) => new Move(request, service, destination, run).send(instances),
	});
};

/** The associations to the destination, one after the other. */
class Move<T> {
	readonly #request: IncomingRequest<CMoveRq>;
	readonly #service: MoveService<T>;
	readonly #destination: T;
	readonly #run: SubOperations;
	readonly #moveOriginator: { readonly aeTitle: string; readonly messageId: number };
	/** One association that is lost is opened anew; a destination that loses a second one is left alone. */
	#mayReopen = true;

	constructor(request: IncomingRequest<CMoveRq>, service: MoveService<T>, destination: T, run: SubOperations) {
		this.#request = request;
		this.#service = service;
		this.#destination = destination;
		this.#run = run;
		this.#moveOriginator = { aeTitle: service.callingAeTitle, messageId: request.message.messageId };
	}

	/** Contexts for what is stored, in as many associations as they need. */
	async send(instances: readonly StoredInstance[]): Promise<Carried> {
		const run = this.#run;
		let closing: Promise<void> | undefined;
		let failure: DicomError | undefined;
		for (const batch of sendingPlan(instances)) {
			run.enqueue(batch.instances);
			while (!run.isEmpty && !run.isStopped && failure === undefined) {
				await closing; // destinations limit associations
				try {
					({ closing } = await this.#associate(batch.contexts));
				} catch (error) {
					if (!(error instanceof DicomError)) throw error;
					failure = error;
				}
			}
			if (failure !== undefined) await run.failRest(failure.failure);
		}
		return { closing };
	}

	/** @throws DicomError where no association can be had, or a second one was lost */
	async #associate(contexts: readonly Proposal[]): Promise<Carried> {
		const { association } = await this.#opened(contexts);
		const { signal } = this.#request;
		const abort = (): void => void association.abort({ blame: 'interrupted' });
		// A C-CANCEL-RQ ends it between two sub-operations; the end of the requester, which may come after it, at once.
		const stop = (): void => {
			if (signal.reason !== 'C-CANCEL-RQ') abort();
			else void this.#request.association.closed.then(abort);
		};
		if (signal.aborted) stop();
		signal.addEventListener('abort', stop, { once: true });
		try {
			await sendInstances(association, this.#run, this.#moveOriginator);
		} catch (error) {
			if (!(error instanceof DicomError)) {
				abort();
				throw error;
			}
			if (!this.#mayReopen) throw error;
			this.#mayReopen = false;
			return {};
		} finally {
			signal.removeEventListener('abort', stop);
		}
		return { closing: association.release().catch(() => {}) };
	}

	async #opened(contexts: readonly Proposal[]): Promise<Connected> {
		const { on } = this.#service;
		try {
			const connected = await this.#service.open(this.#destination, { contexts, signal: this.#request.signal });
			on?.({ kind: 'opened', association: connected.association.number, contexts: connected.accepted.length });
			return connected;
		} catch (error) {
			if (error instanceof DicomError) on?.({ kind: 'not-opened', failure: error.failure });
			throw error;
		}
	}
}
