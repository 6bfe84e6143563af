/** One C-GET or C-MOVE from its request to its final response; how the instances are carried is the caller's (PS3.4 C.4.2.3, C.4.3.3). */
import { type Clock, MONOTONIC, Watchdog } from '../association/clock.ts';
import type { IncomingRequest } from '../association/incoming.ts';
import { encodeDataset } from '../dicom/encode.ts';
import type { CGetRq, CGetRsp, CMoveRq, CMoveRsp } from '../dimse/messages.ts';
import { DicomError } from '../errors.ts';
import { narrowed } from './narrowed-retrieve.ts';
import type { Refusal } from './refusal.ts';
import { refusalResponse, unfitness } from './request-checks.ts';
import { requestIdentifier } from './request-identifier.ts';
import type { RetrieveService, SubOperationCounts, SubOperationEvent } from './retrieve-scp.ts';
import type { StoredInstance } from './stored-instance.ts';
import { failedList, NOTHING_DONE, SubOperations } from './sub-operations.ts';

type RetrieveRq = CGetRq | CMoveRq;

const SERVICE_OF = { 'C-GET-RQ': 'C-GET', 'C-MOVE-RQ': 'C-MOVE' } as const;

/** So many sub-operations have a pending response each, so that whoever retrieves a few sees every one. */
const EACH_UP_TO = 100;
/** From then on pending responses are no closer together than this: each costs half as much as a small instance. */
const PENDING_INTERVAL_MS = 50;
/** While nothing else happens: requesters wait 30 s, some 10 s. */
const HEARTBEAT_MS = 5_000;

export interface Carried {
	/** What the final response does not wait for, but the request does: the release of an association. */
	readonly closing?: Promise<void> | undefined;
}

/** How the instances get where they shall be. */
export interface Carriage {
	/** Why nothing will be carried, whatever the identifier. */
	readonly refusal?: Refusal;
	/** Whom the first failure is about, in the Error Comment. */
	readonly about: string;
	/** Sends all, or fails it. */
	carry(run: SubOperations, instances: readonly StoredInstance[]): Promise<Carried>;
}

/** Answers a C-GET or C-MOVE: exactly one final response, unless the requester has gone. */
export const answerRetrieve = async <Rq extends RetrieveRq>(
	request: IncomingRequest<Rq>,
	service: RetrieveService,
	carriage: Carriage,
): Promise<void> => {
	const tell = (event: SubOperationEvent): void => service.on?.(event);
	const ended = (refusal: Partial<Refusal>, counts: SubOperationCounts, error?: unknown): void => {
		const { status, errorComment } = refusal;
		tell({
			kind: 'ended',
			...(status === undefined ? {} : { status }),
			...(errorComment === undefined ? {} : { errorComment }),
			counts,
			...(error === undefined ? {} : { error }),
		});
	};
	const found = await instancesOf(request, service, carriage);
	if (found === undefined) {
		ended({}, NOTHING_DONE);
		return;
	}
	if ('refusal' in found) {
		const { refusal, error } = found;
		const { isOpen } = request.association;
		if (isOpen) await request.respond(refusalResponse(request.message, refusal));
		ended(isOpen ? refusal : {}, NOTHING_DONE, error);
		return;
	}
	tell({ kind: 'resolved', instances: found.instances.length });
	await new Retrieve(request, service, carriage, tell, ended).answer(found.instances);
};

type Found =
	| { readonly instances: readonly StoredInstance[] }
	| { readonly refusal: Refusal; readonly error?: unknown }
	/** The association has ended. */
	| undefined;

const instancesOf = async (
	request: IncomingRequest<RetrieveRq>,
	service: RetrieveService,
	carriage: Carriage,
): Promise<Found> => {
	const refusal = unfitness(request, service) ?? carriage.refusal;
	if (refusal !== undefined) {
		await request.dataset?.discard().catch(() => {});
		return { refusal };
	}
	const { message, association, signal } = request;
	try {
		const asked = await requestIdentifier(request);
		if ('refusal' in asked) return asked;
		const { affectedSopClassUid: sopClassUid } = message;
		return await narrowed(sopClassUid, asked.identifier, (identifier) =>
			service.resolve(identifier, { sopClassUid, service: SERVICE_OF[message.type], signal, association }),
		);
	} catch (error) {
		if (!association.isOpen) return undefined;
		const code = error instanceof DicomError && error.failure.blame === 'io' ? ` (${error.failure.code})` : '';
		return { refusal: { status: 0xa701, errorComment: `the matches could not be counted${code}` }, error };
	}
};

/** The part of it that has sub-operations. */
class Retrieve {
	readonly #request: IncomingRequest<RetrieveRq>;
	readonly #service: RetrieveService;
	readonly #carriage: Carriage;
	readonly #tell: (event: SubOperationEvent) => void;
	readonly #ended: (refusal: Partial<Refusal>, counts: SubOperationCounts, error?: unknown) => void;
	readonly #clock: Clock;
	readonly #heartbeat: Watchdog;
	#run: SubOperations | undefined;
	#settled = 0;
	#lastPendingAt = Number.NEGATIVE_INFINITY;
	/** A pending response waits for the requester to take it: another one would only wait behind it. */
	#isPendingSent = false;

