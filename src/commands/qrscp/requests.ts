/** The requests of one association, each handed to its service with what of the archive it needs, and told to the operator. */
import type { Archive, ArchiveReceiver } from '../../archive/archive.ts';
import type { StoreRequest } from '../../archive/store-receiver.ts';
import type { IncomingRequest, RequestHandler } from '../../association/incoming.ts';
import type { Connected, ConnectOptions } from '../../association/requestor.ts';
import type { ServiceName } from '../../config/access-rules.ts';
import { type Dataset, stringsOf, textOf } from '../../dicom/dataset.ts';
import { QUERY_MODELS } from '../../dicom/sop-classes.ts';
import { TAG } from '../../dicom/tags.ts';
import type { CFindRq, CGetRq, CMoveRq, CStoreRq } from '../../dimse/messages.ts';
import { isPending } from '../../dimse/status.ts';
import { DicomError } from '../../errors.ts';
import type { Caller, Operation, ServerEvent } from '../../output/audit-event.ts';
import { answerGet } from '../../services/get-scp.ts';
import { answerMove } from '../../services/move-scp.ts';
import { answerFind, type Search } from '../../services/query-scp.ts';
import type { Resolve, SubOperationEvent } from '../../services/retrieve-scp.ts';
import { answerStore, type Received } from '../../services/storage-scp.ts';
import { answerEcho } from '../../services/verification.ts';
import type { Simulation } from '../../simulate/simulation.ts';
import type { UserInformation } from '../../upper-layer/pdu/index.ts';
import { negotiatedOf, type Offer } from './offer.ts';
import type { Destination } from './settings.ts';

/** What the requests of all associations are answered with. */
export interface Desk {
	readonly archive: Pick<Archive, 'receiver' | 'search' | 'instances'>;
	readonly offer: Offer;
	readonly simulation: Simulation | undefined;
	/** Worklists and UPS. */
	readonly worklist: Search;
	readonly matchLimit: number;
	readonly maxInstanceBytes: number;
	readonly destinations: ReadonlyMap<string, Destination>;
	open(destination: Destination, options: Required<Pick<ConnectOptions, 'contexts' | 'signal'>>): Promise<Connected>;
	/** C-STOREs on their way, by what the archive was asked with. */
	readonly storing: WeakMap<StoreRequest, Operation>;
	readonly on: (event: ServerEvent) => void;
	readonly now: () => number;
}

export interface Visit {
	readonly caller: Caller;
	readonly services: ReadonlySet<ServiceName>;
	readonly extended: UserInformation['extendedNegotiations'];
}

type Of<M extends IncomingRequest['message']> = IncomingRequest<M>;

/** @returns the handler of all requests of one association */
export const requestHandler = (desk: Desk, visit: Visit): RequestHandler => {
	const { caller } = visit;
	return async (request) => {
		const { message } = request;
		const operation: Operation = {
			service: SERVICE_OF[message.type],
			messageId: message.messageId,
			sopClassUid: message.affectedSopClassUid,
			startedAt: desk.now(),
		};
		if (message.type === 'C-STORE-RQ') operation.sopInstanceUid = message.affectedSopInstanceUid;
		if (message.type === 'C-MOVE-RQ') operation.destination = message.moveDestination.trim();
		desk.on({ kind: 'request', caller, operation });
		let final: { readonly status: number; readonly errorComment?: string } | undefined;
		const observed: IncomingRequest = {
			...request,
			// What did not go out was no answer.
			respond: async (response, dataset) => {
				await request.respond(response, dataset);
				if (!isPending(response.status)) final = response;
				else if (operation.matches !== undefined) operation.matches++;
			},
		};
		try {
			await answer(desk, visit, observed, operation);
		} finally {
			const ms = desk.now() - operation.startedAt;
			desk.on({ kind: 'finished', caller, operation, status: final?.status, comment: final?.errorComment, ms });
		}
	};
};

const SERVICE_OF = {
	'C-ECHO-RQ': 'C-ECHO',
	'C-STORE-RQ': 'C-STORE',
	'C-FIND-RQ': 'C-FIND',
	'C-GET-RQ': 'C-GET',
	'C-MOVE-RQ': 'C-MOVE',
} as const;

const answer = (desk: Desk, visit: Visit, request: IncomingRequest, operation: Operation): Promise<void> => {
	switch (request.message.type) {
		case 'C-ECHO-RQ':
			return answerEcho(request);
		case 'C-STORE-RQ':
			return answerStore(
				request as Of<CStoreRq>,
				(message, { transferSyntax }) => received(desk, visit, message, transferSyntax, operation),
				{ authorised: () => visit.services.has('store') },
			);
		case 'C-FIND-RQ':
			return answerFind(request as Of<CFindRq>, searching(desk, visit, operation), {
				ended: ({ error }) => tellError(desk, visit, operation, error),
			});
		case 'C-GET-RQ':
			return answerGet(request as Of<CGetRq>, retrieving(desk, visit, operation, 'C-GET'));
		case 'C-MOVE-RQ': {
			const { calling } = visit.caller;
			const lookup = (name: string) => desk.destinations.get(name.trim());
			return answerMove<Destination>(request as Of<CMoveRq>, {
				...retrieving(desk, visit, operation, 'C-MOVE'),
				callingAeTitle: calling,
				destination: desk.simulation?.destination(calling, lookup) ?? lookup,
				open: (destination, options) => desk.open(destination, options),
			});
		}
	}
};

/** What went wrong on our side: the peer hears of it no more than a status. */
const tellError = (desk: Desk, { caller }: Visit, { service }: Operation, error: unknown): void => {
	if (error === undefined) return;
	const text = `#${caller.association} ${service}: ${error instanceof Error ? error.message : String(error)}`;
	desk.on({ kind: 'notice', isWarning: true, text });
};

