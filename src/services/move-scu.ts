/** C-MOVE as SCU (PS3.4 C.4.2.2, Y.4.1): one request; its instances go from the peer to the destination, on associations of the peer's own. */
import type { Association } from '../association/association.ts';
import type { Dataset } from '../dicom/dataset.ts';
import type { CMoveRsp, Priority } from '../dimse/messages.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';
import { type Retrieval, retrieve } from './retrieval.ts';

/**
 * @param destination AE title, as the peer has it in its own table
 * @param options `messageId`: one that no other retrieve of ours uses, so that the sub-operations, which name it, can be told apart
 */
export const move = (
	association: Association,
	context: AcceptedContext,
	identifier: Dataset,
	destination: string,
	options: { readonly priority?: Priority; readonly messageId?: number } = {},
): Retrieval<CMoveRsp> =>
	retrieve<CMoveRsp>(
		association,
		context,
		{
			type: 'C-MOVE-RQ',
			messageId: options.messageId ?? association.nextMessageId(),
			affectedSopClassUid: context.abstractSyntax,
			priority: options.priority ?? 0,
			moveDestination: destination,
			hasDataset: true,
		},
		identifier,
	);