	constructor(
		request: IncomingRequest<RetrieveRq>,
		service: RetrieveService,
		carriage: Carriage,
		tell: (event: SubOperationEvent) => void,
		ended: (refusal: Partial<Refusal>, counts: SubOperationCounts, error?: unknown) => void,
	) {
		this.#request = request;
		this.#service = service;
		this.#carriage = carriage;
		this.#tell = tell;
		this.#ended = ended;
		this.#clock = service.clock ?? MONOTONIC;
		this.#heartbeat = new Watchdog(this.#clock, HEARTBEAT_MS, () => {
			this.#sendPending();
			this.#heartbeat.restart();
		});
	}

	async answer(found: readonly StoredInstance[]): Promise<void> {
		const { policy = {} } = this.#service;
		const instances = policy.select?.(found) ?? (policy.lie === true ? [] : found);
		const unsent = policy.lie === true ? found.length - instances.length : 0;
		const { finalFirst } = policy;
		const run = new SubOperations(this.#request, instances, unsent, policy, (event) => {
			this.#tell(event);
			this.#progressed();
		});
		if (finalFirst !== undefined) {
			await this.#respond(0x0000, { remaining: 0, completed: instances.length + unsent, failed: 0, warning: 0 });
			await new Promise<void>((resolve) => this.#clock.after(finalFirst.delayMs, resolve));
			await await this.#carriage.carry(run, instances);
			this.#ended({ status: 0x0000 }, run.counts);
			return;
		}
		this.#run = run;
		this.#heartbeat.restart();
		let closing: Promise<void> | undefined;
		try {
			if (instances.length > 0) closing = (await this.#carriage.carry(run, instances)).closing;
			this.#stopPending();
			await this.#final(run);
		} catch (error) {
			this.#stopPending();
			if (error instanceof DicomError && !this.#request.association.isOpen) this.#ended({}, run.counts);
			else await this.#broken(run, error);
		} finally {
			await closing;
		}
	}

	async #final(run: SubOperations): Promise<void> {
		const { status, errorComment, failedSopInstanceUids } = run.final(this.#carriage.about);
		if (!this.#request.association.isOpen) {
			this.#ended({}, run.counts);
			return;
		}
		const { transferSyntax } = this.#request.context;
		const identifier =
			failedSopInstanceUids.length === 0 ? undefined : encodeDataset(failedList(failedSopInstanceUids), transferSyntax);
		await this.#respond(status, run.counts, errorComment, identifier);
		this.#ended({ status, ...(errorComment === undefined ? {} : { errorComment }) }, run.counts);
	}

	/** A bug of ours is not the end of the association: the requester is told, and whoever keeps the log. */
	async #broken(run: SubOperations, error: unknown): Promise<void> {
		const refusal = { status: 0xc001, errorComment: 'an internal error' };
		if (this.#request.association.isOpen) await this.#respond(refusal.status, run.counts, refusal.errorComment);
		this.#ended(refusal, run.counts, error);
	}

	// ---- responses --------------------------------------------------------------------------------------------------------

	#progressed(): void {
		if (this.#settled++ < EACH_UP_TO || this.#clock.now() - this.#lastPendingAt >= PENDING_INTERVAL_MS)
			this.#sendPending();
	}

	#stopPending(): void {
		this.#run = undefined;
		this.#heartbeat.end();
	}

	#sendPending(): void {
		const run = this.#run;
		if (run === undefined || this.#isPendingSent || this.#service.policy?.sendPending === false) return;
		this.#lastPendingAt = this.#clock.now();
		this.#heartbeat.restart();
		this.#isPendingSent = true;
		void this.#respond(0xff00, run.counts)
			.catch(() => {}) // the association has ended, which whoever carries sees too
			.finally(() => {
				this.#isPendingSent = false;
			});
	}

	#respond(status: number, counts: SubOperationCounts, errorComment?: string, identifier?: Uint8Array): Promise<void> {
		const { message } = this.#request;
		const hasRemaining = status === 0xff00 || status === 0xfe00;
		const response: Omit<CGetRsp | CMoveRsp, 'type'> = {
			messageIdBeingRespondedTo: message.messageId,
			affectedSopClassUid: message.affectedSopClassUid,
			hasDataset: identifier !== undefined,
			status,
			...(errorComment === undefined ? {} : { errorComment }),
			...(this.#service.policy?.sendCounts === false
				? {}
				: {
						...(hasRemaining ? { numberOfRemainingSuboperations: counts.remaining } : {}),
						numberOfCompletedSuboperations: counts.completed,
						numberOfFailedSuboperations: counts.failed,
						numberOfWarningSuboperations: counts.warning,
					}),
		};
		return this.#request.respond({ ...response, type: `${SERVICE_OF[message.type]}-RSP` }, identifier);
	}
}