// ---- C-STORE -----------------------------------------------------------------------------------------------------------

const received = (
	desk: Desk,
	{ caller }: Visit,
	message: CStoreRq,
	transferSyntaxUid: string,
	operation: Operation,
): Received => {
	const request: StoreRequest = {
		sopClassUid: message.affectedSopClassUid,
		sopInstanceUid: message.affectedSopInstanceUid,
		transferSyntaxUid,
		callingAeTitle: caller.calling,
	};
	operation.transferSyntaxUid = transferSyntaxUid;
	desk.storing.set(request, operation);
	const receiver = desk.archive.receiver(request);
	return 'refusal' in receiver ? receiver : new MeasuredReceiver(receiver, operation, desk.maxInstanceBytes);
};

/** Counts what comes, and takes no more than it may. */
class MeasuredReceiver {
	readonly #receiver: ArchiveReceiver;
	readonly #operation: Operation;
	readonly #maxBytes: number;
	#bytes = 0;

	constructor(receiver: ArchiveReceiver, operation: Operation, maxBytes: number) {
		this.#receiver = receiver;
		this.#operation = operation;
		this.#maxBytes = maxBytes;
	}

	write(bytes: Uint8Array): void {
		this.#bytes += bytes.length;
		this.#operation.bytes = this.#bytes;
		if (this.#bytes > this.#maxBytes)
			throw new DicomError({
				blame: 'status',
				service: 'C-STORE',
				status: 0xa700,
				errorComment: `more than ${this.#maxBytes} bytes`,
			});
		this.#receiver.write(bytes);
	}

	commit(): ReturnType<ArchiveReceiver['commit']> {
		return this.#receiver.commit();
	}

	discard(error: unknown): Promise<void> {
		return this.#receiver.discard(error);
	}
}

// ---- C-FIND ------------------------------------------------------------------------------------------------------------

const searching = (desk: Desk, { caller, extended }: Visit, operation: Operation): Search => {
	const offered = desk.offer.of(operation.sopClassUid);
	const archived: Search = (identifier, { sopClassUid, signal }) =>
		desk.archive.search(identifier, {
			model: offered?.service === 'find' ? offered.model : 'study-root',
			negotiated: negotiatedOf(extended, sopClassUid, 'find'),
			signal,
		});
	const search = offered?.service === 'worklist' ? desk.worklist : archived;
	const simulated = desk.simulation?.search(caller.calling, search) ?? search;
	return (identifier, request) => {
		asked(operation, identifier);
		operation.matches = 0;
		const found = simulated(identifier, request);
		return Number.isFinite(desk.matchLimit) ? limited(found, desk.matchLimit) : found;
	};
};

/** Beyond the limit the query ends with a failure: who asked must not take what came for all there is. */
async function* limited(
	found: ReturnType<Search>,
	limit: number,
): AsyncGenerator<ReturnType<Search> extends AsyncIterable<infer One> ? One : never, void, undefined> {
	let matches = 0;
	for await (const one of found) {
		if ('match' in one && ++matches > limit) {
			yield { refusal: { status: 0xa700, errorComment: `more than ${limit} matches; ask for less` } };
			return;
		}
		yield one;
	}
}

const asked = (operation: Operation, identifier: Dataset): void => {
	// Records hold nothing that the peer is free to write.
	const level = textOf(identifier, TAG.QueryRetrieveLevel);
	if (LEVELS.has(level)) operation.level = level;
	operation.keys = Object.keys(identifier).filter(
		(tag) => !NO_KEYS.has(tag) && (identifier[tag]?.Value.length ?? 0) > 0,
	);
};

const LEVELS: ReadonlySet<string> = new Set(Object.values(QUERY_MODELS).flatMap(({ levels }) => levels));

const NO_KEYS: ReadonlySet<string> = new Set([TAG.QueryRetrieveLevel, TAG.SpecificCharacterSet]);

// ---- C-GET, C-MOVE -----------------------------------------------------------------------------------------------------

const retrieving = (desk: Desk, visit: Visit, operation: Operation, service: 'C-GET' | 'C-MOVE') => {
	const { caller, extended } = visit;
	const offered = desk.offer.of(operation.sopClassUid);
	const resolve: Resolve = (identifier, { sopClassUid, signal }) => {
		asked(operation, identifier);
		operation.studies = stringsOf(identifier, TAG.StudyInstanceUID).filter((uid) => uid !== '');
		const model = offered?.service === 'get' || offered?.service === 'move' ? offered.model : 'study-root';
		const negotiated = negotiatedOf(extended, sopClassUid, service === 'C-GET' ? 'get' : 'move');
		return desk.archive.instances(identifier, { model, negotiated, signal });
	};
	const on = (event: SubOperationEvent): void => {
		if (event.kind === 'resolved') operation.total = event.instances;
		if (event.kind === 'sent') operation.bytes = (operation.bytes ?? 0) + event.instance.datasetLength;
		if ('counts' in event) {
			const { completed, failed, warning } = event.counts;
			Object.assign(operation, { completed, failed, warning });
			if (event.kind !== 'ended') desk.on({ kind: 'progress', caller, operation });
		}
		if (event.kind === 'not-opened')
			desk.on({
				kind: 'notice',
				isWarning: true,
				text: `#${caller.association} no association with ${operation.destination}: ${new DicomError(event.failure).message}`,
			});
		if (event.kind === 'ended') tellError(desk, visit, operation, event.error);
	};
	const policy = desk.simulation?.policy(caller.calling, service);
	return { resolve, on, ...(policy === undefined ? {} : { policy }) };
};
