/** C-GET as SCP (PS3.4 C.4.3.3): the instances go out as C-STORE sub-operations on the association they were asked for on. */
import type { IncomingRequest } from '../association/incoming.ts';
import type { CGetRq } from '../dimse/messages.ts';
import type { RetrieveService } from './retrieve-scp.ts';

export const answerGet = async (request: IncomingRequest<CGetRq>, _service: RetrieveService): Promise<void> => {
	const { message } = request;
	await request.respond({
		type: 'C-GET-RSP',
		messageIdBeingRespondedTo: message.messageId,
		affectedSopClassUid: message.affectedSopClassUid,
		hasDataset: false,
		status: 0x0000,
	});
};
