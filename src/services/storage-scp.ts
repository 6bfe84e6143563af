/** C-STORE as SCP (PS3.4 Annex B): the dataset flows into a sink as it comes, the response says what became of it. */
import type { IncomingRequest } from '../association/incoming.ts';
import type { CStoreRq, CStoreRsp } from '../dimse/messages.ts';
import { DicomError } from '../errors.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';
import type { Refusal } from './refusal.ts';
import { type Access, refuse, unfitness } from './request-checks.ts';

/** Where one instance goes. */
export interface InstanceReceiver {
	/** Takes the next bytes of the dataset: a view, valid until this returns or its promise settles. */
	write(bytes: Uint8Array): void | Promise<void>;
	/**
	 * The dataset is whole; the instance is kept when this settles with success or a warning, and nothing of it is left otherwise.
	 *
	 * @returns the status of the response, 0x0000 where nothing is to be said, alone or with what may be said about it
	 */
	commit(): Promise<number | Refusal>;
	/** The dataset will not come whole, or could not be written: nothing may be left of it. */
	discard(error: unknown): Promise<void>;
}

/** A status that refuses the instance, or its receiver. The read loop waits for it. */
export type Receive = (request: CStoreRq, context: AcceptedContext) => Received | Promise<Received>;

export type Received =
	| InstanceReceiver
	| {
			readonly refusal: number;
			readonly errorComment?: string;
			readonly offendingElements?: readonly string[];
	  };

const OUT_OF_RESOURCES = 0xa700;
const CANNOT_UNDERSTAND = 0xc000;
const MISTYPED_ARGUMENT = 0x0212;

/**
 * Answers a C-STORE-RQ. What goes wrong in the receiver is 0xA700, out of resources; a DicomError of `status` says another status itself,
 * one of `protocol` or `usage` is 0xC000, cannot understand.
 */
export const answerStore = async (
	request: IncomingRequest<CStoreRq>,
	receive: Receive,
	access: Access = {},
): Promise<void> => {
	const { message, context, dataset } = request;
	const unfit = unfitness(request, access);
	if (unfit !== undefined) return refuse(request, unfit);
	if (dataset === undefined)
		return refuse(request, { status: MISTYPED_ARGUMENT, errorComment: 'no dataset', offendingElements: ['00000800'] });
	let receiver: InstanceReceiver;
	try {
		const received = await receive(message, context);
		if ('refusal' in received) {
			const { refusal: status, ...more } = received;
			return refuse(request, { status, ...more });
		}
		receiver = received;
	} catch (error) {
		return refuse(request, refusalOf(error));
	}
	let answer: number | Refusal;
	try {
		await dataset.into((bytes) => receiver.write(bytes));
		answer = await receiver.commit();
	} catch (error) {
		await receiver.discard(error);
		if (!request.association.isOpen) return;
		answer = refusalOf(error);
	}
	const { status, ...more } = typeof answer === 'number' ? { status: answer } : answer;
	await request.respond(response(message, { status, ...more }));
};

/** Nothing of our files or of a patient goes to the peer: the code alone. */
const refusalOf = (error: unknown): Refusal => {
	const failure = error instanceof DicomError ? error.failure : undefined;
	switch (failure?.blame) {
		case 'status': {
			const { status, errorComment, offendingElements } = failure;
			return {
				status,
				...(errorComment === undefined ? {} : { errorComment }),
				...(offendingElements === undefined ? {} : { offendingElements }),
			};
		}
		case 'io':
			return { status: OUT_OF_RESOURCES, errorComment: `cannot be kept (${failure.code})` };
		case 'protocol':
		case 'usage':
			return { status: CANNOT_UNDERSTAND, errorComment: 'the dataset cannot be understood' };
		default:
			return { status: OUT_OF_RESOURCES, errorComment: 'cannot be kept' };
	}
};

const response = (message: CStoreRq, { status, ...more }: Refusal): CStoreRsp => ({
	type: 'C-STORE-RSP',
	messageIdBeingRespondedTo: message.messageId,
	affectedSopClassUid: message.affectedSopClassUid,
	affectedSopInstanceUid: message.affectedSopInstanceUid,
	hasDataset: false,
	status,
	...more,
});
