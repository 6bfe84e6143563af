/** What C-GET and C-MOVE have in common on the SCU's side (PS3.4 C.4.2.2, C.4.3.2): counts while it goes on, a final response with a failed list. */
import type { Association } from '../association/association.ts';
import type { Exchange } from '../association/exchange.ts';
import { type Dataset, stringsOf } from '../dicom/dataset.ts';
import { decodeDataset } from '../dicom/decode.ts';
import { encodeDataset } from '../dicom/encode.ts';
import { TAG } from '../dicom/tags.ts';
import type { CGetRq, CGetRsp, CMoveRq, CMoveRsp } from '../dimse/messages.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';

/** The last response. */
export interface RetrievalEnd<M extends CGetRsp | CMoveRsp = CGetRsp | CMoveRsp> {
	readonly response: M;
	/** (0008,0058), as the peer wrote it: it may leave it out, or empty, whatever has failed. */
	readonly failedSopInstanceUids: readonly string[];
}

/** A C-GET or C-MOVE on its way: iterate it for the pending responses, which a peer need not send. Leaving the loop early cancels. */
export interface Retrieval<M extends CGetRsp | CMoveRsp = CGetRsp | CMoveRsp> extends AsyncIterable<M> {
	/** That of the request: what a C-MOVE's sub-operations name as theirs. */
	readonly messageId: number;
	/** Rejects with the DicomError that ended the association before it came. */
	readonly final: Promise<RetrievalEnd<M>>;
	readonly isCancelled: boolean;
	/** Sends C-CANCEL-RQ. The final response still is the end, and C-STORE-RQs may come until then. */
	cancel(): void;
}

/** Sends the request; `identifier` is encoded in the context's transfer syntax. */
export const retrieve = <M extends CGetRsp | CMoveRsp>(
	association: Association,
	context: AcceptedContext,
	request: CGetRq | CMoveRq,
	identifier: Dataset,
): Retrieval<M> => {
	const exchange: Exchange<M> = association.exchange<M>(
		context.id,
		request,
		encodeDataset(identifier, context.transferSyntax),
	);
	const final = exchange.final.then(({ message, dataset }) => ({
		response: message,
		failedSopInstanceUids: dataset === undefined ? [] : failedList(dataset, context.transferSyntax),
	}));
	final.catch(() => {}); // whoever only iterates gets the error from the iteration
	return {
		messageId: request.messageId,
		async *[Symbol.asyncIterator]() {
			for await (const { message } of exchange) yield message;
		},
		final,
		get isCancelled() {
			return exchange.isCancelled;
		},
		cancel: () => exchange.cancel(),
	};
};

const failedList = (bytes: Uint8Array, transferSyntax: string): readonly string[] =>
	stringsOf(decodeDataset(bytes, transferSyntax).dataset, TAG.FailedSOPInstanceUIDList).filter((uid) => uid !== '');
