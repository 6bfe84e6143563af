/** C-STORE as SCP (PS3.4 Annex B): the dataset flows into a sink as it comes, the response says what became of it. */
import type { IncomingRequest } from '../association/incoming.ts';
import type { CStoreRq, CStoreRsp } from '../dimse/messages.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';
import type { Refusal } from './refusal.ts';

/** Where one instance goes. */
export interface InstanceReceiver {
	/** Takes the next bytes of the dataset: a view, valid until this returns or its promise settles. */
	write(bytes: Uint8Array): void | Promise<void>;
	/**
	 * The dataset is whole; the instance is kept when this settles with success or a warning, and nothing of it is left otherwise.
	 *
	 * @returns the status of the response, 0x0000 where nothing is to be said
	 */
	commit(): Promise<number | Refusal>;
	/** The dataset will not come whole, or could not be written: nothing may be left of it. */
	discard(error: unknown): Promise<void>;
}

/** A status that refuses the instance, or its receiver. */
export type Receive = (
	request: CStoreRq,
	context: AcceptedContext,
) => InstanceReceiver | { readonly refusal: number; readonly errorComment?: string };

/** Answers a C-STORE-RQ. What goes wrong in the receiver is 0xA700, out of resources. */
export const answerStore = async (request: IncomingRequest<CStoreRq>, receive: Receive): Promise<void> => {
	const { message, context, dataset } = request;
	const response = (status: number, errorComment?: string): CStoreRsp => ({
		type: 'C-STORE-RSP',
		messageIdBeingRespondedTo: message.messageId,
		affectedSopClassUid: message.affectedSopClassUid,
		affectedSopInstanceUid: message.affectedSopInstanceUid,
		hasDataset: false,
		status,
		...(errorComment === undefined ? {} : { errorComment }),
	});
	if (dataset === undefined) return request.respond(response(0xc000, 'no dataset'));
	const receiver = receive(message, context);
	if ('refusal' in receiver) {
		await dataset.discard();
		return request.respond(response(receiver.refusal, receiver.errorComment));
	}
	let outcome: number | Refusal;
	try {
		await dataset.into((bytes) => receiver.write(bytes));
		outcome = await receiver.commit();
	} catch (error) {
		await receiver.discard(error);
		if (request.signal.aborted) return;
		return request.respond(response(0xa700, error instanceof Error ? error.message.slice(0, 64) : undefined));
	}
	await request.respond(
		typeof outcome === 'number' ? response(outcome) : response(outcome.status, outcome.errorComment),
	);
};
