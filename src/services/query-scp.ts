/** C-FIND as SCP (PS3.4 C.4.1.3): what `search` yields goes out as pending responses, then the final one. */
import type { IncomingRequest } from '../association/incoming.ts';
import type { Dataset } from '../dicom/dataset.ts';
import { decodeDataset } from '../dicom/decode.ts';
import { encodeDataset } from '../dicom/encode.ts';
import type { CFindRq, CFindRsp } from '../dimse/messages.ts';
import type { Refusal } from './refusal.ts';

export type { Refusal };

/** The matches of an identifier. `status` 0xFF01 where optional keys were not supported. Yielding a refusal ends the query with it. */
export type Search = (
	identifier: Dataset,
	request: { readonly sopClassUid: string; readonly signal: AbortSignal },
) => AsyncIterable<{ readonly match: Dataset; readonly status?: 0xff00 | 0xff01 } | { readonly refusal: Refusal }>;

/** An identifier longer than this is answered with A900. */
const MAX_IDENTIFIER_BYTES = 1_048_576;

/** Answers a C-FIND-RQ; a C-CANCEL-RQ stops it between two matches. */
export const answerFind = async (request: IncomingRequest<CFindRq>, search: Search): Promise<void> => {
	const { message, context, dataset, signal } = request;
	const response = (status: number, more: Partial<CFindRsp> = {}): CFindRsp => ({
		type: 'C-FIND-RSP',
		messageIdBeingRespondedTo: message.messageId,
		affectedSopClassUid: message.affectedSopClassUid,
		hasDataset: false,
		status,
		...more,
	});
	if (dataset === undefined) {
		await request.respond(response(0xa900, { errorComment: 'no identifier' }));
		return;
	}
	const identifier = decodeDataset(await dataset.collect(MAX_IDENTIFIER_BYTES), context.transferSyntax);
	for await (const found of search(identifier.dataset, { sopClassUid: message.affectedSopClassUid, signal })) {
		if (signal.aborted) break;
		if ('refusal' in found) {
			const { status, ...more } = found.refusal;
			await request.respond(response(status, more));
			return;
		}
		await request.respond(
			response(found.status ?? 0xff00, { hasDataset: true }),
			encodeDataset(found.match, context.transferSyntax),
		);
	}
	await request.respond(response(signal.aborted ? 0xfe00 : 0x0000));
};
