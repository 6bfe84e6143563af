/** C-GET as SCP (PS3.4 C.4.3.3): the instances go out as C-STORE sub-operations on the association they were asked for on. */
import type { IncomingRequest } from '../association/incoming.ts';
import type { CGetRq } from '../dimse/messages.ts';
import { sendInstances } from './instance-sender.ts';
import { answerRetrieve } from './retrieve-run.ts';
import type { RetrieveService } from './retrieve-scp.ts';

/** Answers a C-GET-RQ. The requester takes what it has negotiated the SCP role for; the rest fails, one by one. */
export const answerGet = (request: IncomingRequest<CGetRq>, service: RetrieveService): Promise<void> =>
	answerRetrieve(request, service, {
		about: '',
		carry: async (run, instances) => {
			run.enqueue(instances);
			await sendInstances(request.association, run);
			return {};
		},
	});
