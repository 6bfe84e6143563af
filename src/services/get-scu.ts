/** C-GET as SCU (PS3.4 C.4.3.2, Y.4.2, Z.4.2): one request; its instances come as C-STORE-RQs on the same association. */
import type { Association } from '../association/association.ts';
import type { Dataset } from '../dicom/dataset.ts';
import type { CGetRsp, Priority } from '../dimse/messages.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';
import { type Retrieval, retrieve } from './retrieval.ts';

/** The association answers C-STORE-RQs by the `serve` it was opened with (`answerStore`); it does so before and after this, too. */
export const get = (
	association: Association,
	context: AcceptedContext,
	identifier: Dataset,
	options: { readonly priority?: Priority; readonly messageId?: number } = {},
): Retrieval<CGetRsp> =>
	retrieve<CGetRsp>(
		association,
		context,
		{
			type: 'C-GET-RQ',
			messageId: options.messageId ?? association.nextMessageId(),
			affectedSopClassUid: context.abstractSyntax,
			priority: options.priority ?? 0,
			hasDataset: true,
		},
		identifier,
	);
