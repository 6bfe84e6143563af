/** C-FIND as SCU (PS3.4 C.4.1.2, K.4.1.2, CC.2.8): one request, the matches as they come, the final status. */
import type { Association } from '../association/association.ts';
import type { Exchange } from '../association/exchange.ts';
import type { Dataset } from '../dicom/dataset.ts';
import { decodeDataset } from '../dicom/decode.ts';
import { encodeDataset } from '../dicom/encode.ts';
import type { CFindRsp, Priority } from '../dimse/messages.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';

/** One match. */
export interface Match {
	readonly dataset: Dataset;
	/** Status 0xFF01: one or more optional keys were not supported for existence or matching (PS3.4 C.4.1.1.4). */
	readonly hasUnsupportedKeys: boolean;
	/** The dataset as it came, in the context's transfer syntax. */
	readonly bytes: Uint8Array;
	/** What was wrong with the bytes, if anything. */
	readonly problems: readonly string[];
}

/** A C-FIND on its way: iterate it for the matches; `final` is the last response. Leaving the loop early cancels. */
export interface Find extends AsyncIterable<Match> {
	/** What arrived meanwhile, in batches of at least one. */
	batches(): AsyncGenerator<readonly Match[], void, undefined>;
	readonly final: Promise<CFindRsp>;
	readonly isCancelled: boolean;
	/** Sends C-CANCEL-RQ. */
	cancel(): void;
}

/** @param characterSet instead of the (0008,0005) of each response */
export const find = (
	association: Association,
	context: AcceptedContext,
	identifier: Dataset,
	options: { readonly priority?: Priority; readonly characterSet?: readonly string[] | undefined } = {},
): Find => {
	const exchange: Exchange<CFindRsp> = association.exchange<CFindRsp>(
		context.id,
		{
			type: 'C-FIND-RQ',
			messageId: association.nextMessageId(),
			affectedSopClassUid: context.abstractSyntax,
			priority: options.priority ?? 0,
			hasDataset: true,
		},
		encodeDataset(identifier, context.transferSyntax),
	);
	const { characterSet } = options;
	const match = (message: CFindRsp, bytes: Uint8Array): Match => {
		const { dataset, problems } = decodeDataset(
			bytes,
			context.transferSyntax,
			characterSet === undefined ? {} : { characterSet },
		);
		return { dataset, hasUnsupportedKeys: message.status === 0xff01, bytes, problems };
	};
	const final = exchange.final.then(({ message }) => message);
	final.catch(() => {}); // whoever only iterates gets the error from the iteration
	async function* batches(): AsyncGenerator<readonly Match[], void, undefined> {
		for await (const batch of exchange.batches())
			yield batch.map(({ message, dataset }) => match(message, dataset ?? new Uint8Array()));
	}
	return {
		batches,
		async *[Symbol.asyncIterator]() {
			for await (const batch of batches()) yield* batch;
		},
		final,
		get isCancelled() {
			return exchange.isCancelled;
		},
		cancel: () => exchange.cancel(),
	};
};
